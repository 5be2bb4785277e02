-- Revert workflow_consolidation:access/roles from pg

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

do $$
declare
    role_name text;
    used_by text;
begin
    foreach role_name in array array['workflow_app', 'workflow_maintenance'] loop
        if
            coalesce(shobj_description(to_regrole(role_name), 'pg_authid'), '')
            not like '%(workflow_consolidation)'
        then
            raise notice 'role % was not created by this project and stays', role_name;
            continue;
        end if;
        select string_agg(distinct coalesce(d.datname, 'the cluster'), ', ')
        into used_by
        from pg_catalog.pg_shdepend as s
        left join pg_catalog.pg_database as d on d.oid = s.dbid
        where s.refclassid = 'pg_authid'::regclass and s.refobjid = to_regrole(role_name);
        if used_by is not null then
            raise notice 'role % still owns objects or has privileges in % and stays',
                role_name, used_by;
            continue;
        end if;
        execute format('drop role %I', role_name);
    end loop;
end
$$;

commit;
