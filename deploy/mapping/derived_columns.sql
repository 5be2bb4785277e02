-- Deploy workflow_consolidation:mapping/derived_columns to pg
--
-- Why:    a column that the old table of the runs lacks, and that the database administrator has
--         declared, is one of the documents, too. Triggers keep it what the declaration says: when
--         a run is written, and when a row is updated that the declaration reads. Without a
--         declaration this creates nothing but functions of the move.
-- Locks:  share row exclusive on the tables that a declaration reads, for a moment.
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

create function consolidation.derived_column()
returns table (column_name name, document_column name, type_name text, expression text)
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select
        b.view_column,
        b.base_column,
        format_type(a.atttypid, a.atttypmod),
        s.expression
    from consolidation.column_source as s
    inner join consolidation.base_column('consolidation.trace_row') as b
        on b.view_column = s.column_name
    inner join pg_attribute as a
        on a.attrelid = 'public.user_workflow_run'::regclass and a.attname = b.base_column
    where s.table_name = 'workflow_trace'
    order by a.attnum;
end;
comment on function consolidation.derived_column() is
'Columns of workflow_trace that it lacks and that are declared, with the column of the document';

create function consolidation.read_by_declaration()
returns table (relation regclass, column_name name)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    execute (
        select format(
            'create temporary view declaration as select %s from public.workflow_trace as t',
            string_agg(
                format('(%s)::%s as %I', d.expression, d.type_name, d.column_name), ', '
            )
        )
        from consolidation.derived_column() as d
    );
    relation := 'pg_temp.declaration'::regclass;
    return query
    select distinct
        d.refobjid::regclass,
        a.attname
    from pg_rewrite as r
    inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
    inner join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where
        r.ev_class = read_by_declaration.relation
        and d.refclassid = 'pg_class'::regclass
        and d.refobjid <> r.ev_class;
    drop view pg_temp.declaration;
end;
$$;
comment on function consolidation.read_by_declaration() is
'The columns that the declarations read, of workflow_trace and of other relations';

create function consolidation.declared_values(source text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    select format(
        '(select %s from (select %s) as t)',
        (
            select string_agg(
                format('(%s)::%s as %I', d.expression, d.type_name, d.document_column), ', '
            )
            from consolidation.derived_column() as d
        ),
        (
            select string_agg(format('%s.%I as %I', source, b.base_column, b.view_column), ', ')
            from consolidation.base_column('consolidation.trace_row') as b
            where b.view_column not in (
                select c.column_name from consolidation.computed_column('workflow_trace') as c
            )
        )
    );
end;
comment on function consolidation.declared_values(text) is
'Subquery with the values that the declarations give a run. source: a row of user_workflow_run';

create function consolidation.create_derive_columns()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    execute format(
        'create function public.derive_columns() returns trigger language plpgsql
        security definer set search_path = pg_catalog, pg_temp set row_security = on as %L',
        format(
            'begin select %s into %s from %s as d; return new; end;',
            (
                select string_agg(format('d.%I', d.document_column), ', ')
                from consolidation.derived_column() as d
            ),
            (
                select string_agg(format('new.%I', d.document_column), ', ')
                from consolidation.derived_column() as d
            ),
            consolidation.declared_values('new')
        )
    );
    comment on function public.derive_columns() is
    'Trigger, runs as workflow_maintenance: gives a run the values that were declared in
public.workflow_column_source, whatever was written';
    execute (
        select format(
            'create trigger derive_columns before insert or update of %s
            on public.user_workflow_run for each row execute function public.derive_columns()',
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
comment on function consolidation.create_derive_columns() is
'Creates the trigger of runs that fills derived columns';

create function consolidation.create_follow_declaration()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    source record;
begin
    execute format(
        'create function public.follow_declaration() returns trigger language plpgsql
        security definer set search_path = pg_catalog, pg_temp set row_security = on as %L',
        (
            select format(
                'begin if exists (select from pg_class as c where c.relkind = ''r''
                and c.oid = to_regclass(''public.workflow_trace'')) then
                insert into consolidation.change (trace_id) values (null); else
                update public.user_workflow_run as r set %s
                from public.user_workflow_run as o cross join lateral %s as d
                where o.run_id = r.run_id and (%s); end if; return null; end;',
                string_agg(format('%1$I = d.%1$I', d.document_column), ', '),
                consolidation.declared_values('o'),
                string_agg(format('o.%1$I is distinct from d.%1$I', d.document_column), ' or ')
            )
            from consolidation.derived_column() as d
        )
    );
    comment on function public.follow_declaration() is
    'Trigger, runs as workflow_maintenance, after an update of a row that a declaration reads: before
the cut-over it notes that all runs are to be carried over again, then it updates those that differ';
    insert into consolidation.declared_source (relation, was_readable)
    select distinct
        r.relation,
        has_table_privilege('workflow_maintenance', r.relation, 'select')
    from consolidation.read_by_declaration() as r
    where r.relation <> 'public.workflow_trace'::regclass;
    for source in
        select
            r.relation,
            string_agg(quote_ident(r.column_name), ', ' order by r.column_name) as names,
            string_agg(
                format('old.%1$I is distinct from new.%1$I', r.column_name), ' or '
                order by r.column_name
            ) as changes
        from consolidation.read_by_declaration() as r
        inner join consolidation.declared_source as s on s.relation = r.relation
        group by r.relation
    loop
        execute format('grant select on %s to workflow_maintenance', source.relation);
        execute format(
            'create trigger follow_declaration after update of %s on %s for each row when (%s)
            execute function public.follow_declaration()',
            source.names, source.relation, source.changes
        );
        execute format('alter table %s enable always trigger follow_declaration', source.relation);
        execute format(
            'create policy workflow_maintenance_reads on %s for select to workflow_maintenance
            using (true)', source.relation
        );
    end loop;
end;
$$;
comment on function consolidation.create_follow_declaration() is
'Creates the triggers of the tables that declarations read, and lets workflow_maintenance read them';

do $$
begin
    if exists (select from consolidation.derived_column()) then
        perform consolidation.create_derive_columns();
        perform consolidation.create_follow_declaration();
        perform consolidation.give_to_maintenance(
            array['public.derive_columns()', 'public.follow_declaration()']::regprocedure []
        );
    end if;
end
$$;

call consolidation.note_deployed('mapping/derived_columns');

commit;
