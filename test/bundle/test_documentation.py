"""The examples of docs/python.md print what stands below them; pyright reads a program."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT, new_database, run

PAGE = (ROOT / "docs/python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$(?:\n\n^```text\n(.*?)^```$)?", PAGE, re.M | re.S)


@pytest.fixture(scope="module")
def deployed(legacy_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database after the cut-over."""
    file = tmp_path_factory.mktemp("bundle") / "consolidate_workflow_tables.sql"
    run("script/bundle", file)
    with new_database(legacy_template) as name:
        run("psql", "-d", name, "-f", file)
        yield name


def test_the_examples_of_the_page(deployed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGDATABASE", deployed)
    monkeypatch.setenv("PGOPTIONS", "-c role=workflow_app")
    names: dict[str, object] = {}
    assert len(BLOCKS) == PAGE.count("```python\n") > 5
    assert sum(bool(output) for _, output in BLOCKS) == PAGE.count("```text\n")
    for code, output in BLOCKS:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "docs/python.md", "exec"), names)
        assert printed.getvalue() == output, code


@pytest.mark.skipif(shutil.which("pyright") is None, reason="pyright is not installed")
def test_a_consumers_program_is_typed(tmp_path: Path) -> None:
    shutil.copy(ROOT / "test/python/consumer.py", tmp_path)
    (tmp_path / "pyrightconfig.json").write_text(
        json.dumps({"typeCheckingMode": "strict", "extraPaths": [str(ROOT / "src")]})
    )
    run("pyright", "--pythonpath", sys.executable, "consumer.py", cwd=tmp_path)
