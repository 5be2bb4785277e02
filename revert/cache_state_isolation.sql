-- Revert workflow_consolidation:cache_state_isolation from pg

select consolidation.is_reverted('cache_state_isolation') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

do $$
begin
    perform consolidation.take_locks(
        array['public.user_workflow_cache_state']::regclass [], 'access exclusive'
    );
end
$$;

do $$
declare
    made_it constant boolean := (
        select p.polpermissive from pg_catalog.pg_policy as p
        where
            p.polrelid = 'public.user_workflow_cache_state'::regclass
            and p.polname = 'user_workflow_cache_state_org_isolation'
    );
begin
    perform consolidation.take_locks(
        array['public.user_workflow_cache_state'::regclass], 'access exclusive'
    );
    drop policy user_workflow_cache_state_org_isolation on public.user_workflow_cache_state;
    -- It was on before where the policy had to be restrictive.
    if made_it then
        drop policy user_workflow_cache_state_others on public.user_workflow_cache_state;
        drop policy user_workflow_cache_state_maintenance on public.user_workflow_cache_state;
        alter table public.user_workflow_cache_state no force row level security;
        alter table public.user_workflow_cache_state disable row level security;
    end if;
end
$$;

drop function public.is_own_workflow(uuid);

delete from consolidation.deployed_change where change = 'cache_state_isolation';

commit;
