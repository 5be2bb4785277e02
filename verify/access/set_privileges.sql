-- Verify workflow_consolidation:access/set_privileges on pg
--
-- Its claims hold in every phase, for the objects that the database has then.

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'every object of the project has the declared privileges and no others',
    array(
        select u.statement
        from consolidation.unequal_privilege as u
        where u.ordinal < 3
        order by u.statement
    )
);

select consolidation.claim_none(
    'row level security of every table of the project is on or off as declared',
    array(
        select u.statement
        from consolidation.unequal_privilege as u
        where u.ordinal = 3
        order by u.statement
    )
);

select consolidation.claim_none(
    'the functions that note changes and set privileges exist and have a fixed search path',
    consolidation.loose_function(
        array[
            'consolidation.is_deployed(text)',
            'consolidation.is_reverted(text)',
            'consolidation.require_read_committed()',
            'consolidation.set_privileges(text[],oid[])',
            'consolidation.note_deployed(text)',
            'consolidation.loose_function(text[])'
        ]
    )
);

rollback;
