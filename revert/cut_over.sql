-- Revert workflow_consolidation:cut_over from pg
--
-- What was written since the cut-over, through old names or new, is carried back to the old tables:
-- in batches while the applications run, the rest under the locks.

call consolidation.cut_back();
