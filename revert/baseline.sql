-- Revert workflow_consolidation:baseline from pg
--
-- Drops the tables that deploy/baseline.sql created, if they are empty. Tables that were adopted
-- from an existing database are left alone: Sqitch only forgets them.

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;
set local row_security = off;

do $$
declare
    old_table text;
    has_rows boolean;
    -- Children before parents, so that no cascade is needed.
    old_tables constant text[] := array[
        'workflow_events', 'workflow_trace_screenshot', 'workflow_trace_context',
        'workflow_trace_endpoint', 'workflow_steps', 'workflow_trace', 'workflow_configs',
        'micro_state'
    ];
begin
    foreach old_table in array old_tables loop
        -- An adopted table usually has no comment at all.
        if
            coalesce(obj_description(to_regclass(format('public.%I', old_table)), 'pg_class'), '')
            not like '%(workflow_consolidation:baseline)'
        then
            raise notice 'public.% was not created by this project and stays', old_table;
            continue;
        end if;
        execute format('lock table public.%I in access exclusive mode', old_table);
        execute format('select exists (select from public.%I)', old_table) into has_rows;
        if has_rows then
            raise exception using
                errcode = 'object_not_in_prerequisite_state',
                message = format('public.%I holds rows and is not dropped', old_table),
                hint = 'Save and delete the rows, or stop at @baseline: the tables are yours.';
        end if;
        execute format('drop table public.%I', old_table);
    end loop;
end
$$;

commit;
