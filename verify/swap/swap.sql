-- Verify workflow_consolidation:swap/swap on pg

begin;

select
    ordinal,
    stage,
    statement
from consolidation.cut_over_log
where false;

select 1 / (case when count(*) = 15 then 1 else 0 end) as not_for_applications
from pg_catalog.pg_proc
where
    oid in (
        'consolidation.policy_definition(oid,text)'::regprocedure,
        'consolidation.copy_grants(regclass,regclass)'::regprocedure,
        'consolidation.revoke_grants(regclass)'::regprocedure,
        'consolidation.grant_documents(regclass)'::regprocedure,
        'consolidation.continue_sequence(regclass,regclass,boolean)'::regprocedure,
        'consolidation.carry_the_rest()'::regprocedure,
        'consolidation.swap_to_views()'::regprocedure,
        'consolidation.swap_to_tables()'::regprocedure,
        'consolidation.swap_locks()'::regprocedure,
        'consolidation.check_session(interval)'::regprocedure,
        'consolidation.swap(text,interval)'::regprocedure,
        'consolidation.validate(text)'::regprocedure,
        'consolidation.refuse_findings()'::regprocedure,
        'consolidation.cut_over(interval)'::regprocedure,
        'consolidation.cut_back(interval)'::regprocedure
    )
    and not has_function_privilege('workflow_app', oid, 'execute');

rollback;
