--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: consolidation; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA consolidation;

--
-- Name: SCHEMA consolidation; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA consolidation IS 'Moves the eight workflow tables into documents and back; not for applications';

--
-- Name: legacy; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA legacy;

--
-- Name: SCHEMA legacy; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA legacy IS 'The six old workflow tables, from the cut-over until the contract project drops them';

--
-- Name: public; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA public;

--
-- Name: SCHEMA public; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA public IS 'standard public schema';

--
-- Name: event_object; Type: TYPE; Schema: consolidation; Owner: -
--

CREATE TYPE consolidation.event_object AS (
	type text,
	"timestamp" text,
	data jsonb,
	event_id bigint
);

--
-- Name: TYPE event_object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TYPE consolidation.event_object IS 'An element of events';

--
-- Name: screenshot_object; Type: TYPE; Schema: consolidation; Owner: -
--

CREATE TYPE consolidation.screenshot_object AS (
	url text,
	thumbnail_url text,
	"timestamp" text,
	action text,
	selector text,
	element_found boolean,
	confidence numeric,
	screenshot_id uuid,
	org_id uuid,
	node_id uuid,
	node_name text,
	step_index integer
);

--
-- Name: TYPE screenshot_object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TYPE consolidation.screenshot_object IS 'An element of screenshots';

--
-- Name: backfill(integer, interval, interval, interval); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.backfill(IN batch_size integer DEFAULT 100, IN batch_time interval DEFAULT '00:00:00.5'::interval, IN pause interval DEFAULT '00:00:00'::interval, IN max_lag interval DEFAULT NULL::interval)
    LANGUAGE plpgsql
    AS $$
declare
    size integer := batch_size;
    claimed bigint;
    carried bigint;
    done bigint := 0;
    stopped boolean;
    early boolean;
    state record;
    began constant timestamptz := clock_timestamp();
    batch_began timestamptz;
    batch_ended timestamptz;
    reported timestamptz := clock_timestamp();
begin
    perform consolidation.check_batch_size(batch_size);
    perform consolidation.check_pace(batch_time, pause, max_lag);
    perform consolidation.require_read_committed();
    perform consolidation.plan_chunks();
    commit;
    loop
        loop
            stopped := consolidation.is_asked_to_stop();
            early := clock_timestamp() < batch_ended + pause
            or consolidation.standby_lag() > max_lag;
            commit;
            exit when stopped or early is not true;
            if
                consolidation.standby_lag() > max_lag
                and clock_timestamp() > reported + interval '5 seconds'
            then
                reported := clock_timestamp();
                raise notice 'backfill: waits for a standby that is % behind',
                    consolidation.standby_lag();
            end if;
            perform pg_sleep(0.05);
        end loop;
        if stopped then
            raise notice 'backfill: ends as asked; this session carried over % executions', done;
            return;
        end if;
        claimed := consolidation.claim_chunk(size);
        commit;
        exit when claimed is null;
        batch_began := clock_timestamp();
        carried := consolidation.carry_chunk(claimed);
        commit;
        batch_ended := clock_timestamp();
        exit when carried is null;
        done := done + carried;
        -- Of a batch that was smaller than wanted the time says little.
        if carried = size and batch_time is not null then
            size := least(
                100000,
                greatest(
                    1,
                    size * least(
                        2,
                        extract(epoch from batch_time)
                        / greatest(extract(epoch from batch_ended - batch_began), 0.001)
                    )
                )
            )::integer;
        end if;
        if clock_timestamp() > reported + interval '5 seconds' then
            reported := clock_timestamp();
            select p.* into state from consolidation.progress as p;
            raise notice 'backfill: % of % executions (% %%), % a second, % left, queue %',
                state.runs_done, state.runs_total, state.percent, state.runs_per_second,
                state.time_left, state.queue_depth;
        end if;
    end loop;
    call consolidation.catch_up(greatest(size, 1000));
    raise notice 'backfill: this session carried over % executions, % a second',
        done,
        round(done / greatest(extract(epoch from clock_timestamp() - began), 0.001));
end;
$$;

--
-- Name: PROCEDURE backfill(IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.backfill(IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval) IS 'Carries all executions over, a batch a transaction. batch_size: executions of the first batch;
batch_time: how long a batch should take, the following ones get as many executions as fit, at most
twice as many as the one before; null for batch_size always. pause: rest of this session between two
batches. max_lag: waits as long as a standby is farther behind in replaying; null for not at all.
Can be killed and repeated: what was committed stays done. Run it from several sessions to use
several cores; each returns when all is done, or when stop_backfill asks it to. Raises 22023 for a
parameter out of range, 42501 for max_lag without pg_read_all_stats, 23502 for a row that cannot be
carried. Call it outside a transaction';

--
-- Name: base_column(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.base_column(old_name regclass) RETURNS TABLE(view_column name, base_column name)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 SELECT (COALESCE(m.part[2], m.part[1]))::name AS "coalesce",
     (m.part[1])::name AS part
    FROM regexp_matches(pg_get_viewdef((base_column.old_name)::oid), '(?:[rs]\.)?(\w+)(?: AS (\w+))?(?:,|\n\s*FROM )'::text, 'g'::text) m(part);
END;

--
-- Name: FUNCTION base_column(old_name regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.base_column(old_name regclass) IS 'Columns of the views workflow_trace and workflow_steps, and the document columns behind them';

--
-- Name: capture_new(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.capture_new() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
begin
    case tg_op
        when 'INSERT' then
            insert into consolidation.change (trace_id)
            select distinct n.legacy_trace_id from new_row as n;
        when 'UPDATE' then
            insert into consolidation.change (trace_id)
            select n.legacy_trace_id from new_row as n
            union
            select o.legacy_trace_id from old_row as o;
        when 'DELETE' then
            insert into consolidation.change (trace_id)
            select distinct o.legacy_trace_id from old_row as o;
        else
            insert into consolidation.change (trace_id) values (null);
    end case;
    return null;
end;
$$;

--
-- Name: FUNCTION capture_new(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.capture_new() IS 'Trigger on the document tables: notes the executions a statement touched in consolidation.change';

--
-- Name: capture_old(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.capture_old() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
begin
    case tg_op
        when 'INSERT' then
            insert into consolidation.change (trace_id)
            select distinct n.trace_id from new_row as n;
        when 'UPDATE' then
            insert into consolidation.change (trace_id)
            select n.trace_id from new_row as n
            union
            select o.trace_id from old_row as o;
        when 'DELETE' then
            insert into consolidation.change (trace_id)
            select distinct o.trace_id from old_row as o;
        else
            insert into consolidation.change (trace_id) values (null);
    end case;
    return null;
end;
$$;

--
-- Name: FUNCTION capture_old(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.capture_old() IS 'Trigger on the old tables: notes the executions a statement touched in consolidation.change';

--
-- Name: carry_back(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.carry_back(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $_$
declare
    target record;
    write_rows text;
    refused text [];
    -- Steps that stand under an execution that they were moved away from.
    moved bigint [];
begin
    perform consolidation.see_everything();
    perform consolidation.require_read_committed();
    perform consolidation.lock_traces(trace_ids);

    moved := array(
        select d.step_id
        from public.workflow_steps as s
        inner join legacy.workflow_steps as d on d.step_id = s.step_id
        where s.trace_id = any (trace_ids) and d.trace_id <> s.trace_id
    );
    if cardinality(moved) > 0 then
        delete from legacy.workflow_events as d where d.step_id = any (moved);
        delete from legacy.workflow_steps as d where d.step_id = any (moved);
    end if;
    delete from legacy.workflow_events as d where d.trace_id = any (trace_ids);
    delete from legacy.workflow_trace_screenshot as d where d.trace_id = any (trace_ids);
    delete from legacy.workflow_trace_context as d where d.trace_id = any (trace_ids);
    delete from legacy.workflow_trace_endpoint as d where d.trace_id = any (trace_ids);
    delete from legacy.workflow_steps as d where d.trace_id = any (trace_ids);
    delete from legacy.workflow_trace as d where d.trace_id = any (trace_ids);

    for target in
        select
            c.table_name,
            c.source,
            c.id,
            c.has_place,
            string_agg(format('%I', a.attname), ', ' order by a.attnum) as columns,
            -- An adopted table may have an enum where the documents have text.
            string_agg(
                format('w.%I::%s', a.attname, format_type(a.atttypid, a.atttypmod)),
                ', ' order by a.attnum
            ) as expressions
        from (
            values
            (1, 'workflow_trace', 'public.workflow_trace', 'trace_id', false),
            (2, 'workflow_steps', 'public.workflow_steps', 'step_id', false),
            (3, 'workflow_events', 'consolidation.event_row', 'event_id', true),
            (4, 'workflow_trace_screenshot', 'consolidation.screenshot_row', 'screenshot_id', true),
            (5, 'workflow_trace_context', 'consolidation.context_row', 'context_id', true),
            (6, 'workflow_trace_endpoint', 'consolidation.endpoint_row', 'endpoint_id', true)
        ) as c (ordinal, table_name, source, id, has_place)
        inner join pg_attribute as a
            on a.attrelid = to_regclass(format('legacy.%I', c.table_name))
        where a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        group by c.ordinal, c.table_name, c.source, c.id, c.has_place
        order by c.ordinal
    loop
        write_rows := format(
            'with wanted as materialized (
                select distinct on (w.trace_id, w.%3$I) %4$s
                from %5$s as w
                where w.trace_id = any ($1) and %6$s and ($2 is null or w.%3$I::text = any ($2))
                order by w.trace_id, w.%3$I %7$s
            ),

            written (trace, id) as (
                insert into legacy.%1$I (%2$s) overriding system value
                select * from wanted %8$s
                returning trace_id, %3$I
            )

            select array_agg(w.%3$I::text)
            from wanted as w
            where (w.trace_id, w.%3$I) not in (select r.trace, r.id from written as r)',
            target.table_name, target.columns, target.id, target.expressions, target.source,
            case when target.has_place then 'w.fits' else 'true' end,
            -- The first of several with the same id, as differences() has it.
            case
                when target.has_place then format(', w.place, row(%s)::text', target.expressions)
            end,
            case when target.has_place then 'on conflict do nothing' end
        );
        execute write_rows into refused using trace_ids, null::text [];
        if refused is null then
            continue;
        end if;
        -- An id may still stand under the execution it was moved away from, which then is in the
        -- queue, too. If that one still shows it, it keeps it: the old table holds an id once.
        execute format(
            'delete from legacy.%1$I as d
            where
                d.%2$I::text = any ($1)
                and not exists (
                    select from %3$s as e
                    where e.trace_id = d.trace_id and e.%2$I = d.%2$I
                )',
            target.table_name, target.id, target.source
        ) using refused;
        execute write_rows into refused using trace_ids, refused;
    end loop;

    insert into consolidation.carried_back (trace_id)
    select distinct t.trace_id from unnest(trace_ids) as t (trace_id)
    on conflict do nothing;
end;
$_$;

--
-- Name: FUNCTION carry_back(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.carry_back(trace_ids bigint[]) IS 'Writes these executions, as the old names show them, into the tables of the schema legacy; what
those cannot hold stays in the documents. Raises 25000 in a transaction that is not read committed';

--
-- Name: carry_changes(integer); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.carry_changes(batch_size integer) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    touched bigint [];
    taken integer;
    everything boolean;
begin
    perform consolidation.enter_batch();
    -- Entries are cheap and executions are not: of the next entries, twenty times as many as
    -- executions are wanted, those of the first batch_size executions are taken. A busy execution
    -- is carried over once, however often it was written to.
    with head as (
        select
            q.change_id,
            q.trace_id
        from consolidation.change as q
        order by q.change_id
        limit 20 * batch_size
        for update skip locked
    ),

    wanted as (
        select h.trace_id
        from head as h
        group by h.trace_id
        order by min(h.change_id)
        limit batch_size
    ),

    taken_change as (
        delete from consolidation.change as c
        using head as h, wanted as w
        where c.change_id = h.change_id and h.trace_id is not distinct from w.trace_id
        returning c.trace_id
    )

    select
        count(*)::integer,
        coalesce(array_agg(distinct t.trace_id) filter (where t.trace_id is not null), '{}'),
        coalesce(bool_or(t.trace_id is null), false)
    into taken, touched, everything
    from taken_change as t;

    if everything then
        perform consolidation.note_everything();
    end if;
    if cardinality(touched) > 0 then
        case consolidation.phase()
            when 'expand' then perform consolidation.consolidate(touched);
            when 'cut over' then perform consolidation.carry_back(touched);
            else null;
        end case;
    end if;
    return taken;
end;
$$;

--
-- Name: FUNCTION carry_changes(batch_size integer); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.carry_changes(batch_size integer) IS 'Takes the entries of up to batch_size executions from the queue and carries these over (after the
cut-over: back); returns how many entries it took';

--
-- Name: carry_chunk(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.carry_chunk(claimed_id bigint) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'legacy', 'public', 'pg_temp'
    AS $$
declare
    claimed consolidation.chunk;
    trace_ids bigint [];
    began constant timestamptz := clock_timestamp();
begin
    perform consolidation.see_everything();
    perform consolidation.enter_batch();
    if consolidation.phase() <> 'expand' then
        return null;
    end if;
    -- Until the end of the batch: whoever finds it unlocked may take it to be left.
    select c.*
    into claimed
    from consolidation.chunk as c
    where c.chunk_id = claimed_id and c.finished_at is null
    for update skip locked;
    if not found then
        return 0;
    end if;
    trace_ids := array(
        select t.trace_id
        from workflow_trace as t
        where t.trace_id between claimed.first_trace_id and claimed.last_trace_id
    );
    perform consolidation.lock_traces_shared(trace_ids);
    perform consolidation.rebuild_documents(trace_ids);
    update consolidation.chunk as c
    set
        traces = cardinality(trace_ids),
        steps = (
            select count(*)
            from workflow_steps as s
            where s.trace_id between c.first_trace_id and c.last_trace_id
        ),
        events = (
            select count(*)
            from workflow_events as e
            where e.trace_id between c.first_trace_id and c.last_trace_id
        ),
        pid = pg_backend_pid(),
        started_at = began,
        finished_at = clock_timestamp()
    where c.chunk_id = claimed.chunk_id;
    return cardinality(trace_ids);
end;
$$;

--
-- Name: FUNCTION carry_chunk(claimed_id bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.carry_chunk(claimed_id bigint) IS 'Carries over a range that claim_chunk returned; returns its executions, 0 if another session has
it, null after the cut-over';

--
-- Name: carry_the_rest(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.carry_the_rest() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    back constant boolean := consolidation.phase() = 'cut over';
    pending bigint [];
    example record;
begin
    pending := array(
        select distinct c.trace_id from consolidation.change as c where c.trace_id is not null
    );
    if exists (select from consolidation.change as c where c.trace_id is null) then
        raise exception using errcode = 'lock_not_available', message = 'a truncate came in';
    end if;
    -- Everybody waits meanwhile.
    if cardinality(pending) > 60 then
        raise exception using
            errcode = 'lock_not_available',
            message = 'too much came in while the locks were waited for',
            detail = format('%s executions wait in the queue.', cardinality(pending));
    end if;
    delete from consolidation.change;
    if cardinality(pending) = 0 then
        return;
    end if;
    if back then
        perform consolidation.carry_back(pending);
    else
        perform consolidation.consolidate(pending);
    end if;
    select * into example from consolidation.differences(trace_ids => pending) limit 1;
    if found then
        raise exception using
            errcode = 'data_corrupted',
            message = format(
                '%s %s differs after it was carried %s',
                example.table_name, example.key, case when back then 'back' else 'over' end
            ),
            detail = format('old: %s new: %s', example.old_row, example.new_row),
            hint = 'select * from consolidation.differences();';
    end if;
end;
$$;

--
-- Name: FUNCTION carry_the_rest(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.carry_the_rest() IS 'Under the locks of a swap: empties the queue, carries its executions over (after the cut-over:
back) and compares them. Raises 55P03 after a truncate and for more than 60 executions, to be
carried over without locks, and XX001 for a difference';

--
-- Name: catch_up(integer, interval); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.catch_up(IN batch_size integer DEFAULT 1000, IN patience interval DEFAULT NULL::interval)
    LANGUAGE plpgsql
    AS $$
declare
    began constant timestamptz := clock_timestamp();
    last_change bigint;
    taken integer;
    stopped boolean;
    total bigint := 0;
    reported timestamptz := clock_timestamp();
begin
    perform consolidation.check_batch_size(batch_size);
    perform consolidation.require_read_committed();
    -- What comes in from here on is left to the next call: busy writers would keep this one for
    -- ever. A truncate stands for entries behind all others.
    if exists (select from consolidation.change as c where c.trace_id is null) then
        delete from consolidation.change as c where c.trace_id is null;
        perform consolidation.note_everything();
    end if;
    last_change := (select max(c.change_id) from consolidation.change as c);
    loop
        taken := consolidation.carry_changes(batch_size);
        stopped := consolidation.is_asked_to_stop();
        commit;
        total := total + taken;
        exit when taken = 0 or stopped or clock_timestamp() > began + patience
            or not exists (
                select from consolidation.change as c where c.change_id <= last_change
            );
        if clock_timestamp() > reported + interval '5 seconds' then
            reported := clock_timestamp();
            raise notice 'caught up with % changes, % in the queue',
                total, (select count(*) from consolidation.change);
        end if;
    end loop;
end;
$$;

--
-- Name: PROCEDURE catch_up(IN batch_size integer, IN patience interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.catch_up(IN batch_size integer, IN patience interval) IS 'Carries over what was written since: before the cut-over to the documents, after it to the old
tables, so that a revert finds little left to do. Commits every batch_size executions; can be killed
and repeated, and run from several sessions. Ends when what was in the queue at its begin is carried
over, when patience is over (default: never), or when stop_backfill asks it to. Raises 22023 for a
batch_size out of range. Call it outside a transaction';

--
-- Name: check_batch_size(integer); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.check_batch_size(batch_size integer) RETURNS void
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if batch_size is null or batch_size not between 1 and 100000 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'batch_size %s is not between 1 and 100000', coalesce(batch_size::text, 'null')
            );
    end if;
end;
$$;

--
-- Name: FUNCTION check_batch_size(batch_size integer); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.check_batch_size(batch_size integer) IS 'Raises 22023 unless batch_size is between 1 and 100000';

--
-- Name: check_pace(interval, interval, interval); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.check_pace(batch_time interval, pause interval, max_lag interval) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    wrong constant text := case
        when batch_time <= interval '0' then format('batch_time %s is not positive', batch_time)
        when pause < interval '0' then format('pause %s is negative', pause)
        when max_lag <= interval '0' then format('max_lag %s is not positive', max_lag)
    end;
begin
    if wrong is not null then
        raise exception using errcode = 'invalid_parameter_value', message = wrong;
    end if;
    if max_lag is not null and not pg_has_role('pg_read_all_stats', 'usage') then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format('max_lag: %s may not see how far the standbys are', current_user),
            hint = format('grant pg_read_all_stats to %I;', current_user);
    end if;
end;
$$;

--
-- Name: FUNCTION check_pace(batch_time interval, pause interval, max_lag interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.check_pace(batch_time interval, pause interval, max_lag interval) IS 'Raises 22023 for a batch_time, pause or max_lag that cannot be kept, 42501 for a max_lag without
the right to read the lag';

--
-- Name: check_session(interval); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.check_session(patience interval) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if patience is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'patience cannot be null';
    end if;
    perform consolidation.require_read_committed();
    perform consolidation.see_everything();
end;
$$;

--
-- Name: FUNCTION check_session(patience interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.check_session(patience interval) IS 'Raises 22023 for no patience, 25000 in a transaction that is not read committed, 42501 if row level
security hides rows';

--
-- Name: claim_chunk(integer); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.claim_chunk(batch_size integer) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'legacy', 'public', 'pg_temp'
    AS $$
declare
    claimed bigint;
    rest consolidation.chunk;
    batch record;
begin
    perform consolidation.see_everything();
    if consolidation.phase() <> 'expand' then
        return null;
    end if;
    loop
        -- Waits for a session that takes its batch from it: a matter of milliseconds.
        select c.* into rest
        from consolidation.chunk as c
        where c.started_at is null and c.finished_at is null
        order by c.chunk_id
        limit 1
        for update;
        if found then
            select
                max(t.trace_id) as last_trace_id,
                count(*) as traces
            into batch
            from (
                select w.trace_id
                from workflow_trace as w
                where w.trace_id between rest.first_trace_id and rest.last_trace_id
                order by w.trace_id
                limit batch_size
            ) as t;
            if batch.traces < batch_size or batch.last_trace_id = rest.last_trace_id then
                update consolidation.chunk as c
                set traces = batch.traces, pid = pg_backend_pid(), started_at = clock_timestamp()
                where c.chunk_id = rest.chunk_id;
                return rest.chunk_id;
            end if;
            -- Executions deleted meanwhile are not to do any more, nor may others make it negative.
            update consolidation.chunk as c
            set
                first_trace_id = batch.last_trace_id + 1,
                traces = greatest(c.traces - batch.traces, 0)
            where c.chunk_id = rest.chunk_id;
            insert into consolidation.chunk (
                first_trace_id, last_trace_id, traces, pid, started_at
            )
            values (
                rest.first_trace_id, batch.last_trace_id, batch.traces, pg_backend_pid(),
                clock_timestamp()
            )
            returning chunk_id into claimed;
            return claimed;
        end if;

        -- What a session left that was ended in its batch.
        select c.chunk_id into claimed
        from consolidation.chunk as c
        where c.finished_at is null
        order by c.chunk_id
        limit 1
        for update skip locked;
        if found then
            return claimed;
        end if;
        exit when not exists (
            select from consolidation.chunk as c where c.finished_at is null
        );
        -- All that is left is at other sessions; it is done when they say so.
        perform
        from consolidation.chunk as c
        where c.finished_at is null
        order by c.chunk_id
        limit 1
        for update;
    end loop;
    return null;
end;
$$;

--
-- Name: FUNCTION claim_chunk(batch_size integer); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.claim_chunk(batch_size integer) IS 'Takes the next batch_size executions, or a batch that an ended session left. Returns the chunk_id
to carry over in the next transaction; null once everything is done, for which it waits';

--
-- Name: consolidate(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.consolidate(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform consolidation.lock_traces(trace_ids);
    perform consolidation.rebuild_documents(trace_ids);
end;
$$;

--
-- Name: FUNCTION consolidate(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.consolidate(trace_ids bigint[]) IS 'Rebuilds the documents of these executions from the old tables, and removes those that are gone
there. Keeps what only the documents can say. Raises 23502 for a row that cannot be carried, 25000
in a transaction that is not read committed';

--
-- Name: to_iso8601(timestamp with time zone); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.to_iso8601(moment timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN isfinite(moment) THEN replace(((to_jsonb((moment AT TIME ZONE 'UTC'::text)) #>> '{}'::text[]) || 'Z'::text), ' BCZ'::text, 'Z BC'::text) ELSE (moment)::text END;

--
-- Name: FUNCTION to_iso8601(moment timestamp with time zone); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.to_iso8601(moment timestamp with time zone) IS 'Writes a timestamp as documents carry it: "2025-01-14T10:30:00.123456Z", up to six decimals,
years before 1 as "0044-03-15T12:00:00Z BC", and "infinity", "-infinity"';

--
-- Name: context_origin(bigint, timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.context_origin(context_id bigint, created_at timestamp with time zone, updated_at timestamp with time zone) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN jsonb_build_object('context_id', context_id, 'created_at', public.to_iso8601(created_at), 'updated_at', public.to_iso8601(updated_at));

--
-- Name: FUNCTION context_origin(context_id bigint, created_at timestamp with time zone, updated_at timestamp with time zone); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.context_origin(context_id bigint, created_at timestamp with time zone, updated_at timestamp with time zone) IS 'What user_workflow_run.legacy keeps of a row of workflow_trace_context besides key and value';

--
-- Name: continue_sequence(regclass, regclass, boolean); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.continue_sequence(source regclass, target regclass, with_owner boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    options record;
    found record;
begin
    select * into options from pg_sequence as s where s.seqrelid = source;
    execute format(
        'alter sequence %s increment by %s minvalue %s maxvalue %s start with %s cache %s %s',
        target, options.seqincrement, options.seqmin, options.seqmax, options.seqstart,
        options.seqcache, case when options.seqcycle then 'cycle' else 'no cycle' end
    );
    execute format('select setval(%L, s.last_value, s.is_called) from %s as s', target, source);
    for found in
        select
            x.privilege_type,
            coalesce(quote_ident(r.rolname), 'public') as grantee
        from pg_class as c
        cross join lateral aclexplode(coalesce(c.relacl, acldefault('s', c.relowner))) as x
        left join pg_roles as r on r.oid = x.grantee
        where
            c.oid = source
            and (with_owner or x.grantee <> c.relowner)
            and x.grantee <> (select t.relowner from pg_class as t where t.oid = target)
    loop
        execute format(
            'grant %s on sequence %s to %s', found.privilege_type, target, found.grantee
        );
    end loop;
end;
$$;

--
-- Name: FUNCTION continue_sequence(source regclass, target regclass, with_owner boolean); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.continue_sequence(source regclass, target regclass, with_owner boolean) IS 'Makes the target sequence go on where the source stands, with its options and privileges, and those
of its owner if that is wanted';

--
-- Name: copy_grants(regclass, regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.copy_grants(source regclass, target regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    found record;
begin
    for found in
        select
            x.privilege_type,
            null::text as column_name,
            coalesce(quote_ident(r.rolname), 'public') as grantee,
            x.is_grantable
        from pg_class as c
        cross join lateral aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) as x
        left join pg_roles as r on r.oid = x.grantee
        where c.oid = source
        union all
        select
            x.privilege_type,
            quote_ident(a.attname),
            coalesce(quote_ident(r.rolname), 'public'),
            x.is_grantable
        from pg_attribute as a
        cross join lateral aclexplode(a.attacl) as x
        left join pg_roles as r on r.oid = x.grantee
        where a.attrelid = source
    loop
        execute format(
            'grant %s%s on %s to %s%s',
            found.privilege_type,
            ' (' || found.column_name || ')',
            target,
            found.grantee,
            case when found.is_grantable then ' with grant option' end
        );
    end loop;
end;
$$;

--
-- Name: FUNCTION copy_grants(source regclass, target regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.copy_grants(source regclass, target regclass) IS 'Grants on the target what anybody, its owner included, may do on the source, per column where it is
so there';

--
-- Name: cut_back(interval); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.cut_back(IN patience interval DEFAULT '00:05:00'::interval)
    LANGUAGE plpgsql
    AS $$
begin
    perform consolidation.check_session(patience);
    case consolidation.phase()
        when 'cut over' then
            call consolidation.swap('to tables', patience);
        when 'expand' then
            raise notice 'the names were swapped back before; what follows is finished now';
        else
            raise exception using
                errcode = 'object_not_in_prerequisite_state',
                message = 'the old tables were dropped',
                hint = 'sqitch -C contract revert -- builds them again from the documents.';
    end case;
    call consolidation.validate('validate back');
end;
$$;

--
-- Name: PROCEDURE cut_back(IN patience interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.cut_back(IN patience interval) IS 'Makes the old names tables again, with everything written since. Tries for the locks until patience
is over. Can be repeated. Raises 55P03 (no locks) and 55000 (tables dropped); nothing is changed
then. Call it outside a transaction';

--
-- Name: cut_over(interval); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.cut_over(IN patience interval DEFAULT '00:05:00'::interval)
    LANGUAGE plpgsql
    AS $$
declare
    began timestamptz;
    patience_left interval;
    example record;
begin
    perform consolidation.check_session(patience);
    case consolidation.phase()
        when 'expand' then
            call consolidation.refuse_findings();
            if exists (select from consolidation.chunk as c where c.finished_at is null) then
                raise exception using
                    errcode = 'object_not_in_prerequisite_state',
                    message = 'the backfill is not done',
                    hint = 'call consolidation.backfill(); select * from consolidation.progress;';
            end if;
            began := clock_timestamp();
            call consolidation.catch_up(patience => patience);
            -- The comparison takes as long as it takes.
            patience_left := greatest(patience - (clock_timestamp() - began), '0');
            select * into example from consolidation.differences(skip_pending => true) limit 1;
            if found then
                raise exception using
                    errcode = 'data_corrupted',
                    message = format(
                        'old tables and documents differ, for example %s %s in %s',
                        example.table_name, example.key, example.columns
                    ),
                    detail = format('old: %s new: %s', example.old_row, example.new_row),
                    hint = 'Nothing was changed. select * from consolidation.differences(); '
                    'shows all.';
            end if;
            commit;
            call consolidation.swap('to views', patience_left);
        when 'cut over' then
            raise notice 'the names were swapped before; what follows is finished now';
        else
            raise exception using
                errcode = 'object_not_in_prerequisite_state',
                message = 'the old tables were dropped: there is nothing to cut over';
    end case;
    call consolidation.validate('validate');
end;
$$;

--
-- Name: PROCEDURE cut_over(IN patience interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.cut_over(IN patience interval) IS 'Makes the old names views. Checks the preflight and equality first, then tries for the locks until
patience is over (the time of the comparison does not count). Can be repeated. Raises 55000
(findings, or backfill not done), XX001 (differences), 55P03 (no locks, or the applications write
faster than this session carries over), 25000 (not read committed); nothing is changed then. Call it
outside a transaction';

--
-- Name: differences(bigint, bigint, boolean, bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.differences(first_trace_id bigint DEFAULT NULL::bigint, last_trace_id bigint DEFAULT NULL::bigint, skip_pending boolean DEFAULT false, trace_ids bigint[] DEFAULT NULL::bigint[]) RETURNS TABLE(table_name text, key jsonb, columns text[], old_row jsonb, new_row jsonb)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $_$
declare
    old_trace constant regclass := consolidation.old_table('workflow_trace');
    -- Executions compared at once: keeps memory bounded, whatever the tables hold.
    slice constant integer := 5000;
    bounds bigint [];
    seen bigint;
    waiting bigint;
    lower_bound bigint;
    upper_bound bigint;
    pair record;
begin
    perform consolidation.see_everything();
    if consolidation.phase() = 'contract' then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'the old tables were dropped: there is nothing to compare with';
    end if;
    if skip_pending and exists (
        select from consolidation.change as c where c.trace_id is null
    ) then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'a truncate is waiting in the queue: every execution is pending',
            hint = 'call consolidation.catch_up(); then compare again.';
    end if;

    execute format(
        'select
            count(*),
            count(*) filter (where exists (
                select from consolidation.change as c where c.trace_id = t.trace_id
            )),
            array_agg(t.trace_id order by t.trace_id) filter (where t.place %% %s = 0)
        from (
            select o.trace_id, row_number() over (order by o.trace_id) as place
            from %s as o
            where
                ($1 is null or o.trace_id >= $1)
                and ($2 is null or o.trace_id <= $2)
                and ($3 is null or o.trace_id = any ($3))
        ) as t', slice, old_trace
    )
    into seen, waiting, bounds
    using first_trace_id, last_trace_id, trace_ids;

    -- A comparison that sees nothing proves nothing.
    if
        seen = 0 and first_trace_id is null and last_trace_id is null and trace_ids is null
        and (select c.reltuples > 0 from pg_class as c where c.oid = old_trace)
    then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('compared nothing, but %s is not known to be empty', old_trace),
            hint = format('If it is: analyze %s; and compare again.', old_trace);
    end if;
    if skip_pending and seen > 0 and waiting = seen then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('compared nothing: all %s executions are pending', seen),
            hint = 'call consolidation.catch_up(); then compare again.';
    end if;

    bounds := coalesce(bounds, '{}') || null::bigint;
    lower_bound := first_trace_id;
    for part in 1 .. cardinality(bounds) loop
        upper_bound :=
            case when part = cardinality(bounds) then last_trace_id else bounds[part] end;
        for pair in
            select
                p.name,
                p.source,
                p.key_columns,
                p.fits,
                p.old_place,
                p.new_place,
                p.old_extra,
                p.new_extra,
                case
                    when
                        p.name in (
                            'workflow_events', 'workflow_trace_screenshot', 'workflow_trace_context'
                        )
                        then format(
                            'exists (
                                select from new_side as n
                                inner join %s as t
                                    on t.%I = n."old %s" and t.trace_id <> n."old trace_id"
                                where n.key = x.key and n.image = x.image
                            )',
                            consolidation.old_table(p.name), p.id_column, p.id_column
                        )
                    else 'false'
                end as held_elsewhere,
                string_agg(format('t.%I', a.attname), ', ' order by a.attnum) as column_list,
                string_agg(
                    format('t.%I as %I', a.attname, 'old ' || a.attname), ', ' order by a.attnum
                ) as content,
                string_agg(
                    format('(%L, to_jsonb(t.%I))', a.attname, 'old ' || a.attname),
                    ', ' order by a.attnum
                ) as labelled
            from (
                values
                (
                    1, 'workflow_trace',
                    format(
                        '(select v.*, true as fits, r.* from %s as v inner join (
                            select
                                u.legacy_trace_id,
                                u.run_id,
                                concat_ws('','', jsonb_typeof(u.context),
                                    jsonb_typeof(u.endpoints_used), jsonb_typeof(u.events),
                                    jsonb_typeof(u.screenshots)) as kinds
                            from public.user_workflow_run as u
                        ) as r on r.legacy_trace_id = v.trace_id)',
                        consolidation.old_name('workflow_trace')
                    ),
                    array['trace_id'], 'true', '0', '0',
                    'concat(consolidation.run_id(t.trace_id), '' object,array,array,array'')',
                    'concat(t.run_id, '' '', t.kinds)', 'trace_id'
                ),
                (
                    2, 'workflow_steps',
                    format(
                        '(select v.*, true as fits, r.* from %s as v inner join (
                            select
                                u.legacy_step_id,
                                u.step_id as new_step_id,
                                concat_ws('','', jsonb_typeof(u.events),
                                    jsonb_typeof(u.screenshots), u.error_details,
                                    o.legacy_trace_id = u.legacy_trace_id,
                                    o.org_id = u.org_id) as kinds
                            from public.user_workflow_run_step as u
                            left join public.user_workflow_run as o on o.run_id = u.run_id
                        ) as r on r.legacy_step_id = v.step_id)',
                        consolidation.old_name('workflow_steps')
                    ),
                    array['step_id'], 'true', '0', '0',
                    'concat(consolidation.step_id(t.step_id), '' array,array,t,t'')',
                    'concat(t.new_step_id, '' '', t.kinds)', 'step_id'
                ),
                (
                    3, 'workflow_events', 'consolidation.event_row',
                    array['event_id'], 't.fits',
                    'row_number() over (
                        partition by t.trace_id, t.step_id order by t."timestamp", t.event_id)',
                    'row_number() over (partition by t.trace_id, t.step_id order by t.place)',
                    '''{} true''',
                    'concat(
                        case
                            when jsonb_typeof(t.element) = ''object''
                                then t.element - ''{type,timestamp,data,event_id}''::text []
                            else t.element
                        end, '' '',
                        case
                            when t.element ?& ''{type,timestamp,data,event_id}'' then ''true''
                        end)',
                    'event_id'
                ),
                (
                    4, 'workflow_trace_screenshot', 'consolidation.screenshot_row',
                    array['screenshot_id'], 't.fits',
                    'row_number() over (
                        partition by t.trace_id, t.step_index
                        order by t.created_at, t.screenshot_id)',
                    'row_number() over (partition by t.trace_id, t.step_index order by t.place)',
                    format(
                        'concat(''{} '', 12, '' on '', (
                            select s.step_number from %s as s
                            where s.trace_id = t.trace_id and s.step_number = t.step_index
                        ))', consolidation.old_table('workflow_steps')
                    ),
                    'concat(
                        case
                            when jsonb_typeof(t.element) = ''object''
                                then t.element - ''{url,thumbnail_url,timestamp,action,selector,
                                element_found,confidence,screenshot_id,org_id,node_id,node_name,
                                step_index}''::text []
                            else t.element
                        end, '' '',
                        (
                            select count(*) from jsonb_object_keys(
                                case when jsonb_typeof(t.element) = ''object'' then t.element end
                            )
                        ),
                        '' on '', t.on_step_number)',
                    'screenshot_id'
                ),
                (
                    5, 'workflow_trace_context', 'consolidation.context_row',
                    array['trace_id', 'key'], 't.fits', '0', '0', '''''', '''''',
                    'context_id'
                ),
                (
                    6, 'workflow_trace_endpoint', 'consolidation.endpoint_row',
                    array['trace_id', 'endpoint_id'], 't.fits',
                    'row_number() over (partition by t.trace_id order by t.endpoint_id)',
                    'row_number() over (partition by t.trace_id order by t.place)',
                    '''''', '''''',
                    'endpoint_id'
                )
            ) as p (
                ordinal, name, source, key_columns, fits, old_place, new_place, old_extra,
                new_extra, id_column
            )
            inner join pg_attribute as a on a.attrelid = consolidation.old_table(p.name)
            where a.attnum > 0 and not a.attisdropped
            group by
                p.ordinal, p.name, p.source, p.key_columns, p.fits, p.old_place, p.new_place,
                p.old_extra, p.new_extra, p.id_column
            order by p.ordinal
        loop
            return query execute
                format(
                    $sql$
                    with old_side as materialized (
                        select
                            jsonb_build_object(%1$s) as key,
                            row(%2$s)::text as image,
                            case when x.strict then concat(%4$s, ' ', %5$s) end as arrangement,
                            %12$s
                        from %3$s as t
                        cross join lateral (select not exists (
                            select from consolidation.carried_back as b
                            where b.trace_id = t.trace_id
                        )) as x (strict)
                        where
                            ($1 is null or t.trace_id > $1 or ($3 and t.trace_id = $1))
                            and ($2 is null or t.trace_id <= $2)
                            and ($5 is null or t.trace_id = any ($5))
                            and not ($4 and exists (
                                select from consolidation.change as c
                                where c.trace_id = t.trace_id
                            ))
                    ),

                    new_side as materialized (
                        select
                            jsonb_build_object(%1$s) as key,
                            row(%2$s)::text as image,
                            case when x.strict then concat(%7$s, ' ', %8$s) end as arrangement,
                            x.strict or %9$s as counts,
                            x.strict,
                            %14$s as place,
                            %12$s
                        from %6$s as t
                        cross join lateral (select not exists (
                            select from consolidation.carried_back as b
                            where b.trace_id = t.trace_id
                        )) as x (strict)
                        where
                            ($1 is null or t.trace_id > $1 or ($3 and t.trace_id = $1))
                            and ($2 is null or t.trace_id <= $2)
                            and ($5 is null or t.trace_id = any ($5))
                            and not ($4 and exists (
                                select from consolidation.change as c
                                where c.trace_id = t.trace_id
                            ))
                    ),

                    -- What was written to after the cut-over may repeat a row; the old table
                    -- holds it once.
                    new_counted as (
                        select n.key, n.image, n.arrangement
                        from new_side as n
                        where n.strict
                        union all
                        (
                            select distinct on (n.key) n.key, n.image, n.arrangement
                            from new_side as n
                            where not n.strict and n.counts
                            order by n.key, n.place, n.image
                        )
                    ),

                    missing as (
                        select o.key, o.image, o.arrangement from old_side as o
                        except all
                        select n.key, n.image, n.arrangement from new_counted as n
                    ),

                    -- Nor can it hold an id that another execution has there.
                    surplus as (
                        select x.key, x.image, x.arrangement
                        from (
                            select n.key, n.image, n.arrangement from new_counted as n
                            except all
                            select o.key, o.image, o.arrangement from old_side as o
                        ) as x
                        where x.arrangement is not null or not %13$s
                    ),

                    missing_row as (
                        select
                            m.key,
                            row_number() over (partition by m.key) as copy,
                            d.document || coalesce(
                                jsonb_build_object('(arrangement)', m.arrangement), '{}'
                            ) as document
                        from missing as m
                        inner join (
                            select distinct on (t.key, t.image)
                                t.key,
                                t.image,
                                (
                                    select jsonb_object_agg(v.name, v.content)
                                    from (values %10$s) as v (name, content)
                                    where v.content is not null
                                ) as document
                            from old_side as t
                            where (t.key, t.image) in (select w.key, w.image from missing as w)
                        ) as d on d.key = m.key and d.image = m.image
                    ),

                    surplus_row as (
                        select
                            s.key,
                            row_number() over (partition by s.key) as copy,
                            d.document || coalesce(
                                jsonb_build_object('(arrangement)', s.arrangement), '{}'
                            ) as document
                        from surplus as s
                        inner join (
                            select distinct on (t.key, t.image)
                                t.key,
                                t.image,
                                (
                                    select jsonb_object_agg(v.name, v.content)
                                    from (values %10$s) as v (name, content)
                                    where v.content is not null
                                ) as document
                            from new_side as t
                            where (t.key, t.image) in (select w.key, w.image from surplus as w)
                        ) as d on d.key = s.key and d.image = s.image
                    ),

                    difference as (
                        select
                            coalesce(m.key, s.key) as key,
                            m.document as old_row,
                            s.document as new_row
                        from missing_row as m
                        full join surplus_row as s on s.key = m.key and s.copy = m.copy
                    )

                    select
                        %11$L::text,
                        d.key,
                        array(
                            select k.name
                            from jsonb_object_keys(
                                coalesce(d.old_row, '{}') || coalesce(d.new_row, '{}')
                            ) as k (name)
                            where
                                (d.old_row -> k.name)::text
                                is distinct from (d.new_row -> k.name)::text
                            order by k.name
                        ),
                        d.old_row,
                        d.new_row
                    from difference as d
                    order by d.key
                    $sql$,
                    (
                        select string_agg(format('%L, t.%I', k.name, k.name), ', ')
                        from unnest(pair.key_columns) as k (name)
                    ),
                    pair.column_list,
                    consolidation.old_table(pair.name),
                    pair.old_place,
                    pair.old_extra,
                    pair.source,
                    pair.new_place,
                    pair.new_extra,
                    pair.fits,
                    pair.labelled,
                    pair.name,
                    pair.content,
                    pair.held_elsewhere,
                    case
                        when pair.name in ('workflow_trace', 'workflow_steps') then '0'
                        else 't.place'
                    end
                )
                using
                    lower_bound, upper_bound, lower_bound is not distinct from first_trace_id,
                    skip_pending, trace_ids;
        end loop;
        lower_bound := upper_bound;
    end loop;
end;
$_$;

--
-- Name: FUNCTION differences(first_trace_id bigint, last_trace_id bigint, skip_pending boolean, trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.differences(first_trace_id bigint, last_trace_id bigint, skip_pending boolean, trace_ids bigint[]) IS 'Each row in which old tables and documents differ: table, key, columns that differ, and both
versions as jsonb (null if there is none; a column without a value is left out, so that it differs
from a JSON null). Parameters: first and last trace_id, null for no limit; skip_pending leaves out
executions that wait in the queue; trace_ids names the executions to compare, null for all.
Everything is compared as of one moment. Raises 55000 if it would compare nothing although there is
something, 42501 if row level security would hide rows';

--
-- Name: enter_batch(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.enter_batch() RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT pg_advisory_xact_lock_shared(hashtext('workflow_consolidation'::text), 256) AS pg_advisory_xact_lock_shared;
END;

--
-- Name: FUNCTION enter_batch(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.enter_batch() IS 'Keeps the old and new names from being swapped until the end of the transaction';

--
-- Name: old_table(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.old_table(table_name text) RETURNS regclass
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE(to_regclass(format('legacy.%I'::text, table_name)), to_regclass(format('public.%I'::text, table_name)));

--
-- Name: FUNCTION old_table(table_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.old_table(table_name text) IS 'Returns the old table of that name, wherever the phase keeps it; null if there is none';

--
-- Name: estimated_rows(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.estimated_rows(table_name text) RETURNS bigint
    LANGUAGE sql STABLE
    RETURN (SELECT (NULLIF(c.reltuples, ('-1'::integer)::double precision))::bigint AS "nullif" FROM pg_class c WHERE (c.oid = (consolidation.old_table(estimated_rows.table_name))::oid));

--
-- Name: FUNCTION estimated_rows(table_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.estimated_rows(table_name text) IS 'Rows of an old table as its statistics say; null if it was never analyzed';

--
-- Name: event_object(bigint, text, jsonb, timestamp with time zone); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.event_object(event_id bigint, event_type text, event_data jsonb, moment timestamp with time zone) RETURNS consolidation.event_object
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ROW(event_type, public.to_iso8601(moment), event_data, event_id)::consolidation.event_object;

--
-- Name: FUNCTION event_object(event_id bigint, event_type text, event_data jsonb, moment timestamp with time zone); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.event_object(event_id bigint, event_type text, event_data jsonb, moment timestamp with time zone) IS 'A row of workflow_events as an element of events, to be made one with to_jsonb';

--
-- Name: event_element(bigint, text, jsonb, timestamp with time zone); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.event_element(event_id bigint, event_type text, event_data jsonb, moment timestamp with time zone) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN to_jsonb(consolidation.event_object(event_id, event_type, event_data, moment));

--
-- Name: FUNCTION event_element(event_id bigint, event_type text, event_data jsonb, moment timestamp with time zone); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.event_element(event_id bigint, event_type text, event_data jsonb, moment timestamp with time zone) IS 'A row of workflow_events as an element of events';

--
-- Name: synthetic_id(uuid, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.synthetic_id(owner uuid, place text) RETURNS bigint
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return (
        ('x' || left(encode(sha256(convert_to(concat(owner, '/', place), 'UTF8')), 'hex'), 16))
        ::bit(64)
        | ('x8000000000000000')::bit(64)
    )::bigint;
end;
$$;

--
-- Name: FUNCTION synthetic_id(owner uuid, place text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.synthetic_id(owner uuid, place text) IS 'The id the old names show for an element that has none: negative, from the key of its row and its
position. Stable as long as no element before it is removed';

--
-- Name: to_bigint(jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.to_bigint(element jsonb) RETURNS bigint
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
begin
    return case
        when
            jsonb_typeof(element) = 'number'
            and element::numeric between -9223372036854775808 and 9223372036854775807
            and element::numeric = trunc(element::numeric)
            then element::bigint
    end;
end;
$$;

--
-- Name: FUNCTION to_bigint(element jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.to_bigint(element jsonb) IS 'A JSON number as bigint; null for anything that is none, or no integer of that range';

--
-- Name: event_key(jsonb, uuid, bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.event_key(element jsonb, owner uuid, place bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN COALESCE(consolidation.to_bigint((element -> 'event_id'::text)), consolidation.synthetic_id(owner, (place)::text));

--
-- Name: FUNCTION event_key(element jsonb, owner uuid, place bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.event_key(element jsonb, owner uuid, place bigint) IS 'event_id the old name shows for an element of events. owner: run_id or step_id of its row; place:
position in the array, from 1';

--
-- Name: from_iso8601(text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.from_iso8601(document text) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    AS $_$
begin
    return case
        when
            document ~ (
                '^[1-9][0-9][0-9][0-9]-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])'
                || '|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)'
                || 'T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?'
                || '(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$'
            )
            then document::timestamptz
        else public.from_iso8601_other(document)
    end;
end;
$_$;

--
-- Name: FUNCTION from_iso8601(document text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.from_iso8601(document text) IS 'Reads a timestamp of a document: ISO 8601, a missing zone means UTC, also "… BC", "infinity" and
"-infinity". Returns null for anything else, and never raises';

--
-- Name: fits_event(jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.fits_event(element jsonb) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (COALESCE((length((element ->> 'type'::text)) <= 100), false) AND (public.from_iso8601((element ->> 'timestamp'::text)) IS NOT NULL));

--
-- Name: FUNCTION fits_event(element jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.fits_event(element jsonb) IS 'Whether workflow_events can hold the element: it has a type of at most 100 characters and a time';

--
-- Name: to_uuid(jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.to_uuid(element jsonb) RETURNS uuid
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
begin
    return case
        when
            jsonb_typeof(element) = 'string'
            and element #>> '{}' like '________-____-____-____-____________'
            and translate(element #>> '{}', '0123456789abcdefABCDEF', '') = '----'
            then (element #>> '{}')::uuid
    end;
end;
$$;

--
-- Name: FUNCTION to_uuid(element jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.to_uuid(element jsonb) IS 'A JSON string as uuid; null if it is none';

--
-- Name: fits_screenshot(jsonb, boolean); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.fits_screenshot(element jsonb, on_step boolean) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (((element ->> 'url'::text) IS NOT NULL) AND (public.from_iso8601((element ->> 'timestamp'::text)) IS NOT NULL) AND COALESCE((length((element ->> 'node_name'::text)) <= 255), true) AND (on_step OR ((consolidation.to_uuid((element -> 'node_id'::text)) IS NOT NULL) AND COALESCE(((consolidation.to_bigint((element -> 'step_index'::text)) >= '-2147483648'::integer) AND (consolidation.to_bigint((element -> 'step_index'::text)) <= 2147483647)), false))));

--
-- Name: FUNCTION fits_screenshot(element jsonb, on_step boolean); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.fits_screenshot(element jsonb, on_step boolean) IS 'Whether workflow_trace_screenshot can hold the element: it has an url and a time and, if it is on
no step, a node_id and a step_index of its own';

--
-- Name: old_name(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.old_name(table_name text) RETURNS regclass
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN COALESCE(to_regclass(format('consolidation.%I'::text, table_name)), to_regclass(format('public.%I'::text, table_name)));

--
-- Name: FUNCTION old_name(table_name text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.old_name(table_name text) IS 'Returns the compatibility view of that name, wherever the phase keeps it; null if there is none';

--
-- Name: foreign_key(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.foreign_key(OUT kind text, OUT object text, OUT drop_old text, OUT add_new text, OUT drop_new text, OUT add_old text, OUT validate_new text, OUT validate_old text, OUT locked regclass) RETURNS SETOF record
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH old_table AS (
          SELECT consolidation.old_table(t.name) AS relation,
             t.name,
             t.document
            FROM ( VALUES ('workflow_trace'::text,'public.user_workflow_run'::text), ('workflow_steps'::text,'public.user_workflow_run_step'::text), ('workflow_events'::text,NULL::text), ('workflow_trace_screenshot'::text,NULL::text), ('workflow_trace_context'::text,NULL::text), ('workflow_trace_endpoint'::text,NULL::text)) t(name, document)
         ), key AS (
          SELECT k.oid,
             k.conname,
             k.conrelid,
             k.confrelid,
             k.convalidated,
             regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$'::text, ''::text) AS definition,
             target.name AS target_name,
             target.document AS target_document,
             source.name AS source_name,
             source.document AS source_document,
             ( SELECT string_agg(format('%I'::text, b.base_column), ', '::text ORDER BY u.place) AS string_agg
                    FROM ((unnest(k.confkey) WITH ORDINALITY u(attnum, place)
                      JOIN pg_attribute a ON (((a.attrelid = k.confrelid) AND (a.attnum = u.attnum))))
                      JOIN consolidation.base_column(
                         CASE
                             WHEN (target.document IS NOT NULL) THEN consolidation.old_name(target.name)
                             ELSE NULL::regclass
                         END) b(view_column, base_column) ON ((b.view_column = a.attname)))) AS target_columns,
             ( SELECT string_agg(format('%I'::text, b.base_column), ', '::text ORDER BY u.place) AS string_agg
                    FROM ((unnest(k.conkey) WITH ORDINALITY u(attnum, place)
                      JOIN pg_attribute a ON (((a.attrelid = k.conrelid) AND (a.attnum = u.attnum))))
                      JOIN consolidation.base_column(
                         CASE
                             WHEN (source.document IS NOT NULL) THEN consolidation.old_name(source.name)
                             ELSE NULL::regclass
                         END) b(view_column, base_column) ON ((b.view_column = a.attname)))) AS source_columns,
             ( SELECT string_agg((a.attname)::text, ', '::text ORDER BY u.place) AS string_agg
                    FROM (unnest(k.confkey) WITH ORDINALITY u(attnum, place)
                      JOIN pg_attribute a ON (((a.attrelid = k.confrelid) AND (a.attnum = u.attnum))))) AS target_key
            FROM ((pg_constraint k
              LEFT JOIN old_table target ON (((target.relation)::oid = k.confrelid)))
              LEFT JOIN old_table source ON (((source.relation)::oid = k.conrelid)))
           WHERE ((k.contype = 'f'::"char") AND ((target.name IS NULL) <> (source.name IS NULL)) AND (k.conparentid = (0)::oid))
         )
  SELECT 'incoming foreign key'::text,
     format('%s on %s'::text, k.conname, (k.conrelid)::regclass) AS format,
     format('alter table %s drop constraint %I'::text, (k.conrelid)::regclass, k.conname) AS format,
         CASE
             WHEN ((k.target_key = ANY (ARRAY['trace_id'::text, 'step_id'::text])) AND (k.target_document IS NOT NULL)) THEN format('alter table %s add constraint %I %s not valid'::text, (k.conrelid)::regclass, k.conname, regexp_replace(k.definition, 'REFERENCES [^(]*\([^)]*\)'::text, format('REFERENCES %s(%s)'::text, k.target_document, k.target_columns)))
             ELSE NULL::text
         END AS "case",
     format('alter table %s drop constraint %I'::text, (k.conrelid)::regclass, k.conname) AS format,
     format('alter table %s add constraint %I %s not valid'::text, (k.conrelid)::regclass, k.conname, regexp_replace(k.definition, 'REFERENCES [^(]*\('::text, format('REFERENCES public.%I('::text, k.target_name))) AS format,
         CASE
             WHEN k.convalidated THEN format('alter table %s validate constraint %I'::text, (k.conrelid)::regclass, k.conname)
             ELSE NULL::text
         END AS "case",
         CASE
             WHEN k.convalidated THEN format('alter table %s validate constraint %I'::text, (k.conrelid)::regclass, k.conname)
             ELSE NULL::text
         END AS "case",
     (k.conrelid)::regclass AS conrelid
    FROM key k
   WHERE (k.target_name IS NOT NULL)
 UNION ALL
  SELECT 'outgoing foreign key'::text,
     format('%s on %s'::text, k.conname, k.source_name) AS format,
     format('alter table %s drop constraint %I'::text, (k.conrelid)::regclass, k.conname) AS format,
         CASE
             WHEN (k.source_columns IS NOT NULL) THEN format('alter table %s add constraint %I %s not valid'::text, k.source_document, k.conname, regexp_replace(k.definition, '^FOREIGN KEY \([^)]*\)'::text, format('FOREIGN KEY (%s)'::text, k.source_columns)))
             ELSE NULL::text
         END AS "case",
         CASE
             WHEN (k.source_columns IS NOT NULL) THEN format('alter table %s drop constraint %I'::text, k.source_document, k.conname)
             ELSE NULL::text
         END AS "case",
     format('alter table public.%I add constraint %I %s not valid'::text, k.source_name, k.conname, k.definition) AS format,
         CASE
             WHEN (k.convalidated AND (k.source_columns IS NOT NULL)) THEN format('alter table %s validate constraint %I'::text, k.source_document, k.conname)
             ELSE NULL::text
         END AS "case",
         CASE
             WHEN k.convalidated THEN format('alter table public.%I validate constraint %I'::text, k.source_name, k.conname)
             ELSE NULL::text
         END AS "case",
     (k.confrelid)::regclass AS confrelid
    FROM key k
   WHERE (k.source_name IS NOT NULL);
END;

--
-- Name: FUNCTION foreign_key(OUT kind text, OUT object text, OUT drop_old text, OUT add_new text, OUT drop_new text, OUT add_old text, OUT validate_new text, OUT validate_old text, OUT locked regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.foreign_key(OUT kind text, OUT object text, OUT drop_old text, OUT add_new text, OUT drop_new text, OUT add_old text, OUT validate_new text, OUT validate_old text, OUT locked regclass) IS 'Foreign keys between the six old tables and others: the statements that move each to the documents
(add_new is null where that is not possible), that move it back, that validate it, and the other
table';

--
-- Name: grant_documents(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.grant_documents(old_name regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    found record;
begin
    -- The views ask with the caller's rights, so the caller needs some on what is behind them. He
    -- gets those columns and commands that the old name stands for, and no more.
    for found in
        with recursive behind (relation) as (
            select old_name::oid
            union
            select d.refobjid
            from behind as b
            inner join pg_rewrite as r on r.ev_class = b.relation
            inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
            inner join pg_class as c on c.oid = d.refobjid
            where
                d.refclassid = 'pg_class'::regclass
                and c.relkind in ('r', 'v')
        ),

        used_column as (
            select distinct
                d.refobjid as relation,
                a.attname
            from behind as b
            inner join pg_rewrite as r on r.ev_class = b.relation
            inner join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
            inner join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
            where d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0
        ),

        document as (
            select
                u.relation,
                c.relowner,
                string_agg(format('%I', u.attname), ', ') as column_list
            from used_column as u
            inner join pg_class as c on c.oid = u.relation
            where u.relation <> old_name
            group by u.relation, c.relowner
        ),

        privilege as (
            select
                x.privilege_type,
                x.grantee as grantee_id,
                coalesce(quote_ident(r.rolname), 'public') as grantee,
                null::name as column_name
            from pg_class as c
            cross join lateral aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) as x
            left join pg_roles as r on r.oid = x.grantee
            where c.oid = old_name
            union
            select
                x.privilege_type,
                x.grantee,
                coalesce(quote_ident(r.rolname), 'public'),
                a.attname
            from pg_attribute as a
            cross join lateral aclexplode(a.attacl) as x
            left join pg_roles as r on r.oid = x.grantee
            where a.attrelid = old_name
        ),

        -- Without triggers, a statement on the view is one on the table behind it.
        plain as (
            select (c.relname in ('workflow_trace', 'workflow_steps')) as is_plain
            from pg_class as c
            where c.oid = old_name
        )

        select format(
            'grant select (%s) on %s to %s', d.column_list, d.relation::regclass, p.grantee
        ) as statement
        from privilege as p
        inner join document as d on d.relowner <> p.grantee_id
        where p.privilege_type = 'SELECT'
        union
        select format(
            'grant %s (%s) on %s to %s',
            p.privilege_type,
            case
                when p.column_name is null then d.column_list
                else (
                    select format('%I', b.base_column)
                    from consolidation.base_column(old_name) as b
                    where b.view_column = p.column_name
                )
            end,
            d.relation::regclass,
            p.grantee
        )
        from privilege as p
        cross join plain as k
        inner join document as d on d.relowner <> p.grantee_id
        where k.is_plain and p.privilege_type in ('INSERT', 'UPDATE')
        union
        select format('grant delete on %s to %s', d.relation::regclass, p.grantee)
        from privilege as p
        cross join plain as k
        inner join document as d on d.relowner <> p.grantee_id
        where k.is_plain and p.privilege_type = 'DELETE'
        union
        -- From PostgreSQL 17 on: vacuum, analyze and reindex pass a view by.
        select format('grant maintain on %s to %s', d.relation::regclass, p.grantee)
        from privilege as p
        inner join document as d on d.relowner <> p.grantee_id
        inner join pg_class as c on c.oid = d.relation and c.relkind = 'r'
        where p.privilege_type = 'MAINTAIN'
        union
        -- What the triggers ask with the caller's rights.
        select format(
            'grant select (run_id, org_id, legacy_trace_id) on public.user_workflow_run to %s',
            p.grantee
        )
        from privilege as p
        where
            p.privilege_type in ('INSERT', 'UPDATE')
            and p.grantee_id not in (select d.relowner from document as d)
        union
        select format(
            'grant select (step_id, run_id, legacy_step_id, legacy_trace_id) '
            'on public.user_workflow_run_step to %s',
            p.grantee
        )
        from privilege as p
        where
            p.privilege_type in ('INSERT', 'UPDATE')
            and p.grantee_id not in (select d.relowner from document as d)
    loop
        execute found.statement;
    end loop;
end;
$$;

--
-- Name: FUNCTION grant_documents(old_name regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.grant_documents(old_name regclass) IS 'Gives everybody who may use an old name what that takes on the documents behind it';

--
-- Name: guard_workflow_events(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.guard_workflow_events() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    missing text;
begin
    missing := case
        when new.event_id is null then 'event_id'
        when new.trace_id is null then 'trace_id'
        when new.event_type is null then 'event_type'
        when new.event_data is null then 'event_data'
        when new."timestamp" is null then 'timestamp'
    end;
    if missing is not null then
        raise not_null_violation using
            message = format(
                'null value in column "%s" of relation "workflow_events" violates not-null '
                'constraint', missing
            ),
            schema = tg_table_schema, table = tg_table_name, column = missing;
    end if;
    if
        tg_op = 'UPDATE'
        and new.trace_id = old.trace_id
        and new.step_id is not distinct from old.step_id
    then
        return new;
    end if;
    if not exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = new.trace_id
    ) then
        raise foreign_key_violation using
            message = 'insert or update on table "workflow_events" violates foreign key '
            'constraint "workflow_events_trace_id_fkey"',
            detail = format('Key (trace_id)=(%s) is not present in workflow_trace.', new.trace_id),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'workflow_events_trace_id_fkey';
    end if;
    if new.step_id is not null and not exists (
        select from public.user_workflow_run_step as s
        where s.legacy_step_id = new.step_id and s.legacy_trace_id = new.trace_id
    ) then
        raise foreign_key_violation using
            message = 'insert or update on table "workflow_events" violates foreign key '
            'constraint "workflow_events_step_id_fkey"',
            detail = format(
                'Key (step_id)=(%s) is not present in workflow_steps of trace_id %s.',
                new.step_id, new.trace_id
            ),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'workflow_events_step_id_fkey';
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION guard_workflow_events(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.guard_workflow_events() IS 'Trigger, runs as the caller: raises 23502 and 23503 as the table did; an execution the caller does
not see does not exist for it';

--
-- Name: guard_workflow_trace_context(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.guard_workflow_trace_context() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    missing text;
begin
    missing := case
        when new.context_id is null then 'context_id'
        when new.trace_id is null then 'trace_id'
        when new.key is null then 'key'
        when new.value is null then 'value'
        when new.created_at is null then 'created_at'
    end;
    if missing is not null then
        raise not_null_violation using
            message = format(
                'null value in column "%s" of relation "workflow_trace_context" violates not-null '
                'constraint', missing
            ),
            schema = tg_table_schema, table = tg_table_name, column = missing;
    end if;
    if (tg_op = 'INSERT' or new.trace_id <> old.trace_id) and not exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = new.trace_id
    ) then
        raise foreign_key_violation using
            message = 'insert or update on table "workflow_trace_context" violates foreign key '
            'constraint "workflow_trace_context_trace_id_fkey"',
            detail = format('Key (trace_id)=(%s) is not present in workflow_trace.', new.trace_id),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'workflow_trace_context_trace_id_fkey';
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION guard_workflow_trace_context(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.guard_workflow_trace_context() IS 'Trigger, runs as the caller: raises 23502 and 23503 as the table did';

--
-- Name: guard_workflow_trace_endpoint(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.guard_workflow_trace_endpoint() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    missing text;
begin
    missing := case
        when new.trace_id is null then 'trace_id'
        when new.endpoint_id is null then 'endpoint_id'
    end;
    if missing is not null then
        raise not_null_violation using
            message = format(
                'null value in column "%s" of relation "workflow_trace_endpoint" violates '
                'not-null constraint', missing
            ),
            schema = tg_table_schema, table = tg_table_name, column = missing;
    end if;
    if (tg_op = 'INSERT' or new.trace_id <> old.trace_id) and not exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = new.trace_id
    ) then
        raise foreign_key_violation using
            message = 'insert or update on table "workflow_trace_endpoint" violates foreign key '
            'constraint "workflow_trace_endpoint_trace_id_fkey"',
            detail = format('Key (trace_id)=(%s) is not present in workflow_trace.', new.trace_id),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'workflow_trace_endpoint_trace_id_fkey';
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION guard_workflow_trace_endpoint(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.guard_workflow_trace_endpoint() IS 'Trigger, runs as the caller: raises 23502 and 23503 as the table did';

--
-- Name: guard_workflow_trace_screenshot(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.guard_workflow_trace_screenshot() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    missing text;
begin
    missing := case
        when new.screenshot_id is null then 'screenshot_id'
        when new.trace_id is null then 'trace_id'
        when new.org_id is null then 'org_id'
        when new.node_name is null then 'node_name'
        when new.step_index is null then 'step_index'
        when new.screenshot_url is null then 'screenshot_url'
        when new.action_description is null then 'action_description'
        when new.created_at is null then 'created_at'
        when new.node_id is null then 'node_id'
    end;
    if missing is not null then
        raise not_null_violation using
            message = format(
                'null value in column "%s" of relation "workflow_trace_screenshot" violates '
                'not-null constraint', missing
            ),
            schema = tg_table_schema, table = tg_table_name, column = missing;
    end if;
    if
        new.org_id <> public.current_org_id()
        and (tg_op = 'INSERT' or new.org_id is distinct from old.org_id)
        and row_security_active('public.user_workflow_run')
        and not pg_has_role('workflow_maintenance', 'usage')
    then
        raise insufficient_privilege using
            message = 'new row violates row-level security policy for view '
            '"workflow_trace_screenshot"',
            detail = format('org_id %s is not the organisation of the session.', new.org_id);
    end if;
    if (tg_op = 'INSERT' or new.trace_id <> old.trace_id) and not exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = new.trace_id
    ) then
        raise foreign_key_violation using
            message = 'insert or update on table "workflow_trace_screenshot" violates foreign key '
            'constraint "workflow_trace_screenshot_trace_id_fkey"',
            detail = format('Key (trace_id)=(%s) is not present in workflow_trace.', new.trace_id),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'workflow_trace_screenshot_trace_id_fkey';
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION guard_workflow_trace_screenshot(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.guard_workflow_trace_screenshot() IS 'Trigger, runs as the caller: raises 23502 and 23503 as the table did, 42501 for another org_id than
the session''s';

--
-- Name: is_asked_to_stop(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.is_asked_to_stop() RETURNS boolean
    LANGUAGE sql
    RETURN (NOT pg_try_advisory_xact_lock(hashtext('workflow_consolidation stop'::text), pg_backend_pid()));

--
-- Name: FUNCTION is_asked_to_stop(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.is_asked_to_stop() IS 'Whether somebody called stop_backfill for this session';

--
-- Name: is_deployed(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.is_deployed(change text) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    lock_class constant integer := hashtext('workflow_consolidation');
    holder text;
begin
    if not pg_try_advisory_lock(lock_class, 257) then
        select string_agg(l.pid::text, ', ')
        into holder
        from pg_locks as l
        where
            l.locktype = 'advisory'
            and l.database = (
                select d.oid from pg_database as d where d.datname = current_database()
            )
            and l.classid = lock_class::oid
            and l.objid = 257;
        raise notice 'waiting for a script that outlived its Sqitch (pid %)', holder;
        perform pg_advisory_lock(lock_class, 257);
    end if;
    return exists (
        select from consolidation.deployed_change as d where d.change = is_deployed.change
    );
end;
$$;

--
-- Name: FUNCTION is_deployed(change text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.is_deployed(change text) IS 'Whether the deploy script of a change has ended. Waits for another script of the plan that still
runs, since its Sqitch may be dead, and keeps others waiting until the end of the session';

--
-- Name: is_reverted(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.is_reverted(change text) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    deployed_at integer;
    later text;
begin
    if not consolidation.is_deployed(change) then
        return true;
    end if;
    select d.ordinal
    into deployed_at
    from consolidation.deployed_change as d
    where d.change = is_reverted.change;
    select d.change
    into later
    from consolidation.deployed_change as d
    where d.ordinal > deployed_at
    order by d.ordinal desc
    limit 1;
    if
        later is null
        and consolidation.phase() <> 'expand'
        and change not in ('cut_over', 'cache_state_isolation', 'drop_old_tables')
    then
        later := 'cut_over';
    end if;
    if later is not null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('%s cannot be reverted before %s', change, later),
            detail = format('%s is deployed, and Sqitch did not live to record it.', later),
            hint = format('sqitch deploy --to %s records it; then revert again.', later);
    end if;
    return false;
end;
$$;

--
-- Name: FUNCTION is_reverted(change text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.is_reverted(change text) IS 'Whether the revert script of a change has ended, or the change was never deployed. Waits as
is_deployed does. Raises 55000 while a later change is deployed, which Sqitch then has no record
of';

--
-- Name: keep_context_origin(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.keep_context_origin() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
declare
    known jsonb := coalesce(new.legacy -> 'context', '{}');
begin
    if jsonb_typeof(new.context) = 'object' then
        known := (
            select jsonb_object_agg(
                c.key,
                coalesce(
                    known -> c.key,
                    consolidation.context_origin(
                        nextval('public.workflow_trace_context_context_id_seq'), now(), null
                    )
                )
            )
            from jsonb_each(new.context) as c
        );
        new.legacy := case
            when known is null then nullif(new.legacy - 'context', '{}')
            else coalesce(new.legacy, '{}') || jsonb_build_object('context', known)
        end;
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION keep_context_origin(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.keep_context_origin() IS 'Trigger: gives a new key of context the context_id and created_at that the old name shows, and
forgets those of a removed key';

--
-- Name: synthetic_uuid(uuid, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.synthetic_uuid(owner uuid, place text) RETURNS uuid
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return overlay(
        overlay(
            left(encode(sha256(convert_to(concat(owner, '/', place), 'UTF8')), 'hex'), 32)
            placing '8' from 13 for 1
        )
        placing '8' from 17 for 1
    )::uuid;
end;
$$;

--
-- Name: FUNCTION synthetic_uuid(owner uuid, place text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.synthetic_uuid(owner uuid, place text) IS 'The screenshot_id the old names show for a screenshot that has none: a UUID version 8';

--
-- Name: screenshot_key(jsonb, uuid, bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.screenshot_key(element jsonb, owner uuid, place bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN COALESCE(consolidation.to_uuid((element -> 'screenshot_id'::text)), consolidation.synthetic_uuid(owner, (place)::text));

--
-- Name: FUNCTION screenshot_key(element jsonb, owner uuid, place bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.screenshot_key(element jsonb, owner uuid, place bigint) IS 'screenshot_id the old name shows for an element of screenshots; parameters as of event_key';

SET default_tablespace = '';

--
-- Name: user_workflow_run; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_workflow_run (
    run_id uuid DEFAULT gen_random_uuid() NOT NULL,
    workflow_id uuid NOT NULL,
    org_id uuid NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    channel text NOT NULL,
    external_id character varying(255),
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    duration_ms integer,
    context jsonb DEFAULT '{}'::jsonb,
    endpoints_used jsonb DEFAULT '[]'::jsonb,
    config_snapshot jsonb,
    error_message text,
    error_details jsonb,
    llm_prompt text,
    llm_response text,
    llm_model character varying(100),
    llm_tokens_used integer,
    tier smallint,
    tier_reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamp with time zone,
    events jsonb DEFAULT '[]'::jsonb,
    screenshots jsonb DEFAULT '[]'::jsonb,
    legacy_trace_id bigint NOT NULL,
    legacy_batch_job_item_id uuid,
    legacy_action_type text,
    legacy_action_detail jsonb,
    legacy_success boolean DEFAULT false,
    legacy_user_id uuid,
    legacy_session_id uuid,
    legacy jsonb
)
WITH (fillfactor='90');
ALTER TABLE ONLY public.user_workflow_run ALTER COLUMN context SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run ALTER COLUMN config_snapshot SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run ALTER COLUMN error_details SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run ALTER COLUMN llm_prompt SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run ALTER COLUMN llm_response SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run ALTER COLUMN events SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run ALTER COLUMN screenshots SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run ALTER COLUMN legacy SET COMPRESSION lz4;

ALTER TABLE ONLY public.user_workflow_run FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE user_workflow_run; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.user_workflow_run IS 'One execution of a workflow, with its documents';

--
-- Name: COLUMN user_workflow_run.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.run_id IS 'Key. Carried-over runs: computed from the old trace_id';

--
-- Name: COLUMN user_workflow_run.workflow_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.workflow_id IS 'Workflow that was executed';

--
-- Name: COLUMN user_workflow_run.org_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.org_id IS 'Organisation that owns the run; row level security compares it with app.current_org_id';

--
-- Name: COLUMN user_workflow_run.status; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.status IS 'pending, running, active, completed, failed …';

--
-- Name: COLUMN user_workflow_run.channel; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.channel IS 'web, voice or efax';

--
-- Name: COLUMN user_workflow_run.external_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.external_id IS 'Id in the system that asked for the run; repeats';

--
-- Name: COLUMN user_workflow_run.started_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.started_at IS 'Start of the execution';

--
-- Name: COLUMN user_workflow_run.ended_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.ended_at IS 'End of the execution';

--
-- Name: COLUMN user_workflow_run.duration_ms; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.duration_ms IS 'Duration in milliseconds';

--
-- Name: COLUMN user_workflow_run.context; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.context IS 'Object: key to value. Was workflow_trace_context';

--
-- Name: COLUMN user_workflow_run.endpoints_used; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.endpoints_used IS 'Array of endpoint ids, no duplicates. Was workflow_trace_endpoint';

--
-- Name: COLUMN user_workflow_run.config_snapshot; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.config_snapshot IS 'All active configurations at the time of the run, as start_run stores them';

--
-- Name: COLUMN user_workflow_run.error_message; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.error_message IS 'Why the run failed, for people';

--
-- Name: COLUMN user_workflow_run.error_details; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.error_details IS 'Why the run failed, for programs';

--
-- Name: COLUMN user_workflow_run.llm_prompt; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.llm_prompt IS 'Prompt given to the language model';

--
-- Name: COLUMN user_workflow_run.llm_response; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.llm_response IS 'Response of the language model';

--
-- Name: COLUMN user_workflow_run.llm_model; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.llm_model IS 'Name of the language model';

--
-- Name: COLUMN user_workflow_run.llm_tokens_used; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.llm_tokens_used IS 'Tokens used, prompt and response';

--
-- Name: COLUMN user_workflow_run.tier; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.tier IS 'Tier the run was handled in';

--
-- Name: COLUMN user_workflow_run.tier_reason; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.tier_reason IS 'Why this tier';

--
-- Name: COLUMN user_workflow_run.created_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.created_at IS 'When the row was created';

--
-- Name: COLUMN user_workflow_run.created_by; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.created_by IS 'User who created the run';

--
-- Name: COLUMN user_workflow_run.updated_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.updated_at IS 'When the row was last changed, kept by a trigger; null if never';

--
-- Name: COLUMN user_workflow_run.events; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.events IS 'Array of events that belong to no step, elements as in user_workflow_run_step.events';

--
-- Name: COLUMN user_workflow_run.screenshots; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.screenshots IS 'Array of screenshots that match no step, elements as in user_workflow_run_step.screenshots';

--
-- Name: COLUMN user_workflow_run.legacy_trace_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.legacy_trace_id IS 'workflow_trace.trace_id; new runs get one, too';

--
-- Name: COLUMN user_workflow_run.legacy_batch_job_item_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.legacy_batch_job_item_id IS 'workflow_trace.batch_job_item_id';

--
-- Name: COLUMN user_workflow_run.legacy_action_type; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.legacy_action_type IS 'workflow_trace.action_type';

--
-- Name: COLUMN user_workflow_run.legacy_action_detail; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.legacy_action_detail IS 'workflow_trace.action_detail';

--
-- Name: COLUMN user_workflow_run.legacy_success; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.legacy_success IS 'workflow_trace.success';

--
-- Name: COLUMN user_workflow_run.legacy_user_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.legacy_user_id IS 'workflow_trace.user_id';

--
-- Name: COLUMN user_workflow_run.legacy_session_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.legacy_session_id IS 'workflow_trace.session_id';

--
-- Name: COLUMN user_workflow_run.legacy; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run.legacy IS '{"context": {key: {"context_id", "created_at", "updated_at"}}}: what workflow_trace_context kept
about a key besides its value; null if there is no key';

--
-- Name: user_workflow_run_step; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_workflow_run_step (
    step_id uuid DEFAULT gen_random_uuid() NOT NULL,
    run_id uuid NOT NULL,
    node_id uuid NOT NULL,
    step_number integer NOT NULL,
    status text DEFAULT 'pending'::text,
    retry_count integer DEFAULT 0,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    duration_ms integer,
    input_data jsonb,
    output_data jsonb,
    screenshots jsonb DEFAULT '[]'::jsonb,
    events jsonb DEFAULT '[]'::jsonb,
    error_message text,
    error_details jsonb,
    metadata jsonb DEFAULT '{}'::jsonb,
    org_id uuid NOT NULL,
    legacy_step_id bigint NOT NULL,
    legacy_trace_id bigint NOT NULL
)
WITH (fillfactor='90');
ALTER TABLE ONLY public.user_workflow_run_step ALTER COLUMN input_data SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run_step ALTER COLUMN output_data SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run_step ALTER COLUMN screenshots SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run_step ALTER COLUMN events SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run_step ALTER COLUMN error_details SET COMPRESSION lz4;
ALTER TABLE ONLY public.user_workflow_run_step ALTER COLUMN metadata SET COMPRESSION lz4;

ALTER TABLE ONLY public.user_workflow_run_step FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE user_workflow_run_step; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.user_workflow_run_step IS 'One step of a run, with its events and screenshots';

--
-- Name: COLUMN user_workflow_run_step.step_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.step_id IS 'Key. Carried-over steps: computed from the old step_id';

--
-- Name: COLUMN user_workflow_run_step.run_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.run_id IS 'Run the step belongs to';

--
-- Name: COLUMN user_workflow_run_step.node_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.node_id IS 'Node of the workflow that was executed';

--
-- Name: COLUMN user_workflow_run_step.step_number; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.step_number IS 'Position within the run';

--
-- Name: COLUMN user_workflow_run_step.status; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.status IS 'pending, running, completed, failed …';

--
-- Name: COLUMN user_workflow_run_step.retry_count; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.retry_count IS 'How often the step was repeated. Null is refused as long as the old names exist';

--
-- Name: COLUMN user_workflow_run_step.started_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.started_at IS 'Start of the step';

--
-- Name: COLUMN user_workflow_run_step.ended_at; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.ended_at IS 'End of the step';

--
-- Name: COLUMN user_workflow_run_step.duration_ms; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.duration_ms IS 'Duration in milliseconds';

--
-- Name: COLUMN user_workflow_run_step.input_data; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.input_data IS 'What the step was given';

--
-- Name: COLUMN user_workflow_run_step.output_data; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.output_data IS 'What the step gave back';

--
-- Name: COLUMN user_workflow_run_step.screenshots; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.screenshots IS 'Array of {"url", "thumbnail_url", "timestamp", "action", "selector", "element_found",
"confidence"}; elements from the old table also carry "screenshot_id", "org_id", "node_id",
"node_name", "step_index". Was workflow_trace_screenshot';

--
-- Name: COLUMN user_workflow_run_step.events; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.events IS 'Array of {"type", "timestamp", "data"}; elements from the old table also carry "event_id".
Timestamps are ISO 8601 in UTC. Was workflow_events';

--
-- Name: COLUMN user_workflow_run_step.error_message; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.error_message IS 'Why the step failed, for people';

--
-- Name: COLUMN user_workflow_run_step.error_details; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.error_details IS 'Why the step failed, for programs. The old names have no place for it';

--
-- Name: COLUMN user_workflow_run_step.metadata; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.metadata IS 'Whatever else is known of the step';

--
-- Name: COLUMN user_workflow_run_step.org_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.org_id IS 'Organisation of the run, by default taken from it; the foreign key allows no other';

--
-- Name: COLUMN user_workflow_run_step.legacy_step_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.legacy_step_id IS 'workflow_steps.step_id; new steps get one, too';

--
-- Name: COLUMN user_workflow_run_step.legacy_trace_id; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.user_workflow_run_step.legacy_trace_id IS 'workflow_steps.trace_id; by default that of the run';

--
-- Name: known_elements(public.user_workflow_run[], public.user_workflow_run_step[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.known_elements(runs public.user_workflow_run[], steps public.user_workflow_run_step[]) RETURNS TABLE(legacy_trace_id bigint, events jsonb, screenshots jsonb)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
 WITH array_of(legacy_trace_id, owner, on_step, kind, elements) AS (
          SELECT r.legacy_trace_id,
             r.run_id,
             false AS "?column?",
             'event'::text AS "?column?",
             r.events
            FROM unnest(known_elements.runs) r(run_id, workflow_id, org_id, status, channel, external_id, started_at, ended_at, duration_ms, context, endpoints_used, config_snapshot, error_message, error_details, llm_prompt, llm_response, llm_model, llm_tokens_used, tier, tier_reason, created_at, created_by, updated_at, events, screenshots, legacy_trace_id, legacy_batch_job_item_id, legacy_action_type, legacy_action_detail, legacy_success, legacy_user_id, legacy_session_id, legacy)
         UNION ALL
          SELECT r.legacy_trace_id,
             r.run_id,
             false,
             'screenshot'::text,
             r.screenshots
            FROM unnest(known_elements.runs) r(run_id, workflow_id, org_id, status, channel, external_id, started_at, ended_at, duration_ms, context, endpoints_used, config_snapshot, error_message, error_details, llm_prompt, llm_response, llm_model, llm_tokens_used, tier, tier_reason, created_at, created_by, updated_at, events, screenshots, legacy_trace_id, legacy_batch_job_item_id, legacy_action_type, legacy_action_detail, legacy_success, legacy_user_id, legacy_session_id, legacy)
         UNION ALL
          SELECT s.legacy_trace_id,
             s.step_id,
             true,
             'event'::text,
             s.events
            FROM unnest(known_elements.steps) s(step_id, run_id, node_id, step_number, status, retry_count, started_at, ended_at, duration_ms, input_data, output_data, screenshots, events, error_message, error_details, metadata, org_id, legacy_step_id, legacy_trace_id)
         UNION ALL
          SELECT s.legacy_trace_id,
             s.step_id,
             true,
             'screenshot'::text,
             s.screenshots
            FROM unnest(known_elements.steps) s(step_id, run_id, node_id, step_number, status, retry_count, started_at, ended_at, duration_ms, input_data, output_data, screenshots, events, error_message, error_details, metadata, org_id, legacy_step_id, legacy_trace_id)
         ), known AS (
          SELECT a.legacy_trace_id,
             a.kind,
                 CASE a.kind
                     WHEN 'event'::text THEN (consolidation.event_key(x.element, a.owner, x.place))::text
                     ELSE (consolidation.screenshot_key(x.element, a.owner, x.place))::text
                 END AS key,
             x.element
            FROM (array_of a
              CROSS JOIN LATERAL jsonb_array_elements(
                 CASE
                     WHEN (jsonb_typeof(a.elements) = 'array'::text) THEN a.elements
                     ELSE NULL::jsonb
                 END) WITH ORDINALITY x(element, place))
           WHERE
                 CASE a.kind
                     WHEN 'event'::text THEN consolidation.fits_event(x.element)
                     ELSE consolidation.fits_screenshot(x.element, a.on_step)
                 END
         )
  SELECT k.legacy_trace_id,
     jsonb_object_agg(k.key, k.element) FILTER (WHERE (k.kind = 'event'::text)) AS jsonb_object_agg,
     jsonb_object_agg(k.key, k.element) FILTER (WHERE (k.kind = 'screenshot'::text)) AS jsonb_object_agg
    FROM known k
   GROUP BY k.legacy_trace_id;
END;

--
-- Name: FUNCTION known_elements(runs public.user_workflow_run[], steps public.user_workflow_run_step[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.known_elements(runs public.user_workflow_run[], steps public.user_workflow_run_step[]) IS 'For each execution, its elements that the old tables can hold, by the id the old names show';

--
-- Name: lock_traces(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.lock_traces(trace_ids bigint[]) RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT pg_advisory_xact_lock(hashtext('workflow_consolidation'::text), b.bucket) AS pg_advisory_xact_lock
    FROM ( SELECT DISTINCT (((t.trace_id >> 8) & (255)::bigint))::integer AS bucket
            FROM unnest(lock_traces.trace_ids) t(trace_id)
           ORDER BY ((((t.trace_id >> 8) & (255)::bigint))::integer)) b;
END;

--
-- Name: FUNCTION lock_traces(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.lock_traces(trace_ids bigint[]) IS 'Serialises whoever carries these executions over or back, until the end of the transaction. Call it
in a statement of its own: the next one then sees what the session before it committed';

--
-- Name: lock_traces_shared(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.lock_traces_shared(trace_ids bigint[]) RETURNS void
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT pg_advisory_xact_lock_shared(hashtext('workflow_consolidation'::text), b.bucket) AS pg_advisory_xact_lock_shared
    FROM ( SELECT DISTINCT (((t.trace_id >> 8) & (255)::bigint))::integer AS bucket
            FROM unnest(lock_traces_shared.trace_ids) t(trace_id)
           ORDER BY ((((t.trace_id >> 8) & (255)::bigint))::integer)) b;
END;

--
-- Name: FUNCTION lock_traces_shared(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.lock_traces_shared(trace_ids bigint[]) IS 'As lock_traces, for batches of the backfill: none has the executions of another one, so they need
not wait for each other because a lock stands for neighbours as well';

--
-- Name: to_score(jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.to_score(element jsonb) RETURNS numeric
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
begin
    return case
        when jsonb_typeof(element) = 'number' and abs(element::numeric) < 9.995
            then element::numeric
        when element = '"NaN"' then 'NaN'::numeric
    end;
end;
$$;

--
-- Name: FUNCTION to_score(element jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.to_score(element jsonb) IS 'A confidence as numeric that numeric(3,2) can hold; "NaN" is one, which JSON has only as text';

--
-- Name: merge_elements(jsonb, jsonb, jsonb, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.merge_elements(known jsonb, rebuilt jsonb, known_by_id jsonb, kind text) RETURNS jsonb
    LANGUAGE sql STABLE
    SET plan_cache_mode TO 'force_generic_plan'
    BEGIN ATOMIC
 WITH merged AS (
          SELECT 1 AS part,
             n.place,
             (COALESCE(k.element, '{}'::jsonb) || ( SELECT jsonb_object_agg(v.name,
                         CASE
                             WHEN (((k.element -> v.name))::text = (v.content)::text) THEN (k.element -> v.name)
                             WHEN ((v.name <> 'data'::text) AND (((k.element ->> v.name) = (v.content #>> '{}'::text[])) OR ((v.name = 'timestamp'::text) AND (public.from_iso8601((k.element ->> v.name)) = public.from_iso8601((v.content #>> '{}'::text[])))) OR ((v.name = 'confidence'::text) AND (round(consolidation.to_score((k.element -> v.name)), 2) = consolidation.to_score(v.content))))) THEN (k.element -> v.name)
                             ELSE v.content
                         END) AS jsonb_object_agg
                    FROM jsonb_each(n.element) v(name, content))) AS element
            FROM (jsonb_array_elements(merge_elements.rebuilt) WITH ORDINALITY n(element, place)
              CROSS JOIN LATERAL ( SELECT (merge_elements.known_by_id -> (n.element ->>
                         CASE merge_elements.kind
                             WHEN 'event'::text THEN 'event_id'::text
                             ELSE 'screenshot_id'::text
                         END)) AS element) k)
         UNION ALL
          SELECT 2,
             x.place,
             x.element
            FROM ( SELECT a.element,
                     a.place,
                     (a.element ->>
                         CASE merge_elements.kind
                             WHEN 'event'::text THEN 'event_id'::text
                             ELSE 'screenshot_id'::text
                         END) AS id,
                     row_number() OVER (PARTITION BY (a.element ->>
                         CASE merge_elements.kind
                             WHEN 'event'::text THEN 'event_id'::text
                             ELSE 'screenshot_id'::text
                         END) ORDER BY a.place) AS copy
                    FROM jsonb_array_elements(
                         CASE
                             WHEN (jsonb_typeof(merge_elements.known) = 'array'::text) THEN merge_elements.known
                             ELSE '[]'::jsonb
                         END) WITH ORDINALITY a(element, place)) x
           WHERE ((NOT
                 CASE merge_elements.kind
                     WHEN 'event'::text THEN consolidation.fits_event(x.element)
                     ELSE consolidation.fits_screenshot(x.element, (merge_elements.kind = 'step screenshot'::text))
                 END) OR ((x.copy > 1) AND (EXISTS ( SELECT
                    FROM jsonb_array_elements(merge_elements.rebuilt) n(element)
                   WHERE (x.id = (n.element ->>
                         CASE merge_elements.kind
                             WHEN 'event'::text THEN 'event_id'::text
                             ELSE 'screenshot_id'::text
                         END))))))
         )
  SELECT COALESCE(jsonb_agg(m.element ORDER BY m.part, m.place), '[]'::jsonb) AS "coalesce"
    FROM merged m;
END;

--
-- Name: FUNCTION merge_elements(known jsonb, rebuilt jsonb, known_by_id jsonb, kind text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.merge_elements(known jsonb, rebuilt jsonb, known_by_id jsonb, kind text) IS 'The rebuilt array with what only the known documents of the execution can say: further keys of the
same element, wherever it was, and elements the old table cannot hold. kind: event, step screenshot
or run screenshot';

--
-- Name: note_everything(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.note_everything() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'legacy', 'public', 'pg_temp'
    AS $$
begin
    perform consolidation.see_everything();
    insert into consolidation.change (trace_id)
    select r.legacy_trace_id from public.user_workflow_run as r
    union
    select t.trace_id from workflow_trace as t;
end;
$$;

--
-- Name: FUNCTION note_everything(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.note_everything() IS 'Puts every execution into the queue, as after a truncate';

--
-- Name: on_new_names(text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.on_new_names(definition text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN regexp_replace(definition, ('\mpublic\.(workflow_trace|workflow_steps|workflow_events|workflow_trace_screenshot'::text || '|workflow_trace_context|workflow_trace_endpoint)\M'::text), 'consolidation.\1'::text, 'g'::text);

--
-- Name: FUNCTION on_new_names(definition text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.on_new_names(definition text) IS 'The definition of a view with the old names replaced by the views that wait in consolidation';

--
-- Name: only_in_documents(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.only_in_documents() RETURNS TABLE(table_name text, key text, what text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'legacy', 'public', 'pg_temp'
    AS $$
begin
    perform consolidation.see_everything();
    return query
    -- After the cut-over the old tables only wait for them.
    select
        'user_workflow_run',
        format('run_id %s', r.run_id),
        format('the run, legacy_trace_id %s', r.legacy_trace_id)
    from public.user_workflow_run as r
    where
        consolidation.phase() = 'expand'
        and not exists (
            select from workflow_trace as t where t.trace_id = r.legacy_trace_id
        )
    union all
    select
        'user_workflow_run_step',
        format('step_id %s', s.step_id),
        'error_details'
    from public.user_workflow_run_step as s
    where s.error_details is not null
    union all
    select
        'user_workflow_run',
        format('run_id %s', r.run_id),
        format('%s, which is no %s', d.name, d.kind)
    from public.user_workflow_run as r
    cross join lateral (
        values
        ('context', 'object', jsonb_typeof(r.context)),
        ('endpoints_used', 'array', jsonb_typeof(r.endpoints_used)),
        ('events', 'array', jsonb_typeof(r.events)),
        ('screenshots', 'array', jsonb_typeof(r.screenshots))
    ) as d (name, kind, actual)
    where d.actual <> d.kind
    union all
    select
        'user_workflow_run_step',
        format('step_id %s', s.step_id),
        format('%s, which is no array', d.name)
    from public.user_workflow_run_step as s
    cross join lateral (
        values ('events', jsonb_typeof(s.events)), ('screenshots', jsonb_typeof(s.screenshots))
    ) as d (name, actual)
    where d.actual <> 'array'
    union all
    select
        'user_workflow_run',
        format('run_id %s', r.run_id),
        format('context key "%s …" of %s characters', left(k.name, 20), length(k.name))
    from public.user_workflow_run as r
    cross join lateral jsonb_object_keys(
        case when jsonb_typeof(r.context) = 'object' then r.context end
    ) as k (name)
    where length(k.name) > 255
    union all
    select
        'user_workflow_run',
        format('legacy_trace_id %s', e.trace_id),
        format('endpoint %s of endpoints_used', e.place)
    from consolidation.endpoint_row as e
    where not e.fits
    union all
    select
        case when e.step_id is null then 'user_workflow_run' else 'user_workflow_run_step' end,
        coalesce(format('legacy_step_id %s', e.step_id), format('legacy_trace_id %s', e.trace_id)),
        format('event %s', e.place)
    from consolidation.event_row as e
    where
        not e.fits
        or case
            when jsonb_typeof(e.element) = 'object'
                then e.element - '{type,timestamp,data,event_id}'::text [] <> '{}'
        end
    union all
    select
        case when s.on_step is null then 'user_workflow_run' else 'user_workflow_run_step' end,
        coalesce(format('step_id %s', s.on_step), format('legacy_trace_id %s', s.trace_id)),
        format('screenshot %s', s.place)
    from consolidation.screenshot_row as s
    where
        not s.fits
        or round(consolidation.to_score(s.element -> 'confidence'), 2)
        <> consolidation.to_score(s.element -> 'confidence')
        or case
            when jsonb_typeof(s.element) = 'object'
                then s.element - array[
                    'url', 'thumbnail_url', 'timestamp', 'action', 'selector', 'element_found',
                    'confidence', 'screenshot_id', 'org_id', 'node_id', 'node_name', 'step_index'
                ] <> '{}'
        end;
end;
$$;

--
-- Name: FUNCTION only_in_documents(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.only_in_documents() IS 'What the documents hold and the old tables cannot: table, key, and what it is. It stays in the
documents when the names go back to the old tables';

--
-- Name: patch(jsonb, jsonb, jsonb); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.patch(previous jsonb, current jsonb, wanted jsonb) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    name text;
    change jsonb := '{}'::jsonb;
begin
    for name in select k from jsonb_object_keys(previous) as k loop
        -- As text: 1.1 and 1.10 are equal, but not the same.
        if (wanted -> name)::text is distinct from (previous -> name)::text then
            if (current -> name)::text is distinct from (previous -> name)::text then
                raise serialization_failure using
                    message = 'could not serialize access due to concurrent update',
                    detail = format('Another transaction changed "%s" meanwhile.', name),
                    hint = 'Repeat the transaction.';
            end if;
            change := change || jsonb_build_object(name, wanted -> name);
        end if;
    end loop;
    return change;
end;
$$;

--
-- Name: FUNCTION patch(previous jsonb, current jsonb, wanted jsonb); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.patch(previous jsonb, current jsonb, wanted jsonb) IS 'What an update changes: the keys in which wanted differs from previous ("{}" stands for a delete
and differs in all). Raises 40001 if somebody else changed one of them meanwhile: no update is
lost';

--
-- Name: dropped_table; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.dropped_table (
    table_name text NOT NULL,
    ordinal integer NOT NULL,
    statement text NOT NULL
);

--
-- Name: TABLE dropped_table; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.dropped_table IS 'How to create the old tables again: written by the contract project when it drops them';

--
-- Name: COLUMN dropped_table.table_name; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.dropped_table.table_name IS 'Old table the statement belongs to';

--
-- Name: COLUMN dropped_table.ordinal; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.dropped_table.ordinal IS 'Order of execution, from 1';

--
-- Name: COLUMN dropped_table.statement; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.dropped_table.statement IS 'One DDL statement, without semicolon';

--
-- Name: phase(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.phase() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN ((SELECT c.relkind FROM pg_class c WHERE (c.oid = (to_regclass('public.workflow_trace'::text))::oid)) = 'r'::"char") THEN 'expand'::text WHEN (to_regclass('legacy.workflow_trace'::text) IS NOT NULL) THEN 'cut over'::text WHEN (EXISTS (SELECT FROM consolidation.dropped_table)) THEN 'contract'::text ELSE NULL::text END;

--
-- Name: FUNCTION phase(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.phase() IS 'Where the database stands, read from the catalog: "expand" (the old names are tables),
"cut over" (they are views, the tables are in legacy), "contract" (the tables are dropped)';

--
-- Name: plan_chunks(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.plan_chunks() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'legacy', 'public', 'pg_temp'
    AS $$
begin
    perform consolidation.see_everything();
    lock table consolidation.chunk in share row exclusive mode;
    if exists (select from consolidation.chunk) then
        return;
    end if;
    insert into consolidation.chunk (first_trace_id, last_trace_id, traces)
    select
        min(t.trace_id),
        max(t.trace_id),
        count(*)
    from workflow_trace as t
    having count(*) > 0;
end;
$$;

--
-- Name: FUNCTION plan_chunks(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.plan_chunks() IS 'Notes the executions present as one range to carry over, once';

--
-- Name: policy_definition(oid, text); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.policy_definition(policy oid, relation text) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT format('create policy %I on %s as %s for %s to %s%s%s'::text, p.polname, policy_definition.relation,
         CASE
             WHEN p.polpermissive THEN 'permissive'::text
             ELSE 'restrictive'::text
         END,
         CASE p.polcmd
             WHEN 'r'::"char" THEN 'select'::text
             WHEN 'a'::"char" THEN 'insert'::text
             WHEN 'w'::"char" THEN 'update'::text
             WHEN 'd'::"char" THEN 'delete'::text
             ELSE 'all'::text
         END, ( SELECT string_agg(COALESCE(quote_ident((r.rolname)::text), 'public'::text), ', '::text) AS string_agg
            FROM (unnest(p.polroles) u(role_id)
              LEFT JOIN pg_roles r ON ((r.oid = u.role_id)))), ((' using ('::text || pg_get_expr(p.polqual, p.polrelid)) || ')'::text), ((' with check ('::text || pg_get_expr(p.polwithcheck, p.polrelid)) || ')'::text)) AS format
    FROM pg_policy p
   WHERE (p.oid = policy_definition.policy);
END;

--
-- Name: FUNCTION policy_definition(policy oid, relation text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.policy_definition(policy oid, relation text) IS 'The statement that creates a policy again, on a relation of that name';

--
-- Name: preflight(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.preflight(OUT severity text, OUT kind text, OUT object text, OUT consequence text, OUT remedy text) RETURNS SETOF record
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    found record;
    six constant text [] := array[
        'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
        'workflow_trace_context', 'workflow_trace_endpoint'
    ];
begin
    for found in
        with old_table as (
            select
                c.oid,
                c.relname,
                c.relkind,
                c.relacl,
                c.relowner,
                c.relrowsecurity,
                c.relforcerowsecurity,
                c.reltype
            from pg_class as c
            where c.oid in (select consolidation.old_table(t.name) from unnest(six) as t (name))
        )

        select
            case
                when f.add_new is null and f.kind = 'incoming foreign key' then 'refuse'
                else 'notice'
            end as severity,
            f.kind,
            f.object,
            case
                when f.add_new is not null then 'made again on the documents, then validated'
                when f.kind = 'incoming foreign key'
                    then 'nothing in the documents can be referenced in its place'
                else 'not kept: the column is inside a document'
            end as consequence,
            coalesce(
                f.add_new, case when f.kind = 'incoming foreign key' then f.drop_old end
            ) as remedy
        from consolidation.foreign_key() as f
        union all
        select distinct
            'refuse',
            case c.relkind when 'm' then 'materialized view' else 'rule' end,
            c.oid::regclass::text,
            'would go on reading the old table, which nobody writes to any more',
            format('Drop it before the deploy, create it again after: %s', pg_get_ruledef(r.oid))
        from pg_depend as d
        inner join pg_rewrite as r on r.oid = d.objid
        inner join pg_class as c on c.oid = r.ev_class
        inner join old_table as o on o.oid = d.refobjid
        where
            d.classid = 'pg_rewrite'::regclass
            and d.refclassid = 'pg_class'::regclass
            and (c.relkind <> 'v' or c.oid = o.oid)
        union all
        select distinct
            'refuse',
            'policy',
            format('%s on %s', p.polname, p.polrelid::regclass),
            'reads an old table, and would go on doing so',
            format('drop policy %I on %s; create it again after the deploy',
                p.polname, p.polrelid::regclass)
        from pg_depend as d
        inner join pg_policy as p on p.oid = d.objid
        inner join old_table as o on o.oid = d.refobjid
        -- Policies of the old tables themselves move with them.
        where
            d.classid = 'pg_policy'::regclass
            and d.refclassid = 'pg_class'::regclass
            and p.polrelid not in (select t.oid from old_table as t)
        union all
        select distinct
            'refuse',
            'row type',
            pg_describe_object(d.classid, d.objid, d.objsubid),
            format('uses the row type of %s, which moves to the schema legacy', o.relname),
            'Use the columns, or "returns table (…)", instead of the row type.'
        from old_table as o
        inner join pg_type as t on t.oid = o.reltype
        inner join pg_depend as d
            on d.refclassid = 'pg_type'::regclass
            and d.refobjid in (t.oid, t.typarray)
            and d.classid <> 'pg_type'::regclass
        where not (d.classid = 'pg_class'::regclass and d.objid = o.oid)
        union all
        select
            'refuse',
            'trigger',
            format('%s on %s', g.tgname, o.relname),
            'would stop firing: the table is not written to any more',
            format('Move it to the documents, drop it (drop trigger %I on %s), or accept it.',
                g.tgname, o.relname)
        from pg_trigger as g
        inner join old_table as o on o.oid = g.tgrelid
        where
            not g.tgisinternal
            and g.tgfoid <> all (
                array['consolidation.capture_old()'::regprocedure]
            )
            and g.tgenabled <> 'D'
        union all
        select
            'refuse',
            'publication',
            format('%s of %s', p.pubname, o.relname),
            'subscribers would receive no more changes of it',
            'Publish user_workflow_run and user_workflow_run_step, then accept it.'
        from pg_publication_rel as r
        inner join pg_publication as p on p.oid = r.prpubid
        inner join old_table as o on o.oid = r.prrelid
        where consolidation.phase() = 'expand'
        union all
        select
            'notice',
            'publication',
            p.pubname,
            'publishes what is in its schemas: the documents from now on, the old tables no more',
            'Create the new tables on the subscribers first.'
        from pg_publication as p
        where
            p.puballtables
            or exists (select from pg_publication_namespace as n where n.pnpubid = p.oid)
        union all
        select
            'refuse',
            'inheritance',
            format('%s of %s', i.inhrelid::regclass, i.inhparent::regclass),
            'rows of a child table would be read twice or not at all',
            'Fold the child table into its parent first.'
        from pg_inherits as i
        inner join old_table as o on o.oid in (i.inhrelid, i.inhparent)
        union all
        select
            'refuse',
            'kind of table',
            o.relname,
            'is not an ordinary table',
            'Make it one first: attach, detach or copy its rows.'
        from old_table as o
        where o.relkind <> 'r'
        union all
        select
            'notice',
            'statistics object',
            format('%s on %s', s.stxname, o.relname),
            'stays with the old table',
            'Create statistics on the documents if a plan needs them.'
        from pg_statistic_ext as s
        inner join old_table as o on o.oid = s.stxrelid
        union all
        -- A view of the caller's rights reads all columns it is made of, whichever are asked for.
        select
            'refuse',
            'column privilege',
            format('select (%s) on %s to %s', a.attname, o.relname,
                coalesce(r.rolname, 'public')),
            'the role would need to read every column behind the view, in the documents too',
            'Grant select on the whole table, give the role a view of its own, or accept it.'
        from old_table as o
        inner join pg_attribute as a on a.attrelid = o.oid and a.attnum > 0
        cross join lateral aclexplode(a.attacl) as x
        left join pg_roles as r on r.oid = x.grantee
        where x.privilege_type = 'SELECT'
        union all
        select
            'refuse',
            'write-only privilege',
            format('%s on %s to %s', string_agg(x.privilege_type, ', ' order by x.privilege_type),
                o.relname, coalesce(r.rolname, 'public')),
            'the role could not write through the view without reading the documents',
            format('grant select on %s to %s, or accept it: the role is then locked out',
                o.relname, coalesce(quote_ident(r.rolname), 'public'))
        from old_table as o
        cross join lateral aclexplode(o.relacl) as x
        left join pg_roles as r on r.oid = x.grantee
        where
            x.privilege_type in ('UPDATE', 'DELETE')
            and o.relname not in ('workflow_trace', 'workflow_steps')
            and not exists (
                select from aclexplode(o.relacl) as y
                where y.grantee = x.grantee and y.privilege_type = 'SELECT'
            )
            and coalesce(r.rolname, 'public') not in ('workflow_app', 'workflow_maintenance')
        group by o.relname, r.rolname
        union all
        -- A view of the caller's rights asks for the caller's, also from inside another view.
        select distinct
            'refuse',
            'view privilege',
            format('%s to %s', v.relation::regclass, coalesce(g.rolname, 'public')),
            format('the role may not read %s itself, which the view would ask for', o.relname),
            format('grant select on %s to %s, or accept it: the role is then locked out',
                o.relname, coalesce(quote_ident(g.rolname), 'public'))
        from (
            with recursive dependent (relation, old_table) as (
                select
                    r.ev_class,
                    d.refobjid
                from pg_depend as d
                inner join pg_rewrite as r on r.oid = d.objid
                where
                    d.classid = 'pg_rewrite'::regclass
                    and d.refclassid = 'pg_class'::regclass
                    and d.refobjid in (select t.oid from old_table as t)
                    and r.ev_class <> d.refobjid
                union
                select
                    r.ev_class,
                    b.old_table
                from dependent as b
                inner join pg_depend as d on d.refobjid = b.relation
                inner join pg_rewrite as r on r.oid = d.objid
                where
                    d.classid = 'pg_rewrite'::regclass
                    and d.refclassid = 'pg_class'::regclass
                    and r.ev_class <> b.relation
            )

            select
                b.relation,
                b.old_table
            from dependent as b
        ) as v
        inner join pg_class as c
            on c.oid = v.relation
            and c.relkind = 'v'
            and c.relnamespace not in ('consolidation'::regnamespace)
            and not coalesce(c.reloptions @> '{security_invoker=true}', false)
        inner join old_table as o on o.oid = v.old_table
        cross join lateral aclexplode(c.relacl) as x
        left join pg_roles as g on g.oid = x.grantee
        where
            x.grantee <> c.relowner
            and case
                when x.grantee = 0 then not exists (
                    select from aclexplode(o.relacl) as y
                    where y.grantee = 0 and y.privilege_type = 'SELECT'
                )
                else not has_table_privilege(x.grantee, o.oid, 'select')
            end
        union all
        select
            'refuse',
            'row level security',
            format('%s on %s', p.polname, o.relname),
            'is replaced by isolation per app.current_org_id, which it does not mention',
            'Check that nobody sees more afterwards, then accept it.'
        from (
            select
                c.oid,
                c.relname,
                c.relrowsecurity
            from pg_class as c
            where
                c.oid in (select t.oid from old_table as t)
                or c.oid = to_regclass('public.workflow_configs')
        ) as o
        inner join pg_policy as p on p.polrelid = o.oid
        where
            o.relrowsecurity
            and concat(
                pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
            ) !~ 'app\.current_org_id|current_org_id\('
        union all
        select
            'refuse',
            'row level security',
            string_agg(o.relname, ', ' order by o.relname),
            'is enabled here and not on the other old tables: the documents know one rule',
            'Enable it on all six, or on none.'
        from old_table as o
        where o.relrowsecurity
        having count(*) between 1 and 5
        union all
        select
            'notice',
            'row level security',
            format('role %s', r.rolname),
            'saw all organisations and goes on doing so while it names none in app.current_org_id',
            format(
                'To isolate it: alter policy user_workflow_run_unscoped on user_workflow_run to … '
                '(without %s); the same on user_workflow_run_step and user_workflow_config',
                r.rolname
            )
        from pg_roles as r
        where r.rolname in (select u.role_name from consolidation.unscoped_role() as u)
        union all
        select
            'refuse',
            'sequence',
            coalesce(s.actual, '(none)'),
            format('the ids of %s do not come from %s', s.table_name, s.expected),
            case
                when s.actual is null
                    then format('alter table %s alter %s add generated by default as identity',
                        s.table_name, s.column_name)
                else format('alter sequence %s rename to %s', s.actual, s.expected)
            end
        from (
            select
                v.table_name,
                v.column_name,
                concat(v.table_name, '_', v.column_name, '_seq') as expected,
                (
                    select c.relname
                    from pg_class as c
                    where c.oid = pg_get_serial_sequence(
                        consolidation.old_table(v.table_name)::text, v.column_name
                    )::regclass
                ) as actual
            from (
                values
                ('workflow_trace', 'trace_id'),
                ('workflow_steps', 'step_id'),
                ('workflow_events', 'event_id'),
                ('workflow_trace_context', 'context_id')
            ) as v (table_name, column_name)
        ) as s
        where s.actual is distinct from s.expected
        union all
        select
            'refuse',
            'index',
            format('%s (trace_id)', o.relname),
            'is missing: every batch of the backfill would read the whole table',
            format('create index concurrently on %s (trace_id)', o.relname)
        from old_table as o
        inner join pg_attribute as a on a.attrelid = o.oid and a.attname = 'trace_id'
        where not exists (
            select from pg_index as i
            where
                i.indrelid = o.oid and i.indisvalid and i.indpred is null
                and i.indkey[0] = a.attnum
        )
        union all
        select
            'notice',
            'column type',
            format('%s.%s is %s', o.relname, a.attname, format_type(a.atttypid, a.atttypmod)),
            format('the view shows %s: prepared statements that read it must be prepared again',
                format_type(v.atttypid, v.atttypmod)),
            null
        from old_table as o
        inner join pg_attribute as a on a.attrelid = o.oid and a.attnum > 0
        inner join pg_attribute as v
            on v.attrelid = consolidation.old_name(o.relname) and v.attname = a.attname
        where (a.atttypid, a.atttypmod) is distinct from (v.atttypid, v.atttypmod)
        union all
        select
            'refuse',
            'function',
            p.oid::regprocedure::text,
            'its source says "on conflict", "truncate" or "merge" on a name that becomes a view',
            'Rewrite the statement (README, "Limits"), or accept it.'
        from pg_proc as p
        inner join pg_language as l on l.oid = p.prolang
        where
            l.lanname in ('plpgsql', 'sql')
            and p.pronamespace not in (
                'pg_catalog'::regnamespace, 'information_schema'::regnamespace,
                'consolidation'::regnamespace
            )
            and p.prosrc ~* (
                '(insert\s+into\s+(only\s+)?(\w+\.)?"?workflow_(events|trace_screenshot|'
                || 'trace_context|trace_endpoint)"?\M[^;]*on\s+conflict)'
                || '|(truncate\s+(table\s+)?(only\s+)?[^;]*\mworkflow_(trace|steps|events|'
                || 'trace_screenshot|trace_context|trace_endpoint)\M)'
                -- From PostgreSQL 17 on a view can be merged into.
                || case
                    when current_setting('server_version_num')::integer < 170000
                        then '|(merge\s+into\s+(only\s+)?(\w+\.)?"?workflow_(trace|steps|events|'
                        || 'trace_screenshot|trace_context|trace_endpoint)"?\M)'
                    else ''
                end
            )
        union all
        select
            'notice',
            b.kind,
            b.object,
            'bound to the new name again',
            null
        from consolidation.rebinding() as b
    loop
        severity := found.severity;
        kind := found.kind;
        object := found.object;
        consequence := found.consequence;
        remedy := found.remedy;

        -- What reads a table may not work on a view: a primary key implies the other columns of a
        -- group by. It is tried on the new names, and undone.
        if kind = 'view' and consolidation.phase() = 'expand' then
            begin
                execute format(
                    'create temporary view consolidation_trial as %s',
                    consolidation.on_new_names(
                        (select b.trial from consolidation.rebinding() as b
                            where b.kind = 'view' and b.object = found.object)
                    )
                );
                raise exception using errcode = 'ZZ999', message = 'it works';
            exception
                when sqlstate 'ZZ999' then null;
                when others then
                    severity := 'refuse';
                    consequence := 'cannot be bound to the new name: ' || sqlerrm;
                    remedy := 'Rewrite the view, or drop it before the deploy.';
            end;
        end if;

        if severity = 'refuse' and exists (
            select from consolidation.accepted as a
            where a.kind = found.kind and a.object = found.object
        ) then
            severity := 'accepted';
        end if;
        return next;
    end loop;
end;
$$;

--
-- Name: FUNCTION preflight(OUT severity text, OUT kind text, OUT object text, OUT consequence text, OUT remedy text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.preflight(OUT severity text, OUT kind text, OUT object text, OUT consequence text, OUT remedy text) IS 'What depends on the old tables and what the cut-over makes of it. severity: "refuse" (the cut-over
refuses until it is remedied or written into consolidation.accepted), "accepted", "notice". Changes
nothing';

--
-- Name: rebinding(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.rebinding(OUT kind text, OUT object text, OUT statement text, OUT trial text) RETURNS SETOF record
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT DISTINCT 'view'::text,
     ((c.oid)::regclass)::text AS oid,
     format('create or replace view %s %s as %s'::text, (c.oid)::regclass, (('with ('::text || array_to_string(c.reloptions, ', '::text)) || ')'::text), pg_get_viewdef(c.oid)) AS format,
     pg_get_viewdef(c.oid) AS pg_get_viewdef
    FROM ((pg_depend d
      JOIN pg_rewrite r ON ((r.oid = d.objid)))
      JOIN pg_class c ON ((c.oid = r.ev_class)))
   WHERE ((d.classid = ('pg_rewrite'::regclass)::oid) AND (d.refclassid = ('pg_class'::regclass)::oid) AND (d.refobjid = ANY (ARRAY[(to_regclass('public.workflow_trace'::text))::oid, (to_regclass('public.workflow_steps'::text))::oid, (to_regclass('public.workflow_events'::text))::oid, (to_regclass('public.workflow_trace_screenshot'::text))::oid, (to_regclass('public.workflow_trace_context'::text))::oid, (to_regclass('public.workflow_trace_endpoint'::text))::oid])) AND (c.relkind = 'v'::"char") AND (c.oid <> d.refobjid) AND (c.relnamespace <> ('consolidation'::regnamespace)::oid))
 UNION ALL
  SELECT DISTINCT 'function'::text,
     ((p.oid)::regprocedure)::text AS oid,
     pg_get_functiondef(p.oid) AS pg_get_functiondef,
     NULL::text
    FROM (pg_depend d
      JOIN pg_proc p ON ((p.oid = d.objid)))
   WHERE ((d.classid = ('pg_proc'::regclass)::oid) AND (d.refclassid = ('pg_class'::regclass)::oid) AND (p.prosqlbody IS NOT NULL) AND (d.refobjid = ANY (ARRAY[(to_regclass('public.workflow_trace'::text))::oid, (to_regclass('public.workflow_steps'::text))::oid, (to_regclass('public.workflow_events'::text))::oid, (to_regclass('public.workflow_trace_screenshot'::text))::oid, (to_regclass('public.workflow_trace_context'::text))::oid, (to_regclass('public.workflow_trace_endpoint'::text))::oid])));
END;

--
-- Name: FUNCTION rebinding(OUT kind text, OUT object text, OUT statement text, OUT trial text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.rebinding(OUT kind text, OUT object text, OUT statement text, OUT trial text) IS 'Views and SQL-standard functions bound to whatever has the old names now, with the statement that
binds them to whatever has these names when it is executed';

--
-- Name: rebuild_documents(bigint[]); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.rebuild_documents(trace_ids bigint[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'legacy', 'public', 'pg_temp'
    SET plan_cache_mode TO 'force_custom_plan'
    SET jit TO 'off'
    SET enable_seqscan TO 'off'
    SET work_mem TO '32MB'
    AS $$
declare
    known_run public.user_workflow_run [];
    known_step public.user_workflow_run_step [];
begin
    perform consolidation.see_everything();
    perform consolidation.require_read_committed();

    -- Only documents written to after a cut-over can hold what the old tables cannot.
    select array_agg(r)
    into known_run
    from public.user_workflow_run as r
    where
        r.legacy_trace_id = any (trace_ids)
        and r.legacy_trace_id in (select b.trace_id from consolidation.carried_back as b);
    if known_run is not null then
        select array_agg(s)
        into known_step
        from public.user_workflow_run_step as s
        inner join unnest(known_run) as k on k.legacy_trace_id = s.legacy_trace_id;
    end if;

    -- What is gone, and steps whose number changed: two of them may have swapped theirs, which no
    -- single update can follow.
    delete from public.user_workflow_run_step as d
    where
        d.legacy_trace_id = any (trace_ids)
        and not exists (
            select from workflow_steps as s
            where
                s.trace_id = any (trace_ids)
                and s.step_id = d.legacy_step_id
                and s.trace_id = d.legacy_trace_id
                and s.step_number = d.step_number
        );

    -- With its steps in one statement: an execution deleted since the one above would leave them
    -- without a run, as long as there is no foreign key to take them along.
    with gone as (
        delete from public.user_workflow_run as d
        where
            d.legacy_trace_id = any (trace_ids)
            and not exists (
                select from workflow_trace as t
                where t.trace_id = any (trace_ids) and t.trace_id = d.legacy_trace_id
            )
        returning d.legacy_trace_id
    )

    delete from public.user_workflow_run_step as s
    using gone as g
    where s.legacy_trace_id = g.legacy_trace_id;

    insert into public.user_workflow_run as known (
        run_id,
        workflow_id,
        org_id,
        status,
        channel,
        external_id,
        started_at,
        ended_at,
        duration_ms,
        context,
        endpoints_used,
        config_snapshot,
        error_message,
        error_details,
        llm_prompt,
        llm_response,
        llm_model,
        llm_tokens_used,
        tier,
        tier_reason,
        created_at,
        created_by,
        events,
        screenshots,
        legacy_trace_id,
        legacy_batch_job_item_id,
        legacy_action_type,
        legacy_action_detail,
        legacy_success,
        legacy_user_id,
        legacy_session_id,
        legacy
    )
    select
        -- An execution that was given another trace_id after a cut-over kept its run_id; whoever
        -- has that trace_id now gets a new one.
        case
            when exists (
                select from public.user_workflow_run as o
                where
                    o.run_id = consolidation.run_id(t.trace_id)
                    and o.legacy_trace_id <> t.trace_id
            )
                then gen_random_uuid()
            else consolidation.run_id(t.trace_id)
        end,
        t.workflow_id,
        t.org_id,
        t.status,
        t.channel,
        t.external_id,
        t.start_time,
        t.end_time,
        t.duration_ms,
        coalesce(c.context, '{}'),
        coalesce(p.endpoints_used, '[]'),
        t.config_snapshot,
        t.error_message,
        t.error_detail,
        t.llm_prompt,
        t.llm_response,
        t.llm_model,
        t.llm_tokens_used,
        t.tier,
        t.tier_reason,
        t.created_at,
        t.created_by,
        coalesce(to_jsonb(e.events), '[]'),
        coalesce(to_jsonb(sc.screenshots), '[]'),
        t.trace_id,
        t.batch_job_item_id,
        t.action_type,
        t.action_detail,
        t.success,
        t.user_id,
        t.session_id,
        c.legacy
    from workflow_trace as t
    left join (
        select
            x.trace_id,
            jsonb_object_agg(x.key, x.value) as context,
            jsonb_build_object(
                'context',
                jsonb_object_agg(
                    x.key,
                    consolidation.context_origin(x.context_id, x.created_at, x.updated_at)
                )
            ) as legacy
        from workflow_trace_context as x
        where x.trace_id = any (trace_ids)
        group by x.trace_id
    ) as c on c.trace_id = t.trace_id
    left join (
        select
            x.trace_id,
            jsonb_agg(x.endpoint_id order by x.endpoint_id) as endpoints_used
        from workflow_trace_endpoint as x
        where x.trace_id = any (trace_ids)
        group by x.trace_id
    ) as p on p.trace_id = t.trace_id
    left join (
        select
            x.trace_id,
            array_agg(
                consolidation.event_object(x.event_id, x.event_type, x.event_data, x."timestamp")
                order by x."timestamp", x.event_id
            ) as events
        from workflow_events as x
        where x.trace_id = any (trace_ids) and x.step_id is null
        group by x.trace_id
    ) as e on e.trace_id = t.trace_id
    left join (
        select
            x.trace_id,
            array_agg(
                consolidation.screenshot_object(
                    x.screenshot_id, x.org_id, x.node_name, x.step_index, x.screenshot_url,
                    x.thumbnail_url, x.action_description, x.element_selector, x.element_found,
                    x.confidence_score, x.created_at, x.node_id
                )
                order by x.created_at, x.screenshot_id
            ) as screenshots
        from workflow_trace_screenshot as x
        where
            x.trace_id = any (trace_ids)
            and not exists (
                select from workflow_steps as s
                where
                    s.trace_id = any (trace_ids)
                    and s.trace_id = x.trace_id
                    and s.step_number = x.step_index
            )
        group by x.trace_id
    ) as sc on sc.trace_id = t.trace_id
    where t.trace_id = any (trace_ids)
    order by t.trace_id
    on conflict (legacy_trace_id) do update set
        workflow_id = excluded.workflow_id,
        org_id = excluded.org_id,
        status = excluded.status,
        channel = excluded.channel,
        external_id = excluded.external_id,
        started_at = excluded.started_at,
        ended_at = excluded.ended_at,
        duration_ms = excluded.duration_ms,
        context = excluded.context,
        endpoints_used = excluded.endpoints_used,
        config_snapshot = excluded.config_snapshot,
        error_message = excluded.error_message,
        error_details = excluded.error_details,
        llm_prompt = excluded.llm_prompt,
        llm_response = excluded.llm_response,
        llm_model = excluded.llm_model,
        llm_tokens_used = excluded.llm_tokens_used,
        tier = excluded.tier,
        tier_reason = excluded.tier_reason,
        created_at = excluded.created_at,
        created_by = excluded.created_by,
        events = excluded.events,
        screenshots = excluded.screenshots,
        legacy_batch_job_item_id = excluded.legacy_batch_job_item_id,
        legacy_action_type = excluded.legacy_action_type,
        legacy_action_detail = excluded.legacy_action_detail,
        legacy_success = excluded.legacy_success,
        legacy_user_id = excluded.legacy_user_id,
        legacy_session_id = excluded.legacy_session_id,
        legacy = excluded.legacy;

    insert into public.user_workflow_run_step as known (
        step_id,
        run_id,
        node_id,
        step_number,
        status,
        retry_count,
        started_at,
        ended_at,
        duration_ms,
        input_data,
        output_data,
        screenshots,
        events,
        error_message,
        metadata,
        org_id,
        legacy_step_id,
        legacy_trace_id
    )
    select
        case
            when k.step_id is not null then k.step_id
            -- As above; the other one may have been deleted above, to be inserted again here.
            when
                consolidation.step_id(s.step_id) in (select o.step_id from unnest(known_step) as o)
                or exists (
                    select from public.user_workflow_run_step as o
                    where
                        o.step_id = consolidation.step_id(s.step_id)
                        and o.legacy_step_id <> s.step_id
                )
                then gen_random_uuid()
            else consolidation.step_id(s.step_id)
        end,
        r.run_id,
        s.node_id,
        s.step_number,
        s.status,
        s.retry_count,
        s.start_time,
        s.end_time,
        s.duration_ms,
        s.input_data,
        s.output_data,
        coalesce(to_jsonb(sc.screenshots), '[]'),
        coalesce(to_jsonb(e.events), '[]'),
        s.error_message,
        s.metadata,
        r.org_id,
        s.step_id,
        s.trace_id
    from workflow_steps as s
    inner join public.user_workflow_run as r
        on r.legacy_trace_id = any (trace_ids) and r.legacy_trace_id = s.trace_id
    left join unnest(known_step) as k on k.legacy_step_id = s.step_id
    left join (
        select
            x.trace_id,
            x.step_id,
            array_agg(
                consolidation.event_object(x.event_id, x.event_type, x.event_data, x."timestamp")
                order by x."timestamp", x.event_id
            ) as events
        from workflow_events as x
        where x.trace_id = any (trace_ids) and x.step_id is not null
        group by x.trace_id, x.step_id
    ) as e on e.trace_id = s.trace_id and e.step_id = s.step_id
    left join (
        select
            x.trace_id,
            x.step_index,
            array_agg(
                consolidation.screenshot_object(
                    x.screenshot_id, x.org_id, x.node_name, x.step_index, x.screenshot_url,
                    x.thumbnail_url, x.action_description, x.element_selector, x.element_found,
                    x.confidence_score, x.created_at, x.node_id
                )
                order by x.created_at, x.screenshot_id
            ) as screenshots
        from workflow_trace_screenshot as x
        where x.trace_id = any (trace_ids)
        group by x.trace_id, x.step_index
    ) as sc on sc.trace_id = s.trace_id and sc.step_index = s.step_number
    where s.trace_id = any (trace_ids)
    order by s.step_id
    on conflict (legacy_step_id) do update set
        run_id = excluded.run_id,
        node_id = excluded.node_id,
        step_number = excluded.step_number,
        status = excluded.status,
        retry_count = excluded.retry_count,
        started_at = excluded.started_at,
        ended_at = excluded.ended_at,
        duration_ms = excluded.duration_ms,
        input_data = excluded.input_data,
        output_data = excluded.output_data,
        screenshots = excluded.screenshots,
        events = excluded.events,
        error_message = excluded.error_message,
        metadata = excluded.metadata,
        org_id = excluded.org_id,
        legacy_trace_id = excluded.legacy_trace_id;

    if known_run is null then
        return;
    end if;
    update public.user_workflow_run as r
    set
        context = r.context || c.content,
        -- With their origin, which a trigger would give them anew.
        legacy = case
            when c.content = '{}' then r.legacy
            else coalesce(r.legacy, '{}') || jsonb_build_object(
                'context', coalesce(r.legacy -> 'context', '{}') || c.origin
            )
        end,
        endpoints_used = r.endpoints_used || coalesce(
            (
                select jsonb_agg(p.element order by p.place)
                from jsonb_array_elements(
                    case
                        when jsonb_typeof(k.endpoints_used) = 'array' then k.endpoints_used
                        else '[]'
                    end
                ) with ordinality as p (element, place)
                where consolidation.to_bigint(p.element) is null
            ),
            '[]'
        ),
        events = consolidation.merge_elements(k.events, r.events, e.events, 'event'),
        screenshots = consolidation.merge_elements(
            k.screenshots, r.screenshots, e.screenshots, 'run screenshot'
        )
    from unnest(known_run) as k
    left join consolidation.known_elements(known_run, known_step) as e
        on e.legacy_trace_id = k.legacy_trace_id
    cross join lateral (
        select
            coalesce(jsonb_object_agg(x.key, x.value), '{}') as content,
            coalesce(jsonb_object_agg(x.key, k.legacy -> 'context' -> x.key), '{}') as origin
        from jsonb_each(
            case when jsonb_typeof(k.context) = 'object' then k.context end
        ) as x
        where length(x.key) > 255
    ) as c
    where r.run_id = k.run_id;
    update public.user_workflow_run_step as s
    set
        error_details = k.error_details,
        events = consolidation.merge_elements(k.events, s.events, e.events, 'event'),
        screenshots = consolidation.merge_elements(
            k.screenshots, s.screenshots, e.screenshots, 'step screenshot'
        )
    from unnest(known_step) as k
    left join consolidation.known_elements(known_run, known_step) as e
        on e.legacy_trace_id = k.legacy_trace_id
    where s.step_id = k.step_id;
exception
    when not_null_violation then
        raise exception using
            errcode = 'not_null_violation',
            message = 'an execution cannot be carried over: ' || sqlerrm,
            detail = format('Among the %s executions from trace_id %s.',
                cardinality(trace_ids), (select min(t.id) from unnest(trace_ids) as t (id))),
            hint = 'select * from consolidation.uncarriable(); lists such rows and their repair.';
end;
$$;

--
-- Name: FUNCTION rebuild_documents(trace_ids bigint[]); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.rebuild_documents(trace_ids bigint[]) IS 'The work of consolidate, for a caller who holds the locks of these executions; raises the same';

--
-- Name: refuse_findings(); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.refuse_findings()
    LANGUAGE plpgsql
    AS $$
declare
    findings text;
    found_count bigint;
begin
    select
        count(*),
        string_agg(
            format('%s %s: %s. %s', p.kind, p.object, p.consequence, p.remedy),
            e'
' order by p.kind, p.object
        )
    into found_count, findings
    from consolidation.preflight as p
    where p.severity = 'refuse';
    if found_count > 0 then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format('the preflight has %s findings; nothing was changed:', found_count)
            || e'
' || findings,
            hint = 'select * from consolidation.preflight; remedy each, or accept it: insert into '
            'consolidation.accepted (kind, object, reason) values (…)';
    end if;
end;
$$;

--
-- Name: PROCEDURE refuse_findings(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.refuse_findings() IS 'Raises 55000 with every finding of the preflight that is neither remedied nor accepted';

--
-- Name: refuse_known_event_id(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.refuse_known_event_id(wanted bigint) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if
        exists (
            select from public.user_workflow_run_step as s
            where s.events @> jsonb_build_array(jsonb_build_object('event_id', wanted))
        )
        or exists (
            select from public.user_workflow_run as r
            where
                r.events <> '[]'
                and r.events @> jsonb_build_array(jsonb_build_object('event_id', wanted))
        )
    then
        raise unique_violation using
            message = 'duplicate key value violates unique constraint "workflow_events_pkey"',
            detail = format('Key (event_id)=(%s) already exists.', wanted),
            schema = 'public',
            table = 'workflow_events',
            constraint = 'workflow_events_pkey';
    end if;
end;
$$;

--
-- Name: FUNCTION refuse_known_event_id(wanted bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.refuse_known_event_id(wanted bigint) IS 'Raises 23505 if an element has this event_id. Only for ids that come from the caller: those from
the sequence are new';

--
-- Name: require_read_committed(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.require_read_committed() RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

--
-- Name: FUNCTION require_read_committed(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.require_read_committed() IS 'Raises 25000 in a transaction that is not read committed: whoever carries over or back takes locks
first and has to see what was committed until then';

--
-- Name: revoke_grants(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.revoke_grants(target regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    grantee text;
begin
    for grantee in
        select coalesce(quote_ident(r.rolname), 'public')
        from (
            select x.grantee
            from pg_class as c
            cross join lateral aclexplode(c.relacl) as x
            where c.oid = target and x.grantee <> c.relowner
            union
            select x.grantee
            from pg_attribute as a
            cross join lateral aclexplode(a.attacl) as x
            where a.attrelid = target
        ) as g
        left join pg_roles as r on r.oid = g.grantee
        where coalesce(r.rolname, 'public') not in ('workflow_app', 'workflow_maintenance')
    loop
        execute format('revoke all on %s from %s cascade', target, grantee);
    end loop;
end;
$$;

--
-- Name: FUNCTION revoke_grants(target regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.revoke_grants(target regclass) IS 'Revokes all privileges on a relation, also on its columns, from everybody but its owner and the
roles of this project';

--
-- Name: run_id(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.run_id(trace_id bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((OVERLAY(OVERLAY(lpad(to_hex((trace_id # '-9223372036854775808'::bigint)), 16, '0'::text) PLACING '8'::text FROM 13 FOR 0) PLACING '8'::text FROM 17 FOR 0) || '77662d72756e00'::text))::uuid;

--
-- Name: FUNCTION run_id(trace_id bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.run_id(trace_id bigint) IS 'run_id of a carried-over trace_id: a UUID version 8, one-to-one, growing with the id';

--
-- Name: screenshot_object(uuid, uuid, text, integer, text, text, text, text, boolean, numeric, timestamp with time zone, uuid); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.screenshot_object(screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text, thumbnail_url text, action_description text, element_selector text, element_found boolean, confidence_score numeric, created_at timestamp with time zone, node_id uuid) RETURNS consolidation.screenshot_object
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ROW(screenshot_url, thumbnail_url, public.to_iso8601(created_at), action_description, element_selector, element_found, confidence_score, screenshot_id, org_id, node_id, node_name, step_index)::consolidation.screenshot_object;

--
-- Name: FUNCTION screenshot_object(screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text, thumbnail_url text, action_description text, element_selector text, element_found boolean, confidence_score numeric, created_at timestamp with time zone, node_id uuid); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.screenshot_object(screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text, thumbnail_url text, action_description text, element_selector text, element_found boolean, confidence_score numeric, created_at timestamp with time zone, node_id uuid) IS 'A row of workflow_trace_screenshot as an element of screenshots, to be made one with to_jsonb';

--
-- Name: screenshot_element(uuid, uuid, text, integer, text, text, text, text, boolean, numeric, timestamp with time zone, uuid); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.screenshot_element(screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text, thumbnail_url text, action_description text, element_selector text, element_found boolean, confidence_score numeric, created_at timestamp with time zone, node_id uuid) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN to_jsonb(consolidation.screenshot_object(screenshot_id, org_id, node_name, step_index, screenshot_url, thumbnail_url, action_description, element_selector, element_found, confidence_score, created_at, node_id));

--
-- Name: FUNCTION screenshot_element(screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text, thumbnail_url text, action_description text, element_selector text, element_found boolean, confidence_score numeric, created_at timestamp with time zone, node_id uuid); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.screenshot_element(screenshot_id uuid, org_id uuid, node_name text, step_index integer, screenshot_url text, thumbnail_url text, action_description text, element_selector text, element_found boolean, confidence_score numeric, created_at timestamp with time zone, node_id uuid) IS 'A row of workflow_trace_screenshot as an element of screenshots';

--
-- Name: see_everything(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.see_everything() RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    hidden text;
begin
    select string_agg(t.relation::text, ', ')
    into hidden
    from (
        select
            to_regclass('public.' || n.name) as relation,
            pg_has_role('workflow_maintenance', 'usage') as has_policy
        from unnest(array['user_workflow_run', 'user_workflow_run_step']) as n (name)
        union all
        select
            consolidation.old_table(n.name),
            false
        from unnest(array[
            'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
            'workflow_trace_context', 'workflow_trace_endpoint'
        ]) as n (name)
    ) as t
    where t.relation is not null and row_security_active(t.relation::oid) and not t.has_policy;
    if hidden is not null then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format(
                'row level security would hide rows of %s from %s', hidden, current_user
            ),
            hint = 'Be a member of workflow_maintenance; for old tables with policies of their '
            'own, their owner, or a role with bypassrls.';
    end if;
end;
$$;

--
-- Name: FUNCTION see_everything(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.see_everything() IS 'Raises 42501 if row level security hides rows of old tables or documents from the current role';

--
-- Name: standby_lag(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.standby_lag() RETURNS interval
    LANGUAGE sql STABLE
    RETURN (SELECT COALESCE(max(r.replay_lag), '00:00:00'::interval) AS "coalesce" FROM pg_stat_replication r);

--
-- Name: FUNCTION standby_lag(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.standby_lag() IS 'How far the slowest connected standby is behind in replaying; 0 if none is';

--
-- Name: start_capture(regclass, regproc); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.start_capture(captured regclass, capture_function regproc) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    execute format(
        'create trigger capture_insert after insert on %s
        referencing new table as new_row for each statement execute function %s()',
        captured, capture_function
    );
    execute format(
        'create trigger capture_update after update on %s
        referencing old table as old_row new table as new_row
        for each statement execute function %s()',
        captured, capture_function
    );
    execute format(
        'create trigger capture_delete after delete on %s
        referencing old table as old_row for each statement execute function %s()',
        captured, capture_function
    );
    execute format(
        'create trigger capture_truncate after truncate on %s
        for each statement execute function %s()',
        captured, capture_function
    );
end;
$$;

--
-- Name: FUNCTION start_capture(captured regclass, capture_function regproc); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.start_capture(captured regclass, capture_function regproc) IS 'Creates the four capture triggers on a table, with capture_old or capture_new';

--
-- Name: step_id(bigint); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.step_id(step_id bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ((OVERLAY(OVERLAY(lpad(to_hex((step_id # '-9223372036854775808'::bigint)), 16, '0'::text) PLACING '8'::text FROM 13 FOR 0) PLACING '8'::text FROM 17 FOR 0) || '77662d73746570'::text))::uuid;

--
-- Name: FUNCTION step_id(step_id bigint); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.step_id(step_id bigint) IS 'step_id of a carried-over workflow_steps.step_id: a UUID version 8, one-to-one, growing with it';

--
-- Name: stop_backfill(integer); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.stop_backfill(pid integer) RETURNS void
    LANGUAGE sql
    RETURN pg_advisory_lock_shared(hashtext('workflow_consolidation stop'::text), pid);

--
-- Name: FUNCTION stop_backfill(pid integer); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.stop_backfill(pid integer) IS 'Asks backfill or catch_up of that session to end after its batch, until the caller disconnects';

--
-- Name: stop_capture(regclass); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.stop_capture(captured regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    execute format('drop trigger capture_insert on %s', captured);
    execute format('drop trigger capture_update on %s', captured);
    execute format('drop trigger capture_delete on %s', captured);
    execute format('drop trigger capture_truncate on %s', captured);
end;
$$;

--
-- Name: FUNCTION stop_capture(captured regclass); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.stop_capture(captured regclass) IS 'Drops the four capture triggers of a table';

--
-- Name: swap(text, interval); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.swap(IN direction text, IN patience interval)
    LANGUAGE plpgsql
    AS $$
declare
    -- They are carried over and compared under the locks, some milliseconds each.
    few constant integer := 20;
    give_up_at constant timestamptz := clock_timestamp() + patience;
    began timestamptz;
    attempt integer := 0;
    reported timestamptz := clock_timestamp();
    waiting bigint;
    waited bigint;
    swapped boolean := false;
    reason text;
    detail text;
begin
    loop
        attempt := attempt + 1;
        waiting := null;
        -- Each pass has less to do than the one before, what came in while that one ran; or the
        -- applications write faster than this session carries over.
        loop
            call consolidation.catch_up(patience => give_up_at - clock_timestamp());
            waited := waiting;
            waiting := (select count(distinct c.trace_id) from consolidation.change as c);
            commit;
            exit when waiting <= few or waiting >= waited or clock_timestamp() >= give_up_at;
        end loop;
        began := clock_timestamp();
        begin
            -- Batches of other sessions are let finish; new ones wait for the swap.
            begin
                perform set_config('lock_timeout', '1s', true);
                perform pg_advisory_xact_lock(hashtext('workflow_consolidation'), 256);
            exception when lock_not_available then
                raise exception using
                    errcode = 'lock_not_available',
                    message = 'another session is carrying over a batch';
            end;
            waiting := (select count(distinct c.trace_id) from consolidation.change as c);
            if waiting > few then
                raise exception using
                    errcode = 'lock_not_available',
                    message = 'the applications write faster than this session carries over',
                    detail = format('%s executions wait in the queue.', waiting);
            end if;
            perform consolidation.take_locks(
                consolidation.swap_locks(), 'access exclusive', '0 s'
            );
            began := clock_timestamp();
            if direction = 'to views' then
                perform consolidation.swap_to_views();
            else
                perform consolidation.swap_to_tables();
            end if;
            swapped := true;
        exception when lock_not_available or deadlock_detected then
            get stacked diagnostics reason = message_text, detail = pg_exception_detail;
        end;
        commit;
        if swapped then
            raise notice 'the names were swapped in attempt %, the tables were locked for % ms',
                attempt, round(extract(epoch from clock_timestamp() - began) * 1000);
            exit;
        end if;
        if clock_timestamp() >= give_up_at then
            raise exception using
                errcode = 'lock_not_available',
                message = format(
                    'the names were not swapped within %s (%s attempts): %s',
                    date_trunc('second', patience + '0.5 seconds'), attempt, reason
                ),
                detail = detail,
                hint = 'Nothing was changed, and nobody waited longer than an attempt. End the '
                'long transactions, or run the same command at a quieter time.';
        end if;
        if clock_timestamp() > reported + interval '5 seconds' then
            reported := clock_timestamp();
            raise notice 'attempt %: %', attempt, coalesce(detail, reason);
        end if;
        perform pg_sleep(least(3, 0.1 * 1.5 ^ least(attempt, 20)) * (0.5 + random()));
        commit;
    end loop;
end;
$$;

--
-- Name: PROCEDURE swap(IN direction text, IN patience interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.swap(IN direction text, IN patience interval) IS 'Tries to swap the names until it succeeds or patience is over; called by cut_over and cut_back';

--
-- Name: swap_locks(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.swap_locks() RETURNS regclass[]
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 WITH own(place, relation) AS (
          SELECT t.place,
             to_regclass(('public.'::text || t.name)) AS to_regclass
            FROM unnest(ARRAY['workflow_trace'::text, 'workflow_steps'::text, 'workflow_events'::text, 'workflow_trace_screenshot'::text, 'workflow_trace_context'::text, 'workflow_trace_endpoint'::text, 'workflow_configs'::text, 'micro_state'::text, 'user_workflow_run'::text, 'user_workflow_run_step'::text, 'user_workflow_config'::text, 'user_workflow_cache_state'::text]) WITH ORDINALITY t(name, place)
         )
  SELECT array_agg(c.relation ORDER BY c.place, c.relation) AS array_agg
    FROM ( SELECT o.place,
             o.relation
            FROM own o
           WHERE (o.relation IS NOT NULL)
         UNION
          SELECT 1000,
             (f.other)::regclass AS other
            FROM (pg_constraint k
              CROSS JOIN LATERAL ( VALUES (k.conrelid,k.confrelid), (k.confrelid,k.conrelid)) f(own, other))
           WHERE ((k.contype = 'f'::"char") AND (f.own IN ( SELECT o.relation
                    FROM own o
                   WHERE ((o.relation)::text <> ALL (ARRAY['workflow_configs'::text, 'micro_state'::text, 'user_workflow_config'::text, 'user_workflow_cache_state'::text, 'public.workflow_configs'::text, 'public.micro_state'::text, 'public.user_workflow_config'::text, 'public.user_workflow_cache_state'::text])))) AND (NOT (f.other IN ( SELECT o.relation
                    FROM own o
                   WHERE (o.relation IS NOT NULL)))) AND (NOT (f.other IN ( SELECT c_1.oid
                    FROM pg_class c_1
                   WHERE (c_1.relnamespace = ('legacy'::regnamespace)::oid)))))) c;
END;

--
-- Name: FUNCTION swap_locks(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.swap_locks() IS 'Relations that a swap of the names locks in access exclusive mode, in this order';

--
-- Name: swap_to_tables(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.swap_to_tables() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    six constant text [] := array[
        'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
        'workflow_trace_context', 'workflow_trace_endpoint'
    ];
    id_sequences constant text [] := array[
        'workflow_trace_trace_id_seq', 'workflow_steps_step_id_seq',
        'workflow_events_event_id_seq', 'workflow_trace_context_context_id_seq'
    ];
    name text;
    found record;
    statements text [];
    statement text;
    owner text;
begin
    perform consolidation.carry_the_rest();

    statements := array(select b.statement from consolidation.rebinding() as b);

    perform consolidation.stop_capture('public.user_workflow_run');
    perform consolidation.stop_capture('public.user_workflow_run_step');

    for statement in
        select l.statement from consolidation.cut_over_log as l
        where l.stage = 'before'
        order by l.ordinal desc
    loop
        execute statement;
    end loop;

    foreach name in array array[
        'user_workflow_run', 'user_workflow_run_step', 'user_workflow_config'
    ] loop
        if exists (
            select from pg_policy as p
            where
                p.polrelid = format('public.%I', name)::regclass
                and p.polname = name || '_unscoped'
        ) then
            execute format('drop policy %I on public.%I', name || '_unscoped', name);
        end if;
    end loop;
    drop policy user_workflow_config_maintenance on public.user_workflow_config;
    drop policy user_workflow_config_org_isolation on public.user_workflow_config;

    -- The old sequences come back with their tables and want their names.
    foreach name in array id_sequences loop
        execute format(
            'revoke all on sequence public.%I from workflow_app, workflow_maintenance', name
        );
        perform consolidation.continue_sequence(
            format('public.%I', name)::regclass, format('legacy.%I', name)::regclass, false
        );
    end loop;
    alter table public.user_workflow_run alter legacy_trace_id drop identity;
    alter table public.user_workflow_run_step alter legacy_step_id drop identity;
    drop sequence public.workflow_events_event_id_seq;
    drop sequence public.workflow_trace_context_context_id_seq;

    -- Privileges that were changed since the cut-over go back with the names. Those of the roles of
    -- this project stay what they were on the tables before it.
    for found in
        select
            v.old_name,
            v.new_name
        from (
            values
            ('workflow_configs', 'user_workflow_config'),
            ('micro_state', 'user_workflow_cache_state')
        ) as v (old_name, new_name)
    loop
        execute format(
            'revoke all on public.%I from workflow_app, workflow_maintenance', found.old_name
        );
        perform consolidation.revoke_grants(format('public.%I', found.new_name)::regclass);
        perform consolidation.copy_grants(
            format('public.%I', found.old_name)::regclass,
            format('public.%I', found.new_name)::regclass
        );
        execute format('drop view public.%I', found.old_name);
        execute format('alter table public.%I rename to %I', found.new_name, found.old_name);
    end loop;

    select pg_get_userbyid(c.relowner)
    into owner
    from pg_class as c
    where c.oid = 'public.user_workflow_run'::regclass;
    foreach name in array six loop
        execute format('alter view public.%I set schema consolidation', name);
        execute format('alter table legacy.%I set schema public', name);
        execute format(
            'revoke all on consolidation.%I from workflow_app, workflow_maintenance', name
        );
        if name in ('workflow_trace', 'workflow_steps') then
            execute format('grant select on consolidation.%I to workflow_maintenance', name);
        end if;
        perform consolidation.revoke_grants(format('public.%I', name)::regclass);
        perform consolidation.copy_grants(
            format('consolidation.%I', name)::regclass, format('public.%I', name)::regclass
        );
        perform consolidation.revoke_grants(format('consolidation.%I', name)::regclass);
        execute format('alter view consolidation.%I owner to %I', name, owner);
        perform consolidation.start_capture(
            format('public.%I', name)::regclass, 'consolidation.capture_old'
        );
    end loop;
    foreach name in array array[
        'public.user_workflow_run', 'public.user_workflow_run_step', 'consolidation.event_row',
        'consolidation.screenshot_row', 'consolidation.context_row', 'consolidation.endpoint_row'
    ] loop
        perform consolidation.revoke_grants(name::regclass);
        execute format('revoke all on %s from workflow_app', name);
    end loop;

    for statement in
        select l.statement from consolidation.cut_over_log as l
        where l.stage = 'after'
        order by l.ordinal
    loop
        execute statement;
    end loop;
    foreach statement in array statements loop
        execute statement;
    end loop;
    delete from consolidation.cut_over_log as l where l.stage <> 'validate back';
end;
$$;

--
-- Name: FUNCTION swap_to_tables(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.swap_to_tables() IS 'The way back itself, under locks that cut_back() took: the inverse of swap_to_views()';

--
-- Name: swap_to_views(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.swap_to_views() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    six constant text [] := array[
        'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
        'workflow_trace_context', 'workflow_trace_endpoint'
    ];
    id_sequences constant text [] := array[
        'workflow_trace_trace_id_seq', 'workflow_steps_step_id_seq',
        'workflow_events_event_id_seq', 'workflow_trace_context_context_id_seq'
    ];
    name text;
    found record;
    statements text [];
    statement text;
    owner text;
    unscoped text;
begin
    -- Under the locks. First what the applications wrote until now.
    perform consolidation.carry_the_rest();

    -- Bound by oid to the tables; to be bound to the views.
    statements := array(select b.statement from consolidation.rebinding() as b);

    for found in select * from consolidation.foreign_key() as f loop
        if found.drop_old is not null then
            execute found.drop_old;
        end if;
        if found.add_new is not null then
            statements := statements || found.add_new;
        end if;
        insert into consolidation.cut_over_log (stage, statement)
        select
            v.stage,
            v.statement
        from (
            values
            ('before', found.drop_new),
            ('after', found.add_old),
            ('validate', found.validate_new),
            ('validate back', found.validate_old)
        ) as v (stage, statement)
        where v.statement is not null;
    end loop;

    -- Accepted triggers stop here, and would otherwise fire again for what is carried back.
    for found in
        select
            g.tgrelid::regclass as relation,
            g.tgname,
            c.relname,
            g.tgenabled
        from pg_trigger as g
        inner join pg_class as c on c.oid = g.tgrelid
        where
            g.tgrelid in (
                select to_regclass(format('public.%I', t.name)) from unnest(six) as t (name)
            )
            and not g.tgisinternal
            and g.tgname not like 'capture\_%'
            and g.tgenabled <> 'D'
    loop
        execute format('alter table %s disable trigger %I', found.relation, found.tgname);
        insert into consolidation.cut_over_log (stage, statement)
        values (
            'after',
            format(
                'alter table public.%I enable %s trigger %I',
                found.relname,
                case found.tgenabled when 'R' then 'replica' when 'A' then 'always' end,
                found.tgname
            )
        );
    end loop;

    select string_agg(
        case u.role_name when 'public' then 'public' else quote_ident(u.role_name) end, ', '
    )
    into unscoped
    from consolidation.unscoped_role() as u;

    foreach name in array six loop
        perform consolidation.stop_capture(format('public.%I', name)::regclass);
        execute format('alter table public.%I set schema legacy', name);
        execute format('alter view consolidation.%I set schema public', name);
        perform consolidation.copy_grants(
            format('legacy.%I', name)::regclass, format('public.%I', name)::regclass
        );
        perform consolidation.grant_documents(format('public.%I', name)::regclass);
        select pg_get_userbyid(c.relowner)
        into owner
        from pg_class as c
        where c.oid = format('legacy.%I', name)::regclass;
        execute format('alter view public.%I owner to %I', name, owner);
        -- Keys between the old tables act as the owner of these.
        if not has_schema_privilege(owner, 'legacy', 'usage') then
            execute format('grant usage on schema legacy to %I', owner);
            insert into consolidation.cut_over_log (stage, statement)
            values ('after', format('revoke usage on schema legacy from %I', owner));
        end if;
    end loop;

    -- Ids: old code that calls nextval by name goes on, and new code takes from the same numbers.
    alter table public.user_workflow_run
    alter legacy_trace_id add generated by default as identity (
        sequence name public.workflow_trace_trace_id_seq
    );
    alter table public.user_workflow_run_step
    alter legacy_step_id add generated by default as identity (
        sequence name public.workflow_steps_step_id_seq
    );
    create sequence public.workflow_events_event_id_seq;
    create sequence public.workflow_trace_context_context_id_seq;
    foreach name in array id_sequences loop
        perform consolidation.continue_sequence(
            format('legacy.%I', name)::regclass, format('public.%I', name)::regclass, true
        );
    end loop;
    grant usage
    on sequence public.workflow_events_event_id_seq, public.workflow_trace_context_context_id_seq
    to workflow_maintenance;

    -- The two that are only renamed.
    alter table public.workflow_configs rename to user_workflow_config;
    alter table public.micro_state rename to user_workflow_cache_state;
    for found in
        select
            v.old_name,
            v.new_name,
            string_agg(format('t.%I', a.attname), ', ' order by a.attnum) as columns
        from (
            values
            ('workflow_configs', 'user_workflow_config'),
            ('micro_state', 'user_workflow_cache_state')
        ) as v (old_name, new_name)
        inner join pg_attribute as a on a.attrelid = format('public.%I', v.new_name)::regclass
        where a.attnum > 0 and not a.attisdropped
        group by v.old_name, v.new_name
    loop
        execute format(
            'create view public.%I with (security_invoker = true) as select %s from public.%I as t',
            found.old_name, found.columns, found.new_name
        );
        execute format(
            'comment on view public.%I is %L',
            found.old_name, format('Old name of %s, readable and writable', found.new_name)
        );
        -- For "update … set … = default"; an insert would find those of the table.
        for statement in
            select format(
                'alter view public.%I alter column %I set default %s',
                found.old_name, a.attname, pg_get_expr(d.adbin, d.adrelid)
            )
            from pg_attrdef as d
            inner join pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum
            where
                d.adrelid = format('public.%I', found.new_name)::regclass
                and a.attgenerated = ''
        loop
            execute statement;
        end loop;
        perform consolidation.copy_grants(
            format('public.%I', found.new_name)::regclass,
            format('public.%I', found.old_name)::regclass
        );
        select pg_get_userbyid(c.relowner)
        into owner
        from pg_class as c
        where c.oid = format('public.%I', found.new_name)::regclass;
        execute format('alter view public.%I owner to %I', found.old_name, owner);
    end loop;

    -- Row level security of the configurations, and for those who were not isolated before.
    insert into consolidation.cut_over_log (stage, statement)
    select 'after', v.statement
    from pg_class as c
    cross join lateral (
        values
        (
            c.relrowsecurity,
            'alter table public.workflow_configs disable row level security'
        ),
        (
            c.relforcerowsecurity,
            'alter table public.workflow_configs no force row level security'
        )
    ) as v (was_set, statement)
    where c.oid = 'public.user_workflow_config'::regclass and not v.was_set;
    -- Its own policies would be alternatives to the isolation; they come back with the old name.
    for found in
        select
            p.polname,
            consolidation.policy_definition(p.oid, 'public.workflow_configs') as statement
        from pg_policy as p
        where p.polrelid = 'public.user_workflow_config'::regclass
    loop
        insert into consolidation.cut_over_log (stage, statement)
        values ('after', found.statement);
        execute format('drop policy %I on public.user_workflow_config', found.polname);
    end loop;
    create policy user_workflow_config_org_isolation on public.user_workflow_config
    for all
    using (org_id = (select public.current_org_id()))
    with check (org_id = (select public.current_org_id()));
    comment on policy user_workflow_config_org_isolation on public.user_workflow_config is
    'A session sees and writes the organisation it names in app.current_org_id';
    create policy user_workflow_config_maintenance on public.user_workflow_config
    for all
    to workflow_maintenance
    using (true)
    with check (true);
    comment on policy user_workflow_config_maintenance on public.user_workflow_config is
    'Deploys and reports work across organisations';
    alter table public.user_workflow_config enable row level security;
    alter table public.user_workflow_config force row level security;
    if unscoped is not null then
        foreach name in array array[
            'user_workflow_run', 'user_workflow_run_step', 'user_workflow_config'
        ] loop
            execute format(
                'create policy %I on public.%I for all to %s
                using ((select public.current_org_id()) is null)
                with check ((select public.current_org_id()) is null)',
                name || '_unscoped', name, unscoped
            );
            execute format(
                'comment on policy %I on public.%I is %L',
                name || '_unscoped', name,
                'Roles that saw all organisations before the cut-over go on doing so, while they '
                'name none in app.current_org_id'
            );
        end loop;
    end if;

    insert into consolidation.cut_over_log (stage, statement)
    select
        'after',
        format('revoke %s on public.%I from %I', p.privilege, t.old_name, r.role_name)
    from (
        values
        ('workflow_configs', 'public.user_workflow_config'::regclass),
        ('micro_state', 'public.user_workflow_cache_state'::regclass)
    ) as t (old_name, relation)
    cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) as p (privilege)
    cross join unnest(array['workflow_app', 'workflow_maintenance']) as r (role_name)
    where not exists (
        select from pg_class as c
        cross join lateral aclexplode(c.relacl) as x
        where
            c.oid = t.relation
            and x.grantee = r.role_name::regrole
            and x.privilege_type = p.privilege
    );
    grant select, insert, update, delete
    on public.user_workflow_run, public.user_workflow_run_step,
    public.user_workflow_config, public.user_workflow_cache_state,
    public.workflow_trace, public.workflow_steps, public.workflow_events,
    public.workflow_trace_screenshot, public.workflow_trace_context,
    public.workflow_trace_endpoint, public.workflow_configs, public.micro_state
    to workflow_app, workflow_maintenance;
    grant select
    on consolidation.event_row, consolidation.screenshot_row, consolidation.context_row,
    consolidation.endpoint_row
    to workflow_app;

    foreach statement in array statements loop
        execute statement;
    end loop;

    perform consolidation.start_capture('public.user_workflow_run', 'consolidation.capture_new');
    perform consolidation.start_capture(
        'public.user_workflow_run_step', 'consolidation.capture_new'
    );
end;
$$;

--
-- Name: FUNCTION swap_to_views(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.swap_to_views() IS 'The cut-over itself, under locks that cut_over() took: carries the last changes over, compares
them, moves the names, grants, foreign keys, sequences and dependent views';

--
-- Name: take_locks(regclass[], text, interval, interval); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.take_locks(tables regclass[], mode text, patience interval DEFAULT '00:05:00'::interval, hold interval DEFAULT '00:00:00.04'::interval) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    give_up_at constant timestamptz := clock_timestamp() + patience;
    attempt integer := 0;
    attempt_ends timestamptz;
    wanted regclass;
    holders text;
begin
    if coalesce(mode, '') not in ('share row exclusive', 'exclusive', 'access exclusive') then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('take_locks: unknown lock mode "%s"', mode);
    end if;
    if patience is null or hold is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'take_locks: patience and hold cannot be null';
    end if;
    loop
        attempt := attempt + 1;
        attempt_ends := clock_timestamp() + hold;
        begin
            -- A failed attempt gives its locks back: the block is a subtransaction.
            foreach wanted in array tables loop
                perform set_config(
                    'lock_timeout',
                    greatest(
                        1, ceil(extract(epoch from attempt_ends - clock_timestamp()) * 1000)
                    )::text || 'ms',
                    true
                );
                execute format('lock table only %s in %s mode', wanted, mode);
            end loop;
            return;
        exception when lock_not_available then
            null;
        end;
        if clock_timestamp() >= give_up_at then
            exit;
        end if;
        -- 0.1 s, growing to 3 s, with jitter: longer than the attempt, so that everybody who
        -- queued behind it gets through.
        perform pg_sleep(least(3, 0.1 * 1.5 ^ least(attempt, 20)) * (0.5 + random()));
    end loop;

    select string_agg(h.holder, '; ' order by h.began, h.holder)
    into holders
    from (
        select
            a.xact_start as began,
            format(
                'pid %s (%s, %s, transaction open for %s) on %s',
                a.pid, coalesce(nullif(a.application_name, ''), a.usename), a.state,
                date_trunc('second', clock_timestamp() - a.xact_start),
                string_agg(distinct l.relation::regclass::text, ', ')
            ) as holder
        from pg_locks as l
        inner join pg_stat_activity as a on a.pid = l.pid
        where
            l.locktype = 'relation'
            and l.database = (
                select d.oid from pg_database as d where d.datname = current_database()
            )
            and l.relation = any (tables)
            and l.granted
            and l.pid <> pg_backend_pid()
        group by a.pid, a.application_name, a.usename, a.state, a.xact_start
        union all
        -- These have no session; their virtual transaction changes with a restart of the server, so
        -- they are found by the lock that each holds on its own id.
        select
            x.prepared,
            format(
                'prepared transaction %L on %s',
                x.gid, string_agg(distinct l.relation::regclass::text, ', ')
            )
        from pg_locks as l
        inner join pg_locks as i on i.virtualtransaction = l.virtualtransaction and i.pid is null
        inner join pg_prepared_xacts as x on x.transaction = i.transactionid
        where
            l.locktype = 'relation'
            and l.pid is null
            and x.database = current_database()
            and l.relation = any (tables)
        group by x.gid, x.prepared
    ) as h;
    raise exception using
        errcode = 'lock_not_available',
        message = format(
            'no %s lock on %s within %s (%s attempts)',
            mode, array_to_string(tables::text [], ', '), patience, attempt
        ),
        detail = coalesce('Held by ' || holders, 'Nobody holds a lock now.'),
        hint = 'Nothing was changed. End the long transactions, or try at a quieter time.';
end;
$$;

--
-- Name: FUNCTION take_locks(tables regclass[], mode text, patience interval, hold interval); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.take_locks(tables regclass[], mode text, patience interval, hold interval) IS 'Locks the tables in the given order for the rest of the transaction. Each attempt lasts at most
"hold" in all (default 40 ms) and is given up whole; pauses grow from 0.1 s to 3 s. Raises 55P03
after "patience" and names the holders. mode: share row exclusive, exclusive or access exclusive';

--
-- Name: uncarriable(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.uncarriable() RETURNS TABLE(kind text, table_name text, key text, repair text)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'legacy', 'public', 'pg_temp'
    AS $$
begin
    perform consolidation.see_everything();
    return query
    select
        format('%s is null', missing.column_name),
        'workflow_trace',
        format('trace_id %s', t.trace_id),
        format(
            'update workflow_trace set %s = … where trace_id = %s;',
            missing.column_name, t.trace_id
        )
    from workflow_trace as t
    cross join lateral (
        values
        ('workflow_id', t.workflow_id is null),
        ('status', t.status is null),
        ('channel', t.channel is null),
        ('created_by', t.created_by is null)
    ) as missing (column_name, is_missing)
    where
        missing.is_missing
        and (
            t.workflow_id is null or t.status is null or t.channel is null or t.created_by is null
        )
    union all
    select
        'node_id is null',
        'workflow_steps',
        format('step_id %s of trace_id %s', s.step_id, s.trace_id),
        format('update workflow_steps set node_id = … where step_id = %s;', s.step_id)
    from workflow_steps as s
    where s.node_id is null
    union all
    select
        'the step belongs to another execution',
        'workflow_events',
        format(
            'event_id %s of trace_id %s, step_id %s of trace_id %s',
            e.event_id, e.trace_id, e.step_id, s.trace_id
        ),
        format(
            'update workflow_events set step_id = null where event_id = %s; '
            '-- or: set trace_id = %s', e.event_id, s.trace_id
        )
    from workflow_events as e
    inner join workflow_steps as s on s.step_id = e.step_id
    where s.trace_id <> e.trace_id;
end;
$$;

--
-- Name: FUNCTION uncarriable(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.uncarriable() IS 'Lists each old row that the documents cannot hold: kind, table, key, and the statement that would
repair it (with … for what only you can know). Empty when everything can be carried over';

--
-- Name: unscoped_role(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.unscoped_role() RETURNS TABLE(role_name name)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    BEGIN ATOMIC
 SELECT DISTINCT COALESCE(r.rolname, 'public'::name) AS "coalesce"
    FROM (((unnest(ARRAY['workflow_trace'::text, 'workflow_steps'::text, 'workflow_events'::text, 'workflow_trace_screenshot'::text, 'workflow_trace_context'::text, 'workflow_trace_endpoint'::text, 'workflow_configs'::text]) t(name)
      JOIN pg_class c ON ((c.oid = (consolidation.old_table(t.name))::oid)))
      CROSS JOIN LATERAL ( SELECT x.grantee
            FROM aclexplode(COALESCE(c.relacl, acldefault('r'::"char", c.relowner))) x(grantor, grantee, privilege_type, is_grantable)
         UNION
          SELECT x.grantee
            FROM (pg_attribute a
              CROSS JOIN LATERAL aclexplode(a.attacl) x(grantor, grantee, privilege_type, is_grantable))
           WHERE (a.attrelid = c.oid)) g)
      LEFT JOIN pg_roles r ON ((r.oid = g.grantee)))
   WHERE (((NOT c.relrowsecurity) OR ((g.grantee = c.relowner) AND (NOT c.relforcerowsecurity))) AND (COALESCE(r.rolname, 'public'::name) <> ALL (ARRAY['workflow_app'::name, 'workflow_maintenance'::name])) AND (NOT COALESCE((r.rolsuper OR r.rolbypassrls), false)));
END;

--
-- Name: FUNCTION unscoped_role(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.unscoped_role() IS 'Roles that saw all organisations in the old tables (or "public"); the cut-over neither locks them
out nor opens anything to others';

--
-- Name: validate(text); Type: PROCEDURE; Schema: consolidation; Owner: -
--

CREATE PROCEDURE consolidation.validate(IN wanted_stage text)
    LANGUAGE plpgsql
    AS $$
declare
    found record;
begin
    for found in
        select l.ordinal, l.statement from consolidation.cut_over_log as l
        where l.stage = wanted_stage
        order by l.ordinal
    loop
        execute found.statement;
        delete from consolidation.cut_over_log as l where l.ordinal = found.ordinal;
        commit;
    end loop;
end;
$$;

--
-- Name: PROCEDURE validate(IN wanted_stage text); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON PROCEDURE consolidation.validate(IN wanted_stage text) IS 'Validates the foreign keys that a swap made again, each in a transaction of its own';

--
-- Name: write_workflow_events(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.write_workflow_events() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
declare
    known record;
    element jsonb;
    has_next_id boolean := false;
begin
    if tg_op <> 'DELETE' and new.event_id = '-5719117740578205047'::bigint then
        new.event_id := nextval('public.workflow_events_event_id_seq');
        has_next_id := true;
    end if;

    if tg_op in ('UPDATE', 'DELETE') then
        if old.step_id is null then
            perform from public.user_workflow_run as r
            where r.legacy_trace_id = old.trace_id
            for update;
        else
            perform from public.user_workflow_run_step as s
            where s.legacy_step_id = old.step_id
            for update;
        end if;
        -- A new statement: it sees what was committed while the lock was waited for. An element
        -- without an id is known by what it says first: its place may have changed, also by what
        -- this very statement did before.
        select
            e.*,
            (e.event_type, e.event_data::text, e."timestamp")
            is not distinct from (old.event_type, old.event_data::text, old."timestamp") as is_same
        into known
        from consolidation.event_row as e
        where
            e.trace_id = old.trace_id
            and (e.step_id = old.step_id or (e.step_id is null and old.step_id is null))
            and (
                e.event_id = old.event_id
                or (
                    old.event_id < 0 and consolidation.to_bigint(e.element -> 'event_id') is null
                )
            )
        order by is_same desc, e.event_id = old.event_id desc, e.place
        limit 1;
        if known.place is null or (known.event_id <> old.event_id and not known.is_same) then
            return null;
        end if;
        if not known.is_same and consolidation.to_bigint(known.element -> 'event_id') is null then
            raise serialization_failure using
                message = 'could not serialize access due to concurrent update',
                detail = format('Another transaction changed event_id %s meanwhile.', old.event_id),
                hint = 'Repeat the transaction.';
        end if;
    end if;

    if tg_op = 'INSERT' then
        if not has_next_id then
            -- Whoever inserts the same id into the same document now waits, and then sees it.
            if new.step_id is null then
                perform from public.user_workflow_run as r
                where r.legacy_trace_id = new.trace_id
                for update;
            else
                perform from public.user_workflow_run_step as s
                where s.legacy_step_id = new.step_id
                for update;
            end if;
            perform consolidation.refuse_known_event_id(new.event_id);
        end if;
        element := consolidation.event_element(
            new.event_id, new.event_type, new.event_data, new."timestamp"
        );
    elsif tg_op = 'UPDATE' then
        if new.event_id <> old.event_id and not has_next_id then
            perform consolidation.refuse_known_event_id(new.event_id);
        end if;
        element := known.element || consolidation.patch(
            consolidation.event_element(
                old.event_id, old.event_type, old.event_data, old."timestamp"
            ),
            consolidation.event_element(
                old.event_id, known.event_type, known.event_data, known."timestamp"
            ),
            consolidation.event_element(
                new.event_id, new.event_type, new.event_data, new."timestamp"
            )
        );
        if new.trace_id = old.trace_id and new.step_id is not distinct from old.step_id then
            if old.step_id is null then
                update public.user_workflow_run as r
                set events = jsonb_set(r.events, array[(known.place - 1)::text], element)
                where r.legacy_trace_id = old.trace_id;
            else
                update public.user_workflow_run_step as s
                set events = jsonb_set(s.events, array[(known.place - 1)::text], element)
                where s.legacy_step_id = old.step_id;
            end if;
            return new;
        end if;
    else
        perform consolidation.patch(
            consolidation.event_element(
                old.event_id, old.event_type, old.event_data, old."timestamp"
            ),
            consolidation.event_element(
                old.event_id, known.event_type, known.event_data, known."timestamp"
            ),
            '{}'
        );
    end if;

    -- Deleted, or moved to another document.
    if tg_op in ('UPDATE', 'DELETE') then
        if old.step_id is null then
            update public.user_workflow_run as r
            set events = r.events - (known.place - 1)::integer
            where r.legacy_trace_id = old.trace_id;
        else
            update public.user_workflow_run_step as s
            set events = s.events - (known.place - 1)::integer
            where s.legacy_step_id = old.step_id;
        end if;
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;

    if new.step_id is null then
        update public.user_workflow_run as r
        set events = coalesce(r.events, '[]') || jsonb_build_array(element)
        where r.legacy_trace_id = new.trace_id;
    else
        update public.user_workflow_run_step as s
        set events = coalesce(s.events, '[]') || jsonb_build_array(element)
        where s.legacy_step_id = new.step_id and s.legacy_trace_id = new.trace_id;
    end if;
    if not found then
        raise foreign_key_violation using
            message = 'insert or update on table "workflow_events" violates foreign key '
            'constraint "workflow_events_step_id_fkey"',
            detail = 'The execution or step was deleted meanwhile.',
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'workflow_events_step_id_fkey';
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION write_workflow_events(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.write_workflow_events() IS 'Trigger, runs as workflow_maintenance after guard_workflow_events: changes one element of one
document, found by its id in the present value. Raises 40001 if somebody else changed the same key
of the element meanwhile';

--
-- Name: write_workflow_trace_context(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.write_workflow_trace_context() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
declare
    known record;
begin
    if tg_op <> 'DELETE' and new.context_id = '-5719117740578205047'::bigint then
        new.context_id := nextval('public.workflow_trace_context_context_id_seq');
    elsif tg_op = 'INSERT' or (tg_op = 'UPDATE' and new.context_id <> old.context_id) then
        -- Whoever inserts the same id into the same execution now waits, and then sees it.
        perform from public.user_workflow_run as r
        where r.legacy_trace_id = new.trace_id
        for update;
        if exists (
            select from consolidation.context_row as c
            where c.trace_id = new.trace_id and c.context_id = new.context_id
        ) then
            raise unique_violation using
                message = 'duplicate key value violates unique constraint '
                '"workflow_trace_context_pkey"',
                detail = format('Key (context_id)=(%s) already exists.', new.context_id),
                schema = tg_table_schema,
                table = tg_table_name,
                constraint = 'workflow_trace_context_pkey';
        end if;
    end if;

    if tg_op in ('UPDATE', 'DELETE') then
        perform from public.user_workflow_run as r
        where r.legacy_trace_id = old.trace_id
        for update;
        -- A new statement: it sees what was committed while the lock was waited for.
        select c.*
        into known
        from consolidation.context_row as c
        where c.trace_id = old.trace_id and c.key = old.key;
        if known.key is null then
            return null;
        end if;
        perform consolidation.patch(
            jsonb_build_object(
                'value', old.value, 'context_id', old.context_id,
                'created_at', old.created_at, 'updated_at', old.updated_at
            ),
            jsonb_build_object(
                'value', known.value, 'context_id', known.context_id,
                'created_at', known.created_at, 'updated_at', known.updated_at
            ),
            '{}'
        );
    end if;

    -- The key is taken away first: the new row may have another one, or another execution.
    if
        tg_op = 'DELETE'
        or (tg_op = 'UPDATE' and (new.trace_id <> old.trace_id or new.key <> old.key))
    then
        update public.user_workflow_run as r
        set
            context = r.context - old.key::text,
            legacy = nullif(
                case
                    when (r.legacy -> 'context') - old.key::text = '{}' then r.legacy - 'context'
                    else r.legacy #- array['context', old.key::text]
                end,
                '{}'
            )
        where r.legacy_trace_id = old.trace_id;
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;

    update public.user_workflow_run as r
    set
        context
        = case when jsonb_typeof(r.context) = 'object' then r.context else '{}' end
        || jsonb_build_object(new.key, new.value),
        legacy = coalesce(r.legacy, '{}') || jsonb_build_object(
            'context',
            coalesce(r.legacy -> 'context', '{}') || jsonb_build_object(
                new.key,
                consolidation.context_origin(new.context_id, new.created_at, new.updated_at)
            )
        )
    where
        r.legacy_trace_id = new.trace_id
        and (
            (tg_op = 'UPDATE' and new.trace_id = old.trace_id and new.key = old.key)
            or not coalesce(r.context, '{}') ? new.key
        );
    if found then
        return new;
    end if;
    if exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = new.trace_id
    ) then
        raise unique_violation using
            message = 'duplicate key value violates unique constraint '
            '"workflow_trace_context_trace_id_key_key"',
            detail = format('Key (trace_id, key)=(%s, %s) already exists.', new.trace_id, new.key),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'workflow_trace_context_trace_id_key_key';
    end if;
    raise foreign_key_violation using
        message = 'insert or update on table "workflow_trace_context" violates foreign key '
        'constraint "workflow_trace_context_trace_id_fkey"',
        detail = 'The execution was deleted meanwhile.',
        schema = tg_table_schema,
        table = tg_table_name,
        constraint = 'workflow_trace_context_trace_id_fkey';
end;
$$;

--
-- Name: FUNCTION write_workflow_trace_context(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.write_workflow_trace_context() IS 'Trigger, runs as workflow_maintenance after the guard: changes one key of context. Raises 23505 for
a key the execution has, 40001 if somebody else changed the key meanwhile';

--
-- Name: write_workflow_trace_endpoint(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.write_workflow_trace_endpoint() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
declare
    known_place bigint;
begin
    if tg_op = 'UPDATE' and new.trace_id = old.trace_id and new.endpoint_id = old.endpoint_id then
        return new;
    end if;
    if tg_op in ('UPDATE', 'DELETE') then
        perform from public.user_workflow_run as r
        where r.legacy_trace_id = old.trace_id
        for update;
        -- A new statement: it sees what was committed while the lock was waited for.
        select min(e.place)
        into known_place
        from consolidation.endpoint_row as e
        where e.trace_id = old.trace_id and e.endpoint_id = old.endpoint_id;
        if known_place is null then
            return null;
        end if;
        update public.user_workflow_run as r
        set endpoints_used = r.endpoints_used - (known_place - 1)::integer
        where r.legacy_trace_id = old.trace_id;
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;

    update public.user_workflow_run as r
    set endpoints_used = coalesce(r.endpoints_used, '[]') || to_jsonb(new.endpoint_id)
    where
        r.legacy_trace_id = new.trace_id
        and not coalesce(r.endpoints_used, '[]') @> to_jsonb(new.endpoint_id);
    if found then
        return new;
    end if;
    if exists (
        select from public.user_workflow_run as r where r.legacy_trace_id = new.trace_id
    ) then
        raise unique_violation using
            message = 'duplicate key value violates unique constraint '
            '"workflow_trace_endpoint_pkey"',
            detail = format(
                'Key (trace_id, endpoint_id)=(%s, %s) already exists.',
                new.trace_id, new.endpoint_id
            ),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'workflow_trace_endpoint_pkey';
    end if;
    raise foreign_key_violation using
        message = 'insert or update on table "workflow_trace_endpoint" violates foreign key '
        'constraint "workflow_trace_endpoint_trace_id_fkey"',
        detail = 'The execution was deleted meanwhile.',
        schema = tg_table_schema,
        table = tg_table_name,
        constraint = 'workflow_trace_endpoint_trace_id_fkey';
end;
$$;

--
-- Name: FUNCTION write_workflow_trace_endpoint(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.write_workflow_trace_endpoint() IS 'Trigger, runs as workflow_maintenance after the guard: changes one element of endpoints_used.
Raises 23505 for an endpoint the execution has';

--
-- Name: write_workflow_trace_screenshot(); Type: FUNCTION; Schema: consolidation; Owner: -
--

CREATE FUNCTION consolidation.write_workflow_trace_screenshot() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
declare
    holder uuid;
    known record;
    element jsonb;
    previous jsonb;
    wanted jsonb;
begin
    if tg_op in ('UPDATE', 'DELETE') then
        previous := consolidation.screenshot_element(
            old.screenshot_id, old.org_id, old.node_name, old.step_index, old.screenshot_url,
            old.thumbnail_url, old.action_description, old.element_selector, old.element_found,
            old.confidence_score, old.created_at, old.node_id
        );
        -- Which row holds it is only known from the documents: all that may are locked.
        perform from public.user_workflow_run as r
        where r.legacy_trace_id = old.trace_id
        for update;
        perform from public.user_workflow_run_step as s
        where s.legacy_trace_id = old.trace_id
        order by s.step_number
        for update;
        -- A new statement: it sees what was committed while the locks were waited for. An element
        -- without an id is known by what it says first; see old_names/workflow_events.
        select
            s.*,
            consolidation.screenshot_element(
                old.screenshot_id, s.org_id, s.node_name, s.step_index, s.screenshot_url,
                s.thumbnail_url, s.action_description, s.element_selector, s.element_found,
                s.confidence_score, s.created_at, s.node_id
            ) as content,
            consolidation.to_uuid(s.element -> 'screenshot_id') is null as has_no_id
        into known
        from consolidation.screenshot_row as s
        where
            s.trace_id = old.trace_id
            and (
                s.screenshot_id = old.screenshot_id
                or consolidation.to_uuid(s.element -> 'screenshot_id') is null
            )
        order by
            consolidation.screenshot_element(
                old.screenshot_id, s.org_id, s.node_name, s.step_index, s.screenshot_url,
                s.thumbnail_url, s.action_description, s.element_selector, s.element_found,
                s.confidence_score, s.created_at, s.node_id
            )::text = previous::text desc,
            s.screenshot_id = old.screenshot_id desc,
            s.place
        limit 1;
        if
            known.place is null
            or (known.screenshot_id <> old.screenshot_id and known.content::text <> previous::text)
        then
            return null;
        end if;
        if known.has_no_id and known.content::text <> previous::text then
            raise serialization_failure using
                message = 'could not serialize access due to concurrent update',
                detail = format(
                    'Another transaction changed screenshot_id %s meanwhile.', old.screenshot_id
                ),
                hint = 'Repeat the transaction.';
        end if;
        holder := known.on_step;
    end if;

    if tg_op <> 'DELETE' and new.screenshot_id = '0946dd8e-ce1c-4e28-a961-a5a206c819fe' then
        new.screenshot_id := gen_random_uuid();
    elsif tg_op = 'INSERT' or (tg_op = 'UPDATE' and new.screenshot_id <> old.screenshot_id) then
        -- Whoever inserts the same id into the same execution now waits, and then sees it.
        perform from public.user_workflow_run as r
        where r.legacy_trace_id = new.trace_id
        for update;
        if exists (
            select from consolidation.screenshot_row as s
            where s.trace_id = new.trace_id and s.screenshot_id = new.screenshot_id
        ) then
            raise unique_violation using
                message = 'duplicate key value violates unique constraint '
                '"workflow_trace_screenshot_pkey"',
                detail = format('Key (screenshot_id)=(%s) already exists.', new.screenshot_id),
                schema = tg_table_schema,
                table = tg_table_name,
                constraint = 'workflow_trace_screenshot_pkey';
        end if;
    end if;
    if tg_op in ('INSERT', 'UPDATE') then
        wanted := consolidation.screenshot_element(
            new.screenshot_id, new.org_id, new.node_name, new.step_index, new.screenshot_url,
            new.thumbnail_url, new.action_description, new.element_selector, new.element_found,
            new.confidence_score, new.created_at, new.node_id
        );
        element := wanted;
    end if;
    if tg_op in ('UPDATE', 'DELETE') then
        element := known.element || consolidation.patch(
            previous,
            known.content,
            coalesce(wanted, '{}')
        );
    end if;

    if tg_op = 'UPDATE' and new.trace_id = old.trace_id then
        if holder is null then
            update public.user_workflow_run as r
            set screenshots = jsonb_set(r.screenshots, array[(known.place - 1)::text], element)
            where r.legacy_trace_id = old.trace_id;
        else
            update public.user_workflow_run_step as s
            set screenshots = jsonb_set(s.screenshots, array[(known.place - 1)::text], element)
            where s.step_id = holder;
        end if;
        return new;
    end if;

    -- Deleted, or moved to another execution.
    if tg_op in ('UPDATE', 'DELETE') then
        if holder is null then
            update public.user_workflow_run as r
            set screenshots = r.screenshots - (known.place - 1)::integer
            where r.legacy_trace_id = old.trace_id;
        else
            update public.user_workflow_run_step as s
            set screenshots = s.screenshots - (known.place - 1)::integer
            where s.step_id = holder;
        end if;
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;

    update public.user_workflow_run_step as s
    set screenshots = coalesce(s.screenshots, '[]') || jsonb_build_array(element)
    where s.legacy_trace_id = new.trace_id and s.step_number = new.step_index;
    if not found then
        update public.user_workflow_run as r
        set screenshots = coalesce(r.screenshots, '[]') || jsonb_build_array(element)
        where r.legacy_trace_id = new.trace_id;
    end if;
    if not found then
        raise foreign_key_violation using
            message = 'insert or update on table "workflow_trace_screenshot" violates foreign key '
            'constraint "workflow_trace_screenshot_trace_id_fkey"',
            detail = 'The execution was deleted meanwhile.',
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'workflow_trace_screenshot_trace_id_fkey';
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION write_workflow_trace_screenshot(); Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON FUNCTION consolidation.write_workflow_trace_screenshot() IS 'Trigger, runs as workflow_maintenance after the guard: changes one element of one document, on the
step whose number is step_index, else on the run. Raises 23505 for a screenshot_id the execution
has, 40001 if somebody else changed the same key of the element meanwhile';

--
-- Name: add_context(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_context(run_id uuid, entries jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    changed jsonb;
begin
    if jsonb_typeof(entries) is distinct from 'object' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'add_context: entries must be an object, not %s',
                coalesce(jsonb_typeof(entries), 'null')
            );
    end if;
    update public.user_workflow_run as r
    set
        context = case when jsonb_typeof(r.context) = 'object' then r.context else '{}' end
        || add_context.entries
    where r.run_id = add_context.run_id
    returning r.context into changed;
    if not found then
        raise exception using
            errcode = 'no_data_found',
            message = format('add_context: there is no run %s', run_id),
            hint = 'Or it belongs to another organisation than app.current_org_id.';
    end if;
    return changed;
end;
$$;

--
-- Name: FUNCTION add_context(run_id uuid, entries jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_context(run_id uuid, entries jsonb) IS 'Sets several keys of the context of a run at once; returns the context. Raises 22023 if entries is
no object, P0002 if the session sees no such run';

--
-- Name: add_context(uuid, text, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_context(run_id uuid, key text, value jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    changed jsonb;
begin
    if key is null or value is null then
        raise exception using
            errcode = 'null_value_not_allowed',
            message = format(
                'add_context: %s is null', case when key is null then 'key' else 'value' end
            ),
            hint = 'A JSON null is ''null''::jsonb.';
    end if;
    update public.user_workflow_run as r
    set
        context = case when jsonb_typeof(r.context) = 'object' then r.context else '{}' end
        || jsonb_build_object(add_context.key, add_context.value)
    where r.run_id = add_context.run_id
    returning r.context into changed;
    if not found then
        raise exception using
            errcode = 'no_data_found',
            message = format('add_context: there is no run %s', run_id),
            hint = 'Or it belongs to another organisation than app.current_org_id.';
    end if;
    return changed;
end;
$$;

--
-- Name: FUNCTION add_context(run_id uuid, key text, value jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_context(run_id uuid, key text, value jsonb) IS 'Sets one key of the context of a run, whatever others set meanwhile; returns the context. Raises
22004 for a null key or value, P0002 if the session sees no such run';

--
-- Name: add_endpoints(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_endpoints(run_id uuid, endpoints jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    changed jsonb;
begin
    if
        jsonb_typeof(endpoints) is distinct from 'array'
        or exists (
            select from jsonb_array_elements(endpoints) as e (element)
            where jsonb_typeof(e.element) not in ('number', 'string')
        )
    then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'add_endpoints: endpoints must be an array of numbers or strings';
    end if;
    update public.user_workflow_run as r
    set
        endpoints_used = coalesce(r.endpoints_used, '[]') || (
            select coalesce(jsonb_agg(n.element order by n.place), '[]')
            from (
                select
                    e.element,
                    min(e.place) as place
                from jsonb_array_elements(endpoints) with ordinality as e (element, place)
                where not coalesce(r.endpoints_used, '[]') @> e.element
                group by e.element
            ) as n
        )
    where r.run_id = add_endpoints.run_id
    returning r.endpoints_used into changed;
    if not found then
        raise exception using
            errcode = 'no_data_found',
            message = format('add_endpoints: there is no run %s', run_id),
            hint = 'Or it belongs to another organisation than app.current_org_id.';
    end if;
    return changed;
end;
$$;

--
-- Name: FUNCTION add_endpoints(run_id uuid, endpoints jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_endpoints(run_id uuid, endpoints jsonb) IS 'Adds endpoint ids to a run, each once; returns all of them. endpoints: array of numbers or strings
(the old name shows integers only). Raises 22023 for anything else, P0002 if the session sees no
such run';

--
-- Name: add_endpoint(uuid, bigint); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_endpoint(run_id uuid, endpoint bigint) RETURNS jsonb
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT public.add_endpoints(run_id, jsonb_build_array(endpoint)) AS add_endpoints;
END;

--
-- Name: FUNCTION add_endpoint(run_id uuid, endpoint bigint); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_endpoint(run_id uuid, endpoint bigint) IS 'Adds one endpoint id to a run, once; returns all of them. Errors as add_endpoints';

--
-- Name: add_endpoint(uuid, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_endpoint(run_id uuid, endpoint text) RETURNS jsonb
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT public.add_endpoints(run_id, jsonb_build_array(endpoint)) AS add_endpoints;
END;

--
-- Name: FUNCTION add_endpoint(run_id uuid, endpoint text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_endpoint(run_id uuid, endpoint text) IS 'As add_endpoint(uuid, bigint), for ids that are texts; the old name cannot show them';

--
-- Name: add_events(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_events(step_id uuid, events jsonb) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    bad record;
    complete jsonb;
begin
    if jsonb_typeof(events) is distinct from 'array' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'add_events: events must be an array, not %s',
                coalesce(jsonb_typeof(events), 'null')
            );
    end if;
    select
        e.place,
        e.element,
        case
            when jsonb_typeof(e.element) <> 'object' then 'is not an object'
            when coalesce(jsonb_typeof(e.element -> 'type') <> 'string', true)
                then 'has no "type" that is a string'
            when e.element ->> 'type' = '' then 'has an empty "type"'
            when length(e.element ->> 'type') > 100 then 'has a "type" of more than 100 characters'
            else 'has a "timestamp" that is not ISO 8601'
        end as problem
    into bad
    from jsonb_array_elements(events) with ordinality as e (element, place)
    where
        jsonb_typeof(e.element) <> 'object'
        or coalesce(jsonb_typeof(e.element -> 'type') <> 'string', true)
        or length(e.element ->> 'type') not between 1 and 100
        or (e.element ? 'timestamp' and public.from_iso8601(e.element ->> 'timestamp') is null)
    order by e.place
    limit 1;
    if found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('add_events: element %s %s', bad.place, bad.problem),
            detail = left(bad.element::text, 200),
            hint = 'An event is {"type": text, "timestamp": ISO 8601, "data": anything}.';
    end if;
    select coalesce(
        jsonb_agg(
            jsonb_build_object(
                'timestamp', public.to_iso8601(clock_timestamp()), 'data', '{}'::jsonb
            )
            || e.element
            order by e.place
        ),
        '[]'
    )
    into complete
    from jsonb_array_elements(events) with ordinality as e (element, place);
    update public.user_workflow_run_step as s
    set events = coalesce(s.events, '[]') || complete
    where s.step_id = add_events.step_id;
    if not found then
        raise exception using
            errcode = 'no_data_found',
            message = format('add_events: there is no step %s', step_id),
            hint = 'Or it belongs to another organisation than app.current_org_id.';
    end if;
    return jsonb_array_length(events);
end;
$$;

--
-- Name: FUNCTION add_events(step_id uuid, events jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_events(step_id uuid, events jsonb) IS 'Appends events to a step, in one update; returns how many. Each is an object with "type" (1 to 100
characters), "timestamp" (ISO 8601, default now) and "data" (default {}), further keys are kept.
Raises 22023 naming the first element that is none of that, P0002 if the session sees no such step';

--
-- Name: add_event(uuid, text, jsonb, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_event(step_id uuid, type text, data jsonb DEFAULT '{}'::jsonb, "timestamp" timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT public.add_events(step_id, jsonb_build_array(jsonb_build_object('type', type, 'timestamp', public.to_iso8601(COALESCE("timestamp", clock_timestamp())), 'data', COALESCE(data, '{}'::jsonb)))) AS add_events;
END;

--
-- Name: FUNCTION add_event(step_id uuid, type text, data jsonb, "timestamp" timestamp with time zone); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_event(step_id uuid, type text, data jsonb, "timestamp" timestamp with time zone) IS 'Appends one event to a step; timestamp: default now. For many at once, add_events. Errors as
there';

--
-- Name: add_screenshots(uuid, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_screenshots(step_id uuid, screenshots jsonb) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    bad record;
    complete jsonb;
begin
    if jsonb_typeof(screenshots) is distinct from 'array' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'add_screenshots: screenshots must be an array, not %s',
                coalesce(jsonb_typeof(screenshots), 'null')
            );
    end if;
    select
        e.place,
        e.element,
        case
            when jsonb_typeof(e.element) <> 'object' then 'is not an object'
            when coalesce(jsonb_typeof(e.element -> 'url') <> 'string', true)
                then 'has no "url" that is a string'
            when e.element ->> 'url' = '' then 'has an empty "url"'
            else 'has a "timestamp" that is not ISO 8601'
        end as problem
    into bad
    from jsonb_array_elements(screenshots) with ordinality as e (element, place)
    where
        jsonb_typeof(e.element) <> 'object'
        or coalesce(jsonb_typeof(e.element -> 'url') <> 'string', true)
        or e.element ->> 'url' = ''
        or (e.element ? 'timestamp' and public.from_iso8601(e.element ->> 'timestamp') is null)
    order by e.place
    limit 1;
    if found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('add_screenshots: element %s %s', bad.place, bad.problem),
            detail = left(bad.element::text, 200),
            hint = 'A screenshot is {"url": text, "timestamp": ISO 8601, "action": text, …}.';
    end if;
    select coalesce(
        jsonb_agg(
            jsonb_build_object('timestamp', public.to_iso8601(clock_timestamp())) || e.element
            order by e.place
        ),
        '[]'
    )
    into complete
    from jsonb_array_elements(screenshots) with ordinality as e (element, place);
    update public.user_workflow_run_step as s
    set screenshots = coalesce(s.screenshots, '[]') || complete
    where s.step_id = add_screenshots.step_id;
    if not found then
        raise exception using
            errcode = 'no_data_found',
            message = format('add_screenshots: there is no step %s', step_id),
            hint = 'Or it belongs to another organisation than app.current_org_id.';
    end if;
    return jsonb_array_length(screenshots);
end;
$$;

--
-- Name: FUNCTION add_screenshots(step_id uuid, screenshots jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_screenshots(step_id uuid, screenshots jsonb) IS 'Appends screenshots to a step, in one update; returns how many. Each is an object with "url" and
"timestamp" (ISO 8601, default now); further keys are kept. Raises 22023 naming the first element
that is none of that, P0002 if the session sees no such step';

--
-- Name: add_screenshot(uuid, text, text, text, text, boolean, numeric, timestamp with time zone); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.add_screenshot(step_id uuid, url text, action text DEFAULT NULL::text, selector text DEFAULT NULL::text, thumbnail_url text DEFAULT NULL::text, element_found boolean DEFAULT NULL::boolean, confidence numeric DEFAULT NULL::numeric, "timestamp" timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT public.add_screenshots(step_id, jsonb_build_array(jsonb_build_object('url', url, 'thumbnail_url', thumbnail_url, 'timestamp', public.to_iso8601(COALESCE("timestamp", clock_timestamp())), 'action', action, 'selector', selector, 'element_found', element_found, 'confidence', confidence))) AS add_screenshots;
END;

--
-- Name: FUNCTION add_screenshot(step_id uuid, url text, action text, selector text, thumbnail_url text, element_found boolean, confidence numeric, "timestamp" timestamp with time zone); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.add_screenshot(step_id uuid, url text, action text, selector text, thumbnail_url text, element_found boolean, confidence numeric, "timestamp" timestamp with time zone) IS 'Appends one screenshot to a step; timestamp: default now. confidence: 0 to 1. Errors as
add_screenshots';

--
-- Name: current_org_id(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.current_org_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (NULLIF(current_setting('app.current_org_id'::text, true), ''::text))::uuid;

--
-- Name: FUNCTION current_org_id(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.current_org_id() IS 'The organisation of the session, from the setting app.current_org_id; null when the setting is
missing or empty (which is what "set local" leaves behind). Raises 22P02 when it is no uuid';

--
-- Name: fill_step_keys(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.fill_step_keys() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    run record;
begin
    if new.retry_count is null then
        raise not_null_violation using
            message = 'null value in column "retry_count" of relation "user_workflow_run_step" '
            'violates not-null constraint',
            detail = 'workflow_steps.retry_count cannot be null.',
            hint = 'Leave the column out to get its default, 0.',
            schema = tg_table_schema,
            table = tg_table_name,
            column = 'retry_count';
    end if;
    -- Who names no run at all gets the not-null error of the column.
    if new.run_id is null and new.legacy_trace_id is null then
        return new;
    end if;
    if new.run_id is not null then
        select
            r.run_id,
            r.org_id,
            r.legacy_trace_id
        into run
        from public.user_workflow_run as r
        where r.run_id = new.run_id;
    else
        select
            r.run_id,
            r.org_id,
            r.legacy_trace_id
        into run
        from public.user_workflow_run as r
        where r.legacy_trace_id = new.legacy_trace_id;
    end if;
    if run.run_id is null or run.legacy_trace_id <> new.legacy_trace_id then
        raise foreign_key_violation using
            message = 'insert or update on table "user_workflow_run_step" violates foreign key '
            'constraint "user_workflow_run_step_run_id_fkey"',
            detail = format(
                'There is no run with run_id %s and legacy_trace_id %s.',
                coalesce(new.run_id::text, '(any)'), coalesce(new.legacy_trace_id::text, '(any)')
            ),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'user_workflow_run_step_run_id_fkey';
    end if;
    new.run_id := run.run_id;
    new.legacy_trace_id := run.legacy_trace_id;
    new.org_id := coalesce(new.org_id, run.org_id);
    return new;
end;
$$;

--
-- Name: FUNCTION fill_step_keys(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.fill_step_keys() IS 'Trigger: fills what a new step leaves out (run_id from legacy_trace_id or the reverse, org_id from
the run). Raises 23503 when the caller can see no such run, 23502 for a null retry_count';

--
-- Name: find_run_ids(jsonb, text, jsonb, jsonb, jsonb, timestamp with time zone, timestamp with time zone, integer, timestamp with time zone, uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.find_run_ids(context jsonb DEFAULT NULL::jsonb, status text DEFAULT NULL::text, endpoint jsonb DEFAULT NULL::jsonb, events jsonb DEFAULT NULL::jsonb, screenshots jsonb DEFAULT NULL::jsonb, created_from timestamp with time zone DEFAULT NULL::timestamp with time zone, created_to timestamp with time zone DEFAULT NULL::timestamp with time zone, page_size integer DEFAULT NULL::integer, after_created_at timestamp with time zone DEFAULT NULL::timestamp with time zone, after_run_id uuid DEFAULT NULL::uuid) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    SET plan_cache_mode TO 'force_custom_plan'
    SET jit TO 'off'
    AS $$
declare
    organisation constant uuid := public.current_org_id();
begin
    if (find_run_ids.after_created_at is null) <> (find_run_ids.after_run_id is null) then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'find_runs: after_created_at and after_run_id go together',
            hint = 'Pass both as they are in the last row of the page before.';
    end if;
    -- No organisation, no rows.
    if organisation is null then
        return;
    end if;
    -- Planned for these very values: what is left out is no condition at all, and the indexes are
    -- chosen by what is given. array[org_id] is a column of GIN indexes that have the organisation.
    return query
    select r.run_id
    from public.user_workflow_run as r
    where
        r.org_id = organisation
        and (
            (
                find_run_ids.context is null
                and find_run_ids.endpoint is null
                and find_run_ids.events is null
                and find_run_ids.screenshots is null
            )
            or array[r.org_id] @> array[organisation]
        )
        and (find_run_ids.context is null or r.context @> find_run_ids.context)
        and (
            find_run_ids.endpoint is null
            or r.endpoints_used @> jsonb_build_array(find_run_ids.endpoint)
        )
        and (
            find_run_ids.events is null
            or (
                -- The index is of runs that have any.
                (r.events <> '[]' or find_run_ids.events = '[]')
                and r.events @> find_run_ids.events
            )
        )
        and (find_run_ids.screenshots is null or r.screenshots @> find_run_ids.screenshots)
        and (find_run_ids.status is null or r.status = find_run_ids.status)
        and (find_run_ids.created_from is null or r.created_at >= find_run_ids.created_from)
        and (find_run_ids.created_to is null or r.created_at < find_run_ids.created_to)
        and (
            find_run_ids.after_run_id is null
            or (r.created_at, r.run_id)
            < (find_run_ids.after_created_at, find_run_ids.after_run_id)
        )
    order by r.created_at desc, r.run_id desc
    limit find_run_ids.page_size;
end;
$$;

--
-- Name: FUNCTION find_run_ids(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.find_run_ids(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid) IS 'The keys of the runs that find_runs returns, in its order; for find_runs. Runs as
workflow_maintenance and looks only at the organisation of the session';

--
-- Name: find_runs(jsonb, text, jsonb, jsonb, jsonb, timestamp with time zone, timestamp with time zone, integer, timestamp with time zone, uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.find_runs(context jsonb DEFAULT NULL::jsonb, status text DEFAULT NULL::text, endpoint jsonb DEFAULT NULL::jsonb, events jsonb DEFAULT NULL::jsonb, screenshots jsonb DEFAULT NULL::jsonb, created_from timestamp with time zone DEFAULT NULL::timestamp with time zone, created_to timestamp with time zone DEFAULT NULL::timestamp with time zone, page_size integer DEFAULT NULL::integer, after_created_at timestamp with time zone DEFAULT NULL::timestamp with time zone, after_run_id uuid DEFAULT NULL::uuid) RETURNS SETOF public.user_workflow_run
    LANGUAGE plpgsql STABLE ROWS 50 PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    -- "offset 0", so that rows are fetched by their keys whatever an organisation is thought to
    -- hold: the plan is made once, and some organisations have a thousand times as many rows as
    -- others.
    return query
    select r.*
    from public.find_run_ids(
        find_runs.context, find_runs.status, find_runs.endpoint, find_runs.events,
        find_runs.screenshots, find_runs.created_from, find_runs.created_to, find_runs.page_size,
        find_runs.after_created_at, find_runs.after_run_id
    ) as f (run_id)
    cross join lateral (
        select t.*
        from public.user_workflow_run as t
        where t.run_id = f.run_id
        offset 0
    ) as r
    order by r.created_at desc, r.run_id desc;
end;
$$;

--
-- Name: FUNCTION find_runs(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.find_runs(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid) IS 'Runs of the organisation of the session, the latest first, with the help of indexes; none without
an organisation. Each parameter narrows the result, null does not. context, events (those of no
step), screenshots (those of no step): contained, as in context @> ''{"correlation_id":
"xyz789"}''. endpoint: an element of endpoints_used, 5 or "crm". created_from: inclusive,
created_to: exclusive. page_size: how many rows at most, default all; the next page:
after_created_at and after_run_id of its last row. Raises 22023 for one of the two without the
other, 2201W for a negative page_size, 22P02 if app.current_org_id is no uuid, 42501 for whoever
may not select from user_workflow_run';

--
-- Name: find_step_ids(jsonb, jsonb, text, timestamp with time zone, timestamp with time zone, integer, timestamp with time zone, uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.find_step_ids(events jsonb DEFAULT NULL::jsonb, screenshots jsonb DEFAULT NULL::jsonb, status text DEFAULT NULL::text, started_from timestamp with time zone DEFAULT NULL::timestamp with time zone, started_to timestamp with time zone DEFAULT NULL::timestamp with time zone, page_size integer DEFAULT NULL::integer, after_started_at timestamp with time zone DEFAULT NULL::timestamp with time zone, after_step_id uuid DEFAULT NULL::uuid) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50 PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    SET plan_cache_mode TO 'force_custom_plan'
    SET jit TO 'off'
    AS $$
declare
    organisation constant uuid := public.current_org_id();
begin
    if find_step_ids.after_started_at is not null and find_step_ids.after_step_id is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'find_steps: after_started_at goes with after_step_id',
            hint = 'Pass both as they are in the last row of the page before.';
    end if;
    if organisation is null then
        return;
    end if;
    return query
    select s.step_id
    from public.user_workflow_run_step as s
    where
        s.org_id = organisation
        and (
            (find_step_ids.events is null and find_step_ids.screenshots is null)
            or array[s.org_id] @> array[organisation]
        )
        and (find_step_ids.events is null or s.events @> find_step_ids.events)
        and (find_step_ids.screenshots is null or s.screenshots @> find_step_ids.screenshots)
        and (find_step_ids.status is null or s.status = find_step_ids.status)
        and (find_step_ids.started_from is null or s.started_at >= find_step_ids.started_from)
        and (find_step_ids.started_to is null or s.started_at < find_step_ids.started_to)
        and (
            find_step_ids.after_step_id is null
            or (coalesce(s.started_at, '-infinity'), s.step_id)
            < (coalesce(find_step_ids.after_started_at, '-infinity'), find_step_ids.after_step_id)
        )
    order by coalesce(s.started_at, '-infinity') desc, s.step_id desc
    limit find_step_ids.page_size;
end;
$$;

--
-- Name: FUNCTION find_step_ids(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.find_step_ids(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid) IS 'The keys of the steps that find_steps returns, in its order; for find_steps. Runs as
workflow_maintenance and looks only at the organisation of the session';

--
-- Name: find_steps(jsonb, jsonb, text, timestamp with time zone, timestamp with time zone, integer, timestamp with time zone, uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.find_steps(events jsonb DEFAULT NULL::jsonb, screenshots jsonb DEFAULT NULL::jsonb, status text DEFAULT NULL::text, started_from timestamp with time zone DEFAULT NULL::timestamp with time zone, started_to timestamp with time zone DEFAULT NULL::timestamp with time zone, page_size integer DEFAULT NULL::integer, after_started_at timestamp with time zone DEFAULT NULL::timestamp with time zone, after_step_id uuid DEFAULT NULL::uuid) RETURNS SETOF public.user_workflow_run_step
    LANGUAGE plpgsql STABLE ROWS 50 PARALLEL RESTRICTED
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return query
    select s.*
    from public.find_step_ids(
        find_steps.events, find_steps.screenshots, find_steps.status, find_steps.started_from,
        find_steps.started_to, find_steps.page_size, find_steps.after_started_at,
        find_steps.after_step_id
    ) as f (step_id)
    cross join lateral (
        select t.*
        from public.user_workflow_run_step as t
        where t.step_id = f.step_id
        offset 0
    ) as s
    order by coalesce(s.started_at, '-infinity') desc, s.step_id desc;
end;
$$;

--
-- Name: FUNCTION find_steps(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.find_steps(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid) IS 'Steps of the organisation of the session, the latest started first, those not started last, with
the help of indexes; none without an organisation. Each parameter narrows the result, null does not.
events, screenshots: contained, as in events @> ''[{"type": "error"}]''. started_from: inclusive,
started_to: exclusive. page_size: how many rows at most, default all; the next page:
after_started_at (null if it is) and after_step_id of its last row. Raises 22023 for
after_started_at without after_step_id, 2201W for a negative page_size, 22P02 if app.current_org_id
is no uuid, 42501 for whoever may not select from user_workflow_run_step';

--
-- Name: from_iso8601_other(text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.from_iso8601_other(document text) RETURNS timestamp with time zone
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (from_iso8601_other.document = ANY (ARRAY['infinity'::text, '-infinity'::text])) THEN (from_iso8601_other.document)::timestamp with time zone
             WHEN (p.part IS NULL) THEN NULL::timestamp with time zone
             WHEN ((((p.part[1])::integer < 1) OR ((p.part[1])::integer >
             CASE
                 WHEN (p.part[6] IS NULL) THEN 294276
                 ELSE 4714
             END)) OR (((p.part[1])::integer = ANY (ARRAY[294276, 4714])) AND ((p.part[5] <> ALL (ARRAY[''::text, 'Z'::text, 'z'::text])) OR (length(p.part[4]) > 15))) OR (((p.part[1])::integer = 4714) AND (p.part[6] IS NOT NULL) AND ((p.part[2] || p.part[3]) < '1124'::text))) THEN NULL::timestamp with time zone
             WHEN (((p.part[3])::integer > 28) AND (EXTRACT(month FROM (make_date((2000 + mod(
             CASE
                 WHEN (p.part[6] IS NULL) THEN (p.part[1])::integer
                 ELSE (4801 - (p.part[1])::integer)
             END, 400)), (p.part[2])::integer, 1) + ((p.part[3])::integer - 1))) <> ((p.part[2])::integer)::numeric)) THEN NULL::timestamp with time zone
             ELSE (concat(p.part[1], '-', p.part[2], '-', p.part[3], ' ', p.part[4], COALESCE(NULLIF(p.part[5], ''::text), 'Z'::text), p.part[6]))::timestamp with time zone
         END AS concat
    FROM ( SELECT regexp_match(from_iso8601_other.document, (('^(\d{4,6})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]'::text || '((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?)'::text) || '(|[Zz]|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)( BC)?$'::text)) AS part
          OFFSET 0) p;
END;

--
-- Name: FUNCTION from_iso8601_other(document text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.from_iso8601_other(document text) IS 'The rarer forms of from_iso8601; call that one';

--
-- Name: get_context(uuid, text, jsonb); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.get_context(run_id uuid, key text, missing jsonb DEFAULT NULL::jsonb) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT COALESCE(( SELECT (r.context -> get_context.key)
            FROM public.user_workflow_run r
           WHERE (r.run_id = get_context.run_id)), missing) AS "coalesce";
END;

--
-- Name: FUNCTION get_context(run_id uuid, key text, missing jsonb); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.get_context(run_id uuid, key text, missing jsonb) IS 'The value of a key of the context of a run (a JSON null is one); else missing, by default null';

--
-- Name: guard_run_identity(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_run_identity() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    if
        exists (select from public.user_workflow_run_step as s where s.run_id = old.run_id)
        or coalesce(old.context, '{}') <> '{}'
        or coalesce(old.endpoints_used, '[]') <> '[]'
        or coalesce(old.events, '[]') <> '[]'
        or coalesce(old.screenshots, '[]') <> '[]'
    then
        raise foreign_key_violation using
            message = format(
                'trace_id %s cannot change: steps, events, screenshots, context or endpoints '
                'belong to it', old.legacy_trace_id
            ),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'user_workflow_run_legacy_trace_id_key';
    end if;
    return new;
end;
$$;

--
-- Name: FUNCTION guard_run_identity(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.guard_run_identity() IS 'Trigger: raises 23503 when a trace_id changes that something belongs to, as the old keys did';

--
-- Name: guard_step_identity(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.guard_step_identity() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    run record;
begin
    if
        new.legacy_step_id is distinct from old.legacy_step_id
        and coalesce(old.events, '[]') <> '[]'
    then
        raise foreign_key_violation using
            message = format(
                'step_id %s cannot change: events belong to it', old.legacy_step_id
            ),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'user_workflow_run_step_legacy_step_id_key';
    end if;
    -- The column's own not-null error says it best.
    if new.run_id is null or new.legacy_trace_id is null then
        return new;
    end if;
    if new.run_id is distinct from old.run_id then
        select
            r.run_id,
            r.org_id,
            r.legacy_trace_id
        into run
        from public.user_workflow_run as r
        where r.run_id = new.run_id;
    elsif new.legacy_trace_id is distinct from old.legacy_trace_id then
        if coalesce(old.events, '[]') <> '[]' or coalesce(old.screenshots, '[]') <> '[]' then
            raise feature_not_supported using
                message = format(
                    'step_id %s cannot move to another trace: its events and screenshots would '
                    'stay behind', old.legacy_step_id
                ),
                hint = 'Set run_id in user_workflow_run_step: they move with the step.';
        end if;
        select
            r.run_id,
            r.org_id,
            r.legacy_trace_id
        into run
        from public.user_workflow_run as r
        where r.legacy_trace_id = new.legacy_trace_id;
    else
        return new;
    end if;
    if run.run_id is null then
        raise foreign_key_violation using
            message = format(
                'there is no run %s to move step_id %s to',
                coalesce(new.legacy_trace_id::text, new.run_id::text), old.legacy_step_id
            ),
            schema = tg_table_schema,
            table = tg_table_name,
            constraint = 'user_workflow_run_step_run_id_fkey';
    end if;
    new.run_id := run.run_id;
    new.org_id := run.org_id;
    new.legacy_trace_id := run.legacy_trace_id;
    return new;
end;
$$;

--
-- Name: FUNCTION guard_step_identity(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.guard_step_identity() IS 'Trigger: a step that changes run_id or legacy_trace_id gets the other one, and org_id. Raises 23503
for a run the caller does not see or a step_id that events belong to, 0A000 for a step moved through
the old name while it has events or screenshots';

--
-- Name: user_workflow_config; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_workflow_config (
    config_id uuid DEFAULT gen_random_uuid() NOT NULL,
    org_id uuid NOT NULL,
    workflow_id uuid,
    name character varying(255) NOT NULL,
    config_type text NOT NULL,
    config_data jsonb NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now(),
    updated_at timestamp with time zone
);

ALTER TABLE ONLY public.user_workflow_config FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE user_workflow_config; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.user_workflow_config IS 'Configurations of an organisation (workflow_consolidation:baseline)';

--
-- Name: is_own_workflow(uuid); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.is_own_workflow(workflow_id uuid) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    BEGIN ATOMIC
 SELECT ((EXISTS ( SELECT
            FROM public.user_workflow_run r
           WHERE ((r.workflow_id = is_own_workflow.workflow_id) AND (r.org_id = ( SELECT public.current_org_id() AS current_org_id))))) OR (EXISTS ( SELECT
            FROM public.user_workflow_config c
           WHERE ((c.workflow_id = is_own_workflow.workflow_id) AND (c.org_id = ( SELECT public.current_org_id() AS current_org_id))))));
END;

--
-- Name: FUNCTION is_own_workflow(workflow_id uuid); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.is_own_workflow(workflow_id uuid) IS 'Whether the organisation of the session has a run or a configuration of the workflow; false
without an organisation. Runs as workflow_maintenance, since not everybody who may see states may
see runs; it tells about the session''s organisation only. Raises 22P02 if app.current_org_id is no
uuid';

--
-- Name: keep_screenshots(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.keep_screenshots() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET row_security TO 'on'
    AS $$
begin
    update public.user_workflow_run as r
    set screenshots = coalesce(r.screenshots, '[]') || d.screenshots
    from (
        select
            o.run_id,
            jsonb_agg(
                jsonb_build_object('step_index', o.step_number, 'node_id', o.node_id) || x.element
                order by o.step_number, x.place
            ) as screenshots
        from old_row as o
        cross join lateral jsonb_array_elements(
            case when jsonb_typeof(o.screenshots) = 'array' then o.screenshots else '[]' end
        ) with ordinality as x (element, place)
        where jsonb_typeof(x.element) = 'object'
        group by o.run_id
    ) as d
    where r.run_id = d.run_id;
    return null;
end;
$$;

--
-- Name: FUNCTION keep_screenshots(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.keep_screenshots() IS 'Trigger: screenshots of a deleted step move to its run, if that is not deleted, too. Row security
is on whatever the session says: the policy for workflow_maintenance hides nothing';

--
-- Name: set_updated_at(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.set_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    new.updated_at := now();
    return new;
end;
$$;

--
-- Name: FUNCTION set_updated_at(); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.set_updated_at() IS 'Trigger: stamps updated_at of a changed row';

--
-- Name: start_run(uuid, text, uuid, uuid, jsonb, text, text); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.start_run(workflow_id uuid, channel text, created_by uuid, org_id uuid DEFAULT NULL::uuid, context jsonb DEFAULT '{}'::jsonb, external_id text DEFAULT NULL::text, status text DEFAULT 'running'::text) RETURNS public.user_workflow_run
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    owner uuid := coalesce(start_run.org_id, public.current_org_id());
    started public.user_workflow_run;
begin
    if owner is null then
        raise exception using
            errcode = 'not_null_violation',
            message = 'start_run: no organisation',
            hint = 'Pass org_id, or: set local app.current_org_id = ''…''';
    end if;
    if jsonb_typeof(start_run.context) is distinct from 'object' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'start_run: context must be an object, not %s',
                coalesce(jsonb_typeof(start_run.context), 'null')
            );
    end if;
    insert into public.user_workflow_run as r (
        workflow_id, org_id, channel, created_by, context, external_id, status, started_at,
        config_snapshot
    )
    values (
        start_run.workflow_id, owner, start_run.channel, start_run.created_by, start_run.context,
        start_run.external_id, start_run.status, now(),
        (
            select coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'config_id', c.config_id,
                        'name', c.name,
                        'config_type', c.config_type,
                        'workflow_id', c.workflow_id,
                        'config_data', c.config_data
                    )
                    order by c.config_type, c.name, c.workflow_id nulls first, c.config_id
                ),
                '[]'
            )
            from public.user_workflow_config as c
            where
                c.org_id = owner
                and c.is_active
                and (c.workflow_id is null or c.workflow_id = start_run.workflow_id)
                -- A configuration that names a channel is for that one.
                and coalesce(c.config_data ->> 'channel', start_run.channel) = start_run.channel
        )
    )
    returning r.* into started;
    return started;
end;
$$;

--
-- Name: FUNCTION start_run(workflow_id uuid, channel text, created_by uuid, org_id uuid, context jsonb, external_id text, status text); Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON FUNCTION public.start_run(workflow_id uuid, channel text, created_by uuid, org_id uuid, context jsonb, external_id text, status text) IS 'Starts a run now and returns its row. config_snapshot becomes an array of all active configurations
of the organisation that are for this workflow or for all, and for this channel or for all
(config_data ->> ''channel''). org_id: default the session''s. Raises 23502 without an organisation,
22023 if context is no object, 42501 for an organisation the session may not write';

--
-- Name: accepted; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.accepted (
    kind text NOT NULL,
    object text NOT NULL,
    reason text NOT NULL,
    accepted_by text DEFAULT SESSION_USER NOT NULL,
    accepted_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: TABLE accepted; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.accepted IS 'Findings of the preflight that somebody decided to live with: the cut-over goes on despite them';

--
-- Name: COLUMN accepted.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.accepted.kind IS 'As in the preflight';

--
-- Name: COLUMN accepted.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.accepted.object IS 'As in the preflight';

--
-- Name: COLUMN accepted.reason; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.accepted.reason IS 'Why it does no harm here';

--
-- Name: COLUMN accepted.accepted_by; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.accepted.accepted_by IS 'Who decided';

--
-- Name: COLUMN accepted.accepted_at; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.accepted.accepted_at IS 'When';

--
-- Name: carried_back; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.carried_back (
    trace_id bigint NOT NULL
);

--
-- Name: TABLE carried_back; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.carried_back IS 'Executions whose documents were written to after a cut-over and then carried back to the old
tables. Their documents may hold what the old tables cannot; it is kept when they are rebuilt';

--
-- Name: COLUMN carried_back.trace_id; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.carried_back.trace_id IS 'The execution';

--
-- Name: change; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.change (
    change_id bigint NOT NULL,
    trace_id bigint
);

--
-- Name: TABLE change; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.change IS 'Queue: executions written to since they were last carried over. Insert-only for applications';

--
-- Name: COLUMN change.change_id; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.change.change_id IS 'Order of arrival';

--
-- Name: COLUMN change.trace_id; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.change.trace_id IS 'Execution to carry over; null after a truncate: all of them';

--
-- Name: change_change_id_seq; Type: SEQUENCE; Schema: consolidation; Owner: -
--

ALTER TABLE consolidation.change ALTER COLUMN change_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME consolidation.change_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: chunk; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.chunk (
    chunk_id bigint NOT NULL,
    first_trace_id bigint NOT NULL,
    last_trace_id bigint NOT NULL,
    traces bigint NOT NULL,
    steps bigint,
    events bigint,
    pid integer,
    started_at timestamp with time zone,
    finished_at timestamp with time zone
);

--
-- Name: TABLE chunk; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.chunk IS 'The backfill: one range of executions a batch, and one for what no session has begun with.
Executions that came after it started come through the queue';

--
-- Name: COLUMN chunk.chunk_id; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.chunk_id IS 'Key; 1 is what is left, until its last batch';

--
-- Name: COLUMN chunk.first_trace_id; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.first_trace_id IS 'First execution of the range';

--
-- Name: COLUMN chunk.last_trace_id; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.last_trace_id IS 'Last execution of the range';

--
-- Name: COLUMN chunk.traces; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.traces IS 'Executions in the range: as counted when the backfill began, then by its batch';

--
-- Name: COLUMN chunk.steps; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.steps IS 'Steps of these, counted by its batch';

--
-- Name: COLUMN chunk.events; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.events IS 'Events of these, counted by its batch';

--
-- Name: COLUMN chunk.pid; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.pid IS 'Process id of the session whose batch it is';

--
-- Name: COLUMN chunk.started_at; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.started_at IS 'When the batch began; null until then';

--
-- Name: COLUMN chunk.finished_at; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.chunk.finished_at IS 'When it was carried over; null until then, and for ever if the session was ended: others take it';

--
-- Name: chunk_chunk_id_seq; Type: SEQUENCE; Schema: consolidation; Owner: -
--

ALTER TABLE consolidation.chunk ALTER COLUMN chunk_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME consolidation.chunk_chunk_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: context_row; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.context_row WITH (security_invoker='true') AS
 SELECT e.context_id,
    r.legacy_trace_id AS trace_id,
    e.key,
    c.value,
    e.created_at,
    e.updated_at,
    c.place,
    ((length(c.key) <= 255) AND ((r.legacy -> 'context'::text) ? c.key)) AS fits
   FROM ((public.user_workflow_run r
     CROSS JOIN LATERAL jsonb_each(
        CASE
            WHEN (jsonb_typeof(r.context) = 'object'::text) THEN r.context
            ELSE NULL::jsonb
        END) WITH ORDINALITY c(key, value, place))
     CROSS JOIN LATERAL ( SELECT COALESCE(consolidation.to_bigint((((r.legacy -> 'context'::text) -> c.key) -> 'context_id'::text)), consolidation.synthetic_id(r.run_id, c.key)) AS context_id,
            (
                CASE
                    WHEN (length(c.key) <= 255) THEN c.key
                    ELSE NULL::text
                END)::character varying(255) AS key,
            public.from_iso8601((((r.legacy -> 'context'::text) -> c.key) ->> 'created_at'::text)) AS created_at,
            public.from_iso8601((((r.legacy -> 'context'::text) -> c.key) ->> 'updated_at'::text)) AS updated_at
         OFFSET 0) e)
  WHERE ((c.place >= 1) AND (c.place <= 2147483647));

--
-- Name: VIEW context_row; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.context_row IS 'Context keys of the documents as rows of workflow_trace_context, with their place and whether the
old table could hold them';

--
-- Name: cut_over_log; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.cut_over_log (
    ordinal bigint NOT NULL,
    stage text NOT NULL,
    statement text NOT NULL,
    CONSTRAINT cut_over_log_stage_check CHECK ((stage = ANY (ARRAY['before'::text, 'after'::text, 'validate'::text, 'validate back'::text])))
);

--
-- Name: TABLE cut_over_log; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.cut_over_log IS 'What the way back has to execute besides moving the names: written by the cut-over';

--
-- Name: COLUMN cut_over_log.ordinal; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.cut_over_log.ordinal IS 'Order in which the cut-over wrote it';

--
-- Name: COLUMN cut_over_log.stage; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.cut_over_log.stage IS 'validate: by the cut-over, once the locks are gone. For the way back: before the names are moved
(last written first), after that, and validate back, once the locks are gone';

--
-- Name: COLUMN cut_over_log.statement; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.cut_over_log.statement IS 'One statement, without semicolon';

--
-- Name: cut_over_log_ordinal_seq; Type: SEQUENCE; Schema: consolidation; Owner: -
--

ALTER TABLE consolidation.cut_over_log ALTER COLUMN ordinal ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME consolidation.cut_over_log_ordinal_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: deployed_change; Type: TABLE; Schema: consolidation; Owner: -
--

CREATE TABLE consolidation.deployed_change (
    change text NOT NULL,
    ordinal integer NOT NULL
);

--
-- Name: TABLE deployed_change; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON TABLE consolidation.deployed_change IS 'Changes whose deploy script has ended, whether or not Sqitch lived to record it';

--
-- Name: COLUMN deployed_change.change; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.deployed_change.change IS 'Name of the change in sqitch.plan';

--
-- Name: COLUMN deployed_change.ordinal; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.deployed_change.ordinal IS 'Order of deployment';

--
-- Name: deployed_change_ordinal_seq; Type: SEQUENCE; Schema: consolidation; Owner: -
--

ALTER TABLE consolidation.deployed_change ALTER COLUMN ordinal ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME consolidation.deployed_change_ordinal_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: endpoint_row; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.endpoint_row WITH (security_invoker='true') AS
 SELECT r.legacy_trace_id AS trace_id,
    consolidation.to_bigint(x.element) AS endpoint_id,
    x.place,
    (consolidation.to_bigint(x.element) IS NOT NULL) AS fits
   FROM (public.user_workflow_run r
     CROSS JOIN LATERAL jsonb_array_elements(
        CASE
            WHEN (jsonb_typeof(r.endpoints_used) = 'array'::text) THEN r.endpoints_used
            ELSE NULL::jsonb
        END) WITH ORDINALITY x(element, place))
  WHERE ((x.place >= 1) AND (x.place <= 2147483647));

--
-- Name: VIEW endpoint_row; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.endpoint_row IS 'Endpoints of the documents as rows of workflow_trace_endpoint, with their place in the array and
whether the old table could hold them';

--
-- Name: event_row; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.event_row WITH (security_invoker='true') AS
 SELECT e.event_id,
    r.legacy_trace_id AS trace_id,
    s.legacy_step_id AS step_id,
    e.event_type,
    e.event_data,
    e."timestamp",
    x.place,
    x.element,
    consolidation.fits_event(x.element) AS fits
   FROM ((((public.user_workflow_run r
     CROSS JOIN ( VALUES (true), (false)) k(of_run))
     LEFT JOIN public.user_workflow_run_step s ON (((s.run_id = r.run_id) AND (NOT k.of_run))))
     CROSS JOIN LATERAL jsonb_array_elements(
        CASE
            WHEN k.of_run THEN
            CASE
                WHEN (jsonb_typeof(r.events) = 'array'::text) THEN r.events
                ELSE NULL::jsonb
            END
            WHEN (jsonb_typeof(s.events) = 'array'::text) THEN s.events
            ELSE NULL::jsonb
        END) WITH ORDINALITY x(element, place))
     CROSS JOIN LATERAL ( SELECT consolidation.event_key(x.element, COALESCE(s.step_id, r.run_id), x.place) AS event_id,
            (
                CASE
                    WHEN (length((x.element ->> 'type'::text)) <= 100) THEN (x.element ->> 'type'::text)
                    ELSE NULL::text
                END)::character varying(100) AS event_type,
            COALESCE((x.element -> 'data'::text), 'null'::jsonb) AS event_data,
            public.from_iso8601((x.element ->> 'timestamp'::text)) AS "timestamp"
         OFFSET 0) e)
  WHERE ((x.place >= 1) AND (x.place <= 2147483647));

--
-- Name: VIEW event_row; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.event_row IS 'Events of the documents as rows of workflow_events, with their place in the array, the element
itself and whether the old table could hold it';

--
-- Name: preflight; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.preflight WITH (security_invoker='true') AS
 SELECT p.severity,
    p.kind,
    p.object,
    p.consequence,
    p.remedy
   FROM consolidation.preflight() p(severity, kind, object, consequence, remedy)
UNION ALL
 SELECT 'refuse'::text AS severity,
    'row'::text AS kind,
    format('%s rows of %s: %s'::text, count(*), u.table_name, u.kind) AS object,
    ('cannot be carried over, for example '::text || min(u.key)) AS consequence,
    min(u.repair) AS remedy
   FROM consolidation.uncarriable() u(kind, table_name, key, repair)
  GROUP BY u.table_name, u.kind;

--
-- Name: VIEW preflight; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.preflight IS 'Everything to know before deciding: what consolidation.preflight() finds, and rows that cannot be
carried over (consolidation.uncarriable() lists them one by one)';

--
-- Name: COLUMN preflight.severity; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.preflight.severity IS 'refuse, accepted or notice';

--
-- Name: COLUMN preflight.kind; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.preflight.kind IS 'Kind of object';

--
-- Name: COLUMN preflight.object; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.preflight.object IS 'Its name';

--
-- Name: COLUMN preflight.consequence; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.preflight.consequence IS 'What becomes of it';

--
-- Name: COLUMN preflight.remedy; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.preflight.remedy IS 'What to do, a statement where there is one';

--
-- Name: progress; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.progress WITH (security_invoker='true') AS
 SELECT consolidation.phase() AS phase,
    c.runs_total,
    c.runs_done,
        CASE
            WHEN (c.runs_total > 0) THEN round(((100.0 * (c.runs_done)::numeric) / (c.runs_total)::numeric), 1)
            ELSE 100.0
        END AS percent,
    r.runs_per_second,
        CASE
            WHEN (r.runs_per_second > (0)::numeric) THEN make_interval(secs => (round((((c.runs_total - c.runs_done))::numeric / r.runs_per_second)))::double precision)
            ELSE NULL::interval
        END AS time_left,
    ( SELECT count(*) AS count
           FROM consolidation.change) AS queue_depth,
    c.steps_done,
        CASE
            WHEN c.finished THEN c.steps_done
            ELSE GREATEST(consolidation.estimated_rows('workflow_steps'::text), c.steps_done)
        END AS steps_estimated,
    c.events_done,
        CASE
            WHEN c.finished THEN c.events_done
            ELSE GREATEST(consolidation.estimated_rows('workflow_events'::text), c.events_done)
        END AS events_estimated
   FROM (( SELECT (COALESCE(sum(k.traces), (0)::numeric))::bigint AS runs_total,
            (COALESCE(sum(k.traces) FILTER (WHERE (k.finished_at IS NOT NULL)), (0)::numeric))::bigint AS runs_done,
            (COALESCE(sum(k.steps), (0)::numeric))::bigint AS steps_done,
            (COALESCE(sum(k.events), (0)::numeric))::bigint AS events_done,
            bool_and((k.finished_at IS NOT NULL)) AS finished
           FROM consolidation.chunk k) c
     CROSS JOIN ( SELECT round((sum(k.traces) / GREATEST(EXTRACT(epoch FROM (max(k.finished_at) - min(k.started_at))), 0.001))) AS runs_per_second
           FROM consolidation.chunk k
          WHERE (k.finished_at > ( SELECT (max(m.finished_at) - '00:00:30'::interval)
                   FROM consolidation.chunk m))) r);

--
-- Name: VIEW progress; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.progress IS 'One row for \watch: phase, executions of the backfill in all and done, its rate, the time left at
that rate, changes waiting in the queue, and steps and events done of about how many';

--
-- Name: COLUMN progress.phase; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.phase IS 'expand, cut over or contract';

--
-- Name: COLUMN progress.runs_total; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.runs_total IS 'Executions present when the backfill began, but for those deleted before their batch';

--
-- Name: COLUMN progress.runs_done; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.runs_done IS 'Of these, carried over and committed';

--
-- Name: COLUMN progress.percent; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.percent IS 'runs_done in percent of runs_total';

--
-- Name: COLUMN progress.runs_per_second; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.runs_per_second IS 'Rate of all sessions together, over the batches of the last 30 seconds there were any';

--
-- Name: COLUMN progress.time_left; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.time_left IS 'At that rate; null before the first batch';

--
-- Name: COLUMN progress.queue_depth; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.queue_depth IS 'Statements whose executions wait to be carried over, or back after the cut-over';

--
-- Name: COLUMN progress.steps_done; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.steps_done IS 'Steps of the executions done';

--
-- Name: COLUMN progress.steps_estimated; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.steps_estimated IS 'Steps in all, as the statistics of the old table estimate them; exact once all are done';

--
-- Name: COLUMN progress.events_done; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.events_done IS 'Events of the executions done';

--
-- Name: COLUMN progress.events_estimated; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress.events_estimated IS 'Events in all, as the statistics of the old table estimate them; exact once all are done';

--
-- Name: progress_by_session; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.progress_by_session WITH (security_invoker='true') AS
 SELECT c.pid,
    (sum(c.traces) FILTER (WHERE (c.finished_at IS NOT NULL)))::bigint AS runs_done,
    count(c.finished_at) AS batches,
    (array_agg((c.finished_at - c.started_at) ORDER BY c.finished_at DESC NULLS LAST))[1] AS last_batch_time,
    (sum(c.traces) FILTER (WHERE (c.finished_at IS NULL)))::bigint AS runs_at_hand,
    max(c.started_at) FILTER (WHERE (c.finished_at IS NULL)) AS at_hand_since
   FROM consolidation.chunk c
  WHERE (c.pid IS NOT NULL)
  GROUP BY c.pid;

--
-- Name: VIEW progress_by_session; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.progress_by_session IS 'What each session of the backfill did and does';

--
-- Name: COLUMN progress_by_session.pid; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress_by_session.pid IS 'Process id of the session';

--
-- Name: COLUMN progress_by_session.runs_done; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress_by_session.runs_done IS 'Executions it carried over';

--
-- Name: COLUMN progress_by_session.batches; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress_by_session.batches IS 'In how many batches';

--
-- Name: COLUMN progress_by_session.last_batch_time; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress_by_session.last_batch_time IS 'How long the last one took';

--
-- Name: COLUMN progress_by_session.runs_at_hand; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress_by_session.runs_at_hand IS 'Executions of its present batch, or of one it was ended in that nobody has taken yet';

--
-- Name: COLUMN progress_by_session.at_hand_since; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON COLUMN consolidation.progress_by_session.at_hand_since IS 'When that batch began';

--
-- Name: screenshot_row; Type: VIEW; Schema: consolidation; Owner: -
--

CREATE VIEW consolidation.screenshot_row WITH (security_invoker='true') AS
 SELECT e.screenshot_id,
    r.legacy_trace_id AS trace_id,
    COALESCE(e.org_id, r.org_id) AS org_id,
    e.node_name,
    COALESCE(e.step_index, s.step_number) AS step_index,
    e.screenshot_url,
    e.thumbnail_url,
    e.action_description,
    e.element_selector,
    e.element_found,
    e.confidence_score,
    e.created_at,
    COALESCE(e.node_id, s.node_id) AS node_id,
    s.step_id AS on_step,
    s.step_number AS on_step_number,
    x.place,
    x.element,
    consolidation.fits_screenshot(x.element, (NOT k.of_run)) AS fits
   FROM ((((public.user_workflow_run r
     CROSS JOIN ( VALUES (true), (false)) k(of_run))
     LEFT JOIN public.user_workflow_run_step s ON (((s.run_id = r.run_id) AND (NOT k.of_run))))
     CROSS JOIN LATERAL jsonb_array_elements(
        CASE
            WHEN k.of_run THEN
            CASE
                WHEN (jsonb_typeof(r.screenshots) = 'array'::text) THEN r.screenshots
                ELSE NULL::jsonb
            END
            WHEN (jsonb_typeof(s.screenshots) = 'array'::text) THEN s.screenshots
            ELSE NULL::jsonb
        END) WITH ORDINALITY x(element, place))
     CROSS JOIN LATERAL ( SELECT consolidation.screenshot_key(x.element, COALESCE(s.step_id, r.run_id), x.place) AS screenshot_id,
            consolidation.to_uuid((x.element -> 'org_id'::text)) AS org_id,
            (
                CASE
                    WHEN (length((x.element ->> 'node_name'::text)) <= 255) THEN (x.element ->> 'node_name'::text)
                    ELSE ''::text
                END)::character varying(255) AS node_name,
                CASE
                    WHEN ((consolidation.to_bigint((x.element -> 'step_index'::text)) >= '-2147483648'::integer) AND (consolidation.to_bigint((x.element -> 'step_index'::text)) <= 2147483647)) THEN ((x.element -> 'step_index'::text))::integer
                    ELSE NULL::integer
                END AS step_index,
            (x.element ->> 'url'::text) AS screenshot_url,
            (x.element ->> 'thumbnail_url'::text) AS thumbnail_url,
            COALESCE((x.element ->> 'action'::text), ''::text) AS action_description,
            (x.element ->> 'selector'::text) AS element_selector,
                CASE
                    WHEN (jsonb_typeof((x.element -> 'element_found'::text)) = 'boolean'::text) THEN ((x.element -> 'element_found'::text))::boolean
                    ELSE NULL::boolean
                END AS element_found,
            (consolidation.to_score((x.element -> 'confidence'::text)))::numeric(3,2) AS confidence_score,
            public.from_iso8601((x.element ->> 'timestamp'::text)) AS created_at,
            consolidation.to_uuid((x.element -> 'node_id'::text)) AS node_id
         OFFSET 0) e)
  WHERE ((x.place >= 1) AND (x.place <= 2147483647));

--
-- Name: VIEW screenshot_row; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON VIEW consolidation.screenshot_row IS 'Screenshots of the documents as rows of workflow_trace_screenshot, with the step that holds them,
their place in the array, the element itself and whether the old table could hold it';

--
-- Name: workflow_events; Type: TABLE; Schema: legacy; Owner: -
--

CREATE TABLE legacy.workflow_events (
    event_id bigint NOT NULL,
    trace_id bigint NOT NULL,
    step_id bigint,
    event_type character varying(100) NOT NULL,
    event_data jsonb NOT NULL,
    "timestamp" timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: TABLE workflow_events; Type: COMMENT; Schema: legacy; Owner: -
--

COMMENT ON TABLE legacy.workflow_events IS 'Event log of executions and steps (workflow_consolidation:baseline)';

--
-- Name: workflow_events_event_id_seq; Type: SEQUENCE; Schema: legacy; Owner: -
--

ALTER TABLE legacy.workflow_events ALTER COLUMN event_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME legacy.workflow_events_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: workflow_steps; Type: TABLE; Schema: legacy; Owner: -
--

CREATE TABLE legacy.workflow_steps (
    step_id bigint NOT NULL,
    trace_id bigint NOT NULL,
    step_number integer NOT NULL,
    status text DEFAULT 'pending'::text,
    input_data jsonb,
    output_data jsonb,
    error_message text,
    start_time timestamp with time zone,
    end_time timestamp with time zone,
    duration_ms integer,
    retry_count integer DEFAULT 0 NOT NULL,
    metadata jsonb,
    node_id uuid
);

--
-- Name: TABLE workflow_steps; Type: COMMENT; Schema: legacy; Owner: -
--

COMMENT ON TABLE legacy.workflow_steps IS 'One step of an execution (workflow_consolidation:baseline)';

--
-- Name: workflow_steps_step_id_seq; Type: SEQUENCE; Schema: legacy; Owner: -
--

ALTER TABLE legacy.workflow_steps ALTER COLUMN step_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME legacy.workflow_steps_step_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: workflow_trace; Type: TABLE; Schema: legacy; Owner: -
--

CREATE TABLE legacy.workflow_trace (
    trace_id bigint NOT NULL,
    batch_job_item_id uuid,
    org_id uuid NOT NULL,
    workflow_id uuid,
    channel text,
    external_id character varying(255),
    status text DEFAULT 'pending'::text,
    action_type text,
    action_detail jsonb,
    success boolean DEFAULT false,
    duration_ms integer,
    error_detail jsonb,
    error_message text,
    llm_prompt text,
    llm_response text,
    llm_model character varying(100),
    llm_tokens_used integer,
    tier smallint,
    tier_reason text,
    config_snapshot jsonb,
    start_time timestamp with time zone,
    end_time timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    user_id uuid,
    created_by uuid,
    session_id uuid
);

--
-- Name: TABLE workflow_trace; Type: COMMENT; Schema: legacy; Owner: -
--

COMMENT ON TABLE legacy.workflow_trace IS 'One execution of a workflow (workflow_consolidation:baseline)';

--
-- Name: workflow_trace_context; Type: TABLE; Schema: legacy; Owner: -
--

CREATE TABLE legacy.workflow_trace_context (
    context_id bigint NOT NULL,
    trace_id bigint NOT NULL,
    key character varying(255) NOT NULL,
    value jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone
);

--
-- Name: TABLE workflow_trace_context; Type: COMMENT; Schema: legacy; Owner: -
--

COMMENT ON TABLE legacy.workflow_trace_context IS 'Key-value context of an execution (workflow_consolidation:baseline)';

--
-- Name: workflow_trace_context_context_id_seq; Type: SEQUENCE; Schema: legacy; Owner: -
--

ALTER TABLE legacy.workflow_trace_context ALTER COLUMN context_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME legacy.workflow_trace_context_context_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: workflow_trace_endpoint; Type: TABLE; Schema: legacy; Owner: -
--

CREATE TABLE legacy.workflow_trace_endpoint (
    trace_id bigint NOT NULL,
    endpoint_id bigint NOT NULL
);

--
-- Name: TABLE workflow_trace_endpoint; Type: COMMENT; Schema: legacy; Owner: -
--

COMMENT ON TABLE legacy.workflow_trace_endpoint IS 'Endpoints an execution used (workflow_consolidation:baseline)';

--
-- Name: workflow_trace_screenshot; Type: TABLE; Schema: legacy; Owner: -
--

CREATE TABLE legacy.workflow_trace_screenshot (
    screenshot_id uuid DEFAULT gen_random_uuid() NOT NULL,
    trace_id bigint NOT NULL,
    org_id uuid NOT NULL,
    node_name character varying(255) NOT NULL,
    step_index integer NOT NULL,
    screenshot_url text NOT NULL,
    thumbnail_url text,
    action_description text NOT NULL,
    element_selector text,
    element_found boolean DEFAULT false,
    confidence_score numeric(3,2),
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    node_id uuid NOT NULL
);

--
-- Name: TABLE workflow_trace_screenshot; Type: COMMENT; Schema: legacy; Owner: -
--

COMMENT ON TABLE legacy.workflow_trace_screenshot IS 'Screenshots taken during an execution (workflow_consolidation:baseline)';

--
-- Name: workflow_trace_trace_id_seq; Type: SEQUENCE; Schema: legacy; Owner: -
--

ALTER TABLE legacy.workflow_trace ALTER COLUMN trace_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME legacy.workflow_trace_trace_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: user_workflow_cache_state; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_workflow_cache_state (
    micro_state_id bigint NOT NULL,
    workflow_id uuid NOT NULL,
    node_id uuid NOT NULL,
    dom_snapshot text NOT NULL,
    action_json jsonb NOT NULL,
    semantic_spec jsonb,
    label text,
    category text,
    required boolean,
    is_dynamic boolean GENERATED ALWAYS AS (((semantic_spec -> 'dynamic_meta'::text) IS NOT NULL)) STORED,
    text_emb real[],
    mini_score numeric(4,3),
    is_retired boolean DEFAULT false,
    aliased_to bigint,
    created_at timestamp with time zone DEFAULT now()
);

ALTER TABLE ONLY public.user_workflow_cache_state FORCE ROW LEVEL SECURITY;

--
-- Name: TABLE user_workflow_cache_state; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON TABLE public.user_workflow_cache_state IS 'Cached page states of a workflow (workflow_consolidation:baseline)';

--
-- Name: micro_state; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.micro_state WITH (security_invoker='true') AS
 SELECT t.micro_state_id,
    t.workflow_id,
    t.node_id,
    t.dom_snapshot,
    t.action_json,
    t.semantic_spec,
    t.label,
    t.category,
    t.required,
    t.is_dynamic,
    t.text_emb,
    t.mini_score,
    t.is_retired,
    t.aliased_to,
    t.created_at
   FROM public.user_workflow_cache_state t;

--
-- Name: VIEW micro_state; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.micro_state IS 'Old name of user_workflow_cache_state, readable and writable';

--
-- Name: micro_state_micro_state_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.user_workflow_cache_state ALTER COLUMN micro_state_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.micro_state_micro_state_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: not_isolated; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.not_isolated WITH (security_invoker='true') AS
 WITH RECURSIVE isolated_table AS (
         SELECT c.oid,
            c.relowner,
            c.relrowsecurity,
            c.relforcerowsecurity,
                CASE
                    WHEN (n.nspname = 'public'::name) THEN (c.relname)::text
                    ELSE format('%s.%s'::text, n.nspname, c.relname)
                END AS label
           FROM (pg_class c
             JOIN pg_namespace n ON ((n.oid = c.relnamespace)))
          WHERE ((c.relkind = ANY (ARRAY['r'::"char", 'p'::"char"])) AND (n.nspname = ANY (ARRAY['public'::name, 'legacy'::name])) AND ((c.relname = ANY (ARRAY['user_workflow_run'::name, 'user_workflow_run_step'::name, 'user_workflow_config'::name])) OR (c.relname = ANY (ARRAY['workflow_trace'::name, 'workflow_steps'::name, 'workflow_events'::name, 'workflow_trace_screenshot'::name, 'workflow_trace_context'::name, 'workflow_trace_endpoint'::name, 'workflow_configs'::name]))))
        ), reach(login_role, role_id, path) AS (
         SELECT r.oid,
            r.oid,
            ARRAY[r.oid] AS "array"
           FROM pg_roles r
          WHERE r.rolcanlogin
        UNION ALL
         SELECT g.login_role,
            m.roleid,
            (g.path || m.roleid)
           FROM (reach g
             JOIN pg_auth_members m ON ((m.member = g.role_id)))
          WHERE ((m.roleid <> ALL (g.path)) AND (m.admin_option OR COALESCE(((to_jsonb(m.*) ->> 'inherit_option'::text))::boolean, true) OR COALESCE(((to_jsonb(m.*) ->> 'set_option'::text))::boolean, true)))
        ), reason(login_role, role_id, path, why, tables) AS (
         SELECT g.login_role,
            g.role_id,
            g.path,
            'superuser'::text AS "?column?",
            NULL::text AS text
           FROM (reach g
             JOIN pg_roles r ON ((r.oid = g.role_id)))
          WHERE r.rolsuper
        UNION ALL
         SELECT g.login_role,
            g.role_id,
            g.path,
            'bypassrls'::text,
            NULL::text
           FROM (reach g
             JOIN pg_roles r ON ((r.oid = g.role_id)))
          WHERE (r.rolbypassrls AND (NOT r.rolsuper))
        UNION ALL
         SELECT g.login_role,
            g.role_id,
            g.path,
            'files or programs of the server'::text,
            NULL::text
           FROM reach g
          WHERE (g.role_id = ANY (ARRAY[(to_regrole('pg_read_server_files'::text))::oid, (to_regrole('pg_write_server_files'::text))::oid, (to_regrole('pg_execute_server_program'::text))::oid]))
        UNION ALL
         SELECT g.login_role,
            g.role_id,
            g.path,
            'replication'::text,
            NULL::text
           FROM (reach g
             JOIN pg_roles r ON ((r.oid = g.role_id)))
          WHERE (r.rolreplication AND (NOT r.rolsuper))
        UNION ALL
         SELECT g.login_role,
            g.role_id,
            g.path,
            'createrole (could make itself a member)'::text,
            NULL::text
           FROM (reach g
             JOIN pg_roles r ON ((r.oid = g.role_id)))
          WHERE (r.rolcreaterole AND (NOT r.rolsuper) AND ((current_setting('server_version_num'::text))::integer < 160000))
        UNION ALL
         SELECT g.login_role,
            g.role_id,
            g.path,
                CASE
                    WHEN t.relforcerowsecurity THEN 'owner (could switch it off)'::text
                    ELSE 'owner'::text
                END AS "case",
            t.label
           FROM ((reach g
             JOIN isolated_table t ON ((t.relowner = g.role_id)))
             JOIN pg_roles r ON ((r.oid = g.role_id)))
          WHERE ((NOT r.rolsuper) AND (NOT r.rolbypassrls))
        UNION ALL
         SELECT g.login_role,
            g.role_id,
            g.path,
                CASE
                    WHEN (p.polname = format('%s_unscoped'::text, t.label)) THEN 'unscoped'::text
                    WHEN (g.role_id = (to_regrole('workflow_maintenance'::text))::oid) THEN 'workflow_maintenance'::text
                    ELSE format('policy %s'::text, p.polname)
                END AS format,
            t.label
           FROM ((reach g
             JOIN pg_policy p ON (((g.role_id = ANY (p.polroles)) OR (p.polroles = '{0}'::oid[]))))
             JOIN isolated_table t ON ((t.oid = p.polrelid)))
          WHERE (t.relrowsecurity AND p.polpermissive AND (p.polcmd = ANY (ARRAY['r'::"char", '*'::"char"])) AND (pg_get_expr(p.polqual, p.polrelid) !~ '^\(org_id = \( SELECT (public\.)?current_org_id\(\) AS current_org_id\)\)$'::text) AND ((p.polroles <> '{0}'::oid[]) OR (g.login_role = g.role_id)))
        UNION ALL
         SELECT g.login_role,
            g.role_id,
            g.path,
            'no row level security'::text,
            t.label
           FROM ((reach g
             JOIN isolated_table t ON ((NOT t.relrowsecurity)))
             JOIN pg_roles r ON ((r.oid = g.role_id)))
          WHERE ((g.role_id <> t.relowner) AND (NOT r.rolsuper) AND ((r.rolname = 'pg_read_all_data'::name) OR (EXISTS ( SELECT
                   FROM (pg_class c
                     CROSS JOIN LATERAL aclexplode(c.relacl) x(grantor, grantee, privilege_type, is_grantable))
                  WHERE ((c.oid = t.oid) AND (x.privilege_type = 'SELECT'::text) AND ((x.grantee = g.role_id) OR ((x.grantee = (0)::oid) AND (g.login_role = g.role_id))))))))
        )
 SELECT l.rolname AS role_name,
    s.why AS reason,
        CASE
            WHEN (w.role_id <> s.login_role) THEN ( SELECT string_agg((p.rolname)::text, ' > '::text ORDER BY h.place) AS string_agg
               FROM (unnest(w.path) WITH ORDINALITY h(role_id, place)
                 JOIN pg_roles p ON ((p.oid = h.role_id))))
            ELSE NULL::text
        END AS through,
    s.tables,
    (s.why = 'unscoped'::text) AS only_without_organisation
   FROM ((( SELECT r.login_role,
            r.why,
            r.role_id,
            string_agg(DISTINCT r.tables, ', '::text ORDER BY r.tables) AS tables
           FROM reason r
          GROUP BY r.login_role, r.role_id, r.why) s
     JOIN pg_roles l ON ((l.oid = s.login_role)))
     CROSS JOIN LATERAL ( SELECT r.role_id,
            r.path
           FROM reason r
          WHERE ((r.login_role = s.login_role) AND (r.role_id = s.role_id) AND (r.why = s.why))
          ORDER BY (cardinality(r.path)), r.path
         LIMIT 1) w)
  ORDER BY l.rolname, s.why, w.path;

--
-- Name: VIEW not_isolated; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.not_isolated IS 'Login roles that see, or can give themselves sight of, rows of more than one organisation, and
why: one row for each reason. Ask it before going live: an application role must not be in it';

--
-- Name: COLUMN not_isolated.role_name; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated.role_name IS 'The login role';

--
-- Name: COLUMN not_isolated.reason; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated.reason IS 'superuser; bypassrls; replication (base backups and logical slots ask no policy); files or programs
of the server (a member of a role that may use them); createrole (could make itself a member, before
PostgreSQL 16); owner (of tables without force row level security); owner (could switch it off);
workflow_maintenance (a member); unscoped (named in a policy that the cut-over made for roles that
saw everything before); policy … (any other that shows more than the organisation of the session);
no row level security (may select from a table that has none)';

--
-- Name: COLUMN not_isolated.through; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated.through IS 'Memberships that lead to the role with that property; null if it is the login role itself';

--
-- Name: COLUMN not_isolated.tables; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated.tables IS 'Tables it holds for; null for all of the database';

--
-- Name: COLUMN not_isolated.only_without_organisation; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON COLUMN public.not_isolated.only_without_organisation IS 'Whether it holds only while the session names no organisation in app.current_org_id';

--
-- Name: workflow_configs; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.workflow_configs WITH (security_invoker='true') AS
 SELECT t.config_id,
    t.org_id,
    t.workflow_id,
    t.name,
    t.config_type,
    t.config_data,
    t.is_active,
    t.created_by,
    t.created_at,
    t.updated_at
   FROM public.user_workflow_config t;

--
-- Name: VIEW workflow_configs; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.workflow_configs IS 'Old name of user_workflow_config, readable and writable';

--
-- Name: workflow_events; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.workflow_events WITH (security_invoker='true') AS
 SELECT e.event_id,
    e.trace_id,
    e.step_id,
    e.event_type,
    e.event_data,
    e."timestamp"
   FROM consolidation.event_row e;

--
-- Name: VIEW workflow_events; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.workflow_events IS 'Old name of the elements of events, readable and writable; see "Limits" in the README';

--
-- Name: workflow_events_event_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.workflow_events_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: workflow_steps; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.workflow_steps WITH (security_invoker='true') AS
 SELECT s.legacy_step_id AS step_id,
    s.legacy_trace_id AS trace_id,
    s.step_number,
    s.status,
    s.input_data,
    s.output_data,
    s.error_message,
    s.started_at AS start_time,
    s.ended_at AS end_time,
    s.duration_ms,
    s.retry_count,
    s.metadata,
    s.node_id
   FROM public.user_workflow_run_step s;

--
-- Name: VIEW workflow_steps; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.workflow_steps IS 'Old name of user_workflow_run_step, readable and writable; see "Limits" in the README';

--
-- Name: workflow_steps_step_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.user_workflow_run_step ALTER COLUMN legacy_step_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.workflow_steps_step_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: workflow_trace; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.workflow_trace WITH (security_invoker='true') AS
 SELECT r.legacy_trace_id AS trace_id,
    r.legacy_batch_job_item_id AS batch_job_item_id,
    r.org_id,
    r.workflow_id,
    r.channel,
    r.external_id,
    r.status,
    r.legacy_action_type AS action_type,
    r.legacy_action_detail AS action_detail,
    r.legacy_success AS success,
    r.duration_ms,
    r.error_details AS error_detail,
    r.error_message,
    r.llm_prompt,
    r.llm_response,
    r.llm_model,
    r.llm_tokens_used,
    r.tier,
    r.tier_reason,
    r.config_snapshot,
    r.started_at AS start_time,
    r.ended_at AS end_time,
    r.created_at,
    r.legacy_user_id AS user_id,
    r.created_by,
    r.legacy_session_id AS session_id
   FROM public.user_workflow_run r;

--
-- Name: VIEW workflow_trace; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.workflow_trace IS 'Old name of user_workflow_run, readable and writable; see "Limits" in the README';

--
-- Name: workflow_trace_context; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.workflow_trace_context WITH (security_invoker='true') AS
 SELECT c.context_id,
    c.trace_id,
    c.key,
    c.value,
    c.created_at,
    c.updated_at
   FROM consolidation.context_row c;

--
-- Name: VIEW workflow_trace_context; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.workflow_trace_context IS 'Old name of the keys of context, readable and writable; see "Limits" in the README';

--
-- Name: workflow_trace_context_context_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.workflow_trace_context_context_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

--
-- Name: workflow_trace_endpoint; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.workflow_trace_endpoint WITH (security_invoker='true') AS
 SELECT e.trace_id,
    e.endpoint_id
   FROM consolidation.endpoint_row e;

--
-- Name: VIEW workflow_trace_endpoint; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.workflow_trace_endpoint IS 'Old name of the elements of endpoints_used, readable and writable; see "Limits" in the README';

--
-- Name: workflow_trace_screenshot; Type: VIEW; Schema: public; Owner: -
--

CREATE VIEW public.workflow_trace_screenshot WITH (security_invoker='true') AS
 SELECT s.screenshot_id,
    s.trace_id,
    s.org_id,
    s.node_name,
    s.step_index,
    s.screenshot_url,
    s.thumbnail_url,
    s.action_description,
    s.element_selector,
    s.element_found,
    s.confidence_score,
    s.created_at,
    s.node_id
   FROM consolidation.screenshot_row s;

--
-- Name: VIEW workflow_trace_screenshot; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON VIEW public.workflow_trace_screenshot IS 'Old name of the elements of screenshots, readable and writable; see "Limits" in the README';

--
-- Name: workflow_trace_trace_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.user_workflow_run ALTER COLUMN legacy_trace_id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.workflow_trace_trace_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: micro_state is_retired; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.micro_state ALTER COLUMN is_retired SET DEFAULT false;

--
-- Name: micro_state created_at; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.micro_state ALTER COLUMN created_at SET DEFAULT now();

--
-- Name: workflow_configs config_id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_configs ALTER COLUMN config_id SET DEFAULT gen_random_uuid();

--
-- Name: workflow_configs is_active; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_configs ALTER COLUMN is_active SET DEFAULT true;

--
-- Name: workflow_configs created_at; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_configs ALTER COLUMN created_at SET DEFAULT now();

--
-- Name: workflow_events event_id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_events ALTER COLUMN event_id SET DEFAULT '-5719117740578205047'::bigint;

--
-- Name: workflow_events timestamp; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_events ALTER COLUMN "timestamp" SET DEFAULT now();

--
-- Name: workflow_steps status; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_steps ALTER COLUMN status SET DEFAULT 'pending'::text;

--
-- Name: workflow_steps retry_count; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_steps ALTER COLUMN retry_count SET DEFAULT 0;

--
-- Name: workflow_steps metadata; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_steps ALTER COLUMN metadata SET DEFAULT NULLIF('{}'::jsonb, '{}'::jsonb);

--
-- Name: workflow_trace status; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_trace ALTER COLUMN status SET DEFAULT 'pending'::text;

--
-- Name: workflow_trace success; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_trace ALTER COLUMN success SET DEFAULT false;

--
-- Name: workflow_trace created_at; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_trace ALTER COLUMN created_at SET DEFAULT now();

--
-- Name: workflow_trace_context context_id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_trace_context ALTER COLUMN context_id SET DEFAULT '-5719117740578205047'::bigint;

--
-- Name: workflow_trace_context created_at; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_trace_context ALTER COLUMN created_at SET DEFAULT now();

--
-- Name: workflow_trace_screenshot screenshot_id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_trace_screenshot ALTER COLUMN screenshot_id SET DEFAULT '0946dd8e-ce1c-4e28-a961-a5a206c819fe'::uuid;

--
-- Name: workflow_trace_screenshot element_found; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_trace_screenshot ALTER COLUMN element_found SET DEFAULT false;

--
-- Name: workflow_trace_screenshot created_at; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.workflow_trace_screenshot ALTER COLUMN created_at SET DEFAULT now();

--
-- Name: accepted accepted_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.accepted
    ADD CONSTRAINT accepted_pkey PRIMARY KEY (kind, object);

--
-- Name: carried_back carried_back_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.carried_back
    ADD CONSTRAINT carried_back_pkey PRIMARY KEY (trace_id);

--
-- Name: change change_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.change
    ADD CONSTRAINT change_pkey PRIMARY KEY (change_id);

--
-- Name: chunk chunk_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.chunk
    ADD CONSTRAINT chunk_pkey PRIMARY KEY (chunk_id);

--
-- Name: cut_over_log cut_over_log_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.cut_over_log
    ADD CONSTRAINT cut_over_log_pkey PRIMARY KEY (ordinal);

--
-- Name: deployed_change deployed_change_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.deployed_change
    ADD CONSTRAINT deployed_change_pkey PRIMARY KEY (change);

--
-- Name: dropped_table dropped_table_pkey; Type: CONSTRAINT; Schema: consolidation; Owner: -
--

ALTER TABLE ONLY consolidation.dropped_table
    ADD CONSTRAINT dropped_table_pkey PRIMARY KEY (table_name, ordinal);

--
-- Name: workflow_events workflow_events_pkey; Type: CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_events
    ADD CONSTRAINT workflow_events_pkey PRIMARY KEY (event_id);

--
-- Name: workflow_steps workflow_steps_pkey; Type: CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_steps
    ADD CONSTRAINT workflow_steps_pkey PRIMARY KEY (step_id);

--
-- Name: workflow_steps workflow_steps_trace_id_step_number_key; Type: CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_steps
    ADD CONSTRAINT workflow_steps_trace_id_step_number_key UNIQUE (trace_id, step_number);

--
-- Name: workflow_trace_context workflow_trace_context_pkey; Type: CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_trace_context
    ADD CONSTRAINT workflow_trace_context_pkey PRIMARY KEY (context_id);

--
-- Name: workflow_trace_context workflow_trace_context_trace_id_key_key; Type: CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_trace_context
    ADD CONSTRAINT workflow_trace_context_trace_id_key_key UNIQUE (trace_id, key);

--
-- Name: workflow_trace_endpoint workflow_trace_endpoint_pkey; Type: CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_trace_endpoint
    ADD CONSTRAINT workflow_trace_endpoint_pkey PRIMARY KEY (trace_id, endpoint_id);

--
-- Name: workflow_trace workflow_trace_pkey; Type: CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_trace
    ADD CONSTRAINT workflow_trace_pkey PRIMARY KEY (trace_id);

--
-- Name: workflow_trace_screenshot workflow_trace_screenshot_pkey; Type: CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_trace_screenshot
    ADD CONSTRAINT workflow_trace_screenshot_pkey PRIMARY KEY (screenshot_id);

--
-- Name: user_workflow_cache_state micro_state_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_cache_state
    ADD CONSTRAINT micro_state_pkey PRIMARY KEY (micro_state_id);

--
-- Name: user_workflow_run user_workflow_run_legacy_trace_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run
    ADD CONSTRAINT user_workflow_run_legacy_trace_id_key UNIQUE (legacy_trace_id);

--
-- Name: user_workflow_run user_workflow_run_org_id_run_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run
    ADD CONSTRAINT user_workflow_run_org_id_run_id_key UNIQUE (org_id, run_id);

--
-- Name: user_workflow_run user_workflow_run_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run
    ADD CONSTRAINT user_workflow_run_pkey PRIMARY KEY (run_id);

--
-- Name: user_workflow_run_step user_workflow_run_step_legacy_step_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run_step
    ADD CONSTRAINT user_workflow_run_step_legacy_step_id_key UNIQUE (legacy_step_id);

--
-- Name: user_workflow_run_step user_workflow_run_step_legacy_trace_id_step_number_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run_step
    ADD CONSTRAINT user_workflow_run_step_legacy_trace_id_step_number_key UNIQUE (legacy_trace_id, step_number);

--
-- Name: user_workflow_run_step user_workflow_run_step_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run_step
    ADD CONSTRAINT user_workflow_run_step_pkey PRIMARY KEY (step_id);

--
-- Name: user_workflow_run_step user_workflow_run_step_run_id_step_number_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run_step
    ADD CONSTRAINT user_workflow_run_step_run_id_step_number_key UNIQUE (run_id, step_number);

--
-- Name: user_workflow_config workflow_configs_org_id_workflow_id_name_config_type_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_config
    ADD CONSTRAINT workflow_configs_org_id_workflow_id_name_config_type_key UNIQUE (org_id, workflow_id, name, config_type);

--
-- Name: user_workflow_config workflow_configs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_config
    ADD CONSTRAINT workflow_configs_pkey PRIMARY KEY (config_id);

--
-- Name: chunk_open_idx; Type: INDEX; Schema: consolidation; Owner: -
--

CREATE INDEX chunk_open_idx ON consolidation.chunk USING btree (chunk_id) WHERE (finished_at IS NULL);

--
-- Name: INDEX chunk_open_idx; Type: COMMENT; Schema: consolidation; Owner: -
--

COMMENT ON INDEX consolidation.chunk_open_idx IS 'What is left to do, however many are done';

--
-- Name: workflow_events_event_type_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_events_event_type_idx ON legacy.workflow_events USING btree (event_type);

--
-- Name: workflow_events_step_id_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_events_step_id_idx ON legacy.workflow_events USING btree (step_id);

--
-- Name: workflow_events_timestamp_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_events_timestamp_idx ON legacy.workflow_events USING btree ("timestamp");

--
-- Name: workflow_events_trace_id_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_events_trace_id_idx ON legacy.workflow_events USING btree (trace_id);

--
-- Name: workflow_steps_node_id_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_steps_node_id_idx ON legacy.workflow_steps USING btree (node_id);

--
-- Name: workflow_steps_status_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_steps_status_idx ON legacy.workflow_steps USING btree (status);

--
-- Name: workflow_trace_external_id_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_trace_external_id_idx ON legacy.workflow_trace USING btree (external_id);

--
-- Name: workflow_trace_org_id_created_at_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_trace_org_id_created_at_idx ON legacy.workflow_trace USING btree (org_id, created_at);

--
-- Name: workflow_trace_screenshot_trace_id_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_trace_screenshot_trace_id_idx ON legacy.workflow_trace_screenshot USING btree (trace_id);

--
-- Name: workflow_trace_status_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_trace_status_idx ON legacy.workflow_trace USING btree (status);

--
-- Name: workflow_trace_workflow_id_idx; Type: INDEX; Schema: legacy; Owner: -
--

CREATE INDEX workflow_trace_workflow_id_idx ON legacy.workflow_trace USING btree (workflow_id);

--
-- Name: idx_run_context_gin; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_run_context_gin ON public.user_workflow_run USING gin ((ARRAY[org_id]), context jsonb_path_ops);

--
-- Name: INDEX idx_run_context_gin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.idx_run_context_gin IS 'Runs by keys and values of their context: @>';

--
-- Name: idx_run_endpoints_gin; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_run_endpoints_gin ON public.user_workflow_run USING gin ((ARRAY[org_id]), endpoints_used jsonb_path_ops);

--
-- Name: INDEX idx_run_endpoints_gin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.idx_run_endpoints_gin IS 'find_runs(endpoint => …): the organisation, then its endpoints';

--
-- Name: idx_run_events_gin; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_run_events_gin ON public.user_workflow_run USING gin ((ARRAY[org_id]), events jsonb_path_ops) WHERE (events <> '[]'::jsonb);

--
-- Name: INDEX idx_run_events_gin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.idx_run_events_gin IS 'Runs by one of their events of no step: @>, together with events <> ''[]''';

--
-- Name: idx_run_external_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_run_external_id ON public.user_workflow_run USING btree (external_id);

--
-- Name: idx_run_org_created; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_run_org_created ON public.user_workflow_run USING btree (org_id, created_at);

--
-- Name: idx_run_org_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_run_org_status ON public.user_workflow_run USING btree (org_id, status, created_at);

--
-- Name: idx_run_workflow; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_run_workflow ON public.user_workflow_run USING btree (workflow_id, created_at);

--
-- Name: idx_step_events_gin; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_step_events_gin ON public.user_workflow_run_step USING gin ((ARRAY[org_id]), events jsonb_path_ops);

--
-- Name: INDEX idx_step_events_gin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.idx_step_events_gin IS 'Steps by one of their events: @>';

--
-- Name: idx_step_node; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_step_node ON public.user_workflow_run_step USING btree (node_id);

--
-- Name: idx_step_org_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_step_org_status ON public.user_workflow_run_step USING btree (org_id, status);

--
-- Name: idx_step_screenshots_gin; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX idx_step_screenshots_gin ON public.user_workflow_run_step USING gin ((ARRAY[org_id]), screenshots jsonb_path_ops);

--
-- Name: INDEX idx_step_screenshots_gin; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON INDEX public.idx_step_screenshots_gin IS 'find_steps(screenshots => …): the organisation, then its screenshots';

--
-- Name: micro_state_workflow_id_node_id_idx; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX micro_state_workflow_id_node_id_idx ON public.user_workflow_cache_state USING btree (workflow_id, node_id);

--
-- Name: user_workflow_run capture_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER capture_delete AFTER DELETE ON public.user_workflow_run REFERENCING OLD TABLE AS old_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_new();

--
-- Name: user_workflow_run_step capture_delete; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER capture_delete AFTER DELETE ON public.user_workflow_run_step REFERENCING OLD TABLE AS old_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_new();

--
-- Name: user_workflow_run capture_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER capture_insert AFTER INSERT ON public.user_workflow_run REFERENCING NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_new();

--
-- Name: user_workflow_run_step capture_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER capture_insert AFTER INSERT ON public.user_workflow_run_step REFERENCING NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_new();

--
-- Name: user_workflow_run capture_truncate; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER capture_truncate AFTER TRUNCATE ON public.user_workflow_run FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_new();

--
-- Name: user_workflow_run_step capture_truncate; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER capture_truncate AFTER TRUNCATE ON public.user_workflow_run_step FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_new();

--
-- Name: user_workflow_run capture_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER capture_update AFTER UPDATE ON public.user_workflow_run REFERENCING OLD TABLE AS old_row NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_new();

--
-- Name: user_workflow_run_step capture_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER capture_update AFTER UPDATE ON public.user_workflow_run_step REFERENCING OLD TABLE AS old_row NEW TABLE AS new_row FOR EACH STATEMENT EXECUTE FUNCTION consolidation.capture_new();

--
-- Name: user_workflow_run_step fill_step_keys; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER fill_step_keys BEFORE INSERT ON public.user_workflow_run_step FOR EACH ROW WHEN (((new.run_id IS NULL) OR (new.legacy_trace_id IS NULL) OR (new.org_id IS NULL) OR (new.retry_count IS NULL) OR row_security_active(('public.user_workflow_run_step'::regclass)::oid))) EXECUTE FUNCTION public.fill_step_keys();

--
-- Name: workflow_events guard; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard INSTEAD OF INSERT OR UPDATE ON public.workflow_events FOR EACH ROW EXECUTE FUNCTION consolidation.guard_workflow_events();

--
-- Name: workflow_trace_context guard; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard INSTEAD OF INSERT OR UPDATE ON public.workflow_trace_context FOR EACH ROW EXECUTE FUNCTION consolidation.guard_workflow_trace_context();

--
-- Name: workflow_trace_endpoint guard; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard INSTEAD OF INSERT OR UPDATE ON public.workflow_trace_endpoint FOR EACH ROW EXECUTE FUNCTION consolidation.guard_workflow_trace_endpoint();

--
-- Name: workflow_trace_screenshot guard; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard INSTEAD OF INSERT OR UPDATE ON public.workflow_trace_screenshot FOR EACH ROW EXECUTE FUNCTION consolidation.guard_workflow_trace_screenshot();

--
-- Name: user_workflow_run guard_run_identity; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_run_identity BEFORE UPDATE OF legacy_trace_id ON public.user_workflow_run FOR EACH ROW WHEN ((old.legacy_trace_id IS DISTINCT FROM new.legacy_trace_id)) EXECUTE FUNCTION public.guard_run_identity();

--
-- Name: user_workflow_run_step guard_step_identity; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER guard_step_identity BEFORE UPDATE OF run_id, legacy_trace_id, legacy_step_id ON public.user_workflow_run_step FOR EACH ROW WHEN (((old.run_id IS DISTINCT FROM new.run_id) OR (old.legacy_trace_id IS DISTINCT FROM new.legacy_trace_id) OR (old.legacy_step_id IS DISTINCT FROM new.legacy_step_id))) EXECUTE FUNCTION public.guard_step_identity();

--
-- Name: user_workflow_run keep_context_origin_insert; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_context_origin_insert BEFORE INSERT ON public.user_workflow_run FOR EACH ROW WHEN (((new.context <> '{}'::jsonb) AND (new.legacy IS NULL))) EXECUTE FUNCTION consolidation.keep_context_origin();

--
-- Name: user_workflow_run keep_context_origin_update; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_context_origin_update BEFORE UPDATE OF context ON public.user_workflow_run FOR EACH ROW WHEN (((old.context IS DISTINCT FROM new.context) AND (NOT (old.legacy IS DISTINCT FROM new.legacy)))) EXECUTE FUNCTION consolidation.keep_context_origin();

--
-- Name: user_workflow_run_step keep_screenshots; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER keep_screenshots AFTER DELETE ON public.user_workflow_run_step REFERENCING OLD TABLE AS old_row FOR EACH STATEMENT EXECUTE FUNCTION public.keep_screenshots();

--
-- Name: user_workflow_run_step refuse_null_retry_count; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER refuse_null_retry_count BEFORE UPDATE OF retry_count ON public.user_workflow_run_step FOR EACH ROW WHEN ((new.retry_count IS NULL)) EXECUTE FUNCTION public.fill_step_keys();

--
-- Name: user_workflow_run set_updated_at; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER set_updated_at BEFORE UPDATE ON public.user_workflow_run FOR EACH ROW WHEN (((old.* IS DISTINCT FROM new.*) AND (NOT (old.updated_at IS DISTINCT FROM new.updated_at)))) EXECUTE FUNCTION public.set_updated_at();

--
-- Name: workflow_events write; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER write INSTEAD OF INSERT OR DELETE OR UPDATE ON public.workflow_events FOR EACH ROW EXECUTE FUNCTION consolidation.write_workflow_events();

--
-- Name: workflow_trace_context write; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER write INSTEAD OF INSERT OR DELETE OR UPDATE ON public.workflow_trace_context FOR EACH ROW EXECUTE FUNCTION consolidation.write_workflow_trace_context();

--
-- Name: workflow_trace_endpoint write; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER write INSTEAD OF INSERT OR DELETE OR UPDATE ON public.workflow_trace_endpoint FOR EACH ROW EXECUTE FUNCTION consolidation.write_workflow_trace_endpoint();

--
-- Name: workflow_trace_screenshot write; Type: TRIGGER; Schema: public; Owner: -
--

CREATE TRIGGER write INSTEAD OF INSERT OR DELETE OR UPDATE ON public.workflow_trace_screenshot FOR EACH ROW EXECUTE FUNCTION consolidation.write_workflow_trace_screenshot();

--
-- Name: workflow_events workflow_events_step_id_fkey; Type: FK CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_events
    ADD CONSTRAINT workflow_events_step_id_fkey FOREIGN KEY (step_id) REFERENCES legacy.workflow_steps(step_id) ON DELETE CASCADE;

--
-- Name: workflow_events workflow_events_trace_id_fkey; Type: FK CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_events
    ADD CONSTRAINT workflow_events_trace_id_fkey FOREIGN KEY (trace_id) REFERENCES legacy.workflow_trace(trace_id) ON DELETE CASCADE;

--
-- Name: workflow_steps workflow_steps_trace_id_fkey; Type: FK CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_steps
    ADD CONSTRAINT workflow_steps_trace_id_fkey FOREIGN KEY (trace_id) REFERENCES legacy.workflow_trace(trace_id) ON DELETE CASCADE;

--
-- Name: workflow_trace_context workflow_trace_context_trace_id_fkey; Type: FK CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_trace_context
    ADD CONSTRAINT workflow_trace_context_trace_id_fkey FOREIGN KEY (trace_id) REFERENCES legacy.workflow_trace(trace_id) ON DELETE CASCADE;

--
-- Name: workflow_trace_endpoint workflow_trace_endpoint_trace_id_fkey; Type: FK CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_trace_endpoint
    ADD CONSTRAINT workflow_trace_endpoint_trace_id_fkey FOREIGN KEY (trace_id) REFERENCES legacy.workflow_trace(trace_id) ON DELETE CASCADE;

--
-- Name: workflow_trace_screenshot workflow_trace_screenshot_trace_id_fkey; Type: FK CONSTRAINT; Schema: legacy; Owner: -
--

ALTER TABLE ONLY legacy.workflow_trace_screenshot
    ADD CONSTRAINT workflow_trace_screenshot_trace_id_fkey FOREIGN KEY (trace_id) REFERENCES legacy.workflow_trace(trace_id) ON DELETE CASCADE;

--
-- Name: user_workflow_cache_state micro_state_aliased_to_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_cache_state
    ADD CONSTRAINT micro_state_aliased_to_fkey FOREIGN KEY (aliased_to) REFERENCES public.user_workflow_cache_state(micro_state_id);

--
-- Name: user_workflow_run_step user_workflow_run_step_org_id_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run_step
    ADD CONSTRAINT user_workflow_run_step_org_id_run_id_fkey FOREIGN KEY (org_id, run_id) REFERENCES public.user_workflow_run(org_id, run_id) ON UPDATE CASCADE ON DELETE CASCADE;

--
-- Name: user_workflow_run_step user_workflow_run_step_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_workflow_run_step
    ADD CONSTRAINT user_workflow_run_step_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.user_workflow_run(run_id) ON DELETE CASCADE;

--
-- Name: user_workflow_cache_state; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.user_workflow_cache_state ENABLE ROW LEVEL SECURITY;

--
-- Name: user_workflow_cache_state user_workflow_cache_state_maintenance; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_cache_state_maintenance ON public.user_workflow_cache_state TO workflow_maintenance USING (true) WITH CHECK (true);

--
-- Name: POLICY user_workflow_cache_state_maintenance ON user_workflow_cache_state; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_cache_state_maintenance ON public.user_workflow_cache_state IS 'Deploys and reports work across organisations';

--
-- Name: user_workflow_cache_state user_workflow_cache_state_org_isolation; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_cache_state_org_isolation ON public.user_workflow_cache_state TO workflow_app USING (public.is_own_workflow(workflow_id)) WITH CHECK (public.is_own_workflow(workflow_id));

--
-- Name: POLICY user_workflow_cache_state_org_isolation ON user_workflow_cache_state; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_cache_state_org_isolation ON public.user_workflow_cache_state IS 'An application sees and writes the page states of workflows that its organisation has runs or
configurations of';

--
-- Name: user_workflow_cache_state user_workflow_cache_state_others; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_cache_state_others ON public.user_workflow_cache_state USING (( SELECT (NOT pg_has_role('workflow_app'::name, 'usage'::text)))) WITH CHECK (( SELECT (NOT pg_has_role('workflow_app'::name, 'usage'::text))));

--
-- Name: POLICY user_workflow_cache_state_others ON user_workflow_cache_state; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_cache_state_others ON public.user_workflow_cache_state IS 'Who is no member of workflow_app sees what he saw before';

--
-- Name: user_workflow_config; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.user_workflow_config ENABLE ROW LEVEL SECURITY;

--
-- Name: user_workflow_config user_workflow_config_maintenance; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_config_maintenance ON public.user_workflow_config TO workflow_maintenance USING (true) WITH CHECK (true);

--
-- Name: POLICY user_workflow_config_maintenance ON user_workflow_config; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_config_maintenance ON public.user_workflow_config IS 'Deploys and reports work across organisations';

--
-- Name: user_workflow_config user_workflow_config_org_isolation; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_config_org_isolation ON public.user_workflow_config USING ((org_id = ( SELECT public.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT public.current_org_id() AS current_org_id)));

--
-- Name: POLICY user_workflow_config_org_isolation ON user_workflow_config; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_config_org_isolation ON public.user_workflow_config IS 'A session sees and writes the organisation it names in app.current_org_id';

--
-- Name: user_workflow_run; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.user_workflow_run ENABLE ROW LEVEL SECURITY;

--
-- Name: user_workflow_run user_workflow_run_maintenance; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_run_maintenance ON public.user_workflow_run TO workflow_maintenance USING (true) WITH CHECK (true);

--
-- Name: POLICY user_workflow_run_maintenance ON user_workflow_run; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_run_maintenance ON public.user_workflow_run IS 'Deploys, backfill, comparison and reports work across organisations';

--
-- Name: user_workflow_run user_workflow_run_org_isolation; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_run_org_isolation ON public.user_workflow_run USING ((org_id = ( SELECT public.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT public.current_org_id() AS current_org_id)));

--
-- Name: POLICY user_workflow_run_org_isolation ON user_workflow_run; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_run_org_isolation ON public.user_workflow_run IS 'A session sees and writes the organisation it names in app.current_org_id';

--
-- Name: user_workflow_run_step; Type: ROW SECURITY; Schema: public; Owner: -
--

ALTER TABLE public.user_workflow_run_step ENABLE ROW LEVEL SECURITY;

--
-- Name: user_workflow_run_step user_workflow_run_step_maintenance; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_run_step_maintenance ON public.user_workflow_run_step TO workflow_maintenance USING (true) WITH CHECK (true);

--
-- Name: POLICY user_workflow_run_step_maintenance ON user_workflow_run_step; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_run_step_maintenance ON public.user_workflow_run_step IS 'Deploys, backfill, comparison and reports work across organisations';

--
-- Name: user_workflow_run_step user_workflow_run_step_org_isolation; Type: POLICY; Schema: public; Owner: -
--

CREATE POLICY user_workflow_run_step_org_isolation ON public.user_workflow_run_step USING ((org_id = ( SELECT public.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT public.current_org_id() AS current_org_id)));

--
-- Name: POLICY user_workflow_run_step_org_isolation ON user_workflow_run_step; Type: COMMENT; Schema: public; Owner: -
--

COMMENT ON POLICY user_workflow_run_step_org_isolation ON public.user_workflow_run_step IS 'A session sees and writes the organisation it names in app.current_org_id';

--
-- Name: SCHEMA consolidation; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA consolidation TO workflow_maintenance;

--
-- Name: SCHEMA legacy; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA legacy TO workflow_maintenance;

--
-- Name: PROCEDURE backfill(IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.backfill(IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval) FROM PUBLIC;
GRANT ALL ON PROCEDURE consolidation.backfill(IN batch_size integer, IN batch_time interval, IN pause interval, IN max_lag interval) TO workflow_maintenance;

--
-- Name: FUNCTION base_column(old_name regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.base_column(old_name regclass) FROM PUBLIC;

--
-- Name: FUNCTION capture_new(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.capture_new() FROM PUBLIC;

--
-- Name: FUNCTION capture_old(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.capture_old() FROM PUBLIC;

--
-- Name: FUNCTION carry_back(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.carry_back(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.carry_back(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION carry_changes(batch_size integer); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.carry_changes(batch_size integer) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.carry_changes(batch_size integer) TO workflow_maintenance;

--
-- Name: FUNCTION carry_chunk(claimed_id bigint); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.carry_chunk(claimed_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.carry_chunk(claimed_id bigint) TO workflow_maintenance;

--
-- Name: FUNCTION carry_the_rest(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.carry_the_rest() FROM PUBLIC;

--
-- Name: PROCEDURE catch_up(IN batch_size integer, IN patience interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.catch_up(IN batch_size integer, IN patience interval) FROM PUBLIC;
GRANT ALL ON PROCEDURE consolidation.catch_up(IN batch_size integer, IN patience interval) TO workflow_maintenance;

--
-- Name: FUNCTION check_pace(batch_time interval, pause interval, max_lag interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.check_pace(batch_time interval, pause interval, max_lag interval) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.check_pace(batch_time interval, pause interval, max_lag interval) TO workflow_maintenance;

--
-- Name: FUNCTION check_session(patience interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.check_session(patience interval) FROM PUBLIC;

--
-- Name: FUNCTION claim_chunk(batch_size integer); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.claim_chunk(batch_size integer) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.claim_chunk(batch_size integer) TO workflow_maintenance;

--
-- Name: FUNCTION consolidate(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.consolidate(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.consolidate(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION continue_sequence(source regclass, target regclass, with_owner boolean); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.continue_sequence(source regclass, target regclass, with_owner boolean) FROM PUBLIC;

--
-- Name: FUNCTION copy_grants(source regclass, target regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.copy_grants(source regclass, target regclass) FROM PUBLIC;

--
-- Name: PROCEDURE cut_back(IN patience interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.cut_back(IN patience interval) FROM PUBLIC;

--
-- Name: PROCEDURE cut_over(IN patience interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.cut_over(IN patience interval) FROM PUBLIC;

--
-- Name: FUNCTION differences(first_trace_id bigint, last_trace_id bigint, skip_pending boolean, trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.differences(first_trace_id bigint, last_trace_id bigint, skip_pending boolean, trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.differences(first_trace_id bigint, last_trace_id bigint, skip_pending boolean, trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION enter_batch(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.enter_batch() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.enter_batch() TO workflow_maintenance;

--
-- Name: FUNCTION estimated_rows(table_name text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.estimated_rows(table_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.estimated_rows(table_name text) TO workflow_maintenance;

--
-- Name: FUNCTION foreign_key(OUT kind text, OUT object text, OUT drop_old text, OUT add_new text, OUT drop_new text, OUT add_old text, OUT validate_new text, OUT validate_old text, OUT locked regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.foreign_key(OUT kind text, OUT object text, OUT drop_old text, OUT add_new text, OUT drop_new text, OUT add_old text, OUT validate_new text, OUT validate_old text, OUT locked regclass) FROM PUBLIC;

--
-- Name: FUNCTION grant_documents(old_name regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.grant_documents(old_name regclass) FROM PUBLIC;

--
-- Name: FUNCTION is_asked_to_stop(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.is_asked_to_stop() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.is_asked_to_stop() TO workflow_maintenance;

--
-- Name: FUNCTION is_deployed(change text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.is_deployed(change text) FROM PUBLIC;

--
-- Name: FUNCTION is_reverted(change text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.is_reverted(change text) FROM PUBLIC;

--
-- Name: FUNCTION keep_context_origin(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.keep_context_origin() FROM PUBLIC;

--
-- Name: TABLE user_workflow_run; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_workflow_run TO workflow_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_workflow_run TO workflow_app;

--
-- Name: COLUMN user_workflow_run.run_id; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(run_id) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.workflow_id; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(workflow_id),INSERT(workflow_id) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.org_id; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(org_id),INSERT(org_id) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.status; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(status),INSERT(status) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.channel; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(channel),INSERT(channel) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.external_id; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(external_id),INSERT(external_id) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.started_at; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(started_at),INSERT(started_at) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.ended_at; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(ended_at),INSERT(ended_at) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.duration_ms; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(duration_ms),INSERT(duration_ms) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.context; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(context) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.endpoints_used; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(endpoints_used) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.config_snapshot; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(config_snapshot),INSERT(config_snapshot) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.error_message; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(error_message),INSERT(error_message) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.error_details; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(error_details),INSERT(error_details) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.llm_prompt; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(llm_prompt),INSERT(llm_prompt) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.llm_response; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(llm_response),INSERT(llm_response) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.llm_model; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(llm_model),INSERT(llm_model) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.llm_tokens_used; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(llm_tokens_used),INSERT(llm_tokens_used) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.tier; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(tier),INSERT(tier) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.tier_reason; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(tier_reason),INSERT(tier_reason) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.created_at; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(created_at),INSERT(created_at) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.created_by; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(created_by),INSERT(created_by) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.events; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(events) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.screenshots; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(screenshots) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.legacy_trace_id; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(legacy_trace_id),INSERT(legacy_trace_id) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.legacy_batch_job_item_id; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(legacy_batch_job_item_id),INSERT(legacy_batch_job_item_id) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.legacy_action_type; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(legacy_action_type),INSERT(legacy_action_type) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.legacy_action_detail; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(legacy_action_detail),INSERT(legacy_action_detail) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.legacy_success; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(legacy_success),INSERT(legacy_success) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.legacy_user_id; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(legacy_user_id),INSERT(legacy_user_id) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.legacy_session_id; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(legacy_session_id),INSERT(legacy_session_id) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run.legacy; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(legacy) ON TABLE public.user_workflow_run TO workflow_maintenance;

--
-- Name: TABLE user_workflow_run_step; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_workflow_run_step TO workflow_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_workflow_run_step TO workflow_app;

--
-- Name: COLUMN user_workflow_run_step.step_id; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(step_id) ON TABLE public.user_workflow_run_step TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run_step.run_id; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(run_id) ON TABLE public.user_workflow_run_step TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run_step.node_id; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(node_id),INSERT(node_id) ON TABLE public.user_workflow_run_step TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run_step.step_number; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(step_number),INSERT(step_number) ON TABLE public.user_workflow_run_step TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run_step.status; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(status),INSERT(status) ON TABLE public.user_workflow_run_step TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run_step.retry_count; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(retry_count),INSERT(retry_count) ON TABLE public.user_workflow_run_step TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run_step.started_at; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(started_at),INSERT(started_at) ON TABLE public.user_workflow_run_step TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run_step.ended_at; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(ended_at),INSERT(ended_at) ON TABLE public.user_workflow_run_step TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run_step.duration_ms; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(duration_ms),INSERT(duration_ms) ON TABLE public.user_workflow_run_step TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run_step.input_data; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(input_data),INSERT(input_data) ON TABLE public.user_workflow_run_step TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run_step.output_data; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(output_data),INSERT(output_data) ON TABLE public.user_workflow_run_step TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run_step.screenshots; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(screenshots) ON TABLE public.user_workflow_run_step TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run_step.events; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(events) ON TABLE public.user_workflow_run_step TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run_step.error_message; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(error_message),INSERT(error_message) ON TABLE public.user_workflow_run_step TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run_step.metadata; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(metadata),INSERT(metadata) ON TABLE public.user_workflow_run_step TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run_step.legacy_step_id; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(legacy_step_id),INSERT(legacy_step_id) ON TABLE public.user_workflow_run_step TO workflow_maintenance;

--
-- Name: COLUMN user_workflow_run_step.legacy_trace_id; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT(legacy_trace_id),INSERT(legacy_trace_id) ON TABLE public.user_workflow_run_step TO workflow_maintenance;

--
-- Name: FUNCTION lock_traces(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.lock_traces(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.lock_traces(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION lock_traces_shared(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.lock_traces_shared(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.lock_traces_shared(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: FUNCTION note_everything(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.note_everything() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.note_everything() TO workflow_maintenance;

--
-- Name: FUNCTION only_in_documents(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.only_in_documents() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.only_in_documents() TO workflow_maintenance;

--
-- Name: TABLE dropped_table; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.dropped_table TO workflow_maintenance;

--
-- Name: FUNCTION plan_chunks(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.plan_chunks() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.plan_chunks() TO workflow_maintenance;

--
-- Name: FUNCTION policy_definition(policy oid, relation text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.policy_definition(policy oid, relation text) FROM PUBLIC;

--
-- Name: FUNCTION preflight(OUT severity text, OUT kind text, OUT object text, OUT consequence text, OUT remedy text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.preflight(OUT severity text, OUT kind text, OUT object text, OUT consequence text, OUT remedy text) FROM PUBLIC;

--
-- Name: FUNCTION rebinding(OUT kind text, OUT object text, OUT statement text, OUT trial text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.rebinding(OUT kind text, OUT object text, OUT statement text, OUT trial text) FROM PUBLIC;

--
-- Name: FUNCTION rebuild_documents(trace_ids bigint[]); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.rebuild_documents(trace_ids bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.rebuild_documents(trace_ids bigint[]) TO workflow_maintenance;

--
-- Name: PROCEDURE refuse_findings(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.refuse_findings() FROM PUBLIC;

--
-- Name: FUNCTION require_read_committed(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.require_read_committed() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.require_read_committed() TO workflow_maintenance;

--
-- Name: FUNCTION revoke_grants(target regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.revoke_grants(target regclass) FROM PUBLIC;

--
-- Name: FUNCTION see_everything(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.see_everything() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.see_everything() TO workflow_maintenance;

--
-- Name: FUNCTION standby_lag(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.standby_lag() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.standby_lag() TO workflow_maintenance;

--
-- Name: FUNCTION start_capture(captured regclass, capture_function regproc); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.start_capture(captured regclass, capture_function regproc) FROM PUBLIC;

--
-- Name: FUNCTION stop_backfill(pid integer); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.stop_backfill(pid integer) FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.stop_backfill(pid integer) TO workflow_maintenance;

--
-- Name: FUNCTION stop_capture(captured regclass); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.stop_capture(captured regclass) FROM PUBLIC;

--
-- Name: PROCEDURE swap(IN direction text, IN patience interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.swap(IN direction text, IN patience interval) FROM PUBLIC;

--
-- Name: FUNCTION swap_locks(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.swap_locks() FROM PUBLIC;

--
-- Name: FUNCTION swap_to_tables(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.swap_to_tables() FROM PUBLIC;

--
-- Name: FUNCTION swap_to_views(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.swap_to_views() FROM PUBLIC;

--
-- Name: FUNCTION take_locks(tables regclass[], mode text, patience interval, hold interval); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.take_locks(tables regclass[], mode text, patience interval, hold interval) FROM PUBLIC;

--
-- Name: FUNCTION uncarriable(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.uncarriable() FROM PUBLIC;
GRANT ALL ON FUNCTION consolidation.uncarriable() TO workflow_maintenance;

--
-- Name: FUNCTION unscoped_role(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.unscoped_role() FROM PUBLIC;

--
-- Name: PROCEDURE validate(IN wanted_stage text); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON PROCEDURE consolidation.validate(IN wanted_stage text) FROM PUBLIC;

--
-- Name: FUNCTION write_workflow_events(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.write_workflow_events() FROM PUBLIC;

--
-- Name: FUNCTION write_workflow_trace_context(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.write_workflow_trace_context() FROM PUBLIC;

--
-- Name: FUNCTION write_workflow_trace_endpoint(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.write_workflow_trace_endpoint() FROM PUBLIC;

--
-- Name: FUNCTION write_workflow_trace_screenshot(); Type: ACL; Schema: consolidation; Owner: -
--

REVOKE ALL ON FUNCTION consolidation.write_workflow_trace_screenshot() FROM PUBLIC;

--
-- Name: FUNCTION find_run_ids(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.find_run_ids(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_run_ids(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid) TO workflow_app;

--
-- Name: FUNCTION find_runs(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.find_runs(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_runs(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid) TO workflow_app;
GRANT ALL ON FUNCTION public.find_runs(context jsonb, status text, endpoint jsonb, events jsonb, screenshots jsonb, created_from timestamp with time zone, created_to timestamp with time zone, page_size integer, after_created_at timestamp with time zone, after_run_id uuid) TO workflow_maintenance;

--
-- Name: FUNCTION find_step_ids(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.find_step_ids(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_step_ids(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid) TO workflow_app;

--
-- Name: FUNCTION find_steps(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.find_steps(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.find_steps(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid) TO workflow_app;
GRANT ALL ON FUNCTION public.find_steps(events jsonb, screenshots jsonb, status text, started_from timestamp with time zone, started_to timestamp with time zone, page_size integer, after_started_at timestamp with time zone, after_step_id uuid) TO workflow_maintenance;

--
-- Name: TABLE user_workflow_config; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_workflow_config TO workflow_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_workflow_config TO workflow_maintenance;

--
-- Name: FUNCTION is_own_workflow(workflow_id uuid); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.is_own_workflow(workflow_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION public.is_own_workflow(workflow_id uuid) TO workflow_app;

--
-- Name: FUNCTION keep_screenshots(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.keep_screenshots() FROM PUBLIC;

--
-- Name: TABLE carried_back; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT,INSERT,DELETE ON TABLE consolidation.carried_back TO workflow_maintenance;

--
-- Name: TABLE change; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE consolidation.change TO workflow_maintenance;

--
-- Name: TABLE chunk; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT,INSERT,UPDATE ON TABLE consolidation.chunk TO workflow_maintenance;

--
-- Name: TABLE context_row; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.context_row TO workflow_maintenance;
GRANT SELECT ON TABLE consolidation.context_row TO workflow_app;

--
-- Name: COLUMN context_row.context_id; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(context_id) ON TABLE consolidation.context_row TO workflow_maintenance;

--
-- Name: COLUMN context_row.trace_id; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(trace_id) ON TABLE consolidation.context_row TO workflow_maintenance;

--
-- Name: COLUMN context_row.key; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(key) ON TABLE consolidation.context_row TO workflow_maintenance;

--
-- Name: COLUMN context_row.value; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(value) ON TABLE consolidation.context_row TO workflow_maintenance;

--
-- Name: COLUMN context_row.created_at; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(created_at) ON TABLE consolidation.context_row TO workflow_maintenance;

--
-- Name: COLUMN context_row.updated_at; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(updated_at) ON TABLE consolidation.context_row TO workflow_maintenance;

--
-- Name: TABLE endpoint_row; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.endpoint_row TO workflow_maintenance;
GRANT SELECT ON TABLE consolidation.endpoint_row TO workflow_app;

--
-- Name: COLUMN endpoint_row.trace_id; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(trace_id) ON TABLE consolidation.endpoint_row TO workflow_maintenance;

--
-- Name: COLUMN endpoint_row.endpoint_id; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(endpoint_id) ON TABLE consolidation.endpoint_row TO workflow_maintenance;

--
-- Name: TABLE event_row; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.event_row TO workflow_maintenance;
GRANT SELECT ON TABLE consolidation.event_row TO workflow_app;

--
-- Name: COLUMN event_row.event_id; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(event_id) ON TABLE consolidation.event_row TO workflow_maintenance;

--
-- Name: COLUMN event_row.trace_id; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(trace_id) ON TABLE consolidation.event_row TO workflow_maintenance;

--
-- Name: COLUMN event_row.step_id; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(step_id) ON TABLE consolidation.event_row TO workflow_maintenance;

--
-- Name: COLUMN event_row.event_type; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(event_type) ON TABLE consolidation.event_row TO workflow_maintenance;

--
-- Name: COLUMN event_row.event_data; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(event_data) ON TABLE consolidation.event_row TO workflow_maintenance;

--
-- Name: COLUMN event_row."timestamp"; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT("timestamp") ON TABLE consolidation.event_row TO workflow_maintenance;

--
-- Name: TABLE progress; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.progress TO workflow_maintenance;

--
-- Name: TABLE progress_by_session; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.progress_by_session TO workflow_maintenance;

--
-- Name: TABLE screenshot_row; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT ON TABLE consolidation.screenshot_row TO workflow_maintenance;
GRANT SELECT ON TABLE consolidation.screenshot_row TO workflow_app;

--
-- Name: COLUMN screenshot_row.screenshot_id; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(screenshot_id) ON TABLE consolidation.screenshot_row TO workflow_maintenance;

--
-- Name: COLUMN screenshot_row.trace_id; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(trace_id) ON TABLE consolidation.screenshot_row TO workflow_maintenance;

--
-- Name: COLUMN screenshot_row.org_id; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(org_id) ON TABLE consolidation.screenshot_row TO workflow_maintenance;

--
-- Name: COLUMN screenshot_row.node_name; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(node_name) ON TABLE consolidation.screenshot_row TO workflow_maintenance;

--
-- Name: COLUMN screenshot_row.step_index; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(step_index) ON TABLE consolidation.screenshot_row TO workflow_maintenance;

--
-- Name: COLUMN screenshot_row.screenshot_url; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(screenshot_url) ON TABLE consolidation.screenshot_row TO workflow_maintenance;

--
-- Name: COLUMN screenshot_row.thumbnail_url; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(thumbnail_url) ON TABLE consolidation.screenshot_row TO workflow_maintenance;

--
-- Name: COLUMN screenshot_row.action_description; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(action_description) ON TABLE consolidation.screenshot_row TO workflow_maintenance;

--
-- Name: COLUMN screenshot_row.element_selector; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(element_selector) ON TABLE consolidation.screenshot_row TO workflow_maintenance;

--
-- Name: COLUMN screenshot_row.element_found; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(element_found) ON TABLE consolidation.screenshot_row TO workflow_maintenance;

--
-- Name: COLUMN screenshot_row.confidence_score; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(confidence_score) ON TABLE consolidation.screenshot_row TO workflow_maintenance;

--
-- Name: COLUMN screenshot_row.created_at; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(created_at) ON TABLE consolidation.screenshot_row TO workflow_maintenance;

--
-- Name: COLUMN screenshot_row.node_id; Type: ACL; Schema: consolidation; Owner: -
--

GRANT SELECT(node_id) ON TABLE consolidation.screenshot_row TO workflow_maintenance;

--
-- Name: TABLE workflow_events; Type: ACL; Schema: legacy; Owner: -
--

GRANT SELECT,INSERT,DELETE ON TABLE legacy.workflow_events TO workflow_maintenance;

--
-- Name: TABLE workflow_steps; Type: ACL; Schema: legacy; Owner: -
--

GRANT SELECT,INSERT,DELETE ON TABLE legacy.workflow_steps TO workflow_maintenance;

--
-- Name: TABLE workflow_trace; Type: ACL; Schema: legacy; Owner: -
--

GRANT SELECT,INSERT,DELETE ON TABLE legacy.workflow_trace TO workflow_maintenance;

--
-- Name: TABLE workflow_trace_context; Type: ACL; Schema: legacy; Owner: -
--

GRANT SELECT,INSERT,DELETE ON TABLE legacy.workflow_trace_context TO workflow_maintenance;

--
-- Name: TABLE workflow_trace_endpoint; Type: ACL; Schema: legacy; Owner: -
--

GRANT SELECT,INSERT,DELETE ON TABLE legacy.workflow_trace_endpoint TO workflow_maintenance;

--
-- Name: TABLE workflow_trace_screenshot; Type: ACL; Schema: legacy; Owner: -
--

GRANT SELECT,INSERT,DELETE ON TABLE legacy.workflow_trace_screenshot TO workflow_maintenance;

--
-- Name: TABLE user_workflow_cache_state; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_workflow_cache_state TO workflow_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.user_workflow_cache_state TO workflow_maintenance;

--
-- Name: TABLE micro_state; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.micro_state TO workflow_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.micro_state TO workflow_maintenance;

--
-- Name: TABLE not_isolated; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.not_isolated TO workflow_maintenance;

--
-- Name: TABLE workflow_configs; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_configs TO workflow_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_configs TO workflow_maintenance;

--
-- Name: TABLE workflow_events; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_events TO workflow_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_events TO workflow_app;

--
-- Name: SEQUENCE workflow_events_event_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.workflow_events_event_id_seq TO workflow_maintenance;

--
-- Name: TABLE workflow_steps; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_steps TO workflow_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_steps TO workflow_app;

--
-- Name: TABLE workflow_trace; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_trace TO workflow_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_trace TO workflow_app;

--
-- Name: TABLE workflow_trace_context; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_trace_context TO workflow_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_trace_context TO workflow_app;

--
-- Name: SEQUENCE workflow_trace_context_context_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.workflow_trace_context_context_id_seq TO workflow_maintenance;

--
-- Name: TABLE workflow_trace_endpoint; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_trace_endpoint TO workflow_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_trace_endpoint TO workflow_app;

--
-- Name: TABLE workflow_trace_screenshot; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_trace_screenshot TO workflow_maintenance;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.workflow_trace_screenshot TO workflow_app;

--
-- PostgreSQL database dump complete
--

