-- Verify workflow_consolidation:access/current_org_id on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

set local app.current_org_id = '';
select consolidation.claim(
    'a session whose setting app.current_org_id is empty has no organisation',
    public.current_org_id() is null
);

set local app.current_org_id = '00000000-0000-4000-8000-000000000001';
select consolidation.claim(
    'a session has the organisation that its setting app.current_org_id names',
    public.current_org_id() = '00000000-0000-4000-8000-000000000001'
);

rollback;
