-- Deploy workflow_contract:drop_old_tables to pg
--
-- Why:    the space, and the work of keeping the old tables near. From here on the old names still
--         work, but the way back takes as long as writing the old tables again. Not one
--         transaction: the procedure catches up and proves equality first, in batches that commit;
--         the drop itself is one transaction. Deployed again after a failure, it goes on.
-- Locks:  access exclusive on the old tables, which no application uses, and for some milliseconds
--         on the document tables, whose capture ends; in attempts of 40 ms.
-- Revert: builds the old tables again, as they were, and fills them from the documents.

select consolidation.is_deployed('drop_old_tables') as deployed \gset
\if :deployed
\quit
\endif

call consolidation.drop_old_tables();

call consolidation.note_deployed('drop_old_tables');
