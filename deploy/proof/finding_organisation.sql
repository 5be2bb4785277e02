-- Deploy workflow_consolidation:proof/finding_organisation to pg
--
-- Why:    whose a row is, where the old data say more than one thing: a screenshot of another
--         organisation than its execution's, a workflow that several organisations used.
-- Locks:  none.
-- Revert: drops the views.

select consolidation.is_deployed('proof/finding_organisation') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.finding_screenshot
with (security_invoker = true) as
select
    'refuse' as severity,
    'organisation' as kind,
    'workflow_trace_screenshot' as object,
    format(
        '%s screenshots name another organisation than their execution, whose they become: for '
        'example %s of trace_id %s',
        count(*),
        (array_agg(p.screenshot_id order by p.trace_id, p.screenshot_id))[1],
        min(p.trace_id)
    ) as consequence,
    'update workflow_trace_screenshot as s set org_id = t.org_id from workflow_trace as t '
    'where t.trace_id = s.trace_id and t.org_id <> s.org_id; or accept it' as remedy
from consolidation.old_screenshot as p
inner join consolidation.old_trace as t on t.trace_id = p.trace_id
where
    p.org_id <> t.org_id
    -- From the cut-over on the documents decide.
    and consolidation.phase() = 'expand'
having count(*) > 0;
comment on view consolidation.finding_screenshot is
'Screenshots whose org_id is not that of their execution';

create view consolidation.finding_workflow
with (security_invoker = true) as
select
    'notice' as severity,
    'page states' as kind,
    format('workflow %s', w.workflow_id) as object,
    format(
        '%s page states will be those of organisation %s, which had the workflow first; also used '
        'by %s',
        w.states, w.org_id, string_agg(distinct u.org_id::text, ', ' order by u.org_id::text)
    ) as consequence,
    format(
        'To give them to another one: update user_workflow_owner set org_id = … '
        'where workflow_id = %L',
        w.workflow_id
    ) as remedy
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
comment on view consolidation.finding_workflow is
'Workflows with page states that several organisations used';

insert into consolidation.deployed_change (change) values ('proof/finding_organisation');

commit;
