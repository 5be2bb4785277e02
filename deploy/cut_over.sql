-- Deploy workflow_consolidation:cut_over to pg
--
-- Why:    the old names become views of the documents. The script is not one transaction: the
--         procedure first checks and catches up, then tries for the locks again and again, each
--         time for 40 ms. The swap itself is one transaction. After a failure the next deploy goes
--         on.
-- Locks:  access exclusive on the eight tables, and on tables that foreign keys connect with them,
--         while the catalog changes. The script says how long that was.
-- Revert: makes the old names tables again, with everything written since.

select consolidation.is_deployed('cut_over') as deployed \gset
\if :deployed
\quit
\endif

call consolidation.cut_over();

call consolidation.note_deployed('cut_over');
