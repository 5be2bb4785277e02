"""The way back and rows of real databases: nulls, lengths, collations and constraints of old tables
that the baseline does not have."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from conftest import connect, database, psql, sqitch
from helpers_cycle import (
    NORTH,
    SIX,
    Background,
    Connection,
    differences,
    execute_script,
    one,
    rows,
    sqlstate,
    wait_until,
)

# Events of the step that is written to all the time.
MANY = int(os.environ.get("ELEMENTS", "5000"))

# Columns that cannot be null in the baseline, and are in a database that never had the constraint.
NULLABLE = {
    "workflow_steps": ("retry_count",),
    "workflow_events": ("event_type", "timestamp"),
    "workflow_trace_screenshot": (
        "org_id",
        "node_name",
        "step_index",
        "screenshot_url",
        "action_description",
        "created_at",
        "node_id",
    ),
    "workflow_trace_context": ("created_at",),
}


def adopt(name: str, script: str) -> None:
    """Builds a database of its own kind: the baseline, rows, a script, adopted."""
    psql(name, "--file=deploy/baseline.sql")
    psql(name, "--set=runs=20", "--file=script/legacy-data.sql")
    with connect(name) as connection:
        execute_script(connection, script)
    sqitch(name, "deploy", "--log-only", "--verify", "--to", "@baseline")


@pytest.fixture(scope="module")
def nullable_template() -> Iterator[str]:
    """A database with nulls in every column where the documents can say them, deployed."""
    script = []
    for table, columns in NULLABLE.items():
        key = {"workflow_trace_context": "context_id", "workflow_steps": "step_id"}.get(
            table, "event_id" if table == "workflow_events" else "screenshot_id"
        )
        for place, column in enumerate(columns):
            script.append(f'alter table {table} alter "{column}" drop not null;')
            # One column a row, and a row with all of them.
            script.append(
                f"""update {table} set "{column}" = null where {key} in (
                    select n.{key} from (
                        select
                            {key},
                            row_number() over (order by {key}) % {len(columns) + 2} as turn
                        from {table}
                    ) as n
                    where n.turn in ({place}, {len(columns)})
                );"""
            )
    with database() as name:
        adopt(name, "\n".join(script))
        sqitch(name, "deploy")
        yield name


@pytest.fixture
def nullable(nullable_template: str) -> Iterator[str]:
    """A copy of that database."""
    with database(nullable_template) as name:
        yield name


def test_nulls_that_the_old_tables_hold_come_back(nullable: str) -> None:
    """Every run is touched after the cut-over; no row with a null is lost or changed."""
    with connect(nullable) as connection:
        before = {name: rows(connection, f"legacy.{name}") for name in SIX}
        for table, columns in NULLABLE.items():
            for column in columns:
                nulls = f'select count(*) from legacy.{table} where "{column}" is null'
                assert one(connection, nulls) > 0
        # The old names show them, and differences() agrees.
        assert {name: rows(connection, name) for name in SIX} == before
        assert differences(connection) == []
        connection.execute("update user_workflow_run set error_details = error_details")
        connection.execute("update user_workflow_run_step set metadata = metadata")
        connection.execute("call consolidation.catch_up()")
        assert {name: rows(connection, f"legacy.{name}") for name in SIX} == before
        assert connection.execute("select * from consolidation.set_aside").fetchall() == []
    sqitch(nullable, "revert", "--to", "@expand", "-y")
    with connect(nullable) as connection:
        assert {name: rows(connection, name) for name in SIX} == before
        assert differences(connection) == []
    sqitch(nullable, "deploy")
    with connect(nullable) as connection:
        assert {name: rows(connection, name) for name in SIX} == before


def test_an_application_writes_nulls_where_the_old_tables_hold_them(nullable: str) -> None:
    """What was inserted and updated under the old names arrives in the tables."""
    with connect(nullable) as connection:
        trace = one(connection, "select min(trace_id) from workflow_trace")
        connection.execute(
            """insert into workflow_events (trace_id, event_type, event_data, "timestamp")
            values (%s, null, '1', null)""",
            (trace,),
        )
        connection.execute(
            """insert into workflow_trace_screenshot (trace_id, org_id, node_name, step_index,
                screenshot_url, action_description, created_at, node_id)
            values (%s, null, null, null, null, null, null, null)""",
            (trace,),
        )
        connection.execute(
            """insert into workflow_trace_context (trace_id, key, value, created_at)
            values (%s, 'without time', '1', null)""",
            (trace,),
        )
        connection.execute(
            "update workflow_steps set retry_count = null where trace_id = %s", (trace,)
        )
        connection.execute(
            """update workflow_events set event_data = '{"x": 1}' where "timestamp" is null"""
        )
        for table, column in (
            ("workflow_events", "event_data"),
            ("workflow_trace_screenshot", "trace_id"),
            ("workflow_trace_context", "value"),
        ):
            assert sqlstate(connection, f"update {table} set {column} = null") == "23502"
        shown = {name: rows(connection, name) for name in SIX}
    sqitch(nullable, "revert", "--to", "@expand", "-y")
    with connect(nullable) as connection:
        assert {name: rows(connection, name) for name in SIX} == shown


# What no document can say: the null of a column, or a value of a wider type.
UNCARRIABLE = [
    ("workflow_trace", "org_id", "null", "org_id is null"),
    ("workflow_trace", "created_at", "null", "created_at is null"),
    ("workflow_steps", "step_number", "null", "step_number is null"),
    ("workflow_steps", "trace_id", "null", "trace_id is null"),
    ("workflow_events", "trace_id", "null", "trace_id is null"),
    ("workflow_events", "event_data", "null", "event_data is null"),
    ("workflow_trace_screenshot", "trace_id", "null", "trace_id is null"),
    ("workflow_trace_context", "trace_id", "null", "trace_id is null"),
    ("workflow_trace_context", "key", "null", "key is null"),
    ("workflow_trace_context", "value", "null", "value is null"),
    (
        "workflow_events",
        "event_type",
        "repeat('e', 101)",
        "event_type is longer than 100 characters",
    ),
    (
        "workflow_trace_screenshot",
        "node_name",
        "repeat('n', 256)",
        "node_name is longer than 255 characters",
    ),
    (
        "workflow_trace_screenshot",
        "confidence_score",
        "0.123456",
        "confidence_score is no numeric(3,2)",
    ),
    ("workflow_trace_context", "key", "repeat('k', 256)", "key is longer than 255 characters"),
]


@pytest.fixture(scope="module")
def wide_template() -> Iterator[str]:
    """A database without these constraints, and with wider types, at @expand."""
    script = [
        f"alter table {table} alter {column} drop not null;"
        for table, column, value, _ in UNCARRIABLE
        if value == "null"
    ]
    script += [
        "alter table workflow_events alter event_type type text;",
        "alter table workflow_trace_screenshot alter node_name type varchar(300),"
        "alter confidence_score type numeric(9, 6);",
        "alter table workflow_trace_context alter key type text;",
    ]
    with database() as name:
        adopt(name, "\n".join(script))
        sqitch(name, "deploy", "--to", "@expand")
        yield name


def test_what_the_documents_cannot_say_is_refused_by_name(wide_template: str) -> None:
    """uncarriable() lists the row with a repair, so the deploy refuses before it moves anything."""
    with connect(wide_template, autocommit=False) as connection:
        assert connection.execute("select * from consolidation.uncarriable()").fetchall() == []
        for table, column, value, kind in UNCARRIABLE:
            connection.execute(
                f"""update {table} set {column} = {value}
                where ctid = (select max(ctid) from {table})"""
            )
            listed = connection.execute(
                "select kind, table_name, repair from consolidation.uncarriable()"
            ).fetchall()
            assert [row[:2] for row in listed] == [(kind, table)]
            assert listed[0][2].startswith(f"update {table} set {column} = ")
            connection.rollback()


def test_a_large_run_that_is_written_to_all_the_time_lets_nobody_wait(deployed: str) -> None:
    """The way back names it and gives the locks back; it goes through once the writer pauses."""
    stop = threading.Event()
    longest = {"reader": 0.0, "writer": 0.0}
    with connect(deployed) as connection:
        ids = connection.execute(
            "select legacy_trace_id, legacy_step_id from user_workflow_run_step limit 1"
        ).fetchone()
        assert ids is not None
        trace, step = ids
        connection.execute(
            """update user_workflow_run_step set events = (
                select jsonb_agg(jsonb_build_object(
                    'type', 'a', 'timestamp', '2025-01-14T10:30:00Z', 'event_id', 7000000 + n
                ))
                from generate_series(1, %s) as n
            ) where legacy_step_id = %s""",
            (MANY, step),
        )

    def session(name: str, statement: str, pause: float) -> None:
        with connect(deployed) as connection:
            while not stop.is_set():
                began = time.monotonic()
                connection.execute(statement, (step,))
                longest[name] = max(longest[name], time.monotonic() - began)
                time.sleep(pause)

    write = """update user_workflow_run_step
        set events = events || '{"type": "b", "timestamp": "2025-01-14T10:30:00Z"}'
        where legacy_step_id = %s"""
    # Of a plain table or view, whatever the phase.
    read = "select count(*) from workflow_steps where step_id = %s"
    calm = [Background(lambda: session("writer", write, 0.01))]
    calm.append(Background(lambda: session("reader", read, 0.01)))
    time.sleep(2 + MANY / 15_000)
    without = dict(longest)
    longest.update(reader=0, writer=0)
    with connect(deployed) as connection:
        with pytest.raises(psycopg.errors.LockNotAvailable) as refused:
            connection.execute(f"call consolidation.cut_back('{4 + MANY // 5000} seconds')")
        named = re.search(rf"trace_id {trace} has (\d+) elements", str(refused.value))
        # A write that takes longer than an attempt holds its lock in each of them.
        assert named or "no access exclusive lock" in str(refused.value)
        assert not named or int(named[1]) > MANY
        for name in longest:
            print(f"{name}: {without[name] * 1000:.0f} ms, then {longest[name] * 1000:.0f} ms")
            # A statement that computes takes longer beside another one that does.
            assert longest[name] < 1.5 * without[name] + 0.3
        assert one(connection, "select consolidation.phase()") == "cut over"
        stop.set()
        for background in calm:
            background.result()
        connection.execute("call consolidation.cut_back('300 seconds')")
        assert one(connection, "select consolidation.phase()") == "expand"
        wait_until(lambda: differences(connection) == [], "nothing differs")
        assert (
            one(connection, f"select count(*) from workflow_events where step_id = {step}")
            > MANY + 5
        )


# Constraints of a real database that can hold on the documents of runs and steps.
CONSTRAINTS = """
create type step_status as enum ('pending', 'running', 'completed', 'failed', 'skipped');
alter table workflow_steps alter status drop default;
update workflow_steps set status = 'pending'
where status not in ('pending', 'running', 'completed', 'failed', 'skipped') or status is null;
alter table workflow_steps alter status type step_status using status::step_status;
alter table workflow_steps alter status set default 'running';
alter table workflow_trace alter channel set default 'web', alter status set default 'new';
update workflow_trace set external_id = 'X-' || trace_id;
alter table workflow_trace alter external_id type varchar(40);
update workflow_trace set end_time = start_time where end_time < start_time;
alter table workflow_trace
add constraint known_end check ((end_time >= start_time) is not false);
alter table workflow_trace alter external_id set not null;
create unique index one_number on workflow_trace (org_id, external_id) where status <> 'new';
alter table workflow_trace add constraint one_session
exclude using btree (session_id with =) where (status = 'only') deferrable initially deferred;
alter table workflow_steps add constraint one_node unique (trace_id, step_number, node_id)
deferrable;
update workflow_steps set retry_count = 0 where retry_count >= 1000;
alter table workflow_steps add constraint few_retries check (retry_count < 1000) not valid;
alter table workflow_steps validate constraint few_retries;
alter table workflow_events add constraint known_type check (event_type <> 'unknown');
update workflow_events set event_type = left(event_type, 60);
alter table workflow_events alter event_type type varchar(60);
create unique index one_url on workflow_trace_screenshot (screenshot_id, screenshot_url);
alter table workflow_trace_screenshot alter element_found set default true;
"""

ELEMENTS = {
    ("constraint", "known_type on workflow_events"),
    ("narrow column", "workflow_events.event_type is character varying(60)"),
    ("unique index", "one_url on workflow_trace_screenshot"),
}

# Statements that the old tables refuse, under the old name and on the document.
REFUSED = [
    ("23514", "update workflow_trace set start_time = now(), end_time = '-infinity'"),
    ("23514", "update user_workflow_run set started_at = now(), ended_at = '-infinity'"),
    ("23502", "update workflow_trace set external_id = null"),
    ("23502", "update user_workflow_run set external_id = null"),
    ("22001", "update workflow_trace set external_id = repeat('x', 41)"),
    ("23505", "update workflow_trace set external_id = 'same', status = 'old'"),
    ("23505", "update user_workflow_run set external_id = 'same', status = 'old'"),
    ("23P01", f"update workflow_trace set session_id = '{NORTH}', status = 'only'"),
    ("22P02", "update workflow_steps set status = 'unheard of'"),
    ("23514", "update workflow_steps set retry_count = 1000"),
    ("23514", "update user_workflow_run_step set retry_count = 1000"),
]


@pytest.fixture(scope="module")
def constrained_template() -> Iterator[str]:
    """A database with these constraints, at @expand."""
    with database() as name:
        adopt(name, CONSTRAINTS)
        sqitch(name, "deploy", "--to", "@expand")
        yield name


def constraints_of(connection: Connection, *relations: str) -> set[tuple[str, ...]]:
    """Constraints, unique indexes, not null and defaults of relations."""
    found: set[tuple[str, ...]] = set()
    for relation in relations:
        found.update(
            connection.execute(
                f"""
                select '{relation}', conname::text, pg_get_constraintdef(oid)
                from pg_constraint where conrelid = '{relation}'::regclass
                union all
                select '{relation}', i.indexrelid::regclass::text, 'unique index'
                from pg_index as i where i.indrelid = '{relation}'::regclass and i.indisunique
                union all
                select '{relation}', a.attname,
                    concat_ws(' ', a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
                from pg_attribute as a
                left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
                where a.attrelid = '{relation}'::regclass and a.attnum > 0
                """
            ).fetchall()
        )
    return found


def test_constraints_of_old_tables_hold_on_the_documents(constrained_template: str) -> None:
    """From the cut-over to the revert; what cannot hold is named before, and accepted."""
    six = [f"public.{name}" for name in SIX]
    new = ["public.user_workflow_run", "public.user_workflow_run_step"]
    views = [f"consolidation.{name}" for name in SIX]
    with database(constrained_template) as name:
        with connect(name) as connection:
            listed = connection.execute(
                "select kind, object from consolidation.preflight where severity = 'refuse'"
            ).fetchall()
            assert set(listed) == ELEMENTS
            assert sqlstate(connection, "call consolidation.refuse_findings()") == "55000"
            connection.execute(
                """insert into consolidation.accepted (kind, object, reason)
                select kind, object, 'a test' from consolidation.preflight
                where severity = 'refuse'"""
            )
        sqitch(name, "deploy", "--to", "@carried_over")
        with connect(name) as connection:
            before = constraints_of(connection, *six, *new, *views)
        for _ in range(2):
            sqitch(name, "deploy")
            with connect(name) as connection:
                for state, refused in REFUSED:
                    assert sqlstate(connection, refused) == state, refused
                with connection.transaction(force_rollback=True):
                    # Deferred as before: both have the session for a moment.
                    connection.execute(
                        f"""update workflow_trace set session_id = '{NORTH}', status = 'only'
                        where trace_id in (1, 2)"""
                    )
                    connection.execute(
                        "update workflow_trace set session_id = null where trace_id = 2"
                    )
                    connection.execute("set constraints all immediate")
                defaults = connection.execute(
                    f"""insert into workflow_trace (org_id, workflow_id, created_by, external_id)
                    values ('{NORTH}', '{NORTH}', '{NORTH}', 'D-' || clock_timestamp())
                    returning trace_id, channel, status"""
                ).fetchone()
                assert defaults is not None
                assert defaults[1:] == ("web", "new")
                status = one(
                    connection,
                    f"""insert into workflow_steps (trace_id, step_number, node_id)
                    values (%s, 1, '{NORTH}') returning status""",
                    defaults[0],
                )
                assert status == "running"
                assert one(
                    connection,
                    f"""insert into workflow_trace_screenshot (trace_id, org_id, node_name,
                        step_index, screenshot_url, action_description, node_id)
                    values (%s, '{NORTH}', 'n', 1, 'u', 'a', '{NORTH}') returning element_found""",
                    defaults[0],
                )
                # Too long for the old table: set aside, never cut.
                connection.execute(
                    """insert into workflow_events (trace_id, event_type, event_data)
                    values (%s, repeat('e', 61), '1')""",
                    (defaults[0],),
                )
                assert sqlstate(connection, "call consolidation.cut_back()") == "55000"
                codes = connection.execute(
                    "select error_code, content ->> 'event_type' from consolidation.set_aside"
                ).fetchall()
                assert codes == [("22001", "e" * 61)]
                connection.execute("delete from workflow_events where length(event_type) = 61")
            sqitch(name, "revert", "--to", "@carried_over", "-y")
            with connect(name) as connection:
                assert constraints_of(connection, *six, *new, *views) == before
                assert differences(connection) == []
