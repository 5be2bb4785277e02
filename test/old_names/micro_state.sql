-- The old name micro_state: a view of the renamed table user_workflow_cache_state.

begin;
select plan(23);

insert into public.user_workflow_cache_state (
    micro_state_id, workflow_id, node_id, dom_snapshot, action_json, semantic_spec, label, category,
    required, text_emb, mini_score, is_retired, created_at
)
values (
    910801, '11111111-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-00000000e001',
    '<html/>', '{"click": "#ok"}', '{"dynamic_meta": {}}', 'OK', 'button', true, '{0.5, 0.25}',
    0.875, false, '2025-01-14 10:30:00+00'
);

select has_view('public', 'micro_state', 'micro_state is a view');
select has_table('public', 'user_workflow_cache_state', 'user_workflow_cache_state is a table');
select results_eq(
    $$
    select a.attname::text collate "default", format_type(a.atttypid, a.atttypmod)
    from pg_attribute as a
    where a.attrelid = 'public.micro_state'::regclass and a.attnum > 0 and not a.attisdropped
    order by a.attnum
    $$,
    $$
    values
    ('micro_state_id', 'bigint'), ('workflow_id', 'uuid'), ('node_id', 'uuid'),
    ('dom_snapshot', 'text'), ('action_json', 'jsonb'), ('semantic_spec', 'jsonb'),
    ('label', 'text'), ('category', 'text'), ('required', 'boolean'), ('is_dynamic', 'boolean'),
    ('text_emb', 'real[]'), ('mini_score', 'numeric(4,3)'), ('is_retired', 'boolean'),
    ('aliased_to', 'bigint'), ('created_at', 'timestamp with time zone')
    $$,
    'the view has the columns of the old table, in its order and with its types'
);
select results_eq(
    'select m.* from public.micro_state as m where m.micro_state_id = 910801',
    $$
    values (
        910801::bigint, '11111111-0000-4000-8000-00000000c001'::uuid,
        '11111111-0000-4000-8000-00000000e001'::uuid, '<html/>'::text,
        '{"click": "#ok"}'::jsonb, '{"dynamic_meta": {}}'::jsonb, 'OK'::text, 'button'::text, true,
        true, '{0.5, 0.25}'::real [], 0.875::numeric(4, 3), false, null::bigint,
        '2025-01-14 10:30:00+00'::timestamptz
    )
    $$,
    'a page state reads as it was written under the new name'
);
select results_eq(
    'select count(*) from public.micro_state',
    'select count(*) from public.user_workflow_cache_state',
    'both names show the same rows'
);
select results_eq(
    $$
    insert into public.micro_state (workflow_id, node_id, dom_snapshot, action_json)
    values (
        '11111111-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-00000000e002', '<a/>', '[]'
    )
    returning micro_state_id is not null, is_dynamic, is_retired, created_at = now(), aliased_to
    $$,
    'values (true, false, false, true, null::bigint)',
    'an insert returns the defaults of the old table, the generated column included'
);
select lives_ok(
    'select nextval(''micro_state_micro_state_id_seq'')',
    'nextval of the old sequence goes on working'
);
select is_empty(
    $$
    select from public.micro_state as m
    where m.micro_state_id = (select nextval('public.micro_state_micro_state_id_seq'))
    $$,
    'nextval of the old sequence never gives a used id'
);
prepare used_id as
insert into public.micro_state (micro_state_id, workflow_id, node_id, dom_snapshot, action_json)
values (
    910801, '11111111-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-00000000e002', '<a/>',
    '[]'
);
select throws_ok('used_id', '23505', null, 'a used micro_state_id is refused');
prepare null_snapshot as
insert into public.micro_state (workflow_id, node_id, dom_snapshot, action_json)
values (
    '11111111-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-00000000e002', null, '[]'
);
select throws_ok('null_snapshot', '23502', null, 'a page state without dom_snapshot is refused');
prepare unknown_alias as
update public.micro_state set aliased_to = 999999999 where micro_state_id = 910801;
select throws_ok('unknown_alias', '23503', null, 'an alias of an unknown page state is refused');
select throws_ok(
    'update public.micro_state set is_dynamic = true where micro_state_id = 910801',
    '428C9', null, 'the generated column cannot be written'
);
prepare high_score as
update public.micro_state set mini_score = 10 where micro_state_id = 910801;
select throws_ok('high_score', '22003', null, 'a mini_score of 10 is refused');

select results_eq(
    $$
    insert into public.micro_state as m (
        micro_state_id, workflow_id, node_id, dom_snapshot, action_json
    )
    values (
        910801, '11111111-0000-4000-8000-00000000c001', '11111111-0000-4000-8000-00000000e001',
        '<b/>', '{}'
    )
    on conflict (micro_state_id) do update set dom_snapshot = excluded.dom_snapshot
    returning m.dom_snapshot, m.label
    $$,
    $$ values ('<b/>', 'OK') $$,
    'on conflict do update works on micro_state_id'
);
select results_eq(
    $$
    update public.micro_state set semantic_spec = '{}' where micro_state_id = 910801
    returning is_dynamic
    $$,
    'values (false)',
    'the generated column follows an update'
);
select results_eq(
    $$
    update public.micro_state set is_retired = default, created_at = default
    where micro_state_id = 910801
    returning is_retired, created_at = now()
    $$,
    'values (false, true)',
    'an update to the default gives the default of the old table'
);
select is_empty(
    'update public.micro_state set label = '''' where micro_state_id = 999999999 returning 1',
    'an update of an unknown page state changes no row'
);
select lives_ok(
    'insert into public.micro_state (
        micro_state_id, workflow_id, node_id, dom_snapshot, action_json, aliased_to
    )
    values (
        910802, ''11111111-0000-4000-8000-00000000c001'', ''11111111-0000-4000-8000-00000000e001'',
        '''', ''{}'', 910801
    )',
    'a page state can be the alias of another'
);
prepare delete_aliased as delete from public.micro_state where micro_state_id = 910801;
select throws_ok('delete_aliased', '23503', null, 'a page state that has an alias is not deleted');
select results_eq(
    'delete from public.micro_state where micro_state_id = 910802 returning micro_state_id',
    'values (910802::bigint)',
    'a delete returns the page state'
);
select is_empty(
    'select from public.user_workflow_cache_state as m where m.micro_state_id = 910802',
    'a page state deleted under the old name is gone'
);
select isnt_empty(
    'select from public.user_workflow_cache_state as m where m.micro_state_id = 910801',
    'a delete touches no other page state'
);
select throws_ok('truncate public.micro_state', '42809', null, 'truncate is refused: it is a view');

select * from finish();
rollback;
