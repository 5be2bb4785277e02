-- Deploy workflow_consolidation:access/privileges to pg
--
-- Why:    one declaration of which role may do what on every object of the project. Old tables and
--         what belongs to them keep the privileges that the application granted. From the cut-over
--         on documents and old names also keep the grants to other roles.
-- Locks:  none.
-- Revert: drops views and table.

select consolidation.is_deployed('access/privileges') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

-- docs/tenancy.md explains the letters. An object has exactly the privileges of all rules that fit
-- its name. On an object that is shared with it, the application grants what it likes.
create view consolidation.privilege_rule
with (security_invoker = true) as
select
    v.kind,
    '^(' || v.names || ')$' as names,
    v.app,
    v.maintenance,
    v.everybody,
    v.extent
from (
    values
    ('schema', 'consolidation|legacy', '', 'usage', '', 'exact'),
    ('schema', 'legacy', '', 'usage', '', 'later'),

    ('table', 'public\.user_workflow_(run|run_step|owner)', '', 'SIUD', '', 'exact'),
    ('table', '(public|legacy)\.(workflow_(trace|steps|events)|workflow_trace_(screenshot|context'
        '|endpoint))', '', 'SIUD', '', 'shared'),
    -- Before the cut-over the old tables would overwrite what applications write.
    ('table', 'public\.user_workflow_(run|run_step|config|cache_state)', 'SIUD', 'SIUD', '',
        'later'),
    -- Emptying the queue uses "for update", which needs the update privilege.
    ('table', 'consolidation\.(change|chunk|proof|stop_request|unequal_trace)', '', 'SIUD', '',
        'exact'),
    ('table', 'consolidation\.(carried_back|set_aside)', '', 'SID', '', 'exact'),
    -- Batches lock run_lock; phase() reads dropped_table.
    ('table', 'consolidation\.run_lock', '', 'SU', '', 'exact'),
    ('table', 'consolidation\.(\w+_source|dropped_table)', '', 'S', '', 'exact'),
    ('table', 'consolidation\.nullable_column', '', 'S', 'S', 'exact'),

    ('view', 'public\.(not_isolated(_role|_relation)?|isolated_table|role_reach|owner_shown)', '',
        'S', '', 'exact'),
    ('view', 'consolidation\.old_(trace|step|event|screenshot(_number)?|context|endpoint)', '',
        'SIUD', '', 'exact'),
    ('view', 'consolidation\.(back_\w+|missing_capture|progress\w*)', '', 'S', '', 'exact'),
    ('view', 'consolidation\.(trace|step|event|screenshot|context|endpoint)_row', '', 'S', '',
        'exact'),
    ('view', 'consolidation\.(event|screenshot|context|endpoint)_row', 'S', 'S', '', 'later'),
    ('view', 'public\.(workflow_(trace|steps|events|configs)|workflow_trace_(screenshot|context'
        '|endpoint)|micro_state)', 'SIUD', 'SIUD', '', 'later'),

    ('sequence', 'public\.workflow_(events_event|trace_(context_context|screenshot_screenshot))'
        '_id_seq', '', 'usage', '', 'later'),

    -- No rule names trigger functions: no role may call them.
    ('function', 'public\.(find_\w+|get_run|is_own_workflow|(remove|change|rewrite)_events'
        '|is_event_meant|may_be_older_path|asks_organisation|sees_all)', 'execute', 'execute', '',
        'exact'),
    ('function', 'public\.(current_org_id|use_organisation|names_other_organisation|(to|from)'
        '_iso8601\w*)', '', '', 'execute', 'exact'),
    ('function', 'public\.(start_run|get_context|add_\w+)', '', '', 'execute', 'exact'),
    -- These run as their caller, and applications cannot name them.
    ('function', 'consolidation\.\w+', '', 'execute', '', 'exact'),
    ('procedure', 'consolidation\.(backfill|catch_up|ensure_proof|prove|rest|run_batches)', '',
        'execute', '', 'exact'),
    -- The old names, and triggers on the documents, call these with the rights of a tenant.
    ('function', 'consolidation\.(phase|old_name|old_table|on_new_names)', '', '', 'execute',
        'exact'),
    ('function', 'consolidation\.(run_id|step_id|synthetic_\w+|nullable_columns|computed_column'
        '|part_of|to_(bigint|node_id|score|uuid))', '', '', 'execute', 'exact'),
    ('function', 'consolidation\.(context_origin|from_key|(event|screenshot)_(element|key|object)'
        '|fits\w*)', '', '', 'execute', 'exact')
) as v (kind, names, app, maintenance, everybody, extent)
-- In a subquery, so that it is evaluated once.
where v.extent <> 'later' or (select consolidation.phase()) <> 'expand';
comment on view consolidation.privilege_rule is
'The declaration of who may do what, as it holds now. S I U D: select, insert, update, delete';
comment on column consolidation.privilege_rule.kind is 'As in project_object';
comment on column consolidation.privilege_rule.names is
'Regular expression for the qualified names of the objects';
comment on column consolidation.privilege_rule.app is 'Privileges of workflow_app';
comment on column consolidation.privilege_rule.maintenance is 'Privileges of workflow_maintenance';
comment on column consolidation.privilege_rule.everybody is 'Privileges of public';
comment on column consolidation.privilege_rule.extent is
'exact: nobody else has privileges; shared: others keep theirs; later: shared, after the cut-over';

-- A name does not tell whether a function belongs to the project or to the application.
create table consolidation.own_function (
    signature text not null,
    constraint own_function_pkey primary key (signature)
);
comment on table consolidation.own_function is 'Functions that a deploy script created in public';
comment on column consolidation.own_function.signature is 'Name and types of the parameters';

create view consolidation.project_object
with (security_invoker = true) as
select
    'schema' as kind,
    n.nspname::text as name,
    n.oid as id,
    format('schema %I', n.nspname) as target,
    n.nspowner as owner,
    coalesce(n.nspacl, acldefault('n', n.nspowner)) as acl,
    null::text as isolation,
    null::text as declared_isolation
from pg_namespace as n
where n.nspname in ('consolidation', 'legacy')
union all
select
    k.kind,
    k.name,
    c.oid,
    format('%s %s', case k.kind when 'sequence' then k.kind else 'table' end, k.name),
    c.relowner,
    coalesce(
        c.relacl,
        case
            when k.kind = 'sequence' then acldefault('s', c.relowner)
            else acldefault('r', c.relowner)
        end
    ),
    case
        when k.kind = 'table' then
            case when c.relrowsecurity then 'enable' else 'disable' end
            || case when c.relforcerowsecurity then ', force' else ', no force' end
    end,
    case
        when k.kind <> 'table' then null
        when n.nspname = 'consolidation' then 'disable, no force'
        when k.name ~ '^public\.user_workflow_(run|run_step|owner)$' then 'enable, force'
    end
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace
cross join lateral (
    select
        case c.relkind when 'S' then 'sequence' when 'v' then 'view' else 'table' end as kind,
        format('%I.%I', n.nspname, c.relname) as name
) as k
where
    c.relkind in ('r', 'v', 'S')
    and (
        n.nspname = 'consolidation'
        or (
            n.nspname in ('public', 'legacy')
            and exists (
                select from consolidation.privilege_rule as r
                where r.kind = k.kind and k.name ~ r.names
            )
        )
    )
union all
select
    case
        when p.prorettype = 'trigger'::regtype then 'trigger function'
        when p.prokind = 'p' then 'procedure'
        else 'function'
    end,
    format('%I.%I', n.nspname, p.proname),
    p.oid,
    format('routine %I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)),
    p.proowner,
    coalesce(p.proacl, acldefault('f', p.proowner)),
    null,
    null
from pg_proc as p
inner join pg_namespace as n on n.oid = p.pronamespace
where
    n.nspname = 'consolidation'
    or (
        n.nspname = 'public'
        and format('%I(%s)', p.proname, oidvectortypes(p.proargtypes)) in (
            select f.signature from consolidation.own_function as f
        )
    );
comment on view consolidation.project_object is
'Schemas, relations and functions with declared privileges';
comment on column consolidation.project_object.kind is
'schema, table, view, sequence, function, trigger function or procedure';
comment on column consolidation.project_object.name is 'Qualified name';
comment on column consolidation.project_object.id is 'Its oid';
comment on column consolidation.project_object.target is 'As grant and revoke name it';
comment on column consolidation.project_object.owner is 'Its owner, who can do everything';
comment on column consolidation.project_object.acl is 'Privileges that are granted';
comment on column consolidation.project_object.isolation is
'Row level security of a table, as alter table says it: enable or disable, then force or no force';
comment on column consolidation.project_object.declared_isolation is
'The declared value of isolation; null where the application decides';

create view consolidation.ruled_privilege
with (security_invoker = true) as
select
    r.kind,
    r.names,
    case g.role_name when 'public' then 0 else g.role_name::regrole::oid end as grantee,
    g.role_name,
    p.privilege_type
from consolidation.privilege_rule as r
cross join lateral (
    values
    ('workflow_app', r.app), ('workflow_maintenance', r.maintenance), ('public', r.everybody)
) as g (role_name, letters)
inner join (
    values
    ('S', 'SELECT'), ('I', 'INSERT'), ('U', 'UPDATE'), ('D', 'DELETE'),
    ('usage', 'USAGE'), ('execute', 'EXECUTE')
) as p (letter, privilege_type) on strpos(g.letters, p.letter) > 0;
comment on view consolidation.ruled_privilege is 'The declaration, a row a privilege of a role';
comment on column consolidation.ruled_privilege.kind is 'As in project_object';
comment on column consolidation.ruled_privilege.names is 'As in privilege_rule';
comment on column consolidation.ruled_privilege.grantee is 'Oid of the role; 0 for public';
comment on column consolidation.ruled_privilege.role_name is 'Name of the role, or public';
comment on column consolidation.ruled_privilege.privilege_type is 'As aclexplode() names it';

create view consolidation.declared_privilege
with (security_invoker = true) as
select distinct
    o.id,
    o.kind,
    o.name,
    o.target,
    o.owner,
    r.grantee,
    r.role_name,
    r.privilege_type
from consolidation.project_object as o
inner join consolidation.ruled_privilege as r on r.kind = o.kind and o.name ~ r.names;
comment on view consolidation.declared_privilege is
'The declaration, for each object there is. Its owner can do everything';
comment on column consolidation.declared_privilege.id is 'Oid of the object';
comment on column consolidation.declared_privilege.kind is 'As in project_object';
comment on column consolidation.declared_privilege.name is 'Qualified name of the object';
comment on column consolidation.declared_privilege.target is 'As grant and revoke name the object';
comment on column consolidation.declared_privilege.owner is 'Owner of the object';
comment on column consolidation.declared_privilege.grantee is 'Oid of the role; 0 for public';
comment on column consolidation.declared_privilege.role_name is 'Name of the role, or public';
comment on column consolidation.declared_privilege.privilege_type is 'As aclexplode() names it';

insert into consolidation.deployed_change (change) values ('access/privileges');

commit;
