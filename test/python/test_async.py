"""The helpers with async sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import selectinload

from support import CONNECT, Statements, new_run, new_step, types, url
from user_workflow import UserWorkflowRun, UserWorkflowRunStep


def in_loop(database: str, work: Callable[[AsyncEngine], Awaitable[Any]]) -> None:
    async def main() -> None:
        engine = create_async_engine(url(database), connect_args=CONNECT)
        try:
            await work(engine)
        finally:
            await engine.dispose()

    asyncio.run(main())


async def stored(session: AsyncSession) -> tuple[UserWorkflowRun, UserWorkflowRunStep]:
    run = new_run(context={"a": 1})
    step = new_step(run)
    session.add(run)
    await session.commit()
    return run, step


@pytest.mark.parametrize("expire", [True, False])
def test_helpers_never_wait_for_the_database(shared: str, expire: bool) -> None:
    async def work(engine: AsyncEngine) -> None:
        async with AsyncSession(engine, expire_on_commit=expire) as session:
            run, step = await stored(session)
            with Statements(engine.sync_engine) as statements:
                for number in range(100):
                    step.add_event(f"event {number}")
                    run.add_context(f"key {number}", number)
                    run.add_endpoint(number % 10)
                step.add_screenshot(url="x")
                assert run.get_context("key 5") == 5
                assert statements.all == []
                await session.commit()
            assert len(statements.starting("update")) == len(statements.all) == 2
            await session.refresh(run)
            await session.refresh(step)
            assert types(step.events) == [f"event {number}" for number in range(100)]
            assert run.context is not None
            assert len(run.context) == 101
            assert run.endpoints_used == list(range(10))
            assert step.screenshot_count == 1

    in_loop(shared, work)


def test_shown_before_and_after_the_flush_and_undone(shared: str) -> None:
    async def work(engine: AsyncEngine) -> None:
        async with AsyncSession(engine, expire_on_commit=False) as session:
            run, step = await stored(session)
            run.add_context("b", 2)
            assert run.context == {"a": 1, "b": 2}
            await session.flush()
            assert run.context == {"a": 1, "b": 2}
            async with session.begin_nested() as savepoint:
                run.add_context("c", 3)
                step.add_event("one")
                await session.flush()
                assert run.context == {"a": 1, "b": 2, "c": 3}
                await savepoint.rollback()
            await session.refresh(run)
            await session.refresh(step)
            assert run.context == {"a": 1, "b": 2}
            assert step.events == []
            await session.rollback()
            await session.refresh(run)
            assert run.context == {"a": 1}

    in_loop(shared, work)


def test_two_sessions_lose_nothing(shared: str) -> None:
    async def work(engine: AsyncEngine) -> None:
        async with AsyncSession(engine) as session:
            run, step = await stored(session)
            await session.refresh(run)
            await session.refresh(step)
            keys = run.run_id, step.step_id

        async def writer(name: str) -> None:
            async with AsyncSession(engine, expire_on_commit=False) as session:
                run = await session.get(UserWorkflowRun, keys[0])
                step = await session.get(UserWorkflowRunStep, keys[1])
                assert run is not None
                assert step is not None
                for number in range(10):
                    step.add_event(f"{name} {number}")
                    run.add_context(f"{name} {number}", number)
                    run.add_endpoint(number)
                    await session.commit()

        await asyncio.gather(*(writer(f"writer {number}") for number in range(4)))
        async with AsyncSession(engine) as session:
            found = (
                await session.scalars(
                    select(UserWorkflowRun)
                    .where(UserWorkflowRun.run_id == keys[0])
                    .options(selectinload(UserWorkflowRun.steps))
                )
            ).one()
            assert found.context is not None
            assert len(found.context) == 41
            assert sorted(found.endpoints_used or ()) == list(range(10))
            assert found.steps[0].event_count == len(set(types(found.steps[0].events))) == 40

    in_loop(shared, work)


def test_a_failed_flush(shared: str) -> None:
    async def work(engine: AsyncEngine) -> None:
        async with AsyncSession(engine) as session:
            run, step = await stored(session)
            step.add_event("lost with its transaction")
            session.add(new_step(run, 1))
            with pytest.raises(IntegrityError):
                await session.commit()
            await session.rollback()
            step.add_event("one")
            await session.commit()
            await session.refresh(step)
            assert types(step.events) == ["one"]

    in_loop(shared, work)


def test_merge(shared: str) -> None:
    async def work(engine: AsyncEngine) -> None:
        async with AsyncSession(engine) as session:
            _, step = await stored(session)
        step.add_event("detached")
        async with AsyncSession(engine) as session:
            merged = await session.merge(step)
            assert types(merged.events) == ["detached"]
            await session.commit()
            await session.refresh(merged)
            assert types(merged.events) == ["detached"]

    in_loop(shared, work)
