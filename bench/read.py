"""Reading one run, and searching events by type."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from psycopg.types.json import set_json_loads
from psycopg.types.numeric import Int8

from bench.database import OLD, Connection, Database, value
from bench.measure import (
    Chart,
    Contender,
    Goal,
    Line,
    Section,
    Spread,
    Table,
    alternate,
    crossover,
    timed,
)

FIVE_JOIN = """
    select * from workflow_trace t
    left join workflow_steps s on t.trace_id = s.trace_id
    left join workflow_events e on s.step_id = e.step_id
    left join workflow_trace_screenshot sc on t.trace_id = sc.trace_id
    left join workflow_trace_context c on t.trace_id = c.trace_id
    where t.trace_id = {}
"""
ONE_JOIN = """
    select * from user_workflow_run r
    left join user_workflow_run_step s on r.run_id = s.run_id
    where r.run_id = {}
"""

SIX_QUERIES = [f"select * from {name} where trace_id = {{}}" for name in OLD]

# What is read, and the schema in which its names are found.
QUERIES: dict[str, tuple[str, list[str]]] = {
    "five-join, old tables": ("legacy", [FIVE_JOIN]),
    "five-join, views": ("public", [FIVE_JOIN]),
    "six queries, old tables": ("legacy", SIX_QUERIES),
    "six queries, views": ("public", SIX_QUERIES),
    "one-join, new tables": ("public", [ONE_JOIN]),
}
SIMPLE, PREPARED = "client, simple", "client, prepared"
SERVER_SIMPLE, SERVER_PREPARED = "server, simple", "server, prepared"
MODES = (SIMPLE, PREPARED, SERVER_SIMPLE, SERVER_PREPARED)


def reading(connection: Connection, queries: list[str], mode: str, keys: list[Any]) -> Contender:
    """A contender that reads one run after the other; milliseconds a run."""
    if mode in (SIMPLE, PREPARED):

        def read() -> None:
            for key in keys:
                for query in queries:
                    prepare = mode == PREPARED
                    connection.execute(query.format("%s"), (key,), prepare=prepare).fetchall()

        seconds = timed(read)
        return lambda: seconds() / len(keys) * 1000

    explain = "explain (analyze, timing off, summary on, format json)"
    statements = []
    for query in queries:
        if mode == SERVER_PREPARED:
            name = f"bench_{value(connection, 'select count(*) from pg_prepared_statements')}"
            kind = "uuid" if isinstance(keys[0], UUID) else "bigint"
            connection.execute(f"prepare {name} ({kind}) as {query.format('$1')}")
            statements.append(f"{explain} execute {name} ({{}})")
        else:
            statements.append(f"{explain} {query}")

    def explained() -> float:
        milliseconds = 0.0
        for key in keys:
            for statement in statements:
                plan = json.loads(value(connection, statement.format(f"'{key}'")))[0]
                milliseconds += plan["Planning Time"] + plan["Execution Time"]
        return milliseconds / len(keys)

    return explained


def part(database: Database, repetitions: int, sample: int) -> Section:
    """Compares what reading one run takes.

    Args:
        database: After the cut-over.
        repetitions: How often each is measured.
        sample: How many runs a measurement reads.
    """
    with database.connect() as connection:
        found = connection.execute(
            """
            select legacy_trace_id, run_id from user_workflow_run
            where legacy_trace_id between 1 and %s
            order by hashint8(legacy_trace_id)
            limit %s
            """,
            (database.runs, sample),
        ).fetchall()
    trace_ids = [Int8(trace_id) for trace_id, _ in found]
    run_ids = [run_id for _, run_id in found]
    sessions = {schema: database.connect(schema=schema) for schema in ("legacy", "public")}
    for connection in sessions.values():
        set_json_loads(lambda data: data, connection)
    taken = alternate(
        {
            f"{name}, {mode}": reading(
                sessions[schema],
                queries,
                mode,
                run_ids if queries == [ONE_JOIN] else trace_ids,
            )
            for name, (schema, queries) in QUERIES.items()
            for mode in MODES
        },
        repetitions,
    )
    for connection in sessions.values():
        connection.close()

    def ratios(above: str, below: str) -> tuple[str, ...]:
        return tuple(str(taken[f"{above}, {mode}"] / taken[f"{below}, {mode}"]) for mode in MODES)

    new, six = "one-join, new tables", "six queries, old tables"
    five, views = "five-join, old tables", "five-join, views"
    at_server = taken[f"{new}, {SERVER_PREPARED}"] / taken[f"{six}, {SERVER_PREPARED}"]
    prepared = taken[f"{views}, {PREPARED}"] / taken[f"{five}, {PREPARED}"]
    comparisons = (new, six), (new, five), (views, five), ("six queries, views", six)
    return Section(
        title="Reading one run",
        text=(
            f"One regular run, {sample} of them a measurement: the five-join query of the old"
            " documentation (960 rows, since it multiplies events, screenshots and context keys),"
            " one query for each of the six tables, and the one-join query of the new"
            " documentation (8 rows). Simple: parsed and planned each time. Client: psycopg, which"
            " leaves JSON as it comes. Server: planning and execution as `explain (analyze, timing"
            " off)` says, without turning rows into text and without reading what is stored out of"
            " line."
        ),
        tables=[
            Table(
                "Milliseconds a run",
                ("", *MODES),
                [(name, *(str(taken[f"{name}, {mode}"]) for mode in MODES)) for name in QUERIES],
            ),
            Table(
                "Ratios",
                ("", *MODES),
                [(f"{above} / {below}", *ratios(above, below)) for above, below in comparisons],
            ),
        ],
        goals=[
            Goal(
                "one run: one-join against the six old queries",
                taken[f"{new}, {SIMPLE}"] / taken[f"{six}, {SIMPLE}"],
                at_most=0.25,
                if_missed=(
                    "Either form has to send the same elements, and the one-join repeats the run in"
                    f" each of its rows. In the server, prepared, the ratio is {at_server}."
                ),
            ),
            Goal(
                "one run: one-join against the old five-join",
                taken[f"{new}, {SIMPLE}"] / taken[f"{five}, {SIMPLE}"],
                at_most=0.03,
            ),
            Goal(
                "five-join: views against old tables",
                taken[f"{views}, {SIMPLE}"] / taken[f"{five}, {SIMPLE}"],
                at_most=1.1,
                if_missed=(
                    "Planning the views is a fixed sum that the old tables do not cost; prepared,"
                    f" the client sees {prepared}."
                ),
            ),
        ],
    )


SCAN = """
    select count(*) from workflow_events
    where event_type = 'error' and trace_id between %s and %s
"""
SCAN_DOCUMENTS = """
    select count(*)
    from user_workflow_run_step s
    cross join jsonb_array_elements(s.events) e
    where
        s.events @> '[{"type": "error"}]'
        and e ->> 'type' = 'error'
        and s.legacy_trace_id between %s and %s
"""


def scan(database: Database, repetitions: int) -> Section:
    """Compares counting the errors of more and more runs.

    Args:
        database: After the cut-over.
        repetitions: How often each is measured.
    """
    sessions = {schema: database.connect(schema=schema) for schema in ("legacy", "public")}
    ways = {
        "old table": ("legacy", SCAN),
        "view": ("public", SCAN),
        "documents": ("public", SCAN_DOCUMENTS),
    }
    sizes = [n for n in (1, 10, 100, 1000, 10_000, 100_000) if n < database.runs] + [database.runs]

    def counting(schema: str, query: str, runs: int) -> Contender:
        def count() -> None:
            sessions[schema].execute(query, (Int8(1), Int8(runs + runs // 96))).fetchall()

        seconds = timed(count)
        return lambda: seconds() * 1000

    taken: dict[int, dict[str, Spread]] = {
        runs: alternate(
            {name: counting(schema, query, runs) for name, (schema, query) in ways.items()},
            repetitions,
        )
        for runs in sizes
    }
    for connection in sessions.values():
        connection.close()
    view = [(runs, taken[runs]["view"] / taken[runs]["old table"]) for runs in sizes]
    documents = [(runs, taken[runs]["documents"] / taken[runs]["old table"]) for runs in sizes]
    return Section(
        title="Events by type",
        text=(
            "`select count(*) from workflow_events where event_type = 'error' and trace_id between"
            " …`, one event of 200: the old table has indexes on both columns, the view takes"
            " every document apart. New code asks the documents with `@>`, and"
            " `idx_step_events_gin`."
        ),
        tables=[
            Table(
                "Milliseconds",
                ("runs", *ways, "view / old table", "documents / old table"),
                [
                    (
                        f"{runs:,}",
                        *(str(taken[runs][way]) for way in ways),
                        str(view[i][1]),
                        str(documents[i][1]),
                    )
                    for i, runs in enumerate(sizes)
                ],
            )
        ],
        charts=[
            Chart(
                "benchmark-scan",
                "Counting the errors of more and more runs: milliseconds",
                "runs",
                [Line(way, [(runs, taken[runs][way].median) for runs in sizes]) for way in ways],
            )
        ],
        losses=[
            f"Counting events by type: {name} slower than the old table {crossover(points, 'runs')}"
            for name, points in (("the view is", view), ("the documents are", documents))
        ],
    )
