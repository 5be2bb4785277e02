-- Verify workflow_consolidation:tenant_indexes on pg

begin;

set local search_path = pg_catalog, pg_temp;

set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'every index for searches of tenants exists and is valid',
    array(
        select e.name
        from (
            values
            (
                'idx_run_endpoints_gin',
                'user_workflow_run USING gin ((ARRAY[org_id]), endpoints_used jsonb_path_ops)'
            ),
            (
                'idx_step_screenshots_gin',
                'user_workflow_run_step USING gin ((ARRAY[org_id]), screenshots jsonb_path_ops)'
            )
        ) as e (name, definition)
        where not exists (
            select from pg_catalog.pg_index as i
            where
                i.indexrelid = to_regclass('public.' || e.name)
                and i.indisvalid
                and i.indisready
                and pg_get_indexdef(i.indexrelid)
                = format('CREATE INDEX %s ON public.%s', e.name, e.definition)
        )
    )
);

rollback;
