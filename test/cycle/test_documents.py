"""Links in the pages lead somewhere, and the commands of the README do what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import ROOT, connect, database, run
from helpers_cycle import one

PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]


def anchors(page: Path) -> set[str]:
    """The anchors that headings get."""
    text = re.sub(r"(?ms)^```.*?^```", "", page.read_text(encoding="utf-8"))
    headings = re.findall(r"(?m)^#+ (.*)$", text)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    for link in links:
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_from_the_readme_alone_a_database_goes_there_and_back(legacy_template: str) -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    phase = "select consolidation.phase()"
    with database(legacy_template) as mydb, connect(mydb) as connection:
        connection.execute("drop schema sqitch cascade")

        def execute(heading: str, number: int) -> list[str]:
            text = page.split(f"## {heading}\n")[1].split("\n## ")[0]
            commands = re.findall(r"(?m)^    (.*)$", text)
            assert len(commands) == number
            return [command.replace("mydb", mydb) for command in commands]

        for command in execute("Deploy", 6):
            run("bash", "-c", command)
        assert one(connection, phase) == "cut over"
        back, further = execute("Go back", 2)
        # A terminal would be asked.
        run("bash", "-c", back.replace("revert", "revert -y"))
        assert one(connection, phase) == "expand"
        run("bash", "-c", further.replace("revert", "revert -y"))
        assert one(connection, "select to_regnamespace('consolidation') is null")
