"""script/assess: the answer before the first change. It changes nothing and makes nobody wait."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from conftest import ENVIRONMENT, ROOT, connect, database, psql, run, sqitch
from helpers_cycle import SIX, execute_script, one, roles, shrink
from test_refusals import nothing_changes


@pytest.fixture(scope="module")
def unknown_template() -> Iterator[str]:
    """The eight tables with two runs, of which Sqitch knows nothing."""
    with database() as name:
        psql(name, "--file=deploy/baseline.sql")
        with connect(name) as connection:
            shrink(connection)
        yield name


@pytest.fixture
def unknown(unknown_template: str) -> Iterator[str]:
    """A copy of that."""
    with database(unknown_template) as name:
        yield name


def assess(*arguments: str) -> tuple[int, str, str]:
    """Exit status, page and errors."""
    result = run("./script/assess", *arguments, check=False)
    return result.returncode, result.stdout, result.stderr


def report(name: str) -> dict[str, Any]:
    """What it says, for machines."""
    found: dict[str, Any] = json.loads(assess("--json", name)[1])
    return found


class Watch:
    """Which locks other sessions hold on, or wait for at, relations of a database."""

    def __init__(self, name: str) -> None:
        self.modes: set[tuple[str, str]] = set()
        self.refused: set[str] = set()
        self._name = name
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        with connect(self._name) as connection:
            while not self._stop.is_set():
                self.modes.update(
                    connection.execute(
                        """
                        select c.relname::text, l.mode
                        from pg_locks as l
                        inner join pg_class as c on c.oid = l.relation
                        where l.pid <> pg_backend_pid()
                        and l.database = (
                            select oid from pg_database where datname = current_database()
                        )
                        and c.relnamespace = 'public'::regnamespace
                        """
                    ).fetchall()
                )

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(10)


def test_it_changes_nothing_and_takes_no_lock_that_a_writer_waits_for(unknown: str) -> None:
    """Seen from another session all the while; every old table is read."""
    with connect(unknown) as connection, nothing_changes(connection):
        before = connection.execute("select * from pg_class where relname !~ '^pg_'").fetchall()
        with Watch(unknown) as watch:
            status, page, _ = assess(unknown)
        assert status == 0, page
        assert page.endswith("\nA deploy will go through.\n")
        found = {(name, mode) for name, mode in watch.modes if name in SIX}
        assert found == {(name, "AccessShareLock") for name in SIX}
        # Not even privileges, for which a row of pg_class is written anew.
        after = connection.execute("select * from pg_class where relname !~ '^pg_'").fetchall()
        assert sorted(map(str, after)) == sorted(map(str, before))


def test_a_writer_does_not_hold_it_up(unknown: str) -> None:
    """One that has written to every table and goes on to hold its locks."""
    with connect(unknown, autocommit=False) as writer:
        for name in SIX:
            writer.execute(f"lock table {name} in row exclusive mode")
        status, page, _ = assess(unknown)
        writer.rollback()
    assert status == 0, page


@pytest.mark.parametrize("arguments", [("--yaml",), ("one", "two"), ("--json", "one", "two")])
def test_wrong_usage_is_another_status_than_a_refusal(arguments: tuple[str, ...]) -> None:
    status, page, said = assess(*arguments)
    assert (status, page) == (2, "")
    assert "usage: ./script/assess [--json] [DATABASE]" in said


def test_a_database_that_cannot_be_reached_has_no_answer() -> None:
    status, page, said = assess("there_is_no_such_database")
    assert (status, page) == (2, "")
    assert "does not exist" in said
    assert "nothing was changed" in said


def test_an_empty_database_is_not_the_one(empty: str) -> None:
    """The deploy creates the tables there; who assesses has another database in mind."""
    status, page, _ = assess(empty)
    assert status == 1
    assert page.count("is missing or not an ordinary table") == 8


def test_page_and_json_say_the_same(unknown: str) -> None:
    psql(unknown, "--command=alter table workflow_trace_context add severity text")
    psql(unknown, "--command=create view running as select status from workflow_trace")
    status, page, _ = assess(unknown)
    found = report(unknown)
    assert status == 1
    assert found["refused"] == 1
    assert found["will_go_through"] is False
    for finding in found["findings"]:
        assert f"  {finding['kind']} {finding['object']}\n      {finding['consequence']}" in page
        if finding["remedy"]:
            assert f"\n      -> {finding['remedy']}" in page
    assert {table["name"] for table in found["tables"]} >= set(SIX)


def test_at_expand_it_knows_what_was_accepted(expand: str) -> None:
    """It asks the preflight that is there; after the cut-over nothing is left to ask."""
    with connect(expand) as connection:
        execute_script(
            connection,
            """
            create function rest() returns trigger language plpgsql as 'begin return new; end';
            create trigger rest before insert on workflow_steps
            for each row execute function rest();
            """,
        )
        with nothing_changes(connection):
            assert assess(expand)[0] == 1
        connection.execute(
            "insert into consolidation.accepted (kind, object, reason) "
            "values ('trigger', 'rest on workflow_steps', 'it does nothing')"
        )
        status, page, _ = assess(expand)
        assert status == 0
        assert "\nAccepted:\n  trigger rest on workflow_steps\n" in page
        sqitch(expand, "deploy")
        with nothing_changes(connection):
            assert assess(expand)[0] == 0


SETTINGS = {
    "default_transaction_read_only": "on",
    "idle_in_transaction_session_timeout": "'5s'",
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_that_stops_sqitch_is_refused(
    unknown: str, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exported as it is printed, what the remedy says lets a deploy through."""
    psql("postgres", f"--command=alter database {unknown} set {setting} = {SETTINGS[setting]}")
    monkeypatch.setitem(ENVIRONMENT, "PGOPTIONS", "")
    status, page, _ = assess(unknown)
    assert status == 1
    remedy = re.search(rf"setting {setting} = .*\n.*\n +-> export PGOPTIONS='(.*)'\n", page)
    assert remedy is not None, page
    monkeypatch.setitem(ENVIRONMENT, "PGOPTIONS", remedy[1])
    assert assess(unknown)[0] == 0
    sqitch(unknown, "deploy", "--log-only", "--verify", "--to", "@baseline")


def test_an_event_trigger_that_would_fail_is_found_before(unknown: str) -> None:
    """It is fired by the very statements of the deploy; the remedy is executed as it is printed."""
    with connect(unknown) as connection:
        execute_script(
            connection,
            """
            create table ddl_log (tag text);
            create function log_ddl() returns event_trigger language plpgsql as
            'begin insert into ddl_log values (tg_tag); end';
            create event trigger log_ddl on ddl_command_end execute function log_ddl();
            """,
        )
        status, page, _ = assess(unknown)
        assert status == 1
        assert 'relation "ddl_log" does not exist' in page
        remedy = re.search(r"(alter function public\.log_ddl\(\) .*?;)", page)
        assert remedy is not None, page
        connection.execute(remedy[1])
        assert assess(unknown)[0] == 0
        assert one(connection, "select count(*) from ddl_log") == 1
        sqitch(unknown, "deploy", "--log-only", "--verify", "--to", "@baseline")
        sqitch(unknown, "deploy", "--to", "@expand")


def test_an_owner_that_is_no_superuser_gets_the_answer(unknown_template: str) -> None:
    """And one that owns nothing is told what it lacks."""
    with (
        roles("drift_owner", options="login createrole"),
        roles("drift_guest", options="login createrole"),
        database(unknown_template) as name,
    ):
        with connect(name) as connection:
            connection.execute(f"alter database {name} owner to drift_owner")
            connection.execute("alter schema public owner to drift_owner")
            for (table,) in connection.execute(
                "select oid::regclass::text from pg_class "
                "where relnamespace = 'public'::regnamespace and relkind = 'r'"
            ).fetchall():
                connection.execute(f"alter table {table} owner to drift_owner")
            if one(connection, "select current_setting('server_version_num')::int >= 160000"):
                connection.execute("grant workflow_app, workflow_maintenance to drift_owner")
        status, page, said = assess_as("drift_owner", name)
        assert status == 0, page + said
        status, page, said = assess_as("drift_guest", name)
        assert status == 1, page + said
        assert "belongs to drift_owner, and drift_guest is not a member of it" in page
        assert f"grant create on database {name} to drift_guest;" in page


def assess_as(role: str, name: str) -> tuple[int, str, str]:
    """As another role."""
    before = ENVIRONMENT.get("PGUSER")
    ENVIRONMENT["PGUSER"] = role
    try:
        return assess(name)
    finally:
        if before is None:
            del ENVIRONMENT["PGUSER"]
        else:
            ENVIRONMENT["PGUSER"] = before


# The names and signatures that the comparison lists are those that a deploy creates.


def test_the_names_that_are_looked_for_are_those_that_a_deploy_takes(deployed: str) -> None:
    script = (ROOT / "verify/baseline.sql").read_text()
    with connect(deployed) as connection:
        relations = {
            name
            for (name,) in connection.execute(
                """
                select c.relname::text from pg_class as c
                where c.relnamespace = 'public'::regnamespace
                and c.relname !~ '^(workflow_|micro_state)'
                """
            )
        }
        functions = set(
            connection.execute(
                """
                select p.proname::text, min(p.pronargs - p.pronargdefaults)::int,
                    max(case when p.provariadic <> 0 then 100 else p.pronargs end)::int
                from pg_proc as p
                where p.pronamespace = 'public'::regnamespace
                group by p.proname
                """
            ).fetchall()
        )
    assert set(re.findall(r"\('relation', '(\w+)', null, null\)", script)) == relations
    assert {
        (name, int(fewest), int(most))
        for name, fewest, most in re.findall(r"\('function', '(\w+)', (\d+), (\d+)\)", script)
    } == functions


# The page ----------------------------------------------------------------------------------------

EXAMPLE = """
    create type trace_status as enum ('pending', 'running', 'failed');
    alter table workflow_trace alter status drop default;
    alter table workflow_trace alter status type trace_status using status::trace_status;
    alter table workflow_trace_context add severity text;
    alter table workflow_trace alter config_snapshot type json;
    create function get_context(bigint, text) returns jsonb language sql return null::jsonb;
    create table user_workflow_config (id integer);
    create view running as select trace_id, status from workflow_trace where status = 'running';
    update workflow_trace set channel = null where trace_id = 2;
    create function count_event() returns trigger language plpgsql as 'begin return new; end';
    create trigger count_event before insert on workflow_events
    for each row execute function count_event();
"""


def without_figures(text: str) -> list[str]:
    """Lines without the name of the database, the version, sizes and times."""
    text = re.sub(r"^Database .*", "Database", text, flags=re.MULTILINE)
    text = re.sub(
        r"^  .* (old rows in|of WAL|for the documents|for the backfill).*",
        r"  \1",
        text,
        flags=re.MULTILINE,
    )
    return text.strip().splitlines()


def test_the_page_shows_what_it_prints(unknown: str) -> None:
    with connect(unknown) as connection:
        execute_script(connection, EXAMPLE)
    status, page, _ = assess(unknown)
    assert status == 1
    text = (ROOT / "docs/adopting.md").read_text()
    (shown,) = re.findall(r"^    \$ \./script/assess mydb\n((?:    .*\n|\n)+)", text, re.MULTILINE)
    assert without_figures(re.sub(r"^    ", "", shown, flags=re.MULTILINE)) == without_figures(page)
