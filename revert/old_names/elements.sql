-- Revert workflow_consolidation:old_names/elements from pg

select consolidation.is_reverted('old_names/elements') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.lock_run(bigint);
drop function consolidation.with_element(jsonb, bigint, jsonb);
drop function consolidation.patch(jsonb, jsonb, jsonb);
drop function consolidation.guard_trace_id();
drop function consolidation.raise_concurrent_update(text);
drop function consolidation.raise_unique(text, text, text, text);
drop function consolidation.raise_deleted(text, text);
drop function consolidation.raise_foreign_key(text, text, text, text);
drop function consolidation.raise_not_null(text, text, text);

delete from consolidation.deployed_change where change = 'old_names/elements';

commit;
