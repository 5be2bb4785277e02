"""A worker that records a run with plain psycopg and the SQL functions.

    pip install psycopg
    PGDATABASE=mydb python examples/worker_psycopg.py

Connects as the libpq variables say; any member of workflow_app may run it. What it prints is in
worker_psycopg.out.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

BEGAN = datetime(2025, 1, 14, 10, 30, tzinfo=timezone.utc)


def use_organisation(connection: psycopg.Connection[Any], org_id: uuid.UUID) -> None:
    """Row level security compares with this setting; it ends with the transaction."""
    connection.execute(
        sql.SQL("set local app.current_org_id = {}").format(sql.Literal(str(org_id)))
    )


def main() -> None:
    """Records one run with one step, then searches for it."""
    org_id, workflow_id, created_by = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()

    # Without prepared statements, which a pooler in transaction mode does not keep.
    with psycopg.connect(row_factory=dict_row, prepare_threshold=None) as connection:
        with connection.transaction():
            use_organisation(connection, org_id)
            connection.execute(
                """
                insert into user_workflow_config
                    (org_id, workflow_id, name, config_type, config_data, created_by)
                values (%s, %s, 'portal', 'limits', '{"timeout_ms": 3000}', %s)
                """,
                (org_id, workflow_id, created_by),
            )

        with connection.transaction():
            use_organisation(connection, org_id)
            # Takes all active configurations with it, as they are now.
            run = connection.execute(
                "select * from start_run(%s, 'web', %s, context => %s)",
                (workflow_id, created_by, Jsonb({"correlation_id": "xyz789"})),
            ).fetchone()
            assert run is not None
            step = connection.execute(
                """
                insert into user_workflow_run_step (run_id, node_id, step_number, status)
                values (%s, %s, 1, 'running')
                returning step_id
                """,
                (run["run_id"], uuid.uuid4()),
            ).fetchone()
            assert step is not None

        with connection.transaction():
            use_organisation(connection, org_id)
            connection.execute(
                "select add_event(%s, 'page_loaded', %s, %s)",
                (step["step_id"], Jsonb({"load_time_ms": 1234}), BEGAN),
            )
            # Many at once: the array is written once.
            clicks = [
                {
                    "type": "element_clicked",
                    "timestamp": (BEGAN + timedelta(seconds=second)).isoformat(),
                    "data": {"selector": "#submit"},
                }
                for second in range(1, 4)
            ]
            connection.execute("select add_events(%s, %s)", (step["step_id"], Jsonb(clicks)))
            connection.execute(
                """
                select add_screenshot(
                    %s, 's3://bucket/screenshot1.png', action => 'click_submit', "timestamp" => %s
                )
                """,
                (step["step_id"], BEGAN + timedelta(seconds=4)),
            )
            connection.execute("select add_endpoint(%s, 7)", (run["run_id"],))
            connection.execute("select add_context(%s, 'attempt', '1')", (run["run_id"],))

        with connection.transaction():
            use_organisation(connection, org_id)
            found = connection.execute(
                """
                select r.status, r.context, r.endpoints_used, r.config_snapshot, s.events,
                    s.screenshots
                from user_workflow_run as r
                inner join user_workflow_run_step as s on s.run_id = r.run_id
                where r.context @> '{"correlation_id": "xyz789"}'
                """
            ).fetchall()
            assert len(found) == 1
            print("status:   ", found[0]["status"])
            print("context:  ", found[0]["context"])
            print("endpoints:", found[0]["endpoints_used"])
            for config in found[0]["config_snapshot"]:
                print("config:   ", config["name"], config["config_data"])
            for event in found[0]["events"]:
                print("event:    ", event["type"], event["data"])
            for screenshot in found[0]["screenshots"]:
                print("picture:  ", screenshot["action"], screenshot["url"])

        with connection.transaction():
            # No organisation, nothing to see.
            seen = connection.execute(
                "select count(*) from user_workflow_run where run_id = %s", (run["run_id"],)
            ).fetchone()
            assert seen is not None
            print("without an organisation:", seen["count"], "runs")


if __name__ == "__main__":
    main()
