-- Verify workflow_consolidation:proof/finding_dependents on pg

begin;

set local search_path = pg_catalog, pg_temp;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_view
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_function
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_materialized_view
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_rule
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_row_type
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_trigger
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_publication
where false;

select consolidation.claim(
    'the views of proof/finding_dependents ask with the rights of the caller',
    (
        select count(*) = 7
        from pg_class as c
        where
            c.oid = any (array[
                'consolidation.finding_view',
                'consolidation.finding_function',
                'consolidation.finding_materialized_view',
                'consolidation.finding_rule',
                'consolidation.finding_row_type',
                'consolidation.finding_trigger',
                'consolidation.finding_publication'
            ]::regclass [])
            and c.reloptions = '{security_invoker=true}'
    )
);

rollback;
