"""Three databases as real installations have them, with their applications, there and back.

script/databases holds them. Each is assessed, cured as it is printed, adopted, deployed, reverted,
deployed, contracted, built again and reverted, while an unmigrated copy gets the same statements:
those of the application, and random ones. Results, types, row counts, SQLSTATEs and rows are the
same, but for what docs/old-names.md lists under "Limits".

    HISTORIES=400 SEED=7 PGHOST=… python3 -m pytest test/cycle/test_databases.py

HISTORIES: how many random statements a phase gets (default 40), SEED: of the generator.
"""

from __future__ import annotations

import os
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from conftest import ROOT, connect, database, psql, sqitch
from helpers_cycle import Background, Connection, all_rows, changed, differences, dump
from test_drifts import assess, printed
from test_histories import Result, Session, shape

HISTORIES = int(os.environ.get("HISTORIES", "40"))
SEED = int(os.environ.get("SEED", "18"))


def uuid(part: str, number: int) -> str:
    """An id of script/databases."""
    return f"00000000-0000-4000-{part}-{number:012}"


@dataclass(frozen=True)
class Application:
    """A database of script/databases: what it is cured with, and what its application executes.

    Statements that belong together have ";;" between them, and are one transaction.
    """

    name: str
    # Findings that are remedied, by kind and object: statements, or "" for those that are printed.
    cured: dict[str, str]
    # Findings that are accepted, by kind and object: the reason.
    accepted: dict[str, str]
    # What a session prepares when it begins, on the tables.
    prepared: tuple[str, ...]
    statements: tuple[str, ...]
    # Random statements, with <name> for what values() draws.
    templates: tuple[str, ...]
    values: dict[str, Callable[[random.Random], str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Limit:
    """A deviation: the SQLSTATE through an old name, and how docs/old-names.md begins its row."""

    # The beginning of one: "23" is a class.
    sqlstate: str
    says: str
    # Whether both go on with it where they agree.
    stays: bool = True

    def allows(self, control: Result, project: Result) -> bool:
        """Whether that is what the page says: another class is none."""
        if self.sqlstate == "23" and not (control.sqlstate or "").startswith("23"):
            return False
        # The table refuses it, the old name does not.
        if not self.sqlstate:
            return control.sqlstate == "23503" and project.sqlstate is None
        return (project.sqlstate or "").startswith(self.sqlstate)


NO_NULL = Limit(
    "23502",
    "null for `workflow_id`, `status`, `channel`, `created_at`, `created_by` of a trace",
    stays=False,
)
NO_KEY = Limit("", "a foreign key from events, screenshots, context or endpoints")
ON_CONFLICT = Limit("42P10", "`on conflict` on `workflow_events`")
SEVERAL = Limit("23", "a statement that breaks several constraints: the SQLSTATE (class 23)")

# What applications of all three execute; the tables have the same names.
COMMON_TEMPLATES = (
    "select * from workflow_trace where trace_id = <trace>",
    "select * from workflow_steps where trace_id = <trace>",
    "select * from workflow_events where trace_id = <trace>",
    "select * from workflow_trace_screenshot where trace_id = <trace>",
    "select * from workflow_trace_context where trace_id = <trace>",
    "select e.* from workflow_trace_endpoint as e where e.trace_id = <trace>",
    "select status, count(*) from workflow_trace group by status",
    "update workflow_trace set status = <status>, end_time = <time> where trace_id = <trace>"
    " returning status, end_time",
    "update workflow_trace set error_message = <text>, duration_ms = <number>,"
    " config_snapshot = <json> where external_id = <call> returning trace_id",
    "update workflow_trace set external_id = <call> where trace_id = <trace>",
    "delete from workflow_trace where trace_id = <trace>",
    "update workflow_steps set status = <step_status>, output_data = <json>, end_time = <time>"
    " where step_id = <step> returning *",
    "update workflow_steps set retry_count = retry_count + 1, metadata = <json>"
    " where trace_id = <trace> and step_number = <number> returning retry_count",
    "update workflow_steps set step_number = <number> where step_id = <step>",
    "delete from workflow_steps where step_id = <step> returning step_number",
    "insert into workflow_steps (trace_id, step_number, node_id, status, input_data)"
    " values (<trace>, <number>, <node>, <step_status>, <json>) returning *",
    "insert into workflow_steps (trace_id, step_number, node_id) values (<trace>, <number>, <node>)"
    " on conflict (trace_id, step_number) do update set status = default, node_id = <node>"
    " returning step_id, retry_count",
    "insert into workflow_events (trace_id, event_type, event_data)"
    " values (<trace>, <text>, <json>) returning *",
    'insert into workflow_events (trace_id, step_id, event_type, event_data, "timestamp")'
    " select s.trace_id, s.step_id, 'noted', coalesce(<json>, 'null'), <time>"
    " from workflow_steps as s where s.step_id = <step> returning *",
    "update workflow_events set event_data = <json> where trace_id = <trace> and event_type ="
    " 'clicked' returning event_id",
    "update workflow_events set event_type = event_type || '!' where step_id = <step>",
    "update workflow_events set step_id = null where step_id = <step> returning event_id",
    "delete from workflow_events where trace_id = <trace> and event_type = 'waited'",
    "insert into workflow_trace_context (trace_id, key, value) values (<trace>, <key>, <json>)"
    " returning *",
    "update workflow_trace_context set value = <json>, updated_at = <time>"
    " where trace_id = <trace> and key = <key> returning *",
    "update workflow_trace_context set key = <key> where trace_id = <trace> and key = 'member'",
    "delete from workflow_trace_context where trace_id = <trace> and key = <key> returning value",
    "insert into workflow_trace_endpoint (trace_id, endpoint_id) values (<trace>, <endpoint>)"
    " returning *",
    "delete from workflow_trace_endpoint where trace_id = <trace> and endpoint_id = <endpoint>",
    "update workflow_trace_endpoint set endpoint_id = <endpoint>"
    " where trace_id = <trace> and endpoint_id = 5",
    "update workflow_configs set config_data = coalesce(<json>, '1') where created_by = <user>",
    "update micro_state set label = <text>, is_retired = true where workflow_id = <workflow>"
    " returning micro_state_id, label, is_dynamic",
    "select t.trace_id, s.step_number, e.event_type, p.screenshot_id is null"
    " from workflow_trace as t"
    " left join workflow_steps as s on s.trace_id = t.trace_id"
    " left join workflow_events as e on e.step_id = s.step_id"
    " left join workflow_trace_screenshot as p on p.trace_id = t.trace_id"
    " where t.trace_id = <trace>",
    "execute steps_of(<trace>)",
    "execute note(<trace>, <text>, <json>)",
    "execute set_status(<trace>, <text>)",
)


def pick(*values: str) -> Callable[[random.Random], str]:
    """Draws one of some values."""
    return lambda rng: rng.choice(values)


def trace_id(rng: random.Random) -> str:
    """A run: one of the beginning, one that came later, the last, the first, or none."""
    return rng.choice(
        [
            *(str(rng.randint(16, 28)) for _ in range(5)),
            *(str(rng.randint(1001, 1016)) for _ in range(3)),
            "9223372036854775807",
            "(-9223372036854775808)",
            "777777",
        ]
    )


def step_id(rng: random.Random) -> str:
    """A step: one of the beginning, one that came later, the last, the first, or none."""
    return rng.choice(
        [
            *(str(10 * rng.randint(16, 28) + rng.randint(1, 2)) for _ in range(5)),
            *(str(rng.randint(1001, 1024)) for _ in range(3)),
            "9223372036854775807",
            "(-9223372036854775808)",
            "777777",
        ]
    )


COMMON_VALUES: dict[str, Callable[[random.Random], str]] = {
    "trace": trace_id,
    "step": step_id,
    "number": pick("0", "1", "2", "3", "4", "5", "2147483647", "-1"),
    "call": pick("'call-1'", "'call-4'", "'call-9'", "''", "null", "'Ü \"9\"'"),
    "text": pick("'clicked'", "'waited'", "''", "e'two\\nlines'", "'Ü \"\\'", "repeat('x', 101)"),
    "json": pick(
        "'{}'",
        "'null'",
        "'[1, 1.10, null]'",
        "'\"text\"'",
        '\'{"a": {"b": 1e3}}\'',
        "null",
        "'1.0'",
    ),
    "time": pick(
        "null", "'2025-06-01 10:00:00.123456+02'", "'2020-02-29 00:00+00'", "'infinity'", "now()"
    ),
    "key": pick("'member'", "'claim'", "'Ünï \"code\"'", "''", "'new'", "repeat('k', 256)"),
    "endpoint": pick("1", "5", "9", "100", "9223372036854775807", "(-9223372036854775808)"),
    "user": lambda rng: f"'{uuid('8002', rng.randint(1, 6))}'",
    "workflow": lambda rng: f"'{uuid('8001', rng.randint(1, 5))}'",
    "status": pick(
        "'pending'", "'active'::trace_status", "'completed'", "'failed'", "default", "'no status'"
    ),
    "step_status": pick("'pending'", "'active'::step_status", "'skipped'", "default", "'none'"),
    "node": lambda rng: f"'{uuid('8003', 10 * rng.randint(1, 5) + rng.randint(1, 4))}'",
}

TRACE = "currval('workflow_trace_trace_id_seq')"
STEP = "currval('workflow_steps_step_id_seq')"
W1, W2, W3, W4 = (f"'{uuid('8001', number)}'" for number in (1, 2, 3, 4))
U1, U2, U3 = (f"'{uuid('8002', number)}'" for number in (1, 2, 3))
N11, N21, N31 = (f"'{uuid('8003', number)}'" for number in (11, 21, 31))
O2, O3 = (f"'{uuid('8000', number)}'" for number in (2, 3))
NOBODY = f"'{uuid('8009', 9)}'"

INIT = Application(
    name="init",
    cured={
        "column public.workflow_trace.org_id": "",
        "row 1 rows of workflow_trace: created_at is null": (
            "update workflow_trace set created_at = '2025-01-01 08:00:00+00' where trace_id = 7"
        ),
    },
    accepted={
        "row level security workflow_trace, workflow_trace_context": (
            "the application names its organisation before it reads anything of a run"
        ),
        "not null workflow_trace_screenshot.screenshot_path": (
            "the application always knows the path"
        ),
        "view of all rows public.execution_overview to cycle_init_app": (
            "the application reads what it wrote itself"
        ),
    },
    prepared=(
        "prepare steps_of(bigint) as select * from workflow_steps where trace_id = $1",
        "prepare note(bigint, text, jsonb) as insert into workflow_events"
        " (trace_id, event_type, event_data) values ($1, $2, $3) returning event_id, event_type",
        "prepare set_status(bigint, text) as update workflow_trace set error_message = $2"
        " where trace_id = $1 and status = 'active'::trace_status returning *",
        "prepare by_status(trace_status, int) as select trace_id, channel from workflow_trace"
        " where status = $1 order by trace_id limit $2",
        "prepare shot(bigint, text) as insert into workflow_trace_screenshot"
        " (trace_id, screenshot_path) values ($1, $2) returning *",
    ),
    statements=(
        # Runs.
        "insert into workflow_trace (workflow_id, channel, created_by)"
        f" values ({W1}, 'web', {U1}) returning *",
        "insert into workflow_trace (workflow_id, channel, external_id, status, start_time,"
        f" created_by, config_snapshot) values ({W2}, 'voice'::workflow_channel, 'call-1',"
        f" 'active'::trace_status, '2025-05-01 10:00:00.5+02', {U2}, '{{\"a\": 1.10}}'),"
        f" ({W3}, 'api', default, default, null, {U3}, null) returning trace_id, status, channel",
        f"insert into workflow_trace values (default, {W4}, 'chat', null, 'failed', null, null,"
        f" null, 7, 'no', '2025-01-01 00:00:00+00', {U1})",
        "insert into workflow_trace (trace_id, workflow_id, channel, created_by)"
        f" values (5, {W1}, 'web', {U1}) on conflict (trace_id) do nothing",
        "insert into workflow_trace (trace_id, workflow_id, channel, created_by)"
        f" values (5, {W1}, 'web', {U1}) on conflict (trace_id) do update"
        " set external_id = excluded.channel::text || workflow_trace.trace_id"
        " returning trace_id, external_id",
        "insert into workflow_trace (trace_id, workflow_id, channel, created_by)"
        f" values (5, {W1}, 'web', {U1})",
        f"insert into workflow_trace (channel, created_by) values ('web', {U1})",
        f"insert into workflow_trace (workflow_id, created_by) values ({W1}, {U1})",
        f"insert into workflow_trace (workflow_id, channel) values ({W1}, 'web')",
        "insert into workflow_trace (workflow_id, channel, created_by, status)"
        f" values ({W1}, 'web', {U1}, null)",
        "insert into workflow_trace (workflow_id, channel, created_by)"
        f" values ({NOBODY}, 'web', {U1})",
        "insert into workflow_trace (workflow_id, channel, created_by)"
        f" values ({W1}, 'web', {NOBODY})",
        "insert into workflow_trace (workflow_id, channel, created_by)"
        f" values ({W1}, 'pigeon', {U1})",
        "update workflow_trace set status = 'pending'::trace_status where trace_id = 6",
        "update workflow_trace set created_at = null where trace_id = 6",
        "update workflow_trace set status = 'done' where trace_id = 6",
        "update workflow_trace set status = default, error_message = default,"
        " external_id = repeat('x', 256) where trace_id = 6",
        "update workflow_trace set status = 'cancelled' where status = any"
        " (array['active', 'pending']::trace_status []) and channel = 'api' returning trace_id",
        f"update workflow_trace set workflow_id = {W3} where trace_id = 8 returning *",
        "update workflow_trace set trace_id = 8888 where trace_id = 3",
        "select * from workflow_trace order by trace_id",
        "select t.status::text, t.channel, count(*) from workflow_trace as t"
        " where t.status > 'pending' group by t.status, t.channel having count(*) > 1",
        "select * from workflow_trace where created_by = (select user_id from app_user"
        " where name = 'user 2') for update",
        # Steps, of a run that is there.
        "insert into workflow_trace (workflow_id, channel, created_by)"
        f" values ({W1}, 'web', {U1}) returning trace_id",
        f"insert into workflow_steps (trace_id, step_number, node_id) values ({TRACE}, 1, {N21})"
        " returning *",
        "insert into workflow_steps (trace_id, step_number, node_id, status, retry_count,"
        f" input_data) values ({TRACE}, 2, {N21}, 'active', null, 'null') returning *",
        f"insert into workflow_steps (trace_id, step_number, node_id) values ({TRACE}, 2, {N31})",
        f"insert into workflow_steps (trace_id, step_number, node_id) values ({TRACE}, 2, {N31})"
        " on conflict (trace_id, step_number) do update set status = 'completed',"
        " retry_count = coalesce(workflow_steps.retry_count, 0) + 1, node_id = excluded.node_id"
        " returning *",
        f"insert into workflow_steps (trace_id, step_number, node_id) values (777777, 1, {N21})",
        "insert into workflow_steps (trace_id, step_number, node_id)"
        f" values ({TRACE}, 3, {NOBODY})",
        f"insert into workflow_steps (trace_id, step_number) values ({TRACE}, 3)",
        f"insert into workflow_steps (trace_id, step_number, node_id) values ({TRACE}, -3, {N21})",
        "update workflow_steps set status = 'skipped'::step_status, retry_count = null"
        " where trace_id = 4 returning *",
        "update workflow_steps set retry_count = default, status = default where step_id = 41",
        "select * from workflow_steps where retry_count is null order by step_id",
        # Events, of a step that is there.
        f"insert into workflow_steps (trace_id, step_number, node_id) values ({TRACE}, 9, {N21})"
        " returning step_id",
        "insert into workflow_events (trace_id, step_id, event_type, event_data)"
        f" values ({TRACE}, {STEP}, 'clicked', '{{\"x\": 1.10}}') returning *",
        'insert into workflow_events (trace_id, event_type, event_data, "timestamp")'
        f" values ({TRACE}, 'first', '1', null), ({TRACE}, 'second', '[null]', default)"
        " returning *",
        f"insert into workflow_events (trace_id, event_type) values ({TRACE}, 'nothing')",
        "insert into workflow_events (trace_id, step_id, event_type, event_data)"
        f" values ({TRACE}, 777777, 'clicked', '1')",
        "insert into workflow_events (event_id, trace_id, event_type, event_data)"
        f" values (9223372036854775807, {TRACE}, 'again', '1')",
        "update workflow_events set \"timestamp\" = null, event_data = event_data || '[2]'"
        " where trace_id = 2 and step_id is null returning *",
        "delete from workflow_events where event_id = 1001 returning *",
        # Screenshots.
        "insert into workflow_trace_screenshot (trace_id, screenshot_path)"
        f" values ({TRACE}, '/a') returning *",
        "insert into workflow_trace_screenshot (trace_id, step_id, node_id, node_name,"
        " screenshot_path, screenshot_s3_key, screenshot_url, metadata, created_at)"
        f" values ({TRACE}, {STEP}, {N21}, 'n', '/b', 'k', 's3://b', '{{\"w\": 1.50}}', null)"
        " returning *",
        "insert into workflow_trace_screenshot values (default, 4, 41, null, null, '/c', null,"
        " null, 'null', '2025-01-01 00:00:00+00') returning screenshot_id, metadata",
        "insert into workflow_trace_screenshot (trace_id, screenshot_url) values (1, 's3://c')",
        "insert into workflow_trace_screenshot (screenshot_id, trace_id, screenshot_path)"
        " values (1, 1, '/d')",
        "insert into workflow_trace_screenshot (trace_id, step_id, screenshot_path)"
        " values (1, 777777, '/e')",
        "update workflow_trace_screenshot set screenshot_path = '/f', metadata = metadata ||"
        " '{\"seen\": true}', screenshot_url = null where step_id = 11 returning *",
        "update workflow_trace_screenshot set screenshot_path = null where step_id = 11",
        "update workflow_trace_screenshot set step_id = null where step_id = 21 returning *",
        "update workflow_trace_screenshot set step_id = 42 where screenshot_id in"
        " (select min(p.screenshot_id) from workflow_trace_screenshot as p where p.trace_id = 4)"
        " returning step_id",
        "select p.* from workflow_trace_screenshot as p"
        " inner join workflow_steps as s on s.step_id = p.step_id where s.trace_id = 5",
        "delete from workflow_trace_screenshot where screenshot_id = 9",
        "delete from workflow_steps where step_id = 51 returning *",
        "select count(*) from workflow_trace_screenshot where trace_id = 5",
        # Context and endpoints.
        f"insert into workflow_trace_context (trace_id, key, value) values ({TRACE}, 'k', '1.10')"
        " returning *",
        "insert into workflow_trace_context (trace_id, key, value, created_at)"
        f" values ({TRACE}, 'l', 'null', null) returning *",
        f"insert into workflow_trace_context (trace_id, key, value) values ({TRACE}, 'k', '2')",
        f"insert into workflow_trace_context (trace_id, key, value) values ({TRACE}, null, '2')",
        "update workflow_trace_context set value = value || '{\"more\": 1.0}', updated_at = now()"
        " where key = 'claim' and trace_id < 5 returning *",
        "delete from workflow_trace_context where trace_id = 9 returning *",
        f"insert into workflow_trace_endpoint values ({TRACE}, 3), ({TRACE}, 4) returning *",
        f"insert into workflow_trace_endpoint values ({TRACE}, 3)",
        f"insert into workflow_trace_endpoint values ({TRACE}, 77)",
        "update workflow_trace_endpoint set endpoint_id = 9 where endpoint_id = 5"
        " and trace_id = 1 returning *",
        "delete from workflow_trace_endpoint where endpoint_id = 5 and trace_id < 4",
        # Configurations and page states.
        "insert into workflow_configs (org_id, name, config_type, config_data, created_by)"
        f" values ({O2}, 'new', 'limits'::config_type, '1', {U1})"
        " on conflict (org_id, workflow_id, name, config_type) do nothing",
        "insert into workflow_configs (org_id, workflow_id, name, config_type, config_data,"
        f" created_by) values ({O2}, {W1}, 'new', 'limits', '1', {U1})"
        " on conflict (org_id, workflow_id, name, config_type) do update set config_data = '2'"
        " returning name, config_data",
        "update workflow_configs set config_type = 'bad' where name = 'new'",
        "update workflow_configs set is_active = not is_active returning name, is_active",
        "insert into micro_state (workflow_id, node_id, dom_snapshot, action_json, semantic_spec)"
        f" values ({W1}, {N11}, '', '1', '{{\"dynamic_meta\": null}}') returning *",
        "update micro_state set aliased_to = 2 where aliased_to = 1 returning micro_state_id",
        # Functions and views.
        f"select start_execution({W1}, 'web', {U1}, 'call-77')",
        f"select start_execution({W1}, 'pigeon', {U1})",
        f"select next_step({TRACE}, {N21}, '{{\"in\": 1.0}}')",
        f"select next_step({TRACE}, {N31})",
        f"select finish_step({STEP}, '{{\"out\": null}}')",
        f"select finish_step({STEP}, '1', 'failed'::step_status)",
        f"select set_context({TRACE}, 'claim', '1')",
        f"select set_context({TRACE}, 'claim', '2')",
        f"select take_screenshot({STEP}, '/g', '{{\"by\": \"function\"}}')",
        f"select repeat_step({STEP})",
        f"select finish_execution({TRACE}, 'completed')",
        f"select what, step from timeline({TRACE})",
        "select * from timeline(2)",
        "select execution_of_call('call-1')",
        "insert into workflow_trace (workflow_id, channel, status, created_by, created_at)"
        f" values ({W1}, 'web', 'failed', {U1}, '2020-01-01 00:00:00+00');;"
        " select purge_executions('2021-01-01 00:00:00+00')",
        "select * from execution_overview order by trace_id",
        "select * from open_step order by step_id",
        "update open_step set status = 'completed' where trace_id = 10 returning *",
        "select * from screenshot_place order by screenshot_id",
        # Prepared on the tables.
        "execute steps_of(2)",
        f"execute note({TRACE}, 'prepared', '1')",
        f"execute set_status({TRACE}, 'prepared')",
        "execute by_status('failed', 3)",
        f"execute shot({TRACE}, '/prepared')",
        "prepare once as delete from workflow_events where trace_id = 11 and step_id is null"
        " returning *;; execute once;; deallocate once",
        # Roles: an organisation is named before anything is read.
        f"set local role cycle_init_app;; set local app.current_org_id = {O2};;"
        f" insert into workflow_trace (workflow_id, channel, created_by) values ({W1}, 'web', {U1})"
        f" returning trace_id;; insert into workflow_steps (trace_id, step_number, node_id)"
        f" values ({TRACE}, 1, {N11}) returning step_id;; select next_step({TRACE}, {N11});;"
        f" select set_context({TRACE}, 'by', '1');; select take_screenshot({STEP}, '/h');;"
        f" insert into workflow_trace_endpoint values ({TRACE}, 3) returning *;;"
        f" select finish_execution({TRACE}, 'failed');; select count(*) from execution_overview"
        f" where trace_id = {TRACE}",
        f"set local role cycle_init_app;; set local app.current_org_id = {O2};;"
        " insert into workflow_trace (workflow_id, channel, created_by)"
        f" values ({W2}, 'web', {U1})",
        f"set local role cycle_init_app;; set local app.current_org_id = {O2};;"
        " select * from workflow_trace;; select * from workflow_trace_context;;"
        " select * from workflow_configs;; update workflow_trace set duration_ms = 1"
        f" where workflow_id in ({W1}, {W2});; delete from workflow_trace_context"
        " where key = 'member' and trace_id in (7, 20, 21)",
        f"set local role cycle_init_reader;; set local app.current_org_id = {O2};;"
        " select trace_id from workflow_trace;; delete from workflow_events",
        f"set local role cycle_init_worker;; set local app.current_org_id = {O3};;"
        " update workflow_trace set status = 'active', duration_ms = 3 where trace_id = 9"
        " returning trace_id, status;; insert into workflow_steps (trace_id, step_number, node_id)"
        f" values (6, 9, {N21}) returning step_id, status;; insert into workflow_events"
        " (trace_id, event_type, event_data) values (6, 'by a worker', '1') returning event_id",
        f"set local role cycle_init_worker;; set local app.current_org_id = {O3};;"
        " update workflow_trace set external_id = 'x' where trace_id = 9",
        f"set local role cycle_init_worker;; set local app.current_org_id = {O3};;"
        f" insert into workflow_steps (trace_id, step_number, node_id, metadata)"
        f" values (6, 10, {N21}, '1')",
    ),
    templates=(
        *COMMON_TEMPLATES,
        "insert into workflow_trace (workflow_id, channel, status, external_id, created_by,"
        " start_time) values (<workflow>, <channel>, <status>, <call>, <user>, <time>)"
        " returning trace_id, status",
        f"select start_execution(<workflow>, 'web', {U1}, <call>)",
        "select next_step(<trace>, <node>, <json>)",
        "select finish_step(<step>, <json>)",
        "select finish_execution(<trace>, 'failed', <text>)",
        "select set_context(<trace>, <key>, <json>)",
        "select take_screenshot(<step>, <text>, <json>)",
        "select repeat_step(<step>)",
        "insert into workflow_trace_screenshot (trace_id, step_id, screenshot_path, metadata)"
        " select s.trace_id, s.step_id, <text>, <json> from workflow_steps as s"
        " where s.step_id = <step> returning *",
        "insert into workflow_trace_screenshot (trace_id, node_name, screenshot_path, created_at)"
        " values (<trace>, <text>, <text>, <time>) returning *",
        "update workflow_trace_screenshot set metadata = <json>, node_id = <node>,"
        " screenshot_url = <text> where step_id = <step> returning *",
        "update workflow_trace_screenshot as p set step_id = s.step_id from workflow_steps as s"
        " where s.trace_id = p.trace_id and s.step_id = <step> and p.step_id is null"
        " returning p.screenshot_id",
        "update workflow_trace_screenshot set step_id = null, created_at = <time>"
        " where step_id = <step> returning screenshot_id",
        "delete from workflow_trace_screenshot where step_id = <step> returning screenshot_path",
        "select * from screenshot_place where step_number = <number>",
    ),
    values={
        **COMMON_VALUES,
        "channel": pick("'web'", "'voice'::workflow_channel", "'api'", "'pigeon'"),
        # One that is no endpoint is among the statements.
        "endpoint": pick("1", "5", "9", "9223372036854775807", "(-9223372036854775808)"),
    },
)


def numbered(text: str) -> str:
    """A statement of INIT as the application of ALEMBIC says it."""
    text = re.sub(rf"'{uuid('8003', 0)[:-12]}0+(\d+)'", r"\1", text)
    if "screenshot" in text:
        text = re.sub(r"\bmetadata\b", "screenshot_metadata", text)
    return text.replace("cycle_init_", "cycle_alembic_")


ALEMBIC = Application(
    name="alembic",
    cured={"column public.workflow_trace.org_id": ""},
    accepted={
        finding.replace("cycle_init", "cycle_alembic"): reason
        for finding, reason in INIT.accepted.items()
    },
    prepared=INIT.prepared,
    statements=(
        *map(numbered, INIT.statements),
        "insert into workflow_steps (trace_id, step_number, node_id, status)"
        " values (4, 33, 9223372036854775807, 'active'), (4, 34, -9223372036854775808, default)"
        " returning step_number, node_id",
        "insert into workflow_steps (trace_id, step_number, node_id) values (4, 35, 9999)",
        f"insert into workflow_steps (trace_id, step_number, node_id) values (4, 36, {NOBODY})",
        "select s.step_id, n.name from workflow_steps as s"
        " inner join workflow_node as n on n.node_id = s.node_id where s.trace_id < 5",
        "select node_id, count(*) from workflow_steps group by node_id",
        "update workflow_steps set node_id = 42 where node_id = 9223372036854775807 returning *",
        "delete from workflow_node where node_id = 41",
        "insert into workflow_trace_screenshot (screenshot_id, trace_id, step_id, node_id,"
        f" screenshot_path) values ('{uuid('8005', 901)}', 4, 42, 9999, '/i') returning *",
        "update workflow_trace_screenshot set node_id = -9223372036854775808,"
        f" step_id = null where screenshot_id = '{uuid('8005', 901)}' returning *",
        f"delete from workflow_trace_screenshot where screenshot_id = '{uuid('8005', 9)}'"
        " returning *",
        "delete from workflow_steps where step_id = 61 returning *",
        "select * from workflow_trace_screenshot where trace_id = 6",
    ),
    templates=tuple(map(numbered, INIT.templates)),
    values={
        **INIT.values,
        "node": pick("11", "21", "32", "53", "9223372036854775807", "(-9223372036854775808)", "4"),
    },
)

RICH_CONTEXT = "select put_context(<trace>, <key>, <json>)"
RICH = Application(
    name="rich",
    cured={
        f"row 1 rows of workflow_trace: {column} is null": (
            f"update workflow_trace set {column} = {value} where {column} is null"
        )
        for column, value in (
            ("workflow_id", W2),
            ("channel", "'web'"),
            ("created_by", U1),
            ("status", "'pending'"),
        )
    }
    | {
        "no policy cycle_rich_auditor on workflow_trace": (
            "revoke all on workflow_trace from cycle_rich_auditor"
        ),
        **{
            f"column privilege select ({column}) on workflow_trace to cycle_rich_auditor": (
                "revoke all on workflow_trace from cycle_rich_auditor"
            )
            for column in ("created_at", "status", "trace_id")
        },
    },
    accepted={
        **{
            f"view of all rows public.{finding}": "reports name an organisation"
            for finding in (
                "execution_report to cycle_rich_app",
                "execution_report to cycle_rich_report",
                "failed_execution to cycle_rich_app",
            )
        },
        "function public.put_context(bigint,text,jsonb)": "set_context() takes its place",
        "row level security all_of_trace on workflow_trace": "reports name an organisation",
        "row level security workflow_trace": (
            "the application names its organisation before it reads anything of a run"
        ),
    },
    prepared=(
        "prepare steps_of(bigint) as select * from workflow_steps where trace_id = $1",
        "prepare note(bigint, text, jsonb) as insert into workflow_events"
        " (trace_id, event_type, event_data) values ($1, $2, $3) returning *",
        "prepare set_status(bigint, text) as update workflow_trace set error_message = $2"
        " where trace_id = $1 and status = 'active' returning *",
        "prepare shots_of(bigint) as select * from workflow_trace_screenshot where trace_id = $1",
    ),
    statements=(
        # Runs.
        f"insert into workflow_trace (org_id) values ({O2})",
        f"insert into workflow_trace (org_id, workflow_id, channel) values ({O2}, {W1}, 'web')",
        "update workflow_trace set status = null where trace_id = 15",
        f"delete from app_user where user_id = '{uuid('8002', 6)}'",
        "insert into workflow_trace (org_id, workflow_id, channel, created_by)"
        f" values ({O2}, {W1}, '', {U1}) returning *",
        "insert into workflow_trace (org_id, workflow_id, channel, status, external_id, tier,"
        " success, llm_model, session_id, created_by, start_time, config_snapshot, error_detail)"
        f" values ({O3}, {W2}, 'web', 'active', 'call-1', 3, null, 'm', {W1}, {U1},"
        " '2025-05-01 10:00:00.5+02', '{\"a\": 1.10}', 'null') returning *",
        "insert into workflow_trace (trace_id, org_id, workflow_id, channel, created_by)"
        f" values (15, {O2}, {W1}, 'web', {U1}) on conflict (trace_id) do update"
        " set external_id = excluded.channel, tier = default returning trace_id, external_id, tier",
        "insert into workflow_trace (trace_id, org_id, workflow_id, channel, created_by)"
        f" values (15, {O2}, {W1}, 'web', {U1}) on conflict do nothing",
        "insert into workflow_trace (trace_id, org_id, workflow_id, channel, created_by)"
        f" values (15, {O2}, {W1}, 'web', {U1})",
        f"insert into workflow_trace (workflow_id, channel, created_by) values ({W1}, 'web', {U1})",
        "insert into workflow_trace (org_id, workflow_id, channel, created_by)"
        f" values ({NOBODY}, {W1}, 'web', {U1})",
        "insert into workflow_trace (org_id, workflow_id, channel, created_by)"
        f" values ({O2}, {NOBODY}, 'web', {U1})",
        "insert into workflow_trace (org_id, workflow_id, channel, created_by)"
        f" values ({O2}, {W1}, 'web', {NOBODY})",
        "insert into workflow_trace (org_id, workflow_id, channel, created_by, tier)"
        f" values ({O2}, {W1}, 'web', {U1}, 10)",
        f"update workflow_trace set user_id = {NOBODY} where trace_id = 15",
        "update workflow_trace set tier = 70000 where trace_id = 15",
        "update workflow_trace set org_id = 'no uuid' where trace_id = 15",
        "update workflow_trace set llm_model = repeat('x', 101) where trace_id = 15",
        "update workflow_trace set status = default, success = default, tier_reason = 'new',"
        f" session_id = {W1}, batch_job_item_id = null where trace_id in (15, 20, 21) returning *",
        "update workflow_trace set action_detail = action_detail || '{\"more\": [1.0]}',"
        " error_detail = error_detail - 'path' where action_type = 'lookup' returning trace_id,"
        " action_detail, error_detail",
        "select * from workflow_trace order by trace_id",
        "select org_id, status, count(*), sum(llm_tokens_used), avg(tier) from workflow_trace"
        " group by org_id, status",
        "select row_to_json(t) from workflow_trace as t where t.trace_id in (15, 20)",
        # Steps.
        "insert into workflow_trace (org_id, workflow_id, channel, created_by)"
        f" values ({O2}, {W1}, 'web', {U1}) returning trace_id",
        f"insert into workflow_steps (trace_id, step_number, node_id) values ({TRACE}, 1, {N21})"
        " returning *",
        "insert into workflow_steps (trace_id, step_number, node_id, status, input_data)"
        f" values ({TRACE}, 2, {N21}, null, 'null'), ({TRACE}, 3, {N31}, '', '[]') returning *",
        f"insert into workflow_steps (trace_id, step_number, node_id) values ({TRACE}, 2, {N31})",
        f"insert into workflow_steps (trace_id, step_number, node_id) values ({TRACE}, 2, {N31})"
        " on conflict (trace_id, step_number) do update set status = 'completed',"
        " retry_count = workflow_steps.retry_count + 1, node_id = excluded.node_id returning *",
        f"insert into workflow_steps (trace_id, step_number, node_id) values (777777, 1, {N21})",
        "insert into workflow_steps (trace_id, step_number, node_id)"
        f" values ({TRACE}, 8, {NOBODY})",
        f"insert into workflow_steps (trace_id, step_number) values ({TRACE}, 8)",
        "update workflow_steps set retry_count = null where step_id = 151",
        "update workflow_steps set step_number = step_number + 100 where trace_id = 21"
        " returning step_id, step_number",
        # Events.
        f"insert into workflow_steps (trace_id, step_number, node_id) values ({TRACE}, 9, {N21})"
        " returning step_id",
        "insert into workflow_events (trace_id, step_id, event_type, event_data)"
        f" values ({TRACE}, {STEP}, 'clicked', '{{\"x\": 1.10}}') returning *",
        f"insert into workflow_events (trace_id, event_type) values ({TRACE}, 'nothing')",
        "insert into workflow_events (trace_id, step_id, event_type, event_data)"
        f" values ({TRACE}, 777777, 'clicked', '1')",
        "insert into workflow_events (trace_id, event_type, event_data)"
        " values (777777, 'clicked', '1')",
        'update workflow_events set "timestamp" = "timestamp" - interval \'1 day\''
        " where trace_id = 22 returning *",
        "delete from workflow_events where event_type = 'queued' and trace_id > 20 returning *",
        # Screenshots.
        "insert into workflow_trace_screenshot (trace_id, org_id, node_name, step_index,"
        " screenshot_url, action_description, node_id)"
        f" values ({TRACE}, {O2}, 'n', 1, 's3://a', 'a', {N21}) returning *",
        "insert into workflow_trace_screenshot (screenshot_id, trace_id, org_id, node_name,"
        " step_index, screenshot_url, action_description, node_id, confidence_score,"
        f" element_found) values ('{uuid('8005', 901)}', 15, {O2}, '', 77, '', '', {NOBODY},"
        " 1.0, null) returning *",
        "insert into workflow_trace_screenshot (trace_id, org_id, node_name, step_index,"
        " screenshot_url, action_description, node_id, confidence_score)"
        f" values ({TRACE}, {O2}, 'n', 1, 's3://a', 'a', {N21}, 10)",
        "insert into workflow_trace_screenshot (trace_id, org_id, node_name, step_index,"
        f" action_description, node_id) values ({TRACE}, {O2}, 'n', 1, 'a', {N21})",
        "update workflow_trace_screenshot set step_index = 2, confidence_score = 0.5,"
        " element_selector = 'b' where trace_id = 20 returning *",
        "delete from workflow_trace_screenshot where trace_id = 23 and step_index = 1 returning *",
        # Of another organisation than the run's, as one in ten.
        "select org_id, count(*) from workflow_trace_screenshot group by org_id",
        # Context and endpoints, which have no key.
        f"insert into workflow_trace_context (trace_id, key, value) values ({TRACE}, 'k', '1.10')"
        " returning *",
        f"insert into workflow_trace_context (trace_id, key, value) values ({TRACE}, 'k', '2')",
        "update workflow_trace_context set value = '[]', updated_at = now() where key = 'claim'"
        " and trace_id between 20 and 24 returning *",
        f"insert into workflow_trace_endpoint values ({TRACE}, 77), ({TRACE}, 78) returning *",
        f"insert into workflow_trace_endpoint values ({TRACE}, 77)",
        "delete from workflow_trace_endpoint where endpoint_id = 5 and trace_id > 24",
        # Configurations and page states.
        "insert into workflow_configs (org_id, workflow_id, name, config_type, config_data,"
        f" created_by) values ({O2}, {W1}, 'new', 'limits', '1', {U1})"
        " on conflict (org_id, workflow_id, name, config_type) do update set config_data = '2'"
        " returning name, config_data",
        f"update workflow_configs set org_id = {NOBODY} where name = 'new'",
        "insert into micro_state (workflow_id, node_id, dom_snapshot, action_json, semantic_spec)"
        f" values ({W1}, {N11}, '', '1', '{{\"dynamic_meta\": null}}') returning *",
        # Functions and views.
        f"select open_execution({O2}, {W1}, 'web', {U1}, 'call-7')",
        f"select open_execution({O2}, {W1}, 'web', {U1}, 'call-new')",
        f"select put_step({TRACE}, 1, {N21}, '1')",
        f"select put_step({TRACE}, 1, {N21})",
        f"select put_context({TRACE}, 'claim', '1')",
        f"select set_context({TRACE}, 'claim', '1')",
        f"select set_context({TRACE}, 'claim', '2')",
        f"select answer({TRACE}, 'yes', 7)",
        f"select take_screenshot({STEP}, 's3://f', 0.25)",
        "select take_screenshot(777777, 's3://f')",
        "select clone_execution(20)",
        f"select clone_execution({TRACE})",
        "insert into workflow_trace (org_id, workflow_id, channel, created_by, created_at)"
        f" values ({O2}, {W1}, 'web', {U1}, '2020-01-01 00:00:00+00');;"
        " select forget_executions('2021-01-01')",
        f"select tokens_of({O2})",
        "select trace_id, tier, step_number, step_status, took is null from execution_report",
        "select * from failed_execution order by trace_id",
        "update failed_execution set error_message = 'seen' where trace_id in (15, 23) returning *",
        "update failed_execution set status = 'active' where trace_id = 23",
        # Prepared on the tables.
        "execute steps_of(21)",
        f"execute note({TRACE}, 'prepared', '1')",
        f"execute set_status({TRACE}, 'prepared')",
        "execute shots_of(21)",
        # Roles: an organisation is named before anything is read.
        f"set local role cycle_rich_app;; set local app.current_org_id = {O2};;"
        " insert into workflow_trace (org_id, workflow_id, channel, created_by)"
        f" values ({O2}, {W1}, 'web', {U1}) returning trace_id;;"
        f" select put_step({TRACE}, 1, {N11});; select put_step({TRACE}, 1, {N11}, '1');;"
        f" select set_context({TRACE}, 'by', '1');; select take_screenshot({STEP}, '/h');;"
        f" insert into workflow_trace_endpoint values ({TRACE}, 3) returning *;;"
        f" select answer({TRACE}, 'yes', 1)",
        f"set local role cycle_rich_app;; set local app.current_org_id = {O2};;"
        " insert into workflow_trace (org_id, workflow_id, channel, created_by)"
        f" values ({O3}, {W2}, 'web', {U1})",
        f"set local role cycle_rich_app;; set local app.current_org_id = {O2};;"
        " select * from workflow_trace;; select * from workflow_configs;;"
        " update workflow_trace set duration_ms = 1;; delete from workflow_trace where tier = 5",
        "set local role cycle_rich_app;; set local app.current_org_id = '';;"
        " select count(*) from workflow_trace",
        # It has lost its privileges: no policy showed it a run.
        f"set local role cycle_rich_auditor;; set local app.current_org_id = {O2};;"
        " select trace_id, status from workflow_trace",
        f"set local role cycle_rich_report;; set local app.current_org_id = {O2};;"
        f" select trace_id, status, tier from workflow_trace where org_id = {O2};;"
        " select e.* from workflow_events as e"
        f" inner join workflow_trace as t on t.trace_id = e.trace_id where t.org_id = {O2};;"
        f" select count(*) from execution_report where org_id = {O2};;"
        " delete from workflow_events",
        f"set local role cycle_rich_writer;; set local app.current_org_id = {O3};;"
        " update workflow_trace set status = 'active', end_time = now() where trace_id = 26"
        " returning trace_id, status;; insert into workflow_steps (trace_id, step_number, node_id)"
        f" values (26, 909, {N21}) on conflict do nothing;; insert into workflow_events"
        " (trace_id, event_type, event_data) values (26, 'by a writer', '1') returning event_id",
        f"set local role cycle_rich_writer;; set local app.current_org_id = {O3};;"
        " update workflow_trace set tier = 1 where trace_id = 26",
    ),
    templates=(
        *COMMON_TEMPLATES,
        "insert into workflow_trace (org_id, workflow_id, channel, status, external_id, created_by,"
        f" start_time, tier) values ({O2}, <workflow>, <text>, <status>, <call>, <user>, <time>,"
        " <number>) returning trace_id, status",
        "update workflow_trace set tier = <number>, action_detail = <json>, error_detail = <json>,"
        " llm_response = <text> where trace_id = <trace> returning *",
        f"select open_execution({O2}, <workflow>, 'web', <user>, <call>)",
        "select put_step(<trace>, <number>, <node>, <json>)",
        "select set_context(<trace>, <key>, <json>)",
        RICH_CONTEXT,
        "select answer(<trace>, <text>, 3)",
        "select take_screenshot(<step>, <text>, 0.5)",
        "select clone_execution(<trace>)",
        "insert into workflow_trace_screenshot (trace_id, org_id, node_name, step_index,"
        " screenshot_url, action_description, node_id, created_at) select t.trace_id, t.org_id,"
        " <text>, <number>, <text>, <text>, <node>, <time> from workflow_trace as t"
        " where t.trace_id = <trace> returning *",
        "update workflow_trace_screenshot set step_index = <number>, thumbnail_url = <text>,"
        " node_id = <node> where trace_id = <trace> and step_index = <number> returning *",
        "delete from workflow_trace_screenshot where trace_id = <trace> and step_index = <number>",
        "select trace_id, status, step_number from execution_report where trace_id = <trace>",
    ),
    values={
        **COMMON_VALUES,
        "status": pick("'pending'", "'active'", "'completed'", "'failed'", "default", "''"),
        "step_status": pick("'pending'", "'active'", "'skipped'", "default", "null"),
    },
)

APPLICATIONS = (INIT, ALEMBIC, RICH)

# By statement or template.
LIMITS: dict[str, Limit] = {
    "update workflow_trace set created_at = null where trace_id = 6": NO_NULL,
    f"insert into workflow_trace (org_id) values ({O2})": NO_NULL,
    f"insert into workflow_trace (org_id, workflow_id, channel) values ({O2}, {W1}, 'web')": (
        NO_NULL
    ),
    "update workflow_trace set status = null where trace_id = 15": NO_NULL,
    f"insert into workflow_steps (trace_id, step_number) values ({TRACE}, 8)": NO_NULL,
    f"delete from app_user where user_id = '{uuid('8002', 6)}'": NO_NULL,
    f"insert into workflow_trace_endpoint values ({TRACE}, 77)": NO_KEY,
    RICH_CONTEXT: ON_CONFLICT,
    f"select put_context({TRACE}, 'claim', '1')": ON_CONFLICT,
    **{
        template: SEVERAL
        for application in APPLICATIONS
        for template in application.templates
        if template.startswith(("insert into workflow_steps", "insert into workflow_trace_s"))
        or "_step(" in template
    },
}


def unlike(control: Result, project: Result) -> str:
    """What two results do not have in common."""
    lines = []
    for name, found, other in (("control", control, project), ("project", project, control)):
        lines.append(f"    {name}: {found.sqlstate or ''} {found.message}{found.tag}")
        lines += [f"        {row}" for row in (Counter(found.rows) - Counter(other.rows))][:5]
    if control.columns != project.columns:
        lines.append(f"    columns: {control.columns} {project.columns}")
    return "\n".join(lines)


@dataclass
class Walk:
    """The same statements on a migrated database and on an unmigrated copy of it."""

    application: Application
    control: Connection
    project: Connection
    rng: random.Random
    phase: str = "adopted"
    statements: int = 0
    problems: list[str] = field(default_factory=list)
    met: set[str] = field(default_factory=set)
    sequences: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sessions = (Session(self.control), Session(self.project))
        for session in self.sessions:
            for text in (
                "set timezone = 'UTC'",
                "set statement_timeout = '20 s'",
                "set plan_cache_mode = force_generic_plan",
                *self.application.prepared,
            ):
                result = session.execute(text)
                assert not result.sqlstate, f"{text}: {result}"
        self.sequences = [
            row[0]
            for row in self.control.execute(
                "select c.relname from pg_class as c where c.relkind = 'S' and c.relnamespace"
                " = 'public'::regnamespace order by c.relname"
            )
        ]

    def both(self, text: str) -> tuple[Result, Result]:
        """Executes a statement on both."""
        for session in self.sessions:
            session.send(text)
        control, project = (session.result(False, "") for session in self.sessions)
        return control, project

    def continue_sequences(self) -> None:
        """A statement that failed takes numbers on one side only."""
        for name in self.sequences:
            text = f"select last_value, is_called from public.{name}"
            found = [side.execute(text).fetchone() for side in (self.control, self.project)]
            if found[0] != found[1]:
                assert found[0] is not None
                assert found[1] is not None
                last, called = max(found[0], found[1])
                for side in (self.control, self.project):
                    side.execute("select setval(%s, %s, %s)", (f"public.{name}", last, called))

    def execute(self, text: str, key: str | None = None) -> None:
        """Executes statements in a transaction, and notes what differs; then nothing remains."""
        key = key or text
        self.statements += 1
        self.both("begin")
        for part in text.split(";;"):
            control, project = self.both(part)
            if control != project or control.sqlstate:
                break
        limit = LIMITS.get(key)
        if control != project and limit is not None and limit.allows(control, project):
            self.met.add(key)
        elif control != project:
            self.problems.append(f"{self.phase}: {part.strip()}\n{unlike(control, project)}")
        # A limit is no part of what the two go on with.
        if control == project and (limit is None or limit.stays):
            ended = self.both("commit")
            if ended[0] != ended[1]:
                self.problems.append(f"{self.phase}: commit of {text}\n{unlike(*ended)}")
        else:
            self.both("rollback")
        if control != project or control.sqlstate:
            self.continue_sequences()

    def drawn(self, template: str) -> str:
        """A random statement."""
        values = self.application.values
        return re.sub(r"<(\w+)>", lambda found: values[found[1]](self.rng), template)

    def histories(self, number: int = HISTORIES) -> None:
        """Random statements."""
        for _ in range(number):
            template = self.rng.choice(self.application.templates)
            self.execute(self.drawn(template), template)

    def application_runs(self) -> None:
        """Every statement of the application."""
        for text in self.application.statements:
            self.execute(text)

    def compare(self) -> None:
        """The rows of all eight names, and what the project itself finds."""
        shown = [
            {
                name: Counter(tuple(map(shape, row)) for row in found.elements())
                for name, found in all_rows(side).items()
            }
            for side in (self.control, self.project)
        ]
        for name in shown[0]:
            missing = shown[0][name] - shown[1][name]
            more = shown[1][name] - shown[0][name]
            if missing or more:
                self.problems.append(
                    f"{self.phase}: rows of {name}\n    only control: {[*missing.elements()][:5]}"
                    f"\n    only project: {[*more.elements()][:5]}"
                )
        if self.phase == "reverted" or self.phase.startswith("contract"):
            return
        self.project.execute("call consolidation.catch_up()")
        found = differences(self.project)
        if found:
            self.problems.append(f"{self.phase}: differences() {found[:5]}")

    def enter(self, phase: str) -> None:
        """Compares at the end of a phase; then another one begins."""
        self.compare()
        self.phase = phase

    @contextmanager
    def traffic(self) -> Iterator[None]:
        """Random statements in the background, one after the other, while the block runs."""
        stop = threading.Event()

        def statements() -> None:
            while not stop.is_set():
                self.histories(1)

        background = Background(statements)
        try:
            yield
        finally:
            stop.set()
        background.result()


def cure(name: str, application: Application) -> None:
    """Executes remedies, until script/assess refuses nothing but what is accepted later."""
    left = dict(application.cured)
    for _ in range(3):
        _, refused = assess(name)
        found = {key: finding for key, finding in refused.items() if key in left}
        if not found:
            break
        for key, finding in found.items():
            psql(name, stdin=left.pop(key) or printed(finding["remedy"]))
    assert left == {}
    assert set(refused) == set(application.accepted)


def accept(connection: Connection, application: Application) -> None:
    """Accepts what the application can live without, as docs/operations.md says."""
    refused = connection.execute(
        "select kind, object from consolidation.preflight where severity = 'refuse'"
    ).fetchall()
    assert {f"{kind} {thing}" for kind, thing in refused} == set(application.accepted)
    for kind, thing in refused:
        connection.execute(
            "insert into consolidation.accepted (kind, object, reason) values (%s, %s, %s)",
            (kind, thing, application.accepted[f"{kind} {thing}"]),
        )


@pytest.fixture(scope="module", autouse=True)
def roles_of_applications() -> Iterator[None]:
    """The scripts create the roles of an application if they are missing."""
    yield
    with connect("postgres") as connection:
        for (role,) in connection.execute(
            "select quote_ident(rolname) from pg_roles where rolname ~ %s",
            ("^cycle_(init|alembic|rich)_",),
        ).fetchall():
            connection.execute(f"drop role {role}")


def contract(name: str, *arguments: str) -> Any:
    """Sqitch, with the plan that drops the old tables."""
    return sqitch(name, "--chdir", "contract", *arguments)


@pytest.mark.parametrize("application", APPLICATIONS, ids=lambda found: str(found.name))
def test_a_database_goes_there_and_back_under_its_application(application: Application) -> None:
    with database() as name:
        psql(name, f"--file=script/databases/{application.name}.sql", "--output=/dev/null")
        cure(name, application)
        definition = dump(name)
        with database(name) as copy:
            walk_through(application, name, copy)
            assert changed(definition, dump(copy)) == []
            assert changed(definition, dump(name)) == []


def test_each_limit_is_one_of_the_page() -> None:
    page = (ROOT / "docs" / "old-names.md").read_text()
    assert [limit for limit in LIMITS.values() if f"\n| {limit.says}" not in page] == []


def walk_through(application: Application, name: str, copy: str) -> None:
    """All phases; fails at the end with everything that differed."""
    sqitch(name, "deploy", "--log-only", "--verify", "--to", "@baseline")
    sqitch(name, "deploy", "--to", "@expand")
    with connect(copy) as control, connect(name) as project:
        accept(project, application)
        assert assess(name) == (0, {})
        walk = Walk(application, control, project, random.Random(SEED))
        try:
            phases(walk, name)
        finally:
            # Also where a script of the project fails.
            print("\n".join(walk.problems))
    assert walk.problems == [], "\n".join(["", *walk.problems])


def phases(walk: Walk, name: str) -> None:
    """There, back, there again, through the contract and its revert, and back to the baseline."""
    walk.histories()
    walk.phase = "carrying over"
    with walk.traffic():
        sqitch(name, "deploy", "--to", "@carried_over")
    walk.enter("carried over")
    walk.histories()
    walk.phase = "cutting over"
    with walk.traffic():
        sqitch(name, "deploy")
    walk.enter("cut over")
    walk.application_runs()
    walk.enter("cut over, random")
    walk.histories()
    sqitch(name, "verify")
    walk.enter("cutting back")
    with walk.traffic():
        sqitch(name, "revert", "-y", "--to", "@carried_over")
    walk.enter("carried over again")
    walk.application_runs()
    walk.histories()
    sqitch(name, "deploy")
    walk.enter("cut over again")
    walk.histories()
    walk.enter("contract")
    contract(name, "deploy", "--to", "drop_old_tables")
    walk.application_runs()
    walk.histories()
    walk.compare()
    walk.phase = "building again"
    with walk.traffic():
        contract(name, "revert", "-y")
    walk.enter("built again")
    walk.histories()
    walk.compare()
    sqitch(name, "revert", "-y", "--to", "@baseline")
    walk.phase = "reverted"
    walk.application_runs()
    walk.compare()
