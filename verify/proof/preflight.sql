-- Verify workflow_consolidation:proof/preflight on pg

begin;

set local search_path = pg_catalog, pg_temp;

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

select consolidation.claim_none(
    'applications cannot execute the functions of the preflight',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.base_column(regclass)',
                'consolidation.rebinding()',
                'consolidation.foreign_key()',
                'consolidation.preflight()',
                'consolidation.unscoped_role()'
            ]
        ) as f (signature)
        where
            has_function_privilege('workflow_app', to_regprocedure(f.signature), 'execute')
            is not false
    )
);

select consolidation.claim(
    'the function on_new_names() exists',
    to_regprocedure('consolidation.on_new_names(text)') is not null
);

select consolidation.claim(
    'on_new_names() puts the new names into the definition of a view',
    consolidation.on_new_names('select from public.workflow_trace') like '% consolidation.%'
);

select consolidation.claim(
    'the view preflight reads with the rights of the caller',
    (
        select c.reloptions = '{security_invoker=true}'
        from pg_catalog.pg_class as c
        where c.oid = to_regclass('consolidation.preflight')
    )
);

select consolidation.claim(
    'base_column() traces every column of the two plain views to the column behind it',
    (
        select count(b.view_column) = 39
        from unnest(array['workflow_trace', 'workflow_steps']) as v (name)
        cross join lateral consolidation.base_column(consolidation.old_name(v.name)) as b
    )
);

rollback;
