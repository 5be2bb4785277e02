-- Findings about what depends on the tables: views, rules, functions, triggers, publications.

begin;
select plan(33);

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
        'finding_view', 'finding_default', 'finding_function', 'finding_materialized_view',
        'finding_rule', 'finding_row_type', 'finding_trigger', 'finding_publication'
    ]
) as n (name);

select is(pg_temp.finds(v.finding_view, v.planted), v.finding, v.description)
from (
    values
    (
        'finding_default',
        $$
        create table public.numbered (
            id bigint default nextval('public.workflow_events_event_id_seq')
        )
        $$,
        'notice | default | id of public.numbered | takes its numbers from the sequence of the '
        'same name again',
        'a default of another table that takes the numbers'
    ),
    (
        'finding_view',
        'create view public.running_trace as
        select t.trace_id from public.workflow_trace as t where t.status = ''running''',
        'notice | view | public.running_trace | bound to the new name again',
        'a view follows the name'
    ),
    (
        'finding_view',
        'create view consolidation.ours as select t.trace_id from public.workflow_trace as t',
        null, 'a view of this project does not'
    ),
    (
        'finding_function',
        'create function public.count_steps() returns bigint language sql
        begin atomic select count(*) from public.workflow_steps; end',
        'notice | function | public.count_steps() | bound to the new name again',
        'a SQL-standard function follows the name'
    ),
    (
        'finding_function',
        'create function consolidation.count_steps() returns bigint language sql
        begin atomic select count(*) from public.workflow_steps; end',
        null, 'a function of this project does not'
    ),
    (
        'finding_function',
        'create function public.upsert_context() returns void language sql as
        ''insert into workflow_trace_context (trace_id, key, value) values (1, ''''a'''', ''''1'''')
        on conflict (trace_id, key) do nothing''',
        'refuse | function | public.upsert_context() | its source says "on conflict", '
        '"truncate" or '
        '"merge" on a name that becomes a view | Rewrite the statement (docs/old-names.md), or '
        'accept it.',
        'on conflict on a name whose rows are elements'
    ),
    (
        'finding_function',
        'create function public.empty_events() returns void language plpgsql as
        ''begin TRUNCATE TABLE public.workflow_events; end''',
        'refuse | function | public.empty_events() | its source says "on conflict", "truncate" or '
        '"merge" on a name that becomes a view | Rewrite the statement (docs/old-names.md), or '
        'accept it.',
        'truncate'
    ),
    (
        'finding_function',
        'create function public.harmless() returns void language plpgsql as ''begin
            insert into workflow_trace (trace_id) values (1) on conflict (trace_id) do nothing;
            insert into workflow_events_archive (trace_id) values (1) on conflict do nothing;
        end''',
        null, 'on conflict on workflow_trace, which goes on working, and on another name'
    ),
    (
        'finding_function',
        'create function public.merge_trace() returns void language plpgsql as ''begin
            merge into public.workflow_trace as t
            using (values (1)) as v (id) on t.trace_id = v.id
            when matched then delete;
        end''',
        case
            when current_setting('server_version_num')::integer < 170000
                then 'refuse | function | public.merge_trace() | its source says "on conflict", '
                '"truncate" or "merge" on a name that becomes a view | Rewrite the statement '
                '(docs/old-names.md), or accept it.'
        end,
        'merge, before PostgreSQL 17, from which on it works'
    ),
    (
        'finding_materialized_view',
        'create materialized view public.event_count as
        select count(*) from legacy.workflow_events as e',
        'refuse | materialized view | public.event_count | would go on reading the old table, '
        'which '
        'nobody writes to any more | Drop it before the deploy, create it again after: CREATE RULE '
        '"_RETURN" AS
    ON SELECT TO public.event_count DO INSTEAD  SELECT count(*) AS count
   FROM legacy.workflow_events e;',
        'a materialized view'
    ),
    (
        'finding_materialized_view',
        'create view public.event_count as select e.trace_id from legacy.workflow_events as e',
        null, 'a plain view is no materialized one'
    ),
    (
        'finding_rule',
        'create rule no_update as on update to legacy.workflow_events do instead nothing',
        'refuse | rule | legacy.workflow_events | would go on reading the old table, which nobody '
        'writes to any more | Drop it before the deploy, create it again after: CREATE RULE '
        'no_update AS
    ON UPDATE TO legacy.workflow_events DO INSTEAD NOTHING;',
        'a rule on an old table'
    ),
    (
        'finding_rule',
        'create rule no_update as on update to public.user_workflow_run do instead nothing;
        create view public.event_count as select e.trace_id from legacy.workflow_events as e',
        null, 'a rule on another table, and the rule of a view'
    ),
    (
        'finding_row_type',
        'create function public.last_trace() returns legacy.workflow_trace
        language sql return null::legacy.workflow_trace',
        'refuse | row type | function public.last_trace() | uses the row type of workflow_trace, '
        'which moves to the schema legacy | Use the columns, or "returns table (...)", instead '
        'of the '
        'row type.',
        'a function that returns rows of an old table'
    ),
    (
        'finding_row_type',
        'create table public.copies (run legacy.workflow_steps)',
        'refuse | row type | column run of table public.copies | uses the row type of '
        'workflow_steps, which moves to the schema legacy | Use the columns, or "returns table '
        '(...)", '
        'instead of the row type.',
        'a column of such rows'
    ),
    (
        'finding_row_type',
        'create function consolidation.last_trace() returns legacy.workflow_trace
        language sql return null::legacy.workflow_trace;
        create view consolidation.ours as select s from legacy.workflow_steps as s;
        create table consolidation.copies (run legacy.workflow_steps)',
        null, 'what this project has in its schema'
    ),
    (
        'finding_trigger',
        'create trigger count_event before insert on legacy.workflow_events
        for each row execute function public.count_event()',
        'refuse | trigger | count_event on workflow_events | would stop firing: the table is not '
        'written to any more | Move it to the documents, drop it (drop trigger count_event on '
        'workflow_events), or accept it.',
        'a trigger'
    ),
    (
        'finding_trigger',
        'create trigger count_event before insert on legacy.workflow_events
        for each row execute function public.count_event();
        alter table legacy.workflow_events disable trigger count_event',
        null, 'a trigger that does not fire'
    ),
    (
        'finding_trigger',
        'create trigger capture after insert on legacy.workflow_events
        for each statement execute function consolidation.capture_old()',
        null, 'a trigger of this project'
    ),
    (
        'finding_publication',
        'create publication everything_public for tables in schema public',
        'notice | publication | everything_public | publishes what is in its schemas: the '
        'documents '
        'from now on, the old tables no more | Create the new tables on the subscribers first.',
        'a publication of a schema'
    ),
    (
        'finding_publication',
        'create publication all_of_it for all tables',
        'notice | publication | all_of_it | publishes what is in its schemas: the documents '
        'from now on, the old tables no more | Create the new tables on the subscribers first.',
        'a publication of everything'
    ),
    (
        'finding_publication',
        'create publication after_the_cut_over for table legacy.workflow_events',
        null, 'a publication of an old table, once that is decided'
    )
) as v (finding_view, planted, finding, description);

-- Before the cut-over -----------------------------------------------------------------------------

select consolidation.swap_to_tables();
select is(pg_temp.finds(v.finding_view, v.planted), v.finding, v.description)
from (
    values
    (
        'finding_publication',
        'create publication events for table public.workflow_events',
        'refuse | publication | events of workflow_events | subscribers would receive no more '
        'changes of it | Publish user_workflow_run and user_workflow_run_step, then accept it.',
        'a publication of an old table'
    ),
    (
        'finding_view',
        'create view public.of_each as
        select t.* from public.workflow_trace as t group by t.trace_id',
        'refuse | view | public.of_each | cannot be bound to the new name: column '
        '"t.batch_job_item_id" must appear in the GROUP BY clause or be used in an aggregate '
        'function | Rewrite the view, or drop it before the deploy.',
        'a view that works on a table only'
    ),
    (
        'finding_function',
        'create function public.of_each() returns setof bigint language sql
        begin atomic
        select t.trace_id from public.workflow_trace as t group by t.trace_id order by t.tier;
        end',
        'refuse | function | public.of_each() | cannot be bound to the new name: column "t.tier" '
        'must appear in the GROUP BY clause or be used in an aggregate function | Rewrite the '
        'function, or drop it before the deploy.',
        'a function that works on a table only'
    )
) as v (finding_view, planted, finding, description);

select * from finish();
rollback;
