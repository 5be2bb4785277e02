"""What docs/old-names.md says that no view can do, and the way out of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import connect, database, psql
from helpers_cycle import one, sqlstate
from helpers_histories import TRIED_LIMITS

TENANT = "set role workflow_app; select use_organisation('00000000-0000-4000-8000-000000000001')"


def test_statements_that_a_view_cannot_take(deployed_template: str) -> None:
    with database(deployed_template) as name, connect(name) as connection:
        for words, code, statement in TRIED_LIMITS:
            connection.execute("begin")
            connection.execute("declare one cursor for select * from workflow_trace")
            connection.execute("fetch one")
            assert sqlstate(connection, statement) == code, words
            connection.execute("rollback")


def test_a_reflection_finds_no_key(deployed_template: str) -> None:
    keys = "select count(*) from pg_constraint where conrelid = 'workflow_trace'::regclass"
    with database(deployed_template) as name, connect(name) as connection:
        assert one(connection, keys) == 0


def test_a_replica_changes_nothing_through_the_names_of_elements(deployed_template: str) -> None:
    count = "select count(*) from workflow_events where trace_id = 1"
    with database(deployed_template) as name, connect(name) as connection:
        before = one(connection, count)
        connection.execute("set session_replication_role = replica")
        assert connection.execute("delete from workflow_events where trace_id = 1").rowcount > 0
        assert one(connection, count) == before > 0
        # The way out: the document, whose triggers always fire.
        connection.execute(
            "update user_workflow_run_step set events = '[]' where run_id = "
            "(select run_id from user_workflow_run where legacy_trace_id = 1)"
        )
        assert one(connection, count) < before
        assert one(connection, "select count(*) from consolidation.change where trace_id = 1") == 1


def test_only_a_superuser_copies_into_a_document_table(
    deployed_template: str, tmp_path: Path
) -> None:
    script = tmp_path / "copy.sql"
    copy = "copy user_workflow_config (name) from stdin;\n\\.\n"
    with database(deployed_template) as name:
        script.write_text(copy)
        psql(name, f"--file={script}")
        script.write_text(f"{TENANT};\n\\set VERBOSITY verbose\n{copy}")
        refused = psql(name, f"--file={script}", check=False)
        assert refused.returncode != 0
        assert "0A000: COPY FROM not supported with row-level security" in refused.stderr


@pytest.mark.parametrize(
    "way_out",
    [
        "select trace_id, status, count(*) from workflow_trace group by trace_id, status",
        "select * from find_event(1)",
        "select legacy_trace_id, xmin, tableoid from user_workflow_run tablesample system (10)",
        "select nextval('workflow_trace_trace_id_seq')",
    ],
)
def test_ways_out(deployed_template: str, way_out: str) -> None:
    with database(deployed_template) as name, connect(name) as connection:
        assert sqlstate(connection, way_out) is None
