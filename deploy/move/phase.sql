-- Deploy workflow_consolidation:move/phase to pg
--
-- Why:    these functions read from the catalog, at each call, where the database stands and where
--         the old tables are. The six tables are listed here and nowhere else.
-- Locks:  none.
-- Revert: drops functions and table.

select consolidation.is_deployed('move/phase') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create table consolidation.dropped_table (
    table_name text not null,
    ordinal integer not null,
    statement text not null,
    constraint dropped_table_pkey primary key (table_name, ordinal)
);
comment on table consolidation.dropped_table is
'Statements that create the old tables again. The contract project writes them when it drops the
tables. Its revert leaves those of indexes until the rows are there';
comment on column consolidation.dropped_table.table_name is 'Old table the statement belongs to';
comment on column consolidation.dropped_table.ordinal is 'Order of execution, from 1';
comment on column consolidation.dropped_table.statement is 'One DDL statement, without semicolon';

create function consolidation.six_tables()
returns text []
language sql
immutable
parallel safe
return array[
    'workflow_trace',
    'workflow_steps',
    'workflow_events',
    'workflow_trace_screenshot',
    'workflow_trace_context',
    'workflow_trace_endpoint'
];
comment on function consolidation.six_tables() is
'The old tables that become documents, each after those it refers to';

create function consolidation.require_read_committed()
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception using
            errcode = 'invalid_transaction_state',
            message = format(
                'this works in read committed only, not in %s',
                current_setting('transaction_isolation')
            ),
            hint = 'set default_transaction_isolation = ''read committed''; an older snapshot '
            'would miss what was written last.';
    end if;
end;
$$;
comment on function consolidation.require_read_committed() is
'Raises 25000 in a transaction that is not read committed: carrying over or back takes locks first,
and then has to see what was committed until then';

create function consolidation.phase()
returns text
language sql
stable
parallel safe
return
case
    when (select c.relkind from pg_catalog.pg_class as c
        where c.oid = to_regclass('public.workflow_trace')) = 'r' then 'expand'
    when to_regclass('legacy.workflow_trace') is not null then 'cut over'
    -- From 17000 on, indexes that a revert builds when the rows are there.
    when exists (select from consolidation.dropped_table as d where d.ordinal < 17000)
        then 'contract'
end;
comment on function consolidation.phase() is
'Where the database stands, read from the catalog: "expand" (the old names are tables),
"cut over" (they are views, the tables are in legacy), "contract" (the tables are dropped)';

create function consolidation.old_table(table_name text)
returns regclass
language sql
stable
parallel safe
return coalesce(
    to_regclass(format('legacy.%I', table_name)),
    to_regclass(format('public.%I', table_name))
);
comment on function consolidation.old_table(text) is
'Returns the old table of that name, wherever the phase keeps it; null if there is none';

create function consolidation.old_name(table_name text)
returns regclass
language sql
stable
parallel safe
return coalesce(
    to_regclass(format('consolidation.%I', table_name)),
    to_regclass(format('public.%I', table_name))
);
comment on function consolidation.old_name(text) is
'Returns the compatibility view of that name, wherever the phase keeps it; null if there is none';

insert into consolidation.deployed_change (change) values ('move/phase');

commit;
