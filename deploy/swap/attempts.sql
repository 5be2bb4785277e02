-- Deploy workflow_consolidation:swap/attempts to pg
--
-- Why:    nobody waits long behind the swap. It asks for all locks at once for 40 ms. If it does
--         not get them it gives way, carries over what came in meanwhile, and tries again.
-- Locks:  none now. When called: access exclusive on the eight tables, and on tables that foreign
--         keys connect with them, all within 40 ms or not at all.
-- Revert: drops procedure and functions.

select consolidation.is_deployed('swap/attempts') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.swap_locks()
returns regclass []
language sql
stable
set search_path = pg_catalog, pg_temp
begin atomic
    -- Views come before the tables behind them, runs before the rows that belong to them. Then come
    -- tables that a foreign key connects with the six or the documents, since keys are dropped and
    -- made on both sides.
    with own as materialized (
        select
            n.place,
            to_regclass(format('public.%I', n.name)) as relation,
            n.name not in (
                'workflow_configs', 'micro_state', 'user_workflow_config',
                'user_workflow_cache_state'
            ) as has_moving_keys
        from unnest(
            consolidation.six_tables() || array[
                'workflow_configs', 'micro_state', 'user_workflow_run', 'user_workflow_run_step',
                'user_workflow_config', 'user_workflow_cache_state'
            ]
        ) with ordinality as n (name, place)
        where to_regclass(format('public.%I', n.name)) is not null
    ),

    connected as (
        select distinct f.other as relation
        from pg_constraint as k
        cross join lateral (values (k.conrelid, k.confrelid), (k.confrelid, k.conrelid))
        as f (own, other)
        inner join pg_class as c on c.oid = f.other
        where
            k.contype = 'f'
            and f.own in (select o.relation from own as o where o.has_moving_keys)
            and f.other not in (select o.relation from own as o)
            and c.relnamespace <> 'legacy'::regnamespace
        union
        -- A transaction that has written to one of these may still change runs.
        select s.relation
        from consolidation.declared_source as s
        union
        -- Tables whose defaults take numbers from an old sequence: these are bound again.
        select b.relation
        from consolidation.rebinding() as b
        where b.kind = 'default'
    )

    select array_agg(l.relation order by l.place, l.relation)
    from (
        select
            o.place,
            o.relation
        from own as o
        union all
        select
            1000,
            c.relation::regclass
        from connected as c
    ) as l;
end;
comment on function consolidation.swap_locks() is
'Relations that a swap of the names locks in access exclusive mode, in this order';

create function consolidation.queued_runs()
returns bigint
language sql
stable
set search_path = pg_catalog, pg_temp
return (select count(distinct c.trace_id) from consolidation.change as c);
comment on function consolidation.queued_runs() is
'Runs that wait in the queue';

create function consolidation.plan_swap()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
    perform consolidation.set_privileges('{schema,table,view,sequence}');
    perform consolidation.unscoped_roles();
    perform from consolidation.rebinding();
    perform from consolidation.privilege('public.user_workflow_run');
    perform from consolidation.old_constraint();
    perform from consolidation.not_null_column();
    perform from consolidation.other_default();
end;
$$;
comment on function consolidation.plan_swap() is
'Before the locks: runs the queries of a swap that take longer to plan than to execute. They do
nothing yet, and PL/pgSQL keeps their plans for this session';

create function consolidation.try_to_swap(
    direction text,
    few integer,
    out swapped boolean,
    out locked_at timestamptz,
    out reason text,
    out detail text
)
language plpgsql
set search_path = pg_catalog, pg_temp
-- Bounds the wait for locks that take_locks() does not take.
set lock_timeout = '40ms'
-- A plan that was made once is kept.
set plan_cache_mode = force_generic_plan
as $$
declare
    waiting bigint;
begin
    -- Batches of other sessions end first; new ones wait for the swap.
    perform consolidation.keep_batches_out('0 s');
    waiting := consolidation.queued_runs();
    if waiting > few then
        raise exception using
            errcode = 'lock_not_available',
            message = 'the applications write faster than this session carries over',
            detail = format('%s runs wait in the queue.', waiting);
    end if;
    perform consolidation.take_locks(consolidation.swap_locks(), 'access exclusive', '0 s');
    locked_at := clock_timestamp();
    if direction = 'to views' then
        perform consolidation.swap_to_views();
    else
        perform consolidation.swap_to_tables();
    end if;
    swapped := true;
exception when lock_not_available or deadlock_detected then
    swapped := false;
    get stacked diagnostics reason = message_text, detail = pg_exception_detail;
end;
$$;
comment on function consolidation.try_to_swap(text, integer) is
'One attempt to swap the names, to views or to tables, with no more than a few runs in the queue. If
it fails, it gives all locks back and says why';

create procedure consolidation.empty_queue(few integer, give_up_at timestamptz)
language plpgsql
as $$
declare
    waiting bigint;
    waited bigint;
begin
    -- Each pass carries what came in while the one before ran, and so has less to do. Otherwise the
    -- applications write faster than this session carries over.
    loop
        call consolidation.catch_up(
            patience => give_up_at operator(pg_catalog.-) pg_catalog.clock_timestamp()
        );
        waited := waiting;
        waiting := consolidation.queued_runs();
        exit when
            waiting operator(pg_catalog.<=) few
            or waiting operator(pg_catalog.>=) waited
            or pg_catalog.clock_timestamp() operator(pg_catalog.>=) give_up_at;
        commit;
    end loop;
    commit;
end;
$$;
comment on procedure consolidation.empty_queue(integer, timestamptz) is
'Carries over the runs in the queue until only a few wait there, or no fewer than before';

create procedure consolidation.swap(direction text, patience interval)
language plpgsql
as $$
declare
    -- These runs are carried over and compared under the locks, some milliseconds each.
    few constant integer := 20;
    give_up_at pg_catalog.timestamptz;
    reported pg_catalog.timestamptz;
    attempt record;
    attempts integer := 0;
begin
    give_up_at := pg_catalog.clock_timestamp() operator(pg_catalog.+) patience;
    reported := pg_catalog.clock_timestamp();
    loop
        attempts := attempts operator(pg_catalog.+) 1;
        call consolidation.empty_queue(few, give_up_at);
        call consolidation.ensure_proof();
        perform consolidation.plan_swap();
        select * into attempt from consolidation.try_to_swap(direction, few);
        commit;
        if attempt.swapped then
            raise notice 'the names were swapped in attempt %, the tables were locked for % ms',
                attempts, consolidation.milliseconds_since(attempt.locked_at);
            return;
        end if;
        if pg_catalog.clock_timestamp() operator(pg_catalog.>=) give_up_at then
            raise exception using
                errcode = 'lock_not_available',
                message = pg_catalog.format(
                    'the names were not swapped within %s (%s attempts): %s',
                    consolidation.whole_seconds(patience), attempts, attempt.reason
                ),
                detail = attempt.detail,
                hint = 'Nothing was changed, and nobody waited longer than an attempt. End the '
                'long transactions, or run the same command at a quieter time.';
        end if;
        if
            pg_catalog.clock_timestamp() operator(pg_catalog.>)
            (reported operator(pg_catalog.+) interval '5 seconds')
        then
            reported := pg_catalog.clock_timestamp();
            raise notice 'attempt %: %', attempts, coalesce(attempt.detail, attempt.reason);
        end if;
        perform consolidation.give_way(attempts);
        commit;
    end loop;
end;
$$;
comment on procedure consolidation.swap(text, interval) is
'Tries to swap the names until it succeeds or patience is over. cut_over and cut_back call it';

call consolidation.note_deployed('swap/attempts');

commit;
