"""The package brings the scripts that its Alembic revision executes."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

from conftest import ROOT, run
from user_workflow.alembic.plan import read_plan


def test_the_wheel_holds_the_plan_its_scripts_and_the_revision(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    package = tmp_path / "user_workflow"
    assert (package / "alembic/__main__.py").is_file()
    assert not (package / "alembic/versions").exists(), "alembic would write revisions into it"
    assert (package / "alembic/prepare.sql").is_file()
    plan = read_plan(ROOT)
    assert [change.name for change in read_plan(package / "sqitch")] == [c.name for c in plan]
    for change in plan:
        for kind in ("deploy", "revert", "verify"):
            script = f"{kind}/{change.name}.sql"
            assert (package / "sqitch" / script).read_bytes() == (ROOT / script).read_bytes()
