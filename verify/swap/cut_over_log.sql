-- Verify workflow_consolidation:swap/cut_over_log on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'the table cut_over_log has all its columns',
    array(
        select unnest(array['ordinal', 'stage', 'relation', 'statement', 'must_succeed'])
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.cut_over_log') and not a.attisdropped
    )
);

select consolidation.claim_none(
    'applications cannot execute the functions that remember what the catalog forgets',
    consolidation.loose_function(
        array[
            'consolidation.remember(text,regclass,text,boolean)',
            'consolidation.execute_remembered(bigint)',
            'consolidation.execute_stage(text)',
            'consolidation.note_behind()'
        ]
    )
);

rollback;
