"""The organisation of a session, as a role that row level security isolates."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import StaticPool

from support import CONNECT, NORTH, SOUTH, Statements, new_engine, new_run, new_step, url
from user_workflow import (
    UserWorkflowConfig,
    UserWorkflowRun,
    UserWorkflowRunStep,
    follow_organisation,
    organisation,
)

BAD_IDS: list[Any] = ["", "x", None, 5, "00000000-0000-4000-8000-00000000000", b"1", "'; drop"]


@pytest.fixture(scope="module")
def login(shared: str) -> Iterator[str]:
    """A role that may log in, and is a member of workflow_app."""
    name = f"user_workflow_test_{os.getpid()}"
    engine = create_engine(url(shared), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        # The password that libpq takes from the environment, for whichever user.
        password = os.environ.get("PGPASSWORD", "")
        connection.execute(
            text(f"create role {name} login password '{password}' in role workflow_app")
        )
        yield name
        connection.execute(text(f"drop role {name}"))
    engine.dispose()


@pytest.fixture(scope="module")
def app(shared: str, login: str) -> Iterator[Engine]:
    """One connection only, so that every session gets what the one before it left."""
    engine = new_engine(shared, login, pool_size=1, max_overflow=0)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module", autouse=True)
def _runs(engine: Engine) -> None:
    """Runs of two organisations, and whatever the old tables held."""
    with Session(engine) as session:
        for org_id in (NORTH, SOUTH):
            run = new_run(org_id=org_id)
            new_step(run)
            config = UserWorkflowConfig(
                org_id=org_id, name="scope", config_type="t", config_data={}, created_by=org_id
            )
            session.add_all([run, config])
        session.commit()


def setting(session: Session) -> Any:
    return session.scalar(text("select nullif(current_setting('app.current_org_id', true), '')"))


def seen(session: Session) -> set[UUID]:
    """The organisations whose runs, steps and configurations the session sees."""
    found: set[UUID] = set()
    for column in (
        UserWorkflowRun.org_id,
        UserWorkflowRunStep.org_id,
        UserWorkflowConfig.org_id,
    ):
        found.update(session.scalars(select(column).distinct()))
    return found


def test_without_an_organisation_nothing_is_seen(app: Engine) -> None:
    with Session(app) as session:
        assert seen(session) == set()


def test_a_block_sees_its_organisation_only(app: Engine) -> None:
    for org_id in (NORTH, SOUTH, str(NORTH), str(SOUTH).upper()):
        with Session(app) as session, organisation(session, org_id):
            assert seen(session) == {UUID(str(org_id))}
            session.commit()
            assert seen(session) == {UUID(str(org_id))}
            session.rollback()
            assert seen(session) == {UUID(str(org_id))}
        with Session(app) as session:
            assert setting(session) is None
            assert seen(session) == set()


def test_a_block_writes_its_organisation_only(app: Engine) -> None:
    with Session(app) as session, organisation(session, NORTH):
        run = new_run()
        step = new_step(run)
        session.add(run)
        session.commit()
        assert step.org_id == NORTH
        step.add_event("one")
        run.add_context("a", 1)
        session.commit()
        assert step.event_count == 1
        session.add(new_run(org_id=SOUTH))
        with pytest.raises(DBAPIError, match="row-level security"):
            session.commit()
        session.rollback()
        assert seen(session) == {NORTH}


def test_another_organisations_step_cannot_be_added_to(app: Engine) -> None:
    with Session(app) as session, organisation(session, NORTH):
        run = new_run()
        session.add(run)
        session.commit()
        assert run.context == {}
        session.expunge(run)
    with Session(app) as session, organisation(session, SOUTH):
        session.add(run)
        run.add_context("a", 1)
        with pytest.raises(StaleDataError):
            session.commit()


@pytest.mark.parametrize("bad", BAD_IDS)
def test_a_bad_id_is_refused_before_any_sql(app: Engine, bad: Any) -> None:
    with Statements(app) as statements, Session(app) as session:
        with pytest.raises(ValueError, match="organisation"):
            organisation(session, bad)
        assert not session.in_transaction()
    assert statements.all == []


def test_the_setting_is_made_once_a_transaction(app: Engine) -> None:
    with Statements(app) as statements, Session(app) as session, organisation(session, NORTH):
        for _ in range(2):
            assert seen(session) == {NORTH}
            with session.begin_nested():
                assert seen(session) == {NORTH}
            session.commit()
    settings = [
        statement
        for statement in statements.all
        if "app.current_org_id" in statement or "use_organisation" in statement
    ]
    assert len(settings) == 2


def test_a_block_within_a_transaction(app: Engine) -> None:
    with Session(app) as session, session.begin():
        assert seen(session) == set()
        with organisation(session, NORTH):
            assert seen(session) == {NORTH}
            session.add(new_run())
            # Flushed at the end of the block; afterwards it would be refused.
        assert setting(session) is None
        assert seen(session) == set()
        with organisation(session, SOUTH):
            assert seen(session) == {SOUTH}


def test_blocks_within_blocks(app: Engine) -> None:
    with Session(app) as session, organisation(session, NORTH):
        with organisation(session, NORTH):
            assert seen(session) == {NORTH}
        assert seen(session) == {NORTH}
        with pytest.raises(InvalidRequestError, match="restricted"), organisation(session, SOUTH):
            pass
        assert seen(session) == {NORTH}
        session.rollback()
        with pytest.raises(InvalidRequestError, match="restricted"), organisation(session, SOUTH):
            pass
    with Session(app) as session, organisation(session, SOUTH):
        assert seen(session) == {SOUTH}


def test_savepoints_keep_the_setting(app: Engine) -> None:
    with Session(app) as session, organisation(session, NORTH), session.begin():
        savepoint = session.begin_nested()
        assert seen(session) == {NORTH}
        savepoint.rollback()
        assert seen(session) == {NORTH}
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text("select 1/0"))
        assert seen(session) == {NORTH}


def test_a_block_begun_within_a_savepoint_survives_its_rollback(app: Engine) -> None:
    with Session(app) as session, session.begin():
        savepoint = session.begin_nested()
        with organisation(session, NORTH):
            assert seen(session) == {NORTH}
            savepoint.rollback()
            assert seen(session) == {NORTH}
        assert setting(session) is None


def test_a_savepoint_of_a_block_does_not_bring_its_setting_back(app: Engine) -> None:
    with Session(app) as session, session.begin():
        with organisation(session, NORTH):
            savepoint = session.begin_nested()
            assert seen(session) == {NORTH}
        assert setting(session) is None
        savepoint.rollback()
        assert setting(session) is None
        assert seen(session) == set()


def test_the_end_of_a_block_after_an_error(app: Engine) -> None:
    with Session(app) as session:
        with pytest.raises(DBAPIError, match="division by zero"), organisation(session, NORTH):
            session.execute(text("select 1/0"))
        session.rollback()
        assert setting(session) is None

    with Session(app) as session, session.begin():
        savepoint = session.begin_nested()
        with pytest.raises(DBAPIError, match="division by zero"), organisation(session, NORTH):
            inner = session.begin_nested()
            session.execute(text("select 1/0"))
        inner.rollback()
        assert setting(session) is None
        savepoint.rollback()
        assert setting(session) is None


def test_a_failed_flush_within_a_block(app: Engine) -> None:
    with Session(app) as session:
        with organisation(session, NORTH):
            session.add(new_run(channel=None))
            with pytest.raises(DBAPIError):
                session.flush()
            session.rollback()
            assert seen(session) == {NORTH}
        assert setting(session) is None


def test_a_session_in_a_transaction_of_its_caller(app: Engine) -> None:
    with app.connect() as connection, connection.begin():
        with Session(connection) as session, organisation(session, NORTH):
            assert seen(session) == {NORTH}
            session.commit()
        query = text("select nullif(current_setting('app.current_org_id', true), '')")
        assert connection.scalar(query) is None


def test_autocommit_is_refused(shared: str, login: str) -> None:
    engine = create_engine(
        url(shared, login), isolation_level="AUTOCOMMIT", connect_args=CONNECT, poolclass=StaticPool
    )
    with Session(engine) as session, organisation(session, NORTH):
        with pytest.raises(InvalidRequestError, match="autocommit"):
            seen(session)
        session.rollback()
    engine.dispose()


def test_a_scoped_session(app: Engine) -> None:
    registry = scoped_session(sessionmaker(app))
    with organisation(registry, NORTH):
        assert seen(registry()) == {NORTH}
    registry.remove()


# Following a function.


def test_sessions_follow_a_context_variable(app: Engine) -> None:
    current: ContextVar[Any] = ContextVar("current", default=None)
    factory = sessionmaker(app)
    follow_organisation(factory, current.get)
    for org_id in (NORTH, None, SOUTH, str(NORTH)):
        current.set(org_id)
        with factory() as session:
            expected = set() if org_id is None else {UUID(str(org_id))}
            assert seen(session) == expected
            session.rollback()
            with session.begin_nested() as savepoint:
                assert seen(session) == expected
                savepoint.rollback()
            assert seen(session) == expected
    with Session(app) as session:
        assert setting(session) is None


def test_a_session_that_lasts_follows_each_transaction_anew(app: Engine) -> None:
    current: list[UUID | None] = []
    with Session(app) as session:
        follow_organisation(session, lambda: current[-1])
        for org_id in (NORTH, None, SOUTH, None):
            current.append(org_id)
            assert seen(session) == ({org_id} if org_id else set())
            savepoint = session.begin_nested()
            savepoint.rollback()
            assert seen(session) == ({org_id} if org_id else set())
            session.commit()


def test_following_asks_once_a_transaction(app: Engine) -> None:
    asked = []
    with Session(app) as session:
        follow_organisation(session, lambda: asked.append(1) or NORTH)  # type: ignore[func-returns-value]
        assert asked == []
        seen(session)
        seen(session)
        assert len(asked) == 1
        session.commit()
        seen(session)
        assert len(asked) == 2


@pytest.mark.parametrize("bad", [bad for bad in BAD_IDS if bad is not None])
def test_following_a_bad_id_is_refused_before_any_sql(app: Engine, bad: Any) -> None:
    with Statements(app) as statements, Session(app) as session:
        follow_organisation(session, lambda: bad)
        with pytest.raises(ValueError, match="organisation"):
            seen(session)
    assert statements.all == []


def test_a_block_and_a_followed_function(app: Engine) -> None:
    current: list[UUID | None] = [None]

    class Following(Session):
        pass

    follow_organisation(Following, lambda: current[0])
    with Following(app) as session:
        with organisation(session, NORTH):
            assert seen(session) == {NORTH}
            session.commit()
            current[0] = NORTH
            assert seen(session) == {NORTH}
            session.commit()
            current[0] = SOUTH
            with pytest.raises(InvalidRequestError, match="restricted"):
                seen(session)
            session.rollback()
        assert seen(session) == {SOUTH}
        with pytest.raises(InvalidRequestError, match="restricted"), organisation(session, NORTH):
            pass
        with organisation(session, SOUTH):
            assert seen(session) == {SOUTH}
        assert seen(session) == {SOUTH}


# One session, two organisations.


def stored_in(org_id: UUID, session: Session) -> UUID:
    """A run of an organisation, with a step and a configuration."""
    run = new_run(org_id=org_id, context={"of": str(org_id)})
    new_step(run)
    session.add(run)
    session.commit()
    key = run.run_id
    session.expunge_all()
    return key


def of_north(session: Session, key: UUID) -> UserWorkflowRun | None:
    """Every way to ask for the run by its key; they agree."""
    found = session.get(UserWorkflowRun, key)
    step = session.scalars(select(UserWorkflowRunStep).filter_by(run_id=key)).one_or_none()
    assert (step is None) == (found is None)
    assert step is None or step.run is found
    listed = session.scalars(select(UserWorkflowRun).filter_by(run_id=key)).one_or_none()
    assert listed is found
    return found


@pytest.mark.parametrize("expire", [True, False])
@pytest.mark.parametrize("commit", [True, False])
def test_a_session_returns_no_object_of_another_organisation(
    engine: Engine, app: Engine, expire: bool, commit: bool
) -> None:
    with Session(engine) as owner:
        key = stored_in(NORTH, owner)
    with Session(app, expire_on_commit=expire) as session:
        with organisation(session, NORTH):
            run = of_north(session, key)
            assert run is not None
            assert len(run.steps) == 1
            assert run.context is not None
            if commit:
                session.commit()
        if not (expire and commit):
            # What it holds stays readable.
            assert run.context["of"] == str(NORTH)
        assert session.get(UserWorkflowRun, key) is None
        with organisation(session, SOUTH):
            assert of_north(session, key) is None
        assert of_north(session, key) is None
        session.rollback()
        with organisation(session, NORTH):
            again = of_north(session, key)
            assert again is not None
            again.add_event("again")
            session.commit()
            assert again.event_count == 1


def test_an_object_goes_on_in_the_next_block_of_its_organisation(
    engine: Engine, app: Engine
) -> None:
    with Session(engine) as owner:
        key = stored_in(NORTH, owner)
    with Session(app, expire_on_commit=False) as session:
        with organisation(session, NORTH):
            run = session.get(UserWorkflowRun, key)
            assert run is not None
        with organisation(session, NORTH), Statements(app) as statements:
            assert session.get(UserWorkflowRun, key) is run
            assert session.get(UserWorkflowRun, key) is run
            run.add_event("one")
            session.commit()
            assert run.event_count == 1
        asked = statements.starting("select user_workflow_run")
        assert len(asked) == 1, "one select of the key, then none"
        assert "context" not in asked[0]


@pytest.mark.parametrize("expire", [True, False])
def test_a_session_that_follows_returns_no_object_of_another_organisation(
    engine: Engine, app: Engine, expire: bool
) -> None:
    with Session(engine) as owner:
        key = stored_in(NORTH, owner)
    current: list[UUID | None] = [NORTH]
    with Session(app, expire_on_commit=expire) as session:
        follow_organisation(session, lambda: current[0])
        run = of_north(session, key)
        assert run is not None
        session.commit()
        for current[0] in (SOUTH, None, SOUTH):
            assert session.get(UserWorkflowRun, key) is None
            assert of_north(session, key) is None
            session.commit()
        current[0] = NORTH
        assert of_north(session, key) is not None


def test_what_everybody_loaded_is_not_returned_within_a_block(engine: Engine) -> None:
    with Session(engine) as owner:
        key = stored_in(NORTH, owner)
        # Row level security does not hold for the owner until he is a member of workflow_app.
        assert owner.get(UserWorkflowRun, key) is not None
        owner.execute(text("set local role workflow_app"))
        with organisation(owner, SOUTH):
            assert of_north(owner, key) is None


def test_async_sessions_return_no_object_of_another_organisation(
    engine: Engine, shared: str, login: str
) -> None:
    with Session(engine) as owner:
        key = stored_in(NORTH, owner)

    async def work(expire: bool, following: bool) -> None:
        current: list[UUID | None] = [NORTH]
        async_engine = create_async_engine(url(shared, login), connect_args=CONNECT)
        async with AsyncSession(async_engine, expire_on_commit=expire) as session:
            if following:
                follow_organisation(session, lambda: current[0])
                run = await session.get(UserWorkflowRun, key)
                await session.commit()
            else:
                async with organisation(session, NORTH):
                    run = await session.get(UserWorkflowRun, key)
                    await session.commit()
            assert run is not None
            if not expire:
                assert run.context == {"of": str(NORTH)}
            current[0] = None
            assert await session.get(UserWorkflowRun, key) is None
            await session.commit()
            current[0] = SOUTH
            if following:
                assert await session.run_sync(of_north, key) is None
            else:
                async with organisation(session, SOUTH):
                    assert await session.run_sync(of_north, key) is None
        await async_engine.dispose()

    for expire in (True, False):
        for following in (True, False):
            asyncio.run(work(expire, following))


# Async.


def test_async_blocks(shared: str, login: str) -> None:
    async def work() -> None:
        engine = create_async_engine(
            url(shared, login), pool_size=1, max_overflow=0, connect_args=CONNECT
        )
        async with AsyncSession(engine) as session:
            with pytest.raises(TypeError, match="async with"), organisation(session, NORTH):
                pass
            async with organisation(session, NORTH):
                assert await session.run_sync(seen) == {NORTH}
                await session.commit()
                assert await session.run_sync(seen) == {NORTH}
                async with session.begin_nested() as savepoint:
                    assert await session.run_sync(seen) == {NORTH}
                    await savepoint.rollback()
                assert await session.run_sync(seen) == {NORTH}
                session.add(new_run())
                with pytest.raises(InvalidRequestError, match="restricted"):
                    async with organisation(session, SOUTH):
                        pass
            assert await session.run_sync(seen) == set()
            async with organisation(session, SOUTH):
                assert await session.run_sync(seen) == {SOUTH}
            with pytest.raises(ValueError, match="organisation"):
                organisation(session, "x")
        async with AsyncSession(engine) as session:
            assert await session.run_sync(setting) is None
        await engine.dispose()

    asyncio.run(work())


def test_a_block_is_async_or_not(app: Engine) -> None:
    async def work() -> None:
        with Session(app) as session:
            with pytest.raises(TypeError, match="with organisation"):
                async with organisation(session, NORTH):
                    pass

    asyncio.run(work())


def test_async_sessions_follow(shared: str, login: str) -> None:
    current: ContextVar[UUID | None] = ContextVar("current", default=None)

    async def request(factory: async_sessionmaker[AsyncSession], org_id: UUID) -> set[UUID]:
        current.set(org_id)
        async with factory() as session:
            found = await session.run_sync(seen)
            await session.commit()
            return found | await session.run_sync(seen)

    async def work() -> None:
        engine = create_async_engine(url(shared, login), pool_size=2, connect_args=CONNECT)
        factory = async_sessionmaker(engine)
        follow_organisation(factory, current.get)
        requests = [request(factory, org_id) for org_id in (NORTH, SOUTH) * 5]
        # Each in a context of its own.
        results = await asyncio.gather(*map(asyncio.create_task, requests))
        assert results == [{NORTH}, {SOUTH}] * 5
        async with factory() as session:
            assert await session.run_sync(seen) == set()
        async with AsyncSession(engine) as session:
            follow_organisation(session, lambda: SOUTH)
            assert await session.run_sync(seen) == {SOUTH}
        await engine.dispose()

    asyncio.run(work())


def test_everybody_sees_something_only_with_the_setting(engine: Engine, app: Engine) -> None:
    """The control: the rows are there."""
    with Session(engine) as session:
        total = session.scalar(select(func.count()).select_from(UserWorkflowRun))
    with Session(app) as session, organisation(session, NORTH):
        north = session.scalar(select(func.count()).select_from(UserWorkflowRun))
    assert total is not None
    assert north is not None
    assert total > north > 0
