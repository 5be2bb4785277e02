-- Deploy workflow_consolidation:move/schemas to pg
--
-- Why:    "consolidation" holds what the move needs, "legacy" keeps the old tables after the
--         cut-over. Neither is for applications: everything they name is in "public".
-- Locks:  none.
-- Revert: drops both schemas, which by then are empty.
--
-- Sqitch records a change after its script has committed. Where it died in between, it executes the
-- script again: each begins by asking whether there is anything left to do, and ends with the
-- answer for the next time, in the same transaction.

select to_regclass('consolidation.deployed_change') is not null as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create schema consolidation;
comment on schema consolidation is
'Moves the eight workflow tables into documents and back; not for applications';
revoke all on schema consolidation from public;
grant usage on schema consolidation to workflow_maintenance;

create schema legacy;
comment on schema legacy is
'The six old workflow tables, from the cut-over until the contract project drops them';
revoke all on schema legacy from public;
grant usage on schema legacy to workflow_maintenance;

create table consolidation.deployed_change (
    change text not null,
    ordinal integer generated always as identity,
    constraint deployed_change_pkey primary key (change)
);
comment on table consolidation.deployed_change is
'Changes whose deploy script has ended, whether or not Sqitch lived to record it';
comment on column consolidation.deployed_change.change is 'Name of the change in sqitch.plan';
comment on column consolidation.deployed_change.ordinal is 'Order of deployment';

create function consolidation.claim(sentence text, holds boolean)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    if holds is not true then
        raise exception using
            errcode = 'assert_failure',
            message = sentence;
    end if;
end;
$$;
comment on function consolidation.claim(text, boolean) is
'For verify scripts: raises P0004 with the sentence, unless it holds';
revoke all on function consolidation.claim(text, boolean) from public;
grant execute on function consolidation.claim(text, boolean) to workflow_maintenance;

create function consolidation.claim_none(sentence text, counterexamples text [])
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    if cardinality(counterexamples) = 0 then
        return;
    end if;
    raise exception using
        errcode = 'assert_failure',
        message = sentence,
        detail = format(
            'Not so: %s%s', array_to_string(counterexamples[1:5], ', ', 'null'),
            ' and ' || nullif(greatest(cardinality(counterexamples) - 5, 0), 0) || ' more'
        );
end;
$$;
comment on function consolidation.claim_none(text, text []) is
'For verify scripts: raises P0004 with the sentence and the first five counterexamples, unless there
are none';
revoke all on function consolidation.claim_none(text, text []) from public;
grant execute on function consolidation.claim_none(text, text []) to workflow_maintenance;

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
        ('plan_cache_mode', 'auto')
    ) as s (name, setting);
end;
$$;
comment on function consolidation.settle_session() is
'Sets what a database or a role may have set otherwise, and scripts of the plan rely on, until the
end of the session';
revoke all on function consolidation.settle_session() from public;
grant execute on function consolidation.settle_session() to workflow_maintenance;

create function consolidation.is_deployed(change text)
returns boolean
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    lock_class constant integer := hashtext('workflow_consolidation');
    holder text;
begin
    perform consolidation.settle_session();
    -- PgBouncer sets what psql sends as it connects. The lock below, and that of Sqitch, would stay
    -- with a session that others get.
    if exists (
        select from pg_settings as s where s.name = 'application_name' and s.source = 'session'
    ) then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'a connection pooler stands between psql and the server: connect directly',
            hint = 'Name the host and port of the server itself.';
    end if;
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
comment on function consolidation.is_deployed(text) is
'Whether the deploy script of a change has ended. Waits for another script of the plan that still
runs, since its Sqitch may be dead, and keeps others waiting until the end of the session';
revoke all on function consolidation.is_deployed(text) from public;

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
comment on function consolidation.is_reverted(text) is
'Whether the revert script of a change has ended, or the change was never deployed. Waits as
is_deployed does. Raises 55000 while a later change is deployed, which Sqitch then has no record
of';
revoke all on function consolidation.is_reverted(text) from public;

insert into consolidation.deployed_change (change) values ('move/schemas');

commit;
