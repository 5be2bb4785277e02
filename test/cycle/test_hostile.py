"""Nobody's name is called but the project's own and PostgreSQL's: law 1 of CONTRIBUTING.md.

A role that has nothing but "create" on the schema public may define there a function, aggregate or
operator for the very types of a call. Where PostgreSQL's own is reached only by a conversion, that
one is called instead, with the rights of the caller: a superuser who deploys, compares, reverts.

The whole cycle runs once to see which calls there are, with which types (helpers_calls.py). Then
each of them gets a hostile twin in another database, and the cycle runs again. The parser must not
take a twin once, in the statements of the cycle nor in any statement of any function, executed or
not, which plpgsql_check reads; and each twin that is executed all the same leaves a trace that no
rollback removes.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from conftest import ENVIRONMENT, ROOT, connect, database, psql, run, sqitch
from helpers_calls import (
    TRACED,
    Call,
    calls,
    printed_trees,
    stored_trees,
    types_in,
)
from helpers_cycle import NODE, NORTH, OTHER_NODE, SOUTH, USER, WORKFLOW, Connection, one, roles

SQUATTER, TENANT, MAINTAINER = "hostile_squatter", "hostile_tenant", "hostile_maintainer"
PRINTED_TREE = re.compile(
    r"(psql:\S+:\d+: )?LOG:  parse tree:\s+DETAIL:\s+.*?\n\n", flags=re.DOTALL
)
# For what the test itself asks.
PINNED = "-c search_path=pg_catalog"
# Name, fewest and most arguments of what the comparison with the baseline looks for.
OWN_FUNCTIONS = re.findall(
    r"\('function', '(\w+)', (\d+), (\d+)\)", (ROOT / "verify/baseline.sql").read_text()
)
# Of those that script/legacy-data.sql makes besides its odd ones.
FEW = 30


# What the parser sees ----------------------------------------------------------------------------


@dataclass
class Seen:
    """What is called in one database, and what its oids were called."""

    name: str
    trees: set[str] = field(default_factory=set)
    types: dict[int, str] = field(default_factory=dict)
    # Of PostgreSQL's own types the names in the catalog.
    type_names: dict[int, str] = field(default_factory=dict)
    hostile_types: dict[int, str] = field(default_factory=dict)
    element_types: dict[int, int] = field(default_factory=dict)
    # By kind and oid: schema and name.
    routines: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    # Name and types of the project's own functions in the schema public.
    own: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)
    hostile: dict[tuple[str, int], str] = field(default_factory=dict)

    def run(self, *command: str) -> None:
        """Runs a command; its statements are noted."""
        options = ENVIRONMENT.get("PGOPTIONS", "") + TRACED
        result = subprocess.run(
            command, cwd=ROOT, env={**ENVIRONMENT, "PGOPTIONS": options}, input="",
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        output = result.stdout + result.stderr
        self.trees |= printed_trees(output)
        if result.returncode != 0:
            said = PRINTED_TREE.sub("", output)
            pytest.fail(f"{' '.join(command)}: exit {result.returncode}\n{said[-3000:]}")

    def sqitch(self, *arguments: str) -> None:
        self.run("sqitch", *arguments, f"db:pg:{self.name}")

    @contextmanager
    def session(self, role: str | None = None, path: str | None = None) -> Iterator[Connection]:
        """A session as a role; its statements are noted."""

        def note(notice: psycopg.errors.Diagnostic) -> None:
            if notice.message_primary == "parse tree:":
                self.trees.add(str(notice.message_detail))

        options = ENVIRONMENT.get("PGOPTIONS", "") + TRACED
        with connect(self.name, options=options) as connection:
            connection.add_notice_handler(note)
            if role:
                connection.execute(
                    sql.SQL("set session authorization {}").format(sql.Identifier(role))
                )
            if path:
                connection.execute(f"set search_path = {path}".encode())
            yield connection

    def read_catalog(self) -> None:
        """Notes what the catalog holds now, since later changes drop some of it."""
        with connect(self.name, options=PINNED) as connection:
            self.trees |= stored_trees(connection)
            for oid, name, element, own_name, owner in connection.execute(
                """
                select t.oid::bigint, format_type(t.oid, null), t.typelem::bigint,
                    case when t.typnamespace = 'pg_catalog'::regnamespace then t.typname end,
                    pg_get_userbyid(t.typowner)
                from pg_type as t
                """
            ):
                self.types[oid] = name
                if element:
                    self.element_types[oid] = element
                if own_name:
                    self.type_names[oid] = own_name
                if owner == SQUATTER:
                    self.hostile_types[oid] = name
            for name, types in connection.execute(
                """
                select p.proname, array(
                    select format_type(t.type, null)
                    from unnest(p.proargtypes) with ordinality as t (type, place)
                    order by t.place
                )
                from pg_proc as p
                where p.pronamespace = 'public'::regnamespace and p.proowner <> %s::regrole
                """,
                (SQUATTER,),
            ):
                self.own.add((name, tuple(types)))
            for kind, oid, schema, name, owner in connection.execute(
                """
                select 'function', p.oid::bigint, n.nspname, p.proname,
                    case when r.rolname = %(squatter)s then p.oid::regprocedure::text end
                from pg_proc as p
                inner join pg_namespace as n on n.oid = p.pronamespace
                inner join pg_roles as r on r.oid = p.proowner
                union all
                select 'operator', o.oid::bigint, n.nspname, o.oprname,
                    case when r.rolname = %(squatter)s then o.oid::regoperator::text end
                from pg_operator as o
                inner join pg_namespace as n on n.oid = o.oprnamespace
                inner join pg_roles as r on r.oid = o.oprowner
                """,
                {"squatter": SQUATTER},
            ):
                self.routines[kind, oid] = (schema, name)
                if owner:
                    self.hostile[kind, oid] = owner

    def calls(self) -> set[Call]:
        found: set[Call] = set()
        for tree in self.trees:
            found |= calls(tree, self.element_types)
        return found

    def hijacked(self) -> set[str]:
        """The hostile routines that the parser took."""
        self.read_catalog()
        keys = {(kind_of(call), call.routine) for call in self.calls()}
        types = {oid for tree in self.trees for oid in types_in(tree, set(self.hostile_types))}
        return {self.hostile[key] for key in keys & self.hostile.keys()} | {
            self.hostile_types[oid] for oid in types
        }


def kind_of(call: Call) -> str:
    """As in the catalog, where aggregates are functions."""
    return "operator" if call.kind == "operator" else "function"


# The cycle ---------------------------------------------------------------------------------------

# Nothing in it is looked up by a name or operator without a schema.
OLD_WRITES = f"""
insert into public.workflow_trace (trace_id, org_id, workflow_id, channel, created_by)
values (900001, '{NORTH}', '{WORKFLOW}', 'web', '{USER}'),
    (900002, '{NORTH}', '{WORKFLOW}', 'web', '{USER}');
insert into public.workflow_trace_endpoint (trace_id, endpoint_id)
values (900001, 90005), (900001, 90006), (900002, 90007);
insert into public.workflow_steps (step_id, trace_id, step_number, node_id, metadata)
values (900001, 900001, 1, '{NODE}', '{{"a": 1.10}}'), (900002, 900001, 2, '{OTHER_NODE}', null);
insert into public.workflow_events (event_id, trace_id, step_id, event_type, event_data)
values (900001, 900001, 900001, 'page_loaded', '{{}}'), (900002, 900001, null, 'x', 'null'),
    (900003, 900001, 900002, 'x', '[1]');
insert into public.workflow_trace_screenshot (
    screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url, action_description,
    node_id
)
values ('00000000-0000-4000-8009-000000000001', 900001, '{NORTH}', 'n', 1, 's3://1', 'a', '{NODE}'),
    ('00000000-0000-4000-8009-000000000002', 900001, '{NORTH}', 'n', 9, 's3://2', 'a', '{NODE}');
insert into public.workflow_trace_context (context_id, trace_id, key, value)
values (900001, 900001, 'k', '"v"'), (900002, 900001, 'l', 'null');
update public.workflow_trace set status = 'done', error_detail = '{{"a": 1}}'
where trace_id = 900001;
update public.workflow_steps set retry_count = 2, step_number = 7 where step_id = 900002;
update public.workflow_events set event_data = '[2]', step_id = 900002 where event_id = 900001;
update public.workflow_events set event_type = 'y', step_id = null where event_id = 900003;
update public.workflow_trace_screenshot set node_name = 'm', step_index = 7
where screenshot_id = '00000000-0000-4000-8009-000000000001';
update public.workflow_trace_context set key = 'm', value = '2' where context_id = 900001;
update public.workflow_trace_endpoint set endpoint_id = 90008 where endpoint_id = 90006;
delete from public.workflow_events where event_id = 900002;
delete from public.workflow_trace_context where context_id = 900002;
delete from public.workflow_trace_screenshot
where screenshot_id = '00000000-0000-4000-8009-000000000002';
delete from public.workflow_trace_endpoint where endpoint_id = 90008;
delete from public.workflow_trace where trace_id = 900002;
"""
UNDO = "delete from public.workflow_trace where trace_id = 900001"
# Each argument is given, in its type: an application's own shorter call may have a hostile twin,
# which docs/tenancy.md says.
NEW_WRITES = f"""
do $$
declare
    run uuid;
    step uuid;
    no_text pg_catalog.text;
    no_time pg_catalog.timestamptz;
    no_json pg_catalog.jsonb;
    no_number pg_catalog.int4;
    no_key pg_catalog.uuid;
begin
    select s.run_id into run
    from public.start_run(
        '{WORKFLOW}'::pg_catalog.uuid, 'web'::pg_catalog.text, '{USER}'::pg_catalog.uuid,
        '{NORTH}'::pg_catalog.uuid, '{{"a": 1}}'::pg_catalog.jsonb, no_text, 'new'::pg_catalog.text
    ) as s;
    insert into public.user_workflow_run_step (run_id, node_id, step_number)
    values (run, '{NODE}', 1)
    returning step_id into step;
    perform public.add_context(run, 'b'::pg_catalog.text, '2'::pg_catalog.jsonb);
    perform public.add_context(run, '{{"c": 3}}'::pg_catalog.jsonb);
    perform public.get_context(run, 'b'::pg_catalog.text, no_json);
    perform public.add_endpoint(run, 7::pg_catalog.int8);
    perform public.add_endpoint(run, 'x'::pg_catalog.text);
    perform public.add_endpoint(run, '{NODE}'::pg_catalog.uuid);
    perform public.add_endpoints(run, '[8, 9]'::pg_catalog.jsonb);
    perform public.add_event(step, 'x'::pg_catalog.text, '{{}}'::pg_catalog.jsonb, no_time);
    perform public.add_events(step, '[{{"type": "x"}}]'::pg_catalog.jsonb);
    perform public.add_screenshot(
        step, 's3://x'::pg_catalog.text, no_text, no_text, no_text, null::pg_catalog.bool,
        0.5::pg_catalog.float8, no_time
    );
    perform public.add_screenshots(step, '[{{"url": "s3://y"}}]'::pg_catalog.jsonb);
    perform public.get_run(run);
    perform public.find_runs(
        '{{"a": 1}}'::pg_catalog.jsonb, no_text, no_json, no_json, no_json, no_time, no_time,
        no_number, no_time, no_key
    );
    perform public.find_steps(
        '[{{"type": "x"}}]'::pg_catalog.jsonb, no_json, no_text, no_time, no_time, no_number,
        no_time, no_key
    );
    perform public.find_event(1::pg_catalog.int8);
    delete from public.user_workflow_run where run_id = run;
end
$$
"""


def read_everything(seen: Seen, role: str | None) -> None:
    """Reads every relation that the role may read, and calls what takes no arguments."""
    with seen.session(role) as connection:
        if role == TENANT:
            with suppress(psycopg.errors.UndefinedFunction):
                connection.execute(f"select public.use_organisation('{NORTH}'::uuid)".encode())
            connection.execute(f"set app.current_org_id = '{NORTH}'".encode())
        with connect(seen.name, options=PINNED) as catalog:
            relations = catalog.execute(
                """
                select c.oid::regclass::text
                from pg_class as c
                where
                    c.relnamespace::regnamespace::text in ('public', 'consolidation', 'legacy')
                    and c.relkind in ('r', 'v') and c.relname <> 'hostile_called'
                order by c.oid
                """
            ).fetchall()
            functions = catalog.execute(
                """
                select format('select * from %s()', p.oid::regproc)
                from pg_proc as p
                where
                    p.pronamespace::regnamespace::text in ('public', 'consolidation')
                    and p.proowner <> 'hostile_squatter'::regrole
                    and p.prokind = 'f'
                    and p.pronargs = 0
                    and p.prorettype <> 'trigger'::regtype
                    and (p.provolatile <> 'v' or p.proname = 'differences')
                """
            ).fetchall()
        for (relation,) in relations:
            with suppress(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"table {relation}".encode())
        for (statement,) in functions:
            with suppress(
                psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectNotInPrerequisiteState
            ):
                connection.execute(statement.encode())


def write_everything(seen: Seen, role: str | None, with_documents: bool) -> None:
    """Inserts, updates and deletes through each old name, and calls the functions of new code."""
    with seen.session(role) as connection:
        connection.execute(f"set app.current_org_id = '{NORTH}'".encode())
        connection.execute(OLD_WRITES.encode())
        if with_documents:
            connection.execute(NEW_WRITES.encode())
        connection.execute(UNDO.encode())


def check_functions(seen: Seen, name: str = "%") -> None:
    """Has the parser read every statement of every function, executed or not."""
    with connect(seen.name, options=PINNED) as connection:
        functions = connection.execute(
            """
            select p.oid::bigint, coalesce(t.tgrelid, 0)::bigint,
                max(t.tgoldtable) over (partition by p.oid),
                max(t.tgnewtable) over (partition by p.oid)
            from pg_proc as p
            left join pg_trigger as t on t.tgfoid = p.oid
            where
                p.prolang = (select l.oid from pg_language as l where l.lanname = 'plpgsql')
                and p.pronamespace::regnamespace::text in ('public', 'consolidation')
                and p.proowner <> %s::regrole
                and p.proname like %s
                and (p.prorettype <> 'trigger'::regtype or t.oid is not null)
            """,
            (SQUATTER, name),
        ).fetchall()
        assert functions
        connection.execute("create schema checker")
        connection.execute("create extension plpgsql_check schema checker")
    # As the caller: public comes after PostgreSQL's own, unless a setting says otherwise.
    for path in ("pg_catalog, public", "public, pg_catalog"):
        with seen.session(path=path) as connection:
            for function in functions:
                connection.execute(
                    """
                    select checker.plpgsql_check_function(
                        %s::pg_catalog.oid, %s::pg_catalog.oid, fatal_errors => false,
                        oldtable => %s::pg_catalog.name, newtable => %s::pg_catalog.name
                    )
                    """,
                    function,
                    prepare=False,
                ).fetchall()
    with connect(seen.name) as connection:
        connection.execute("drop schema checker cascade")


def cycle(seen: Seen, after: Callable[[], None], make_way: Callable[[], None]) -> None:
    """Everything a database goes through, there and back, as all who take part.

    Args:
        after: Called when types may have come with a change.
        make_way: Called before the document tables are dropped.
    """

    def everybody(with_documents: bool) -> None:
        after()
        seen.read_catalog()
        for role in (None, MAINTAINER, TENANT):
            read_everything(seen, role)
            if role != TENANT or with_documents:
                write_everything(seen, role, with_documents)
        with seen.session(MAINTAINER) as connection:
            connection.execute("call consolidation.catch_up()")

    seen.sqitch("deploy", "--log-only", "--verify", "--to", "@baseline")
    seen.sqitch("deploy", "--to", "@expand")
    after()
    with seen.session(MAINTAINER) as connection:
        connection.execute("call consolidation.backfill(batch_size => 20)")
        connection.execute("call consolidation.prove()")
    everybody(with_documents=False)
    seen.sqitch("deploy")
    everybody(with_documents=True)
    check_functions(seen)
    seen.sqitch("verify")
    make_way()
    seen.sqitch("revert", "-y", "--to", "@baseline")
    seen.sqitch("deploy")
    join_groups(seen.name)
    seen.sqitch("-C", "contract", "deploy", "--to", "drop_old_tables")
    everybody(with_documents=True)
    seen.sqitch("-C", "contract", "verify", "--to", "drop_old_tables")
    seen.sqitch("-C", "contract", "revert", "-y")
    seen.sqitch("-C", "contract", "deploy")
    after()
    for role in (None, TENANT):
        read_everything(seen, role)


# The hostile role --------------------------------------------------------------------------------

# A sequence goes on where a transaction is rolled back, so that no handler hides a call. The second
# one keeps the number of the twin.
LOOT = """
create sequence public.hostile_called;
create sequence public.hostile_twin;
grant all on public.hostile_called, public.hostile_twin to public;
create type public.hostile_value as enum ('hostile');
"""
BODY = """
language plpgsql
set search_path = pg_catalog, pg_temp
as $body$
begin
    perform nextval('public.hostile_called'), setval('public.hostile_twin', {number});
    raise exception 'hijacked by twin {number}, as %', current_user;
end
$body$"""


@dataclass(frozen=True)
class Twin:
    """What a call is to find instead of what it means."""

    kind: str
    name: str
    types: tuple[str, ...]
    names: tuple[str, ...]
    result: str

    def is_refused_before(self) -> bool:
        """Whether the deploy would find it ambiguous with a function of its own, and refuse."""
        return self.kind in ("function", "aggregate") and any(
            self.name == name and int(fewest) <= len(self.types) <= int(most)
            for name, fewest, most in OWN_FUNCTIONS
        )

    def statements(self, number: int) -> str:
        """Creates it."""
        body = BODY.format(number=number)
        name = f'public."{self.name}"'
        parameters = self.names or [f"a{place}" for place in range(len(self.types))]
        listed = [f'"{n}" {t}' for n, t in zip(parameters, self.types, strict=True)]
        if self.kind == "type":
            check = f"public.hostile_check_{number}"
            return f"""
            create function {check}(value pg_catalog.text) returns pg_catalog.bool{body};
            create domain {name} as pg_catalog.text check ({check}(value))"""
        if self.kind == "function":
            return f"create function {name}({', '.join(listed)}) returns {self.result}{body}"
        if self.kind == "aggregate":
            step = f"public.hostile_step_{number}"
            state = self.result.removeprefix("setof ")
            return f"""
            create function {step}({", ".join([f"state {state}", *listed])}) returns {state}{body};
            create aggregate {name}({", ".join(self.types) or "*"}) (
                sfunc = {step}, stype = {state}
            )"""
        sides = ", ".join(
            f"{side} = {t}"
            for side, t in zip(("leftarg", "rightarg")[-len(self.types) :], self.types, strict=True)
        )
        return f"""
        create function public.hostile_operator_{number}({", ".join(self.types)})
        returns {self.result}{body};
        create operator public.{self.name} (
            {sides}, function = public.hostile_operator_{number}
        )"""


def twins(seen: Seen) -> list[Twin]:
    """A twin of each call, whose types are those of the call."""
    found = set()
    for call in seen.calls():
        routine = seen.routines.get((kind_of(call), call.routine))
        if call.kind == "cast" and call.routine in seen.type_names:
            routine = ("pg_catalog", seen.type_names[call.routine])
        types = [seen.types.get(t) for t in (*call.types, call.result)]
        # Without the names that the deploy itself would find taken, and refuse.
        is_taken = routine is not None and (routine[1], tuple(types[:-1])) in seen.own
        if routine is not None and None not in types and not is_taken:
            result = f"setof {types[-1]}" if call.is_set else str(types[-1])
            found.add(
                Twin(
                    "function" if call.kind == "cast" else call.kind,
                    routine[1],
                    tuple(map(str, types[:-1])),
                    call.names,
                    result,
                )
            )
    used = {t for call in seen.calls() for t in (*call.types, call.result)}
    for name in {seen.type_names[t] for t in used if t in seen.type_names}:
        found.add(Twin("type", name, (), (), "text"))
    return sorted(found, key=lambda twin: (twin.kind, twin.name, twin.types, twin.result))


@dataclass
class Squatter:
    """The role that has nothing but "create" on the schema public of one database."""

    database: str
    twins: list[Twin]
    planted: dict[int, Twin] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)
    casts: int = 0

    def __post_init__(self) -> None:
        with connect(self.database) as connection:
            connection.execute(f"grant create on schema public to {SQUATTER}".encode())
            connection.execute(f"set session authorization {SQUATTER}".encode())
            connection.execute(LOOT.encode())
            # Casts have no schema: a role may create those from and to its own types only.
            for twin in self.twins:
                for cast in (
                    'pg_catalog."{0}" as public.hostile_value',
                    'public.hostile_value as pg_catalog."{0}"',
                ):
                    if twin.kind == "type":
                        with suppress(psycopg.Error):
                            connection.execute(
                                f"create cast ({cast.format(twin.name)}) "
                                "with inout as implicit".encode()
                            )
                            self.casts += 1

    def plant(self) -> None:
        """Creates each twin that is not there and can be: its types may come with a change."""
        with connect(self.database, autocommit=False) as connection:
            is_deployed = one(connection, "select to_regclass('consolidation.deployed_change')")
            connection.execute(f"set session authorization {SQUATTER}".encode())
            for number, twin in enumerate(self.twins, 1):
                if number in self.planted or (not is_deployed and twin.is_refused_before()):
                    continue
                try:
                    with connection.transaction():
                        connection.execute(twin.statements(number).encode(), prepare=False)
                    self.planted[number] = twin
                except psycopg.Error as error:
                    self.refused[number] = str(error).splitlines()[0]
            connection.commit()

    def make_way(self) -> None:
        """Drops the twins that use the type of a document table, which nobody can drop then."""
        with connect(self.database, options=PINNED) as connection:
            connection.execute(f"set session authorization {SQUATTER}".encode())
            for routine in connection.execute(
                """
                select p.oid::regprocedure::text
                from pg_proc as p
                where p.proowner = %s::regrole and exists (
                    select from pg_depend as d
                    inner join pg_type as t on d.refobjid = t.oid
                    where d.objid = p.oid and t.typrelid <> 0
                )
                """,
                (SQUATTER,),
            ).fetchall():
                connection.execute(f"drop routine {routine[0]} cascade".encode())
        for number, twin in list(self.planted.items()):
            if "user_workflow" in f"{twin}":
                del self.planted[number]

    def called(self) -> str | None:
        """The last twin that was executed; None if none was."""
        with connect(self.database) as connection:
            if not one(connection, "select is_called from public.hostile_called"):
                return None
            number = one(connection, "select last_value from public.hostile_twin")
            return f"{self.twins[number - 1]}"


def join_groups(name: str) -> None:
    """Makes the two roles members, also after a revert that dropped the groups."""
    with connect(name, options=PINNED) as connection:
        for group, member in (("app", TENANT), ("maintenance", MAINTAINER)):
            connection.execute(
                f"""
                do $$
                begin
                    if to_regrole('workflow_{group}') is null then
                        create role workflow_{group};
                    end if;
                end
                $$;
                grant workflow_{group} to {member};
                """.encode()
            )


@contextmanager
def old_tables() -> Iterator[Seen]:
    """A database as an application has it, and the three roles."""
    with roles(SQUATTER), roles(TENANT, MAINTAINER), database() as name:
        psql(name, "--file=deploy/baseline.sql")
        psql(name, f"--set=runs={FEW}", "--file=script/legacy-data.sql")
        join_groups(name)
        yield Seen(name)


# Tests -------------------------------------------------------------------------------------------


def test_no_name_is_resolved_through_public() -> None:
    with old_tables() as harmless:
        cycle(harmless, lambda: None, lambda: None)
        wanted = twins(harmless)
    kinds = Counter(twin.kind for twin in wanted)
    assert all(kinds[kind] > 20 for kind in ("function", "operator", "aggregate", "type")), kinds

    with old_tables() as seen:
        squatter = Squatter(seen.name, wanted)
        try:
            squatter.plant()
            cycle(seen, squatter.plant, squatter.make_way)
        finally:
            planted = Counter(twin.kind for twin in squatter.planted.values())
            print(
                f"\n{len(harmless.calls())} calls seen, planted: {dict(planted)}, "
                f"{squatter.casts} casts"
            )
            print(f"refused: {Counter(squatter.refused.values()).most_common(5)}")
            hijacked = sorted(seen.hijacked())
            print(f"hijacked: {hijacked}")
            assert (squatter.called(), hijacked) == (None, [])
        assert planted.total() > 0.85 * len(wanted)
        assert squatter.casts > 50


def test_no_name_of_the_bundle_is_resolved_through_public(tmp_path: Path) -> None:
    file = tmp_path / "consolidate_workflow_tables.sql"
    run("./script/bundle", str(file))
    with old_tables() as harmless:
        harmless.run("psql", "--no-psqlrc", f"--dbname={harmless.name}", f"--file={file}")
        harmless.run("./script/privileges", harmless.name)
        harmless.read_catalog()
        wanted = twins(harmless)
    with old_tables() as seen:
        squatter = Squatter(seen.name, wanted)
        try:
            squatter.plant()
            seen.run("psql", "--no-psqlrc", f"--dbname={seen.name}", f"--file={file}")
            squatter.plant()
            seen.run("./script/privileges", seen.name)
        finally:
            print(f"\n{len(squatter.planted)} planted")
            assert (squatter.called(), sorted(seen.hijacked())) == (None, [])


# One name of each kind, as somebody might write it into a function or script, and whether it takes
# a search path that begins with public.
UNBOUND = {
    "function": ("cardinality(array[1::bigint])", False),
    "function of any types": ("format('%s', '{0}'::uuid)", False),
    "operator": ("1::numeric <= 2::bigint", False),
    "operator of any types": ("'a'::text || '{0}'::uuid", False),
    "aggregate": ("count(t.trace_id) from consolidation.old_trace as t", False),
    "cast": ("date('2026-11-26'::text)", False),
    "type": ("'a'::text", True),
}


def careless(database: str, expression: str) -> str:
    """Puts it into a copy of a function, and of a script; returns the path of that one."""
    with connect(database) as connection:
        function = one(
            connection,
            "select pg_get_functiondef('consolidation.give_way(integer)'::regprocedure)",
        )
        copied = re.sub(r" SET search_path TO .*\n", "", function).replace("give_way", "careless")
        assert copied != function
        connection.execute(
            copied.replace("begin\n", f"begin\n    perform {expression};\n", 1).encode()
        )
    script = (ROOT / "verify/move/take_locks.sql").read_text()
    pin = "set local search_path = pg_catalog, pg_temp;"
    unbound = script.replace(pin, f"select {expression};")
    assert unbound != script
    return unbound


@pytest.mark.parametrize("kind", UNBOUND)
def test_a_name_that_is_not_bound_is_noticed(
    expand_template: str, tmp_path: Path, kind: str
) -> None:
    expression, public_first = UNBOUND[kind]
    expression = expression.format(NODE)
    file = tmp_path / "careless.sql"
    with roles(SQUATTER), database(expand_template) as expand:
        file.write_text(careless(expand, expression))
        seen = Seen(expand)
        seen.run("psql", "--set=ON_ERROR_STOP=1", f"--dbname={expand}", f"--file={file}")
        check_functions(seen, "careless")
        seen.read_catalog()
        squatter = Squatter(expand, twins(seen))
        squatter.plant()

        # In the function, though nobody executes it.
        reading = Seen(expand)
        check_functions(reading, "careless")
        assert reading.hijacked() != set()
        assert squatter.called() is None
        # In the script, as it is executed.
        path = "set search_path = public, pg_catalog;" if public_first else ""
        file.write_text(path + file.read_text())
        result = psql(expand, f"--file={file}", check=False)
        assert "hijacked by twin" in result.stderr, result.stderr
        assert squatter.called() is not None


# Locks -------------------------------------------------------------------------------------------


def test_a_role_without_privileges_holds_up_no_deploy(expand: str) -> None:
    """Any role may take any advisory lock, and keep it for ever."""
    impatient = ENVIRONMENT["PGOPTIONS"] + " -c lock_timeout=5s"
    with roles(SQUATTER), connect(expand) as worker, connect(expand) as squatter:
        squatter.execute(f"set session authorization {SQUATTER}".encode())
        squatter.execute(
            """
            select pg_advisory_lock(hashtext('workflow_consolidation'), n)
            from generate_series(0, 257) as n
            """
        )
        squatter.execute(
            "select pg_advisory_lock(hashtext('workflow_consolidation stop'), %s)",
            (worker.info.backend_pid,),
        )
        worker.execute("set lock_timeout = '5s'")
        worker.execute("call consolidation.backfill()")
        done, total = worker.execute(
            "select runs_done, runs_total from consolidation.progress"
        ).fetchone() or (0, 0)
        assert done == total > 0
        for arguments in (("deploy",), ("revert", "-y", "--to", "@expand")):
            result = subprocess.run(
                ("sqitch", *arguments, f"db:pg:{expand}"),
                cwd=ROOT, env={**ENVIRONMENT, "PGOPTIONS": impatient},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert result.returncode == 0, result.stdout + result.stderr


def test_whoever_holds_up_a_deploy_is_named(expand: str) -> None:
    with connect(expand, application_name="night report") as holder, connect(expand) as other:
        with holder.transaction():
            holder.execute("select consolidation.enter_batch()")
            with pytest.raises(psycopg.errors.LockNotAvailable) as refused:
                other.execute("select consolidation.keep_batches_out('0 s')")
        detail = str(refused.value.diag.message_detail)
        role = one(holder, "select session_user::text")
        pid = holder.info.backend_pid
        assert detail.startswith(f"Held by pid {pid} (night report, role {role}, "), detail
        other.execute("select consolidation.keep_batches_out('0 s')")


# Keys --------------------------------------------------------------------------------------------


def test_a_key_taken_on_purpose_stops_no_later_deploy(deployed: str) -> None:
    """The keys of carried-over rows can be computed, so a tenant can be there first."""
    with connect(deployed) as connection:
        run, step = connection.execute(
            "select consolidation.run_id(888001), consolidation.step_id(888001)"
        ).fetchone() or ("", "")
        with connection.transaction():
            connection.execute("set local role workflow_app")
            connection.execute(f"set local app.current_org_id = '{NORTH}'".encode())
            connection.execute(
                "insert into user_workflow_run (run_id, workflow_id, org_id, channel, created_by) "
                "values (%s, %s, %s, 'web', %s)",
                (run, WORKFLOW, NORTH, USER),
            )
            connection.execute(
                "insert into user_workflow_run_step (step_id, run_id, node_id, step_number) "
                "values (%s, %s, %s, 1)",
                (step, run, NODE),
            )
        sqitch(deployed, "revert", "-y", "--to", "@expand")
        connection.execute(
            "insert into workflow_trace (trace_id, org_id, workflow_id, channel, created_by) "
            "values (888001, %s, %s, 'web', %s)",
            (SOUTH, WORKFLOW, USER),
        )
        connection.execute(
            "insert into workflow_steps (step_id, trace_id, step_number, node_id) "
            "values (888001, 888001, 1, %s)",
            (NODE,),
        )
        sqitch(deployed, "deploy")
        kept = connection.execute(
            "select r.org_id::text, s.org_id::text from user_workflow_run as r "
            "inner join user_workflow_run_step as s on s.run_id = r.run_id "
            "where r.run_id = %s or r.legacy_trace_id = 888001 order by 1",
            (run,),
        ).fetchall()
        assert kept == [(NORTH, NORTH), (SOUTH, SOUTH)]
        # And back, and there once more.
        sqitch(deployed, "revert", "-y", "--to", "@expand")
        connection.execute("update workflow_trace set tier = 3 where trace_id = 888001")
        sqitch(deployed, "deploy")


@contextmanager
def tenant(connection: Connection, organisation: str) -> Iterator[None]:
    """The block is a transaction of an application that names its organisation."""
    with connection.transaction():
        connection.execute("set local role workflow_app")
        connection.execute(f"set local app.current_org_id = '{organisation}'".encode())
        yield


def start(connection: Connection, organisation: str) -> int:
    """Inserts a run through the old name; returns its id."""
    with tenant(connection, organisation):
        return int(
            one(
                connection,
                "insert into workflow_trace (org_id, workflow_id, channel, created_by) "
                "values (%s, %s, 'web', %s) returning trace_id",
                organisation,
                WORKFLOW,
                USER,
            )
        )


def test_ids_taken_on_purpose_are_in_the_way_as_in_the_old_tables(deployed: str) -> None:
    """An application may give ids of its own, so a tenant may as well; the DBA ends it."""
    with connect(deployed) as connection:
        last = start(connection, SOUTH)
        with tenant(connection, NORTH):
            connection.execute(
                "insert into workflow_trace (trace_id, org_id, workflow_id, channel, created_by) "
                "select %s + n, %s, %s, 'web', %s from generate_series(1, 3) as n",
                (last, NORTH, WORKFLOW, USER),
            )
        with pytest.raises(psycopg.errors.UniqueViolation):
            start(connection, SOUTH)
        connection.execute(
            "select setval('public.workflow_trace_trace_id_seq', max(legacy_trace_id)) "
            "from user_workflow_run where legacy_trace_id < 1000000000000"
        )
        assert start(connection, SOUTH) > last + 3


def test_an_alias_of_anothers_page_state_is_ended_by_the_dba(deployed: str) -> None:
    with connect(deployed) as connection:
        states = []
        for organisation in (NORTH, SOUTH):
            with tenant(connection, organisation):
                states.append(
                    connection.execute(
                        "select array_agg(micro_state_id order by micro_state_id) from micro_state"
                    ).fetchone()
                )
        own, others = (set(found[0] or ()) for found in states if found)
        alias, aliased = min(own - others), min(others - own)
        connection.execute("update micro_state set aliased_to = null")
        with tenant(connection, NORTH):
            connection.execute(
                "update micro_state set aliased_to = %s where micro_state_id = %s", (aliased, alias)
            )
        delete = ("delete from micro_state where micro_state_id = %s", (aliased,))
        with pytest.raises(psycopg.errors.ForeignKeyViolation), tenant(connection, SOUTH):
            connection.execute(*delete)
        connection.execute(
            "update user_workflow_cache_state set aliased_to = null where aliased_to = %s",
            (aliased,),
        )
        with tenant(connection, SOUTH):
            assert connection.execute(*delete).rowcount == 1
