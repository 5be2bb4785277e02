"""differences() reports every kind of corruption, that row, and no other; the proof notes its run.

One deployed database serves all cases: each plants its corruption in a transaction that is rolled
back. What must be reported is read from the tables themselves, column by column as text, and not
from what the function says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from conftest import connect, database

Connection = psycopg.Connection[Any]

# The column that stands for order, place and shape of a document, which no old column shows.
ARRANGEMENT = "(arrangement)"

KEY_COLUMNS = {
    "workflow_trace": ("trace_id",),
    "workflow_steps": ("step_id",),
    "workflow_events": ("event_id",),
    "workflow_trace_screenshot": ("screenshot_id",),
    "workflow_trace_context": ("trace_id", "key"),
    "workflow_trace_endpoint": ("trace_id", "endpoint_id"),
}

# Runs, steps and organisations of script/legacy-data.sql.
ODD = 8_000_000_000_000
MAX_BIGINT = 9_223_372_036_854_775_807
BILLING = "00000000-0000-4000-8000-000000000003"
NOBODY = "00000000-0000-4000-8000-0000000000ff"


@dataclass(frozen=True)
class Report:
    """Rows of a table that must be reported: where a condition holds, and on which side."""

    table: str
    where: str
    side: str
    columns: frozenset[str] = frozenset()


def differs(table: str, where: str, *columns: str) -> Report:
    """Rows that stand on both sides and differ in these columns."""
    return Report(table, where, "both", frozenset(columns))


def lost(table: str, where: str) -> Report:
    """Rows of the old table that the documents do not show."""
    return Report(table, where, "old")


def added(table: str, where: str) -> Report:
    """Rows that only the documents show."""
    return Report(table, where, "new")


@dataclass(frozen=True)
class Case:
    """Statements that corrupt something, and what must be reported then."""

    rule: str
    statements: tuple[str, ...]
    reports: tuple[Report, ...]
    # Triggers off, where they would refuse, repair or move what is planted.
    replica: bool = False


CASES: list[Case] = []


def case(rule: str, statements: str | list[str], *reports: Report, replica: bool = False) -> None:
    """Adds a case; a rule reads after "the comparison reports …"."""
    listed = (statements,) if isinstance(statements, str) else tuple(statements)
    CASES.append(Case(rule, listed, reports, replica))


def run(run_id: int, assignment: str) -> str:
    """An update of the run with this trace_id."""
    return f"update public.user_workflow_run set {assignment} where legacy_trace_id = {run_id}"


def step(step_id: int, assignment: str) -> str:
    """An update of the step with this old step_id."""
    return f"update public.user_workflow_run_step set {assignment} where legacy_step_id = {step_id}"


def edited(array: str, condition: str, change: str) -> str:
    """An assignment that changes the elements of an array for which the condition holds."""
    return (
        f"{array} = (select jsonb_agg(case when {condition} then {change} else e.element end "
        f"order by e.place) from jsonb_array_elements({array}) "
        "with ordinality as e (element, place))"
    )


def without(array: str, condition: str) -> str:
    """An assignment that removes the elements of an array for which the condition holds."""
    return (
        f"{array} = (select coalesce(jsonb_agg(e.element order by e.place), '[]') "
        f"from jsonb_array_elements({array}) with ordinality as e (element, place) "
        f"where not ({condition}))"
    )


def is_event(event_id: int) -> str:
    """Whether an element is this event."""
    return f"e.element -> 'event_id' = '{event_id}'"


def is_screenshot(number: str) -> str:
    """The screenshot whose id script/legacy-data.sql makes from this text."""
    return f"e.element ->> 'screenshot_id' = md5('{number}')::uuid::text"


def screenshot_id(number: str) -> str:
    """Whether a row is the screenshot whose id comes from this text."""
    return f"screenshot_id = md5('{number}')::uuid"


def event_data(event_id: int, old: str, new: str) -> None:
    """Payloads of run 30, on the run itself."""
    case(
        f"a payload {old} that became {new}",
        run(
            ODD + 30,
            edited("events", is_event(event_id), f"jsonb_set(e.element, '{{data}}', {new})"),
        ),
        differs("workflow_events", f"event_id = {event_id}", "event_data"),
    )


# The row of a run -------------------------------------------------------------------------

TRACE = "workflow_trace"
case(
    "a start one microsecond off",
    run(1, "started_at = started_at + interval '1 microsecond'"),
    differs(TRACE, "trace_id = 1", "start_time"),
)
case(
    "a creation one microsecond off",
    run(2, "created_at = created_at - interval '1 microsecond'"),
    differs(TRACE, "trace_id = 2", "created_at"),
)
case(
    "infinity that became -infinity",
    run(ODD + 432, "started_at = '-infinity'"),
    differs(TRACE, f"trace_id = {ODD + 432}", "start_time"),
)
case(
    "infinity that became a date",
    run(ODD + 431, "ended_at = '9999-12-31'"),
    differs(TRACE, f"trace_id = {ODD + 431}", "end_time"),
)
case(
    "another year before Christ",
    run(ODD + 433, "started_at = '0045-03-15 12:00:00+00 BC'"),
    differs(TRACE, f"trace_id = {ODD + 433}", "start_time"),
)
case(
    "a year before Christ that became one after",
    run(ODD + 433, "started_at = '0044-03-15 12:00:00+00'"),
    differs(TRACE, f"trace_id = {ODD + 433}", "start_time"),
)
case(
    "an empty text that became null",
    run(ODD + 411, "external_id = null"),
    differs(TRACE, f"trace_id = {ODD + 411}", "external_id"),
)
case(
    "a null that became an empty text",
    run(ODD + 412, "error_message = ''"),
    differs(TRACE, f"trace_id = {ODD + 412}", "error_message"),
)
case(
    "a status in another case",
    run(ODD + 413, "status = ' Running '"),
    differs(TRACE, f"trace_id = {ODD + 413}", "status"),
)
case(
    "a status without its spaces",
    run(ODD + 413, "status = trim(status)"),
    differs(TRACE, f"trace_id = {ODD + 413}", "status"),
)
case(
    "a decomposed letter that became a composed one",
    run(ODD + 414, r"legacy_action_type = replace(legacy_action_type, E'e\u0301', E'\u00e9')"),
    differs(TRACE, f"trace_id = {ODD + 414}", "action_type"),
)
case(
    "a lost last code point",
    run(ODD + 414, r"tier_reason = rtrim(tier_reason, E'\U0010ffff')"),
    differs(TRACE, f"trace_id = {ODD + 414}", "tier_reason"),
)
case(
    "JSON null where there was no value",
    run(ODD + 402, "legacy_action_detail = 'null'"),
    differs(TRACE, f"trace_id = {ODD + 402}", "action_detail"),
)
case(
    "no value where there was JSON null",
    run(ODD + 401, "config_snapshot = null"),
    differs(TRACE, f"trace_id = {ODD + 401}", "config_snapshot"),
)
case(
    "an empty object that became an empty array",
    run(ODD + 403, "error_details = '[]'"),
    differs(TRACE, f"trace_id = {ODD + 403}", "error_detail"),
)
case(
    "a number that lost its scale",
    run(ODD + 405, "legacy_action_detail = jsonb_set(legacy_action_detail, '{a}', '1.1')"),
    differs(TRACE, f"trace_id = {ODD + 405}", "action_detail"),
)
case(
    "another last digit of 1e400",
    run(ODD + 405, "error_details = jsonb_set(error_details, '{0}', to_jsonb(1e400 + 1))"),
    differs(TRACE, f"trace_id = {ODD + 405}", "error_detail"),
)
case(
    "a number that went through a double",
    run(
        ODD + 405,
        "config_snapshot = jsonb_set(config_snapshot, '{n}', to_jsonb(12345678901234567890.12))",
    ),
    differs(TRACE, f"trace_id = {ODD + 405}", "config_snapshot"),
)
case(
    "an unknown success that became false",
    run(ODD + 421, "legacy_success = false"),
    differs(TRACE, f"trace_id = {ODD + 421}", "success"),
)
case(
    "an unknown duration that became 0",
    run(ODD + 421, "duration_ms = 0"),
    differs(TRACE, f"trace_id = {ODD + 421}", "duration_ms"),
)
case(
    "the batch, user and session mixed up",
    run(ODD + 442, f"legacy_user_id = '{NOBODY}', legacy_session_id = null"),
    differs(TRACE, f"trace_id = {ODD + 442}", "user_id", "session_id"),
)
case(
    "a run of another organisation",
    run(ODD + 11, f"org_id = '{NOBODY}'"),
    differs(TRACE, f"trace_id = {ODD + 11}", "org_id"),
)
case(
    "a run of another organisation than its steps",
    run(ODD + 11, f"org_id = '{NOBODY}'"),
    differs(TRACE, f"trace_id = {ODD + 11}", "org_id"),
    differs("workflow_steps", f"trace_id = {ODD + 11}", ARRANGEMENT),
    replica=True,
)
case(
    "a run_id that does not follow from the trace_id",
    run(ODD + 1, "run_id = gen_random_uuid()"),
    differs(TRACE, f"trace_id = {ODD + 1}", ARRANGEMENT),
)
case(
    "two runs that have each other's run_id",
    [
        run(ODD + 401, f"run_id = '{NOBODY}'"),
        run(ODD + 402, f"run_id = consolidation.run_id({ODD + 401})"),
        run(ODD + 401, f"run_id = consolidation.run_id({ODD + 402})"),
    ],
    differs(TRACE, f"trace_id in ({ODD + 401}, {ODD + 402})", ARRANGEMENT),
)
case(
    "a lost run without children",
    f"delete from public.user_workflow_run where legacy_trace_id = {ODD + 1}",
    lost(TRACE, f"trace_id = {ODD + 1}"),
)
case(
    "a lost run with everything that belongs to it",
    "delete from public.user_workflow_run where legacy_trace_id = 0",
    *(lost(table, "trace_id = 0") for table in KEY_COLUMNS),
)
case(
    "steps left without their run",
    "delete from public.user_workflow_run where legacy_trace_id = 0",
    *(lost(table, "trace_id = 0") for table in KEY_COLUMNS if table != "workflow_steps"),
    differs("workflow_steps", "trace_id = 0", ARRANGEMENT),
    replica=True,
)
case(
    "a run too many",
    "insert into public.user_workflow_run (workflow_id, org_id, channel, created_by) "
    f"values ('{NOBODY}', '{NOBODY}', 'web', '{NOBODY}')",
    added(TRACE, f"org_id = '{NOBODY}'"),
)
case(
    "the last id of bigint that became the one before it",
    run(MAX_BIGINT, f"legacy_trace_id = {MAX_BIGINT - 1}"),
    lost(TRACE, f"trace_id = {MAX_BIGINT}"),
    added(TRACE, f"trace_id = {MAX_BIGINT - 1}"),
    differs("workflow_steps", f"trace_id = {MAX_BIGINT}", ARRANGEMENT),
    differs("workflow_events", f"trace_id = {MAX_BIGINT}", "trace_id"),
    differs("workflow_trace_screenshot", f"trace_id = {MAX_BIGINT}", "trace_id"),
    lost("workflow_trace_context", f"trace_id = {MAX_BIGINT}"),
    added("workflow_trace_context", f"trace_id = {MAX_BIGINT - 1}"),
    lost("workflow_trace_endpoint", f"trace_id = {MAX_BIGINT}"),
    added("workflow_trace_endpoint", f"trace_id = {MAX_BIGINT - 1}"),
    replica=True,
)
case(
    "contexts, endpoints and events swapped between two runs",
    """
    update public.user_workflow_run as r
    set context = o.context, events = o.events, endpoints_used = o.endpoints_used
    from public.user_workflow_run as o
    where (r.legacy_trace_id, o.legacy_trace_id) in ((0, -1), (-1, 0))
    """,
    differs("workflow_events", "trace_id in (0, -1) and step_id is null", "trace_id"),
    # Both have the same endpoints, and a key "id" that holds the id of the run.
    differs("workflow_trace_context", "trace_id in (0, -1)", "value"),
)

# The row of a step -------------------------------------------------------------------------------

STEPS = "workflow_steps"
case(
    "a retry too many",
    step(11, "retry_count = retry_count + 1"),
    differs(STEPS, "step_id = 11", "retry_count"),
)
case(
    "an end one microsecond off",
    step(11, "ended_at = ended_at + interval '1 microsecond'"),
    differs(STEPS, "step_id = 11", "end_time"),
)
case(
    "an infinite start of a step that became -infinity",
    step(ODD + 50_101, "started_at = '-infinity'"),
    differs(STEPS, f"step_id = {ODD + 50_101}", "start_time"),
)
case(
    "JSON null where a step had no output",
    step(ODD + 40_001, "output_data = 'null'"),
    differs(STEPS, f"step_id = {ODD + 40_001}", "output_data"),
)
case(
    "no metadata where a step had JSON null",
    step(ODD + 40_002, "metadata = null"),
    differs(STEPS, f"step_id = {ODD + 40_002}", "metadata"),
)
case(
    "the default where a step had no metadata",
    step(ODD + 40_001, "metadata = '{}'"),
    differs(STEPS, f"step_id = {ODD + 40_001}", "metadata"),
)
case(
    "an empty status of a step that became null",
    step(ODD + 40_002, "status = null"),
    differs(STEPS, f"step_id = {ODD + 40_002}", "status"),
)
case(
    "a tab that was trimmed",
    step(ODD + 40_004, "error_message = trim(E'\\n' from error_message)"),
    differs(STEPS, f"step_id = {ODD + 40_004}", "error_message"),
)
case(
    "a step's 1e400 one off",
    step(ODD + 40_005, "input_data = to_jsonb(1e400 + 1)"),
    differs(STEPS, f"step_id = {ODD + 40_005}", "input_data"),
)
case(
    "a step's 1.10 that became 1.1",
    step(ODD + 40_005, "output_data = '1.1'"),
    differs(STEPS, f"step_id = {ODD + 40_005}", "output_data"),
)
case(
    "a step of another node",
    step(ODD + 11_001, f"node_id = '{NOBODY}'"),
    differs(STEPS, f"step_id = {ODD + 11_001}", "node_id"),
)
case(
    "a step with another number",
    step(ODD + 11_003, "step_number = 4"),
    differs(STEPS, f"step_id = {ODD + 11_003}", "step_number"),
)
case(
    "a step_id that does not follow from the old one",
    step(ODD + 11_001, "step_id = gen_random_uuid()"),
    differs(STEPS, f"step_id = {ODD + 11_001}", ARRANGEMENT),
)
case(
    "error_details of a step, which the old table cannot have held",
    step(ODD + 11_001, "error_details = '{}'"),
    differs(STEPS, f"step_id = {ODD + 11_001}", ARRANGEMENT),
)
case(
    "a step of another organisation than its run",
    step(ODD + 11_001, f"org_id = '{NOBODY}'"),
    differs(STEPS, f"step_id = {ODD + 11_001}", ARRANGEMENT),
    replica=True,
)
case(
    "a step that names another trace_id than its run",
    step(ODD + 11_001, f"legacy_trace_id = {ODD + 1}"),
    differs(STEPS, f"step_id = {ODD + 11_001}", ARRANGEMENT, "trace_id"),
    replica=True,
)
case(
    "a step that moved to another run, with its events",
    step(ODD + 11_003, f"run_id = consolidation.run_id({ODD + 1})"),
    differs(STEPS, f"step_id = {ODD + 11_003}", "trace_id"),
    differs("workflow_events", f"step_id = {ODD + 11_003}", "trace_id"),
)
case(
    "a lost step, whose screenshots moved to the run",
    f"delete from public.user_workflow_run_step where legacy_step_id = {ODD + 11_002}",
    lost(STEPS, f"step_id = {ODD + 11_002}"),
    lost("workflow_events", f"step_id = {ODD + 11_002}"),
    differs("workflow_trace_screenshot", f"trace_id = {ODD + 11} and step_index = 2", ARRANGEMENT),
)
case(
    "a lost step with everything on it",
    f"delete from public.user_workflow_run_step where legacy_step_id = {ODD + 11_002}",
    lost(STEPS, f"step_id = {ODD + 11_002}"),
    lost("workflow_events", f"step_id = {ODD + 11_002}"),
    lost("workflow_trace_screenshot", f"trace_id = {ODD + 11} and step_index = 2"),
    replica=True,
)
case(
    "a step too many",
    "insert into public.user_workflow_run_step (run_id, node_id, step_number) "
    f"values (consolidation.run_id({ODD + 1}), '{NOBODY}', 1)",
    added(STEPS, f"node_id = '{NOBODY}'"),
)

# Arrays and objects that are none ----------------------------------------------------------------

case(
    "events of a step that are no array",
    step(ODD + 11_001, "events = events -> 0"),
    differs(STEPS, f"step_id = {ODD + 11_001}", ARRANGEMENT),
    lost("workflow_events", f"step_id = {ODD + 11_001}"),
)
case(
    "no events where a step had an empty array",
    step(ODD + 6_001, "events = null"),
    differs(STEPS, f"step_id = {ODD + 6_001}", ARRANGEMENT),
)
case(
    "JSON null where a step had an empty array of screenshots",
    step(ODD + 6_001, "screenshots = 'null'"),
    differs(STEPS, f"step_id = {ODD + 6_001}", ARRANGEMENT),
)
case(
    "events of a run that are a string",
    run(ODD + 2, "events = to_jsonb(events::text)"),
    differs(TRACE, f"trace_id = {ODD + 2}", ARRANGEMENT),
    lost("workflow_events", f"trace_id = {ODD + 2}"),
)
case(
    "a context that is an array",
    run(ODD + 4, "context = jsonb_build_array(context)"),
    differs(TRACE, f"trace_id = {ODD + 4}", ARRANGEMENT),
    lost("workflow_trace_context", f"trace_id = {ODD + 4}"),
)
case(
    "no context where there was an empty one",
    run(ODD + 1, "context = null"),
    differs(TRACE, f"trace_id = {ODD + 1}", ARRANGEMENT),
)
case(
    "endpoints that are an object",
    run(ODD + 5, "endpoints_used = '{}'"),
    differs(TRACE, f"trace_id = {ODD + 5}", ARRANGEMENT),
    lost("workflow_trace_endpoint", f"trace_id = {ODD + 5}"),
)

# Events ------------------------------------------------------------------------------------------

EVENTS = "workflow_events"
FIRST, SECOND, LAST = ODD + 20_001, ODD + 20_002, ODD + 20_003
case(
    "an event one microsecond off",
    step(
        ODD + 11_001,
        edited("events", "true", 'e.element || \'{"timestamp": "2024-06-01T10:00:00.000001Z"}\''),
    ),
    differs(EVENTS, f"step_id = {ODD + 11_001}", "timestamp"),
)
case(
    "an event whose timestamp nobody can read",
    step(ODD + 11_001, edited("events", "true", 'e.element || \'{"timestamp": "yesterday"}\'')),
    differs(EVENTS, f"step_id = {ODD + 11_001}", "timestamp"),
)
case(
    "an infinite event that became finite",
    step(
        ODD + 50_001,
        edited(
            "events",
            is_event(ODD + 500_003),
            'e.element || \'{"timestamp": "294276-12-31T23:59:59.999999Z"}\'',
        ),
    ),
    differs(EVENTS, f"event_id = {ODD + 500_003}", "timestamp"),
)
case(
    "an event before Christ that lost its era",
    step(
        ODD + 50_001,
        edited(
            "events",
            is_event(ODD + 500_007),
            'e.element || \'{"timestamp": "0044-03-15T12:00:00Z"}\'',
        ),
    ),
    differs(EVENTS, f"event_id = {ODD + 500_007}", "timestamp"),
)
event_data(ODD + 300_030, "1.10", "'1.1'")
event_data(ODD + 300_032, "1e400", "to_jsonb(1e400 + 1)")
event_data(ODD + 300_038, "0.1000", "'0.1'")
event_data(ODD + 300_012, "0", "'\"0\"'")
event_data(ODD + 300_016, "false", "'null'")
event_data(ODD + 300_004, "null", "'{}'")
event_data(ODD + 300_010, '""', "'null'")
event_data(ODD + 300_020, '"null"', "'null'")
event_data(ODD + 300_036, "12345678901234567890.123456789", "'12345678901234567890.1234567890'")
event_data(ODD + 300_022, "[1, [2, [3]], null]", "'[1, [2, [3]]]'")
case(
    "JSON null as a payload that became no payload at all",
    run(ODD + 30, edited("events", is_event(ODD + 300_004), "e.element - 'data'")),
    differs(EVENTS, f"event_id = {ODD + 300_004}", ARRANGEMENT),
)
case(
    "an event type without its spaces",
    run(
        ODD + 31,
        edited("events", is_event(ODD + 310_007), 'e.element || \'{"type": "page_loaded"}\''),
    ),
    differs(EVENTS, f"event_id = {ODD + 310_007}", "event_type"),
)
case(
    "an event type in another case",
    run(ODD + 31, edited("events", is_event(ODD + 310_011), 'e.element || \'{"type": "error"}\'')),
    differs(EVENTS, f"event_id = {ODD + 310_011}", "event_type"),
)
case(
    "an empty event type that became null",
    run(ODD + 31, edited("events", is_event(ODD + 310_005), "e.element || '{\"type\": null}'")),
    differs(EVENTS, f"event_id = {ODD + 310_005}", "event_type"),
)
case(
    "an event with a key too many",
    run(ODD + 2, edited("events", is_event(SECOND), "e.element || '{\"extra\": null}'")),
    differs(EVENTS, f"event_id = {SECOND}", ARRANGEMENT),
)
case(
    "an event without its event_id",
    run(ODD + 2, edited("events", is_event(LAST), "e.element - 'event_id'")),
    lost(EVENTS, f"event_id = {LAST}"),
    added(EVENTS, f"trace_id = {ODD + 2} and event_id < 0"),
)
case(
    "an event_id that became a string",
    run(
        ODD + 2,
        edited(
            "events", is_event(LAST), "e.element || jsonb_build_object('event_id', '20003'::text)"
        ),
    ),
    lost(EVENTS, f"event_id = {LAST}"),
    added(EVENTS, f"trace_id = {ODD + 2} and event_id < 0"),
)
case(
    "an event_id that a double would round",
    "update public.user_workflow_run_step set "
    + edited("events", is_event(2**53 + 1), f"e.element || '{{\"event_id\": {2**53 + 2}}}'")
    + f" where events @> '[{{\"event_id\": {2**53 + 1}}}]'",
    lost(EVENTS, f"event_id = {2**53 + 1}"),
    added(EVENTS, f"event_id = {2**53 + 2}"),
)
case(
    "a lost last event",
    run(ODD + 2, without("events", is_event(LAST))),
    lost(EVENTS, f"event_id = {LAST}"),
)
case(
    "a lost first event, and that the others moved up",
    run(ODD + 2, without("events", is_event(FIRST))),
    lost(EVENTS, f"event_id = {FIRST}"),
    differs(EVENTS, f"event_id in ({SECOND}, {LAST})", ARRANGEMENT),
)
case(
    "a lost only event of a step",
    step(ODD + 11_001, "events = '[]'"),
    lost(EVENTS, f"step_id = {ODD + 11_001}"),
)
case(
    "an event that stands there twice",
    run(ODD + 2, "events = events || (events -> 0)"),
    added(EVENTS, f"event_id = {FIRST}"),
)
case(
    "an event that stands there three times",
    run(ODD + 2, "events = events || (events -> 0) || (events -> 0)"),
    added(EVENTS, f"event_id = {FIRST}"),
    added(EVENTS, f"event_id = {FIRST}"),
)
case(
    "an event that another step has, too",
    step(
        ODD + 6_001,
        "events = (select s.events from public.user_workflow_run_step as s "
        f"where s.legacy_step_id = {ODD + 11_001})",
    ),
    added(EVENTS, f"step_id = {ODD + 6_001}"),
)
case(
    "an event too many",
    step(ODD + 6_001, 'events = \'[{"type": "new", "timestamp": "2025-01-01", "data": 1}]\''),
    added(EVENTS, f"step_id = {ODD + 6_001}"),
)
for element in ("5", '"text"', "true", "null", "[]", '["type"]', "{}", '{"data": 1}'):
    case(
        f"an element {element} among the events of a step",
        step(ODD + 11_001, f"events = events || jsonb_build_array('{element}'::jsonb)"),
        added(EVENTS, f"step_id = {ODD + 11_001} and event_id < 0"),
    )
case(
    "a number among the events of a run",
    run(ODD + 2, "events = events || '5'"),
    added(EVENTS, f"trace_id = {ODD + 2} and event_id < 0"),
)
case(
    "two events that changed places",
    run(
        ODD + 2,
        "events = jsonb_build_array(events -> 1, events -> 0, events -> 2)",
    ),
    differs(EVENTS, f"event_id in ({FIRST}, {SECOND})", ARRANGEMENT),
)
case(
    "two events of one instant that changed places",
    step(ODD + 17_001, "events = jsonb_build_array(events -> 1, events -> 0)"),
    differs(EVENTS, f"step_id = {ODD + 17_001}", ARRANGEMENT),
)
case(
    "an event that moved to the end of another step",
    [
        step(
            ODD + 11_002,
            "events = events || (select s.events from public.user_workflow_run_step as s "
            f"where s.legacy_step_id = {ODD + 11_001})",
        ),
        step(ODD + 11_001, "events = '[]'"),
    ],
    differs(EVENTS, f"step_id = {ODD + 11_001}", ARRANGEMENT, "step_id"),
)
case(
    "an event that moved from its step to the run",
    [
        run(
            ODD + 11,
            "events = (select s.events from public.user_workflow_run_step as s "
            f"where s.legacy_step_id = {ODD + 11_001})",
        ),
        step(ODD + 11_001, "events = '[]'"),
    ],
    differs(EVENTS, f"step_id = {ODD + 11_001}", "step_id"),
)

# Screenshots -------------------------------------------------------------------------------------

SCREENSHOTS = "workflow_trace_screenshot"
RUN_11_2 = f"trace_id = {ODD + 11} and step_index = 2"
RUN_11_9 = f"trace_id = {ODD + 11} and step_index = 9"


def screenshot(rule: str, change: str, *columns: str) -> None:
    """The one screenshot of the second step of run 11."""
    case(
        rule,
        step(ODD + 11_002, edited("screenshots", "true", change)),
        differs(SCREENSHOTS, RUN_11_2, *columns),
    )


def confidence(number: str, found: str, rule: str, change: str, *columns: str) -> None:
    """Screenshots of run 60, one for each confidence and each value of element_found."""
    name = f"confidence screenshot {number} {found}"
    case(
        rule,
        # Those of even numbers are on its only step.
        f"update public.{'user_workflow_run' if int(number) % 2 else 'user_workflow_run_step'} set "
        + edited("screenshots", is_screenshot(name), change)
        + f" where legacy_trace_id = {ODD + 60}",
        *([differs(SCREENSHOTS, screenshot_id(name), *columns)] if columns else []),
    )


screenshot(
    "a screenshot one microsecond off",
    'e.element || \'{"timestamp": "2024-06-01T10:00:00.000001Z"}\'',
    "created_at",
)
screenshot(
    "a screenshot with another url",
    "jsonb_set(e.element, '{url}', to_jsonb(upper(e.element ->> 'url')))",
    "screenshot_url",
)
screenshot("a screenshot without url", "e.element - 'url'", ARRANGEMENT, "screenshot_url")
screenshot("a screenshot of another node", f'e.element || \'{{"node_id": "{NOBODY}"}}\'', "node_id")
screenshot(
    "a screenshot of another organisation", f'e.element || \'{{"org_id": "{NOBODY}"}}\'', "org_id"
)
screenshot(
    "a screenshot whose step_index is another",
    "e.element || '{\"step_index\": 7}'",
    "step_index",
)
screenshot("a screenshot with a key too many", "e.element || '{\"extra\": 1}'", ARRANGEMENT)
case(
    "a screenshot with another id",
    step(
        ODD + 11_002,
        edited("screenshots", "true", f'e.element || \'{{"screenshot_id": "{NOBODY}"}}\''),
    ),
    lost(SCREENSHOTS, RUN_11_2),
    added(SCREENSHOTS, f"screenshot_id = '{NOBODY}'"),
)
case(
    "a screenshot that moved to another step of the run",
    [
        step(
            ODD + 11_003,
            "screenshots = (select s.screenshots from public.user_workflow_run_step as s "
            f"where s.legacy_step_id = {ODD + 11_002})",
        ),
        step(ODD + 11_002, "screenshots = '[]'"),
    ],
    differs(SCREENSHOTS, RUN_11_2, ARRANGEMENT),
)
case(
    "a screenshot of no step that moved to a step",
    [
        step(
            ODD + 11_003,
            "screenshots = (select r.screenshots from public.user_workflow_run as r "
            f"where r.legacy_trace_id = {ODD + 11})",
        ),
        run(ODD + 11, "screenshots = '[]'"),
    ],
    differs(SCREENSHOTS, RUN_11_9, ARRANGEMENT),
)
case(
    "a lost screenshot of a step",
    step(ODD + 11_002, "screenshots = '[]'"),
    lost(SCREENSHOTS, RUN_11_2),
)
case(
    "a lost screenshot of no step",
    run(ODD + 11, "screenshots = '[]'"),
    lost(SCREENSHOTS, RUN_11_9),
)
case(
    "a screenshot that stands there twice",
    step(ODD + 11_002, "screenshots = screenshots || screenshots"),
    added(SCREENSHOTS, RUN_11_2),
)
for element in ("5", "null", "[]", "{}"):
    case(
        f"an element {element} among the screenshots",
        step(ODD + 11_002, f"screenshots = screenshots || jsonb_build_array('{element}'::jsonb)"),
        added(SCREENSHOTS, f"trace_id = {ODD + 11} and screenshot_url is null"),
    )
confidence(
    "3",
    "2",
    "confidence 0.90 that became 0.91",
    "e.element || '{\"confidence\": 0.91}'",
    "confidence_score",
)
confidence(
    "3",
    "2",
    "confidence 0.90 that became a string",
    'e.element || \'{"confidence": "0.90"}\'',
    "confidence_score",
)
confidence(
    "6",
    "2",
    "a confidence that is not a number and became null",
    "e.element || '{\"confidence\": null}'",
    "confidence_score",
)
confidence(
    "1",
    "2",
    "an unknown confidence that became 0",
    "e.element || '{\"confidence\": 0.00}'",
    "confidence_score",
)
confidence(
    "1",
    "2",
    "an unknown confidence that became no key at all",
    "e.element - 'confidence'",
    ARRANGEMENT,
)
confidence(
    "3",
    "1",
    "an unknown element_found that became false",
    "e.element || '{\"element_found\": false}'",
    "element_found",
)
confidence(
    "3",
    "2",
    "an element_found that became a string",
    'e.element || \'{"element_found": "true"}\'',
    "element_found",
)
# The old column has two decimals: there both are 0.90, and its old name shows them as such.
confidence("3", "2", "nothing where 0.90 became 0.9", "e.element || '{\"confidence\": 0.9}'")
case(
    "nothing where a timestamp is only spelled otherwise",
    step(
        ODD + 11_002,
        edited("screenshots", "true", 'e.element || \'{"timestamp": "2024-06-01 12:00:00+02"}\''),
    ),
)
case(
    "a thumbnail that was empty and became null",
    run(
        ODD + 61,
        edited(
            "screenshots",
            is_screenshot("text screenshot 1"),
            "e.element || '{\"thumbnail_url\": null}'",
        ),
    ),
    differs(SCREENSHOTS, screenshot_id("text screenshot 1"), "thumbnail_url"),
)
case(
    "a selector that was null and became empty",
    "update public.user_workflow_run_step set "
    + edited("screenshots", is_screenshot("text screenshot 2"), 'e.element || \'{"selector": ""}\'')
    + f" where legacy_trace_id = {ODD + 61}",
    differs(SCREENSHOTS, screenshot_id("text screenshot 2"), "element_selector"),
)

# Context -----------------------------------------------------------------------------------------

CONTEXT = "workflow_trace_context"


def context(rule: str, run_number: int, key: str, value: str) -> None:
    """Another value under a context key that an odd run has."""
    case(
        rule,
        run(ODD + run_number, f"context = context || jsonb_build_object('{key}', {value})"),
        differs(CONTEXT, f"trace_id = {ODD + run_number} and key = '{key}'", "value"),
    )


def origin(rule: str, change: str, *columns: str) -> None:
    """What the documents keep of the only context key of run 4, besides its value."""
    case(
        rule,
        run(ODD + 4, f"legacy = jsonb_set(legacy, '{{context,user_session}}', {change})"),
        differs(CONTEXT, f"trace_id = {ODD + 4}", *columns),
    )


context("a context value that lost its scale", 21, "scale", "'1.1'::jsonb")
context("a context value 1e400 one off", 21, "exponent", "1e400 + 1")
context("a context number that became a string", 21, "zero", "'0'::text")
context("JSON null in the context that became a string", 21, "json null", "'null'::text")
context("an empty string in the context that became JSON null", 21, "empty string", "null::text")
context("an empty array in the context that became an object", 21, "empty array", "'{}'::jsonb")
case(
    "an id in the context that a double would round",
    run(MAX_BIGINT, f"context = '{{\"id\": {MAX_BIGINT - 1}}}'"),
    differs(CONTEXT, f"trace_id = {MAX_BIGINT}", "value"),
)
case(
    "a lost context key whose value is JSON null",
    run(ODD + 21, "context = context - 'json null'"),
    lost(CONTEXT, f"trace_id = {ODD + 21} and key = 'json null'"),
)
case(
    "the lost empty context key",
    run(ODD + 20, "context = context - ''::text"),
    lost(CONTEXT, f"trace_id = {ODD + 20} and key = ''"),
)
case(
    "a lost only context key",
    run(ODD + 4, "context = '{}'"),
    lost(CONTEXT, f"trace_id = {ODD + 4}"),
)
case(
    "a context key that became another emoji",
    run(ODD + 20, "context = context - '🏥' || jsonb_build_object('🏨', context -> '🏥')"),
    lost(CONTEXT, f"trace_id = {ODD + 20} and key = '🏥'"),
    added(CONTEXT, f"trace_id = {ODD + 20} and key = '🏨'"),
)
case(
    "a context key that lost its trailing space to the key without it",
    run(ODD + 20, "context = context - 'key ' || jsonb_build_object('key', context -> 'key ')"),
    lost(CONTEXT, f"trace_id = {ODD + 20} and key = 'key '"),
    differs(CONTEXT, f"trace_id = {ODD + 20} and key = 'key'", "value"),
)
case(
    "the values of a composed and a decomposed context key swapped",
    run(
        ODD + 20,
        r"context = context || jsonb_build_object("
        r"E'\u00e9', context -> E'e\u0301', E'e\u0301', context -> E'\u00e9')",
    ),
    differs(CONTEXT, rf"trace_id = {ODD + 20} and key in (E'\u00e9', E'e\u0301')", "value"),
)
case(
    "a context key too many",
    run(ODD + 4, "context = context || '{\"new\": 1}'"),
    added(CONTEXT, f"trace_id = {ODD + 4} and key = 'new'"),
)
case(
    "a context key too many of which nobody knows since when",
    run(ODD + 4, "context = context || '{\"new\": 1}'"),
    added(CONTEXT, f"trace_id = {ODD + 4} and key = 'new'"),
    replica=True,
)
origin(
    "a context_id that changed",
    "legacy #> '{context,user_session}' || '{\"context_id\": 1}'",
    "context_id",
)
origin(
    "a creation of a context key one microsecond off",
    "legacy #> '{context,user_session}' || '{\"created_at\": \"2024-06-01T10:00:00.000002Z\"}'",
    "created_at",
)
origin(
    "a last change of a context key that was lost",
    "legacy #> '{context,user_session}' || '{\"updated_at\": null}'",
    "updated_at",
)
case(
    "a last change of a context key that there was none of",
    run(
        ODD + 21,
        "legacy = jsonb_set(legacy, '{context,zero,updated_at}', '\"2024-06-01T10:00:00Z\"')",
    ),
    differs(CONTEXT, f"trace_id = {ODD + 21} and key = 'zero'", "updated_at"),
)
case(
    "everything about a context key but its value lost",
    run(ODD + 4, "legacy = null"),
    differs(
        CONTEXT, f"trace_id = {ODD + 4}", ARRANGEMENT, "context_id", "created_at", "updated_at"
    ),
)

# Endpoints ---------------------------------------------------------------------------------------

ENDPOINTS = "workflow_trace_endpoint"
case(
    "a lost endpoint",
    run(ODD + 5, f"endpoints_used = {'endpoints_used'} - (jsonb_array_length(endpoints_used) - 1)"),
    lost(ENDPOINTS, f"trace_id = {ODD + 5} and endpoint_id = {MAX_BIGINT}"),
)
case(
    "an endpoint that stands there twice",
    run(ODD + 5, "endpoints_used = endpoints_used || (endpoints_used -> 0)"),
    added(ENDPOINTS, f"trace_id = {ODD + 5} and endpoint_id = {-MAX_BIGINT - 1}"),
)
case(
    "an endpoint too many",
    run(ODD + 1, "endpoints_used = '[7]'"),
    added(ENDPOINTS, f"trace_id = {ODD + 1}"),
)
case(
    "an endpoint at the end of bigint that became the one before it",
    run(
        ODD + 5,
        edited("endpoints_used", f"e.element = '{MAX_BIGINT}'", f"to_jsonb({MAX_BIGINT - 1})"),
    ),
    lost(ENDPOINTS, f"trace_id = {ODD + 5} and endpoint_id = {MAX_BIGINT}"),
    added(ENDPOINTS, f"trace_id = {ODD + 5} and endpoint_id = {MAX_BIGINT - 1}"),
)
case(
    "an endpoint that became a string",
    run(ODD + 5, edited("endpoints_used", f"e.element = '{MAX_BIGINT}'", f"'\"{MAX_BIGINT}\"'")),
    lost(ENDPOINTS, f"trace_id = {ODD + 5} and endpoint_id = {MAX_BIGINT}"),
    added(ENDPOINTS, f"trace_id = {ODD + 5} and endpoint_id is null"),
)
case(
    "two endpoints that changed places",
    run(1, "endpoints_used = jsonb_build_array(endpoints_used -> 1, endpoints_used -> 0)"),
    differs(ENDPOINTS, "trace_id = 1", ARRANGEMENT),
)

# The old tables ----------------------------------------------------------------------------------

case(
    "an old run that changed",
    "update legacy.workflow_trace set status = 'failed' where trace_id = 1",
    differs(TRACE, "trace_id = 1", "status"),
)
case(
    "an old step one microsecond off",
    "update legacy.workflow_steps set start_time = start_time + interval '1 microsecond' "
    "where step_id = 11",
    differs(STEPS, "step_id = 11", "start_time"),
)
case(
    "an old event whose payload changed",
    f"update legacy.workflow_events set event_data = '{{}}' where event_id = {SECOND}",
    differs(EVENTS, f"event_id = {SECOND}", "event_data"),
)
case(
    "an old event that belongs to no step any more",
    f"update legacy.workflow_events set step_id = null where step_id = {ODD + 11_001}",
    differs(EVENTS, f"event_id = {ODD + 110_001}", "step_id"),
)
case(
    "an old event that is the last now",
    'update legacy.workflow_events set "timestamp" = "timestamp" + interval \'1 day\' '
    f"where event_id = {FIRST}",
    differs(EVENTS, f"event_id = {FIRST}", ARRANGEMENT, "timestamp"),
    differs(EVENTS, f"event_id in ({SECOND}, {LAST})", ARRANGEMENT),
)
case(
    "an old screenshot with another confidence",
    f"update legacy.workflow_trace_screenshot set confidence_score = 0.94 where {RUN_11_2}",
    differs(SCREENSHOTS, RUN_11_2, "confidence_score"),
)
case(
    "an old context key whose value changed",
    f"update legacy.workflow_trace_context set value = 'null' where trace_id = {ODD + 4}",
    differs(CONTEXT, f"trace_id = {ODD + 4}", "value"),
)
case(
    "an old endpoint that changed",
    "update legacy.workflow_trace_endpoint set endpoint_id = 9007199254740990 "
    f"where trace_id = {ODD + 5} and endpoint_id = 9007199254740991",
    lost(ENDPOINTS, f"trace_id = {ODD + 5} and endpoint_id = 9007199254740990"),
    added(ENDPOINTS, f"trace_id = {ODD + 5} and endpoint_id = 9007199254740991"),
)
case(
    "a deleted old run",
    "delete from legacy.workflow_trace where trace_id = 0",
    *(added(table, "trace_id = 0") for table in KEY_COLUMNS),
)
case(
    "a deleted old event",
    f"delete from legacy.workflow_events where event_id = {LAST}",
    added(EVENTS, f"event_id = {LAST}"),
)
case(
    "a deleted old screenshot",
    f"delete from legacy.workflow_trace_screenshot where {RUN_11_9}",
    added(SCREENSHOTS, RUN_11_9),
)
case(
    "a deleted old context key",
    f"delete from legacy.workflow_trace_context where trace_id = {ODD + 4}",
    added(CONTEXT, f"trace_id = {ODD + 4}"),
)
case(
    "a deleted old endpoint",
    "delete from legacy.workflow_trace_endpoint "
    f"where trace_id = {ODD + 5} and endpoint_id = {MAX_BIGINT}",
    added(ENDPOINTS, f"trace_id = {ODD + 5} and endpoint_id = {MAX_BIGINT}"),
)
case(
    "an old run too many",
    f"insert into legacy.workflow_trace (trace_id, org_id) values (-7, '{NOBODY}')",
    lost(TRACE, "trace_id = -7"),
)
case(
    "an old step too many",
    f"insert into legacy.workflow_steps (step_id, trace_id, step_number) values (-7, {ODD + 1}, 1)",
    lost(STEPS, "step_id = -7"),
)
case(
    "an old event too many",
    "insert into legacy.workflow_events (event_id, trace_id, event_type, event_data) "
    f"values (-7, {ODD + 1}, 'x', 'null')",
    lost(EVENTS, "event_id = -7"),
)
case(
    "an old context key too many",
    "insert into legacy.workflow_trace_context (context_id, trace_id, key, value) "
    f"values (-7, {ODD + 1}, 'x', 'null')",
    lost(CONTEXT, f"trace_id = {ODD + 1}"),
)
case(
    "an old endpoint too many",
    f"insert into legacy.workflow_trace_endpoint values ({ODD + 1}, {MAX_BIGINT})",
    lost(ENDPOINTS, f"trace_id = {ODD + 1}"),
)


# Reading what is there, and what is reported -----------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A reported row. Values are JSON texts, so that 1.1 is not 1.10."""

    table: str
    key: str
    columns: frozenset[str]
    old: dict[str, str] | None
    new: dict[str, str] | None

    @property
    def identity(self) -> tuple[str, str, str]:
        """Table, key, and the sides the row stands on."""
        if self.old is not None and self.new is not None:
            return self.table, self.key, "both"
        return self.table, self.key, "old" if self.new is None else "new"


def compare(connection: Connection, arguments: str = "") -> list[Row]:
    """What consolidation.differences() returns with these arguments."""
    query = f"""
        select
            d.table_name,
            d.key::text,
            d.columns,
            (select jsonb_object_agg(o.key, o.value::text) from jsonb_each(d.old_row) as o),
            (select jsonb_object_agg(n.key, n.value::text) from jsonb_each(d.new_row) as n)
        from consolidation.differences({arguments}) as d
    """
    return [
        Row(table, key, frozenset(columns), old, new)
        for table, key, columns, old, new in connection.execute(query)
    ]


def proved(connection: Connection) -> set[int]:
    """Runs that a proof of all of them, in ranges, finds unequal."""
    # Only what somebody bypassed is to be found: what waits in the queue is proved after it.
    connection.execute("delete from consolidation.change")
    connection.execute("select consolidation.forget_proof(), consolidation.begin_proof()")
    connection.execute(
        """
        do $$
        declare
            claimed bigint;
        begin
            loop
                claimed := consolidation.claim_chunk('proof', 7);
                exit when claimed is null;
                perform consolidation.prove_chunk(claimed);
            end loop;
        end
        $$
        """
    )
    unequal = connection.execute("select trace_id from consolidation.unequal_trace").fetchall()
    return {trace_id for (trace_id,) in unequal}


def runs_of(reported: list[Row]) -> set[int]:
    """The runs of reported rows."""
    return {
        int(version["trace_id"]) for row in reported for version in (row.old, row.new) if version
    }


def stored(
    connection: Connection, schema: str, table: str, where: str
) -> list[tuple[str, dict[str, str]]]:
    """Key and content of the rows of an old table, or of its old name, where a condition holds."""
    columns = [
        name
        for (name,) in connection.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 "
            "and not attisdropped",
            (f"legacy.{table}",),
        )
    ]
    content = ", ".join(f"('{name}', to_jsonb(t.\"{name}\"))" for name in columns)
    query = f"""
        select
            {key_of(table)}::text,
            (
                select jsonb_object_agg(v.name, v.content::text)
                from (values {content}) as v (name, content)
                where v.content is not null
            )
        from {schema}.{table} as t
        where {where}
    """
    return connection.execute(query).fetchall()


def key_of(table: str) -> str:
    """An expression for the key of a row."""
    names = ", ".join(f"'{name}', t.{name}" for name in KEY_COLUMNS[table])
    return f"jsonb_build_object({names})"


def plant(connection: Connection, planted: Case) -> None:
    """Executes the statements of a case, each of which must find something to change."""
    if planted.replica:
        connection.execute("set local session_replication_role = replica")
        # Triggers of the documents fire in that role as well: damage goes around them, too.
        for table in ("user_workflow_run", "user_workflow_run_step"):
            connection.execute(f"alter table public.{table} disable trigger all")
    for statement in planted.statements:
        cursor = connection.execute(statement)
        assert cursor.rowcount > 0, f"the case is wrong, nothing to change: {statement}"


@pytest.fixture(scope="module")
def full(deployed_template: str) -> Iterator[Connection]:
    """A deployed database with all rows."""
    with database(deployed_template) as name, connect(name) as connection:
        yield connection


@pytest.fixture(scope="module")
def thinned(deployed_template: str) -> Iterator[Connection]:
    """The same with three regular runs and the odd ones, less the large: quick to compare."""
    large = f"between 4 and 1000 or trace_id in ({ODD + 13}, {ODD + 14}, {ODD + 32}, {ODD + 70})"
    with database(deployed_template) as name, connect(name) as connection:
        for schema in ("legacy", "public"):
            connection.execute(f"delete from {schema}.workflow_trace where trace_id {large}")
        connection.execute("delete from consolidation.change")
        connection.execute("vacuum analyze")
        yield connection


def test_deployed_documents_do_not_differ(full: Connection) -> None:
    """After a deploy nothing differs, and there was something to compare in all six tables."""
    assert compare(full) == []
    with full.transaction(force_rollback=True):
        assert proved(full) == set()
    for table in KEY_COLUMNS:
        (count,) = full.execute(f"select count(*) from legacy.{table}").fetchone() or (0,)
        assert count > 0, table


def test_at_least_thirty_kinds_of_corruption_are_tried() -> None:
    """Rules are told apart by their words, so that none stands there twice."""
    assert len(CASES) >= 30
    assert len({(planted.rule, planted.replica) for planted in CASES}) == len(CASES)


@pytest.mark.parametrize("planted", [pytest.param(c, id=c.rule) for c in CASES])
def test_reports(thinned: Connection, planted: Case) -> None:
    """The comparison reports what was planted, with both versions of the row, and nothing else.

    The proof in ranges notes the runs of these rows, and no others.
    """
    with thinned.transaction(force_rollback=True):
        before = documents(thinned)
        plant(thinned, planted)
        if not planted.reports:
            assert documents(thinned) != before, "the case is wrong: nothing changed"
        wanted: list[tuple[str, str, str]] = []
        columns: dict[tuple[str, str, str], frozenset[str]] = {}
        for report in planted.reports:
            schema = "public" if report.side == "new" else "legacy"
            found = stored(thinned, schema, report.table, report.where)
            assert found, f"the case is wrong: no row in {schema}.{report.table}: {report.where}"
            # A set: what the documents hold twice is one row too many.
            for key in {key for key, _ in found}:
                wanted.append((report.table, key, report.side))
                columns[wanted[-1]] = report.columns

        reported = compare(thinned)
        assert sorted(row.identity for row in reported) == sorted(wanted)
        for row in reported:
            literal = row.key.replace("'", "''")
            where = f"{key_of(row.table)} = '{literal}'"
            for schema, version in (("legacy", row.old), ("public", row.new)):
                if version is None:
                    continue
                content = [c for _, c in stored(thinned, schema, row.table, where)]
                assert without_arrangement(version) in content
            if row.old is not None and row.new is not None:
                assert row.columns == columns[row.identity]
            else:
                assert row.columns == (row.old or row.new or {}).keys()
        assert proved(thinned) == runs_of(reported)
        if reported:
            with pytest.raises(psycopg.errors.DataCorrupted) as refusal, thinned.transaction():
                thinned.execute("select consolidation.refuse_unequal()")
            assert f"differ in {len(runs_of(reported))} run" in str(refusal.value)


def documents(connection: Connection) -> Any:
    """A fingerprint of all documents."""
    return connection.execute(
        "select md5(string_agg(r::text, '' order by r.run_id)), "
        "(select md5(string_agg(s::text, '' order by s.step_id)) from user_workflow_run_step as s) "
        "from user_workflow_run as r"
    ).fetchone()


def without_arrangement(version: dict[str, str]) -> dict[str, str]:
    """A reported row without the column that no table has."""
    return {name: content for name, content in version.items() if name != ARRANGEMENT}


# Before the cut-over, and after documents were written to ----------------------------------------


def test_compares_before_the_cut_over(carried_over: str) -> None:
    """Before the cut-over the old tables have the old names, and are found there."""
    with connect(carried_over) as connection, connection.transaction(force_rollback=True):
        assert compare(connection) == []
        connection.execute("set local session_replication_role = replica")
        connection.execute("update public.workflow_trace set status = 'x' where trace_id = 1")
        connection.execute("delete from public.workflow_events where event_id = 74")
        trace, event = compare(connection)
        assert trace.identity == ("workflow_trace", '{"trace_id": 1}', "both")
        assert trace.columns == {"status"}
        assert event.identity == ("workflow_events", '{"event_id": 74}', "new")


FORGIVEN = [
    run(ODD + 2, edited("events", is_event(SECOND), "e.element || '{\"extra\": 1}'")),
    run(ODD + 2, "events = jsonb_build_array(events -> 1, events -> 0, events -> 2)"),
    run(ODD + 2, "events = events || '5'"),
    run(ODD + 2, 'events = events || \'{"type": "no timestamp"}\''),
    run(ODD + 2, 'screenshots = \'[{"url": "u"}]\', endpoints_used = \'["text"]\''),
    run(ODD + 2, f"context = jsonb_build_object('{'k' * 256}', 1)"),
]


@pytest.mark.parametrize("statement", FORGIVEN)
def test_documents_may_hold_more_once_they_were_written_to(
    thinned: Connection, statement: str
) -> None:
    """What the old tables cannot hold is no difference in a run that was carried back."""
    with thinned.transaction(force_rollback=True):
        thinned.execute(statement)
        assert compare(thinned) != []
        assert proved(thinned) == {ODD + 2}
        thinned.execute(f"insert into consolidation.carried_back values ({ODD + 2})")
        assert compare(thinned) == []
        assert proved(thinned) == set()


@pytest.mark.parametrize(
    ("statement", "key", "side"),
    [
        (run(ODD + 2, without("events", is_event(LAST))), LAST, "old"),
        (
            run(ODD + 2, edited("events", is_event(FIRST), "e.element || '{\"data\": 1}'")),
            FIRST,
            "both",
        ),
        (
            run(
                ODD + 2,
                'events = events || \'{"type": "t", "timestamp": "2025-01-01T00:00:00Z", '
                '"event_id": 987654321}\'',
            ),
            987654321,
            "new",
        ),
        (run(ODD + 2, "events = events || (events -> 0)"), FIRST, "new"),
    ],
)
def test_documents_may_not_hold_less_or_other_once_they_were_written_to(
    thinned: Connection, statement: str, key: int, side: str
) -> None:
    """What the old tables can hold must be there, also in a run that was carried back."""
    with thinned.transaction(force_rollback=True):
        thinned.execute(f"insert into consolidation.carried_back values ({ODD + 2})")
        thinned.execute(statement)
        identities = [row.identity for row in compare(thinned)]
        assert identities == [("workflow_events", f'{{"event_id": {key}}}', side)]
        assert proved(thinned) == {ODD + 2}


# Ranges and slices -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "seen"),
    [
        ("", [0, 2, MAX_BIGINT]),
        ("0, 0", [0]),
        ("1, 2", [2]),
        ("2", [2, MAX_BIGINT]),
        ("3", [MAX_BIGINT]),
        ("null, 1", [0]),
        ("null, -1", []),
        ("1, 1", []),
        (f"{MAX_BIGINT}, {MAX_BIGINT}", [MAX_BIGINT]),
        (f"{-MAX_BIGINT - 1}, {MAX_BIGINT}", [0, 2, MAX_BIGINT]),
        ("trace_ids => array[2]", [2]),
        ("trace_ids => array[1, 3]", []),
        ("1, trace_ids => array[0, 2]", [2]),
        ("last_trace_id => 0, trace_ids => array[0, 2]", [0]),
    ],
)
def test_sees_its_range_only(thinned: Connection, arguments: str, seen: list[int]) -> None:
    """First and last trace_id and a list of them bound what is compared, both ends included."""
    with thinned.transaction(force_rollback=True):
        thinned.execute(
            f"update user_workflow_run set status = 'x' "
            f"where legacy_trace_id in (0, 2, {MAX_BIGINT})"
        )
        reported = [row.key for row in compare(thinned, arguments)]
        assert sorted(reported) == sorted(f'{{"trace_id": {trace_id}}}' for trace_id in seen)


def test_many_executions_are_compared_once_each(thinned: Connection) -> None:
    """However many runs there are, none is skipped and none is compared twice."""
    with thinned.transaction(force_rollback=True):
        thinned.execute(
            "insert into legacy.workflow_trace (trace_id, org_id) "
            f"select i, '{NOBODY}' from generate_series(100000, 112000) as i"
        )
        thinned.execute("analyze legacy.workflow_trace")
        row = thinned.execute(
            "select count(*), count(distinct d.key), min((d.key ->> 'trace_id')::bigint), "
            "max((d.key ->> 'trace_id')::bigint) from consolidation.differences() as d"
        ).fetchone()
        assert row == (12001, 12001, 100000, 112000)


# What must not pass for equal --------------------------------------------------------------------


def test_nothing_carried_over_is_reported_whole(thinned: Connection) -> None:
    """Without any document, every row of the six old tables is reported."""
    with thinned.transaction(force_rollback=True):
        thinned.execute("set local session_replication_role = replica")
        thinned.execute("delete from user_workflow_run_step")
        thinned.execute("delete from user_workflow_run")
        rows = thinned.execute(
            "select table_name, count(*), bool_and(new_row is null) "
            "from consolidation.differences() group by table_name"
        ).fetchall()
        assert {table: (count, lost) for table, count, lost in rows} == {
            table: (thinned.execute(f"select count(*), true from legacy.{table}").fetchone())
            for table in KEY_COLUMNS
        }


def test_empty_old_tables_are_not_equal(thinned: Connection) -> None:
    """Old tables that show no row but are not known to be empty raise; else all is added."""
    with thinned.transaction(force_rollback=True):
        thinned.execute("delete from legacy.workflow_trace")
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState), thinned.transaction():
            compare(thinned)
        thinned.execute("analyze legacy.workflow_trace")
        reported = compare(thinned)
        assert {row.table for row in reported} == KEY_COLUMNS.keys()
        assert {row.identity[2] for row in reported} == {"new"}


def grant_everything(connection: Connection, attributes: str) -> None:
    """A role that may call the comparison and read every table, for the rest of the transaction."""
    connection.execute(f"create role workflow_cycle_reader {attributes}")
    for statement in (
        "grant usage on schema consolidation, legacy to workflow_cycle_reader",
        "grant execute on all functions in schema consolidation to workflow_cycle_reader",
        "grant select on all tables in schema consolidation, legacy, public "
        "to workflow_cycle_reader",
    ):
        connection.execute(statement)


@pytest.mark.parametrize("organisation", ["", BILLING])
def test_a_tenant_cannot_compare(thinned: Connection, organisation: str) -> None:
    """Who sees one organisation or none gets an error, no empty result; who sees all compares."""
    with thinned.transaction(force_rollback=True):
        grant_everything(thinned, "nosuperuser nobypassrls")
        thinned.execute("select set_config('app.current_org_id', %s, true)", (organisation,))
        thinned.execute("set local role workflow_cycle_reader")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), thinned.transaction():
            compare(thinned)
        thinned.execute("reset role")
        thinned.execute("alter role workflow_cycle_reader bypassrls")
        thinned.execute("set local role workflow_cycle_reader")
        assert compare(thinned) == []


def test_nobody_compares_without_leave(thinned: Connection) -> None:
    """Execute is not granted to public."""
    with thinned.transaction(force_rollback=True):
        thinned.execute("create role workflow_cycle_reader")
        thinned.execute("grant usage on schema consolidation to workflow_cycle_reader")
        thinned.execute("set local role workflow_cycle_reader")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), thinned.transaction():
            compare(thinned)


def test_maintenance_compares_all_organisations(thinned: Connection) -> None:
    """A member of workflow_maintenance, who sees every organisation, may compare them."""
    with thinned.transaction(force_rollback=True):
        thinned.execute("create role workflow_cycle_reader in role workflow_maintenance")
        thinned.execute("update user_workflow_run set status = 'x' where legacy_trace_id = 2")
        thinned.execute("set local role workflow_cycle_reader")
        assert [row.key for row in compare(thinned)] == ['{"trace_id": 2}']


# The queue ---------------------------------------------------------------------------------------


def test_pending_executions_can_be_left_out(thinned: Connection) -> None:
    """With skip_pending, runs in the queue are not compared, and all others are."""
    with thinned.transaction(force_rollback=True):
        thinned.execute("set local session_replication_role = replica")
        thinned.execute("update user_workflow_run set status = 'x' where legacy_trace_id in (1, 2)")
        thinned.execute("delete from consolidation.change where trace_id <> 1")
        assert [row.key for row in compare(thinned, "skip_pending => true")] == ['{"trace_id": 2}']
        assert len(compare(thinned)) == 2


def test_everything_pending_is_not_equal(thinned: Connection) -> None:
    """With skip_pending, nothing left to compare raises."""
    with thinned.transaction(force_rollback=True):
        thinned.execute(
            "insert into consolidation.change (trace_id) select trace_id from legacy.workflow_trace"
        )
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState), thinned.transaction():
            compare(thinned, "skip_pending => true")
        assert compare(thinned) == []


def test_a_truncate_in_the_queue_is_not_equal(thinned: Connection) -> None:
    """With skip_pending, a truncate that waits makes every run pending, and raises."""
    with thinned.transaction(force_rollback=True):
        thinned.execute("insert into consolidation.change (trace_id) values (null)")
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState), thinned.transaction():
            compare(thinned, "skip_pending => true")
        assert compare(thinned) == []
