-- Deploy workflow_consolidation:swap/triggers to pg
--
-- Why:    an accepted trigger of an old table rests while the table does: it would fire again for
--         rows that are carried back.
-- Locks:  none now. When called, under the locks of the swap.
-- Revert: drops the function.

select consolidation.is_deployed('swap/triggers') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create function consolidation.rest_triggers()
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    accepted record;
begin
    for accepted in
        select
            g.tgrelid::regclass as relation,
            g.tgname,
            case g.tgenabled when 'R' then 'replica' when 'A' then 'always' end as firing
        from unnest(consolidation.six_tables()) as n (name)
        inner join pg_trigger as g on g.tgrelid = consolidation.old_table(n.name)
        inner join pg_proc as p on p.oid = g.tgfoid
        where
            not g.tgisinternal
            and g.tgenabled <> 'D'
            and p.pronamespace <> 'consolidation'::regnamespace
    loop
        execute format('alter table %s disable trigger %I', accepted.relation, accepted.tgname);
        -- The inverse is remembered: the catalog forgets that the trigger fired, and how.
        perform consolidation.remember(
            'after',
            accepted.relation,
            format('alter table <relation> enable %s trigger %I', accepted.firing, accepted.tgname)
        );
    end loop;
end;
$$;
comment on function consolidation.rest_triggers() is
'Disables the triggers of the old tables that somebody accepted in consolidation.accepted, and
remembers to enable them';

call consolidation.note_deployed('swap/triggers');

commit;
