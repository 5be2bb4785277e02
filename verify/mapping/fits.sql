-- Verify workflow_consolidation:mapping/fits on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim_none(
    'what views ask of mapping/fits is bound to what it names',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.nullable_columns(text)',
                'consolidation.fits_event(jsonb,timestamptz,text[])',
                'consolidation.fits_screenshot(jsonb,timestamptz,boolean,text[])',
                'consolidation.fits(text,jsonb)'
            ]
        ) as f (signature)
        where not exists (
            select from pg_catalog.pg_proc as p
            where p.oid = to_regprocedure(f.signature) and p.prosqlbody is not null
        )
    )
);

select consolidation.claim(
    'an element that says null fits only where the old table holds nulls',
    not consolidation.fits_event('{"type": "a", "timestamp": null}', null)
    and consolidation.fits_event('{"type": "a", "timestamp": null}', null, '{timestamp}')
);

rollback;
