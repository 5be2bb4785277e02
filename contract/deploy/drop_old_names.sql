-- Deploy workflow_contract:drop_old_names to pg
--
-- Why:    when no application uses an old name any more, this drops the views, the columns behind
--         them that the documents do not need, and everything that served the move.
-- Locks:  access exclusive on the document tables, for some milliseconds, in attempts of 40 ms.
-- Revert: there is none. The old ids are gone with their columns.
--
-- If Sqitch died between this script and its record, nothing is left to do.

select to_regnamespace('consolidation') is null as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

do $$
declare
    kept bigint;
begin
    if consolidation.phase() <> 'contract' then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'the old tables are still there; the old names cannot go before them',
            hint = 'First: sqitch -C contract deploy --to drop_old_tables';
    end if;
    perform consolidation.take_locks(
        array['public.user_workflow_run', 'public.user_workflow_run_step']::regclass [],
        'access exclusive'
    );
    select count(*) into kept from consolidation.set_aside as a where a.replaced_at is not null;
    if kept > 0 then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format(
                '%s rows are kept in consolidation.set_aside and nowhere else', kept
            ),
            detail = 'The old tables had refused them, and then held another version. Nothing was '
            'changed.',
            hint = 'Save those you need: \copy (select * from consolidation.set_aside where '
            'replaced_at is not null) to ''set_aside.txt''. Then: delete from '
            'consolidation.set_aside where replaced_at is not null;';
    end if;
end
$$;

-- Without cascade: an object that still depends on an old name stops this, and the error names it.
drop view public.micro_state;
drop view public.workflow_configs;
drop view public.workflow_trace_endpoint;
drop view public.workflow_trace_context;
drop view public.workflow_trace_screenshot;
drop view public.workflow_events;
drop view public.workflow_steps;
drop view public.workflow_trace;

drop trigger keep_context_origin_insert on public.user_workflow_run;
drop trigger keep_context_origin_update on public.user_workflow_run;
drop trigger guard_run_identity on public.user_workflow_run;
drop function public.guard_run_identity();
drop trigger keep_screenshots on public.user_workflow_run_step;
drop function public.keep_screenshots();
drop trigger guard_step_identity on public.user_workflow_run_step;
drop function public.guard_step_identity();
drop trigger refuse_null_retry_count on public.user_workflow_run_step;
drop function public.refuse_null_retry_count();
drop trigger fill_step_keys on public.user_workflow_run_step;

-- Where screenshots have numbers.
do $$
begin
    if exists (
        select from pg_proc as p
        where
            p.oid = 'consolidation.screenshot_key(jsonb, uuid, bigint)'::regprocedure
            and pg_get_function_sqlbody(p.oid) like '%screenshot_number%'
    ) then
        drop sequence public.workflow_trace_screenshot_screenshot_id_seq;
    end if;
end
$$;
-- What was declared of runs goes with the columns that old code wrote.
do $$ begin perform consolidation.leave_sources(); end $$;
drop function public.derive_columns();
drop function public.follow_declaration();

-- Drops every object that served the move, whichever depends on which, while any can be dropped.
do $$
declare
    object record;
    left_over text;
    dropped boolean := true;
begin
    while dropped loop
        dropped := false;
        left_over := null;
        for object in
            select
                'routine' as kind,
                p.oid::regprocedure::text as name
            from pg_catalog.pg_proc as p
            where p.pronamespace = 'consolidation'::regnamespace
            union all
            select
                case c.relkind when 'v' then 'view' when 'c' then 'type' else 'table' end,
                c.oid::regclass::text
            from pg_catalog.pg_class as c
            where c.relnamespace = 'consolidation'::regnamespace and c.relkind in ('v', 'c', 'r')
            union all
            select
                'domain',
                t.oid::regtype::text
            from pg_catalog.pg_type as t
            where t.typnamespace = 'consolidation'::regnamespace and t.typtype = 'd'
        loop
            begin
                execute format('drop %s %s', object.kind, object.name);
                dropped := true;
            exception when dependent_objects_still_exist then
                left_over := concat_ws(', ', left_over, object.name);
            end;
        end loop;
    end loop;
    if left_over is not null then
        raise exception using
            errcode = 'dependent_objects_still_exist',
            message = format('something still uses %s', left_over),
            hint = 'Drop what uses them, then deploy again.';
    end if;
end
$$;

alter table public.user_workflow_run_step
drop column legacy_trace_id,
drop column legacy_step_id;
alter table public.user_workflow_run
drop column legacy,
drop column legacy_session_id,
drop column legacy_user_id,
drop column legacy_success,
drop column legacy_action_detail,
drop column legacy_action_type,
drop column legacy_batch_job_item_id,
drop column legacy_trace_id;
drop sequence public.workflow_events_event_id_seq;
drop sequence public.workflow_trace_context_context_id_seq;

comment on column public.user_workflow_run_step.retry_count is 'How often the step was repeated';

-- This much of it remains: the organisation of a new step is that of its run.
create or replace function public.fill_step_keys()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    select r.org_id
    into new.org_id
    from public.user_workflow_run as r
    where r.run_id = new.run_id;
    if not found then
        raise foreign_key_violation using
            message = 'insert or update on table "user_workflow_run_step" violates foreign key '
            'constraint "user_workflow_run_step_run_id_fkey"',
            detail = format('There is no run with run_id %s.', new.run_id),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'user_workflow_run_step_run_id_fkey';
    end if;
    return new;
end;
$$;
comment on function public.fill_step_keys() is
'Trigger: fills the org_id of a new step from its run. Raises 23503 when the caller can see no such
run';
create trigger fill_step_keys
before insert on public.user_workflow_run_step
for each row
when (new.org_id is null and new.run_id is not null)
execute function public.fill_step_keys();

drop schema consolidation;
drop schema legacy;

commit;
