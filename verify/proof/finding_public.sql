-- Verify workflow_consolidation:proof/finding_public on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the view finding_public has the columns of a finding',
    array(
        select unnest(array['severity', 'kind', 'object', 'consequence', 'remedy'])
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.finding_public') and not a.attisdropped
    )
);

select consolidation.claim(
    'the view finding_public reads with the rights of the caller',
    (
        select c.reloptions = '{security_invoker=true}'
        from pg_catalog.pg_class as c
        where c.oid = to_regclass('consolidation.finding_public')
    )
);

rollback;
