-- Deploy workflow_consolidation:access/current_org_id to pg
--
-- Why:    policies, defaults and functions read the setting that names the tenant in one way.
-- Locks:  none.
-- Revert: drops the function.

select consolidation.is_deployed('access/current_org_id') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function public.current_org_id()
returns uuid
language sql
stable
parallel safe
return nullif(current_setting('app.current_org_id', true), '')::uuid;
comment on function public.current_org_id() is
'Returns the organisation of the session, from the setting app.current_org_id. Null when the setting
is missing or empty ("set local" leaves it empty). Raises 22P02 when it is no uuid';

call consolidation.note_deployed('access/current_org_id');

commit;
