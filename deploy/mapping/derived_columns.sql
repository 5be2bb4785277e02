-- Deploy workflow_consolidation:mapping/derived_columns to pg
--
-- Why:    triggers keep a declared column of runs what the declaration says: when a run is written,
--         and when a row is updated that the declaration reads. Without a declaration this creates
--         functions that nobody uses.
-- Locks:  share row exclusive on the tables that a declaration reads, for a moment; access
--         exclusive on those that have row level security, since they get a policy.
-- Revert: drops the triggers, and takes back privileges and policies.

select consolidation.is_deployed('mapping/derived_columns') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create table consolidation.declared_source (
    relation regclass not null,
    was_readable boolean not null,
    constraint declared_source_pkey primary key (relation)
);
comment on table consolidation.declared_source is 'Relations that the declarations of columns read';
comment on column consolidation.declared_source.relation is 'The relation';
comment on column consolidation.declared_source.was_readable is
'Whether workflow_maintenance could read it before the deploy';

create function consolidation.refuse_unknown(run jsonb)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    key record;
    is_known boolean;
begin
    for key in
        select
            k.conname,
            k.confrelid::regclass as relation,
            r.attname,
            run ->> o.attname as value
        from pg_constraint as k
        inner join consolidation.declared_source as s on s.relation = k.confrelid
        inner join pg_attribute as o on o.attrelid = k.conrelid and o.attnum = k.conkey[1]
        inner join pg_attribute as r on r.attrelid = k.confrelid and r.attnum = k.confkey[1]
        where
            k.contype = 'f'
            and k.conrelid = 'public.user_workflow_run'::regclass
            and cardinality(k.conkey) = 1
            and run ->> o.attname is not null
    loop
        execute format(
            'select exists (select from %s as s where s.%I::text = $1)', key.relation, key.attname
        ) into is_known using key.value;
        if not is_known then
            perform consolidation.raise_foreign_key(
                'public', 'user_workflow_run', key.conname,
                format('Key (%s) is not present in table "%s".', key.value, key.relation)
            );
        end if;
    end loop;
end;
$$;
comment on function consolidation.refuse_unknown(jsonb) is
'Raises 23503 for a run that refers to nothing, where that is why a declared column is null';

create function public.derive_columns()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
declare
    declared record;
begin
    -- Either follow_declaration() sees this run, or the next statement what it follows.
    perform pg_advisory_xact_lock_shared(tg_relid::bigint);
    select d.* into declared from (select null) /* declared of new */ as d;
    /* assigned */
    if not (declared is not null) then
        perform consolidation.refuse_unknown(to_jsonb(new));
    end if;
    return new;
end;
$$;
comment on function public.derive_columns() is
'Trigger, runs as workflow_maintenance: gives a run the values that were declared in
public.workflow_column_source, whatever was written. Without a declaration nothing uses it';

create function public.follow_declaration()
returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set row_security = on
as $$
declare
    is_changed boolean;
begin
    execute format(
        'select exists (select %1$s from new_row except select %1$s from old_row)', tg_argv[0]
    ) into is_changed;
    if not is_changed then
        return null;
    end if;
    if exists (
        select from pg_class as c
        where c.oid = to_regclass('public.workflow_trace') and c.relkind = 'r'
    ) then
        insert into consolidation.change (trace_id) values (null);
        return null;
    end if;
    perform pg_advisory_xact_lock('public.user_workflow_run'::regclass::bigint);
    -- The trigger of the run does the rest.
    update public.user_workflow_run as r
    set legacy_trace_id = r.legacy_trace_id
    where exists (
        select from (select null) /* declared of r */ as d where false /* differs */
    );
    return null;
end;
$$;
comment on function public.follow_declaration() is
'Trigger, runs as workflow_maintenance, after a statement updated rows that a declaration reads:
before the cut-over it notes that all runs are to be carried over again, then it updates those that
differ. Its argument lists the columns. Waits for sessions that write runs, and they for it. Without
a declaration nothing uses it';

create function consolidation.derive_on_runs()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    execute (
        select format(
            'create trigger derive_columns before insert or update of legacy_trace_id, %s '
            'on public.user_workflow_run for each row execute function public.derive_columns()',
            string_agg(distinct quote_ident(b.base_column), ', ')
        )
        from consolidation.base_column('consolidation.trace_row') as b
        where
            b.view_column in (select d.column_name from consolidation.derived_column() as d)
            or (to_regclass('public.workflow_trace'), b.view_column) in (
                select r.relation, r.column_name from consolidation.read_by_declaration() as r
            )
    );
    alter table public.user_workflow_run enable always trigger derive_columns;
end;
$$;
comment on function consolidation.derive_on_runs() is
'Creates the trigger of runs that fills derived columns';

create function consolidation.follow_sources()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    source record;
begin
    insert into consolidation.declared_source (relation, was_readable)
    select distinct
        r.relation,
        has_table_privilege('workflow_maintenance', r.relation, 'select')
    from consolidation.read_by_declaration() as r
    where r.relation <> 'public.workflow_trace'::regclass;
    for source in
        select
            r.relation,
            s.was_readable,
            c.relrowsecurity as is_restricted,
            string_agg(quote_ident(r.column_name), ', ' order by r.column_name) as names
        from consolidation.read_by_declaration() as r
        inner join consolidation.declared_source as s on s.relation = r.relation
        inner join pg_class as c on c.oid = r.relation
        group by r.relation, s.was_readable, c.relrowsecurity
    loop
        if not source.was_readable then
            execute format('grant select on %s to workflow_maintenance', source.relation);
        end if;
        execute format(
            'create trigger follow_declaration after update on %s '
            'referencing old table as old_row new table as new_row '
            'for each statement execute function public.follow_declaration(%L)',
            source.relation, source.names
        );
        execute format('alter table %s enable always trigger follow_declaration', source.relation);
        if source.is_restricted then
            execute format(
                'create policy workflow_maintenance_reads on %s for select '
                'to workflow_maintenance using (true)', source.relation
            );
        end if;
    end loop;
end;
$$;
comment on function consolidation.follow_sources() is
'Creates the triggers of the tables that declarations read, and lets workflow_maintenance read
them';

do $$
begin
    if exists (select from consolidation.derived_column()) then
        perform consolidation.fill_in('public.derive_columns()');
        perform consolidation.fill_in('public.follow_declaration()');
    end if;
    perform consolidation.give_to_maintenance(
        array['public.derive_columns()', 'public.follow_declaration()']::regprocedure []
    );
end
$$;

-- script/assess leaves this out: it locks tables of the application.
do $$
begin
    if exists (select from consolidation.derived_column()) then
        perform consolidation.derive_on_runs();
        perform consolidation.follow_sources();
    end if;
end
$$;

call consolidation.note_deployed('mapping/derived_columns');

commit;
