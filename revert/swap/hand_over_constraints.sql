-- Revert workflow_consolidation:swap/hand_over_constraints from pg

select consolidation.is_reverted('swap/hand_over_constraints') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.hand_back_constraints();
drop function consolidation.hand_over_constraints();
drop function consolidation.hand_over_defaults();
drop function consolidation.other_default();
drop function consolidation.hand_over_not_null();
drop function consolidation.hand_over_names();
delete from consolidation.deployed_change where change = 'swap/hand_over_constraints';

commit;
