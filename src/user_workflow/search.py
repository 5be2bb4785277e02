"""Searches of the organisation of the session, which the indexes answer, as statements.

Each returns a statement for ``session.scalars`` or ``session.execute``, sync or async::

    for run in session.scalars(find_runs(context={"correlation_id": "xyz789"})):
        ...

Those that find models can be narrowed further: ``find_runs(…).where(…).options(…)``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import BigInteger, Uuid, column, func, literal, select, type_coerce

from user_workflow.documents import Document
from user_workflow.models import UserWorkflowRun, UserWorkflowRunStep

_P = ParamSpec("_P")
_S = TypeVar("_S")


def _returns(_: _S) -> Callable[[Callable[_P, Any]], Callable[_P, _S]]:
    """The type of an example: SQLAlchemy 2.0 and 2.1 spell that of a statement differently."""
    return lambda function: function


def _json(value: Any) -> Any:
    return literal(value, Document())


@_returns(select(UserWorkflowRun))
def find_runs(
    *,
    context: Mapping[str, Any] | None = None,
    status: str | None = None,
    endpoint: int | str | uuid.UUID | None = None,
    events: Sequence[Any] | None = None,
    screenshots: Sequence[Any] | None = None,
    created_from: datetime | None = None,
    created_to: datetime | None = None,
    page_size: int | None = None,
    after: UserWorkflowRun | None = None,
) -> Any:
    """Finds runs, the latest first, as the SQL function ``find_runs``. Each condition narrows.

    Args:
        context: What the context contains.
        status: The status.
        endpoint: An element of ``endpoints_used``.
        events: What the events of no step contain, for example ``[{"type": "error"}]``.
        screenshots: What the screenshots of no step contain.
        created_from: The first moment.
        created_to: The moment after the last.
        page_size: How many at most; default all.
        after: The last run of the page before.
    """
    found = (
        func.find_run_ids(
            _json(context),
            status,
            _json(str(endpoint) if isinstance(endpoint, uuid.UUID) else endpoint),
            _json(events),
            _json(screenshots),
            created_from,
            created_to,
            page_size,
            None if after is None else after.created_at,
            None if after is None else after.run_id,
        )
        .table_valued(column("run_id", Uuid))
        .render_derived(name="found")
    )
    return (
        select(UserWorkflowRun)
        .join(found, found.c.run_id == UserWorkflowRun.run_id)
        .order_by(UserWorkflowRun.created_at.desc(), UserWorkflowRun.run_id.desc())
    )


@_returns(select(UserWorkflowRunStep))
def find_steps(
    *,
    events: Sequence[Any] | None = None,
    screenshots: Sequence[Any] | None = None,
    status: str | None = None,
    started_from: datetime | None = None,
    started_to: datetime | None = None,
    page_size: int | None = None,
    after: UserWorkflowRunStep | None = None,
) -> Any:
    """Finds steps, the latest started first, as the SQL function ``find_steps``.

    Args:
        events: What the events contain, for example ``[{"type": "error"}]``.
        screenshots: What the screenshots contain.
        status: The status.
        started_from: The first moment.
        started_to: The moment after the last.
        page_size: How many at most; default all.
        after: The last step of the page before.
    """
    found = (
        func.find_step_ids(
            _json(events),
            _json(screenshots),
            status,
            started_from,
            started_to,
            page_size,
            None if after is None else after.started_at,
            None if after is None else after.step_id,
        )
        .table_valued(column("step_id", Uuid))
        .render_derived(name="found")
    )
    return (
        select(UserWorkflowRunStep)
        .join(found, found.c.step_id == UserWorkflowRunStep.step_id)
        .order_by(
            UserWorkflowRunStep.started_at.desc().nulls_last(), UserWorkflowRunStep.step_id.desc()
        )
    )


_EVENT = (
    column("run_id", Uuid()),
    column("step_id", Uuid()),
    column("place", BigInteger()),
    column("event", Document()),
)


@_returns(select(*_EVENT))
def find_event(event_id: int) -> Any:
    """Finds the event of an old ``event_id``: its run, its step, its place from 1, the event.

    Args:
        event_id: Not negative: the old names show negative ones for events that have none.
    """
    found = func.find_event(literal(event_id, BigInteger)).table_valued(*_EVENT, name="found")
    return select(*found.c)


@_returns(select(type_coerce(column("run"), Document("object"))))
def get_run(run_id: uuid.UUID) -> Any:
    """Reads a run and all its steps (``["steps"]``) in one call, as one read-only JSON object.

    Several times as fast as the model with its steps. Ids and times are strings, times in UTC.

    Args:
        run_id: The run.
    """
    return select(type_coerce(func.get_run(literal(run_id, Uuid)), Document("object")))
