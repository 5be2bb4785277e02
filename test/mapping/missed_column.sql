-- missed_column: columns of the old tables that the documents lack and could have.
-- squawk-ignore-file adding-field-with-default

begin;
select plan(6);

select is_empty(
    'select from consolidation.missed_column()', 'the documents have every column of the baseline'
);
select is(
    (
        select string_agg(p.shown::text, ' ' order by p.shown::text collate "C")
        from consolidation.place_of_further_columns() as p
    ),
    'consolidation.back_event consolidation.back_screenshot consolidation.back_step '
    'consolidation.back_trace consolidation.event_row consolidation.old_event '
    'consolidation.old_screenshot consolidation.old_step consolidation.old_trace '
    'consolidation.screenshot_row consolidation.step_row consolidation.trace_row workflow_events '
    'workflow_steps workflow_trace workflow_trace_screenshot',
    'views of both families and the old names show them'
);

select consolidation.swap_to_tables();
create domain public.amount as numeric;
create sequence public.ordinals;
alter table public.workflow_trace
add ordinal bigserial,
add of_run text,
add owned bigint;
alter sequence public.ordinals owned by public.workflow_trace.owned;
alter table public.workflow_steps
add next integer generated always as (step_number % 7) stored,
add number bigint generated always as identity;
alter table public.workflow_events
add details json,
add tags text [],
add price public.amount,
add at_time interval,
add "Severity" text,
add place text;
alter table public.workflow_trace_screenshot
add format varbit not null default b'101',
add letters bytea;
alter table public.workflow_trace_context
add author text;
alter table public.workflow_trace_endpoint
add author text;
select is_empty(
    'select from consolidation.missed_column()', 'what adoption would refuse is not taken'
);
select set_eq(
    $$
    select f.object collate "default" from consolidation.finding_column as f
    where f.severity = 'refuse' and f.remedy like '%drop column%'
    $$,
    $$
    values
    ('public.workflow_events."Severity"'),
    ('public.workflow_events.at_time'),
    ('public.workflow_events.details'),
    ('public.workflow_events.place'),
    ('public.workflow_events.price'),
    ('public.workflow_events.tags'),
    ('public.workflow_steps.next'),
    ('public.workflow_steps.number'),
    ('public.workflow_trace.of_run'),
    ('public.workflow_trace.ordinal'),
    ('public.workflow_trace.owned'),
    ('public.workflow_trace_context.author'),
    ('public.workflow_trace_endpoint.author'),
    ('public.workflow_trace_screenshot.format'),
    ('public.workflow_trace_screenshot.letters')
    $$,
    'finding_column: it stops the cut-over'
);
select throws_ok(
    'select consolidation.refuse_new_columns()', '55000', null,
    'also under the locks'
);

alter table public.workflow_events add seen_at timestamptz;
select consolidation.take_further_columns();
select results_eq(
    $$
    select attname from pg_attribute
    where
        attrelid in (
            'public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass,
            'consolidation.event_row'::regclass
        )
        and attname ~ '^(legacy_)?(of_run|ordinal|owned|next|number|details|tags|seen_at)$'
    $$,
    $$ values ('seen_at'::name) $$,
    'take_further_columns() takes what can be carried and leaves the rest'
);

select * from finish();
rollback;
