-- Revert workflow_consolidation:proof/preflight from pg

select consolidation.is_reverted('proof/preflight') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';

drop view consolidation.preflight;
drop function consolidation.unscoped_role();
drop function consolidation.on_new_names(text);
drop function consolidation.preflight();
drop function consolidation.foreign_key();
drop function consolidation.rebinding();
drop function consolidation.base_column(regclass);
drop table consolidation.accepted;

delete from consolidation.deployed_change where change = 'proof/preflight';

commit;
