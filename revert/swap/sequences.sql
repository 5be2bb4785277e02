-- Revert workflow_consolidation:swap/sequences from pg

select consolidation.is_reverted('swap/sequences') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.drop_retired_sequences();
drop function consolidation.hand_back_sequences();
drop function consolidation.hand_over_sequences();
drop function consolidation.retire_sequences();
drop function consolidation.retire_sequence(regclass, regclass);
drop function consolidation.continue_sequence(regclass, regclass, boolean);
drop view consolidation.id_sequence;

delete from consolidation.deployed_change where change = 'swap/sequences';

commit;
