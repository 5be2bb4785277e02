-- What a proof is good for: it refuses what differs, and it is kept.

begin;
select plan(26);

delete from consolidation.change;
select consolidation.forget_proof();
select ok(not consolidation.is_proved(), 'without a proof nothing is proved');
select consolidation.begin_proof();
select ok(not consolidation.is_proved(), 'a proof that has just begun proves nothing');
select lives_ok(
    'select consolidation.prove_chunk(consolidation.claim_chunk(''proof'', 50))', 'a part of it'
);
select ok(not consolidation.is_proved(), 'a part of a proof proves nothing');
select lives_ok(
    'select consolidation.prove_chunk(consolidation.claim_chunk(''proof'', 100000))',
    'the rest of it'
);
select ok(consolidation.is_proved(), 'when all is compared and equal, it is proved');
select lives_ok('select consolidation.refuse_unequal()', 'then nothing is refused');

-- Damage in two runs ------------------------------------------------------------------------

create temporary table damaged as
select r.legacy_trace_id as trace_id from public.user_workflow_run as r
order by r.legacy_trace_id desc
limit 2;
alter table public.user_workflow_run disable trigger capture_update;
update public.user_workflow_run set status = status || '!'
where legacy_trace_id in (select d.trace_id from damaged as d);
alter table public.user_workflow_run enable always trigger capture_update;
select ok(
    not consolidation.is_proved(), 'a proof does not hold when capture was interrupted since'
);
set local client_min_messages = warning;
select consolidation.begin_proof();
reset client_min_messages;
select lives_ok(
    'select consolidation.prove_chunk(consolidation.claim_chunk(''proof'', 100000))',
    'what differs does not stop a proof'
);
select ok(not consolidation.is_proved(), 'but it is not proved');
select throws_ok('select consolidation.refuse_unequal()', 'XX001', null, 'what differs is refused');
create function pg_temp.refusal(out message text, out detail text, out hint text)
language plpgsql
as $$
begin
    perform consolidation.refuse_unequal();
exception when data_corrupted then
    get stacked diagnostics
        message = message_text, detail = pg_exception_detail, hint = pg_exception_hint;
end;
$$;
select ok(
    (
        select
            strpos(r.message, ' 2 runs') > 0
            and strpos(r.message, format('workflow_trace {"trace_id": %s}', min(d.trace_id))) > 0
            and strpos(r.message, '{status}') > 0
            and r.detail ~ '^old: .*"status".*new: .*!"'
            and strpos(r.hint, 'consolidation.differences()') > 0
        from pg_temp.refusal() as r
        cross join damaged as d
        group by r.message, r.detail, r.hint
    ),
    'the refusal says how many runs differ, and shows one of them'
);
alter table public.user_workflow_run disable trigger capture_update;
update public.user_workflow_run set status = rtrim(status, '!')
where legacy_trace_id = (select min(d.trace_id) from damaged as d);
alter table public.user_workflow_run enable always trigger capture_update;
select throws_ok(
    'select consolidation.refuse_unequal()', 'XX001', null,
    'while one of two is not repaired, it is refused'
);
select is(
    (select message from pg_temp.refusal()) ~ ' 1 run', true, 'the refusal counts that one'
);
alter table public.user_workflow_run disable trigger capture_update;
update public.user_workflow_run set status = rtrim(status, '!')
where legacy_trace_id = (select max(d.trace_id) from damaged as d);
alter table public.user_workflow_run enable always trigger capture_update;
select lives_ok(
    'select consolidation.refuse_unequal()', 'what was repaired meanwhile is no reason to refuse'
);
select is_empty('select from consolidation.unequal_trace', 'nor is it noted any more');

-- A swap makes other capture triggers, and knows that nobody wrote meanwhile ----------------------

select consolidation.stop_capture('public.user_workflow_run_step');
select consolidation.start_capture('public.user_workflow_run_step', 'consolidation.capture_new');
select ok(not consolidation.is_proved(), 'with other capture triggers a proof does not hold');
select lives_ok('select consolidation.keep_proof()', 'unless it is kept');
select ok(consolidation.is_proved(), 'a proof that was kept holds');
alter table public.user_workflow_run disable trigger capture_update;
do $$ begin perform consolidation.keep_proof(); end $$;
select ok(
    not consolidation.is_proved(), 'none holds while a trigger rests, whatever was kept'
);
create function pg_temp.missing(out message text, out hint text)
language plpgsql
as $$
begin
    perform consolidation.refuse_missing_capture();
exception when object_not_in_prerequisite_state then
    get stacked diagnostics message = message_text, hint = pg_exception_hint;
end;
$$;
select results_eq(
    'select m.message, m.hint from pg_temp.missing() as m',
    $$
    values (
        'capture triggers do not fire: capture_update on public.user_workflow_run',
        'select consolidation.start_capture(''public.user_workflow_run'', '
        '''consolidation.capture_new'');'
    )
    $$,
    'the refusal names the trigger and the statement that lets it fire'
);
drop trigger capture_insert on public.user_workflow_run;
select bag_eq(
    'select m.trigger_name from consolidation.missing_capture as m',
    $$ values ('capture_insert'), ('capture_update') $$,
    'a trigger that is gone is missing as well'
);
select consolidation.start_capture('public.user_workflow_run', 'consolidation.capture_new');
select lives_ok(
    'select consolidation.refuse_missing_capture()', 'the statement lets all of them fire'
);
do $$ begin perform consolidation.keep_proof(); end $$;

select throws_ok(
    'call consolidation.prove(0)', '22023', null, 'a batch_size of 0 is refused'
);
set local role workflow_app;
select throws_ok('call consolidation.prove()', '42501', null, 'applications cannot prove');
select throws_ok(
    'select consolidation.keep_proof()', '42501', null, 'nor say that a proof holds'
);
reset role;

select * from finish();
rollback;
