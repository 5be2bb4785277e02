"""Links lead somewhere, and every command of a page is run or has a reason not to be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import ROOT, connect, database, run, sqitch
from helpers_cycle import one

PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
README = ROOT / "README.md"
FENCED = re.compile(r"(?ms)^ *```.*?^ *```$")
INDENTED = re.compile(r"(?m)(?:^ {4}.*\n)+")


def sections(page: Path) -> dict[str, str]:
    """The text of a page, by its headings of the second level."""
    first, *others = page.read_text(encoding="utf-8").split("\n## ")
    return {first.split("\n")[0].strip("# "): first} | {
        heading: text for heading, _, text in (other.partition("\n") for other in others)
    }


def blocks(text: str) -> list[str]:
    """The blocks of code in a text, fenced and indented."""
    return FENCED.findall(text) + INDENTED.findall(FENCED.sub("", text))


def anchors(page: Path) -> set[str]:
    """The anchors that headings get."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
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
    phase = "select consolidation.phase()"
    with database(legacy_template) as mydb, connect(mydb) as connection:
        connection.execute("drop schema sqitch cascade")

        def execute(heading: str, number: int) -> list[str]:
            commands = re.findall(r"(?m)^    (.*)$", sections(README)[heading])
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


def test_the_demo_prints_what_the_readme_shows() -> None:
    shown = blocks(sections(README)["Try it"])[1].splitlines()
    printed = [line.strip() for line in run("script/demo", "--runs", "200").stdout.splitlines()]
    assert len(shown) > 3
    for line in shown:
        said = re.escape(re.sub(r"\d+(\.\d+)?(?= ms;|$)", "NUMBER", line.strip()))
        said = re.sub(r"(\\ )+", " +", said).replace("NUMBER", r"[\d.]+")
        assert any(re.fullmatch(said, other) for other in printed), line


def test_the_number_of_tests_is_told_once_and_right() -> None:
    files = len(list((ROOT / "test").rglob("*.sql")))
    told = re.findall(r"Files=(\d+), Tests=(\d+)", README.read_text(encoding="utf-8"))
    assert [int(number) for number, _ in told] == [files]
    page = (ROOT / "docs/testing.md").read_text(encoding="utf-8")
    assert f"There are {files} files with {int(told[0][1]):,} tests" in page


def test_pg_prove_finds_every_test() -> None:
    files = {str(path.relative_to(ROOT)) for path in (ROOT / "test").rglob("*.sql")}
    commands = blocks(sections(ROOT / "docs/testing.md")["pgTAP by hand"])[0].splitlines()
    assert len(commands) == 2
    for command in commands:
        said = run(*command.split(), "--dry").stdout
        assert set(re.findall(r"(?<!\S)test/\S+\.sql", said)) == files


def test_pg_prove_says_what_the_tests_need(legacy: str) -> None:
    def said(name: str) -> str:
        return run("pg_prove", "-d", name, "-r", "test", check=False).stderr.splitlines()[-1]

    stopped = "FAILED--Further testing stopped: The tests need "
    assert said(legacy).startswith(f"{stopped}1. the extension")
    with connect(legacy) as connection:
        connection.execute("create extension pgtap")
        assert said(legacy).startswith(f"{stopped}3. the whole plan")
    with database() as name, connect(name) as connection:
        run("psql", "-X", "-q", "-d", name, "-f", "deploy/baseline.sql")
        sqitch(name, "deploy", "--log-only", "--verify", "--to", "@baseline")
        connection.execute("grant select on workflow_trace to public")
        sqitch(name, "deploy")
        connection.execute("create extension pgtap")
        assert said(name).startswith(f"{stopped}4. rows")
        connection.execute(
            """
            insert into legacy.workflow_trace (trace_id, org_id, workflow_id, created_by)
            select n, gen_random_uuid(), gen_random_uuid(), gen_random_uuid()
            from generate_series(1, 100) as n;
            insert into legacy.workflow_trace_endpoint (trace_id, endpoint_id) values (1, 1);
            """
        )
        assert said(name).startswith(f"{stopped}5. old tables on which nobody")


def test_the_statements_on_tenancy_are_valid(deployed: str) -> None:
    text = (ROOT / "docs/tenancy.md").read_text(encoding="utf-8")
    statements = re.findall(r"(?ms)^```sql\n(.*?)^```$", text)
    assert len(statements) > 3
    for statement in statements:
        script = statement.replace("…", "00000000-0000-4000-8000-000000000001")
        run("psql", "-X", "-v", "ON_ERROR_STOP=1", "-d", deployed, "-c", script)


def test_every_command_of_a_page_is_run_or_has_a_reason() -> None:
    text = sections(ROOT / "docs/testing.md")["Commands of the pages"]
    listed = {
        (page, section): by
        for page, section, by in re.findall(r"(?m)^\| `(.+?)` \| (.+?) \| (.+?) \|$", text)
    }
    found = {
        (page.relative_to(ROOT).as_posix(), section)
        for page in PAGES
        for section, content in sections(page).items()
        if blocks(content)
    }
    whole = {page for page, section in listed if section == "all"}
    assert {key for key in found if key[0] not in whole} == {
        key for key in listed if key[1] != "all"
    }
    assert whole <= {page for page, _ in found}
    for by in listed.values():
        for name in re.findall(r"`(test_\w+)`", by):
            assert list((ROOT / "test").rglob(f"{name}.py")), name
