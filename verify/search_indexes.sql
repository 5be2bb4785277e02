-- Verify workflow_consolidation:search_indexes on pg

begin;

select 1 / (case when count(*) = 9 then 1 else 0 end) as valid_indexes
from pg_catalog.pg_index as i
where
    i.indisvalid
    and i.indisready
    and pg_get_indexdef(i.indexrelid) in (
        values
        (
            'CREATE INDEX idx_run_context_gin ON public.user_workflow_run '
            || 'USING gin ((ARRAY[org_id]), context jsonb_path_ops)'
        ),
        (
            'CREATE INDEX idx_step_events_gin ON public.user_workflow_run_step '
            || 'USING gin ((ARRAY[org_id]), events jsonb_path_ops)'
        ),
        (
            'CREATE INDEX idx_run_events_gin ON public.user_workflow_run '
            || 'USING gin ((ARRAY[org_id]), events jsonb_path_ops) '
            || 'WHERE (events <> ''[]''::jsonb)'
        ),
        (
            'CREATE INDEX idx_run_org_created ON public.user_workflow_run '
            || 'USING btree (org_id, created_at)'
        ),
        (
            'CREATE INDEX idx_run_org_status ON public.user_workflow_run '
            || 'USING btree (org_id, status, created_at)'
        ),
        (
            'CREATE INDEX idx_run_external_id ON public.user_workflow_run '
            || 'USING btree (external_id)'
        ),
        (
            'CREATE INDEX idx_run_workflow ON public.user_workflow_run '
            || 'USING btree (workflow_id, created_at)'
        ),
        (
            'CREATE INDEX idx_step_org_status ON public.user_workflow_run_step '
            || 'USING btree (org_id, status)'
        ),
        (
            'CREATE INDEX idx_step_node ON public.user_workflow_run_step '
            || 'USING btree (node_id)'
        )
    );

rollback;
