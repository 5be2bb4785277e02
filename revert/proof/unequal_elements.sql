-- Revert workflow_consolidation:proof/unequal_elements from pg

select consolidation.is_reverted('proof/unequal_elements') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.unequal_screenshots(bigint, bigint, bigint []);
drop function consolidation.unequal_events(bigint, bigint, bigint []);
drop function consolidation.is_written_as(text, timestamptz);
delete from consolidation.deployed_change where change = 'proof/unequal_elements';

commit;
