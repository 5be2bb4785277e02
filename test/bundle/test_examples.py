"""Each example prints what is checked in beside it, as a member of workflow_app would see it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT, new_database, run

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.fixture(scope="module")
def deployed(legacy_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with rows of others, after the cut-over."""
    file = tmp_path_factory.mktemp("bundle") / "consolidate_workflow_tables.sql"
    run("script/bundle", file)
    with new_database(legacy_template) as name:
        run("psql", "-d", name, "-f", file)
        yield name


@pytest.mark.parametrize("time", ["first", "second"])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_prints_what_its_out_file_says(deployed: str, example: Path, time: str) -> None:
    result = run(sys.executable, example, PGDATABASE=deployed, PGOPTIONS="-c role=workflow_app")
    assert result.stderr == ""
    assert result.stdout == example.with_suffix(".out").read_text(encoding="utf-8"), time


def test_every_example_has_its_output() -> None:
    assert [path.stem for path in EXAMPLES] == [
        path.stem for path in sorted((ROOT / "examples").glob("*.out"))
    ]
    assert EXAMPLES
