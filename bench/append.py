"""Appending events to a step that has more and more of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from psycopg.types.numeric import Int8
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from bench.database import Connection, Database
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
from user_workflow import UserWorkflowRunStep

ROW, ROWS = "row insert, old table", "50 rows a statement, old table"
VIEW, ONE, FIFTY = "row insert, view", "`add_event`", "`add_events` of 50"
MODEL, MODELS = "models, 1 a commit", "models, 50 a commit"
WAYS = (ROW, ROWS, VIEW, ONE, FIFTY, MODEL, MODELS)

Append = Callable[[Int8, Int8, UUID], None]
"""Appends to a step, given the old ids of its trace and of itself, and its key."""

LENGTHS = (0, 10, 100, 1000, 5000)
SINGLES = 5
"""How many events a measurement appends one by one: few, since they make the array longer."""

DATA = {"from": "/login", "to": "/dashboard", "selector": "#submit-button", "load_time_ms": 1234}
INSERT = """
    insert into workflow_events (trace_id, step_id, event_type, event_data)
    values (%s, %s, 'navigation', %s)
"""
INSERT_50 = """
    insert into workflow_events (trace_id, step_id, event_type, event_data)
    select %s, %s, 'navigation', %s from generate_series(1, 50)
"""
# Elements as the backfill makes them.
RESET = """
    update user_workflow_run_step
    set events = coalesce(
        (
            select jsonb_agg(
                consolidation.event_element(n, 'navigation', %(data)s, timestamptz '2025-01-01 Z')
                order by n
            )
            from generate_series(1, %(length)s) as n
        ),
        '[]'
    )
    where legacy_step_id = %(step_id)s
"""


def part(database: Database, repetitions: int, lengths: tuple[int, ...] = LENGTHS) -> Section:
    """Compares the ways to append, a step of a run for each.

    Args:
        database: After the cut-over.
        repetitions: How often each is measured.
        lengths: How many events the step has.
    """
    engine = create_engine(f"postgresql+psycopg:///{database.name}")
    taken: dict[int, dict[str, Spread]] = {}
    with database.connect(schema="legacy") as old, database.connect() as new:
        # The cut-over ended it.
        old.execute(
            "alter sequence workflow_events_event_id_seq no maxvalue restart with 1000000000000"
        )
        steps = new.execute(
            """
            select legacy_trace_id, legacy_step_id, step_id from user_workflow_run_step
            where legacy_trace_id between 1 and 90 and step_number = 1
            order by legacy_trace_id
            """
        ).fetchall()

        def way(position: int, length: int, events: int, append: Append) -> Contender:
            trace_id, legacy_step_id, step_id = steps[position]

            def measure() -> float:
                parameters = {"data": Jsonb(DATA), "length": length, "step_id": legacy_step_id}
                new.execute(RESET, parameters)
                seconds = timed(lambda: append(Int8(trace_id), Int8(legacy_step_id), step_id))()
                return seconds / events * 1000

            return measure

        # By name: how many events a measurement appends, and how.
        ways: dict[str, tuple[int, Append]] = {
            ROW: (SINGLES, lambda trace, step, _: insert(old, SINGLES, trace, step)),
            ROWS: (50, lambda trace, step, _: insert_50(old, trace, step)),
            VIEW: (SINGLES, lambda trace, step, _: insert(new, SINGLES, trace, step)),
            ONE: (SINGLES, lambda _trace, _step, key: add_event(new, SINGLES, key)),
            FIFTY: (50, lambda _trace, _step, key: add_events(new, key)),
            MODEL: (SINGLES, lambda _trace, _step, key: model(engine, SINGLES, 1, key)),
            MODELS: (50, lambda _trace, _step, key: model(engine, 1, 50, key)),
        }
        for length in lengths:
            contenders = {
                name: way(position, length, events, append)
                for position, (name, (events, append)) in enumerate(ways.items())
            }
            taken[length] = alternate(contenders, repetitions)
        old.execute("delete from workflow_events where event_data = %s", [Jsonb(DATA)])
    engine.dispose()
    against_row = {
        way: [(length, taken[length][way] / taken[length][ROW]) for length in lengths]
        for way in WAYS
    }
    longest = [ratio for length, ratio in against_row[FIFTY] if length <= 1000][-1]
    return Section(
        title="Appending events",
        text=(
            "Milliseconds an event, at the client, prepared, for a step that has so many events."
            " Each append writes the array anew, so one by one it costs more the longer the array"
            " is, and a row insert does not: appending to long arrays is what the new structure"
            " loses at. The documents have their GIN index and capture for the way back, as after"
            " the cut-over; the models load the step first."
        ),
        tables=[
            Table(
                "Milliseconds an event",
                ("", *(f"{length:,} events" for length in lengths)),
                [(way, *(str(taken[length][way]) for length in lengths)) for way in WAYS],
            ),
            Table(
                "Against a row insert into the old table",
                ("", *(f"{length:,} events" for length in lengths)),
                [(way, *(str(ratio) for _, ratio in against_row[way])) for way in WAYS[1:]],
            ),
        ],
        goals=[
            Goal(
                "`add_events` of 50, an event, up to 1,000 events, against a row insert",
                longest,
                at_most=1.5,
            )
        ],
        charts=[
            Chart(
                "benchmark-append",
                "Appending to a step: milliseconds an event",
                "events the step has",
                [
                    # A logarithmic axis has no place for 0.
                    Line(way, [(max(1, length), taken[length][way].median) for length in lengths])
                    for way in WAYS
                ],
            )
        ],
        losses=[
            f"Appending one event, {way}: slower than a row insert into the old table:"
            f" {crossover(against_row[way], 'events')}"
            for way in (VIEW, ONE, FIFTY, MODEL, MODELS)
        ],
    )


def insert(connection: Connection, times: int, trace_id: Int8, step_id: Int8) -> None:
    """Inserts events into a table or view, one by one."""
    for _ in range(times):
        connection.execute(INSERT, (trace_id, step_id, Jsonb(DATA)), prepare=True)


def insert_50(connection: Connection, trace_id: Int8, step_id: Int8) -> None:
    """Inserts 50 events with one statement."""
    connection.execute(INSERT_50, (trace_id, step_id, Jsonb(DATA)), prepare=True)


def add_event(connection: Connection, times: int, step_id: UUID) -> None:
    """Appends events one by one."""
    for _ in range(times):
        connection.execute(
            "select add_event(%s, 'navigation', %s)", (step_id, Jsonb(DATA)), prepare=True
        )


def add_events(connection: Connection, step_id: UUID) -> None:
    """Appends 50 events with one call."""
    events = [{"type": "navigation", "data": DATA}] * 50
    connection.execute("select add_events(%s, %s)", (step_id, Jsonb(events)), prepare=True)


def model(engine: Any, commits: int, events: int, step_id: UUID) -> None:
    """Loads the step, appends events and commits."""
    for _ in range(commits):
        with Session(engine) as session, session.begin():
            step = session.get_one(UserWorkflowRunStep, step_id)
            for _ in range(events):
                step.add_event("navigation", DATA)
