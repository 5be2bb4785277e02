-- Deploy workflow_consolidation:access/current_org_id to pg
--
-- Why:    one reading of the setting that names the tenant, for policies, defaults and functions.
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
'The organisation of the session, from the setting app.current_org_id; null when the setting is
missing or empty (which is what "set local" leaves behind). Raises 22P02 when it is no uuid';

call consolidation.note_deployed('access/current_org_id');

commit;
