-- Deploy workflow_consolidation:move/scripts to pg
--
-- Why:    every script first asks whether it has run already, since Sqitch may have died before it
--         recorded that, and whether another script still runs. It also settles the session: no
--         setting of the database or of a role decides what a script does.
-- Locks:  none.
-- Revert: drops functions and table.

select to_regprocedure('consolidation.is_deployed(text)') is not null as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;
-- Switched on, it would store search paths of functions in quotes.
set local quote_all_identifiers = off;

create table consolidation.deploy_session (
    only_one boolean not null default true,
    pid integer not null,
    began timestamptz not null,
    constraint deploy_session_pkey primary key (only_one),
    constraint deploy_session_only_one_check check (only_one)
);
comment on table consolidation.deploy_session is
'The session that executes a script of the plan, and keeps others waiting while it is connected. A
table, since any role can take an advisory lock';
comment on column consolidation.deploy_session.only_one is 'There is one row';
comment on column consolidation.deploy_session.pid is 'Process id of the session';
comment on column consolidation.deploy_session.began is 'When it connected: pids are used again';

create function consolidation.other_deploy_session()
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Without this, the transaction would go on seeing the sessions of its first look.
    perform pg_stat_clear_snapshot();
    return (
        select format(
            'pid %s, role %s, application %L', a.pid, a.usesysid::regrole, a.application_name
        )
        from consolidation.deploy_session as d
        cross join pg_stat_get_activity(d.pid) as a
        -- backend_start is null where the caller may not see it.
        where d.pid <> pg_backend_pid() and coalesce(a.backend_start = d.began, true)
    );
end;
$$;
comment on function consolidation.other_deploy_session() is
'The session that executes a script of the plan, if that is another one and still connected';

create function consolidation.begin_script()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    holder text;
    reported boolean := false;
begin
    loop
        holder := consolidation.other_deploy_session();
        if holder is null then
            begin
                insert into consolidation.deploy_session as d (pid, began)
                select a.pid, a.backend_start
                from pg_stat_get_activity(pg_backend_pid()) as a
                on conflict (only_one) do update set pid = excluded.pid, began = excluded.began
                where consolidation.other_deploy_session() is null;
                if found then
                    return;
                end if;
                -- Another session was faster, and must not wait for this row.
                raise lock_not_available;
            exception when lock_not_available then
                null;
            end;
        elsif not reported then
            reported := true;
            raise notice 'waiting for a script that outlived its Sqitch (%)', holder;
        end if;
        perform pg_sleep(0.2);
    end loop;
end;
$$;
comment on function consolidation.begin_script() is
'Waits while another session that executes a script of the plan is connected, and names it; then
keeps others waiting until the end of this session';

create function consolidation.settle_session()
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform set_config(s.name, s.setting, false)
    from (
        values
        ('statement_timeout', '0'),
        ('idle_in_transaction_session_timeout', '0'),
        ('default_transaction_isolation', 'read committed'),
        ('standard_conforming_strings', 'on'),
        ('quote_all_identifiers', 'off'),
        ('transform_null_equals', 'off'),
        ('array_nulls', 'on'),
        ('check_function_bodies', 'on'),
        ('datestyle', 'ISO, MDY'),
        ('intervalstyle', 'postgres'),
        ('extra_float_digits', '1'),
        ('bytea_output', 'hex'),
        ('xmloption', 'content'),
        ('plan_cache_mode', 'auto'),
        -- JIT costs more than it saves in the statements of a script, and under locks others wait.
        ('jit', 'off')
    ) as s (name, setting);
end;
$$;
comment on function consolidation.settle_session() is
'Sets, until the end of the session, the settings that scripts of the plan rely on and that a
database or a role may have set otherwise';

create function consolidation.is_deployed(change text)
returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.settle_session();
    -- psql sends application_name as it connects; PgBouncer sets it afterwards. PgBouncer's
    -- sessions do not end with those of psql, and a session that others get would keep the lock
    -- that Sqitch takes.
    if exists (
        select from pg_settings as s where s.name = 'application_name' and s.source = 'session'
    ) then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'a connection pooler stands between psql and the server: connect directly',
            hint = 'Name the host and port of the server itself.';
    end if;
    perform consolidation.begin_script();
    return exists (
        select from consolidation.deployed_change as d where d.change = is_deployed.change
    );
end;
$$;
comment on function consolidation.is_deployed(text) is
'Whether the deploy script of a change has ended. Waits for another script of the plan that still
runs, since its Sqitch may be dead, and keeps others waiting until the end of the session';

create function consolidation.is_reverted(change text)
returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
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
        and change not in ('cut_over', 'drop_old_tables')
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
comment on function consolidation.is_reverted(text) is
'Whether the revert script of a change has ended, or the change was never deployed. Waits as
is_deployed does. Raises 55000 while a later change is deployed, which Sqitch then has no record
of';

create function consolidation.give_to_maintenance(functions regprocedure [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    -- The new owner of a function needs create on its schema while it is given away.
    could_create constant boolean := has_schema_privilege(
        'workflow_maintenance', 'public', 'create'
    );
    given regprocedure;
begin
    if not could_create then
        grant create on schema public to workflow_maintenance;
    end if;
    foreach given in array functions loop
        execute format('alter function %s owner to workflow_maintenance', given);
    end loop;
    if not could_create then
        revoke create on schema public from workflow_maintenance;
    end if;
end;
$$;
comment on function consolidation.give_to_maintenance(regprocedure []) is
'Makes workflow_maintenance the owner of functions in the schema public';

insert into consolidation.deployed_change (change) values ('move/scripts');

commit;
