"""Short runs of what script/soak does: the plan beside writers, and through kills of all sides.

On a server of their own, since they kill it. Each check is shown to fail once.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest

from conftest import connect
from helpers_cycle import Background, Connection, one, wait_until
from soak.crashes import WALKS, Phase, Walker, deploy, psql, revert
from soak.load import Load
from soak.server import Server
from soak.traffic import legacy, starve, traffic

SEED = 18
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Of the version that the other tests use, with a template of the old tables, "legacy"."""
    with connect("postgres") as connection:
        version = connection.info.server_version // 10000
    with Server(version) as started:
        legacy(started, "legacy", 60)
        yield started


@pytest.fixture
def copy(server: Server) -> Iterator[str]:
    """A database with the old tables."""
    name = f"soak_{next(_numbers)}"
    server.run("createdb", "--template=legacy", name)
    yield name
    server.run("dropdb", "--force", name)


def test_writers_lose_nothing_while_the_plan_goes_forth_and_back(server: Server, copy: str) -> None:
    """Eight sessions and one that keeps transactions open; each knows what it committed."""
    found = traffic(server, copy, seed=SEED, seconds=6, rate=30, hold=0.5, say=print)
    assert found.failures == []
    assert found.balance is not None
    assert found.balance.lost == []
    assert found.balance.doubled == []
    assert found.balance.committed > 200
    assert found.differences == 0
    # script/soak prints how much exactly; a second is more than two shared cores ever take.
    assert found.added < 1, found.longest_with[0]
    # The queue grows while nobody catches up, and is short when somebody does.
    assert found.queue_without == sorted(found.queue_without)
    assert found.queue_without[0] < found.queue_without[-1]
    assert found.queue_with[-1] < found.queue_without[-1]


@pytest.mark.parametrize("noticed", [True, False])
def test_the_journals_notice_what_a_missing_trigger_loses(
    server: Server, copy: str, noticed: bool
) -> None:
    """The way back finds what was written without the capture, unless the proof is forged."""

    def forget(connection: Connection, deployed_to: str) -> None:
        if deployed_to == "@cut_over":
            tables = ("user_workflow_run", "user_workflow_run_step")
            for table in tables:
                connection.execute(f"alter table {table} disable trigger capture_update".encode())
            time.sleep(2)
            for table in tables:
                connection.execute(
                    f"alter table {table} enable always trigger capture_update".encode()
                )
            if not noticed:
                connection.execute("select consolidation.keep_proof()")

    found = traffic(
        server, copy, seed=SEED, seconds=3, rate=30, hold=0.5, say=print,
        commands=(deploy("@cut_over"), revert("@expand")), meanwhile=forget,
    )  # fmt: skip
    assert found.balance is not None
    assert (found.balance.lost == []) is noticed


def test_the_journals_notice_what_is_written_behind_their_back(server: Server, copy: str) -> None:
    with server.connect(copy) as connection:
        load = Load(lambda: server.connect(copy), seed=SEED, clients=1)
        client = load.clients[0]
        for _ in range(100):
            client.once()
        assert load.failures == []
        assert load.balance().lost == load.balance().doubled == []
        (trace_id, token), _ = next(iter(client.journal.rows["workflow_events"].items()))
        connection.execute(
            "insert into workflow_events (trace_id, event_type, event_data) "
            "select trace_id, event_type, event_data from workflow_events "
            "where trace_id = %s and event_data ->> 'token' = %s",
            (trace_id, token),
        )
        assert len(load.balance().doubled) == 1
        connection.execute("delete from workflow_events where trace_id = %s", (trace_id,))
        assert len(load.balance().lost) > 0
        load.close()


def test_a_cut_over_beside_writers_without_a_limit_ends_in_time(server: Server, copy: str) -> None:
    """Done, or 55P03 and why; never much later than its patience and the comparison."""
    server.run("sqitch", "deploy", "--log-only", "--verify", "--to", "@baseline", f"db:pg:{copy}")
    found = starve(server, copy, patience=4)
    assert found.state in (None, "55P03"), found
    assert found.seconds < 20, found


def test_kills_at_any_moment_leave_nothing_to_repair(server: Server) -> None:
    """Clients, sessions and the server die in every phase; the same command again finishes it."""
    walker = Walker(server, "legacy", SEED, say=print)
    walker.walk(WALKS[1], kills=0)
    walker.walk(WALKS[1], kills=1)
    print(walker.report)
    assert walker.report.messages == []
    assert walker.report.kills.total() >= 8


@pytest.mark.parametrize(
    "damage",
    [
        "delete from workflow_events where event_id = (select min(event_id) from workflow_events)",
        "update micro_state set label = 'damaged'",
    ],
)
def test_a_walk_notices_rows_that_changed(server: Server, damage: str) -> None:
    walker = Walker(server, "legacy", SEED)
    walker.walk((Phase("damage", psql(damage), "baseline"),), kills=0)
    assert walker.report.failures.total() == 1
    assert "the old names show something else" in walker.report.messages[0]


def test_a_swap_does_not_wait_for_the_end_of_an_autovacuum(server: Server, copy: str) -> None:
    """One that is throttled, as on every large table; an attempt to lock is too short to end it."""
    target = f"db:pg:{copy}"
    server.run("sqitch", "deploy", "--log-only", "--verify", "--to", "@baseline", target)
    server.run("sqitch", "deploy", "--to", "@carried_over", target)
    slow = "threshold = 1", "scale_factor = 0", "cost_delay = 100", "cost_limit = 1"
    with server.connect(copy) as connection:
        connection.execute("alter system set autovacuum_naptime = '1s'")
        connection.execute("select pg_reload_conf()")
        try:
            connection.execute("call consolidation.prove()")
            connection.execute(
                "alter table user_workflow_run_step set "
                f"({', '.join(f'autovacuum_vacuum_{setting}' for setting in slow)})"
            )
            connection.execute("update user_workflow_run_step set retry_count = retry_count")
            works = (
                "select count(*) from pg_locks where mode = 'ShareUpdateExclusiveLock' "
                "and relation = 'user_workflow_run_step'::regclass"
            )
            wait_until(lambda: one(connection, works) == 1, "an autovacuum has begun", 30)
            began = time.monotonic()
            connection.execute("call consolidation.cut_over(patience => '20 seconds')")
            assert one(connection, "select consolidation.phase()") == "cut over"
            # It would take minutes.
            assert time.monotonic() - began < 20
        finally:
            connection.execute("alter system reset autovacuum_naptime")
            connection.execute("select pg_reload_conf()")


def test_a_swap_gets_its_turn_among_sessions_that_catch_up(carried_over: str) -> None:
    """Three of them without a pause, as somebody starts them who has a long queue."""
    stop = threading.Event()

    def catch_up(first: int) -> None:
        # Rows of its own: updates of the same rows, in any order, wait for each other in a circle.
        write = f"update workflow_trace set tier = 1 where trace_id between {first} and {first + 2}"
        with connect(carried_over) as session:
            while not stop.is_set():
                session.execute(write)
                session.execute("call consolidation.catch_up()")

    helping = [Background(partial(catch_up, first)) for first in (1, 4, 7)]
    with connect(carried_over) as connection:
        try:
            connection.execute("call consolidation.cut_over(patience => '20 seconds')")
        finally:
            stop.set()
        assert one(connection, "select consolidation.phase()") == "cut over"
    for background in helping:
        background.result()
