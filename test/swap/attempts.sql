-- Attempts to swap: which locks, and what gives them back. With other sessions: in cycles.

begin;
select plan(8);

create table public.other (trace_id bigint, run_id uuid);
alter table public.other add foreign key (run_id) references public.user_workflow_run (run_id);
create table public.further (workflow_id uuid primary key);
alter table public.user_workflow_run add foreign key (workflow_id)
references public.further (workflow_id) not valid;
create table public.stranger (stranger_id integer);
select ok(
    l.place is not null, format('%s is locked for a swap', n.name)
)
from (values ('public.other'), ('public.further')) as n (name)
left join unnest(consolidation.swap_locks()) with ordinality as l (relation, place)
    on l.relation = n.name::regclass;
select ok(
    'public.stranger'::regclass <> all (consolidation.swap_locks()),
    'a table that no foreign key connects is left alone'
);
select is(
    (consolidation.swap_locks())[1:12],
    array[
        'workflow_trace', 'workflow_steps', 'workflow_events', 'workflow_trace_screenshot',
        'workflow_trace_context', 'workflow_trace_endpoint', 'workflow_configs', 'micro_state',
        'user_workflow_run', 'user_workflow_run_step', 'user_workflow_config',
        'user_workflow_cache_state'
    ]::regclass [],
    'old names come before what is behind them, runs before what belongs to them'
);

delete from consolidation.change;
insert into consolidation.change (trace_id) values (1), (2), (3);
select results_eq(
    $$ select t.swapped, t.reason, t.detail from consolidation.try_to_swap('to tables', 2) as t $$,
    $$
    values (
        false, 'the applications write faster than this session carries over',
        '3 runs wait in the queue.'
    )
    $$,
    'an attempt is given up while too much waits in the queue, and says so'
);
select is(consolidation.phase(), 'cut over', 'nothing is changed then');
select results_eq(
    $$ select t.swapped, t.reason from consolidation.try_to_swap('to tables', 3) as t $$,
    $$ values (true, null::text) $$,
    'otherwise it swaps the names'
);
select is(consolidation.phase(), 'expand', 'the old names are tables then');

select * from finish();
rollback;
