-- Verify workflow_consolidation:proof/finding_access on pg

begin;

set local search_path = pg_catalog, pg_temp;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_column_privilege
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_write_only_privilege
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_view_privilege
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_policy
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.finding_row_level_security
where false;

select consolidation.claim(
    'the views of proof/finding_access ask with the rights of the caller',
    (
        select count(*) = 5
        from pg_class as c
        where
            c.oid = any (array[
                'consolidation.finding_column_privilege',
                'consolidation.finding_write_only_privilege',
                'consolidation.finding_view_privilege',
                'consolidation.finding_policy',
                'consolidation.finding_row_level_security'
            ]::regclass [])
            and c.reloptions = '{security_invoker=true}'
    )
);

rollback;
