-- Deploy workflow_consolidation:proof/preflight to pg
--
-- Why:    real databases hang more on these tables than columns. Everything that depends on them is
--         listed with what will become of it, for the DBA to read before deciding; what the
--         cut-over cannot carry along, it refuses to cut off silently.
-- Locks:  none; a call locks dependent views for a moment to try them on the new names.
-- Revert: drops functions and view.

select consolidation.is_deployed('proof/preflight') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';

create table consolidation.accepted (
    kind text not null,
    object text not null,
    reason text not null,
    accepted_by text not null default session_user,
    accepted_at timestamptz not null default now(),
    constraint accepted_pkey primary key (kind, object)
);
comment on table consolidation.accepted is
'Findings of the preflight that somebody decided to live with: the cut-over goes on despite them';
comment on column consolidation.accepted.kind is 'As in the preflight';
comment on column consolidation.accepted.object is 'As in the preflight';
comment on column consolidation.accepted.reason is 'Why it does no harm here';
comment on column consolidation.accepted.accepted_by is 'Who decided';
comment on column consolidation.accepted.accepted_at is 'When';

create function consolidation.base_column(old_name regclass)
returns table (view_column name, base_column name)
language sql
stable
begin atomic
    -- Read from the definition of the view, so that the mapping is not written a third time.
    select
        coalesce(m.part[2], m.part[1])::name,
        m.part[1]::name
    -- From PostgreSQL 16 on it names the table of a column only where there is a choice.
    from regexp_matches(
        pg_get_viewdef(old_name), '(?:[rs]\.)?(\w+)(?: AS (\w+))?(?:,|\n\s*FROM )', 'g'
    ) as m (part);
end;
comment on function consolidation.base_column(regclass) is
'Columns of the views workflow_trace and workflow_steps, and the document columns behind them';

create function consolidation.rebinding(
    out kind text, out object text, out statement text, out trial text
)
returns setof record
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    -- Bound by oid, these would silently go on reading what the old names used to be.
    select distinct
        'view',
        c.oid::regclass::text,
        format(
            'create or replace view %s %s as %s',
            c.oid::regclass,
            'with (' || array_to_string(c.reloptions, ', ') || ')',
            pg_get_viewdef(c.oid)
        ),
        pg_get_viewdef(c.oid)
    from pg_depend as d
    inner join pg_rewrite as r on r.oid = d.objid
    inner join pg_class as c on c.oid = r.ev_class
    where
        d.classid = 'pg_rewrite'::regclass
        and d.refclassid = 'pg_class'::regclass
        and d.refobjid in (
            to_regclass('public.workflow_trace'), to_regclass('public.workflow_steps'),
            to_regclass('public.workflow_events'),
            to_regclass('public.workflow_trace_screenshot'),
            to_regclass('public.workflow_trace_context'),
            to_regclass('public.workflow_trace_endpoint')
        )
        and c.relkind = 'v'
        and c.oid <> d.refobjid
        and c.relnamespace <> 'consolidation'::regnamespace
    union all
    select distinct
        'function',
        p.oid::regprocedure::text,
        pg_get_functiondef(p.oid),
        null
    from pg_depend as d
    inner join pg_proc as p on p.oid = d.objid
    where
        d.classid = 'pg_proc'::regclass
        and d.refclassid = 'pg_class'::regclass
        and p.prosqlbody is not null
        and d.refobjid in (
            to_regclass('public.workflow_trace'), to_regclass('public.workflow_steps'),
            to_regclass('public.workflow_events'),
            to_regclass('public.workflow_trace_screenshot'),
            to_regclass('public.workflow_trace_context'),
            to_regclass('public.workflow_trace_endpoint')
        );
end;
comment on function consolidation.rebinding() is
'Views and SQL-standard functions bound to whatever has the old names now, with the statement that
binds them to whatever has these names when it is executed';

create function consolidation.foreign_key(
    out kind text,
    out object text,
    out drop_old text,
    out add_new text,
    out drop_new text,
    out add_old text,
    out validate_new text,
    out validate_old text,
    out locked regclass
)
returns setof record
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    with old_table as (
        select
            consolidation.old_table(t.name) as relation,
            t.name,
            t.document
        from (
            values
            ('workflow_trace', 'public.user_workflow_run'),
            ('workflow_steps', 'public.user_workflow_run_step'),
            ('workflow_events', null),
            ('workflow_trace_screenshot', null),
            ('workflow_trace_context', null),
            ('workflow_trace_endpoint', null)
        ) as t (name, document)
    ),

    key as (
        select
            k.oid,
            k.conname,
            k.conrelid,
            k.confrelid,
            k.convalidated,
            regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '') as definition,
            target.name as target_name,
            target.document as target_document,
            source.name as source_name,
            source.document as source_document,
            (
                select string_agg(format('%I', b.base_column), ', ' order by u.place)
                from unnest(k.confkey) with ordinality as u (attnum, place)
                inner join pg_attribute as a on a.attrelid = k.confrelid and a.attnum = u.attnum
                inner join consolidation.base_column(
                    case
                        when target.document is not null
                            then consolidation.old_name(target.name)
                    end
                ) as b on b.view_column = a.attname
            ) as target_columns,
            (
                select string_agg(format('%I', b.base_column), ', ' order by u.place)
                from unnest(k.conkey) with ordinality as u (attnum, place)
                inner join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = u.attnum
                inner join consolidation.base_column(
                    case
                        when source.document is not null
                            then consolidation.old_name(source.name)
                    end
                ) as b on b.view_column = a.attname
            ) as source_columns,
            (
                select string_agg(a.attname, ', ' order by u.place)
                from unnest(k.confkey) with ordinality as u (attnum, place)
                inner join pg_attribute as a on a.attrelid = k.confrelid and a.attnum = u.attnum
            ) as target_key
        from pg_constraint as k
        left join old_table as target on target.relation = k.confrelid
        left join old_table as source on source.relation = k.conrelid
        where
            k.contype = 'f'
            and (target.name is null) <> (source.name is null)
            and k.conparentid = 0
    )

    select
        'incoming foreign key',
        format('%s on %s', k.conname, k.conrelid::regclass),
        format('alter table %s drop constraint %I', k.conrelid::regclass, k.conname),
        case
            when k.target_key in ('trace_id', 'step_id') and k.target_document is not null
                then format(
                    'alter table %s add constraint %I %s not valid',
                    k.conrelid::regclass, k.conname,
                    regexp_replace(
                        k.definition,
                        'REFERENCES [^(]*\([^)]*\)',
                        format('REFERENCES %s(%s)', k.target_document, k.target_columns)
                    )
                )
        end,
        format('alter table %s drop constraint %I', k.conrelid::regclass, k.conname),
        format(
            'alter table %s add constraint %I %s not valid',
            k.conrelid::regclass, k.conname,
            regexp_replace(
                k.definition, 'REFERENCES [^(]*\(', format('REFERENCES public.%I(', k.target_name)
            )
        ),
        case
            when k.convalidated
                then format(
                    'alter table %s validate constraint %I', k.conrelid::regclass, k.conname
                )
        end,
        case
            when k.convalidated
                then format(
                    'alter table %s validate constraint %I', k.conrelid::regclass, k.conname
                )
        end,
        k.conrelid::regclass
    from key as k
    where k.target_name is not null
    union all
    select
        'outgoing foreign key',
        format('%s on %s', k.conname, k.source_name),
        format('alter table %s drop constraint %I', k.conrelid::regclass, k.conname),
        case
            when k.source_columns is not null
                then format(
                    'alter table %s add constraint %I %s not valid',
                    k.source_document, k.conname,
                    regexp_replace(
                        k.definition,
                        '^FOREIGN KEY \([^)]*\)',
                        format('FOREIGN KEY (%s)', k.source_columns)
                    )
                )
        end,
        case
            when k.source_columns is not null
                then format('alter table %s drop constraint %I', k.source_document, k.conname)
        end,
        format(
            'alter table public.%I add constraint %I %s not valid',
            k.source_name, k.conname, k.definition
        ),
        case
            when k.convalidated and k.source_columns is not null
                then format(
                    'alter table %s validate constraint %I', k.source_document, k.conname
                )
        end,
        case
            when k.convalidated
                then format(
                    'alter table public.%I validate constraint %I', k.source_name, k.conname
                )
        end,
        k.confrelid::regclass
    from key as k
    where k.source_name is not null;
end;
comment on function consolidation.foreign_key() is
'Foreign keys between the six old tables and others: the statements that move each to the documents
(add_new is null where that is not possible), that move it back, that validate it, and the other
table';

create function consolidation.preflight(
    out severity text, out kind text, out object text, out consequence text, out remedy text
)
returns setof record
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    found record;
    six constant text [] := array[
        'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
        'workflow_trace_context', 'workflow_trace_endpoint'
    ];
begin
    for found in
        with old_table as (
            select
                c.oid,
                c.relname,
                c.relkind,
                c.relacl,
                c.relowner,
                c.relrowsecurity,
                c.relforcerowsecurity,
                c.reltype
            from pg_class as c
            where c.oid in (select consolidation.old_table(t.name) from unnest(six) as t (name))
        )

        select
            case
                when f.add_new is null and f.kind = 'incoming foreign key' then 'refuse'
                else 'notice'
            end as severity,
            f.kind,
            f.object,
            case
                when f.add_new is not null then 'made again on the documents, then validated'
                when f.kind = 'incoming foreign key'
                    then 'nothing in the documents can be referenced in its place'
                else 'not kept: the column is inside a document'
            end as consequence,
            coalesce(
                f.add_new, case when f.kind = 'incoming foreign key' then f.drop_old end
            ) as remedy
        from consolidation.foreign_key() as f
        union all
        select distinct
            'refuse',
            case c.relkind when 'm' then 'materialized view' else 'rule' end,
            c.oid::regclass::text,
            'would go on reading the old table, which nobody writes to any more',
            format('Drop it before the deploy, create it again after: %s', pg_get_ruledef(r.oid))
        from pg_depend as d
        inner join pg_rewrite as r on r.oid = d.objid
        inner join pg_class as c on c.oid = r.ev_class
        inner join old_table as o on o.oid = d.refobjid
        where
            d.classid = 'pg_rewrite'::regclass
            and d.refclassid = 'pg_class'::regclass
            and (c.relkind <> 'v' or c.oid = o.oid)
        union all
        select distinct
            'refuse',
            'policy',
            format('%s on %s', p.polname, p.polrelid::regclass),
            'reads an old table, and would go on doing so',
            format('drop policy %I on %s; create it again after the deploy',
                p.polname, p.polrelid::regclass)
        from pg_depend as d
        inner join pg_policy as p on p.oid = d.objid
        inner join old_table as o on o.oid = d.refobjid
        -- Policies of the old tables themselves move with them.
        where
            d.classid = 'pg_policy'::regclass
            and d.refclassid = 'pg_class'::regclass
            and p.polrelid not in (select t.oid from old_table as t)
        union all
        select distinct
            'refuse',
            'row type',
            pg_describe_object(d.classid, d.objid, d.objsubid),
            format('uses the row type of %s, which moves to the schema legacy', o.relname),
            'Use the columns, or "returns table (…)", instead of the row type.'
        from old_table as o
        inner join pg_type as t on t.oid = o.reltype
        inner join pg_depend as d
            on d.refclassid = 'pg_type'::regclass
            and d.refobjid in (t.oid, t.typarray)
            and d.classid <> 'pg_type'::regclass
        where not (d.classid = 'pg_class'::regclass and d.objid = o.oid)
        union all
        select
            'refuse',
            'trigger',
            format('%s on %s', g.tgname, o.relname),
            'would stop firing: the table is not written to any more',
            format('Move it to the documents, drop it (drop trigger %I on %s), or accept it.',
                g.tgname, o.relname)
        from pg_trigger as g
        inner join old_table as o on o.oid = g.tgrelid
        where
            not g.tgisinternal
            and g.tgfoid <> all (
                array['consolidation.capture_old()'::regprocedure]
            )
            and g.tgenabled <> 'D'
        union all
        select
            'refuse',
            'publication',
            format('%s of %s', p.pubname, o.relname),
            'subscribers would receive no more changes of it',
            'Publish user_workflow_run and user_workflow_run_step, then accept it.'
        from pg_publication_rel as r
        inner join pg_publication as p on p.oid = r.prpubid
        inner join old_table as o on o.oid = r.prrelid
        where consolidation.phase() = 'expand'
        union all
        select
            'notice',
            'publication',
            p.pubname,
            'publishes what is in its schemas: the documents from now on, the old tables no more',
            'Create the new tables on the subscribers first.'
        from pg_publication as p
        where
            p.puballtables
            or exists (select from pg_publication_namespace as n where n.pnpubid = p.oid)
        union all
        select
            'refuse',
            'inheritance',
            format('%s of %s', i.inhrelid::regclass, i.inhparent::regclass),
            'rows of a child table would be read twice or not at all',
            'Fold the child table into its parent first.'
        from pg_inherits as i
        inner join old_table as o on o.oid in (i.inhrelid, i.inhparent)
        union all
        select
            'refuse',
            'kind of table',
            o.relname,
            'is not an ordinary table',
            'Make it one first: attach, detach or copy its rows.'
        from old_table as o
        where o.relkind <> 'r'
        union all
        select
            'notice',
            'statistics object',
            format('%s on %s', s.stxname, o.relname),
            'stays with the old table',
            'Create statistics on the documents if a plan needs them.'
        from pg_statistic_ext as s
        inner join old_table as o on o.oid = s.stxrelid
        union all
        -- A view of the caller's rights reads all columns it is made of, whichever are asked for.
        select
            'refuse',
            'column privilege',
            format('select (%s) on %s to %s', a.attname, o.relname,
                coalesce(r.rolname, 'public')),
            'the role would need to read every column behind the view, in the documents too',
            'Grant select on the whole table, give the role a view of its own, or accept it.'
        from old_table as o
        inner join pg_attribute as a on a.attrelid = o.oid and a.attnum > 0
        cross join lateral aclexplode(a.attacl) as x
        left join pg_roles as r on r.oid = x.grantee
        where x.privilege_type = 'SELECT'
        union all
        select
            'refuse',
            'write-only privilege',
            format('%s on %s to %s', string_agg(x.privilege_type, ', ' order by x.privilege_type),
                o.relname, coalesce(r.rolname, 'public')),
            'the role could not write through the view without reading the documents',
            format('grant select on %s to %s, or accept it: the role is then locked out',
                o.relname, coalesce(quote_ident(r.rolname), 'public'))
        from old_table as o
        cross join lateral aclexplode(o.relacl) as x
        left join pg_roles as r on r.oid = x.grantee
        where
            x.privilege_type in ('UPDATE', 'DELETE')
            and o.relname not in ('workflow_trace', 'workflow_steps')
            and not exists (
                select from aclexplode(o.relacl) as y
                where y.grantee = x.grantee and y.privilege_type = 'SELECT'
            )
            and coalesce(r.rolname, 'public') not in ('workflow_app', 'workflow_maintenance')
        group by o.relname, r.rolname
        union all
        -- A view of the caller's rights asks for the caller's, also from inside another view.
        select distinct
            'refuse',
            'view privilege',
            format('%s to %s', v.relation::regclass, coalesce(g.rolname, 'public')),
            format('the role may not read %s itself, which the view would ask for', o.relname),
            format('grant select on %s to %s, or accept it: the role is then locked out',
                o.relname, coalesce(quote_ident(g.rolname), 'public'))
        from (
            with recursive dependent (relation, old_table) as (
                select
                    r.ev_class,
                    d.refobjid
                from pg_depend as d
                inner join pg_rewrite as r on r.oid = d.objid
                where
                    d.classid = 'pg_rewrite'::regclass
                    and d.refclassid = 'pg_class'::regclass
                    and d.refobjid in (select t.oid from old_table as t)
                    and r.ev_class <> d.refobjid
                union
                select
                    r.ev_class,
                    b.old_table
                from dependent as b
                inner join pg_depend as d on d.refobjid = b.relation
                inner join pg_rewrite as r on r.oid = d.objid
                where
                    d.classid = 'pg_rewrite'::regclass
                    and d.refclassid = 'pg_class'::regclass
                    and r.ev_class <> b.relation
            )

            select
                b.relation,
                b.old_table
            from dependent as b
        ) as v
        inner join pg_class as c
            on c.oid = v.relation
            and c.relkind = 'v'
            and c.relnamespace not in ('consolidation'::regnamespace)
            and not coalesce(c.reloptions @> '{security_invoker=true}', false)
        inner join old_table as o on o.oid = v.old_table
        cross join lateral aclexplode(c.relacl) as x
        left join pg_roles as g on g.oid = x.grantee
        where
            x.grantee <> c.relowner
            and case
                when x.grantee = 0 then not exists (
                    select from aclexplode(o.relacl) as y
                    where y.grantee = 0 and y.privilege_type = 'SELECT'
                )
                else not has_table_privilege(x.grantee, o.oid, 'select')
            end
        union all
        select
            'refuse',
            'row level security',
            format('%s on %s', p.polname, o.relname),
            'is replaced by isolation per app.current_org_id, which it does not mention',
            'Check that nobody sees more afterwards, then accept it.'
        from (
            select
                c.oid,
                c.relname,
                c.relrowsecurity
            from pg_class as c
            where
                c.oid in (select t.oid from old_table as t)
                or c.oid = to_regclass('public.workflow_configs')
        ) as o
        inner join pg_policy as p on p.polrelid = o.oid
        where
            o.relrowsecurity
            and concat(
                pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
            ) !~ 'app\.current_org_id|current_org_id\('
        union all
        select
            'refuse',
            'row level security',
            string_agg(o.relname, ', ' order by o.relname),
            'is enabled here and not on the other old tables: the documents know one rule',
            'Enable it on all six, or on none.'
        from old_table as o
        where o.relrowsecurity
        having count(*) between 1 and 5
        union all
        select
            'notice',
            'row level security',
            format('role %s', r.rolname),
            'saw all organisations and goes on doing so while it names none in app.current_org_id',
            format(
                'To isolate it: alter policy user_workflow_run_unscoped on user_workflow_run to … '
                '(without %s); the same on user_workflow_run_step and user_workflow_config',
                r.rolname
            )
        from pg_roles as r
        where r.rolname in (select u.role_name from consolidation.unscoped_role() as u)
        union all
        select
            'refuse',
            'sequence',
            coalesce(s.actual, '(none)'),
            format('the ids of %s do not come from %s', s.table_name, s.expected),
            case
                when s.actual is null
                    then format('alter table %s alter %s add generated by default as identity',
                        s.table_name, s.column_name)
                else format('alter sequence %s rename to %s', s.actual, s.expected)
            end
        from (
            select
                v.table_name,
                v.column_name,
                concat(v.table_name, '_', v.column_name, '_seq') as expected,
                (
                    select c.relname
                    from pg_class as c
                    where c.oid = pg_get_serial_sequence(
                        consolidation.old_table(v.table_name)::text, v.column_name
                    )::regclass
                ) as actual
            from (
                values
                ('workflow_trace', 'trace_id'),
                ('workflow_steps', 'step_id'),
                ('workflow_events', 'event_id'),
                ('workflow_trace_context', 'context_id')
            ) as v (table_name, column_name)
        ) as s
        where s.actual is distinct from s.expected
        union all
        select
            'refuse',
            'index',
            format('%s (trace_id)', o.relname),
            'is missing: every batch of the backfill would read the whole table',
            format('create index concurrently on %s (trace_id)', o.relname)
        from old_table as o
        inner join pg_attribute as a on a.attrelid = o.oid and a.attname = 'trace_id'
        where not exists (
            select from pg_index as i
            where
                i.indrelid = o.oid and i.indisvalid and i.indpred is null
                and i.indkey[0] = a.attnum
        )
        union all
        select
            'notice',
            'column type',
            format('%s.%s is %s', o.relname, a.attname, format_type(a.atttypid, a.atttypmod)),
            format('the view shows %s: prepared statements that read it must be prepared again',
                format_type(v.atttypid, v.atttypmod)),
            null
        from old_table as o
        inner join pg_attribute as a on a.attrelid = o.oid and a.attnum > 0
        inner join pg_attribute as v
            on v.attrelid = consolidation.old_name(o.relname) and v.attname = a.attname
        where (a.atttypid, a.atttypmod) is distinct from (v.atttypid, v.atttypmod)
        union all
        select
            'refuse',
            'function',
            p.oid::regprocedure::text,
            'its source says "on conflict", "truncate" or "merge" on a name that becomes a view',
            'Rewrite the statement (README, "Limits"), or accept it.'
        from pg_proc as p
        inner join pg_language as l on l.oid = p.prolang
        where
            l.lanname in ('plpgsql', 'sql')
            and p.pronamespace not in (
                'pg_catalog'::regnamespace, 'information_schema'::regnamespace,
                'consolidation'::regnamespace
            )
            and p.prosrc ~* (
                '(insert\s+into\s+(only\s+)?(\w+\.)?"?workflow_(events|trace_screenshot|'
                || 'trace_context|trace_endpoint)"?\M[^;]*on\s+conflict)'
                || '|(truncate\s+(table\s+)?(only\s+)?[^;]*\mworkflow_(trace|steps|events|'
                || 'trace_screenshot|trace_context|trace_endpoint)\M)'
                -- From PostgreSQL 17 on a view can be merged into.
                || case
                    when current_setting('server_version_num')::integer < 170000
                        then '|(merge\s+into\s+(only\s+)?(\w+\.)?"?workflow_(trace|steps|events|'
                        || 'trace_screenshot|trace_context|trace_endpoint)"?\M)'
                    else ''
                end
            )
        union all
        select
            'notice',
            b.kind,
            b.object,
            'bound to the new name again',
            null
        from consolidation.rebinding() as b
    loop
        severity := found.severity;
        kind := found.kind;
        object := found.object;
        consequence := found.consequence;
        remedy := found.remedy;

        -- What reads a table may not work on a view: a primary key implies the other columns of a
        -- group by. It is tried on the new names, and undone.
        if kind = 'view' and consolidation.phase() = 'expand' then
            begin
                execute format(
                    'create temporary view consolidation_trial as %s',
                    consolidation.on_new_names(
                        (select b.trial from consolidation.rebinding() as b
                            where b.kind = 'view' and b.object = found.object)
                    )
                );
                raise exception using errcode = 'ZZ999', message = 'it works';
            exception
                when sqlstate 'ZZ999' then null;
                when others then
                    severity := 'refuse';
                    consequence := 'cannot be bound to the new name: ' || sqlerrm;
                    remedy := 'Rewrite the view, or drop it before the deploy.';
            end;
        end if;

        if severity = 'refuse' and exists (
            select from consolidation.accepted as a
            where a.kind = found.kind and a.object = found.object
        ) then
            severity := 'accepted';
        end if;
        return next;
    end loop;
end;
$$;
comment on function consolidation.preflight() is
'What depends on the old tables and what the cut-over makes of it. severity: "refuse" (the cut-over
refuses until it is remedied or written into consolidation.accepted), "accepted", "notice". Changes
nothing';

create function consolidation.on_new_names(definition text)
returns text
language sql
immutable
parallel safe
return regexp_replace(
    definition,
    '\mpublic\.(workflow_trace|workflow_steps|workflow_events|workflow_trace_screenshot'
    || '|workflow_trace_context|workflow_trace_endpoint)\M',
    'consolidation.\1', 'g'
);
comment on function consolidation.on_new_names(text) is
'The definition of a view with the old names replaced by the views that wait in consolidation';

create function consolidation.unscoped_role()
returns table (role_name name)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    -- Whoever had privileges on an old table that row level security did not restrict for him.
    select distinct coalesce(r.rolname, 'public')::name
    from unnest(
        array[
            'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
            'workflow_trace_context', 'workflow_trace_endpoint', 'workflow_configs'
        ]
    ) as t (name)
    inner join pg_class as c on c.oid = consolidation.old_table(t.name)
    cross join lateral (
        select x.grantee
        from aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) as x
        union
        select x.grantee
        from pg_attribute as a
        cross join lateral aclexplode(a.attacl) as x
        where a.attrelid = c.oid
    ) as g
    left join pg_roles as r on r.oid = g.grantee
    where
        (
            not c.relrowsecurity
            or (g.grantee = c.relowner and not c.relforcerowsecurity)
        )
        and coalesce(r.rolname, 'public') not in ('workflow_app', 'workflow_maintenance')
        and not coalesce(r.rolsuper or r.rolbypassrls, false);
end;
comment on function consolidation.unscoped_role() is
'Roles that saw all organisations in the old tables (or "public"); the cut-over neither locks them
out nor opens anything to others';

create view consolidation.preflight
with (security_invoker = true) as
select
    p.severity,
    p.kind,
    p.object,
    p.consequence,
    p.remedy
from consolidation.preflight() as p
union all
select
    'refuse',
    'row',
    format('%s rows of %s: %s', count(*), u.table_name, u.kind),
    'cannot be carried over, for example ' || min(u.key),
    min(u.repair)
from consolidation.uncarriable() as u
group by u.table_name, u.kind;
comment on view consolidation.preflight is
'Everything to know before deciding: what consolidation.preflight() finds, and rows that cannot be
carried over (consolidation.uncarriable() lists them one by one)';
comment on column consolidation.preflight.severity is 'refuse, accepted or notice';
comment on column consolidation.preflight.kind is 'Kind of object';
comment on column consolidation.preflight.object is 'Its name';
comment on column consolidation.preflight.consequence is 'What becomes of it';
comment on column consolidation.preflight.remedy is 'What to do, a statement where there is one';

revoke all on function consolidation.base_column(regclass) from public;
revoke all on function consolidation.rebinding() from public;
revoke all on function consolidation.foreign_key() from public;
revoke all on function consolidation.preflight() from public;
revoke all on function consolidation.unscoped_role() from public;

insert into consolidation.deployed_change (change) values ('proof/preflight');

commit;
