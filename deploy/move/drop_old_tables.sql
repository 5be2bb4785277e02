-- Deploy workflow_consolidation:move/drop_old_tables to pg
--
-- Why:    the contract project calls these to drop the old tables.
-- Locks:  none.
-- Revert: drops procedure and functions.

select consolidation.is_deployed('move/drop_old_tables') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.forget_old_tables()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    old_tables constant text [] := consolidation.six_tables();
    old_name text;
    view regclass;
begin
    insert into consolidation.dropped_table (table_name, ordinal, statement)
    select
        t.name,
        d.ordinal,
        d.statement
    from unnest(old_tables) as t (name)
    cross join lateral consolidation.table_definition(format('legacy.%I', t.name)::regclass) as d;
    insert into consolidation.nullable_column (table_name, column_name)
    select
        t.name,
        c.column_name
    from unnest(old_tables) as t (name)
    cross join unnest(consolidation.nullable_columns(t.name)) as c (column_name);
    -- What a revert executes about a table is about the one that is created again.
    insert into consolidation.dropped_table (table_name, ordinal, statement)
    select
        t.name,
        16500 + row_number() over (partition by t.name order by l.ordinal),
        format(
            'update consolidation.cut_over_log set relation = ''legacy.%I'' where ordinal = %s',
            t.name, l.ordinal
        )
    from unnest(old_tables) as t (name)
    inner join consolidation.cut_over_log as l
        on l.relation = format('legacy.%I', t.name)::regclass;
    -- Each table goes before those it refers to.
    for old_name in
        select t.name from unnest(old_tables) with ordinality as t (name, place)
        order by t.place desc
    loop
        for view in
            select b.view
            from consolidation.bound_view(format('legacy.%I', old_name)::regclass) as b
        loop
            execute format('drop view %s', view);
        end loop;
        execute format('drop table legacy.%I', old_name);
    end loop;
end;
$$;
comment on function consolidation.forget_old_tables() is
'Drops the old tables and the views that are bound to them, and remembers their definitions';

create function consolidation.try_to_drop(
    out dropped boolean, out reason text, out detail text
)
language plpgsql
set search_path = pg_catalog, pg_temp
-- Bounds the wait for locks that take_locks() does not take.
set lock_timeout = '40ms'
as $$
begin
    -- Batches of other sessions end first: they write to the tables that are dropped.
    perform consolidation.keep_batches_out('0 s');
    perform consolidation.take_locks(
        array['public.user_workflow_run', 'public.user_workflow_run_step']::regclass [],
        'access exclusive', '0 s'
    );
    -- The proof holds while the capture was never interrupted. Otherwise it is made again, without
    -- the locks.
    if not consolidation.is_proved() then
        raise exception using
            errcode = 'lock_not_available',
            message = 'there is no proof that holds';
    end if;
    perform consolidation.stop_capture('public.user_workflow_run');
    perform consolidation.stop_capture('public.user_workflow_run_step');
    -- Writes that still wait are in the documents, which stay.
    delete from consolidation.change;
    perform consolidation.forget_proof();
    perform consolidation.forget_old_tables();
    dropped := true;
exception when lock_not_available or deadlock_detected then
    dropped := false;
    get stacked diagnostics reason = message_text, detail = pg_exception_detail;
end;
$$;
comment on function consolidation.try_to_drop() is
'One attempt to drop the old tables, proved equal to the documents under the locks. If it fails, it
gives all locks back and says why';

create procedure consolidation.drop_old_tables(patience interval default '5 minutes')
language plpgsql
as $$
declare
    give_up_at pg_catalog.timestamptz;
    attempt record;
    attempts integer := 0;
begin
    perform consolidation.check_session(patience);
    if consolidation.phase() operator(pg_catalog.=) 'contract' then
        raise notice 'the old tables were dropped before';
        return;
    end if;
    if consolidation.phase() operator(pg_catalog.<>) 'cut over' then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = pg_catalog.format(
                'the old tables cannot be dropped in the phase "%s"', consolidation.phase()
            ),
            hint = 'First: sqitch deploy';
    end if;
    call consolidation.build_late_indexes();
    loop
        call consolidation.catch_up();
        call consolidation.ensure_proof();
        attempts := attempts operator(pg_catalog.+) 1;
        -- Patience begins here: the proof takes as long as it takes.
        give_up_at := coalesce(
            give_up_at, pg_catalog.clock_timestamp() operator(pg_catalog.+) patience
        );
        select * into attempt from consolidation.try_to_drop();
        commit;
        exit when attempt.dropped;
        if pg_catalog.clock_timestamp() operator(pg_catalog.>=) give_up_at then
            raise exception using
                errcode = 'lock_not_available',
                message = pg_catalog.format(
                    'the old tables were not dropped within %s (%s attempts): %s',
                    consolidation.whole_seconds(patience), attempts, attempt.reason
                ),
                detail = attempt.detail,
                hint = 'Nothing was changed, and nobody waited longer than an attempt. End the '
                'long transactions, or run the same command at a quieter time.';
        end if;
        perform consolidation.give_way(attempts);
        commit;
    end loop;
end;
$$;
comment on procedure consolidation.drop_old_tables(interval) is
'Drops the old tables once they are proved equal to the documents. The contract project calls it.
Tries for the locks until patience is over. Raises 55000 (not cut over), XX001 (differences) and
55P03 (no locks); nothing is changed then. Call it outside a transaction';

call consolidation.note_deployed('move/drop_old_tables');

commit;
