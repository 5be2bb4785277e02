-- cut_over: what it has left, and that it can be repeated. The commands themselves are tried in
-- cycles.

begin;
select plan(17);

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
select ok(consolidation.is_proved(), 'the proof of the cut-over is kept by the swap');
update consolidation.chunk set finished_at = null
where chunk_id = (select min(c.chunk_id) from consolidation.chunk as c where c.task = 'backfill');
select throws_ok(
    'select consolidation.begin_proof()', '55000', null,
    'a range of the backfill that is open stops the proof, and so the swap'
);
update consolidation.chunk set finished_at = now() where finished_at is null;
select lives_ok(
    'select consolidation.begin_proof(), consolidation.refuse_unequal()',
    'old tables and documents are equal'
);
update legacy.workflow_steps set status = 'changed behind the back'
where step_id = (select min(s.step_id) from legacy.workflow_steps as s where s.trace_id > 0);
select is(
    (select count(*)::integer from consolidation.change), 1,
    'a write to an old table after the cut-over is noted'
);
delete from consolidation.change;
select consolidation.record_comparison(1, 9223372036854775807, null);
select throws_ok(
    'select consolidation.refuse_unequal()', 'XX001', null, 'a difference stops the swap'
);
select lives_ok(
    'select consolidation.note_unequal(), consolidation.carry_changes(10, 1)',
    'on the way back what was written past the capture is undone'
);
select lives_ok(
    'select consolidation.refuse_unequal()', 'after that nothing differs any more'
);

-- Rows that the old tables refuse -----------------------------------------------------------------

select lives_ok('select consolidation.refuse_set_aside()', 'no row is refused');
insert into consolidation.set_aside (table_name, trace_id, content, error_code, message)
values ('workflow_events', 7, '{}', '23514', 'no');
select throws_ok(
    'select consolidation.refuse_set_aside()', '55000', null,
    'a row that an old table refused stops the way back'
);
insert into consolidation.accepted (kind, object, reason)
values ('row set aside', 'workflow_events', 'known');
select lives_ok(
    'select consolidation.refuse_set_aside()', '… unless that is accepted for its table'
);

select * from finish();
rollback;
