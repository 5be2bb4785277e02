"""Behind PgBouncer in transaction mode: applications work, deployments are refused at once."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from conftest import ROOT, execute, new_database, run, schema
from test_alembic import AGAIN
from user_workflow import (
    UserWorkflowRun,
    UserWorkflowRunStep,
    find_runs,
    get_run,
    organisation,
)

LOGIN = f"user_workflow_pool_{os.getpid()}"
PASSWORD = os.environ.get("PGPASSWORD", "")
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))

CONFIGURATION = """\
[databases]
* = host={host} port={port} pool_size=2
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = {directory}
auth_type = trust
auth_file = {directory}/users
pool_mode = transaction
ignore_startup_parameters = options
logfile = {directory}/log
"""


@pytest.fixture(scope="module")
def deployed(legacy_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with rows of others, after the cut-over, and a login of workflow_app."""
    file = tmp_path_factory.mktemp("bundle") / "consolidate_workflow_tables.sql"
    run("script/bundle", file)
    with new_database(legacy_template) as name:
        run("psql", "-d", name, "-f", file)
        execute(name, f"create role {LOGIN} login password '{PASSWORD}' in role workflow_app")
        yield name
        execute(name, f"drop role {LOGIN}")


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """How to connect through a PgBouncer of its own, which ends with the tests."""
    directory = tmp_path_factory.mktemp("pool")
    (directory / "users").write_text(f'"postgres" "{PASSWORD}"\n"{LOGIN}" "{PASSWORD}"\n')
    (directory / "pgbouncer.ini").write_text(
        CONFIGURATION.format(
            host=os.environ["PGHOST"], port=os.environ.get("PGPORT", 5432), directory=directory
        )
    )
    user = None
    if os.getuid() == 0:
        # It does not run as root, and nobody else may look into the directories of root.
        user = pwd.getpwnam("postgres").pw_uid
        for path in (directory, *directory.iterdir()):
            os.chown(path, user, -1)
        for parent in list(directory.parents)[:-2]:
            parent.chmod(parent.stat().st_mode | 0o011)
    with subprocess.Popen(
        ["/usr/sbin/pgbouncer", directory / "pgbouncer.ini"],
        user=user,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        socket = directory / ".s.PGSQL.6432"
        deadline = time.monotonic() + 10
        while not socket.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        if not socket.exists():
            pytest.fail((directory / "log").read_text() if (directory / "log").exists() else "?")
        yield {"PGHOST": str(directory), "PGPORT": "6432", "PGOPTIONS": ""}
        process.terminate()


def test_sessions_share_connections_and_nothing_else(deployed: str, pool: dict[str, Any]) -> None:
    engine = create_engine(
        f"postgresql+psycopg://{LOGIN}@/{deployed}?host={pool['PGHOST']}&port=6432",
        connect_args={"prepare_threshold": None},
    )
    organisations = [uuid4() for _ in range(4)]
    runs: dict[UUID, UUID] = {}
    sessions = {org_id: Session(engine) for org_id in organisations}
    for round_ in range(8):
        # One transaction each in turn: four clients on two connections of the server.
        for org_id, session in sessions.items():
            with organisation(session, org_id):
                if round_ == 0:
                    run_ = UserWorkflowRun(
                        run_id=uuid4(),
                        workflow_id=org_id,
                        org_id=org_id,
                        channel="web",
                        created_by=org_id,
                    )
                    run_.steps.append(UserWorkflowRunStep(node_id=org_id, step_number=1))
                    session.add(run_)
                    runs[org_id] = run_.run_id
                else:
                    found = session.scalars(find_runs(status="pending")).one()
                    assert found.run_id == runs[org_id]
                    found.add_context(f"round {round_}", round_)
                    found.steps[0].add_event("round", round_)
                session.commit()
            assert session.scalars(select(UserWorkflowRun)).all() == []
            session.rollback()
    for org_id, session in sessions.items():
        with organisation(session, org_id):
            got = session.scalar(get_run(runs[org_id]))
            assert got is not None
            assert [event["data"] for event in got["steps"][0]["events"]] == list(range(1, 8))
            assert len(got["context"]) == 7
            told = session.connection().connection.driver_connection.info.backend_pid  # type: ignore[union-attr]
            assert told != session.scalar(text("select pg_backend_pid()")), "control: a pooler"
        session.close()
    engine.dispose()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_prints_the_same(deployed: str, pool: dict[str, Any], example: Path) -> None:
    result = run(sys.executable, example, **pool, PGDATABASE=deployed, PGUSER=LOGIN)
    assert result.stderr == ""
    assert result.stdout == example.with_suffix(".out").read_text(encoding="utf-8")


def test_deployments_are_refused_at_once(legacy: str, pool: dict[str, Any], tmp_path: Path) -> None:
    pool = {**pool, "PGUSER": "postgres", "PGDATABASE": legacy}
    file = tmp_path / "consolidate_workflow_tables.sql"
    run("script/bundle", file)
    before = schema(legacy)
    for command in (
        (sys.executable, "-m", "user_workflow.backfill"),
        (sys.executable, "-c", AGAIN),
        ("psql", "-f", file),
    ):
        result = run(*command, check=False, **pool)
        assert result.returncode != 0
        assert "connect directly" in result.stdout + result.stderr
        assert schema(legacy) == before
    run("sqitch", "deploy", "--log-only", "--to", "@baseline", f"db:pg:{legacy}")
    result = run("sqitch", "deploy", f"db:pg:{legacy}", check=False, **pool)
    assert result.returncode != 0
    assert "connect directly" in result.stdout + result.stderr
    assert schema(legacy) == before


def test_what_is_deployed_directly_does_not_go_on_through_it(
    legacy: str, pool: dict[str, Any]
) -> None:
    target = f"db:pg:{legacy}"
    run("sqitch", "deploy", "--log-only", "--to", "@baseline", target)
    run("sqitch", "deploy", "--no-verify", "--to", "documents/iso8601", target)
    before = schema(legacy)
    result = run("sqitch", "deploy", target, check=False, **pool, PGUSER="postgres")
    assert result.returncode != 0
    assert "connect directly" in result.stdout + result.stderr
    assert schema(legacy) == before
