-- Revert workflow_consolidation:swap/commands from pg
--
-- From here down nothing keeps content that only the documents hold, so this script refuses while
-- there is any.

select consolidation.is_reverted('swap/commands') as reverted \gset
\if :reverted
\quit
\endif

call consolidation.catch_up();

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

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
drop function consolidation.note_unequal();
drop function consolidation.refuse_set_aside();
drop procedure consolidation.validate(text);
drop function consolidation.check_session(interval);

delete from consolidation.deployed_change where change = 'swap/commands';

commit;
