-- Deploy workflow_consolidation:proof/prove to pg
--
-- Why:    prove() makes the whole proof, in ranges that hold a snapshot only for a moment, from as
--         many sessions as you like.
-- Locks:  none.
-- Revert: drops procedure and functions.

select consolidation.is_deployed('proof/prove') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create procedure consolidation.prove(
    batch_size integer default 100,
    batch_time interval default '500 ms',
    pause interval default '0',
    max_lag interval default null
)
language plpgsql
as $$
declare
    done bigint := 0;
begin
    perform consolidation.check_batch_size(batch_size);
    perform consolidation.check_pace(batch_time, pause, max_lag);
    perform consolidation.require_read_committed();
    perform consolidation.begin_proof();
    commit;
    call consolidation.run_batches('proof', batch_size, batch_time, pause, max_lag, done);
end;
$$;
comment on procedure consolidation.prove(integer, interval, interval, interval) is
'Compares old tables and documents in ranges, each with a snapshot of a moment and a commit. It
records results: if it is killed, the next call goes on where it was. Later writes are compared
again when they come through the queue. Run it from several sessions to use several cores.
Parameters as of backfill. Ends when all is compared, also if something differs:
consolidation.unequal_trace then lists the runs, and the cut-over refuses. Raises 55000 while the
backfill is not done. Call it outside a transaction';

create function consolidation.refuse_unequal()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    unequal bigint [];
    example record;
begin
    -- Runs that were repaired meanwhile are no reason to refuse.
    perform consolidation.record_comparison(
        -9223372036854775808, 9223372036854775807,
        array(select u.trace_id from consolidation.unequal_trace as u order by 1 limit 100)
    );
    unequal := array(select u.trace_id from consolidation.unequal_trace as u order by 1);
    if cardinality(unequal) = 0 then
        return;
    end if;
    select d.*
    into example
    from consolidation.differences(trace_ids => unequal[: 1]) as d
    limit 1;
    raise exception using
        errcode = 'data_corrupted',
        message = format(
            'old tables and documents differ in %s runs, for example %s %s in %s',
            cardinality(unequal), example.table_name, example.key, example.columns
        ),
        detail = format(
            'old: %s new: %s',
            coalesce(example.old_row::text, 'no row'), coalesce(example.new_row::text, 'no row')
        ),
        hint = 'Nothing was changed. select * from consolidation.differences(); shows all.';
end;
$$;
comment on function consolidation.refuse_unequal() is
'Raises XX001 with an example if the proof found runs that differ and still do';

create function consolidation.is_proved()
returns boolean
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select from consolidation.proof as p
        where p.capture_state = consolidation.capture_state()
    )
    and not exists (select from consolidation.missing_capture)
    and not exists (select from consolidation.unequal_trace)
    and not exists (
        select from consolidation.chunk as c where c.task = 'proof' and c.finished_at is null
    );
end;
$$;
comment on function consolidation.is_proved() is
'Whether every run was compared and found equal, and everything written since was noticed';

create function consolidation.refuse_missing_capture()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    missing record;
begin
    select
        string_agg(
            format('%s on %s', m.trigger_name, m.captured), ', '
            order by m.captured::text, m.trigger_name
        ) as triggers,
        string_agg(distinct m.remedy, ' ') as remedies
    into missing
    from consolidation.missing_capture as m;
    if missing.triggers is not null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('capture triggers do not fire: %s', missing.triggers),
            detail = 'Nothing was changed. A proof finds what was written meanwhile.',
            hint = missing.remedies;
    end if;
end;
$$;
comment on function consolidation.refuse_missing_capture() is
'Raises 55000 with the statements that make the capture triggers fire, if any does not';

create procedure consolidation.ensure_proof()
language plpgsql
as $$
begin
    perform consolidation.refuse_missing_capture();
    if not consolidation.is_proved() then
        call consolidation.prove();
        perform consolidation.refuse_unequal();
    end if;
    commit;
end;
$$;
comment on procedure consolidation.ensure_proof() is
'Proves equality unless a proof holds. Raises XX001 for runs that differ, 55000 while capture
triggers do not fire or the backfill is not done. Call it outside a transaction';

create function consolidation.keep_proof()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update consolidation.proof as p set capture_state = consolidation.capture_state();
end;
$$;
comment on function consolidation.keep_proof() is
'Lets the proof hold although the capture triggers are now others. A swap calls it, under its
locks';

call consolidation.note_deployed('proof/prove');

commit;
