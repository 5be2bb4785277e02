-- Findings of the way back: what depends on the new state of the old names.

begin;
select plan(19);

-- Each thing is planted, looked at through one view, and undone by a subtransaction.
create function pg_temp.finds(finding_view text, planted text)
returns text
language plpgsql
as $$
declare
    before text [];
    listed text;
    wanted constant text := format(
        'select array_agg(concat_ws('' | '', f.severity, f.kind, f.object, f.consequence, f.remedy)
        order by f.kind, f.object, f.severity) from consolidation.%I as f', finding_view
    );
    after text [];
begin
    execute wanted into before;
    begin
        execute planted;
        execute wanted into after;
        raise exception using errcode = 'ZZ999';
    exception when sqlstate 'ZZ999' then
        select string_agg(u.finding, e'\n' order by u.place)
        into listed
        from unnest(after) with ordinality as u (finding, place)
        where u.finding <> all (coalesce(before, '{}'));
        return listed;
    end;
end;
$$;
create function public.count_event()
returns trigger
language plpgsql
as $$ begin return new; end; $$;

select is_empty(format('select from consolidation.%I', n.name), format('%s: nothing', n.name))
from unnest(
    array[
        'obstacle_bound', 'obstacle_dependent', 'obstacle_document', 'obstacle_key',
        'obstacle_sequence'
    ]
) as n (name);
select is(
    (select array_agg(n.relname::text order by n.relname) from consolidation.new_relation as n),
    (
        select array_agg(u.name order by u.name)
        from unnest(
            consolidation.six_tables() || array[
                'micro_state', 'user_workflow_run', 'user_workflow_run_step', 'workflow_configs'
            ]
        ) as u (name)
    ),
    'the old names and the documents are looked at'
);

select is(pg_temp.finds(v.finding_view, v.planted), v.finding, v.description)
from (
    values
    (
        'obstacle_bound',
        'create view public.web as select t.trace_id from public.workflow_trace as t',
        'notice | view on the way back | public.web | bound to the table again',
        'a view that works on the table as well'
    ),
    (
        'obstacle_bound',
        $$
        create table public.numbered (
            id bigint default nextval('public.workflow_events_event_id_seq')
        )
        $$,
        'notice | default on the way back | id of public.numbered | bound to the table again',
        'a default that takes the numbers'
    ),
    (
        'obstacle_dependent',
        'create view public.active as select c.org_id from public.workflow_configs as c',
        'refuse | made on an old name | view public.active | the view workflow_configs goes when '
        'its table has the name again | drop view public.active, and create it again after the '
        'revert',
        'a view on a name that a table is renamed to'
    ),
    (
        'obstacle_dependent',
        'create materialized view public.types as
        select e.event_type from public.workflow_events as e',
        'refuse | made on an old name | materialized view public.types | would stay with the view '
        'that had the name workflow_events | drop materialized view public.types, and create it '
        'again after the revert',
        'a materialized view'
    ),
    (
        'obstacle_dependent',
        'create table public.kept (step public.workflow_steps)',
        'refuse | made on an old name | column step of table public.kept | would stay with the '
        'view that had the name workflow_steps | alter table public.kept drop column step, and '
        'create it again after the revert',
        'a column of the row type'
    ),
    (
        'obstacle_dependent',
        'create view public.web as select t.trace_id from public.workflow_trace as t', null,
        'a view that follows the name is none'
    ),
    (
        'obstacle_document',
        'create trigger noted after insert on public.user_workflow_run
        for each row execute function public.count_event()',
        'refuse | made on the documents | trigger noted on table public.user_workflow_run | would '
        'fire when documents are built again, not when applications write | drop trigger noted on '
        'public.user_workflow_run',
        'a trigger of the documents'
    ),
    (
        'obstacle_document',
        'create policy web on public.user_workflow_run_step as restrictive using (true)',
        'refuse | made on the documents | policy web on table public.user_workflow_run_step | '
        'holds for no old table | drop policy web on public.user_workflow_run_step',
        'a policy of the documents'
    ),
    (
        'obstacle_document',
        'create publication steps for table public.user_workflow_run_step',
        'refuse | made on the documents | publication of table public.user_workflow_run_step in '
        'publication steps | subscribers would receive what is carried over, not what applications '
        'write | alter publication steps drop table public.user_workflow_run_step',
        'a publication of the documents'
    ),
    (
        'obstacle_sequence',
        $$
        create materialized view public.numbers
        as select s.last_value from public.workflow_events_event_id_seq as s
        $$,
        'refuse | uses a sequence | materialized view public.numbers | the sequence '
        'workflow_events_event_id_seq of the documents goes | drop materialized view '
        'public.numbers, and create it again after the revert',
        'a user of a sequence that cannot be bound to another'
    )
) as v (finding_view, planted, finding, description);

select matches(
    consolidation.trial('view', 'select t.nothing from public.workflow_trace as t', 'legacy'),
    'nothing', 'a view that cannot be bound to the table says why'
);
create function public.seen() returns bigint language sql
begin atomic
select count(s.step_id) from public.workflow_steps as s;
end;
select is(
    (
        select consolidation.trial(b.kind, b.statement, 'legacy')
        from consolidation.rebinding() as b
        where b.object = 'public.seen()'
    ),
    null, 'a function that can is no failure'
);
select is(
    pg_get_functiondef('public.seen'::regproc) ~ 'legacy', false,
    'the trial left the function as it was'
);

select * from finish();
rollback;
