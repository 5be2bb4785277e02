-- old_views: a view with the baseline's columns on a table that has others.

begin;
select plan(11);

create table public.workflow_ledger (
    ledger_id bigint generated always as identity primary key,
    trace_id integer,
    note varchar(10) not null,
    further text
);
insert into public.workflow_ledger (trace_id, note) values (1, 'a'), (2, 'b');
create view consolidation.old_ledger with (security_invoker = true) as
select
    null::bigint as ledger_id,
    null::bigint as trace_id,
    null::numeric as amount,
    null::text as note;
comment on view consolidation.old_ledger is 'The ledger';
call consolidation.bind_old_view('consolidation.old_ledger', 'public.workflow_ledger');

select columns_are(
    'consolidation', 'old_ledger', array['ledger_id', 'trace_id', 'amount', 'note'],
    'the view has the columns that it promised'
);
select is(
    obj_description('consolidation.old_ledger'::regclass), 'The ledger', 'and its comment'
);
select col_type_is(
    'consolidation', 'old_ledger', 'note', 'character varying(10)',
    'what the table has is shown in its own type'
);
select results_eq(
    'select l.trace_id, l.amount, l.note from consolidation.old_ledger as l order by l.ledger_id',
    $$ values (1, null::numeric, 'a'::varchar(10)), (2, null, 'b') $$,
    'what it lacks is null'
);
select lives_ok(
    $$
    insert into consolidation.old_ledger overriding system value
    select 77, 3, 1.5, v.note from (values ('c')) as v (note)
    $$,
    'rows are inserted, also into an identity, with what the table can hold'
);
select results_eq(
    $$
    with changed as (
        update consolidation.old_ledger as l
        set (trace_id, amount, note) = row(4, 2.5, 'd')
        from (values (77)) as v (id)
        where l.ledger_id = v.id
        returning l.ledger_id, l.amount, l.note
    )

    select c.ledger_id, c.amount, c.note from changed as c
    $$,
    $$ values (77::bigint, null::numeric, 'd'::varchar(10)) $$,
    'and updated, beside a join, in a part of another statement'
);
select throws_ok(
    'update consolidation.old_ledger set note = null where ledger_id = 77', '23502', null,
    'the errors are those of the table'
);
select results_eq(
    'delete from consolidation.old_ledger as l where l.trace_id = 4 returning l.ledger_id',
    'values (77::bigint)',
    'and deleted'
);
-- squawk-ignore ban-set-schema
alter table public.workflow_ledger set schema legacy;
select results_eq(
    'select count(*) from consolidation.old_ledger', 'values (2::bigint)',
    'it follows the table to another schema'
);
insert into consolidation.old_ledger (ledger_id, trace_id, note) values (78, 5, 'e');
select results_eq(
    'select l.note from legacy.workflow_ledger as l where l.trace_id = 5',
    $$ values ('e'::varchar(10)) $$,
    'and so do its rules'
);
select is_empty(
    $$
    select from pg_rewrite as r
    inner join pg_class as c on c.oid = r.ev_class
    where
        c.relnamespace = 'consolidation'::regnamespace
        and r.rulename <> '_RETURN'
        and c.relname <> 'old_ledger'
    $$,
    'with the columns of the baseline there are no rules'
);

select * from finish();
rollback;
