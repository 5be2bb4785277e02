"""Carries everything over in several sessions, beside the applications, and shows how far it is.

    python -m user_workflow.backfill --workers 2

The connection is that of the libpq variables (PGHOST, PGDATABASE, PGSERVICE …). The work is done by
the procedure ``consolidation.backfill`` in the server; this command starts a session for each
worker, watches them, and ends them. Whatever was committed stays done, however it ends: the same
command, the procedure, or ``sqitch deploy`` goes on there.

Exit status: 0 all is carried over, 130 after Ctrl-C, 143 after SIGTERM, 1 after an error.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from types import FrameType
from typing import Any, Protocol

import psycopg
from psycopg.rows import namedtuple_row

# How often a lost connection is made anew before the worker gives up; the waits double from one
# second, so that a server has half a minute to restart. A session that lasted as long as the
# longest of them counts as a success.
_ATTEMPTS = 5
_LONGEST_WAIT = 2.0 ** (_ATTEMPTS - 1)

_LOOK = 0.2  # seconds between two looks at the workers and at signals
_PLAIN_INTERVAL = 5.0  # seconds between two lines where there is no terminal

Connection = psycopg.Connection[Any]


class BackfillError(Exception):
    """The backfill cannot begin or go on; the message says where and what to do."""


@dataclass(frozen=True)
class Pace:
    """How fast a worker goes.

    Args:
        batch_size: Runs of its first batch.
        batch_time: Seconds a batch should take; the following ones get as many runs as fit.
        pause: Seconds of rest between two batches.
        max_lag: Seconds a standby may be behind before batches wait for it; None for any.
    """

    batch_size: int
    batch_time: float
    pause: float
    max_lag: float | None


@dataclass(frozen=True)
class Progress:
    """What ``consolidation.progress`` says, and ``consolidation.progress_by_session``."""

    runs_total: int
    runs_done: int
    runs_per_second: float | None
    time_left: timedelta | None
    queue_depth: int
    steps_done: int
    steps_estimated: int | None
    events_done: int
    events_estimated: int | None
    standby_lag: timedelta
    is_done: bool
    sessions: dict[int, str] = field(default_factory=dict)

    def shares(self) -> list[tuple[str, int, int | None, str]]:
        """For runs, steps and events: what, done, total, and both as text."""
        runs = f"{self.runs_done:,} of {self.runs_total:,}"
        if self.runs_per_second is not None and not self.is_done:
            runs += f", {self.runs_per_second:,.0f} a second"
        if self.time_left is not None and not self.is_done:
            runs += f", {self.time_left} left"
        listed: list[tuple[str, int, int | None, str]] = [
            ("runs", self.runs_done, self.runs_total, runs)
        ]
        for what, done, estimated in (
            ("steps", self.steps_done, self.steps_estimated),
            ("events", self.events_done, self.events_estimated),
        ):
            about = "" if self.is_done or estimated is None else f" of about {estimated:,}"
            listed.append((what, done, estimated, f"{done:,}{about}"))
        return listed

    def waiting(self) -> str:
        """What waits: the queue, and standbys that are behind."""
        lag = f", standbys {self.standby_lag} behind" if self.standby_lag else ""
        return f"queue {self.queue_depth:,}{lag}"


class Reporter(Protocol):
    """Where progress and messages go."""

    def show(self, progress: Progress, workers: Sequence[Worker]) -> None:
        """Shows how far the backfill and each worker is."""

    def say(self, message: str) -> None:
        """Says what happened, once."""


class PlainReporter:
    """Lines, for a log; progress every few seconds."""

    def __init__(self) -> None:
        self._shown_at = time.monotonic()

    def show(self, progress: Progress, workers: Sequence[Worker]) -> None:
        """Prints a line, unless the last one was a moment ago."""
        if time.monotonic() < self._shown_at + _PLAIN_INTERVAL:
            return
        self._shown_at = time.monotonic()
        parts = [
            f"{text} {what}" if what != "runs" else f"runs: {text}"
            for what, _, _, text in progress.shares()
        ]
        busy = sum(worker.is_alive() for worker in workers)
        self.say(f"{'; '.join(parts)}; {progress.waiting()}; {busy} workers")

    def say(self, message: str) -> None:
        """Prints a line."""
        print(message, flush=True)


class TerminalReporter:
    """Bars and a line a worker, drawn anew in place."""

    def __init__(self, stack: ExitStack) -> None:
        from rich.console import Console, Group
        from rich.live import Live
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as Bars
        from rich.text import Text

        self._console = Console()
        self._bars = Bars(
            TextColumn("{task.description:<10}"),
            BarColumn(bar_width=30),
            TextColumn("{task.percentage:>5.1f} %"),
            TextColumn("{task.fields[text]}"),
        )
        self._tasks = {
            what: self._bars.add_task(what, total=None, text="")
            for what in ("runs", "steps", "events")
        }
        self._lines = Text()
        stack.enter_context(
            Live(Group(self._bars, self._lines), console=self._console, refresh_per_second=5)
        )

    def show(self, progress: Progress, workers: Sequence[Worker]) -> None:
        """Draws the present state."""
        for what, done, total, text in progress.shares():
            self._bars.update(self._tasks[what], completed=done, total=total, text=text)
        lines = [
            f"worker {worker.number}: "
            + "; ".join(filter(None, (progress.sessions.get(worker.pid), worker.state)))
            for worker in workers
        ]
        self._lines.plain = "\n".join([progress.waiting(), *lines])

    def say(self, message: str) -> None:
        """Prints a line above the bars."""
        self._console.print(message, markup=False, highlight=False)


class Worker(threading.Thread):
    """One session that carries over, made anew when its connection is lost.

    Args:
        number: From 1, for people.
        pace: How fast.
        stop: Set when no further call may begin.
        say: Called with what people should know.
    """

    def __init__(
        self, number: int, pace: Pace, stop: threading.Event, say: Callable[[str], None]
    ) -> None:
        super().__init__(name=f"worker {number}", daemon=True)
        self.number = number
        self.pid = 0
        self.state = ""
        self.error: Exception | None = None
        self._pace = pace
        self._stop_asked = stop
        self._say = say
        self._connection: Connection | None = None

    def run(self) -> None:
        """Calls the procedure until it returns; an error ends it and is kept."""
        attempt = 0
        while not self._stop_asked.is_set():
            began = time.monotonic()
            try:
                self._carry_over()
            except psycopg.Error as error:
                if self._stop_asked.is_set():
                    break
                if time.monotonic() > began + _LONGEST_WAIT:
                    attempt = 0
                attempt += 1
                if not _is_lost(error) or attempt > _ATTEMPTS:
                    self.error = error
                    break
                wait = 2.0 ** (attempt - 1)
                self._say(
                    f"worker {self.number}: connection lost ({_first_line(error)}); "
                    f"connects again in {wait:.0f} s, attempt {attempt} of {_ATTEMPTS}"
                )
                self.state = "has no connection"
                self._stop_asked.wait(wait)
            else:
                break
        self.state = "ended"

    def cancel(self) -> None:
        """Ends the running batch at once; what it did is rolled back."""
        connection = self._connection
        if connection is not None and not connection.closed:
            try:
                connection.cancel()
            except psycopg.Error as error:
                self._say(f"worker {self.number}: cannot be cancelled ({_first_line(error)})")

    def _carry_over(self) -> None:
        with _connect(self.name) as connection:
            self._connection = connection
            self.pid = connection.info.backend_pid
            self.state = ""
            connection.execute(
                "call consolidation.backfill("
                "batch_size => %s::integer, batch_time => %s, pause => %s, max_lag => %s)",
                (
                    self._pace.batch_size,
                    timedelta(seconds=self._pace.batch_time),
                    timedelta(seconds=self._pace.pause),
                    None if self._pace.max_lag is None else timedelta(seconds=self._pace.max_lag),
                ),
            )


class Watcher:
    """The session that looks at the progress and asks workers to end.

    Args:
        say: Called with what people should know.

    Raises:
        BackfillError: There is no connection, or a pooler in between.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._asked: set[int] = set()
        try:
            self._connection = _connect("watcher")
        except psycopg.OperationalError as error:
            raise BackfillError(
                f"{_first_line(error)}\nWhere to connect is said by the libpq variables: "
                "PGHOST, PGPORT, PGUSER, PGDATABASE, or PGSERVICE"
            ) from error

    def check(self) -> None:
        """Raises BackfillError unless there is something to carry over."""
        connection = self._connection
        where = f"database {connection.info.dbname}"
        if _value(
            connection,
            "select to_regprocedure("
            "'consolidation.backfill(integer,interval,interval,interval)') is null",
        ):
            raise BackfillError(
                f"{where} is not expanded: consolidation.backfill does not exist. "
                "Deploy that far first: sqitch deploy --to @expand"
            )
        phase = _value(connection, "select consolidation.phase()")
        if phase != "expand":
            raise BackfillError(
                f"{where} is past the backfill: its phase is {phase!r}, applications write to the "
                "documents. Nothing was done, and nothing is left to carry over"
            )

    def look(self, workers: Sequence[Worker] = (), *, stop: bool = False) -> Progress | None:
        """How far the backfill is; None while there is no connection.

        Args:
            workers: Whom to ask to end after their batches, if stop is set; each is asked once.
            stop: Whether to ask.
        """
        try:
            if self._connection.closed:
                self._connection = _connect("watcher")
                self._asked.clear()
                self._say("watcher: connected again")
            if stop:
                for worker in workers:
                    if worker.is_alive() and worker.pid and worker.pid not in self._asked:
                        self._connection.execute(
                            "select consolidation.stop_backfill(%s)", (worker.pid,)
                        )
                        self._asked.add(worker.pid)
            row = self._connection.execute(
                "select p.runs_total, p.runs_done, p.runs_per_second::float, p.time_left,"
                " p.queue_depth, p.steps_done, p.steps_estimated, p.events_done,"
                " p.events_estimated, consolidation.standby_lag() as standby_lag,"
                " not exists (select from consolidation.chunk as c where c.finished_at is null)"
                " and exists (select from consolidation.chunk) as is_done"
                " from consolidation.progress as p"
            ).fetchone()
            sessions = self._connection.execute(
                "select s.pid, s.runs_done, s.batches, s.last_batch_time, s.runs_at_hand,"
                " date_trunc('second', clock_timestamp() - s.at_hand_since) as since"
                " from consolidation.progress_by_session as s"
            ).fetchall()
        except psycopg.OperationalError as error:
            if not _is_lost(error):
                raise
            self._connection.close()
            return None
        assert row is not None
        return Progress(**row._asdict(), sessions={s.pid: _session(s) for s in sessions})

    def close(self) -> None:
        """Closes the connection, and with it takes back what was asked of sessions."""
        self._connection.close()


class Signals:
    """Counts Ctrl-C and SIGTERM instead of ending the process."""

    def __init__(self) -> None:
        self.count = 0
        self.status = 0
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._receive)

    def _receive(self, number: int, _: FrameType | None) -> None:
        self.count += 1
        self.status = 128 + number


def backfill(workers: int, pace: Pace, reporter: Reporter, signals: Signals) -> int:
    """Runs the workers until everything is carried over.

    Args:
        workers: How many sessions.
        pace: How fast each of them goes.
        reporter: Where progress goes.
        signals: The first one ends the workers after their batches, the second one at once.

    Returns:
        The exit status.

    Raises:
        BackfillError: Nothing can be carried over, or a worker failed.
        psycopg.Error: The server refused what the watcher asks.
    """
    watcher = Watcher(reporter.say)
    watcher.check()
    before = last = watcher.look()
    stop = threading.Event()
    started = [Worker(number, pace, stop, reporter.say) for number in range(1, workers + 1)]
    began = time.monotonic()
    signals_seen = 0
    for worker in started:
        worker.start()
    while any(worker.is_alive() for worker in started):
        time.sleep(_LOOK)
        if signals.count > 0 or any(worker.error for worker in started):
            stop.set()
        last = watcher.look(started, stop=stop.is_set()) or last
        if last is not None:
            reporter.show(last, started)
        if signals.count > signals_seen:
            if signals_seen == 0:
                reporter.say("ends after the running batches; once more to end at once")
            if signals.count > 1:
                for worker in started:
                    worker.cancel()
            signals_seen = signals.count
    last = watcher.look() or last
    watcher.close()
    for worker in started:
        if worker.error is not None:
            raise BackfillError(f"worker {worker.number}: {_message(worker.error)}")
    assert before is not None
    assert last is not None
    reporter.show(last, started)
    reporter.say(
        f"{last.runs_done:,} of {last.runs_total:,} runs are carried over, with "
        f"{last.steps_done:,} steps and {last.events_done:,} events; "
        f"{last.runs_done - before.runs_done:,} runs in {time.monotonic() - began:.1f} s; "
        f"{last.waiting()}"
    )
    # A worker that nobody asked to end returns when everything is done, and not before.
    if signals.count == 0 or last.is_done:
        reporter.say("next: sqitch deploy")
        return 0
    reporter.say("the same command goes on from here")
    return signals.status


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command.

    Args:
        arguments: Those of the command line by default.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(
        prog="python -m user_workflow.backfill",
        description="Carries the old workflow tables over to the documents, beside the "
        "applications. Connects as the libpq variables say.",
    )
    parser.add_argument(
        "--workers", type=_number(int, 1, 64), default=2, metavar="N", help="sessions; default 2"
    )
    parser.add_argument(
        "--batch-size",
        type=_number(int, 1, 100_000),
        default=100,
        metavar="N",
        help="runs of the first batch of a worker; default 100",
    )
    parser.add_argument(
        "--batch-time",
        type=_number(float, 0.001, 3600),
        default=0.5,
        metavar="SECONDS",
        help="how long a batch should take: the following ones adapt to it; default 0.5",
    )
    parser.add_argument(
        "--pause",
        type=_number(float, 0, 3600),
        default=0.0,
        metavar="SECONDS",
        help="rest of a worker between two batches; default 0",
    )
    parser.add_argument(
        "--max-lag",
        type=_number(float, 0.001, 86400),
        metavar="SECONDS",
        help="batches wait while a standby is farther behind; takes pg_read_all_stats",
    )
    given = parser.parse_args(arguments)
    pace = Pace(given.batch_size, given.batch_time, given.pause, given.max_lag)
    try:
        with ExitStack() as stack:
            return backfill(given.workers, pace, _reporter(stack), Signals())
    except BackfillError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
    except psycopg.Error as error:
        print(f"{parser.prog}: {_message(error)}", file=sys.stderr)
    return 1


def _reporter(stack: ExitStack) -> Reporter:
    if sys.stdout.isatty():
        try:
            return TerminalReporter(stack)
        except ModuleNotFoundError:
            print("pip install 'user-workflow[backfill]' brings a progress bar", flush=True)
    return PlainReporter()


def _connect(who: str) -> Connection:
    connection = psycopg.connect(
        autocommit=True,
        application_name=f"user_workflow.backfill {who}",
        row_factory=namedtuple_row,
        prepare_threshold=None,
    )
    # A pooler tells another process than the one that answers.
    if connection.info.backend_pid != _value(connection, "select pg_catalog.pg_backend_pid()"):
        connection.close()
        raise BackfillError(
            "a connection pooler stands between here and the server: connect directly. Through it, "
            "Ctrl-C would not reach the sessions, and settings would stay with those of others"
        )
    # A role or database may limit statements; the procedure is one, and looks at its isolation.
    # Others may create operators and functions in public.
    connection.execute(
        "select pg_catalog.set_config(s.name, s.value, false)"
        " from (values ('search_path', 'pg_catalog, pg_temp'), ('statement_timeout', '0'),"
        " ('idle_session_timeout', '0'), ('default_transaction_isolation', 'read committed'))"
        " as s (name, value)"
    )
    return connection


def _value(connection: Connection, statement: str) -> Any:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def _session(row: Any) -> str:
    """What a session of consolidation.progress_by_session did and does, for people."""
    parts = []
    if row.batches:
        seconds = row.last_batch_time.total_seconds()
        parts.append(f"{row.runs_done:,} runs in {row.batches:,} batches, last {seconds:.2f} s")
    if row.runs_at_hand:
        parts.append(f"at {row.runs_at_hand:,} since {row.since}")
    return "; ".join(parts)


def _is_lost(error: psycopg.Error) -> bool:
    """Whether the connection is gone: broken, or ended by the server."""
    return isinstance(error, psycopg.OperationalError) and (
        error.sqlstate is None or error.sqlstate.startswith(("08", "57P"))
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def _message(error: Exception) -> str:
    """What the server said: message, detail and hint."""
    diagnostics = getattr(error, "diag", None)
    parts = [
        getattr(diagnostics, name, None)
        for name in ("message_primary", "message_detail", "message_hint")
    ]
    return "\n".join(part for part in parts if part) or str(error).strip()


def _number(kind: Callable[[str], Any], least: float, most: float) -> Callable[[str], Any]:
    """A type for argparse: a number within limits."""

    def parse(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no number from {least} to {most}")
        return value

    return parse


if __name__ == "__main__":
    sys.exit(main())
