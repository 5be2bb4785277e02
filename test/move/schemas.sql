-- The schemas, and the claims of verify scripts.

begin;
select plan(11);

select has_schema('consolidation', 'there is a schema for the move');
select has_schema('legacy', 'there is a schema for the old tables');

prepare true_claim as select consolidation.claim('the sky is up', true);
prepare false_claim as select consolidation.claim('the sky is down', false);
prepare unknown_claim as select consolidation.claim('the sky is known', null);
select lives_ok('true_claim', 'a claim that holds raises nothing');
select throws_ok('false_claim', 'P0004', 'the sky is down', 'one that does not says its sentence');
select throws_ok('unknown_claim', 'P0004', 'the sky is known', 'an unknown one does not hold');

prepare no_counterexample as select consolidation.claim_none('all ravens are black', '{}');
prepare one_counterexample as
select consolidation.claim_none('all ravens are black', array['an albino']);
prepare unknown_counterexamples as select consolidation.claim_none('all ravens are black', null);
prepare nameless_counterexample as
select consolidation.claim_none('all ravens are black', array[null]::text []);
select lives_ok('no_counterexample', 'a claim without counterexamples holds');
select throws_ok(
    'one_counterexample', 'P0004', 'all ravens are black', 'one counterexample is enough'
);
select throws_ok(
    'unknown_counterexamples', 'P0004', 'all ravens are black', 'unknown ones are no proof'
);
select throws_ok(
    'nameless_counterexample', 'P0004', 'all ravens are black', 'one without a name counts'
);

create function pg_temp.detail_of(counterexamples text [])
returns text
language plpgsql
as $$
declare
    detail text;
begin
    perform consolidation.claim_none('all ravens are black', counterexamples);
    return 'it holds';
exception when assert_failure then
    get stacked diagnostics detail = pg_exception_detail;
    return detail;
end;
$$;
select is(
    pg_temp.detail_of(array['a', null, 'c', 'd', 'e']), 'Not so: a, null, c, d, e',
    'five counterexamples are named'
);
select is(
    pg_temp.detail_of(array['a', 'b', 'c', 'd', 'e', 'f', 'g']), 'Not so: a, b, c, d, e and 2 more',
    'of more the first five, and how many there are'
);

select * from finish();
rollback;
