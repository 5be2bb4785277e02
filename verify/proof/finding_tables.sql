-- Verify workflow_consolidation:proof/finding_tables on pg

begin;

set local search_path = pg_catalog, pg_temp;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_foreign_key
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_sequence
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_index
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_column_type
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_inheritance
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_table_kind
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_statistics
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_row
where false;

select consolidation.claim(
    'the views of proof/finding_tables ask with the rights of the caller',
    (
        select count(*) = 8
        from pg_class as c
        where
            c.oid = any (array[
                'consolidation.finding_foreign_key',
                'consolidation.finding_sequence',
                'consolidation.finding_index',
                'consolidation.finding_column_type',
                'consolidation.finding_inheritance',
                'consolidation.finding_table_kind',
                'consolidation.finding_statistics',
                'consolidation.finding_row'
            ]::regclass [])
            and c.reloptions = '{security_invoker=true}'
    )
);

rollback;
