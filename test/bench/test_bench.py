"""The benchmark in little: every table, every goal, every chart, and nothing left behind."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from unittest.mock import ANY
from xml.etree import ElementTree

import psycopg
import pytest

from bench.measure import Goal, Spread, alternate, crossover

ROOT = Path(__file__).resolve().parents[2]

# Sections and their tables, by the number of rows; every index of the deploy scripts has one, too.
TABLES = {
    "Goals": [5 + 2 + 1 + 10 + 2 + 3 + 5 + 1],
    "Where the new structure loses": [],
    "Capture": [5, 5],
    "Deploying": [3, ANY, ANY, 2],
    "Proof": [2, 1],
    "Backfill": [6, 5, 4, 10],
    "Size": [10, ANY, 2, 2],
    "Reading one run": [5, 4, 3],
    "Events by type": [4],
    "Searching, owner and tenant": [8, 8, 5],
    "Appending events": [7, 6, 1],
    "Cut-over and revert": [2, 3],
}
CHARTS = {"benchmark-append.svg", "benchmark-backfill.svg", "benchmark-scan.svg"}


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("bench")
    before = (ROOT / "docs" / "benchmarks.md").read_bytes()
    done = subprocess.run(
        # Whatever is in a clone, its newest commit is.
        [ROOT / "script" / "bench", "--quick", "--against", "HEAD", "--output", directory],
        env={**os.environ, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (ROOT / "docs" / "benchmarks.md").read_bytes() == before
    return directory


def tables(section: str) -> list[int]:
    return [
        len(table.splitlines()) - 2
        for table in re.findall(r"(?:^\|.*\n)+", section, flags=re.MULTILINE)
    ]


def test_every_table_is_there(output: Path) -> None:
    page = (output / "benchmarks.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", page, flags=re.M | re.S))
    assert {name: tables(section) for name, section in sections.items()} == TABLES


def test_every_goal_is_met_or_missed(output: Path) -> None:
    page = (output / "benchmarks.md").read_text(encoding="utf-8")
    summary = page.partition("## Goals")[2].partition("## Where")[0]
    met, missed = summary.count("| met |"), summary.count("| **missed** |")
    assert f"\n{met} of {met + missed} met.\n" in summary
    assert page.count("\nMissed: ") == missed


def test_charts_are_drawn(output: Path) -> None:
    assert {path.name for path in output.glob("*.svg")} == CHARTS
    for name in CHARTS:
        root = ElementTree.parse(output / name).getroot()
        lines = root.findall("{http://www.w3.org/2000/svg}polyline")
        assert lines
        assert all("nan" not in (line.get("points") or "nan") for line in lines)
        assert f"]({name})" in (output / "benchmarks.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("output")
def test_no_database_is_left() -> None:
    with psycopg.connect(dbname="postgres") as connection:
        left = connection.execute(
            "select datname from pg_database where datname like 'workflow_consolidation_bench%'"
        ).fetchall()
    assert left == []


def test_ratios_are_of_the_same_repetition() -> None:
    ratio = Spread((10.0, 40.0, 3.0)) / Spread((10.0, 20.0, 1.0))
    assert ratio.values == (1.0, 2.0, 3.0)
    assert (ratio.minimum, ratio.median, ratio.maximum) == (1.0, 2.0, 3.0)


def test_contenders_take_turns_and_the_last_becomes_the_first() -> None:
    order = []

    def contender(name: str) -> float:
        order.append(name)
        return float(len(order))

    taken = alternate({"a": lambda: contender("a"), "b": lambda: contender("b")}, 3)
    assert order == ["a", "b", *"ab", *"ba", *"ab"]
    assert taken["a"].values == (3.0, 6.0, 7.0)


@pytest.mark.parametrize(
    ("goal", "met"),
    [
        (Goal("a ratio", Spread((0.1, 0.9, 5.0)), at_least=0.9), True),
        (Goal("a ratio", Spread((0.1, 0.8, 5.0)), at_least=0.9), False),
        (Goal("a ratio", Spread((0.1, 1.5, 5.0)), at_most=1.5), True),
        (Goal("a ratio", Spread((0.1, 1.6, 5.0)), at_most=1.5), False),
    ],
)
def test_the_median_decides(goal: Goal, *, met: bool) -> None:
    assert goal.met is met


def test_crossover_names_where_it_begins() -> None:
    def points(*ratios: float) -> list[tuple[int, Spread]]:
        return [(10**i, Spread((ratio,))) for i, ratio in enumerate(ratios)]

    assert crossover(points(0.5, 0.9, 1.1), "runs") == "from somewhere between 10 and 100 runs on"
    assert crossover(points(1.1, 1.2), "runs") == "from the first measurement on, 1 runs"
    assert crossover(points(0.1, 1.0), "runs") == "never, up to 10 runs"


def test_a_commit_that_is_not_there_is_said_plainly() -> None:
    done = subprocess.run(
        [ROOT / "script" / "bench", "--quick", "--only", "proof", "--against", "0" * 40],
        env={**os.environ, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert f"commit {'0' * 40} is not in this clone" in done.stderr
