-- Deploy workflow_consolidation:proof/finding_constraints to pg
--
-- Why:    these views find constraints on rows of the old tables that cannot hold on elements of
--         documents. Constraints on runs and steps are made on the documents.
-- Locks:  none.
-- Revert: drops the views.

select consolidation.is_deployed('proof/finding_constraints') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.finding_constraint
with (security_invoker = true) as
select
    'refuse' as severity,
    'constraint' as kind,
    format('%s on %s', k.conname, o.relname) as object,
    case
        when k.convalidated then 'will not hold: elements of documents have no constraints'
        else 'is not valid: it would refuse changes of documents that it does not hold for'
    end as consequence,
    format(
        'alter table %s %s constraint %I',
        consolidation.qualified_name(o.oid),
        case when k.convalidated then 'drop' else 'validate' end,
        k.conname
    ) as remedy
from pg_constraint as k
inner join consolidation.old_relation as o on o.oid = k.conrelid
where
    k.contype in ('c', 'u', 'x')
    and (
        not k.convalidated
        or o.relname not in (select p.old_table from consolidation.plain_column() as p)
    )
    -- A JSON object has each key once anyway.
    and not (
        o.relname = 'workflow_trace_context'
        and pg_get_constraintdef(k.oid) = 'UNIQUE (trace_id, key)'
    );
comment on view consolidation.finding_constraint is
'Constraints of the old tables that cannot hold on the documents';

create view consolidation.finding_unique_index
with (security_invoker = true) as
select
    'refuse' as severity,
    'unique index' as kind,
    format('%s on %s', c.relname, o.relname) as object,
    'will not hold: elements of documents have no constraints' as consequence,
    format('drop index concurrently %s', consolidation.qualified_name(c.oid)) as remedy
from pg_index as i
inner join pg_class as c on c.oid = i.indexrelid
inner join consolidation.old_relation as o on o.oid = i.indrelid
where
    i.indisunique
    and o.relname not in (select p.old_table from consolidation.plain_column() as p)
    and not exists (select from pg_constraint as k where k.conindid = i.indexrelid);
comment on view consolidation.finding_unique_index is
'Unique indexes of old tables that cannot hold on elements of documents';

create view consolidation.finding_key_behaviour
with (security_invoker = true) as
select
    'refuse' as severity,
    'key between old tables' as kind,
    format('%s on %s', k.conname, o.relname) as object,
    case
        when k.condeferrable
            then 'will be checked at once: what refers to a run or a step is in its document'
        else 'will cascade: with a run or a step its document is deleted'
    end as consequence,
    'Accept it if no application relies on that.' as remedy
from pg_constraint as k
inner join consolidation.old_relation as o on o.oid = k.conrelid
where
    k.contype = 'f'
    and k.confrelid in (select r.oid from consolidation.old_relation as r)
    and (k.condeferrable or k.confdeltype <> 'c')
    -- A screenshot stays with the run.
    and not (o.relname = 'workflow_trace_screenshot' and k.confdeltype = 'n');
comment on view consolidation.finding_key_behaviour is
'Foreign keys between the old tables that can be deferred, or that do not cascade';

create view consolidation.finding_narrow_column
with (security_invoker = true) as
select
    'refuse' as severity,
    'narrow column' as kind,
    format('%s.%s is %s', o.relname, a.attname, format_type(a.atttypid, a.atttypmod)) as object,
    format(
        'the document takes %s: a value that does not fit is refused by a revert, not when it is '
        'written', format_type(v.atttypid, v.atttypmod)
    ) as consequence,
    format(
        'alter table %s alter column %I type %s',
        consolidation.qualified_name(o.oid), a.attname, format_type(v.atttypid, v.atttypmod)
    ) as remedy
from consolidation.old_relation as o
inner join pg_attribute as a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
inner join pg_attribute as v
    on v.attrelid = consolidation.old_name(o.relname) and v.attname = a.attname
where
    o.relname not in (select p.old_table from consolidation.plain_column() as p)
    and a.attname not in ('trace_id', 'step_id', 'event_id', 'context_id', 'endpoint_id')
    and (
        (a.atttypmod <> -1 and (v.atttypmod = -1 or a.atttypmod < v.atttypmod))
        or (a.attlen > 0 and a.attlen < v.attlen)
    );
comment on view consolidation.finding_narrow_column is
'Columns of old tables that hold less than the elements of documents';

create view consolidation.finding_not_null
with (security_invoker = true) as
select
    'refuse' as severity,
    'not null' as kind,
    format('%s.%s', o.relname, a.attname) as object,
    'will not hold: an element of a document may leave it out' as consequence,
    format(
        'alter table %s alter column %I drop not null',
        consolidation.qualified_name(o.oid), a.attname
    ) as remedy
from consolidation.old_relation as o
inner join pg_attribute as a on a.attrelid = o.oid and a.attnotnull
where
    o.relname not in (select p.old_table from consolidation.plain_column() as p)
    and (
        a.attname in (
            'step_id', 'thumbnail_url', 'element_selector', 'element_found', 'confidence_score',
            'updated_at'
        )
        or exists (
            select from consolidation.finding_column as f
            where f.object = format('%s.%s', o.relname, a.attname) and f.kind = 'further column'
        )
    );
comment on view consolidation.finding_not_null is
'Columns of old tables that hold no nulls, while an element may leave them out';

call consolidation.note_deployed('proof/finding_constraints');

commit;
