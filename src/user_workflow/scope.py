"""The organisation of a session.

Row level security compares ``org_id`` with the setting ``app.current_org_id``; without it, a
session sees nothing. The setting is made as by ``set local``, at the beginning of every
transaction: it ends with the transaction, so a connection goes back to the pool without it.

A session returns an object that it has loaded without asking the database. So that it never returns
that of another organisation, loaded objects are looked for again after each change: ``session.get``
sends one select of the key. What the objects hold stays readable.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from types import TracebackType
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession, async_scoped_session, async_sessionmaker
from sqlalchemy.orm import Session, SessionTransaction, scoped_session, sessionmaker

from user_workflow.documents import require_psycopg
from user_workflow.models import Base, UserWorkflowRun

# In session.info. The organisation of the block; the one that a followed function named for the
# transaction; the connections that take part in the transaction.
_BLOCK = "user_workflow: organisation of the block"
_FOLLOWED = "user_workflow: organisation of the transaction"
_CONNECTIONS = "user_workflow: connections"

_NAME = text("select public.use_organisation(cast(:org_id as pg_catalog.uuid))")
_NAME_NONE = text("set local app.current_org_id = ''")


def checked_org_id(org_id: uuid.UUID | str) -> str:
    """Returns the id of an organisation as PostgreSQL writes it.

    Raises:
        ValueError: It is no UUID.
    """
    if isinstance(org_id, uuid.UUID):
        return str(org_id)
    try:
        return str(uuid.UUID(org_id))
    except (ValueError, TypeError, AttributeError):
        raise ValueError(f"{org_id!r} is not the id of an organisation: not a UUID") from None


class organisation:  # noqa: N801
    """Restricts a session to one organisation, within a ``with`` block.

    Every transaction of the session within the block begins with the setting; one that is under way
    gets it at once, and loses it at the end of the block, where pending changes are flushed first.
    Rolling back to a savepoint leaves the setting as the block says. Usage::

        with Session() as session, organisation(session, org_id), session.begin():
            ...

        async with AsyncSession(engine) as session, organisation(session, org_id):
            ...

    Args:
        session: A session; with an async session, use ``async with``.
        org_id: The organisation.

    Raises:
        ValueError: ``org_id`` is no UUID; before any SQL.
        sqlalchemy.exc.InvalidRequestError: The session is restricted to another organisation, or
            its connection is in autocommit mode, where the setting would have no effect.
    """

    def __init__(
        self,
        session: Session | scoped_session[Any] | AsyncSession | async_scoped_session[Any],
        org_id: uuid.UUID | str,
    ) -> None:
        self._org_id = checked_org_id(org_id)
        self._session: Session | AsyncSession = (
            session() if isinstance(session, (scoped_session, async_scoped_session)) else session
        )
        self._outermost = False

    def __enter__(self) -> None:
        if not isinstance(self._session, Session):
            raise TypeError("an async session needs: async with organisation(…)")
        self._enter(self._session)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert isinstance(self._session, Session)
        self._exit(self._session, failed=kind is not None)

    async def __aenter__(self) -> None:
        if isinstance(self._session, Session):
            raise TypeError("a session that is not async needs: with organisation(…)")
        await self._session.run_sync(self._enter)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert not isinstance(self._session, Session)
        await self._session.run_sync(self._exit, failed=kind is not None)

    def _enter(self, session: Session) -> None:
        if _BLOCK in session.info:
            _refuse_another(session.info[_BLOCK], self._org_id)
            return
        if _FOLLOWED in session.info:
            _refuse_another(session.info[_FOLLOWED], self._org_id)
        if not event.contains(session, "after_begin", _after_begin):
            event.listen(session, "after_begin", _after_begin)
            _listen_to_end(session)
        session.info[_BLOCK] = self._org_id
        self._outermost = True
        _look_again(session)
        try:
            if session.in_transaction() and _CONNECTIONS not in session.info:
                # Begins it, if there is none yet, and then the event has done the rest.
                connection = session.connection(bind_arguments={"mapper": UserWorkflowRun})
                session.info.setdefault(_CONNECTIONS, {connection})
            _set_again(session)
        except BaseException:
            self._outermost = False
            del session.info[_BLOCK]
            raise

    def _exit(self, session: Session, *, failed: bool) -> None:
        if not self._outermost:
            return
        self._outermost = False
        try:
            if not failed and session.is_active:
                session.flush()
        finally:
            del session.info[_BLOCK]
            _look_again(session)
            _set_again(session)
            # A session within a transaction of its caller, which goes on.
            if isinstance(session.bind, Connection) and session.bind.in_transaction():
                _set(session.bind, _wanted(session))


def follow_organisation(
    target: Session | type[Session] | sessionmaker[Any] | AsyncSession | async_sessionmaker[Any],
    org_id: Callable[[], uuid.UUID | str | None],
) -> None:
    """Makes sessions begin every transaction with the organisation that a function names.

    For services where a context variable holds the organisation of the request::

        current_organisation: ContextVar[UUID | None] = ContextVar("organisation", default=None)
        follow_organisation(Session, current_organisation.get)

    The function is asked when a transaction begins. If it returns ``None``, the transaction has no
    organisation and sees nothing. If it returns what is no UUID, the session raises ``ValueError``
    instead of sending anything.

    Args:
        target: A session, a class of sessions or a ``sessionmaker``, also of the async kind.
        org_id: Returns the organisation.
    """
    listened: Any = target
    if isinstance(target, async_sessionmaker):
        # Its sessions wrap ordinary ones; these get a class of their own, to be told apart.
        wrapped = target.kw.get("sync_session_class") or target.class_.sync_session_class
        listened = type("OrganisationSession", (wrapped,), {})
        target.configure(sync_session_class=listened)
    elif isinstance(target, AsyncSession):
        listened = target.sync_session

    @event.listens_for(listened, "after_begin")
    def _after_begin_following(
        session: Session, transaction: SessionTransaction, connection: Connection
    ) -> None:
        if transaction.nested:
            return
        named = org_id()
        if named is not None:
            followed = checked_org_id(named)
            if _BLOCK in session.info:
                _refuse_another(session.info[_BLOCK], followed)
            session.info[_FOLLOWED] = followed
        _after_begin(session, transaction, connection)

    _listen_to_end(listened)

    @event.listens_for(listened, "after_transaction_end")
    def _look_again_following(session: Session, transaction: SessionTransaction) -> None:
        if transaction.parent is None:
            _look_again(session)


def _look_again(session: Session) -> None:
    """Makes the session ask the database before it returns what it has loaded, by key."""
    for state in session.identity_map.all_states():
        if issubclass(state.class_, Base):
            column = state.mapper.primary_key[0]
            state.expired_attributes.add(state.mapper.get_property_by_column(column).key)
            state.expired = True


def _refuse_another(present: str, wanted: str) -> None:
    if present != wanted:
        raise InvalidRequestError(
            f"the session is restricted to organisation {present}; use another session for {wanted}"
        )


def _listen_to_end(target: Any) -> None:
    event.listen(target, "after_soft_rollback", _after_soft_rollback)
    event.listen(target, "after_transaction_end", _after_transaction_end)


def _after_begin(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    # A savepoint inherits the setting.
    connections = session.info.setdefault(_CONNECTIONS, set())
    if not transaction.nested and connection not in connections:
        connections.add(connection)
        wanted = _wanted(session)
        if wanted:
            _set(connection, wanted)


def _after_soft_rollback(session: Session, transaction: SessionTransaction) -> None:
    # Rolling back to a savepoint brings back the setting it had; the block may have changed since.
    if transaction.nested and session.is_active:
        _set_again(session)


def _after_transaction_end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_CONNECTIONS, None)
        session.info.pop(_FOLLOWED, None)


def _wanted(session: Session) -> str:
    """The organisation the transaction is to have; empty for none."""
    return session.info.get(_BLOCK) or session.info.get(_FOLLOWED) or ""


def _set_again(session: Session) -> None:
    for connection in session.info.get(_CONNECTIONS, ()):
        _set(connection, _wanted(session))


def _set(connection: Connection, org_id: str) -> None:
    require_psycopg(connection.dialect)
    driver: Any = connection.connection.driver_connection
    if driver.autocommit:
        raise InvalidRequestError(
            "the connection is in autocommit mode, in which a session cannot be restricted to an "
            "organisation"
        )
    # After an error nothing but a rollback is possible, and that ends the setting.
    if driver.info.transaction_status != TransactionStatus.INERROR:
        if org_id:
            connection.execute(_NAME, {"org_id": org_id})
        else:
            connection.execute(_NAME_NONE)
