-- current_org_id: the one reading of the setting that names the tenant.

begin;
select plan(13);

select has_function('public', 'current_org_id', '{}'::name [], 'there is current_org_id()');
select function_returns(
    'public', 'current_org_id', '{}'::name [], 'uuid', 'current_org_id returns a uuid'
);
select volatility_is(
    'public', 'current_org_id', '{}'::name [], 'stable',
    'current_org_id is read once a statement, not once a row'
);

-- The server has never heard of the setting in this session.
select is(public.current_org_id(), null, 'a session that names no organisation has none');
set local app.current_org_id = '11111111-0000-4000-8000-000000000000';
select is(
    public.current_org_id(), '11111111-0000-4000-8000-000000000000'::uuid,
    'a session has the organisation it names'
);
set local app.current_org_id = '{AAAAAAAA000040008000000000000000}';
select is(
    public.current_org_id(), 'aaaaaaaa-0000-4000-8000-000000000000'::uuid,
    'an organisation may be written in any way that a uuid is'
);
set local app.current_org_id = '';
select is(public.current_org_id(), null, 'an empty setting names no organisation');

-- What "set local" leaves behind.
savepoint before_setting;
set local app.current_org_id = '22222222-0000-4000-8000-000000000000';
select is(
    public.current_org_id(), '22222222-0000-4000-8000-000000000000'::uuid,
    'control: the setting names the other hospital'
);
rollback to savepoint before_setting;
select is(public.current_org_id(), null, 'a setting that was rolled back names no organisation');
reset app.current_org_id;
select is(public.current_org_id(), null, 'a setting that was reset names no organisation');

select throws_ok(
    format(
        'do %L',
        format(
            'begin perform set_config(''app.current_org_id'', %L, true); '
            'perform public.current_org_id(); end', g.garbage
        )
    ),
    '22P02', null,
    format('an organisation of "%s" is an error, not a tenant', g.garbage)
)
from unnest(array['hospital north', ' ', '11111111-0000-4000-8000-00000000000']) as g (garbage);

select * from finish();
rollback;
