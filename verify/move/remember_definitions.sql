-- Verify workflow_consolidation:move/remember_definitions on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the routines of remember_definitions fix their search path and are closed to applications',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.view_definition(regclass)',
                'consolidation.missing_object()',
                'consolidation.refuse_missing()',
                'consolidation.remember_definitions()'
            ]
        ) as f (signature)
        where not exists (
            select from pg_catalog.pg_proc as p
            where
                p.oid = to_regprocedure(f.signature)
                and (
                    p.prokind = 'p'
                    or p.proconfig @> '{"search_path=pg_catalog, pg_temp"}'
                )
                and not p.prosecdef
                and not has_function_privilege('workflow_app', p.oid, 'execute')
        )
    )
);

select consolidation.claim_none(
    'the table remembered_definition has all its columns',
    array(
        select unnest(array['kind', 'old_name', 'ordinal', 'relation', 'statement'])
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where
            a.attrelid = to_regclass('consolidation.remembered_definition')
            and not a.attisdropped
    )
);

select consolidation.claim_none(
    'it is remembered how each old table and each view of an old name was made',
    array(
        select format('%s %s', k.word, t.name)
        from unnest(consolidation.six_tables()) as t (name)
        cross join (values ('r', 'table'), ('v', 'view')) as k (kind, word)
        where not exists (
            select from consolidation.remembered_definition as d
            where
                d.kind = k.kind
                and d.old_name = t.name
                and d.statement like format('create %s %%', k.word)
        )
    )
);

rollback;
