"""Databases for the other ways in: psql with one file, and Alembic.

They run on the server that the libpq variables name. Each test has databases of its own; the roles
workflow_app and workflow_maintenance belong to the cluster, so databases share them.
"""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]

# The package of the checkout, whether or not one is installed.
sys.path.insert(0, str(ROOT / "src"))

# How many runs script/legacy-data.sql makes besides its fixed set of odd ones.
RUNS = 100

ENVIRONMENT = {
    **os.environ,
    "LC_ALL": "C.UTF-8",
    "PYTHONPATH": str(ROOT / "src"),
    "PYTHONDONTWRITEBYTECODE": "1",
    "PGAPPNAME": "workflow_consolidation test",
    "SQITCH_FULLNAME": "Workflow Consolidation",
    "SQITCH_EMAIL": "maintainers@example.org",
}

EIGHT = (
    "workflow_trace",
    "workflow_steps",
    "workflow_events",
    "workflow_trace_screenshot",
    "workflow_trace_context",
    "workflow_trace_endpoint",
    "workflow_configs",
    "micro_state",
)

_names = itertools.count(1)


def pytest_configure() -> None:
    """Refuses to run without a server that somebody named on purpose."""
    if not (os.environ.get("PGHOST") or os.environ.get("PGSERVICE")):
        raise pytest.UsageError("set PGHOST or PGSERVICE to a server to test on, or: ./script/test")


def run(
    *command: str | Path, check: bool = True, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Runs a command; with check, a failure shows what it said."""
    result = subprocess.run(
        command,
        cwd=cwd,
        env={**ENVIRONMENT, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if check and result.returncode != 0:
        pytest.fail(
            f"{' '.join(map(str, command))}: exit {result.returncode}\n"
            f"{result.stdout}{result.stderr}"
        )
    return result


def sqitch(database: str, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Runs sqitch on a database: sqitch(name, "deploy", "--to", "@expand")."""
    return run("sqitch", *args, f"db:pg:{database}", check=check)


def connect(database: str) -> psycopg.Connection[Any]:
    """Connects to a database, in autocommit."""
    return psycopg.connect(
        dbname=database, autocommit=True, application_name="workflow_consolidation test"
    )


def execute(database: str, statement: str) -> list[Any]:
    """Executes one statement; returns its rows."""
    with connect(database) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


@contextmanager
def new_database(template: str = "template0") -> Iterator[str]:
    """A database of its own name, copied from a template that nobody is connected to."""
    name = f"workflow_consolidation_bundle_{os.getpid()}_{next(_names)}"
    encoding = ["--encoding=UTF8"] if template == "template0" else []
    run("createdb", f"--template={template}", *encoding, name)
    try:
        yield name
    finally:
        run("dropdb", "--if-exists", "--force", name)


def schema(database: str, *options: str) -> str:
    """What pg_dump writes of the three schemas, or of those that the options name."""
    wanted = options or ("--schema=public", "--schema=consolidation", "--schema=legacy")
    text = run("pg_dump", "--schema-only", *wanted, database).stdout
    # Two lines with a key that pg_dump draws anew each time.
    skipped = ("\\restrict", "\\unrestrict")
    text = "\n".join(line for line in text.splitlines() if not line.startswith(skipped))
    # A retired sequence begins and ends at the number where it stood.
    return re.sub(r"(START WITH|MAXVALUE|MINVALUE) \d{3,}$", r"\1 n", text, flags=re.MULTILINE)


def old_rows(database: str) -> dict[str, list[str]]:
    """What the eight old names show, as text."""
    with connect(database) as connection:
        connection.execute("set timezone = 'UTC'")
        found = {}
        for name in EIGHT:
            columns = connection.execute(f"select * from {name} limit 0".encode()).description
            assert columns
            listed = ", ".join(f't."{column.name}"::text' for column in columns)
            found[name] = [
                text
                for (text,) in connection.execute(
                    f"select row({listed})::text from {name} as t order by 1".encode()
                )
            ]
        return found


def differences(database: str) -> list[Any]:
    """What differs between old tables and documents."""
    return execute(database, "select * from consolidation.differences()")


@pytest.fixture(scope="session")
def legacy_template() -> Iterator[str]:
    """The eight old tables with rows in them."""
    with new_database() as name:
        psql = ("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--dbname={name}")
        run(*psql, "--file=deploy/baseline.sql")
        run(*psql, f"--set=runs={RUNS}", "--file=script/legacy-data.sql")
        yield name


@pytest.fixture
def legacy(legacy_template: str) -> Iterator[str]:
    """A copy of the eight old tables with rows in them."""
    with new_database(legacy_template) as name:
        yield name


@pytest.fixture
def empty() -> Iterator[str]:
    """A database with nothing in it."""
    with new_database() as name:
        yield name


@pytest.fixture(scope="session")
def schema_of_sqitch(legacy_template: str) -> str:
    """The schema that sqitch deploy leaves where the tables hold rows."""
    with new_database(legacy_template) as name:
        sqitch(name, "deploy", "--log-only", "--verify", "--to", "@baseline")
        sqitch(name, "deploy", "--no-verify")
        return schema(name)


@pytest.fixture(scope="session")
def schema_of_sqitch_empty() -> str:
    """The schema that sqitch deploy leaves where nothing was."""
    with new_database() as name:
        sqitch(name, "deploy", "--no-verify")
        return schema(name)
