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
select lives_ok('select consolidation.refuse_set_aside()', 'no old table has refused a row');
insert into consolidation.set_aside (table_name, trace_id, content, error_code, message)
values ('workflow_events', 1, '{"event_id": 1}', '23514', 'violates a check');
select throws_like(
    'select consolidation.refuse_set_aside()', '%1 rows of workflow_events with 23514%trace_id 1%',
    'a row that an old table refuses stops the way back, and is named'
);
insert into consolidation.accepted (kind, object, reason)
values ('row set aside', 'workflow_steps', 'of another table');
select throws_ok(
    'select consolidation.refuse_set_aside()', '55000', null,
    'that rows of another table stay in the documents was accepted, not this one'
);
insert into consolidation.accepted (kind, object, reason)
values ('row set aside', 'workflow_events', 'a test');
select lives_ok('select consolidation.refuse_set_aside()', 'unless somebody accepted that');
delete from consolidation.change;
insert into consolidation.unequal_trace (trace_id) values (1), (2);
do $$ begin perform consolidation.note_unequal(); end $$;
select set_eq(
    'select trace_id from consolidation.change', array[1, 2],
    'what differs without having been captured is carried back'
);

select * from finish();
rollback;
