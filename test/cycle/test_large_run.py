"""One run as large as many others: each phase costs what its rows cost, whatever statistics say.

There are as many rows in the one run as in RUNS others. A ratio far above one is a plan that looks
at rows again and again.
"""

from __future__ import annotations

import os
import time

import pytest

from conftest import connect, sqitch
from helpers_cycle import NORTH, SIX, Connection, differences, execute_script, one

# With 2,000, 20,000 steps, 50,000 events and 20,000 keys: ./script/test thorough.
RUNS = int(os.environ.get("LARGE_RUN", "500"))
ONE = (5_000_000, 5_000_000)
MANY = (5_000_001, 5_000_000 + RUNS)
STEPS, EVENTS, KEYS, SCREENSHOTS, ENDPOINTS = 10 * RUNS, 25 * RUNS, 10 * RUNS, 2 * RUNS, RUNS
# A quadratic plan takes many times as long. Large arrays and their TOAST cost more than small ones,
# and machines are noisy.
AT_MOST = 5
# Below this nothing can be said.
SECONDS = 0.15

ROWS = f"""
    insert into workflow_trace (trace_id, org_id, workflow_id, channel, created_by)
    select 5000000 + n, '{NORTH}', gen_random_uuid(), 'web', gen_random_uuid()
    from generate_series(0, {RUNS}) as n;
    insert into workflow_steps (step_id, trace_id, step_number, node_id)
    select 50000000 + n, 5000000, n, gen_random_uuid() from generate_series(1, {STEPS}) as n
    union all
    select 60000000 + n, 5000001 + n / 10, n % 10, gen_random_uuid()
    from generate_series(0, {STEPS} - 1) as n;
    insert into workflow_events (event_id, trace_id, step_id, event_type, event_data)
    select 50000000 + n, 5000000, nullif(50000000 + n % {STEPS}, 50000000), 'x', to_jsonb(n)
    from generate_series(1, {EVENTS}) as n
    union all
    select 60000000 + n, 5000001 + n / 25, 60000000 + (n / 25) * 10 + n % 10, 'x', to_jsonb(n)
    from generate_series(0, {EVENTS} - 1) as n;
    insert into workflow_trace_screenshot (
        trace_id, org_id, node_name, step_index, screenshot_url, action_description, node_id
    )
    select 5000000, '{NORTH}'::uuid, 'n', n * 10, 's3://1', 'click', gen_random_uuid()
    from generate_series(1, {SCREENSHOTS}) as n
    union all
    select 5000001 + n / 2, '{NORTH}'::uuid, 'n', n % 20, 's3://1', 'click', gen_random_uuid()
    from generate_series(0, {SCREENSHOTS} - 1) as n;
    insert into workflow_trace_context (trace_id, key, value)
    select 5000000, 'key ' || n, to_jsonb(n) from generate_series(1, {KEYS}) as n
    union all
    select 5000001 + n / 10, 'key ' || n, to_jsonb(n) from generate_series(0, {KEYS} - 1) as n;
    insert into workflow_trace_endpoint (trace_id, endpoint_id)
    select 5000000, n from generate_series(1, {ENDPOINTS}) as n
    union all
    select 5000001 + n, n from generate_series(0, {ENDPOINTS} - 1) as n;
"""
TABLES = (*SIX, "user_workflow_run", "user_workflow_run_step")
NEVER = "".join(f"alter table {name} set (autovacuum_enabled = off);" for name in TABLES)
# What they say before the rows come, in the end, and as if there were a thousand times as many of
# which all belong to one run.
BEFORE = {"none": "", "huge": "", "old": f"analyze {', '.join(TABLES)};"}
HUGE = "".join(
    f"alter table {name} alter column {column} set (n_distinct = 1); analyze {name};"
    f"update pg_class set reltuples = 1e8, relpages = 1e6 where oid = '{name}'::regclass;"
    for name in TABLES
    for column in ("legacy_trace_id" if name.startswith("user_") else "trace_id",)
)
TOUCH = """
    update workflow_events set event_type = event_type || 'y'
    where trace_id between {0} and {1}
"""
DELETE = """begin;
    delete from workflow_events where trace_id between {0} and {1} and event_id % 40 = 1;
    rollback"""
# Each element says more than the old table can.
WRITE = """
    update user_workflow_run_step as s
    set events = (
        select jsonb_agg(e || '{{"data": {value}, "note": {value}}}')
        from jsonb_array_elements(s.events) as e
    ) || '[{{"type": {value}}}]'
    where s.legacy_trace_id between {0} and {1} and s.events <> '[]'
"""


def seconds(connection: Connection, statement: str) -> float:
    """The time that a statement takes."""
    began = time.monotonic()
    connection.execute(statement)
    return time.monotonic() - began


def compare(connection: Connection, what: str, statement: str) -> list[str]:
    """The same for one run and for many; what is wrong."""
    taken = [seconds(connection, statement.format(*ids)) for ids in (MANY, ONE)]
    many, of_one = taken
    print(f"  {what:40} {many:6.2f} s, {of_one:6.2f} s")
    wrong = of_one > AT_MOST * max(many, SECONDS)
    return [f"{what}: {of_one:.2f} s for one run, {many:.2f} s for {RUNS}"] if wrong else []


RANGE = "select consolidation.{function}({{0}}, {{1}}, null)"
OF_RUNS = (
    "select consolidation.{function}(array("
    "select t.id::bigint from generate_series({{0}}::bigint, {{1}}::bigint) as t (id)))"
)
FORWARD = OF_RUNS.format(function="consolidate")
BACK = OF_RUNS.format(function="carry_back")
PROOF = RANGE.format(function="record_comparison")
QUEUE = "call consolidation.catch_up()"


@pytest.mark.parametrize("statistics", list(BEFORE)[: 3 if RUNS >= 2000 else 1])
def test_a_large_run_costs_what_its_rows_cost(expand: str, statistics: str) -> None:
    found = []
    with connect(expand) as connection:
        connection.execute("set statement_timeout = '120s'")
        execute_script(connection, NEVER + BEFORE[statistics] + ROWS)
        if statistics == "huge":
            execute_script(connection, HUGE)
        found += compare(connection, "consolidate", FORWARD)
        found += compare(connection, "prove", PROOF)
        found += compare(connection, "find nothing to do", FORWARD)
        for ids in (MANY, ONE):
            connection.execute(TOUCH.format(*ids))
        found += compare(connection, "consolidate again", FORWARD)
        connection.execute(QUEUE)
    sqitch(expand, "deploy")
    with connect(expand) as connection:
        connection.execute("set statement_timeout = '120s'")
        assert differences(connection) == []
        events = "select count(*) from workflow_events where trace_id between {0} and {1}"
        found += compare(connection, "events by their old name", events)
        found += compare(connection, "delete events by their old name", DELETE)
        for value in (1, 2):
            for ids in (MANY, ONE):
                connection.execute(WRITE.format(*ids, value=value))
            found += compare(connection, f"carry back, {value}", BACK)
            found += compare(connection, f"prove what was carried back, {value}", PROOF)
        connection.execute(QUEUE)
    sqitch(expand, "revert", "-y", "--to", "@carried_over")
    with connect(expand) as connection:
        connection.execute("set statement_timeout = '120s'")
        for ids in (MANY, ONE):
            connection.execute(TOUCH.format(*ids))
        found += compare(connection, "consolidate what says more", FORWARD)
        connection.execute(QUEUE)
    sqitch(expand, "deploy")
    sqitch(expand, "-C", "contract", "deploy", "--to", "drop_old_tables")
    with connect(expand) as connection:
        connection.execute("set statement_timeout = '120s'")
        connection.execute("select consolidation.rebuild_old_tables()")
        found += compare(connection, "write the old rows anew", BACK)
        connection.execute(QUEUE)
        notes = one(
            connection,
            "select count(*) from user_workflow_run_step as s, jsonb_array_elements(s.events) as e"
            f" where s.legacy_trace_id = {ONE[0]} and e ->> 'note' = '2'",
        )
        # All events on steps, and what was added to each of these the first time.
        assert notes == EVENTS - EVENTS // STEPS + STEPS - 1
        assert differences(connection) == []
    assert found == []
