-- Verify workflow_consolidation:proof/record on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the table proof has all its columns',
    array(
        select unnest(
            array[
                'capture_state', 'began_at', 'is_proof'
            ]
        )
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.proof') and not a.attisdropped
    )
);

select consolidation.claim_none(
    'the table unequal_trace has all its columns',
    array(
        select unnest(
            array[
                'trace_id', 'found_at'
            ]
        )
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.unequal_trace') and not a.attisdropped
    )
);

select consolidation.claim_none(
    'the functions of proof/record are pinned and closed to applications',
    consolidation.loose_function(
        array[
            'consolidation.record_comparison(bigint,bigint,bigint[])',
            'consolidation.prove_again(bigint[],bigint[])',
            'consolidation.forget_proof()',
            'consolidation.begin_proof()',
            'consolidation.prove_chunk(bigint)'
        ]
    )
);

rollback;
