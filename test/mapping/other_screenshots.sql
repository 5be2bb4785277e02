-- other_screenshots: what functions say of it in comments, said here. The whole of it goes there
-- and back in test/cycle/test_databases.py.

begin;
select plan(6);

select results_eq(
    $$
    select m.mark, count(*)
    from unnest(array['cascading', 'linked', 'numbered']) as m (mark)
    inner join pg_proc as p on strpos(p.prosrc, format('/* %s: ', m.mark)) > 0
    where p.pronamespace in ('consolidation'::regnamespace, 'public'::regnamespace)
    group by m.mark
    order by m.mark
    $$,
    $$ values ('cascading', 1::bigint), ('linked', 2), ('numbered', 4) $$,
    'the functions that differ with the screenshots say how'
);
select is(
    consolidation.screenshot_key('{}', '00000000-0000-4000-8000-000000000001', 1),
    consolidation.synthetic_uuid('00000000-0000-4000-8000-000000000001', '1'),
    'here screenshots have uuids'
);
-- Anybody may have such a function, and what it says would be executed with the rights of a deploy.
create function public.of_somebody(note text default '/* numbered: ')
returns text
language sql
return note || '*/ /* numbered: ';
select consolidation.swap_to_tables();
select lives_ok(
    $$ select consolidation.number_screenshots(), consolidation.link_screenshots() $$,
    'every function can be created again as it says'
);
select is(
    public.of_somebody(), '/* numbered: */ /* numbered: ',
    'a function of somebody else says the same'
);
select is(
    consolidation.screenshot_key(
        jsonb_build_object('screenshot_id', consolidation.screenshot_uuid(7)),
        '00000000-0000-4000-8000-000000000001', 1
    ),
    consolidation.screenshot_uuid(7),
    'then an element has the number that its uuid stands for'
);
select isnt(
    consolidation.screenshot_number(
        consolidation.screenshot_key(
            '{"screenshot_id": "0946dd8e-ce1c-4e28-a961-a5a206c819fe"}',
            '00000000-0000-4000-8000-000000000001', 1
        )
    ),
    null,
    'and one of another uuid has a number of its own'
);

select * from finish();
rollback;
