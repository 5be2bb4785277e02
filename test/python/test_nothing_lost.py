"""No way around the helpers: what they added is kept, or an error says how to keep it."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from decimal import Decimal
from enum import IntEnum
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import JSON, Engine, bindparam, event, insert, select, text, update
from sqlalchemy.exc import CompileError, DBAPIError, InvalidRequestError, StatementError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    make_transient,
    make_transient_to_detached,
)
from sqlalchemy.orm import mapped_column as mapped
from sqlalchemy.orm.exc import DetachedInstanceError

from support import NODE, NORTH, USER, in_row, new_run, stored_run, stored_step, types
from user_workflow import UserWorkflowRun, UserWorkflowRunStep

Steps = UserWorkflowRunStep


def add_elsewhere(engine: Engine, step: UserWorkflowRunStep) -> None:
    """Another session adds an event."""
    with Session(engine) as theirs, theirs.begin():
        found = theirs.get(UserWorkflowRunStep, step.step_id)
        assert found is not None
        found.add_event("theirs")


# Bulk methods and other statements.

BULK: list[Callable[[Session, UserWorkflowRunStep], Any]] = [
    lambda session, step: session.bulk_save_objects([step]),
    lambda session, step: session.bulk_save_objects([step], update_changed_only=False),
    lambda session, step: session.bulk_update_mappings(
        Steps, [{"step_id": step.step_id, "events": step.events}]
    ),
    lambda session, step: session.execute(
        update(Steps), [{"step_id": step.step_id, "events": step.events}]
    ),
    lambda session, step: session.execute(
        update(Steps).where(Steps.step_id == step.step_id).values(events=step.events)
    ),
    lambda session, step: session.connection().execute(
        update(Steps.__table__)  # type: ignore[arg-type]
        .where(Steps.__table__.c.step_id == step.step_id)
        .values(events=bindparam("changed", type_=Steps.__table__.c.events.type)),
        {"changed": step.events},
    ),
]


@pytest.mark.parametrize("send", BULK)
@pytest.mark.parametrize("detached", [False, True])
def test_what_shows_unsent_changes_is_not_sent_as_a_whole(
    engine: Engine, session: Session, send: Callable[..., Any], detached: bool
) -> None:
    step = stored_step(session)
    assert step.events == []
    key = step.step_id
    with Session(engine, autoflush=False) as sending:
        mine: Any = step
        if detached:
            session.expunge(step)
        else:
            mine = sending.get(UserWorkflowRunStep, key)
        mine.add_event("mine")
        add_elsewhere(engine, mine)
        with pytest.raises((StatementError, InvalidRequestError), match=r"Flush first"):
            send(sending, mine)
        sending.rollback()
        if detached:
            sending.add(mine)
        else:
            mine.add_event("mine")
        sending.commit()
        assert types(mine.events) == ["theirs", "mine"]


@pytest.mark.parametrize("by", ["expunge", "close"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_bulk_method_does_not_overlook_what_a_detached_object_has(
    session: Session, other: Session, by: str, when: str
) -> None:
    step = stored_step(session)
    if when == "before":
        step.add_event("one")
    if by == "expunge":
        session.expunge(step)
    else:
        session.close()
    if when == "after":
        step.add_event("one")
    with pytest.raises(StatementError, match="Flush first"):
        other.bulk_save_objects([step])
    other.rollback()
    with pytest.raises(DetachedInstanceError, match="add the object to a session"):
        len(step.events or ())
    step.add_event("two")
    session.add(step)
    assert types(step.events) == ["one", "two"]
    session.commit()
    assert types(step.events) == ["one", "two"]


def test_after_the_flush_bulk_methods_send_what_is_shown(session: Session) -> None:
    step = stored_step(session)
    assert step.events == []
    step.add_event("one")
    session.flush()
    session.execute(update(Steps).where(Steps.step_id == step.step_id).values(events=step.events))
    session.commit()
    assert types(step.events) == ["one"]
    step.add_event("two")
    copied = stored_step(session)
    copied.events = step.events
    session.commit()
    assert types(copied.events) == types(step.events) == ["one", "two"]


def test_a_new_object_may_be_saved_in_bulk(session: Session) -> None:
    run = stored_run(session)
    step = UserWorkflowRunStep(
        step_id=uuid4(), run_id=run.run_id, org_id=NORTH, node_id=NODE, step_number=7
    )
    step.add_event("one")
    session.bulk_save_objects([step])
    session.commit()
    assert types(run.steps[-1].events) == ["one"]


# Merge, pickle, life.


def test_merge_of_a_key_adds_to_the_row(session: Session, engine: Engine) -> None:
    stored = stored_step(session)
    add_elsewhere(engine, stored)
    mine = UserWorkflowRunStep(step_id=stored.step_id)
    mine.add_event("one")
    mine.add_event("two")
    merged = session.merge(mine)
    session.commit()
    assert types(merged.events) == ["theirs", "one", "two"]
    run = UserWorkflowRun(run_id=merged.run_id)
    run.add_context("a", 1)
    run.context = {"b": 2}
    run.add_context("c", 3)
    assert session.merge(run).context == {"b": 2, "c": 3}


def test_merge_of_a_key_that_is_new_inserts(session: Session) -> None:
    run = new_run(run_id=uuid4())
    run.add_context("a", 1)
    run.add_event("one")
    merged = session.merge(run)
    session.commit()
    assert (merged.context, types(merged.events)) == ({"a": 1}, ["one"])


def test_merge_keeps_what_the_session_has_added(session: Session) -> None:
    step = stored_step(session)
    assert step.events == []
    for _ in range(2):
        step.add_event("one")
        session.merge(UserWorkflowRunStep(step_id=step.step_id, status="running"))
    session.commit()
    assert types(step.events) == ["one", "one"]


def test_a_key_made_detached_sends_what_was_added_to_it(session: Session, engine: Engine) -> None:
    stored = stored_step(session)
    add_elsewhere(engine, stored)
    key = stored.step_id
    session.expunge_all()
    for number in range(2):
        mine = UserWorkflowRunStep(step_id=key)
        if number == 0:
            mine.add_event("early")
        make_transient_to_detached(mine)
        if number == 1:
            mine.add_event("late")
        session.add(mine)
        session.commit()
        session.expunge_all()
    found = session.get(UserWorkflowRunStep, key)
    assert found is not None
    assert types(found.events) == ["theirs", "early", "late"]


def test_a_detached_object_made_new_takes_its_changes_along(session: Session) -> None:
    step = stored_step(session)
    run_id = step.run_id
    session.expire(step)
    session.expunge(step)
    step.add_event("one")
    make_transient(step)
    step.add_event("two")
    assert types(step.events) == ["one", "two"]
    step.step_id, step.run_id, step.node_id, step.step_number = uuid4(), run_id, NODE, 2
    session.add(step)
    session.commit()
    assert types(step.events) == ["one", "two"]


def test_two_copies_do_not_both_send(session: Session, other: Session) -> None:
    step = stored_step(session)
    step.add_event("one")
    with pytest.raises(InvalidRequestError, match="expunge"):
        pickle.dumps(step)
    session.flush()
    copied = other.merge(pickle.loads(pickle.dumps(step)))
    session.commit()
    other.commit()
    assert types(copied.events) == ["one"]


def test_a_rolled_back_insert_can_be_repeated_unchanged(session: Session) -> None:
    run = new_run()
    session.add(run)
    session.flush()
    run.add_context("a", 1)
    session.rollback()
    session.add(run)
    session.commit()
    assert run.context == {"a": 1}


class Elsewhere(DeclarativeBase):
    """Models of the application."""


class Note(Elsewhere):
    __tablename__ = "note"

    note_id: Mapped[int] = mapped(primary_key=True)


@pytest.mark.parametrize("moment", ["before_insert", "after_insert", "before_delete"])
def test_within_the_flush_of_other_models_it_is_refused(session: Session, moment: str) -> None:
    step = stored_step(session)
    assert step.events == []
    session.execute(text("create temporary table note (note_id serial primary key)"))

    def note(*_: Any) -> None:
        step.add_event("too late")

    event.listen(Note, moment, note)
    try:
        with pytest.raises(InvalidRequestError, match="flush"):
            written = Note()
            session.add(written)
            session.flush()
            session.delete(written)
            session.flush()
    finally:
        event.remove(Note, moment, note)
    session.rollback()
    step.add_event("in time")
    session.commit()
    assert types(step.events) == ["in time"]


def test_two_phases(engine: Engine) -> None:
    with Session(engine, twophase=True) as session:
        step = stored_step(session)
        assert step.events == []
        step.add_event("one")
        session.prepare()
        with pytest.raises(InvalidRequestError, match="commit"):
            step.add_event("lost")
        session.commit()
        step.add_event("two")
        session.commit()
        step.add_event("undone")
        session.prepare()
        session.rollback()
        assert types(step.events) == ["one", "two"]


def test_an_update_statement_and_what_was_added(engine: Engine, session: Session) -> None:
    key = stored_step(session).step_id
    with Session(engine, autoflush=False) as careless:
        step = careless.get(UserWorkflowRunStep, key)
        assert step is not None
        step.add_event("added")
        careless.execute(
            update(Steps).where(Steps.step_id == key).values(events=[{"type": "whole"}])
        )
        assert types(step.events) == ["whole", "added"]
        careless.commit()
        assert types(step.events) == ["whole", "added"]


# Values on every way.


WRONG: list[tuple[str, Any]] = [
    ("events", 5),
    ("events", {"type": "x"}),
    ("events", "x"),
    ("events", [float("nan")]),
    ("events", [Decimal("Infinity")]),
    ("events", [JSON.NULL]),
    ("events", JSON.NULL),
    ("events", [{1}]),
    ("input_data", float("nan")),
    ("input_data", {"a": object()}),
    ("input_data", ["\0"]),
]


@pytest.mark.parametrize(("attribute", "value"), WRONG)
def test_every_way_into_a_column_checks_the_value(
    session: Session, attribute: str, value: Any
) -> None:
    step = stored_step(session)
    key, run_id = step.step_id, step.run_id
    new = {"run_id": run_id, "node_id": NODE, "step_number": 9, attribute: value}
    one = Steps.step_id == key
    ways: list[Callable[[], Any]] = [
        lambda: setattr(step, attribute, value),
        lambda: UserWorkflowRunStep(**{attribute: value}),
        lambda: session.execute(update(Steps).where(one).values({attribute: value})),
        lambda: session.execute(update(Steps), [{"step_id": key, attribute: value}]),
        lambda: session.execute(insert(Steps).values(new)),
        lambda: session.execute(insert(Steps), [new, {**new, "step_number": 10}]),
        lambda: session.query(Steps).filter(one).update({attribute: value}),
        lambda: session.bulk_insert_mappings(Steps, [new]),
        lambda: session.bulk_update_mappings(Steps, [{"step_id": key, attribute: value}]),
        lambda: session.execute(update(Steps.__table__).values({attribute: value})),  # type: ignore[arg-type]
        lambda: str(
            update(Steps)
            .values({attribute: value})
            .compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        ),
    ]
    for way in ways:
        with pytest.raises((TypeError, ValueError, StatementError, CompileError)) as error:
            way()
        assert attribute in f"{error.value} {error.value.__cause__}"
        session.rollback()
    assert in_row(session, step, "events") == "[]"


class Level(IntEnum):
    HIGH = 3


class Odd(int):
    def __repr__(self) -> str:
        return "1, 2"

    __str__ = __repr__

    def __int__(self) -> int:
        return 7


class OddDecimal(Decimal):
    def __format__(self, *_: Any) -> str:
        return "1, 2"


class OddFloat(float):
    def __repr__(self) -> str:
        return "1, 2"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Level.HIGH, 3),
        (Odd(5), 5),
        (OddDecimal("0.5"), 0.5),
        (OddFloat(0.5), 0.5),
        (1e16, 10**16),
        (1e23, 1e23),
        (-1.5e300, -1.5e300),
        (5e-324, 5e-324),
        (1e15, 1e15),
        (0.1 + 0.2, 0.1 + 0.2),
        (Decimal("12345678901234567890.25"), Decimal("12345678901234567890.25")),
        (Decimal("1E+30"), 10**30),
        (-0.0, 0),
        (2**80, 2**80),
    ],
)
def test_a_number_keeps_its_value_through_a_commit(
    session: Session, value: Any, expected: Any
) -> None:
    run = new_run(context={"whole": value})
    session.add(run)
    run.add_context("added", value)
    before = run.context
    assert before == {"whole": expected, "added": expected}
    for _ in range(2):
        session.commit()
        assert run.context == before
        assert [type(run.get_context(key)) for key in ("whole", "added")] == [
            type(item) for item in before.values()
        ]
        run.context = {**run.context}


def test_the_sql_functions_take_what_psycopg_sends(session: Session) -> None:
    step = stored_step(session)
    endpoint = uuid4()
    for confidence in (0.95, 1, Decimal("0.5"), None):
        session.execute(
            text("select add_screenshot(:id, 's3://x', confidence => :confidence)"),
            {"id": step.step_id, "confidence": confidence},
        )
    for value in (endpoint, "crm", 5, 2**40):
        session.execute(
            text("select add_endpoint(:id, :endpoint)"), {"id": step.run_id, "endpoint": value}
        )
    session.commit()
    assert [element["confidence"] for element in step.screenshots or ()] == [0.95, 1, 0.5, None]
    assert step.run.endpoints_used == [str(endpoint), "crm", 5, 2**40]
    with pytest.raises(DBAPIError, match="confidence"):
        session.execute(
            text("select add_screenshot(:id, 's3://x', confidence => :confidence)"),
            {"id": step.step_id, "confidence": float("nan")},
        )


@pytest.mark.parametrize("way", ["new", "assigned", "statement", "core"])
def test_json_null_is_what_it_means(session: Session, way: str) -> None:
    step = stored_step(session, **({"output_data": JSON.NULL} if way == "new" else {}))
    statement = update(Steps).where(Steps.step_id == step.step_id)
    if way == "assigned":
        step.output_data = JSON.NULL
    elif way == "statement":
        session.execute(statement.values(output_data=JSON.NULL))
    elif way == "core":
        session.connection().execute(statement, {"output_data": JSON.NULL})
    session.commit()
    assert in_row(session, step, "output_data") == "null"
    assert step.output_data is None


@pytest.mark.parametrize("odd", ["[1]", '"x"', "5"])
@pytest.mark.parametrize("loaded", [True, False])
def test_a_context_without_keys_is_not_dropped(session: Session, odd: str, loaded: bool) -> None:
    run = stored_run(session)
    set_odd = text("update user_workflow_run set context = cast(:odd as jsonb) where run_id = :id")
    session.execute(set_odd, {"odd": odd, "id": run.run_id})
    session.commit()
    if loaded:
        assert run.get_context("a", "default") == "default"
        with pytest.raises(TypeError, match="assign a whole new value"):
            run.add_context("a", 1)
    else:
        run.add_context("a", 1)
        with pytest.raises(DBAPIError, match="context must be an object"):
            session.commit()
        session.rollback()
    assert in_row(session, run, "context") == odd
    run.context = {"a": 1}
    session.commit()
    assert run.context == {"a": 1}


def test_rows_of_every_kind_can_be_counted(session: Session) -> None:
    for odd, count in (("5", 1), ('{"a": 1, "b": 2}', 1), ("null", 0), ("[1, 2]", 2)):
        run = stored_run(session)
        statement = text(
            "update user_workflow_run set events = cast(:o as jsonb) where run_id = :i"
        )
        session.execute(statement, {"o": odd, "i": run.run_id})
        session.commit()
        assert run.event_count == count


def test_one_deep_document_does_not_take_the_list_with_it(session: Session) -> None:
    workflow = uuid4()
    for depth in (1, 5000):
        session.execute(
            text(
                "insert into user_workflow_run (workflow_id, org_id, channel, created_by, context)"
                " values (:workflow, :org, 'web', :user, cast(:context as jsonb))"
            ),
            {
                "workflow": workflow,
                "org": NORTH,
                "user": USER,
                "context": '{"deep": ' + "[" * depth + "]" * depth + "}",
            },
        )
    session.commit()
    runs = session.scalars(select(UserWorkflowRun).filter_by(workflow_id=workflow)).all()
    depths = []
    for run in runs:
        value, depth = run.get_context("deep"), 1
        while value:
            value, depth = value[0], depth + 1
        depths.append(depth)
        run.add_context("read", True)
    assert sorted(depths) == [1, 5000]
    session.commit()
    assert all(run.get_context("read") for run in runs)
    with pytest.raises((ValueError, StatementError), match="deep"):
        runs[depths.index(5000)].context = {"copied": [runs[depths.index(5000)].context]}
        session.flush()
    session.rollback()


def test_psycopg_2_and_others_are_told(engine: Engine) -> None:
    from sqlalchemy.dialects.postgresql import asyncpg, psycopg2

    column = UserWorkflowRun.__table__.c.context.type
    others: list[Any] = [psycopg2.dialect, asyncpg.dialect]
    for dialect in (other() for other in others):
        for ask in (column.bind_processor, lambda d: column.result_processor(d, None)):
            with pytest.raises(InvalidRequestError, match=r"postgresql\+psycopg://"):
                ask(dialect)
    assert engine.dialect.driver == "psycopg"
