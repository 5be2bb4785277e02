-- Revert workflow_consolidation:mapping/other_screenshots from pg

select consolidation.is_reverted('mapping/other_screenshots') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

drop function consolidation.link_screenshots();
drop function consolidation.number_screenshots();
do $$
begin
    if to_regclass('consolidation.old_screenshot_number') is not null then
        drop view consolidation.old_screenshot_number;
    end if;
end
$$;

delete from consolidation.deployed_change where change = 'mapping/other_screenshots';

commit;
