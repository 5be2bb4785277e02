-- columns: an old name without a column, and in another order.

begin;
select plan(7);

select is(
    consolidation.columns_of('public.workflow_trace_endpoint'),
    array['trace_id', 'endpoint_id']::name [],
    'the columns of a relation, in their order'
);
select is_empty(
    $$
    select from unnest(consolidation.six_tables()) as n (name)
    where
        consolidation.columns_of(consolidation.old_table(n.name))
        <> consolidation.columns_of(consolidation.old_name(n.name))
    $$,
    'here every old name has the columns of its table'
);

create table public.ledger (ledger_id bigint primary key, note text, amount numeric default 7);
create view public.ledger_shown with (security_invoker = true) as
select
    l.ledger_id,
    l.note,
    l.amount
from public.ledger as l;
alter view public.ledger_shown alter column note set default 'none';
create function public.write_ledger()
returns trigger
language plpgsql
as $$
declare
    nullable text [] := '{}';
begin
    if new.note is null and 'note' <> all (nullable) then
        raise not_null_violation;
    end if;
    insert into public.ledger (ledger_id, note, amount)
    values (new.ledger_id, concat(new.note, old.note, new."note"), new.amount);
    return new;
end;
$$;
create trigger write instead of insert on public.ledger_shown
for each row execute function public.write_ledger();
select consolidation.forget_column('public.ledger_shown', 'note', '(<row>.amount)::text');
select is_empty(
    $$ select from pg_attrdef as d where d.adrelid = 'public.ledger_shown'::regclass $$,
    'a forgotten column has no default'
);
select matches(
    (select p.prosrc from pg_proc as p where p.oid = 'public.write_ledger()'::regprocedure),
    'concat\(\(new\.amount\)::text, \(old\.amount\)::text, \(new\.amount\)::text\)',
    'the triggers compute it'
);
select matches(
    (select p.prosrc from pg_proc as p where p.oid = 'public.write_ledger()'::regprocedure),
    'is null and false then',
    'and do not ask whether it can be null'
);

select consolidation.swap_to_tables();
alter table public.workflow_events add column further text;
select consolidation.take_further_columns();
select is(
    consolidation.columns_of('consolidation.workflow_events'),
    consolidation.columns_of('public.workflow_events'),
    'a further column stands behind the others, as in the table'
);
select consolidation.fit_old_name('workflow_events');
select is(
    (
        select count(*) from pg_trigger as g
        where g.tgrelid = 'consolidation.workflow_events'::regclass
    ),
    3::bigint,
    'with the columns of the table nothing changes, its triggers included'
);

select * from finish();
rollback;
