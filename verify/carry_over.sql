-- Verify workflow_consolidation:carry_over on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'every range of the backfill is finished',
    array(
        select format('%s to %s', c.first_trace_id, c.last_trace_id)
        from consolidation.chunk as c
        where c.finished_at is null
        order by c.first_trace_id
    )
);

rollback;
