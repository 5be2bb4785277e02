"""A worker written for the eight old tables. It goes on as it is: the old names are views now.

    pip install psycopg
    PGDATABASE=mydb python examples/old_names.py

Connects as the libpq variables say; any member of workflow_app may run it. What it prints is in
old_names.out.
"""

from __future__ import annotations

import uuid

import psycopg
from psycopg.types.json import Jsonb


def main() -> None:
    """Records one run under the old names, changes it, and reads it under both."""
    # Without prepared statements, which a pooler in transaction mode does not keep.
    with psycopg.connect(prepare_threshold=None) as connection:
        org_id, node_id = uuid.uuid4(), uuid.uuid4()
        # The one thing that is new where row level security applies to the role.
        connection.execute("select set_config('app.current_org_id', %s, true)", (str(org_id),))

        row = connection.execute(
            """
            insert into workflow_trace (org_id, workflow_id, channel, status, created_by)
            values (%s, %s, 'web', 'running', %s)
            returning trace_id, success
            """,
            (org_id, uuid.uuid4(), uuid.uuid4()),
        ).fetchone()
        assert row is not None
        trace_id, success = row
        print("a new run has the defaults of the table: success is", success)

        row = connection.execute(
            """
            insert into workflow_steps (trace_id, step_number, node_id)
            values (%s, 1, %s)
            on conflict (trace_id, step_number) do update set status = 'repeated'
            returning step_id, status, retry_count
            """,
            (trace_id, node_id),
        ).fetchone()
        assert row is not None
        step_id = row[0]
        print("a new step:", row[1:])

        for event_type, data in (
            ("page_loaded", {"load_time_ms": 1234}),
            ("element_clicked", {"selector": "#submit"}),
        ):
            connection.execute(
                """
                insert into workflow_events (trace_id, step_id, event_type, event_data)
                values (%s, %s, %s, %s)
                """,
                (trace_id, step_id, event_type, Jsonb(data)),
            )
        connection.execute(
            """
            insert into workflow_trace_screenshot (
                trace_id, org_id, node_name, step_index, screenshot_url, action_description, node_id
            )
            values (%s, %s, 'login', 1, 's3://bucket/screenshot1.png', 'click_submit', %s)
            """,
            (trace_id, org_id, node_id),
        )
        connection.execute(
            "insert into workflow_trace_context (trace_id, key, value) values (%s, %s, %s)",
            (trace_id, "correlation_id", Jsonb("xyz789")),
        )
        connection.execute(
            "insert into workflow_trace_endpoint (trace_id, endpoint_id) values (%s, 7)",
            (trace_id,),
        )

        connection.execute(
            "update workflow_trace set status = 'completed', success = true where trace_id = %s",
            (trace_id,),
        )
        connection.execute(
            "delete from workflow_events where trace_id = %s and event_type = 'element_clicked'",
            (trace_id,),
        )
        try:
            with connection.transaction():
                connection.execute(
                    "insert into workflow_trace_endpoint (trace_id, endpoint_id) values (%s, 7)",
                    (trace_id,),
                )
        except psycopg.errors.UniqueViolation as error:
            print("the keys of the tables hold:", error.sqlstate)

        print("the five-join of the old documentation:")
        for row in connection.execute(
            """
            select t.status, s.step_number, e.event_type, sc.action_description, c.key, c.value
            from workflow_trace t
            left join workflow_steps s on t.trace_id = s.trace_id
            left join workflow_events e on s.step_id = e.step_id
            left join workflow_trace_screenshot sc on t.trace_id = sc.trace_id
            left join workflow_trace_context c on t.trace_id = c.trace_id
            where t.trace_id = %s
            """,
            (trace_id,),
        ):
            print(" ", *row)

        print("the same under the new names:")
        for row in connection.execute(
            """
            select r.status, s.step_number, s.events -> 0 ->> 'type',
                s.screenshots -> 0 ->> 'action', r.context, r.endpoints_used
            from user_workflow_run as r
            inner join user_workflow_run_step as s on s.run_id = r.run_id
            where r.legacy_trace_id = %s
            """,
            (trace_id,),
        ):
            print(" ", *row)


if __name__ == "__main__":
    main()
