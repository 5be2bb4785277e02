-- The questions of script/assess, which executes the parts one after the other in one transaction:
-- settings, the views of verify/baseline.sql, questions, the deploy scripts, report.

-- Part: settings

\set ON_ERROR_STOP off
select
    coalesce(
        string_agg(format('%s = %s', s.name, s.setting), ', ' order by s.name), ''
    ) as settings
from pg_catalog.pg_settings as s
where s.source in ('database', 'user', 'database user')
\gset
begin;
set local transaction_isolation = 'read committed';
set local transaction_read_only = off;
set local client_min_messages = warning;
set local lock_timeout = '2s';
set local statement_timeout = 0;
set local standard_conforming_strings = on;
set local quote_all_identifiers = off;
set local datestyle = 'ISO, MDY';
set local jit = off;
set local search_path = pg_catalog, pg_temp;

-- An event trigger fires at statements of the deploy, and finds this search path.
create temporary table finding (
    severity text,
    kind text,
    object text,
    consequence text,
    remedy text
) on commit drop;
\if :ERROR
\set failure :LAST_ERROR_MESSAGE
rollback;
set search_path = pg_catalog, pg_temp;
select
    case
        when :'json' = 'true' then jsonb_pretty(
            jsonb_build_object(
                'database', current_database(),
                'refused', 1,
                'will_go_through', false,
                'findings', jsonb_build_array(
                    jsonb_build_object(
                        'severity', 'refuse',
                        'kind', 'event trigger',
                        'object', r.object,
                        'consequence', r.consequence,
                        'remedy', r.remedy
                    )
                )
            )
        )
        else concat_ws(
            e'\n',
            'Database ' || current_database() || '. Nothing was changed.',
            '',
            'Refused:',
            '  event trigger ' || r.object,
            '      ' || r.consequence,
            '      -> ' || r.remedy
        )
    end
from (
    select
        string_agg(e.evtname, ', ' order by e.evtname) as object,
        'every statement of the deploy that creates something would fail: ' || :'failure'
            as consequence,
        string_agg(
            format('alter function %s() set search_path = public;', e.evtfoid::pg_catalog.regproc),
            ' '
        ) || ' -- no lock; then ask again for the rest' as remedy
    from pg_catalog.pg_event_trigger as e
    inner join pg_catalog.pg_proc as p on p.oid = e.evtfoid
    where e.evtenabled <> 'D' and p.proconfig is null
) as r;
select 'refused 1';
\quit
\endif
\set ON_ERROR_STOP on

-- Part: questions

create temporary table deployed (change text) on commit drop;
select 'insert into pg_temp.deployed select d.change from consolidation.deployed_change as d'
where to_regclass('consolidation.deployed_change') is not null
\gexec

insert into pg_temp.finding
select
    'refuse',
    p.kind,
    p.object,
    p.consequence,
    p.remedy
from pg_temp.baseline_problem as p
-- Asked again after the deploy has begun, for example by verify, the old tables may have moved.
where not exists (select from pg_temp.deployed as d where d.change = 'carry_over');

insert into pg_temp.finding
select
    f.severity,
    'setting',
    format('%s = %s', s.name, s.setting),
    f.consequence,
    format('export PGOPTIONS=''-c %s=%s''', s.name, f.wanted)
from (
    values
    (
        'refuse', 'default_transaction_read_only', 'off', 'on',
        'Sqitch and its scripts could write nothing'
    ),
    (
        'refuse', 'idle_in_transaction_session_timeout', '0', '[1-9]',
        'Sqitch''s own transaction waits while a script runs, and would be ended'
    )
) as f (severity, name, wanted, bad, consequence)
inner join pg_settings as s on s.name = f.name and s.setting ~ f.bad;

insert into pg_temp.finding
select
    'refuse',
    'role',
    r.name,
    'is missing, and ' || current_user || ' may not create it',
    format(
        'create role %1$I nologin; grant %1$I to %2$I; -- by a role with createrole; no lock',
        r.name, current_user
    )
from (values ('workflow_app'), ('workflow_maintenance')) as r (name)
where
    to_regrole(r.name) is null
    and not exists (
        select from pg_roles as m
        where m.rolname = current_user and (m.rolsuper or m.rolcreaterole)
    );

insert into pg_temp.finding
select
    'refuse',
    'privilege',
    p.object,
    p.consequence,
    p.remedy
from (
    select
        'database ' || current_database() as object,
        current_user || ' may not create schemas in it' as consequence,
        format('grant create on database %I to %I; -- no lock', current_database(), current_user)
            as remedy
    where not has_database_privilege(current_database(), 'create')
    union all
    select
        'schema public',
        current_user || ' may not create tables in it',
        format('grant create on schema public to %I; -- no lock', current_user)
    where not has_schema_privilege('public', 'create')
    union all
    select
        format('%I.%I', t.home, t.table_name),
        format('belongs to %s, and %s is not a member of it', c.relowner::regrole, current_user),
        format('Deploy as %s, or: grant %1$s to %I; -- no lock', c.relowner::regrole, current_user)
    from pg_temp.baseline_table as t
    inner join pg_class as c on c.oid = t.oid
    where not pg_has_role(c.relowner, 'usage')
) as p;

insert into pg_temp.finding
select
    'notice',
    'event trigger',
    e.evtname::text,
    format('fires at the statements of the deploy, with %s()', e.evtfoid::regproc),
    case
        when not coalesce(array_to_string(p.proconfig, ' ') ~ 'search_path=', false) then format(
            'If it names tables without their schema: alter function %s() set search_path = '
            'public; -- no lock', e.evtfoid::regproc
        )
    end
from pg_event_trigger as e
inner join pg_proc as p on p.oid = e.evtfoid
where e.evtenabled <> 'D';

-- What can be declared is declared, until this transaction is rolled back: the rest is asked as it
-- will be then.
select regexp_replace(f.remedy, ' -- .*', '')
from pg_temp.finding as f
where f.remedy ~ '^(create table|insert into) public\.workflow_column_source'
\gexec

-- An empty stand-in for each table that is not as the deploy needs it, so that what depends on the
-- others can be asked. Its name says what it is should it ever be seen.
select format(
    'create schema if not exists workflow_consolidation_assess; create table %s (%s)',
    'workflow_consolidation_assess.' || quote_ident(t.table_name), string_agg(
        format(
            '%I %s', b.column_name,
            regexp_replace(b.definition, ' (not null|default|generated).*', '')
        ), ', '
    )
)
from pg_temp.baseline_table as t
inner join pg_temp.baseline_column as b on b.table_name = t.table_name
where exists (
    select from pg_temp.finding as f
    where
        f.kind in ('table', 'column')
        and f.remedy !~ '^(create table|insert into) public\.workflow_column_source'
        and concat(f.object, '.') like format('%I.%I.', t.home, t.table_name) || '%'
)
group by t.table_name
\gexec
select
    max(r.relation) filter (where r.table_name = 'workflow_trace') as workflow_trace,
    max(r.relation) filter (where r.table_name = 'workflow_steps') as workflow_steps,
    max(r.relation) filter (where r.table_name = 'workflow_events') as workflow_events,
    max(r.relation) filter (where r.table_name = 'workflow_trace_screenshot')
        as workflow_trace_screenshot,
    max(r.relation) filter (where r.table_name = 'workflow_trace_context')
        as workflow_trace_context,
    max(r.relation) filter (where r.table_name = 'workflow_trace_endpoint')
        as workflow_trace_endpoint
from (
    select
        t.table_name,
        coalesce(
            to_regclass('workflow_consolidation_assess.' || quote_ident(t.table_name))::text,
            format('%I.%I', t.home, t.table_name)
        ) as relation
    from pg_temp.baseline_table as t
) as r
\gset

\set ON_ERROR_STOP off
\set ON_ERROR_ROLLBACK on
\o /dev/null

-- Part: report

\set ON_ERROR_ROLLBACK off
\set ON_ERROR_STOP on
\set first_error `eval "$ASSESS_FIRST_ERROR"`
set local search_path = pg_catalog, pg_temp;
set local client_min_messages = warning;

create function pg_temp.severity_of_error()
returns text
language sql
stable
-- What fails because of something that is refused already says nothing new.
return case
    when exists (select from pg_temp.finding as f where f.severity = 'refuse') then 'unknown'
    else 'refuse'
end;

insert into pg_temp.finding
select
    pg_temp.severity_of_error(),
    'deploy',
    'change ' || e.line[1],
    'would fail: ' || e.line[2] || coalesce(' ' || e.line[3], ''),
    coalesce(
        substring(array_to_string(e.line[3:], ' ') from 'HINT:  (.*)'),
        'Remedy what is listed, then ask again.'
    )
from (select string_to_array(:'first_error', e'\n') as line) as e
where e.line[2] is not null;

create function pg_temp.ask(question regclass)
returns void
language plpgsql
as $$
begin
    -- A name that is taken is found twice.
    execute format(
        'insert into pg_temp.finding '
        'select f.severity, f.kind, f.object, f.consequence, f.remedy from %s as f '
        'where (f.kind, f.object) not in (select g.kind, g.object from pg_temp.finding as g)',
        question
    );
exception
    when others then
        insert into pg_temp.finding
        values (
            pg_temp.severity_of_error(), 'question', question::text, 'has no answer: ' || sqlerrm,
            'Remedy what is listed, then ask again.'
        );
end;
$$;

-- Also where not even its schema could be created.
create function pg_temp.present_phase()
returns text
language plpgsql
as $$
begin
    return consolidation.phase();
exception
    when others then
        return null;
end;
$$;
-- The preflight knows what was accepted, where it was there before.
select pg_temp.ask(c.oid::regclass)
from pg_class as c
where
    c.relnamespace = to_regnamespace('consolidation')
    and c.relkind = 'v'
    and case
        when exists (select from pg_temp.deployed as d where d.change = 'proof/preflight')
            then c.relname = 'preflight' and pg_temp.present_phase() = 'expand'
        else c.relname like 'finding\_%'
    end;

-- Fifty runs as the backfill would carry them over: into the documents of this transaction.
create function pg_temp.try_backfill()
returns void
language plpgsql
as $$
declare
    ids bigint [];
    unequal text;
begin
    ids := array(
        (select t.trace_id from consolidation.old_trace as t order by t.trace_id limit 25)
        union
        (select t.trace_id from consolidation.old_trace as t order by t.trace_id desc limit 25)
    );
    -- The verify scripts, which it has executed, left an organisation in the session.
    set local app.current_org_id = '';
    perform consolidation.rebuild_documents(ids);
    select format('%s %s', d.table_name, d.key)
    into unequal
    from consolidation.differences_of(ids) as d
    limit 1;
    if unequal is not null then
        raise exception using message = 'the documents differ from ' || unequal;
    end if;
exception
    when others then
        insert into pg_temp.finding
        values (
            pg_temp.severity_of_error(), 'trial', 'fifty runs',
            'could not be carried over: ' || sqlerrm, 'Remedy what is listed, then ask again.'
        );
end;
$$;
select pg_temp.try_backfill()
where
    not exists (select from pg_temp.deployed)
    and not exists (
        select from pg_temp.finding as f
        where
            f.severity in ('refuse', 'unknown')
            and f.kind in ('table', 'column', 'name', 'row', 'size', 'deploy')
    );

create temporary view measured as
select
    t.table_name,
    t.is_carried,
    c.reltuples,
    pg_total_relation_size(c.oid) as bytes
from pg_temp.baseline_table as t
inner join pg_class as c on c.oid = t.oid and c.relkind in ('r', 'p');

-- docs/benchmarks.md and docs/operations.md, one session on two cores: 150,000 old rows a second,
-- documents with their indexes up to 1.7 times the size, WAL up to 2.5 times.
create temporary view estimate as
select
    sum(greatest(m.reltuples, 0))::bigint as rows,
    sum(m.bytes) as bytes,
    (sum(m.bytes) * 1.7)::bigint as space,
    (sum(m.bytes) * 2.5)::bigint as wal,
    ceil(sum(greatest(m.reltuples, 0)) / 150000) * interval '1 second' as backfill,
    bool_or(m.reltuples < 0) as is_not_analyzed
from pg_temp.measured as m
where m.is_carried;

create temporary view verdict as
select
    count(*) filter (where f.severity = 'refuse') as refused,
    count(*) filter (where f.severity = 'unknown') as unknown,
    nullif(:'settings', '') as settings
from pg_temp.finding as f;

create temporary view page as
select
    0 as part,
    row_number() over () as line,
    v.line as text
from pg_temp.verdict as d
cross join lateral (
    values
    (
        format(
            'Database %s, PostgreSQL %s, as %s. Nothing was changed.',
            current_database(), current_setting('server_version'), current_user
        )
    ),
    ('Its own settings, which the deploy sets for itself or does not depend on: ' || d.settings)
) as v (line)
where v.line is not null
union all
select
    s.part,
    row_number() over (partition by s.part order by f.kind, f.object, l.line),
    l.text
from (
    values
    (1, 'refuse', 'Refused'),
    (2, 'unknown', 'Not to be answered before that is remedied'),
    (3, 'accepted', 'Accepted'),
    (4, 'notice', 'To know')
) as s (part, severity, title)
inner join pg_temp.finding as f on f.severity = s.severity
cross join lateral (
    values
    (1, format('  %s %s', f.kind, f.object)),
    (2, '      ' || f.consequence),
    (3, '      -> ' || nullif(f.remedy, ''))
) as l (line, text)
where l.text is not null
union all
select
    s.part,
    0,
    e'\n' || s.title || ':'
from (
    values
    (1, 'refuse', 'Refused'),
    (2, 'unknown', 'Not to be answered before that is remedied'),
    (3, 'accepted', 'Accepted'),
    (4, 'notice', 'To know')
) as s (part, severity, title)
where exists (select from pg_temp.finding as f where f.severity = s.severity)
union all
select
    5,
    row_number() over (),
    v.line
from pg_temp.estimate as e
cross join lateral (
    values
    (e'\nEstimates, from the sizes and the rates of docs/benchmarks.md, one session on two cores:'),
    (
        format(
            '  %s old rows in %s%s', to_char(e.rows, 'FM999,999,999,999'), pg_size_pretty(e.bytes),
            case when e.is_not_analyzed then ' (not analyzed: not all rows are counted)' end
        )
    ),
    (format('  %s for the documents and their indexes', pg_size_pretty(e.space))),
    (format('  %s of WAL', pg_size_pretty(e.wal))),
    (
        format(
            '  %s for the backfill, up to twice that for the proofs; locks for less than a second',
            e.backfill
        )
    )
) as v (line)
where e.rows is not null
union all
select
    6,
    1,
    e'\n' || case
        when d.refused > 0 then format('A deploy would be refused: %s findings.', d.refused)
        else 'A deploy will go through.'
    end
from pg_temp.verdict as d;

\o
\if :json
select jsonb_pretty(
    jsonb_build_object(
        'database', current_database(),
        'server_version', current_setting('server_version'),
        'role', current_user,
        'refused', d.refused,
        'will_go_through', d.refused = 0,
        'settings', d.settings,
        'findings', (
            select coalesce(
                jsonb_agg(to_jsonb(f) order by f.severity, f.kind, f.object), '[]'
            )
            from pg_temp.finding as f
        ),
        'tables', (
            select jsonb_agg(
                jsonb_build_object(
                    'name', m.table_name, 'rows', m.reltuples, 'bytes', m.bytes
                )
                order by m.table_name
            )
            from pg_temp.measured as m
        ),
        'estimate', (
            select jsonb_build_object(
                'rows', e.rows, 'bytes', e.bytes, 'document_bytes', e.space,
                'wal_bytes', e.wal, 'backfill_seconds', extract(epoch from e.backfill)
            )
            from pg_temp.estimate as e
        )
    )
)
from pg_temp.verdict as d;
\else
select p.text from pg_temp.page as p order by p.part, p.line;
\endif

select format('refused %s', v.refused) from pg_temp.verdict as v;
rollback;
