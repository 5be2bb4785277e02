-- Verify workflow_consolidation:move/take_locks on pg

begin;

select 1 / (case
    when has_function_privilege(
        'workflow_app',
        'consolidation.take_locks(regclass[],text,interval,interval)'::regprocedure,
        'execute'
    ) then 0
    else 1
end) as not_for_applications;

rollback;
