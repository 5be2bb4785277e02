-- Verify workflow_consolidation:mapping/keys on pg

begin;

-- One-to-one and in the order of the ids, at both ends of bigint too.
select 1 / (case when count(*) = 7 and count(distinct i.run_id) = 7 then 1 else 0 end) as in_order
from (
    select
        consolidation.run_id(v.id) as run_id,
        row_number() over (order by v.id) as by_id,
        row_number() over (order by consolidation.run_id(v.id)) as by_run_id,
        row_number() over (order by consolidation.step_id(v.id)) as by_step_id
    from (
        values
        (-9223372036854775808), (-1), (0), (1), (15), (16), (9223372036854775807)
    ) as v (id)
) as i
where i.by_id = i.by_run_id and i.by_id = i.by_step_id;

select 1 / (case
    when consolidation.synthetic_id('00000000-0000-4000-8000-000000000001', '1') < 0 then 1
    else 0
end) as synthetic_ids_are_negative;

select 1 / (case
    when consolidation.event_element(7, 'error', 'null', '2025-01-14 10:30:00+00')
        = '{"type": "error", "timestamp": "2025-01-14T10:30:00Z", "data": null, "event_id": 7}'
        then 1
    else 0
end) as events;

select
    'consolidation.synthetic_uuid(uuid,text)'::regprocedure,
    'consolidation.to_bigint(jsonb)'::regprocedure,
    'consolidation.to_uuid(jsonb)'::regprocedure,
    'consolidation.to_score(jsonb)'::regprocedure,
    'consolidation.event_key(jsonb,uuid,bigint)'::regprocedure,
    'consolidation.screenshot_key(jsonb,uuid,bigint)'::regprocedure,
    'consolidation.fits_event(jsonb)'::regprocedure,
    'consolidation.fits_screenshot(jsonb,boolean)'::regprocedure,
    'consolidation.context_origin(bigint,timestamptz,timestamptz)'::regprocedure;

select 1 / (case
    when
        consolidation.screenshot_element(
            null, null, 'n', 1, 'u', null, 'a', null, true, 0.90, '2025-01-14 10:30:00+00', null
        )::text like '%"confidence": 0.90%'
        then 1
    else 0
end) as screenshots;

rollback;
