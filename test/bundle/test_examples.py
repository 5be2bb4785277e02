"""Each example prints what is checked in beside it, as a member of workflow_app would see it.

The snippets of docs/tenancy.md that name an organisation see its runs, and leave nothing in the
pool; the example of the README records a run.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT, execute, new_database, run

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


NORTH = "00000000-0000-4000-8000-000000000001"
SNIPPETS = dict(
    zip(
        ("psql", "psycopg", "sqlalchemy"),
        re.findall(
            r"^```(?:sql|python)\n(.*?)^```$",
            (ROOT / "docs/tenancy.md")
            .read_text(encoding="utf-8")
            .split("## Name the organisation in each transaction")[1]
            .split("\n## ")[0],
            re.MULTILINE | re.DOTALL,
        ),
        strict=True,
    )
)
# Beside each snippet: what it found, and what the same connection sees afterwards.
EVERYTHING = "select run_id from user_workflow_run"
AFTER = {
    "psql": EVERYTHING,
    "psycopg": f"""
print(*(row[0] for row in rows), sep="\\n")
with pool.connection() as connection:
    print(*(row[0] for row in connection.execute("{EVERYTHING}")), sep="\\n")
pool.close()
""",
    "sqlalchemy": f"""
print(*(row[0] for row in rows), sep="\\n")
with TenantSession.kw["bind"].connect() as connection:
    print(*(row[0] for row in connection.execute(text("{EVERYTHING}"))), sep="\\n")
""",
}


@pytest.mark.parametrize("client", SNIPPETS)
def test_a_snippet_of_the_page_sees_one_organisation(deployed: str, client: str) -> None:
    script = SNIPPETS[client] + AFTER[client]
    command = ("psql", "-XAtq", "-c") if client == "psql" else (sys.executable, "-c")
    result = run(*command, script, PGDATABASE=deployed, PGOPTIONS="-c role=workflow_app")
    assert result.stderr == ""
    found = [line.split("|")[0] for line in result.stdout.split()]
    own = execute(
        deployed,
        f"select run_id::text from user_workflow_run where org_id = '{NORTH}' "
        + ("and status = 'completed' " if client == "psql" else "")
        + "order by created_at desc, run_id desc limit 10",
    )
    assert own
    assert [(run_id,) for run_id in found] == own


def test_the_example_of_the_readme_records_a_run(deployed: str, tmp_path: Path) -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```sql\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (search,) = re.findall(r"`(find_runs\(.*?\))`", page)
    (tmp_path / "example.sql").write_text("set role workflow_app;\n" + example, encoding="utf-8")
    run("psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-f", tmp_path / "example.sql", PGDATABASE=deployed)
    event = "get_run(run_id) -> 'steps' -> 0 -> 'events' -> 0 ->> 'type'"
    query = (
        f"set role workflow_app; select use_organisation('{NORTH}'); select {event} from {search}"
    )
    found = run("psql", "-XAtq", "-c", query, PGDATABASE=deployed)
    assert found.stdout.split() == ["page_loaded"]
