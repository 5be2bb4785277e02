-- Verify workflow_consolidation:mapping/screenshot on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the views of mapping/screenshot read with the rights of the caller',
    array(
        select v.name
        from unnest(
            array[
                'old_screenshot', 'screenshot_row'
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
    'the functions of mapping/screenshot are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.screenshots_of_old_rows(bigint[],boolean)'
        ]
    )
);

select consolidation.claim_none(
    'what the old names ask of mapping/screenshot is bound to what it names',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.screenshot_object(uuid,uuid,text,integer,text,text,text,'
                'text,boolean,numeric,timestamptz,consolidation.node_id)',
                'consolidation.screenshot_element(uuid,uuid,text,integer,text,text,'
                'text,text,boolean,numeric,timestamptz,consolidation.node_id)',
                'consolidation.screenshot_key(jsonb,uuid,bigint)'
            ]
        ) as f (signature)
        where not exists (
            select from pg_catalog.pg_proc as p
            where p.oid = to_regprocedure(f.signature) and p.prosqlbody is not null
        )
    )
);

select consolidation.claim(
    'screenshot_element() keeps the digits of a confidence score',
    consolidation.screenshot_element(
        null, null, 'n', 1, 'u', null, 'a', null, true, 0.90, '2025-01-14 10:30:00+00', null
    )::text like '%"confidence": 0.90%'
);

rollback;
