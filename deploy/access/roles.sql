-- Deploy workflow_consolidation:access/roles to pg
--
-- Why:    two group roles without login. Members of workflow_app see one organisation, members of
--         workflow_maintenance see all (deploys, backfill, comparison, reporting). Roles belong to
--         the cluster: if another database created them, this script uses them as they are.
-- Locks:  none.
-- Revert: drops the roles this project created, unless another database of the cluster uses them.

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

-- psql sends application_name as it connects; PgBouncer sets it afterwards. Later scripts check
-- this in consolidation.is_deployed().
do $$
begin
    if exists (
        select from pg_catalog.pg_settings as s
        where s.name = 'application_name' and s.source = 'session'
    ) then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'a connection pooler stands between psql and the server: connect directly',
            hint = 'Name the host and port of the server itself.';
    end if;
end
$$;

do $$
declare
    found record;
begin
    for found in
        select
            r.rolname,
            r.rolcanlogin,
            r.rolsuper,
            r.rolbypassrls
        from pg_catalog.pg_roles as r
        where r.rolname in ('workflow_app', 'workflow_maintenance')
    loop
        if found.rolcanlogin or found.rolsuper or found.rolbypassrls then
            raise exception using
                errcode = 'object_not_in_prerequisite_state',
                message = format(
                    'role %I exists with login, superuser or bypassrls', found.rolname
                ),
                detail = 'The project needs it as a plain group role: privileges go through it.',
                hint = format('alter role %I nologin nosuperuser nobypassrls;', found.rolname);
        end if;
    end loop;

    if to_regrole('workflow_app') is null then
        create role workflow_app nologin;
        comment on role workflow_app is
        'Applications: one organisation, named by app.current_org_id (workflow_consolidation)';
    end if;
    if to_regrole('workflow_maintenance') is null then
        create role workflow_maintenance nologin;
        comment on role workflow_maintenance is
        'Deploys, backfill, reports: all organisations (workflow_consolidation)';
    end if;

    -- The deploying role writes the documents of every organisation. Without membership, force row
    -- level security would hide them from it. A superuser needs none. From PostgreSQL 16 on, the
    -- creator of a role may grant it, but does not have its rights.
    if
        not (select r.rolsuper from pg_catalog.pg_roles as r where r.rolname = current_user)
        and not pg_has_role(current_user, 'workflow_maintenance', 'usage')
    then
        execute format('grant workflow_maintenance to %I', current_user);
    end if;
end
$$;

commit;
