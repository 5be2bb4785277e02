"""Consolidate the workflow tables: eight become two documents and two renamed ones.

Revision ID: 018_consolidate_workflow_tables
"""

from __future__ import annotations

import os

from user_workflow.alembic import downgrade, upgrade

__all__ = ["downgrade", "upgrade"]

revision = "018_consolidate_workflow_tables"
# In a copy of this file, write the revision before this one here.
down_revision = os.environ.get("USER_WORKFLOW_DOWN_REVISION")
branch_labels = None
depends_on = None
