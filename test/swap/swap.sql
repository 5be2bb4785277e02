-- The swap, to tables and back to views, in one transaction: everything is as it was. With other
-- sessions, data and whatever hangs on the tables it is tried in cycles.

begin;
select plan(14);

-- What can be seen of the relations that change: kind, owner, privileges, columns, row level
-- security, policies and triggers.
create function pg_temp.seen()
returns table (relation text, kind text, owner oid, privileges text, details text)
language sql
stable
as $$
select
    c.oid::regclass::text,
    c.relkind::text,
    c.relowner,
    (
        select string_agg(
            distinct format('%s %s %s', p.privilege_type, p.column_name, p.role_name), ', '
        )
        from consolidation.privilege(c.oid) as p
    ),
    concat_ws(
        '; ', c.relrowsecurity, c.relforcerowsecurity,
        (
            select string_agg(format('%s %s', a.attname, a.atttypid), ', ' order by a.attnum)
            from pg_attribute as a
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        ),
        (
            select string_agg(
                consolidation.policy_definition(p.oid, 'it'), ', ' order by p.polname
            )
            from pg_policy as p
            where p.polrelid = c.oid
        ),
        (
            select string_agg(g.tgname, ', ' order by g.tgname) from pg_trigger as g
            where g.tgrelid = c.oid and not g.tgisinternal
        )
    )
from pg_class as c
where
    c.relnamespace in (
        'public'::regnamespace, 'legacy'::regnamespace, 'consolidation'::regnamespace
    )
    and c.relkind in ('r', 'v', 'S')
    and c.relname ~ '^(user_workflow|workflow_|micro_state|\w+_row$)'
$$;
create temporary table seen_before as select * from pg_temp.seen();
create temporary table rows_before as select * from public.workflow_events;
delete from consolidation.change;

select lives_ok('select consolidation.swap_to_tables()', 'the names can be made tables');
select is(consolidation.phase(), 'expand', 'they are then');
select is(
    (
        select count(*)::integer from pg_class as c
        where
            c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
            and c.relname = any (
                consolidation.six_tables() || array['workflow_configs', 'micro_state']
            )
    ),
    8, 'all eight'
);
select is_empty(
    'select from pg_class as c where c.relnamespace = ''legacy''::regnamespace',
    'the schema of the old tables is empty'
);
select is_empty(
    $$ select from consolidation.cut_over_log as l where l.stage <> 'validate back' $$,
    'nothing is left to remember but what can be validated later'
);
select is(
    (
        select count(*)::integer from pg_trigger as g
        where g.tgfoid = 'consolidation.capture_old()'::regprocedure
    ),
    24, 'writes to the old tables are captured'
);
select is_empty(
    $$
    select from pg_trigger as g where g.tgfoid = 'consolidation.capture_new()'::regprocedure
    $$,
    'writes to the documents are not'
);
insert into public.workflow_trace_endpoint (trace_id, endpoint_id) values (1, 99);
select results_eq(
    'select c.trace_id from consolidation.change as c', $$ values (1::bigint) $$,
    'what is written to an old table waits in the queue'
);

select lives_ok('select consolidation.swap_to_views()', 'and the names can be made views again');
select is(consolidation.phase(), 'cut over', 'they are then');
select bag_eq(
    'select * from pg_temp.seen()', 'select * from seen_before',
    'owners, privileges, columns, policies and triggers are as they were'
);
select bag_eq(
    'select * from public.workflow_events', 'select * from rows_before', 'the rows are as they were'
);
select is_empty('select from consolidation.change', 'the queue is empty');
select ok(
    exists (
        select from public.user_workflow_run as r
        where r.legacy_trace_id = 1 and r.endpoints_used @> '[99]'
    ),
    'what came in between is in the documents'
);

select * from finish();
rollback;
