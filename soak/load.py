"""Applications that write at a bounded rate, and remember what they committed and how long it took.

Each client writes to runs of its own, so what it remembers is exactly what the old names have
to show of them in the end: a row that is missing was lost, one too many was doubled.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from helpers_cycle import NODE, NORTH, OTHER_NODE, USER, WORKFLOW, Connection

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Wait:
    """A statement: when it was sent, how long it took, and what it was."""

    sent: float
    seconds: float
    text: str


@dataclass
class Journal:
    """What one client committed, by table and key, and how its statements went."""

    rows: dict[str, dict[Key, Any]] = field(default_factory=dict)
    waits: list[Wait] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


class WrongAnswer(Exception):
    """A statement that did not see, or did not find, what the client committed before."""


TABLES = {
    "workflow_trace": "select trace_id, status from workflow_trace where trace_id = any (%s)",
    "workflow_steps": "select trace_id, step_number, retry_count from workflow_steps "
    "where trace_id = any (%s)",
    "workflow_events": "select trace_id, event_data ->> 'token', event_type from workflow_events "
    "where trace_id = any (%s)",
    "workflow_trace_screenshot": "select trace_id, screenshot_url, action_description "
    "from workflow_trace_screenshot where trace_id = any (%s)",
    "workflow_trace_context": "select trace_id, key, value ->> 'token' "
    "from workflow_trace_context where trace_id = any (%s)",
    "workflow_trace_endpoint": "select trace_id, endpoint_id, true from workflow_trace_endpoint "
    "where trace_id = any (%s)",
}


class Client:
    """One session with its own runs.

    prepared: whether statements are prepared by the server
    """

    def __init__(self, connection: Connection, number: int, seed: int, *, prepared: bool) -> None:
        self.connection = connection
        self.journal = Journal({name: {} for name in TABLES})
        self._number = number
        self._random = random.Random(f"{seed} {number}")
        self._tokens = 0
        # Also those it deleted since: they must be gone.
        self.started: list[int] = []
        self._traces: list[int] = []
        self._steps: dict[tuple[int, int], int] = {}
        self._event_step: dict[Key, int | None] = {}
        connection.prepare_threshold = 0 if prepared else None

    def _token(self) -> str:
        self._tokens += 1
        return f"{self._number}.{self._tokens}"

    def _execute(self, text: str, *parameters: Any) -> psycopg.Cursor[Any]:
        sent = time.monotonic()
        try:
            return self.connection.execute(text.encode(), parameters or None)
        finally:
            self.journal.waits.append(Wait(sent, time.monotonic() - sent, text))

    def _expect(self, cursor: psycopg.Cursor[Any], count: int) -> None:
        if cursor.rowcount != count:
            raise WrongAnswer(f"{cursor.rowcount} rows instead of {count}")

    def work(self, stop: threading.Event, rate: float) -> None:
        """One operation after the other, at most that many a second, until told to stop."""
        due = time.monotonic()
        while not stop.is_set():
            self.once()
            due = max(due + 1 / rate, time.monotonic() - 1 / rate)
            stop.wait(max(0, due - time.monotonic()))

    def once(self) -> None:
        """One operation; a failure is written down, and the next one goes on."""
        if len(self._traces) < 5:
            operation: Callable[[], None] = self._start
        else:
            operation = self._random.choice(
                [*[self._start] * 3, *[self._add_events] * 2, self._add_rows, *[self._change] * 6,
                 *[self._remove] * 2, self._remove_step, self._roll_back, *[self._read] * 3,
                 self._remove_trace]
            )  # fmt: skip
        try:
            operation()
        except (psycopg.Error, WrongAnswer) as error:
            self.journal.failures.append(f"{operation.__name__}: {type(error).__name__}: {error}")

    def _start(self) -> None:
        status = self._token()
        with self.connection.transaction():
            row = self._execute(
                "insert into workflow_trace (org_id, workflow_id, channel, status, created_by) "
                f"values ('{NORTH}', '{WORKFLOW}', 'web', %s, '{USER}') returning trace_id",
                status,
            ).fetchone()
            assert row is not None
            trace_id = int(row[0])
            steps = self._execute(
                "insert into workflow_steps (trace_id, step_number, node_id) "
                f"values (%s, 1, '{NODE}'), (%s, 2, '{OTHER_NODE}') "
                "returning step_number, step_id",
                trace_id,
                trace_id,
            ).fetchall()
        self.started.append(trace_id)
        self._traces.append(trace_id)
        self.journal.rows["workflow_trace"][(trace_id,)] = status
        for number, step_id in steps:
            self._steps[trace_id, number] = step_id
            self.journal.rows["workflow_steps"][trace_id, number] = 0

    def _a_step(self) -> tuple[int, int | None]:
        # The latest: runs end, and their documents do not grow for ever.
        trace_id = self._random.choice(self._traces[-4:])
        own = [step for (trace, _), step in self._steps.items() if trace == trace_id]
        return trace_id, self._random.choice([None, *own])

    def _add_events(self) -> None:
        trace_id, step_id = self._a_step()
        tokens = [self._token() for _ in range(50)]
        self._expect(
            self._execute(
                "insert into workflow_events (trace_id, step_id, event_type, event_data) "
                "select %s::bigint, %s::bigint, 'many', jsonb_build_object('token', t.token) "
                "from unnest(%s::text []) as t (token)",
                trace_id,
                step_id,
                tokens,
            ),
            50,
        )
        for token in tokens:
            self.journal.rows["workflow_events"][trace_id, token] = "many"
            self._event_step[trace_id, token] = step_id

    def _add_rows(self) -> None:
        trace_id = self._random.choice(self._traces)
        token = self._token()
        endpoint = self._tokens
        with self.connection.transaction():
            self._execute(
                "insert into workflow_events (trace_id, event_type, event_data) "
                "values (%s, 'one', jsonb_build_object('token', %s::text))",
                trace_id,
                token,
            )
            self._execute(
                "insert into workflow_trace_screenshot (trace_id, org_id, node_name, step_index, "
                "screenshot_url, action_description, node_id) "
                f"values (%s, '{NORTH}', 'n', %s, %s, 'click', '{NODE}')",
                trace_id,
                self._random.randint(1, 3),
                token,
            )
            self._execute(
                "insert into workflow_trace_context (trace_id, key, value) "
                "values (%s, %s, jsonb_build_object('token', %s::text))",
                trace_id,
                token,
                token,
            )
            self._execute(
                "insert into workflow_trace_endpoint (trace_id, endpoint_id) values (%s, %s)",
                trace_id,
                endpoint,
            )
        self.journal.rows["workflow_events"][trace_id, token] = "one"
        self._event_step[trace_id, token] = None
        self.journal.rows["workflow_trace_screenshot"][trace_id, token] = "click"
        self.journal.rows["workflow_trace_context"][trace_id, token] = token
        self.journal.rows["workflow_trace_endpoint"][trace_id, endpoint] = True

    def _a_row(self) -> tuple[str, Key] | None:
        table = self._random.choice(list(TABLES))
        keys = list(self.journal.rows[table])
        return (table, self._random.choice(keys)) if keys else None

    def _change(self) -> None:
        if (chosen := self._a_row()) is None:
            return
        table, key = chosen
        value: Any = self._token()
        new_key = key
        if table == "workflow_steps":
            value = self.journal.rows[table][key] + 1
        elif table == "workflow_trace_endpoint":
            new_key, value = (key[0], 1_000_000 + self._tokens), True
        statements: dict[str, tuple[str, tuple[Any, ...]]] = {
            "workflow_trace": (
                "update workflow_trace set status = %s where trace_id = %s", (value, *key)
            ),
            "workflow_steps": (
                "update workflow_steps set retry_count = retry_count + 1 "
                "where trace_id = %s and step_number = %s", key,
            ),
            "workflow_events": (
                "update workflow_events set event_type = %s "
                "where trace_id = %s and event_data ->> 'token' = %s", (value, *key),
            ),
            "workflow_trace_screenshot": (
                "update workflow_trace_screenshot set action_description = %s "
                "where trace_id = %s and screenshot_url = %s", (value, *key),
            ),
            "workflow_trace_context": (
                "update workflow_trace_context set value = jsonb_build_object('token', %s::text) "
                "where trace_id = %s and key = %s", (value, *key),
            ),
            "workflow_trace_endpoint": (
                "update workflow_trace_endpoint set endpoint_id = %s "
                "where trace_id = %s and endpoint_id = %s", (new_key[-1], *key),
            ),
        }  # fmt: skip
        text, parameters = statements[table]
        self._expect(self._execute(text, *parameters), 1)
        del self.journal.rows[table][key]
        self.journal.rows[table][new_key] = value

    def _remove(self) -> None:
        if (chosen := self._a_row()) is None:
            return
        table, key = chosen
        conditions = {
            "workflow_events": "event_data ->> 'token' = %s",
            "workflow_trace_screenshot": "screenshot_url = %s",
            "workflow_trace_context": "key = %s",
            "workflow_trace_endpoint": "endpoint_id = %s",
        }
        if table not in conditions:
            return
        self._expect(
            self._execute(f"delete from {table} where trace_id = %s and {conditions[table]}", *key),
            1,
        )
        del self.journal.rows[table][key]

    def _remove_step(self) -> None:
        """Its events go with it."""
        if not self._steps:
            return
        key, step_id = self._random.choice(list(self._steps.items()))
        self._expect(self._execute("delete from workflow_steps where step_id = %s", step_id), 1)
        del self._steps[key]
        del self.journal.rows["workflow_steps"][key]
        events = self.journal.rows["workflow_events"]
        for event in [e for e in events if self._event_step[e] == step_id]:
            del events[event]

    def _remove_trace(self) -> None:
        """Everything goes with it."""
        trace_id = self._traces[self._random.randrange(len(self._traces))]
        self._expect(self._execute("delete from workflow_trace where trace_id = %s", trace_id), 1)
        self._traces.remove(trace_id)
        self._steps = {k: step for k, step in self._steps.items() if k[0] != trace_id}
        for table, rows in self.journal.rows.items():
            self.journal.rows[table] = {k: row for k, row in rows.items() if k[0] != trace_id}

    def _roll_back(self) -> None:
        trace_id = self._random.choice(self._traces)
        with self.connection.transaction(force_rollback=True):
            self._execute(
                "update workflow_trace set status = 'rolled back' where trace_id = %s", trace_id
            )
            self._execute(
                "delete from workflow_steps where trace_id = %s and step_number = 1", trace_id
            )

    def _read(self) -> None:
        """What it committed is there, in every phase."""
        trace_id = self._random.choice(self._traces)
        found = self._execute(
            "select count(distinct s.step_id), "
            "(select count(*) from workflow_events as e where e.trace_id = t.trace_id) "
            "from workflow_trace as t left join workflow_steps as s on s.trace_id = t.trace_id "
            "left join workflow_events as e on e.step_id = s.step_id "
            "where t.trace_id = %s group by t.trace_id",
            trace_id,
        ).fetchone()
        rows = self.journal.rows
        expected = tuple(
            sum(1 for key in rows[table] if key[0] == trace_id)
            for table in ("workflow_steps", "workflow_events")
        )
        if found != expected:
            raise WrongAnswer(f"steps and events of {trace_id}: {found} instead of {expected}")


@dataclass(frozen=True)
class Balance:
    """What the journals say, and what the old names show of the same runs."""

    committed: int
    lost: list[Any]
    doubled: list[Any]


class Load:
    """Clients that work until the block ends.

    connect: opens a session of the database
    clients: how many, every other one with prepared statements
    rate: operations a second, of all of them
    hold: how long the transaction is open that one more session begins every few seconds
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        *,
        seed: int,
        clients: int = 8,
        rate: float = 120,
        hold: float = 1,
    ) -> None:
        self.began = time.monotonic()
        self._connect = connect
        self._stop = threading.Event()
        self._rate = rate / clients
        self._hold = hold
        self.clients = [
            Client(connect(), number, seed, prepared=number % 2 == 0) for number in range(clients)
        ]
        self._holder = Client(connect(), clients, seed, prepared=False)
        self._threads: list[threading.Thread] = []
        self._errors: list[BaseException] = []

    @contextmanager
    def working(self) -> Any:
        """The clients work while the block runs."""
        self._stop.clear()
        calls: list[Callable[[], None]] = [self._keep_open]
        calls += [lambda c=client: c.work(self._stop, self._rate) for client in self.clients]  # type: ignore[misc]
        self._threads = [threading.Thread(target=self._guard, args=(call,)) for call in calls]
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join()
        if self._errors:
            raise self._errors[0]

    def _guard(self, call: Callable[[], None]) -> None:
        try:
            call()
        except BaseException as error:
            self._errors.append(error)
            self._stop.set()

    def _keep_open(self) -> None:
        """Now and then a transaction stays open that has read all six tables and written."""
        while not self._stop.is_set():
            with self._holder.connection.transaction():
                for table in TABLES:
                    self._holder.connection.execute(f"select from {table} limit 1".encode())
                self._holder.once()
                self._stop.wait(self._hold)
            self._stop.wait(5)

    @property
    def everybody(self) -> list[Client]:
        """The clients and the one that keeps transactions open."""
        return [*self.clients, self._holder]

    def waits(self, since: float, until: float) -> list[Wait]:
        """The statements sent in a span of time, the longest wait first."""
        found = [
            wait
            for client in self.everybody
            for wait in client.journal.waits
            if since <= wait.sent < until
        ]
        return sorted(found, key=lambda wait: -wait.seconds)

    @property
    def failures(self) -> list[str]:
        """What went wrong, in the words of the clients."""
        return [failure for client in self.everybody for failure in client.journal.failures]

    def balance(self) -> Balance:
        """Compares the journals with what the old names show."""
        committed = 0
        lost: list[Any] = []
        doubled: list[Any] = []
        for client in self.everybody:
            journal = client.journal
            for table, query in TABLES.items():
                expected = Counter((*key, value) for key, value in journal.rows[table].items())
                found = Counter(
                    client.connection.execute(query.encode(), (client.started,)).fetchall()
                )
                committed += expected.total()
                lost += [(table, *row) for row in (expected - found).elements()]
                doubled += [(table, *row) for row in (found - expected).elements()]
        return Balance(committed, lost, doubled)

    def close(self) -> None:
        """Closes all sessions."""
        for client in self.everybody:
            client.connection.close()
