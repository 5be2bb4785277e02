"""Walks through all phases, in which clients, sessions and the server are killed at random.

After each kill the same command is run again, as the README says. It has to succeed, and what the
old names show has to be what they showed before: nothing else is repaired.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg

from helpers_cycle import EIGHT, NODE, NORTH, SIX, USER, WORKFLOW, Connection, one, wait_until
from soak.server import ROOT, Server, children, kill

REGISTRY = 'relation "releases" already exists'
SECONDS = 120  # for one command, recovery included


@dataclass(frozen=True)
class Phase:
    """A command of the walk.

    last: the change that is deployed last once it is done; None: none of the project
    proved: old tables and documents are both there, and equal
    writes: what applications write after it
    complete: Sqitch itself says so, too
    """

    name: str
    command: tuple[str, ...]
    last: str | None
    proved: bool = False
    writes: str = ""
    complete: bool = False


# Runs in every phase, on tables or views. A number makes the writes of each time different.
OLD_WRITES = f"""
    insert into workflow_trace (org_id, workflow_id, channel, created_by)
    values ('{NORTH}', '{WORKFLOW}', 'web', '{USER}');
    insert into workflow_steps (trace_id, step_number, node_id)
    select max(trace_id), 1, '{NODE}' from workflow_trace where trace_id < 8000000000000;
    insert into workflow_events (trace_id, step_id, event_type, event_data)
    select trace_id, step_id, 'written', to_jsonb(n)
    from workflow_steps, generate_series(1, 20) as n where trace_id between 5 and 14;
    insert into workflow_trace_context (trace_id, key, value)
    select trace_id, 'written ' || clock_timestamp(), 'null'
    from workflow_trace where trace_id between 10 and 20;
    update workflow_steps set retry_count = retry_count + 1 where trace_id between 12 and 25;
    delete from workflow_trace_endpoint where trace_id = (
        select min(trace_id) from workflow_trace_endpoint where trace_id > 0
    );
    delete from workflow_events where event_id = (
        select min(event_id) from workflow_events where event_id > 0
    );
    delete from workflow_trace where trace_id = (
        select min(trace_id) from workflow_trace where trace_id > 3
    );
"""
NEW_WRITES = """
    update user_workflow_run set context = context || '{"new": 1.10}'
    where legacy_trace_id between 20 and 25;
    update user_workflow_run_step
    set events = events || '{"type": "new", "timestamp": "2025-01-14T10:30:00Z", "data": [1.10]}'
    where legacy_trace_id between 22 and 28;
"""
# What the old tables cannot hold: it has to survive the way back and forth.
DOCUMENT_WRITES = """
    update user_workflow_run_step
    set error_details = '{"code": 1}', events = jsonb_set(events, '{0, severity}', '"high"')
    where legacy_trace_id between 26 and 30 and events <> '[]';
"""
ONLY_IN_DOCUMENTS = """
    select
        concat_ws(' ', step_id, error_details, jsonb_path_query_array(events, '$.severity')) as line
    from user_workflow_run_step
    where error_details = '{"code": 1}' or events @> '[{"severity": "high"}]'
"""
# Rows that somebody's new constraints keep out of the old tables: the revert leaves them in the
# documents, and what is written to their runs must not cost them.
REFUSED = {
    "workflow_steps": "status = 'refused'",
    "workflow_events": "event_type = 'refused'",
    "workflow_trace_context": "key = 'refused'",
}
REFUSED_WRITES = (
    "".join(
        f"""
    alter table legacy.{table} add constraint refuse check (not {condition}) not valid;
    insert into consolidation.accepted (kind, object, reason)
    values ('row set aside', '{table}', 'the soak');
    """
        for table, condition in REFUSED.items()
    )
    + f"""
    insert into workflow_steps (trace_id, step_number, status, node_id)
    select trace_id, 90, 'refused', '{NODE}' from workflow_trace where trace_id between 28 and 34;
    insert into workflow_events (trace_id, step_id, event_type, event_data)
    select trace_id, step_id, 'refused', to_jsonb(step_id)
    from workflow_steps where trace_id between 30 and 36 and status <> 'refused';
    insert into workflow_trace_context (trace_id, key, value)
    select trace_id, 'refused', to_jsonb(trace_id)
    from workflow_trace where trace_id between 32 and 38;
"""
)
WRITES_BESIDE_REFUSED = "update workflow_trace set tier = 2 where trace_id between 28 and 38;" + (
    "".join(f"alter table {table} drop constraint refuse;" for table in REFUSED)
)
REFUSED_IN_DOCUMENTS = """
    select concat('step ', s.step_id) as line
    from user_workflow_run_step as s
    where s.status = 'refused'
    union all
    select concat('event ', s.step_id, ' ', e.element)
    from user_workflow_run_step as s
    cross join jsonb_array_elements(s.events) as e (element)
    where e.element ->> 'type' = 'refused'
    union all
    select concat('context ', r.run_id, ' ', r.context -> 'refused')
    from user_workflow_run as r
    where r.context ? 'refused'
"""
# Which version of a run a finished batch wrote; changes that wait in the queue write another one.
DONE = """
    select r.run_id, r.xmin::text
    from user_workflow_run as r
    inner join consolidation.chunk as c
        on r.legacy_trace_id between c.first_trace_id and c.last_trace_id
    where
        c.finished_at is not null
        and not exists (
            select from consolidation.change as q where q.trace_id = r.legacy_trace_id
        )
"""
TARGET = "db:pg:{database}"


def psql(statement: str) -> tuple[str, ...]:
    """The command that runs one statement by psql."""
    return (
        "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--dbname={database}",
        f"--command={statement}",
    )  # fmt: skip


def deploy(to: str, *options: str) -> tuple[str, ...]:
    """The command that deploys up to a tag."""
    return ("sqitch", "deploy", *options, "--to", to, TARGET)


def revert(to: str) -> tuple[str, ...]:
    """The command that reverts to a tag."""
    return ("sqitch", "revert", "-y", "--to", to, TARGET)


# Up to the documents and back.
FORTH_AND_BACK = (
    Phase("adopt", deploy("@baseline", "--log-only", "--verify"), "baseline", writes=OLD_WRITES),
    Phase("expand", deploy("@expand"), "access/not_isolated", writes=OLD_WRITES),
    Phase(
        "backfill",
        psql("call consolidation.backfill(5)"),
        "access/not_isolated",
        writes=OLD_WRITES,
    ),
    Phase("carry over", deploy("@carried_over"), "search_indexes", writes=OLD_WRITES),
    Phase("catch up", psql("call consolidation.catch_up(5)"), "search_indexes", True, OLD_WRITES),
    Phase(
        "cut over", deploy("@cut_over"), "cut_over", True, OLD_WRITES + NEW_WRITES,
        complete=True,
    ),
    Phase(
        "catch up after", psql("call consolidation.catch_up(5)"), "cut_over", True,
        OLD_WRITES + NEW_WRITES,
    ),
    Phase("revert", revert("@expand"), "access/not_isolated", True, OLD_WRITES),
)  # fmt: skip
WALKS = (
    (*FORTH_AND_BACK, Phase("revert all", revert("@baseline"), "baseline")),
    (
        *FORTH_AND_BACK,
        Phase(
            "deploy again", deploy("@cut_over"), "cut_over", True,
            OLD_WRITES + NEW_WRITES + DOCUMENT_WRITES + REFUSED_WRITES, True,
        ),
        Phase(
            "revert again", revert("@expand"), "access/not_isolated", True, WRITES_BESIDE_REFUSED
        ),
        Phase("third deploy", deploy("@cut_over"), "cut_over", True, OLD_WRITES, True),
        Phase(
            "contract", ("sqitch", "-C", "contract", "deploy", "--to", "drop_old_tables", TARGET),
            "cut_over", writes=OLD_WRITES + NEW_WRITES,
        ),
        Phase(
            "contract revert", ("sqitch", "-C", "contract", "revert", "-y", TARGET),
            "cut_over", True, complete=True,
        ),
        Phase("contract all", ("sqitch", "-C", "contract", "deploy", TARGET), None),
    ),
)  # fmt: skip


class Command:
    """A command in a process group of its own, and when it began each change."""

    def __init__(self, server: Server, words: tuple[str, ...], database: str) -> None:
        self.began = time.monotonic()
        self.said = ""
        self.marks: list[tuple[float, str]] = []
        self._process = subprocess.Popen(
            [word.format(database=database) for word in words],
            cwd=ROOT,
            env=server.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        while part := os.read(self._process.stdout.fileno(), 65536):
            text = part.decode(errors="replace")
            self.said += text
            for change in re.findall(r"^  [+-] (\S+)", text, re.MULTILINE):
                self.marks.append((time.monotonic() - self.began, change))

    @property
    def pid(self) -> int:
        """The process id of the client."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the client has not ended yet."""
        return self._process.poll() is None

    def kill_group(self) -> None:
        """Kills the client and everything it started."""
        os.killpg(self._process.pid, signal.SIGKILL)

    def wait(self, seconds: float = SECONDS) -> int:
        """The exit status; a client that hangs is an error, not a reason to wait for ever."""
        try:
            status = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill_group()
            self._process.wait()
            self.said += f"\nstill running after {seconds:g} s"
            status = -1
        # A child that outlives its parent keeps the pipe open.
        self._reader.join(0.2)
        return status


def sessions(connection: Connection, database: str) -> list[int]:
    """Sessions of clients on a database."""
    return [
        pid
        for (pid,) in connection.execute(
            "select pid from pg_stat_activity "
            "where datname = %s and backend_type = 'client backend' order by pid",
            (database,),
        )
    ]


def somebody(find: Callable[[], list[int]], choose: random.Random) -> int | None:
    """One of the processes found; None if there is none for a while."""
    give_up_at = time.monotonic() + 0.3
    while time.monotonic() < give_up_at:
        if found := find():
            return choose.choice(found)
        time.sleep(0.002)
    return None


def kill_group(_: Server, command: Command, __: str, ___: random.Random) -> bool:
    """Kills sqitch and its psql."""
    if not command.running:
        return False
    command.kill_group()
    return True


def kill_parent(_: Server, command: Command, __: str, ___: random.Random) -> bool:
    """Kills sqitch; its psql goes on."""
    return command.running and kill(command.pid)


def kill_psql(_: Server, command: Command, __: str, choose: random.Random) -> bool:
    """Kills the psql of sqitch."""
    found = somebody(lambda: children(command.pid), choose)
    return found is not None and kill(found)


def terminate_session(server: Server, _: Command, database: str, choose: random.Random) -> bool:
    """Terminates a session as an administrator does."""
    with server.connect() as connection:
        found = somebody(lambda: sessions(connection, database), choose)
        return found is not None and bool(one(connection, "select pg_terminate_backend(%s)", found))


def kill_session(server: Server, _: Command, database: str, choose: random.Random) -> bool:
    """Kills the process of a session; the server restarts all others."""
    with server.connect() as connection:
        found = somebody(lambda: sessions(connection, database), choose)
        if found is None or not kill(found):
            return False
        # The server ends all sessions, this one included, and recovers.
        with suppress(psycopg.OperationalError):
            while True:
                connection.execute("select")
    server.connect().close()
    return True


def stop_server(server: Server, command: Command, _: str, __: random.Random) -> bool:
    """Stops the server without a checkpoint."""
    if not command.running:
        return False
    server.crash(at_once=False)
    return True


def kill_server(server: Server, command: Command, _: str, __: random.Random) -> bool:
    """Kills every process of the server."""
    if not command.running:
        return False
    server.crash(at_once=True)
    return True


KINDS: dict[str, Callable[[Server, Command, str, random.Random], bool]] = {
    "kill -9 of sqitch and psql": kill_group,
    "kill -9 of sqitch alone": kill_parent,
    "kill -9 of psql alone": kill_psql,
    "pg_terminate_backend": terminate_session,
    "kill -9 of a backend": kill_session,
    "pg_ctl stop -m immediate": stop_server,
    "kill -9 of the server": kill_server,
}


@dataclass
class Report:
    """How often what was killed in which phase, and what went wrong."""

    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)
    messages: list[str] = field(default_factory=list)
    # How often Sqitch left its own registry half made, before it executed any script.
    registries: int = 0

    def __str__(self) -> str:
        phases = list(dict.fromkeys(phase.name for walk in WALKS for phase in walk))
        kinds = [*KINDS, "all"]
        lines = [
            f"{'kills (failures)':<18}"
            + "".join(f"{n:>10}" for n in range(1, len(kinds)))
            + f"{'all':>10}"
        ]
        for phase in phases:
            cells = []
            for kind in kinds:
                chosen = [kind] if kind != "all" else list(KINDS)
                killed = sum(self.kills[one_kind, phase] for one_kind in chosen)
                failed = sum(self.failures[one_kind, phase] for one_kind in chosen)
                cells.append(f"{killed}" + (f" ({failed})" if failed else ""))
            lines.append(f"{phase:<18}" + "".join(f"{cell:>10}" for cell in cells))
        totals = [sum(n for (k, _), n in self.kills.items() if k == kind) for kind in KINDS]
        lines.append(f"{'all':<18}" + "".join(f"{n:>10}" for n in [*totals, self.kills.total()]))
        lines += [f"  {n} {kind}" for n, kind in enumerate(KINDS, start=1)]
        if self.registries:
            lines.append(f"  registry of Sqitch half made, and dropped: {self.registries}")
        return "\n".join(lines)


def fingerprint(connection: Connection) -> dict[str, str]:
    """What the eight old names show, and what only the documents hold."""
    queries = {
        name: (
            f"select x::text as line from {name} as x "
            f"where ({REFUSED.get(name, 'false')}) is not true"
        )
        for name in EIGHT
        if one(connection, "select to_regclass(%s) is not null", f"public.{name}")
    }
    if one(connection, "select to_regclass('public.user_workflow_run_step') is not null"):
        queries["only in documents"] = ONLY_IN_DOCUMENTS
        queries["refused by the old tables"] = REFUSED_IN_DOCUMENTS
    connection.execute("set timezone = 'UTC'")
    return {
        name: one(
            connection,
            "select count(*) || ' rows ' || "
            f"""md5(coalesce(string_agg(line, '\n' order by line collate "C"), '')) """
            f"from ({query}) as x",
        )
        for name, query in queries.items()
    }


class Walker:
    """Walks, and kills on the way."""

    def __init__(
        self, server: Server, template: str, seed: int, say: Callable[[str], None] = lambda _: None
    ) -> None:
        self.server = server
        self.template = template
        self.random = random.Random(seed)
        self.say = say
        self.report = Report()
        self._walks = 0
        # When each command began its changes, and ended.
        self._marks: dict[str, list[tuple[float, str]]] = {}
        # What is to be killed next in each phase: every kind before one comes again.
        self._kinds: dict[str, list[str]] = defaultdict(list)

    @contextmanager
    def _database(self) -> Iterator[str]:
        self._walks += 1
        name = f"walk_{self._walks}"
        self.server.run("createdb", f"--template={self.template}", name)
        try:
            yield name
        finally:
            self.server.run("dropdb", "--force", name)

    def walk(self, phases: tuple[Phase, ...], kills: int) -> None:
        """One walk through all phases, with that many kills in each that was walked before."""
        with self._database() as database:
            for phase in phases:
                try:
                    self._phase(phase, database, kills)
                except (AssertionError, psycopg.Error, RuntimeError) as error:
                    self._fail("", phase, f"{type(error).__name__}: {error}")
                    return

    def _fail(self, kind: str, phase: Phase, message: str) -> None:
        self.report.failures[kind, phase.name] += 1
        self.report.messages.append(f"walk {self._walks}, {phase.name}, after {kind}: {message}")
        self.say(self.report.messages[-1])

    def _moment(self, phase: Phase, reached: str) -> float:
        """Somewhere in what is left of the command, or in one of its changes, short or long."""
        marks = self._marks[phase.name]
        place = max((n for n, (_, change) in enumerate(marks) if change == reached), default=0)
        done = marks[place][0] - marks[0][0]
        moments = [0, *[moment - done for moment, _ in marks[place:]]]
        if self.random.random() < 0.5:
            return self.random.uniform(0, moments[-1])
        change = self.random.randrange(len(moments) - 1)
        return self.random.uniform(moments[change], moments[change + 1])

    def _phase(self, phase: Phase, database: str, kills: int) -> None:
        with self.server.connect(database) as connection:
            before = fingerprint(connection)
        last_kind = reached = ""
        done: dict[Any, str] = {}
        for _ in range(kills if phase.name in self._marks else 0):
            if not self._kinds[phase.name]:
                self._kinds[phase.name] = self.random.sample(list(KINDS), len(KINDS))
            kind = self._kinds[phase.name].pop()
            moment = self._moment(phase, reached)
            command = Command(self.server, phase.command, database)
            wait = command.began + moment - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            killed = KINDS[kind](self.server, command, database, self.random)
            if kind in ("pg_ctl stop -m immediate", "kill -9 of the server") and killed:
                status = command.wait()
                self.server.start()
            else:
                status = command.wait()
            if not killed:
                self._kinds[phase.name].insert(0, kind)
            if command.marks:
                reached = command.marks[-1][1]
            if killed:
                last_kind = kind
                self.report.kills[kind, phase.name] += 1
            if phase.name == "backfill":
                with self.server.connect(database) as connection:
                    done = {**dict(connection.execute(DONE).fetchall()), **done}
            if REGISTRY in command.said:
                self._restore_registry(database)
            elif not killed and status != 0:
                self._fail(last_kind, phase, f"exit {status}\n{command.said}")
        for attempt in range(5):
            command = Command(self.server, phase.command, database)
            status = command.wait()
            if status == 0:
                break
            if REGISTRY in command.said:
                self._restore_registry(database)
                continue
            self._fail(last_kind, phase, f"attempt {attempt + 1}: exit {status}\n{command.said}")
        else:
            raise AssertionError("five attempts failed")
        if phase.name not in self._marks:
            end = (time.monotonic() - command.began, "")
            self._marks[phase.name] = [*command.marks, end]
        self._check(phase, database, before)
        if done:
            with self.server.connect(database) as connection:
                now = dict(connection.execute("select run_id, xmin::text from user_workflow_run"))
            again = [run_id for run_id, version in done.items() if now.get(run_id) != version]
            assert not again, f"finished batches were done again: {again}"
        self.say(
            f"  walk {self._walks}, {phase.name}: {self.report.kills.total()} kills, "
            f"{self.report.failures.total()} failures"
        )

    def _restore_registry(self, database: str) -> None:
        """What the runbook says: Sqitch cannot go on where it died while it made its registry."""
        self.report.registries += 1
        self.server.psql(database, "--command=drop schema sqitch cascade")

    def _check(self, phase: Phase, database: str, before: dict[str, str]) -> None:
        with self.server.connect(database) as connection:
            wait_until(
                lambda: sessions(connection, database) == [connection.info.backend_pid],
                "what outlived its client ends",
                SECONDS,
            )
            after = fingerprint(connection)
            changed = {
                name: (shown, after[name])
                for name, shown in before.items()
                if name in after and after[name] != shown
            }
            assert not changed, f"the old names show something else: {changed}"
            names = {name for name in SIX if name in after}
            if phase.last is None:
                assert not names, f"still there: {names}"
                return
            assert names == set(SIX)
            assert phase.last == one(
                connection,
                "select change from sqitch.changes where project = 'workflow_consolidation' "
                "order by committed_at desc limit 1",
            )
            if phase.proved:
                differing = connection.execute(
                    "select * from consolidation.differences() limit 1"
                ).fetchall()
                assert not differing, f"old tables and documents differ: {differing}"
                assert one(connection, "select count(*) from consolidation.change") == 0
            if phase.complete:
                target = TARGET.format(database=database)
                self.server.run("sqitch", "verify", target)
                status = self.server.run("sqitch", "status", target).stdout
                assert "Nothing to deploy" in status, status
            connection.execute(phase.writes.encode())
