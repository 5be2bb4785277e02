"""Bulk work, against the same work on the tables, in one run; the fastest of three."""

from __future__ import annotations

import time

from conftest import connect
from helpers_cycle import Connection

# Far more than was measured, and far less than one rewrite an event takes.
AT_MOST = 10
EVENTS = "event_type in ('navigation', 'page_loaded', 'element_clicked', 'text_typed')"
OLDEST = "(select percentile_disc(0.5) within group (order by created_at) from workflow_trace)"


def seconds(connection: Connection, *statements: str) -> float:
    """The time that statements take; they are undone."""
    took = []
    for _ in range(3):
        connection.execute("begin")
        began = time.perf_counter()
        for statement in statements:
            connection.execute(statement)
        took.append(time.perf_counter() - began)
        connection.execute("rollback")
    return min(took)


def test_retention_is_as_fast_as_on_the_tables(legacy: str, deployed: str) -> None:
    with connect(legacy) as tables, connect(deployed) as views:
        statement = f"delete from workflow_trace where created_at < {OLDEST}"
        for connection in (tables, views):
            connection.execute("vacuum analyze")
        before, after = seconds(tables, statement), seconds(views, statement)
        print(f"runs with all they hold: {before * 1000:.1f} ms, {after * 1000:.1f} ms")
        assert after < before * AT_MOST / 2


def test_many_events_are_changed_at_once(legacy: str, deployed: str) -> None:
    with connect(legacy) as tables, connect(deployed) as views:
        for connection in (tables, views):
            connection.execute("vacuum analyze")
        before = seconds(tables, f"update workflow_events set event_type = 'x' where {EVENTS}")
        after = seconds(
            views,
            *(
                f"""select change_events('{{"type": "x"}}', '{{"type": "{name}"}}')"""
                for name in ("navigation", "page_loaded", "element_clicked", "text_typed")
            ),
        )
        print(f"events changed: {before * 1000:.1f} ms, {after * 1000:.1f} ms")
        assert after < before * AT_MOST
