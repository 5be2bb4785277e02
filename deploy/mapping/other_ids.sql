-- Deploy workflow_consolidation:mapping/other_ids to pg
--
-- Why:    in some databases nodes and screenshots have numbers, where the baseline has uuids. Nodes
--         keep theirs. A screenshot gets a uuid that stands for its number.
-- Locks:  none.
-- Revert: drops functions and domain.

select consolidation.is_deployed('mapping/other_ids') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.screenshot_uuid(screenshot_id bigint)
returns uuid
language sql
immutable
parallel safe
return (
    overlay(
        overlay(
            lpad(to_hex(screenshot_id # '-9223372036854775808'::bigint), 16, '0')
            placing '8' from 13 for 0
        )
        placing '8' from 17 for 0
    )
    || '77662d73686f74'
)::uuid;
comment on function consolidation.screenshot_uuid(bigint) is
'screenshot_id of an element where the old table has numbers: a UUID version 8, one-to-one, growing
with the number';

create function consolidation.screenshot_number(screenshot_id uuid)
returns bigint
language sql
immutable
parallel safe
return case
    when screenshot_id::text ~ '^.{8}-.{4}-8.{3}-8.77-662d73686f74$'
        then (
            'x' || overlay(
                overlay(left(replace(screenshot_id::text, '-', ''), 18) placing '' from 17 for 1)
                placing '' from 13 for 1
            )
        )::bit(64)::bigint # '-9223372036854775808'::bigint
end;
comment on function consolidation.screenshot_number(uuid) is
'The inverse of screenshot_uuid(); null for another uuid';

-- Nodes have the ids that the application gives them.
do $$
declare
    is_number constant boolean := exists (
        select from pg_attribute as a
        where
            a.attrelid = consolidation.old_table('workflow_steps')
            and a.attname = 'node_id'
            and a.atttypid in ('int4'::regtype, 'int8'::regtype)
    );
begin
    if is_number then
        create domain consolidation.node_id as bigint;
        create function consolidation.to_node_id(element jsonb)
        returns consolidation.node_id
        language sql
        immutable
        parallel safe
        return consolidation.to_bigint(element);
    else
        create domain consolidation.node_id as uuid;
        create function consolidation.to_node_id(element jsonb)
        returns consolidation.node_id
        language sql
        immutable
        parallel safe
        return consolidation.to_uuid(element);
    end if;
end
$$;
comment on domain consolidation.node_id is
'Id of a node: a uuid, or bigint where workflow_steps.node_id is an integer';
comment on function consolidation.to_node_id(jsonb) is
'The id of a node as an element says it; null if it says something else';

call consolidation.note_deployed('mapping/other_ids');

commit;
