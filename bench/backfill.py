"""Carrying everything over: this project, Migration 018, a loop in Python, and the floor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection as SqlalchemyConnection
from sqlalchemy import MetaData, create_engine, insert, select
from sqlalchemy import Table as SqlalchemyTable

from bench.database import NEW, OLD, ROOT, Database, copy, say, server_setting, value
from bench.measure import (
    Chart,
    Contender,
    Goal,
    Line,
    Section,
    Spread,
    Table,
    alternate,
    number,
    timed,
)

ONE, TWO = "this project, 1 session", "this project, 2 sessions"
MIGRATION, LOOP = "Migration 018", "SQLAlchemy loop"
FLOOR, COMPRESSING = "floor", "floor, compressing"

NAPTIME = "1s"
"""Autovacuum looks so often that it meets every batch."""

SCRATCH = ("floor", "finished", "plain", "loop")
"""Schemas that last as long as the comparison."""

JSONB = 3802
"""The type's oid, the same in all versions."""

ROWS_A_RUN = 57
"""Of the old tables: 1 trace, 8 steps, 34 events, 8 screenshots, 4 context keys, 2 endpoints."""


def backfill(database: Database, sessions: int) -> None:
    """Calls the backfill in several sessions at once."""
    # As many batches as make use of all sessions when there are few runs.
    batch_size = min(1000, max(20, database.runs // 10))
    database.run_in_sessions(f"call consolidation.backfill({batch_size})", sessions)


def script(name: str) -> str:
    """A script of the one-transaction migration."""
    return (ROOT / "bench" / "migration_018" / f"{name}.sql").read_text(encoding="utf-8")


def add_migration_018(database: Database) -> None:
    """Makes the tables of Migration 018, filled and with their indexes, unless they are there."""
    with database.connect(schema="migration_018") as connection:
        if value(connection, "select to_regclass('migration_018.user_workflow_run') is null"):
            create_migration_018(database)
            # After the cut-over the old names are views.
            connection.execute("set search_path = migration_018, legacy, public")
            connection.execute(script("insert"))
        if value(connection, "select to_regclass('migration_018.idx_run_org') is null"):
            connection.execute("set search_path = migration_018")
            connection.execute(script("indexes"))
            for name in NEW:
                connection.execute(f"vacuum analyze {name}")


def create_migration_018(database: Database) -> None:
    """Makes the empty tables of Migration 018, in a schema of their own."""
    database.run("create schema migration_018")
    database.run("grant usage on schema migration_018 to workflow_app")
    database.run(script("tables"), "migration_018")


def loop(connection: SqlalchemyConnection, runs: int) -> None:
    """What a migration in Python does: reads run by run, and writes run by run.

    Args:
        connection: To the database.
        runs: How many, from the first on.
    """
    metadata = MetaData()
    trace, step, event, screenshot, context, endpoint = (
        SqlalchemyTable(name, metadata, schema="public", autoload_with=connection) for name in OLD
    )
    new_run, new_step = (
        SqlalchemyTable(name, metadata, schema="loop", autoload_with=connection) for name in NEW
    )

    def of(table: SqlalchemyTable, trace_id: int, *order: Any) -> Any:
        query = select(table).where(table.c.trace_id == trace_id).order_by(*order)
        return connection.execute(query).mappings().all()

    first = select(trace).where(trace.c.trace_id > 0).order_by(trace.c.trace_id).limit(runs)
    for old in connection.execute(first).mappings().all():
        trace_id = old["trace_id"]
        events = of(event, trace_id, event.c.timestamp)
        screenshots = of(screenshot, trace_id, screenshot.c.created_at)
        same = {column.name for column in new_run.c} & set(old) - {"context"}
        run_id = connection.execute(
            insert(new_run)
            .values({name: old[name] for name in same})
            .values(
                started_at=old["start_time"],
                ended_at=old["end_time"],
                error_details=old["error_detail"],
                context={c["key"]: c["value"] for c in of(context, trace_id)},
                endpoints_used=[p["endpoint_id"] for p in of(endpoint, trace_id)],
            )
            .returning(new_run.c.run_id)
        ).scalar_one()
        connection.execute(
            insert(new_step),
            [
                {
                    "run_id": run_id,
                    "node_id": s["node_id"],
                    "step_number": s["step_number"],
                    "status": s["status"],
                    "retry_count": s["retry_count"],
                    "started_at": s["start_time"],
                    "ended_at": s["end_time"],
                    "duration_ms": s["duration_ms"],
                    "input_data": s["input_data"],
                    "output_data": s["output_data"],
                    "error_message": s["error_message"],
                    "metadata": s["metadata"],
                    "events": [
                        {
                            "type": e["event_type"],
                            "timestamp": e["timestamp"].isoformat(),
                            "data": e["event_data"],
                        }
                        for e in events
                        if e["step_id"] == s["step_id"]
                    ],
                    "screenshots": [
                        {
                            "url": x["screenshot_url"],
                            "thumbnail_url": x["thumbnail_url"],
                            "timestamp": x["created_at"].isoformat(),
                            "action": x["action_description"],
                            "selector": x["element_selector"],
                            "element_found": x["element_found"],
                            "confidence": float(x["confidence_score"] or 0),
                        }
                        for x in screenshots
                        if x["step_index"] == s["step_number"]
                    ],
                }
                for s in of(step, trace_id, step.c.step_number)
            ],
        )
        connection.commit()


def loop_runs(database: Database) -> int:
    """How many runs the loop carries over: its rate does not ask for more."""
    return min(500, database.runs // 2)


def empty_documents(database: Database, schema: str = "public") -> None:
    """Lets a backfill begin at the beginning; the document tables of a schema are empty then."""
    database.run(f"truncate {schema}.user_workflow_run, {schema}.user_workflow_run_step")
    if schema == "public":
        database.run("truncate consolidation.chunk, consolidation.change")
    database.run("checkpoint")


def contenders(database: Database, wal: dict[str, list[float]]) -> dict[str, Contender]:
    """The ways to carry over, each beginning with empty tables; seconds.

    Args:
        database: Deployed to @expand.
        wal: Gets the bytes of write-ahead log of each way.
    """
    # What the floor copies, and at the same time the first touch of everything.
    backfill(database, 2)
    for schema in SCRATCH:
        database.run(f"create schema {schema}")
    with database.connect() as reader, database.connect() as writer:
        for name in NEW:
            writer.execute(f"create table floor.{name} (like public.{name} including all)")
            writer.execute(f"create table finished.{name} as table public.{name}")
            writer.execute(f"create table plain.{name} (like public.{name})")
            for column in reader.execute(f"select * from {name} limit 0").description or ():
                if column.type_code == JSONB:
                    writer.execute(
                        f"alter table plain.{name} alter {column.name} set storage external"
                    )
            copy(reader, name, writer, f"plain.{name}")
            writer.execute(f"vacuum analyze finished.{name}, plain.{name}")
    create_migration_018(database)
    database.run(script("tables"), "loop")
    engine = create_engine(f"postgresql+psycopg:///{database.name}")

    def way(name: str, schema: str, work: Callable[[], Any]) -> Contender:
        def measure() -> float:
            empty_documents(database, schema)
            with database.connect() as connection:
                began = value(connection, "select pg_current_wal_lsn()")
                seconds = timed(work)()
                written = value(connection, "select pg_current_wal_lsn() - %s::pg_lsn", began)
            wal.setdefault(name, []).append(float(written))
            return seconds

        return measure

    def floor(schema: str) -> None:
        with database.connect() as connection, connection.transaction():
            for name, key in zip(NEW, ("legacy_trace_id", "legacy_step_id"), strict=True):
                connection.execute(
                    f"insert into floor.{name} select * from {schema}.{name} order by {key}"
                )

    def python() -> None:
        with engine.connect() as connection:
            loop(connection, loop_runs(database))
        engine.dispose()

    return {
        ONE: way(ONE, "public", lambda: backfill(database, 1)),
        FLOOR: way(FLOOR, "floor", lambda: floor("finished")),
        COMPRESSING: way(COMPRESSING, "floor", lambda: floor("plain")),
        TWO: way(TWO, "public", lambda: backfill(database, 2)),
        MIGRATION: way(
            MIGRATION, "migration_018", lambda: database.run(script("insert"), "migration_018")
        ),
        LOOP: way(LOOP, "loop", python),
    }


def repeated(settings: dict[str, dict[str, Spread]]) -> Table:
    """Every repetition, in its order, and how much the slowest stands out."""
    longest = max(len(s.values) for taken in settings.values() for s in taken.values())
    return Table(
        "Seconds of every repetition",
        ("", *(str(n + 1) for n in range(longest)), "slowest against the median"),
        [
            (
                f"{way}, {setting}",
                *(number(value) for value in spread.values),
                number(spread.maximum / spread.median),
            )
            for setting, taken in settings.items()
            for way, spread in taken.items()
        ],
    )


def rate(database: Database, way: str, seconds: Spread) -> Spread:
    """Rows of the old tables a second."""
    runs = loop_runs(database) if way == LOOP else database.runs
    return seconds.per(runs * ROWS_A_RUN)


def part(small: Database, middle: Database, repetitions: int) -> Section:
    """Compares the ways at a tenth of the runs and at all of them.

    Args:
        small: With N/10 runs, deployed to @expand.
        middle: With N runs, likewise.
        repetitions: How often each way is measured.
    """
    wal: dict[str, list[float]] = {}
    say(f"  {small.runs:,} and {middle.runs:,} runs in turn")
    ways = contenders(middle, wal)
    few = {f"few, {way}": work for way, work in contenders(small, {}).items()}
    times = alternate(ways | few, repetitions, warm_up=False)
    logs = {way: Spread(tuple(values)) for way, values in wal.items()}
    busy = f"`autovacuum_naptime = {NAPTIME}`"
    say(f"  {middle.runs:,} runs, {busy}")
    with server_setting("autovacuum_naptime", NAPTIME):
        vacuumed = alternate({way: ways[way] for way in (ONE, FLOOR, TWO)}, repetitions)
    settings = {
        "as the server is": {way: times[way] for way in (ONE, TWO)},
        busy: {way: vacuumed[way] for way in (ONE, TWO)},
    }
    rates = {
        small.runs: {way: rate(small, way, times[f"few, {way}"]) for way in ways},
        middle.runs: {way: rate(middle, way, times[way]) for way in ways},
    }
    grown = rates[middle.runs][ONE] / rates[small.runs][ONE]
    for database in (small, middle):
        database.run(f"drop schema {', '.join(SCRATCH)} cascade")
    why = (
        "The floor neither builds documents nor compresses them: against the floor that"
        f" compresses it is {times[COMPRESSING] / times[TWO]} with 2 sessions and"
        f" {times[COMPRESSING] / times[ONE]} with 1."
    )
    sizes = list(rates)
    against_floor = [
        Goal(
            f"backfill, {sessions}{setting}: rate against the floor",
            measured[FLOOR] / measured[way],
            at_least=at_least,
            if_missed=why,
        )
        for setting, measured in (("", times), (f", {busy}", vacuumed))
        for way, sessions, at_least in ((TWO, "2 sessions", 0.6), (ONE, "1 session", 0.4))
    ]
    return Section(
        title="Backfill",
        text=(
            "Everything the six old tables hold becomes documents. The floor is `insert … select`"
            " of the finished rows into identical empty tables, with the constraints and indexes"
            " that are there during the backfill: nothing that writes these rows into these tables"
            " from one session can be faster. It copies compressed values as they are; the floor"
            " that compresses them, as whoever builds them has to, is beside it. Migration 018 is"
            " one transaction with correlated subqueries (`bench/migration_018`); it carries"
            " neither the events and screenshots of no step nor the ids of elements. The loop"
            f" reads and writes run by run in Python, {loop_runs(middle):,} runs of them."
            " Indexes for searching are built afterwards in all cases, and not counted."
        ),
        tables=[
            Table(
                "Old rows a second, in thousands",
                ("", *(f"{runs:,} runs" for runs in sizes)),
                [
                    (way, *(str(rates[runs][way] * 0.001) for runs in sizes))
                    for way in (FLOOR, COMPRESSING, TWO, ONE, MIGRATION, LOOP)
                ],
            ),
            Table(
                f"{middle.runs:,} runs",
                ("", "seconds", "rate against the floor", "WAL, MB", "WAL against the floor"),
                [
                    (
                        way,
                        str(times[way]),
                        str(times[FLOOR] / times[way]),
                        str(logs[way] * 1e-6),
                        str(logs[way] / logs[FLOOR]),
                    )
                    for way in (FLOOR, COMPRESSING, TWO, ONE, MIGRATION)
                ],
            ),
            repeated(settings),
        ],
        goals=[
            *against_floor,
            *(
                Goal(
                    f"{way.replace('this project', 'backfill')}, {setting}:"
                    " slowest repetition against the median",
                    Spread((spread.maximum / spread.median,)),
                    at_most=2,
                )
                for setting, measured in settings.items()
                for way, spread in measured.items()
            ),
            Goal("backfill: 2 sessions against 1", times[ONE] / times[TWO], 1.6),
            Goal(
                f"backfill, 1 session: rate with {middle.runs:,} runs against {small.runs:,}",
                grown,
                0.9,
            ),
        ],
        charts=[
            Chart(
                "benchmark-backfill",
                "Backfill: old rows a second",
                "runs",
                [
                    Line(way, [(runs, rates[runs][way].median) for runs in sizes])
                    for way in (FLOOR, COMPRESSING, TWO, ONE, MIGRATION, LOOP)
                ],
            )
        ],
    )
