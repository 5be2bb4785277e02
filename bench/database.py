"""Databases with generated rows in the old tables, and the plan of the project."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
    """Runs a program in the root of the project; returns what it printed."""
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}\n{done.stdout}{done.stderr}")
    return done.stdout


def value(connection: Connection, query: str, *parameters: Any) -> Any:
    """The one value that a query returns."""
    row = connection.execute(query, parameters or None).fetchone()
    assert row is not None, query
    return row[0]


@dataclass
class Database:
    """One database: how many runs it holds, and how far the plan is deployed."""

    name: str
    runs: int
    organisations: int

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

    def deploy(self, to: str | None = None) -> float:
        """Deploys the plan; returns seconds. Verifying is not what is measured."""
        began = time.perf_counter()
        target = ["--to", to] if to else []
        command("sqitch", "deploy", "--quiet", "--no-verify", *target, f"db:pg:{self.name}")
        return time.perf_counter() - began


@dataclass
class Databases:
    """Makes databases as they are asked for, and drops them all in the end."""

    made: dict[str, Database] = field(default_factory=dict)

    def get(self, name: str, runs: int, organisations: int) -> Database:
        """A database with the old tables filled and the plan deployed to @expand."""
        if name not in self.made:
            if not self.made:
                self.made["empty"] = self._empty()
            say(f"  a database with {runs:,} runs in {organisations} organisations")
            database = self._create(name, runs, organisations, self.made["empty"].name)
            command(
                *("psql", "--no-psqlrc", "--quiet", "--dbname", database.name),
                *("--set", f"runs={runs}", "--set", f"organisations={organisations}"),
                *("--file", "script/legacy-data.sql"),
            )
            database.run("truncate consolidation.change")
            database.run("vacuum analyze")
            self.made[name] = database
        return self.made[name]

    def drop(self, name: str) -> None:
        """Drops a database that is there."""
        database = self.made.pop(name)
        with _maintenance() as connection:
            _drop(connection, database.name)

    def drop_all(self) -> None:
        """Drops what was made."""
        for name in list(self.made):
            self.drop(name)

    def _empty(self) -> Database:
        database = self._create("empty", 0, 0, "template0")
        database.deploy("@expand")
        return database

    def _create(self, name: str, runs: int, organisations: int, template: str) -> Database:
        database = Database(f"{PREFIX}_{name}", runs, organisations)
        with _maintenance() as connection:
            _drop(connection, database.name)
            connection.execute(
                sql.SQL("create database {} template {} encoding 'UTF8'").format(
                    sql.Identifier(database.name), sql.Identifier(template)
                )
            )
        return database


@contextmanager
def _maintenance() -> Iterator[Connection]:
    with psycopg.connect(dbname="postgres", autocommit=True) as connection:
        yield connection


def _drop(connection: Connection, name: str) -> None:
    connection.execute(
        sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
    )


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
