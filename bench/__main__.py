"""Runs the parts of the benchmark and writes the page; script/bench calls it."""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg
import sqlalchemy

from bench import append, backfill, capture, deploy, large, proof, read, search, size, swap
from bench.database import ROOT, Database, Databases, Plan, machine, plan_of, say
from bench.measure import Section
from bench.plot import svg
from bench.report import page

BEFORE = "1f93bba"
"""The commit whose proof the goal is about: before old tables and documents had the same views."""


@dataclass(frozen=True)
class Bench:
    """How much is measured, and on which databases."""

    databases: Databases
    runs: int
    quick: bool
    against: Plan | None

    @property
    def repetitions(self) -> int:
        """Of what takes seconds."""
        return 2 if self.quick else 5

    @property
    def few(self) -> int:
        """Of what may take minutes."""
        return 1 if self.quick else 3

    @property
    def many(self) -> int:
        """Of what takes milliseconds."""
        return 3 if self.quick else 11

    @cached_property
    def small(self) -> Database:
        """A tenth of the runs, of a tenth of the organisations."""
        return self.databases.get("small", self.runs // 10, 5)

    @cached_property
    def middle(self) -> Database:
        """As many runs as were asked for."""
        return self.databases.get("middle", self.runs, 50)

    @cached_property
    def other(self) -> Database | None:
        """The same rows as in the middle, with the deploy scripts of another commit."""
        if not self.against:
            return None
        return self.databases.get("other", self.runs, 50, self.against)

    def _copy(self, database: Database) -> Database:
        return self.databases.copy("copy", database)

    def _cut_over(self, database: Database) -> Database:
        say(f"  deploying to {database.name}")
        for tag in ("@carried_over", "@cut_over"):
            say(f"    {tag}: {database.deploy(tag):.1f} s")
        database.run("vacuum analyze")
        return database

    @cached_property
    def small_after(self) -> Database:
        """The small one after the cut-over."""
        return self._cut_over(self.small)

    @cached_property
    def after(self) -> Database:
        """The one in the middle after the cut-over."""
        return self._cut_over(self.middle)

    def backfill(self) -> Section:
        """Carrying everything over."""
        return backfill.part(self.small, self.middle, self.repetitions)

    def capture(self) -> Section:
        """Writes of old applications before the cut-over."""
        # In a database of its own: what it writes would make the old tables larger and slower.
        database = self.databases.get("capture", max(100, self.runs // 10), 5)
        section = capture.part(database, self.many, 50 if self.quick else 200)
        self.databases.drop("capture")
        return section

    def deploy(self) -> Section:
        """From @expand to the end."""
        return deploy.part(self.middle, self.other, self._copy, self.few)

    def proof(self) -> Section:
        """CPU, against another commit."""
        # That of this plan goes on as it is; the other one has done its work.
        section = proof.part(self._copy(self.middle), self.other, self.few)
        self.databases.drop("copy")
        if self.other:
            self.databases.drop("other")
        return section

    def size(self) -> Section:
        """Bytes."""
        return size.part(self.small_after, self.after)

    def read(self) -> Section:
        """One run."""
        return read.part(self.after, self.many, 2 if self.quick else 10)

    def scan(self) -> Section:
        """Events by type."""
        return read.scan(self.after, self.repetitions)

    def search(self) -> Section:
        """Owner and tenant."""
        return search.part(self.small_after, self.after, self.many, 2 if self.quick else 5)

    def append(self) -> Section:
        """Events of a step."""
        return append.part(self.after, self.many)

    def phases(self) -> Section:
        """Everything at size."""
        section = large.part(
            self.databases.get("twentieth", self.runs // 4, 50),
            self.databases.get("large", 5 * self.runs, 50),
            self._copy,
            traffic=not self.quick,
        )
        for name in ("copy", "twentieth", "large"):
            self.databases.drop(name)
        return section

    def swap(self) -> Section:
        """Cut-over and revert."""
        return swap.part(self.after, self.repetitions)


# In this order: deploys begin where nothing was carried over yet, the backfill needs the database
# before the cut-over, and the last two change it.
PARTS: dict[str, Callable[[Bench], Section]] = {
    "capture": Bench.capture,
    "deploy": Bench.deploy,
    "proof": Bench.proof,
    "backfill": Bench.backfill,
    "size": Bench.size,
    "read": Bench.read,
    "scan": Bench.scan,
    "search": Bench.search,
    "append": Bench.append,
    "swap": Bench.swap,
    "large": Bench.phases,
}


def main() -> None:
    """Measures, then writes the page or prints it."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--runs", type=int, help="N, default 20000; with --quick 300")
    parser.add_argument("--quick", action="store_true", help="little data, few repetitions")
    parser.add_argument(
        "--large", action="store_true", help="also every phase with 5 N runs, and beside traffic"
    )
    parser.add_argument("--only", choices=PARTS, action="append", help="a part alone; repeatable")
    parser.add_argument(
        "--against",
        metavar="COMMIT",
        help=f"whose deploy scripts deploy and proof are compared with, default {BEFORE}",
    )
    parser.add_argument("--output", type=Path, help="directory of benchmarks.md and its charts")
    options = parser.parse_args()
    runs = options.runs or (300 if options.quick else 20_000)
    if runs < 200:
        parser.error("--runs: at least 200, of which a tenth is compared with all")
    output = options.output
    if output is None and not options.quick and not options.only:
        output = ROOT / "docs"

    against = options.against or BEFORE
    sections = []
    load = os.getloadavg()[0]
    began = time.perf_counter()
    with ExitStack() as stack:
        plan = stack.enter_context(plan_of(against))
        if plan is None:
            missing = f"commit {against} is not in this clone (git fetch --unshallow)"
            if options.against:
                parser.error(missing)
            say(f"{missing}: deploy and proof are not compared with it")
        bench = Bench(Databases(), runs, options.quick, plan)
        stack.callback(bench.databases.drop_all)
        for name, part in PARTS.items():
            if options.only and name not in options.only:
                continue
            if name == "large" and not (options.large or options.only):
                continue
            say(f"{name}:")
            part_began = time.perf_counter()
            sections.append(part(bench))
            say(f"{name}: {time.perf_counter() - part_began:.1f} s")
    taken = time.perf_counter() - began
    say(f"all: {taken:.0f} s")

    facts = [
        *machine(),
        f"Python {platform.python_version()}, psycopg {psycopg.__version__}"
        f" ({psycopg.pq.__impl__}), SQLAlchemy {sqlalchemy.__version__}",
        f"{time.strftime('%Y-%m-%d')}, {taken / 60:.0f} minutes in all; repetitions:"
        f" {bench.few} of whole deploys and proofs, {bench.repetitions} of what takes seconds and"
        f" {bench.many} of the rest",
        f"load average {load:.1f} at the beginning, {os.getloadavg()[0]:.1f} at the end: above 3,"
        " somebody else was at work, and only the sizes can be relied upon",
    ]
    arguments = [f"--runs {runs}"] if options.runs else []
    arguments += [f"--only {name}" for name in options.only or []]
    arguments += [f"--against {options.against}"] if options.against else []
    arguments += [f"--{name}" for name in ("quick", "large") if getattr(options, name)]
    command = " ".join(["./script/bench", *arguments])
    text = page(sections, facts, command, runs)
    if output is None:
        print(text)
        return
    output.mkdir(parents=True, exist_ok=True)
    name = "benchmarks-large.md" if options.only == ["large"] else "benchmarks.md"
    (output / name).write_text(text, encoding="utf-8")
    for section in sections:
        for chart in section.charts:
            (output / f"{chart.name}.svg").write_text(svg(chart), encoding="utf-8")
    say(f"written to {output}")


if __name__ == "__main__":
    main()
