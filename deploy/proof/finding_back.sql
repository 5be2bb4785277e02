-- Deploy workflow_consolidation:proof/finding_back to pg
--
-- Why:    the schema changes after the cut-over. A revert has to know which objects came to depend
--         on the new state of the old names, and which objects that it wants to put back are gone.
--         This is the preflight in the other direction, one view for each kind of finding.
-- Locks:  none. A trial of a view is made on a copy, and undone.
-- Revert: drops the views and functions.

select consolidation.is_deployed('proof/finding_back') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.new_relation
with (security_invoker = true) as
select
    c.oid,
    c.relname,
    c.reltype,
    c.relkind
from pg_class as c
where
    c.relnamespace = 'public'::regnamespace
    and (
        c.relname = any (consolidation.six_tables())
        or c.relname in (
            'workflow_configs', 'micro_state', 'user_workflow_run', 'user_workflow_run_step'
        )
    )
    and consolidation.phase() = 'cut over';
comment on view consolidation.new_relation is
'The views of the eight old names, and the two tables of documents, in pg_class; none unless the
database is cut over';

create function consolidation.drop_statement(class oid, object oid, part integer)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
return (
    select case
        when a.attname is null then format('drop %s %s', i.type, i.identity)
        else format('alter table %s drop column %I', a.attrelid::regclass, a.attname)
    end
    from pg_identify_object(
        drop_statement.class, drop_statement.object, drop_statement.part
    ) as i
    left join pg_attribute as a
        on
            drop_statement.class = 'pg_class'::regclass
            and a.attrelid = drop_statement.object
            and a.attnum = drop_statement.part
            and drop_statement.part > 0
);
comment on function consolidation.drop_statement(oid, oid, integer) is
'The statement that drops an object';

create view consolidation.obstacle_bound
with (security_invoker = true) as
select
    case when t.failure is null then 'notice' else 'refuse' end as severity,
    b.kind || ' on the way back' as kind,
    b.object,
    coalesce(
        'cannot be bound to the table again: ' || t.failure, 'bound to the table again'
    ) as consequence,
    case
        when t.failure is not null
            then format('drop %s %s, and create it again after the revert', b.kind, b.object)
    end as remedy
from consolidation.rebinding() as b
cross join lateral (
    select
        case
            when b.kind <> 'default'
                then consolidation.trial(b.kind, coalesce(b.trial, b.statement), 'legacy')
        end as failure
) as t
where consolidation.phase() = 'cut over';
comment on view consolidation.obstacle_bound is
'Views, functions and defaults that a revert binds to the relations that then have the old names.
Each is tried, which changes nothing';

create view consolidation.obstacle_dependent
with (security_invoker = true) as
select distinct
    'refuse' as severity,
    'made on an old name' as kind,
    consolidation.description(o.classid, o.objid, o.objsubid) as object,
    case
        when n.relname in ('workflow_configs', 'micro_state')
            then format('the view %s goes when its table has the name again', n.relname)
        else format('would stay with the view that had the name %s', n.relname)
    end as consequence,
    consolidation.drop_statement(o.classid, o.objid, o.objsubid)
    || ', and create it again after the revert' as remedy
from consolidation.new_relation as n
inner join pg_type as t on t.oid = n.reltype
inner join pg_depend as d
    on
        (d.refclassid = 'pg_class'::regclass and d.refobjid = n.oid)
        or (d.refclassid = 'pg_type'::regclass and d.refobjid in (t.oid, t.typarray))
left join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
left join pg_class as c on c.oid = r.ev_class
left join pg_proc as p on d.classid = 'pg_proc'::regclass and p.oid = d.objid
left join pg_trigger as g on d.classid = 'pg_trigger'::regclass and g.oid = d.objid
cross join lateral (
    select
        case when r.rulename = '_RETURN' then 'pg_class'::regclass else d.classid end as classid,
        case when r.rulename = '_RETURN' then r.ev_class else d.objid end as objid,
        case when r.rulename = '_RETURN' then 0 else d.objsubid end as objsubid
) as o
where
    n.relkind = 'v'
    and d.classid not in ('pg_type'::regclass, 'pg_attrdef'::regclass)
    and o.objid <> n.oid
    and c.relnamespace is distinct from 'consolidation'::regnamespace
    and p.pronamespace is distinct from 'consolidation'::regnamespace
    and not exists (
        select from pg_proc as f
        where f.oid = g.tgfoid and f.pronamespace = 'consolidation'::regnamespace
    )
    -- A revert binds the others, plain views and SQL-standard functions, to the table.
    and (
        n.relname in ('workflow_configs', 'micro_state')
        or coalesce(c.relkind <> 'v' or r.rulename <> '_RETURN', p.prosqlbody is null)
    );
comment on view consolidation.obstacle_dependent is
'Objects that were made on the views of the old names and cannot follow the names: materialized
views, rules, triggers, uses of their row types';

create view consolidation.obstacle_document
with (security_invoker = true) as
select
    'refuse' as severity,
    'made on the documents' as kind,
    consolidation.description(m.classid, m.objid, 0) as object,
    m.consequence,
    m.remedy
from consolidation.new_relation as n
cross join lateral (
    select
        'pg_trigger'::regclass as classid,
        g.oid as objid,
        'would fire when documents are built again, not when applications write' as consequence,
        consolidation.drop_statement('pg_trigger'::regclass, g.oid, 0) as remedy
    from pg_trigger as g
    inner join pg_proc as p on p.oid = g.tgfoid
    where
        g.tgrelid = n.oid
        and not g.tgisinternal
        and g.tgenabled <> 'D'
        and p.pronamespace <> 'consolidation'::regnamespace
        and p.oid not in (select o.id from consolidation.project_object as o)
    union all
    select
        'pg_policy'::regclass,
        p.oid,
        'holds for no old table',
        consolidation.drop_statement('pg_policy'::regclass, p.oid, 0)
    from pg_policy as p
    where p.polrelid = n.oid and not starts_with(p.polname, n.relname || '_')
    union all
    select
        'pg_publication_rel'::regclass,
        p.oid,
        'subscribers would receive what is carried over, not what applications write',
        format('alter publication %I drop table public.%I', u.pubname, n.relname)
    from pg_publication_rel as p
    inner join pg_publication as u on u.oid = p.prpubid
    where p.prrelid = n.oid
) as m
where n.relkind = 'r';
comment on view consolidation.obstacle_document is
'Triggers, policies and publications of the documents that the old tables will not have';

create view consolidation.obstacle_key
with (security_invoker = true) as
select
    'notice' as severity,
    f.kind || ' on the way back' as kind,
    f.object,
    case
        when f.arrive is null then 'stays with the documents: the old tables have no such column'
        else 'made again on the old table, then validated'
    end as consequence,
    case
        when f.arrive is null
            then replace(f.leave, '<relation>', consolidation.qualified_name(f.stands_on))
    end as remedy
from consolidation.foreign_key(to_documents => false) as f
where consolidation.phase() = 'cut over';
comment on view consolidation.obstacle_key is
'Foreign keys between the documents and other tables, and what a revert does with them';

create view consolidation.obstacle_sequence
with (security_invoker = true) as
select distinct
    'refuse' as severity,
    'uses a sequence' as kind,
    consolidation.description(o.classid, o.objid, d.objsubid) as object,
    format('the sequence %s of the documents goes', s.sequence_name) as consequence,
    consolidation.drop_statement(o.classid, o.objid, d.objsubid)
    || ', and create it again after the revert' as remedy
from consolidation.id_sequence as s
inner join pg_class as q on q.oid = to_regclass(format('public.%I', s.sequence_name))
inner join pg_depend as d on d.refclassid = 'pg_class'::regclass and d.refobjid = q.oid
left join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
left join pg_class as c on c.oid = r.ev_class
cross join lateral (
    select
        case when c.oid is null then d.classid else 'pg_class'::regclass end as classid,
        coalesce(c.oid, d.objid) as objid
) as o
where
    consolidation.phase() = 'cut over'
    -- A revert binds views, functions and defaults to its successor.
    and (
        d.classid in (
            'pg_constraint'::regclass, 'pg_policy'::regclass, 'pg_trigger'::regclass
        )
        or c.relkind <> 'v'
    );
comment on view consolidation.obstacle_sequence is
'Users of the sequences of the documents that cannot be bound to those of the old tables';

call consolidation.note_deployed('proof/finding_back');

commit;
