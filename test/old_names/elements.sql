-- What the old names of elements have in common.

begin;
select plan(17);

select throws_ok(
    $$select consolidation.raise_not_null('public', 'workflow_events', 'trace_id')$$,
    '23502', null, 'a null is refused as a table refuses it'
);
select throws_ok(
    $$select consolidation.raise_foreign_key('public', 'workflow_events', 'a_fkey', 'detail')$$,
    '23503', null, 'a row without its parent is refused as a table refuses it'
);
select throws_ok(
    $$select consolidation.raise_deleted('public', 'workflow_events')$$,
    '23503', null, 'a row whose run was deleted meanwhile is refused by the same key'
);
select throws_ok(
    $$select consolidation.raise_unique('public', 'workflow_events', 'a_pkey', 'detail')$$,
    '23505', null, 'a key that is taken is refused as a table refuses it'
);
select throws_ok(
    $$select consolidation.raise_concurrent_update('detail')$$,
    '40001', null, 'what somebody else changed meanwhile is to be repeated'
);

create function pg_temp.diagnostics(statement text)
returns text
language plpgsql
as $$
declare
    found_schema text;
    found_table text;
    found_column text;
    found_constraint text;
begin
    execute statement;
    return 'no error';
exception when others then
    get stacked diagnostics
        found_schema = schema_name, found_table = table_name, found_column = column_name,
        found_constraint = constraint_name;
    return concat_ws(' ', found_schema, found_table, found_column, found_constraint);
end;
$$;
select is(
    pg_temp.diagnostics(
        $$select consolidation.raise_not_null('public', 'workflow_events', 'trace_id')$$
    ),
    'public workflow_events trace_id ', 'a driver finds schema, table and column of a null'
);
select is(
    pg_temp.diagnostics($$select consolidation.raise_deleted('public', 'workflow_events')$$),
    'public workflow_events  workflow_events_trace_id_fkey', 'a driver finds the constraint'
);

select is(
    consolidation.patch('{"a": 1, "b": 1}', '{"a": 1, "b": 2}', '{"a": 3, "b": 1}'),
    '{"a": 3}'::jsonb, 'an update changes its own key and leaves what somebody else changed'
);
select is(
    consolidation.patch('{"a": 1.1}', '{"a": 1.1}', '{"a": 1.10}')::text,
    '{"a": 1.10}', 'a number with another scale is another one'
);
select throws_ok(
    $$select consolidation.patch('{"a": 1}', '{"a": 2}', '{"a": 3}')$$,
    '40001', null, 'an update of a key that somebody else changed is to be repeated'
);
select throws_ok(
    $$select consolidation.patch('{"a": 1, "b": 1}', '{"a": 1, "b": 2}', '{}')$$,
    '40001', null, 'a delete of an element that somebody else changed is to be repeated'
);

select is(
    consolidation.with_element('[1, 2, 3]', 2, '"b"'), '[1, "b", 3]'::jsonb,
    'an element is replaced at its place'
);
select is(
    consolidation.with_element('[1, 2, 3]', 2, null), '[1, 3]'::jsonb, 'an element is removed'
);
select is(
    consolidation.with_element('[1]', null, '[2]'), '[1, [2]]'::jsonb,
    'an element is appended whole, also an array'
);
select is(
    consolidation.with_element(null, null, '1'), '[1]'::jsonb,
    'the first element makes an array'
);

-- PostgreSQL cannot make a trigger of a view fire always.
select throws_ok(
    $$alter table public.workflow_events enable always trigger write$$,
    '42809', null, 'no trigger of a view can fire whatever the replication role'
);
select count(*) as events, min(trace_id) as trace_id from public.workflow_events \gset
set local session_replication_role = replica;
delete from public.workflow_events where trace_id = :trace_id;
set local session_replication_role = origin;
select is(
    (select count(*) from public.workflow_events), :events::bigint,
    'limit: with session_replication_role = replica a delete through an old name deletes nothing'
);

select * from finish();
rollback;
