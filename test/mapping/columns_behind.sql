-- The columns behind those of a view, through as many levels of views as there are.

begin;
select plan(7);

select set_eq(
    $$ select b.view_column, b.base_column
    from consolidation.base_column('public.workflow_steps') as b $$,
    $$
    values
    ('step_id'::name, 'legacy_step_id'::name), ('trace_id', 'legacy_trace_id'),
    ('step_number', 'step_number'), ('status', 'status'), ('input_data', 'input_data'),
    ('output_data', 'output_data'), ('error_message', 'error_message'),
    ('start_time', 'started_at'), ('end_time', 'ended_at'), ('duration_ms', 'duration_ms'),
    ('retry_count', 'retry_count'), ('metadata', 'metadata'), ('node_id', 'node_id')
    $$,
    'the columns behind workflow_steps are known'
);
select is(
    (select count(*)::integer from consolidation.base_column('public.workflow_trace')),
    26,
    'every column of workflow_trace has one behind it'
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
    'select b.view_column, b.base_column from consolidation.base_column(''first_level'') as b',
    $$
    values ('id'::name, 'ledger_id'::name), ('total', 'amount'), ('WhenItWas', 'When'),
    ('at', 'timestamp'), ('note', 'note')
    $$,
    'plain columns of a view are found, expressions and constants are none'
);
select set_eq(
    'select b.view_column, b.base_column from consolidation.base_column(''second_level'') as b',
    $$
    values ('trace_id'::name, 'ledger_id'::name), ('total', 'amount'), ('began', 'When'),
    ('timestamp', 'timestamp'), ('note_again_not', 'note')
    $$,
    'a view of a view is followed to the table'
);
select set_eq(
    'select b.view_column, b.base_column from consolidation.base_column(''third_level'') as b',
    $$
    values ('trace_id'::name, 'ledger_id'::name), ('amount', 'amount'), ('began', 'When'),
    ('timestamp', 'timestamp'), ('note', 'note')
    $$,
    'and so is the view of that one'
);
select set_eq(
    $$
    select b.relation, b.column_name from consolidation.column_behind('third_level') as b
    where b.view_column = 'amount'
    $$,
    $$
    values ('public.second_level'::regclass, 'total'::name), ('public.first_level', 'total'),
    ('public.ledger', 'amount')
    $$,
    'a column has its name on each level'
);
select is_empty(
    'select from consolidation.base_column(null)', 'without a view there are no columns'
);

select * from finish();
rollback;
