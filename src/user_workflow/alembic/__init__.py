"""The consolidation as one Alembic revision, ``018_consolidate_workflow_tables``.

It executes the scripts of the Sqitch plan, the same that ``sqitch deploy`` executes. To put it into
an existing chain::

    python -m user_workflow.alembic migrations/versions --after 017_add_index
    alembic upgrade 018_consolidate_workflow_tables

The package itself holds no revision, so nothing is ever written into it.

``upgrade()`` commits what ran before it in the same command, as every revision with an autocommit
block does; set ``transaction_per_migration=True`` in ``env.py``. Failed halfway, it goes on where
it stopped when run again. ``downgrade()`` brings the old tables back with everything written since,
and refuses while the documents hold what those cannot.

Autogenerate leaves to the plan what is the plan's with ``include_object`` in ``env.py``::

    from user_workflow.alembic import include_object

    context.configure(connection=connection, target_metadata=…, include_object=include_object)
"""

from __future__ import annotations

from user_workflow.alembic.autogenerate import include_object
from user_workflow.alembic.revision import downgrade, upgrade

__all__ = ["downgrade", "include_object", "upgrade"]
