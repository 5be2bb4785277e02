-- Findings about access: who may do what with the old tables.

begin;
select plan(25);

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
create role bystander;
create role "OddOne";
create table public.node (node_id uuid primary key);

select is_empty(format('select from consolidation.%I', n.name), format('%s: nothing', n.name))
from unnest(
    array[
        'finding_column_privilege', 'finding_write_only_privilege', 'finding_view_privilege',
        'finding_policy', 'finding_row_level_security'
    ]
) as n (name);

select is(pg_temp.finds(v.finding_view, v.planted), v.finding, v.description)
from (
    values
    (
        'finding_column_privilege',
        'grant select (status) on legacy.workflow_trace to bystander',
        'refuse | column privilege | select (status) on workflow_trace to bystander | the role '
        'would '
        'need to read every column behind the view, in the documents too | Grant select on the '
        'whole table, give the role a view of its own, or accept it.',
        'a role that may read one column'
    ),
    (
        'finding_column_privilege',
        'grant update (status), insert (tier) on legacy.workflow_trace to bystander;
        grant select on legacy.workflow_trace to bystander',
        null, 'a role that may write one column and read all'
    ),
    (
        'finding_write_only_privilege',
        'grant update, delete on legacy.workflow_events to "OddOne"',
        'refuse | write-only privilege | DELETE, UPDATE on workflow_events to OddOne | the role '
        'could not write through the view without reading the documents | grant select on '
        'workflow_events to "OddOne", or accept it: the role is then locked out',
        'a role that may write what it cannot read'
    ),
    (
        'finding_write_only_privilege',
        'grant update, delete on legacy.workflow_steps to bystander;
        grant insert on legacy.workflow_trace to bystander;
        grant select, update on legacy.workflow_events to "OddOne"',
        null, 'a role that may write through a plain view, or read as well'
    ),
    (
        'finding_write_only_privilege',
        'grant insert (trace_id, event_type, event_data) on legacy.workflow_events to bystander;
        grant insert on legacy.workflow_steps to bystander',
        'refuse | write-only privilege | INSERT on workflow_events to bystander | the role could '
        'not write through the view without reading the documents | grant select on '
        'workflow_events to bystander, or accept it: the role is then locked out
refuse | write-only privilege | INSERT on workflow_steps to bystander | the role could '
        'not write through the view without reading the documents | grant select on '
        'workflow_steps to bystander, or accept it: the role is then locked out',
        'a role that may insert what it cannot read'
    ),
    (
        'finding_write_only_privilege',
        'grant select on all tables in schema legacy to bystander;
        grant pg_write_all_data to bystander',
        null, 'a role that may write all data and read the old tables'
    ),
    (
        'finding_write_only_privilege',
        'grant select on legacy.workflow_events to "OddOne"; grant "OddOne" to bystander;
        grant insert on legacy.workflow_events to bystander',
        null, 'a role that may read as a member of another'
    ),
    (
        'finding_row_level_security',
        'do $do$
        declare old_table regclass;
        begin
            for old_table in select o.oid from consolidation.old_relation as o loop
                execute format(''alter table %s enable row level security'', old_table);
                execute format(''create policy r on %s to bystander using (true)'', old_table);
            end loop;
        end $do$',
        'notice | row level security | role bystander | saw all organisations and goes on doing so '
        'while it names none in app.current_org_id | To isolate it: alter policy '
        'user_workflow_run_unscoped on user_workflow_run to ... (without bystander); alter policy '
        'user_workflow_run_step_unscoped on user_workflow_run_step to ... (without bystander)',
        'a policy that shows a role everything in all six'
    ),
    (
        'finding_row_level_security',
        'alter table legacy.workflow_events enable row level security;
        create policy everything on legacy.workflow_events to bystander using (true)',
        'notice | row level security | role bystander | saw all organisations and goes on doing so '
        'while it names none in app.current_org_id | To isolate it: alter policy '
        'user_workflow_run_unscoped on user_workflow_run to ... (without bystander); alter policy '
        'user_workflow_run_step_unscoped on user_workflow_run_step to ... (without bystander)
refuse | row level security | workflow_events | is enabled here and not on the other old '
        'tables: the documents know one rule | Enable it on all six, or on none.',
        'a policy that shows a role everything, in one'
    ),
    (
        'finding_view_privilege',
        'create view public.running as select t.trace_id from public.workflow_trace as t;
        create view public.of_running as select r.trace_id from public.running as r;
        create view legacy.of_old as select t.trace_id from legacy.workflow_trace as t;
        grant select on legacy.of_old to public',
        'refuse | view privilege | legacy.of_old to public | the role may not read workflow_trace '
        'itself, which the view would ask for | grant select on workflow_trace to public, or '
        'accept '
        'it: the role is then locked out',
        'everybody may use a view and not the table'
    ),
    (
        'finding_view_privilege',
        'create view public.of_old as select t.trace_id from legacy.workflow_trace as t;
        create view public.nested as select o.trace_id from public.of_old as o;
        grant select on public.nested to bystander',
        'refuse | view privilege | public.nested to bystander | the role may not read '
        'workflow_trace '
        'itself, which the view would ask for | grant select on workflow_trace to bystander, or '
        'accept it: the role is then locked out',
        'a role may use a view of a view'
    ),
    (
        'finding_view_privilege',
        'create view public.of_old as select t.trace_id from legacy.workflow_trace as t;
        create view public.of_caller with (security_invoker = true)
        as select t.trace_id from legacy.workflow_trace as t;
        create view consolidation.ours as select t.trace_id from legacy.workflow_trace as t;
        grant select on public.of_caller, consolidation.ours to "OddOne";
        grant select on public.of_old, legacy.workflow_trace to bystander',
        null, 'a role that may read the table, a view of the caller''s rights, and ours'
    ),
    (
        'finding_policy',
        'create policy node_isolation on public.node
        using (node_id in (select s.node_id from legacy.workflow_steps as s))',
        'refuse | policy | node_isolation on public.node | reads an old table, and would go on '
        'doing '
        'so | drop policy node_isolation on public.node; create it again after the deploy',
        'a policy that reads an old table'
    ),
    (
        'finding_policy',
        'create policy of_steps on legacy.workflow_events
        using (step_id in (select s.step_id from legacy.workflow_steps as s));
        create policy of_nodes on public.node using (true)',
        null, 'a policy of an old table, and one that reads none'
    ),
    (
        'finding_row_level_security',
        'create policy own_rows on legacy.workflow_trace using (created_by is not null);
        alter table legacy.workflow_trace enable row level security',
        'refuse | row level security | own_rows on workflow_trace | is replaced by isolation per '
        'app.current_org_id, which it does not mention | Check that nobody sees more afterwards, '
        'then accept it.
refuse | row level security | workflow_trace | is enabled here and not on the other old tables: '
        'the documents know one rule | Enable it on all six, or on none.',
        'row level security on one table, by another rule'
    ),
    (
        'finding_row_level_security',
        'create policy own_rows on public.user_workflow_config using (created_by is not null);
        create policy resting on legacy.workflow_trace using (created_by is not null)',
        null, 'policies that are not in force, or of other tables'
    ),
    (
        'finding_row_level_security',
        'do $do$
        declare old_table regclass;
        begin
            for old_table in select o.oid from consolidation.old_relation as o loop
                execute format(''alter table %s enable row level security'', old_table);
                execute format(
                    ''create policy own on %s
                    using (current_setting(''''app.current_org_id'''') is not null)'', old_table
                );
            end loop;
        end $do$',
        null, 'row level security on all six, by the rule of the documents'
    ),
    (
        'finding_row_level_security',
        'grant select on legacy.workflow_trace to bystander',
        'notice | row level security | role bystander | saw all organisations and goes on doing so '
        'while it names none in app.current_org_id | To isolate it: alter policy '
        'user_workflow_run_unscoped on user_workflow_run to ... (without bystander); alter policy '
        'user_workflow_run_step_unscoped on user_workflow_run_step to ... (without bystander)',
        'a role that saw all organisations'
    )
) as v (finding_view, planted, finding, description);

-- Before the cut-over the views that wait have no triggers that a role could have rights on.
select consolidation.swap_to_tables();
select is(
    pg_temp.finds(
        'finding_view_privilege',
        'create view public.running as select t.trace_id from public.workflow_trace as t;
        grant select on public.running to bystander'
    ),
    'refuse | view privilege | public.running to bystander | the role may not read workflow_trace '
    'itself, which the view would ask for | grant select on workflow_trace to bystander, or accept '
    'it: the role is then locked out',
    'the tables are found before the cut-over as well'
);
select is_empty(
    $$
    select from consolidation.preflight as p where p.severity = 'refuse'
    $$,
    'nothing that hangs on the tables of the baseline is refused before the cut-over'
);

select * from finish();
rollback;
