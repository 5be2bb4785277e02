-- Revert workflow_consolidation:carry_over from pg
--
-- The documents stay, and follow the old tables through the queue: deployed again, only what
-- changed is carried over, and what only the documents can hold is there again. They go with their
-- tables.

begin;
commit;
