"""SQLAlchemy models of workflow runs and their steps, whose helpers never lose a change.

    with Session() as session, organisation(session, org_id), session.begin():
        run = UserWorkflowRun(workflow_id=…, org_id=org_id, channel="web", created_by=…)
        step = UserWorkflowRunStep(run=run, node_id=…, step_number=1)
        session.add(run)
        run.add_context("correlation_id", "xyz789")
        step.add_event("page_loaded", {"load_time_ms": 1234})

See ``UserWorkflowRun`` and ``UserWorkflowRunStep`` for the helpers, ``organisation`` and
``follow_organisation`` for row level security.
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

__all__ = [
    "FINISHED",
    "Base",
    "UserWorkflowCacheState",
    "UserWorkflowConfig",
    "UserWorkflowRun",
    "UserWorkflowRunStep",
    "follow_organisation",
    "organisation",
]
