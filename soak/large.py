"""A server that dies in the middle of each long step: how much of the step is done twice.

Each step is killed when half of it is done, and the same command is run again. What was done
before has to be what it was, and what one session had in hand is all that is done again.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

import psycopg

from helpers_cycle import one
from soak.crashes import TARGET, Command, deploy, kill_session, psql
from soak.server import Server
from soak.traffic import Say, legacy

POLL = 0.1
SECONDS = 3600
"""For one step, the longest of which takes minutes."""

ENTRIES_A_RUN = 10
"""Of the queue, as after writes round robin."""

QUEUE = f"""
    insert into consolidation.change (trace_id)
    select t.trace_id
    from generate_series(1, {ENTRIES_A_RUN}) cross join consolidation.old_trace as t
"""
# A range, an index, a key or a run that is done, and what changes if it is done again.
RANGES = """
    select chunk_id::text, finished_at::text from consolidation.chunk
    where task = '{task}' and finished_at is not null
"""
INDEXES = """
    select indexrelid::regclass::text, indexrelid::text from pg_index
    where indrelid in ('user_workflow_run'::regclass, 'user_workflow_run_step'::regclass)
    and indisvalid
"""
KEYS = """
    select conname, oid::text from pg_constraint
    where conrelid = 'user_workflow_run_step'::regclass and convalidated
"""
# By hundreds: all of them would be as many as the events.
LEFT = """
    select distinct (trace_id / 100)::text, '' from consolidation.change where trace_id is not null
"""
TABLES = """
    select relname, oid::text from pg_class
    where relnamespace = 'legacy'::regnamespace and relkind = 'r'
"""
REBUILT = "select trace_id::text, xmin::text from legacy.workflow_trace where trace_id % 100 = 0"


@dataclass(frozen=True)
class Step:
    """A long step.

    command: what is run, killed and run again
    units: what is done of it, as rows (unit, identity)
    before: a statement that goes first
    shrinks: units are those that are left
    """

    name: str
    command: tuple[str, ...]
    units: str
    before: str = ""
    shrinks: bool = False


CONTRACT = ("sqitch", "-C", "contract")
STEPS = (
    Step("backfill", deploy("carry_over"), RANGES.format(task="backfill")),
    Step("step keys", deploy("step_keys"), KEYS),
    Step("search indexes", deploy("search_indexes"), INDEXES),
    Step("catch up", psql("call consolidation.catch_up()"), LEFT, QUEUE, shrinks=True),
    Step("proof", psql("call consolidation.prove()"), RANGES.format(task="proof")),
    Step("cut-over", deploy("@cut_over"), RANGES.format(task="proof")),
    Step("catch up, back", psql("call consolidation.catch_up()"), LEFT, QUEUE, shrinks=True),
    Step(
        "contract", (*CONTRACT, "deploy", "--to", "drop_old_tables", TARGET), TABLES, shrinks=True
    ),
    Step("contract reverted", (*CONTRACT, "revert", "-y", TARGET), REBUILT),
)


class Walk:
    """All steps on one database, each killed once."""

    def __init__(self, server: Server, database: str, say: Say) -> None:
        self._server = server
        self._database = database
        self._say = say

    def _units(self, step: Step) -> dict[str, str]:
        with self._server.connect(self._database) as connection:
            try:
                return dict(connection.execute(step.units).fetchall())
            except psycopg.errors.UndefinedTable:
                return {}

    def _start(self, step: Step) -> Command:
        return Command(self._server, step.command, self._database)

    def _begin(self, step: Step) -> None:
        if step.before:
            self._server.psql(self._database, f"--command={step.before}")

    def _done(self, step: Step, start: dict[str, str]) -> set[tuple[str, str]]:
        """What is done of the step since the start."""
        now = self._units(step)
        if step.shrinks:
            return {(unit, "") for unit in start if unit not in now}
        return set(now.items()) - set(start.items())

    def _kill_in_the_middle(
        self, step: Step, seconds: float, start: dict[str, str]
    ) -> set[tuple[str, str]] | None:
        """Kills the command after so many seconds; what was done then, None if all of it."""
        running = self._start(step)
        done = None
        while running.running and done is None:
            time.sleep(POLL)
            if time.monotonic() - running.began >= seconds:
                done = self._done(step, start)
                if not kill_session(self._server, running, self._database, random.Random()):
                    done = None
        return done if running.wait(SECONDS) != 0 else None

    def whole(self, step: Step) -> float:
        """Does the step; returns how many seconds it took."""
        self._begin(step)
        running = self._start(step)
        if running.wait(SECONDS) != 0:
            raise RuntimeError(running.said)
        took = time.monotonic() - running.began
        self._say(f"  {step.name:18} undisturbed {took:6.1f} s")
        return took

    def step(self, step: Step, seconds: float) -> bool:
        """Kills the step once and runs it again; whether what was done stayed as it was."""
        self._begin(step)
        start = self._units(step)
        done = self._kill_in_the_middle(step, seconds, start)
        if done is None:
            self._say(f"  {step.name}: had ended before it could be killed")
            return False
        kept = self._done(step, start)
        again = self._start(step)
        if again.wait(SECONDS) != 0:
            self._say(f"  {step.name}: failed when it was run again: {again.said[-500:]}")
            return False
        took = time.monotonic() - again.began
        end = self._done(step, start)
        twice = (done - kept) | (kept - end)
        self._say(
            f"  {step.name:18} killed after {seconds:5.1f} s with {len(kept):5} of {len(end):5}"
            f" done, of which twice {len(twice)}; again {took:5.1f} s"
        )
        return not twice


def large(server: Server, runs: int, say: Say, fraction: float = 0.5) -> list[str]:
    """Does all steps undisturbed, to learn how long each takes; then kills each once.

    Args:
        server: Its databases are made here.
        runs: In the old tables.
        say: Takes each line.
        fraction: Of the time of a step after which it is killed.

    Returns:
        The steps of which something was done twice or that could not be finished.
    """
    legacy(server, "undisturbed", runs)
    target = "db:pg:undisturbed"
    server.run("sqitch", "deploy", "--log-only", "--verify", "--to", "@baseline", target)
    server.run("sqitch", "deploy", "--to", "@expand", target)
    server.run("createdb", "--template=undisturbed", "killed")
    undisturbed = Walk(server, "undisturbed", say)
    seconds = {step.name: undisturbed.whole(step) for step in STEPS}
    killed = Walk(server, "killed", say)
    failed = [step.name for step in STEPS if not killed.step(step, fraction * seconds[step.name])]
    with server.connect("killed") as connection:
        found = one(connection, "select count(*) from consolidation.differences()")
    say(f"  differences() {found}")
    return failed if found == 0 else [*failed, "differences()"]
