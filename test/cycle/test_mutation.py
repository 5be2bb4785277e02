"""The isolation matrix notices what it is for: each protection is taken away in turn, in a
transaction that is rolled back, and the matrix has to fail. What there is to take away is read from
the catalog.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from conftest import connect, database
from helpers_cycle import SOUTH
from test_matrix import TENANT, matrix, seed

Connection = psycopg.Connection[Any]

# Mutants that change nothing a tenant could notice, and why. Empty is best.
EQUIVALENT: dict[str, str] = {}

FIXED: dict[str, list[str]] = {
    "a session without an organisation is South": [
        "create or replace function public.current_org_id() returns uuid language sql stable "
        "parallel safe return "
        f"coalesce(nullif(current_setting('app.current_org_id', true), ''), '{SOUTH}')::uuid"
    ],
    "whatever a session names, it is South": [
        "create or replace function public.current_org_id() returns uuid language sql stable "
        f"parallel safe return '{SOUTH}'::uuid"
    ],
    "applications bypass row level security": [f"alter role {TENANT} bypassrls"],
    "applications do maintenance": [f"grant workflow_maintenance to {TENANT}"],
    "steps may belong to runs of any organisation": [
        "alter table public.user_workflow_run_step "
        "drop constraint user_workflow_run_step_org_id_run_id_fkey"
    ],
    "a step may name any trace": ["drop trigger fill_step_keys on public.user_workflow_run_step"],
    "a step may be moved to any trace": [
        "drop trigger guard_step_identity on public.user_workflow_run_step"
    ],
    "every workflow is one's own": [
        "create or replace function public.is_own_workflow(workflow_id uuid) returns boolean "
        "language sql stable parallel safe security definer set search_path = pg_catalog, pg_temp "
        "return true"
    ],
    "page states are not isolated": [
        "alter table public.user_workflow_cache_state disable row level security"
    ],
    "the old tables can be read": [
        f"grant usage on schema legacy to {TENANT}",
        f"grant select on all tables in schema legacy to {TENANT}",
    ],
    "the queue can be read": [
        f"grant usage on schema consolidation to {TENANT}",
        f"grant select on consolidation.change to {TENANT}",
    ],
    "the functions of the move can be called": [
        f"grant usage on schema consolidation to {TENANT}",
        f"grant execute on all functions in schema consolidation to {TENANT}",
        "alter function consolidation.differences(bigint, bigint, boolean, bigint []) "
        "security definer",
    ],
    "old tables are written through a definer function": [
        f"grant usage on schema consolidation to {TENANT}",
        "alter function consolidation.consolidate(bigint []) security definer",
    ],
    "the document tables can be emptied": [
        f"grant truncate on public.user_workflow_run, public.user_workflow_run_step to {TENANT}"
    ],
    "sequences can be set": [f"grant update on all sequences in schema public to {TENANT}"],
    "sequences can be read": [f"grant select on all sequences in schema public to {TENANT}"],
    "a search looks at all organisations": [
        """
        do $mutation$
        declare
            definition text := pg_get_functiondef('public.find_step_ids'::regproc);
        begin
            definition := replace(definition, 's.org_id = organisation', 'true');
            execute replace(definition, 'array[s.org_id] @> array[organisation]', 'true');
        end
        $mutation$
        """
    ],
    "a search for runs looks at all organisations": [
        """
        do $mutation$
        declare
            definition text := pg_get_functiondef('public.find_run_ids'::regproc);
        begin
            definition := replace(definition, 'r.org_id = organisation', 'true');
            execute replace(definition, 'array[r.org_id] @> array[organisation]', 'true');
        end
        $mutation$
        """
    ],
    "a search without an organisation looks at all": [
        """
        do $mutation$
        declare
            definition text := pg_get_functiondef('public.find_step_ids'::regproc);
        begin
            definition := replace(definition, 'if organisation is null', 'if false');
            definition := replace(
                definition, 's.org_id = organisation', 's.org_id = organisation is not false'
            );
            execute replace(definition, 'array[s.org_id] @> array[organisation]', 'true');
        end
        $mutation$
        """
    ],
}


def mutants(connection: Connection) -> Iterator[tuple[str, list[str]]]:
    """Every protection in the catalog, with the statements that take it away."""
    for table, policy, check in connection.execute(
        """
        select
            p.polrelid::regclass::text,
            p.polname::text,
            p.polwithcheck is not null
            and pg_get_expr(p.polwithcheck, p.polrelid) <> 'true'
        from pg_policy p
        where p.polrelid::regclass::text not like 'legacy.%'
        order by 1, 2
        """
    ).fetchall():
        yield f"drop policy {policy}", [f"drop policy {policy} on {table}"]
        if check:
            yield (
                f"policy {policy} without check",
                [f"alter policy {policy} on {table} with check (true)"],
            )
            yield f"policy {policy} shows all", [f"alter policy {policy} on {table} using (true)"]
    for (table,) in connection.execute(
        """
        select c.oid::regclass::text from pg_class c
        where c.relforcerowsecurity and c.relnamespace = 'public'::regnamespace order by 1
        """
    ).fetchall():
        yield f"{table} without force", [f"alter table {table} no force row level security"]
        yield f"{table} without policies", [f"alter table {table} disable row level security"]
        yield (
            f"{table} with a policy for everybody",
            [f"create policy opened on {table} using (true) with check (true)"],
        )
    for (view,) in connection.execute(
        """
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where
            c.relkind = 'v' and n.nspname in ('public', 'consolidation')
            and c.reloptions @> '{security_invoker=true}'
            and not exists (
                select from pg_depend d
                where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
            )
        order by 1
        """
    ).fetchall():
        yield f"{view} without security_invoker", [f"alter view {view} reset (security_invoker)"]
    for (function,) in connection.execute(
        """
        select p.oid::regprocedure::text from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        where p.prosecdef and n.nspname in ('public', 'consolidation') order by 1
        """
    ).fetchall():
        yield f"{function} without search_path", [f"alter function {function} reset search_path"]
        yield (
            f"{function} with a search_path that ends in public",
            [f"alter function {function} set search_path = pg_catalog, pg_temp, public"],
        )
        yield f"{function} for everybody", [f"grant execute on function {function} to public"]
        yield f"{function} as a superuser", [f"alter function {function} owner to postgres"]
    for (function,) in connection.execute(
        """
        select p.oid::regprocedure::text from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        where
            not p.prosecdef and n.nspname in ('public', 'consolidation')
            and p.proname ~ '^(guard_|add_|start_run|fill_step_keys|get_context)'
            and not exists (
                select from pg_depend d
                where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
            )
        order by 1
        """
    ).fetchall():
        yield (
            f"{function} with the rights of its owner",
            [f"alter function {function} security definer"],
        )
    yield from FIXED.items()


@pytest.fixture(scope="module")
def mutable(deployed_template: str) -> Iterator[str]:
    with database(deployed_template) as name:
        with connect(name) as connection:
            seed(connection)
        yield name


def test_every_mutant_is_noticed(mutable: str, capsys: pytest.CaptureFixture[str]) -> None:
    known = matrix(mutable, ["own"])
    assert not known.violations
    assert known.outcomes["rows of one's own"] > 20
    with connect(mutable) as connection:
        listed = list(mutants(connection))
        # Whoever runs the tests stands in for the owner.
        (superuser,) = connection.execute("select quote_ident(current_user)").fetchone() or ("",)
    survivors = []
    for name, statements in listed:
        statements = [s.replace("owner to postgres", f"owner to {superuser}") for s in statements]
        forms = ["unset"] if "without an organisation" in name else ["own"]
        if not matrix(mutable, forms, statements, known=known).violations:
            survivors.append(name)
    noticed = len(listed) - len(survivors)
    with capsys.disabled():
        print(
            f"\nmutation score of the isolation matrix: {noticed} of {len(listed)} noticed "
            f"({100 * noticed / len(listed):.0f} %)"
        )
    assert len(listed) > 60
    assert set(survivors) == set(EQUIVALENT), f"not noticed: {survivors}"
