-- Deploy workflow_consolidation:move/rebuild_old_tables to pg
--
-- Why:    the revert of the contract project calls these to create the old tables again.
-- Locks:  none.
-- Revert: drops procedure and functions.

select consolidation.is_deployed('move/rebuild_old_tables') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.rebuild_old_tables()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    remembered text;
begin
    if consolidation.phase() <> 'contract' then
        return;
    end if;
    perform consolidation.take_locks(
        array['public.user_workflow_run', 'public.user_workflow_run_step']::regclass [],
        'share row exclusive'
    );
    for remembered in
        select d.statement
        from consolidation.dropped_table as d
        -- Indexes that can wait, and their comments, come after the rows.
        where d.ordinal < 17000
        order by
            d.ordinal / 1000,
            array_position(consolidation.six_tables(), d.table_name),
            d.ordinal
    loop
        execute remembered;
    end loop;
    delete from consolidation.dropped_table as d where d.ordinal < 17000;
    delete from consolidation.nullable_column;
    delete from consolidation.carried_back;
    delete from consolidation.set_aside as a where a.replaced_at is null;
    perform consolidation.forget_proof();
    perform consolidation.start_capture('public.user_workflow_run', 'consolidation.capture_new');
    perform consolidation.start_capture(
        'public.user_workflow_run_step', 'consolidation.capture_new'
    );
    -- Null stands for all runs, as after a truncate. catch_up() spells it out when writers no
    -- longer wait.
    insert into consolidation.change (trace_id) values (null);
end;
$$;
comment on function consolidation.rebuild_old_tables() is
'Creates the old tables again as they were, but empty, and puts every run into the queue. Does
nothing if they are there. catch_up() fills them, from as many sessions as you like; after that
build_late_indexes() makes what is not needed for it. Keys hold from the beginning, since a row that
one refuses is set aside';

create function consolidation.build_late_index()
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    late consolidation.dropped_table;
begin
    -- In the phase contract there is no table to build it on.
    select d.*
    into late
    from consolidation.dropped_table as d
    where consolidation.phase() <> 'contract'
    order by
        d.ordinal / 1000,
        array_position(consolidation.six_tables(), d.table_name),
        d.ordinal
    limit 1
    for update;
    if not found then
        return false;
    end if;
    execute late.statement;
    delete from consolidation.dropped_table as d
    where d.table_name = late.table_name and d.ordinal = late.ordinal;
    return true;
end;
$$;
comment on function consolidation.build_late_index() is
'Builds the next index that the revert of the contract left until the rows are there. Returns
whether there was one';

create procedure consolidation.build_late_indexes()
language plpgsql
as $$
begin
    while consolidation.build_late_index() loop
        commit;
    end loop;
end;
$$;
comment on procedure consolidation.build_late_indexes() is
'Builds the indexes that the revert of the contract left until the rows are there, one a
transaction: share on an old table that no application uses, while batches wait. If it is killed,
the next call goes on. Call it outside a transaction';

call consolidation.note_deployed('move/rebuild_old_tables');

commit;
