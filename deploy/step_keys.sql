-- Deploy workflow_consolidation:step_keys to pg
--
-- Why:    the unique and foreign keys of the steps. A key on run_id alone would let a tenant attach
--         a step to the run of another, since key checks bypass row level security; with org_id
--         they cannot. Deleting a run deletes its steps, as the old keys did.
-- Locks:  share row exclusive on the document tables, which no application uses before the
--         cut-over; the backfill waits.
-- Revert: drops the keys.

select consolidation.is_deployed('step_keys') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

-- In one transaction: see Locks.
-- squawk-ignore-file constraint-missing-not-valid, disallowed-unique-constraint

alter table public.user_workflow_run
add constraint user_workflow_run_org_id_run_id_key unique (org_id, run_id);

alter table public.user_workflow_run_step
add constraint user_workflow_run_step_run_id_step_number_key unique (run_id, step_number);

alter table public.user_workflow_run_step
add constraint user_workflow_run_step_run_id_fkey
foreign key (run_id) references public.user_workflow_run (run_id)
on delete cascade not valid,
add constraint user_workflow_run_step_org_id_run_id_fkey
foreign key (org_id, run_id) references public.user_workflow_run (org_id, run_id)
on update cascade on delete cascade not valid;

alter table public.user_workflow_run_step
validate constraint user_workflow_run_step_run_id_fkey;
alter table public.user_workflow_run_step
validate constraint user_workflow_run_step_org_id_run_id_fkey;

call consolidation.note_deployed('step_keys');

commit;
