-- Deploy workflow_consolidation:swap/carry_the_rest to pg
--
-- Why:    what the applications wrote until the locks came is carried over, or back, while
--         everybody waits: so it has to be little, and it is compared.
-- Locks:  none now. When called, under the locks of the swap.
-- Revert: drops the function.

select consolidation.is_deployed('swap/carry_the_rest') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.carry_the_rest()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
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
    -- The proof holds as long as the capture was never interrupted; else it begins anew, without
    -- the locks.
    if not consolidation.is_proved() then
        raise exception using
            errcode = 'lock_not_available',
            message = 'there is no proof that holds',
            detail = 'consolidation.missing_capture shows triggers that do not fire.';
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
    if back then
        perform consolidation.refuse_set_aside();
    end if;
end;
$$;
comment on function consolidation.carry_the_rest() is
'Under the locks of a swap: empties the queue, carries its executions over (after the cut-over:
back) and compares them. Raises 55P03 after a truncate and for more than 60 executions, to be
carried over without locks, or if the proof does not hold, and XX001 for a difference';

call consolidation.note_deployed('swap/carry_the_rest');

commit;
