"""Rows that old tables refuse, and that a revert leaves in the documents, are never lost."""

from __future__ import annotations

import pytest

from conftest import connect, sqitch
from helpers_cycle import NORTH, differences, execute_script, one, sqlstate

# Somebody's constraints, made after the cut-over.
REFUSE = {
    "workflow_trace": "channel <> 'bad'",
    "workflow_steps": "status <> 'bad'",
    "workflow_events": "event_type !~ '^bad'",
    "workflow_trace_screenshot": "action_description <> 'bad'",
    "workflow_trace_context": "key <> 'bad'",
    "workflow_trace_endpoint": "endpoint_id <> 666",
}
NEW_ROWS = f"""
    select add_event(step_id, 'bad one') from user_workflow_run_step where legacy_step_id = 3;
    insert into workflow_events (trace_id, event_type, event_data) values (2, 'bad two', '2');
    update workflow_events set event_type = 'bad three'
    where event_id = (select min(event_id) from workflow_events where trace_id = 3);
    insert into workflow_trace_context (trace_id, key, value) values (1, 'bad', '"c"');
    insert into workflow_trace_endpoint (trace_id, endpoint_id) values (1, 666);
    insert into workflow_trace_screenshot (
        trace_id, org_id, node_name, step_index, screenshot_url, action_description, node_id
    ) values (1, '{NORTH}', 'n', 1, 'u', 'bad', '{NORTH}');
    insert into workflow_steps (step_id, trace_id, step_number, status, node_id) values
        (900004, 4, 50, 'bad', '{NORTH}'), (900005, 5, 50, 'bad', '{NORTH}');
    insert into workflow_events (trace_id, step_id, event_type, event_data)
    values (4, 900004, 'below', '4'), (5, 900005, 'below', '5');
    insert into workflow_trace (trace_id, org_id, workflow_id, created_by, channel)
    values (900000, '{NORTH}', '{NORTH}', '{NORTH}', 'bad');
    insert into workflow_steps (step_id, trace_id, step_number, node_id)
    values (900006, 900000, 1, '{NORTH}');
"""
SHOWN = """
    select event_id::text, event_type from workflow_events
    where event_type ~ '^(bad|below)'
    union all
    select step_id::text, status from workflow_steps where step_id between 900004 and 900006
    union all
    select trace_id::text, channel from workflow_trace where trace_id = 900000
    union all
    select trace_id::text, key from workflow_trace_context where key = 'bad'
    union all
    select trace_id::text, endpoint_id::text from workflow_trace_endpoint where endpoint_id = 666
    union all
    select screenshot_id::text, action_description from workflow_trace_screenshot
    where action_description = 'bad'
"""
REPLACED = """
    select table_name, coalesce(content ->> 'event_type', content ->> 'status')
    from consolidation.set_aside where replaced_at is not null order by 1, 2
"""


def test_they_outlive_revert_writes_deploy_and_writes(deployed: str) -> None:
    with connect(deployed) as connection:
        for table, condition in REFUSE.items():
            connection.execute(
                f"alter table legacy.{table} add constraint no check ({condition}) not valid"
            )
        execute_script(connection, NEW_ROWS)
        connection.execute("call consolidation.catch_up()")
        shown = set(connection.execute(SHOWN).fetchall())
        assert len(shown) == 12
        for table in REFUSE:
            connection.execute(
                "insert into consolidation.accepted (kind, object, reason) "
                "values ('row set aside', %s, 'a test')",
                (table,),
            )
    sqitch(deployed, "revert", "--to", "@expand", "-y")
    with connect(deployed) as connection:
        connection.execute("set timezone = 'Asia/Tokyo'")
        assert differences(connection) == []
        connection.execute("update workflow_trace set tier = 2 where trace_id <= 5")
        connection.execute(
            "insert into workflow_steps (trace_id, step_number, status, node_id) "
            f"values (5, 50, 'good', '{NORTH}')"
        )
        # As after a truncate: everything is rebuilt.
        connection.execute("insert into consolidation.change (trace_id) values (null)")
        connection.execute("call consolidation.catch_up()")
        assert differences(connection) == []
        # The old tables have another version of one event, and another step of that number.
        replaced = connection.execute(REPLACED).fetchall()
        assert replaced == [
            ("user_workflow_run_step", "bad"),
            ("workflow_events", "bad three"),
            ("workflow_events", "below"),
            ("workflow_steps", "bad"),
        ]
        whole = one(
            connection,
            "select content -> 'events' -> 0 ->> 'type' from consolidation.set_aside "
            "where table_name = 'user_workflow_run_step'",
        )
        assert whole == "below"
        for table in REFUSE:
            connection.execute(f"alter table {table} drop constraint no")
    sqitch(deployed, "deploy")
    with connect(deployed) as connection:
        gone = {row for row in shown if row[1] == "bad three" or row[0] == "900005"}
        below = {row for row in shown if row[1] == "below"}
        left = set(connection.execute(SHOWN).fetchall())
        assert left <= shown
        assert {row for row in shown - left if row not in gone} < below
        assert len(shown - left) == 3
        connection.execute("update user_workflow_run set tier = 3")
        connection.execute("call consolidation.catch_up()")
        assert differences(connection) == []
        # What nothing replaced is in the old tables now.
        assert one(connection, "select count(*) from consolidation.set_aside") == len(replaced)
        assert connection.execute(REPLACED).fetchall() == replaced
        listed = "select count(*) from consolidation.only_in_documents() where what ~ 'replaced in'"
        assert one(connection, listed) == len(replaced)
    refused = sqitch(deployed, "-C", "contract", "deploy", check=False)
    assert refused.returncode != 0
    assert "4 rows are kept in consolidation.set_aside and nowhere else" in refused.stderr
    with connect(deployed) as connection:
        assert one(connection, "select consolidation.phase()") == "contract"
        connection.execute("delete from consolidation.set_aside where replaced_at is not null")
    sqitch(deployed, "-C", "contract", "deploy")


def test_a_key_that_the_old_table_takes_for_another_costs_nobody_a_row(legacy: str) -> None:
    with connect(legacy) as connection:
        if not one(connection, "select exists (select from pg_collation where collprovider = 'i')"):
            pytest.skip("this server was built without ICU")
        connection.execute(
            "create collation any_case"
            " (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
        )
        # Keys that it takes for one.
        connection.execute("delete from workflow_trace_context where trace_id > 1000")
        connection.execute(
            "alter table workflow_trace_context alter key type varchar(255) collate any_case"
        )
    sqitch(legacy, "deploy")
    with connect(legacy) as connection:
        connection.execute(
            """update user_workflow_run set context = context || '{"key": 1, "KEY": 2}'
            where legacy_trace_id = 1"""
        )
        connection.execute("call consolidation.catch_up()")
        refused = "select error_code from consolidation.set_aside"
        assert connection.execute(refused).fetchall() == [("23505",)]
        assert sqlstate(connection, "call consolidation.cut_back()") == "55000"
        connection.execute(
            "update user_workflow_run set context = context - 'KEY' where legacy_trace_id = 1"
        )
    sqitch(legacy, "revert", "--to", "@expand", "-y")
    with connect(legacy) as connection:
        kept = "select value from workflow_trace_context where trace_id = 1 and key = 'key'"
        assert one(connection, kept) == 1
        assert differences(connection) == []
