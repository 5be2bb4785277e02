"""Searching by context and by event, as the owner and as a tenant."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from psycopg.types.json import Jsonb

from bench.backfill import add_migration_018
from bench.database import Connection, Database
from bench.measure import Goal, Section, Table, alternate, timed

# Run 3 belongs to the third organisation, however many there are.
CORRELATION_ID = "corr-" + hashlib.md5(b"correlation 3").hexdigest()

CONTEXT = "context, one run"
EVENT = "events, `error`"
RUN = "one run with its steps"

OWNER, TENANT, FUNCTION = "owner, `@>`", "tenant, `@>`", "tenant, `find_…`"

ONE_RUN = """
    select * from user_workflow_run r
    left join user_workflow_run_step s on r.run_id = s.run_id
    where r.run_id = '{run_id}'
"""
SEARCHES = {
    CONTEXT: {
        OWNER: """
            select * from user_workflow_run
            where context @> '{{"correlation_id": "{correlation_id}"}}' and org_id = '{org_id}'
        """,
        TENANT: """
            select * from user_workflow_run
            where context @> '{{"correlation_id": "{correlation_id}"}}'
        """,
        FUNCTION: """
            select * from find_runs(context => '{{"correlation_id": "{correlation_id}"}}')
        """,
    },
    EVENT: {
        OWNER: """
            select * from user_workflow_run_step
            where events @> '[{{"type": "error"}}]' and {of_organisation}
        """,
        TENANT: """
            select * from user_workflow_run_step where events @> '[{{"type": "error"}}]'
        """,
        FUNCTION: """
            select * from find_steps(events => '[{{"type": "error"}}]')
        """,
    },
    RUN: {OWNER: ONE_RUN, TENANT: ONE_RUN},
}
PROJECT, MIGRATION = "this project", "Migration 018"
OF_ORGANISATION = {
    PROJECT: "org_id = '{org_id}'",
    # Its steps have no organisation.
    MIGRATION: "run_id in (select r.run_id from user_workflow_run r where r.org_id = '{org_id}')",
}


@dataclass
class Search:
    """Queries of one kind of session; as a contender, milliseconds a query."""

    connection: Connection
    query: str
    times: int

    def rows(self) -> int:
        """How many rows are found."""
        return self.connection.execute(self.query).rowcount

    def __call__(self) -> float:
        """Searches again and again."""
        return timed(self._search)() / self.times * 1000

    def _search(self) -> None:
        for _ in range(self.times):
            self.connection.execute(self.query).fetchall()


def searches(database: Database, schemas: dict[str, str], times: int) -> dict[str, Search]:
    """What is searched for, by "project, search, way".

    Args:
        database: After the cut-over.
        schemas: Where the tables of each project are.
        times: How often a measurement searches.
    """
    found = {}
    for project, schema in schemas.items():
        owner = database.connect(schema=schema)
        condition = Jsonb({"correlation_id": CORRELATION_ID})
        run = "select run_id, org_id from user_workflow_run where context @> %s"
        row = owner.execute(run, [condition]).fetchone()
        assert row is not None, f"no run has {CORRELATION_ID}"
        known = {"run_id": row[0], "org_id": row[1], "correlation_id": CORRELATION_ID}
        known["of_organisation"] = OF_ORGANISATION[project].format(**known)
        tenant = database.connect(schema=schema, organisation=str(row[1]))
        for search, ways in SEARCHES.items():
            for way, query in ways.items():
                if project == PROJECT or way != FUNCTION:
                    session = owner if way == OWNER else tenant
                    # Planned each time, as a search for something else would be.
                    session.prepare_threshold = None
                    found[f"{project}, {search}, {way}"] = Search(
                        session, query.format(**known), times
                    )
    return found


def part(small: Database, database: Database, repetitions: int, times: int) -> Section:
    """Compares the searches, and this project with few and many other organisations.

    Args:
        small: After the cut-over, with a tenth of the runs in a tenth of the organisations.
        database: After the cut-over.
        repetitions: How often each is measured.
        times: How often a measurement searches.
    """
    add_migration_018(database)
    schemas = {PROJECT: "public", MIGRATION: "migration_018"}
    few = searches(small, {PROJECT: "public"}, times)
    many = searches(database, schemas, times)
    taken = alternate(
        {**many, **{f"few, {name}": search for name, search in few.items()}}, repetitions
    )
    found = {name: search.rows() for name, search in many.items()}
    for session in {search.connection for search in (*few.values(), *many.values())}:
        session.close()
    ours = [(search, way) for search, ways in SEARCHES.items() for way in ways]

    def times_of(search: str, way: str) -> list[str]:
        names = [f"{project}, {search}, {way}" for project in schemas]
        return [str(taken[name]) if name in taken else "" for name in names]

    def against_owner(search: str, way: str) -> list[str]:
        return [
            str(taken[f"{project}, {search}, {way}"] / taken[f"{project}, {search}, {OWNER}"])
            if way != OWNER and f"{project}, {search}, {way}" in taken
            else ""
            for project in schemas
        ]

    few_and_many = f"{small.organisations} and {database.organisations}"
    return Section(
        title="Searching, owner and tenant",
        text=(
            "The owner names the organisation in the query, no policy holds for him; the tenant is"
            " a member of `workflow_app` and names it in `app.current_org_id`. Migration 018 has"
            " the policies of its documentation, for steps `run_id in (select …)`, and the same"
            " GIN indexes. Milliseconds at the client, with all columns of what is found, planned"
            " each time: prepared, a query keeps its plan, and the functions plan all the same."
        ),
        tables=[
            Table(
                f"{database.runs:,} runs, {database.organisations} organisations",
                ("", "rows", *schemas, *(f"{project}: tenant / owner" for project in schemas)),
                [
                    (
                        f"{search}, {way}",
                        f"{found[f'{PROJECT}, {search}, {way}']}",
                        *times_of(search, way),
                        *against_owner(search, way),
                    )
                    for search, way in ours
                ],
            ),
            Table(
                f"This project with {few_and_many} organisations, each with as many runs",
                ("", f"{small.organisations}", f"{database.organisations}", "ratio"),
                [
                    (
                        f"{search}, {way}",
                        str(taken[f"few, {PROJECT}, {search}, {way}"]),
                        str(taken[f"{PROJECT}, {search}, {way}"]),
                        str(
                            taken[f"{PROJECT}, {search}, {way}"]
                            / taken[f"few, {PROJECT}, {search}, {way}"]
                        ),
                    )
                    for search, way in ours
                ],
            ),
        ],
        goals=[
            *(
                Goal(
                    f"search, {search}: tenant with `find_…` against owner",
                    taken[f"{PROJECT}, {search}, {FUNCTION}"]
                    / taken[f"{PROJECT}, {search}, {OWNER}"],
                    at_most=2,
                )
                for search in (CONTEXT, EVENT)
            ),
            *(
                Goal(
                    f"search, {search}: {database.organisations} organisations against"
                    f" {small.organisations}",
                    taken[f"{PROJECT}, {search}, {FUNCTION}"]
                    / taken[f"few, {PROJECT}, {search}, {FUNCTION}"],
                    at_most=2,
                )
                for search in (CONTEXT, EVENT)
            ),
            Goal(
                "one run with its steps: tenant against owner",
                taken[f"{PROJECT}, {RUN}, {TENANT}"] / taken[f"{PROJECT}, {RUN}, {OWNER}"],
                at_most=1.2,
            ),
        ],
    )
