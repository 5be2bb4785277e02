-- Revert workflow_contract:drop_old_tables from pg
--
-- Builds the old tables again, as they were, and fills them from the documents, in batches. If it
-- is killed, the next revert goes on where it was. To use several cores, call
-- consolidation.catch_up() from other sessions as well while it fills them, and
-- consolidation.prove() while it compares.

select consolidation.is_reverted('drop_old_tables') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

do $$ begin perform consolidation.rebuild_old_tables(); end $$;
do $$ begin perform consolidation.set_privileges(); end $$;

commit;

-- The rest runs outside a transaction.
set search_path = pg_catalog, pg_temp;

call consolidation.catch_up();
call consolidation.build_late_indexes();
-- All rows were written again, so all are compared.
call consolidation.prove();
do $$ begin perform consolidation.refuse_unequal(); end $$;
select format('analyze legacy.%I', t.name)
from unnest(consolidation.six_tables()) as t (name) \gexec

delete from consolidation.deployed_change where change = 'drop_old_tables';
