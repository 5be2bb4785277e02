-- Deploy workflow_consolidation:mapping/other_screenshots to pg
--
-- Why:    some databases number their screenshots, and name the step of one by its id. Elements
--         have uuids and stand on their step. Here the few functions that notice are adapted. On a
--         database with the baseline's columns this changes nothing.
-- Locks:  none.
-- Revert: drops the functions. What was adapted goes with its own script.

select consolidation.is_deployed('mapping/other_screenshots') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.replace_in(adapted regproc, said text, says text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    definition constant text := pg_get_functiondef(adapted);
begin
    if strpos(definition, said) = 0 then
        raise exception using
            errcode = 'internal_error',
            message = format('%s does not say %s', adapted, said);
    end if;
    execute replace(definition, said, says);
end;
$$;
comment on function consolidation.replace_in(regproc, text, text) is
'Creates a function again that says something else. Raises XX000 if it does not say what it should';

create function consolidation.free_screenshot_id(taken text [])
returns uuid
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    id bigint;
begin
    loop
        id := nextval('public.workflow_trace_screenshot_screenshot_id_seq');
        perform from consolidation.old_screenshot_number as o where o.screenshot_id = id;
        exit when not found and consolidation.screenshot_uuid(id)::text <> all (taken);
    end loop;
    return consolidation.screenshot_uuid(id);
end;
$$;
comment on function consolidation.free_screenshot_id(text []) is
'As free_id(), where screenshots have numbers';

create function consolidation.number_screenshots()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    create view consolidation.old_screenshot_number with (security_invoker = true) as
    select
        t.screenshot_id,
        t.trace_id
    from public.workflow_trace_screenshot as t;
    comment on view consolidation.old_screenshot_number is
    'The ids of the old table workflow_trace_screenshot as it has them, so that its key finds them';
    create or replace function consolidation.screenshot_key(
        element jsonb, owner uuid, place bigint
    )
    returns uuid
    language sql
    immutable
    parallel safe
    return consolidation.screenshot_uuid(
        coalesce(
            consolidation.screenshot_number(consolidation.to_uuid(element -> 'screenshot_id')),
            consolidation.synthetic_id(owner, place::text)
        )
    );
    perform consolidation.replace_in(
        'consolidation.free_id', 'gen_random_uuid()', 'consolidation.free_screenshot_id(taken)'
    );
    perform consolidation.replace_in(
        'consolidation.claims_of',
        'from consolidation.old_screenshot as o
            where o.screenshot_id = p.screenshot_id',
        'from consolidation.old_screenshot_number as o
            where o.screenshot_id = consolidation.screenshot_number(p.screenshot_id)'
    );
    perform consolidation.replace_in(
        'consolidation.settle_claims',
        'from consolidation.old_screenshot as o
    where o.screenshot_id = any (moved.screenshots::uuid []);',
        'from consolidation.old_screenshot_number as o
    where o.screenshot_id = any (
        array(
            select consolidation.screenshot_number(m.id::uuid)
            from unnest(moved.screenshots) as m (id)
        )
    );'
    );
    perform consolidation.replace_in(
        'consolidation.write_workflow_trace_screenshot',
        '''0946dd8e-ce1c-4e28-a961-a5a206c819fe''',
        'consolidation.screenshot_uuid(''-5719117740578205047'')'
    );
    perform consolidation.replace_in(
        'consolidation.write_workflow_trace_screenshot', 'gen_random_uuid()',
        'nextval(''public.workflow_trace_screenshot_screenshot_id_seq'')'
    );
end;
$$;
comment on function consolidation.number_screenshots() is
'Lets the ids of screenshots be numbers: in elements they are uuids that stand for these';

create function consolidation.link_screenshots()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform consolidation.replace_in(
        'consolidation.uncarriable_elements',
        '(''trace_id is null'', ''trace_id = ...'', p.trace_id is null),',
        '(''trace_id is null'', ''trace_id = ...'', p.trace_id is null),
        (
            ''the step belongs to another run'', ''step_id = ...'',
            p.step_id is not null and p.step_index is null
        ),'
    );
    perform consolidation.replace_in(
        'consolidation.write_workflow_trace_screenshot',
        'element := consolidation.screenshot_element(
        new.',
        'if new.step_id is not null and new.step_index is null then
        perform consolidation.raise_foreign_key(
            tg_table_schema, tg_table_name, ''workflow_trace_screenshot_step_id_fkey'',
            format(''Key (step_id)=(%s) is no step of the run.'', new.step_id)
        );
    end if;
    element := consolidation.screenshot_element(
        new.'
    );
    -- To another step it goes as to another run.
    perform consolidation.replace_in(
        'consolidation.write_workflow_trace_screenshot',
        'new.trace_id = old.trace_id then',
        '(new.trace_id, new.step_id) is not distinct from (old.trace_id, old.step_id) then'
    );
    perform consolidation.replace_in(
        'consolidation.write_workflow_trace_screenshot',
        'new.trace_id <> old.trace_id)',
        '(new.trace_id, new.step_id) is distinct from (old.trace_id, old.step_id))'
    );
    -- With a key that cascades they go with their step, else they stay.
    if exists (
        select from pg_constraint as k
        where
            k.contype = 'f'
            and k.conrelid = 'public.workflow_trace_screenshot'::regclass
            and k.confrelid = 'public.workflow_steps'::regclass
            and k.confdeltype = 'c'
    ) then
        perform consolidation.replace_in(
            'public.keep_screenshots', 'begin
    update', 'begin
    return null;
    update'
        );
    end if;
end;
$$;
comment on function consolidation.link_screenshots() is
'Lets screenshots name their step by its id, as step_id of the old table does';

do $$
begin
    if exists (
        select from consolidation.computed_column('workflow_trace_screenshot') as c
        where c.column_name = 'screenshot_id' and not c.is_missing
    ) then
        perform consolidation.number_screenshots();
    end if;
    if exists (
        select from consolidation.computed_column('workflow_trace_screenshot') as c
        where c.column_name = 'step_index'
    ) then
        perform consolidation.link_screenshots();
    end if;
end
$$;

call consolidation.note_deployed('mapping/other_screenshots');

commit;
