-- Verify workflow_consolidation:step_keys on pg

begin;

select 1 / (case when count(*) = 4 then 1 else 0 end) as keys
from pg_catalog.pg_constraint as c
where
    c.convalidated
    and (c.conrelid::regclass::text, c.conname::text, pg_get_constraintdef(c.oid)) in (
        values
        (
            'user_workflow_run', 'user_workflow_run_org_id_run_id_key', 'UNIQUE (org_id, run_id)'
        ),
        (
            'user_workflow_run_step', 'user_workflow_run_step_run_id_step_number_key',
            'UNIQUE (run_id, step_number)'
        ),
        (
            'user_workflow_run_step', 'user_workflow_run_step_run_id_fkey',
            'FOREIGN KEY (run_id) REFERENCES user_workflow_run(run_id) ON DELETE CASCADE'
        ),
        (
            'user_workflow_run_step', 'user_workflow_run_step_org_id_run_id_fkey',
            'FOREIGN KEY (org_id, run_id) REFERENCES user_workflow_run(org_id, run_id) '
            || 'ON UPDATE CASCADE ON DELETE CASCADE'
        )
    );

rollback;
