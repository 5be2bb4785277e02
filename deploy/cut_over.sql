-- Deploy workflow_consolidation:cut_over to pg
--
-- Why:    the old names become views of the documents. Not one transaction: the procedure checks
--         and catches up first, then tries for the locks again and again, each time for 40 ms. The
--         swap itself is one transaction. Deployed again after a failure, it goes on.
-- Locks:  access exclusive on the eight tables, and what foreign keys connect with them, for as
--         long as the catalog changes take (it says how long that was).
-- Revert: makes the old names tables again, with everything written since.

select consolidation.is_deployed('cut_over') as deployed \gset
\if :deployed
\quit
\endif

call consolidation.cut_over();

call consolidation.note_deployed('cut_over');
