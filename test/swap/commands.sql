-- cut_over: what it has left, and that it can be repeated. The commands themselves are tried in
-- cycles.

begin;
select plan(11);

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
    'select consolidation.refuse_unfinished()', 'after the backfill there is nothing unfinished'
);
update consolidation.chunk set finished_at = null
where chunk_id = (select min(c.chunk_id) from consolidation.chunk as c);
select throws_ok(
    'select consolidation.refuse_unfinished()', '55000', null, 'a range that is open stops the swap'
);
select lives_ok(
    'select consolidation.refuse_differences()', 'old tables and documents are equal'
);
update legacy.workflow_steps set status = 'changed behind the back'
where step_id = (select min(s.step_id) from legacy.workflow_steps as s where s.trace_id > 0);
select throws_ok(
    'select consolidation.refuse_differences()', 'XX001', null, 'a difference stops the swap'
);

select * from finish();
rollback;
