-- Deploy workflow_consolidation:access/use_organisation to pg
--
-- Why:    one way to name the organisation of a transaction. A pooler, a driver and the workers of
--         a distributed database all understand it.
-- Locks:  none.
-- Revert: drops the function.

select consolidation.is_deployed('access/use_organisation') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function public.use_organisation(org_id uuid)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if org_id is null then
        raise null_value_not_allowed using
            message = 'use_organisation: the organisation cannot be null',
            hint = 'A session that names no organisation sees none: leave the call out.';
    end if;
    -- Not set_config(): a distributed database passes "set local" on to its workers.
    execute format('set local app.current_org_id = %L', org_id);
end;
$$;
comment on function public.use_organisation(uuid) is
'Names the organisation whose runs, steps and configurations the rest of the transaction sees and
writes; the same as set local app.current_org_id. The setting ends with the transaction, so call it
in each transaction, after begin; pooled connections stay clean. Raises 22004 for null, 22P02 for
text that is no uuid';

call consolidation.note_deployed('access/use_organisation');

commit;
