-- Verify workflow_consolidation:proof/preflight on pg

begin;

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

select 1 / (case when count(*) = 5 then 1 else 0 end) as not_for_applications
from pg_catalog.pg_proc
where
    oid in (
        'consolidation.base_column(regclass)'::regprocedure,
        'consolidation.rebinding()'::regprocedure,
        'consolidation.foreign_key()'::regprocedure,
        'consolidation.preflight()'::regprocedure,
        'consolidation.unscoped_role()'::regprocedure
    )
    and not has_function_privilege('workflow_app', oid, 'execute');

select 1 / (case
    when
        consolidation.on_new_names('select from public.workflow_trace') like '% consolidation.%'
        then 1
    else 0
end) as views_are_tried;

select 1 / count(*) as asks_with_the_rights_of_the_caller
from pg_catalog.pg_class
where oid = 'consolidation.preflight'::regclass and reloptions = '{security_invoker=true}';

-- Every column of the two plain views is traced to the column behind it.
select 1 / (case when count(*) = 39 then 1 else 0 end) as columns_are_known
from (
    select b.view_column
    from consolidation.base_column(consolidation.old_name('workflow_trace')) as b
    union all
    select b.view_column
    from consolidation.base_column(consolidation.old_name('workflow_steps')) as b
) as c;

rollback;
