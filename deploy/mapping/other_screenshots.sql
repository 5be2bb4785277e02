-- Deploy workflow_consolidation:mapping/other_screenshots to pg
--
-- Why:    some databases number their screenshots, and name the step of one by its id. Elements
--         have uuids and stand on their step. Here the few functions that notice are adapted. On a
--         database with the baseline's columns this changes nothing.
-- Locks:  none.
-- Revert: drops the functions. What was adapted goes with its own script.

select consolidation.is_deployed('mapping/other_screenshots') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.number_screenshots()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    create view consolidation.old_screenshot_number with (security_invoker = true) as
    select
        t.screenshot_id,
        t.trace_id
    from public.workflow_trace_screenshot as t;
    comment on view consolidation.old_screenshot_number is
    'The ids of the old table workflow_trace_screenshot as it has them, so that its key finds them';
    create or replace function consolidation.screenshot_key(
        element jsonb, owner uuid, place bigint
    )
    returns uuid
    language sql
    immutable
    parallel safe
    return consolidation.screenshot_uuid(
        coalesce(
            consolidation.screenshot_number(consolidation.to_uuid(element -> 'screenshot_id')),
            consolidation.synthetic_id(owner, place::text)
        )
    );
    perform consolidation.say('numbered', null);
end;
$$;
comment on function consolidation.number_screenshots() is
'Lets the ids of screenshots be numbers: in elements they are uuids that stand for these';

create function consolidation.link_screenshots()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.say('linked', null);
    -- With a key that cascades they go with their step, else they stay with the run.
    if exists (
        select from pg_constraint as k
        where
            k.contype = 'f'
            and k.conrelid = 'public.workflow_trace_screenshot'::regclass
            and k.confrelid = 'public.workflow_steps'::regclass
            and k.confdeltype = 'c'
    ) then
        perform consolidation.say('cascading', null);
    end if;
end;
$$;
comment on function consolidation.link_screenshots() is
'Lets screenshots name their step by its id, as step_id of the old table does';

do $$
begin
    if exists (
        select from consolidation.computed_column('workflow_trace_screenshot') as c
        where c.column_name = 'screenshot_id' and not c.is_missing
    ) then
        perform consolidation.number_screenshots();
    end if;
    if exists (
        select from consolidation.computed_column('workflow_trace_screenshot') as c
        where c.column_name = 'step_index'
    ) then
        perform consolidation.link_screenshots();
    end if;
end
$$;

call consolidation.note_deployed('mapping/other_screenshots');

commit;
