-- Deploy workflow_consolidation:move/progress to pg
--
-- Why:    one row for \watch shows how far backfill and proof are.
-- Locks:  none.
-- Revert: drops views and functions.

select consolidation.is_deployed('move/progress') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.estimated_rows(table_name text)
returns bigint
language sql
stable
return (
    select nullif(c.reltuples, -1)::bigint
    from pg_catalog.pg_class as c
    where c.oid = consolidation.old_table(table_name)
);
comment on function consolidation.estimated_rows(text) is
'Rows of an old table as its statistics say; null if it was never analyzed';

create view consolidation.progress
with (security_invoker = true) as
select
    consolidation.phase() as phase,
    c.runs_total,
    c.runs_done,
    case
        when c.runs_total > 0 then round(100.0 * c.runs_done / c.runs_total, 1)
        else 100.0
    end as percent,
    r.runs_per_second,
    case
        when r.runs_per_second > 0
            then make_interval(secs => round((c.runs_total - c.runs_done) / r.runs_per_second))
    end as time_left,
    -- Counting all of a long queue takes longer than anybody would wait for it.
    (
        select count(*)
        from (select from consolidation.change as c order by c.trace_id limit 10000) as q
    ) as queue_depth,
    c.steps_done,
    case
        when c.finished then c.steps_done
        else greatest(consolidation.estimated_rows('workflow_steps'), c.steps_done)
    end as steps_estimated,
    c.events_done,
    case
        when c.finished then c.events_done
        else greatest(consolidation.estimated_rows('workflow_events'), c.events_done)
    end as events_estimated,
    p.runs_to_prove,
    p.runs_proved,
    p.unequal_runs,
    p.proved_per_second,
    case
        when p.proved_per_second > 0
            then make_interval(
                secs => round((p.runs_to_prove - p.runs_proved) / p.proved_per_second)
            )
    end as proof_time_left
from (
    select
        coalesce(sum(k.traces), 0)::bigint as runs_total,
        coalesce(sum(k.traces) filter (where k.finished_at is not null), 0)::bigint as runs_done,
        coalesce(sum(k.steps), 0)::bigint as steps_done,
        coalesce(sum(k.events), 0)::bigint as events_done,
        bool_and(k.finished_at is not null) as finished
    from consolidation.chunk as k
    where k.task = 'backfill'
) as c
cross join (
    -- Without the hours between two calls of the backfill.
    select
        round(
            sum(k.traces)
            / greatest(extract(epoch from max(k.finished_at) - min(k.started_at)), 0.001)
        ) as runs_per_second
    from consolidation.chunk as k
    where
        k.task = 'backfill'
        and k.finished_at > (
            select max(m.finished_at) - interval '30 seconds'
            from consolidation.chunk as m
            where m.task = 'backfill'
        )
) as r
cross join (
    select
        coalesce(sum(k.traces), 0)::bigint as runs_to_prove,
        coalesce(sum(k.traces) filter (where k.finished_at is not null), 0)::bigint as runs_proved,
        (select count(*) from consolidation.unequal_trace) as unequal_runs,
        round(
            sum(k.traces) filter (where k.finished_at is not null)
            / greatest(extract(epoch from sum(k.finished_at - k.started_at)), 0.001)
            * greatest(count(distinct k.pid) filter (where k.finished_at is null), 1)
        ) as proved_per_second
    from consolidation.chunk as k
    where k.task = 'proof'
) as p;
comment on view consolidation.progress is
'One row for \watch: phase, runs of the backfill in all and done, its rate, the time left at
that rate, changes waiting in the queue, steps and events done of about how many, and the proof';
comment on column consolidation.progress.phase is 'expand, cut over or contract';
comment on column consolidation.progress.runs_total is
'Runs present when the backfill began, except those deleted before their batch';
comment on column consolidation.progress.runs_done is 'Of these, carried over and committed';
comment on column consolidation.progress.percent is 'runs_done in percent of runs_total';
comment on column consolidation.progress.runs_per_second is
'Rate of all sessions together, over the last 30 seconds in which there were batches';
comment on column consolidation.progress.time_left is 'At that rate; null before the first batch';
comment on column consolidation.progress.queue_depth is
'Entries of the queue: runs that wait to be carried over, or back after the cut-over; counted
up to 10,000';
comment on column consolidation.progress.steps_done is 'Steps of the runs done';
comment on column consolidation.progress.steps_estimated is
'Steps in all, as the statistics of the old table estimate them; exact once all are done';
comment on column consolidation.progress.events_done is 'Events of the runs done';
comment on column consolidation.progress.events_estimated is
'Events in all, as the statistics of the old table estimate them; exact once all are done';
comment on column consolidation.progress.runs_to_prove is
'Runs of the proof in all; 0 before it began';
comment on column consolidation.progress.runs_proved is 'Of these, compared and recorded';
comment on column consolidation.progress.unequal_runs is
'Runs in which old tables and documents differed when they were last compared';
comment on column consolidation.progress.proved_per_second is
'Rate of the proof, of all its sessions together';
comment on column consolidation.progress.proof_time_left is 'At that rate';

create view consolidation.progress_by_session
with (security_invoker = true) as
select
    c.pid,
    sum(c.traces) filter (where c.finished_at is not null)::bigint as runs_done,
    count(c.finished_at) as batches,
    (array_agg(c.finished_at - c.started_at order by c.finished_at desc nulls last))[1]
    as last_batch_time,
    sum(c.traces) filter (where c.finished_at is null)::bigint as runs_at_hand,
    max(c.started_at) filter (where c.finished_at is null) as at_hand_since
from consolidation.chunk as c
where c.task = 'backfill' and c.pid is not null
group by c.pid;
comment on view consolidation.progress_by_session is
'The work of each session of the backfill: its batches so far, and the present one';
comment on column consolidation.progress_by_session.pid is 'Process id of the session';
comment on column consolidation.progress_by_session.runs_done is 'Runs it carried over';
comment on column consolidation.progress_by_session.batches is 'In how many batches';
comment on column consolidation.progress_by_session.last_batch_time is 'How long the last one took';
comment on column consolidation.progress_by_session.runs_at_hand is
'Runs of its present batch, or of one it was ended in, until another session takes that';
comment on column consolidation.progress_by_session.at_hand_since is 'When that batch began';

create function consolidation.progress_line(task text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    p record;
begin
    select * into p from consolidation.progress;
    return case task
        when 'backfill' then format(
            'backfill: %s of %s runs (%s %%), %s a second, %s left, queue %s',
            p.runs_done, p.runs_total, p.percent, p.runs_per_second, p.time_left, p.queue_depth
        )
        when 'proof' then format(
            'proof: %s of %s runs, %s a second, %s left, %s differ',
            p.runs_proved, p.runs_to_prove, p.proved_per_second, p.proof_time_left, p.unequal_runs
        )
    end;
end;
$$;
comment on function consolidation.progress_line(text) is
'The line that backfill() or prove() reports: done, in all, rate, time left; null for another task';

create function consolidation.done_line(task text, done bigint, began timestamptz)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    return format(
        '%s: this session carried over %s runs, %s a second',
        task,
        done,
        round(done / greatest(extract(epoch from clock_timestamp() - began), 0.001))
    );
end;
$$;
comment on function consolidation.done_line(text, bigint, timestamptz) is
'The line with which a session ends its task: runs it has done since began, and their rate';

call consolidation.note_deployed('move/progress');

commit;
