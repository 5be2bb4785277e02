-- Revert workflow_consolidation:carry_back from pg

select consolidation.is_reverted('carry_back') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';

drop function consolidation.carry_back(bigint []);

delete from consolidation.deployed_change where change = 'carry_back';

commit;
