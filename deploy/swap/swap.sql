-- Deploy workflow_consolidation:swap/swap to pg
--
-- Why:    the procedures that make the old names views, and tables again. Everything slow is done
--         before the locks are asked for; what is done under them is a few catalog changes, in one
--         transaction. Each change that depends on the database at hand leaves its inverse in
--         consolidation.cut_over_log.
-- Locks:  none now. When called: access exclusive on the eight tables, and share row exclusive on
--         tables that foreign keys connect with them, all within 40 ms or not at all.
-- Revert: drops the procedures.

select consolidation.is_deployed('swap/swap') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';

create table consolidation.cut_over_log (
    ordinal bigint generated always as identity,
    stage text not null,
    statement text not null,
    constraint cut_over_log_pkey primary key (ordinal),
    constraint cut_over_log_stage_check check (
        stage in ('before', 'after', 'validate', 'validate back')
    )
);
comment on table consolidation.cut_over_log is
'What the way back has to execute besides moving the names: written by the cut-over';
comment on column consolidation.cut_over_log.ordinal is 'Order in which the cut-over wrote it';
comment on column consolidation.cut_over_log.stage is
'validate: by the cut-over, once the locks are gone. For the way back: before the names are moved
(last written first), after that, and validate back, once the locks are gone';
comment on column consolidation.cut_over_log.statement is 'One statement, without semicolon';

create function consolidation.policy_definition(policy oid, relation text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select format(
        'create policy %I on %s as %s for %s to %s%s%s',
        p.polname,
        relation,
        case when p.polpermissive then 'permissive' else 'restrictive' end,
        case p.polcmd
            when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
            when 'd' then 'delete' else 'all'
        end,
        (
            select string_agg(coalesce(quote_ident(r.rolname), 'public'), ', ')
            from unnest(p.polroles) as u (role_id)
            left join pg_roles as r on r.oid = u.role_id
        ),
        ' using (' || pg_get_expr(p.polqual, p.polrelid) || ')',
        ' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'
    )
    from pg_policy as p
    where p.oid = policy;
end;
comment on function consolidation.policy_definition(oid, text) is
'The statement that creates a policy again, on a relation of that name';

create function consolidation.copy_grants(source regclass, target regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    found record;
begin
    for found in
        select
            x.privilege_type,
            null::text as column_name,
            coalesce(quote_ident(r.rolname), 'public') as grantee,
            x.is_grantable
        from pg_class as c
        cross join lateral aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) as x
        left join pg_roles as r on r.oid = x.grantee
        where c.oid = source
        union all
        select
            x.privilege_type,
            quote_ident(a.attname),
            coalesce(quote_ident(r.rolname), 'public'),
            x.is_grantable
        from pg_attribute as a
        cross join lateral aclexplode(a.attacl) as x
        left join pg_roles as r on r.oid = x.grantee
        where a.attrelid = source
    loop
        execute format(
            'grant %s%s on %s to %s%s',
            found.privilege_type,
            ' (' || found.column_name || ')',
            target,
            found.grantee,
            case when found.is_grantable then ' with grant option' end
        );
    end loop;
end;
$$;
comment on function consolidation.copy_grants(regclass, regclass) is
'Grants on the target what anybody, its owner included, may do on the source, per column where it is
so there';

create function consolidation.revoke_grants(target regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    grantee text;
begin
    for grantee in
        select coalesce(quote_ident(r.rolname), 'public')
        from (
            select x.grantee
            from pg_class as c
            cross join lateral aclexplode(c.relacl) as x
            where c.oid = target and x.grantee <> c.relowner
            union
            select x.grantee
            from pg_attribute as a
            cross join lateral aclexplode(a.attacl) as x
            where a.attrelid = target
        ) as g
        left join pg_roles as r on r.oid = g.grantee
        where coalesce(r.rolname, 'public') not in ('workflow_app', 'workflow_maintenance')
    loop
        execute format('revoke all on %s from %s cascade', target, grantee);
    end loop;
end;
$$;
comment on function consolidation.revoke_grants(regclass) is
'Revokes all privileges on a relation, also on its columns, from everybody but its owner and the
roles of this project';

create function consolidation.grant_documents(old_name regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    found record;
begin
    -- The views ask with the caller's rights, so the caller needs some on what is behind them. He
    -- gets those columns and commands that the old name stands for, and no more.
    for found in
        with recursive behind (relation) as (
            select old_name::oid
            union
            select d.refobjid
            from behind as b
            inner join pg_rewrite as r on r.ev_class = b.relation
            inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
            inner join pg_class as c on c.oid = d.refobjid
            where
                d.refclassid = 'pg_class'::regclass
                and c.relkind in ('r', 'v')
        ),

        used_column as (
            select distinct
                d.refobjid as relation,
                a.attname
            from behind as b
            inner join pg_rewrite as r on r.ev_class = b.relation
            inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
            inner join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
            where d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0
        ),

        document as (
            select
                u.relation,
                c.relowner,
                string_agg(format('%I', u.attname), ', ') as column_list
            from used_column as u
            inner join pg_class as c on c.oid = u.relation
            where u.relation <> old_name
            group by u.relation, c.relowner
        ),

        privilege as (
            select
                x.privilege_type,
                x.grantee as grantee_id,
                coalesce(quote_ident(r.rolname), 'public') as grantee,
                null::name as column_name
            from pg_class as c
            cross join lateral aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) as x
            left join pg_roles as r on r.oid = x.grantee
            where c.oid = old_name
            union
            select
                x.privilege_type,
                x.grantee,
                coalesce(quote_ident(r.rolname), 'public'),
                a.attname
            from pg_attribute as a
            cross join lateral aclexplode(a.attacl) as x
            left join pg_roles as r on r.oid = x.grantee
            where a.attrelid = old_name
        ),

        -- Without triggers, a statement on the view is one on the table behind it.
        plain as (
            select (c.relname in ('workflow_trace', 'workflow_steps')) as is_plain
            from pg_class as c
            where c.oid = old_name
        )

        select format(
            'grant select (%s) on %s to %s', d.column_list, d.relation::regclass, p.grantee
        ) as statement
        from privilege as p
        inner join document as d on d.relowner <> p.grantee_id
        where p.privilege_type = 'SELECT'
        union
        select format(
            'grant %s (%s) on %s to %s',
            p.privilege_type,
            case
                when p.column_name is null then d.column_list
                else (
                    select format('%I', b.base_column)
                    from consolidation.base_column(old_name) as b
                    where b.view_column = p.column_name
                )
            end,
            d.relation::regclass,
            p.grantee
        )
        from privilege as p
        cross join plain as k
        inner join document as d on d.relowner <> p.grantee_id
        where k.is_plain and p.privilege_type in ('INSERT', 'UPDATE')
        union
        select format('grant delete on %s to %s', d.relation::regclass, p.grantee)
        from privilege as p
        cross join plain as k
        inner join document as d on d.relowner <> p.grantee_id
        where k.is_plain and p.privilege_type = 'DELETE'
        union
        -- From PostgreSQL 17 on: vacuum, analyze and reindex pass a view by.
        select format('grant maintain on %s to %s', d.relation::regclass, p.grantee)
        from privilege as p
        inner join document as d on d.relowner <> p.grantee_id
        inner join pg_class as c on c.oid = d.relation and c.relkind = 'r'
        where p.privilege_type = 'MAINTAIN'
        union
        -- What the triggers ask with the caller's rights.
        select format(
            'grant select (run_id, org_id, legacy_trace_id) on public.user_workflow_run to %s',
            p.grantee
        )
        from privilege as p
        where
            p.privilege_type in ('INSERT', 'UPDATE')
            and p.grantee_id not in (select d.relowner from document as d)
        union
        select format(
            'grant select (step_id, run_id, legacy_step_id, legacy_trace_id) '
            'on public.user_workflow_run_step to %s',
            p.grantee
        )
        from privilege as p
        where
            p.privilege_type in ('INSERT', 'UPDATE')
            and p.grantee_id not in (select d.relowner from document as d)
    loop
        execute found.statement;
    end loop;
end;
$$;
comment on function consolidation.grant_documents(regclass) is
'Gives everybody who may use an old name what that takes on the documents behind it';

create function consolidation.continue_sequence(
    source regclass, target regclass, with_owner boolean
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    options record;
    found record;
begin
    select * into options from pg_sequence as s where s.seqrelid = source;
    execute format(
        'alter sequence %s increment by %s minvalue %s maxvalue %s start with %s cache %s %s',
        target, options.seqincrement, options.seqmin, options.seqmax, options.seqstart,
        options.seqcache, case when options.seqcycle then 'cycle' else 'no cycle' end
    );
    execute format('select setval(%L, s.last_value, s.is_called) from %s as s', target, source);
    for found in
        select
            x.privilege_type,
            coalesce(quote_ident(r.rolname), 'public') as grantee
        from pg_class as c
        cross join lateral aclexplode(coalesce(c.relacl, acldefault('s', c.relowner))) as x
        left join pg_roles as r on r.oid = x.grantee
        where
            c.oid = source
            and (with_owner or x.grantee <> c.relowner)
            and x.grantee <> (select t.relowner from pg_class as t where t.oid = target)
    loop
        execute format(
            'grant %s on sequence %s to %s', found.privilege_type, target, found.grantee
        );
    end loop;
end;
$$;
comment on function consolidation.continue_sequence(regclass, regclass, boolean) is
'Makes the target sequence go on where the source stands, with its options and privileges, and those
of its owner if that is wanted';

create function consolidation.carry_the_rest()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    back constant boolean := consolidation.phase() = 'cut over';
    pending bigint [];
    example record;
begin
    pending := array(
        select distinct c.trace_id from consolidation.change as c where c.trace_id is not null
    );
    if exists (select from consolidation.change as c where c.trace_id is null) then
        raise exception using errcode = 'lock_not_available', message = 'a truncate came in';
    end if;
    -- Everybody waits meanwhile.
    if cardinality(pending) > 60 then
        raise exception using
            errcode = 'lock_not_available',
            message = 'too much came in while the locks were waited for',
            detail = format('%s executions wait in the queue.', cardinality(pending));
    end if;
    delete from consolidation.change;
    if cardinality(pending) = 0 then
        return;
    end if;
    if back then
        perform consolidation.carry_back(pending);
    else
        perform consolidation.consolidate(pending);
    end if;
    select * into example from consolidation.differences(trace_ids => pending) limit 1;
    if found then
        raise exception using
            errcode = 'data_corrupted',
            message = format(
                '%s %s differs after it was carried %s',
                example.table_name, example.key, case when back then 'back' else 'over' end
            ),
            detail = format('old: %s new: %s', example.old_row, example.new_row),
            hint = 'select * from consolidation.differences();';
    end if;
end;
$$;
comment on function consolidation.carry_the_rest() is
'Under the locks of a swap: empties the queue, carries its executions over (after the cut-over:
back) and compares them. Raises 55P03 after a truncate and for more than 60 executions, to be
carried over without locks, and XX001 for a difference';

create function consolidation.swap_to_views()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    six constant text [] := array[
        'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
        'workflow_trace_context', 'workflow_trace_endpoint'
    ];
    id_sequences constant text [] := array[
        'workflow_trace_trace_id_seq', 'workflow_steps_step_id_seq',
        'workflow_events_event_id_seq', 'workflow_trace_context_context_id_seq'
    ];
    name text;
    found record;
    statements text [];
    statement text;
    owner text;
    unscoped text;
begin
    -- Under the locks. First what the applications wrote until now.
    perform consolidation.carry_the_rest();

    -- Bound by oid to the tables; to be bound to the views.
    statements := array(select b.statement from consolidation.rebinding() as b);

    for found in select * from consolidation.foreign_key() as f loop
        if found.drop_old is not null then
            execute found.drop_old;
        end if;
        if found.add_new is not null then
            statements := statements || found.add_new;
        end if;
        insert into consolidation.cut_over_log (stage, statement)
        select
            v.stage,
            v.statement
        from (
            values
            ('before', found.drop_new),
            ('after', found.add_old),
            ('validate', found.validate_new),
            ('validate back', found.validate_old)
        ) as v (stage, statement)
        where v.statement is not null;
    end loop;

    -- Accepted triggers stop here, and would otherwise fire again for what is carried back.
    for found in
        select
            g.tgrelid::regclass as relation,
            g.tgname,
            c.relname,
            g.tgenabled
        from pg_trigger as g
        inner join pg_class as c on c.oid = g.tgrelid
        where
            g.tgrelid in (
                select to_regclass(format('public.%I', t.name)) from unnest(six) as t (name)
            )
            and not g.tgisinternal
            and g.tgname not like 'capture\_%'
            and g.tgenabled <> 'D'
    loop
        execute format('alter table %s disable trigger %I', found.relation, found.tgname);
        insert into consolidation.cut_over_log (stage, statement)
        values (
            'after',
            format(
                'alter table public.%I enable %s trigger %I',
                found.relname,
                case found.tgenabled when 'R' then 'replica' when 'A' then 'always' end,
                found.tgname
            )
        );
    end loop;

    select string_agg(
        case u.role_name when 'public' then 'public' else quote_ident(u.role_name) end, ', '
    )
    into unscoped
    from consolidation.unscoped_role() as u;

    foreach name in array six loop
        perform consolidation.stop_capture(format('public.%I', name)::regclass);
        execute format('alter table public.%I set schema legacy', name);
        execute format('alter view consolidation.%I set schema public', name);
        perform consolidation.copy_grants(
            format('legacy.%I', name)::regclass, format('public.%I', name)::regclass
        );
        perform consolidation.grant_documents(format('public.%I', name)::regclass);
        select pg_get_userbyid(c.relowner)
        into owner
        from pg_class as c
        where c.oid = format('legacy.%I', name)::regclass;
        execute format('alter view public.%I owner to %I', name, owner);
        -- Keys between the old tables act as the owner of these.
        if not has_schema_privilege(owner, 'legacy', 'usage') then
            execute format('grant usage on schema legacy to %I', owner);
            insert into consolidation.cut_over_log (stage, statement)
            values ('after', format('revoke usage on schema legacy from %I', owner));
        end if;
    end loop;

    -- Ids: old code that calls nextval by name goes on, and new code takes from the same numbers.
    alter table public.user_workflow_run
    alter legacy_trace_id add generated by default as identity (
        sequence name public.workflow_trace_trace_id_seq
    );
    alter table public.user_workflow_run_step
    alter legacy_step_id add generated by default as identity (
        sequence name public.workflow_steps_step_id_seq
    );
    create sequence public.workflow_events_event_id_seq;
    create sequence public.workflow_trace_context_context_id_seq;
    foreach name in array id_sequences loop
        perform consolidation.continue_sequence(
            format('legacy.%I', name)::regclass, format('public.%I', name)::regclass, true
        );
    end loop;
    grant usage
    on sequence public.workflow_events_event_id_seq, public.workflow_trace_context_context_id_seq
    to workflow_maintenance;

    -- The two that are only renamed.
    alter table public.workflow_configs rename to user_workflow_config;
    alter table public.micro_state rename to user_workflow_cache_state;
    for found in
        select
            v.old_name,
            v.new_name,
            string_agg(format('t.%I', a.attname), ', ' order by a.attnum) as columns
        from (
            values
            ('workflow_configs', 'user_workflow_config'),
            ('micro_state', 'user_workflow_cache_state')
        ) as v (old_name, new_name)
        inner join pg_attribute as a on a.attrelid = format('public.%I', v.new_name)::regclass
        where a.attnum > 0 and not a.attisdropped
        group by v.old_name, v.new_name
    loop
        execute format(
            'create view public.%I with (security_invoker = true) as select %s from public.%I as t',
            found.old_name, found.columns, found.new_name
        );
        execute format(
            'comment on view public.%I is %L',
            found.old_name, format('Old name of %s, readable and writable', found.new_name)
        );
        -- For "update … set … = default"; an insert would find those of the table.
        for statement in
            select format(
                'alter view public.%I alter column %I set default %s',
                found.old_name, a.attname, pg_get_expr(d.adbin, d.adrelid)
            )
            from pg_attrdef as d
            inner join pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum
            where
                d.adrelid = format('public.%I', found.new_name)::regclass
                and a.attgenerated = ''
        loop
            execute statement;
        end loop;
        perform consolidation.copy_grants(
            format('public.%I', found.new_name)::regclass,
            format('public.%I', found.old_name)::regclass
        );
        select pg_get_userbyid(c.relowner)
        into owner
        from pg_class as c
        where c.oid = format('public.%I', found.new_name)::regclass;
        execute format('alter view public.%I owner to %I', found.old_name, owner);
    end loop;

    -- Row level security of the configurations, and for those who were not isolated before.
    insert into consolidation.cut_over_log (stage, statement)
    select 'after', v.statement
    from pg_class as c
    cross join lateral (
        values
        (
            c.relrowsecurity,
            'alter table public.workflow_configs disable row level security'
        ),
        (
            c.relforcerowsecurity,
            'alter table public.workflow_configs no force row level security'
        )
    ) as v (was_set, statement)
    where c.oid = 'public.user_workflow_config'::regclass and not v.was_set;
    -- Its own policies would be alternatives to the isolation; they come back with the old name.
    for found in
        select
            p.polname,
            consolidation.policy_definition(p.oid, 'public.workflow_configs') as statement
        from pg_policy as p
        where p.polrelid = 'public.user_workflow_config'::regclass
    loop
        insert into consolidation.cut_over_log (stage, statement)
        values ('after', found.statement);
        execute format('drop policy %I on public.user_workflow_config', found.polname);
    end loop;
    create policy user_workflow_config_org_isolation on public.user_workflow_config
    for all
    using (org_id = (select public.current_org_id()))
    with check (org_id = (select public.current_org_id()));
    comment on policy user_workflow_config_org_isolation on public.user_workflow_config is
    'A session sees and writes the organisation it names in app.current_org_id';
    create policy user_workflow_config_maintenance on public.user_workflow_config
    for all
    to workflow_maintenance
    using (true)
    with check (true);
    comment on policy user_workflow_config_maintenance on public.user_workflow_config is
    'Deploys and reports work across organisations';
    alter table public.user_workflow_config enable row level security;
    alter table public.user_workflow_config force row level security;
    if unscoped is not null then
        foreach name in array array[
            'user_workflow_run', 'user_workflow_run_step', 'user_workflow_config'
        ] loop
            execute format(
                'create policy %I on public.%I for all to %s
                using ((select public.current_org_id()) is null)
                with check ((select public.current_org_id()) is null)',
                name || '_unscoped', name, unscoped
            );
            execute format(
                'comment on policy %I on public.%I is %L',
                name || '_unscoped', name,
                'Roles that saw all organisations before the cut-over go on doing so, while they '
                'name none in app.current_org_id'
            );
        end loop;
    end if;

    insert into consolidation.cut_over_log (stage, statement)
    select
        'after',
        format('revoke %s on public.%I from %I', p.privilege, t.old_name, r.role_name)
    from (
        values
        ('workflow_configs', 'public.user_workflow_config'::regclass),
        ('micro_state', 'public.user_workflow_cache_state'::regclass)
    ) as t (old_name, relation)
    cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) as p (privilege)
    cross join unnest(array['workflow_app', 'workflow_maintenance']) as r (role_name)
    where not exists (
        select from pg_class as c
        cross join lateral aclexplode(c.relacl) as x
        where
            c.oid = t.relation
            and x.grantee = r.role_name::regrole
            and x.privilege_type = p.privilege
    );
    grant select, insert, update, delete
    on public.user_workflow_run, public.user_workflow_run_step,
    public.user_workflow_config, public.user_workflow_cache_state,
    public.workflow_trace, public.workflow_steps, public.workflow_events,
    public.workflow_trace_screenshot, public.workflow_trace_context,
    public.workflow_trace_endpoint, public.workflow_configs, public.micro_state
    to workflow_app, workflow_maintenance;
    grant select
    on consolidation.trace_row, consolidation.step_row, consolidation.event_row,
    consolidation.screenshot_row, consolidation.context_row, consolidation.endpoint_row
    to workflow_app;

    foreach statement in array statements loop
        execute statement;
    end loop;

    perform consolidation.start_capture('public.user_workflow_run', 'consolidation.capture_new');
    perform consolidation.start_capture(
        'public.user_workflow_run_step', 'consolidation.capture_new'
    );
end;
$$;
comment on function consolidation.swap_to_views() is
'The cut-over itself, under locks that cut_over() took: carries the last changes over, compares
them, moves the names, grants, foreign keys, sequences and dependent views';

create function consolidation.swap_to_tables()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    six constant text [] := array[
        'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
        'workflow_trace_context', 'workflow_trace_endpoint'
    ];
    id_sequences constant text [] := array[
        'workflow_trace_trace_id_seq', 'workflow_steps_step_id_seq',
        'workflow_events_event_id_seq', 'workflow_trace_context_context_id_seq'
    ];
    name text;
    found record;
    statements text [];
    statement text;
    owner text;
begin
    perform consolidation.carry_the_rest();

    statements := array(select b.statement from consolidation.rebinding() as b);

    perform consolidation.stop_capture('public.user_workflow_run');
    perform consolidation.stop_capture('public.user_workflow_run_step');

    for statement in
        select l.statement from consolidation.cut_over_log as l
        where l.stage = 'before'
        order by l.ordinal desc
    loop
        execute statement;
    end loop;

    foreach name in array array[
        'user_workflow_run', 'user_workflow_run_step', 'user_workflow_config'
    ] loop
        if exists (
            select from pg_policy as p
            where
                p.polrelid = format('public.%I', name)::regclass
                and p.polname = name || '_unscoped'
        ) then
            execute format('drop policy %I on public.%I', name || '_unscoped', name);
        end if;
    end loop;
    drop policy user_workflow_config_maintenance on public.user_workflow_config;
    drop policy user_workflow_config_org_isolation on public.user_workflow_config;

    -- The old sequences come back with their tables and want their names.
    foreach name in array id_sequences loop
        execute format(
            'revoke all on sequence public.%I from workflow_app, workflow_maintenance', name
        );
        perform consolidation.continue_sequence(
            format('public.%I', name)::regclass, format('legacy.%I', name)::regclass, false
        );
    end loop;
    alter table public.user_workflow_run alter legacy_trace_id drop identity;
    alter table public.user_workflow_run_step alter legacy_step_id drop identity;
    drop sequence public.workflow_events_event_id_seq;
    drop sequence public.workflow_trace_context_context_id_seq;

    -- Privileges that were changed since the cut-over go back with the names. Those of the roles of
    -- this project stay what they were on the tables before it.
    for found in
        select
            v.old_name,
            v.new_name
        from (
            values
            ('workflow_configs', 'user_workflow_config'),
            ('micro_state', 'user_workflow_cache_state')
        ) as v (old_name, new_name)
    loop
        execute format(
            'revoke all on public.%I from workflow_app, workflow_maintenance', found.old_name
        );
        perform consolidation.revoke_grants(format('public.%I', found.new_name)::regclass);
        perform consolidation.copy_grants(
            format('public.%I', found.old_name)::regclass,
            format('public.%I', found.new_name)::regclass
        );
        execute format('drop view public.%I', found.old_name);
        execute format('alter table public.%I rename to %I', found.new_name, found.old_name);
    end loop;

    select pg_get_userbyid(c.relowner)
    into owner
    from pg_class as c
    where c.oid = 'public.user_workflow_run'::regclass;
    foreach name in array six loop
        execute format('alter view public.%I set schema consolidation', name);
        execute format('alter table legacy.%I set schema public', name);
        execute format(
            'revoke all on consolidation.%I from workflow_app, workflow_maintenance', name
        );
        if name in ('workflow_trace', 'workflow_steps') then
            execute format('grant select on consolidation.%I to workflow_maintenance', name);
        end if;
        perform consolidation.revoke_grants(format('public.%I', name)::regclass);
        perform consolidation.copy_grants(
            format('consolidation.%I', name)::regclass, format('public.%I', name)::regclass
        );
        perform consolidation.revoke_grants(format('consolidation.%I', name)::regclass);
        execute format('alter view consolidation.%I owner to %I', name, owner);
        perform consolidation.start_capture(
            format('public.%I', name)::regclass, 'consolidation.capture_old'
        );
    end loop;
    foreach name in array array[
        'public.user_workflow_run', 'public.user_workflow_run_step', 'consolidation.event_row',
        'consolidation.screenshot_row', 'consolidation.context_row', 'consolidation.endpoint_row'
    ] loop
        perform consolidation.revoke_grants(name::regclass);
        execute format('revoke all on %s from workflow_app', name);
    end loop;

    for statement in
        select l.statement from consolidation.cut_over_log as l
        where l.stage = 'after'
        order by l.ordinal
    loop
        execute statement;
    end loop;
    foreach statement in array statements loop
        execute statement;
    end loop;
    delete from consolidation.cut_over_log as l where l.stage <> 'validate back';
end;
$$;
comment on function consolidation.swap_to_tables() is
'The way back itself, under locks that cut_back() took: the inverse of swap_to_views()';

create function consolidation.swap_locks()
returns regclass []
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    -- Views before what is behind them, executions before what belongs to them; then what a foreign
    -- key connects with any of them, since keys are dropped and made on both sides.
    with own (place, relation) as (
        select
            t.place,
            to_regclass('public.' || t.name)
        from unnest(
            array[
                'workflow_trace', 'workflow_steps', 'workflow_events',
                'workflow_trace_screenshot', 'workflow_trace_context',
                'workflow_trace_endpoint', 'workflow_configs', 'micro_state',
                'user_workflow_run', 'user_workflow_run_step', 'user_workflow_config',
                'user_workflow_cache_state'
            ]
        ) with ordinality as t (name, place)
    )

    select array_agg(c.relation order by c.place, c.relation)
    from (
        select
            o.place,
            o.relation
        from own as o
        where o.relation is not null
        union
        select
            1000,
            f.other::regclass
        from pg_constraint as k
        cross join lateral (values (k.conrelid, k.confrelid), (k.confrelid, k.conrelid))
        as f (own, other)
        where
            k.contype = 'f'
            and f.own in (
                select o.relation from own as o
                where o.relation::text not in (
                    'workflow_configs', 'micro_state', 'user_workflow_config',
                    'user_workflow_cache_state', 'public.workflow_configs', 'public.micro_state',
                    'public.user_workflow_config', 'public.user_workflow_cache_state'
                )
            )
            and f.other not in (select o.relation from own as o where o.relation is not null)
            and f.other not in (
                select c.oid from pg_class as c where c.relnamespace = 'legacy'::regnamespace
            )
    ) as c;
end;
comment on function consolidation.swap_locks() is
'Relations that a swap of the names locks in access exclusive mode, in this order';

create function consolidation.check_session(patience interval)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if patience is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'patience cannot be null';
    end if;
    perform consolidation.require_read_committed();
    perform consolidation.see_everything();
end;
$$;
comment on function consolidation.check_session(interval) is
'Raises 22023 for no patience, 25000 in a transaction that is not read committed, 42501 if row level
security hides rows';

create procedure consolidation.swap(direction text, patience interval)
language plpgsql
as $$
declare
    -- They are carried over and compared under the locks, some milliseconds each.
    few constant integer := 20;
    give_up_at constant timestamptz := clock_timestamp() + patience;
    began timestamptz;
    attempt integer := 0;
    reported timestamptz := clock_timestamp();
    waiting bigint;
    waited bigint;
    swapped boolean := false;
    reason text;
    detail text;
begin
    loop
        attempt := attempt + 1;
        waiting := null;
        -- Each pass has less to do than the one before, what came in while that one ran; or the
        -- applications write faster than this session carries over.
        loop
            call consolidation.catch_up(patience => give_up_at - clock_timestamp());
            waited := waiting;
            waiting := (select count(distinct c.trace_id) from consolidation.change as c);
            commit;
            exit when waiting <= few or waiting >= waited or clock_timestamp() >= give_up_at;
        end loop;
        began := clock_timestamp();
        begin
            -- Batches of other sessions are let finish; new ones wait for the swap.
            begin
                perform set_config('lock_timeout', '1s', true);
                perform pg_advisory_xact_lock(hashtext('workflow_consolidation'), 256);
            exception when lock_not_available then
                raise exception using
                    errcode = 'lock_not_available',
                    message = 'another session is carrying over a batch';
            end;
            waiting := (select count(distinct c.trace_id) from consolidation.change as c);
            if waiting > few then
                raise exception using
                    errcode = 'lock_not_available',
                    message = 'the applications write faster than this session carries over',
                    detail = format('%s executions wait in the queue.', waiting);
            end if;
            perform consolidation.take_locks(
                consolidation.swap_locks(), 'access exclusive', '0 s'
            );
            began := clock_timestamp();
            if direction = 'to views' then
                perform consolidation.swap_to_views();
            else
                perform consolidation.swap_to_tables();
            end if;
            swapped := true;
        exception when lock_not_available or deadlock_detected then
            get stacked diagnostics reason = message_text, detail = pg_exception_detail;
        end;
        commit;
        if swapped then
            raise notice 'the names were swapped in attempt %, the tables were locked for % ms',
                attempt, round(extract(epoch from clock_timestamp() - began) * 1000);
            exit;
        end if;
        if clock_timestamp() >= give_up_at then
            raise exception using
                errcode = 'lock_not_available',
                message = format(
                    'the names were not swapped within %s (%s attempts): %s',
                    date_trunc('second', patience + '0.5 seconds'), attempt, reason
                ),
                detail = detail,
                hint = 'Nothing was changed, and nobody waited longer than an attempt. End the '
                'long transactions, or run the same command at a quieter time.';
        end if;
        if clock_timestamp() > reported + interval '5 seconds' then
            reported := clock_timestamp();
            raise notice 'attempt %: %', attempt, coalesce(detail, reason);
        end if;
        perform pg_sleep(least(3, 0.1 * 1.5 ^ least(attempt, 20)) * (0.5 + random()));
        commit;
    end loop;
end;
$$;
comment on procedure consolidation.swap(text, interval) is
'Tries to swap the names until it succeeds or patience is over; called by cut_over and cut_back';

create procedure consolidation.validate(wanted_stage text)
language plpgsql
as $$
declare
    found record;
begin
    for found in
        select l.ordinal, l.statement from consolidation.cut_over_log as l
        where l.stage = wanted_stage
        order by l.ordinal
    loop
        execute found.statement;
        delete from consolidation.cut_over_log as l where l.ordinal = found.ordinal;
        commit;
    end loop;
end;
$$;
comment on procedure consolidation.validate(text) is
'Validates the foreign keys that a swap made again, each in a transaction of its own';

create procedure consolidation.refuse_findings()
language plpgsql
as $$
declare
    findings text;
    found_count bigint;
begin
    select
        count(*),
        string_agg(
            format('%s %s: %s. %s', p.kind, p.object, p.consequence, p.remedy),
            e'
' order by p.kind, p.object
        )
    into found_count, findings
    from consolidation.preflight as p
    where p.severity = 'refuse';
    if found_count > 0 then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('the preflight has %s findings; nothing was changed:', found_count)
            || e'
' || findings,
            hint = 'select * from consolidation.preflight; remedy each, or accept it: insert into '
            'consolidation.accepted (kind, object, reason) values (…)';
    end if;
end;
$$;
comment on procedure consolidation.refuse_findings() is
'Raises 55000 with every finding of the preflight that is neither remedied nor accepted';

create procedure consolidation.cut_over(patience interval default '5 minutes')
language plpgsql
as $$
declare
    began timestamptz;
    patience_left interval;
begin
    perform consolidation.check_session(patience);
    case consolidation.phase()
        when 'expand' then
            call consolidation.refuse_findings();
            if exists (select from consolidation.chunk as c where c.finished_at is null) then
                raise exception using
                    errcode = 'object_not_in_prerequisite_state',
                    message = 'the backfill is not done',
                    hint = 'call consolidation.backfill(); select * from consolidation.progress;';
            end if;
            began := clock_timestamp();
            call consolidation.catch_up(patience => patience);
            -- The comparison takes as long as it takes.
            patience_left := greatest(patience - (clock_timestamp() - began), '0');
            call consolidation.prove();
            perform consolidation.refuse_unequal();
            commit;
            call consolidation.swap('to views', patience_left);
        when 'cut over' then
            raise notice 'the names were swapped before; what follows is finished now';
        else
            raise exception using
                errcode = 'object_not_in_prerequisite_state',
                message = 'the old tables were dropped: there is nothing to cut over';
    end case;
    call consolidation.validate('validate');
end;
$$;
comment on procedure consolidation.cut_over(interval) is
'Makes the old names views. Checks the preflight and equality first, then tries for the locks until
patience is over (the time of the comparison does not count). Can be repeated. Raises 55000
(findings, or backfill not done), XX001 (differences), 55P03 (no locks, or the applications write
faster than this session carries over), 25000 (not read committed); nothing is changed then. Call it
outside a transaction';

create procedure consolidation.cut_back(patience interval default '5 minutes')
language plpgsql
as $$
begin
    perform consolidation.check_session(patience);
    case consolidation.phase()
        when 'cut over' then
            call consolidation.swap('to tables', patience);
        when 'expand' then
            raise notice 'the names were swapped back before; what follows is finished now';
        else
            raise exception using
                errcode = 'object_not_in_prerequisite_state',
                message = 'the old tables were dropped',
                hint = 'sqitch -C contract revert -- builds them again from the documents.';
    end case;
    call consolidation.validate('validate back');
end;
$$;
comment on procedure consolidation.cut_back(interval) is
'Makes the old names tables again, with everything written since. Tries for the locks until patience
is over. Can be repeated. Raises 55P03 (no locks) and 55000 (tables dropped); nothing is changed
then. Call it outside a transaction';

revoke all on function consolidation.policy_definition(oid, text) from public;
revoke all on function consolidation.copy_grants(regclass, regclass) from public;
revoke all on function consolidation.revoke_grants(regclass) from public;
revoke all on function consolidation.grant_documents(regclass) from public;
revoke all on function consolidation.continue_sequence(regclass, regclass, boolean) from public;
revoke all on function consolidation.carry_the_rest() from public;
revoke all on function consolidation.swap_to_views() from public;
revoke all on function consolidation.swap_to_tables() from public;
revoke all on function consolidation.swap_locks() from public;
revoke all on function consolidation.check_session(interval) from public;
revoke all on procedure consolidation.swap(text, interval) from public;
revoke all on procedure consolidation.validate(text) from public;
revoke all on procedure consolidation.refuse_findings() from public;
revoke all on procedure consolidation.cut_over(interval) from public;
revoke all on procedure consolidation.cut_back(interval) from public;

insert into consolidation.deployed_change (change) values ('swap/swap');

commit;
