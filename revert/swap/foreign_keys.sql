-- Revert workflow_consolidation:swap/foreign_keys from pg

select consolidation.is_reverted('swap/foreign_keys') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.make_foreign_keys();
drop function consolidation.drop_foreign_keys(boolean);
drop function consolidation.foreign_key(boolean);
drop function consolidation.moving_key(boolean);
drop function consolidation.moving_side(boolean);

delete from consolidation.deployed_change where change = 'swap/foreign_keys';

commit;
