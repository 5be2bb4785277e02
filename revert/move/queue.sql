-- Revert workflow_consolidation:move/queue from pg

select consolidation.is_reverted('move/queue') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

do $$
declare
    old_tables constant regclass [] := array(
        select consolidation.old_table(t.name)
        from unnest(consolidation.six_tables()) with ordinality as t (name, place)
        order by t.place
    );
    old_table regclass;
begin
    perform consolidation.take_locks(old_tables, 'access exclusive');
    foreach old_table in array old_tables loop
        perform consolidation.stop_capture(old_table);
    end loop;
end
$$;

drop view consolidation.missing_capture;
drop function consolidation.capture_state();
drop function consolidation.stop_capture(regclass);
drop function consolidation.start_capture(regclass, regproc);
drop function consolidation.capture_new();
drop function consolidation.capture_old();
drop table consolidation.change;

delete from consolidation.deployed_change where change = 'move/queue';

commit;
