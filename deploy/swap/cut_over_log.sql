-- Deploy workflow_consolidation:swap/cut_over_log to pg
--
-- Why:    this table remembers what the catalog forgets when the names are swapped: the definition
--         of a key that has no place in the documents, which triggers fired, what was not
--         validated. A revert asks the catalog for everything that it knows.
-- Locks:  none.
-- Revert: drops table and functions.

select consolidation.is_deployed('swap/cut_over_log') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create table consolidation.cut_over_log (
    ordinal bigint generated always as identity,
    stage text not null,
    relation regclass,
    statement text not null,
    must_succeed boolean not null default false,
    constraint cut_over_log_pkey primary key (ordinal),
    constraint cut_over_log_stage_check check (
        stage in ('arrive', 'after', 'validate', 'validate back')
    )
);
comment on table consolidation.cut_over_log is
'Statements that a swap of the names left for later, because the catalog does not keep what they
say';
comment on column consolidation.cut_over_log.ordinal is 'Order in which they are executed';
comment on column consolidation.cut_over_log.stage is
'When it is executed. arrive: in this swap, once the names are moved. validate: at the end of the
cut-over, once the locks are gone. after: in the revert, once the names are moved. validate back: at
the end of the revert, once the locks are gone';
comment on column consolidation.cut_over_log.relation is
'Relation that the statement is about, whatever it is called when it is executed';
comment on column consolidation.cut_over_log.statement is
'One statement, without semicolon; <relation> in it stands for the name of the relation';
comment on column consolidation.cut_over_log.must_succeed is
'Whether it stops the revert when something that it names is gone, rather than being skipped';

create function consolidation.remember(
    stage text, relation regclass, statement text, must_succeed boolean default false
)
returns void
language sql
begin atomic
    insert into consolidation.cut_over_log (stage, relation, statement, must_succeed)
    select
        v.stage,
        v.relation,
        v.statement,
        v.must_succeed
    from (
        values (remember.stage, remember.relation, remember.statement, remember.must_succeed)
    ) as v (stage, relation, statement, must_succeed)
    where v.statement is not null;
end;
comment on function consolidation.remember(text, regclass, text, boolean) is
'Leaves a statement about a relation for a later stage; does nothing for null';

create function consolidation.execute_remembered(entry_ordinal bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    entry record;
    statement text;
begin
    delete from consolidation.cut_over_log as l
    where l.ordinal = entry_ordinal
    returning l.relation, l.statement, l.must_succeed into strict entry;
    -- The name of a relation that was dropped is a number.
    statement := replace(
        entry.statement, '<relation>',
        case when entry.relation::text ~ '^\d+$' then '"dropped"' else entry.relation::text end
    );
    execute coalesce(statement, entry.statement);
exception
    when undefined_table or undefined_object or undefined_column or undefined_function
        or invalid_schema_name
    then
        if entry.must_succeed then
            raise;
        end if;
        delete from consolidation.cut_over_log as l where l.ordinal = entry_ordinal;
        raise warning 'skipped: %', coalesce(statement, entry.statement)
            using detail = sqlerrm, hint = 'Something that it names was dropped or renamed.';
    -- Rows that were written while the key rested break it.
    when foreign_key_violation then
        delete from consolidation.cut_over_log as l where l.ordinal = entry_ordinal;
        raise warning 'holds for new rows only: %', coalesce(statement, entry.statement)
            using detail = sqlerrm, hint = 'Correct the rows, then execute it.';
end;
$$;
comment on function consolidation.execute_remembered(bigint) is
'Executes one entry of the log and deletes it. Skips it with a warning when something that it names
is gone. Leaves a key that rows break not validated, with a warning as well';

create function consolidation.execute_stage(wanted_stage text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    entry_ordinal bigint;
begin
    for entry_ordinal in
        select l.ordinal from consolidation.cut_over_log as l
        where l.stage = wanted_stage
        order by l.ordinal
    loop
        perform consolidation.execute_remembered(entry_ordinal);
    end loop;
end;
$$;
comment on function consolidation.execute_stage(text) is
'Executes the statements that were left for a stage, in their order';

-- The views are this project's own and do not change while the names are swapped. The relations
-- behind them are looked up before the locks, since this takes longer than all that is done under
-- them.
create table consolidation.noted_need (
    old_name regclass not null,
    privilege_type text not null,
    view_column name,
    needed text not null,
    relation regclass not null,
    column_name name
);
comment on table consolidation.noted_need is 'The result of needed_behind() before the locks';
comment on column consolidation.noted_need.old_name is 'View that an old name is or will be';
comment on column consolidation.noted_need.privilege_type is 'Privilege on it';
comment on column consolidation.noted_need.view_column is 'On this column of it; null for any';
comment on column consolidation.noted_need.needed is 'Privilege that this takes';
comment on column consolidation.noted_need.relation is 'On this relation behind';
comment on column consolidation.noted_need.column_name is 'On this column of it; null for all';

create table consolidation.noted_column (
    old_name regclass not null,
    view_column name not null,
    base_column name not null
);
comment on table consolidation.noted_column is 'The result of base_column() before the locks';
comment on column consolidation.noted_column.old_name is 'View that an old name is or will be';
comment on column consolidation.noted_column.view_column is 'Column of it';
comment on column consolidation.noted_column.base_column is 'Column of the document behind';

create function consolidation.note_behind()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from consolidation.noted_need;
    delete from consolidation.noted_column;
    insert into consolidation.noted_need
    select
        v.relation,
        n.privilege_type,
        n.view_column,
        n.needed,
        n.relation,
        n.column_name
    from consolidation.view_of_six() as v
    cross join consolidation.needed_behind(v.relation) as n;
    insert into consolidation.noted_column
    select
        v.relation,
        b.view_column,
        b.base_column
    from consolidation.view_of_six() as v
    cross join consolidation.base_column(v.relation) as b;
end;
$$;
comment on function consolidation.note_behind() is
'Looks up the relations and columns behind the old names, for the work under the locks';

call consolidation.note_deployed('swap/cut_over_log');

commit;
