-- Revert workflow_contract:drop_old_tables from pg
--
-- Builds the old tables again, as they were, and fills them from the documents, in batches. Killed,
-- it goes on where it was when reverted again.

select consolidation.is_reverted('drop_old_tables') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';

do $$
declare
    saved record;
begin
    if consolidation.phase() <> 'contract' then
        return;
    end if;
    perform consolidation.take_locks(
        array['public.user_workflow_run', 'public.user_workflow_run_step']::regclass [],
        'share row exclusive'
    );
    for saved in
        select d.statement
        from consolidation.dropped_table as d
        order by
            d.ordinal / 1000,
            array_position(
                array[
                    'workflow_trace', 'workflow_steps', 'workflow_events',
                    'workflow_trace_screenshot', 'workflow_trace_context',
                    'workflow_trace_endpoint'
                ],
                d.table_name
            ),
            d.ordinal
    loop
        execute saved.statement;
    end loop;
    delete from consolidation.dropped_table;
    delete from consolidation.carried_back;
    perform consolidation.start_capture('public.user_workflow_run', 'consolidation.capture_new');
    perform consolidation.start_capture(
        'public.user_workflow_run_step', 'consolidation.capture_new'
    );
    -- Everything, as after a truncate: it is spelled out when writers no longer wait.
    insert into consolidation.change (trace_id) values (null);
end
$$;

-- if exists: reverted again after it was killed in the batches below.
drop function if exists consolidation.table_definition(regclass);
drop function if exists consolidation.view_definition(regclass);

commit;

call consolidation.catch_up();
-- Everything was written: all of it is compared before the documents may change hands again.
call consolidation.prove();
select consolidation.refuse_unequal();
analyze legacy.workflow_trace;
analyze legacy.workflow_steps;
analyze legacy.workflow_events;
analyze legacy.workflow_trace_screenshot;
analyze legacy.workflow_trace_context;
analyze legacy.workflow_trace_endpoint;

delete from consolidation.deployed_change where change = 'drop_old_tables';
