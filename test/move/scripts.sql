-- What a script knows of itself.

begin;
select plan(5);

select ok(consolidation.is_deployed('mapping/keys'), 'a change whose script has ended is deployed');
select ok(not consolidation.is_deployed('no change; drop'), 'an unknown change is not');
select ok(
    consolidation.is_reverted('no change; drop'), 'a change that was never deployed is reverted'
);
select ok(
    not consolidation.is_reverted('cut_over'),
    'the last change is there to be reverted'
);
prepare revert_too_early as select consolidation.is_reverted('mapping/keys');
select throws_ok(
    'revert_too_early', '55000', null, 'no change is reverted before those that came after it'
);

select * from finish();
rollback;
