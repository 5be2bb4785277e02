-- Whether an old table can hold an element: nulls are its own to decide.

begin;
select plan(18);

select is(
    consolidation.nullable_columns('workflow_events'), '{step_id}'::text [],
    'the catalog says in which columns the old table holds nulls'
);
select is(
    consolidation.nullable_columns('no_such_table'), '{}'::text [],
    'a table that does not exist holds none'
);
select is(
    consolidation.fits_event(
        f.element::jsonb, public.from_iso8601(f.element::jsonb ->> 'timestamp'),
        f.nullable::text []
    ),
    f.expected,
    format('event %s, nulls in %s: %s', f.element, f.nullable, f.expected)
)
from (
    values
    ('{"type": "a", "timestamp": null}', '{}', false),
    ('{"type": "a", "timestamp": null}', '{timestamp}', true),
    ('{"type": null, "timestamp": null}', '{timestamp}', false),
    ('{"type": null, "timestamp": null}', '{timestamp,event_type}', true),
    ('{"type": null, "timestamp": "2025-01-14T10:30:00Z"}', '{event_type}', true),
    -- Left out is not null.
    ('{"type": "a"}', '{timestamp,event_type}', false),
    ('{"timestamp": "2025-01-14T10:30:00Z"}', '{timestamp,event_type}', false),
    ('{"type": "a", "timestamp": "noon"}', '{timestamp,event_type}', false)
) as f (element, nullable, expected);
select is(
    consolidation.fits_screenshot(
        f.element::jsonb, public.from_iso8601(f.element::jsonb ->> 'timestamp'), f.on_step,
        f.nullable::text []
    ),
    f.expected,
    format('screenshot %s, nulls in %s: %s', f.element, f.nullable, f.expected)
)
from (
    values
    ('{"url": null, "timestamp": null}', true, '{created_at}', false),
    ('{"url": null, "timestamp": null}', true, '{created_at,screenshot_url}', true),
    (
        '{"url": "a", "timestamp": null, "node_id": null, "step_index": null}', false,
        '{created_at,node_id}', false
    ),
    (
        '{"url": "a", "timestamp": null, "node_id": null, "step_index": null}', false,
        '{created_at,node_id,step_index}', true
    ),
    ('{"url": "a", "timestamp": null}', false, '{created_at,node_id,step_index}', false)
) as f (element, on_step, nullable, expected);

-- The catalog at the time of acting.
do $$
begin
    alter table legacy.workflow_events alter "timestamp" drop not null;
end
$$;
select is(
    consolidation.fits(f.kind, '{"type": "a", "url": "a", "timestamp": null}'), f.expected,
    format('an element without a time as %s: %s', f.kind, f.expected)
)
from (
    values ('event', true), ('step screenshot', false), ('run screenshot', false)
) as f (kind, expected);

select * from finish();
rollback;
