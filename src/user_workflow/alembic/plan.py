"""Reads the Sqitch plan and its scripts."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from user_workflow.alembic.statements import split_statements

PACKAGE = Path(__file__).resolve().parents[1]
# In a wheel the plan is inside the package; in a checkout the package is in src/ beside it.
PLACES = (PACKAGE / "sqitch", PACKAGE.parents[1])

# The four lines by which a script finds out that Sqitch did not live to record it. Here the record
# is in the transaction of the change.
_PREAMBLE = re.compile(r"^(select .* \\gset|\\.*)\n", re.MULTILINE)


def read_statements(path: Path) -> list[str]:
    """The statements of a script, without those that only psql understands.

    Args:
        path: The script.

    Returns:
        The statements, with ``begin`` and ``commit`` if the script has them.

    Raises:
        FileNotFoundError: There is no such script.
        ValueError: The script cannot be split into statements.
    """
    try:
        return split_statements(_PREAMBLE.sub("", path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


@dataclass(frozen=True)
class Change:
    """A change of the plan.

    Attributes:
        name: Its name, with the tag that Sqitch adds to the scripts of a change reworked later.
        directory: Directory of the plan.
        reworked: Whether a later change of the plan reworks it; its rules then hold no longer.
    """

    name: str
    directory: Path
    reworked: bool = False

    def statements(self, kind: str) -> list[str]:
        """The statements of its script.

        Args:
            kind: ``deploy``, ``revert`` or ``verify``.

        Returns:
            The statements, with ``begin`` and ``commit`` if the script has them.

        Raises:
            FileNotFoundError: There is no such script.
            ValueError: The script cannot be split into statements.
        """
        return read_statements(self.directory / kind / f"{self.name}.sql")


def find_directory(configured: str | None = None) -> Path:
    """Finds the directory of ``sqitch.plan``.

    Args:
        configured: Where it is; by default the environment variable
            ``USER_WORKFLOW_SQITCH_DIR``, else the package itself, else the checkout that the
            package lies in.

    Returns:
        The directory.

    Raises:
        FileNotFoundError: There is no plan.
    """
    named = configured or os.environ.get("USER_WORKFLOW_SQITCH_DIR")
    places = (Path(named),) if named else PLACES
    for place in places:
        if (place / "sqitch.plan").is_file():
            return place
    raise FileNotFoundError(
        f"no sqitch.plan in {' or '.join(str(place) for place in places)}; set "
        "user_workflow.sqitch_dir in alembic.ini, or USER_WORKFLOW_SQITCH_DIR"
    )


def read_plan(directory: Path) -> list[Change]:
    """Reads the plan.

    Args:
        directory: Directory of ``sqitch.plan``.

    Returns:
        Its changes, in the order in which they are deployed.

    Raises:
        ValueError: A change occurs twice without naming the tag that it reworks.
    """
    changes: list[Change] = []
    last: dict[str, int] = {}
    for line in (directory / "sqitch.plan").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.lstrip()[0] in "%#@":
            continue
        name = line.split()[0]
        if name in last:
            requires = re.search(r"\[([^\]]*)\]", line)
            tagged = [
                required
                for required in (requires.group(1).split() if requires else [])
                if required.startswith(f"{name}@")
            ]
            if not tagged:
                raise ValueError(f"{directory / 'sqitch.plan'}: {name} occurs twice")
            changes[last[name]] = Change(tagged[0], directory, reworked=True)
        last[name] = len(changes)
        changes.append(Change(name, directory))
    return changes
