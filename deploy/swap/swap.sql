-- Deploy workflow_consolidation:swap/swap to pg
--
-- Why:    the swap itself, as a table of contents: each step has its own file, next to its inverse.
--         The swap is a few catalog changes in one transaction; everything slow is done before.
-- Locks:  none now. When called, under locks that were taken before.
-- Revert: drops the functions.

select consolidation.is_deployed('swap/swap') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.swap_to_views()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    -- Read while the old names are tables.
    unscoped constant jsonb := consolidation.unscoped_roles();
    dependents constant text [] := array(select b.statement from consolidation.rebinding() as b);
begin
    perform consolidation.refuse_new_columns();
    perform consolidation.carry_the_rest();
    perform consolidation.drop_foreign_keys(to_documents => true);
    perform consolidation.rest_triggers();
    perform consolidation.rename_table('workflow_configs', 'user_workflow_config');
    perform consolidation.rename_table('micro_state', 'user_workflow_cache_state');
    -- The guard comes before the grant.
    perform consolidation.isolate_configs();
    perform consolidation.follow_configs();
    perform consolidation.isolate_page_states();
    perform consolidation.spare_unscoped_roles(unscoped);
    perform consolidation.retire_table(n.name) from unnest(consolidation.six_tables()) as n (name);
    perform consolidation.hand_over_sequences();
    perform consolidation.hand_over_constraints();
    perform consolidation.set_privileges('{schema,table,view,sequence}');
    perform consolidation.bind(dependents);
    perform consolidation.make_foreign_keys();
    perform consolidation.start_capture('public.user_workflow_run', 'consolidation.capture_new');
    perform consolidation.start_capture(
        'public.user_workflow_run_step', 'consolidation.capture_new'
    );
    perform consolidation.keep_proof();
    perform consolidation.retire_sequences();
end;
$$;
comment on function consolidation.swap_to_views() is
'The cut-over itself, under locks that cut_over() took. swap_to_tables() is its inverse, step by
step from the last to the first';

create function consolidation.swap_to_tables()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    -- Read while the old names are views.
    dependents constant text [] := array(select b.statement from consolidation.rebinding() as b);
begin
    perform consolidation.carry_the_rest();
    perform consolidation.stop_capture('public.user_workflow_run');
    perform consolidation.stop_capture('public.user_workflow_run_step');
    perform consolidation.leave_configs();
    perform consolidation.drop_foreign_keys(to_documents => false);
    perform consolidation.restore_name('micro_state', 'user_workflow_cache_state');
    perform consolidation.restore_name('workflow_configs', 'user_workflow_config');
    perform consolidation.hand_back_constraints();
    perform consolidation.hand_back_sequences();
    perform consolidation.restore_table(n.name) from unnest(consolidation.six_tables()) as n (name);
    perform consolidation.set_privileges('{schema,table,view,sequence}');
    perform consolidation.execute_stage('after');
    -- The guard goes after the grant.
    perform consolidation.isolate_unscoped_roles();
    perform consolidation.open_page_states();
    perform consolidation.open_configs();
    perform consolidation.bind(dependents);
    perform consolidation.drop_retired_sequences();
    perform consolidation.make_foreign_keys();
    perform consolidation.keep_proof();
end;
$$;
comment on function consolidation.swap_to_tables() is
'The swap of a revert, under locks that cut_back() took: the inverse of swap_to_views()';

call consolidation.note_deployed('swap/swap');

commit;
