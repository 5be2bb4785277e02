"""Writes the Alembic revision into the directory of your revisions.

    python -m user_workflow.alembic migrations/versions --after 017_add_index

It stands there like any other: it is yours, and what comes after it is written beside it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

REVISION = "018_consolidate_workflow_tables"

_TEXT = '''\
"""Consolidate the workflow tables: eight become two documents and two renamed ones.

Revision ID: {revision}
Revises: {after}
"""

from user_workflow.alembic import downgrade, upgrade

__all__ = ["downgrade", "upgrade"]

revision = {revision!r}
down_revision = {after!r}
branch_labels = None
depends_on = None
'''


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command.

    Args:
        arguments: Those of the command line by default.

    Returns:
        The exit status: 0 when the file is written, 1 when it is not.
    """
    parser = argparse.ArgumentParser(
        prog="python -m user_workflow.alembic",
        description="Writes the revision that consolidates the workflow tables.",
    )
    parser.add_argument("directory", type=Path, help="the directory of your revisions")
    parser.add_argument("--after", metavar="REVISION", help="the revision before it; default none")
    parser.add_argument("--revision", default=REVISION, help=f"its name; default {REVISION}")
    given = parser.parse_args(arguments)
    file = given.directory / f"{given.revision}.py"
    try:
        with file.open("x", encoding="utf-8") as output:
            output.write(_TEXT.format(revision=given.revision, after=given.after))
    except OSError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1
    print(f"{file}: next: alembic upgrade {given.revision}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
