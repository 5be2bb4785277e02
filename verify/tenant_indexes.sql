-- Verify workflow_consolidation:tenant_indexes on pg

begin;

select 1 / (case when count(*) = 2 then 1 else 0 end) as valid_indexes
from pg_catalog.pg_index as i
where
    i.indisvalid
    and i.indisready
    and pg_get_indexdef(i.indexrelid) in (
        values
        (
            'CREATE INDEX idx_run_endpoints_gin ON public.user_workflow_run '
            || 'USING gin ((ARRAY[org_id]), endpoints_used jsonb_path_ops)'
        ),
        (
            'CREATE INDEX idx_step_screenshots_gin ON public.user_workflow_run_step '
            || 'USING gin ((ARRAY[org_id]), screenshots jsonb_path_ops)'
        )
    );

rollback;
