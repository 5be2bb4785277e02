-- Deploy workflow_consolidation:proof/differences to pg
--
-- Why:    differences() lists the rows in which old tables and documents differ, as of one moment,
--         for people and for other scripts. The deploy itself proves in ranges: proof/prove.
-- Locks:  none; a call reads one snapshot.
-- Revert: drops the functions.

select consolidation.is_deployed('proof/differences') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.refuse_empty_comparison(
    lo bigint, hi bigint, ids bigint [], skip_pending boolean
)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
    is_limited constant boolean :=
        ids is not null or lo > -9223372036854775808 or hi < 9223372036854775807;
    problem text;
    seen bigint;
    pending bigint := 0;
begin
    if consolidation.phase() = 'contract' then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'the old tables were dropped: there is nothing to compare with';
    end if;
    select count(*)
    into seen
    from consolidation.old_trace as t
    where t.trace_id between lo and hi and (ids is null or t.trace_id = any (ids));
    if skip_pending then
        select count(*)
        into pending
        from consolidation.old_trace as t
        where
            t.trace_id between lo and hi
            and (ids is null or t.trace_id = any (ids))
            and exists (select from consolidation.change as c where c.trace_id = t.trace_id);
    end if;
    problem := case
        when
            skip_pending
            and exists (select from consolidation.change as c where c.trace_id is null)
            then 'a truncate is waiting in the queue: every run is pending'
        when seen > 0 and pending = seen
            then format('compared nothing: all %s runs are pending', seen)
        when
            seen = 0 and not is_limited
            and (
                select c.reltuples > 0
                from pg_class as c
                where c.oid = consolidation.old_table('workflow_trace')
            )
            then 'compared nothing, but workflow_trace is not known to be empty'
    end;
    if problem is not null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = problem,
            hint = 'call consolidation.catch_up(); or, if the table is empty, analyze it; then '
            'compare again.';
    end if;
end;
$$;
comment on function consolidation.refuse_empty_comparison(bigint, bigint, bigint [], boolean) is
'Raises 55000 where a comparison would see nothing, since that proves nothing';

create function consolidation.slice_end(lo bigint, hi bigint, ids bigint [], size integer)
returns bigint
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
    return coalesce(
        (
            select t.trace_id
            from consolidation.old_trace as t
            where t.trace_id between lo and hi and (ids is null or t.trace_id = any (ids))
            order by t.trace_id
            offset size - 1
            limit 1
        ),
        hi
    );
end;
$$;
comment on function consolidation.slice_end(bigint, bigint, bigint [], integer) is
'The trace_id up to which there are "size" runs from lo on; hi if there are fewer';

create function consolidation.differences(
    first_trace_id bigint default null,
    last_trace_id bigint default null,
    skip_pending boolean default false,
    trace_ids bigint [] default null
)
returns table (table_name text, key jsonb, columns text [], old_row jsonb, new_row jsonb)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set jit = off
set work_mem = '32MB'
as $$
declare
    -- Runs compared at once. This bounds the memory, whatever the tables hold.
    slice_size constant integer := 500;
    lo bigint := coalesce(first_trace_id, -9223372036854775808);
    hi constant bigint := coalesce(last_trace_id, 9223372036854775807);
    slice_end bigint;
    found_ids bigint [];
begin
    perform consolidation.see_everything();
    perform consolidation.refuse_empty_comparison(lo, hi, trace_ids, skip_pending);
    loop
        -- Slices count runs of the old table; those that only the documents have fall between them.
        slice_end := consolidation.slice_end(lo, hi, trace_ids, slice_size);
        found_ids := array(
            select s.trace_id
            -- Not in unnest(): the planner would call it once more for its estimate.
            from (select consolidation.suspects(lo, slice_end, trace_ids) as ids offset 0) as f
            cross join unnest(f.ids) as s (trace_id)
            where
                not skip_pending
                or not exists (
                    select from consolidation.change as c where c.trace_id = s.trace_id
                )
            order by s.trace_id
        );
        return query select d.* from consolidation.differences_of(found_ids) as d;
        exit when slice_end >= hi;
        lo := slice_end + 1;
    end loop;
end;
$$;
comment on function consolidation.differences(bigint, bigint, boolean, bigint []) is
'Each row in which old tables and documents differ: table, key, columns that differ, and both
versions as jsonb (null if there is none; a column without a value is left out, so that it differs
from a JSON null). Parameters: first and last trace_id, null for no limit; skip_pending leaves out
runs that wait in the queue; trace_ids names the runs to compare, null for all.
Everything is compared as of one moment; prove() compares range by range. Raises 55000 if it would
compare nothing although there is something, 42501 if row level security would hide rows';

call consolidation.note_deployed('proof/differences');

commit;
