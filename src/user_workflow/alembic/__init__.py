"""The consolidation as one Alembic revision, ``018_consolidate_workflow_tables``.

It executes the scripts of the Sqitch plan, the same that ``sqitch deploy`` executes. Put it into an
existing chain in one of two ways:

* Copy ``versions/018_consolidate_workflow_tables.py`` into your ``versions`` directory and set
  ``down_revision`` to the revision before it.
* Leave it where it is, name it in ``alembic.ini``, and set ``USER_WORKFLOW_DOWN_REVISION`` in the
  environment wherever Alembic runs::

      version_locations = %(here)s/versions user_workflow.alembic:versions

Then ``alembic upgrade 018_consolidate_workflow_tables``.

``upgrade()`` commits what ran before it in the same command, as every revision with an autocommit
block does; set ``transaction_per_migration=True`` in ``env.py``. Failed halfway, it goes on where
it stopped when run again. ``downgrade()`` brings the old tables back with everything written since,
and refuses while the documents hold what those cannot.
"""

from __future__ import annotations

from user_workflow.alembic.revision import downgrade, upgrade

__all__ = ["downgrade", "upgrade"]
