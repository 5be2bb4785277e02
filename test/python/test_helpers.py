"""The helpers of runs and steps: one statement, nothing lost, undone by a rollback."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, event, func, null, select, text, update
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.orm import Session, defer, make_transient
from sqlalchemy.orm.exc import StaleDataError

from support import (
    NODE,
    NORTH,
    Statements,
    in_row,
    new_run,
    new_step,
    stored_run,
    stored_step,
    types,
)
from user_workflow import UserWorkflowConfig, UserWorkflowRun, UserWorkflowRunStep

NOON = datetime(2025, 1, 14, 12, tzinfo=timezone.utc)


# What the documents look like.


def test_an_event_has_the_keys_of_the_sql_function(session: Session, engine: Engine) -> None:
    step = stored_step(session)
    step.add_event("navigation", {"from": "/login"}, NOON)
    step.add_event("tick", timestamp="2025-01-14T13:00:00+01:00")
    session.commit()
    with engine.begin() as connection:
        connection.execute(
            text(
                "select add_event(:id, 'navigation', '{\"from\": \"/login\"}',"
                " '2025-01-14T12:00:00Z'), add_event(:id, 'tick', null, '2025-01-14T12:00:00Z')"
            ),
            {"id": step.step_id},
        )
    session.commit()
    assert step.events is not None
    assert step.events[:2] == step.events[2:]
    assert step.events[0] == {
        "type": "navigation",
        "timestamp": "2025-01-14T12:00:00Z",
        "data": {"from": "/login"},
    }


def test_a_screenshot_has_the_keys_of_the_sql_function(session: Session, engine: Engine) -> None:
    step = stored_step(session)
    step.add_screenshot(
        url="s3://b/1.png",
        action="click_submit",
        selector="#submit",
        thumbnail_url="s3://b/t.png",
        element_found=True,
        confidence=Decimal("0.95"),
        timestamp=NOON,
    )
    step.add_screenshot(url="s3://b/2.png", timestamp=NOON, node_name="login", tags=["a"])
    session.commit()
    with engine.begin() as connection:
        connection.execute(
            text(
                "select add_screenshot(:id, 's3://b/1.png', 'click_submit', '#submit',"
                " 's3://b/t.png', true, 0.95, '2025-01-14T12:00:00Z'),"
                " add_screenshot(:id, 's3://b/2.png', \"timestamp\" => '2025-01-14T12:00:00Z')"
            ),
            {"id": step.step_id},
        )
    session.commit()
    assert step.screenshots is not None
    first, second, first_sql, second_sql = step.screenshots
    assert first == first_sql
    assert second == {**second_sql, "node_name": "login", "tags": ["a"]}
    assert step.screenshot_count == 4


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"type": ""}, ValueError),
        ({"type": "x" * 101}, ValueError),
        ({"type": None}, TypeError),
        ({"type": "a\0"}, ValueError),
        ({"type": "a", "data": {1}}, TypeError),
        ({"type": "a", "data": {"x": float("nan")}}, ValueError),
        ({"type": "a", "timestamp": datetime(2025, 1, 1)}, ValueError),
        ({"type": "a", "timestamp": "yesterday"}, ValueError),
    ],
)
def test_a_bad_event_is_refused_and_changes_nothing(
    session: Session, arguments: dict[str, Any], error: type[Exception]
) -> None:
    step = stored_step(session)
    with pytest.raises(error):
        step.add_event(**arguments)
    assert not session.dirty
    assert step.events == []


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"url": ""}, ValueError),
        ({"url": 1}, TypeError),
        ({"url": "a", "action": 1}, TypeError),
        ({"url": "a", "element_found": "yes"}, TypeError),
        ({"url": "a", "confidence": "high"}, TypeError),
        ({"url": "a", "confidence": True}, TypeError),
        ({"url": "a", "confidence": float("nan")}, ValueError),
        ({"url": "a", "timestamp": "x"}, ValueError),
        ({"url": "a", "extra": object()}, TypeError),
    ],
)
def test_a_bad_screenshot_is_refused_and_changes_nothing(
    session: Session, arguments: dict[str, Any], error: type[Exception]
) -> None:
    step = stored_step(session)
    with pytest.raises(error):
        step.add_screenshot(**arguments)
    assert step.screenshots == []


@pytest.mark.parametrize("endpoint", [True, 1.5, None, [1]])
def test_a_bad_endpoint_is_refused(session: Session, endpoint: Any) -> None:
    run = stored_run(session)
    with pytest.raises(TypeError, match="endpoint_id"):
        run.add_endpoint(endpoint)
    with pytest.raises(TypeError, match="key"):
        run.add_context(endpoint, 1)


def test_context_is_read_with_a_default(session: Session) -> None:
    run = stored_run(session)
    run.add_context("nothing", None)
    run.add_context("nested", {"a": [1]})
    for _ in range(2):
        assert run.get_context("nothing", "default") is None
        assert run.get_context("missing") is None
        assert run.get_context("missing", 3) == 3
        assert run.get_context("nested") == {"a": [1]}
        session.commit()


def test_a_long_decimal_keeps_its_digits(session: Session) -> None:
    run = stored_run(session)
    digits = "0.1234567890123456789012345678901234567890"
    run.add_context("ratio", Decimal(digits))
    assert run.get_context("ratio") == Decimal(digits)
    session.commit()
    assert run.get_context("ratio") == Decimal(digits)
    assert digits in in_row(session, run, "context")


# One statement.


def test_a_hundred_events_are_one_update_at_commit(
    session: Session, statements: Statements
) -> None:
    step = stored_step(session)
    assert step.events == []
    statements.forget()
    for number in range(100):
        step.add_event(f"event {number}")
    assert statements.all == []
    session.commit()
    assert len(statements.starting("update")) == 1
    assert len(statements.all) == 1
    assert types(step.events) == [f"event {number}" for number in range(100)]


def test_a_row_that_was_not_loaded_is_not_loaded(session: Session, statements: Statements) -> None:
    step = stored_step(session)
    statements.forget()
    step.add_event("one")
    step.add_event("two")
    session.commit()
    assert len(statements.all) == 1, statements.all
    assert types(step.events) == ["one", "two"]


def test_documents_and_columns_change_in_one_update(
    session: Session, statements: Statements
) -> None:
    run = stored_run(session)
    step = run.steps[0]
    statements.forget()
    run.add_context("a", 1)
    run.add_context("b", 2)
    run.add_context("a", 3)
    run.add_endpoint(5)
    run.add_event("started")
    run.add_screenshot(url="x")
    run.status = "completed"
    run.error_details = {"why": None}
    step.add_event("one")
    step.add_screenshot(url="y")
    step.status = "completed"
    step.output_data = [1, 2]
    session.flush()
    assert len(statements.starting("update")) == len(statements.all) == 2
    session.commit()
    assert run.context == {"a": 3, "b": 2}
    assert run.endpoints_used == [5]
    assert (run.event_count, run.screenshot_count) == (1, 1)
    assert run.error_details == {"why": None}
    assert (step.event_count, step.screenshot_count, step.output_data) == (1, 1, [1, 2])
    assert run.is_completed
    assert run.is_successful


def test_the_object_shows_the_change_before_and_after_the_flush(
    session: Session, statements: Statements
) -> None:
    run = stored_run(session, context={"a": 1}, endpoints_used=[1])
    assert (run.context, run.endpoints_used, run.events) == ({"a": 1}, [1], [])
    statements.forget()
    run.add_context("b", 2)
    run.add_endpoint(2)
    run.add_event("started", timestamp=NOON)
    for _ in range(3):
        assert run.context == {"a": 1, "b": 2}
        assert run.endpoints_used == [1, 2]
        assert types(run.events) == ["started"]
        session.flush()
    assert len(statements.all) == 1
    run.add_context("c", 3)
    assert run.context == {"a": 1, "b": 2, "c": 3}
    session.flush()
    assert run.context == {"a": 1, "b": 2, "c": 3}
    session.commit()
    assert run.context == {"a": 1, "b": 2, "c": 3}


def test_a_change_to_what_was_not_loaded_shows_when_it_is_read(
    session: Session, other: Session
) -> None:
    step = stored_step(session)
    somebody = other.get(UserWorkflowRunStep, step.step_id)
    assert somebody is not None
    session.commit()
    with session.no_autoflush:
        step.add_event("mine")
        somebody.add_event("theirs")
        other.commit()
        assert types(step.events) == ["theirs", "mine"]
        step.add_event("mine, too")
        assert types(step.events) == ["theirs", "mine", "mine, too"]
    session.commit()
    assert types(step.events) == ["theirs", "mine", "mine, too"]


def test_a_value_somebody_reads_does_not_change_under_him(session: Session) -> None:
    step = stored_step(session)
    before = step.events
    step.add_event("one")
    after = step.events
    step.add_event("two")
    assert before == []
    assert types(after) == ["one"]


def test_nulls_and_odd_values_in_the_row(session: Session, engine: Engine) -> None:
    for odd in (None, "null"):
        run = stored_run(session)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "update user_workflow_run set context = cast(:odd as jsonb), "
                    "events = cast(:odd as jsonb), endpoints_used = cast(:odd as jsonb) "
                    "where run_id = :id"
                ),
                {"odd": odd, "id": run.run_id},
            )
        session.expire(run)
        assert run.context is None
        assert run.event_count == run.endpoint_count == 0
        assert run.get_context("a", "default") == "default"
        run.add_context("a", 1)
        run.add_event("one")
        run.add_endpoint(1)
        for _ in range(2):
            assert run.context == {"a": 1}
            assert types(run.events) == ["one"]
            assert run.endpoints_used == [1]
            session.commit()


def test_a_single_element_counts_as_an_array(session: Session, engine: Engine) -> None:
    run = stored_run(session)
    with engine.begin() as connection:
        connection.execute(
            text('update user_workflow_run set events = \'{"type": "x"}\' where run_id = :id'),
            {"id": run.run_id},
        )
    session.expire(run)
    shown: Any = run.events
    assert shown == {"type": "x"}
    run.add_event("one")
    for _ in range(2):
        assert types(run.events) == ["x", "one"]
        session.commit()


# Other writers.


def test_changes_of_two_sessions_are_both_kept(session: Session, other: Session) -> None:
    run = stored_run(session)
    mine, theirs = run, other.get(UserWorkflowRun, run.run_id)
    assert theirs is not None
    for one, name in ((mine, "mine"), (theirs, "theirs")):
        assert one.context == {}
        assert one.events == one.endpoints_used == []
        one.add_context(name, 1)
        one.add_event(name)
        one.add_endpoint(name)
        one.add_endpoint("both")
    session.commit()
    other.commit()
    assert run.context == {"mine": 1, "theirs": 1}
    assert types(run.events) == ["mine", "theirs"]
    assert run.endpoints_used == ["mine", "both", "theirs"]


def test_an_endpoint_is_there_once(session: Session, other: Session) -> None:
    run = stored_run(session)
    identifier = uuid4()
    for endpoint in (1, "1", 1, 2, "1", identifier, str(identifier)):
        run.add_endpoint(endpoint)
    expected = [1, "1", 2, str(identifier)]
    assert run.endpoints_used == expected
    session.commit()
    assert run.endpoints_used == expected
    run.add_endpoint(2)
    assert run.endpoint_count == 4
    run.add_endpoint(3)
    theirs = other.get(UserWorkflowRun, run.run_id)
    assert theirs is not None
    theirs.add_endpoint(3)
    theirs.add_endpoint(4)
    other.commit()
    session.commit()
    assert run.endpoints_used == [*expected, 3, 4]


def test_a_row_that_is_gone_is_an_error(session: Session, engine: Engine) -> None:
    step = stored_step(session)
    key = step.step_id
    step.add_event("one")
    with engine.begin() as connection:
        connection.execute(
            text("delete from user_workflow_run_step where step_id = :id"), {"id": key}
        )
    with pytest.raises(StaleDataError):
        session.commit()


# Rollback.


@pytest.mark.parametrize("loaded", [True, False])
def test_a_rollback_undoes_pending_changes(session: Session, loaded: bool) -> None:
    run = stored_run(session, context={"a": 1})
    if loaded:
        assert run.context == {"a": 1}
    run.add_context("b", 2)
    run.add_event("one")
    session.rollback()
    assert run.context == {"a": 1}
    assert run.events == []
    run.add_context("c", 3)
    session.commit()
    assert run.context == {"a": 1, "c": 3}
    assert run.events == []


def test_a_rollback_undoes_flushed_changes(session: Session) -> None:
    run = stored_run(session, context={"a": 1})
    run.add_context("b", 2)
    session.flush()
    run.add_context("c", 3)
    session.rollback()
    assert run.context == {"a": 1}
    session.commit()
    assert run.context == {"a": 1}


@pytest.mark.parametrize("loaded", [True, False])
@pytest.mark.parametrize("flushed", [True, False])
def test_a_savepoint_undoes_what_came_after_it(
    session: Session, loaded: bool, flushed: bool
) -> None:
    step = stored_step(session)
    if loaded:
        assert step.events == []
    step.add_event("before")
    savepoint = session.begin_nested()
    if loaded:
        assert types(step.events) == ["before"]
    step.add_event("within")
    if flushed:
        session.flush()
        step.add_event("within, pending")
    savepoint.rollback()
    assert types(step.events) == ["before"]
    step.add_event("after")
    with session.begin_nested():
        step.add_event("kept")
    assert types(step.events) == ["before", "after", "kept"]
    session.commit()
    assert types(step.events) == ["before", "after", "kept"]


def test_nested_savepoints(session: Session) -> None:
    step = stored_step(session)
    outer = session.begin_nested()
    step.add_event("outer")
    inner = session.begin_nested()
    step.add_event("inner")
    inner.commit()
    assert types(step.events) == ["outer", "inner"]
    outer.rollback()
    assert step.events == []
    session.commit()
    assert step.events == []


def test_a_failed_flush_raises_and_the_object_shows_the_row(session: Session) -> None:
    run = stored_run(session)
    assert run.context == {}
    run.add_context("a", 1)
    run.steps.append(new_step(run, 1))
    with pytest.raises(IntegrityError):
        session.commit()
    session.rollback()
    assert run.context == {}
    run.add_context("b", 2)
    session.commit()
    assert run.context == {"b": 2}


def test_a_failed_flush_within_a_savepoint(session: Session) -> None:
    run = stored_run(session)
    run.add_context("before", 1)

    def fail() -> None:
        with session.begin_nested():
            run.add_context("within", 1)
            session.add(new_step(run, 1))
            session.flush()

    with pytest.raises(IntegrityError):
        fail()
    assert run.context == {"before": 1}
    run.add_context("after", 1)
    session.commit()
    assert run.context == {"before": 1, "after": 1}


def test_what_the_coming_rollback_would_undo_is_refused(session: Session) -> None:
    run = stored_run(session)
    session.add(new_step(run, 1))
    with pytest.raises(IntegrityError):
        session.flush()
    with pytest.raises(InvalidRequestError, match="rollback"):
        run.add_context("a", 1)
    session.rollback()
    run.add_context("b", 1)

    @event.listens_for(session, "after_commit", once=True)
    def note(_: Session) -> None:
        with pytest.raises(InvalidRequestError, match="commit"):
            run.add_context("c", 1)

    session.commit()
    assert run.context == {"b": 1}


def test_an_error_before_the_flush_loses_nothing(session: Session) -> None:
    step = stored_step(session)
    step.add_event("one")

    def refuse(*_: Any) -> None:
        raise LookupError

    event.listen(session, "before_flush", refuse)
    with pytest.raises(LookupError):
        session.flush()
    event.remove(session, "before_flush", refuse)
    assert types(step.events) == ["one"]
    session.commit()
    assert types(step.events) == ["one"]


def test_a_rolled_back_insert_can_be_repeated(session: Session) -> None:
    run = new_run()
    session.add(run)
    run.add_context("a", 1)
    session.flush()
    run.add_context("b", 2)
    session.rollback()
    session.add(run)
    run.add_context("c", 3)
    session.commit()
    assert run.context is not None
    assert run.context["c"] == 3
    assert run.context["a"] == 1


# The life of an object.


def test_a_new_object_is_one_insert(session: Session, statements: Statements) -> None:
    run = new_run(context={"a": 1})
    step = new_step(run)
    run.add_context("b", 2)
    run.add_endpoint(1)
    run.add_endpoint(1)
    step.add_event("one")
    session.add(run)
    step.add_event("two")
    step.add_screenshot(url="x")
    assert (run.context, run.endpoints_used) == ({"a": 1, "b": 2}, [1])
    session.flush()
    assert len(statements.starting("insert")) == 2
    assert statements.starting("update") == []
    assert types(step.events) == ["one", "two"]
    step.add_event("three")
    session.commit()
    assert types(step.events) == ["one", "two", "three"]
    assert (run.context, run.endpoints_used) == ({"a": 1, "b": 2}, [1])
    assert step.org_id == NORTH


def test_a_detached_object_keeps_its_changes_until_it_is_added_again(session: Session) -> None:
    run = stored_run(session, context={"a": 1})
    step = run.steps[0]
    assert run.context == {"a": 1}
    session.expunge(run)
    run.add_context("b", 2)
    step.add_event("unloaded")
    assert run.context == {"a": 1, "b": 2}
    session.add(run)
    assert run in session.dirty
    session.commit()
    assert run.context == {"a": 1, "b": 2}
    assert types(step.events) == ["unloaded"]


def test_changes_survive_the_end_of_their_session(engine: Engine, session: Session) -> None:
    step = stored_step(session)
    step.add_event("one")
    session.close()
    step.add_event("two")
    copied = pickle.loads(pickle.dumps(step))
    with Session(engine) as another:
        another.add(copied)
        another.commit()
        assert types(copied.events) == ["one", "two"]


@pytest.mark.parametrize("loaded", [True, False])
def test_merge_carries_changes_over(session: Session, other: Session, loaded: bool) -> None:
    run = stored_run(session, context={"a": 1})
    if loaded:
        assert run.context == {"a": 1}
        assert run.events == []
    session.expunge_all()
    run.add_context("b", 2)
    run.add_event("mine")
    run_id = run.run_id if loaded else None
    theirs = other.scalars(
        select(UserWorkflowRun).where(UserWorkflowRun.run_id == (run_id or key_of(run)))
    ).one()
    theirs.add_context("c", 3)
    theirs.add_event("theirs")
    other.commit()
    merged = session.merge(run)
    assert merged is not run
    assert merged.context == {"a": 1, "b": 2, "c": 3}
    session.commit()
    assert merged.context == {"a": 1, "b": 2, "c": 3}
    assert types(merged.events) == ["theirs", "mine"]


def key_of(run: UserWorkflowRun) -> UUID:
    from sqlalchemy import inspect

    identity = inspect(run).identity
    assert identity is not None
    key: UUID = identity[0]
    return key


def test_merge_does_not_copy_an_older_value_over_the_row(session: Session, other: Session) -> None:
    run = stored_run(session)
    assert run.events == []
    session.expunge_all()
    theirs = other.get(UserWorkflowRun, run.run_id)
    assert theirs is not None
    theirs.add_event("theirs")
    other.commit()
    run.status = "failed"
    merged = session.merge(run)
    session.commit()
    assert merged.status == "failed"
    assert types(merged.events) == ["theirs"]


def test_merge_of_an_assigned_value_overwrites(session: Session) -> None:
    run = stored_run(session, context={"a": 1})
    session.expunge_all()
    run.context = {"b": 2}
    merged = session.merge(run)
    session.commit()
    assert merged.context == {"b": 2}
    merged = session.merge(new_run(run_id=merged.run_id, context={"c": 3}))
    session.commit()
    assert merged.context == {"c": 3}
    fresh = session.merge(new_run(run_id=uuid4(), context={"d": 4}))
    session.commit()
    assert fresh.context == {"d": 4}


@pytest.mark.parametrize("loaded", [True, False])
def test_an_object_inserted_anew_takes_its_changes_along(session: Session, loaded: bool) -> None:
    step = stored_step(session)
    run_id = step.run_id
    if not loaded:
        session.expire(step)
    session.expunge(step)
    step.add_event("one")
    make_transient(step)
    step.step_id = uuid4()
    step.run_id = run_id
    step.node_id = NODE
    step.step_number = 2
    session.add(step)
    session.commit()
    assert types(step.events) == ["one"]


def test_expire_and_refresh_keep_what_was_added(session: Session, other: Session) -> None:
    step = stored_step(session)
    ways: list[Callable[[], None]] = [
        lambda: session.expire(step),
        lambda: session.expire(step, ["events"]),
        lambda: session.expire_all(),
        lambda: session.refresh(step),
        lambda: session.refresh(step, ["events"]),
    ]
    for number, forget in enumerate(ways):
        assert step.event_count == number
        step.add_event(f"event {number}")
        forget()
        assert step.event_count == number + 1
        session.commit()
        assert step.event_count == number + 1
    somebody = other.get(UserWorkflowRunStep, step.step_id)
    assert somebody is not None
    assert somebody.event_count == 5


def test_loading_anew_without_a_flush_is_refused(engine: Engine, session: Session) -> None:
    step = stored_step(session)
    with Session(engine, autoflush=False) as careless:
        mine = careless.get(UserWorkflowRunStep, step.step_id)
        assert mine is not None
        mine.add_event("one")
        again = select(UserWorkflowRunStep).where(UserWorkflowRunStep.step_id == step.step_id)
        assert careless.scalars(again).one() is mine
        assert types(mine.events) == ["one"]
        with pytest.raises(InvalidRequestError, match="flush"):
            careless.refresh(mine)
        with pytest.raises(InvalidRequestError, match="flush"):
            careless.scalars(again.execution_options(populate_existing=True)).one()
        careless.refresh(mine, ["events"])
        assert types(mine.events) == ["one"]
        careless.commit()
        assert types(mine.events) == ["one"]


def test_a_query_flushes_first(session: Session) -> None:
    step = stored_step(session)
    step.add_event("one")
    found = session.scalars(
        select(UserWorkflowRunStep)
        .where(
            UserWorkflowRunStep.events.contains([{"type": "one"}]),
            UserWorkflowRunStep.step_id == step.step_id,
        )
        .execution_options(populate_existing=True)
    ).one()
    assert found is step
    assert types(found.events) == ["one"]


def test_a_deferred_column_stays_unloaded(session: Session, statements: Statements) -> None:
    key = stored_step(session).step_id
    session.expunge_all()
    step = session.get(UserWorkflowRunStep, key, options=[defer(UserWorkflowRunStep.events)])
    assert step is not None
    statements.forget()
    step.add_event("one")
    session.flush()
    assert len(statements.all) == 1
    assert types(step.events) == ["one"]


def test_without_expiry_the_object_shows_what_it_knows(engine: Engine, session: Session) -> None:
    step = stored_step(session)
    with Session(engine, expire_on_commit=False) as keeping:
        mine = keeping.get(UserWorkflowRunStep, step.step_id)
        assert mine is not None
        mine.add_event("mine")
        step.add_event("theirs")
        session.commit()
        keeping.commit()
        assert types(mine.events) == ["mine"]
        mine.add_event("more")
        keeping.commit()
        keeping.refresh(mine)
        assert types(mine.events) == ["theirs", "mine", "more"]


def test_a_changed_object_is_not_forgotten_by_the_session(session: Session) -> None:
    import gc

    key = stored_step(session).step_id
    session.expunge_all()
    found = session.get(UserWorkflowRunStep, key)
    assert found is not None
    found.add_event("one")
    session.expire(found)
    del found
    gc.collect()
    session.commit()
    again = session.get(UserWorkflowRunStep, key)
    assert again is not None
    assert types(again.events) == ["one"]


# Within a flush.


def test_before_flush_is_in_time(session: Session) -> None:
    step = stored_step(session)
    step.status = "running"

    @event.listens_for(session, "before_flush", once=True)
    def note(*_: Any) -> None:
        step.add_event("status changed")

    session.commit()
    assert types(step.events) == ["status changed"]


@pytest.mark.parametrize("moment", ["before_update", "after_update", "after_insert"])
def test_within_the_flush_it_is_refused(session: Session, moment: str) -> None:
    step = stored_step(session)
    run = step.run
    assert step.events == []

    def note(*_: Any) -> None:
        step.add_event("too late")

    event.listen(UserWorkflowRunStep, moment, note)
    try:
        step.status = "running"
        session.add(new_step(run, 2))
        with pytest.raises(InvalidRequestError, match="flush"):
            session.flush()
    finally:
        event.remove(UserWorkflowRunStep, moment, note)
    session.rollback()
    step.add_event("in time")
    session.commit()
    assert types(step.events) == ["in time"]


# Overwriting.


def test_a_whole_new_value_overwrites(session: Session, other: Session) -> None:
    step = stored_step(session)
    somebody = other.get(UserWorkflowRunStep, step.step_id)
    assert somebody is not None
    somebody.add_event("theirs")
    other.commit()
    step.events = [{"type": "mine"}]
    session.commit()
    assert types(step.events) == ["mine"]


def test_adding_to_a_new_value_writes_it_as_a_whole(
    session: Session, other: Session, statements: Statements
) -> None:
    run = stored_run(session, context={"a": 1})
    theirs = other.get(UserWorkflowRun, run.run_id)
    assert theirs is not None
    theirs.add_context("theirs", 1)
    other.commit()
    statements.forget()
    run.context = {"b": 2}
    run.add_context("c", 3)
    run.events = None
    run.add_event("one")
    assert run.context == {"b": 2, "c": 3}
    session.commit()
    assert len(statements.starting("update")) == 1
    assert run.context == {"b": 2, "c": 3}
    assert types(run.events) == ["one"]


def test_a_new_value_replaces_what_was_added_before_it(session: Session) -> None:
    run = stored_run(session, context={"a": 1})
    run.add_context("b", 2)
    run.context = {"c": 3}
    assert run.context == {"c": 3}
    session.commit()
    assert run.context == {"c": 3}
    assert run.context == {"c": 3}
    run.add_context("d", 4)
    run.context = None
    session.commit()
    assert run.context is None
    run.add_context("e", 5)
    session.commit()
    assert run.context == {"e": 5}


def test_an_attribute_is_not_deleted(session: Session) -> None:
    run = stored_run(session)
    run.add_context("a", 1)
    with pytest.raises(TypeError, match="assign None"):
        del run.context
    session.commit()
    assert run.context == {"a": 1}


def test_true_is_not_one(session: Session) -> None:
    run = stored_run(session, context={"a": 1})
    assert run.context == {"a": 1}
    run.context = {"a": True}
    session.commit()
    assert in_row(session, run, "context") == '{"a": true}'


def test_an_assigned_expression_is_flushed_before_adding(session: Session) -> None:
    step = stored_step(session)
    step.events = func.jsonb_build_array("x")
    with pytest.raises(InvalidRequestError, match="flush"):
        step.add_event("one")
    session.flush()
    assert step.events == ["x"]
    step.add_event("one")
    session.commit()
    assert step.event_count == 2
    step.events = null()
    session.commit()
    assert step.events is None


@pytest.mark.parametrize(
    ("attribute", "value", "error"),
    [
        ("context", [], TypeError),
        ("context", "x", TypeError),
        ("context", {"a": {1}}, TypeError),
        ("events", {}, TypeError),
        ("events", [float("nan")], ValueError),
        ("endpoints_used", 5, TypeError),
        ("error_details", object(), TypeError),
    ],
)
def test_what_the_column_does_not_hold_is_refused(
    session: Session, attribute: str, value: Any, error: type[Exception]
) -> None:
    run = stored_run(session)
    with pytest.raises(error, match=attribute):
        setattr(run, attribute, value)
    with pytest.raises(error, match=attribute):
        new_run(**{attribute: value})


# In place.


def mutations(run: UserWorkflowRun) -> list[Any]:
    """Ways to change a document in place."""
    documents: Any = run
    step: Any = run.steps[0]

    def add_to_context() -> None:
        documents.context |= {"k": 1}

    def add_to_events() -> None:
        step.events += [{"type": "x"}]

    def delete_key() -> None:
        del documents.context["a"]

    return [
        lambda: documents.context.__setitem__("k", 1),
        lambda: documents.context["a"].__setitem__("k", 1),
        lambda: documents.context["a"]["deep"].append(1),
        lambda: documents.context.update(k=1),
        lambda: documents.context.pop("a"),
        add_to_context,
        delete_key,
        lambda: documents.endpoints_used.append(1),
        lambda: documents.config_snapshot[0].clear(),
        lambda: documents.error_details.setdefault("k", 1),
        lambda: step.events.append({"type": "x"}),
        add_to_events,
        lambda: step.events[0]["data"].__setitem__("k", 1),
        lambda: step.screenshots.clear(),
        lambda: step.input_data.update(k=1),
        lambda: step.output_data.sort(),
        lambda: step.metadata_.update(k=1),
    ]


@pytest.mark.parametrize("stage", ["transient", "pending", "flushed", "committed", "updated"])
def test_a_change_in_place_is_refused(session: Session, stage: str) -> None:
    run = new_run(
        context={"a": {"deep": []}},
        config_snapshot=[{}],
        error_details={},
        endpoints_used=[],
    )
    step = new_step(run, input_data={}, output_data=[], metadata_={}, screenshots=[])
    step.add_event("one")
    if stage != "transient":
        session.add(run)
    if stage in ("flushed", "committed", "updated"):
        session.flush()
    if stage in ("committed", "updated"):
        session.commit()
    if stage == "updated":
        session.execute(
            update(UserWorkflowRun)
            .where(UserWorkflowRun.run_id == run.run_id)
            .values(context={"a": {"deep": []}}, error_details={}, config_snapshot=[{}])
        )
        session.execute(
            update(UserWorkflowRunStep)
            .where(UserWorkflowRunStep.run_id == run.run_id)
            .values(input_data={}, output_data=[], metadata_={}, screenshots=[])
        )
    for change in mutations(run):
        with pytest.raises(TypeError, match="in place"):
            change()
    with pytest.raises(TypeError, match="add_event"):
        step.events.append(1)  # type: ignore[union-attr]
    with pytest.raises(TypeError, match="add_context"):
        run.context["a"]["deep"].append(1)  # type: ignore[index]
    assert run.context == {"a": {"deep": []}}


def test_what_was_assigned_is_a_copy(session: Session) -> None:
    mine: dict[str, Any] = {"a": []}
    run = stored_run(session, context=mine)
    run.context = mine
    mine["a"].append(1)
    assert run.context == {"a": []}


def test_documents_of_the_renamed_tables_are_frozen_too(session: Session) -> None:
    config = UserWorkflowConfig(
        org_id=NORTH, name=uuid4().hex, config_type="limits", config_data={"a": 1}, created_by=NORTH
    )
    session.add(config)
    session.commit()
    with pytest.raises(TypeError, match="in place"):
        config.config_data["a"] = 2
    config.config_data = {**config.config_data, "b": 2}
    session.commit()
    assert config.config_data == {"a": 1, "b": 2}
    assert (config.is_active, config.created_at is not None) == (True, True)


# The rest of the models.


def test_steps_come_in_order(session: Session) -> None:
    run = new_run()
    for number in (3, 1, 2):
        new_step(run, number)
    session.add(run)
    session.commit()
    assert [step.step_number for step in run.steps] == [1, 2, 3]
    assert run.step_count == 3
    assert {step.org_id for step in run.steps} == {NORTH}
    assert run.steps[0].run is run


def test_steps_go_with_their_run(session: Session, statements: Statements) -> None:
    run = new_run()
    step = new_step(run, 1)
    new_step(run, 2)
    session.add(run)
    session.commit()
    run.steps.remove(step)
    session.commit()
    assert run.step_count == 1
    statements.forget()
    session.delete(run)
    session.commit()
    left = session.scalar(
        select(func.count())
        .select_from(UserWorkflowRunStep)
        .where(
            UserWorkflowRunStep.node_id == NODE, UserWorkflowRunStep.run_id == key_of_deleted(run)
        )
    )
    assert left == 0


def key_of_deleted(run: UserWorkflowRun) -> UUID:
    return vars(run).get("run_id") or key_of(run)


@pytest.mark.parametrize(
    ("status", "error", "completed", "successful"),
    [
        ("pending", None, False, False),
        ("running", None, False, False),
        ("active", None, False, False),
        ("completed", None, True, True),
        ("completed", "why", True, False),
        ("failed", None, True, False),
        ("cancelled", None, True, False),
    ],
)
def test_how_a_run_ended(
    session: Session, status: str, error: str | None, completed: bool, successful: bool
) -> None:
    run = new_run(status=status, error_message=error)
    step = new_step(run, status=status, error_message=error)
    session.add(run)
    session.flush()
    for model, target, key in (
        (UserWorkflowRun, run, UserWorkflowRun.run_id == run.run_id),
        (UserWorkflowRunStep, step, UserWorkflowRunStep.step_id == step.step_id),
    ):
        assert (target.is_completed, target.is_successful) == (completed, successful)
        row = session.execute(select(model.is_completed, model.is_successful).where(key)).one()
        assert tuple(row) == (completed, successful)


def test_the_server_fills_what_is_left_out(session: Session) -> None:
    run = stored_run(session)
    assert isinstance(run.run_id, UUID)
    assert run.status == "pending"
    assert run.context == {}
    assert run.created_at is not None
    assert run.updated_at is None
    run.add_event("one")
    session.flush()
    assert run.updated_at is not None
    assert abs(run.updated_at - datetime.now(timezone.utc)) < timedelta(minutes=1)


def test_documents_can_be_searched(session: Session) -> None:
    run = stored_run(session, context={"correlation_id": uuid4().hex, "n": 5})
    assert run.context is not None
    wanted = run.context["correlation_id"]
    context = UserWorkflowRun.context
    for condition in (
        context.contains({"correlation_id": wanted}),
        context["correlation_id"].astext == wanted,
        context["correlation_id"] == wanted,
    ):
        assert session.scalars(select(UserWorkflowRun.run_id).where(condition)).all() == [
            run.run_id
        ]
    found = session.execute(
        select(context, context["n"]).where(UserWorkflowRun.run_id == run.run_id)
    ).one()
    assert tuple(found) == (run.context, 5)


def test_rows_carried_over_from_the_old_tables_can_be_read(session: Session) -> None:
    runs = session.scalars(select(UserWorkflowRun).where(UserWorkflowRun.events != [])).all()
    assert len(runs) > 10
    for run in runs[:10]:
        assert run.event_count > 0
        run.add_event("read")
        for step in run.steps:
            step.add_event("read")
    session.commit()
