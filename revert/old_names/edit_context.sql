-- Revert workflow_consolidation:old_names/edit_context from pg

select consolidation.is_reverted('old_names/edit_context') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.refuse_known_context_id(bigint, bigint, text);
drop function consolidation.put_context(bigint, text, jsonb, jsonb, boolean);
drop function consolidation.take_context(bigint, text);
drop function consolidation.is_context_known(bigint, text, jsonb);

delete from consolidation.deployed_change where change = 'old_names/edit_context';

commit;
