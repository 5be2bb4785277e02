"""Deploys the Sqitch plan, and reverts it, through the connection of Alembic."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from alembic import op
from alembic.util import CommandError
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from user_workflow.alembic.plan import Change, find_directory, read_plan
from user_workflow.alembic.statements import split_statements

# Below "alembic", so that the logging of alembic.ini shows the progress.
_log = logging.getLogger("alembic.user_workflow")

_PREPARE = Path(__file__).with_name("prepare.sql")
_SETTINGS = (
    "statement_timeout",
    "idle_in_transaction_session_timeout",
    "transaction_timeout",
    "default_transaction_isolation",
)
_VERIFY_QUOTE = "$bundle_verify$"


def upgrade() -> None:
    """Deploys and verifies every change of the plan that is not deployed, the baseline first.

    A baseline whose tables exist is adopted. Each change is verified and recorded in the
    transaction that makes it; the two that call procedures with transactions of their own can be
    repeated. So after an error, or a lost connection, the same command goes on where this one
    stopped.

    Raises:
        CommandError: The plan is not to be found; Sqitch manages the database; a script failed,
            with the message of the server.
    """
    changes = _changes()
    with _deployment() as connection:
        for change in changes:
            _deploy(connection, change)


def downgrade() -> None:
    """Reverts every change above the baseline; the old tables come back under their names.

    They hold everything that was written since, through old names or new, and nothing of the
    project stays but the baseline. After an error, the same command goes on where this one stopped.

    Raises:
        CommandError: The documents hold what the old tables cannot, and nothing was changed; Sqitch
            manages the database; a script failed, with the message of the server.
    """
    changes = _changes()
    with _deployment() as connection:
        _refuse_loss(connection)
        for change in reversed(changes):
            if change.name.partition("@")[0] != "baseline":
                _revert(connection, change)
        for statement in (
            "begin",
            "drop procedure workflow_consolidation.verify(text, text)",
            "drop function workflow_consolidation.state(text)",
            "drop table workflow_consolidation.change",
            "drop schema workflow_consolidation",
            "commit",
        ):
            _execute(connection, "the record of the changes", statement)


def _changes() -> list[Change]:
    context = op.get_context()
    if context.dialect.name != "postgresql":
        raise CommandError(f"the workflow tables are in PostgreSQL, not {context.dialect.name}")
    if context.as_sql:
        raise CommandError(
            "this revision looks at the database before each step and has no offline mode; the "
            "same as one file for psql is consolidate_workflow_tables.sql"
        )
    configured = (
        context.config.get_main_option("user_workflow.sqitch_dir") if context.config else None
    )
    try:
        return read_plan(find_directory(configured))
    except (OSError, ValueError) as error:
        raise CommandError(str(error)) from error


@contextmanager
def _deployment() -> Iterator[Connection]:
    """A connection without a transaction, the only one that deploys; afterwards as it was."""
    context = op.get_context()
    with context.autocommit_block():
        connection = op.get_bind()
        _refuse_pooler(connection)
        known = connection.exec_driver_sql(
            "select name, setting from pg_catalog.pg_settings where name in "
            f"({', '.join(map(_literal, _SETTINGS))})"
        ).all()
        try:
            for statement in split_statements(_PREPARE.read_text(encoding="utf-8")):
                _execute(connection, "before the first change", statement)
            yield connection
        finally:
            # On a lost connection there is nothing to put back, and the error counts.
            with suppress(SQLAlchemyError):
                for name, setting in known:
                    connection.exec_driver_sql(f"set {name} = {_literal(setting)}")
                connection.exec_driver_sql("select pg_catalog.pg_advisory_unlock(75474063)")


def _refuse_pooler(connection: Connection) -> None:
    """Of drivers that know it: a pooler tells another process than the one that answers."""
    driver = connection.connection.driver_connection
    told = getattr(getattr(driver, "info", None), "backend_pid", None)
    if told not in (None, connection.exec_driver_sql("select pg_backend_pid()").scalar_one()):
        raise CommandError(
            "a connection pooler stands between Alembic and the server, and the locks of a "
            "deployment would stay with sessions that others get: connect directly"
        )


def _deploy(connection: Connection, change: Change) -> None:
    state = connection.exec_driver_sql(
        f"select workflow_consolidation.state({_literal(change.name)})"
    ).scalar_one()
    statements = ["begin", "commit"]
    if state == "deploy":
        _log.info("+ %s", change.name)
        statements = _read(change, "deploy")
    else:
        _log.info("= %s: %s", change.name, "done before" if state == "done" else "adopted")
    if (statements[0].lower(), statements[-1].lower()) != ("begin", "commit"):
        # It commits by itself and can be repeated, so it is recorded afterwards.
        statements += ["begin", "commit"]

    last = [
        f"insert into workflow_consolidation.change (name) values ({_literal(change.name)}) "
        "on conflict do nothing"
    ]
    if not change.reworked:
        # Its own begin and rollback are left out: it is part of the transaction of the change.
        rules = ";\n".join(_read(change, "verify")[1:-1])
        last.insert(
            0,
            f"call workflow_consolidation.verify({_literal(change.name)}, "
            f"{_VERIFY_QUOTE}{rules}{_VERIFY_QUOTE})",
        )
    for statement in [*statements[:-1], *last, statements[-1]]:
        _execute(connection, change.name, statement)


def _revert(connection: Connection, change: Change) -> None:
    name = _literal(change.name)
    if not connection.exec_driver_sql(
        f"select exists (select from workflow_consolidation.change as c where c.name = {name})"
    ).scalar_one():
        return
    _log.info("- %s", change.name)
    statements = _read(change, "revert")
    if (statements[0].lower(), statements[-1].lower()) != ("begin", "commit"):
        statements += ["begin", "commit"]
    for statement in [
        *statements[:-1],
        f"delete from workflow_consolidation.change as c where c.name = {name}",
        statements[-1],
    ]:
        _execute(connection, change.name, statement)


def _refuse_loss(connection: Connection) -> None:
    """Asks before the first change is reverted what the revert script of swap asks too late."""
    if not connection.exec_driver_sql(
        "select to_regprocedure('consolidation.only_in_documents()') is not null"
    ).scalar_one():
        return
    found = connection.exec_driver_sql(
        "select o.what, o.key, count(*) over () from consolidation.only_in_documents() as o limit 1"
    ).one_or_none()
    if found is not None:
        what, key, count = found
        raise CommandError(
            f"the documents hold {count} things that the old tables cannot, for example {what} of "
            f"{key}. Nothing was changed. To see them: select * from "
            "consolidation.only_in_documents(); save or remove them, then downgrade again"
        )


def _read(change: Change, kind: str) -> list[str]:
    try:
        return change.statements(kind)
    except (OSError, ValueError) as error:
        raise CommandError(str(error)) from error


def _execute(connection: Connection, where: str, statement: str) -> None:
    """Executes one statement; an error ends the transaction that it was in."""
    try:
        # Without parameters, percent signs and colons are what they are in SQL.
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
    except DBAPIError as error:
        with suppress(SQLAlchemyError):
            connection.exec_driver_sql("rollback")
        raise CommandError(f"{where}: {_message(error)}") from error


def _message(error: DBAPIError) -> str:
    """What the server said, without the statement: most are a page long."""
    diagnostics = getattr(error.orig, "diag", None)
    parts = [
        getattr(diagnostics, name, None)
        for name in ("message_primary", "message_detail", "message_hint")
    ]
    return "\n".join(part for part in parts if part) or str(error.orig)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
