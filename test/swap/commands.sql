-- cut_over: what it has left, and that it can be repeated. The commands themselves are tried in
-- cycles.

begin;
select plan(12);

select is_empty(
    'select from consolidation.change',
    'the cut-over has left nothing in the queue'
);
select is_empty(
    'select from consolidation.cut_over_log as l where l.stage = ''validate''',
    'the cut-over has validated what there was to validate'
);
select lives_ok(
    'call consolidation.cut_over()', 'the cut-over can be called again, and finds its work done'
);

select throws_ok(
    'call consolidation.cut_over(null)', '22023', null, 'cut_over wants to know how long to try'
);
select throws_ok(
    'call consolidation.cut_back(null)', '22023', null, 'and so does cut_back'
);
select throws_ok(
    'select consolidation.check_session(null)', '22023', null, 'patience cannot be null'
);
select lives_ok(
    $$ select consolidation.check_session('1 s') $$, 'a session that sees everything may go on'
);
select lives_ok(
    'select consolidation.refuse_set_aside()', 'no old table has refused a row'
);
insert into consolidation.set_aside (table_name, trace_id, content, error_code, message)
values ('workflow_events', 1, '{}', '23514', 'an event that its table refuses');
select throws_ok(
    'select consolidation.refuse_set_aside()', '55000', null,
    'a row that would stay in the documents stops the way back'
);
insert into consolidation.accepted (kind, object, reason)
values ('row set aside', 'workflow_events', 'nobody misses it');
select lives_ok(
    'select consolidation.refuse_set_aside()', 'unless somebody accepted it for that table'
);
insert into consolidation.unequal_trace (trace_id) values (7);
select lives_ok('select consolidation.note_unequal()', 'executions that differ can be noted');
select results_eq(
    'select c.trace_id from consolidation.change as c', $$ values (7::bigint) $$,
    'and wait in the queue to be carried back'
);

select * from finish();
rollback;
