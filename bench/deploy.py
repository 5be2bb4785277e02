"""The whole deploy from @expand to the end, against Migration 018 with its indexes."""

from __future__ import annotations

import re
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.backfill import MIGRATION, create_migration_018, script
from bench.database import Database
from bench.measure import Contender, Goal, Section, Spread, Table, alternate, number, timed

LOCKED = re.compile(r"the tables were locked for (\d+) ms")
SCRIPT = re.compile(r"^(\S+) (\S+) .*--file \S*?(deploy|verify)/(\S+)\.sql$", re.MULTILINE)
CLIENT = """#!/usr/bin/env bash
# psql for Sqitch, which writes down when it began and ended.
began=$EPOCHREALTIME
psql "$@"
status=$?
echo "$began $EPOCHREALTIME $*" >>"${0%/*}/log"
exit $status
"""
SQITCH = "Sqitch itself"

Scripts = dict[tuple[str, str], list[float]]
"""Seconds of each repetition, by change and "deploy" or "verify"."""


class Deploys:
    """Deploys of one plan, each to a fresh copy."""

    def __init__(self, fresh: Callable[[], Database]) -> None:
        """Prepares nothing yet.

        Args:
            fresh: Makes a copy of a database at @expand.
        """
        self._fresh = fresh
        self.scripts: Scripts = defaultdict(list)
        self.locked: list[float] = []

    def measure(self) -> float:
        """Deploys and verifies as somebody would; returns seconds."""
        database = self._fresh()
        with tempfile.TemporaryDirectory() as directory:
            client, log = Path(directory, "psql"), Path(directory, "log")
            client.write_text(CLIENT, encoding="utf-8")
            client.chmod(0o755)
            said: list[str] = []
            seconds = timed(
                lambda: said.append(database.sqitch("deploy", "--client", str(client)))
            )()
            ran = SCRIPT.findall(log.read_text(encoding="utf-8"))
        taken = {(change, kind): float(end) - float(began) for began, end, kind, change in ran}
        taken[SQITCH, "deploy"] = seconds - sum(taken.values())
        for key, value in taken.items():
            self.scripts[key].append(value)
        found = LOCKED.findall(said[0])
        assert found, f"the deploy did not say how long the tables were locked: {said[0]}"
        # Nothing can be divided by the zero that a fast machine may print.
        self.locked.append(max(1.0, float(found[-1])))
        return seconds

    def table(self, title: str) -> Table:
        """Where the time goes."""
        changes = dict.fromkeys(change for change, _ in self.scripts)

        def seconds(change: str, kind: str) -> str:
            values = self.scripts.get((change, kind))
            return number(median(values)) if values else ""

        return Table(
            f"{title}, seconds by script (medians)",
            ("", "deploy", "verify"),
            [(change, seconds(change, "deploy"), seconds(change, "verify")) for change in changes],
        )


def part(
    middle: Database,
    other: Database | None,
    copy: Callable[[Database], Database],
    repetitions: int,
) -> Section:
    """Compares whole deploys, each on a fresh copy of the same rows.

    Args:
        middle: With the old tables filled, deployed to @expand.
        other: The same rows, with the plan of another commit.
        copy: Makes a copy of a database, in place of the one it made before.
        repetitions: How often each is measured.
    """

    def fresh(database: Database) -> Database:
        copied = copy(database)
        copied.run("checkpoint")
        return copied

    def migration_018() -> float:
        database = fresh(middle)
        create_migration_018(database)

        def work() -> None:
            for name in ("insert", "indexes"):
                database.run(script(name), "migration_018")

        return timed(work)()

    plans = {
        database.plan.name: Deploys(lambda database=database: fresh(database))  # type: ignore[misc]
        for database in (middle, other)
        if database
    }
    this = middle.plan.name
    contenders: dict[str, Contender] = {
        this: plans[this].measure,
        MIGRATION: migration_018,
    } | {name: deploys.measure for name, deploys in plans.items() if name != this}
    taken = alternate(contenders, repetitions, warm_up=False)
    locked = {name: Spread(tuple(deploys.locked)) for name, deploys in plans.items()}
    goals = [
        Goal(
            "deploy from @expand to the end against Migration 018 with its indexes",
            taken[this] / taken[MIGRATION],
            at_most=2.5,
            if_missed="The table of the scripts says where the time goes.",
        )
    ]
    if other:
        goals.append(
            Goal(
                f"cut-over, names locked, against that {other.plan.name}",
                locked[this] / locked[other.plan.name],
                at_most=1.2,
            )
        )
    return Section(
        title="Deploying",
        text=(
            "`sqitch deploy` from @expand to the end, with everything it verifies: backfill, keys,"
            " indexes, the proof that nothing differs, and the cut-over. Migration 018 inserts and"
            " builds its indexes; it proves nothing. Each on a fresh copy of a database with"
            f" {middle.runs:,} runs, without other traffic."
        ),
        tables=[
            Table(
                "From @expand to the end",
                ("", "seconds", "against Migration 018", "names locked, ms"),
                [
                    (
                        name,
                        str(spread),
                        str(spread / taken[MIGRATION]),
                        str(locked.get(name, "")),
                    )
                    for name, spread in taken.items()
                ],
            ),
            *(
                deploys.table("Where the time goes" + (f", {name}" if name != this else ""))
                for name, deploys in plans.items()
            ),
        ],
        goals=goals,
    )
