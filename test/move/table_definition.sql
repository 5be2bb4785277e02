-- A whole table, and the views of the move that are bound to it.

begin;
select plan(5);

select is(
    array(
        select b.view::text from consolidation.bound_view('legacy.workflow_events') as b
    ),
    array['consolidation.old_event'], 'one view of the move is bound to an old table'
);
select is(
    array(
        select d.ordinal / 1000
        from consolidation.table_definition('legacy.workflow_events') as d
        where d.statement ~ '^create (table|view)'
        order by d.ordinal
    ),
    '{2,13}'::integer [], 'the view is created after the table'
);

-- As the contract and its revert do, for one table that nothing refers to.
create temporary table remembered as
select d.*
from consolidation.table_definition('legacy.workflow_trace_endpoint') as d;
drop view consolidation.old_endpoint;
drop table legacy.workflow_trace_endpoint;
do $$
declare
    remembered text;
begin
    for remembered in select r.statement from remembered as r order by r.ordinal loop
        execute remembered;
    end loop;
end
$$;
select results_eq(
    $$select * from consolidation.table_definition('legacy.workflow_trace_endpoint')$$,
    'table remembered', 'what was created again has the same definition'
);
select has_view('consolidation', 'old_endpoint', 'the view of the move is there again');
select ok(
    has_table_privilege(
        'workflow_maintenance', 'consolidation.old_endpoint', 'select, insert, update, delete'
    ),
    'maintenance may write through it again'
);

select * from finish();
rollback;
