"""find_runs, find_steps, find_event, get_run: the functions of the server, from the models."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session, selectinload

from support import CONNECT, Statements, new_run, new_step, types, url
from user_workflow import (
    UserWorkflowRun,
    UserWorkflowRunStep,
    find_event,
    find_runs,
    find_steps,
    get_run,
    organisation,
)

NOON = datetime(2025, 1, 14, 12, tzinfo=timezone.utc)
RATIO = "0.1234567890123456789"


@pytest.fixture(scope="module")
def org_id(engine: Engine) -> UUID:
    """An organisation with seven runs."""
    org_id = uuid4()
    with Session(engine) as session:
        for number in range(7):
            run = new_run(
                org_id=org_id,
                status="failed" if number == 3 else "completed",
                context={"correlation_id": f"c{number}", "n": number, "half": number + 0.5},
                endpoints_used=[number % 2, "crm"],
                created_at=NOON + timedelta(hours=number // 2),
            )
            step = new_step(run, started_at=NOON if number else None, status="completed")
            step.add_event("error" if number == 3 else "clicked", {"n": number})
            step.add_screenshot(url="s3://x", action=f"action {number}")
            session.add(run)
        session.commit()
    return org_id


def numbers(runs: list[UserWorkflowRun]) -> list[int]:
    return [run.get_context("n") for run in runs]


def test_runs_are_found(engine: Engine, org_id: UUID) -> None:
    with Session(engine) as session, organisation(session, org_id):

        def found(**conditions: object) -> list[int]:
            return numbers(list(session.scalars(find_runs(**conditions))))  # type: ignore[arg-type]

        assert sorted(found()) == list(range(7))
        assert found(context={"correlation_id": "c3"}) == [3]
        assert found(status="failed") == [3]
        assert sorted(found(endpoint=1)) == [1, 3, 5]
        assert len(found(endpoint="crm")) == 7
        assert found(endpoint=uuid4()) == []
        assert sorted(found(created_from=NOON + timedelta(hours=3))) == [6]
        assert sorted(found(created_to=NOON + timedelta(hours=1))) == [0, 1]
        assert found(events=[{"type": "nothing"}]) == []
        assert found(screenshots=[{"url": "nothing"}]) == []
        one = find_runs(context={"n": 3}).options(selectinload(UserWorkflowRun.steps))
        run = session.scalars(one.where(UserWorkflowRun.status == "failed")).one()
        assert types(run.steps[0].events) == ["error"]
        run.add_event("found")
        session.flush()
        assert session.scalars(find_runs(events=[{"type": "found"}])).one() is run
        session.rollback()


def test_pages_have_no_gap(engine: Engine, org_id: UUID) -> None:
    with Session(engine) as session, organisation(session, org_id):
        everything = list(session.scalars(find_runs()))
        pages: list[UserWorkflowRun] = []
        while page := list(
            session.scalars(find_runs(page_size=2, after=pages[-1] if pages else None))
        ):
            pages += page
        assert pages == everything
        steps: list[UserWorkflowRunStep] = []
        while more := list(
            session.scalars(find_steps(page_size=3, after=steps[-1] if steps else None))
        ):
            steps += more
        assert steps == list(session.scalars(find_steps()))
        assert len(steps) == 7


def test_steps_are_found(engine: Engine, org_id: UUID) -> None:
    with Session(engine) as session, organisation(session, org_id):
        step = session.scalars(find_steps(events=[{"type": "error"}])).one()
        assert step.run.get_context("n") == 3
        assert session.scalars(find_steps(screenshots=[{"action": "action 3"}])).one() is step
        assert session.scalars(find_steps(status="failed")).all() == []
        assert len(session.scalars(find_steps(started_from=NOON)).all()) == 6
        assert session.scalars(find_steps(started_to=NOON)).all() == []


def test_core_and_textual_selects_give_the_values_of_the_models(
    engine: Engine, org_id: UUID
) -> None:
    table = UserWorkflowRun.__table__
    with Session(engine) as session, organisation(session, org_id):
        model = session.scalars(find_runs(context={"n": 3})).one()
        shown = (model.context, model.endpoints_used)
        session.expunge_all()
        statement = select(UserWorkflowRun).from_statement(
            text("select * from find_runs(context => '{\"n\": 3}')")
        )
        textual = session.scalars(statement).one()
        assert (textual.context, textual.endpoints_used) == shown
        with pytest.raises(TypeError, match="in place"):
            textual.context["n"] = 4
        core = session.execute(
            select(table.c.context, table.c.endpoints_used).where(table.c.run_id == textual.run_id)
        ).one()
        assert tuple(core) == shown
        columns = text("select context, endpoints_used from user_workflow_run where run_id = :id")
        typed = columns.columns(table.c.context, table.c.endpoints_used)
        assert tuple(session.execute(typed, {"id": textual.run_id}).one()) == shown
        for odd in ('"123"', '"[1]"', "123", "true", '"x"', "null", "[1.5]"):
            value = session.scalar(
                text(f"select cast('{odd}' as jsonb) as config_snapshot").columns(
                    table.c.config_snapshot
                )
            )
            expected = session.scalar(select(text(f"'{odd}'::jsonb #>> '{{}}'")))
            assert str(value).lower() == str(expected).lower()


def test_an_event_is_found_by_its_old_id(engine: Engine, org_id: UUID) -> None:
    with Session(engine) as session:
        event_id, trace_org = session.execute(
            text(
                "select e.event_id, r.org_id from workflow_events as e"
                " inner join user_workflow_run as r on r.legacy_trace_id = e.trace_id"
                " where e.event_id > 0 and e.step_id is not null order by e.event_id limit 1"
            )
        ).one()
        with organisation(session, trace_org):
            found = session.execute(find_event(event_id)).one()
            step = session.get(UserWorkflowRunStep, found.step_id)
            assert step is not None
            assert step.events is not None
            assert step.events[found.place - 1] == found.event
            assert found.event["event_id"] == event_id
            assert step.run_id == found.run_id
        with organisation(session, org_id):
            assert session.execute(find_event(event_id)).one_or_none() is None
            with pytest.raises(DBAPIError, match="stored event_id"):
                session.execute(find_event(-1))


def test_a_run_in_one_call(engine: Engine, org_id: UUID) -> None:
    with Session(engine) as session, organisation(session, org_id):
        run = session.scalars(find_runs(context={"n": 3})).one()
        run.add_context("ratio", 0.1)
        session.execute(
            text(
                "update user_workflow_run set config_snapshot = cast(:ratio as jsonb)"
                " where run_id = :id"
            ),
            {"ratio": RATIO, "id": run.run_id},
        )
        session.expire(run)
        run_id = run.run_id
        with Statements(engine) as statements:
            got = session.scalar(get_run(run_id))
        assert len(statements.starting("select")) == 1
        assert got is not None
        assert got["run_id"] == str(run.run_id)
        assert got["context"] == run.context
        assert got["config_snapshot"] == run.config_snapshot
        assert str(got["config_snapshot"]) == RATIO
        assert [step["events"] for step in got["steps"]] == [step.events for step in run.steps]
        assert datetime.fromisoformat(got["created_at"]) == run.created_at
        with pytest.raises(TypeError, match="in place"):
            got["steps"].clear()
        assert session.scalar(get_run(uuid4())) is None
        session.rollback()


def test_async_searches(shared: str, org_id: UUID) -> None:
    async def work() -> None:
        async_engine = create_async_engine(url(shared), connect_args=CONNECT)
        async with AsyncSession(async_engine) as session, organisation(session, org_id):
            run = (await session.scalars(find_runs(context={"n": 3}))).one()
            got = await session.scalar(get_run(run.run_id))
            assert got is not None
            assert got["context"] == run.context
        await async_engine.dispose()

    asyncio.run(work())


def test_a_run_in_one_call_costs_a_third_of_six_queries(engine: Engine) -> None:
    tables = ("trace", "steps", "events", "trace_screenshot", "trace_context", "trace_endpoint")
    six = [f"select * from workflow_{name} where trace_id = %s" for name in tables]
    with engine.connect() as connection:
        runs = connection.execute(
            text(
                "select r.legacy_trace_id, r.run_id from user_workflow_run as r"
                " inner join user_workflow_run_step as s on s.run_id = r.run_id"
                " group by 1, 2 order by count(*)"
            )
        ).all()
        trace_id, run_id = runs[len(runs) // 2]

        def fastest(statements: list[str], key: object) -> float:
            durations = []
            for _ in range(40):
                began = time.perf_counter()
                for statement in statements:
                    connection.exec_driver_sql(statement, (key,)).all()
                durations.append(time.perf_counter() - began)
            return min(durations)

        one = fastest(["select get_run(%s)::text"], run_id)
        assert one < 0.3 * fastest(six, trace_id)
