-- Verify workflow_consolidation:move/refused_rows on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the view back_row reads with the rights of the caller',
    array(
        select v.name
        from unnest(array['back_row']) as v (name)
        where not exists (
            select from pg_catalog.pg_class as c
            where
                c.oid = to_regclass('consolidation.' || v.name)
                and c.reloptions = '{security_invoker=true}'
        )
    )
);

select consolidation.claim_none(
    'the functions of move/refused_rows are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.refused_rows(bigint[])',
            'consolidation.is_only_here(bigint,bigint,integer)',
            'consolidation.note_replaced(bigint[])'
        ]
    )
);

rollback;
