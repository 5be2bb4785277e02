-- Revert workflow_consolidation:cut_over from pg
--
-- Writes since the cut-over, through old names or new, are carried back to the old tables: in
-- batches while the applications run, the rest under the locks.

select consolidation.is_reverted('cut_over') as reverted \gset
\if :reverted
\quit
\endif

call consolidation.cut_back();

delete from consolidation.deployed_change where change = 'cut_over';
