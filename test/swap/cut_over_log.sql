-- cut_over_log: what a swap leaves for later, and what happens when something it names is gone.

begin;
select plan(10);

create table public.ledger (ledger_id integer, amount integer);
create table public.dropped (dropped_id integer);
delete from consolidation.cut_over_log;

select lives_ok(
    $$
    select
        consolidation.remember('after', 'public.ledger', 'alter table <relation> add a integer'),
        consolidation.remember('after', 'public.ledger', 'alter table <relation> drop column b'),
        consolidation.remember('after', 'public.dropped', 'alter table <relation> add a integer'),
        consolidation.remember('after', 'public.ledger', 'revoke select on <relation> from gone'),
        consolidation.remember('after', 'public.ledger', null),
        consolidation.remember('validate', 'public.ledger', 'alter table <relation> add c integer')
    $$,
    'statements about relations can be left for later'
);
select is(
    (select count(*)::integer from consolidation.cut_over_log), 5, 'nothing is left for null'
);
do $$
begin
    alter table public.ledger rename to "TheLedger";
    drop table public.dropped;
end
$$;
select lives_ok(
    'select consolidation.execute_stage(''after'')',
    'a column, a table or a role that is gone meanwhile stops nothing'
);
select has_column(
    'public', 'TheLedger', 'a', 'a table that was renamed meanwhile is found all the same'
);
select hasnt_column('public', 'TheLedger', 'c', 'another stage waits');
select results_eq(
    'select l.stage from consolidation.cut_over_log as l',
    $$ values ('validate') $$,
    'what was executed or skipped is done with'
);

select consolidation.remember(
    'arrive', 'public."TheLedger"', 'alter table <relation> drop column b', must_succeed => true
);
prepare what_must_succeed as select consolidation.execute_stage('arrive');
select throws_ok(
    'what_must_succeed', '42703', null, 'what must succeed raises an error instead of being skipped'
);
select is(
    (select count(*)::integer from consolidation.cut_over_log), 2, 'and is not forgotten'
);

insert into public."TheLedger" (ledger_id) values (1), (1);
select consolidation.remember(
    'validate', 'public."TheLedger"', 'alter table <relation> add unique (ledger_id)'
);
prepare what_is_wrong as select consolidation.execute_stage('validate');
select throws_ok('what_is_wrong', '23505', null, 'an error of another kind is no reason to skip');
select throws_ok(
    $$ insert into consolidation.cut_over_log (stage, statement) values ('whenever', 'select 1') $$,
    '23514', null, 'an unknown stage is refused'
);

select * from finish();
rollback;
