-- Deploy workflow_consolidation:proof/finding_public to pg
--
-- Why:    a role that may create in the schema public can put functions and operators there that an
--         unqualified call of an application finds instead of PostgreSQL's own.
-- Locks:  none.
-- Revert: drops the view.

select consolidation.is_deployed('proof/finding_public') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view consolidation.finding_public
with (security_invoker = true) as
select
    'notice' as severity,
    'schema public' as kind,
    format('create to %s', coalesce(r.rolname, 'public')) as object,
    'may define functions and operators that the calls of an application find instead of '
    'PostgreSQL''s own or the functions for new code; the deploy itself finds none of them'
        as consequence,
    format('revoke create on schema public from %s', coalesce(quote_ident(r.rolname), 'public'))
        as remedy
from pg_namespace as n
cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) as x
left join pg_roles as r on r.oid = x.grantee
where
    n.nspname = 'public'
    and x.privilege_type = 'CREATE'
    and x.grantee <> n.nspowner
    and r.rolsuper is not true;
comment on view consolidation.finding_public is
'Roles that may create in the schema public, except its owner and superusers';

call consolidation.note_deployed('proof/finding_public');

commit;
