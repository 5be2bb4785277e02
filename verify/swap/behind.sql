-- Verify workflow_consolidation:swap/behind on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'applications cannot execute the functions that find what is behind an old name',
    consolidation.loose_function(
        array[
            'consolidation.view_of_six()',
            'consolidation.relation_behind(regclass)',
            'consolidation.is_plain(regclass)',
            'consolidation.needed_behind(regclass)'
        ]
    )
);

select consolidation.claim_none(
    'base_column() traces every column of the two plain views to the column behind it',
    array(
        select format('%s of %s', a.attname, a.attrelid::regclass)
        from unnest(array['workflow_trace', 'workflow_steps']) as v (name)
        inner join pg_catalog.pg_attribute as a
            on a.attrelid = consolidation.old_name(v.name) and a.attnum > 0
        where a.attname not in (
            select b.view_column from consolidation.base_column(a.attrelid) as b
            where b.base_column is not null
        )
    )
);

rollback;
