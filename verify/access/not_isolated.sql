-- Verify workflow_consolidation:access/not_isolated on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the view not_isolated has all its columns',
    array(
        select unnest(
            array[
                'role_name', 'reason', 'through', 'tables', 'only_without_organisation'
            ]
        )
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('public.not_isolated') and not a.attisdropped
    )
);

select consolidation.claim(
    'the view not_isolated reads with the rights of the caller',
    (
        select c.reloptions = '{security_invoker=true}'
        from pg_catalog.pg_class as c
        where c.oid = to_regclass('public.not_isolated')
    )
);

-- The claim is never empty: without such a superuser nobody could install extensions.
select consolidation.claim_none(
    'the view not_isolated lists every superuser that can log in',
    array(
        select r.rolname::text
        from pg_catalog.pg_roles as r
        where
            r.rolsuper
            and r.rolcanlogin
            and not exists (
                select from public.not_isolated as n
                where n.role_name = r.rolname and n.reason = 'superuser' and n.through is null
            )
    )
);

rollback;
