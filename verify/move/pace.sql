-- Verify workflow_consolidation:move/pace on pg

begin;

set local search_path = pg_catalog, pg_temp;

set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the functions of move/pace are pinned and closed to applications',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.stop_backfill(integer)',
                'consolidation.is_asked_to_stop()',
                'consolidation.check_pace(interval,interval,interval)',
                'consolidation.standby_lag()',
                'consolidation.rest(timestamptz,interval,interval,boolean)',
                'consolidation.next_size(integer,bigint,interval,interval)'
            ]
        ) as f (signature)
        where not exists (
            select from pg_catalog.pg_proc as p
            where
                p.oid = to_regprocedure(f.signature)
                and (
                    p.prosqlbody is not null
                    or p.prokind = 'p'
                    or p.proconfig @> '{"search_path=pg_catalog, pg_temp"}'
                )
                and not has_function_privilege('workflow_app', p.oid, 'execute')
        )
    )
);

rollback;
