-- other_ids: numbers in the place of uuids.

begin;
select plan(5);

select is_empty(
    $$
    select n.number
    from unnest('{-9223372036854775808,-1,0,1,42,9223372036854775807}'::bigint []) as n (number)
    where
        consolidation.screenshot_number(consolidation.screenshot_uuid(n.number))
        is distinct from n.number
    $$,
    'a uuid tells the number that it stands for'
);
select results_eq(
    $$
    select n.number
    from unnest('{9223372036854775807,-1,0,1,-9223372036854775808}'::bigint []) as n (number)
    order by consolidation.screenshot_uuid(n.number)
    $$,
    'values (-9223372036854775808), (-1), (0), (1), (9223372036854775807)',
    'these uuids are in the order of the numbers'
);
select is(
    consolidation.screenshot_number('0946dd8e-ce1c-4e28-a961-a5a206c819fe'), null,
    'another uuid stands for no number'
);
select is(substr(consolidation.screenshot_uuid(1)::text, 15, 1), '8', 'they are of version 8');
select ok(
    consolidation.to_node_id('"00000000-0000-4000-8003-000000010101"')
    = '00000000-0000-4000-8003-000000010101'
    and consolidation.to_node_id('7') is null
    and consolidation.to_node_id('"x"') is null,
    'a node has the id of the application, here a uuid'
);

select * from finish();
rollback;
