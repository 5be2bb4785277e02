"""Databases to try the whole plan on, on the server that the libpq variables name.

Templates are built once a session through the real commands; a test gets a copy of one and may do
with it what it likes. Sqitch keeps its registry in the database, so a copy carries it along.

    legacy        the eight old tables with rows in them, adopted (deployed to @baseline)
    expand        the same, deployed to @expand: everything in place, nothing moved
    carried_over  the same, deployed to @carried_over: the documents follow the old tables
    deployed      the same, deployed to the end: the old names are views of the documents

The roles workflow_app and workflow_maintenance belong to the cluster, so databases share them.
"""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[2]

# How many runs script/legacy-data.sql makes besides its fixed set of odd ones.
RUNS = 100

ENVIRONMENT = {
    **os.environ,
    "LC_ALL": "C.UTF-8",
    "PGCLIENTENCODING": "UTF8",
    "PGAPPNAME": "workflow_consolidation test",
    "PGOPTIONS": os.environ.get("PGOPTIONS", "") + " -c idle_in_transaction_session_timeout=0",
    "SQITCH_FULLNAME": "Workflow Consolidation",
    "SQITCH_EMAIL": "maintainers@example.org",
}

_names = itertools.count(1)


def pytest_configure() -> None:
    """Refuses to run without a server that somebody named on purpose."""
    if not (os.environ.get("PGHOST") or os.environ.get("PGSERVICE")):
        raise pytest.UsageError("set PGHOST or PGSERVICE to a server to test on, or: ./script/test")


def run(
    *command: str, check: bool = True, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a command from the root of the project; with check, a failure shows what it said."""
    result = subprocess.run(
        command,
        cwd=ROOT,
        env=ENVIRONMENT,
        input=stdin if stdin is not None else "",
        capture_output=True,
        text=True,
        check=False,
    )
    if check and result.returncode != 0:
        pytest.fail(
            f"{' '.join(command)}: exit {result.returncode}\n{result.stdout}{result.stderr}"
        )
    return result


def sqitch(database: str, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Runs Sqitch on a database, for example with "deploy", "--to", "@expand"."""
    return run("sqitch", *args, f"db:pg:{database}", check=check)


def psql(
    database: str, *args: str, check: bool = True, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs psql on a database, stopping at the first error."""
    return run(
        "psql",
        "--quiet",
        "--no-psqlrc",
        "--set=ON_ERROR_STOP=1",
        f"--dbname={database}",
        *args,
        check=check,
        stdin=stdin,
    )


def connect(database: str, **kwargs: Any) -> psycopg.Connection[Any]:
    """Connects to a database, in autocommit unless told otherwise."""
    kwargs.setdefault("autocommit", True)
    kwargs.setdefault("application_name", "workflow_consolidation test")
    return psycopg.connect(dbname=database, **kwargs)


@contextmanager
def database(template: str = "template0") -> Iterator[str]:
    """A database of its own name, copied from a template that nobody is connected to."""
    name = f"workflow_consolidation_cycle_{os.getpid()}_{next(_names)}"
    encoding = ["--encoding=UTF8"] if template == "template0" else []
    run("createdb", f"--template={template}", *encoding, name)
    try:
        yield name
    finally:
        run("dropdb", "--if-exists", "--force", name)


@pytest.fixture(scope="session")
def legacy_template() -> Iterator[str]:
    """The adopted baseline; copy it, do not connect to it."""
    with database() as name:
        psql(name, "--file=deploy/baseline.sql")
        psql(name, f"--set=runs={RUNS}", "--file=script/legacy-data.sql")
        sqitch(name, "deploy", "--log-only", "--verify", "--to", "@baseline")
        yield name


@pytest.fixture(scope="session")
def expand_template(legacy_template: str) -> Iterator[str]:
    """The plan up to @expand; copy it, do not connect to it."""
    with database(legacy_template) as name:
        sqitch(name, "deploy", "--to", "@expand")
        yield name


@pytest.fixture(scope="session")
def carried_over_template(expand_template: str) -> Iterator[str]:
    """The plan up to @carried_over; copy it, do not connect to it."""
    with database(expand_template) as name:
        sqitch(name, "deploy", "--to", "@carried_over")
        yield name


@pytest.fixture(scope="session")
def deployed_template(carried_over_template: str) -> Iterator[str]:
    """The whole plan; copy it, do not connect to it."""
    with database(carried_over_template) as name:
        sqitch(name, "deploy")
        yield name


@pytest.fixture
def empty() -> Iterator[str]:
    """A database with nothing in it."""
    with database() as name:
        yield name


@pytest.fixture
def legacy(legacy_template: str) -> Iterator[str]:
    """A copy of the adopted baseline."""
    with database(legacy_template) as name:
        yield name


@pytest.fixture
def expand(expand_template: str) -> Iterator[str]:
    """A copy of @expand."""
    with database(expand_template) as name:
        yield name


@pytest.fixture
def carried_over(carried_over_template: str) -> Iterator[str]:
    """A copy of @carried_over."""
    with database(carried_over_template) as name:
        yield name


@pytest.fixture
def deployed(deployed_template: str) -> Iterator[str]:
    """A copy of the whole plan."""
    with database(deployed_template) as name:
        yield name
