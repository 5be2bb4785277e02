-- Revert workflow_consolidation:capture from pg

begin;

select consolidation.take_locks(
    array[
        'public.workflow_trace', 'public.workflow_steps', 'public.workflow_events',
        'public.workflow_trace_screenshot', 'public.workflow_trace_context',
        'public.workflow_trace_endpoint'
    ]::regclass [],
    'access exclusive'
);
select consolidation.stop_capture(t.old_table)
from unnest(
    array[
        'public.workflow_trace', 'public.workflow_steps', 'public.workflow_events',
        'public.workflow_trace_screenshot', 'public.workflow_trace_context',
        'public.workflow_trace_endpoint'
    ]::regclass []
) as t (old_table);

drop function consolidation.stop_capture(regclass);
drop function consolidation.start_capture(regclass, regproc);
drop function consolidation.capture_new();
drop function consolidation.capture_old();
drop table consolidation.change;

commit;
