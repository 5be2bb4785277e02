-- Deploy workflow_consolidation:proof/preflight_back to pg
--
-- Why:    a revert begins with a check. One list names everything that would stop it, or that it
--         could not keep, before anything is changed. A DBA can read the list at any time.
-- Locks:  none. When read, share row exclusive on tables that a remembered key refers to, for a
--         moment, if it gets them within 100 ms.
-- Revert: drops view, procedure and function.

select consolidation.is_deployed('proof/preflight_back') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.trial_of_remembered(entry_ordinal bigint)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    entry record;
begin
    select
        l.relation,
        l.statement,
        c.oid is not null as is_there,
        l.statement ~ '^alter table <relation> enable ' as enables
    into strict entry
    from consolidation.cut_over_log as l
    left join pg_class as c on c.oid = l.relation
    where l.ordinal = entry_ordinal;
    if not entry.is_there then
        return 'its table was dropped';
    end if;
    if entry.enables then
        return case
            when not exists (
                select from pg_trigger as g
                where
                    g.tgrelid = entry.relation
                    and entry.statement like '% trigger ' || quote_ident(g.tgname)
            ) then 'there is no such trigger'
        end;
    end if;
    -- The trial uses a copy. It is no temporary one: no key of such a table could refer to another.
    perform set_config('lock_timeout', '100ms', true);
    execute format('create table consolidation.trial_copy (like %s)', entry.relation);
    execute replace(entry.statement, '<relation>', 'consolidation.trial_copy');
    raise exception using errcode = 'ZZ999', message = 'it works, and is undone';
exception
    when sqlstate 'ZZ999' or lock_not_available or read_only_sql_transaction then
        return null;
    when others then
        return sqlerrm;
end;
$$;
comment on function consolidation.trial_of_remembered(bigint) is
'Tries on a copy whether a statement of the log can still be executed. Returns the error, or null;
changes nothing. Null as well where a lock cannot be had at once';

create view consolidation.obstacle_remembered
with (security_invoker = true) as
select
    'refuse' as severity,
    'remembered' as kind,
    replace(
        l.statement, '<relation>',
        coalesce(consolidation.qualified_name(c.oid), 'dropped table ' || l.relation::oid)
    ) as object,
    'cannot be executed by the revert: ' || t.failure as consequence,
    format(
        'Give back what it names its name, or go without: '
        'delete from consolidation.cut_over_log where ordinal = %s', l.ordinal
    ) as remedy
from consolidation.cut_over_log as l
left join pg_class as c on c.oid = l.relation
cross join lateral (select consolidation.trial_of_remembered(l.ordinal) as failure) as t
where l.stage = 'after' and t.failure is not null and consolidation.phase() = 'cut over';
comment on view consolidation.obstacle_remembered is
'Statements that the cut-over left for the revert and that can no longer be executed: a table,
column, trigger or role that they name was dropped or renamed';

create view consolidation.preflight_back
with (security_invoker = true) as
select
    case
        when f.severity = 'refuse' and a.kind is not null then 'accepted' else f.severity
    end as severity,
    f.kind,
    f.object,
    f.consequence,
    f.remedy
from (
    select * from consolidation.obstacle_bound
    union all
    select * from consolidation.obstacle_dependent
    union all
    select * from consolidation.obstacle_document
    union all
    select * from consolidation.obstacle_key
    union all
    select * from consolidation.obstacle_sequence
    union all
    select * from consolidation.obstacle_remembered
) as f
left join consolidation.accepted as a on a.kind = f.kind and a.object = f.object;
comment on view consolidation.preflight_back is
'Everything to know before a revert of the cut-over, at any time after it. severity is "refuse" (the
revert refuses until it is remedied or written into consolidation.accepted), "accepted" or
"notice"';

do $$
declare
    statement text;
begin
    for statement in
        select format('comment on column %s.%I is %L', c.oid::regclass, a.attname, v.description)
        from pg_class as c
        inner join pg_attribute as a on a.attrelid = c.oid
        inner join (
            values
            ('severity', 'refuse, accepted or notice'),
            ('kind', 'Kind of object'),
            ('object', 'Its name'),
            ('consequence', 'What becomes of it in a revert'),
            ('remedy', 'What to do, a statement where there is one'),
            ('oid', 'As in pg_class'),
            ('relname', 'As in pg_class'),
            ('reltype', 'As in pg_class'),
            ('relkind', 'As in pg_class')
        ) as v (name, description) on v.name = a.attname
        where
            c.relnamespace = 'consolidation'::regnamespace
            and (
                c.relname in ('preflight_back', 'new_relation')
                or c.relname like 'obstacle\_%'
            )
            and a.attnum > 0
    loop
        execute statement;
    end loop;
end
$$;

create procedure consolidation.refuse_findings_back()
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    findings text;
    found_count bigint;
begin
    select
        count(*),
        string_agg(
            format(E'\n%s %s: %s. %s', p.kind, p.object, p.consequence, p.remedy), ''
            order by p.kind, p.object
        )
    into found_count, findings
    from consolidation.preflight_back as p
    where p.severity = 'refuse';
    if found_count > 0 then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format(
                'the preflight of the way back has %s findings; nothing was changed:%s',
                found_count, findings
            ),
            hint = 'select * from consolidation.preflight_back; remedy each, or accept it: insert '
            'into consolidation.accepted (kind, object, reason) values (...)';
    end if;
end;
$$;
comment on procedure consolidation.refuse_findings_back() is
'Raises 55000 with every finding of preflight_back that is neither remedied nor accepted';

call consolidation.note_deployed('proof/preflight_back');

commit;
