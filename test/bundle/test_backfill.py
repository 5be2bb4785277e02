"""The command that carries everything over, on a real server: ended, killed, repeated, watched."""

from __future__ import annotations

import itertools
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from conftest import ENVIRONMENT, ROOT, connect, differences, execute, new_database, run, sqitch

# Besides the fixed set of odd ones.
RUNS = 1000
COMMAND = (sys.executable, "-m", "user_workflow.backfill")
# Small batches with a rest after each, to have the time to do something to it.
SLOWLY = ("--batch-size", "10", "--batch-time", "0.01", "--pause", "0.2")


@pytest.fixture(scope="session")
def expand_template() -> Iterator[str]:
    with new_database() as name:
        psql = ("psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--dbname={name}")
        run(*psql, "--file=deploy/baseline.sql")
        run(*psql, f"--set=runs={RUNS}", "--file=script/legacy-data.sql")
        run(*psql, "--command=analyze")
        sqitch(name, "deploy", "--log-only", "--verify", "--to", "@baseline")
        sqitch(name, "deploy", "--to", "@expand")
        yield name


@pytest.fixture
def expand(expand_template: str) -> Iterator[str]:
    """A copy of @expand: everything is in place, nothing has moved."""
    with new_database(expand_template) as name:
        yield name


def one(database: str, statement: str) -> Any:
    """The one value a statement returns."""
    return execute(database, statement)[0][0]


def wait_until(condition: Callable[[], Any], what: str, seconds: float = 60) -> None:
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, f"waited {seconds} s in vain: {what}"
        time.sleep(0.05)


class Command:
    """The command in a process of its own; its output is read as it comes."""

    def __init__(self, database: str, *arguments: str, code: str | None = None) -> None:
        what = (sys.executable, "-c", code) if code else (*COMMAND, *arguments)
        self.process = subprocess.Popen(
            what,
            cwd=ROOT,
            env={**ENVIRONMENT, "PGDATABASE": database},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def ends(self, status: int, seconds: float = 120) -> str:
        """Waits for the end, and compares the exit status."""
        found = self.process.wait(seconds)
        self._reader.join(10)
        assert found == status, self.said
        return self.said


@contextmanager
def command(database: str, *arguments: str, code: str | None = None) -> Iterator[Command]:
    started = Command(database, *arguments, code=code)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.wait()


@contextmanager
def in_the_way(database: str, trace_id: int) -> Iterator[None]:
    """Somebody is at a run: the batch that comes to it has to wait."""
    with connect(database) as connection, connection.transaction():
        connection.execute("select consolidation.lock_traces(%s)", ([trace_id],))
        yield


def waiting_workers(database: str) -> list[int]:
    """Process ids of workers that wait for whoever is at a run of theirs."""
    return [
        pid
        for (pid,) in execute(
            database,
            "select pid from pg_stat_activity where application_name ~ 'backfill worker' "
            "and datname = current_database() and wait_event in ('transactionid', 'tuple')",
        )
    ]


def done(database: str) -> int:
    return int(one(database, "select runs_done from consolidation.progress"))


def writes(database: str) -> tuple[int, int, int]:
    """Rows inserted into, updated in and deleted from the document tables, as the server counts."""
    return tuple(
        execute(
            database,
            "select sum(n_tup_ins)::int, sum(n_tup_upd)::int, sum(n_tup_del)::int "
            "from pg_stat_user_tables where relname ~ '^user_workflow_run(_step)?$'",
        )[0]
    )


def rows_in_documents(database: str) -> int:
    return int(
        one(
            database,
            "select (select count(*) from user_workflow_run)"
            " + (select count(*) from user_workflow_run_step)",
        )
    )


def is_complete(database: str) -> None:
    """Everything is carried over, and each run by one batch."""
    assert differences(database) == []
    assert (
        execute(
            database,
            "select t.trace_id, count(c.chunk_id) from workflow_trace as t "
            "left join consolidation.chunk as c on c.finished_at is not null "
            "and t.trace_id between c.first_trace_id and c.last_trace_id "
            "group by t.trace_id having count(c.chunk_id) <> 1",
        )
        == []
    )
    assert one(database, "select sum(traces) from consolidation.chunk") == one(
        database, "select count(*) from workflow_trace"
    )


# The work ----------------------------------------------------------------------------------------


def test_two_workers_do_everything_once_and_the_deploy_finds_it_done(expand: str) -> None:
    with command(expand, "--workers", "2", "--batch-size", "20", "--batch-time", "0.05") as both:
        said = both.ends(0)
    total = one(expand, "select count(*) from workflow_trace")
    assert f"{total:,} of {total:,} runs are carried over" in said
    assert said.endswith("next: sqitch deploy")
    is_complete(expand)
    assert one(expand, "select count(distinct pid) from consolidation.chunk") == 2
    wait_until(lambda: writes(expand)[0] > 0, "the server counts what was written")
    assert writes(expand) == (rows_in_documents(expand), 0, 0)
    assert execute(
        expand,
        "select steps_done, steps_estimated, events_done, events_estimated, percent "
        "from consolidation.progress",
    ) == execute(
        expand,
        "select s.n, s.n, e.n, e.n, 100.0 from (select count(*) as n from workflow_steps) as s, "
        "(select count(*) as n from workflow_events) as e",
    )

    versions = "select xmin::text, run_id from user_workflow_run order by run_id"
    before = execute(expand, versions)
    sqitch(expand, "deploy", "--to", "@carried_over")
    assert execute(expand, versions) == before


def test_batches_adapt_to_the_time_they_should_take(expand: str) -> None:
    """From one run up; a first batch that was far too large is followed by smaller ones."""
    of_batches = (
        "select traces, extract(epoch from finished_at - started_at)::float "
        "from consolidation.chunk order by started_at"
    )
    execute(expand, "call consolidation.backfill(1, batch_time => '100 ms')")
    batches = execute(expand, of_batches)
    sizes = [traces for traces, _ in batches]
    assert sizes[0] == 1
    assert max(sizes) >= 8
    assert all(after <= 2 * before for before, after in itertools.pairwise(sizes))
    # The last one has what was left.
    settled = [seconds for _, seconds in batches[len(batches) // 2 : -1]]
    assert 0.03 < statistics.median(settled) < 0.3

    execute(expand, "truncate consolidation.chunk")
    execute(expand, "call consolidation.backfill(500, batch_time => '20 ms')")
    batches = execute(expand, of_batches)
    assert batches[0][0] == 500
    assert max(traces for traces, _ in batches[1:]) < 500


def test_a_fixed_batch_size_is_kept(expand: str) -> None:
    execute(expand, "call consolidation.backfill(300, batch_time => null)")
    total = one(expand, "select count(*) from workflow_trace")
    assert [
        traces
        for (traces,) in execute(
            expand, "select traces from consolidation.chunk order by started_at"
        )
    ] == [300, 300, 300, total - 900]


def test_batches_of_two_sessions_do_not_wait_for_each_other(expand: str) -> None:
    """Neighbours share a lock, which batches share as well; whoever else is there waits."""
    with connect(expand) as first, connect(expand) as second, connect(expand) as other:
        execute(expand, "select consolidation.plan_chunks('backfill')")
        claimed = [
            one(expand, "select consolidation.claim_chunk('backfill', 100)") for _ in range(2)
        ]
        second.execute("set lock_timeout = '5 s'")
        other.execute("set lock_timeout = '200 ms'")
        with first.transaction():
            first.execute("select consolidation.carry_chunk(%s)", (claimed[0],))
            assert second.execute(
                "select consolidation.carry_chunk(%s)", (claimed[1],)
            ).fetchone() == (100,)
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute("select consolidation.consolidate(array[1])")
        other.execute("select consolidation.consolidate(array[1])")


def test_a_batch_that_somebody_left_is_taken_once(expand: str) -> None:
    """Also when two sessions come to it at the same time: the second one waits, and is done."""
    execute(expand, "select consolidation.plan_chunks('backfill')")
    left = one(expand, "select consolidation.claim_chunk('backfill', 600)")
    with connect(expand) as first, connect(expand) as second:
        claim = "select consolidation.claim_chunk('backfill', 600)"
        # The rest, smaller than a batch, and then what was left.
        rest = first.execute(claim).fetchone()
        first.execute("select consolidation.carry_chunk(%s)", rest)
        with first.transaction():
            assert first.execute(claim).fetchone() == (left,)
            first.execute("select consolidation.carry_chunk(%s)", (left,))
            second.execute("set lock_timeout = '200 ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                second.execute(claim)
            assert second.execute("select consolidation.carry_chunk(%s)", (left,)).fetchone() == (
                0,
            )
        assert second.execute(claim).fetchone() == (None,)
    is_complete(expand)


# Ended and repeated ------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_after_the_running_batch(
    expand: str, number: signal.Signals, status: int
) -> None:
    """What is done is whole, and the same command goes on from there."""
    with command(expand, "--workers", "2", *SLOWLY) as started:
        wait_until(lambda: done(expand) > 0, "the first batch")
        started.process.send_signal(number)
        said = started.ends(status, 20)
    assert "once more to end at once" in said
    assert said.endswith("the same command goes on from here")
    so_far = done(expand)
    assert f"{so_far:,} of " in said
    assert 0 < so_far < one(expand, "select runs_total from consolidation.progress")
    assert one(expand, "select count(*) from user_workflow_run") == so_far
    # No batch was begun and left.
    assert execute(expand, "select pid from consolidation.chunk where finished_at is null") == [
        (None,)
    ]

    with command(expand, "--workers", "2") as again:
        again.ends(0)
    is_complete(expand)
    wait_until(lambda: writes(expand)[0] > so_far, "the server counts what was written")
    assert writes(expand)[1:] == (0, 0)


def test_a_second_ctrl_c_ends_it_at_once(expand: str) -> None:
    """The running batch is rolled back, and carried over by the next call."""
    with (
        command(expand, "--workers", "1", "--batch-size", "20") as started,
        in_the_way(expand, 600),
    ):
        wait_until(lambda: waiting_workers(expand), "a batch that waits")
        so_far = done(expand)
        started.process.send_signal(signal.SIGINT)
        wait_until(lambda: "once more" in started.said, "the command says what it waits for")
        time.sleep(0.5)
        assert started.process.poll() is None
        started.process.send_signal(signal.SIGINT)
        started.ends(130, 20)
        assert one(expand, "select count(*) from user_workflow_run") == so_far
    with command(expand) as again:
        again.ends(0)
    is_complete(expand)


def test_ctrl_c_ends_it_in_the_queue_as_well(expand: str) -> None:
    """Everything is carried over, and what was written since is left to the deploy."""
    with command(expand) as started:
        started.ends(0)
    for _ in range(3):
        execute(expand, "update workflow_trace set status = status")
    queued = one(expand, "select queue_depth from consolidation.progress")
    with command(expand, "--workers", "1") as started:
        with in_the_way(expand, 600):
            wait_until(lambda: waiting_workers(expand), "a batch that waits")
            started.process.send_signal(signal.SIGINT)
            wait_until(lambda: "once more" in started.said, "the command says what it waits for")
            time.sleep(0.5)
        assert started.ends(0).endswith("next: sqitch deploy")
    assert 0 < one(expand, "select queue_depth from consolidation.progress") < queued


def test_a_killed_worker_connects_again_and_goes_on(expand: str) -> None:
    with command(expand, "--workers", "2", "--batch-size", "20") as started:
        with in_the_way(expand, 600):
            wait_until(lambda: waiting_workers(expand), "a batch that waits")
            (killed, *_) = waiting_workers(expand)
            at_hand = one(
                expand,
                f"select runs_at_hand from consolidation.progress_by_session where pid = {killed}",
            )
            assert at_hand > 0
            execute(expand, f"select pg_terminate_backend({killed})")
            wait_until(lambda: "attempt 1 of 5" in started.said, "the command says so")
        said = started.ends(0)
    assert re.search(r"worker \d: connection lost \(.*\); connects again in 1 s", said)
    is_complete(expand)
    # Only the batch that was killed was done twice, and its first time was rolled back.
    assert one(expand, "select count(distinct pid) from consolidation.chunk") in (2, 3)
    wait_until(lambda: writes(expand)[0] >= rows_in_documents(expand), "the server counts")
    assert writes(expand)[1:] == (0, 0)


def test_a_worker_that_cannot_connect_any_more_gives_up(expand: str) -> None:
    """The command ends with the reason; what is done stays."""
    code = (
        "import sys, user_workflow.backfill as b; b._ATTEMPTS = 2; "
        f"sys.exit(b.main(['--workers', '1', {', '.join(map(repr, SLOWLY))}]))"
    )
    with command(expand, code=code) as started:
        wait_until(lambda: done(expand) > 0, "the first batch")
        with psycopg.connect(dbname="postgres", autocommit=True) as other:
            other.execute(f"alter database {expand} with allow_connections false".encode())
            try:
                other.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s",
                    (expand,),
                )
                said = started.ends(1, 60)
            finally:
                other.execute(f"alter database {expand} with allow_connections true".encode())
    assert "attempt 2 of 2" in said
    assert "worker 1: " in said.splitlines()[-1]
    assert "is not currently accepting connections" in said.splitlines()[-1]
    assert one(expand, "select count(*) from user_workflow_run") == done(expand) > 0


# Beside traffic ----------------------------------------------------------------------------------


class Standby:
    """Receives the log of the server as a standby does, and confirms what it is told to."""

    def __init__(self, database: str) -> None:
        self._connection = psycopg.connect(dbname=database, replication="true", autocommit=True)
        position = one(database, "select pg_current_wal_flush_lsn()")
        answer = self._connection.pgconn.exec_(f"START_REPLICATION {position}".encode())
        assert answer.status == psycopg.pq.ExecStatus.COPY_BOTH, answer.error_message
        self._received = self._number(position)
        self.replays = True
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    @staticmethod
    def _number(position: str) -> int:
        high, low = position.split("/")
        return (int(high, 16) << 32) + int(low, 16)

    def _follow(self) -> None:
        server = self._connection.pgconn
        replayed = self._received
        while not self._ended.is_set():
            select.select([server.socket], [], [], 0.05)
            server.consume_input()
            while True:
                size, message = server.get_copy_data(1)
                if size <= 0:
                    break
                if bytes(message[:1]) == b"w":
                    start = struct.unpack(">q", bytes(message[1:9]))[0]
                    self._received = start + len(message) - 25
            if self.replays:
                replayed = self._received
            # Written, flushed and replayed up to; no clock, no wish for an answer.
            server.put_copy_data(
                b"r" + struct.pack(">qqqqb", self._received, self._received, replayed, 0, 0)
            )
            server.flush()

    def close(self) -> None:
        self._ended.set()
        self._thread.join(10)
        self._connection.close()


@pytest.fixture
def standby(expand: str) -> Iterator[Standby]:
    follower = Standby(expand)
    yield follower
    follower.close()


def test_batches_wait_for_a_standby_that_is_behind(expand: str, standby: Standby) -> None:
    def lag() -> float:
        execute(expand, "select pg_logical_emit_message(true, 'test', 'x')")
        return float(one(expand, "select extract(epoch from consolidation.standby_lag())"))

    execute(expand, "select pg_logical_emit_message(true, 'test', 'x')")
    time.sleep(0.3)
    standby.replays = False
    wait_until(lambda: lag() > 2, "a standby that is behind")
    with command(expand, "--workers", "1", "--max-lag", "2") as started:
        wait_until(
            lambda: one(
                expand,
                "select count(*) from pg_stat_activity where datname = current_database() "
                "and application_name = 'user_workflow.backfill worker 1'",
            ),
            "the worker",
        )
        wait_until(
            lambda: re.search(r"queue 0, standbys 0:\d\d:\d\d\S* behind", started.said),
            "a line that says so",
        )
        assert done(expand) == 0
        standby.replays = True
        started.ends(0)
    is_complete(expand)


def test_who_may_not_see_the_lag_is_told_so(expand: str) -> None:
    role = "workflow_backfill_test"
    with connect("postgres") as connection:
        connection.execute(f"drop role if exists {role}".encode())
        connection.execute(f"create role {role} login in role workflow_maintenance".encode())
    try:
        with connect(expand) as connection:
            connection.execute(f"set session authorization {role}".encode())
            with pytest.raises(psycopg.errors.InsufficientPrivilege) as raised:
                connection.execute("call consolidation.backfill(max_lag => '1 s')")
            assert f"grant pg_read_all_stats to {role}" in str(raised.value.diag.message_hint)
            # Everything else is for members of workflow_maintenance.
            connection.execute("call consolidation.backfill()")
            connection.execute("select * from consolidation.progress_by_session")
    finally:
        execute("postgres", f"drop role {role}")
    is_complete(expand)


# What it says ------------------------------------------------------------------------------------


def test_lines_say_how_far_it_is(expand: str) -> None:
    with command(expand, "--workers", "2", *SLOWLY) as started:
        wait_until(lambda: started.lines, "a line")
        line = started.lines[0]
        found = re.fullmatch(
            r"runs: ([\d,]+) of ([\d,]+), [\d,]+ a second, \d+:\d\d:\d\d left; "
            r"([\d,]+) of about ([\d,]+) steps; ([\d,]+) of about ([\d,]+) events; queue 0; "
            r"2 workers",
            line,
        )
        assert found, line
        runs, total, *others = (int(number.replace(",", "")) for number in found.groups())
        assert 0 < runs < total == one(expand, "select count(*) from workflow_trace")
        assert 0 < others[0] < others[1] == one(expand, "select count(*) from workflow_steps")
        assert 0 < others[2] < others[3] == one(expand, "select count(*) from workflow_events")
        started.process.send_signal(signal.SIGINT)
        started.ends(130, 20)
        assert not any("\x1b" in line for line in started.lines)


def test_a_terminal_shows_bars_and_workers_and_ctrl_c_is_typed(expand: str) -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        environment = {**ENVIRONMENT, "PGDATABASE": expand, "TERM": "xterm", "COLUMNS": "100"}
        os.execve(COMMAND[0], [*COMMAND, "--workers", "2", *SLOWLY], environment)
    shown = b""
    typed = False
    give_up_at = time.monotonic() + 60
    while time.monotonic() < give_up_at:
        try:
            if select.select([terminal], [], [], 0.1)[0]:
                shown += os.read(terminal, 65536)
        except OSError:
            break
        if not typed and re.search(rb"worker 2: \d+ runs in \d+ batches", shown):
            os.write(terminal, b"\x03")
            typed = True
    os.close(terminal)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    text = shown.decode()
    assert typed, text
    assert status == 130, text
    for row in ("runs", "steps", "events"):
        assert re.search(rf"{row}\s+\S*━", text), text
    assert one(expand, "select count(*) from user_workflow_run") == done(expand)


def test_a_row_that_cannot_be_carried_is_named_with_the_way_out(expand: str) -> None:
    execute(expand, "update workflow_trace set created_by = null where trace_id = 500")
    with command(expand, "--batch-size", "20") as started:
        said = started.ends(1)
    assert re.search(r"backfill: worker \d: a run cannot be carried over", said)
    assert "consolidation.uncarriable()" in said
    execute(expand, f"update workflow_trace set created_by = '{'0' * 32}' where trace_id = 500")
    with command(expand) as again:
        again.ends(0)
    is_complete(expand)


def test_a_database_in_another_phase_is_named_with_the_way_out(
    legacy: str, expand: str, empty: str
) -> None:
    for database in (empty, legacy):
        with command(database) as started:
            assert f"{database} is not expanded" in started.ends(1)
            assert "sqitch deploy --to @expand" in started.said
    sqitch(expand, "deploy")
    with command(expand) as started:
        assert f"{expand} is past the backfill: its phase is 'cut over'" in started.ends(1)


def test_a_database_that_does_not_exist_is_one_line_and_the_way_out() -> None:
    with command("workflow_consolidation_nowhere") as started:
        said = started.ends(1)
    assert "workflow_consolidation_nowhere" in said
    assert "PGDATABASE" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("--workers", "0"),
        ("--workers", "65"),
        ("--batch-size", "1.5"),
        ("--batch-time", "0"),
        ("--pause", "-1"),
        ("--max-lag", "nan"),
    ],
)
def test_arguments_out_of_range_are_refused(empty: str, arguments: tuple[str, str]) -> None:
    with command(empty, *arguments) as started:
        assert f"argument {arguments[0]}: '{arguments[1]}' is no number from" in started.ends(2)
