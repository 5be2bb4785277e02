-- Revert workflow_consolidation:swap/carry_the_rest from pg

select consolidation.is_reverted('swap/carry_the_rest') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.carry_the_rest();
drop function consolidation.carry_and_compare(bigint []);
drop function consolidation.refuse_too_heavy(bigint []);
drop function consolidation.heaviest(bigint []);

delete from consolidation.deployed_change where change = 'swap/carry_the_rest';

commit;
