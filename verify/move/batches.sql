-- Verify workflow_consolidation:move/batches on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the table chunk has all its columns',
    array(
        select unnest(
            array[
                'chunk_id', 'task', 'first_trace_id', 'last_trace_id', 'traces',
                'steps', 'events', 'pid', 'started_at', 'finished_at'
            ]
        )
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.chunk') and not a.attisdropped
    )
);

select consolidation.claim_none(
    'the functions of move/batches are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.enter_batch()',
            'consolidation.check_batch_size(integer)',
            'consolidation.plan_chunks(text)',
            'consolidation.next_batch(consolidation.chunk,integer)',
            'consolidation.claim_chunk(text,integer)'
        ]
    )
);

select consolidation.claim(
    'a valid index finds the open ranges of backfill and proof',
    exists (
        select from pg_catalog.pg_index as i
        where i.indexrelid = to_regclass('consolidation.chunk_open_idx') and i.indisvalid
    )
);

rollback;
