"""There and back again, with data written on both sides, under traffic, and killed halfway."""

from __future__ import annotations

import re
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
    Connection,
    Row,
    all_rows,
    changed,
    columns,
    differences,
    documents,
    dump,
    execute_script,
    one,
    rows,
    sequences,
    side_by_side,
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

# An odd run to delete: 2,000 events on a step, 300 steps, ids that fall, a gap.
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
    """Inserts, updates, deletes and moves, on runs base + 1 … base + 9; table or view."""
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

        -- To no step, to another step, to another run.
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

        update workflow_steps set step_number = 1000
        where trace_id = {base} + 5 and step_number = 1;
        update workflow_steps set step_number = 1 where trace_id = {base} + 5 and step_number = 2;
        update workflow_steps set step_number = 2
        where trace_id = {base} + 5 and step_number = 1000;

        update workflow_trace set org_id = '{SOUTH}' where trace_id = {base} + 6;
        delete from workflow_trace where trace_id = {base} + 7;
        delete from workflow_trace where trace_id = {ODD_RUN.get(base, 0)};
        -- A run that nothing belongs to may change its id.
        update workflow_trace set trace_id = trace_id + 500
        where trace_id between 8000000000401 and 8000000000403;
        insert into workflow_configs (org_id, name, config_type, config_data, created_by)
        values ('{NORTH}', 'configuration {base}', 'limits', '{{"b": 1.0}}', '{USER}');
        update micro_state set label = 'changed {base}', semantic_spec = '{{"dynamic_meta": 1}}'
        where micro_state_id = (select min(micro_state_id) from micro_state);
        """,
    )


def write_to_new_names(connection: Connection, base: int) -> None:
    """What new code does: direct SQL and the functions, on runs base + 8 … base + 10."""
    started = one(
        connection,
        "select run_id from start_run(%s, 'web', %s, %s, %s)",
        WORKFLOW,
        USER,
        NORTH,
        '{"user_session": "abc123", "retry_attempt": 0}',
    )
    connection.execute("select add_context(%s, 'correlation_id', '\"xyz\"')", (started,))
    connection.execute('select add_context(%s, \'{"a": null, "b": 1.10}\')', (started,))
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
    """Fills run base + 11 with UNHOLDABLE, and base + 12 with rows that say more."""
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
    """An element and an endpoint that a document holds twice.

    The old tables hold the element twice, the second time with an id of its own, and the endpoint
    once.
    """
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
    """More of the same on the old tables, on runs base + 14 … base + 22, and a truncate."""
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
    """The screenshots of each run, on the run and on its steps, by trace_id."""
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
            repeated = {"workflow_events": 1, "workflow_trace_endpoint": 1}
            for name in EIGHT:
                expected = holdable(connection, name, shown[name])
                if name == "workflow_events":
                    # With an id of its own, the first column.
                    repeats = held[name] - expected
                    assert [row[1:] for row in repeats.elements()] == [
                        row[1:] for row in expected if shown[name][row] > 1
                    ]
                    expected += repeats
                    repeated[name] = 0
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
            taken, taken_again = screenshots(written), screenshots(now)
            for run in set(taken) - touched:
                left = {"screenshots": taken[run]}
                assert lost(left, {"screenshots": taken_again[run]}) == []

            # And what the tables did change keeps the rest of what it said.
            assert (
                one(
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
                )
                == cycle
            )
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
        assert (
            one(
                connection,
                f"""
            select count(*) from user_workflow_run_step as s,
            jsonb_array_elements(s.{kind}) as x (element)
            where x.element @> %s
            """,
                complete,
            )
            == 1
        )


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


def test_the_five_join_query_returns_the_same_rows_in_every_phase(expand: str) -> None:
    with connect(expand) as connection:
        # Run 123 of the old documentation: the rows of 23 once more.
        for table, changes in (
            ("workflow_trace", "'tier', 2"),
            ("workflow_steps", "'step_id', t.step_id + 1000000"),
            ("workflow_events", "'event_id', t.event_id + 1000000, 'step_id', t.step_id + 1000000"),
            ("workflow_trace_screenshot", "'screenshot_id', gen_random_uuid()"),
            ("workflow_trace_context", "'context_id', t.context_id + 1000000"),
        ):
            connection.execute(
                f"""
                insert into {table}
                select (
                    jsonb_populate_record(t, jsonb_build_object('trace_id', 123, {changes}))
                ).*
                from {table} as t where t.trace_id = 23
                """.encode()
            )
        trace_ids = [123, *range(3, 100, 12)] + [
            trace_id
            for (trace_id,) in connection.execute(
                # Of one of the odd ones the query makes 23,328 rows.
                "select trace_id from workflow_trace "
                "where (trace_id < 1 or trace_id > 7000000000000) and trace_id <> 8000000000050 "
                "order by trace_id"
            )
        ]
        before = five_joins(connection, trace_ids)
        assert len(trace_ids) > 31
        assert all(before.values())
        assert before[123].total() > 100

        sqitch(expand, "deploy")
        assert five_joins(connection, trace_ids) == before
        # Planned again for the views, and as a prepared statement.
        for _ in range(7):
            assert five_joins(connection, [123]) == {123: before[123]}

        sqitch(expand, "revert", "--to", "@expand", "-y")
        assert five_joins(connection, trace_ids) == before


def test_traffic_through_the_old_names_fails_in_no_phase(legacy: str) -> None:
    """Prepared: on the tables, used on the views, and back."""
    with traffic(legacy, "--protocol=prepared", "--rate=100"):
        sqitch(legacy, "deploy")
        sqitch(legacy, "revert", "--to", "@expand", "-y")
        sqitch(legacy, "deploy")
    with traffic(legacy, "--protocol=simple", "--rate=100"):
        sqitch(legacy, "revert", "--to", "@expand", "-y")
        sqitch(legacy, "deploy")
    with connect(legacy) as connection:
        # What came in since the swap waits in the queue.
        connection.execute("call consolidation.catch_up()")
        assert differences(connection) == []


def test_rows_changed_and_deleted_during_the_backfill_arrive_as_they_are(expand: str) -> None:
    """In ranges carried over, in the one at hand, and in those to come; also uncommitted ones."""
    change = """
        update workflow_trace set status = 'changed' where trace_id = {0};
        update workflow_steps set retry_count = 99, step_number = step_number + 100
        where trace_id = {0};
        insert into workflow_events (trace_id, event_type, event_data) values ({0}, 'late', 'null');
        delete from workflow_events
        where event_id = (select min(event_id) from workflow_events where trace_id = {0});
        delete from workflow_steps where trace_id = {0} and step_number = 103;
        delete from workflow_trace_context where trace_id = {0};
        delete from workflow_trace where trace_id = {0} + 1;
    """
    with (
        connect(expand) as connection,
        connect(expand) as application,
        connect(expand) as undecided,
        connect(expand, autocommit=False) as late,
    ):
        connection.execute("select consolidation.plan_chunks('backfill')")

        def carry_batch() -> int:
            claimed = one(connection, "select consolidation.claim_chunk('backfill', 20)")
            return int(one(connection, "select consolidation.carry_chunk(%s)", claimed))

        # Batches of twenty: -9223372036854775807, -42, -1, 0, then 1 to 16.
        assert carry_batch() == 20
        late.execute(change.format(20).encode())
        undecided.execute("begin")
        undecided.execute(change.format(24).encode())
        application.execute(change.format(4).encode())
        # Sees neither of the uncommitted changes, and waits for neither.
        assert carry_batch() == 20
        application.execute(change.format(70).encode())
        late.commit()
        undecided.execute("rollback")
        application.execute(change.format(28).encode())
        sqitch(expand, "deploy")
        assert differences(connection) == []
        assert [
            one(connection, "select count(*) from user_workflow_run where legacy_trace_id = %s", n)
            for n in (5, 21, 25, 29, 71)
        ] == [0, 0, 1, 0, 0]
        assert one(
            connection,
            "select array_agg(legacy_trace_id order by legacy_trace_id) from user_workflow_run "
            "where status = 'changed'",
        ) == [4, 20, 28, 70]


def test_a_killed_backfill_goes_on_from_several_sessions(expand: str) -> None:
    with connect(expand) as connection, connect(expand) as holder, connect(expand) as victim:
        before = {name: rows(connection, name) for name in SIX}
        # Somebody is at run 8000000000001: the batch that comes to it has to wait.
        holder.execute("begin")
        holder.execute("select consolidation.lock_traces('{8000000000001}')")
        victim_pid = victim.info.backend_pid
        backfill = statement(victim, "call consolidation.backfill(20, batch_time => null)")
        wait_for_lock(connection, victim)
        done = one(connection, "select runs_done from consolidation.progress")
        assert 60 <= done < one(connection, "select runs_total from consolidation.progress")
        connection.execute("select pg_terminate_backend(%s)", (victim_pid,))
        with pytest.raises(psycopg.OperationalError):
            backfill.result()
        holder.execute("rollback")
        # What was committed stays done.
        assert one(connection, "select count(*) from user_workflow_run") == done

        side_by_side(
            expand,
            2,
            lambda session, _: session.execute(
                "call consolidation.backfill(20, batch_time => null)"
            ),
        )
        assert one(connection, "select percent from consolidation.progress") == 100
        assert differences(connection) == []
        assert {name: rows(connection, f"consolidation.{name}") for name in SIX} == before

        # Once more changes nothing, not even a row version.
        versions = "select xmin::text, run_id from user_workflow_run order by run_id"
        found = connection.execute(versions).fetchall()
        connection.execute("call consolidation.backfill()")
        assert connection.execute(versions).fetchall() == found
        assert len(found) == before["workflow_trace"].total()


def test_a_member_of_workflow_maintenance_carries_over_and_back(expand: str) -> None:
    """Needs neither a superuser nor the owner of the tables; only the swap does."""
    status = "update workflow_trace set status = 'seen' where trace_id in (1, 2)"
    with (
        connect(expand) as connection,
        connect(expand, options="-c role=workflow_maintenance") as maintenance,
    ):
        connection.execute(status)
        maintenance.execute("call consolidation.backfill(batch_size => 20)")
        connection.execute(status.replace("seen", "seen again"))
        maintenance.execute("call consolidation.catch_up()")
        assert one(maintenance, "select count(*) from consolidation.differences()") == 0
        connection.execute("call consolidation.cut_over()")
        connection.execute(status)
        assert one(maintenance, "select queue_depth from consolidation.progress") == 2
        maintenance.execute("call consolidation.catch_up()")
        assert one(maintenance, "select queue_depth from consolidation.progress") == 0
        assert one(maintenance, "select count(*) from consolidation.differences()") == 0


def test_cut_over_and_cut_back_are_quiet_when_there_is_nothing_to_do(carried_over: str) -> None:
    """Also between what was done by hand, or killed, and what sqitch recorded."""
    with connect(carried_over) as connection:
        connection.execute("call consolidation.cut_over()")
        swapped = dump(carried_over)
        connection.execute("call consolidation.cut_over()")
        assert changed(swapped, dump(carried_over)) == []
        # The names are swapped, sqitch does not know.
        sqitch(carried_over, "deploy", "--to", "cut_over")
        assert changed(swapped, dump(carried_over)) == []

        write_to_old_names(connection, 0)
        shown = all_rows(connection)
        connection.execute("call consolidation.cut_back()")
        back = dump(carried_over)
        connection.execute("call consolidation.cut_back()")
        assert changed(back, dump(carried_over)) == []
        sqitch(carried_over, "revert", "--to", "@expand", "-y")
        assert all_rows(connection) == shown
        sqitch(carried_over, "deploy")
        assert differences(connection) == []
        sqitch(carried_over, "verify")


def test_a_cut_over_killed_while_it_waits_changed_nothing(carried_over: str) -> None:
    with (
        connect(carried_over) as connection,
        connect(carried_over) as holder,
        connect(carried_over) as victim,
    ):
        before = dump(carried_over)
        holder.execute("begin")
        holder.execute("insert into workflow_trace_endpoint values (3, 777)")
        cut_over = statement(victim, "call consolidation.cut_over()")
        wait_until(
            lambda: bool(
                one(
                    connection,
                    "select count(*) from pg_stat_activity "
                    "where pid = %s and wait_event = 'PgSleep'",
                    victim.info.backend_pid,
                )
            ),
            "the cut-over has tried for the locks",
        )
        connection.execute("select pg_terminate_backend(%s)", (victim.info.backend_pid,))
        with pytest.raises(psycopg.OperationalError):
            cut_over.result()
        assert changed(before, dump(carried_over)) == []
        holder.execute("commit")
        sqitch(carried_over, "deploy")
        assert differences(connection) == []
        assert one(
            connection,
            "select endpoints_used @> '777' from user_workflow_run where legacy_trace_id = 3",
        )


def test_a_full_revert_leaves_the_database_as_it_was(legacy: str) -> None:
    with connect(legacy) as connection:
        before, stand, schema = all_rows(connection), sequences(connection), dump(legacy)
        sqitch(legacy, "deploy")
        sqitch(legacy, "revert", "--to", "@baseline", "-y")
        assert all_rows(connection) == before
        assert sequences(connection) == stand
        assert changed(schema, dump(legacy)) == []
        # And it is not a dead end.
        sqitch(legacy, "deploy")
        assert differences(connection) == []


@pytest.mark.parametrize(
    "statement",
    [
        "select add_endpoint(run_id, 'claims-api') from user_workflow_run",
        "update user_workflow_run set context = context || jsonb_build_object(repeat('k', 256), 1)",
        "update user_workflow_run_step set error_details = '{\"code\": 1}'",
        "update user_workflow_run_step set events = jsonb_set(events, '{0, severity}', '1')",
        'update user_workflow_run_step set events = events || \'[{"type": "no time"}]\'',
        "update user_workflow_run_step set screenshots = screenshots || '[{\"width\": 1}]'",
    ],
)
def test_a_full_revert_refuses_to_lose_what_only_the_documents_hold(
    deployed: str, statement: str
) -> None:
    """Refused, nothing is lost; saved or given up on purpose, it works."""
    with connect(deployed) as connection:
        connection.execute(f"{statement} where legacy_trace_id = 2".encode())
        written = documents(connection)
        sqitch(deployed, "revert", "--to", "@expand", "-y")
        refused = sqitch(deployed, "revert", "--to", "@baseline", "-y", check=False)
        assert refused.returncode != 0
        now = documents(connection)
        assert {
            key: problems
            for key, document in written.items()
            if (problems := lost(document, now[key]))
        } == {}
        sqitch(deployed, "deploy")
        assert differences(connection) == []


def contract(database: str, *args: str, check: bool = True) -> Any:
    """Runs sqitch in the project that drops what is old."""
    return sqitch(database, "-C", "contract", *args, check=check)


def test_the_contract_refuses_while_old_and_new_differ(deployed: str) -> None:
    with connect(deployed) as connection:
        # Behind the back of everybody: nothing wrote this to a document, and nothing noted it.
        for statement_behind in (
            "alter table legacy.workflow_events disable trigger capture_update",
            "update legacy.workflow_events set event_type = 'x' where trace_id = 1",
            "alter table legacy.workflow_events enable always trigger capture_update",
        ):
            connection.execute(statement_behind.encode())
        before = dump(deployed)
        assert contract(deployed, "deploy", "drop_old_tables", check=False).returncode != 0
        assert changed(before, dump(deployed)) == []
        assert one(connection, "select count(*) from legacy.workflow_events") > 0
        # What differs is repaired, and it goes on.
        connection.execute("update user_workflow_run set tier = 3 where legacy_trace_id = 1")
        contract(deployed, "deploy", "drop_old_tables")


def test_the_old_tables_are_built_again_as_they_were(deployed: str) -> None:
    with connect(deployed) as connection:
        execute_script(
            connection,
            """
            create index "Odd Index" on legacy.workflow_events (lower(event_type))
            where step_id is not null;
            alter table legacy.workflow_trace add constraint "Tier is small" check (tier <= 32767);
            comment on column legacy.workflow_steps.status is 'it''s';
            comment on index legacy."Odd Index" is 'of an index';
            comment on constraint "Tier is small" on legacy.workflow_trace is 'of a constraint';
            grant select (trace_id), insert on legacy.workflow_trace_endpoint to workflow_app;
            alter table legacy.workflow_events set (fillfactor = 70);
            alter table legacy.workflow_events alter event_data set storage external;
            alter table legacy.workflow_events alter event_type set statistics 500;
            alter table legacy.workflow_events alter event_data set statistics 0;
            alter table legacy.workflow_steps replica identity full;
            """,
        )
        if connection.info.server_version >= 180000:
            execute_script(
                connection,
                """
                alter table legacy.workflow_trace rename constraint workflow_trace_org_id_not_null
                to "Somebody's";
                comment on constraint "Somebody's" on legacy.workflow_trace is 'has a name, too';
                alter table legacy.workflow_trace alter constraint "Somebody's" no inherit;
                alter table legacy.workflow_steps add constraint "Status is known"
                check (status <> '') not enforced;
                """,
            )
        before = dump(deployed, "--schema=legacy")
        contract(deployed, "deploy", "drop_old_tables")
        contract(deployed, "revert", "-y")
        # The sequences were retired, with ends at the number where they stood.
        ends = re.compile(r"[-+]\s+(START WITH|MINVALUE|MAXVALUE|NO MINVALUE|NO MAXVALUE)\b")
        after = dump(deployed, "--schema=legacy")
        assert [line for line in changed(before, after) if not ends.match(line)] == []


def test_the_contract_drops_the_old_tables_and_builds_them_again(deployed: str) -> None:
    with connect(deployed) as connection:
        write_to_old_names(connection, 0)
        write_to_new_names(connection, 0)
        write_what_only_documents_hold(connection, 0)

        contract(deployed, "deploy", "drop_old_tables")
        contract(deployed, "verify", "--to", "drop_old_tables")
        assert (
            one(
                connection,
                "select count(*) from pg_class where relnamespace = 'legacy'::regnamespace",
            )
            == 0
        )
        # The old names work on, and so does the first project.
        write_to_old_names(connection, 40)
        write_to_new_names(connection, 40)
        sqitch(deployed, "verify")
        sqitch(deployed, "deploy")
        refused = sqitch(deployed, "revert", "--to", "@expand", "-y", check=False)
        assert refused.returncode != 0
        shown, written = all_rows(connection), documents(connection)

        contract(deployed, "revert", "-y")
        for name in SIX:
            expected = holdable(connection, name, shown[name])
            assert rows(connection, f"legacy.{name}") == expected, name
        assert differences(connection) == []

        sqitch(deployed, "revert", "--to", "@expand", "-y")
        for name in EIGHT:
            assert rows(connection, name) == holdable(connection, name, shown[name]), name
        # New rows get new ids.
        write_to_old_tables(connection, 20)
        sqitch(deployed, "deploy")
        assert differences(connection) == []
        now = documents(connection)
        document = written[step_id(connection, 11, 2)]
        assert lost(document, now[step_id(connection, 11, 2)]) == []


def test_the_old_names_go_only_after_the_old_tables(deployed: str) -> None:
    with connect(deployed) as connection:
        # Straight to the second change, as somebody in a hurry would.
        hurry = psql(deployed, "--file=contract/deploy/drop_old_names.sql", check=False)
        assert hurry.returncode != 0
        assert rows(connection, "workflow_trace").total() > 0
        written = documents(connection)
        configurations = rows(connection, "user_workflow_config")

        contract(deployed, "deploy")
        contract(deployed, "verify")
        assert (
            one(
                connection,
                "select count(*) from pg_namespace where nspname in ('consolidation', 'legacy')",
            )
            == 0
        )
        left = one(
            connection,
            "select count(*) from pg_class where relname = any (%s)",
            list(EIGHT),
        )
        assert left == 0
        now = documents(connection)
        assert now.keys() == written.keys()
        for key, document in written.items():
            expected = {k: v for k, v in document.items() if not k.startswith("legacy")}
            assert now[key] == expected
        assert rows(connection, "user_workflow_config") == configurations
        # Documents go on.
        started = one(
            connection,
            "select run_id from start_run(%s, 'web', %s, %s, '{\"a\": 1}')",
            WORKFLOW,
            USER,
            NORTH,
        )
        connection.execute(
            "insert into user_workflow_run_step (run_id, node_id, step_number) values (%s, %s, 1)",
            (started, OTHER_NODE),
        )
        connection.execute(
            "select add_event(step_id, 'navigation', '{}'), add_screenshot(step_id, 's3://x') "
            "from user_workflow_run_step where run_id = %s",
            (started,),
        )
        connection.execute("select add_context(%s, 'b', '2')", (started,))
        connection.execute("delete from user_workflow_run_step where run_id = %s", (started,))
        connection.execute("delete from user_workflow_run where run_id = %s", (started,))
        assert contract(deployed, "revert", "-y", check=False).returncode != 0
