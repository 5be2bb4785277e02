-- Verify workflow_consolidation:access/privileges on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'every rule of the declaration fits its kind of object',
    array(
        select format('%s %s', r.kind, r.names)
        from consolidation.privilege_rule as r
        cross join unnest(array[r.app, r.maintenance, r.everybody]) as p (letters)
        where
            p.letters !~ case
                when r.kind in ('table', 'view') then '^S?I?U?D?$'
                when r.kind in ('function', 'procedure') then '^(execute)?$'
                when r.kind in ('schema', 'sequence') then '^(usage)?$'
                else '^no such kind$'
            end
    )
);

rollback;
