"""There and back again, with data written on both sides, under traffic, and killed halfway."""

from __future__ import annotations

from collections import Counter
from typing import Any

import psycopg
import pytest
from conftest import connect, database, psql, sqitch
from helpers_cycle import (
    EIGHT,
    NODE,
    NORTH,
    OTHER_NODE,
    SIX,
    SOUTH,
    USER,
    WORKFLOW,
    Background,
    Connection,
    Row,
    all_rows,
    columns,
    differences,
    documents,
    dump,
    execute_script,
    one,
    rows,
    sequences,
    side_by_side,
    sqlstate,
    statement,
    traffic,
    wait_for_lock,
    wait_until,
)

# Elements that write_what_only_documents_hold writes and the old tables cannot hold, by old name:
# their columns are not null, have a length, or a type that the element does not fit.
UNHOLDABLE = {
    # No timestamp; a free-text one; no type; one of 101 characters; no object; and on the run.
    "workflow_events": 6,
    # No url; a free-text timestamp; a node_name of 256 characters; on the run without a node.
    "workflow_trace_screenshot": 4,
    # A key of 300 characters.
    "workflow_trace_context": 1,
    # Two strings, a fraction, a number beyond bigint.
    "workflow_trace_endpoint": 4,
}

# An odd execution to delete: 2,000 events on a step, 300 steps, ids that fall, a gap.
ODD_RUN = {0: 8000000000014, 13: 8000000000013, 40: 8000000000016, 53: 8000000000017}


def run_id(connection: Connection, trace_id: int) -> str:
    """The run behind an old id."""
    return str(
        one(connection, "select run_id from user_workflow_run where legacy_trace_id = %s", trace_id)
    )


def step_id(connection: Connection, trace_id: int, step_number: int) -> str:
    """The step of a run with this number."""
    return str(
        one(
            connection,
            """
            select step_id from user_workflow_run_step
            where legacy_trace_id = %s and step_number = %s
            """,
            trace_id,
            step_number,
        )
    )


def write_to_old_names(connection: Connection, base: int) -> None:
    """Inserts, updates, deletes and moves, on executions base + 1 … base + 9; table or view."""
    execute_script(
        connection,
        f"""
        with t as (
            insert into workflow_trace (
                org_id, workflow_id, channel, external_id, created_by, action_detail, user_id
            )
            values ('{SOUTH}', '{WORKFLOW}', 'efax', 'new {base}', '{USER}', 'null', '{USER}')
            returning trace_id
        )
        insert into workflow_trace_endpoint select trace_id, 7 from t;
        insert into workflow_steps (trace_id, step_number, node_id, metadata)
        select trace_id, n, '{NODE}', 'null' from workflow_trace, generate_series(0, 1) as n
        where external_id = 'new {base}';
        insert into workflow_events (trace_id, step_id, event_type, event_data, "timestamp")
        select s.trace_id, s.step_id, 'éé', '{{"z": 1.10, "a": null}}', '0044-03-15 12:00+00 BC'
        from workflow_steps as s join workflow_trace as t using (trace_id)
        where t.external_id = 'new {base}';
        insert into workflow_events (trace_id, event_type, event_data)
        select trace_id, 'workflow_started', 'null' from workflow_trace
        where external_id = 'new {base}';
        insert into workflow_trace_screenshot (
            trace_id, org_id, node_name, step_index, screenshot_url, action_description, node_id,
            confidence_score
        )
        select trace_id, '{NORTH}', '', n, '', '', '{OTHER_NODE}', 'NaN'
        from workflow_trace, generate_series(1, 2) as n
        where external_id = 'new {base}';
        insert into workflow_trace_context (trace_id, key, value, updated_at)
        select trace_id, '', '[1.0]', 'infinity' from workflow_trace
        where external_id = 'new {base}';

        update workflow_trace
        set status = 'active', llm_tokens_used = 7, error_detail = 'null', session_id = null
        where trace_id = {base} + 1;
        update workflow_steps set retry_count = retry_count + 1, metadata = null, status = null
        where trace_id = {base} + 1;
        update workflow_events set event_type = 'renamed', event_data = '[1.10]'
        where trace_id = {base} + 1;
        update workflow_trace_context set key = key || ' renamed', updated_at = now()
        where trace_id = {base} + 1;
        update workflow_trace_context set value = 'null'
        where trace_id = {base} + 2;
        update workflow_trace_endpoint set endpoint_id = endpoint_id + 1000000
        where trace_id = {base} + 1;
        update workflow_trace_screenshot
        set confidence_score = 0.50, thumbnail_url = null, step_index = 99
        where trace_id = {base} + 1 and step_index < 3;

        delete from workflow_events
        where trace_id = {base} + 2 and (step_id is null or event_id % 2 = 0);
        delete from workflow_trace_context
        where trace_id = {base} + 2 and key = (
            select min(key) from workflow_trace_context where trace_id = {base} + 2
        );
        delete from workflow_trace_endpoint where trace_id = {base} + 2;
        delete from workflow_trace_screenshot where trace_id = {base} + 2 and step_index > 4;
        -- Its screenshots stay, its events go.
        delete from workflow_steps where trace_id = {base} + 2 and step_number = 3;

        -- To no step, to another step, to another execution.
        update workflow_events set step_id = null
        where step_id = (
            select step_id from workflow_steps where trace_id = {base} + 3 and step_number = 1
        );
        update workflow_events set step_id = (
            select step_id from workflow_steps where trace_id = {base} + 3 and step_number = 3
        )
        where step_id = (
            select step_id from workflow_steps where trace_id = {base} + 3 and step_number = 2
        );
        update workflow_events set trace_id = {base} + 4, step_id = (
            select step_id from workflow_steps where trace_id = {base} + 4 and step_number = 4
        )
        where step_id = (
            select step_id from workflow_steps where trace_id = {base} + 3 and step_number = 4
        );
        insert into workflow_trace_context (trace_id, key, value)
        values ({base} + 3, 'to be moved {base}', '1');
        update workflow_trace_context set trace_id = {base} + 4
        where trace_id = {base} + 3 and key = 'to be moved {base}';
        update workflow_trace_endpoint set trace_id = {base} + 4, endpoint_id = -{base}
        where trace_id = {base} + 3 and endpoint_id = (
            select min(endpoint_id) from workflow_trace_endpoint where trace_id = {base} + 3
        );
        update workflow_trace_screenshot set trace_id = {base} + 4
        where trace_id = {base} + 3 and step_index = 5;

        update workflow_steps set step_number = 1000 where trace_id = {base} + 5 and step_number = 1;
        update workflow_steps set step_number = 1 where trace_id = {base} + 5 and step_number = 2;
        update workflow_steps set step_number = 2
        where trace_id = {base} + 5 and step_number = 1000;

        update workflow_trace set org_id = '{SOUTH}' where trace_id = {base} + 6;
        delete from workflow_trace where trace_id = {base} + 7;
        delete from workflow_trace where trace_id = {ODD_RUN[base]};
        -- An execution that nothing belongs to may change its id.
        update workflow_trace set trace_id = trace_id + 500
        where trace_id between 8000000000401 and 8000000000403;
        insert into workflow_configs (org_id, name, config_type, config_data, created_by)
        values ('{NORTH}', 'configuration {base}', 'limits', '{{"b": 1.0}}', '{USER}');
        update micro_state set label = 'changed {base}', semantic_spec = '{{"dynamic_meta": 1}}'
        where micro_state_id = (select min(micro_state_id) from micro_state);
        """,
    )


def write_to_new_names(connection: Connection, base: int) -> None:
    """What new code does: direct SQL and the functions, on executions base + 8 … base + 10."""
    started = one(
        connection,
        "select run_id from start_run(%s, 'web', %s, %s, %s)",
        WORKFLOW,
        USER,
        NORTH,
        '{"user_session": "abc123", "retry_attempt": 0}',
    )
    connection.execute("select add_context(%s, 'correlation_id', '\"xyz\"')", (started,))
    connection.execute("select add_context(%s, '{\"a\": null, \"b\": 1.10}')", (started,))
    connection.execute("select add_endpoint(%s, 17)", (started,))
    connection.execute(
        """
        insert into user_workflow_run_step (run_id, node_id, step_number, events)
        values (%(run)s, %(node)s, 1, default), (%(run)s, %(node)s, 2, null)
        """,
        {"run": started, "node": NODE},
    )
    for number in (1, 2):
        step = one(
            connection,
            "select step_id from user_workflow_run_step where run_id = %s and step_number = %s",
            started,
            number,
        )
        connection.execute("select add_event(%s, 'navigation', '{\"to\": 1.0}')", (step,))
        connection.execute(
            """select add_events(%s, '[{"type": "a"}, {"type": "b", "data": null}]')""", (step,)
        )
        connection.execute(
            """
            select add_screenshot(
                %s, url => 's3://b/1.png', action => 'click', element_found => true,
                confidence => 0.95
            )
            """,
            (step,),
        )
    step = step_id(connection, base + 8, 1)
    connection.execute("select add_event(%s, 'error', null)", (step,))
    connection.execute("select add_screenshot(%s, url => 's3://b/2.png', action => '')", (step,))
    execute_script(
        connection,
        f"""
        update user_workflow_run
        set context = context - (select min(k) from jsonb_object_keys(context) as k),
            status = 'failed', error_details = '{{"code": 1.50}}', endpoints_used = '[3, 1, 2]'
        where legacy_trace_id = {base} + 8;
        update user_workflow_run_step set events = '[]', input_data = 'null'
        where legacy_trace_id = {base} + 8 and step_number = 2;
        delete from user_workflow_run_step
        where legacy_trace_id = {base} + 8 and step_number = 3;
        -- Its events and screenshots go with it.
        update user_workflow_run_step
        set step_number = 90, run_id = (
            select run_id from user_workflow_run where legacy_trace_id = {base} + 10
        )
        where legacy_trace_id = {base} + 8 and step_number = 8;
        update user_workflow_run set org_id = '{NORTH}' where legacy_trace_id = {base} + 8;
        delete from user_workflow_run where legacy_trace_id = {base} + 9;
        """,
    )


def write_what_only_documents_hold(connection: Connection, base: int) -> None:
    """Fills execution base + 11 with UNHOLDABLE, and base + 12 with rows that say more."""
    step = step_id(connection, base + 11, 2)
    connection.execute(
        """
        update user_workflow_run_step
        set
            error_details = '{"code": "E1", "attempts": 1.0}',
            events = events || jsonb_build_array(
                '{"type": "no time", "data": 1}'::jsonb,
                '{"type": "free text", "timestamp": "yesterday, about noon", "data": {"n": 1.0}}',
                '{"timestamp": "2025-01-14T10:30:00Z", "data": "no type"}',
                jsonb_build_object(
                    'type', repeat('x', 101), 'timestamp', '2025-01-14T10:30:00Z', 'data', 1
                ),
                '"no object"'
            ),
            screenshots = screenshots || jsonb_build_array(
                '{"timestamp": "2025-01-14T10:30:00Z", "action": "no url"}'::jsonb,
                '{"url": "s3://b/3.png", "timestamp": "noon"}',
                jsonb_build_object(
                    'url', 's3://b/long-node-name.png', 'timestamp', '2025-01-14T10:30:00Z',
                    'node_name', repeat('n', 256)
                )
            )
        where step_id = %s
        """,
        (step,),
    )
    connection.execute(
        """
        update user_workflow_run
        set
            events = events || '[{"type": "free text", "timestamp": "", "data": 2}]',
            screenshots = screenshots
            || '[{"url": "s3://b/no-node.png", "timestamp": "2025-01-14T10:30:00Z"}]',
            endpoints_used = endpoints_used || '["claims-api", 1.5, 9223372036854775808]',
            context = context || jsonb_build_object(repeat('k', 300), 1.10)
        where run_id = %s
        """,
        (run_id(connection, base + 11),),
    )
    connection.execute("select add_endpoint(%s, 'text')", (run_id(connection, base + 12),))
    connection.execute(
        """
        update user_workflow_run_step
        set
            error_details = 'null',
            events = events || '[
                {"type": "more", "timestamp": "2025-01-14T11:30:00+01:00", "data": {"a": 1.0},
                "severity": "high", "trace": [1.10, null]},
                {"timestamp": "2025-01-14 10:30:00Z", "type": "no data"}
            ]',
            screenshots = screenshots || '[
                {"url": "s3://b/4.png", "timestamp": "2025-01-14T10:30:00.50Z", "action": "x",
                "confidence": 0.957, "width": 1024}
            ]'
        where step_id = %s
        """,
        (step_id(connection, base + 12, 1),),
    )


def twice(connection: Connection, base: int) -> None:
    """An element and an endpoint that a document holds twice: the old tables hold them once."""
    connection.execute(
        "update user_workflow_run_step set events = events || (events -> 0) where step_id = %s",
        (step_id(connection, base + 12, 2),),
    )
    connection.execute(
        "update user_workflow_run set endpoints_used = endpoints_used || '[55, 55]' "
        "where run_id = %s",
        (run_id(connection, base + 12),),
    )


def write_to_old_tables(connection: Connection, base: int) -> None:
    """More of the same on the old tables, on executions base + 14 … base + 22, and a truncate."""
    write_to_old_names(connection, base + 13)
    execute_script(
        connection,
        f"""
        truncate workflow_trace_endpoint;
        insert into workflow_trace_endpoint values ({base} + 11, 9), ({base} + 1, 9);
        update workflow_events set event_type = 'less' where event_type = 'more';
        """,
    )


def holdable(connection: Connection, table: str, shown: Counter[Row]) -> Counter[Row]:
    """What of these rows fits the old table: its keys, its not-null columns, its lengths."""
    names = columns(connection, table)
    required = {
        name
        for (name,) in connection.execute(
            "select attname from pg_attribute "
            "where attrelid = consolidation.old_table(%s) and attnotnull and attnum > 0",
            (table,),
        )
    }
    return Counter(
        {
            row: 1
            for row in shown
            if all(
                value is not None
                for name, value in zip(names, row, strict=True)
                if name in required
            )
            and "s3://b/long-node-name.png" not in row
        }
    )


def keys(connection: Connection) -> dict[str, dict[int, str]]:
    """run_id by trace_id and step_id by old step_id."""
    return {
        "run": dict(
            connection.execute(
                "select legacy_trace_id, run_id::text from user_workflow_run"
            ).fetchall()
        ),
        "step": dict(
            connection.execute(
                "select legacy_step_id, step_id::text from user_workflow_run_step"
            ).fetchall()
        ),
    }


def lost(before: Any, after: Any) -> list[str]:
    """What one version of a document says and the other does not, whatever order they have."""
    missing = []
    for name in before:
        old, new = before[name], after.get(name)
        if name == "updated_at" or old is None:
            continue
        if name == "legacy":
            # What the old name shows of a key; it shows none of more than 255 characters.
            old, new = (
                {key: value for key, value in origin["context"].items() if len(key) <= 255}
                for origin in (old, new)
            )
        if name in ("events", "screenshots", "endpoints_used") and isinstance(old, list):
            remaining = list(new)
            for element in old:
                for candidate in remaining:
                    if element == candidate or (
                        isinstance(element, dict)
                        and isinstance(candidate, dict)
                        and all(
                            key in candidate and candidate[key] == value
                            for key, value in element.items()
                        )
                    ):
                        remaining.remove(candidate)
                        break
                else:
                    missing.append(f"{name}: {element}")
            missing.extend(f"{name}: new {element}" for element in remaining)
        elif old != new:
            missing.append(f"{name}: {old}, then {new}")
    return missing


def screenshots(documents: dict[str, dict[str, Any]]) -> dict[int, list[Any]]:
    """The screenshots of each execution, on the run and on its steps, by trace_id."""
    found: dict[int, list[Any]] = {}
    for document in documents.values():
        found.setdefault(int(document["legacy_trace_id"][1]), []).extend(
            document["screenshots"] or []
        )
    return found


def test_what_was_written_on_either_side_is_there_on_the_other_twice(deployed: str) -> None:
    with connect(deployed) as connection:
        for cycle, base in enumerate((0, 40), start=1):
            write_to_old_names(connection, base)
            write_to_new_names(connection, base)
            write_what_only_documents_hold(connection, base)
            twice(connection, base)
            shown = all_rows(connection)
            written = documents(connection)
            ids = keys(connection)

            sqitch(deployed, "revert", "--to", "@expand", "-y")

            held = all_rows(connection)
            repeated = {"workflow_events": cycle, "workflow_trace_endpoint": 1}
            for name in EIGHT:
                expected = holdable(connection, name, shown[name])
                assert held[name] == expected, name
                assert shown[name].total() - expected.total() == (
                    UNHOLDABLE.get(name, 0) * cycle + repeated.get(name, 0)
                ), name

            write_to_old_tables(connection, base)
            held = all_rows(connection)

            sqitch(deployed, "deploy")
            sqitch(deployed, "verify")

            assert differences(connection) == []
            shown = all_rows(connection)
            for name in EIGHT:
                assert holdable(connection, name, shown[name]) == held[name], name
            kept = keys(connection)
            for kind in ("run", "step"):
                moved = {
                    old: (new, kept[kind][old])
                    for old, new in ids[kind].items()
                    if old in kept[kind] and kept[kind][old] != new
                }
                assert moved == {}, f"keys of {kind} changed"

            # Whatever the tables did not change, the documents say again.
            touched = {base + 12, *range(base + 14, base + 21), ODD_RUN[base + 13]}
            now = documents(connection)
            for key, document in written.items():
                if int(document["legacy_trace_id"][1]) in touched:
                    continue
                # Truncated.
                document.pop("endpoints_used", None)
                # A step_index that was changed leads to another step, or to the run.
                assert lost({**document, "screenshots": None}, now[key]) == [], key
            seen, again = screenshots(written), screenshots(now)
            for trace_id in set(seen) - touched:
                assert lost({"screenshots": seen[trace_id]}, {"screenshots": again[trace_id]}) == []

            # And what the tables did change keeps the rest of what it said.
            assert one(
                connection,
                """
                select count(*) from user_workflow_run_step
                where
                    events @> '[{"type": "less", "severity": "high", "trace": [1.10, null],
                        "timestamp": "2025-01-14T11:30:00+01:00"}]'
                    and screenshots @> '[{"url": "s3://b/4.png", "width": 1024,
                        "confidence": 0.957, "timestamp": "2025-01-14T10:30:00.50Z"}]'
                    and error_details = 'null'
                """,
            ) == cycle
            for trace_id, endpoints in (
                (base + 11, '["claims-api", 1.5, 9223372036854775808, 9]'),
                (base + 12, '["text"]'),
            ):
                assert one(
                    connection,
                    """
                    select endpoints_used @> %s::jsonb and endpoints_used <@ %s::jsonb
                    from user_workflow_run where legacy_trace_id = %s
                    """,
                    endpoints,
                    endpoints,
                    trace_id,
                ), trace_id


@pytest.mark.parametrize(
    ("kind", "element"),
    [
        ("screenshots", '{"url": "s3://p", "action": "a", "confidence": 95}'),
        ("screenshots", '{"url": "s3://p", "action": "a", "confidence": "high"}'),
        ("screenshots", '{"url": "s3://p", "action": "a", "element_found": "twice"}'),
        ("screenshots", '{"url": "s3://p", "action": null}'),
        ("screenshots", '{"url": "s3://p", "action": "a", "step_index": "first"}'),
        ("screenshots", '{"url": "s3://p", "action": {"kind": "click"}}'),
        ("events", '{"type": "typed", "data": 1, "event_id": "e-1"}'),
        ("events", '{"type": 7, "data": 1}'),
    ],
)
def test_a_value_the_old_column_cannot_hold_is_there_again(
    shared: str, kind: str, element: str
) -> None:
    """The element as it was written is part of an element after revert and redeploy."""
    with connect(shared) as connection:
        complete = element.replace("{", '{"timestamp": "2025-01-14T10:30:00Z", ', 1)
        assert one(
            connection,
            f"""
            select count(*) from user_workflow_run_step as s,
            jsonb_array_elements(s.{kind}) as x (element)
            where x.element @> %s
            """,
            complete,
        ) == 1


@pytest.fixture(scope="module")
def shared(deployed_template: str) -> Any:
    """One revert and redeploy for all values of the test above, each on a step of its own."""
    mark = next(
        mark
        for mark in test_a_value_the_old_column_cannot_hold_is_there_again.pytestmark  # type: ignore[attr-defined]
        if mark.name == "parametrize"
    )
    with database(deployed_template) as name, connect(name) as connection:
        for trace_id, (kind, element) in enumerate(mark.args[1], start=1):
            connection.execute(
                f"""
                update user_workflow_run_step
                set {kind} = {kind}
                || ('{{"timestamp": "2025-01-14T10:30:00Z"}}'::jsonb || %s::jsonb)
                where legacy_trace_id = %s and step_number = 1
                """,
                (element, trace_id),
            )
        sqitch(name, "revert", "--to", "@expand", "-y")
        sqitch(name, "deploy")
        yield name


def test_an_element_that_moved_in_the_old_tables_keeps_what_only_it_said(deployed: str) -> None:
    """Old code moves an event, or swaps two steps; new code had written more into the elements."""
    with connect(deployed) as connection:
        execute_script(
            connection,
            """
            update user_workflow_run_step
            set events = jsonb_set(events, '{0, severity}', '"high"'),
                screenshots = jsonb_set(screenshots, '{0, width}', '1024')
            where legacy_trace_id = 1 and step_number in (1, 2)
            """,
        )
        sqitch(deployed, "revert", "--to", "@expand", "-y")
        execute_script(
            connection,
            """
            update workflow_events set step_id = (
                select step_id from workflow_steps where trace_id = 1 and step_number = 3
            )
            where step_id = (
                select step_id from workflow_steps where trace_id = 1 and step_number = 1
            );
            update workflow_trace_screenshot set step_index = 77
            where trace_id = 1 and step_index = 2;
            """,
        )
        sqitch(deployed, "deploy")
        elements = connection.execute(
            """
            select
                (
                    select count(*) from user_workflow_run_step as s,
                    jsonb_array_elements(s.events) as e where e ? 'severity'
                ),
                (
                    select count(*) from (
                        select screenshots from user_workflow_run_step
                        union all
                        select screenshots from user_workflow_run
                    ) as d, jsonb_array_elements(d.screenshots) as e where e ? 'width'
                )
            """
        ).fetchone()
        assert elements == (2, 2)


FIVE_JOINS = """
    from workflow_trace t
    left join workflow_steps s on t.trace_id = s.trace_id
    left join workflow_events e on s.step_id = e.step_id
    left join workflow_trace_screenshot sc on t.trace_id = sc.trace_id
    left join workflow_trace_context c on t.trace_id = c.trace_id
    where t.trace_id = %s
"""


def five_joins(connection: Connection, trace_ids: list[int]) -> dict[int, Counter[Row]]:
    """What the query of the old documentation returns, every column as text."""
    aliases = zip(("t", "s", "e", "sc", "c"), SIX[:5], strict=True)
    listed = ", ".join(
        f'{alias}."{name}"::text' for alias, table in aliases for name in columns(connection, table)
    )
    return {
        trace_id: Counter(connection.execute(f"select {listed} {FIVE_JOINS}", (trace_id,)))
        for trace_id in trace_ids
    }


def test_the_five_join_query_returns_the_same_rows_in_every_phase(empty: str) -> None:
    psql(empty, "--file=deploy/baseline.sql")
    psql(empty, "--set=runs=130", "--file=script/legacy-data.sql")
    sqitch(empty, "deploy", "--log-only", "--to", "@baseline")
    with connect(empty) as connection:
        trace_ids = [123, *range(3, 120, 12)] + [
            trace_id
            for (trace_id,) in connection.execute(
                "select trace_id from workflow_trace "
                "where trace_id < 1 or trace_id > 7000000000000 order by trace_id"
            )
        ]
        before = five_joins(connection, trace_ids)
        assert len(trace_ids) > 31 and all(before.values())
        assert before[123].total() > 100

        sqitch(empty, "deploy")
        assert five_joins(connection, trace_ids) == before
        # Planned again for the views, and as a prepared statement.
        for _ in range(7):
            assert five_joins(connection, [123]) == {123: before[123]}

        sqitch(empty, "revert", "--to", "@expand", "-y")
        assert five_joins(connection, trace_ids) == before


@pytest.mark.parametrize("protocol", ["simple", "prepared"])
def test_traffic_through_the_old_names_fails_in_no_phase(legacy: str, protocol: str) -> None:
    """Prepared: on the tables, used on the views, and back."""
    with connect(legacy) as connection:
        with traffic(legacy, f"--protocol={protocol}", "--rate=150"):
            sqitch(legacy, "deploy")
            sqitch(legacy, "revert", "--to", "@expand", "-y")
            sqitch(legacy, "deploy")
        # What came in since the cut-over waits to be carried back.
        connection.execute("call consolidation.catch_up()")
        assert differences(connection) == []
        sqitch(legacy, "verify")


def test_a_cut_over_that_cannot_keep_up_with_the_writers_gives_up(carried_over: str) -> None:
    """Four clients as fast as they can: done, or 55P03, not long after its patience is over."""
    with connect(carried_over) as connection, traffic(carried_over):
        connection.execute("set statement_timeout = '12 s'")
        state = sqlstate(connection, "call consolidation.cut_over('2 s')")
        assert state in (None, "55P03")
