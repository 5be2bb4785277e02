"""Several sessions on the old names at once, and a cut-over among them."""

from __future__ import annotations

import os
import random
import time
import uuid
from collections import Counter
from functools import partial

import psycopg
import pytest

from conftest import connect, sqitch
from helpers_cycle import (
    EIGHT,
    NODE,
    NORTH,
    OTHER_NODE,
    SOUTH,
    USER,
    WORKFLOW,
    Background,
    Connection,
    columns,
    differences,
    one,
    side_by_side,
    sqlstate,
    statement,
    wait_for_lock,
)

# Run 1 of the regular data has eight steps with events, screenshots, context and endpoints.
STEP = "(select step_id from workflow_steps where trace_id = 1 and step_number = 1)"


def step(connection: Connection) -> int:
    """The old id of step 1 of run 1."""
    return int(
        one(connection, "select step_id from workflow_steps where trace_id = 1 and step_number = 1")
    )


INSERTS = {
    "workflow_trace": f"""
        insert into workflow_trace (org_id, workflow_id, channel, created_by)
        values ('{NORTH}', '{WORKFLOW}', 'web', '{USER}') returning *""",
    "workflow_steps": f"""
        insert into workflow_steps (trace_id, step_number, node_id)
        values (2, 100 + $1::integer, '{NODE}') returning *""",
    "workflow_events": """
        insert into workflow_events (trace_id, event_type, event_data)
        values (2, 'prepared', to_jsonb($1::integer)) returning *""",
    "workflow_trace_screenshot": f"""
        insert into workflow_trace_screenshot (
            trace_id, org_id, node_name, step_index, screenshot_url, action_description, node_id
        )
        values (2, '{NORTH}', 'n', $1::integer, 's3://b', 'a', '{OTHER_NODE}') returning *""",
    "workflow_trace_context": """
        insert into workflow_trace_context (trace_id, key, value)
        values (2, 'prepared ' || $1::integer, 'null') returning *""",
    "workflow_trace_endpoint": """
        insert into workflow_trace_endpoint values (2, 100 + $1::integer) returning *""",
    "workflow_configs": f"""
        insert into workflow_configs (org_id, name, config_type, config_data, created_by)
        values ('{NORTH}', 'prepared ' || $1::integer, 'limits', '1', '{USER}') returning *""",
    "micro_state": f"""
        insert into micro_state (workflow_id, node_id, dom_snapshot, action_json)
        values ('{WORKFLOW}', '{NODE}', 'prepared', to_jsonb($1::integer)) returning *""",
}
UPDATES = {
    "workflow_trace": "status = 'prepared' where trace_id = 2",
    "workflow_steps": "retry_count = retry_count + 1 where trace_id = 2",
    "workflow_events": "event_data = to_jsonb($1::integer) where trace_id = 2",
    "workflow_trace_screenshot": "element_found = not element_found where trace_id = 2",
    "workflow_trace_context": "value = to_jsonb($1::integer) where trace_id = 2",
    "workflow_trace_endpoint": "endpoint_id = endpoint_id + 1000 where trace_id = 2",
    "workflow_configs": "is_active = not is_active where name like 'prepared%'",
    "micro_state": "label = 'x' where dom_snapshot = 'prepared'",
}


def test_prepared_statements_survive_deploy_and_revert(legacy: str) -> None:
    """Of a session that stays connected; on each old name a select, an insert and an update."""
    with connect(legacy) as connection:
        connection.prepare_threshold = None
        # Planned once, as after the fifth time.
        connection.execute("set plan_cache_mode = force_generic_plan")
        for place, name in enumerate(EIGHT):
            listed = ", ".join(f'"{column}"' for column in columns(connection, name))
            for kind, text in (
                ("select_all", f"select * from {name} limit 5"),
                ("select_columns", f"select {listed} from {name} where $1::integer > 0 limit 5"),
                ("insert", INSERTS[name]),
                ("update", f"update {name} set {UPDATES[name]} returning *"),
            ):
                connection.execute(f"prepare {kind}_{place} as {text}")

        parameter = 0

        def execute_all() -> dict[str, str | None]:
            nonlocal parameter
            failed: dict[str, str | None] = {}
            for _ in range(2):
                parameter += 1
                for place, name in enumerate(EIGHT):
                    for kind in ("select_all", "select_columns", "insert", "update"):
                        takes = f"({parameter})" if takes_parameter(kind, name) else ""
                        state = sqlstate(connection, f"execute {kind}_{place}{takes}")
                        if state is not None:
                            failed[f"{kind} {name}"] = state
            return failed

        assert execute_all() == {}
        sqitch(legacy, "deploy")
        assert execute_all() == {}
        sqitch(legacy, "revert", "--to", "@expand", "-y")
        assert execute_all() == {}
        sqitch(legacy, "deploy")
        assert execute_all() == {}
        connection.execute("call consolidation.catch_up()")
        assert differences(connection) == []


def takes_parameter(kind: str, name: str) -> bool:
    """Whether the prepared statement of the test above has a parameter."""
    return (
        kind == "select_columns"
        or "$1" in {"select_all": "", "insert": INSERTS[name], "update": UPDATES[name]}[kind]
    )


SESSIONS = 8
# Of each session; a long run takes 500.
APPENDS = int(os.environ.get("APPENDS", "50"))


def report(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """Prints a figure although pytest keeps the output."""
    with capsys.disabled():
        print(f"\n{text}")


@pytest.mark.parametrize("way", ["add_event", "workflow_events", "both"])
def test_sessions_append_to_one_step_and_lose_nothing(
    deployed: str, way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with connect(deployed) as connection:
        connection.execute(f"delete from workflow_events where step_id = {STEP}")
        old_id = step(connection)
        new_id = one(
            connection,
            "select step_id from user_workflow_run_step where legacy_step_id = %s",
            old_id,
        )

        def work(session: Connection, number: int) -> None:
            for n in range(APPENDS):
                if way == "workflow_events" or (way == "both" and number % 2):
                    session.execute(
                        "insert into workflow_events (trace_id, step_id, event_type, event_data) "
                        "values (1, %s, 'inserted', jsonb_build_array(%s::int, %s::int))",
                        (old_id, number, n),
                    )
                else:
                    session.execute(
                        "select add_event(%s, 'added', jsonb_build_array(%s::int, %s::int))",
                        (new_id, number, n),
                    )

        began = time.monotonic()
        side_by_side(deployed, SESSIONS, work)
        seconds = time.monotonic() - began
        wanted = SESSIONS * APPENDS
        found = connection.execute(
            """
            select count(*), count(distinct event_data), count(distinct event_id)
            from workflow_events where step_id = %s
            """,
            (old_id,),
        ).fetchone()
        assert found == (wanted, wanted, wanted)
        # Each session's own order is kept.
        assert one(
            connection,
            """
            select bool_and(n > previous) from (
                select
                    (e.element #> '{data,1}')::integer as n,
                    lag((e.element #> '{data,1}')::integer, 1, -1) over (
                        partition by e.element #> '{data,0}' order by e.place
                    ) as previous
                from user_workflow_run_step as s,
                jsonb_array_elements(s.events) with ordinality as e (element, place)
                where s.step_id = %s
            ) as x
            """,
            new_id,
        )
        report(
            capsys,
            f"{SESSIONS} sessions append {APPENDS} events each to one step through {way}: "
            f"{found[0]} of {wanted} are there, {wanted / seconds:.0f} a second",
        )


COUNTERS = {
    "a step's retry_count": (
        "update workflow_steps set retry_count = retry_count + 1 "
        "where trace_id = 1 and step_number = 1",
        "select retry_count from workflow_steps where trace_id = 1 and step_number = 1",
    ),
    "an event's data": (
        "update workflow_events set event_data = to_jsonb(event_data::integer + 1) "
        "where trace_id = 1 and event_type = 'counter'",
        "select event_data::integer from workflow_events "
        "where trace_id = 1 and event_type = 'counter'",
    ),
    "a context value": (
        "update workflow_trace_context set value = to_jsonb(value::integer + 1) "
        "where trace_id = 1 and key = 'counter'",
        "select value::integer from workflow_trace_context where trace_id = 1 and key = 'counter'",
    ),
    "a screenshot's step_index": (
        "update workflow_trace_screenshot set step_index = step_index + 1 "
        "where trace_id = 1 and node_name = 'counter'",
        "select step_index from workflow_trace_screenshot "
        "where trace_id = 1 and node_name = 'counter'",
    ),
}


@pytest.mark.parametrize("counter", COUNTERS)
def test_sessions_count_up_and_lose_nothing(
    deployed: str, counter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Elements of documents: 40001 for whoever would undo another one's change; he repeats it."""
    update, select = COUNTERS[counter]
    repeated = []
    with connect(deployed) as connection:
        connection.execute(
            f"""
            insert into workflow_events (trace_id, step_id, event_type, event_data)
            values (1, {STEP}, 'counter', '0');
            insert into workflow_trace_context (trace_id, key, value) values (1, 'counter', '0');
            insert into workflow_trace_screenshot (
                trace_id, org_id, node_name, step_index, screenshot_url, action_description, node_id
            )
            values (1, '{NORTH}', 'counter', 0, 's3://b', 'a', '{NODE}');
            """
        )
        before = one(connection, select)

        def work(session: Connection, _: int) -> None:
            for _ in range(APPENDS):
                while sqlstate(session, update) == "40001":
                    repeated.append(True)

        side_by_side(deployed, SESSIONS, work)
        wanted = SESSIONS * APPENDS
        assert one(connection, select) == before + wanted
        # A plain row waits for the other one's change and builds on it, as the table did.
        if counter == "a step's retry_count":
            assert not repeated
        report(
            capsys,
            f"{SESSIONS} sessions count {counter} up {APPENDS} times each: it grew by {wanted}, "
            f"{len(repeated)} times repeated after 40001",
        )


def test_sessions_append_to_executions_that_others_delete(
    deployed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every append either is there, or went with its step or run, or was refused."""
    appended: Counter[tuple[int, str]] = Counter()
    refused = []
    kinds = {
        "workflow_events": (
            "insert into workflow_events (trace_id, step_id, event_type, event_data) "
            "values (%(trace)s, %(step)s, 'race', '1')"
        ),
        "workflow_trace_context": (
            "insert into workflow_trace_context (trace_id, key, value) "
            "values (%(trace)s, %(key)s, '1')"
        ),
        "workflow_trace_screenshot": (
            "insert into workflow_trace_screenshot (trace_id, org_id, node_name, step_index, "
            f"screenshot_url, action_description, node_id) values (%(trace)s, '{NORTH}', 'race', "
            f"1, 's3://b', 'a', '{NODE}')"
        ),
        "add_event": "select add_event(%(run_step)s, 'race')",
    }
    traces, steps = range(900001, 900041), range(1, 4)

    def old_step(trace_id: int, number: int) -> int:
        return trace_id * 10 + number

    with connect(deployed) as connection:
        connection.execute(
            "insert into workflow_trace (trace_id, org_id, workflow_id, channel, created_by) "
            "select n, %s, %s, 'web', %s from generate_series(%s::int, %s::int) as n",
            (NORTH, WORKFLOW, USER, traces[0], traces[-1]),
        )
        connection.execute(
            "insert into workflow_steps (step_id, trace_id, step_number, node_id) "
            "select t.trace_id * 10 + n, t.trace_id, n, %s "
            "from workflow_trace as t, generate_series(1, 3) as n "
            "where t.trace_id between %s and %s",
            (NODE, traces[0], traces[-1]),
        )
        new_ids = dict(
            connection.execute(
                "select legacy_step_id, step_id from user_workflow_run_step "
                "where legacy_trace_id between %s and %s",
                (traces[0], traces[-1]),
            ).fetchall()
        )
        # Half of the runs go, and a step of each of the others.
        gone_traces, gone_steps = traces[::2], [old_step(n, 1) for n in traces[1::2]]

        def work(session: Connection, number: int) -> None:
            chance = random.Random(number)
            if number < 2:
                for place in range(number, len(gone_traces), 2):
                    time.sleep(0.01)
                    session.execute(
                        "delete from workflow_trace where trace_id = %s", (gone_traces[place],)
                    )
                    session.execute(
                        "delete from workflow_steps where step_id = %s", (gone_steps[place],)
                    )
                return
            for n in range(2 * APPENDS):
                trace_id, kind = chance.choice(traces), chance.choice(sorted(kinds))
                old_id = old_step(trace_id, chance.choice(steps))
                names = {
                    "trace": trace_id,
                    "step": old_id,
                    "key": f"{number} {n}",
                    "run_step": new_ids[old_id],
                }
                try:
                    session.execute(kinds[kind], names)
                except (psycopg.errors.ForeignKeyViolation, psycopg.errors.NoDataFound):
                    assert trace_id in gone_traces or old_id in gone_steps
                    refused.append(kind)
                else:
                    on_step = kind in ("workflow_events", "add_event")
                    if trace_id not in gone_traces and not (on_step and old_id in gone_steps):
                        table = "workflow_events" if kind == "add_event" else kind
                        appended[trace_id, table] += 1

        side_by_side(deployed, SESSIONS, work)
        found: Counter[tuple[int, str]] = Counter()
        for table in ("workflow_events", "workflow_trace_context", "workflow_trace_screenshot"):
            for trace_id, count in connection.execute(
                f"select trace_id, count(*) from {table} where trace_id between %s and %s "
                "group by trace_id",
                (traces[0], traces[-1]),
            ):
                found[trace_id, table] = count
        assert found == appended
        assert one(
            connection,
            "select count(*) from workflow_trace where trace_id between %s and %s",
            traces[0],
            traces[-1],
        ) == len(traces) - len(gone_traces)
        report(
            capsys,
            f"{SESSIONS - 2} sessions append while 2 delete {len(gone_traces)} runs and "
            f"{len(gone_steps)} steps: {sum(found.values())} of {sum(appended.values())} "
            f"elements of what stayed are there, {len(refused)} were refused (23503, P0002)",
        )
        connection.execute("call consolidation.catch_up()")
        assert differences(connection) == []


EVENT = """
    select min(e.event_id) from workflow_events as e join workflow_steps as s using (step_id)
    where s.trace_id = 1 and s.step_number = 1
"""


@pytest.mark.parametrize(
    ("table", "row", "first", "second", "expected"),
    [
        # The same key: whoever comes second repeats his transaction.
        (
            "workflow_events",
            f"event_id = ({EVENT})",
            "event_data = '1'",
            "event_data = '2'",
            "40001",
        ),
        (
            "workflow_trace_context",
            "trace_id = 1 and key = 'user_session'",
            "value = '1'",
            "value = '2'",
            "40001",
        ),
        (
            "workflow_trace_screenshot",
            "trace_id = 1 and step_index = 1",
            "confidence_score = 0.1",
            "confidence_score = 0.2",
            "40001",
        ),
        # Different keys of one element, and different columns of one row.
        (
            "workflow_events",
            f"event_id = ({EVENT})",
            "event_data = '1'",
            "event_type = 'renamed'",
            None,
        ),
        (
            "workflow_trace_screenshot",
            "trace_id = 1 and step_index = 1",
            "confidence_score = 0.1",
            "element_selector = 's'",
            None,
        ),
        ("workflow_trace", "trace_id = 1", "status = 'a'", "tier = 2", None),
    ],
)
def test_two_updates_of_one_element(
    deployed: str, table: str, row: str, first: str, second: str, expected: str | None
) -> None:
    """40001 for the second if it would undo the first, else both are there."""
    with (
        connect(deployed) as one_session,
        connect(deployed) as other,
        connect(deployed) as observer,
    ):
        one_session.execute("begin")
        assert one_session.execute(f"update {table} set {first} where {row}").rowcount == 1
        waiting = statement(other, f"update {table} set {second} where {row}")
        wait_for_lock(observer, other)
        one_session.execute("commit")
        if expected is None:
            assert waiting.result() == 1
        else:
            with pytest.raises(psycopg.Error) as raised:
                waiting.result()
            assert raised.value.sqlstate == expected
        for change, survives in ((first, True), (second, expected is None)):
            assert one(observer, f"select count(*) from {table} where {row} and {change}") == int(
                survives
            )


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_an_event_deleted_meanwhile_is_not_found(deployed: str, verb: str) -> None:
    """As on a table: the statement affects no row, and nothing comes back."""
    text = {
        "update": "update workflow_events set event_type = 'x'",
        "delete": "delete from workflow_events",
    }
    with connect(deployed) as first, connect(deployed) as second, connect(deployed) as observer:
        event_id = one(observer, EVENT)
        count = one(observer, "select count(*) from workflow_events")
        first.execute("begin")
        first.execute("delete from workflow_events where event_id = %s", (event_id,))
        waiting = statement(second, f"{text[verb]} where event_id = %s", event_id)
        wait_for_lock(observer, second)
        first.execute("commit")
        assert waiting.result() == 0
        assert one(observer, "select count(*) from workflow_events") == count - 1


@pytest.mark.parametrize(
    "insert",
    [
        "insert into workflow_trace_context (trace_id, key, value) values (1, 'k', '1')",
        "insert into workflow_trace_endpoint values (1, 4711)",
        f"insert into workflow_steps (trace_id, step_number, node_id) values (1, 99, '{NODE}')",
        "insert into workflow_events (event_id, trace_id, event_type, event_data) "
        "values (4711471147114711, 1, 'x', '1')",
    ],
)
def test_one_of_two_sessions_that_insert_the_same_key_gets_23505(
    deployed: str, insert: str
) -> None:
    with connect(deployed) as first, connect(deployed) as second, connect(deployed) as observer:
        first.execute("begin")
        first.execute(insert)
        waiting = statement(second, insert)
        wait_for_lock(observer, second)
        first.execute("commit")
        with pytest.raises(psycopg.errors.UniqueViolation):
            waiting.result()


def test_a_step_that_is_deleted_takes_an_event_inserted_meanwhile_along(deployed: str) -> None:
    """Never an event without a step, whoever comes first."""
    with connect(deployed) as first, connect(deployed) as second, connect(deployed) as observer:
        old_id = step(observer)
        insert = (
            "insert into workflow_events (trace_id, step_id, event_type, event_data) "
            f"values (1, {old_id}, 'orphan', '1')"
        )
        delete = f"delete from workflow_steps where step_id = {old_id}"
        orphans = "select count(*) from workflow_events where event_type = 'orphan'"

        # Inserted first: it goes with the step.
        first.execute("begin")
        first.execute(insert)
        waiting = statement(second, delete)
        wait_for_lock(observer, second)
        first.execute("commit")
        assert waiting.result() == 1
        assert one(observer, orphans) == 0

        # Deleted first: there is no step to insert it on.
        old_id = one(
            observer, "select step_id from workflow_steps where trace_id = 1 and step_number = 2"
        )
        first.execute("begin")
        first.execute("delete from workflow_steps where step_id = %s", (old_id,))
        waiting = statement(
            second,
            "insert into workflow_events (trace_id, step_id, event_type, event_data) "
            "values (1, %s, 'orphan', '1')",
            old_id,
        )
        wait_for_lock(observer, second)
        first.execute("commit")
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            waiting.result()
        assert one(observer, orphans) == 0


def test_a_run_that_is_deleted_leaves_no_children(deployed: str) -> None:
    inserts = (
        "insert into workflow_events (trace_id, event_type, event_data) values (%s, 'orphan', '1')",
        "insert into workflow_trace_context (trace_id, key, value) values (%s, 'orphan', '1')",
        "insert into workflow_trace_endpoint values (%s, 4711)",
        "insert into workflow_trace_screenshot (trace_id, org_id, node_name, step_index, "
        f"screenshot_url, action_description, node_id) values (%s, '{NORTH}', 'n', 99, 'u', 'a', "
        f"'{NODE}')",
        f"insert into workflow_steps (trace_id, step_number, node_id) values (%s, 99, '{NODE}')",
    )
    with connect(deployed) as first, connect(deployed) as second, connect(deployed) as observer:
        for trace_id, insert in enumerate(inserts, start=1):
            first.execute("begin")
            first.execute("delete from workflow_trace where trace_id = %s", (trace_id,))
            waiting = statement(second, insert, trace_id)
            wait_for_lock(observer, second)
            first.execute("commit")
            with pytest.raises(psycopg.errors.ForeignKeyViolation):
                waiting.result()
            for name in EIGHT[:6]:
                assert (
                    one(observer, f"select count(*) from {name} where trace_id = %s", trace_id) == 0
                )


def test_of_two_organisations_that_name_a_workflow_at_once_the_first_owns_it(
    deployed: str,
) -> None:
    """The second waits for the end of the first; a rollback leaves the workflow to it."""
    insert = (
        "insert into user_workflow_run (workflow_id, org_id, channel, created_by) "
        "values (%s, %s, 'web', %s)"
    )
    owner = "select org_id::text from user_workflow_owner where workflow_id = %s"
    for end, expected in (("commit", NORTH), ("rollback", SOUTH)):
        workflow = str(uuid.uuid4())
        with connect(deployed) as first, connect(deployed) as second:
            first.execute("begin")
            first.execute(insert, [workflow, NORTH, USER])
            waiting = statement(second, insert, workflow, SOUTH, USER)
            with connect(deployed) as observer:
                wait_for_lock(observer, second)
            first.execute(end)
            waiting.result()
            assert one(first, owner, workflow) == expected


def test_sessions_that_name_the_same_new_workflows_do_not_deadlock(deployed: str) -> None:
    workflows = [str(uuid.uuid4()) for _ in range(300)]

    def work(connection: Connection, number: int) -> None:
        named = workflows if number % 2 else workflows[::-1]
        connection.execute(
            "insert into user_workflow_run (workflow_id, org_id, channel, created_by) "
            "select w.id, %s, 'web', %s from unnest(%s::uuid[]) with ordinality as w (id, place) "
            "order by w.place",
            [NORTH, USER, named],
        )

    side_by_side(deployed, 4, work)
    with connect(deployed) as connection:
        owned = "select count(*) from user_workflow_owner where workflow_id = any (%s::uuid[])"
        assert one(connection, owned, workflows) == len(workflows)


@pytest.mark.parametrize("direction", ["cut_over", "cut_back"])
def test_a_swap_waits_for_a_long_transaction_and_lets_everybody_else_through(
    carried_over: str, direction: str
) -> None:
    """The transaction holds workflow_events for three seconds; no bystander waits half a second."""
    with connect(carried_over) as connection, connect(carried_over) as holder:
        if direction == "cut_back":
            connection.execute("call consolidation.cut_over()")
        holder.execute("begin")
        holder.execute(
            "insert into workflow_events (trace_id, event_type, event_data) values (3, 'held', '1')"
        )
        held_since = time.monotonic()
        swap = statement(connection, f"call consolidation.{direction}()")
        stop = False

        def bystand(text: str) -> list[float]:
            waits = []
            with connect(carried_over) as session:
                while not stop:
                    began = time.monotonic()
                    session.execute(text)
                    waits.append(time.monotonic() - began)
                    time.sleep(0.005)
            return waits

        bystanders = [
            Background(partial(bystand, text))
            for text in (
                "select * from workflow_trace where trace_id = 1",
                "update workflow_trace set tier = 1 where trace_id = 2",
                "insert into workflow_events (trace_id, event_type, event_data) "
                "values (4, 'b', '1')",
                "select * from workflow_events where trace_id = 5",
            )
        ]
        time.sleep(3)
        if not swap.running:
            swap.result()
            pytest.fail("the swap did not wait for the transaction")
        holder.execute("commit")
        held = time.monotonic() - held_since
        swap.result()
        stop = True
        waits = [wait for bystander in bystanders for wait in bystander.result()]
        assert held >= 3
        assert len(waits) > 100
        assert max(waits) < 0.5, f"a bystander waited {max(waits):.2f} s"
        assert (
            one(connection, "select consolidation.phase()")
            == {"cut_over": "cut over", "cut_back": "expand"}[direction]
        )
        assert (
            one(connection, "select count(*) from workflow_events where event_type = 'held'") == 1
        )
        connection.execute("call consolidation.catch_up()")
        assert differences(connection) == []


def test_a_swap_that_never_gets_its_locks_says_so_and_changes_nothing(carried_over: str) -> None:
    with connect(carried_over) as connection, connect(carried_over) as holder:
        holder.execute("begin")
        holder.execute("select 1 from workflow_trace_endpoint limit 1")
        with pytest.raises(psycopg.errors.LockNotAvailable) as raised:
            connection.execute("call consolidation.cut_over(patience => '1 s')")
        # Who is in the way can be found.
        assert str(holder.info.backend_pid) in (raised.value.diag.message_detail or "")
        assert one(connection, "select consolidation.phase()") == "expand"
        holder.execute("commit")
        connection.execute("call consolidation.cut_over()")
        assert one(connection, "select consolidation.phase()") == "cut over"


def test_a_reader_in_a_snapshot_sees_one_state_across_the_swap(carried_over: str) -> None:
    """A statement that began before is either on the tables or on the views, and sees all rows."""
    with connect(carried_over) as connection:
        query = "select count(*) from workflow_events where trace_id between 1 and 9"
        count = one(connection, query)
        stop = False

        def read() -> set[int]:
            with connect(carried_over) as session:
                counts = set()
                while not stop:
                    counts.add(one(session, query))
                    time.sleep(0.01)
                return counts

        readers = [Background(read) for _ in range(3)]
        for _ in range(2):
            connection.execute("call consolidation.cut_over()")
            connection.execute("call consolidation.cut_back()")
        stop = True
        assert [reader.result() for reader in readers] == [{count}] * 3


def test_sessions_that_catch_up_do_not_wait_for_each_other(deployed: str) -> None:
    """Each takes runs under other locks: several sessions are several times as fast."""
    carry = "select lowest, carried from consolidation.carry_changes(500, %s)"
    with connect(deployed, autocommit=False) as one, connect(deployed, autocommit=False) as other:
        one.execute(
            "insert into consolidation.change (trace_id) select generate_series(900001, 902000)"
        )
        one.commit()
        first = one.execute(carry, (0,)).fetchone()
        assert first is not None
        assert first[1] > 200
        other.execute("set local lock_timeout = '2s'")
        assert other.execute(carry, (0,)).fetchone() == (first[0], 0), "those are taken"
        second = other.execute(carry, (first[0],)).fetchone()
        assert second is not None
        assert second[1] > 200
        one.execute("set local lock_timeout = '2s'")
        third = one.execute(carry, (second[0],)).fetchone()
        assert third is not None
        assert third[1] > 200
        one.rollback()
        other.rollback()
