"""consolidate_workflow_tables.sql: what sqitch deploy leaves, without Sqitch."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import (
    ROOT,
    connect,
    differences,
    execute,
    new_database,
    old_rows,
    run,
    schema,
    sqitch,
)

CHANGES = [
    line.split()[0]
    for line in (ROOT / "sqitch.plan").read_text().splitlines()
    if line and line[0] not in "%@#"
]


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built file."""
    path = tmp_path_factory.mktemp("bundle") / "consolidate_workflow_tables.sql"
    run("script/bundle", path)
    return path


def psql(database: str, file: Path, **environment: Any) -> subprocess.CompletedProcess[str]:
    """Runs the file as the documentation says: nothing but -d and -f."""
    return run("psql", "-d", database, "-f", file, check=False, **environment)


def said(result: subprocess.CompletedProcess[str]) -> str:
    return result.stdout + result.stderr


def section(text: str, change: str) -> tuple[int, int]:
    """Where the part of a change begins and ends in the file."""
    start = text.index(f"\n-- {change} ---")
    following = re.compile(r"\n\n\n-- \S+ -+\n").search(text, start + 1)
    return start, following.start() if following else len(text)


def test_the_file_is_built_the_same_to_a_path_and_to_stdout(file: Path) -> None:
    assert run("script/bundle").stdout == file.read_text(encoding="utf-8")
    for change in CHANGES:
        assert f"\\echo '  + {change}'" in file.read_text(encoding="utf-8")


def test_a_path_is_relative_to_where_the_caller_is(file: Path, tmp_path: Path) -> None:
    run(ROOT / "script/bundle", "here.sql", cwd=tmp_path)
    assert (tmp_path / "here.sql").read_bytes() == file.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["here.sql"]


def test_an_empty_database_becomes_what_sqitch_makes_of_it(
    file: Path, empty: str, schema_of_sqitch_empty: str
) -> None:
    # Text outside ASCII in comments and messages, whatever the terminal speaks.
    result = psql(empty, file, LC_ALL="C", PGCLIENTENCODING="LATIN1")
    assert result.returncode == 0, said(result)
    assert "  + baseline\n" in result.stdout
    assert schema(empty) == schema_of_sqitch_empty


def test_a_database_with_rows_is_adopted_consolidated_and_handed_to_sqitch(
    file: Path, legacy: str, schema_of_sqitch: str
) -> None:
    before = old_rows(legacy)

    # As a cautious administrator limits a role, and a psqlrc changes psql.
    result = psql(
        legacy,
        file,
        PGOPTIONS="-c statement_timeout=400 -c default_transaction_isolation=serializable "
        "-c idle_in_transaction_session_timeout=1000",
    )
    assert result.returncode == 0, said(result)
    assert "  = baseline: the tables are there\n" in result.stdout
    assert f"all {len(CHANGES)} changes are deployed and verified\n" in result.stdout
    # Result sets of the rules are nobody's business.
    assert "(1 row)" not in result.stdout
    assert differences(legacy) == []
    assert old_rows(legacy) == before
    assert schema(legacy) == schema_of_sqitch

    again = psql(legacy, file)
    assert again.returncode == 0, said(again)
    assert "  + " not in again.stdout
    assert again.stdout.count(": done before\n") == len(CHANGES)
    assert schema(legacy) == schema_of_sqitch

    # Sqitch takes over …
    sqitch(legacy, "deploy", "--log-only", "--verify")
    assert "Nothing to deploy" in said(sqitch(legacy, "status"))
    refused = psql(legacy, file)
    assert refused.returncode == 3
    assert "Sqitch manages this database" in refused.stderr
    assert f"up to {CHANGES[-1]}" in refused.stderr
    # … and goes back.
    sqitch(legacy, "revert", "-y", "--to", "@expand")
    assert old_rows(legacy) == before
    assert re.search(r"up to (?!cut_over)[\w/]+\n", psql(legacy, file).stderr)

    # A record of what Sqitch reverted since is no longer believed, once Sqitch is gone.
    sqitch(legacy, "revert", "-y", "--to", "@baseline")
    execute(legacy, "drop schema sqitch cascade")
    afresh = psql(legacy, file)
    assert afresh.returncode == 0, said(afresh)
    assert "beginning again" in afresh.stderr
    assert schema(legacy) == schema_of_sqitch


def test_killed_anywhere_it_goes_on_when_run_again(
    file: Path, legacy: str, schema_of_sqitch: str, tmp_path: Path
) -> None:
    text = file.read_text(encoding="utf-8")
    kill = "\nselect pg_terminate_backend(pg_backend_pid());\n"
    places: dict[str, Callable[[str], int]] = {
        # Made, verified, recorded, not committed.
        "access/roles": lambda part: part.rindex("commit;"),
        "mapping/keys": lambda part: part.rindex("commit;"),
        "move/queue": lambda part: part.rindex("commit;"),
        # In the middle of a script.
        "documents/user_workflow_run_step": lambda part: part.index("create trigger"),
        # At once after the commit.
        "move/backfill": lambda part: part.rindex("commit;") + len("commit;"),
        # What procedures committed, with and without what follows, not recorded.
        "carry_over": lambda part: part.index("analyze public.user_workflow_run;"),
        "search_indexes": lambda part: part.index("call workflow_consolidation.verify("),
        "cut_over": lambda part: part.index("begin;", part.index("call consolidation.cut_over")),
    }
    inside = tmp_path / "killed.sql"
    for change in sorted(places, key=CHANGES.index):
        start, end = section(text, change)
        at = start + places[change](text[start:end])
        inside.write_text(text[:at] + kill + text[at:], encoding="utf-8")
        result = psql(legacy, inside)
        assert result.returncode == 2, said(result)
        assert "terminating connection" in result.stderr
        assert f"  + {change}\n" in result.stdout, "it was not where it should be killed"

    result = psql(legacy, file)
    assert result.returncode == 0, said(result)
    # Applied but not recorded: finished by itself.
    assert "  = search_indexes: done before\n" in result.stdout
    assert "  + cut_over\n" in result.stdout
    assert schema(legacy) == schema_of_sqitch
    assert differences(legacy) == []


def test_an_error_or_a_finding_stops_it_and_leaves_nothing_half_done(
    file: Path, legacy: str, schema_of_sqitch: str
) -> None:
    # The 25th, 75th, 150th … command that defines something fails on the server, once.
    with connect(legacy) as connection:
        connection.execute("create sequence public.injected")
        connection.execute(
            """
            create function public.inject() returns event_trigger language plpgsql as $$
            begin
                if nextval('public.injected') in (25, 75, 150, 225, 300, 375) then
                    raise exception 'injected';
                end if;
            end
            $$
            """
        )
        connection.execute(
            "create event trigger inject on ddl_command_end execute function public.inject()"
        )
        connection.execute("update workflow_trace set status = null where trace_id = 1")
    failures = 0
    done: list[int] = []
    while (result := psql(legacy, file)).returncode == 3:
        assert len(re.findall("ERROR", result.stderr)) == 1
        done += [result.stdout.count(": done before")]
        if "injected" in result.stderr:
            failures += 1
            assert failures < 7
        else:
            assert "the preflight has 1 findings" in result.stderr
            assert result.stdout.endswith("  + carry_over\n")
            execute(legacy, "update workflow_trace set status = 'failed' where trace_id = 1")
    assert result.returncode == 0, said(result)
    assert failures == 6, "it hardly failed"
    assert len(done) == 7, "the finding was not met"
    assert done == sorted(done)
    execute(legacy, "drop event trigger inject")
    execute(legacy, "drop function public.inject()")
    execute(legacy, "drop sequence public.injected")
    assert schema(legacy) == schema_of_sqitch


def test_a_rule_that_does_not_hold_stops_it_by_name_and_undoes_the_change(
    file: Path, legacy: str, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.sql"
    text = file.read_text(encoding="utf-8")
    key = (
        "alter table public.user_workflow_run_step\n"
        "validate constraint user_workflow_run_step_run_id_fkey;\n"
    )
    assert key in text
    broken.write_text(text.replace(key, ""), encoding="utf-8")
    result = psql(legacy, broken)
    assert result.returncode == 3
    assert (
        "ERROR:  step_keys does not verify: it is not so that the unique and foreign keys of steps "
        "exist and are validated\nDETAIL:  Not so: user_workflow_run_step_run_id_fkey\n"
        in result.stderr
    )
    found = execute(
        legacy,
        "select to_regclass('public.user_workflow_run_org_id_run_id_key') is null, "
        "workflow_consolidation.state('step_keys')",
    )
    assert found == [(True, "deploy")]


def test_tables_that_are_not_the_baseline_are_refused_and_nothing_is_made(
    file: Path, legacy: str
) -> None:
    execute(legacy, "alter table workflow_steps drop column node_id")
    result = psql(legacy, file)
    assert result.returncode == 3
    assert "alter table public.workflow_steps add column node_id uuid" in result.stderr
    found = execute(
        legacy,
        "select to_regnamespace('consolidation') is null, "
        "(select count(*) from workflow_consolidation.change)",
    )
    assert found == [(True, 0)]


def test_it_waits_for_another_deployment(file: Path, empty: str, tmp_path: Path) -> None:
    text = file.read_text(encoding="utf-8")
    first = tmp_path / "first.sql"
    first.write_text(text[: text.index("\n-- move/schemas ---")], encoding="utf-8")
    with connect(empty) as connection:
        connection.execute("select pg_advisory_lock(75474063)")
        waited = threading.Event()

        def end() -> None:
            assert connection.execute("select to_regclass('workflow_trace')").fetchall() == [
                (None,)
            ]
            waited.set()
            connection.execute("select pg_advisory_unlock(75474063)")

        threading.Timer(0.7, end).start()
        result = psql(empty, first)
    assert waited.is_set()
    assert result.returncode == 0, said(result)
    assert execute(empty, "select to_regclass('workflow_trace')::text") == [("workflow_trace",)]


def test_a_schema_that_nobody_recorded_is_refused(file: Path, empty: str) -> None:
    execute(empty, "create schema consolidation")
    result = psql(empty, file)
    assert result.returncode == 3
    assert "nothing says how it was deployed" in result.stderr


def test_a_role_without_superuser_deploys_what_a_superuser_does(
    file: Path, legacy_template: str
) -> None:
    role = "workflow_consolidation_bundle_owner"
    execute("postgres", f"drop role if exists {role}")
    # The password that libpq takes from the environment, for whichever user.
    password = os.environ.get("PGPASSWORD", "")
    execute("postgres", f"create role {role} login createrole password '{password}'")
    try:
        with new_database(legacy_template) as name:
            execute(name, f"alter database {name} owner to {role}")
            # The database of the template belongs to the superuser; its tables change hands.
            execute(name, f"grant workflow_app, workflow_maintenance to {role} with admin option")
            execute(
                name,
                f"do $$ declare t regclass; begin for t in select oid from pg_class where "
                "relnamespace = 'public'::regnamespace and relkind = 'r' loop execute format("
                f"'alter table %s owner to {role}', t); end loop; execute "
                f"'alter schema public owner to {role}'; end $$",
            )
            result = psql(name, file, PGUSER=role)
            assert result.returncode == 0, said(result)
            assert differences(name) == []
    finally:
        execute("postgres", f"drop owned by {role}")
        execute("postgres", f"drop role {role}")
