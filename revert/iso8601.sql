-- Revert workflow_consolidation:iso8601 from pg

begin;

set local lock_timeout = '2s';

drop function public.from_iso8601(text);
drop function public.from_iso8601_other(text);
drop function public.to_iso8601(timestamptz);

commit;
