-- Verify workflow_consolidation:proof/old_relation on pg

begin;

set local search_path = pg_catalog, pg_temp;

select
    oid,
    relname,
    relkind,
    relowner,
    relacl,
    relrowsecurity,
    reltype
from consolidation.old_relation
where false;

select consolidation.claim(
    'the views of proof/old_relation ask with the rights of the caller',
    (
        select count(*) = 1
        from pg_class as c
        where
            c.oid = any (array[
                'consolidation.old_relation'
            ]::regclass [])
            and c.reloptions = '{security_invoker=true}'
    )
);

select consolidation.claim(
    'the functions of proof/old_relation are there, and not for applications',
    (
        select bool_and(not has_function_privilege('workflow_app', f.routine, 'execute'))
        from unnest(
            array[
                'consolidation.qualified_name(regclass)',
                'consolidation.qualified_routine(regprocedure)',
                'consolidation.description(oid,oid,integer)',
                'consolidation.rule_definition(oid)'
            ]::regprocedure []
        ) as f (routine)
    )
);

select consolidation.claim(
    'each of the six old tables is found',
    consolidation.phase() = 'contract'
    or (select count(*) = 6 from consolidation.old_relation)
);

rollback;
