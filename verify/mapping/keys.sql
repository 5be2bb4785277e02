-- Verify workflow_consolidation:mapping/keys on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

select consolidation.claim(
    'run_id() and step_id() are one-to-one and in the order of the old ids',
    (
        select count(*) = 7 and count(distinct i.run_id) = 7
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
        where i.by_id = i.by_run_id and i.by_id = i.by_step_id
    )
);

select consolidation.claim(
    'synthetic_id() returns a negative id, which no old row has',
    consolidation.synthetic_id('00000000-0000-4000-8000-000000000001', '1') < 0
);

select consolidation.claim_none(
    'the functions that read keys from elements exist',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.synthetic_uuid(uuid,text)',
                'consolidation.to_bigint(jsonb)',
                'consolidation.to_uuid(jsonb)',
                'consolidation.to_score(jsonb)',
                'consolidation.to_key(text,anyelement)',
                'consolidation.from_key(jsonb,anyelement)'
            ]
        ) as f (signature)
        where to_regprocedure(f.signature) is null
    )
);

rollback;
