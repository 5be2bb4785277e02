-- Deploy workflow_consolidation:carry_over to pg
--
-- Why:    carries over what the tables hold, beside the applications. Not one transaction: each
--         batch commits. Call consolidation.backfill(...) before, for several sessions or smaller
--         batches; this then finds the work done. Killed, it goes on where it was when deployed
--         again.
-- Locks:  none that an application waits for.
-- Revert: nothing; the documents stay and follow the old tables through the queue.

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
