-- Deploy workflow_consolidation:access/screenshot_organisation to pg
--
-- Why:    an element of screenshots may carry an org_id, as its old row did, and the old name shows
--         it. A session that names an organisation cannot write another one into it: code that
--         filters by org_id would take the element for another organisation's.
-- Locks:  share row exclusive on the document tables, which nobody uses yet.
-- Revert: drops triggers and functions.

select consolidation.is_deployed('access/screenshot_organisation') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function public.names_other_organisation(screenshots jsonb, org_id uuid)
returns boolean
language sql
stable
parallel safe
return jsonb_path_exists(
    screenshots, '$[*].org_id ? (@ != $own)', jsonb_build_object('own', org_id), true
);
comment on function public.names_other_organisation(jsonb, uuid) is
'Whether an element of screenshots carries another org_id than this one. Compares text: a uuid has
to be in lower case';

create function public.guard_screenshots()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'insufficient_privilege',
        message = format('new screenshots of table "%s" name another organisation', tg_table_name),
        detail = format('An element has another org_id than %s.', new.org_id),
        hint = 'Leave org_id out of the element.',
        schema = tg_table_schema,
        table = tg_table_name,
        column = 'screenshots';
end;
$$;
comment on function public.guard_screenshots() is
'Trigger: raises 42501 when a session that names an organisation writes an element of another one
into a document that had none. The condition of the trigger (when) tests this';

create trigger guard_screenshots_insert
after insert on public.user_workflow_run
for each row
when (
    public.current_org_id() is not null
    and public.names_other_organisation(new.screenshots, new.org_id)
)
execute function public.guard_screenshots();
create trigger guard_screenshots_update
after update of screenshots on public.user_workflow_run
for each row
when (
    public.current_org_id() is not null
    and public.names_other_organisation(new.screenshots, new.org_id)
    and not public.names_other_organisation(old.screenshots, old.org_id)
)
execute function public.guard_screenshots();
alter table public.user_workflow_run enable always trigger guard_screenshots_insert;
alter table public.user_workflow_run enable always trigger guard_screenshots_update;

create trigger guard_screenshots_insert
after insert on public.user_workflow_run_step
for each row
when (
    public.current_org_id() is not null
    and public.names_other_organisation(new.screenshots, new.org_id)
)
execute function public.guard_screenshots();
create trigger guard_screenshots_update
after update of screenshots on public.user_workflow_run_step
for each row
when (
    public.current_org_id() is not null
    and public.names_other_organisation(new.screenshots, new.org_id)
    and not public.names_other_organisation(old.screenshots, old.org_id)
)
execute function public.guard_screenshots();
alter table public.user_workflow_run_step enable always trigger guard_screenshots_insert;
alter table public.user_workflow_run_step enable always trigger guard_screenshots_update;

call consolidation.note_deployed('access/screenshot_organisation');

commit;
