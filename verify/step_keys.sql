-- Verify workflow_consolidation:step_keys on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the unique and foreign keys of steps exist and are validated',
    array(
        select k.name
        from (
            values
            (
                'user_workflow_run', 'user_workflow_run_org_id_run_id_key',
                'UNIQUE (org_id, run_id)'
            ),
            (
                'user_workflow_run_step', 'user_workflow_run_step_run_id_step_number_key',
                'UNIQUE (run_id, step_number)'
            ),
            (
                'user_workflow_run_step', 'user_workflow_run_step_run_id_fkey',
                'FOREIGN KEY (run_id) REFERENCES public.user_workflow_run(run_id) '
                'ON DELETE CASCADE'
            ),
            (
                'user_workflow_run_step', 'user_workflow_run_step_org_id_run_id_fkey',
                'FOREIGN KEY (org_id, run_id) REFERENCES public.user_workflow_run(org_id, run_id) '
                'ON UPDATE CASCADE ON DELETE CASCADE'
            )
        ) as k (table_name, name, definition)
        where not exists (
            select from pg_catalog.pg_constraint as c
            where
                c.conrelid = to_regclass('public.' || k.table_name)
                and c.conname = k.name
                and c.convalidated
                and pg_get_constraintdef(c.oid) = k.definition
        )
    )
);

rollback;
