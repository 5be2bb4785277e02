-- Relations behind an old name, through as many levels of views as there are, and what they take.

begin;
select plan(7);

select set_eq(
    'select v.name, v.relation from consolidation.view_of_six() as v',
    $$
    select
        n.name,
        format('public.%I', n.name)::regclass
    from unnest(consolidation.six_tables()) as n (name)
    $$,
    'the views of the six names are in public after the cut-over'
);

-- Nested views ------------------------------------------------------------------------------------

create table public.ledger (
    ledger_id bigint, amount integer, "When" timestamptz, "timestamp" timestamptz, note text
);
create view public.first_level as
select
    t.ledger_id as id,
    t.amount as total,
    t."When" as "WhenItWas",
    t."timestamp" as at,
    t.note,
    case
        when t.amount > 0 then t.note
    end as note_again,
    t.amount + 1 as more,
    true as is_ledger,
    (select max(o.amount) from public.ledger as o) as amount
from public.ledger as t
where t.amount is not null;
create view public.second_level as
select
    f.id as trace_id,
    f.total,
    f."WhenItWas" as began,
    f.at as "timestamp",
    f.note_again,
    f.note as note_again_not,
    f.more,
    f.is_ledger,
    f.amount
from public.first_level as f;
create view public.third_level as
select
    s.trace_id,
    s.total as amount,
    s.began,
    s."timestamp",
    s.note_again_not as note
from public.second_level as s;

select set_eq(
    'select b.relation from consolidation.relation_behind(''third_level'') as b',
    $$ values ('public.second_level'::regclass), ('public.first_level'), ('public.ledger') $$,
    'every relation behind is found'
);
-- What a privilege on an old name takes -----------------------------------------------------------

select ok(consolidation.is_plain('third_level'), 'a view without triggers is plain');
select ok(
    not consolidation.is_plain('public.workflow_events'), 'a view with instead of triggers is not'
);
select set_eq(
    $$
    select n.needed, n.relation, n.column_name
    from consolidation.needed_behind('third_level') as n
    where n.privilege_type = 'UPDATE' and n.view_column = 'amount'
    $$,
    $$
    values ('update', 'public.second_level'::regclass, 'total'::name),
    ('update', 'public.first_level', 'total'), ('update', 'public.ledger', 'amount')
    $$,
    'to update a column of a plain view takes to update it on each level'
);
select set_eq(
    $$
    select n.column_name
    from consolidation.needed_behind('third_level') as n
    where n.privilege_type = 'SELECT' and n.relation = 'public.ledger'::regclass
    $$,
    $$ values ('ledger_id'::name), ('amount'), ('When'), ('timestamp'), ('note') $$,
    'to select takes to select every column that a level reads'
);
select is_empty(
    $$
    select from consolidation.needed_behind('public.workflow_events') as n
    where n.needed not in ('select', 'maintain')
    $$,
    'to write through a view with triggers takes no more than to read'
);

select * from finish();
rollback;
