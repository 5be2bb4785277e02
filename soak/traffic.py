"""Clients that write while the plan is deployed, reverted and deployed again."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

import psycopg

from helpers_cycle import Connection, one, wait_until
from soak.crashes import Command, deploy, revert, sessions
from soak.load import Balance, Load, Wait
from soak.server import ROOT, Server

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
    """How many changes wait to be carried over."""
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
        # The server may still commit what a writer sent before it was ended.
        wait_until(
            lambda: sessions(connection, database) == [connection.info.backend_pid],
            "the sessions of the writers end",
            60,
        )
        connection.execute("call consolidation.catch_up()")
        differing = connection.execute("select * from consolidation.differences()").fetchall()
        assert not differing, differing[:5]
    return Starved(seconds, state, message, said.strip().split("\n")[-1])
