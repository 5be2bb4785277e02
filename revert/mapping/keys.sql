-- Revert workflow_consolidation:mapping/keys from pg

select consolidation.is_reverted('mapping/keys') as reverted \gset
\if :reverted
\quit
\endif

begin;

set local lock_timeout = '2s';

drop function consolidation.fits_screenshot(jsonb, boolean);
drop function consolidation.fits_event(jsonb);
drop function consolidation.screenshot_key(jsonb, uuid, bigint);
drop function consolidation.event_key(jsonb, uuid, bigint);
drop function consolidation.context_origin(bigint, timestamptz, timestamptz);
drop function consolidation.screenshot_element(
    uuid, uuid, text, integer, text, text, text, text, boolean, numeric, timestamptz, uuid
);
drop function consolidation.screenshot_object(
    uuid, uuid, text, integer, text, text, text, text, boolean, numeric, timestamptz, uuid
);
drop type consolidation.screenshot_object;
drop function consolidation.event_element(bigint, text, jsonb, timestamptz);
drop function consolidation.event_object(bigint, text, jsonb, timestamptz);
drop type consolidation.event_object;
drop function consolidation.to_score(jsonb);
drop function consolidation.to_uuid(jsonb);
drop function consolidation.to_bigint(jsonb);
drop function consolidation.synthetic_uuid(uuid, text);
drop function consolidation.synthetic_id(uuid, text);
drop function consolidation.step_id(bigint);
drop function consolidation.run_id(bigint);

delete from consolidation.deployed_change where change = 'mapping/keys';

commit;
