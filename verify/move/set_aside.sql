-- Verify workflow_consolidation:move/set_aside on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the table set_aside has all its columns',
    array(
        select unnest(
            array[
                'table_name', 'trace_id', 'content', 'error_code', 'message',
                'at', 'replaced_at'
            ]
        )
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.set_aside') and not a.attisdropped
    )
);

select consolidation.claim_none(
    'the views of move/set_aside read with the rights of the caller',
    array(
        select v.name
        from unnest(
            array[
                'back_trace', 'back_step', 'back_event', 'back_screenshot',
                'back_context', 'back_endpoint'
            ]
        ) as v (name)
        where not exists (
            select from pg_catalog.pg_class as c
            where
                c.oid = to_regclass('consolidation.' || v.name)
                and c.reloptions = '{security_invoker=true}'
        )
    )
);

select consolidation.claim_none(
    'the functions of move/set_aside are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.set_aside(text,bigint,jsonb,text,text)'
        ]
    )
);

rollback;
