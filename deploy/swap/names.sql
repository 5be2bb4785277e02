-- Deploy workflow_consolidation:swap/names to pg
--
-- Why:    the six old tables change places with the views that have their names afterwards. The
--         other two tables are renamed and leave a view. Each step stands next to its inverse.
-- Locks:  none now. When called, under the locks of the swap.
-- Revert: drops the functions.

select consolidation.is_deployed('swap/names') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.owner_of(relation regclass)
returns name
language sql
stable
set search_path = pg_catalog, pg_temp
return (select pg_get_userbyid(c.relowner) from pg_class as c where c.oid = relation);
comment on function consolidation.owner_of(regclass) is 'The role that owns a relation';

-- The six --------------------------------------------------------------------------------------

create function consolidation.retire_table(old_name text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    source constant regclass := format('public.%I', old_name)::regclass;
    target constant regclass := format('consolidation.%I', old_name)::regclass;
    owner constant name := consolidation.owner_of(source);
begin
    execute format('alter table %s set schema legacy', source);
    execute format('alter view %s set schema public', target);
    perform consolidation.copy_grants(source, target);
    perform consolidation.grant_documents(target);
    execute format('alter view %s owner to %I', target, owner);
    -- Keys between the old tables act with the rights of their owner.
    if not has_schema_privilege(owner, 'legacy', 'usage') then
        execute format('grant usage on schema legacy to %I', owner);
    end if;
end;
$$;
comment on function consolidation.retire_table(text) is
'Gives the name of one of the six tables to its view, with owner and privileges';

create function consolidation.restore_table(old_name text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    source constant regclass := format('public.%I', old_name)::regclass;
    target constant regclass := format('legacy.%I', old_name)::regclass;
begin
    execute format('alter view %s set schema consolidation', source);
    execute format('alter table %s set schema public', target);
    -- Privileges that were changed since the cut-over go back with the name. The roles of this
    -- project keep those that they had on the table before it.
    execute format('revoke all on %s from workflow_app, workflow_maintenance', source);
    perform consolidation.revoke_grants(target);
    perform consolidation.copy_grants(source, target);
    perform consolidation.revoke_grants(source);
    execute format(
        'alter view %s owner to %I', source, consolidation.owner_of('public.user_workflow_run')
    );
end;
$$;
comment on function consolidation.restore_table(text) is
'The inverse of retire_table';

-- The other two --------------------------------------------------------------------------------

create function consolidation.leave_view(old_name text, target regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    statement text;
begin
    for statement in
        select format(
            'create view public.%I with (security_invoker = true) as select %s from %s as t',
            old_name, string_agg(format('t.%I', a.attname), ', ' order by a.attnum), target
        )
        from pg_attribute as a
        where a.attrelid = target and a.attnum > 0 and not a.attisdropped
        union all
        select format(
            'comment on view public.%I is %L',
            old_name, format('Old name of %s, readable and writable', c.relname)
        )
        from pg_class as c
        where c.oid = target
        union all
        -- For "update ... set ... = default"; an insert would find the defaults of the table.
        select format(
            'alter view public.%I alter column %I set default %s',
            old_name, a.attname, pg_get_expr(d.adbin, d.adrelid)
        )
        from pg_attrdef as d
        inner join pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum
        where d.adrelid = target and a.attgenerated = ''
    loop
        execute statement;
    end loop;
end;
$$;
comment on function consolidation.leave_view(text, regclass) is
'Creates a view of an old name on a table, with its columns and defaults';

create function consolidation.rename_table(old_name text, new_name text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    target constant regclass := format('public.%I', old_name)::regclass;
begin
    execute format('alter table %s rename to %I', target, new_name);
    perform consolidation.leave_view(old_name, target);
    perform consolidation.revoke_everything(format('public.%I', old_name)::regclass);
    perform consolidation.copy_grants(target, format('public.%I', old_name)::regclass);
    execute format(
        'alter view public.%I owner to %I', old_name, consolidation.owner_of(target)
    );
    -- A revert takes back the privileges that the roles of this project did not have and get here.
    perform consolidation.remember(
        'after', target, format('revoke %s on <relation> from %I', p.privilege, r.role_name)
    )
    from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) as p (privilege)
    cross join unnest(array['workflow_app', 'workflow_maintenance']) as r (role_name)
    where not exists (
        select from consolidation.privilege(target) as h
        where h.privilege_type = p.privilege and h.role_name = r.role_name and h.column_name is null
    );
end;
$$;
comment on function consolidation.rename_table(text, text) is
'Renames a table and leaves a view of its old name, with owner and privileges';

create function consolidation.restore_name(old_name text, new_name text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    source constant regclass := format('public.%I', old_name)::regclass;
    target constant regclass := format('public.%I', new_name)::regclass;
begin
    -- As in restore_table.
    execute format('revoke all on %s from workflow_app, workflow_maintenance', source);
    perform consolidation.revoke_grants(target);
    perform consolidation.copy_grants(source, target);
    execute format('drop view %s', source);
    execute format('alter table %s rename to %I', target, old_name);
end;
$$;
comment on function consolidation.restore_name(text, text) is
'The inverse of rename_table';

call consolidation.note_deployed('swap/names');

commit;
