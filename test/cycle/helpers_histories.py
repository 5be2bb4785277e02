"""Random histories: what applications send to the eight old names, phase by phase.

A history is drawn by Hypothesis, which also makes a failing one as short as it can. Its statements
are plain SQL in which <t1>, <s1>, <org1> … stand for keys of its own (see keys()), so that many
histories can run in one database side by side and none sees the rows of another.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

PHASES = (
    "@baseline",
    "@expand",
    "in the middle of the backfill",
    "@carried_over",
    "@cut_over",
    "back at @expand",
    "@cut_over again",
    "back at @baseline",
)
VIEWS = ("@cut_over", "@cut_over again")
# Rows that no document can hold stop a backfill. They are written where none runs; before it begins
# the test repairs them as the preflight says. As views, the old names refuse them: a limit.
UNCARRIABLE = ("@baseline", "@expand", *VIEWS, "back at @baseline")
CARRIES = PHASES[2:7]

# What docs/old-names.md says of statements under "Limits": its words, and the SQLSTATE.
LIMITS = {
    "on conflict": ("`on conflict` on `workflow_events`", "42P10"),
    "on constraint": ("`on conflict on constraint …`", "42704"),
    "copy from": ("`copy … from`", "42809"),
    "copy to": ("`copy workflow_trace to …`", "42809"),
    "truncate": ("`truncate`", "42809"),
    "foreign key": ("a foreign key to an old name", "42809"),
    "index": ("an index", "42809"),
    "ctid": ("`ctid`", "42703"),
    "merge": ("`merge` before PostgreSQL 17", "0A000"),
    "for update": ("`select … for update`", "0A000"),
    "default id": ("`update … set … = default`", "23502"),
    "default generated": ("`is_dynamic`", "428C9"),
    "null": ("null for `workflow_id`", "23502"),
    "foreign step": ("an event whose step belongs to another trace", "23503"),
    "moved step": ("a step with events or screenshots moves", "0A000"),
    "several found": ("`update … from` that finds several rows", "40001"),
    # Refused on both sides, but for different reasons.
    "several": ("breaks several constraints", "23"),
    # Refused by the table only.
    "id elsewhere": ("is checked for uniqueness within its run only", None),
}
# Those that no history tries: test_limits.py does. Words, the SQLSTATE and the statement.
TRIED_LIMITS = (
    ("`where current of`", "0A000", "delete from workflow_trace where current of one"),
    ("`xmin`", "42703", "select xmin from workflow_trace"),
    ("`tableoid`", "42703", "select tableoid from workflow_events"),
    ("`tablesample`", "0A000", "select from workflow_trace tablesample system (1)"),
    ("`group by` of the key alone", "42803", "select * from workflow_trace group by trace_id"),
    ("`alter table`", "42809", "alter table workflow_trace add column extra text"),
    (
        "a row trigger",
        "42809",
        "create trigger late after insert on workflow_trace for each row "
        "execute function suppress_redundant_updates_trigger()",
    ),
    ("`retry_count`", "23502", "update workflow_steps set retry_count = null"),
)
# What is said there of other things than one statement of one session.
OTHER_LIMITS = (
    "no primary key for reflection",
    "`session_replication_role = replica`",
    "a statement that changes many events",
    "a statement that changes many screenshots",
    "`pg_get_serial_sequence",
    "two sessions change the *same column*",
    "a role may update or delete elements but not read them",
    "`workflow_events where event_id = …` alone reads every document",
    "only columns of a table granted to a role",
    "a foreign key from events, screenshots, context or endpoints",
    "a view with the rights of its owner, past the policies",
)


@dataclass(frozen=True)
class Statement:
    """One statement; limits: those it may meet; ordered: whether its rows come in an order.

    around: what the project's session does before and after it, and the control's does not.
    """

    text: str
    limits: tuple[str, ...] = ()
    ordered: bool = False
    copied: str = ""
    around: tuple[str, str] = ("", "")


CARRY = Statement("-- another session carries over what is in the queue")
CHUNK = Statement("-- another session carries over the next range")

# What somebody does to the project beside the history, whose rows stay what they are.
BESIDE = "-- beside: "
# A copy claims the ids of all elements; it stands outside of what a history looks at.
CLONE_OFFSET = 500_000
CLONE = f"""{BESIDE}insert into user_workflow_run (workflow_id, org_id, channel, created_by, status,
    context, endpoints_used, events, screenshots, legacy, legacy_trace_id)
select workflow_id, '<org3>', channel, created_by, 'clone', context, endpoints_used, events,
    screenshots, legacy, legacy_trace_id + {CLONE_OFFSET}
from user_workflow_run where legacy_trace_id between <t1> and <t9>
on conflict do nothing"""
# Nor may a tenant who plants ids in its own run take a row from others.
PLANT = f"""{BESIDE}update user_workflow_run as r set events = r.events || coalesce((
    select jsonb_agg(e || '{{"type": "planted"}}')
    from user_workflow_run_step as s, jsonb_array_elements(s.events) as e
    where s.legacy_trace_id between <t1> and <t9>
), '[]')
where r.legacy_trace_id between <t1> + {CLONE_OFFSET} and <t9> + {CLONE_OFFSET}"""
MADE = f"{BESIDE}create view made_<h> as select event_type from workflow_events; drop view made_<h>"
TABLES_OFF = "alter table user_workflow_run disable trigger user"
# The capture has to be enabled as it was; a proof does not begin before.
TABLES_ON = "alter table user_workflow_run enable trigger user, " + ", ".join(
    f"enable always trigger {name}"
    for name in (
        "capture_insert",
        "capture_update",
        "capture_delete",
        "capture_truncate",
        "guard_run_identity",
    )
)
AROUND = (
    ("set session_replication_role = replica", "reset session_replication_role"),
    (TABLES_OFF, TABLES_ON),
)

History = tuple[tuple[Statement, ...], ...]


def keys(number: int) -> dict[str, str]:
    """The keys of a history. Number 0 has the smallest and the greatest there are."""
    base = 1_000_000 * (number + 1)
    found = {"h": str(number)}
    for letter in "tsecm":
        found |= {f"{letter}{place}": str(base + place) for place in range(1, 10)}
        found[f"{letter}min"] = str(-(2**63) + number)
        found[f"{letter}neg"] = str(-base)
        found[f"{letter}max"] = str(2**63 - 1 - number)
    for block, name in enumerate(("org", "w", "user", "n", "p", "g"), start=8000):
        for place in range(1, 4):
            found[f"{name}{place}"] = f"00000000-0000-4000-{block}-{10 * number + place:012}"
    found["pnil"] = f"00000000-0000-0000-0000-{number:012}"
    return found


def spelled(text: str, number: int) -> str:
    """A statement with the keys of the history of that number."""
    known = keys(number)
    return re.sub(r"<(\w+)>", lambda found: known[found[1]], text)


def any_of(*texts: str) -> st.SearchStrategy[str]:
    return st.sampled_from(texts)


TEXTS = ("'pending'", "'x'", "''", "'ünïcødé – 試験 🎉'", "E'a\\n\\t\\'b\\\\\"'", "' blank '")
TEXT = any_of(*TEXTS)
SHORT = any_of(*TEXTS, "repeat('ä', 100)", "repeat('x', 101)", "repeat('y', 100) || '  '")
LONGER = any_of(*TEXTS, "repeat('ä', 255)", "repeat('x', 256)")
JSON = any_of(
    "'{}'",
    "'null'",
    "'[]'",
    "'\"\"'",
    "'0'",
    "'-0.0'",
    "'1.10'",
    "'12345678901234567890.123456789'",
    "'1e400'",
    "'true'",
    '\'{"a": {"b": [1, null, "x"]}}\'',
    '\'{"b": 1, "a": 2, "b": 3}\'',
    '\'{"type": "x", "timestamp": 1, "event_id": 7}\'',
    "'\"\\u00e9 試 \\n\"'",
    '\'[[[]], {"": ""}]\'',
    "jsonb_build_object('large', repeat('x', 3000))",
)
TIME = any_of(
    "'2024-02-29 23:59:59.999999+00'",
    "'2025-01-14 10:30:00+00'",
    "'2025-01-14 10:30:00.5-11:30'",
    "'1969-07-20 20:17:40+00'",
    "'0044-03-15 12:00:00+00 BC'",
    "'294276-12-31 23:59:59.999999+00'",
    "'infinity'",
    "'-infinity'",
)
WHOLE = any_of("0", "1", "-1", "42", "2147483647", "-2147483648", "2147483648")
SMALL = any_of("0", "1", "-32768", "32767", "32768")
NUMBER = any_of("1", "2", "3", "0", "-1", "2147483647")
SCORE = any_of("0", "0.5", "0.50", "0.955", "1", "9.994", "9.995", "-9.99", "'NaN'")
BOOLEAN = any_of("true", "false")

TRACE = any_of("<t1>", "<t2>", "<tneg>", "<tmin>", "<tmax>")
STEP = any_of("<s1>", "<s2>", "<sneg>", "<smin>", "<smax>")
EVENT = any_of("<e1>", "<e2>", "<eneg>", "<emin>", "<emax>")
CONTEXT = any_of("<c1>", "<c2>", "<cneg>", "<cmin>", "<cmax>")
STATE = any_of("<m1>", "<m2>", "<mneg>", "<mmin>", "<mmax>")
# Mostly a run that is there; <t9> never is.
OF_TRACE = any_of(
    "<t1>",
    "<t1>",
    "<t2>",
    "<tneg>",
    "<tmin>",
    "<tmax>",
    "<t9>",
    "(select max(trace_id) from workflow_trace where org_id = '<org1>')",
)
ORG = any_of("'<org1>'", "'<org2>'")
WORKFLOW = any_of("'<w1>'", "'<w2>'")
USER = any_of("'<user1>'", "'<user2>'")
NODE = any_of("'<n1>'", "'<n2>'")
SCREENSHOT = any_of("'<p1>'", "'<p2>'", "'<p3>'", "'<pnil>'")
CONFIG = any_of("'<g1>'", "'<g2>'", "'<g3>'")
KEY = any_of("'user_session'", "'k'", "''", "'ключ 🎉'", "repeat('k', 255)", "repeat('k', 256)")

OWN_TRACES = "(select trace_id from workflow_trace where org_id in ('<org1>', '<org2>'))"


@dataclass(frozen=True)
class Table:
    """What is written to a table: its columns, those that cannot be left out, its key."""

    name: str
    columns: dict[str, st.SearchStrategy[str]]
    required: tuple[str, ...]
    key: tuple[str, ...]
    own: str
    # Columns that are null in the table but not in the documents.
    documented: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


TABLES = (
    Table(
        "workflow_trace",
        {
            "trace_id": TRACE,
            "batch_job_item_id": USER,
            "org_id": ORG,
            "workflow_id": WORKFLOW,
            "channel": any_of("'web'", "'voice'", "'efax'", "''"),
            "external_id": LONGER,
            "status": TEXT,
            "action_type": TEXT,
            "action_detail": JSON,
            "success": BOOLEAN,
            "duration_ms": WHOLE,
            "error_detail": JSON,
            "error_message": TEXT,
            "llm_prompt": TEXT,
            "llm_response": TEXT,
            "llm_model": SHORT,
            "llm_tokens_used": WHOLE,
            "tier": SMALL,
            "tier_reason": TEXT,
            "config_snapshot": JSON,
            "start_time": TIME,
            "end_time": TIME,
            "created_at": TIME,
            "user_id": USER,
            "created_by": USER,
            "session_id": USER,
        },
        required=("org_id",),
        key=("trace_id",),
        own="org_id in ('<org1>', '<org2>')",
        documented=("workflow_id", "channel", "status", "created_by"),
        conflicts=(
            "on conflict (trace_id) do nothing",
            "on conflict (trace_id) do update set status = excluded.status, tier = 7",
            "on conflict (trace_id) do update set error_message = workflow_trace.status "
            "where workflow_trace.tier is null",
            "on conflict do nothing",
            "on conflict on constraint workflow_trace_pkey do nothing",
        ),
        changes=("tier = coalesce(tier, 0) + 1", "action_detail = action_detail || '{\"z\": 1}'"),
    ),
    Table(
        "workflow_steps",
        {
            "step_id": STEP,
            "trace_id": OF_TRACE,
            "step_number": NUMBER,
            "status": TEXT,
            "input_data": JSON,
            "output_data": JSON,
            "error_message": TEXT,
            "start_time": TIME,
            "end_time": TIME,
            "duration_ms": WHOLE,
            "retry_count": WHOLE,
            "metadata": JSON,
            "node_id": NODE,
        },
        required=("trace_id", "step_number"),
        key=("step_id",),
        own=f"trace_id in {OWN_TRACES}",
        documented=("node_id",),
        conflicts=(
            "on conflict (trace_id, step_number) do update set status = excluded.status, "
            "retry_count = workflow_steps.retry_count + 1",
            "on conflict (step_id) do nothing",
            "on conflict do nothing",
        ),
        changes=(
            "retry_count = retry_count + 1",
            "step_number = step_number + 10",
            "metadata = coalesce(metadata, '{}') || '{\"z\": 1}'",
        ),
    ),
    Table(
        "workflow_events",
        {
            "event_id": EVENT,
            "trace_id": OF_TRACE,
            "step_id": STEP,
            "event_type": SHORT,
            "event_data": JSON,
            '"timestamp"': TIME,
        },
        required=("trace_id", "event_type", "event_data"),
        key=("event_id",),
        own=f"trace_id in {OWN_TRACES}",
        conflicts=(
            "on conflict (event_id) do nothing",
            "on conflict (event_id) do update set event_data = excluded.event_data",
        ),
        changes=("event_data = event_data || '[1]'", "event_type = left(event_type || '!', 100)"),
    ),
    Table(
        "workflow_trace_screenshot",
        {
            "screenshot_id": SCREENSHOT,
            "trace_id": OF_TRACE,
            "org_id": ORG,
            "node_name": LONGER,
            "step_index": NUMBER,
            "screenshot_url": TEXT,
            "thumbnail_url": TEXT,
            "action_description": TEXT,
            "element_selector": TEXT,
            "element_found": BOOLEAN,
            "confidence_score": SCORE,
            "created_at": TIME,
            "node_id": NODE,
        },
        required=(
            "trace_id",
            "org_id",
            "node_name",
            "step_index",
            "screenshot_url",
            "action_description",
            "node_id",
        ),
        key=("screenshot_id",),
        own=f"trace_id in {OWN_TRACES}",
        conflicts=(
            "on conflict (screenshot_id) do update set screenshot_url = excluded.screenshot_url",
        ),
        changes=(
            "step_index = step_index + 1",
            "confidence_score = confidence_score / 2",
            "element_found = not element_found",
        ),
    ),
    Table(
        "workflow_trace_context",
        {
            "context_id": CONTEXT,
            "trace_id": OF_TRACE,
            "key": KEY,
            "value": JSON,
            "created_at": TIME,
            "updated_at": TIME,
        },
        required=("trace_id", "key", "value"),
        key=("context_id",),
        own=f"trace_id in {OWN_TRACES}",
        conflicts=(
            "on conflict (trace_id, key) do update set value = excluded.value, "
            "updated_at = '2025-01-14 10:30:00+00'",
        ),
        changes=(
            "value = value || '[1]', updated_at = '2025-01-14 10:30:00.25+00'",
            "key = left('z' || key, 255)",
        ),
    ),
    Table(
        "workflow_trace_endpoint",
        {
            "trace_id": OF_TRACE,
            "endpoint_id": any_of(
                "0", "1", "5", "-7", "9223372036854775807", "-9223372036854775808"
            ),
        },
        required=("trace_id", "endpoint_id"),
        key=("trace_id", "endpoint_id"),
        own=f"trace_id in {OWN_TRACES}",
        conflicts=("on conflict (trace_id, endpoint_id) do nothing",),
        changes=("endpoint_id = -(endpoint_id / 2)",),
    ),
    Table(
        "workflow_configs",
        {
            "config_id": CONFIG,
            "org_id": ORG,
            "workflow_id": WORKFLOW,
            "name": LONGER,
            "config_type": TEXT,
            "config_data": JSON,
            "is_active": BOOLEAN,
            "created_by": USER,
            "created_at": TIME,
            "updated_at": TIME,
        },
        required=("org_id", "name", "config_type", "config_data", "created_by"),
        key=("config_id",),
        own="org_id in ('<org1>', '<org2>')",
        conflicts=(
            "on conflict (org_id, workflow_id, name, config_type) "
            "do update set config_data = excluded.config_data",
            "on conflict (config_id) do nothing",
            "on conflict do nothing",
        ),
        changes=("is_active = not is_active", "config_data = config_data || '[1]'"),
    ),
    Table(
        "micro_state",
        {
            "micro_state_id": STATE,
            "workflow_id": WORKFLOW,
            "node_id": NODE,
            "dom_snapshot": TEXT,
            "action_json": JSON,
            "semantic_spec": any_of("'{}'", "'{\"dynamic_meta\": null}'", "'[]'"),
            "label": TEXT,
            "category": TEXT,
            "required": BOOLEAN,
            "is_dynamic": any_of("default", "default", "true"),
            "text_emb": any_of("'{}'", "'{0.1,-2.5,NaN}'", "array[1, null]::real[]"),
            "mini_score": any_of("0", "0.9999", "9.9996", "-1.5"),
            "is_retired": BOOLEAN,
            "aliased_to": any_of("<m1>", "<mneg>", "<m9>"),
            "created_at": TIME,
        },
        required=("workflow_id", "node_id", "dom_snapshot", "action_json"),
        key=("micro_state_id",),
        own="workflow_id in ('<w1>', '<w2>')",
        conflicts=(
            "on conflict (micro_state_id) do update set label = excluded.label",
            "on conflict do nothing",
        ),
        changes=("is_retired = not is_retired", "semantic_spec = '{\"dynamic_meta\": 1}'"),
    ),
)
BY_NAME = {table.name: table for table in TABLES}
CHILDREN = tuple(table.name for table in TABLES[1:6])
ELEMENTS = CHILDREN[1:]

# Rare things are tried, too, but do not fill the histories. The first is what shortening tends to.
RARELY = st.sampled_from((*(False,) * 15, True))
SOMETIMES = st.sampled_from((False, False, False, True))
USUALLY = st.sampled_from((False, *(True,) * 9))

Draw = Callable[[st.SearchStrategy[Any]], Any]


def value(draw: Draw, table: Table, column: str, phase: str) -> str:
    """A literal for a column: usually of its kind, else null or default."""
    if column == "is_dynamic":
        return str(draw(table.columns[column]))
    needed = column in table.documented and phase not in UNCARRIABLE
    if needed or not draw(RARELY):
        return str(draw(table.columns[column]))
    return str(draw(any_of("null", "default")))


def event_of_step(draw: Draw, found: dict[str, str], phase: str) -> None:
    """Gives a row of workflow_events a step, where needed one of its own run."""
    if not {"step_id", "trace_id"} <= found.keys():
        return
    if phase not in UNCARRIABLE or not draw(SOMETIMES):
        if found["step_id"] in ("null", "default"):
            return
        found["trace_id"] = (
            f"(select trace_id from workflow_steps where step_id = {found['step_id']})"
        )


def limits_of(table: Table, phase: str, rows: list[dict[str, str]], verb: str) -> tuple[str, ...]:
    """What these values may meet at the old name of the table."""
    if phase not in VIEWS:
        return ()
    empty = ("null", "default")
    found = ["several"] if table.name in CHILDREN else []
    if table.name in ("workflow_trace_screenshot", "workflow_trace_context"):
        found += ["id elsewhere"] if any(table.key[0] in row for row in rows) else []
    left_out = "null" if verb == "insert" else "kept"
    for row in rows:
        if any(
            row.get(column, left_out if column != "status" else "kept") in empty
            for column in table.documented
        ):
            found.append("null")
        if table.name == "workflow_trace" and verb == "update" and "trace_id" in row:
            found.append("several")
        if verb == "update" and row.get(table.key[0]) == "default":
            found.append("default id")
        if row.get("is_dynamic") == "default" and verb == "update":
            found.append("default generated")
        if table.name == "workflow_steps" and verb == "update" and "trace_id" in row:
            found.append("moved step")
        if table.name == "workflow_events" and (
            "step_id" in row or (verb == "update" and "trace_id" in row)
        ):
            found.append("foreign step")
    return tuple(dict.fromkeys(found))


def returning(draw: Draw, table: Table) -> str:
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return ""
    if kind == 1:
        return " returning *"
    if kind == 2:
        listed = draw(st.permutations(list(table.columns)[:4]))
        return f" returning {', '.join(listed)}"
    return f" returning {table.key[0]} is null as missing, {table.key[-1]}, {table.name}"


@st.composite
def insert(draw: Draw, table: Table, phase: str) -> Statement:
    """Inserts one to three rows; the columns in any order, some left out."""
    needed = list(table.required)
    if phase not in UNCARRIABLE or not draw(RARELY):
        needed += [column for column in table.documented if column != "status"]
    if draw(RARELY):
        needed.pop(draw(st.integers(0, len(table.required) - 1)))
    others = [column for column in table.columns if column not in needed]
    listed = needed + draw(
        st.lists(st.sampled_from(others), unique=True, max_size=5) if others else st.just([])
    )
    if draw(SOMETIMES):
        listed = draw(st.permutations(listed))
    rows = []
    for _ in range(draw(st.sampled_from((1, 1, 2, 3)))):
        found = {column: value(draw, table, column, phase) for column in listed}
        if table.name == "workflow_events":
            event_of_step(draw, found, phase)
        rows.append(found)
    limits = limits_of(table, phase, rows, "insert")
    conflict = ""
    if draw(SOMETIMES):
        conflict = " " + draw(any_of(*table.conflicts))
        if phase in VIEWS and "on constraint" in conflict:
            limits = (*limits, "on constraint")
        if phase in VIEWS and table.name in ELEMENTS:
            limits = (*limits, "on conflict")
    listed = list(rows[0])
    values = ", ".join(f"({', '.join(row[column] for column in listed)})" for row in rows)
    return Statement(
        f"insert into {table.name} ({', '.join(listed)}) values {values}{conflict}"
        f"{returning(draw, table)}",
        limits,
    )


def condition(draw: Draw, table: Table) -> str:
    """Some rows of this history: mostly one, by its key."""
    kind = draw(st.sampled_from((0, 1, 1, 1, 1, 2, 2, 3)))
    if kind == 0:
        return table.own
    if kind == 1:
        column = table.key[-1]
        return f"{table.own} and {column} = {draw(table.columns[column])}"
    if kind == 2 and "trace_id" in table.columns:
        return f"trace_id = {draw(TRACE)}"
    column = draw(st.sampled_from(list(table.columns)))
    if column in ("is_dynamic", "text_emb"):
        return table.own
    return f"{table.own} and {column} {draw(any_of('is null', 'is not null'))}"


@st.composite
def update(draw: Draw, table: Table, phase: str) -> Statement:
    """Updates some rows: any column, also keys, or something computed from the row."""
    found: dict[str, str] = {}
    where = condition(draw, table)
    if draw(SOMETIMES):
        changes = draw(any_of(*table.changes))
    else:
        possible = [
            column
            for column in table.columns
            # Which step an event has may only be changed freely where it need not be carried over.
            if phase in UNCARRIABLE
            or (table.name, column)
            not in (
                ("workflow_events", "step_id"),
                ("workflow_events", "trace_id"),
                ("workflow_steps", "trace_id"),
            )
        ]
        listed = draw(st.lists(st.sampled_from(possible), unique=True, min_size=1, max_size=3))
        found = {column: value(draw, table, column, phase) for column in listed}
        changes = ", ".join(f"{column} = {literal}" for column, literal in found.items())
        if found.get(table.key[0]) == "default":
            # Of one row: which of several gets which number is nobody's business.
            where = f"{table.own} and {table.key[0]} = {draw(table.columns[table.key[0]])}"
    return Statement(
        f"update {table.name} set {changes} where {where}{returning(draw, table)}",
        limits_of(table, phase, [found], "update"),
    )


@st.composite
def delete(draw: Draw, table: Table) -> Statement:
    return Statement(
        f"delete from {table.name} where {condition(draw, table)}{returning(draw, table)}"
    )


@st.composite
def select(draw: Draw, table: Table, phase: str) -> Statement:
    where = condition(draw, table)
    key = ", ".join(table.key)
    # Random keys have an order of their own in each database; all else has the same.
    order = key
    if table.key[0] in ("screenshot_id", "config_id"):
        order = ", ".join(column for column in table.columns if column != key)
    locked = table.name in ("workflow_events", "workflow_trace_screenshot")
    limits = ("for update",) if phase in VIEWS and locked else ()
    return draw(
        st.sampled_from(
            [
                Statement(
                    f"select * from {table.name} where {where} order by {order}", ordered=True
                ),
                Statement(f"select * from {table.name} where {where} for update", limits),
                Statement(f"select {key} from {table.name} where {where} for share nowait", limits),
                Statement(
                    f"select {key}, row_number() over (order by {order}) from {table.name} "
                    f"where {where} order by {order} limit 2",
                    ordered=True,
                ),
                Statement(
                    f"select count(*), max({table.key[-1]}::text) from {table.name} where {where}"
                ),
                Statement(f"table {table.name} limit 0"),
                Statement(f"select t, t.{table.key[0]} from only {table.name} as t where {where}"),
                Statement(
                    f"copy (select * from {table.name} where {where} order by {order}) to stdout"
                ),
            ]
        )
    )


FIVE_JOIN = """select {} from workflow_trace t
left join workflow_steps s on t.trace_id = s.trace_id
left join workflow_events e on s.step_id = e.step_id
left join workflow_trace_screenshot sc on t.trace_id = sc.trace_id
left join workflow_trace_context c on t.trace_id = c.trace_id
where t.trace_id = {}"""

NEW_TRACE = "(org_id, workflow_id, channel, created_by) values ('<org1>', '<w1>', 'web', '<user1>')"


@st.composite
def joined(draw: Draw, phase: str) -> Statement:
    """Statements over several tables, as reports and clean-up jobs send them."""
    trace = draw(TRACE)
    step = draw(STEP)
    text = draw(JSON)
    moment = draw(TIME)
    statements = [
        Statement(FIVE_JOIN.format("*", trace)),
        Statement(FIVE_JOIN.format("t.*, s.step_number, e.event_data, sc.*, c.key", trace)),
        Statement(
            "select s.step_number, count(e.event_id), count(*) filter (where e.event_type = 'x') "
            f"from workflow_steps s left join workflow_events e using (step_id) "
            f"where s.trace_id = {trace} group by s.step_id, s.step_number order by 1",
            ordered=True,
        ),
        Statement(
            "select * from workflow_trace t where org_id = '<org1>' and exists (select from "
            "workflow_events e where e.trace_id = t.trace_id and e.event_data = 'null') "
            "and not exists (select from workflow_trace_endpoint p where p.trace_id = t.trace_id)"
        ),
        Statement(
            "update workflow_events as e "
            "set event_type = left(s.status || '/' || e.event_type, 99) "
            "from workflow_steps as s where s.step_id = e.step_id "
            f"and s.trace_id = {trace} returning e.*, s.step_number"
        ),
        Statement(
            "update workflow_trace_context as c set value = to_jsonb(t.status) "
            f"from workflow_trace as t where t.trace_id = c.trace_id and t.trace_id = {trace} "
            "and t.status is not null returning c.key, t.status"
        ),
        Statement(
            f"update workflow_steps as s set output_data = {text} from workflow_trace as t "
            f"where t.trace_id = s.trace_id and t.org_id = '<org1>' returning s.step_id, t.trace_id"
        ),
        Statement(
            "delete from workflow_events as e using workflow_steps as s "
            f"where e.step_id = s.step_id and e.trace_id = {trace} and s.step_number = 1 "
            "returning e.event_id, s.step_id"
        ),
        Statement(
            f"delete from workflow_trace_screenshot where trace_id in {OWN_TRACES} "
            f"and created_at < {moment}"
        ),
        Statement(
            "update workflow_trace_context as c set value = to_jsonb(n) from "
            f"generate_series(100, 101) as n where c.trace_id = {trace} and length(c.key) < 20",
            ("several found",) if phase in VIEWS else (),
        ),
        Statement(
            "delete from workflow_events as e using workflow_steps as s "
            f"where s.trace_id = e.trace_id and e.trace_id = {trace} and e.step_id is null "
            "returning e.*"
        ),
        Statement(
            "update workflow_trace_endpoint as p set endpoint_id = p.endpoint_id / 2 - 1000 "
            f"from generate_series(1, 2) where p.trace_id = {trace} and p.endpoint_id > 0"
        ),
        Statement(
            "delete from workflow_trace_endpoint as p using workflow_trace as t "
            "where t.trace_id = p.trace_id and t.org_id = '<org1>' returning p.*"
        ),
        Statement(
            f"with t as (insert into workflow_trace {NEW_TRACE} returning trace_id), "
            "s as (insert into workflow_steps (trace_id, step_number, node_id) "
            "select trace_id, n, '<n1>' from t, generate_series(1, 2) n returning *) "
            "insert into workflow_events (trace_id, step_id, event_type, event_data, timestamp) "
            f"select trace_id, step_id, 'from cte', {text}, {moment} from s returning *"
        ),
        Statement(
            "with gone as (delete from workflow_events where trace_id = "
            f"{trace} returning *) insert into workflow_events (trace_id, step_id, event_type, "
            "event_data, timestamp) select trace_id, step_id, event_type, event_data, timestamp "
            "from gone order by event_id returning event_type, event_data, timestamp"
        ),
        Statement(
            "insert into workflow_trace_context (trace_id, key, value) "
            f"select trace_id, 'copied from ' || step_number, coalesce(metadata, '1') "
            f"from workflow_steps where trace_id = {trace} order by step_id returning *"
        ),
        Statement(
            "insert into workflow_trace_screenshot (trace_id, org_id, node_name, step_index, "
            "screenshot_url, action_description, confidence_score, created_at, node_id) "
            "select trace_id, '<org2>', 'copied', step_number, 's3://b', '', 0.5, "
            f"{moment}, '<n2>' from workflow_steps where step_id = {step} returning *"
        ),
        Statement(
            f"insert into workflow_trace {NEW_TRACE}, ('<org2>', '<w2>', '', '<user2>') returning *"
        ),
        Statement(f"insert into {draw(st.sampled_from(TABLES)).name} default values returning *"),
        Statement(
            "select nextval('workflow_trace_trace_id_seq'), "
            "nextval('public.workflow_steps_step_id_seq'), "
            "nextval('workflow_events_event_id_seq'::regclass), "
            "nextval('workflow_trace_context_context_id_seq')"
        ),
        Statement(
            "copy workflow_events (trace_id, event_type, event_data, timestamp) from stdin",
            copied=f'{trace}\tcopied\t{{"a": 1.10}}\t2025-01-14 10:30:00+00\n'
            f"{trace}\tcopied\tnull\tinfinity\n",
        ),
        Statement(
            "copy workflow_steps (trace_id, step_number, node_id, retry_count) from stdin",
            ("copy from",) if phase in VIEWS else (),
            copied=f"{trace}\t101\t<n1>\t0\n{trace}\t102\t<n2>\t3\n",
        ),
        Statement(
            "copy workflow_trace_context (trace_id, key, value, created_at) from stdin",
            copied=f'{trace}\tcopied\t"\\\\u00e9"\t2025-01-14 10:30:00.000001+00\n',
        ),
        Statement("copy workflow_trace_endpoint from stdin", copied=f"{trace}\t77\n{trace}\t78\n"),
    ]
    return draw(st.sampled_from(statements))


@st.composite
def limited(draw: Draw, phase: str) -> Statement:
    """What no view can do; where the old names are tables it is sent only if it does no harm."""
    table = draw(st.sampled_from(TABLES[:6])).name
    found = [
        Statement(f"select count(ctid) from {table} where {BY_NAME[table].own}", ("ctid",)),
        Statement(
            "merge into workflow_steps as s using (values (<t1>, 1, <s8>), (<t1>, 5, <s9>)) "
            "as v (trace_id, step_number, step_id) on s.trace_id = v.trace_id "
            "and s.step_number = v.step_number when matched then update set status = 'merged' "
            "when not matched then insert (step_id, trace_id, step_number, node_id) "
            "values (v.step_id, v.trace_id, v.step_number, '<n1>')",
            ("merge",),
        ),
    ]
    if phase in VIEWS:
        found += [
            Statement(f"truncate {table} cascade", ("truncate",)),
            Statement(f"create table h<h> (id bigint references {table})", ("foreign key",)),
            Statement(f"create index h<h> on {table} (trace_id)", ("index",)),
            Statement(f"copy {table} to stdout", ("copy to",)),
        ]
    chosen = draw(st.sampled_from(found))
    return Statement(chosen.text, chosen.limits if phase in VIEWS else ())


# Prepared at the baseline by sessions that stay connected, with their parameters.
PREPARED: tuple[tuple[str, tuple[st.SearchStrategy[str], ...], tuple[str, ...]], ...] = (
    ("select * from workflow_events where trace_id = $1 order by event_id", (TRACE,), ()),
    (FIVE_JOIN.format("*", "$1"), (TRACE,), ()),
    (
        "insert into workflow_events (trace_id, event_type, event_data, timestamp) "
        "values ($1, $2, $3, $4) returning *",
        (OF_TRACE, SHORT, JSON, TIME),
        (),
    ),
    (
        "update workflow_events set event_data = $2, event_type = coalesce($3, event_type) "
        "where trace_id = $1 returning *",
        (TRACE, JSON, SHORT),
        (),
    ),
    ("delete from workflow_events where trace_id = $1 and event_type = $2", (TRACE, SHORT), ()),
    (
        "insert into workflow_trace_context (trace_id, key, value) values ($1, $2, $3) "
        "on conflict (trace_id, key) do update set value = excluded.value returning key, value",
        (OF_TRACE, KEY, JSON),
        ("on conflict",),
    ),
    (
        "update workflow_trace_context set value = $3, updated_at = $4 "
        "where trace_id = $1 and key = $2 returning *",
        (TRACE, KEY, JSON, TIME),
        (),
    ),
    (
        "insert into workflow_trace (trace_id, org_id, workflow_id, channel, created_by, status) "
        "values ($1, '<org1>', '<w1>', 'web', '<user1>', $2) "
        "on conflict (trace_id) do update set status = excluded.status, "
        "tier = coalesce(workflow_trace.tier, 0) + 1 returning *",
        (TRACE, TEXT),
        (),
    ),
    (
        "update workflow_steps set retry_count = retry_count + 1, status = $2 "
        "where trace_id = $1 returning *",
        (TRACE, TEXT),
        (),
    ),
    (
        "insert into workflow_trace_screenshot (trace_id, org_id, node_name, step_index, "
        "screenshot_url, action_description, confidence_score, node_id) "
        "values ($1, '<org1>', 'n', $2, 's3://b', 'a', $3, '<n1>') returning *",
        (OF_TRACE, NUMBER, SCORE),
        (),
    ),
    ("insert into workflow_trace_endpoint values ($1, $2) returning *", (OF_TRACE, NUMBER), ()),
    (
        "insert into micro_state (workflow_id, node_id, dom_snapshot, action_json, semantic_spec) "
        "values ('<w1>', '<n1>', $1, $2, $2) returning *",
        (TEXT, JSON),
        (),
    ),
)

# An ordinary run and what belongs to it; a shortened history has only what it takes.
OPENING = (
    "insert into workflow_trace (trace_id, org_id, workflow_id, channel, status, created_by, tier) "
    "values (<t1>, '<org1>', '<w1>', 'web', 'running', '<user1>', 1), "
    "(<tmin>, '<org1>', '<w1>', 'voice', 'active', '<user1>', 2), "
    "(<tmax>, '<org2>', '<w2>', 'efax', 'pending', '<user2>', 3)",
    "insert into workflow_steps (step_id, trace_id, step_number, node_id, metadata) "
    "values (<s1>, <t1>, 1, '<n1>', '{}'), (<s2>, <t1>, 2, '<n2>', null), "
    "(<smin>, <tmin>, 1, '<n1>', '[]'), (<smax>, <tmax>, 1, '<n1>', 'null')",
    "insert into workflow_events (event_id, trace_id, step_id, event_type, event_data, timestamp) "
    "values (<e1>, <t1>, <s1>, 'page_loaded', '{\"a\": 1.10}', '2025-01-14 10:30:00+00'), "
    "(<e2>, <t1>, null, 'workflow_started', 'null', '2025-01-14 10:29:59.999999+00'), "
    "(<eneg>, <t1>, <s1>, 'x', '{}', '2025-01-14 10:30:00+00'), "
    "(<emin>, <t1>, <s1>, 'x', '0', '2025-01-14 10:30:01+00'), "
    "(<emax>, <tmax>, <smax>, 'x', '[]', 'infinity')",
    "insert into workflow_trace_screenshot (screenshot_id, trace_id, org_id, node_name, "
    "step_index, screenshot_url, action_description, confidence_score, created_at, node_id) "
    "values ('<p1>', <t1>, '<org1>', 'login', 1, 's3://1', 'click', 0.50, "
    "'2025-01-14 10:30:00+00', '<n1>'), ('<p2>', <t1>, '<org2>', '', 9, '', '', null, "
    "'-infinity', '<n2>')",
    "insert into workflow_trace_context (context_id, trace_id, key, value, created_at) "
    "values (<c1>, <t1>, 'user_session', '\"abc\"', '2025-01-14 10:30:00+00'), "
    "(<cmax>, <t1>, 'k', 'null', '0044-03-15 12:00:00+00 BC')",
    "insert into workflow_trace_endpoint values (<t1>, 5), (<t1>, -7), (<tmax>, 0)",
    "insert into workflow_configs (config_id, org_id, workflow_id, name, config_type, "
    "config_data, created_by, created_at) values ('<g1>', '<org1>', '<w1>', 'limits', 'x', '{}', "
    "'<user1>', '2025-01-14 10:30:00+00')",
    "insert into micro_state (micro_state_id, workflow_id, node_id, dom_snapshot, action_json, "
    "created_at) values (<m1>, '<w1>', '<n1>', '', '[]', '2025-01-14 10:30:00+00')",
)


@st.composite
def statement(draw: Draw, phase: str, prepared: tuple[int, ...]) -> Statement:
    kind = draw(st.integers(0, 20))
    # Twice as often those whose rows become elements or steps.
    table = draw(st.sampled_from(TABLES + TABLES[1:6]))
    if kind < 6:
        return draw(insert(table, phase))
    if kind < 10:
        return draw(update(table, phase))
    if kind < 12:
        return draw(select(table, phase))
    if kind < 14:
        return draw(delete(table))
    if kind < 17:
        return draw(joined(phase))
    if kind < 18:
        return draw(limited(phase))
    if not prepared:
        return draw(insert(table, phase))
    number = draw(st.sampled_from(prepared))
    _, parameters, limits = PREPARED[number]
    listed = ", ".join(draw(parameter) for parameter in parameters)
    return Statement(f"execute h<h>_{number}({listed})", limits if phase in VIEWS else ())


@st.composite
def beside(draw: Draw) -> Statement:
    """A clone, planted ids, objects that come and go, or a write that triggers do not see."""
    text = draw(st.sampled_from((CLONE, CLONE, PLANT, MADE, "")))
    if text:
        return Statement(text)
    return Statement(
        f"update workflow_trace set tier_reason = {draw(TEXT)} where trace_id = <t1>",
        around=draw(st.sampled_from(AROUND)),
    )


@st.composite
def transaction(draw: Draw, phase: str, prepared: tuple[int, ...]) -> list[Statement]:
    """One statement, or a transaction with savepoints, and other sessions that carry meanwhile."""
    one = statement(phase, prepared)
    if phase in VIEWS and draw(SOMETIMES):
        return [draw(beside())]
    if not draw(SOMETIMES):
        return [draw(one)]
    found = [Statement("begin")]
    if draw(SOMETIMES):
        zone = draw(any_of("Asia/Kathmandu", "America/St_Johns", "UTC"))
        found.append(Statement(f"set local timezone = '{zone}'"))
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.integers(0, 3))
        if kind == 0:
            found += [
                Statement("savepoint a"),
                draw(one),
                Statement(draw(any_of("rollback to a", "release a"))),
            ]
        else:
            found.append(draw(one))
        if phase in CARRIES and draw(SOMETIMES):
            found.append(CARRY)
    found.append(Statement("commit" if draw(USUALLY) else "rollback"))
    return found


@st.composite
def histories(draw: Draw) -> History:
    """What one application does in each phase."""
    prepared = tuple(draw(st.lists(st.integers(0, len(PREPARED) - 1), unique=True, max_size=3)))
    parts = []
    for phase in PHASES:
        found: list[Statement] = []
        if phase == "@baseline":
            found += [Statement(text) for text in OPENING if draw(USUALLY)]
            found += [
                Statement(f"prepare h<h>_{number} as {PREPARED[number][0]}") for number in prepared
            ]
        for part in draw(st.lists(transaction(phase, prepared), max_size=6)):
            found += part
        if phase in CARRIES and draw(SOMETIMES):
            found.append(draw(st.sampled_from([CARRY, CHUNK])))
        parts.append(tuple(found))
    return tuple(parts)
