-- Verify workflow_consolidation:swap/swap on pg

begin;

set local search_path = pg_catalog, pg_temp;

select consolidation.claim_none(
    'the table cut_over_log has all its columns',
    array(
        select unnest(array['ordinal', 'stage', 'statement'])
        except
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = to_regclass('consolidation.cut_over_log') and not a.attisdropped
    )
);

select consolidation.claim_none(
    'applications cannot execute the functions of the swap',
    array(
        select f.signature
        from unnest(
            array[
                'consolidation.policy_definition(oid,text)',
                'consolidation.copy_grants(regclass,regclass)',
                'consolidation.revoke_grants(regclass)',
                'consolidation.grant_documents(regclass)',
                'consolidation.continue_sequence(regclass,regclass,boolean)',
                'consolidation.carry_the_rest()',
                'consolidation.swap_to_views()',
                'consolidation.swap_to_tables()',
                'consolidation.swap_locks()',
                'consolidation.check_session(interval)',
                'consolidation.swap(text,interval)',
                'consolidation.validate(text)',
                'consolidation.refuse_findings()',
                'consolidation.cut_over(interval)',
                'consolidation.cut_back(interval)'
            ]
        ) as f (signature)
        where
            has_function_privilege('workflow_app', to_regprocedure(f.signature), 'execute')
            is not false
    )
);

rollback;
