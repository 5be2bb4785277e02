"""Bad input says what is wrong and where, and changes nothing.

A fingerprint of catalog and data is taken before and after each refusal; where there is a cure, it
is applied as it was said, and cures.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from conftest import ROOT, connect, database, psql, sqitch
from helpers_cycle import EIGHT, NODE, Connection, one

ODD = 8_000_000_000_000

# What pg_catalog knows of everything outside of PostgreSQL's and Sqitch's own schemas, one row an
# object, under names instead of oids.
CATALOG = """
with own_schema as (
    select n.oid, n.nspname, n.nspacl, n.nspowner
    from pg_namespace as n
    where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'sqitch')
),

own_class as (
    select c.*, s.nspname
    from pg_class as c
    inner join own_schema as s on s.oid = c.relnamespace
)

select 'schema ' || s.nspname, concat_ws(' ', s.nspacl::text, s.nspowner::regrole)
from own_schema as s
union all
select
    concat('relation ', c.nspname, '.', c.relname),
    concat_ws(
        ' ', c.relkind, c.relowner::regrole, c.reloptions::text,
        -- Written out or not, the privileges of the owner are the same.
        (
            select string_agg(x::text, ' ' order by x::text)
            from aclexplode(
                coalesce(
                    c.relacl,
                    acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner)
                )
            ) as x
        ),
        c.relrowsecurity, c.relforcerowsecurity, obj_description(c.oid, 'pg_class'),
        case c.relkind
            when 'v' then pg_get_viewdef(c.oid)
            when 'i' then pg_get_indexdef(c.oid)
        end
    )
from own_class as c
union all
select
    concat('column ', c.nspname, '.', c.relname, '.', a.attname),
    concat_ws(
        ' ', a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
        a.attgenerated, a.attacl::text, pg_get_expr(d.adbin, d.adrelid),
        col_description(c.oid, a.attnum)
    )
from own_class as c
inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef as d on d.adrelid = c.oid and d.adnum = a.attnum
where c.relkind in ('r', 'v')
union all
select
    concat('constraint ', c.nspname, '.', c.relname, '.', k.conname),
    concat_ws(' ', pg_get_constraintdef(k.oid), k.convalidated)
from own_class as c
inner join pg_constraint as k on k.conrelid = c.oid
union all
select
    concat('trigger ', c.nspname, '.', c.relname, '.', t.tgname),
    concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
from own_class as c
inner join pg_trigger as t on t.tgrelid = c.oid and not t.tgisinternal
union all
select
    concat('policy ', p.schemaname, '.', p.tablename, '.', p.policyname),
    p::text
from pg_policies as p
union all
select
    'function ' || p.oid::regprocedure,
    concat_ws(' ', p.proowner::regrole, p.proacl::text, pg_get_functiondef(p.oid))
from pg_proc as p
inner join own_schema as s on s.oid = p.pronamespace
where p.prokind <> 'a'
union all
select 'type ' || t.oid::regtype, t.typtype::text
from pg_type as t
inner join own_schema as s on s.oid = t.typnamespace
where t.typtype in ('e', 'd')
"""

Fingerprint = dict[str, str]


# A proof leaves a record of what it compared, also when it refuses.
WITHOUT_RECORD = {
    "consolidation.chunk": "where t.task = 'backfill'",
    "consolidation.proof": "where false",
    "consolidation.unequal_trace": "where false",
    # Whose the last script was.
    "consolidation.deploy_session": "where false",
}


def fingerprint(connection: Connection) -> Fingerprint:
    """Every object of a database, and the rows of every table and sequence, Sqitch's apart."""
    found: Fingerprint = dict(connection.execute(CATALOG).fetchall())
    for relation in [name.partition(" ")[2] for name in found if name.startswith("relation ")]:
        kind = found[f"relation {relation}"][0]
        quoted = ".".join(f'"{part}"' for part in relation.split(".", 1))
        if kind == "r":
            query = (
                "select concat(count(*), ' rows ', md5(string_agg(t::text, e'\\n' "
                f"order by t::text))) from {quoted} as t {WITHOUT_RECORD.get(relation, '')}"
            )
        elif kind == "S" and not relation.startswith("consolidation."):
            # Those of the project number rows of its own, and a rollback leaves gaps.
            query = f"select concat(last_value, ' ', is_called) from {quoted}"
        else:
            continue
        row = connection.execute(query).fetchone()
        assert row is not None
        found[f"content of {relation}"] = row[0]
    return found


@contextmanager
def nothing_changes(connection: Connection) -> Iterator[None]:
    """What happens inside leaves catalog and data as they were."""
    before = fingerprint(connection)
    yield
    assert fingerprint(connection) == before


@contextmanager
def refused(connection: Connection, sqlstate: str) -> Iterator[list[psycopg.Error]]:
    """The block raises this SQLSTATE and changes nothing; the error is handed out in a list."""
    errors: list[psycopg.Error] = []
    with nothing_changes(connection):
        with pytest.raises(psycopg.Error) as raised:
            yield errors
        assert raised.value.sqlstate == sqlstate, raised.value
        errors.append(raised.value)


def body(path: str) -> str:
    """A script without its begin, commit and rollback, to be part of a larger transaction."""
    return re.sub(r"^(begin|commit|rollback);$", "", (ROOT / path).read_text(), flags=re.MULTILINE)


def last_change(connection: Connection) -> Any:
    """The change that Sqitch deployed last."""
    return one(connection, "select change from sqitch.changes order by committed_at desc limit 1")


# Adoption ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unadopted_template(legacy_template: str) -> Iterator[str]:
    """The eight tables with rows in them, of which Sqitch knows nothing."""
    with database(legacy_template) as name:
        psql(name, "--command=drop schema sqitch cascade")
        yield name


@pytest.fixture
def unadopted(unadopted_template: str) -> Iterator[str]:
    """A copy of that."""
    with database(unadopted_template) as name:
        yield name


@pytest.fixture(scope="module")
def baseline(unadopted_template: str) -> Iterator[Connection]:
    """A connection to a copy of that; every test leaves it as it was."""
    with database(unadopted_template) as name, connect(name) as connection:
        yield connection


def adopt(name: str, check: bool = True) -> str:
    """Adopts the tables; returns what sqitch said if it refused, else ''."""
    result = sqitch(name, "deploy", "--log-only", "--verify", "--to", "@baseline", check=check)
    return "" if result.returncode == 0 else result.stdout + result.stderr


def old_columns() -> list[tuple[str, str]]:
    """The columns of the six tables that are carried over, as the baseline creates them."""
    found = []
    for table, columns in re.findall(
        r"create table public\.(\w+) \((.*?)\n\);", (ROOT / "deploy/baseline.sql").read_text(), re.S
    ):
        if table not in ("workflow_configs", "micro_state"):
            found += [
                (table, name)
                for name in re.findall(r'^    "?(\w+)"? ', columns, re.M)
                if name not in ("primary", "unique", "foreign")
            ]
    return found


# No document can be without these; the others are computed.
NEEDED = {
    "workflow_trace": "trace_id org_id workflow_id channel status created_at created_by",
    "workflow_steps": "step_id trace_id step_number node_id",
    "workflow_events": "event_id trace_id step_id event_type event_data",
    "workflow_trace_screenshot": "screenshot_id trace_id step_index screenshot_url",
    "workflow_trace_context": "context_id trace_id key value",
    "workflow_trace_endpoint": "trace_id endpoint_id",
}


@pytest.mark.parametrize("table", [t for t in EIGHT if t[:8] == "workflow" and t[9:] != "configs"])
def test_every_missing_column_is_named_with_the_statement_that_adds_it(
    baseline: Connection, table: str
) -> None:
    """Executed as said, the statement gives the column the type and the default it had."""
    column_of = (
        "select concat_ws(' ', format_type(a.atttypid, a.atttypmod), "
        "pg_get_expr(d.adbin, d.adrelid)) from pg_attribute as a left join pg_attrdef as d "
        "on d.adrelid = a.attrelid and d.adnum = a.attnum "
        "where a.attrelid = 'public.{}'::regclass and a.attname = '{}'"
    )
    columns = [column for name, column in old_columns() if name == table]
    assert columns
    for column in columns:
        with baseline.transaction(force_rollback=True):
            wanted = one(baseline, column_of.format(table, column))
            baseline.execute(f'alter table {table} drop column "{column}" cascade')
            if column not in NEEDED[table].split():
                baseline.execute(body("verify/baseline.sql"))
                continue
            with pytest.raises(psycopg.Error) as raised, baseline.transaction():
                baseline.execute(body("verify/baseline.sql"))
            assert raised.value.sqlstate == "42P16"
            cures = re.findall(r"alter table .*;", raised.value.diag.message_primary or "")
            assert len(cures) == 1
            baseline.execute(cures[0])
            baseline.execute(body("verify/baseline.sql"))
            assert one(baseline, column_of.format(table, column)) == wanted


DRIFTS = [
    ("alter table workflow_trace alter column duration_ms type text", "workflow_trace.duration_ms"),
    (
        "alter table workflow_trace alter column start_time type timestamp",
        "workflow_trace.start_time",
    ),
    (
        "alter table workflow_trace alter column config_snapshot type json",
        "workflow_trace.config_snapshot",
    ),
    ("alter table workflow_trace alter column workflow_id type text", "workflow_trace.workflow_id"),
    ("alter table workflow_trace alter column success type text", "workflow_trace.success"),
    (
        "alter table workflow_steps alter column retry_count type numeric",
        "workflow_steps.retry_count",
    ),
    (
        "alter table workflow_trace_screenshot alter column confidence_score type float",
        "workflow_trace_screenshot.confidence_score",
    ),
    (
        "alter table workflow_trace_context add column severity text",
        "workflow_trace_context.severity",
    ),
    (
        "alter table workflow_events add column severity json not null default '1'",
        "workflow_events.severity",
    ),
    ("alter table workflow_events add column place point", "workflow_events.place"),
    ('alter table workflow_events add column "a ""b""" text', 'workflow_events."a ""b"""'),
    ("alter table workflow_steps rename column node_id to node", "workflow_steps.node_id"),
    (
        "alter table workflow_trace drop column duration_ms;"
        "alter table workflow_trace add column duration_ms integer "
        "generated always as (tier * 1000) stored",
        "workflow_trace.duration_ms is generated",
    ),
    ("drop table workflow_trace_context", "workflow_trace_context"),
    ("alter table workflow_trace_endpoint set schema pg_temp", "workflow_trace_endpoint"),
    (
        "alter table workflow_trace_endpoint rename to endpoint;"
        "create view workflow_trace_endpoint as select * from endpoint",
        "workflow_trace_endpoint",
    ),
    (
        "alter table workflow_trace_endpoint rename to endpoint;"
        "create materialized view workflow_trace_endpoint as select * from endpoint",
        "workflow_trace_endpoint",
    ),
    (
        "drop table workflow_trace_endpoint;"
        "create table workflow_trace_endpoint (trace_id bigint, endpoint_id bigint) "
        "partition by range (trace_id)",
        "workflow_trace_endpoint",
    ),
    ("drop table workflow_configs", "workflow_configs"),
    ("drop table micro_state", "micro_state"),
]


@pytest.mark.parametrize(("drift", "named"), DRIFTS)
def test_a_drifted_baseline_is_not_adopted(baseline: Connection, drift: str, named: str) -> None:
    """What the consolidation relies on and does not find is named, table and column."""
    with baseline.transaction(force_rollback=True):
        if "pg_temp" in drift:
            drift = "create schema elsewhere;" + drift.replace("pg_temp", "elsewhere")
        baseline.execute(drift)
        with pytest.raises(psycopg.Error) as raised, baseline.transaction():
            baseline.execute(body("verify/baseline.sql"))
        assert raised.value.sqlstate == "42P16"
        assert named in (raised.value.diag.message_primary or "")


@pytest.mark.parametrize(
    "difference",
    [
        "create type status as enum ('pending', 'running', 'active', 'completed', 'failed', '', "
        "' running '); alter table workflow_trace alter column status drop default; "
        "alter table workflow_trace alter column status type status using status::status",
        "alter table workflow_trace alter column channel type varchar(20)",
        "alter table workflow_trace alter column tier type bigint",
        "alter table workflow_trace alter column status drop default",
        "alter table workflow_trace alter column status set not null",
        "alter table workflow_steps drop constraint workflow_steps_trace_id_step_number_key",
        "create index on workflow_trace (session_id)",
        "alter table workflow_trace add check (duration_ms <> 7)",
        "create policy p on workflow_trace using (true)",
        "alter table workflow_trace enable row level security",
        "alter table workflow_configs add column extra text",
        "alter table micro_state drop column text_emb",
        "alter table micro_state alter column text_emb type text",
    ],
)
def test_harmless_differences_are_adopted(baseline: Connection, difference: str) -> None:
    """Enums and other types of one family, further indexes, constraints and policies are fine."""
    with baseline.transaction(force_rollback=True):
        baseline.execute(difference)
        baseline.execute(body("verify/baseline.sql"))


def test_an_adoption_that_is_refused_can_be_cured_as_it_was_said(unadopted: str) -> None:
    """Two drifts at once are named at once; cured, the same command adopts."""
    with connect(unadopted) as connection:
        connection.execute("alter table workflow_trace drop column channel")
        connection.execute("alter table workflow_trace_context add column worker text")
        with nothing_changes(connection):
            said = adopt(unadopted, check=False)
            assert "workflow_trace_context.worker" in said
        cure = re.search(r"alter table public\.workflow_trace add column .*?;", said)
        assert cure is not None, said
        connection.execute(cure[0])
        assert "workflow_trace.channel" not in adopt(unadopted, check=False)
        connection.execute("alter table workflow_trace_context drop column worker")
        adopt(unadopted)
        assert one(connection, "select string_agg(change, ',') from sqitch.changes") == "baseline"


def test_an_adoption_that_is_refused_leaves_empty_tables(empty: str) -> None:
    """Also tables that the revert script would drop."""
    psql(empty, "--file=deploy/baseline.sql")
    with connect(empty) as connection:
        connection.execute("alter table workflow_trace_context add column worker text")
        with nothing_changes(connection):
            assert "workflow_trace_context.worker" in adopt(empty, check=False)
        assert one(connection, "select count(*) from sqitch.changes") == 0


@pytest.mark.parametrize("what", ["all eight", "one table", "one view"])
def test_existing_tables_are_not_created_again(what: str, unadopted_template: str) -> None:
    """A deploy without adoption refuses, names what is there, and says how to adopt."""
    with (
        database(unadopted_template if what == "all eight" else "template0") as name,
        connect(name) as connection,
    ):
        if what == "all eight":
            # Those of the baseline say by their comment whose they are.
            for table in EIGHT:
                connection.execute(f"comment on table {table} is null")
        if what == "one table":
            connection.execute("create table public.micro_state (id int)")
        if what == "one view":
            connection.execute("create view public.workflow_trace as select 1 as trace_id")
        with nothing_changes(connection):
            result = sqitch(name, "deploy", check=False)
        assert result.returncode != 0
        said = result.stdout + result.stderr
        assert "sqitch deploy --log-only --verify --to @baseline" in said
        named = {"one table": ["micro_state"], "one view": ["workflow_trace"]}.get(what, EIGHT)
        assert [table for table in EIGHT if f"public.{table}" in said] == list(named)
        assert one(connection, "select count(*) from sqitch.changes") == 0


# Reverting the baseline --------------------------------------------------------------------------


def test_a_baseline_with_rows_is_not_reverted(legacy: str) -> None:
    """Tables the project created stay while one of them has a row, all of them."""
    with connect(legacy) as connection:
        with nothing_changes(connection):
            result = sqitch(legacy, "revert", "-y", check=False)
        assert result.returncode != 0
        assert "holds rows" in result.stdout + result.stderr
        assert one(connection, "select string_agg(change, ',') from sqitch.changes") == "baseline"

        # The last to be looked at has the only row.
        connection.execute("truncate workflow_trace, workflow_configs cascade")
        with nothing_changes(connection):
            result = sqitch(legacy, "revert", "-y", check=False)
        assert result.returncode != 0
        assert "public.micro_state" in result.stdout + result.stderr

        connection.execute("truncate micro_state")
        sqitch(legacy, "revert", "-y")
        assert [name for name in fingerprint(connection) if "public." in name] == []


def test_adopted_tables_outlive_a_revert(legacy: str) -> None:
    """Tables that were not created by the project are left alone, with their rows and without."""
    with connect(legacy) as connection:
        for table in EIGHT:
            connection.execute(f"comment on table {table} is null")
        connection.execute("comment on table micro_state is 'ours'")
        connection.execute("truncate workflow_configs")
        with nothing_changes(connection):
            sqitch(legacy, "revert", "-y")
        assert one(connection, "select count(*) from sqitch.changes") == 0
        # And can be adopted again.
        adopt(legacy)


def test_a_revert_removes_every_trace(empty: str) -> None:
    """On a database that was empty, nothing is left but what Sqitch keeps for itself."""
    with connect(empty) as connection:
        nothing = fingerprint(connection)
        sqitch(empty, "deploy", "--to", "@baseline")
        only_baseline = fingerprint(connection)
        sqitch(empty, "deploy")
        sqitch(empty, "verify")
        assert fingerprint(connection) != only_baseline
        sqitch(empty, "revert", "-y", "--to", "@baseline")
        assert fingerprint(connection) == only_baseline
        sqitch(empty, "revert", "-y")
        assert fingerprint(connection) == nothing


# Roles -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attribute", ["workflow_app login", "workflow_maintenance superuser", "workflow_app bypassrls"]
)
def test_a_role_of_that_name_that_can_do_more_is_refused(
    baseline: Connection, attribute: str
) -> None:
    """The group roles are used as found, but not with login, superuser or bypassrls."""
    with baseline.transaction(force_rollback=True):
        baseline.execute(body("deploy/access/roles.sql"))
        baseline.execute(f"alter role {attribute}")
        with pytest.raises(psycopg.Error) as raised, baseline.transaction():
            baseline.execute(body("deploy/access/roles.sql"))
        assert raised.value.sqlstate == "55000"
        assert attribute.split()[0] in (raised.value.diag.message_primary or "")
        assert f"alter role {attribute.split()[0]}" in (raised.value.diag.message_hint or "")


def test_roles_that_another_database_uses_outlive_a_revert(
    baseline: Connection, expand_template: str
) -> None:
    """They belong to the cluster."""
    assert expand_template
    with baseline.transaction(force_rollback=True):
        baseline.execute(body("revert/access/roles.sql"))
        assert (
            one(
                baseline,
                "select count(*) from pg_roles where rolname ~ '^workflow_(app|maintenance)$'",
            )
            == 2
        )


def test_roles_of_others_outlive_a_revert(empty: str) -> None:
    """A role without the comment of the project stays; one with it, which nobody uses, goes."""
    with connect(empty) as connection, connection.transaction(force_rollback=True):
        # Under other names: the real ones are in use.
        script = body("revert/access/roles.sql").replace("workflow_", "workflow_cycle_")
        connection.execute("create role workflow_cycle_app")
        connection.execute("create role workflow_cycle_maintenance")
        connection.execute(
            "comment on role workflow_cycle_maintenance is 'x (workflow_cycle_consolidation)'"
        )
        connection.execute(script)
        left = connection.execute(
            "select rolname from pg_roles where rolname ~ '^workflow_cycle_(app|maintenance)$'"
        ).fetchall()
        assert left == [("workflow_cycle_app",)]


@pytest.fixture(scope="module")
def phases(expand_template: str, deployed_template: str) -> Iterator[dict[str, Connection]]:
    """Connections to a database before and one after the cut-over; tests change nothing."""
    with (
        database(expand_template) as before,
        database(deployed_template) as after,
        connect(before) as expand_connection,
        connect(after) as deployed_connection,
    ):
        yield {"expand": expand_connection, "deployed": deployed_connection}


def calls(connection: Connection, only: str) -> list[str]:
    """A call with nulls of each function and procedure of the schema for which this holds."""
    return [
        call
        for (call,) in connection.execute(
            f"""
            select format(
                '%s consolidation.%I(%s)',
                case p.prokind when 'p' then 'call' else 'select' end,
                p.proname,
                (
                    select string_agg('null::' || format_type(a.type, null), ', ' order by a.place)
                    from unnest(p.proargtypes) with ordinality as a (type, place)
                )
            )
            from pg_proc as p
            where p.pronamespace = 'consolidation'::regnamespace and {only}
            """
        )
    ]


@pytest.mark.parametrize("phase", ["expand", "deployed"])
@pytest.mark.parametrize("member_of", ["", "workflow_app"])
def test_who_does_not_maintain_calls_nothing(
    phases: dict[str, Connection], phase: str, member_of: str
) -> None:
    """The schema is closed; were it open, what changes something or shows rows would be, too."""
    connection = phases[phase]
    with connection.transaction(force_rollback=True):
        connection.execute("create role workflow_cycle_stranger")
        if member_of:
            connection.execute(f"grant {member_of} to workflow_cycle_stranger")
        for only, opened in (
            ("p.prorettype <> 'trigger'::regtype", False),
            (
                "(p.provolatile = 'v' or p.prosecdef or p.proname in ('differences', "
                "'uncarriable', 'preflight', 'foreign_key', 'rebinding', 'unscoped_role')) "
                "and p.prorettype <> 'trigger'::regtype",
                True,
            ),
        ):
            if opened:
                connection.execute("grant usage on schema consolidation to workflow_cycle_stranger")
            listed = calls(connection, only)
            assert len(listed) > 10
            connection.execute("set local role workflow_cycle_stranger")
            answers = {}
            for call in listed:
                try:
                    with connection.transaction():
                        connection.execute(call)
                    answers[call] = "allowed"
                except psycopg.Error as error:
                    answers[call] = error.sqlstate or ""
            connection.execute("reset role")
            assert {c: answer for c, answer in answers.items() if answer != "42501"} == {}


# Rows that cannot be carried over ----------------------------------------------------------------

SPOILT = {
    "workflow_id is null": [
        "update workflow_trace set workflow_id = null where trace_id in (1, 2)"
    ],
    "status is null": ["update workflow_trace set status = null where trace_id = 2"],
    "channel is null": ["update workflow_trace set channel = null where trace_id = -42"],
    "created_by is null": [
        "update workflow_trace set created_by = null where trace_id = 9223372036854775807"
    ],
    "node_id is null": ["update workflow_steps set node_id = null where trace_id = 3"],
    "the step belongs to another run": [
        "update workflow_events set step_id = 11 where event_id = 1",
        f"update workflow_events set step_id = -1 where event_id = {ODD + 20_001}",
    ],
}
# How many of the rows of each kind there are then.
COUNTS = dict(zip(SPOILT, (2, 1, 1, 1, 8, 2), strict=True))
VALUES = {"status": "'pending'", "channel": "'web'"}


def repair(statement: str) -> str:
    """A repair as it was proposed, with a value for what only the owner can know."""
    column = re.search(r"set (\w+) = \.\.\.", statement)
    return statement.replace("...", VALUES.get(column[1], f"'{NODE}'") if column else "...")


def spoil(connection: Connection, *kinds: str) -> None:
    """Makes rows of these kinds that cannot be carried over."""
    for kind in kinds:
        for statement in SPOILT[kind]:
            assert connection.execute(statement).rowcount > 0


def test_rows_that_cannot_be_carried_stop_the_deploy(expand: str) -> None:
    """Each kind is listed with its count and a repair, nothing is changed; repaired, it goes on."""
    with connect(expand) as connection:
        kinds = dict(
            connection.execute(
                "select kind, count(*) from consolidation.uncarriable() group by kind"
            )
        )
        assert kinds == {}
        spoil(connection, *SPOILT)
        kinds = dict(
            connection.execute(
                "select kind, count(*) from consolidation.uncarriable() group by kind"
            )
        )
        assert kinds == COUNTS

        with nothing_changes(connection):
            result = sqitch(expand, "deploy", check=False)
        assert result.returncode != 0
        said = result.stdout + result.stderr
        for kind, count in COUNTS.items():
            found = re.search(rf"row (\d+) rows? of (\w+): {kind}.*", said)
            assert found is not None, f"{kind} is not in: {said}"
            assert int(found[1]) == count
            assert "update workflow_" in found[0]
        assert last_change(connection) == "access/not_isolated"

        for (statement,) in connection.execute("select repair from consolidation.uncarriable()"):
            assert connection.execute(repair(statement)).rowcount > 0
        assert connection.execute("select from consolidation.uncarriable()").rowcount == 0
        sqitch(expand, "deploy", "--to", "@carried_over")
        assert one(connection, "select count(*) from consolidation.differences()") == 0
        assert (
            one(
                connection,
                "select count(*) from user_workflow_run where legacy_trace_id in (1, 2) "
                f"and workflow_id = '{NODE}'",
            )
            == 2
        )


@pytest.mark.parametrize("kind", SPOILT)
def test_the_repair_of_each_kind_repairs_that_row(phases: dict[str, Connection], kind: str) -> None:
    """What is proposed for a row changes that row, and the row is not listed any more."""
    connection = phases["expand"]
    with connection.transaction(force_rollback=True):
        spoil(connection, kind)
        listed = connection.execute("select * from consolidation.uncarriable()").fetchall()
        assert [row[0] for row in listed] == [kind] * COUNTS[kind]
        for place, (_, _, _, statement) in enumerate(listed):
            assert connection.execute(repair(statement)).rowcount == 1
            left = connection.execute("select * from consolidation.uncarriable()").fetchall()
            assert sorted(left) == sorted(listed[place + 1 :])


@pytest.mark.parametrize("kind", ["node_id is null", "the step belongs to another run"])
def test_rows_that_cannot_be_carried_stop_the_cut_over(carried_over: str, kind: str) -> None:
    """Also those that were written after the backfill began."""
    with connect(carried_over) as connection:
        spoil(connection, kind)
        with refused(connection, "55000") as errors:
            connection.execute("call consolidation.cut_over()")
        assert kind in (errors[0].diag.message_primary or "")
        assert f"{COUNTS[kind]} row" in (errors[0].diag.message_primary or "")


def test_a_row_that_cannot_be_carried_stops_the_backfill_there(expand: str) -> None:
    """Called by hand, it stops at the batch, says where to look, and goes on once repaired."""
    with connect(expand) as connection:
        spoil(connection, "created_by is null")
        with pytest.raises(psycopg.errors.NotNullViolation) as raised:
            connection.execute("call consolidation.backfill(10)")
        assert "consolidation.uncarriable" in (raised.value.diag.message_hint or "")
        done = one(connection, "select count(*) from user_workflow_run")
        assert 0 < done < one(connection, "select count(*) from workflow_trace")
        connection.execute(
            f"update workflow_trace set created_by = '{NODE}' where created_by is null"
        )
        connection.execute("call consolidation.backfill(10)")
        assert one(connection, "select count(*) from consolidation.differences()") == 0


# Cut-over ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "patience", "inserted"),
    [
        ("select * from workflow_trace limit 1", "2 seconds", 0),
        ("insert into workflow_trace_endpoint values (3, 777)", "2 seconds", 1),
        ("update micro_state set label = 'x' where micro_state_id = 1", "0.5 seconds", 0),
    ],
)
def test_a_lock_that_cannot_be_had_stops_the_cut_over(
    carried_over: str, held: str, patience: str, inserted: int
) -> None:
    """It names the holder, changes nothing, and no bystander waits for long meanwhile."""
    stop = threading.Event()
    waits: list[float] = []
    errors: list[str] = []

    def bystander() -> None:
        # Waiting for a lock for half a second is an error; queries of others are no lock.
        with connect(carried_over, options="-c lock_timeout=500ms") as connection:
            while not stop.is_set():
                began = time.monotonic()
                try:
                    connection.execute("select count(*) from workflow_trace where trace_id = 1")
                    connection.execute(
                        "update workflow_steps set status = status where step_id = 11"
                    )
                except psycopg.Error as error:
                    errors.append(str(error))
                waits.append(time.monotonic() - began)
                time.sleep(0.01)

    with (
        connect(carried_over) as connection,
        connect(carried_over, application_name="night report") as holder,
    ):
        holder.execute("begin")
        holder.execute(held)
        watcher = threading.Thread(target=bystander)
        before = fingerprint(connection)
        watcher.start()
        try:
            with pytest.raises(psycopg.errors.LockNotAvailable) as raised:
                connection.execute(f"call consolidation.cut_over(patience => '{patience}')")
        finally:
            stop.set()
            watcher.join()
        after = fingerprint(connection)
        assert errors == []
        assert len(waits) > 5
        assert "night report" in (raised.value.diag.message_detail or "")
        assert str(holder.info.backend_pid) in (raised.value.diag.message_detail or "")
        # The bystander wrote, to the queue as well.
        for name in before:
            if name.startswith("content of consolidation.change"):
                after[name] = before[name]
        assert after == before

        holder.execute("commit")
        connection.execute("call consolidation.cut_over(patience => '20 seconds')")
        assert one(connection, "select consolidation.phase()") == "cut over"
        assert one(connection, "select count(*) from consolidation.differences()") == 0
        endpoint = "trace_id = 3 and endpoint_id = 777"
        query = f"select count(*) from workflow_trace_endpoint where {endpoint}"
        assert one(connection, query) == inserted


def test_documents_that_differ_stop_the_cut_over(carried_over: str) -> None:
    """The first difference is named."""
    with connect(carried_over) as connection:
        connection.execute("update user_workflow_run set tier = 9 where legacy_trace_id = 42")
        with refused(connection, "XX001") as errors:
            connection.execute("call consolidation.cut_over()")
        for word in ("workflow_trace", "42", "tier"):
            assert word in (errors[0].diag.message_primary or "")


def test_an_unfinished_backfill_stops_the_cut_over(carried_over: str) -> None:
    """Ranges that are not done are refused."""
    with connect(carried_over) as connection:
        connection.execute("update consolidation.chunk set finished_at = null")
        with refused(connection, "55000") as errors:
            connection.execute("call consolidation.cut_over()")
        assert "backfill" in (errors[0].diag.message_hint or "")


def test_a_cut_over_without_a_backfill_is_refused(expand: str) -> None:
    """Nothing was carried over, so nothing is swapped."""
    with connect(expand) as connection, nothing_changes(connection):
        with pytest.raises(psycopg.Error) as raised:
            connection.execute("call consolidation.cut_over()")
        assert raised.value.sqlstate in ("55000", "XX001")


# Calls -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("procedure", ["backfill", "catch_up"])
@pytest.mark.parametrize("batch_size", ["null", "0", "-1", "100001", "2147483647"])
def test_a_batch_size_out_of_range_is_refused(
    phases: dict[str, Connection], procedure: str, batch_size: str
) -> None:
    """It says which value, and returns at once."""
    connection = phases["expand"]
    connection.execute("set statement_timeout = '1s'")
    try:
        with refused(connection, "22023") as errors:
            connection.execute(f"call consolidation.{procedure}({batch_size})")
        assert "batch_size" in (errors[0].diag.message_primary or "")
        assert batch_size in (errors[0].diag.message_primary or "").lower()
    finally:
        connection.execute("reset statement_timeout")


def test_endless_patience_is_refused(carried_over: str) -> None:
    """No patience at all is not the same as patience for ever."""
    with connect(carried_over) as connection, refused(connection, "22023"):
        connection.execute("call consolidation.cut_over(patience => null)")


def test_an_unknown_lock_mode_is_refused(phases: dict[str, Connection]) -> None:
    """It is part of a statement, so nothing but the modes that are known gets there."""
    with refused(phases["expand"], "22023"):
        phases["expand"].execute(
            "select consolidation.take_locks(array['workflow_trace'::regclass], 'share; drop')"
        )


@pytest.mark.parametrize(
    ("phase", "call", "isolation"),
    [
        ("expand", "select consolidation.consolidate(array[1])", "repeatable read"),
        ("expand", "call consolidation.backfill()", "repeatable read"),
        ("expand", "call consolidation.catch_up()", "repeatable read"),
        ("carried_over", "call consolidation.cut_over()", "repeatable read"),
        ("carried_over", "call consolidation.cut_over()", "serializable"),
        ("deployed", "select consolidation.carry_back(array[1])", "repeatable read"),
        ("deployed", "call consolidation.cut_back()", "repeatable read"),
    ],
)
def test_an_older_snapshot_is_refused(
    request: pytest.FixtureRequest, phase: str, call: str, isolation: str
) -> None:
    """It would not see what was committed while a lock was waited for, and write an older state."""
    with connect(request.getfixturevalue(phase)) as connection:
        if "catch_up" in call:
            connection.execute("insert into consolidation.change (trace_id) values (1)")
        connection.execute(f"set default_transaction_isolation = '{isolation}'")
        with refused(connection, "25000"):
            connection.execute(call)


@pytest.mark.parametrize(
    ("phase", "call"),
    [
        ("expand", "call consolidation.backfill()"),
        ("expand", "call consolidation.catch_up()"),
        ("carried_over", "call consolidation.cut_over()"),
        ("deployed", "call consolidation.cut_back()"),
    ],
)
def test_a_surrounding_transaction_is_refused(
    request: pytest.FixtureRequest, phase: str, call: str
) -> None:
    """What commits cannot be part of a transaction, and does not do the half of it."""
    with connect(request.getfixturevalue(phase)) as connection, nothing_changes(connection):
        with pytest.raises(psycopg.Error) as raised, connection.transaction():
            connection.execute(call)
        assert raised.value.sqlstate in ("2D000", "25001")


# Reverting tables that hold more -----------------------------------------------------------------


def test_runs_that_only_the_documents_hold_are_not_reverted(carried_over: str) -> None:
    """The run stays, and so do its steps; without them the revert goes through."""
    with connect(carried_over) as connection:
        connection.execute(
            "insert into user_workflow_run "
            "(run_id, workflow_id, org_id, channel, created_by, legacy_trace_id) "
            f"values ('{NODE}', '{NODE}', '{NODE}', 'web', '{NODE}', -77)"
        )
        connection.execute(
            "insert into user_workflow_run_step (run_id, node_id, step_number, legacy_step_id) "
            f"values ('{NODE}', '{NODE}', 1, -77)"
        )
        result = sqitch(carried_over, "revert", "-y", "--to", "access/current_org_id", check=False)
        assert result.returncode != 0
        said = result.stdout + result.stderr
        assert "-77" in said
        for table in ("user_workflow_run", "user_workflow_run_step"):
            assert one(connection, f"select count(*) from {table} where run_id = '{NODE}'") == 1

        connection.execute(f"delete from user_workflow_run_step where run_id = '{NODE}'")
        connection.execute(f"delete from user_workflow_run where run_id = '{NODE}'")
        sqitch(carried_over, "revert", "-y", "--to", "access/current_org_id")
        assert one(connection, "select to_regclass('user_workflow_run') is null")


# Twice -------------------------------------------------------------------------------------------


def test_deploying_twice_over_changes_nothing(deployed: str) -> None:
    """Neither the command, nor the procedures behind it."""
    with connect(deployed) as connection, nothing_changes(connection):
        sqitch(deployed, "deploy", check=False)
        connection.execute("call consolidation.backfill()")
        connection.execute("call consolidation.catch_up()")
        connection.execute("call consolidation.cut_over()")


def test_carrying_over_twice_changes_nothing(carried_over: str) -> None:
    """The backfill, repeated, finds the work done; forced, it writes the same."""
    with connect(carried_over) as connection:
        with nothing_changes(connection):
            connection.execute("call consolidation.backfill()")
        before = fingerprint(connection)
        connection.execute(
            "select consolidation.consolidate(array(select trace_id from workflow_trace))"
        )
        after = fingerprint(connection)
        assert {name for name in before if before[name] != after[name]} <= {
            # Only updated_at may say that somebody was there.
            "content of public.user_workflow_run"
        }
        assert one(connection, "select count(*) from consolidation.differences()") == 0


@pytest.mark.parametrize(
    "change",
    [
        "move/schemas",
        "documents/user_workflow_run",
        "access/row_level_security",
        "move/queue",
        "swap/swap",
    ],
)
def test_a_script_that_is_executed_again_changes_nothing(
    phases: dict[str, Connection], change: str
) -> None:
    connection = phases["expand"]
    with nothing_changes(connection):
        psql(connection.info.dbname, f"--file=deploy/{change}.sql")
