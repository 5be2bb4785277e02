-- What psql and Alembic do before the first change of the plan, and Sqitch does in its own way:
-- settings, one deployment at a time, and a record of the changes that are done.
--
-- Each block begins with the search path, since other roles may create in the schema public.
--
-- Plain statements, no transaction around them: script/bundle puts this file at the top of
-- consolidate_workflow_tables.sql, and the Alembic revision executes it statement by statement.

-- Through a pooler the lock below would stay with a session that others get. PgBouncer sets what
-- psql sends as it connects.
do $$
begin
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    if exists (
        select from pg_catalog.pg_settings as s
        where s.name = 'application_name' and s.source = 'session'
    ) then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'a connection pooler stands between psql and the server: connect directly',
            hint = 'Name the host and port of the server itself.';
    end if;
end
$$;

-- A role or database may limit statements; the backfill is one. Its batches, and the comparisons,
-- need to see what was committed before each statement.
do $$
begin
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    perform set_config(s.name, '0', false)
    from pg_catalog.pg_settings as s
    where s.name in (
        'statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout'
    );
    perform set_config('default_transaction_isolation', 'read committed', false);
end
$$;

-- The lock that Sqitch takes, so that none of the three runs beside another. It goes with the
-- session.
do $$
declare
    give_up_at constant timestamptz := pg_catalog.clock_timestamp() + interval '60 seconds';
    holder text;
begin
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    while not pg_try_advisory_lock(75474063) loop
        if clock_timestamp() > give_up_at then
            select string_agg(
                format('pid %s (role %s, %s)', l.pid, a.usename, a.application_name), ', '
            )
            into holder
            from pg_catalog.pg_locks as l
            inner join pg_catalog.pg_database as d
                on d.oid = l.database and d.datname = current_database()
            left join pg_catalog.pg_stat_activity as a on a.pid = l.pid
            where
                l.locktype = 'advisory'
                and l.classid = 0
                and l.objid = 75474063
                and l.objsubid = 1
                and l.granted;
            raise exception using
                errcode = 'lock_not_available',
                message = 'another deployment has been running for a minute: '
                || coalesce(holder, 'it ended just now'),
                hint = 'Wait for it to end, then run this again.';
        end if;
        perform pg_sleep(0.2);
    end loop;
end
$$;

-- Where Sqitch keeps the record, it would not learn of what is done here.
do $$
declare
    registry text;
    last_change text;
begin
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    for registry in
        select n.nspname
        from pg_catalog.pg_class as c
        inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
        where
            c.relname = 'changes'
            and exists (
                select from pg_catalog.pg_attribute as a
                where a.attrelid = c.oid and a.attname = 'script_hash'
            )
            and exists (
                select from pg_catalog.pg_attribute as a
                where a.attrelid = c.oid and a.attname = 'project'
            )
    loop
        execute format(
            'select c.change from %I.changes as c
            where c.project = ''workflow_consolidation''
            order by c.committed_at desc, c.planned_at desc
            limit 1', registry
        ) into last_change;
        if last_change is not null then
            raise exception using
                errcode = 'object_not_in_prerequisite_state',
                message = format(
                    'Sqitch manages this database: its registry in schema %I says that '
                    'workflow_consolidation is deployed, up to %s', registry, last_change
                ),
                hint = 'Go on with sqitch deploy or sqitch revert. For Alembic to know what is '
                'deployed: alembic stamp, with the revision that this is.';
        end if;
    end loop;
end
$$;

do $$
begin
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    if to_regnamespace('workflow_consolidation') is null then
        create schema workflow_consolidation;
        comment on schema workflow_consolidation is
        'Which changes psql or Alembic deployed; not used where Sqitch does. Not for applications';
        create table workflow_consolidation.change (
            name text not null,
            deployed_at timestamptz not null default clock_timestamp(),
            deployed_by text not null default current_user,
            constraint change_pkey primary key (name)
        );
        comment on table workflow_consolidation.change is
        'Changes of the plan that are deployed: each is recorded in the transaction that makes it';
        comment on column workflow_consolidation.change.name is 'Name of the change in sqitch.plan';
        comment on column workflow_consolidation.change.deployed_at is 'When it was deployed';
        comment on column workflow_consolidation.change.deployed_by is 'Role that deployed it';
    end if;
end
$$;

create or replace function workflow_consolidation.state(change text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
-- As text: a body that is parsed now would find its operators by the path of the session.
as $$
    select case
        when exists (select from workflow_consolidation.change as c where c.name = state.change)
            then 'done'
        when state.change = 'baseline' and exists (
            select from pg_class as c
            where
                c.relnamespace = 'public'::regnamespace
                and c.relname in (
                    'workflow_trace', 'workflow_steps', 'workflow_events',
                    'workflow_trace_screenshot', 'workflow_trace_context',
                    'workflow_trace_endpoint', 'workflow_configs', 'micro_state'
                )
        ) then 'adopt'
        else 'deploy'
    end;
$$;
comment on function workflow_consolidation.state(text) is
'What is to be done about a change: nothing (done), deploy, or for the baseline: adopt the tables
that are there';

create or replace procedure workflow_consolidation.verify(change text, script text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    detail text;
    hint text;
begin
    execute script;
-- "others" alone leaves out what consolidation.claim() raises.
exception when others or assert_failure then
    get stacked diagnostics detail = pg_exception_detail, hint = pg_exception_hint;
    raise exception using
        errcode = sqlstate,
        message = case sqlstate
            when 'P0004' then format('%s does not verify: it is not so that %s', change, sqlerrm)
            else format('%s does not verify: %s', change, sqlerrm)
        end,
        detail = coalesce(detail, ''),
        hint = coalesce(
            nullif(hint, ''),
            format('verify/%s.sql holds the claims; try them one by one.', change)
        );
end;
$$;
comment on procedure workflow_consolidation.verify(text, text) is
'Executes the statements of a verify script; raises what they raise, with the name of the change';

revoke all on function workflow_consolidation.state(text) from public;
revoke all on procedure workflow_consolidation.verify(text, text) from public;

do $$
begin
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    if
        to_regnamespace('consolidation') is null
        and workflow_consolidation.state('move/schemas') = 'done'
    then
        raise notice 'what psql or Alembic deployed here is gone: beginning again';
        delete from workflow_consolidation.change;
    elsif
        to_regnamespace('consolidation') is not null
        and workflow_consolidation.state('move/schemas') <> 'done'
    then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'the schema consolidation exists, but nothing says how it was deployed',
            hint = 'If all of the plan is deployed: sqitch deploy --log-only --verify records it.';
    end if;
end
$$;
