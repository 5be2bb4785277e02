-- Deploy workflow_consolidation:access/not_isolated to pg
--
-- Why:    row level security fails without a word: a superuser, an owner or a member too many sees
--         every organisation, and nobody notices. Ask this view before going live.
-- Locks:  none.
-- Revert: drops the view.
--
-- The view is in public, so that it can be asked after the contract project has dropped the rest.

select consolidation.is_deployed('access/not_isolated') as deployed \gset
\if :deployed
\quit
\endif

begin;

set local lock_timeout = '2s';
set local search_path = pg_catalog, pg_temp;

create view public.not_isolated
with (security_invoker = true) as
with reason as (
    select
        r.login_role,
        r.role_id,
        r.path,
        r.why,
        r.tables
    from public.not_isolated_role as r
    union all
    select
        r.login_role,
        r.role_id,
        r.path,
        r.why,
        r.tables
    from public.not_isolated_relation as r
)

select
    l.rolname as role_name,
    s.why as reason,
    case
        when w.role_id <> s.login_role
            then (
                select string_agg(p.rolname, ' > ' order by h.place)
                from unnest(w.path) with ordinality as h (role_id, place)
                inner join pg_catalog.pg_roles as p on p.oid = h.role_id
            )
    end as through,
    s.tables,
    s.why = 'unscoped' as only_without_organisation
from (
    select
        r.login_role,
        r.why,
        r.role_id,
        string_agg(distinct r.tables, ', ' order by r.tables) as tables
    from reason as r
    group by r.login_role, r.role_id, r.why
) as s
inner join pg_catalog.pg_roles as l on l.oid = s.login_role
-- Several memberships may lead to the role; this is the shortest path.
cross join lateral (
    select
        r.role_id,
        r.path
    from reason as r
    where r.login_role = s.login_role and r.role_id = s.role_id and r.why = s.why
    order by cardinality(r.path), r.path
    limit 1
) as w
order by l.rolname, s.why, w.path;
comment on view public.not_isolated is
'Login roles that see rows of more than one organisation, or can give themselves the right to see
them; one row for each reason. Ask it before going live: an application role must not be in it';
comment on column public.not_isolated.role_name is 'The login role';
comment on column public.not_isolated.reason is
'superuser; bypassrls; replication (base backups and logical slots ask no policy); files or programs
of the server (a member of a role that may use them); createrole (could make itself a member, before
PostgreSQL 16); owner (of tables without force row level security); owner (could switch it off);
workflow_maintenance (a member); unscoped (named in a policy that the cut-over made for roles that
saw everything before); policy ... (any other that shows more than the organisation of the session);
no row level security (may select from a table that has none); view, materialized view or function
..., as ... (may use one that shows what its owner sees)';
comment on column public.not_isolated.through is
'Memberships that lead to the role with that property; null if it is the login role itself';
comment on column public.not_isolated.tables is
'Tables that the reason holds for; null for the whole database';
comment on column public.not_isolated.only_without_organisation is
'Whether the reason holds only while the session names no organisation in app.current_org_id';

call consolidation.note_deployed('access/not_isolated');

commit;
