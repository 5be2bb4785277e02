-- Verify workflow_contract:drop_old_tables on pg

begin;

set local search_path = pg_catalog, pg_temp;
set local quote_all_identifiers = 'off';
set local standard_conforming_strings = 'on';

-- Once drop_old_names is deployed, the schema that holds the claims is gone.
do $$
begin
    if to_regnamespace('consolidation') is null then
        return;
    end if;
    perform consolidation.claim_none(
        'the schema legacy holds no old table any more',
        array(
            select t.name
            from unnest(consolidation.six_tables()) as t (name)
            where to_regclass(format('legacy.%I', t.name)) is not null
        )
    );
end
$$;

do $$
begin
    if to_regnamespace('consolidation') is null then
        return;
    end if;
    perform consolidation.claim(
        'the database is in the phase contract',
        consolidation.phase() = 'contract'
    );
end
$$;

do $$
begin
    if to_regnamespace('consolidation') is null then
        return;
    end if;
    perform consolidation.claim_none(
        'the revert can create every old table again, and the view that is bound to it',
        array(
            select format('%s of %s', k.kind, t.name)
            from unnest(consolidation.six_tables()) as t (name)
            cross join (values ('table'), ('view')) as k (kind)
            where not exists (
                select from consolidation.dropped_table as d
                where d.table_name = t.name and d.statement like format('create %s %%', k.kind)
            )
        )
    );
end
$$;

-- Nobody empties the queue any more.
do $$
begin
    if to_regnamespace('consolidation') is null then
        return;
    end if;
    perform consolidation.claim_none(
        'no write to the document tables is captured any more',
        array(
            select format('%s on %s', g.tgname, g.tgrelid::regclass)
            from pg_catalog.pg_trigger as g
            where
                g.tgrelid in (
                    'public.user_workflow_run'::regclass, 'public.user_workflow_run_step'::regclass
                )
                and g.tgfoid = to_regprocedure('consolidation.capture_new()')
        )
    );
end
$$;

rollback;
