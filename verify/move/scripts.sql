-- Verify workflow_consolidation:move/scripts on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim(
    'applications cannot lock or write the table deploy_session',
    has_table_privilege(
        'workflow_app',
        to_regclass('consolidation.deploy_session'),
        'insert, update, delete, truncate'
    ) is false
);

rollback;
