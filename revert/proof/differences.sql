-- Revert workflow_consolidation:proof/differences from pg

select consolidation.is_reverted('proof/differences') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';

drop function consolidation.differences(bigint, bigint, boolean, bigint []);

delete from consolidation.deployed_change where change = 'proof/differences';

commit;
