"""Long runs of what test_soak.py does for a moment; script/soak calls it, it prints its figures."""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import time

from soak.crashes import WALKS, Walker
from soak.large import large
from soak.server import ROOT, Server
from soak.traffic import Say, legacy, starve, traffic


def part_traffic(server: Server, options: argparse.Namespace, say: Say) -> bool:
    """Writers without and beside the plan; then a cut-over beside writers without a limit."""
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
    """Walks through all phases until enough was killed."""
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


def part_large(server: Server, options: argparse.Namespace, say: Say) -> bool:
    """Each long step dies once at size: how much of it is done twice."""
    return not large(server, options.large_runs, say)


def tests(server: Server, *words: str, **variables: str) -> bool:
    """Runs tests of the cycles on the server, with variables that make them long."""
    result = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", *words],
        cwd=ROOT,
        env={**server.environment, **variables},
        check=False,
    )
    return result.returncode == 0


def part_histories(server: Server, options: argparse.Namespace, _: Say) -> bool:
    """Random histories of statements."""
    return tests(
        server,
        "test/cycle/test_histories.py",
        HISTORIES=str(options.histories),
        SEED=str(options.seed),
    )


def part_appends(server: Server, options: argparse.Namespace, _: Say) -> bool:
    """Sessions that append to the same documents."""
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
    "large": part_large,
    "histories": part_histories,
    "appends": part_appends,
}


def main() -> int:
    """Runs the parts that were asked for; returns how many failed."""
    parser = argparse.ArgumentParser(prog="./script/soak", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--kills", type=int, default=200, help="of crashes, in all")
    parser.add_argument("--kills-per-command", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=60, help="crashes end after these")
    parser.add_argument("--runs", type=int, default=300, help="runs in the old tables")
    parser.add_argument("--large-runs", type=int, default=100_000, help="of large")
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
