"""SQLAlchemy models of workflow runs and their steps, whose helpers never lose a change.

    with Session() as session, organisation(session, org_id), session.begin():
        run = UserWorkflowRun(workflow_id=…, org_id=org_id, channel="web", created_by=…)
        step = UserWorkflowRunStep(run=run, node_id=…, step_number=1)
        session.add(run)
        run.add_context("correlation_id", "xyz789")
        step.add_event("page_loaded", {"load_time_ms": 1234})

See ``UserWorkflowRun`` and ``UserWorkflowRunStep`` for the helpers, ``organisation`` and
``follow_organisation`` for row level security, ``find_runs``, ``find_steps``, ``find_event`` and
``get_run`` for searches.
"""

from user_workflow.models import (
    FINISHED,
    Base,
    UserWorkflowCacheState,
    UserWorkflowConfig,
    UserWorkflowRun,
    UserWorkflowRunStep,
)
from user_workflow.scope import follow_organisation, organisation
from user_workflow.search import find_event, find_runs, find_steps, get_run

__all__ = [
    "FINISHED",
    "Base",
    "UserWorkflowCacheState",
    "UserWorkflowConfig",
    "UserWorkflowRun",
    "UserWorkflowRunStep",
    "find_event",
    "find_runs",
    "find_steps",
    "follow_organisation",
    "get_run",
    "organisation",
]
