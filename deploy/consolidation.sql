-- Deploy workflow_consolidation:consolidation to pg
--
-- Why:    "consolidation" holds what the move needs, "legacy" keeps the old tables after the
--         cut-over. Neither is for applications: everything they name is in "public".
-- Locks:  none.
-- Revert: drops both schemas, which by then are empty.

begin;

set local lock_timeout = '2s';

create schema consolidation;
comment on schema consolidation is
'Moves the eight workflow tables into documents and back; not for applications';
revoke all on schema consolidation from public;
grant usage on schema consolidation to workflow_maintenance;

create schema legacy;
comment on schema legacy is
'The six old workflow tables, from the cut-over until the contract project drops them';
revoke all on schema legacy from public;
grant usage on schema legacy to workflow_maintenance;

create table consolidation.dropped_table (
    table_name text not null,
    ordinal integer not null,
    statement text not null,
    constraint dropped_table_pkey primary key (table_name, ordinal)
);
comment on table consolidation.dropped_table is
'How to create the old tables again: written by the contract project when it drops them';
comment on column consolidation.dropped_table.table_name is 'Old table the statement belongs to';
comment on column consolidation.dropped_table.ordinal is 'Order of execution, from 1';
comment on column consolidation.dropped_table.statement is 'One DDL statement, without semicolon';

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
'Raises 25000 in a transaction that is not read committed: whoever carries over or back takes locks
first and has to see what was committed until then';
revoke all on function consolidation.require_read_committed() from public;
grant execute on function consolidation.require_read_committed() to workflow_maintenance;

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
    when exists (select from consolidation.dropped_table) then 'contract'
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

commit;
