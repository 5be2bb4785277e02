-- Deploy workflow_consolidation:proof/finding_organisation to pg
--
-- Why:    these views find rows for which the old data name more than one organisation: a
--         screenshot of another organisation than its run's, a workflow that several organisations
--         used.
-- Locks:  none.
-- Revert: drops views and functions.

select consolidation.is_deployed('proof/finding_organisation') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.stray_screenshot()
returns table (how_many bigint, screenshot_id uuid, trace_id bigint)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- From the cut-over on the documents decide.
    if consolidation.phase() <> 'expand' then
        return;
    end if;
    return query
    select
        count(*),
        (array_agg(p.screenshot_id order by p.trace_id, p.screenshot_id))[1],
        min(p.trace_id)
    from consolidation.old_screenshot as p
    inner join consolidation.old_trace as t on t.trace_id = p.trace_id
    where p.org_id <> t.org_id
    having count(*) > 0;
end;
$$;
comment on function consolidation.stray_screenshot() is
'How many screenshots name another organisation than their run, and the first of them; no row
if there are none, or after the cut-over';

create function consolidation.shared_workflow()
returns table (workflow_id uuid, states bigint, org_id uuid, others text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if consolidation.phase() <> 'expand' then
        return;
    end if;
    return query
    select
        w.workflow_id,
        w.states,
        w.org_id,
        string_agg(distinct u.org_id::text, ', ' order by u.org_id::text)
    from (
        select
            o.workflow_id,
            o.org_id,
            count(*) as states
        from public.micro_state as m
        inner join public.user_workflow_owner as o on o.workflow_id = m.workflow_id
        group by o.workflow_id, o.org_id
    ) as w
    inner join (
        select
            t.workflow_id,
            t.org_id
        from consolidation.old_trace as t
        union all
        select
            c.workflow_id,
            c.org_id
        from public.workflow_configs as c
    ) as u on u.workflow_id = w.workflow_id and u.org_id <> w.org_id
    group by w.workflow_id, w.org_id, w.states;
end;
$$;
comment on function consolidation.shared_workflow() is
'Workflows with page states that several organisations used: how many states, the organisation that
owns the workflow, the others as text; no row after the cut-over';

create view consolidation.finding_screenshot
with (security_invoker = true) as
select
    -- Without row level security of its own, the old table kept no role from a screenshot.
    case when c.relrowsecurity then 'refuse' else 'notice' end as severity,
    'organisation' as kind,
    'workflow_trace_screenshot' as object,
    format(
        '%s screenshots name another organisation than their run, whose they become: for '
        'example %s of trace_id %s',
        s.how_many, s.screenshot_id, s.trace_id
    ) as consequence,
    'update workflow_trace_screenshot as s set org_id = t.org_id from workflow_trace as t '
    'where t.trace_id = s.trace_id and t.org_id <> s.org_id; or accept it' as remedy
from consolidation.stray_screenshot() as s
inner join pg_class as c on c.oid = consolidation.old_table('workflow_trace_screenshot');
comment on view consolidation.finding_screenshot is
'Screenshots whose org_id is not that of their run';

create view consolidation.finding_workflow
with (security_invoker = true) as
select
    'notice' as severity,
    'page states' as kind,
    format('workflow %s', w.workflow_id) as object,
    format(
        '%s page states will be those of organisation %s, which had the workflow first; also used '
        'by %s',
        w.states, w.org_id, w.others
    ) as consequence,
    format(
        'To give them to another one: update user_workflow_owner set org_id = ... '
        'where workflow_id = %L',
        w.workflow_id
    ) as remedy
from consolidation.shared_workflow() as w;
comment on view consolidation.finding_workflow is
'Workflows with page states that several organisations used';

call consolidation.note_deployed('proof/finding_organisation');

commit;
