"""Processes that write the same rows at the same time lose nothing.

By default 8 processes with 50 calls each; USER_WORKFLOW_FULL=1 makes it 250.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy.orm import Session

from support import ENVIRONMENT, stored_step
from user_workflow import UserWorkflowRun

PROCESSES = 8
CALLS = 250 if os.environ.get("USER_WORKFLOW_FULL") else 50

WRITER = """
import sys
from uuid import UUID
from sqlalchemy.orm import Session
from support import NORTH, new_engine
from user_workflow import UserWorkflowRun, UserWorkflowRunStep, organisation

database, step_id, run_id, writer, calls = sys.argv[1:]
engine = new_engine(database)
print("ready", flush=True)
sys.stdin.readline()
with Session(engine) as session, organisation(session, NORTH):
    step = session.get(UserWorkflowRunStep, UUID(step_id))
    run = session.get(UserWorkflowRun, UUID(run_id))
    for number in range(int(calls)):
        step.add_event("tick", {"writer": int(writer), "number": number})
        session.commit()
        run.add_context(f"{writer}:{number}", number)
        run.add_endpoint(number)
        session.commit()
"""


def test_processes_lose_nothing(shared: str, session: Session) -> None:
    step = stored_step(session)
    step_id, run_id = step.step_id, step.run_id
    session.commit()
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, shared, str(step_id), str(run_id), str(writer),
             str(CALLS)],
            cwd=Path(__file__).parent, env=ENVIRONMENT, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True,
        )
        for writer in range(PROCESSES)
    ]  # fmt: skip
    for process in writers:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in writers:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in writers:
        process.communicate(timeout=300)
        assert process.returncode == 0

    expected = [(writer, number) for writer in range(PROCESSES) for number in range(CALLS)]
    run = session.get(UserWorkflowRun, run_id)
    assert run is not None
    events = [(event["data"]["writer"], event["data"]["number"]) for event in step.events or ()]
    assert sorted(events) == expected
    # Each writer's in its order.
    for writer in range(PROCESSES):
        assert [number for one, number in events if one == writer] == list(range(CALLS))
    assert run.context == {f"{writer}:{number}": number for writer, number in expected}
    assert sorted(run.endpoints_used or ()) == list(range(CALLS))
    print(
        f"{PROCESSES} processes x {CALLS} calls: {len(events)} events, {len(run.context)} keys, "
        f"{run.endpoint_count} endpoints"
    )
