-- Verify workflow_contract:drop_old_names on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

-- The schema that held consolidation.claim() is gone.
do $$
declare
    wrong text;
begin
    select string_agg(n.nspname, ', ' order by n.nspname)
    into wrong
    from pg_catalog.pg_namespace as n
    where n.nspname in ('consolidation', 'legacy');
    if wrong is not null then
        raise exception using
            errcode = 'assert_failure',
            message = 'the schemas of the move are gone',
            detail = 'Not so: ' || wrong;
    end if;
end
$$;

do $$
declare
    wrong text;
begin
    select string_agg(c.relname, ', ' order by c.relname)
    into wrong
    from pg_catalog.pg_class as c
    where
        c.relnamespace = 'public'::regnamespace
        and c.relname in (
            'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
            'workflow_trace_context', 'workflow_trace_endpoint', 'workflow_configs', 'micro_state'
        );
    if wrong is not null then
        raise exception using
            errcode = 'assert_failure',
            message = 'every old name is gone',
            detail = 'Not so: ' || wrong;
    end if;
end
$$;

do $$
declare
    wrong text;
begin
    select string_agg(
        format('%s.%I', a.attrelid::regclass, a.attname), ', ' order by a.attrelid, a.attnum
    )
    into wrong
    from pg_catalog.pg_attribute as a
    where
        a.attrelid in (
            'public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass
        )
        and a.attname like 'legacy%';
    if wrong is not null then
        raise exception using
            errcode = 'assert_failure',
            message = 'no document has a column of old ids',
            detail = 'Not so: ' || wrong;
    end if;
end
$$;

do $$
begin
    if not exists (
        select from pg_catalog.pg_trigger as g
        where
            g.tgrelid = 'public.user_workflow_run_step'::regclass
            and g.tgname = 'fill_step_keys'
            and g.tgenabled = 'O'
    ) then
        raise exception using
            errcode = 'assert_failure',
            message = 'a trigger gives every new step the organisation of its run';
    end if;
end
$$;

rollback;
