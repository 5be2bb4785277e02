-- Revert workflow_consolidation:mapping/derived_columns from pg

select consolidation.is_reverted('mapping/derived_columns') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

do $$
declare
    source record;
begin
    for source in select s.* from consolidation.declared_source as s loop
        execute format('drop trigger follow_declaration on %s', source.relation);
        if exists (
            select from pg_policy as p
            where p.polrelid = source.relation and p.polname = 'workflow_maintenance_reads'
        ) then
            execute format('drop policy workflow_maintenance_reads on %s', source.relation);
        end if;
        if not source.was_readable then
            execute format('revoke select on %s from workflow_maintenance', source.relation);
        end if;
    end loop;
    if exists (select from consolidation.derived_column()) then
        drop trigger derive_columns on public.user_workflow_run;
    end if;
end
$$;
drop function public.follow_declaration();
drop function public.derive_columns();
drop function consolidation.refuse_unknown(jsonb);
drop function consolidation.follow_sources();
drop function consolidation.derive_on_runs();
drop table consolidation.declared_source;

delete from consolidation.deployed_change where change = 'mapping/derived_columns';

commit;
