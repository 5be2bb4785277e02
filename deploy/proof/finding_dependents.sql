-- Deploy workflow_consolidation:proof/finding_dependents to pg
--
-- Why:    these views find objects that depend on the old tables, one view for each kind of
--         finding: views, rules, functions, triggers, publications. An object that cannot be
--         carried along is not cut off silently.
-- Locks:  none.
-- Revert: drops the views.

select consolidation.is_deployed('proof/finding_dependents') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.finding_view
with (security_invoker = true) as
select
    case when t.failure is null then 'notice' else 'refuse' end as severity,
    'view' as kind,
    b.object,
    coalesce(
        'cannot be bound to the new name: ' || t.failure, 'bound to the new name again'
    ) as consequence,
    case
        when t.failure is not null then 'Rewrite the view, or drop it before the deploy.'
    end as remedy
from consolidation.rebinding() as b
cross join lateral (
    select
        case
            when consolidation.phase() = 'expand' then consolidation.trial(b.kind, b.trial)
        end as failure
) as t
where b.kind = 'view';
comment on view consolidation.finding_view is
'Views on the old tables. The swap binds them to the relations that have the names after it. Before
the cut-over each is tried, which changes nothing';

create view consolidation.finding_default
with (security_invoker = true) as
select
    'notice' as severity,
    'default' as kind,
    b.object,
    'takes its numbers from the sequence of the same name again' as consequence,
    null::text as remedy
from consolidation.rebinding() as b
where b.kind = 'default';
comment on view consolidation.finding_default is
'Defaults of other tables that take numbers from the sequences of the old ids';

create view consolidation.finding_function
with (security_invoker = true) as
select
    case when t.failure is null then 'notice' else 'refuse' end as severity,
    'function' as kind,
    b.object,
    coalesce(
        'cannot be bound to the new name: ' || t.failure, 'bound to the new name again'
    ) as consequence,
    case
        when t.failure is not null then 'Rewrite the function, or drop it before the deploy.'
    end as remedy
from consolidation.rebinding() as b
cross join lateral (
    select
        case
            when consolidation.phase() = 'expand' then consolidation.trial(b.kind, b.statement)
        end as failure
) as t
where b.kind = 'function'
union all
select
    'refuse',
    'function',
    consolidation.qualified_routine(p.oid),
    'its source says "on conflict", "truncate" or "merge" on a name that becomes a view',
    'Rewrite the statement (docs/old-names.md), or accept it.'
from pg_proc as p
inner join pg_language as l on l.oid = p.prolang
cross join (
    select
        string_agg(n.name, '|' order by n.name) as old_names,
        string_agg(n.name, '|' order by n.name)
        filter (where not consolidation.is_plain(consolidation.old_name(n.name))) as elements
    from unnest(consolidation.six_tables()) as n (name)
) as n
where
    l.lanname in ('plpgsql', 'sql')
    and p.pronamespace not in (
        'pg_catalog'::regnamespace, 'information_schema'::regnamespace,
        'consolidation'::regnamespace
    )
    and p.prosrc ~* (
        '(insert\s+into\s+(only\s+)?(\w+\.)?"?(' || n.elements
        || ')"?\M[^;]*on\s+conflict)'
        || '|(truncate\s+(table\s+)?(only\s+)?[^;]*\m(' || n.old_names || ')\M)'
        -- From PostgreSQL 17 on merge can write to a view.
        || case
            when current_setting('server_version_num')::integer < 170000
                then '|(merge\s+into\s+(only\s+)?(\w+\.)?"?(' || n.old_names || ')"?\M)'
            else ''
        end
    );
comment on view consolidation.finding_function is
'Functions that read an old name as SQL-standard bodies do: the swap binds them to the relation that
has the name after it, and each is tried before the cut-over. Also functions whose source has a
statement that no view allows';

create view consolidation.finding_materialized_view
with (security_invoker = true) as
select distinct
    'refuse' as severity,
    'materialized view' as kind,
    consolidation.qualified_name(c.oid) as object,
    'would go on reading the old table, which nobody writes to any more' as consequence,
    format(
        'Drop it before the deploy, create it again after: %s', consolidation.rule_definition(r.oid)
    ) as remedy
from consolidation.old_relation as o
inner join pg_depend as d on d.refclassid = 'pg_class'::regclass and d.refobjid = o.oid
inner join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
inner join pg_class as c on c.oid = r.ev_class
where c.relkind = 'm';
comment on view consolidation.finding_materialized_view is 'Materialized views on the old tables';

create view consolidation.finding_rule
with (security_invoker = true) as
select distinct
    'refuse' as severity,
    'rule' as kind,
    consolidation.qualified_name(c.oid) as object,
    'would go on reading the old table, which nobody writes to any more' as consequence,
    format(
        'Drop it before the deploy, create it again after: %s', consolidation.rule_definition(r.oid)
    ) as remedy
from consolidation.old_relation as o
inner join pg_depend as d on d.refclassid = 'pg_class'::regclass and d.refobjid = o.oid
inner join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
inner join pg_class as c on c.oid = r.ev_class
where c.relkind not in ('m', 'v') or c.oid = o.oid;
comment on view consolidation.finding_rule is
'Rewrite rules on the old tables, and on other tables if they read an old one';

create view consolidation.finding_row_type
with (security_invoker = true) as
select distinct
    'refuse' as severity,
    'row type' as kind,
    consolidation.description(d.classid, d.objid, d.objsubid) as object,
    format('uses the row type of %s, which moves to the schema legacy', o.relname) as consequence,
    'Use the columns, or "returns table (...)", instead of the row type.' as remedy
from consolidation.old_relation as o
inner join pg_type as t on t.oid = o.reltype
inner join pg_depend as d
    on
        d.refclassid = 'pg_type'::regclass
        and d.refobjid in (t.oid, t.typarray)
        and d.classid <> 'pg_type'::regclass
left join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
left join pg_class as c
    on c.oid in (r.ev_class, case when d.classid = 'pg_class'::regclass then d.objid end)
left join pg_proc as p on d.classid = 'pg_proc'::regclass and p.oid = d.objid
where
    c.oid is distinct from o.oid
    and coalesce(c.relnamespace, p.pronamespace) is distinct from 'consolidation'::regnamespace;
comment on view consolidation.finding_row_type is
'Functions, columns and views that use the row type of an old table';

create view consolidation.finding_trigger
with (security_invoker = true) as
select
    'refuse' as severity,
    'trigger' as kind,
    format('%s on %s', g.tgname, o.relname) as object,
    'would stop firing: the table is not written to any more' as consequence,
    format(
        'Move it to the documents, drop it (drop trigger %I on %s), or accept it.',
        g.tgname, o.relname
    ) as remedy
from consolidation.old_relation as o
inner join pg_trigger as g on g.tgrelid = o.oid
inner join pg_proc as p on p.oid = g.tgfoid
where
    not g.tgisinternal
    and g.tgenabled <> 'D'
    and p.pronamespace <> 'consolidation'::regnamespace;
comment on view consolidation.finding_trigger is
'Triggers of the old tables that fire, except those of this project';

create view consolidation.finding_publication
with (security_invoker = true) as
select
    'refuse' as severity,
    'publication' as kind,
    format('%s of %s', p.pubname, o.relname) as object,
    'subscribers would receive no more changes of it' as consequence,
    'Publish user_workflow_run and user_workflow_run_step, then accept it.' as remedy
from pg_publication_rel as r
inner join pg_publication as p on p.oid = r.prpubid
inner join consolidation.old_relation as o on o.oid = r.prrelid
where consolidation.phase() = 'expand'
union all
select
    'notice',
    'publication',
    p.pubname::text,
    'publishes what is in its schemas: the documents from now on, the old tables no more',
    'Create the new tables on the subscribers first.'
from pg_publication as p
where
    p.puballtables
    or exists (select from pg_publication_namespace as n where n.pnpubid = p.oid);
comment on view consolidation.finding_publication is
'Publications of old tables, and of whole schemas or the whole database';

call consolidation.note_deployed('proof/finding_dependents');

commit;
