-- Revert workflow_consolidation:swap/swap from pg
--
-- From here down nothing keeps what only the documents can say, so this is where it is asked for.

select consolidation.is_reverted('swap/swap') as reverted \gset
\if :reverted
\quit
\endif

call consolidation.catch_up();

begin;

set local lock_timeout = '2s';

do $$
declare
    example record;
begin
    select
        count(*) over () as n,
        o.*
    into example
    from consolidation.only_in_documents() as o
    limit 1;
    if found then
        raise exception using
            errcode = 'object_not_in_prerequisite_state',
            message = format(
                'the documents hold %s things that the old tables cannot, for example %s of %s',
                example.n, example.what, example.key
            ),
            hint = 'select * from consolidation.only_in_documents(); save or remove them. Until '
            'then the old tables are complete and in use, and staying at @expand loses nothing.';
    end if;
end
$$;

drop procedure consolidation.cut_back(interval);
drop procedure consolidation.cut_over(interval);
drop procedure consolidation.refuse_findings();
drop procedure consolidation.validate(text);
drop procedure consolidation.swap(text, interval);
drop function consolidation.check_session(interval);
drop function consolidation.swap_locks();
drop function consolidation.swap_to_tables();
drop function consolidation.swap_to_views();
drop function consolidation.carry_the_rest();
drop function consolidation.continue_sequence(regclass, regclass, boolean);
drop function consolidation.grant_documents(regclass);
drop function consolidation.revoke_grants(regclass);
drop function consolidation.copy_grants(regclass, regclass);
drop function consolidation.policy_definition(oid, text);
drop table consolidation.cut_over_log;

delete from consolidation.deployed_change where change = 'swap/swap';

commit;
