-- Deploy workflow_consolidation:swap/commands to pg
--
-- Why:    cut_over and cut_back, the two commands that swap the names: what is slow first, then the
--         locks, then what can wait until they are gone. Both can be repeated after a failure.
-- Locks:  none now. When called, see swap/attempts.
-- Revert: drops the commands. From here down nothing keeps what only the documents can say: it
--         refuses while there is any.

select consolidation.is_deployed('swap/commands') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.check_session(patience interval)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
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
comment on function consolidation.check_session(interval) is
'Raises 22023 for no patience, 25000 in a transaction that is not read committed, 42501 if row level
security hides rows';

create procedure consolidation.validate(wanted_stage text)
language plpgsql
as $$
declare
    entry_ordinal bigint;
begin
    for entry_ordinal in
        select l.ordinal from consolidation.cut_over_log as l
        where l.stage = wanted_stage
        order by l.ordinal
    loop
        perform consolidation.execute_remembered(entry_ordinal);
        commit;
    end loop;
end;
$$;
comment on procedure consolidation.validate(text) is
'Validates the foreign keys that a swap made again, each in a transaction of its own';

create function consolidation.refuse_unfinished()
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from consolidation.chunk as c where c.finished_at is null) then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'the backfill is not done',
            hint = 'call consolidation.backfill(); select * from consolidation.progress;';
    end if;
end;
$$;
comment on function consolidation.refuse_unfinished() is
'Raises 55000 while the backfill is not done';

create function consolidation.refuse_differences()
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    example record;
begin
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
end;
$$;
comment on function consolidation.refuse_differences() is
'Raises XX001 with an example where old tables and documents differ';

create procedure consolidation.cut_over(patience interval default '5 minutes')
language plpgsql
as $$
declare
    began timestamptz;
begin
    perform consolidation.check_session(patience);
    case consolidation.phase()
        when 'expand' then
            call consolidation.refuse_findings();
            perform consolidation.refuse_unfinished();
            began := pg_catalog.clock_timestamp();
            call consolidation.catch_up(patience => patience);
            -- The comparison takes as long as it takes.
            patience := greatest(patience - (pg_catalog.clock_timestamp() - began), '0');
            perform consolidation.refuse_differences();
            commit;
            call consolidation.swap('to views', patience);
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
comment on procedure consolidation.cut_over(interval) is
'Makes the old names views. Checks the preflight and equality first, then tries for the locks until
patience is over (the time of the comparison does not count). Can be repeated. Raises 55000
(findings, or backfill not done), XX001 (differences), 55P03 (no locks, or the applications write
faster than this session carries over), 25000 (not read committed); nothing is changed then. Call it
outside a transaction';

create procedure consolidation.cut_back(patience interval default '5 minutes')
language plpgsql
as $$
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
comment on procedure consolidation.cut_back(interval) is
'Makes the old names tables again, with everything written since. Tries for the locks until patience
is over. Can be repeated. Raises 55P03 (no locks) and 55000 (tables dropped); nothing is changed
then. Call it outside a transaction';

revoke all on function consolidation.check_session(interval) from public;
revoke all on procedure consolidation.validate(text) from public;
revoke all on function consolidation.refuse_unfinished() from public;
revoke all on function consolidation.refuse_differences() from public;
revoke all on procedure consolidation.cut_over(interval) from public;
revoke all on procedure consolidation.cut_back(interval) from public;

insert into consolidation.deployed_change (change) values ('swap/commands');

commit;
