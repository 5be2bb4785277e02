-- Verify workflow_consolidation:access/screenshot_organisation on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'triggers of both documents refuse screenshots of another organisation, always',
    array(
        select format('%s on %s', g.name, t.name)
        from unnest(array['guard_screenshots_insert', 'guard_screenshots_update']) as g (name)
        cross join unnest(array['user_workflow_run', 'user_workflow_run_step']) as t (name)
        where not exists (
            select from pg_catalog.pg_trigger as h
            where
                h.tgrelid = to_regclass('public.' || t.name)
                and h.tgname = g.name
                and h.tgenabled = 'A'
                and h.tgfoid = to_regprocedure('public.guard_screenshots()')
        )
    )
);

select consolidation.claim(
    'names_other_organisation() knows another organisation',
    public.names_other_organisation(
        '[{"org_id": "11111111-0000-4000-8000-000000000000"}]'::jsonb,
        '22222222-0000-4000-8000-000000000000'::uuid
    )
    and not public.names_other_organisation(
        '[{}, {"org_id": "11111111-0000-4000-8000-000000000000"}]'::jsonb,
        '11111111-0000-4000-8000-000000000000'::uuid
    )
);

rollback;
