"""What capture adds to writes of the old applications, before the cut-over."""

from __future__ import annotations

from bench.database import OLD, Connection, Database
from bench.measure import Contender, Goal, Section, Table, alternate, timed

SINGLE = {
    "insert an event": """
        insert into workflow_events (trace_id, step_id, event_type, event_data)
        values (%(trace_id)s, %(step_id)s, 'navigation', '{"from": "/login", "to": "/claims"}')
    """,
    "update a step": """
        update workflow_steps set status = 'running', retry_count = retry_count + 1
        where step_id = %(step_id)s
    """,
    "insert a context key": """
        insert into workflow_trace_context (trace_id, key, value)
        values (%(trace_id)s, 'bench ' || clock_timestamp(), '{"first": true}')
    """,
}
MANY = {
    "insert 50 events": """
        insert into workflow_events (trace_id, step_id, event_type, event_data)
        select %(trace_id)s, %(step_id)s, 'navigation', '{"from": "/login", "to": "/claims"}'
        from generate_series(1, 50)
    """,
    "update 50 events": """
        update workflow_events set event_data = '{"edited": true}'
        where event_id in (
            select e.event_id from workflow_events as e
            where e.trace_id between %(trace_id)s and %(trace_id)s + 1
            limit 50
        )
    """,
}


def switch_capture(connection: Connection, on: bool) -> None:
    """Creates the capture triggers of the six old tables, or drops them."""
    for name in OLD:
        if on:
            connection.execute(
                f"select consolidation.start_capture('public.{name}', 'consolidation.capture_old')"
            )
        else:
            connection.execute(f"select consolidation.stop_capture('public.{name}')")


def part(database: Database, repetitions: int, statements: int) -> Section:
    """Compares the same writes without and with capture.

    Args:
        database: Deployed to @expand, with 91 runs or more; is full of rows afterwards.
        repetitions: How often each is measured.
        statements: How many a measurement.
    """
    with database.connect() as administrator, database.connect() as application:

        def writes(statement: str, captured: bool) -> Contender:
            def work() -> None:
                for i in range(statements):
                    trace_id = 2 + i % 90
                    application.execute(
                        statement,
                        {"trace_id": trace_id, "step_id": (trace_id - 1) * 10 + 1},
                        prepare=True,
                    )

            def measure() -> float:
                if not captured:
                    switch_capture(administrator, on=False)
                seconds = timed(work)()
                if not captured:
                    switch_capture(administrator, on=True)
                return seconds / statements * 1000

            return measure

        taken = alternate(
            {
                f"{name}, {captured}": writes(statement, captured)
                for name, statement in (SINGLE | MANY).items()
                for captured in (False, True)
            },
            repetitions,
        )

    def ratio(name: str) -> Goal:
        single = name in SINGLE
        return Goal(
            f"capture: {name}",
            taken[f"{name}, True"] / taken[f"{name}, False"],
            at_most=1.2 if single else 1.3,
            if_missed=(
                "The trigger function is called, reads its transition table and inserts one row:"
                " a fixed sum of some 0.03 ms, which stands out beside a statement that itself"
                " takes no longer than that, without a wait for the disk."
                if single
                else ""
            ),
        )

    goals = {name: ratio(name) for name in SINGLE | MANY}
    return Section(
        title="Capture",
        text=(
            "Before the cut-over, statement triggers on the old tables note the runs that a"
            " statement touched. The same prepared statements, each a transaction of its own,"
            f" {statements} a measurement, with the triggers dropped and created in turn."
        ),
        tables=[
            Table(
                "Milliseconds a statement, at the client",
                ("", "without", "with capture", "ratio"),
                [
                    (
                        name,
                        str(taken[f"{name}, False"]),
                        str(taken[f"{name}, True"]),
                        str(goal.measured),
                    )
                    for name, goal in goals.items()
                ],
            )
        ],
        goals=list(goals.values()),
    )
