"""CPU of the whole proof and of the backfill, against another commit."""

from __future__ import annotations

from bench.backfill import empty_documents
from bench.database import Connection, Database, cpu, say, value
from bench.measure import Contender, Goal, Section, Spread, Table, alternate

PROOF, BACKFILL = "proof", "backfill"


def defines(connection: Connection, name: str) -> bool:
    """Whether the plan has a routine of that name."""
    return bool(
        value(
            connection,
            "select exists (select from pg_proc where proname = %s"
            " and pronamespace = 'consolidation'::regnamespace)",
            name,
        )
    )


def prove(connection: Connection) -> None:
    """Compares everything, in the way that the plan of this database has."""
    if defines(connection, "prove"):
        connection.execute("call consolidation.prove()")
    else:
        found = value(connection, "select count(*) from consolidation.differences()")
        assert found == 0, f"{found} differences"


def forget(connection: Connection) -> None:
    """Lets the next proof begin at the beginning."""
    if defines(connection, "prove"):
        connection.execute("select consolidation.forget_proof()")


def session(database: Database) -> Connection:
    """A session that does all the work itself."""
    connection = database.connect()
    connection.execute("set max_parallel_workers_per_gather = 0")
    return connection


def backfill(database: Database) -> Contender:
    """CPU seconds of a backfill in one session, beginning with empty tables."""

    def measure() -> float:
        empty_documents(database)
        with session(database) as connection:
            return cpu(connection, lambda: connection.execute("call consolidation.backfill()"))

    return measure


def proof(database: Database) -> Contender:
    """CPU seconds of a whole proof in one session."""

    def measure() -> float:
        with session(database) as connection:
            forget(connection)
            return cpu(connection, lambda: prove(connection))

    return measure


def part(this: Database, other: Database | None, repetitions: int) -> Section:
    """Compares both on the same rows, in turn.

    Args:
        this: With the old tables filled, deployed to @expand; is at @carried_over afterwards.
        other: The same rows, with the plan of another commit.
        repetitions: How often each is measured.
    """
    databases = {database.plan.name: database for database in (this, other) if database}
    taken: dict[str, dict[str, Spread]] = {}
    taken[BACKFILL] = alternate({n: backfill(d) for n, d in databases.items()}, repetitions)
    for database in databases.values():
        seconds = database.deploy("@carried_over")
        say(f"  {database.plan.name} to @carried_over: {seconds:.1f} s")
        database.run("vacuum analyze")
    taken[PROOF] = alternate({n: proof(d) for n, d in databases.items()}, repetitions)

    def ratios(what: str) -> tuple[str, ...]:
        if not other:
            return ()
        return (str(taken[what][this.plan.name] / taken[what][other.plan.name]),)

    goals = []
    if other:
        goals.append(
            Goal(
                f"proof: CPU against that {other.plan.name}",
                taken[PROOF][this.plan.name] / taken[PROOF][other.plan.name],
                at_most=0.4,
            )
        )
    return Section(
        title="Proof",
        text=(
            "The proof compares every old row with what the documents say, both ways. CPU seconds"
            " of the one session that does it, from `/proc/self/schedstat` of the server, without"
            f" parallel workers; {this.runs:,} runs, all carried over."
            + (
                " Beside it the deploy scripts of another commit, in a database of the same server"
                " with the same rows."
                if other
                else " The other commit is not in this clone, so there is nothing beside it."
            )
        ),
        tables=[
            Table(
                "CPU seconds of one session",
                ("", *databases, *(["ratio"] if other else [])),
                [
                    (what, *(str(spread) for spread in taken[what].values()), *ratios(what))
                    for what in (BACKFILL, PROOF)
                ],
            )
        ],
        goals=goals,
    )
