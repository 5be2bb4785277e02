"""What the tests of the cycles share: rows as text, documents, sessions side by side, roles."""

from __future__ import annotations

import difflib
import json
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from psycopg import sql

from conftest import ENVIRONMENT, ROOT, connect, run

# The changes of the plan, in order.
PLAN = [
    line.split()[0]
    for line in (ROOT / "sqitch.plan").read_text().splitlines()
    if line and line[0] not in "%@"
]

SIX = (
    "workflow_trace",
    "workflow_steps",
    "workflow_events",
    "workflow_trace_screenshot",
    "workflow_trace_context",
    "workflow_trace_endpoint",
)
EIGHT = (*SIX, "workflow_configs", "micro_state")

NORTH = "00000000-0000-4000-8000-000000000001"
SOUTH = "00000000-0000-4000-8000-000000000002"
WORKFLOW = "00000000-0000-4000-8001-000000000101"
USER = "00000000-0000-4000-8002-000000000100"
NODE = "00000000-0000-4000-8003-000000010101"
OTHER_NODE = "00000000-0000-4000-8003-000000010102"

Connection = psycopg.Connection[Any]
Row = tuple[str | None, ...]


def one(connection: Connection, statement: str, *parameters: Any) -> Any:
    """The one value a statement returns."""
    row = connection.execute(statement, parameters or None).fetchone()
    assert row is not None, f"no row: {statement}"
    return row[0]


def sqlstate(connection: Connection, statement: str, *parameters: Any) -> str | None:
    """The SQLSTATE a statement raises; None if it succeeds."""
    try:
        connection.execute(statement, parameters or None)
    except psycopg.Error as error:
        return error.sqlstate
    return None


def columns(connection: Connection, relation: str) -> list[str]:
    """The columns of a relation, in order."""
    name = sql.Identifier(*relation.split("."))
    # Not prepared: whether that survives a swap is a question of its own.
    cursor = connection.execute(sql.SQL("select * from {} limit 0").format(name), prepare=False)
    assert cursor.description is not None
    return [column.name for column in cursor.description]


def rows(connection: Connection, relation: str) -> Counter[Row]:
    """Every row of a relation, all columns as text, as a multiset."""
    listed = sql.SQL(", ").join(
        sql.SQL("{}::text").format(sql.Identifier(name)) for name in columns(connection, relation)
    )
    name = sql.Identifier(*relation.split("."))
    with connection.transaction():
        connection.execute("set local timezone = 'UTC'")
        query = sql.SQL("select {} from {}").format(listed, name)
        return Counter(connection.execute(query, prepare=False).fetchall())


def all_rows(connection: Connection) -> dict[str, Counter[Row]]:
    """What the eight old names show."""
    return {name: rows(connection, name) for name in EIGHT}


def documents(connection: Connection) -> dict[str, dict[str, Any]]:
    """Runs and steps by key, with their documents; numbers keep their digits."""

    def number(digits: str) -> tuple[str, str]:
        return ("number", digits)

    found = {}
    for key, document in connection.execute(
        """
        select r.run_id::text, to_jsonb(r)::text from user_workflow_run as r
        union all
        select s.step_id::text, to_jsonb(s)::text from user_workflow_run_step as s
        """
    ):
        found[key] = json.loads(document, parse_float=number, parse_int=number)
    return found


def differences(connection: Connection) -> list[Any]:
    """What differs between old tables and documents."""
    return connection.execute("select * from consolidation.differences()").fetchall()


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Waits for a condition that another session brings about."""
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, f"waited {seconds} s in vain: {what}"
        time.sleep(0.01)


def wait_for_lock(observer: Connection, waiting: Connection) -> None:
    """Waits until a session waits for a lock of another one."""
    pid = waiting.info.backend_pid
    wait_until(
        lambda: bool(one(observer, "select cardinality(pg_blocking_pids(%s)) > 0", pid)),
        f"session {pid} waits for a lock",
    )


class Background:
    """A call in a thread of its own; result() waits for it and raises what it raised."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._call = call
        self._result: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._result = self._call()
        except BaseException as error:
            self._error = error

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def result(self, seconds: float = 60) -> Any:
        self._thread.join(seconds)
        assert not self._thread.is_alive(), f"not done after {seconds} s"
        if self._error is not None:
            raise self._error
        return self._result


def statement(connection: Connection, text: str, *parameters: Any) -> Background:
    """Runs a statement in the background."""
    return Background(lambda: connection.execute(text, parameters or None).rowcount)


def side_by_side(database: str, sessions: int, work: Callable[[Connection, int], object]) -> None:
    """Runs the same work in several sessions at once; an error in any of them is raised."""
    gate = threading.Barrier(sessions)

    def session(number: int) -> None:
        with connect(database) as connection:
            gate.wait()
            work(connection, number)

    started = [Background(partial(session, number)) for number in range(sessions)]
    for background in started:
        background.result(120)


def dump(database: str, *options: str) -> str:
    """The schema as pg_dump writes it, without what differs from call to call."""
    text = run("pg_dump", "--schema-only", "--exclude-schema=sqitch", *options, database).stdout
    skipped = ("\\restrict", "\\unrestrict", "-- Dumped")
    return "\n".join(line for line in text.splitlines() if not line.startswith(skipped))


def changed(before: str, after: str) -> list[str]:
    """The lines in which two dumps differ."""
    return [
        line
        for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
        if line[1:].strip() and not line.startswith(("---", "+++", "@@")) and line[1:3] != "--"
    ]


def sequences(connection: Connection) -> list[Any]:
    """Where the id sequences stand, by name."""
    names = (
        "workflow_trace_trace_id_seq",
        "workflow_steps_step_id_seq",
        "workflow_events_event_id_seq",
        "workflow_trace_context_context_id_seq",
    )
    return [
        connection.execute(f"select last_value, is_called from public.{name}").fetchone()
        for name in names
    ]


def execute_script(connection: Connection, script: str) -> None:
    """Executes statements that take no parameters."""
    with connection.transaction():
        connection.execute(script.encode())


@contextmanager
def traffic(database: str, *options: str) -> Iterator[None]:
    """Mixed legacy traffic of four clients while the block runs; none of it may fail."""
    stop = threading.Event()
    began = threading.Event()
    transactions = 0

    def clients() -> None:
        nonlocal transactions
        while not stop.is_set():
            began.set()
            result = subprocess.run(
                [
                    "pgbench",
                    "--no-vacuum",
                    "--file=script/legacy-traffic.sql",
                    "--client=4",
                    "--time=3",
                    *options,
                    database,
                ],
                cwd=ROOT,
                env=ENVIRONMENT,
                capture_output=True,
                text=True,
                check=False,
            )
            said = result.stdout + result.stderr
            assert result.returncode == 0, said
            assert "number of failed transactions: 0 " in said, said
            assert "aborted" not in said, said
            transactions += int(
                said.split("number of transactions actually processed: ")[1].split()[0]
            )

    background = Background(clients)
    began.wait()
    time.sleep(0.7)
    try:
        yield
    finally:
        stop.set()
    background.result(30)
    assert transactions > 50, "there was hardly any traffic"


@contextmanager
def roles(*names: str, options: str = "nologin") -> Iterator[None]:
    """Roles of the cluster for the duration of a test.

    Enter it before the database that they own things or have privileges in.
    """
    with connect("postgres") as connection:
        for name in names:
            connection.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(name)))
            connection.execute(
                sql.SQL("create role {} {}").format(sql.Identifier(name), sql.SQL(options))
            )
    try:
        yield
    finally:
        with connect("postgres") as connection:
            for name in names:
                connection.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))


def shrink(connection: Connection) -> None:
    """Leaves two runs of two organisations in the old tables: 1 of north, 2 of south."""
    execute_script(
        connection,
        f"""
        truncate workflow_trace cascade;
        delete from workflow_configs;
        insert into workflow_configs (org_id, name, config_type, config_data, created_by)
        values ('{NORTH}', 'north', 'limits', '1', '{USER}'),
            ('{SOUTH}', 'south', 'limits', '2', '{USER}');
        insert into workflow_trace (trace_id, org_id, workflow_id, channel, status, created_by)
        values (1, '{NORTH}', '{WORKFLOW}', 'web', 'running', '{USER}'),
            (2, '{SOUTH}', '{WORKFLOW}', 'voice', 'running', '{USER}');
        insert into workflow_steps (step_id, trace_id, step_number, node_id)
        values (11, 1, 1, '{NODE}'), (12, 1, 2, '{OTHER_NODE}'), (21, 2, 1, '{NODE}');
        insert into workflow_events (event_id, trace_id, step_id, event_type, event_data)
        values (111, 1, 11, 'page_loaded', '{{"a": 1.10}}'), (112, 1, null, 'started', 'null'),
            (211, 2, 21, 'page_loaded', '[]'), (212, 2, null, 'started', '{{}}');
        insert into workflow_trace_screenshot (
            screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url,
            action_description, node_id
        )
        values
        ('00000000-0000-4000-8005-000000000001', 1, '{NORTH}', 'n', 1, 's3://1', 'a', '{NODE}'),
        ('00000000-0000-4000-8005-000000000002', 2, '{SOUTH}', 'n', 9, 's3://2', 'a', '{NODE}');
        insert into workflow_trace_context (context_id, trace_id, key, value)
        values (101, 1, 'user_session', '"abc"'), (201, 2, 'user_session', '"def"');
        insert into workflow_trace_endpoint (trace_id, endpoint_id) values (1, 5), (2, 6);
        select setval('workflow_trace_trace_id_seq', 1000),
            setval('workflow_steps_step_id_seq', 1000),
            setval('workflow_events_event_id_seq', 1000),
            setval('workflow_trace_context_context_id_seq', 1000);
        """,
    )
