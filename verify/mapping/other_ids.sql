-- Verify workflow_consolidation:mapping/other_ids on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim(
    'the uuid of a screenshot stands for one number, whatever its sign',
    (
        select
            bool_and(consolidation.screenshot_number(u.id) = n.number) and count(distinct u.id) = 4
        from unnest('{-9223372036854775808,-1,1,9223372036854775807}'::bigint []) as n (number)
        cross join lateral (select consolidation.screenshot_uuid(n.number) as id) as u
    )
);

select consolidation.claim(
    'a node has an id of the type that the application gives it',
    (
        select t.typbasetype in ('uuid'::regtype, 'bigint'::regtype)
        from pg_catalog.pg_type as t
        where t.oid = to_regtype('consolidation.node_id')
    )
    and to_regprocedure('consolidation.to_node_id(jsonb)') is not null
);

rollback;
