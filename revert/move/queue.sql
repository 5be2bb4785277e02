-- Revert workflow_consolidation:move/queue from pg

select consolidation.is_reverted('move/queue') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';

do $$
declare
    old_tables constant regclass [] := array[
        'public.workflow_trace', 'public.workflow_steps', 'public.workflow_events',
        'public.workflow_trace_screenshot', 'public.workflow_trace_context',
        'public.workflow_trace_endpoint'
    ]::regclass [];
    old_table regclass;
begin
    perform consolidation.take_locks(old_tables, 'access exclusive');
    foreach old_table in array old_tables loop
        perform consolidation.stop_capture(old_table);
    end loop;
end
$$;

drop function consolidation.stop_capture(regclass);
drop function consolidation.start_capture(regclass, regproc);
drop function consolidation.capture_new();
drop function consolidation.capture_old();
drop table consolidation.change;

delete from consolidation.deployed_change where change = 'move/queue';

commit;
