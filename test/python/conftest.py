"""Databases for the models, on the server that the libpq variables name.

One template is built a session, through the real commands. Most tests share one copy of it and work
on rows of their own; those that change more than rows get a copy of their own.
"""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from support import ENVIRONMENT, Statements, new_engine

ROOT = Path(__file__).resolve().parents[2]

_names = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:  # noqa: ARG001
    if not (os.environ.get("PGHOST") or os.environ.get("PGSERVICE")):
        raise pytest.UsageError("set PGHOST or PGSERVICE to a server to test on")


def run(*command: str) -> str:
    """Runs a command from the root of the project; a failure shows what it said."""
    result = subprocess.run(
        command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        pytest.fail(
            f"{' '.join(command)}: exit {result.returncode}\n{result.stdout}{result.stderr}"
        )
    return result.stdout


@contextmanager
def new_database(template: str = "template0") -> Iterator[str]:
    name = f"user_workflow_test_{os.getpid()}_{next(_names)}"
    run("createdb", f"--template={template}", "--encoding=UTF8", name)
    try:
        yield name
    finally:
        run("dropdb", "--if-exists", "--force", name)


@pytest.fixture(scope="session")
def template() -> Iterator[str]:
    """The old tables with rows in them, adopted, and the whole plan deployed."""
    with new_database() as name:
        psql = ("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--dbname={name}")
        run(*psql, "--file=deploy/baseline.sql")
        run(*psql, "--set=runs=50", "--file=script/legacy-data.sql")
        target = f"db:pg:{name}"
        run("sqitch", "deploy", "--log-only", "--verify", "--to", "@baseline", target)
        run("sqitch", "deploy", target)
        yield name


@pytest.fixture(scope="session")
def shared(template: str) -> Iterator[str]:
    """The copy that tests share."""
    with new_database(template) as name:
        yield name


@pytest.fixture
def database(template: str) -> Iterator[str]:
    """A copy of its own for one test."""
    with new_database(template) as name:
        yield name


@pytest.fixture
def empty() -> Iterator[str]:
    """A database with nothing in it."""
    with new_database() as name:
        yield name


@pytest.fixture(scope="session")
def engine(shared: str) -> Iterator[Engine]:
    engine = new_engine(shared)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


@pytest.fixture
def other(engine: Engine) -> Iterator[Session]:
    """A second session, for what somebody else does meanwhile."""
    with Session(engine) as session:
        yield session


@pytest.fixture
def statements(engine: Engine) -> Iterator[Statements]:
    """What the sessions of the test send."""
    with Statements(engine) as statements:
        yield statements
