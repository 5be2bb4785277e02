-- What plpgsql_check says of each function, procedure and trigger function in PL/pgSQL, the latter
-- with each relation that has the trigger. Prints nothing if all is well.
--
--     psql -d DATABASE -f script/lint.sql
--
-- A function that asks a record variable called "found" for the result of the last statement makes
-- plpgsql_check 2.3 crash the server; test/house_rules.sql names such a function.

\set QUIET on
\pset tuples_only on
\pset format unaligned
\pset fieldsep ': '

begin;

create extension plpgsql_check;

create temporary table checked as
select
    p.oid as function,
    coalesce(g.tgrelid, 0) as relation,
    p.prorettype = 'trigger'::regtype and g.tgrelid is null as is_unused,
    -- An insert has no old rows, but the same function handles updates, too.
    max(g.old_rows) over of_function as old_rows,
    max(g.new_rows) over of_function as new_rows,
    p.prosecdef or p.pronamespace = 'public'::regnamespace as may_be_called_by_others
from pg_catalog.pg_proc as p
inner join pg_catalog.pg_language as l on l.oid = p.prolang
left join (
    select
        t.tgfoid,
        t.tgrelid,
        max(t.tgoldtable) as old_rows,
        max(t.tgnewtable) as new_rows
    from pg_catalog.pg_trigger as t
    group by t.tgfoid, t.tgrelid
) as g on g.tgfoid = p.oid
where
    l.lanname = 'plpgsql'
    and p.pronamespace in (
        select n.oid from pg_catalog.pg_namespace as n
        where n.nspname in ('public', 'consolidation', 'workflow_consolidation')
    )
    and not exists (
        select from pg_catalog.pg_depend as d
        where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
    )
window of_function as (partition by p.oid);

-- It makes a temporary table first.
delete from checked
where function = to_regprocedure('consolidation.translated_constraint(text)');

-- Before the cut-over these find tables missing that it makes.
delete from checked
where
    to_regclass('legacy.workflow_trace') is null
    and to_regclass('public.workflow_trace') is not null
    and function in (
        to_regprocedure('public.start_run(uuid,text,uuid,uuid,jsonb,text,text)'),
        to_regprocedure('consolidation.carry_back(bigint[])'),
        to_regprocedure('consolidation.follow_configs()'),
        to_regprocedure('consolidation.isolate_page_states()')
    );

-- Of these one is used before the cut-over and the other after it.
delete from checked
where
    is_unused
    and function in (
        to_regprocedure('consolidation.capture_old()'),
        to_regprocedure('consolidation.capture_new()'),
        -- These are used where somebody declared a column.
        to_regprocedure('public.derive_columns()'),
        to_regprocedure('public.follow_declaration()')
    );

select
    c.function::regprocedure,
    'no trigger calls it, so it was not checked'
from checked as c
where c.is_unused;

select
    c.function::regprocedure,
    f.lineno,
    f.level,
    concat_ws('; ', f.message, f.detail, f.hint)
from checked as c
cross join lateral plpgsql_check_function_tb(
    c.function, c.relation,
    fatal_errors => false, all_warnings => true,
    oldtable => c.old_rows, newtable => c.new_rows
) as f
where
    not c.is_unused
    -- Statements put together from the catalog, where names are quoted by regclass or were quoted
    -- when they were stored. Only who may do all that without them may call these functions; those
    -- that others may call, or that lend their owner's rights, are held to it.
    and not (f.level = 'security' and not c.may_be_called_by_others)
    -- Implicit, and as cheap as they come.
    and not (
        f.level = 'performance'
        and f.detail in (
            'cast "integer" value to "bigint" type', 'cast "name" value to "text" type'
        )
    )
    -- It reads text as the type that it is asked for, and null where that fails.
    and not (
        f.level = 'warning'
        and c.function = to_regprocedure('consolidation.from_key(jsonb,anyelement)')
    )
    -- What a dynamic statement returns and does is not known.
    and f.detail is distinct from 'cannot to determine result of dynamic SQL'
    and f.detail is distinct from 'attention: cannot to determine volatility of used dynamic SQL'
order by c.function::regprocedure::text, f.lineno;

rollback;
