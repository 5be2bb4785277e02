"""Databases with generated rows in the old tables, and the plan of the project."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "workflow_consolidation_bench"

OLD = (
    "workflow_trace",
    "workflow_steps",
    "workflow_events",
    "workflow_trace_screenshot",
    "workflow_trace_context",
    "workflow_trace_endpoint",
)
NEW = ("user_workflow_run", "user_workflow_run_step")

Connection = psycopg.Connection[Any]


def say(text: str) -> None:
    """Tells whoever waits."""
    print(text, file=sys.stderr, flush=True)


def command(*arguments: str) -> str:
    """Runs a program in the root of the project; returns what it printed, errors included."""
    done = subprocess.run(
        arguments,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}\n{done.stdout}")
    return done.stdout


def value(connection: Connection, query: str, *parameters: Any) -> Any:
    """The one value that a query returns."""
    row = connection.execute(query, parameters or None).fetchone()
    assert row is not None, query
    return row[0]


def cpu(connection: Connection, work: Callable[[], Any]) -> float:
    """Seconds that the process of a session computes while it does something.

    Args:
        connection: Of a superuser; without parallel workers, whose time is not its own.
        work: What the session does.
    """

    def nanoseconds() -> int:
        seen = value(connection, "select pg_read_file('/proc/self/schedstat')")
        return int(seen.split()[0])

    before = nanoseconds()
    work()
    return (nanoseconds() - before) / 1e9


def copy(source: Connection, name: str, target: Connection, into: str) -> None:
    """Copies the rows of a table as text: values that were compressed are not any more."""
    with (
        source.cursor().copy(f"copy {name} to stdout") as out,
        target.cursor().copy(f"copy {into} from stdin") as back,
    ):
        for data in out:
            back.write(data)


@dataclass(frozen=True)
class Plan:
    """Deploy scripts: those of this work tree, or those of a commit."""

    name: str
    """As the page calls it."""

    directory: Path
    """Where sqitch.plan is."""


THIS = Plan("this project", ROOT)


@contextmanager
def plan_of(commit: str) -> Iterator[Plan | None]:
    """The deploy scripts of a commit, in a directory that goes; None if it is not in this clone."""
    found = subprocess.run(
        ["git", "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if found.returncode:
        yield None
        return
    with tempfile.TemporaryDirectory() as directory:
        archive = subprocess.run(
            ["git", "archive", commit, "sqitch.plan", "sqitch.conf", "deploy", "revert", "verify"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=True,
        )
        subprocess.run(["tar", "-x", "-C", directory], input=archive.stdout, check=True)
        yield Plan(f"at `{commit}`", Path(directory))


@dataclass
class Database:
    """One database: how many runs it holds, and which plan it follows."""

    name: str
    runs: int
    organisations: int
    plan: Plan = THIS

    def connect(
        self,
        *,
        schema: str = "public",
        organisation: str | None = None,
    ) -> Connection:
        """Opens a session in autocommit mode.

        Args:
            schema: Where names are looked for first.
            organisation: For an isolated session: a member of workflow_app that names it.
        """
        connection = psycopg.connect(dbname=self.name, autocommit=True)
        path = sql.SQL("set search_path = {}, public").format(sql.Identifier(schema))
        connection.execute(path)
        if organisation:
            connection.execute("select set_config('app.current_org_id', %s, false)", [organisation])
            connection.execute("set role workflow_app")
        return connection

    def run(self, text: str, schema: str = "public") -> None:
        """Executes statements without parameters."""
        with self.connect(schema=schema) as connection:
            connection.execute(text)

    def run_in_sessions(self, text: str, sessions: int) -> None:
        """Executes the same statement in several sessions at once."""

        def session() -> None:
            with self.connect() as connection:
                connection.execute(text)

        with ThreadPoolExecutor(sessions) as pool:
            for done in [pool.submit(session) for _ in range(sessions)]:
                done.result()

    def sqitch(self, *arguments: str) -> str:
        """Runs a command of Sqitch; returns what it printed."""
        at = ["--chdir", str(self.plan.directory)]
        return command("sqitch", *at, *arguments, f"db:pg:{self.name}")

    def deploy(self, to: str) -> float:
        """Deploys the plan up to a tag; returns seconds. Verifying is not what is measured."""
        began = time.perf_counter()
        self.sqitch("deploy", "--quiet", "--no-verify", "--to", to)
        return time.perf_counter() - began


@dataclass
class Databases:
    """Makes databases as they are asked for, and drops them all in the end."""

    made: dict[str, Database] = field(default_factory=dict)

    def get(self, name: str, runs: int, organisations: int, plan: Plan = THIS) -> Database:
        """A database with the old tables filled and the plan deployed to @expand."""
        if name not in self.made:
            say(f"  a database with {runs:,} runs in {organisations} organisations, {plan.name}")
            database = Database(f"{PREFIX}_{name}", runs, organisations, plan)
            self._create(name, database, "template0")
            for script in (plan.directory / "deploy/baseline.sql", "script/legacy-data.sql"):
                command(
                    *("psql", "--no-psqlrc", "--quiet", "--dbname", database.name),
                    *("--set", f"runs={runs}", "--set", f"organisations={organisations}"),
                    *("--set", "ON_ERROR_STOP=1", "--file", str(script)),
                )
            database.sqitch("deploy", "--quiet", "--log-only", "--to", "@baseline")
            database.deploy("@expand")
            database.run("vacuum analyze")
        return self.made[name]

    def copy(self, name: str, database: Database) -> Database:
        """A copy of a database that nobody is connected to; replaces one of that name."""
        copied = replace(database, name=f"{PREFIX}_{name}")
        self._create(name, copied, database.name)
        return copied

    def drop(self, name: str) -> None:
        """Drops a database that is there."""
        database = self.made.pop(name)
        with _maintenance() as connection:
            _drop(connection, database.name)

    def drop_all(self) -> None:
        """Drops what was made."""
        for name in list(self.made):
            self.drop(name)

    def _create(self, name: str, database: Database, template: str) -> None:
        self.made[name] = database
        with _maintenance() as connection:
            _drop(connection, database.name)
            connection.execute(
                sql.SQL("create database {} template {} encoding 'UTF8'").format(
                    sql.Identifier(database.name), sql.Identifier(template)
                )
            )


@contextmanager
def _maintenance() -> Iterator[Connection]:
    with psycopg.connect(dbname="postgres", autocommit=True) as connection:
        yield connection


def _drop(connection: Connection, name: str) -> None:
    connection.execute(
        sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
    )


@contextmanager
def server_setting(name: str, setting: str) -> Iterator[None]:
    """A setting of the whole server while the block runs; afterwards it is what it was."""
    with _maintenance() as connection:
        was = connection.execute(
            "select setting from pg_file_settings "
            "where name = %s and sourcefile like '%%/postgresql.auto.conf'",
            [name],
        ).fetchone()

        def alter(to: str | None) -> None:
            if to is None:
                change = sql.SQL("alter system reset {}").format(sql.Identifier(name))
            else:
                change = sql.SQL("alter system set {} = {}").format(sql.Identifier(name), to)
            connection.execute(change)
            connection.execute("select pg_reload_conf()")

        alter(setting)
        try:
            yield
        finally:
            alter(was[0] if was else None)


def machine() -> list[str]:
    """Where the figures come from."""
    processor = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            processor = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    names = (
        "shared_buffers",
        "work_mem",
        "maintenance_work_mem",
        "max_wal_size",
        "fsync",
        "synchronous_commit",
        "jit",
        "default_toast_compression",
    )
    with _maintenance() as connection:
        version = value(connection, "select current_setting('server_version')")
        settings = ", ".join(
            f"`{name} = {value(connection, 'select current_setting(%s)', name)}`" for name in names
        )
    return [
        f"{os.cpu_count()} cores ({processor}), {memory:.0f} GiB of memory",
        f"PostgreSQL {version}: {settings}",
    ]
