-- Deploy workflow_consolidation:carry_over to pg
--
-- Why:    carries the old rows over while the applications work. The script is not one transaction:
--         each batch commits. For several sessions or smaller batches call
--         consolidation.backfill(...) before; the script then finds the work done. If it is killed,
--         the next deploy goes on where it was.
-- Locks:  none that an application waits for.
-- Revert: does nothing: the documents stay and follow the old tables through the queue.

select consolidation.is_deployed('carry_over') as deployed \gset
\if :deployed
\quit
\endif

do $$ begin perform consolidation.refuse_missing(); end $$;
call consolidation.refuse_findings();
do $$ begin perform consolidation.remember_definitions(); end $$;
call consolidation.backfill();
analyze public.user_workflow_run;
analyze public.user_workflow_run_step;

call consolidation.note_deployed('carry_over');
