-- Revert workflow_consolidation:move/merge_elements from pg

select consolidation.is_reverted('move/merge_elements') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.merge_elements(jsonb, jsonb, jsonb, text, uuid, jsonb);
drop function consolidation.known_elements(
    consolidation.known_run [], consolidation.known_step []
);
delete from consolidation.deployed_change where change = 'move/merge_elements';

commit;
