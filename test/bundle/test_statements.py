"""Scripts are split where psql splits them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from conftest import ROOT, connect
from user_workflow.alembic.plan import find_directory, read_plan, read_statements
from user_workflow.alembic.statements import split_statements

SCRIPTS = [
    path for kind in ("deploy", "revert", "verify") for path in sorted((ROOT / kind).rglob("*.sql"))
]


@pytest.mark.parametrize(
    ("script", "statements"),
    [
        ("", []),
        (" ; ;; -- nothing\n", []),
        ("select 1", ["select 1"]),
        ("select 1;select 2;", ["select 1", "select 2"]),
        ("-- a; b\nselect 1 -- c; d\n, 2;", ["select 1 -- c; d\n, 2"]),
        ("/* a; /* b; */ c; */ select /* d; */ 1;", ["select /* d; */ 1"]),
        ("select 'a;''b;', E'c\\';', \"d;\"\"e\", 'f\\';", None),
        ("select U&'a;', x'1F', n'a;', type';' from t;", None),
        ("do $$ begin; $a$ ; $b$; end $$;", ["do $$ begin; $a$ ; $b$; end $$"]),
        ("do $a$ ; $$ ; $A$ ; $a$; select $1;", ["do $a$ ; $$ ; $A$ ; $a$", "select $1"]),
        ("select a$b$c; select $d$;$d$;", ["select a$b$c", "select $d$;$d$"]),
        ("create rule r as on insert to t do (select 1; select 2);", None),
        (
            "create or replace function f() returns int begin atomic select case when true then 1 "
            "end; select (case 1 when 1 then 2 end); end; select 3;",
            [
                "create or replace function f() returns int begin atomic select case when true "
                "then 1 end; select (case 1 when 1 then 2 end); end",
                "select 3",
            ],
        ),
        ("CREATE PROCEDURE p() BEGIN ATOMIC SELECT 1; END; commit", None),
        ("begin; create table function (begin int); end;", None),
        ("begin;\ncall p();\ncommit;\n", ["begin", "call p()", "commit"]),
        ("select '§;', \"ä;ö\", ünï from ö;", None),
    ],
)
def test_a_script_is_split_at_the_semicolons_that_end_a_statement(
    script: str, statements: list[str] | None
) -> None:
    expected = {
        "select 'a;''b;', E'c\\';', \"d;\"\"e\", 'f\\';": 1,
        "CREATE PROCEDURE p() BEGIN ATOMIC SELECT 1; END; commit": 2,
        "begin; create table function (begin int); end;": 3,
    }
    found = split_statements(script)
    if statements is None:
        assert len(found) == expected.get(script, 1), found
        assert ";".join(found).replace(" ", "") == script.removesuffix(";").replace(" ", "")
    else:
        assert found == statements


@pytest.mark.parametrize(
    "script",
    ["select 'a", 'select "a', "do $$ $a$", "/* /* */", "\\i other.sql", "select 1 \\gset"],
)
def test_what_does_not_end_and_commands_of_psql_are_refused(script: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        split_statements(script)


@pytest.fixture(scope="module")
def connection() -> Iterator[psycopg.Connection[Any]]:
    with connect("postgres") as opened:
        yield opened


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_script_is_split_into_what_the_server_takes_for_one_statement(
    connection: psycopg.Connection[Any], path: Path
) -> None:
    statements = read_statements(path)
    assert statements
    for statement in statements:
        # The extended protocol parses one statement and no more; nothing is executed.
        result = connection.pgconn.prepare(b"", statement.encode())
        sqlstate = result.error_field(67)  # libpq's PG_DIAG_SQLSTATE, "C"
        assert sqlstate != b"42601", (statement, result.error_message.decode())


def test_the_plan_is_read_in_order_and_every_change_has_its_scripts() -> None:
    changes = read_plan(find_directory())
    assert changes[0].name == "baseline"
    assert "old_names/workflow_events" in [change.name for change in changes]
    for change in changes:
        for kind in ("deploy", "revert", "verify"):
            assert change.statements(kind)
        verify = change.statements("verify")
        assert (verify[0], verify[-1]) == ("begin", "rollback")
    plan = (ROOT / "sqitch.plan").read_text()
    assert len(changes) == sum(
        1 for line in plan.splitlines() if line and not line.startswith(("%", "@", "#"))
    )


def test_a_reworked_change_has_the_script_that_sqitch_gives_it(tmp_path: Path) -> None:
    (tmp_path / "sqitch.plan").write_text(
        "%project=p\n\na 2026-01-01T00:00:00Z n <e> # x\n@t1 2026-01-01T00:00:01Z n <e> # x\n"
        "b 2026-01-01T00:00:02Z n <e> # x\n@t2 2026-01-01T00:00:03Z n <e> # x\n"
        "a [a@t2] 2026-01-01T00:00:04Z n <e> # x\n"
    )
    found = [(change.name, change.reworked) for change in read_plan(tmp_path)]
    assert found == [("a@t2", True), ("b", False), ("a", False)]


def test_without_a_plan_it_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=str(tmp_path)):
        find_directory(str(tmp_path))
