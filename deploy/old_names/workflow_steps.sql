-- Deploy workflow_consolidation:old_names/workflow_steps to pg
--
-- Why:    this view takes the name workflow_steps at the cut-over. It is automatically updatable.
-- Locks:  share row exclusive on user_workflow_run_step, which nobody uses yet.
-- Revert: drops view and triggers.

select consolidation.is_deployed('old_names/workflow_steps') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.workflow_steps
with (security_invoker = true) as
select
    s.legacy_step_id as step_id,
    s.legacy_trace_id as trace_id,
    s.step_number,
    s.status,
    s.input_data,
    s.output_data,
    s.error_message,
    s.started_at as start_time,
    s.ended_at as end_time,
    s.duration_ms,
    s.retry_count,
    s.metadata,
    s.node_id
from public.user_workflow_run_step as s;
comment on view consolidation.workflow_steps is
'Old name of user_workflow_run_step, readable and writable; limits: docs/old-names.md';
-- The old column had no default; the new one has '{}'. A plain null would not be stored as a
-- default, and the new one would apply. This expression is null and is stored.
alter view consolidation.workflow_steps
alter column metadata set default nullif('{}'::jsonb, '{}'::jsonb);
-- For "update ... set ... = default"; an insert would find the defaults of the table.
alter view consolidation.workflow_steps
alter column status set default 'pending';
alter view consolidation.workflow_steps
alter column retry_count set default 0;

create function public.refuse_null_retry_count()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise not_null_violation using
        message = 'null value in column "retry_count" of relation "user_workflow_run_step" '
        'violates not-null constraint',
        detail = 'workflow_steps.retry_count cannot be null.',
        hint = 'Leave the column out to get its default, 0.',
        schema = tg_table_schema,
        table = tg_table_name,
        column = 'retry_count';
end;
$$;
comment on function public.refuse_null_retry_count() is
'Trigger: raises 23502. Its condition (when) tests whether the old table holds nulls';

create trigger refuse_null_retry_count
before insert or update of retry_count on public.user_workflow_run_step
for each row
when (
    new.retry_count is null
    and 'retry_count' <> all (consolidation.nullable_columns('workflow_steps'))
)
execute function public.refuse_null_retry_count();

-- Runs as the caller, like fill_step_keys: a step cannot move to a run the caller does not see.
create function public.guard_step_identity()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    run record;
begin
    if
        new.legacy_step_id is distinct from old.legacy_step_id
        and coalesce(old.events, '[]') <> '[]'
    then
        raise foreign_key_violation using
            message = format(
                'step_id %s cannot change: events belong to it', old.legacy_step_id
            ),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'user_workflow_run_step_legacy_step_id_key';
    end if;
    -- The column's own not-null error says it best.
    if new.run_id is null or new.legacy_trace_id is null then
        return new;
    end if;
    if new.run_id is distinct from old.run_id then
        select
            r.run_id,
            r.org_id,
            r.legacy_trace_id
        into run
        from public.user_workflow_run as r
        where r.run_id = new.run_id;
    elsif new.legacy_trace_id is distinct from old.legacy_trace_id then
        if coalesce(old.events, '[]') <> '[]' or coalesce(old.screenshots, '[]') <> '[]' then
            raise feature_not_supported using
                message = format(
                    'step_id %s cannot move to another trace: its events and screenshots would '
                    'stay behind', old.legacy_step_id
                ),
                hint = 'Set run_id in user_workflow_run_step: they move with the step.';
        end if;
        select
            r.run_id,
            r.org_id,
            r.legacy_trace_id
        into run
        from public.user_workflow_run as r
        where r.legacy_trace_id = new.legacy_trace_id;
    else
        return new;
    end if;
    if run.run_id is null then
        raise foreign_key_violation using
            message = format(
                'there is no run %s to move step_id %s to',
                coalesce(new.legacy_trace_id::text, new.run_id::text), old.legacy_step_id
            ),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'user_workflow_run_step_run_id_fkey';
    end if;
    new.run_id := run.run_id;
    new.org_id := run.org_id;
    new.legacy_trace_id := run.legacy_trace_id;
    return new;
end;
$$;
comment on function public.guard_step_identity() is
'Trigger: a step that changes run_id or legacy_trace_id gets the other one, and org_id. Raises 23503
for a run the caller does not see or a step_id that events belong to, 0A000 for a step moved through
the old name while it has events or screenshots';

create trigger guard_step_identity
before update of run_id, legacy_trace_id, legacy_step_id on public.user_workflow_run_step
for each row
when (
    old.run_id is distinct from new.run_id
    or old.legacy_trace_id is distinct from new.legacy_trace_id
    or old.legacy_step_id is distinct from new.legacy_step_id
)
execute function public.guard_step_identity();

-- The old table of screenshots had no key to the steps: a deleted step left its screenshots to the
-- run. They must survive while somebody may rely on that.
create function public.keep_screenshots()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
begin
    /* cascading: return null; */
    update public.user_workflow_run as r
    set screenshots = coalesce(r.screenshots, '[]') || d.screenshots
    from (
        select
            o.run_id,
            jsonb_agg(
                jsonb_build_object('step_index', o.step_number, 'node_id', o.node_id) || x.element
                order by o.step_number, x.place
            ) as screenshots
        from old_row as o
        cross join lateral jsonb_array_elements(
            case when jsonb_typeof(o.screenshots) = 'array' then o.screenshots else '[]' end
        ) with ordinality as x (element, place)
        where jsonb_typeof(x.element) = 'object'
        group by o.run_id
    ) as d
    where r.run_id = d.run_id;
    return null;
end;
$$;
comment on function public.keep_screenshots() is
'Trigger: screenshots of a deleted step move to its run, unless the run is also deleted. Row
security is on whatever the session says: the policy for workflow_maintenance hides nothing';

create trigger keep_screenshots
after delete on public.user_workflow_run_step
referencing old table as old_row
for each statement
execute function public.keep_screenshots();

-- These also fire for loaders and logical replication, which write with session_replication_role =
-- replica.
alter table public.user_workflow_run_step enable always trigger refuse_null_retry_count;
alter table public.user_workflow_run_step enable always trigger guard_step_identity;
alter table public.user_workflow_run_step enable always trigger keep_screenshots;

do $$
begin
    perform consolidation.give_to_maintenance(array['public.keep_screenshots()'::regprocedure]);
end
$$;

call consolidation.note_deployed('old_names/workflow_steps');

commit;
