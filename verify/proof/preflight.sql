-- Verify workflow_consolidation:proof/preflight on pg

begin;

set local search_path = pg_catalog, pg_temp;

select
    kind,
    object,
    reason,
    accepted_by,
    accepted_at
from consolidation.accepted
where false;

select
    severity,
    kind,
    object,
    consequence,
    remedy
from consolidation.preflight
where false;

select consolidation.claim(
    'the views of proof/preflight ask with the rights of the caller',
    (
        select count(*) = 1
        from pg_class as c
        where
            c.oid = any (array[
                'consolidation.preflight'
            ]::regclass [])
            and c.reloptions = '{security_invoker=true}'
    )
);

select consolidation.claim(
    'the functions of proof/preflight are there, and not for applications',
    (
        select bool_and(not has_function_privilege('workflow_app', f.routine, 'execute'))
        from unnest(
            array[
                'consolidation.refuse_findings()'
            ]::regprocedure []
        ) as f (routine)
    )
);

select consolidation.claim(
    'every finding is in the preflight',
    not exists (
        select from pg_class as c
        where
            c.relnamespace = 'consolidation'::regnamespace
            and c.relname like 'finding\_%'
            and not exists (
                select from pg_rewrite as r
                inner join pg_depend as d
                    on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
                where r.ev_class = 'consolidation.preflight'::regclass and d.refobjid = c.oid
            )
    )
);

rollback;
