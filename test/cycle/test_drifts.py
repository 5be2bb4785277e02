"""Real databases differ from the baseline: a drift is carried, or refused before the first change.

One column, key, default, type, setting or object a drift. Those that are carried go through the
whole plan and back together; what they show, take and give back is that of an unmigrated copy. Each
that is refused is named by script/assess and by Sqitch, which then changes nothing; its remedy is
executed as it is printed, and after all of them script/assess finds nothing. Run with -s, the
matrix is printed.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from conftest import ROOT, connect, database, psql, run, sqitch
from helpers_cycle import (
    NODE,
    NORTH,
    SOUTH,
    USER,
    WORKFLOW,
    Connection,
    all_rows,
    changed,
    columns,
    differences,
    dump,
    execute_script,
    one,
    shrink,
    statement,
    wait_for_lock,
)
from test_refusals import nothing_changes


@dataclass(frozen=True)
class Drift:
    """A drift: what it is, the statements that make it, and what assess says of it."""

    name: str
    statements: str
    # Refused: kind and object of the finding. Carried: "".
    finding: str = ""
    # What cures it where the remedy is no statement; "" executes the remedy as it is printed.
    cure: str = ""


def enum(name: str, table: str, column: str, labels: str, default: str | None) -> str:
    """An enumeration in place of text."""
    set_default = f"alter {column} set default '{default}'" if default else ""
    return f"""
        create type {name} as enum ({labels});
        alter table {table} alter {column} drop default;
        alter table {table} alter {column} type {name} using {column}::{name};
        {f"alter table {table} {set_default};" if default else ""}
    """


def serial(table: str, column: str) -> str:
    """A sequence and a default in place of an identity."""
    name = f"{table}_{column}_seq"
    return f"""
        alter table {table} alter {column} drop identity;
        create sequence {name} start 5000 owned by {table}.{column};
        alter table {table} alter {column} set default nextval('{name}');
    """


CARRIED = [
    Drift(
        "workflow_trace.status: an enumeration",
        enum("trace_status", "workflow_trace", "status", "'pending', 'running', 'new'", "pending"),
    ),
    Drift(
        "workflow_trace.channel: an enumeration",
        enum("workflow_channel", "workflow_trace", "channel", "'web', 'voice'", None),
    ),
    Drift(
        "workflow_steps.status: an enumeration",
        enum("step_status", "workflow_steps", "status", "'pending', 'running'", "pending"),
    ),
    Drift("external_id: text", "alter table workflow_trace alter external_id type text"),
    Drift("llm_model: varchar(20)", "alter table workflow_trace alter llm_model type varchar(20)"),
    Drift("action_type: char(10)", "alter table workflow_trace alter action_type type char(10)"),
    Drift("tier: integer", "alter table workflow_trace alter tier type integer"),
    Drift("llm_tokens_used: bigint", "alter table workflow_trace alter llm_tokens_used type int8"),
    Drift("duration_ms: smallint", "alter table workflow_trace alter duration_ms type smallint"),
    Drift("trace_id: integer", "alter table workflow_trace alter trace_id type integer"),
    Drift("trace_id of events: integer", "alter table workflow_events alter trace_id type integer"),
    Drift("step_id: integer", "alter table workflow_steps alter step_id type integer"),
    Drift(
        "context_id: integer",
        "alter table workflow_trace_context alter context_id type integer",
    ),
    Drift("event_type: text", "alter table workflow_events alter event_type type text"),
    Drift(
        "node_name of screenshots: text",
        "alter table workflow_trace_screenshot alter node_name type text",
    ),
    Drift("key of context: text", "alter table workflow_trace_context alter key type text"),
    Drift(
        "endpoint_id: integer", "alter table workflow_trace_endpoint alter endpoint_id type integer"
    ),
    Drift("event_id: integer", "alter table workflow_events alter event_id type integer"),
    Drift(
        "retry_count: null allowed, and there is one",
        "alter table workflow_steps alter retry_count drop not null;"
        "update workflow_steps set retry_count = null where step_id = 11",
    ),
    Drift(
        "timestamp of events: null allowed, and there is one",
        'alter table workflow_events alter "timestamp" drop not null;'
        'update workflow_events set "timestamp" = null where event_id = 111',
    ),
    Drift(
        "created_at of context: null allowed, and there is one",
        "alter table workflow_trace_context alter created_at drop not null;"
        "update workflow_trace_context set created_at = null where context_id = 101",
    ),
    Drift(
        "created_at of runs: null allowed",
        "alter table workflow_trace alter created_at drop not null",
    ),
    Drift("org_id: null allowed", "alter table workflow_trace alter org_id drop not null"),
    Drift("workflow_id: not null", "alter table workflow_trace alter workflow_id set not null"),
    Drift(
        "status of runs: another default",
        "alter table workflow_trace alter status set default 'new'",
    ),
    Drift("channel: a default", "alter table workflow_trace alter channel set default 'web'"),
    Drift("success: no default", "alter table workflow_trace alter success drop default"),
    Drift(
        "retry_count: another default", "alter table workflow_steps alter retry_count set default 3"
    ),
    Drift("trace_id: a serial", serial("workflow_trace", "trace_id")),
    Drift("event_id: a serial", serial("workflow_events", "event_id")),
    Drift(
        "step_id: generated always", "alter table workflow_steps alter step_id set generated always"
    ),
    Drift("a further index", "create index on workflow_trace (session_id)"),
    Drift("an index is missing", "drop index workflow_events_step_id_idx"),
    Drift("a further check", "alter table workflow_trace add check (duration_ms <> 7)"),
    Drift(
        "a key to another table",
        """
        create table organisation (org_id uuid primary key);
        insert into organisation select distinct org_id from workflow_trace;
        alter table workflow_trace add foreign key (org_id) references organisation;
        """,
    ),
    Drift(
        "no key to the steps",
        "alter table workflow_events drop constraint workflow_events_step_id_fkey",
    ),
    Drift(
        "a further column of runs: an enumeration with a default",
        """
        create type severity as enum ('low', 'high');
        alter table workflow_trace add severity severity default 'low';
        update workflow_trace set severity = 'high' where trace_id = 2;
        create view severe as select severity, status from workflow_trace where tier = 7;
        """,
    ),
    Drift(
        "a further column of runs: an array, not null",
        "alter table workflow_trace add tags text[] not null default '{}'",
    ),
    Drift(
        "a further column of runs: a name in quotes",
        'alter table workflow_trace add "Cost (%) of ""it"", \\1 €" numeric(9, 4) default 1.50',
    ),
    Drift(
        "a further column of runs: a key to another table, an index",
        """
        create table person (person_id integer primary key);
        insert into person values (1), (2);
        alter table workflow_trace add assigned_to integer references person;
        create index on workflow_trace (assigned_to);
        update workflow_trace set assigned_to = 1 where trace_id = 2;
        """,
    ),
    Drift(
        "a further column of runs: a check with another column, unique",
        """
        alter table workflow_trace add failure_code text;
        alter table workflow_trace add check (tier <> 9 or failure_code is not null);
        alter table workflow_trace add unique (failure_code);
        update workflow_trace set failure_code = concat('f', trace_id);
        """,
    ),
    Drift(
        "a further column of steps: jsonb, with nulls of both kinds",
        """
        alter table workflow_steps add further jsonb;
        update workflow_steps set further = '{"a": null, "b": 1.10}' where step_id = 11;
        update workflow_steps set further = 'null' where step_id = 12;
        """,
    ),
    Drift(
        "a further column of steps: org_id, of a domain",
        """
        create domain organisation_id as uuid check (value is not null);
        alter table workflow_steps add org_id organisation_id
        default '00000000-0000-4000-8000-000000000000';
        """,
    ),
    Drift(
        "a further column of events: an enumeration with a default",
        """
        create type urgency as enum ('low', 'high');
        alter table workflow_events add urgency urgency default 'low';
        update workflow_events set urgency = 'high' where event_id = 111;
        create view urgent as
        select urgency, event_data from workflow_events where urgency = 'high';
        """,
    ),
    Drift(
        "further columns of events: text, numeric, a time, a date",
        """
        alter table workflow_events
        add source text, add cost numeric, add seen_at timestamptz, add due date;
        update workflow_events
        set
            source = 'a"b', cost = 1.10, seen_at = '2024-02-29 10:00:00.123+05',
            due = '0044-03-15 BC'
        where event_id = 111;
        """,
    ),
    Drift(
        "further columns of screenshots: boolean, bigint, uuid",
        """
        alter table workflow_trace_screenshot
        add is_public boolean default true, add bytes bigint, add shared_with uuid;
        update workflow_trace_screenshot set is_public = false, bytes = 9223372036854775807;
        """,
    ),
    Drift(
        "a further column of events: jsonb, with nulls of both kinds",
        """
        alter table workflow_events add details jsonb;
        update workflow_events set details = '{"a": null, "b": 1.10}' where event_id = 111;
        update workflow_events set details = 'null' where event_id = 112;
        """,
    ),
    Drift(
        "workflow_configs: a further column", "alter table workflow_configs add column extra text"
    ),
    Drift("micro_state: a missing column", "alter table micro_state drop column text_emb"),
    Drift(
        "a view",
        "create view running as select status, tier from workflow_trace",
    ),
    Drift(
        "a function with a SQL-standard body",
        "create function events_of(bigint) returns bigint language sql stable "
        "return (select count(*) from workflow_events as e where e.trace_id = $1)",
    ),
    Drift("a storage parameter", "alter table workflow_events set (fillfactor = 70)"),
    Drift("a comment", "comment on column workflow_trace.tier is 'ours'"),
    Drift("llm_response: missing", "alter table workflow_trace drop llm_response"),
    Drift(
        "most columns of runs that can be null are missing",
        """
        alter table workflow_trace
        drop llm_prompt, drop user_id, drop session_id, drop error_detail, drop action_detail,
        drop config_snapshot, drop batch_job_item_id, drop start_time;
        """,
    ),
    Drift(
        "columns in another order",
        """
        alter table workflow_trace drop error_message;
        alter table workflow_trace add error_message text;
        update workflow_trace set error_message = 'e' where trace_id = 2;
        """,
    ),
    Drift("metadata of steps: missing", "alter table workflow_steps drop metadata"),
    Drift(
        "input_data of steps: in another order",
        """
        alter table workflow_steps drop input_data;
        alter table workflow_steps add input_data jsonb;
        """,
    ),
    Drift(
        "columns of screenshots are missing",
        """
        alter table workflow_trace_screenshot
        drop thumbnail_url, drop element_selector, drop element_found, drop confidence_score;
        """,
    ),
    Drift(
        "node_id of screenshots: in another order",
        """
        alter table workflow_trace_screenshot drop node_id;
        alter table workflow_trace_screenshot add node_id uuid;
        """,
    ),
    Drift("updated_at of context: missing", "alter table workflow_trace_context drop updated_at"),
    Drift(
        "another collation",
        'alter table workflow_trace alter tier_reason type text collate "C"',
    ),
]

# The baseline's comparison refuses these, before Sqitch has deployed anything.
NOT_ADOPTED = [
    Drift(
        "duration_ms: text",
        "alter table workflow_trace alter duration_ms type text",
        "column public.workflow_trace.duration_ms",
    ),
    Drift(
        "start_time: timestamp without time zone",
        "alter table workflow_trace alter start_time type timestamp",
        "column public.workflow_trace.start_time",
    ),
    Drift(
        "config_snapshot: json",
        "alter table workflow_trace alter config_snapshot type json",
        "column public.workflow_trace.config_snapshot",
    ),
    Drift(
        "batch_job_item_id: text",
        "alter table workflow_trace alter batch_job_item_id type text",
        "column public.workflow_trace.batch_job_item_id",
    ),
    Drift(
        "success: text",
        "alter table workflow_trace alter success type text",
        "column public.workflow_trace.success",
    ),
    Drift(
        "retry_count: numeric",
        "alter table workflow_steps alter retry_count type numeric",
        "column public.workflow_steps.retry_count",
    ),
    Drift(
        "confidence_score: double precision",
        "alter table workflow_trace_screenshot alter confidence_score type float8",
        "column public.workflow_trace_screenshot.confidence_score",
    ),
    Drift(
        "step_index: bigint",
        "alter table workflow_trace_screenshot alter step_index type bigint",
        "column public.workflow_trace_screenshot.step_index",
    ),
    Drift(
        "step_number: smallint",
        "alter table workflow_steps alter step_number type smallint",
        "column public.workflow_steps.step_number",
    ),
    Drift(
        "event_type: an enumeration",
        enum("event_type", "workflow_events", "event_type", "'page_loaded', 'started'", None),
        "column public.workflow_events.event_type",
    ),
    Drift(
        "channel: missing, and needed",
        "alter table workflow_trace drop channel",
        "column public.workflow_trace.channel",
        "PRINTED update workflow_trace set channel = 'web'",
    ),
    Drift(
        "a further column of context",
        "alter table workflow_trace_context add severity text",
        "column public.workflow_trace_context.severity",
    ),
    Drift(
        "a further column of events: json",
        "alter table workflow_events add details json",
        "column public.workflow_events.details",
    ),
    Drift(
        "a further column of screenshots: bytea",
        "alter table workflow_trace_screenshot add format bytea",
        "column public.workflow_trace_screenshot.format",
    ),
    Drift(
        "a further column of runs with a sequence",
        "alter table workflow_trace add ordinal bigserial",
        "column public.workflow_trace.ordinal",
    ),
    Drift(
        "a further column of steps, generated",
        "alter table workflow_steps add next integer generated always as (step_number + 1) stored",
        "column public.workflow_steps.next",
    ),
    Drift(
        "a column of another name",
        "alter table workflow_trace_context rename updated_at to changed_at",
        "column public.workflow_trace_context.changed_at",
        "alter table workflow_trace_context rename changed_at to updated_at",
    ),
    Drift(
        "a generated column",
        "alter table workflow_trace drop tier;"
        "alter table workflow_trace add tier smallint generated always as (2) stored",
        "column public.workflow_trace.tier",
    ),
    Drift(
        "a name that is taken by a table",
        "create table user_workflow_config (id integer)",
        "name public.user_workflow_config",
    ),
    Drift(
        "a name that is taken by a view",
        "create view not_isolated as select 1 as one",
        "name public.not_isolated",
    ),
    Drift(
        "a name that is taken by an index",
        "create index idx_run_workflow on workflow_trace (workflow_id)",
        "name public.idx_run_workflow",
    ),
    Drift(
        "a name that is taken by a type",
        "create type user_workflow_run as enum ('a')",
        "name public.user_workflow_run",
    ),
    Drift("a schema that is taken", "create schema legacy", "name legacy"),
    Drift(
        "a function that would be ambiguous",
        "create function get_context(bigint, text) returns jsonb language sql return null::jsonb",
        "function public.get_context(bigint,text)",
    ),
    Drift(
        "one in a schema of the search path",
        """
        create schema app;
        create function app.add_event(bigint, text, jsonb default null) returns bigint
        language sql return 1;
        do $$ begin
            execute format('alter database %I set search_path = app, public', current_database());
        end $$
        """,
        "function app.add_event(bigint,text,jsonb)",
    ),
    Drift(
        "a declaration that somebody else can write",
        "create table public.workflow_column_source "
        "(table_name text, column_name text, expression text);"
        "grant insert on public.workflow_column_source to drift_role",
        "declaration workflow_column_source",
        "drop table public.workflow_column_source",
    ),
    Drift(
        "a partitioned table",
        """
        drop table workflow_trace_endpoint;
        create table workflow_trace_endpoint (
            trace_id bigint not null references workflow_trace on delete cascade,
            endpoint_id bigint not null, primary key (trace_id, endpoint_id)
        ) partition by hash (trace_id)
        """,
        "table public.workflow_trace_endpoint",
        """
        alter table workflow_trace_endpoint rename to partitioned;
        create table public.workflow_trace_endpoint (like partitioned including all);
        insert into workflow_trace_endpoint select * from partitioned;
        drop table partitioned
        """,
    ),
    Drift(
        "a table of another schema",
        "create schema elsewhere; alter table micro_state set schema elsewhere",
        "table public.micro_state",
    ),
    Drift(
        "a missing table",
        "alter table workflow_configs rename to configs",
        "table public.workflow_configs",
        "alter table configs rename to workflow_configs",
    ),
    Drift(
        "a publication of all tables",
        "create publication everything for all tables",
        "publication everything",
    ),
    Drift(
        "a publication of the schema",
        "create publication of_public for tables in schema public",
        "publication of_public",
    ),
    Drift(
        "a subscription",
        """
        set allow_system_table_mods = on;
        create subscription drift_subscription connection 'dbname=nowhere' publication p
        with (connect = false, enabled = false, slot_name = none, create_slot = false);
        insert into pg_subscription_rel (srsubid, srrelid, srsubstate)
        select s.oid, 'workflow_events'::regclass, 'i' from pg_subscription as s
        where s.subname = 'drift_subscription'
        """,
        "subscription drift_subscription of workflow_events",
        "drop subscription drift_subscription",
    ),
]

# The preflight refuses these, which Sqitch asks before it carries anything over.
NOT_CARRIED = [
    Drift(
        "a run without a workflow",
        "update workflow_trace set workflow_id = null where trace_id = 1",
        "row 1 rows of workflow_trace: workflow_id is null",
        f"update workflow_trace set workflow_id = '{WORKFLOW}' where trace_id = 1",
    ),
    Drift(
        "a run without a channel",
        "update workflow_trace set channel = null where trace_id = 1",
        "row 1 rows of workflow_trace: channel is null",
        "update workflow_trace set channel = 'web' where trace_id = 1",
    ),
    Drift(
        "a step without a node",
        "update workflow_steps set node_id = null where step_id = 21",
        "row 1 rows of workflow_steps: node_id is null",
        f"update workflow_steps set node_id = '{NODE}' where step_id = 21",
    ),
    Drift(
        "an event on a step of another run",
        "update workflow_events set step_id = 21 where event_id = 111",
        "row 1 rows of workflow_events: the step belongs to another run",
        "update workflow_events set step_id = 11 where event_id = 111",
    ),
    Drift(
        "a run without an organisation",
        "alter table workflow_trace alter org_id drop not null;"
        "update workflow_trace set org_id = null where trace_id = 1",
        "row 1 rows of workflow_trace: org_id is null",
        f"update workflow_trace set org_id = '{NORTH}' where trace_id = 1",
    ),
    Drift(
        "an event_type that is too long",
        "alter table workflow_events alter event_type type text;"
        "update workflow_events set event_type = repeat('x', 300) where event_id = 112",
        "row 1 rows of workflow_events: event_type is longer than 100 characters",
        "update workflow_events set event_type = 'x' where event_id = 112",
    ),
    Drift(
        "node_name of screenshots: varchar(40)",
        "alter table workflow_trace_screenshot alter node_name type varchar(40)",
        "narrow column workflow_trace_screenshot.node_name is character varying(40)",
        "insert into consolidation.accepted (kind, object, reason) values ('narrow column', "
        "'workflow_trace_screenshot.node_name is character varying(40)', 'names are short')",
    ),
    Drift(
        "a further column of screenshots: not null",
        "alter table workflow_trace_screenshot add format text not null default 'png'",
        "not null workflow_trace_screenshot.format",
    ),
    Drift(
        "a trigger",
        "create function rest() returns trigger language plpgsql as 'begin return new; end';"
        "create trigger rest before insert on workflow_steps for each row execute function rest()",
        "trigger rest on workflow_steps",
        "drop trigger rest on workflow_steps",
    ),
    Drift(
        "a materialized view",
        "create materialized view by_status as select status from workflow_trace group by status",
        "materialized view public.by_status",
        "drop materialized view by_status",
    ),
    Drift(
        "a rule",
        "create rule noted as on delete to workflow_trace_endpoint do also select 1",
        "rule public.workflow_trace_endpoint",
        "drop rule noted on workflow_trace_endpoint",
    ),
    Drift(
        "a function of the row type",
        "create function age(workflow_trace) returns interval language sql "
        "return now() - $1.created_at",
        "row type function public.age(public.workflow_trace)",
        "drop function age(workflow_trace)",
    ),
    Drift(
        "a function with on conflict on a view",
        "create function note() returns void language sql as 'insert into workflow_trace_context "
        "(trace_id, key, value) values (1, ''a'', ''1'') on conflict do nothing'",
        "function public.note()",
        "drop function note()",
    ),
    Drift(
        "a view that shows an id of another width",
        "alter table workflow_trace_context alter context_id type integer;"
        "create view context_ids as select context_id from workflow_trace_context",
        "view public.context_ids",
        "drop view context_ids",
    ),
    Drift(
        "a view whose group by needs the key",
        "create view newest as select t.trace_id, t.status from workflow_trace as t "
        "group by t.trace_id",
        "view public.newest",
        "drop view newest",
    ),
    Drift(
        "a policy of another table",
        "create table node (node_id uuid);"
        "create policy used on node using (node_id in (select node_id from workflow_steps))",
        "policy used on public.node",
        "drop policy used on node",
    ),
    Drift(
        "row level security on one table",
        "alter table workflow_trace_context enable row level security",
        "row level security workflow_trace_context",
        "alter table workflow_trace_context disable row level security",
    ),
    Drift(
        "a role that may read one column",
        "grant select (status) on workflow_trace to drift_role",
        "column privilege select (status) on workflow_trace to drift_role",
        "revoke select (status) on workflow_trace from drift_role",
    ),
    Drift(
        "a role that may write and not read",
        "grant delete on workflow_events to drift_role",
        "write-only privilege DELETE on workflow_events to drift_role",
        "revoke delete on workflow_events from drift_role",
    ),
    Drift(
        "a role that may read a view alone",
        "create view of_steps as select status from workflow_steps;"
        "grant select on of_steps to drift_role",
        "view privilege public.of_steps to drift_role",
        "revoke select on of_steps from drift_role",
    ),
    Drift(
        "a sequence of another name",
        "alter sequence workflow_trace_trace_id_seq rename to trace_ids",
        "sequence trace_ids",
    ),
    Drift(
        "ids of a sequence that nobody owns",
        "alter table workflow_steps alter step_id drop identity;"
        "create sequence step_ids start 5000;"
        "alter table workflow_steps alter step_id set default nextval('step_ids')",
        "sequence workflow_steps.step_id",
    ),
    Drift(
        "ids of no sequence",
        "alter table workflow_events alter event_id drop identity",
        "sequence workflow_events.event_id",
    ),
    Drift(
        "no index on trace_id",
        "drop index workflow_events_trace_id_idx",
        "index workflow_events (trace_id)",
    ),
    Drift(
        "a table that inherits",
        "create table archived () inherits (workflow_events)",
        "inheritance public.archived of public.workflow_events",
        "drop table archived",
    ),
    Drift(
        "a key to an element",
        "create table reading (event_id bigint references workflow_events)",
        "incoming foreign key reading_event_id_fkey on public.reading",
        "drop table reading",
    ),
    Drift(
        "a publication of one table",
        "create publication of_events for table workflow_events",
        "publication of_events of workflow_events",
        "drop publication of_events",
    ),
]


PRINTED = re.compile(
    r"((?:begin; |set lock_timeout = '2s'; )?(?:drop|alter|create|set) .*?)"
    r"(?: -- .*|; create it again after.*|, or accept it.*)?$"
)


def printed(remedy: str) -> str:
    """The statements of a remedy, which stand between words to the reader."""
    found = PRINTED.search(remedy)
    assert found is not None, f"no statement in: {remedy}"
    return found[1]


def assess(name: str) -> tuple[int, dict[str, dict[str, str]]]:
    """The exit status of script/assess, and what it refuses by kind and object."""
    result = run("./script/assess", "--json", name, check=False)
    assert result.returncode in (0, 1), result.stderr
    report = json.loads(result.stdout)
    refused = {
        f"{finding['kind']} {finding['object']}": finding
        for finding in report["findings"]
        if finding["severity"] == "refuse"
    }
    assert (result.returncode == 0) == report["will_go_through"] == (not refused)
    return result.returncode, refused


def cure(name: str, drift: Drift, finding: dict[str, str]) -> None:
    """Does what the remedy says: its statements as they are printed, or what its words mean."""
    statements = drift.cure
    if not statements or statements.startswith("PRINTED"):
        statements = f"{printed(finding['remedy'])};{drift.cure.removeprefix('PRINTED')}"
    psql(name, stdin=statements)


# What became of each drift, as the tests found it.
MATRIX: list[tuple[str, str]] = []


@pytest.fixture(scope="module")
def small_template() -> Iterator[str]:
    """The eight tables with two runs, of which Sqitch knows nothing."""
    with database() as name:
        psql(name, "--file=deploy/baseline.sql")
        with connect(name) as connection:
            shrink(connection)
        yield name


@pytest.fixture(scope="module", autouse=True)
def drift_role() -> Iterator[None]:
    """A role that drifts give privileges to; made before the databases that know it."""
    with connect("postgres") as connection:
        connection.execute("drop role if exists drift_role")
        connection.execute("create role drift_role")
    yield
    with connect("postgres") as connection:
        connection.execute("drop role drift_role")


@pytest.fixture
def small(small_template: str) -> Iterator[str]:
    """A copy of that."""
    with database(small_template) as name:
        yield name


def make(name: str, drifts: list[Drift]) -> None:
    """Makes the drifts in a database."""
    for drift in drifts:
        psql(name, stdin=drift.statements)


TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d.*")

WRITES = f"""
    insert into workflow_trace (org_id, workflow_id, created_by, status)
    values ('{NORTH}', '{WORKFLOW}', '{USER}', 'running');
    insert into workflow_trace (trace_id, org_id, workflow_id, created_by, channel)
    values (901, '{NORTH}', '{WORKFLOW}', '{USER}', 'voice');
    insert into workflow_steps (trace_id, step_number, node_id) values (901, 1, '{NODE}');
    update workflow_steps set status = 'running', retry_count = default where step_id = 12;
    update workflow_trace set llm_model = 'm', tier = 7, tier_reason = 'x' where trace_id = 2;
    insert into workflow_events (trace_id, event_type, event_data) values (901, 'noted', '1');
    insert into workflow_trace_context (trace_id, key, value) values (901, 'k', '1.10');
    insert into workflow_trace_endpoint (trace_id, endpoint_id) values (901, 77);
    delete from workflow_events where event_id = 112;
    insert into workflow_events (trace_id, event_type, event_data, source, seen_at)
    values (901, 'seen', '2', null, '2025-07-01 12:00:00.5+02');
    update workflow_events
    set urgency = 'low', due = '2025-12-31', cost = null, details = '[null, 1.0]'
    where event_id = 111;
    update workflow_trace_screenshot set bytes = 7, shared_with = '{USER}' where trace_id = 1;
    insert into workflow_trace (trace_id, org_id, workflow_id, created_by, tier, failure_code)
    values (902, '{NORTH}', '{WORKFLOW}', '{USER}', 9, 'f902');
    update workflow_trace set severity = 'high', tags = '{{a,b}}', assigned_to = 2
    where trace_id = 901;
    update workflow_trace set failure_code = 'g', "Cost (%) of ""it"", \\1 €" = default
    where trace_id = 2;
    update workflow_steps set further = '{{"a": [1.0, null]}}', org_id = '{NORTH}'
    where step_id = 11;
    insert into workflow_trace_screenshot (
        screenshot_id, trace_id, org_id, node_name, step_index, screenshot_url, action_description,
        node_id
    )
    values (
        '00000000-0000-4000-8005-000000000009', 901, '{NORTH}', 'n', 1, 's3://9', 'a', '{NODE}'
    );
"""


def shown(connection: Connection, clock: str) -> dict[str, Counter[Any]]:
    """What the eight names show; times after the clock are all the same."""
    return {
        name: Counter(
            tuple(
                "later" if value is not None and TIME.fullmatch(value) and value > clock else value
                for value in row
            )
            for row in found.elements()
        )
        for name, found in all_rows(connection).items()
    }


def test_carried_drifts_go_there_and_back(small_template: str) -> None:
    """All of them in one database: equal, written to as an unmigrated copy, and reverted."""
    with database(small_template) as name:
        make(name, CARRIED)
        definition = dump(name)
        assert assess(name) == (0, {})
        with connect(name) as connection:
            before = all_rows(connection)
            clock = one(connection, "select (now() at time zone 'UTC')::text")
        with database(name) as copy:
            sqitch(name, "deploy", "--log-only", "--verify", "--to", "@baseline")
            sqitch(name, "deploy")
            sqitch(name, "verify")
            with connect(name) as migrated, connect(copy) as unmigrated:
                assert all_rows(migrated) == before
                assert differences(migrated) == []
                execute_script(migrated, WRITES)
                execute_script(unmigrated, WRITES)
                wanted = shown(unmigrated, clock)
                assert shown(migrated, clock) == wanted
            sqitch(name, "revert", "-y", "--to", "@baseline")
            with connect(name) as reverted:
                assert shown(reverted, clock) == wanted
            assert changed(definition, dump(name)) == []
    MATRIX.extend((drift.name, "carried") for drift in CARRIED)


def by_name(connection: Connection) -> dict[str, Counter[Any]]:
    """What the eight names show, whatever the order of their columns."""
    return {
        name: Counter(
            frozenset(zip(columns(connection, name), row, strict=True)) for row in found.elements()
        )
        for name, found in all_rows(connection).items()
    }


def test_drifts_that_are_not_adopted_are_cured_as_it_is_printed(small: str) -> None:
    """Named all at once by assess and by the adoption, which changes nothing; then cured."""
    make(small, NOT_ADOPTED)
    try:
        status, refused = assess(small)
        assert status == 1
        assert {drift.finding for drift in NOT_ADOPTED} - set(refused) == set()
        with connect(small) as connection, nothing_changes(connection):
            result = sqitch(
                small, "deploy", "--log-only", "--verify", "--to", "@baseline", check=False
            )
        assert result.returncode != 0
        said = result.stdout + result.stderr
        assert [d for d in NOT_ADOPTED if d.finding.partition(" ")[2] not in said] == []
        for drift in reversed(NOT_ADOPTED):
            cure(small, drift, refused[drift.finding])
    finally:
        psql(small, "--command=drop subscription if exists drift_subscription")
    assert assess(small) == (0, {})
    sqitch(small, "deploy", "--log-only", "--verify", "--to", "@baseline")
    MATRIX.extend((drift.name, f"refused: {drift.finding}") for drift in NOT_ADOPTED)


def test_drifts_that_are_not_carried_are_cured_as_it_is_printed(small: str) -> None:
    """Named all at once by assess and by the deploy, which moves nothing; then cured."""
    make(small, NOT_CARRIED)
    status, refused = assess(small)
    assert status == 1
    assert {drift.finding for drift in NOT_CARRIED} - set(refused) == set()
    sqitch(small, "deploy", "--log-only", "--verify", "--to", "@baseline")
    with connect(small) as connection:
        before = all_rows(connection)
        result = sqitch(small, "deploy", check=False)
        assert result.returncode != 0
        said = result.stdout + result.stderr
        assert "nothing was changed" in said
        assert [drift for drift in NOT_CARRIED if drift.finding not in said] == []
        assert all_rows(connection) == before
        assert one(connection, "select count(*) from user_workflow_run") == 0
        assert one(connection, "select consolidation.phase()") == "expand"
    for drift in reversed(NOT_CARRIED):
        cure(small, drift, refused[drift.finding])
    assert assess(small) == (0, {})
    with connect(small) as connection:
        before = by_name(connection)
        sqitch(small, "deploy")
        assert by_name(connection) == before
        assert differences(connection) == []
    MATRIX.extend((drift.name, f"refused: {drift.finding}") for drift in NOT_CARRIED)


def test_a_declaration_is_tried(small: str) -> None:
    """Each that cannot be used is named; the printed one of the organisation is used."""
    psql(
        small,
        stdin="""
        create table user_workflow (workflow_id uuid primary key, org_id uuid);
        insert into user_workflow
        select distinct on (workflow_id) workflow_id, org_id from workflow_trace
        order by workflow_id, trace_id;
        alter table workflow_trace
        drop org_id, add foreign key (workflow_id) references user_workflow;
        """,
    )
    refused = assess(small)[1]
    assert set(refused) == {"column public.workflow_trace.org_id"}
    psql(small, stdin=refused["column public.workflow_trace.org_id"]["remedy"])
    assert assess(small) == (0, {})
    page = (ROOT / "docs" / "adopting.md").read_text(encoding="utf-8")
    block = re.search(r"(?ms)^```sql\n(create table public.workflow_column.*?)^```$", page)
    assert block is not None
    psql(small, stdin=f"drop table workflow_column_source; {block[1]}")
    assert assess(small) == (0, {})
    with connect(small) as connection:
        connection.execute(
            """
            insert into workflow_column_source values
            ('workflow_trace', 'tier', '1'), ('workflow_steps', 'error_details', 'null'),
            ('workflow_trace', 'llm_model', 'no_such_column')
            """
        )
        connection.execute("alter table workflow_trace drop llm_model")
    assert set(assess(small)[1]) == {
        "declaration workflow_steps.error_details",
        "declaration workflow_trace.llm_model",
        "declaration workflow_trace.tier",
    }
    with connect(small) as connection:
        connection.execute("delete from workflow_column_source where column_name <> 'org_id'")
        sqitch(small, "deploy", "--log-only", "--verify", "--to", "@baseline")
        # It was not there, or was another one, when the baseline was verified.
        connection.execute("grant update on workflow_column_source to drift_role")
        said = sqitch(small, "deploy", check=False).stderr
        assert "is not a table that only you can write to" in said
        connection.execute("revoke update on workflow_column_source from drift_role")
        sqitch(small, "deploy", "--to", "@expand")
        # A column that was computed until now stops the move; its values would be left behind.
        connection.execute("alter table workflow_trace add llm_model text default 'm'")
        said = sqitch(small, "deploy", check=False).stderr
        assert "public.workflow_trace.llm_model: was added since @expand" in said
        connection.execute("alter table workflow_trace drop llm_model")
        sqitch(small, "deploy")
        assert differences(connection) == []
        a_run_written_meanwhile_follows(small, connection)


def a_run_written_meanwhile_follows(name: str, connection: Connection) -> None:
    """A workflow changes hands while another session inserts a run of it: neither misses it."""
    insert = (
        "insert into workflow_trace (workflow_id, channel, created_by) "
        f"values ('{WORKFLOW}', 'web', '{USER}')"
    )
    with connect(name, autocommit=False) as first, connect(name) as second:
        first.execute(
            "update user_workflow set org_id = %s where workflow_id = %s", (SOUTH, WORKFLOW)
        )
        waits = statement(second, insert)
        wait_for_lock(connection, second)
        first.commit()
        waits.result()
    with connect(name) as first, connect(name, autocommit=False) as second:
        second.execute(insert)
        waits = statement(
            first, "update user_workflow set org_id = %s where workflow_id = %s", NORTH, WORKFLOW
        )
        wait_for_lock(connection, first)
        second.commit()
        waits.result()
    organisations = connection.execute(
        "select distinct org_id::text from user_workflow_run where workflow_id = %s", (WORKFLOW,)
    ).fetchall()
    assert organisations == [(NORTH,)]


# Settings of the database that would change what a script means or says.
SETTINGS = {
    "search_path": "app",
    "quote_all_identifiers": "on",
    "standard_conforming_strings": "off",
    "backslash_quote": "off",
    "statement_timeout": "'10s'",
    "lock_timeout": "'1s'",
    "datestyle": "'German, DMY'",
    "intervalstyle": "sql_standard",
    "timezone": "'Asia/Kathmandu'",
    "bytea_output": "escape",
    "extra_float_digits": "-3",
    "array_nulls": "off",
    "transform_null_equals": "on",
    "check_function_bodies": "off",
    "row_security": "off",
    "xmloption": "document",
    "client_min_messages": "error",
    "client_encoding": "LATIN1",
    "lc_numeric": "'C'",
    "default_transaction_isolation": "'repeatable read'",
    "plan_cache_mode": "force_generic_plan",
    "escape_string_warning": "off",
}


def test_no_setting_of_the_database_matters(small_template: str) -> None:
    """The whole cycle with all of them, in a database that is not in UTF8."""
    dumped = run("pg_dump", "--encoding=LATIN1", small_template).stdout
    with database() as name:
        run("dropdb", name)
        run(
            "createdb",
            "--template=template0",
            "--encoding=LATIN1",
            "--locale=C",
            name,
        )
        psql(name, stdin=dumped)
        with connect(name) as connection:
            before = all_rows(connection)
            connection.execute("create schema app")
            connection.execute(
                """
                create function app.note_ddl() returns event_trigger language plpgsql as
                'begin perform c.command_tag from pg_event_trigger_ddl_commands() as c; end'
                """
            )
            connection.execute(
                "create event trigger drift_note on ddl_command_end execute function app.note_ddl()"
            )
            for setting, value in SETTINGS.items():
                connection.execute(f"alter database {name} set {setting} = {value}")
        assert assess(name) == (0, {})
        sqitch(name, "deploy", "--log-only", "--verify", "--to", "@baseline")
        sqitch(name, "deploy")
        sqitch(name, "verify")
        with connect(name) as connection:
            connection.execute("set search_path = public")
            connection.execute("set client_encoding = 'UTF8'")
            assert differences(connection) == []
        sqitch(name, "revert", "-y", "--to", "@baseline")
        with connect(name, options="-c search_path=public -c datestyle=ISO") as connection:
            assert all_rows(connection) == before
    MATRIX.extend((f"setting {name} = {value}", "carried") for name, value in SETTINGS.items())
    MATRIX.append(("encoding LATIN1", "carried"))


def test_the_matrix(capsys: pytest.CaptureFixture[str]) -> None:
    """Prints what became of each drift; none of them is left out."""
    if not MATRIX:
        pytest.skip("the other tests of this file find it out")
    listed = [drift.name for drift in CARRIED + NOT_ADOPTED + NOT_CARRIED]
    assert [name for name in listed if name not in dict(MATRIX)] == []
    assert len(MATRIX) > 100
    width = max(len(name) for name, _ in MATRIX)
    with capsys.disabled():
        print("\n" + "\n".join(f"{name:{width}} | {outcome}" for name, outcome in MATRIX))
