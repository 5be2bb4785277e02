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

create function consolidation.leave_sources()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
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
end;
$$;
comment on function consolidation.leave_sources() is
'The inverse of derive_on_runs() and follow_sources()';

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
