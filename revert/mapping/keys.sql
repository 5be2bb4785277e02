-- Revert workflow_consolidation:mapping/keys from pg

select consolidation.is_reverted('mapping/keys') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.from_key(jsonb, anyelement);
drop function consolidation.to_key(text, anyelement);
drop function consolidation.to_score(jsonb);
drop function consolidation.to_uuid(jsonb);
drop function consolidation.to_bigint(jsonb);
drop function consolidation.synthetic_uuid(uuid, text);
drop function consolidation.synthetic_id(uuid, text);
drop function consolidation.step_id(bigint);
drop function consolidation.run_id(bigint);
delete from consolidation.deployed_change where change = 'mapping/keys';

commit;
