-- Deploy workflow_consolidation:move/put_in_singly to pg
--
-- Why:    a row that an old table refuses is set aside, and holds up no other. Its former version
--         stays where it was: each row is written in a subtransaction.
-- Locks:  a call locks rows of the old tables.
-- Revert: drops the functions.

select consolidation.is_deployed('move/put_in_singly') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.put_in_events_singly(refused bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    e consolidation.back_event;
    found record;
begin
    delete from consolidation.old_event as o
    where
        o.trace_id = refused
        and o.event_id not in (
            select b.event_id from consolidation.back_event as b where b.trace_id = refused
        );
    for found in
        select
            x.shown,
            x.copy
        from (
            select
                b as shown,
                row_number() over (partition by b.event_id) as copy
            from consolidation.back_event as b
            where b.trace_id = refused
        ) as x
        where
            x.copy > 1
            or not exists (
                select from consolidation.old_event as o
                where
                    o.trace_id = refused
                    and o.event_id = (x.shown).event_id
                    and o::text = (x.shown)::text
            )
    loop
        e := found.shown;
        begin
            delete from consolidation.old_event as o
            where o.trace_id = refused and o.event_id = e.event_id and found.copy = 1;
            insert into consolidation.old_event overriding system value select (e).*;
        exception when data_exception or integrity_constraint_violation then
            perform consolidation.set_aside(
                'workflow_events', refused, to_jsonb(e), sqlstate, sqlerrm
            );
        end;
    end loop;
end;
$$;
comment on function consolidation.put_in_events_singly(bigint) is
'Puts in the events of a run one by one. One that is refused goes to set_aside, and its
former version stays';

create function consolidation.put_in_screenshots_singly(refused bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    p consolidation.back_screenshot;
    found record;
begin
    delete from consolidation.old_screenshot as o
    where
        o.trace_id = refused
        and o.screenshot_id not in (
            select b.screenshot_id from consolidation.back_screenshot as b
            where b.trace_id = refused
        );
    for found in
        select
            x.shown,
            x.copy
        from (
            select
                b as shown,
                row_number() over (partition by b.screenshot_id) as copy
            from consolidation.back_screenshot as b
            where b.trace_id = refused
        ) as x
        where
            x.copy > 1
            or not exists (
                select from consolidation.old_screenshot as o
                where
                    o.trace_id = refused
                    and o.screenshot_id = (x.shown).screenshot_id
                    and o::text = (x.shown)::text
            )
    loop
        p := found.shown;
        begin
            delete from consolidation.old_screenshot as o
            where o.trace_id = refused and o.screenshot_id = p.screenshot_id and found.copy = 1;
            insert into consolidation.old_screenshot overriding system value select (p).*;
        exception when data_exception or integrity_constraint_violation then
            perform consolidation.set_aside(
                'workflow_trace_screenshot', refused, to_jsonb(p), sqlstate, sqlerrm
            );
        end;
    end loop;
end;
$$;
comment on function consolidation.put_in_screenshots_singly(bigint) is
'As put_in_events_singly, for screenshots';

create function consolidation.put_in_contexts_singly(refused bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    c consolidation.back_context;
    found record;
begin
    delete from consolidation.old_context as o
    where
        o.trace_id = refused
        and o.context_id not in (
            select b.context_id from consolidation.back_context as b where b.trace_id = refused
        );
    for found in
        select
            x.shown,
            x.copy
        from (
            select
                b as shown,
                row_number() over (partition by b.context_id) as copy
            from consolidation.back_context as b
            where b.trace_id = refused
        ) as x
        where
            x.copy > 1
            or not exists (
                select from consolidation.old_context as o
                where
                    o.trace_id = refused
                    and o.context_id = (x.shown).context_id
                    and o::text = (x.shown)::text
            )
    loop
        c := found.shown;
        begin
            delete from consolidation.old_context as o
            where o.trace_id = refused and o.context_id = c.context_id and found.copy = 1;
            insert into consolidation.old_context overriding system value select (c).*;
        exception when data_exception or integrity_constraint_violation then
            perform consolidation.set_aside(
                'workflow_trace_context', refused, to_jsonb(c), sqlstate, sqlerrm
            );
        end;
    end loop;
end;
$$;
comment on function consolidation.put_in_contexts_singly(bigint) is
'As put_in_events_singly, for context keys';

create function consolidation.put_in_endpoints_singly(refused bigint)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    n consolidation.back_endpoint;
begin
    for n in
        select b.* from consolidation.back_endpoint as b
        where b.trace_id = refused and b.endpoint_id not in (
            select o.endpoint_id from consolidation.old_endpoint as o where o.trace_id = refused
        )
    loop
        begin
            insert into consolidation.old_endpoint overriding system value select (n).*;
        exception when data_exception or integrity_constraint_violation then
            perform consolidation.set_aside(
                'workflow_trace_endpoint', refused, to_jsonb(n), sqlstate, sqlerrm
            );
        end;
    end loop;
end;
$$;
comment on function consolidation.put_in_endpoints_singly(bigint) is
'As put_in_events_singly, for endpoints, which have no former version';

call consolidation.note_deployed('move/put_in_singly');

commit;
