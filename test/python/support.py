"""What the tests of the models share."""

from __future__ import annotations

import os
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.orm import Session

from user_workflow import UserWorkflowRun, UserWorkflowRunStep

ENVIRONMENT = {
    **os.environ,
    "PGAPPNAME": "user_workflow test",
    "PGOPTIONS": os.environ.get("PGOPTIONS", "") + " -c idle_in_transaction_session_timeout=0",
    "SQITCH_FULLNAME": "Workflow Consolidation",
    "SQITCH_EMAIL": "maintainers@example.org",
}

NORTH = UUID("00000000-0000-4000-8000-000000000001")
SOUTH = UUID("00000000-0000-4000-8000-000000000002")
WORKFLOW = UUID("00000000-0000-4000-8001-000000000101")
USER = UUID("00000000-0000-4000-8002-000000000100")
NODE = UUID("00000000-0000-4000-8003-000000010101")


# A test that waits for itself fails instead of hanging.
CONNECT = {"options": "-c lock_timeout=20s"}


def url(database: str, user: str | None = None) -> URL:
    """Everything else comes from the libpq variables."""
    return URL.create("postgresql+psycopg", username=user, database=database)


def new_engine(database: str, user: str | None = None, **options: Any) -> Engine:
    """An engine for a database of the tests."""
    return create_engine(url(database, user), connect_args=CONNECT, **options)


class Statements:
    """The statements an engine sends to the two tables while the block lasts."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.all: list[str] = []

    def __enter__(self) -> Statements:
        event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._note)

    def _note(self, *arguments: Any) -> None:
        self.all.append(arguments[2])

    def starting(self, verb: str) -> list[str]:
        """Those that begin with a word."""
        return [statement for statement in self.all if statement.lower().startswith(verb)]

    def forget(self) -> None:
        """Begins anew."""
        self.all.clear()


def new_run(**values: Any) -> UserWorkflowRun:
    return UserWorkflowRun(
        **{
            "workflow_id": WORKFLOW,
            "org_id": NORTH,
            "channel": "web",
            "created_by": USER,
            **values,
        }
    )


def new_step(run: UserWorkflowRun, number: int = 1, **values: Any) -> UserWorkflowRunStep:
    return UserWorkflowRunStep(run=run, node_id=NODE, step_number=number, **values)


def stored_run(session: Session, **values: Any) -> UserWorkflowRun:
    """A run that is committed, with a step; the session has forgotten what they hold."""
    run = new_run(**values)
    new_step(run)
    session.add(run)
    session.commit()
    return run


def stored_step(session: Session, **values: Any) -> UserWorkflowRunStep:
    """A step that is committed; the session has forgotten what it holds."""
    run = new_run()
    step = new_step(run, **values)
    session.add(run)
    session.commit()
    return step


def in_row(session: Session, target: UserWorkflowRun | UserWorkflowRunStep, column: str) -> Any:
    """What the row holds, read past the models; for jsonb as text."""
    table, key, value = (
        ("user_workflow_run", "run_id", target.run_id)
        if isinstance(target, UserWorkflowRun)
        else ("user_workflow_run_step", "step_id", target.step_id)
    )
    query = text(f"select {column}::text from {table} where {key} = :key")
    with session.get_bind().connect() as connection:  # type: ignore[union-attr]
        return connection.execute(query, {"key": value}).scalar_one()


def types(events: Any) -> list[str]:
    """The types of events, in order."""
    return [element["type"] for element in events]


def unique() -> str:
    return uuid4().hex
