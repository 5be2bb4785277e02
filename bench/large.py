"""Every phase of the move at a twentieth of the runs and at all of them, then beside traffic."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.database import ROOT, Database, say, value
from bench.deploy import LOCKED
from bench.measure import Goal, Section, Spread, Table, number

SESSIONS = 2
ENTRIES_A_RUN = 50
"""Of the queue, when an application wrote to every run again and again."""

RATE = 60
"""Transactions a second of the traffic."""

ALONE = 300
"""Seconds of nothing but traffic, after the cut-over."""


@dataclass
class Phase:
    """What one phase of the move took."""

    seconds: float
    memory: float
    """Megabytes of the largest session that are its own; 0 where /proc does not tell."""

    temporary: float
    """Megabytes of temporary files."""


@dataclass
class Move:
    """The phases of one database, in their order, and how long the names were locked."""

    database: Database
    phases: dict[str, Phase] = field(default_factory=dict)
    locked: list[float] = field(default_factory=list)

    def phase(self, name: str, work: Callable[[], object]) -> None:
        """Does the work and notes what it took."""
        stop = threading.Event()
        peak = [0.0]
        watcher = threading.Thread(target=self._watch, args=(stop, peak))
        before = self._temporary()
        watcher.start()
        began = time.perf_counter()
        try:
            work()
        finally:
            seconds = time.perf_counter() - began
            stop.set()
            watcher.join()
        self.phases[name] = Phase(seconds, peak[0], self._temporary() - before)
        say(f"    {name}: {seconds:.1f} s")

    def sqitch(self, *arguments: str) -> None:
        """Runs Sqitch, and notes how long the names were locked if it swapped them."""
        said = self.database.sqitch(*arguments)
        self.locked.extend(float(found) for found in LOCKED.findall(said))

    def sessions(self, statement: str) -> None:
        """The same statement in several sessions at once."""
        self.database.run_in_sessions(statement, SESSIONS)

    def _temporary(self) -> float:
        with self.database.connect() as connection:
            connection.execute("select pg_stat_force_next_flush()")
            return (
                float(
                    value(
                        connection,
                        "select temp_bytes from pg_stat_database"
                        " where datname = current_database()",
                    )
                )
                / 1e6
            )

    def _watch(self, stop: threading.Event, peak: list[float]) -> None:
        with self.database.connect() as connection:
            while not stop.wait(0.2):
                for (pid,) in connection.execute(
                    "select pid from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid()"
                ).fetchall():
                    with suppress(OSError):
                        text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
                        found = re.search(r"^RssAnon:\s+(\d+) kB", text, flags=re.MULTILINE)
                        peak[0] = max(peak[0], float(found[1]) / 1000 if found else 0)


def fill_queue(move: Move) -> None:
    """Every run stands in the queue many times, as after writes round robin."""
    move.database.run(
        "insert into consolidation.change (trace_id) select t.trace_id"
        f" from generate_series(1, {ENTRIES_A_RUN}) cross join consolidation.old_trace as t"
    )


def rebuild(move: Move) -> None:
    """The revert of the contract; a second session helps to fill the old tables, and to compare."""
    reverted = threading.Event()

    def help_out() -> None:
        with move.database.connect() as connection:
            while not reverted.wait(0.5):
                # Until the tables are there it has nothing to fill.
                if value(connection, "select consolidation.phase()") == "cut over":
                    connection.execute("call consolidation.catch_up()")
                    if value(connection, "select exists (select from consolidation.proof)"):
                        connection.execute("call consolidation.prove()")

    helper = threading.Thread(target=help_out)
    helper.start()
    try:
        move.sqitch("--chdir", "contract", "revert", "-y")
    finally:
        reverted.set()
        helper.join()


def whole_move(move: Move, alone: int = 0) -> None:
    """From @expand to the contract and its revert; alone: seconds to wait after the cut-over."""
    move.phase("backfill", lambda: move.sessions("call consolidation.backfill()"))
    move.sqitch("deploy", "--to", "carry_over")
    move.phase("step keys", lambda: move.sqitch("deploy", "--to", "step_keys"))
    move.phase("search indexes", lambda: move.sqitch("deploy", "--to", "search_indexes"))
    fill_queue(move)
    move.phase("catch up", lambda: move.sessions("call consolidation.catch_up()"))
    move.phase("proof", lambda: move.sessions("call consolidation.prove()"))
    move.phase("cut-over with its verify", lambda: move.sqitch("deploy"))
    move.phase("verify", lambda: move.sqitch("verify"))
    time.sleep(alone)
    fill_queue(move)
    move.phase("catch up, back", lambda: move.sessions("call consolidation.catch_up()"))
    move.phase("revert", lambda: move.sqitch("revert", "-y", "--to", "@carried_over"))
    move.phase("cut-over again", lambda: move.sqitch("deploy"))
    move.phase(
        "contract", lambda: move.sqitch("--chdir", "contract", "deploy", "--to", "drop_old_tables")
    )
    move.phase("contract reverted", lambda: rebuild(move))


def beside_traffic(move: Move) -> dict[str, float]:
    """The same beside an application; returns what that noticed."""
    with subprocess.Popen(
        [
            *("pgbench", "--no-vacuum", "--file", "script/legacy-traffic.sql", "--client", "4"),
            *("--rate", str(RATE), "--time", "86400", "--max-tries", "10"),
            move.database.name,
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as application:
        try:
            whole_move(move, ALONE)
        finally:
            application.terminate()
            said = application.communicate()[0]
    with move.database.connect() as connection:
        connection.execute("call consolidation.catch_up()")
        differences = value(connection, "select count(*) from consolidation.differences()")
    return {
        "differences in the end": float(differences),
        "errors of the application": float(said.lower().count("error")),
    }


def part(
    small: Database, large: Database, fresh: Callable[[Database], Database], traffic: bool
) -> Section:
    """Compares the phases.

    Args:
        small: At @expand.
        large: At @expand, with many times as many runs.
        fresh: Makes a copy of a database.
        traffic: Whether to go through all of it once more beside an application.
    """
    moves: dict[str, Move] = {}
    for name, database in (("small", small), ("large", large)):
        say(f"  {database.runs:,} runs")
        moves[name] = Move(fresh(database))
        whole_move(moves[name])
    factor = large.runs / small.runs
    goals = [
        Goal(
            f"{name}: time with {large.runs:,} runs against {small.runs:,}, over the ratio of runs",
            Spread((phase.seconds / moves["small"].phases[name].seconds / factor,)),
            at_most=1.2,
        )
        for name, phase in moves["large"].phases.items()
    ]
    rates = {name: large.runs / phase.seconds for name, phase in moves["large"].phases.items()}
    goals += [
        Goal(f"{name}: runs a second, two sessions", Spread((rates[name],)), at_least=at_least)
        for name, at_least in (("backfill", 2500), ("catch up", 1000), ("catch up, back", 1000))
    ]
    goals.append(
        Goal(
            "memory of a session, MB",
            Spread((max(phase.memory for phase in moves["large"].phases.values()),)),
            at_most=64,
        )
    )
    noticed: dict[str, float] = {}
    if traffic:
        say(f"  {large.runs:,} runs beside {RATE} transactions a second")
        moves["traffic"] = Move(fresh(large))
        noticed = beside_traffic(moves["traffic"])
        goals.append(
            Goal(
                "names locked beside traffic, ms",
                Spread((max(moves["traffic"].locked),)),
                at_most=250,
            )
        )
    columns = {
        "small": f"{small.runs:,} runs",
        "large": f"{large.runs:,} runs",
        "traffic": "beside traffic",
    }
    return Section(
        title="Every phase at size",
        text=(
            f"Each phase with {small.runs:,} and with {large.runs:,} runs"
            f" ({large.runs * 34:,} events), on a fresh copy, {SESSIONS} sessions where a phase"
            f" takes several. For catching up every run stands in the queue {ENTRIES_A_RUN} times."
            + (
                f" Then once more beside {RATE} transactions a second of the old application, with"
                f" {ALONE} seconds of nothing else after the cut-over:"
                f" {', '.join(f'{what} {count:.0f}' for what, count in noticed.items())}."
                if traffic
                else ""
            )
        ),
        tables=[
            Table(
                "Seconds; memory of the largest session and temporary files, MB",
                (
                    "",
                    *(columns[name] for name in moves),
                    "runs a second",
                    "memory",
                    "temporary files",
                ),
                [
                    (
                        name,
                        *(number(move.phases[name].seconds) for move in moves.values()),
                        number(rates[name]),
                        number(phase.memory),
                        number(phase.temporary),
                    )
                    for name, phase in moves["large"].phases.items()
                ],
            ),
            Table(
                "Milliseconds that the names were locked, each swap",
                ("", "locked"),
                [
                    (columns[name], ", ".join(number(ms) for ms in move.locked))
                    for name, move in moves.items()
                ],
            ),
        ],
        goals=goals,
    )
