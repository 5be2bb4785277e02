-- Deploy workflow_contract:drop_old_tables to pg
--
-- Why:    dropping the old tables saves their space, and the work of keeping them up to date. From
--         here on the old names still work, but a revert takes as long as writing the old tables
--         again. The script is not one transaction: the procedure first catches up and proves
--         equality, in batches that commit. The drop itself is one transaction. After a failure the
--         next deploy goes on.
-- Locks:  access exclusive on the old tables, which no application uses, and for some milliseconds
--         on the document tables, whose capture ends; in attempts of 40 ms.
-- Revert: builds the old tables again, as they were, and fills them from the documents.

select consolidation.is_deployed('drop_old_tables') as deployed \gset
\if :deployed
\quit
\endif

call consolidation.drop_old_tables();

call consolidation.note_deployed('drop_old_tables');
