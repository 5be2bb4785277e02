-- Deploy workflow_consolidation:move/shown_rows to pg
--
-- Why:    what the documents show of given runs. They are asked for in functions, whose plans are
--         not those of the statements that compare them with old tables: these must not be nested
--         loops over the events of a run, and without nested loops the steps of all runs are read.
-- Locks:  none.
-- Revert: drops the functions.

select consolidation.is_deployed('move/shown_rows') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.shown_steps(trace_ids bigint [])
returns setof consolidation.back_step
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_nestloop = on
as $$
begin
    return query
    select b.* from consolidation.back_step as b where b.trace_id = any (trace_ids);
end;
$$;
comment on function consolidation.shown_steps(bigint []) is
'Rows of back_step that belong to these runs';

create function consolidation.shown_events(trace_ids bigint [])
returns setof consolidation.back_event
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_nestloop = on
as $$
begin
    return query
    select b.* from consolidation.back_event as b where b.trace_id = any (trace_ids);
end;
$$;
comment on function consolidation.shown_events(bigint []) is
'Rows of back_event that belong to these runs';

create function consolidation.shown_screenshots(trace_ids bigint [])
returns setof consolidation.back_screenshot
language plpgsql
stable
set search_path = pg_catalog, pg_temp
set enable_nestloop = on
as $$
begin
    return query
    select b.* from consolidation.back_screenshot as b where b.trace_id = any (trace_ids);
end;
$$;
comment on function consolidation.shown_screenshots(bigint []) is
'Rows of back_screenshot that belong to these runs';

call consolidation.note_deployed('move/shown_rows');

commit;
