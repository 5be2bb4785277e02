"""Who may do what is declared, and set whatever the defaults of a database are.

Default privileges and event triggers change what a deploy creates. In each phase a database that
has them has the same privileges and the same row level security as one that has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from conftest import connect, database, psql, sqitch
from helpers_cycle import one, roles

ANON, READER = "workflow_cycle_anon", "workflow_cycle_reader"

# What a database may do to everything that is created in it.
HABITS = {
    "everything is granted": f"""
        alter default privileges grant all on schemas to {ANON}, workflow_app;
        alter default privileges grant all on tables to {ANON}, workflow_app, public;
        alter default privileges grant all on sequences to {ANON}, workflow_maintenance, public;
        alter default privileges grant all on functions to {ANON} with grant option;
        alter default privileges grant all on types to {ANON};
    """,
    "functions are closed": """
        alter default privileges revoke execute on functions from public;
        alter default privileges revoke usage on types from public;
    """,
    "new tables are isolated": """
        create function public.isolate() returns event_trigger language plpgsql as $$
        declare
            made record;
        begin
            for made in select * from pg_event_trigger_ddl_commands() loop
                if made.object_type = 'table' and made.schema_name <> 'pg_temp' then
                    execute format(
                        'alter table %s enable row level security, force row level security',
                        made.object_identity
                    );
                end if;
            end loop;
        end $$;
        create event trigger isolate on ddl_command_end
        when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
        execute function public.isolate();
    """,
}
PHASES: dict[str, Callable[[str], object]] = {
    "expand": lambda name: sqitch(name, "deploy", "--to", "@expand"),
    "carried over": lambda name: sqitch(name, "deploy", "--to", "@carried_over"),
    "cut over": lambda name: sqitch(name, "deploy"),
    "reverted": lambda name: sqitch(name, "revert", "-y", "--to", "@carried_over"),
    "cut over again": lambda name: sqitch(name, "deploy"),
    "contract": lambda name: sqitch(name, "-C", "contract", "deploy", "--to", "drop_old_tables"),
    "rebuilt": lambda name: sqitch(name, "-C", "contract", "revert", "-y"),
    "baseline": lambda name: sqitch(name, "revert", "-y", "--to", "@baseline"),
}
GRANTED = """
with object (name, owner, acl, isolation) as (
    select
        n.nspname::text,
        n.nspowner,
        coalesce(n.nspacl, acldefault('n', n.nspowner)),
        ''
    from pg_namespace as n
    where n.nspname in ('public', 'consolidation', 'legacy')
    union all
    select
        c.oid::regclass::text,
        c.relowner,
        coalesce(
            c.relacl,
            acldefault(case c.relkind when 'S' then 's'::"char" else 'r'::"char" end, c.relowner)
        ),
        format('%s/%s', c.relrowsecurity, c.relforcerowsecurity)
    from pg_class as c
    where
        c.relnamespace::regnamespace::text in ('public', 'consolidation', 'legacy')
        and c.relkind in ('r', 'v', 'S')
    union all
    select
        format('%s.%I', a.attrelid::regclass, a.attname),
        c.relowner,
        a.attacl,
        ''
    from pg_attribute as a
    inner join pg_class as c on c.oid = a.attrelid
    where
        c.relnamespace::regnamespace::text in ('public', 'consolidation', 'legacy')
        and a.attacl is not null
    union all
    select
        p.oid::regprocedure::text,
        p.proowner,
        coalesce(p.proacl, acldefault('f', p.proowner)),
        ''
    from pg_proc as p
    where
        p.pronamespace::regnamespace::text in ('public', 'consolidation', 'legacy')
        and p.proname <> 'isolate'
)

select
    o.name,
    o.isolation,
    (
        select string_agg(
            format('%s %s%s', coalesce(r.rolname, 'public'), x.privilege_type, x.is_grantable),
            ', ' order by r.rolname, x.privilege_type, x.is_grantable
        )
        from aclexplode(o.acl) as x
        left join pg_roles as r on r.oid = x.grantee
        where x.grantee <> o.owner
    )
from object as o
order by o.name
"""


def verify(name: str) -> str:
    """What the verify script says that compares with the declaration; nothing if all is well."""
    return psql(name, "--file=verify/access/set_privileges.sql", check=False).stderr


def granted(name: str) -> list[tuple[str, ...]]:
    """Privileges and row level security of every object of the project, and of the application."""
    with connect(name) as connection:
        return connection.execute(GRANTED).fetchall()


@pytest.fixture(scope="module")
def usual(legacy_template: str) -> Iterator[dict[str, list[tuple[str, ...]]]]:
    """What a database without habits has in each phase."""
    with database(legacy_template) as name:
        found = {}
        for phase, reach in PHASES.items():
            reach(name)
            found[phase] = granted(name)
        yield found


@pytest.mark.parametrize("habit", HABITS)
def test_what_the_database_does_to_new_objects_changes_nothing(
    legacy_template: str, usual: dict[str, list[tuple[str, ...]]], habit: str
) -> None:
    with roles(ANON), database(legacy_template) as name:
        psql(name, "--command", HABITS[habit])
        for phase, reach in PHASES.items():
            reach(name)
            assert phase == "baseline" or not verify(name)
            assert (phase, granted(name)) == (phase, usual[phase])


def test_the_old_tables_are_written_where_new_tables_are_isolated(legacy_template: str) -> None:
    with roles(READER), database(legacy_template) as name, connect(name) as connection:
        psql(name, "--command", HABITS["new tables are isolated"])
        connection.execute(f"grant select, insert, update on workflow_trace to {READER}")
        connection.execute(f"grant usage on sequence workflow_trace_trace_id_seq to {READER}")
        for phase in ("expand", "carried over"):
            PHASES[phase](name)
            connection.execute(f"set role {READER}")
            connection.execute("update workflow_trace set status = status || '!'")
            connection.execute("reset role")
            assert one(connection, "select count(*) from consolidation.change") > 0


@pytest.mark.parametrize(
    "grant",
    [
        "grant select on consolidation.change to {}",
        "grant select (trace_id) on consolidation.change to {}",
        "grant usage on schema legacy to {}",
        "grant select on public.user_workflow_run to {}",
        "grant execute on procedure consolidation.backfill to {}",
    ],
)
def test_verify_says_what_somebody_granted(expand_template: str, grant: str) -> None:
    with roles(READER), database(expand_template) as name, connect(name) as connection:
        connection.execute(grant.format(READER))
        said = verify(name)
        assert "every object of the project has the declared privileges and no others" in said
        assert f"from {READER} cascade" in said

        # The statement that it prints cures it.
        (remedy,) = connection.execute(
            "select u.statement from consolidation.unequal_privilege as u"
        ).fetchall()
        connection.execute(remedy[0])
        assert not verify(name)


def test_grants_on_documents_after_the_cut_over_stay(deployed_template: str) -> None:
    with roles(READER), database(deployed_template) as name, connect(name) as connection:
        connection.execute(
            f"grant select on public.user_workflow_run, public.workflow_trace to {READER}"
        )
        connection.execute("call consolidation.note_deployed('cut_over')")
        assert not verify(name)
        held = "select has_table_privilege(%s, %s, 'select')"
        assert one(connection, held, READER, "public.user_workflow_run")

        sqitch(name, "revert", "-y", "--to", "@carried_over")
        assert not one(connection, held, READER, "public.user_workflow_run")
        assert one(connection, held, READER, "public.workflow_trace"), "it goes back with the name"


def test_the_application_keeps_what_it_granted(legacy_template: str) -> None:
    """Objects that have the name of one of the project, and are none."""
    made = """
        create function public.get_run(id integer) returns integer language sql return id;
        revoke all on function public.get_run(integer) from public;
        grant execute on function public.get_run(integer) to {0};
        create view public.workflow_report as select trace_id from public.workflow_trace;
        grant all on public.workflow_report to {0};
        grant select, insert (trace_id) on public.workflow_trace to {0};
    """
    with roles(READER), database(legacy_template) as name, connect(name) as connection:
        psql(name, "--command", made.format(READER))
        acl = """
            select array[
                (select p.proacl::text from pg_proc as p
                where p.oid = 'public.get_run(integer)'::regprocedure),
                (select c.relacl::text from pg_class as c where c.relname = 'workflow_report'),
                (select a.attacl::text from pg_attribute as a
                where a.attrelid = consolidation.old_table('workflow_trace')
                and a.attname = 'trace_id')
            ]
        """
        # The function does not exist yet.
        before = one(
            connection,
            acl.replace("consolidation.old_table('workflow_trace')", "'workflow_trace'::regclass"),
        )
        for phase in ("expand", "carried over", "cut over"):
            PHASES[phase](name)
            assert one(connection, acl) == before, phase


def test_setting_privileges_again_writes_nothing(expand: str) -> None:
    with connect(expand) as connection, connection.transaction():
        connection.execute("select consolidation.set_privileges()")
        assert one(connection, "select pg_current_xact_id_if_assigned()") is None


def test_nobody_reaches_the_schemas_before_privileges_are_declared(legacy_template: str) -> None:
    with roles(ANON), database(legacy_template) as name, connect(name) as connection:
        psql(name, "--command", HABITS["everything is granted"])
        sqitch(name, "deploy", "--to", "move/phase")
        for schema in ("consolidation", "legacy"):
            assert not one(
                connection, "select has_schema_privilege(%s, %s, 'usage, create')", ANON, schema
            )


def test_a_function_that_public_needs_is_open_where_functions_are_closed(expand: str) -> None:
    with connect(expand) as connection:
        connection.execute("revoke execute on function public.current_org_id() from public")
        assert "grant execute on routine public.current_org_id() to public" in verify(expand)
        connection.execute("select consolidation.set_privileges()")
        assert not verify(expand)
