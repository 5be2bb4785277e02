"""Sqitch dies between a script and its record: the same command again finishes the job."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from conftest import ENVIRONMENT, ROOT, connect, psql, run, sqitch
from helpers_cycle import PLAN, SIX, Connection, all_rows, differences, one, wait_until


def scripts(name: str, kind: str, changes: list[str]) -> None:
    """Executes scripts as Sqitch does, one psql each, without recording anything."""
    for change in changes:
        psql(name, f"--file={kind}/{change}.sql")


def deployed_changes(name: str) -> int:
    """How many changes Sqitch has on record."""
    with connect(name) as connection:
        return int(one(connection, "select count(*) from sqitch.changes"))


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[str]]:
    """A command in the background."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def waits_in_is_deployed(observer: Connection) -> bool:
    """Whether a script waits for another one to end."""
    return bool(
        one(
            observer,
            """
            select exists (
                select from pg_stat_activity
                where query ~ 'is_deployed' and wait_event = 'PgSleep'
                and datname = current_database()
            )
            """,
        )
    )


def test_no_deploy_script_was_recorded(legacy: str) -> None:
    scripts(legacy, "deploy", PLAN[1:])
    assert deployed_changes(legacy) == 1

    sqitch(legacy, "deploy")
    assert deployed_changes(legacy) == len(PLAN)
    sqitch(legacy, "verify")
    with connect(legacy) as connection:
        assert one(connection, "select count(*) from user_workflow_run") > 0
        assert differences(connection) == []


def test_no_revert_script_was_recorded(deployed: str, legacy: str) -> None:
    with connect(legacy) as connection:
        before = all_rows(connection)
    scripts(deployed, "revert", PLAN[: PLAN.index("move/scripts") : -1])
    assert deployed_changes(deployed) == len(PLAN)

    sqitch(deployed, "revert", "-y", "--to", "move/scripts")
    scripts(deployed, "revert", ["move/scripts"])
    sqitch(deployed, "revert", "-y", "--to", "@baseline")
    assert deployed_changes(deployed) == 1
    with connect(deployed) as connection:
        assert all_rows(connection) == before


def test_a_created_baseline_was_not_recorded(empty: str) -> None:
    psql(empty, "--file=deploy/baseline.sql")
    sqitch(empty, "deploy", "--to", "@baseline")
    assert deployed_changes(empty) == 1


@pytest.mark.parametrize(
    ("phase", "recorded", "unrecorded"),
    [
        ("legacy", "documents/iso8601", "access/current_org_id"),
        ("carried_over", "search_indexes", "cut_over"),
    ],
)
def test_a_revert_names_the_change_that_was_not_recorded(
    request: pytest.FixtureRequest, phase: str, recorded: str, unrecorded: str
) -> None:
    name = request.getfixturevalue(phase)
    sqitch(name, "deploy", "--to", recorded)
    scripts(name, "deploy", [unrecorded])
    result = sqitch(name, "revert", "-y", "--to", "@baseline", check=False)
    assert result.returncode != 0
    assert f"{recorded} cannot be reverted before {unrecorded}" in result.stdout + result.stderr
    assert f"sqitch deploy --to {unrecorded} records it" in result.stdout + result.stderr

    sqitch(name, "deploy", "--to", unrecorded)
    sqitch(name, "revert", "-y", "--to", "@baseline")


def test_the_names_are_swapped_and_nothing_says_so(carried_over: str) -> None:
    # The procedure committed, and the script did not get to its last line.
    with connect(carried_over) as connection:
        connection.execute("call consolidation.cut_over()")
    result = sqitch(carried_over, "revert", "-y", "--to", "@expand", check=False)
    assert result.returncode != 0
    assert "search_indexes cannot be reverted before cut_over" in result.stdout + result.stderr

    sqitch(carried_over, "deploy")
    sqitch(carried_over, "revert", "-y", "--to", "@expand")


def test_a_script_that_outlived_its_sqitch_is_waited_for(expand: str) -> None:
    """Both would build the same keys: the second waits, then finds them built."""
    with connect(expand) as reader, connect(expand) as observer:
        sqitch(expand, "deploy", "--to", "carry_over")
        # The first cannot end before this transaction does.
        reader.execute("begin")
        reader.execute("lock table public.user_workflow_run_step in access share mode")
        first = subprocess.Popen(
            ("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--dbname={expand}"),
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            text=True,
        )
        assert first.stdin is not None
        with first.stdin as script:
            script.write((ROOT / "deploy/step_keys.sql").read_text().replace("'2s'", "0"))
        wait_until(
            lambda: bool(
                one(
                    observer,
                    "select exists (select from pg_stat_activity "
                    "where query ~ 'alter table' and wait_event_type = 'Lock' "
                    "and datname = current_database())",
                )
            ),
            "the first script runs",
        )
        with running("sqitch", "deploy", "--to", "step_keys", f"db:pg:{expand}") as second:
            wait_until(lambda: waits_in_is_deployed(observer), "the second waits")
            reader.execute("commit")
            assert second.stdout is not None
            said = second.stdout.read()
            assert second.wait() == 0, said
        assert first.wait() == 0
        assert "waiting for a script that outlived its Sqitch (pid" in said
        assert ", role " in said
        assert ", application " in said


def test_the_old_tables_were_dropped_and_nothing_says_so(deployed: str) -> None:
    psql(deployed, "--file=contract/deploy/drop_old_tables.sql")
    contract = ("sqitch", "-C", "contract")
    run(*contract, "deploy", "--to", "drop_old_tables", f"db:pg:{deployed}")
    psql(deployed, "--file=contract/revert/drop_old_tables.sql")
    run(*contract, "revert", "-y", f"db:pg:{deployed}")
    with connect(deployed) as connection:
        assert differences(connection) == []
        assert all(one(connection, f"select count(*) from legacy.{t}") > 0 for t in SIX)

    run(*contract, "deploy", "--to", "drop_old_tables", f"db:pg:{deployed}")
    psql(deployed, "--file=contract/deploy/drop_old_names.sql")
    run(*contract, "deploy", f"db:pg:{deployed}")
    with connect(deployed) as connection:
        assert one(connection, "select to_regnamespace('consolidation') is null")


def test_a_deploy_that_stopped_between_two_indexes_goes_on_with_the_next(expand: str) -> None:
    sqitch(expand, "deploy", "--to", "step_keys")
    with connect(expand) as connection, connect(expand) as writer:
        # Its lock is in the way of the second index, which is on the steps.
        with writer.transaction():
            writer.execute("lock table user_workflow_run_step in row exclusive mode")
            result = sqitch(expand, "deploy", "--to", "search_indexes", check=False)
        assert result.returncode != 0
        assert "lock timeout" in result.stdout + result.stderr
        built = "select 'idx_run_context_gin'::regclass::oid, to_regclass('idx_step_events_gin')"
        (first, second) = connection.execute(built).fetchone() or (None, None)
        assert first
        assert second is None

        sqitch(expand, "deploy", "--to", "search_indexes")
        (now, second) = connection.execute(built).fetchone() or (None, None)
        assert now == first
        assert second is not None
