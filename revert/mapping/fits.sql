-- Revert workflow_consolidation:mapping/fits from pg

select consolidation.is_reverted('mapping/fits') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.fits(text, jsonb);
drop function consolidation.fits_screenshot(jsonb, timestamptz, boolean, text []);
drop function consolidation.fits_event(jsonb, timestamptz, text []);
drop function consolidation.nullable_columns(text);
drop table consolidation.nullable_column;
delete from consolidation.deployed_change where change = 'mapping/fits';

commit;
