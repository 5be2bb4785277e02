-- Deploy workflow_consolidation:swap/commands to pg
--
-- Why:    cut_over and cut_back are the two commands that swap the names. Slow work comes first,
--         then the locks, then work that can wait until they are gone. Both can be repeated after a
--         failure.
-- Locks:  none now. When called, see swap/attempts.
-- Revert: drops the commands. From here down nothing keeps content that only the documents hold:
--         the revert refuses while there is any.

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
    perform consolidation.settle_session();
    perform consolidation.require_read_committed();
    perform consolidation.see_everything();
end;
$$;
comment on function consolidation.check_session(interval) is
'Raises 22023 for a null patience, 25000 in a transaction that is not read committed, 42501 if row
level security hides rows';

create procedure consolidation.validate(wanted_stage text)
language plpgsql
as $$
declare
    entry_ordinal bigint;
begin
    for entry_ordinal in
        select l.ordinal from consolidation.cut_over_log as l
        where l.stage operator(pg_catalog.=) wanted_stage
        order by l.ordinal
    loop
        perform consolidation.execute_remembered(entry_ordinal);
        commit;
    end loop;
end;
$$;
comment on procedure consolidation.validate(text) is
'Validates the foreign keys that a swap made again, each in a transaction of its own';

create function consolidation.refuse_set_aside()
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    refused text;
begin
    select string_agg(
        format(
            '%s rows of %s with %s, for example of trace_id %s: %s',
            r.how_many, r.table_name, r.error_code, r.trace_id, r.message
        ),
        e'\n' order by r.table_name, r.error_code
    )
    into refused
    from (
        select
            a.table_name,
            a.error_code,
            count(*) as how_many,
            min(a.trace_id) as trace_id,
            min(a.message) as message
        from consolidation.set_aside as a
        where
            a.replaced_at is null
            and not exists (
                select from consolidation.accepted as x
                where x.kind = 'row set aside' and x.object = a.table_name
            )
        group by a.table_name, a.error_code
    ) as r;
    if refused is not null then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = concat(
                'old tables refuse rows, which would stay in the documents:', e'\n', refused
            ),
            detail = 'Nothing was changed.',
            hint = 'select * from consolidation.set_aside; repair them in the documents and call '
            'consolidation.catch_up(), or accept it: insert into consolidation.accepted (kind, '
            'object, reason) values (''row set aside'', ''<name of the old table>'', ...).';
    end if;
end;
$$;
comment on function consolidation.refuse_set_aside() is
'Raises 55000 with the rows that old tables refused, unless that was accepted for their table (kind
"row set aside", object: name of the table)';

create function consolidation.note_unequal()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into consolidation.change (trace_id)
    select u.trace_id from consolidation.unequal_trace as u;
end;
$$;
comment on function consolidation.note_unequal() is
'Puts runs that differ into the queue: after the cut-over, these were written past the capture';

create procedure consolidation.cut_over(patience interval default '5 minutes')
language plpgsql
as $$
begin
    perform consolidation.check_session(patience);
    perform consolidation.refuse_missing();
    call consolidation.build_late_indexes();
    if consolidation.phase() operator(pg_catalog.=) 'expand' then
        call consolidation.refuse_findings();
        -- The proof takes as long as it takes: patience begins with the swap.
        call consolidation.ensure_proof();
        perform consolidation.note_behind();
        perform consolidation.prepare_constraints();
        commit;
        call consolidation.swap('to views', patience);
    elsif consolidation.phase() operator(pg_catalog.=) 'cut over' then
        raise notice 'the names were swapped before; what follows is finished now';
    else
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'the old tables were dropped: there is nothing to cut over';
    end if;
    call consolidation.validate('validate');
    perform consolidation.remember_definitions();
end;
$$;
comment on procedure consolidation.cut_over(interval) is
'Makes the old names views. Checks the preflight and proves equality first, then tries for the locks
until patience is over (the time of the proof does not count). Can be repeated, and goes on where it
was. Raises 55000 (findings, capture triggers that do not fire, backfill not done, or tables
missing), XX001 (differences), 55P03 (no locks, or the applications write faster than this session
carries over), 25000 (not read committed); nothing is changed then. Call it outside a transaction';

create procedure consolidation.cut_back(patience interval default '5 minutes')
language plpgsql
as $$
begin
    perform consolidation.check_session(patience);
    perform consolidation.refuse_missing();
    call consolidation.build_late_indexes();
    if consolidation.phase() operator(pg_catalog.=) 'cut over' then
        perform consolidation.refuse_missing_capture();
        call consolidation.refuse_findings_back();
        if not consolidation.is_proved() then
            call consolidation.prove();
            perform consolidation.note_unequal();
            commit;
        end if;
        call consolidation.catch_up(patience => patience);
        perform consolidation.refuse_set_aside();
        perform consolidation.note_behind();
        commit;
        call consolidation.swap('to tables', patience);
    elsif consolidation.phase() operator(pg_catalog.=) 'expand' then
        raise notice 'the names were swapped back before; what follows is finished now';
    else
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = 'the old tables were dropped',
            hint = 'sqitch -C contract revert -- builds them again from the documents.';
    end if;
    call consolidation.validate('validate back');
    perform consolidation.remember_definitions();
end;
$$;
comment on procedure consolidation.cut_back(interval) is
'Makes the old names tables again, with everything written since. First, a proof finds writes that
came while the capture was disabled. Tries for the locks until patience is over. Can be repeated.
Raises 55P03 (no locks) and 55000 (findings of preflight_back, capture triggers that do not fire,
tables dropped, or rows that the old tables refuse); nothing is changed then. Call it outside a
transaction';

call consolidation.note_deployed('swap/commands');

commit;
