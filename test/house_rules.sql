-- Rules that hold for every object of the project, whatever it is called. The plan is computed from
-- the catalog: a new object is tested without anybody having to think of it.

begin;

-- What the project created: not what belongs to an extension, and not the old tables, which came
-- with the database.
create temporary table project_relation as
select
    c.oid,
    c.relkind,
    n.nspname,
    c.relname,
    format('%I.%I', n.nspname, c.relname) as label
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where
    n.nspname in ('public', 'consolidation')
    and c.relkind <> 'c'
    and c.relname not in ('user_workflow_config', 'user_workflow_cache_state')
    and not exists (
        select from pg_catalog.pg_depend as d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    );

create temporary table project_function as
select
    p.oid,
    p.prokind,
    p.proowner,
    p.prosecdef,
    p.provolatile,
    p.proconfig,
    p.proargnames,
    p.proname,
    p.prosrc,
    p.prosqlbody is not null as has_body,
    l.lanname,
    n.nspname,
    p.prorettype = 'trigger'::regtype as is_trigger,
    p.oid::regprocedure::text as label
from pg_catalog.pg_proc as p
inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
inner join pg_catalog.pg_language as l on l.oid = p.prolang
where
    n.nspname in ('public', 'consolidation')
    and not exists (
        select from pg_catalog.pg_depend as d
        where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
    );

create temporary table document_key as
select
    k.oid,
    k.conname,
    k.conrelid,
    k.conkey,
    k.confrelid,
    k.confkey
from pg_catalog.pg_constraint as k
where
    k.contype = 'f'
    and k.conrelid in (
        'public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass
    );

create temporary table rule (
    ordinal integer generated always as identity,
    holds boolean not null,
    description text not null
);

-- Comments ----------------------------------------------------------------------------------------

insert into rule (holds, description)
select
    coalesce(length(obj_description(n.oid, 'pg_namespace')), 0) > 0,
    format('schema %s has a comment', n.nspname)
from pg_catalog.pg_namespace as n
where n.nspname in ('consolidation', 'legacy')
order by n.nspname;

insert into rule (holds, description)
select
    coalesce(length(obj_description(r.oid, 'pg_class')), 0) > 0,
    format('%s has a comment', r.label)
from project_relation as r
where r.relkind in ('r', 'p', 'v', 'm')
order by r.label;

-- The columns of a compatibility view are those of the old table, and so are those of the views
-- that the mapping and the revert have of it.
insert into rule (holds, description)
select
    coalesce(length(col_description(r.oid, a.attnum)), 0) > 0,
    format('column %s.%I has a comment', r.label, a.attname)
from project_relation as r
inner join pg_catalog.pg_attribute as a on a.attrelid = r.oid
where
    a.attnum > 0
    and not a.attisdropped
    and (
        r.relkind in ('r', 'p')
        or (
            r.relkind in ('v', 'm')
            and r.relname !~ '_row$'
            and r.relname !~ '^(old|back)_(trace|step|event|screenshot|context|endpoint)$'
            and r.relname not in (
                'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
                'workflow_trace_context', 'workflow_trace_endpoint', 'workflow_configs',
                'micro_state'
            )
        )
    )
order by r.label, a.attnum;

insert into rule (holds, description)
select
    coalesce(length(obj_description(f.oid, 'pg_proc')), 0) > 0,
    format(
        '%s %s has a comment', case f.prokind when 'p' then 'procedure' else 'function' end, f.label
    )
from project_function as f
order by f.label;

insert into rule (holds, description)
select
    coalesce(length(obj_description(p.oid, 'pg_policy')), 0) > 0,
    format('policy %I on %s has a comment', p.polname, p.polrelid::regclass)
from pg_catalog.pg_policy as p
order by p.polrelid::regclass::text, p.polname;

-- Which query it serves is not obvious from its columns.
insert into rule (holds, description)
select
    coalesce(length(obj_description(i.indexrelid, 'pg_class')), 0) > 0,
    format('index %s has a comment', i.indexrelid::regclass)
from pg_catalog.pg_index as i
inner join pg_catalog.pg_class as c on c.oid = i.indexrelid
inner join pg_catalog.pg_am as m on m.oid = c.relam
inner join project_relation as r on r.oid = i.indrelid
where i.indpred is not null or i.indexprs is not null or m.amname <> 'btree'
order by r.label, c.relname;

-- Names -------------------------------------------------------------------------------------------

insert into rule (holds, description)
select
    n.name ~ '^[a-z][a-z0-9]*(_[a-z0-9]+)*$',
    format('the name of %s %s is snake_case', n.kind, n.label)
from (
    select 'relation' as kind, r.relname::text as name, r.label from project_relation as r
    union all
    select 'column', a.attname, format('%s.%I', t.label, a.attname)
    from project_relation as t
    inner join pg_catalog.pg_attribute as a on a.attrelid = t.oid
    where t.relkind in ('r', 'v') and a.attnum > 0 and not a.attisdropped
    union all
    select 'function', f.proname, f.label from project_function as f
    union all
    select 'parameter', a.name, format('%I of %s', a.name, f.label)
    from project_function as f
    cross join unnest(f.proargnames) as a (name)
    union all
    select 'policy', p.polname, format('%I on %s', p.polname, p.polrelid::regclass)
    from pg_catalog.pg_policy as p
    union all
    select 'constraint', k.conname, format('%I on %s', k.conname, r.label)
    from pg_catalog.pg_constraint as k
    inner join project_relation as r on r.oid = k.conrelid
    union all
    select 'trigger', g.tgname, format('%I on %s', g.tgname, r.label)
    from pg_catalog.pg_trigger as g
    inner join project_relation as r on r.oid = g.tgrelid
    where not g.tgisinternal
) as n
order by n.kind, n.label;

-- Views -------------------------------------------------------------------------------------------

insert into rule (holds, description)
select
    coalesce('security_invoker=true' = any (c.reloptions), false),
    format('view %s asks with the rights of its caller', r.label)
from project_relation as r
inner join pg_catalog.pg_class as c on c.oid = r.oid
where r.relkind = 'v'
order by r.label;

-- Tables ------------------------------------------------------------------------------------------

insert into rule (holds, description)
select
    c.relrowsecurity and c.relforcerowsecurity,
    format('row level security of %s is on, for its owner, too', r.label)
from project_relation as r
inner join pg_catalog.pg_class as c on c.oid = r.oid
where r.relkind in ('r', 'p') and r.nspname = 'public'
order by r.label;

insert into rule (holds, description)
select
    i.indisvalid and i.indisready,
    format('index %s is complete', i.indexrelid::regclass)
from pg_catalog.pg_index as i
inner join project_relation as r on r.oid = i.indrelid
order by i.indexrelid::regclass::text;

insert into rule (holds, description)
select
    g.tgenabled = case when g.tgname ~ '^(capture|guard|keep|refuse)_' then 'A' else 'O' end,
    format(
        'trigger %I on %s fires%s', g.tgname, r.label,
        case
            when g.tgname ~ '^(capture|guard|keep|refuse)_' then ' whatever the replication role'
            else ''
        end
    )
from pg_catalog.pg_trigger as g
inner join project_relation as r on r.oid = g.tgrelid
order by r.label, g.tgname;

-- Functions ---------------------------------------------------------------------------------------

insert into rule (holds, description)
select
    v.holds,
    v.description
from project_function as f
cross join lateral (
    values
    (
        coalesce(array_to_string(f.proconfig, E'\n') ~ 'search_path=[^\n]*pg_temp"?(\n|$)', false),
        format('security definer %s has a search_path that ends in pg_temp', f.label)
    ),
    (
        not has_function_privilege('public', f.oid, 'execute'),
        format('security definer %s is not executable by everybody', f.label)
    ),
    (
        f.proowner = 'workflow_maintenance'::regrole,
        format('security definer %s runs as workflow_maintenance, not as a superuser', f.label)
    )
) as v (holds, description)
where f.prosecdef
order by f.label, v.description;

-- The others return keys or a yes or no, and look at the organisation of the session only.
insert into rule (holds, description)
select
    f.is_trigger
    or f.proname in ('find_run_ids', 'find_step_ids', 'is_own_workflow'),
    format('security definer %s is a trigger function: nobody calls it directly', f.label)
from project_function as f
where f.prosecdef and f.nspname = 'public'
order by f.label;

-- "begin atomic" or "return": what it uses is known to the catalog, whatever the search_path.
insert into rule (holds, description)
select
    f.has_body,
    format('SQL function %s was parsed when it was created', f.label)
from project_function as f
where f.lanname = 'sql'
order by f.label;

-- An overload in another schema, with exactly the types of the call, would beat the built-in one. A
-- procedure that commits, or calls one that does, cannot have a setting of its own.
insert into rule (holds, description)
select
    coalesce('search_path=pg_catalog, pg_temp' = any (f.proconfig), false),
    format('plpgsql %s has the search_path pg_catalog, pg_temp', f.label)
from project_function as f
where
    f.lanname = 'plpgsql'
    and f.proname not in ('from_iso8601', 'to_bigint', 'to_uuid', 'to_score')
    and not (
        f.prokind = 'p'
        and f.proname in (
            'backfill', 'build_late_indexes', 'catch_up', 'cut_back', 'cut_over',
            'drop_old_tables', 'empty_queue', 'ensure_proof', 'prove', 'rest', 'run_batches',
            'swap', 'validate'
        )
    )
order by f.label;

-- The views call these for each element: a setting would cost as much as the rest of the call.
-- Without their strings, they have no operator and no function but those that name their schema.
insert into rule (holds, description)
select
    s.source !~ '[-+*/<>~!@#%^&|?]|[^:]='
    and s.source !~* '\m(between|i?like|similar|in|distinct)\M'
    and s.source !~* (
        '(^|[^.\w])(?!(case|when|then|else|and|or|not|exists|coalesce|nullif|greatest|least)\M)'
        || '[a-z_]\w*\s*\('
    ),
    format('%s names operators and functions with their schema', f.label)
from project_function as f
cross join lateral (
    select regexp_replace(
        f.prosrc, '''[^'']*''|--[^\n]*|\moperator\s*\(\s*pg_catalog\.[^)]*\)', ' ', 'gi'
    ) as source
) as s
where f.proname in ('from_iso8601', 'to_bigint', 'to_uuid', 'to_score')
order by f.label;

-- A variable of that name hides the result of the last statement.
insert into rule (holds, description)
select
    f.prosrc !~ '\mfound record\M' or f.prosrc !~ '\m(if|when|and|or|not) found\M(?!\.)',
    format('plpgsql function %s does not ask a variable of its own for FOUND', f.label)
from project_function as f
where f.lanname = 'plpgsql'
order by f.label;

insert into rule (holds, description)
select
    not has_function_privilege('public', f.oid, 'execute')
    and not has_function_privilege('workflow_app', f.oid, 'execute'),
    format('%s may write, so applications cannot execute it', f.label)
from project_function as f
where f.nspname = 'consolidation' and f.provolatile = 'v' and not f.is_trigger
order by f.label;

insert into rule (holds, description)
select
    has_function_privilege('workflow_app', f.oid, 'execute'),
    format('applications can execute %s', f.label)
from project_function as f
where f.nspname = 'public' and not f.is_trigger
order by f.label;

-- Privileges --------------------------------------------------------------------------------------

insert into rule (holds, description)
select
    r.oid in (select o.id from consolidation.project_object as o),
    format('the privileges of %s are declared', r.label)
from (
    select
        oid,
        label
    from project_relation
    where relkind in ('r', 'p', 'v', 'm')
    union all
    select
        oid,
        label
    from project_function
) as r
order by r.label;

insert into rule (holds, description)
select
    exists (
        select from consolidation.project_object as o where o.kind = r.kind and o.name ~ r.names
    ),
    format('there is a %s that a rule for %s declares privileges for', r.kind, r.names)
from consolidation.privilege_rule as r
order by r.kind, r.names;

insert into rule (holds, description)
select
    o.target not in (select u.target from consolidation.unequal_privilege as u),
    format('%s has the privileges and the row level security that are declared', o.target)
from consolidation.project_object as o
order by o.target;

-- Foreign keys ------------------------------------------------------------------------------------

insert into rule (holds, description)
select
    -- The leading columns of the index belong to the key, and what they refer to is unique: the
    -- index leads to the children of one parent.
    exists (
        select from pg_catalog.pg_index as i
        cross join generate_series(1, i.indnkeyatts) as width
        cross join lateral (
            select array_agg(a.attnum) as columns
            from unnest(i.indkey::smallint []) with ordinality as a (attnum, place)
            where a.place <= width
        ) as lead
        where
            i.indrelid = k.conrelid
            and i.indisvalid
            and i.indpred is null
            and lead.columns <@ k.conkey
            and exists (
                select from pg_catalog.pg_index as u
                where
                    u.indrelid = k.confrelid
                    and u.indisunique
                    and u.indpred is null
                    and u.indkey::smallint [] <@ (
                        select array_agg(r.attnum)
                        from unnest(k.conkey, k.confkey) as r (own, attnum)
                        where r.own = any (lead.columns)
                    )
            )
    ),
    format('foreign key %I on %s is supported by an index', k.conname, k.conrelid::regclass)
from document_key as k
order by k.conname;

insert into rule (holds, description)
select
    c.convalidated,
    format('foreign key %I on %s is validated', k.conname, k.conrelid::regclass)
from document_key as k
inner join pg_catalog.pg_constraint as c on c.oid = k.oid
order by k.conname;

-- Nothing behind the scenes is for applications ---------------------------------------------------

insert into rule (holds, description)
select
    not has_schema_privilege(g.role_name, n.nspname, 'create')
    and not has_schema_privilege(g.role_name, n.nspname, 'usage'),
    format('%s can neither use nor create anything in schema %s', g.role_name, n.nspname)
from pg_catalog.pg_namespace as n
cross join (values ('workflow_app'), ('public')) as g (role_name)
where n.nspname in ('consolidation', 'legacy')
order by n.nspname, g.role_name;

insert into rule (holds, description)
select
    case c.relkind
        when 'S' then not has_sequence_privilege(g.role_name, c.oid, 'usage, update')
        else
            not has_table_privilege(
                g.role_name, c.oid,
                'insert, update, delete, truncate, references, trigger'
                || case when current_setting('server_version_num')::integer >= 170000
                    then ', maintain' else '' end
            )
            and not has_any_column_privilege(g.role_name, c.oid, 'insert, update, references')
    end,
    format('%s.%s is not writable by %s', n.nspname, c.relname, g.role_name)
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
cross join (values ('workflow_app'), ('public')) as g (role_name)
where
    n.nspname in ('consolidation', 'legacy')
    and c.relkind in ('r', 'p', 'v', 'm', 'S')
    -- What is written to workflow_trace and workflow_steps goes through these two plain views, with
    -- the rights of the caller, who cannot name them.
    and not (c.relname in ('trace_row', 'step_row') and g.role_name = 'workflow_app')
order by n.nspname, c.relname, g.role_name;

select plan(count(*)::integer + 2) from rule;

select cmp_ok(
    (select count(*)::integer from project_relation as r where r.relkind in ('r', 'v')), '>', 15,
    'the rules find the tables and views of the project'
);
select cmp_ok(
    (select count(*)::integer from project_function), '>', 50,
    'the rules find the functions of the project'
);
select ok(r.holds, r.description)
from rule as r
order by r.ordinal;

select * from finish();
rollback;
