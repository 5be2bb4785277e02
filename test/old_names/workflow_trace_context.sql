-- The old name workflow_trace_context: the keys of "context" as rows.

begin;
select plan(61);

-- Hospital North (1…) with two runs, Hospital South (2…) with one.
insert into public.user_workflow_run (
    run_id, workflow_id, org_id, channel, created_by, legacy_trace_id, context, legacy
)
values
(
    '11111111-0000-4000-8000-00000000a001', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910001,
    '{"user_session": "abc123", "retry_attempt": 0}',
    '{"context": {
        "user_session": {
            "context_id": 910501, "created_at": "2025-01-14T10:30:00Z",
            "updated_at": "2025-01-14T10:31:00Z"
        },
        "retry_attempt": {
            "context_id": 910502, "created_at": "2025-01-14T10:30:00Z", "updated_at": null
        }
    }}'
),
(
    '11111111-0000-4000-8000-00000000a002', '11111111-0000-4000-8000-00000000c001',
    '11111111-0000-4000-8000-000000000000', 'web', '11111111-0000-4000-8000-00000000d001', 910002,
    null, null
),
(
    '22222222-0000-4000-8000-00000000a001', '22222222-0000-4000-8000-00000000c001',
    '22222222-0000-4000-8000-000000000000', 'web', '22222222-0000-4000-8000-00000000d001', 920001,
    '{}', null
);

-- Shape -------------------------------------------------------------------------------------------

select has_view('public', 'workflow_trace_context', 'workflow_trace_context is a view');
select results_eq(
    $$
    select a.attname::text, format_type(a.atttypid, a.atttypmod)
    from pg_attribute as a
    where
        a.attrelid = 'public.workflow_trace_context'::regclass
        and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    $$,
    $$
    select a.attname::text, format_type(a.atttypid, a.atttypmod)
    from pg_attribute as a
    where
        a.attrelid = 'legacy.workflow_trace_context'::regclass
        and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    $$,
    'the view has the columns of the old table, in its order and with its types'
);

-- Reading -----------------------------------------------------------------------------------------

select results_eq(
    $$
    select c.* from public.workflow_trace_context as c where c.trace_id = 910001
    order by c.context_id
    $$,
    $$
    values
    (
        910501::bigint, 910001::bigint, 'user_session'::varchar(255), '"abc123"'::jsonb,
        '2025-01-14 10:30:00+00'::timestamptz, '2025-01-14 10:31:00+00'::timestamptz
    ),
    (910502, 910001, 'retry_attempt', '0', '2025-01-14 10:30:00+00', null)
    $$,
    'keys of a context read as the rows that the old table would hold'
);
select bag_eq(
    $$
    select c.* from public.workflow_trace_context as c
    where c.trace_id not in (910001, 910002, 920001)
    $$,
    'select c.* from legacy.workflow_trace_context as c',
    'carried-over keys read as the rows they were'
);
select cmp_ok(
    (select count(*)::integer from legacy.workflow_trace_context), '>', 100,
    'there are carried-over keys to compare'
);

-- Insert ------------------------------------------------------------------------------------------

select results_eq(
    $$
    insert into public.workflow_trace_context (trace_id, key, value)
    values (910001, 'correlation_id', '"xyz789"')
    returning context_id > 0, trace_id, key::text, value, created_at = now(), updated_at
    $$,
    $$
    values (true, 910001::bigint, 'correlation_id', '"xyz789"'::jsonb, true, null::timestamptz)
    $$,
    'an insert returns a new id and the defaults of the old table'
);
select is(
    (select r.context from public.user_workflow_run as r where r.legacy_trace_id = 910001),
    '{"user_session": "abc123", "correlation_id": "xyz789", "retry_attempt": 0}'::jsonb,
    'an inserted key is a key of the context'
);
select results_eq(
    $$
    insert into public.workflow_trace_context
    values (
        910510, 910002, 'first', 'null', '2025-01-14 12:30:00+02', '2025-01-14 13:30:00+02'
    )
    returning context_id, value, jsonb_typeof(value)
    $$,
    $$ values (910510::bigint, 'null'::jsonb, 'null') $$,
    'an insert keeps an explicit context_id, and a value may be a JSON null'
);
select is(
    (select r.context from public.user_workflow_run as r where r.legacy_trace_id = 910002),
    '{"first": null}'::jsonb,
    'a key goes into a context that was null'
);
select results_eq(
    $$
    select c.context_id, c.created_at, c.updated_at
    from public.workflow_trace_context as c
    where c.trace_id = 910002
    $$,
    $$
    values (
        910510::bigint, '2025-01-14 10:30:00+00'::timestamptz,
        '2025-01-14 11:30:00+00'::timestamptz
    )
    $$,
    'what the old table kept about a key reads back'
);
select results_eq(
    $$
    insert into public.workflow_trace_context (context_id, trace_id, key, value)
    values (-9223372036854775808, 910002, 'smallest id', '1')
    returning context_id
    $$,
    'values (-9223372036854775808)',
    'no number is taken for a context_id that was left out'
);
select results_eq(
    $$
    update public.workflow_trace_context set context_id = default
    where trace_id = 910002 and key = 'smallest id'
    returning context_id = currval('public.workflow_trace_context_context_id_seq')
    $$,
    'values (true)',
    'a context_id that is set to its default is the next one'
);
delete from public.workflow_trace_context where trace_id = 910002 and key = 'smallest id';
select results_eq(
    $$
    with inserted as (
        insert into public.workflow_trace_context (trace_id, key, value)
        select 920001, 'key ' || n, to_jsonb(n) from generate_series(1, 5) as n
        returning context_id
    )
    select count(distinct i.context_id)::integer from inserted as i
    $$,
    'values (5)',
    'rows of one insert get different ids'
);
select is(
    (select r.context from public.user_workflow_run as r where r.legacy_trace_id = 920001),
    '{"key 1": 1, "key 2": 2, "key 3": 3, "key 4": 4, "key 5": 5}'::jsonb,
    'rows of one insert all arrive'
);
select lives_ok(
    'select nextval(''workflow_trace_context_context_id_seq'')',
    'nextval of the old sequence goes on working'
);
select is_empty(
    $$
    select from public.workflow_trace_context as c
    where c.context_id = (select nextval('public.workflow_trace_context_context_id_seq'))
    $$,
    'nextval of the old sequence never gives a used id'
);

-- Errors ------------------------------------------------------------------------------------------

select throws_ok(
    format(
        'insert into public.workflow_trace_context (context_id, trace_id, key, value, created_at)
        select %s, %s, %s, %s, %s',
        case c.name when 'context_id' then 'null::bigint' else '910599' end,
        case c.name when 'trace_id' then 'null::bigint' else '910001' end,
        case c.name when 'key' then 'null' else '''a''' end,
        case c.name when 'value' then 'null::jsonb' else '''1''::jsonb' end,
        case c.name when 'created_at' then 'null::timestamptz' else 'now()' end
    ),
    '23502', null,
    format('an insert with a null %s is refused', c.name)
)
from unnest(array['context_id', 'trace_id', 'key', 'value', 'created_at']) as c (name);
select throws_ok(
    format('update public.workflow_trace_context set %I = null where context_id = 910501', c.name),
    '23502', null,
    format('an update cannot take %s away', c.name)
)
from unnest(array['context_id', 'trace_id', 'key', 'value', 'created_at']) as c (name);

prepare unknown_trace as
insert into public.workflow_trace_context (trace_id, key, value) values (999999999, 'a', '1');
select throws_ok('unknown_trace', '23503', null, 'a key of an unknown trace is refused');

prepare used_key as
insert into public.workflow_trace_context (trace_id, key, value)
values (910001, 'user_session', '1');
select throws_ok('used_key', '23505', null, 'a key that the trace has is refused');

prepare key_to_a_used_one as
update public.workflow_trace_context set key = 'user_session' where context_id = 910502;
select throws_ok('key_to_a_used_one', '23505', null, 'a key cannot become one that the trace has');

prepare trace_to_a_used_one as
update public.workflow_trace_context set trace_id = 910001, key = 'user_session'
where context_id = 910510;
select throws_ok(
    'trace_to_a_used_one', '23505', null, 'a key cannot move to a trace that has it'
);

prepare trace_to_unknown as
update public.workflow_trace_context set trace_id = 999999999 where context_id = 910502;
select throws_ok('trace_to_unknown', '23503', null, 'a key cannot move to an unknown trace');

prepare used_id as
insert into public.workflow_trace_context (context_id, trace_id, key, value)
values (910501, 910001, 'another', '1');
select throws_ok('used_id', '23505', null, 'a context_id that the trace has is refused');
-- In case it was not.
delete from public.workflow_trace_context where trace_id = 910001 and key = 'another';

prepare long_key as
insert into public.workflow_trace_context (trace_id, key, value)
values (910001, repeat('k', 256), '1');
select throws_ok('long_key', '22001', null, 'a key of 256 characters is refused');

prepare upsert as
insert into public.workflow_trace_context (trace_id, key, value)
values (910001, 'user_session', '1')
on conflict (trace_id, key) do update set value = excluded.value;
select throws_ok('upsert', '42P10', null, 'on conflict is refused: there is no index to infer');
select throws_ok(
    'truncate public.workflow_trace_context', '42809', null, 'truncate is refused: it is a view'
);
select is(
    (select r.context from public.user_workflow_run as r where r.legacy_trace_id = 910001),
    '{"user_session": "abc123", "correlation_id": "xyz789", "retry_attempt": 0}'::jsonb,
    'a refused statement leaves nothing behind'
);

-- Update ------------------------------------------------------------------------------------------

select results_eq(
    $$
    update public.workflow_trace_context set value = '1', updated_at = '2025-01-15 00:00:00+00'
    where trace_id = 910001 and key = 'retry_attempt'
    returning context_id, value, updated_at
    $$,
    $$ values (910502::bigint, '1'::jsonb, '2025-01-15 00:00:00+00'::timestamptz) $$,
    'an update returns the new values'
);
select results_eq(
    $$
    select r.context, (r.legacy #>> '{context,retry_attempt,context_id}')::bigint
    from public.user_workflow_run as r
    where r.legacy_trace_id = 910001
    $$,
    $$
    values (
        '{"user_session": "abc123", "correlation_id": "xyz789", "retry_attempt": 1}'::jsonb,
        910502::bigint
    )
    $$,
    'an update changes one key, which keeps its id'
);
select results_eq(
    $$
    update public.workflow_trace_context set key = 'attempt' where context_id = 910502
    returning key::text, value
    $$,
    $$ values ('attempt', '1'::jsonb) $$,
    'a key can get another name'
);
select is(
    (select r.context from public.user_workflow_run as r where r.legacy_trace_id = 910001),
    '{"user_session": "abc123", "correlation_id": "xyz789", "attempt": 1}'::jsonb,
    'a renamed key is no longer the old one'
);
select results_eq(
    $$
    select c.context_id, c.created_at from public.workflow_trace_context as c
    where c.trace_id = 910001 and c.key = 'attempt'
    $$,
    $$ values (910502::bigint, '2025-01-14 10:30:00+00'::timestamptz) $$,
    'a renamed key keeps its id and its time'
);
select results_eq(
    $$
    update public.workflow_trace_context set trace_id = 910002 where context_id = 910502
    returning trace_id
    $$,
    'values (910002::bigint)',
    'a key can move to another run'
);
select is(
    (select r.context from public.user_workflow_run as r where r.legacy_trace_id = 910002),
    '{"first": null, "attempt": 1}'::jsonb,
    'a moved key is in the other context'
);
select is(
    (select r.context from public.user_workflow_run as r where r.legacy_trace_id = 910001),
    '{"user_session": "abc123", "correlation_id": "xyz789"}'::jsonb,
    'a moved key is no longer in its first context'
);
select results_eq(
    $$
    with updated as (
        update public.workflow_trace_context set value = '0' where trace_id = 920001 returning key
    )
    select count(*)::integer from updated
    $$,
    'values (5)',
    'one statement updates several keys'
);
select is(
    (select r.context from public.user_workflow_run as r where r.legacy_trace_id = 920001),
    '{"key 1": 0, "key 2": 0, "key 3": 0, "key 4": 0, "key 5": 0}'::jsonb,
    'one statement loses none of the keys it updates'
);
select is_empty(
    $$
    update public.workflow_trace_context set value = '1' where trace_id = 910001 and key = 'none'
    returning 1
    $$,
    'an update of an unknown key changes no row'
);

-- Delete ------------------------------------------------------------------------------------------

select results_eq(
    $$
    delete from public.workflow_trace_context where trace_id = 910001 and key = 'user_session'
    returning context_id, value
    $$,
    $$ values (910501::bigint, '"abc123"'::jsonb) $$,
    'a delete returns the key'
);
select is(
    (select r.context from public.user_workflow_run as r where r.legacy_trace_id = 910001),
    '{"correlation_id": "xyz789"}'::jsonb,
    'a delete takes one key away'
);
select results_eq(
    $$
    with deleted as (
        delete from public.workflow_trace_context where trace_id = 920001 returning key
    )
    select count(*)::integer from deleted
    $$,
    'values (5)',
    'one statement deletes all keys of a run'
);
select results_eq(
    $$
    select r.context, r.legacy from public.user_workflow_run as r where r.legacy_trace_id = 920001
    $$,
    $$ values ('{}'::jsonb, null::jsonb) $$,
    'a context whose keys were deleted is an empty object, and nothing is kept about them'
);
select is_empty(
    $$
    delete from public.workflow_trace_context where trace_id = 910001 and key = 'user_session'
    returning 1
    $$,
    'a delete of an unknown key deletes no row'
);

-- What new code writes ----------------------------------------------------------------------------

update public.user_workflow_run
set context = context || '{"fresh": {"a": [1]}}'
where legacy_trace_id = 910001;
select results_eq(
    $$
    select c.context_id > 0, c.value, c.created_at = now(), c.updated_at
    from public.workflow_trace_context as c
    where c.trace_id = 910001 and c.key = 'fresh'
    $$,
    $$ values (true, '{"a": [1]}'::jsonb, true, null::timestamptz) $$,
    'a key that new code adds reads with an id and a time'
);
create temporary table shown as
select c.context_id, c.created_at
from public.workflow_trace_context as c
where c.trace_id = 910001 and c.key = 'fresh';
update public.user_workflow_run
set context = context || '{"fresh": 2, "later": 3}'
where legacy_trace_id = 910001;
select results_eq(
    $$
    select c.context_id, c.created_at from public.workflow_trace_context as c
    where c.trace_id = 910001 and c.key = 'fresh'
    $$,
    'select s.context_id, s.created_at from shown as s',
    'a key that new code changes keeps its id and its time'
);
update public.user_workflow_run set context = context - 'fresh' where legacy_trace_id = 910001;
select is_empty(
    $$
    select from public.user_workflow_run as r
    where r.legacy_trace_id = 910001 and r.legacy -> 'context' ? 'fresh'
    $$,
    'nothing is kept about a key that new code removes'
);
insert into public.user_workflow_run (
    workflow_id, org_id, channel, created_by, legacy_trace_id, context
)
values (
    '11111111-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-000000000000', 'web',
    '11111111-0000-4000-8000-00000000d001', 910003, '{"a": 1, "b": 2}'
);
select results_eq(
    $$
    select c.key::text, c.value, c.context_id > 0, c.created_at = now()
    from public.workflow_trace_context as c
    where c.trace_id = 910003
    order by c.key
    $$,
    $$ values ('a', '1'::jsonb, true, true), ('b', '2', true, true) $$,
    'keys of a run that new code inserts read with ids and times'
);

-- Whatever JSON allows. Readers must not break.
update public.user_workflow_run
set
    context = jsonb_build_object('good', 1, repeat('k', 256), 2),
    legacy = '{"context": {"good": "no object", "gone": {"context_id": "x", "created_at": "noon"}}}'
where legacy_trace_id = 910003;
select results_eq(
    $$
    select c.key::text, c.value, c.context_id < 0, c.created_at = now()
    from public.workflow_trace_context as c
    where c.trace_id = 910003
    order by c.value
    $$,
    $$
    values ('good', '1'::jsonb, true, true), (null, '2', true, true)
    $$,
    'a key too long for the old column reads as null, a key without origin with a negative id and '
    'the time of its run'
);
select results_eq(
    $$
    select count(distinct c.context_id)::integer from public.workflow_trace_context as c
    where c.trace_id = 910003
    $$,
    'values (2)',
    'keys without origin show different ids'
);
update public.user_workflow_run set context = d.document, legacy = null
from (
    values (910001, '[1, 2]'::jsonb), (910002, '"a text"'), (910003, 'null')
) as d (trace_id, document)
where legacy_trace_id = d.trace_id;
select is_empty(
    $$
    select from public.workflow_trace_context as c where c.trace_id in (910001, 910002, 910003)
    $$,
    'a context that is no object has no keys'
);
select results_eq(
    $$
    insert into public.workflow_trace_context (trace_id, key, value) values (910002, 'a', '1')
    returning value
    $$,
    $$ values ('1'::jsonb) $$,
    'a key can be inserted where the context is no object'
);
select is(
    (select r.context from public.user_workflow_run as r where r.legacy_trace_id = 910002),
    '{"a": 1}'::jsonb,
    'a context that gets a key is an object'
);

select * from finish();
rollback;
