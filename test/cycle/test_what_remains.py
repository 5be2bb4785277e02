"""What isolation does not hide: each line of the table in docs/tenancy.md, shown to be so.

A test here fails when something no longer remains; then the line goes as well."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from conftest import ROOT, connect
from helpers_cycle import NORTH, SOUTH, USER, Connection, one, sqlstate

TABLE = re.compile(r"`(test_what_remains\.py|test_\w+\.py)::(test_\w+)`")


@contextmanager
def tenant(name: str, organisation: str = NORTH) -> Iterator[Connection]:
    """A session of an application that names an organisation."""
    with connect(name) as connection:
        connection.execute("set role workflow_app")
        connection.execute(f"set app.current_org_id = '{organisation}'")
        yield connection


def run_of(name: str, organisation: str) -> tuple[str, int, str]:
    """Key, old id and workflow of a run of an organisation."""
    with connect(name) as connection:
        row = connection.execute(
            "select run_id::text, legacy_trace_id, workflow_id::text from user_workflow_run "
            "where org_id = %s order by legacy_trace_id limit 1",
            [organisation],
        ).fetchone()
    assert row is not None
    run, trace, workflow = row
    return str(run), int(trace), str(workflow)


NEW_RUN = (
    "insert into user_workflow_run (run_id, workflow_id, org_id, channel, created_by) "
    f"values (%s, %s, '{NORTH}', 'web', '{USER}')"
)


def test_whoever_executes_any_sql_names_any_organisation(deployed: str) -> None:
    with tenant(deployed) as connection:
        connection.execute(f"set app.current_org_id = '{SOUTH}'")
        assert one(connection, "select count(*) from user_workflow_run") > 0


def test_a_key_tells_that_it_exists(deployed: str) -> None:
    run_id, _, workflow = run_of(deployed, SOUTH)
    with tenant(deployed) as connection:
        assert sqlstate(connection, NEW_RUN, run_id, workflow) == "23505"
        assert sqlstate(connection, NEW_RUN, str(uuid.uuid4()), workflow) is None


def test_ids_tell_how_many_others_take(deployed: str) -> None:
    insert = NEW_RUN + " returning legacy_trace_id"
    with tenant(deployed) as connection, connect(deployed) as other:
        first = one(connection, insert, str(uuid.uuid4()), str(uuid.uuid4()))
        for _ in range(3):
            other.execute(NEW_RUN.replace(NORTH, SOUTH), [str(uuid.uuid4()), str(uuid.uuid4())])
        assert one(connection, insert, str(uuid.uuid4()), str(uuid.uuid4())) == first + 4


def test_a_workflow_tells_that_another_one_has_it(deployed: str) -> None:
    with connect(deployed) as connection:
        workflow = str(uuid.uuid4())
        connection.execute(NEW_RUN.replace(NORTH, SOUTH), [str(uuid.uuid4()), workflow])
    with tenant(deployed) as connection:
        for named, own in ((workflow, False), (str(uuid.uuid4()), True)):
            connection.execute(NEW_RUN, [str(uuid.uuid4()), named])
            assert one(connection, "select is_own_workflow(%s::uuid)", named) is own


def test_a_workflow_belongs_to_whoever_names_it_first(deployed: str) -> None:
    workflow = str(uuid.uuid4())
    with tenant(deployed) as connection:
        connection.execute(NEW_RUN, [str(uuid.uuid4()), workflow])
    with tenant(deployed, SOUTH) as connection:
        connection.execute(NEW_RUN.replace(NORTH, SOUTH), [str(uuid.uuid4()), workflow])
        assert one(connection, "select is_own_workflow(%s::uuid)", workflow) is False


def test_a_plan_tells_how_much_was_read(deployed: str) -> None:
    """Rows that a policy removed, and pages that a search function read."""
    with tenant(deployed) as connection:
        # Any session may choose how to read.
        connection.execute("set enable_indexscan = off")
        connection.execute("set enable_bitmapscan = off")
        plan = "\n".join(
            row[0]
            for row in connection.execute(
                "explain (analyze, costs off, timing off) select * from user_workflow_run"
            )
        )
        assert re.search(r"Rows Removed by Filter: [1-9]", plan)
        connection.execute("reset enable_indexscan")
        connection.execute("reset enable_bitmapscan")

        def pages() -> int:
            lines = connection.execute(
                "explain (analyze, buffers, costs off, timing off, summary off) "
                "select * from find_run_ids(context => '{\"remains\": 1}')"
            )
            found = re.search(r"shared hit=(\d+)", "\n".join(row[0] for row in lines))
            assert found is not None
            return int(found[1])

        for _ in range(3):
            before = pages()
        with connect(deployed) as other:
            other.execute(
                "insert into user_workflow_run (workflow_id, org_id, channel, created_by, context) "
                "select gen_random_uuid(), %s, 'web', %s, "
                "jsonb_build_object('remains', n, 'text', repeat(md5(n::text), 50)) "
                "from generate_series(1, 3000) as n",
                [SOUTH, USER],
            )
        assert pages() > before


def test_search_functions_answer_before_the_cut_over(carried_over: str) -> None:
    """With keys of the organisation that the session names, and no row."""
    with tenant(carried_over) as connection:
        assert one(connection, "select count(*) from find_run_ids()") > 0
        assert sqlstate(connection, "select from find_runs()") == "42501"
        assert sqlstate(connection, "select from user_workflow_run") == "42501"


def test_a_statement_sees_a_run_as_it_was_when_it_began(deployed: str) -> None:
    run_id, _, _ = run_of(deployed, NORTH)
    seen = "select count(*) from user_workflow_run where run_id = %s"
    with tenant(deployed) as connection, connect(deployed) as other:
        connection.execute("begin")
        connection.execute(
            "declare run cursor for select run_id::text from user_workflow_run "
            f"where run_id = '{run_id}'"
        )
        other.execute("update user_workflow_run set org_id = %s where run_id = %s", [SOUTH, run_id])
        assert one(connection, "fetch 1 from run") == run_id
        # The next one does not, and a change finds nothing.
        assert one(connection, seen, run_id) == 0
        changed = connection.execute(
            "update user_workflow_run set status = 'x' where run_id = %s", [run_id]
        )
        assert changed.rowcount == 0


def test_the_page_names_these_tests() -> None:
    page = (ROOT / "docs/tenancy.md").read_text()
    named = set(TABLE.findall(page))
    here = {("test_what_remains.py", name) for name in globals() if name.startswith("test_")}
    assert here - named == {("test_what_remains.py", "test_the_page_names_these_tests")}
    for file, name in named:
        assert f"def {name}(" in (ROOT / "test/cycle" / file).read_text()
