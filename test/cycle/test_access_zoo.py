"""What each kind of role could read and write in the eight tables it can after the cut-over, and
after the revert, and no row more.

The zoo has a role for each way to a privilege: by grant, by column, as a member, as owner, by a
predefined role, by a policy, by an attribute. Each reads and writes, in a session of its own right,
before the cut-over, after it and after the revert; nothing of it stays. What may differ is named in
DOCUMENTED. A role that would lose or gain something is named by the preflight, which refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from conftest import connect, database, run, sqitch
from helpers_cycle import EIGHT, NODE, NORTH, SIX, SOUTH, USER, WORKFLOW, one

Connection = psycopg.Connection[Any]

ALL = ", ".join(EIGHT)
# Statements that make a role, in a database at @expand. The first word of a name that is no login.
ZOO: dict[str, list[str]] = {
    "zoo_reader": [f"grant select on {ALL} to zoo_reader"],
    "zoo_writer": [f"grant select, insert, update, delete on {ALL} to zoo_writer"],
    "zoo_of_traces": ["grant select, insert, update on workflow_trace to zoo_of_traces"],
    "zoo_of_events": ["grant select, insert on workflow_events to zoo_of_events"],
    "zoo_of_configs": ["grant select, update on workflow_configs to zoo_of_configs"],
    "zoo_of_states": ["grant select, delete on micro_state to zoo_of_states"],
    "zoo_blind_writer": ["grant insert on workflow_trace to zoo_blind_writer"],
    "zoo_columns": [
        "grant select, insert on workflow_trace to zoo_columns",
        "grant update (status) on workflow_trace to zoo_columns",
    ],
    "zoo_member": ["grant zoo_writer to zoo_member"],
    "zoo_sleeper": ["alter role zoo_sleeper noinherit", "grant zoo_writer to zoo_sleeper"],
    "zoo_owner": [
        "grant create on schema public to zoo_owner",
        "alter table workflow_events owner to zoo_owner",
        f"grant select, insert, update, delete on {ALL} to zoo_owner",
    ],
    "zoo_heir": ["grant zoo_owner to zoo_heir"],
    "zoo_dumper": ["grant pg_read_all_data to zoo_dumper"],
    "zoo_loader": ["grant pg_read_all_data, pg_write_all_data to zoo_loader"],
    "zoo_bypass": [
        "alter role zoo_bypass bypassrls",
        f"grant select, insert, update, delete on {ALL} to zoo_bypass",
    ],
    "zoo_application": ["grant workflow_app to zoo_application"],
    "zoo_report": ["grant workflow_maintenance to zoo_report"],
    "zoo_stranger": [],
}

# The same with row level security of the application's own, which names the organisation as the
# documents do; not on the configurations.
OWN = "org_id = (select public.current_org_id())"
OF_TRACE = "trace_id in (select t.trace_id from public.workflow_trace as t)"
ISOLATED = [
    statement
    for table in SIX
    for rule in [OWN if table == "workflow_trace" else OF_TRACE]
    for statement in (
        f"create policy of_org on {table} using ({rule} and public.current_org_id() is not null)",
        f"create policy of_reports on {table} to zoo_sees_all using (true)",
        f"alter table {table} enable row level security",
    )
]
ISOLATED_ZOO: dict[str, list[str]] = {
    "zoo_sees_all": [f"grant select, insert, update, delete on {ALL} to zoo_sees_all"],
    **{
        name: ZOO[name]
        for name in ("zoo_reader", "zoo_writer", "zoo_dumper", "zoo_loader", "zoo_bypass")
    },
}

# What differs after the cut-over, by the reason: whether it covers a case.
DOCUMENTED: dict[str, Callable[[str, Any, Any], bool]] = {
    "the group roles get their privileges with the cut-over": lambda case, *_: case.startswith(
        ("zoo_application", "zoo_report")
    ),
    "a role that names an organisation is isolated, also where nothing restricted it before": (
        lambda case, before, after: (
            f" {NORTH}:" in case
            and (case.startswith("zoo_sees_all") or case.endswith("workflow_configs"))
            and (not isinstance(after, int) or (isinstance(before, int) and after <= before))
        )
    ),
    "of a run that is hidden the old names say that it does not exist": (
        lambda case, before, after: ": insert" in case and (before, after) == ("42501", "23503")
    ),
    # Columns of a document that a role could read something of can be read; see below.
    "documents": lambda case, *_: ": document " in case,
}

KEY = {
    "workflow_trace": "trace_id",
    "workflow_steps": "step_id",
    "workflow_events": "event_id",
    "workflow_trace_screenshot": "screenshot_id",
    "workflow_trace_context": "context_id",
    "workflow_trace_endpoint": "trace_id",
    "workflow_configs": "config_id",
    "micro_state": "micro_state_id",
}
CHANGED = {
    "workflow_trace": "status = 'zoo'",
    "workflow_steps": "status = 'zoo'",
    "workflow_events": "event_data = '1'",
    "workflow_trace_screenshot": "element_found = true",
    "workflow_trace_context": "value = '1'",
    "workflow_trace_endpoint": "endpoint_id = endpoint_id",
    "workflow_configs": "is_active = false",
    "micro_state": "label = 'zoo'",
}


def inserts(organisation: str, trace_id: int) -> dict[str, str]:
    """A new row of each table, of a run that the organisation has."""
    return {
        "workflow_trace": "insert into workflow_trace (org_id, workflow_id, channel, created_by) "
        f"values ('{organisation}', '{WORKFLOW}', 'web', '{USER}')",
        "workflow_steps": "insert into workflow_steps (trace_id, step_number, node_id) "
        f"values ({trace_id}, 7777, '{NODE}')",
        "workflow_events": "insert into workflow_events (trace_id, event_type, event_data) "
        f"values ({trace_id}, 'zoo', '1')",
        "workflow_trace_screenshot": "insert into workflow_trace_screenshot (trace_id, org_id, "
        "node_name, step_index, screenshot_url, action_description, node_id) "
        f"values ({trace_id}, '{organisation}', 'n', 7777, 's3://z', 'a', '{NODE}')",
        "workflow_trace_context": "insert into workflow_trace_context (trace_id, key, value) "
        f"values ({trace_id}, 'zoo', '1')",
        "workflow_trace_endpoint": "insert into workflow_trace_endpoint (trace_id, endpoint_id) "
        f"values ({trace_id}, 7777)",
        "workflow_configs": "insert into workflow_configs (org_id, name, config_type, config_data, "
        f"created_by) values ('{organisation}', 'zoo', 'a', '1', '{USER}')",
        "micro_state": "insert into micro_state (workflow_id, node_id, dom_snapshot, action_json) "
        f"values ('{WORKFLOW}', '{NODE}', '', '{{}}')",
    }


def _tried(connection: Connection, statement: str) -> int | str:
    """How many rows a statement returns or changes, or its SQLSTATE."""
    try:
        with connection.transaction(force_rollback=True):
            cursor = connection.execute(statement, prepare=False)
            return cursor.fetchall()[0][0] if cursor.description else cursor.rowcount
    except psycopg.Error as error:
        return error.sqlstate or "?"


def measured(name: str, roles: Sequence[str], settings: Sequence[str]) -> dict[str, Any]:
    """What each role really reads and writes."""
    result: dict[str, Any] = {}
    with connect(name) as owner:
        traces = {
            organisation: one(
                owner,
                "select min(trace_id) from workflow_trace "
                f"where org_id = '{organisation}' and workflow_id is not null",
            )
            for organisation in (NORTH, SOUTH)
        }
        groups = {
            role: [
                group
                for (group,) in owner.execute(
                    "select m.roleid::regrole::text from pg_auth_members m "
                    f"where m.member = '{role}'::regrole and not "
                    f"(select r.rolinherit from pg_roles r where r.rolname = '{role}')"
                )
            ]
            for role in roles
        }
    for role in roles:
        with connect(name, user=role) as connection:
            for acting in (None, *groups[role]):
                for setting in settings:
                    connection.execute("reset role")
                    if acting:
                        connection.execute(f"set role {acting}")
                    connection.execute(f"set app.current_org_id = '{setting}'")
                    for table in EIGHT:
                        # Runs of two organisations; where there is no trace_id, all.
                        where = (
                            f"where trace_id in ({', '.join(map(str, traces.values()))})"
                            if table in SIX
                            else ""
                        )
                        change = f"update {table} set {CHANGED[table]}"
                        tries = {
                            "read": f"select count(*) from {table}",
                            "read a column": f"select count({KEY[table]}) from {table}",
                            "delete": f"delete from {table} {where}",
                            "update": f"{change} {where}",
                        }
                        for organisation, trace_id in traces.items():
                            tries[f"insert of {organisation[-1]}"] = inserts(
                                organisation, trace_id
                            )[table]
                        for what, statement in tries.items():
                            key = f"{role} as {acting or 'itself'}, {setting or 'unset'}: {what} "
                            result[key + table] = _tried(connection, statement)
                    for relation in ("user_workflow_run", "user_workflow_run_step"):
                        result[
                            f"{role} as {acting or 'itself'}, {setting or 'unset'}: "
                            f"document {relation}"
                        ] = one(
                            connection,
                            f"select has_any_column_privilege('public.{relation}', 'select')",
                        )
    return result


@contextmanager
def zoo(template: str, roles: dict[str, list[str]], rules: list[str]) -> Iterator[str]:
    """A database with these roles, which belong to the server and are dropped at the end."""
    with database(template) as name:
        try:
            with connect(name) as connection:
                for role in roles:
                    connection.execute(f"create role {role} login")
                for statements in (*roles.values(), rules):
                    for statement in statements:
                        connection.execute(statement)
            yield name
        finally:
            with connect(name) as connection:
                for role in roles:
                    if one(connection, "select to_regrole(%s) is not null", role):
                        connection.execute(f"reassign owned by {role} to {connection.info.user}")
                        connection.execute(f"drop owned by {role}")
                for role in reversed(roles):
                    connection.execute(f"drop role if exists {role}")


def printed(name: str, roles: Sequence[str]) -> list[str]:
    """What script/privileges prints of the roles."""
    return run("./script/privileges", name, *roles).stdout.splitlines()


def _differing(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [
        f"{key}: {value}, then {after[key]}"
        for key, value in before.items()
        if after[key] != value
        and not any(covers(key, value, after[key]) for covers in DOCUMENTED.values())
    ]


def _forth_and_back(
    name: str, roles: Sequence[str], settings: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before, privileges = measured(name, roles, settings), printed(name, roles)
    sqitch(name, "deploy")
    after, privileges_after = measured(name, roles, settings), printed(name, roles)
    sqitch(name, "revert", "-y", "--to", "@expand")
    reverted = measured(name, roles, settings)
    assert printed(name, roles) == privileges
    # What is declared for members of the roles of the project from the cut-over on.
    # From the cut-over on, members of the roles of the project have what is declared.
    assert privileges_after == [
        f"| `{role}` |{' SIUD |' * 8}" if role in ("zoo_application", "zoo_report") else line
        for role, line in zip(("", "", *roles), privileges, strict=True)
    ]
    done = sum(isinstance(v, int) and not isinstance(v, bool) and v > 0 for v in before.values())
    with capsys.disabled():
        print(f"\naccess zoo: {len(roles)} roles, {len(before)} cases, {done} that may")
        print(*privileges, "\nafter the cut-over", *privileges_after, sep="\n")
    assert done > 50
    assert _differing(before, after) == []
    assert _differing(before, reverted) == []
    # A role that could read nothing of what went into a document cannot read it.
    for key, readable in after.items():
        who, _, relation = key.partition(": document ")
        if relation and not who.startswith(("zoo_application", "zoo_report")):
            read = any(isinstance(before[f"{who}: read {table}"], int) for table in SIX)
            assert read or not readable, f"{key}: could read nothing of it before"


def test_every_kind_of_role_keeps_what_it_had(
    expand_template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with zoo(expand_template, ZOO, []) as name:
        _forth_and_back(name, list(ZOO), [""], capsys)


def test_roles_that_policies_restricted_are_restricted_as_before(
    expand_template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The configurations have no row level security: who is free there is not on the runs."""
    with zoo(expand_template, ISOLATED_ZOO, ISOLATED) as name:
        _forth_and_back(name, list(ISOLATED_ZOO), ["", NORTH], capsys)


REFUSED = {
    "a column": (["grant select (status) on workflow_trace to zoo_refused"], "column privilege"),
    "inserts blindly": (["grant insert on workflow_events to zoo_refused"], "write-only"),
    "inserts steps blindly": (["grant insert on workflow_steps to zoo_refused"], "write-only"),
    "inserts columns blindly": (
        ["grant insert (trace_id, key, value) on workflow_trace_context to zoo_refused"],
        "write-only",
    ),
    "deletes blindly": (["grant delete on workflow_events to zoo_refused"], "write-only"),
    "writes all data": (["grant pg_write_all_data to zoo_refused"], "write-only"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_role_that_would_lose_something_is_named(expand_template: str, kind: str) -> None:
    statements, finding = REFUSED[kind]
    with zoo(expand_template, {"zoo_refused": statements}, []) as name, connect(name) as connection:
        assert connection.execute(
            "select from consolidation.preflight where severity = 'refuse' and kind like %s "
            "and object like '%%to zoo_refused'",
            [finding + "%"],
        ).rowcount


def test_a_role_that_only_inserts_learns_nothing_even_if_that_was_accepted(
    carried_over: str,
) -> None:
    with (
        zoo(
            carried_over,
            {"zoo_blind": ["grant insert on workflow_events, workflow_steps to zoo_blind"]},
            [
                "insert into consolidation.accepted (kind, object, reason) values "
                "('write-only privilege', 'INSERT on workflow_events to zoo_blind', 'test'), "
                "('write-only privilege', 'INSERT on workflow_steps to zoo_blind', 'test')"
            ],
        ) as name,
    ):
        sqitch(name, "deploy")
        with connect(name, user="zoo_blind") as connection:
            for relation in (*EIGHT, "user_workflow_run", "user_workflow_run_step"):
                assert not one(
                    connection, "select has_any_column_privilege(%s, 'select')", relation
                )
