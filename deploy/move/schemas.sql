-- Deploy workflow_consolidation:move/schemas to pg
--
-- Why:    "consolidation" holds what the move needs, "legacy" keeps the old tables after the
--         cut-over. Neither is for applications: everything they name is in "public".
-- Locks:  none.
-- Revert: drops both schemas, which by then are empty.
--
-- Sqitch records a change after its script has committed. If it dies in between, it executes the
-- script again. Each script therefore begins by asking whether there is anything left to do. It
-- ends by noting, in the same transaction, that there is not.

select to_regclass('consolidation.deployed_change') is not null as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;
-- Switched on, it would store search paths of functions in quotes.
set local quote_all_identifiers = off;

create schema consolidation;
comment on schema consolidation is
'Moves the eight workflow tables into documents and back; not for applications';

create schema legacy;
comment on schema legacy is
'The six old workflow tables, from the cut-over until the contract project drops them';

-- Nobody else reaches anything in them before access/privileges declares the privileges.
do $$
declare
    statement text;
begin
    for statement in
        select distinct format(
            'revoke all on schema %I from %s', n.nspname, coalesce(quote_ident(r.rolname), 'public')
        )
        from pg_namespace as n
        cross join lateral aclexplode(n.nspacl) as x
        left join pg_roles as r on r.oid = x.grantee
        where n.nspname in ('consolidation', 'legacy') and x.grantee <> n.nspowner
    loop
        execute statement;
    end loop;
end
$$;

create table consolidation.deployed_change (
    change text not null,
    ordinal integer generated always as identity,
    constraint deployed_change_pkey primary key (change)
);
comment on table consolidation.deployed_change is
'Changes whose deploy script has ended, whether or not Sqitch recorded it';
comment on column consolidation.deployed_change.change is 'Name of the change in sqitch.plan';
comment on column consolidation.deployed_change.ordinal is 'Order of deployment';

create function consolidation.claim(sentence text, holds boolean)
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    if holds is not true then
        raise exception using
            errcode = 'assert_failure',
            message = sentence;
    end if;
end;
$$;
comment on function consolidation.claim(text, boolean) is
'For verify scripts: raises P0004 with the sentence, unless it holds';

create function consolidation.claim_none(sentence text, counterexamples text [])
returns void
language plpgsql
immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    if cardinality(counterexamples) = 0 then
        return;
    end if;
    raise exception using
        errcode = 'assert_failure',
        message = sentence,
        detail = format(
            'Not so: %s%s', array_to_string(counterexamples[1:5], ', ', 'null'),
            ' and ' || nullif(greatest(cardinality(counterexamples) - 5, 0), 0) || ' more'
        );
end;
$$;
comment on function consolidation.claim_none(text, text []) is
'For verify scripts: raises P0004 with the sentence and the first five counterexamples, unless there
are none';

insert into consolidation.deployed_change (change) values ('move/schemas');

commit;
