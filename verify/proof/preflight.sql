-- Verify workflow_consolidation:proof/preflight on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the table accepted has all its columns',
    array(
        select unnest(array['kind', 'object', 'reason', 'accepted_by', 'accepted_at'])
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.accepted') and not a.attisdropped
    )
);

select consolidation.claim_none(
    'the view preflight has all its columns',
    array(
        select unnest(array['severity', 'kind', 'object', 'consequence', 'remedy'])
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.preflight') and not a.attisdropped
    )
);

select consolidation.claim(
    'the view preflight reads with the rights of the caller',
    (
        select c.reloptions = '{security_invoker=true}'
        from pg_catalog.pg_class as c
        where c.oid = to_regclass('consolidation.preflight')
    )
);

select consolidation.claim_none(
    'applications cannot execute the function of the preflight',
    consolidation.loose_function(
        array[
            'consolidation.refuse_findings()'
        ]
    )
);

select consolidation.claim_none(
    'the preflight has every view of findings',
    array(
        select c.relname::text
        from pg_catalog.pg_class as c
        where
            c.relnamespace = 'consolidation'::regnamespace
            and c.relname like 'finding\_%'
            and not exists (
                select from pg_catalog.pg_rewrite as r
                inner join pg_catalog.pg_depend as d on d.objid = r.oid
                where r.ev_class = to_regclass('consolidation.preflight') and d.refobjid = c.oid
            )
    )
);

rollback;
