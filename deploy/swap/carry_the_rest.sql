-- Deploy workflow_consolidation:swap/carry_the_rest to pg
--
-- Why:    writes that came in before the locks are carried over, or back, while everybody waits. So
--         this ends with the clock, and the runs are compared.
-- Locks:  none now. When called, under the locks of the swap.
-- Revert: drops the functions.

select consolidation.is_deployed('swap/carry_the_rest') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.heaviest(
    trace_ids bigint [], out trace_id bigint, out elements bigint
)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A document that is longer than a megabyte even when compressed is not read to be counted.
    select
        d.trace_id,
        sum(
            case
                when pg_column_size(d.document) > 1000000 then 1000000
                when jsonb_typeof(d.document) = 'array' then jsonb_array_length(d.document)
                when jsonb_typeof(d.document) = 'object'
                    then (select count(*) from jsonb_object_keys(d.document))
                else 0
            end
        )::bigint
    into heaviest.trace_id, heaviest.elements
    from (
        select r.legacy_trace_id, v.document
        from public.user_workflow_run as r
        cross join lateral (values (r.events), (r.screenshots), (r.context), (r.endpoints_used))
        as v (document)
        where r.legacy_trace_id = any (trace_ids)
        union all
        select s.legacy_trace_id, v.document
        from public.user_workflow_run_step as s
        cross join lateral (values (s.events), (s.screenshots)) as v (document)
        where s.legacy_trace_id = any (trace_ids)
    ) as d (trace_id, document)
    group by d.trace_id
    order by 2 desc
    limit 1;
end;
$$;
comment on function consolidation.heaviest(bigint []) is
'The one of these runs whose documents have the most elements, and how many; a document longer
than a megabyte counts as a million. Null if there is none';

create function consolidation.refuse_too_heavy(trace_ids bigint [])
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
    -- So many are carried and compared in less than 200 ms.
    most constant bigint := 2000;
    found constant record := consolidation.heaviest(trace_ids);
begin
    if found.elements > most then
        raise exception using
            errcode = 'lock_not_available',
            message = format(
                'trace_id %s has %s elements, and was written to again while it was carried',
                found.trace_id, found.elements
            ),
            detail = format(
                'Under the locks a run of more than %s elements is not carried: everybody '
                'would wait. Let its writer pause until the names are swapped.', most
            );
    end if;
end;
$$;
comment on function consolidation.refuse_too_heavy(bigint []) is
'Raises 55P03 if one of these runs is too large to be carried while everybody waits';

create function consolidation.carry_and_compare(trace_ids bigint [])
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    back constant boolean := consolidation.phase() = 'cut over';
    example record;
begin
    if back then
        perform consolidation.carry_back(trace_ids);
    else
        perform consolidation.consolidate(trace_ids);
    end if;
    select * into example
    from consolidation.differences(trace_ids => carry_and_compare.trace_ids)
    limit 1;
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
comment on function consolidation.carry_and_compare(bigint []) is
'Carries these runs over (after the cut-over: back); raises XX001 if they differ then';

create function consolidation.carry_the_rest()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    -- Everybody waits meanwhile.
    give_up_at constant timestamptz := clock_timestamp() + interval '200 ms';
    at_once constant integer := 5;
    pending bigint [];
    carried integer := 0;
begin
    if exists (select from consolidation.change as c where c.trace_id is null) then
        raise exception using errcode = 'lock_not_available', message = 'a truncate came in';
    end if;
    -- The proof holds while the capture was never interrupted. Otherwise it begins anew, without
    -- the locks.
    if not consolidation.is_proved() then
        raise exception using
            errcode = 'lock_not_available',
            message = 'there is no proof that holds',
            detail = 'consolidation.missing_capture shows triggers that do not fire.';
    end if;
    pending := array(
        select distinct c.trace_id from consolidation.change as c order by c.trace_id
    );
    perform consolidation.refuse_too_heavy(pending);
    delete from consolidation.change;
    while carried < cardinality(pending) loop
        if clock_timestamp() > give_up_at then
            raise exception using
                errcode = 'lock_not_available',
                message = 'too much came in while the locks were waited for',
                detail = format(
                    '%s of %s runs were carried in time.', carried, cardinality(pending)
                );
        end if;
        perform consolidation.carry_and_compare(pending[carried + 1 : carried + at_once]);
        carried := carried + at_once;
    end loop;
    if consolidation.phase() = 'cut over' then
        perform consolidation.refuse_set_aside();
    end if;
end;
$$;
comment on function consolidation.carry_the_rest() is
'Under the locks of a swap: empties the queue, carries its runs over (after the cut-over:
back) and compares them. Raises 55P03 after a truncate, for a run that is too large, after
200 ms (to be carried over without locks), or if the proof does not hold, and XX001 for a
difference';

call consolidation.note_deployed('swap/carry_the_rest');

commit;
