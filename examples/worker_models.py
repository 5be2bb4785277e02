"""A worker that records a run with the models.

    pip install .
    PGDATABASE=mydb python examples/worker_models.py

Connects as the libpq variables say; any member of workflow_app may run it. What it prints is in
worker_models.out.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone

from sqlalchemy import create_engine, select
from sqlalchemy.orm import sessionmaker

from user_workflow import UserWorkflowRun, UserWorkflowRunStep, organisation

BEGAN = datetime(2025, 1, 14, 10, 30, tzinfo=timezone.utc)


def main() -> None:
    """Records one run of two steps, then reads it again."""
    # Without prepared statements, which a pooler in transaction mode does not keep.
    engine = create_engine("postgresql+psycopg://", connect_args={"prepare_threshold": None})
    new_session = sessionmaker(engine)
    org_id, run_id = uuid.uuid4(), uuid.uuid4()

    with new_session() as session, organisation(session, org_id), session.begin():
        run = UserWorkflowRun(
            run_id=run_id,
            workflow_id=uuid.uuid4(),
            org_id=org_id,
            channel="web",
            status="running",
            created_by=uuid.uuid4(),
            started_at=BEGAN,
        )
        run.add_context("correlation_id", "xyz789")
        run.add_context("retry_attempt", 0)
        run.add_endpoint(7)
        run.add_endpoint(7)

        login = UserWorkflowRunStep(run=run, node_id=uuid.uuid4(), step_number=1, status="running")
        session.add(run)  # and with it its steps
        login.add_event(
            "page_loaded", {"url": "https://example.com/login", "load_time_ms": 1234}, BEGAN
        )
        login.add_screenshot(
            url="s3://bucket/screenshot1.png",
            action="click_submit",
            selector="#submit-button",
            element_found=True,
            confidence=0.95,
            timestamp=BEGAN + timedelta(seconds=4),
        )

    # Another transaction, perhaps another process: everything it adds is one update of the step.
    with new_session() as session, organisation(session, org_id), session.begin():
        login = session.scalars(
            select(UserWorkflowRunStep).where(
                UserWorkflowRunStep.run_id == run_id, UserWorkflowRunStep.step_number == 1
            )
        ).one()
        for second in range(5, 8):
            login.add_event(
                "element_clicked", {"selector": "#submit"}, BEGAN + timedelta(seconds=second)
            )
        login.status = "completed"
        session.add(
            UserWorkflowRunStep(
                run=login.run, node_id=uuid.uuid4(), step_number=2, status="completed"
            )
        )
        login.run.add_context("claim_status", "paid")
        login.run.status = "completed"

    with new_session() as session, organisation(session, org_id):
        run = session.scalars(select(UserWorkflowRun)).one()
        print("status:      ", run.status)
        print("completed:   ", run.is_completed)
        print("successful:  ", run.is_successful)
        print("correlation: ", run.get_context("correlation_id"))
        print("claim status:", run.get_context("claim_status"))
        print("not set:     ", run.get_context("no such key", "a default"))
        print("endpoints:   ", list(run.endpoints_used or ()))
        for step in run.steps:
            print(f"step {step.step_number}:       {step.status}, {step.event_count} events")
            for event in step.events or ():
                print(f"  {event['timestamp']} {event['type']}")
            for screenshot in step.screenshots or ():
                print(f"  {screenshot['timestamp']} {screenshot['action']} {screenshot['url']}")

    with new_session() as session, organisation(session, uuid.uuid4()):
        print("another organisation sees:", session.get(UserWorkflowRun, run_id))


if __name__ == "__main__":
    main()
