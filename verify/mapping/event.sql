-- Verify workflow_consolidation:mapping/event on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the views of mapping/event read with the rights of the caller',
    array(
        select v.name
        from unnest(
            array[
                'old_event', 'event_row'
            ]
        ) as v (name)
        -- The contract project drops the views that are bound to the old tables.
        where not (v.name ~ '^old_' and consolidation.phase() = 'contract') and not exists (
            select from pg_catalog.pg_class as c
            where
                c.oid = to_regclass('consolidation.' || v.name)
                and c.reloptions = '{security_invoker=true}'
        )
    )
);

select consolidation.claim_none(
    'the functions of mapping/event are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.events_of_old_rows(bigint[],boolean)'
        ]
    )
);

select consolidation.claim_none(
    'what the old names ask of mapping/event is bound to what it names',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.event_object(bigint,text,jsonb,timestamptz)',
                'consolidation.event_element(bigint,text,jsonb,timestamptz)',
                'consolidation.event_key(jsonb,uuid,bigint)'
            ]
        ) as f (signature)
        where not exists (
            select from pg_catalog.pg_proc as p
            where p.oid = to_regprocedure(f.signature) and p.prosqlbody is not null
        )
    )
);

select consolidation.claim(
    'event_element() keeps the id and a JSON null of an event',
    consolidation.event_element(7, 'error', 'null', '2025-01-14 10:30:00+00')
    = '{"type": "error", "timestamp": "2025-01-14T10:30:00Z", "data": null, "event_id": 7}'
);

rollback;
