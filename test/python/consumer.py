"""What a consumer writes, for mypy (script/lint) and pyright. Nobody executes it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from user_workflow import (
    UserWorkflowRun,
    UserWorkflowRunStep,
    find_event,
    find_runs,
    find_steps,
    follow_organisation,
    get_run,
    organisation,
)


def work(session: Session, org_id: UUID) -> list[str]:
    with organisation(session, org_id):
        run: UserWorkflowRun = session.scalars(find_runs(status="failed")).one()
        step: UserWorkflowRunStep | None = session.scalars(find_steps()).first()
        got = session.scalar(get_run(run.run_id))
        for run_id, step_id, place, event in session.execute(find_event(5)):
            assert isinstance(place, int)
            assert isinstance(run_id, UUID)
            assert step_id is None or event
        run.add_context("a", 1)
        run.steps[0].add_event("b", {"c": [1]})
        follow_organisation(session, lambda: org_id)
        return [str(got["run_id"]) if got else "", str(step.step_number if step else run.status)]


async def wait(session: AsyncSession, org_id: UUID) -> UUID:
    async with organisation(session, org_id):
        return (await session.scalars(find_runs(context={"a": 1}))).one().run_id
