"""Long runs of what test_soak.py does for a moment; started by script/soak, prints its figures."""

from __future__ import annotations

import argparse
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

import psycopg

from crashes import WALKS, Command, Walker, deploy, revert
from helpers_cycle import Connection, one
from load import Balance, Load, Wait
from server import ROOT, Server

Say = Callable[[str], None]


def legacy(server: Server, name: str, runs: int) -> None:
    """A database with the old tables and rows in them."""
    server.run("createdb", "--template=template0", name)
    server.psql(name, "--file=deploy/baseline.sql")
    server.psql(name, f"--set=runs={runs}", "--file=script/legacy-data.sql")
    server.psql(name, "--command=vacuum analyze")


@dataclass
class Traffic:
    """What a run of traffic() measured; times in seconds."""

    statements: int = 0
    failures: list[str] = field(default_factory=list)
    balance: Balance | None = None
    differences: int = 0
    control: float = 0
    migration: float = 0
    longest_without: list[Wait] = field(default_factory=list)
    longest_with: list[tuple[Wait, str]] = field(default_factory=list)
    swaps: list[str] = field(default_factory=list)
    queue_without: list[int] = field(default_factory=list)
    queue_with: list[int] = field(default_factory=list)

    @property
    def added(self) -> float:
        """How much longer the slowest statement waited than the slowest without the migration."""
        return self.longest_with[0][0].seconds - self.longest_without[0].seconds


def queue_depth(connection: Connection) -> int:
    return int(one(connection, "select queue_depth from consolidation.progress"))


FORTH_AND_BACK = (deploy("@expand"), deploy("@cut_over"), revert("@expand"), deploy("@cut_over"))


def traffic(
    server: Server,
    database: str,
    *,
    seed: int,
    seconds: float,
    rate: float,
    hold: float,
    say: Say,
    commands: tuple[tuple[str, ...], ...] = FORTH_AND_BACK,
    meanwhile: Callable[[Connection, str], None] = lambda _, __: None,
) -> Traffic:
    """Clients write; first alone, then while the plan is deployed, reverted and deployed again.

    seconds: how long they write alone, and how long they write at the end with catch_up() in a loop
    rate: operations a second
    hold: seconds that a transaction of one session stays open, again and again
    meanwhile: is called after each command, with the tag it went to
    """  # fmt: skip
    result = Traffic()
    changes: list[tuple[float, str]] = []

    def run(*words: str) -> None:
        say(f"  {' '.join(words[:4])} …")
        command = Command(server, words, database)
        status = command.wait()
        changes.extend((command.began + moment, change) for moment, change in command.marks)
        changes.append((time.monotonic(), "between commands"))
        swapped = re.findall(r"the names were swapped (.*)", command.said)
        result.swaps.extend(f"{words[1]}: {text}" for text in swapped)
        if status != 0:
            raise RuntimeError(command.said)

    with ExitStack() as stack:
        connection = stack.enter_context(server.connect(database))
        load = Load(lambda: server.connect(database), seed=seed, rate=rate, hold=hold)
        stack.callback(load.close)
        run(*deploy("@baseline", "--log-only", "--verify"))
        with load.working():
            # Caches, plans and tables of their own size first.
            time.sleep(min(3, seconds / 3))
            since = time.monotonic()
            time.sleep(seconds)
            middle = time.monotonic()
            for words in commands:
                run(*words)
                meanwhile(connection, words[-2])
            # So that neither span has more chances of a long wait than the other.
            time.sleep(max(0, seconds - (time.monotonic() - middle)))
            until = time.monotonic()
            # The queue grows, unless somebody catches up.
            for _ in range(4):
                result.queue_without.append(queue_depth(connection))
                time.sleep(seconds / 20)
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                connection.execute("call consolidation.catch_up()")
                result.queue_with.append(queue_depth(connection))
                time.sleep(0.5)
        result.control, result.migration = middle - since, until - middle
        result.longest_without = load.waits(since, middle)

        def change_of(wait: Wait) -> str:
            """What was being deployed or reverted when a statement ended."""
            return max(
                (c for c in changes if c[0] <= wait.sent + wait.seconds),
                default=(0.0, "between commands"),
            )[1]

        result.longest_with = [(wait, change_of(wait)) for wait in load.waits(middle, until)]
        result.statements = sum(len(client.journal.waits) for client in load.everybody)
        result.failures = load.failures
        connection.execute("call consolidation.catch_up()")
        result.differences = one(connection, "select count(*) from consolidation.differences()")
        result.balance = load.balance()
    return result


@dataclass(frozen=True)
class Starved:
    """How a cut-over beside writers without a limit ended."""

    seconds: float
    state: str | None
    message: str
    pgbench: str


def starve(server: Server, database: str, patience: float) -> Starved:
    """Cuts over beside four clients of pgbench that write as fast as they can."""
    server.run("sqitch", "deploy", "--to", "@carried_over", f"db:pg:{database}")
    with server.connect(database) as connection:
        bench = subprocess.Popen(
            ["pgbench", "--no-vacuum", "--file=script/legacy-traffic.sql", "--client=4",
             "--progress=1", f"--time={int(6 * patience)}", database],
            cwd=ROOT, env=server.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        try:
            time.sleep(1)
            began = time.monotonic()
            state, message = None, "swapped"
            try:
                connection.execute(
                    "call consolidation.cut_over(make_interval(secs => %s))", (patience,)
                )
            except psycopg.Error as error:
                state, message = error.sqlstate, str(error.diag.message_primary)
            seconds = time.monotonic() - began
            still_writing = bench.poll() is None
        finally:
            bench.terminate()
            said = bench.communicate()[0]
        assert still_writing, f"the writers ended before the cut-over:\n{said}"
        assert "ERROR" not in said, said
        connection.execute("call consolidation.catch_up()")
        assert one(connection, "select count(*) from consolidation.differences()") == 0
    return Starved(seconds, state, message, said.strip().split("\n")[-1])


def part_traffic(server: Server, options: argparse.Namespace, say: Say) -> bool:
    legacy(server, "traffic", options.runs)
    server.run("createdb", "--template=traffic", "starved")
    server.run("sqitch", "deploy", "--log-only", "--verify", "--to", "@baseline", "db:pg:starved")
    ok = True
    for hold in (1.0, options.hold):
        database = f"traffic_{int(hold)}"
        server.run("createdb", "--template=traffic", database)
        say(f"8 clients, {options.rate:g} operations a second, a transaction open for {hold:g} s")
        found = traffic(
            server, database, seed=options.seed, seconds=options.seconds, rate=options.rate,
            hold=hold, say=say,
        )  # fmt: skip
        assert found.balance is not None
        wrong = [*found.failures, *found.balance.lost, *found.balance.doubled]
        say(f"  statements                        {found.statements:10}")
        say(f"  failed                            {len(found.failures):10}")
        say(f"  rows by the journals              {found.balance.committed:10}")
        say(f"  lost                              {len(found.balance.lost):10}")
        say(f"  doubled                           {len(found.balance.doubled):10}")
        say(f"  differences()                     {found.differences:10}")
        say(
            f"  longest wait without migration   {1000 * found.longest_without[0].seconds:10.0f} ms"
            f"  in {found.control:.0f} s"
        )
        say(
            f"  longest wait with migration      {1000 * found.longest_with[0][0].seconds:10.0f} ms"
            f"  in {found.migration:.0f} s"
        )
        for wait, change in found.longest_with[:8]:
            say(f"    {1000 * wait.seconds:6.0f} ms, {change}: {' '.join(wait.text.split())[:60]}")
        for swap in found.swaps:
            say(f"  swapped by {swap}")
        say(f"  queue without catch_up()          {found.queue_without}")
        step = max(1, len(found.queue_with) // 10)
        say(f"  queue with it, every half second  {found.queue_with[::step]}")
        for line in wrong[:10]:
            say(f"  {line}")
        ok = ok and not wrong and not found.differences
    say(f"4 clients of pgbench without a limit, patience {options.patience} s")
    starved = starve(server, "starved", options.patience)
    say(f"  {starved.message} ({starved.state or 'no error'}) after {starved.seconds:.1f} s")
    say(f"  {starved.pgbench}")
    return ok


def part_crashes(server: Server, options: argparse.Namespace, say: Say) -> bool:
    legacy(server, "legacy", min(options.runs, 60))
    walker = Walker(server, "legacy", options.seed, say)
    began = time.monotonic()
    walks = 0
    try:
        while walker.report.kills.total() < options.kills:
            if time.monotonic() - began > options.minutes * 60:
                say(f"  the {options.minutes:g} minutes are over")
                break
            walker.walk(WALKS[walks % len(WALKS)], options.kills_per_command)
            walks += 1
    finally:
        say(f"{walks} walks\n{walker.report}")
    return not walker.report.failures


def tests(server: Server, *words: str, **variables: str) -> bool:
    """Runs tests of this directory on the server, with variables that make them long."""
    result = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", *words],
        cwd=ROOT,
        env={**server.environment, **variables},
        check=False,
    )
    return result.returncode == 0


def part_histories(server: Server, options: argparse.Namespace, _: Say) -> bool:
    return tests(
        server,
        "test/cycle/test_histories.py",
        HISTORIES=str(options.histories),
        SEED=str(options.seed),
    )


def part_appends(server: Server, options: argparse.Namespace, _: Say) -> bool:
    return tests(
        server,
        "test/cycle/test_concurrency.py",
        "-k",
        "append or count_up",
        APPENDS=str(options.appends),
    )


PARTS = {
    "traffic": part_traffic,
    "crashes": part_crashes,
    "histories": part_histories,
    "appends": part_appends,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="./script/soak", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--kills", type=int, default=200, help="of crashes, in all")
    parser.add_argument("--kills-per-command", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=60, help="crashes end after these")
    parser.add_argument("--runs", type=int, default=300, help="executions in the old tables")
    parser.add_argument("--histories", type=int, default=2000)
    parser.add_argument("--appends", type=int, default=500, help="of each session")
    parser.add_argument("--rate", type=float, default=120, help="operations a second of traffic")
    parser.add_argument("--seconds", type=float, default=30, help="of traffic without migration")
    parser.add_argument("--hold", type=float, default=30, help="seconds of an open transaction")
    parser.add_argument("--patience", type=float, default=20, help="of a starved cut-over")
    options = parser.parse_args()
    # Servers are removed whoever ends this, also in the background of a shell that ignores SIGINT.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit("interrupted"))
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}")
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {line}", flush=True)

    failed = []
    for name in options.parts or PARTS:
        say(f"== {name}, --seed {options.seed}")
        with Server() as server:
            if not PARTS[name](server, options, say):
                failed.append(name)
    say(f"FAILED: {', '.join(failed)}" if failed else "nothing failed")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
