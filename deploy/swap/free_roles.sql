-- Deploy workflow_consolidation:swap/free_roles to pg
--
-- Why:    a role that no policy restricted in the old tables is not restricted in the documents,
--         however it came by its privileges: by a grant, as owner, as a member, by a predefined
--         role, by a policy that shows everything. It is free on a document only if it was free on
--         every old table that went into it.
-- Locks:  none now. When called, under the locks of the swap.
-- Revert: drops the functions.

select consolidation.is_deployed('swap/free_roles') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.document_source()
returns table (document text, old_table text)
language sql
immutable
parallel safe
begin atomic
    -- workflow_trace has the organisation of a step.
    select
        d.document,
        n.name
    from (
        values
        ('user_workflow_run', '_steps$'),
        ('user_workflow_run_step', '_(context|endpoint)$')
    ) as d (document, left_out)
    inner join unnest(consolidation.six_tables()) as n (name) on n.name !~ d.left_out
    union all
    select
        'user_workflow_config',
        'workflow_configs';
end;
comment on function consolidation.document_source() is
'The old tables that went into each document table that knows organisations';

create function consolidation.shows_all(policy oid)
returns boolean
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select
        p.polpermissive
        and p.polcmd = '*'
        and pg_get_expr(p.polqual, p.polrelid) = 'true'
        and coalesce(pg_get_expr(p.polwithcheck, p.polrelid), 'true') = 'true'
    from pg_policy as p
    where p.oid = policy;
end;
comment on function consolidation.shows_all(oid) is
'Whether a policy lets its roles see and write every row';

create function consolidation.is_free(role_id oid, old_table regclass)
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        -- Oid 0 is everybody, and has no memberships.
        select
            not c.relrowsecurity
            or (
                is_free.role_id <> 0
                and not c.relforcerowsecurity
                and pg_has_role(is_free.role_id, c.relowner, 'usage')
            )
            or coalesce(
                bool_or(consolidation.shows_all(p.oid)) and bool_and(p.polpermissive), false
            )
        from pg_class as c
        left join lateral (
            select
                p.oid,
                p.polpermissive
            from pg_policy as p
            cross join unnest(p.polroles) as g (role_id)
            where
                p.polrelid = c.oid
                and case
                    when g.role_id = 0 then true
                    when is_free.role_id = 0 then false
                    else pg_has_role(is_free.role_id, g.role_id, 'usage')
                end
        ) as p on true
        where c.oid = is_free.old_table
        group by c.oid, c.relrowsecurity, c.relforcerowsecurity, c.relowner
    );
end;
$$;
comment on function consolidation.is_free(oid, regclass) is
'Whether row level security of an old table leaves a role that has privileges unrestricted (oid 0:
everybody): the table has none, or the role has the rights of the owner, or a policy shows it
everything and none restricts it. Does not look at superusers and bypassrls';

create function consolidation.unscoped_role()
returns table (document text, role_name name)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    with source as (
        select
            s.document,
            consolidation.old_table(s.old_table) as relation
        from consolidation.document_source() as s
    ),

    -- Roles with privileges by grant or ownership, by a policy, or without any acl.
    candidate as (
        select
            s.document,
            p.grantee as role_id
        from source as s
        cross join lateral consolidation.privilege(s.relation) as p
        union
        select
            s.document,
            g.role_id
        from source as s
        inner join pg_policy as p on p.polrelid = s.relation
        cross join unnest(p.polroles) as g (role_id)
        where g.role_id <> 0
        union
        select
            s.document,
            r.oid
        from source as s
        inner join pg_roles as r on r.rolname in ('pg_read_all_data', 'pg_write_all_data')
        where exists (select from pg_auth_members as m where m.roleid = r.oid)
    )

    select
        c.document,
        coalesce(r.rolname, 'public')::name
    from candidate as c
    left join pg_roles as r on r.oid = c.role_id
    where
        coalesce(r.rolname not in ('workflow_app', 'workflow_maintenance'), true)
        and not coalesce(r.rolsuper or r.rolbypassrls, false)
        and not exists (
            select from source as s
            where s.document = c.document and not consolidation.is_free(c.role_id, s.relation)
        );
end;
$$;
comment on function consolidation.unscoped_role() is
'Roles (or "public") that saw all organisations in every old table that went into a document table;
the cut-over neither locks them out nor opens anything to others';

create function consolidation.unscoped_roles()
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select jsonb_object_agg(d.document, d.roles)
    from (
        select
            u.document,
            string_agg(
                case u.role_name when 'public' then 'public' else quote_ident(u.role_name) end,
                ', ' order by u.role_name
            ) as roles
        from consolidation.unscoped_role() as u
        group by u.document
    ) as d;
end;
comment on function consolidation.unscoped_roles() is
'The result of unscoped_role() as {document table: list of roles for a policy}; null if there are
none';

create function consolidation.spare_unscoped_roles(roles jsonb)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    document record;
begin
    for document in select * from jsonb_each_text(roles) as e (name, roles) loop
        execute format(
            'create policy %I on public.%I for all to %s
            using ((select public.current_org_id()) is null)
            with check ((select public.current_org_id()) is null)',
            document.name || '_unscoped', document.name, document.roles
        );
        execute format(
            'comment on policy %I on public.%I is %L',
            document.name || '_unscoped', document.name,
            'Roles that saw all organisations before the cut-over go on doing so, while they '
            'name none in app.current_org_id'
        );
    end loop;
end;
$$;
comment on function consolidation.spare_unscoped_roles(jsonb) is
'Lets roles that saw all organisations go on doing so while they name none. roles: the result of
unscoped_roles() before the names were swapped';

create function consolidation.isolate_unscoped_roles()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    statement text;
begin
    for statement in
        select format('drop policy %I on %s', p.polname, p.polrelid::regclass)
        from pg_policy as p
        inner join pg_class as c
            on c.oid = p.polrelid and c.relnamespace = 'public'::regnamespace
        where
            (c.relname, p.polname) in (
                ('user_workflow_run', 'user_workflow_run_unscoped'),
                ('user_workflow_run_step', 'user_workflow_run_step_unscoped'),
                ('user_workflow_config', 'user_workflow_config_unscoped'),
                ('workflow_configs', 'user_workflow_config_unscoped')
            )
    loop
        execute statement;
    end loop;
end;
$$;
comment on function consolidation.isolate_unscoped_roles() is
'The inverse of spare_unscoped_roles';

call consolidation.note_deployed('swap/free_roles');

commit;
