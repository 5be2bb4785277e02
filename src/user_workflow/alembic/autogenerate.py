"""What autogenerate leaves to the Sqitch plan."""

from __future__ import annotations

from typing import Any

from user_workflow.models import Base

# The schemas of the move, those of the records, and the tables in each phase: the eight old ones
# before the cut-over, those of the models, which the plan creates and changes.
_SCHEMAS = {"consolidation", "legacy", "workflow_consolidation", "sqitch"}
_TABLES = {
    *Base.metadata.tables,
    "user_workflow_owner",
    "workflow_trace",
    "workflow_steps",
    "workflow_events",
    "workflow_trace_screenshot",
    "workflow_trace_context",
    "workflow_trace_endpoint",
    "workflow_configs",
    "micro_state",
}


def include_object(
    object: Any,
    name: str | None,  # noqa: ARG001
    type_: str,
    reflected: bool,  # noqa: ARG001
    compare_to: Any,  # noqa: ARG001
) -> bool:
    """For ``context.configure(include_object=…)``: what Alembic may compare.

    The tables of this package are changed by its plan, not by generated revisions: columns that
    only the old names need, comments, and the tables of a phase of the move are no news.

    Args:
        object: A table, column, index or constraint.
        name: Its name.
        type_: ``table``, ``column`` …
        reflected: Whether it comes from the database.
        compare_to: What it is compared to.
    """
    table = object if type_ == "table" else getattr(object, "table", None)
    if table is None:
        return True
    schema = table.schema or "public"
    return schema not in _SCHEMAS and not (schema == "public" and table.name in _TABLES)
