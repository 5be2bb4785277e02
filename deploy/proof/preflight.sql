-- Deploy workflow_consolidation:proof/preflight to pg
--
-- Why:    in real databases more than columns depends on these tables. The preflight lists every
--         object that depends on them, with the effect of the cut-over on it, for the DBA to read
--         before deciding. If the cut-over cannot carry an object along, it refuses until somebody
--         accepts that.
-- Locks:  none.
-- Revert: drops view, procedure and table.

select consolidation.is_deployed('proof/preflight') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create table consolidation.accepted (
    kind text not null,
    object text not null,
    reason text not null,
    accepted_by text not null default session_user,
    accepted_at timestamptz not null default now(),
    constraint accepted_pkey primary key (kind, object)
);
comment on table consolidation.accepted is
'Findings of the preflight that somebody decided to live with: the cut-over goes on despite them';
comment on column consolidation.accepted.kind is 'As in the preflight';
comment on column consolidation.accepted.object is 'As in the preflight';
comment on column consolidation.accepted.reason is 'Why it does no harm here';
comment on column consolidation.accepted.accepted_by is 'Role that accepted it';
comment on column consolidation.accepted.accepted_at is 'When it was accepted';

create view consolidation.preflight
with (security_invoker = true) as
select
    case
        when
            f.severity = 'refuse'
            and a.kind is not null
            and f.kind not in ('row', 'name', 'size', 'column')
            then 'accepted'
        else f.severity
    end as severity,
    f.kind,
    f.object,
    f.consequence,
    f.remedy
from (
    select * from consolidation.finding_foreign_key
    union all
    select * from consolidation.finding_sequence
    union all
    select * from consolidation.finding_index
    union all
    select * from consolidation.finding_column_type
    union all
    select * from consolidation.finding_inheritance
    union all
    select * from consolidation.finding_table_kind
    union all
    select * from consolidation.finding_statistics
    union all
    select * from consolidation.finding_view
    union all
    select * from consolidation.finding_default
    union all
    select * from consolidation.finding_function
    union all
    select * from consolidation.finding_materialized_view
    union all
    select * from consolidation.finding_rule
    union all
    select * from consolidation.finding_row_type
    union all
    select * from consolidation.finding_trigger
    union all
    select * from consolidation.finding_publication
    union all
    select * from consolidation.finding_column_privilege
    union all
    select * from consolidation.finding_write_only_privilege
    union all
    select * from consolidation.finding_view_privilege
    union all
    select * from consolidation.finding_policy
    union all
    select * from consolidation.finding_row_level_security
    union all
    select * from consolidation.finding_public
    union all
    select * from consolidation.finding_screenshot
    union all
    select * from consolidation.finding_workflow
    union all
    select * from consolidation.finding_constraint
    union all
    select * from consolidation.finding_unique_index
    union all
    select * from consolidation.finding_key_behaviour
    union all
    select * from consolidation.finding_narrow_column
    union all
    select * from consolidation.finding_not_null
    union all
    select * from consolidation.finding_row
    union all
    select * from consolidation.finding_name
    union all
    select * from consolidation.finding_column
    union all
    select * from consolidation.finding_size
    union all
    select * from consolidation.finding_no_policy
    union all
    select * from consolidation.finding_owner_view
) as f
left join consolidation.accepted as a on a.kind = f.kind and a.object = f.object;
comment on view consolidation.preflight is
'All findings: everything to know before deciding. severity is "refuse" (the cut-over refuses until
it is remedied or written into consolidation.accepted), "accepted", or "notice"';

do $$
declare
    statement text;
begin
    for statement in
        select format('comment on column %s.%I is %L', c.oid::regclass, v.name, v.description)
        from pg_class as c
        cross join (
            values
            ('severity', 'refuse, accepted or notice'),
            ('kind', 'Kind of object'),
            ('object', 'Its name'),
            ('consequence', 'What becomes of it'),
            ('remedy', 'What to do, a statement where there is one')
        ) as v (name, description)
        where
            c.relnamespace = 'consolidation'::regnamespace
            and c.relkind = 'v'
            and (c.relname = 'preflight' or c.relname like 'finding\_%')
    loop
        execute statement;
    end loop;
end
$$;

create procedure consolidation.refuse_findings()
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
    from consolidation.preflight as p
    where p.severity = 'refuse';
    if found_count > 0 then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format(
                'the preflight has %s findings; nothing was changed:%s', found_count, findings
            ),
            hint = 'select * from consolidation.preflight; remedy each, or accept it: insert into '
            'consolidation.accepted (kind, object, reason) values (...)';
    end if;
end;
$$;
comment on procedure consolidation.refuse_findings() is
'Raises 55000 with every finding of the preflight that is neither remedied nor accepted';

call consolidation.note_deployed('proof/preflight');

commit;
