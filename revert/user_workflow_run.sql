-- Revert workflow_consolidation:user_workflow_run from pg

begin;

set local lock_timeout = '2s';

lock table public.user_workflow_run in access exclusive mode;

do $$
declare
    homeless bigint;
    example bigint;
begin
    select
        count(*),
        min(r.legacy_trace_id)
    into homeless, example
    from public.user_workflow_run as r
    where not exists (
        select from public.workflow_trace as t where t.trace_id = r.legacy_trace_id
    );
    if homeless > 0 then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format(
                'user_workflow_run holds %s runs that workflow_trace does not, for example '
                'legacy_trace_id %s', homeless, example
            ),
            hint = 'Save them, or delete them if the old table is right; then revert again.';
    end if;
end
$$;

drop table public.user_workflow_run;
drop function public.set_updated_at();

commit;
