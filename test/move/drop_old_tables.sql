-- Dropping the old tables. The procedure commits and is tested with several sessions; here is what
-- its parts do in one transaction.

begin;
select plan(8);

select is(consolidation.phase(), 'cut over', 'control: the old tables are in legacy');
select throws_ok(
    'call consolidation.drop_old_tables(null)', '22023', null, 'patience cannot be null'
);
delete from consolidation.proof;
select is(
    (select t.reason from consolidation.try_to_drop() as t), 'there is no proof that holds',
    'without a proof nothing is dropped'
);
select has_table('legacy', 'workflow_events', 'the old tables are still there');

select lives_ok('select consolidation.forget_old_tables()', 'the old tables are dropped');
select is(consolidation.phase(), 'contract', 'the phase is "contract"');
select is_empty(
    $$select from pg_class where relnamespace = 'legacy'::regnamespace$$, 'legacy is empty'
);
select hasnt_view('consolidation', 'old_event', 'no view is bound to an old table any more');

select * from finish();
rollback;
