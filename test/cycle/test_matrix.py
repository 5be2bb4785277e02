"""The isolation matrix: who names one organisation neither sees nor changes anything of another.

It is made from the catalog: every relation, sequence and function of the schemas public,
consolidation and legacy, whatever it is called, times every command, times every form that the
setting can take, in each phase of the move. What a tenant may do is not written down anywhere here;
whose a row is follows from its columns, and a relation whose rows are nobody's must not be
readable.

Row level security denies by silence, so each relation must hold rows of others that the owner sees
(the control), and after the commands on it the rows of others are compared with what they were (the
proof).
"""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg import sql

from conftest import ROOT, connect, database, run, sqitch
from helpers_cycle import NORTH, PLAN, SOUTH, Background, one, wait_until

Connection = psycopg.Connection[Any]

SCHEMAS = ["public", "consolidation", "legacy"]
TENANT = "workflow_app"
# In what others wrote; must never come back in a row, a message or a plan.
SECRET = "secret of another organisation"

# How a session names its organisation: statements of whoever had the connection before, statements
# in the transaction, and what the session then is. "left over": as a pool hands it out.
FORMS: dict[str, tuple[list[str], list[str], str | None]] = {
    "unset": ([], [], None),
    "empty": ([], ["set local app.current_org_id = ''"], None),
    "left over": ([f"set local app.current_org_id = '{SOUTH}'"], [], None),
    "garbage": ([], ["set local app.current_org_id = 'North'"], None),
    "injection": ([], [f"set local app.current_org_id = '{SOUTH}'' or true --'"], None),
    "unknown": (
        [],
        ["set local app.current_org_id = '99999999-0000-4000-8000-000000000000'"],
        None,
    ),
    "own": ([], [f"set local app.current_org_id = '{NORTH}'"], NORTH),
    "changed": (
        [],
        [
            f"set local app.current_org_id = '{SOUTH}'",
            "select public.current_org_id()",
            f"set local app.current_org_id = '{NORTH}'",
        ],
        NORTH,
    ),
    "reset": ([f"set app.current_org_id = '{SOUTH}'", "reset all"], [], None),
    "rolled back": (
        [],
        [
            f"set local app.current_org_id = '{NORTH}'",
            "savepoint other",
            f"set local app.current_org_id = '{SOUTH}'",
            "rollback to savepoint other",
        ],
        NORTH,
    ),
}

# In the phases around the cut-over; after it all of them.
MAIN_FORMS = ("unset", "empty", "left over", "garbage", "unknown", "own", "changed")

# Whose a row is, by the first of these columns that its relation has: SQL that is true for North's.
OWNERS = {
    "legacy_trace_id": "{} in (select o.id from pg_temp.own_trace o)",
    "trace_id": "{} in (select o.id from pg_temp.own_trace o)",
    "org_id": f"{{}} = '{NORTH}'",
    "run_id": "{} in (select o.id from pg_temp.own_run o)",
    "workflow_id": "{} in (select o.id from pg_temp.own_workflow o)",
}

# Columns that point at something: a row of one's own must not point at another's.
REFERENCES = ("org_id", "run_id", "trace_id", "legacy_trace_id", "step_id", "legacy_step_id")

CHANGED = {
    "text": "'changed'",
    "character varying": "'changed'",
    "jsonb": "'[]'",
    "integer": "7",
    "boolean": "true",
    "smallint": "7",
    "bigint": "7",
    "timestamp with time zone": "now()",
    "uuid": "gen_random_uuid()",
    "numeric": "0.5",
}


@dataclass
class Relation:
    """A relation of the catalog, and what it holds."""

    name: str
    kind: str
    columns: dict[str, str]
    writable: list[str]
    key: list[str]
    generated: list[str]
    owner_column: str | None = None
    own: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    example_own: dict[str, Any] | None = None
    example_other: dict[str, Any] | None = None


@dataclass
class Matrix:
    """What was tried, and what went wrong."""

    cases: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    controls: int = 0
    relations: list[Relation] = field(default_factory=list, repr=False)
    calls: list[tuple[str, sql.Composable]] = field(default_factory=list, repr=False)
    foreign: set[str] = field(default_factory=set, repr=False)
    before: str = field(default="", repr=False)
    without_control: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        total = sum(self.cases.values())
        kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(self.cases.items()))
        outcomes = ", ".join(f"{n} {kind}" for kind, n in self.outcomes.most_common(6))
        return (
            f"{total} cases ({kinds}); outcomes: {outcomes}; {self.controls} controls; "
            f"{len(self.violations)} violations"
        )


def _catalog(connection: Connection) -> list[Relation]:
    found = connection.execute(
        """
        select
            format('%%I.%%I', n.nspname, c.relname),
            c.relkind::text,
            coalesce(
                (select jsonb_object_agg(a.attname, regexp_replace(
                    format_type(a.atttypid, null), '\\[\\]$', '[]'))
                from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped), '{}'
            ),
            array(
                select a.attname::text from pg_attribute a
                where
                    a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                    and a.attgenerated = ''
                order by a.attnum
            ),
            array(
                select a.attname::text from pg_index i
                join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
                where i.indrelid = c.oid and i.indisprimary
            ),
            array(
                select a.attname::text from pg_attribute a
                where a.attrelid = c.oid and a.attidentity = 'a'
            )
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where
            n.nspname = any (%s)
            and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
            and not exists (
                select from pg_depend d
                where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
            )
        order by n.nspname, c.relname
        """,
        [SCHEMAS],
    )
    return [Relation(*row) for row in found]


def seed(connection: Connection) -> None:
    """Gives others something in every place, and marks it."""
    moved = one(connection, "select to_regclass('public.user_workflow_config') is not null")
    with connection.transaction():
        if moved:
            connection.execute(
                f"""
                update public.user_workflow_run set
                    error_message = '{SECRET}', context = context || '{{"note": "{SECRET}"}}',
                    events = events || '[{{"type": "a", "timestamp": "2025-01-14T10:30:00Z",
                        "data": "{SECRET}"}}]',
                    external_id = '{SECRET}', endpoints_used = endpoints_used || '4711'
                where org_id <> '{NORTH}'
                """
            )
            connection.execute(
                f"""
                update public.user_workflow_run_step set
                    error_message = '{SECRET}',
                    events = events || '[{{"type": "a", "timestamp": "2025-01-14T10:30:00Z",
                        "data": "{SECRET}"}}]',
                    screenshots = screenshots || '[{{"url": "{SECRET}",
                        "timestamp": "2025-01-14T10:30:00Z", "action": "{SECRET}"}}]'
                where org_id <> '{NORTH}'
                """
            )
            connection.execute(
                f"""
                insert into public.user_workflow_config (
                    org_id, name, config_type, config_data, created_by
                )
                values ('{SOUTH}', '{SECRET}', 'a', '"{SECRET}"', '{SOUTH}'),
                    ('{NORTH}', 'of north', 'a', '1', '{NORTH}')
                """
            )
            connection.execute(
                f"""
                insert into public.user_workflow_cache_state (
                    workflow_id, node_id, dom_snapshot, action_json, label
                )
                select r.workflow_id, r.org_id, v.note, '{{}}', v.note
                from (
                    values ('{SOUTH}'::uuid, '{SECRET}'), ('{NORTH}', 'of north')
                ) as v (org_id, note)
                cross join lateral (
                    select * from public.user_workflow_run w
                    where w.org_id = v.org_id order by w.run_id limit 1
                ) as r
                """
            )
        else:
            connection.execute(
                f"""
                update public.workflow_trace
                set error_message = '{SECRET}', external_id = '{SECRET}'
                where org_id <> '{NORTH}'
                """
            )
            connection.execute(
                f"""
                update public.workflow_steps set error_message = '{SECRET}'
                where trace_id in (
                    select t.trace_id from public.workflow_trace as t where t.org_id <> '{NORTH}'
                )
                """
            )


def _owners(connection: Connection) -> None:
    """What is North's as long as nobody has done anything, for this session."""

    def exists(name: str) -> bool:
        return bool(one(connection, "select to_regclass(%s) is not null", name))

    legacy = one(
        connection,
        """select exists (select from pg_attribute where attname = 'legacy_trace_id'
        and attrelid = 'public.user_workflow_run'::regclass and not attisdropped)""",
    )
    old = [n for n in ("legacy.workflow_trace", "public.workflow_trace") if exists(n)][:1]
    run = "public.user_workflow_run"
    traces = [f"select trace_id, org_id from {n}" for n in old]
    if legacy:
        traces.append(f"select legacy_trace_id, org_id from {run}")
    # By first use, which test/access/workflow_owner.sql holds against runs and configurations.
    workflows = ["select workflow_id, org_id from public.user_workflow_owner"]
    for name, sources in (
        ("trace", [*traces, "select null::bigint, null::uuid where false"]),
        ("run", [f"select run_id, org_id from {run}"]),
        ("workflow", workflows),
    ):
        connection.execute(
            f"create temporary table {name}_owner (id, org_id) as " + " union ".join(sources)
        )
        connection.execute(
            f"""create temporary table own_{name} as
            select id from pg_temp.{name}_owner where org_id = '{NORTH}' and id is not null"""
        )
        connection.execute(f"analyze pg_temp.own_{name}")


def _own(relation: Relation) -> str:
    """SQL that is true for North's rows t of a relation."""
    if relation.owner_column is None:
        return "false"
    return f"coalesce({OWNERS[relation.owner_column].format('t.' + relation.owner_column)}, false)"


def _fill(connection: Connection, relation: Relation) -> None:
    """Reads, as the owner, which rows are North's and which are of others."""
    relation.owner_column = next((c for c in OWNERS if c in relation.columns), None)
    if relation.kind == "S":
        return
    examples: dict[bool, dict[str, Any]] = {}
    for own, text in connection.execute(
        f"select {_own(relation)}, t::text from {relation.name} as t"
    ).fetchall():
        (relation.own if own else relation.others).add(text)
        examples.setdefault(own, {})
    # Two organisations may have the same row of an array; who has it may see it.
    relation.others -= relation.own
    for own in examples:
        condition = _own(relation) if own else f"not {_own(relation)}"
        examples[own] = one(
            connection, f"select to_jsonb(t) from {relation.name} as t where {condition} limit 1"
        )
    relation.example_own, relation.example_other = examples.get(True), examples.get(False)


def belongings(connection: Connection, relations: list[Relation]) -> str:
    """Everything that belongs to others, in the tables, as a fingerprint."""
    parts = [
        f"""select concat(count(*), ' ', sum(hashtextextended(t::text, 0)::numeric))
        from {relation.name} as t where not {_own(relation)}"""
        for relation in relations
        # The queue and the progress are written by one's own writes, too.
        if relation.kind in ("r", "p")
        and relation.owner_column
        and not relation.name.startswith("consolidation.")
    ]
    return str(one(connection, "select concat_ws(' ', " + ", ".join(f"({p})" for p in parts) + ")"))


def _literal(value: Any) -> sql.Composable:
    return sql.Literal(json.dumps(value) if isinstance(value, (dict, list)) else value)


def _insert(relation: Relation, row: dict[str, Any], tail: str = "") -> sql.Composable:
    names = [c for c in relation.writable if c in row and c not in relation.generated]
    return sql.SQL(
        "insert into {} ({}) select {} from jsonb_populate_record(null::{}, {}) as x {}"
    ).format(
        sql.SQL(relation.name),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(sql.SQL("x.{}").format(sql.Identifier(n)) for n in names),
        sql.SQL(relation.name),
        # What the tenant says himself is no secret that an error could tell.
        sql.Literal(json.dumps(row).replace(SECRET, "x")),
        sql.SQL(tail),
    )


def _fresh(relation: Relation, row: dict[str, Any]) -> dict[str, Any]:
    """The row under keys that nobody has."""
    ids = {
        *relation.key,
        "legacy_trace_id",
        "legacy_step_id",
        "event_id",
        "screenshot_id",
        "context_id",
        "config_id",
        "micro_state_id",
    }
    if relation.name.endswith(("workflow_steps", "user_workflow_run_step")):
        ids.add("step_id")
    if len(relation.key) > 1:
        ids -= {"trace_id"}
    unused = {
        "step_number": 9000,
        "name": str(uuid.uuid4()),
        "key": str(uuid.uuid4()),
        "endpoint_id": 987654,
    }
    fresh = {column: value for column, value in row.items() if column not in ids}
    return {column: unused.get(column, value) for column, value in fresh.items()} | {
        column: unused[column] for column in relation.key if column in unused
    }


def _attempts(relation: Relation, version: int) -> Iterator[tuple[str, str, Any]]:
    """What a tenant tries: kind, what the outcome must be, statement.

    The outcome: "own rows" (at most one's own are returned or changed), "nothing" (0 rows or an
    error), "text" (anything without the secret)."""
    name = relation.name
    rel = sql.SQL(name)
    yield "select", "own rows", f"select t::text from {name} as t"
    yield "select", "own rows", f"select t::text from {name} as t for update"
    yield "explain", "text", f"explain (analyze, verbose, timing off) select * from {name}"
    yield "copy", "copy out", f"copy (select t::text from {name} as t) to stdout"
    if relation.kind != "v":
        yield "copy", "copy count", f"copy {name} to stdout"
    yield "leak", "text", f"select count(*) from {name} as t where pg_temp.leak(t::text)"
    other, own = relation.example_other, relation.example_own
    column = relation.owner_column
    if column and other:
        value = _literal(other[column])
        yield (
            "select",
            "nothing",
            sql.SQL("select t::text from {} as t where t.{} = {}").format(
                rel, sql.Identifier(column), value
            ),
        )
    changeable = [
        c
        for c in relation.writable
        if c not in REFERENCES
        and c not in relation.key
        and relation.columns[c] in CHANGED
        and not c.endswith("_id")
        and c not in ("created_at", "updated_at")
    ]
    changeable.sort(key=lambda c: c not in ("status", "label", "error_message", "name"))
    if relation.kind in ("r", "p", "v"):
        if changeable:
            change = f'"{changeable[0]}" = {CHANGED[relation.columns[changeable[0]]]}'
            yield "update", "own count", f"update {name} set {change}"
            if column and other:
                yield (
                    "update",
                    "nothing",
                    sql.SQL("update {} set {} where {} = {}").format(
                        rel, sql.SQL(change), sql.Identifier(column), _literal(other[column])
                    ),
                )
                if version >= 150000 and (relation.kind != "v" or version >= 170000):
                    on = sql.SQL("t.{} = {}").format(
                        sql.Identifier(column), _literal(other[column])
                    )
                    yield (
                        "merge",
                        "nothing",
                        sql.SQL(
                            "merge into {} as t using (select 1) as x on {} "
                            "when matched then update set {}"
                        ).format(rel, on, sql.SQL(change)),
                    )
                    yield (
                        "merge",
                        "nothing",
                        sql.SQL(
                            "merge into {} as t using (select 1) as x on {} "
                            "when matched then delete"
                        ).format(rel, on),
                    )
        if other:
            for row in (other, _fresh(relation, other)):
                yield "insert", "nothing", _insert(relation, row)
                yield "copy", "copy in", (name, row)
            if relation.key:
                conflict = ", ".join(f'"{c}"' for c in relation.key)
                target = changeable[0] if changeable else relation.key[0]
                for row in (other, {**other, **({"org_id": NORTH} if "org_id" in other else {})}):
                    yield (
                        "upsert",
                        "nothing",
                        _insert(
                            relation,
                            row,
                            f"on conflict ({conflict}) "
                            f'do update set "{target}" = excluded."{target}"',
                        ),
                    )
                    yield (
                        "upsert",
                        "nothing",
                        _insert(relation, row, f"on conflict ({conflict}) do nothing"),
                    )
            else:
                yield "upsert", "nothing", _insert(relation, other, "on conflict do nothing")
            # Unique probing: one's own row under another's key.
            if own and relation.key:
                yield (
                    "unique",
                    "nothing",
                    _insert(relation, {**own, **{k: other[k] for k in relation.key}}),
                )
        if own and other:
            for reference in REFERENCES:
                if reference not in relation.columns or [reference] == relation.key:
                    continue
                if other[reference] is None or relation.name.endswith("_row"):
                    continue
                if reference == "step_id" and "event_id" not in relation.columns:
                    continue
                if reference == "legacy_trace_id" and "step_number" not in relation.columns:
                    continue
                yield (
                    "foreign key",
                    "nothing",
                    _insert(relation, {**_fresh(relation, own), reference: other[reference]}),
                )
                # Out of the way of what the other has under the same number.
                moved = ", step_number = step_number + 9000" if "step_number" in own else ""
                yield (
                    "foreign key",
                    "nothing",
                    sql.SQL("update {} set {} = {}{} where {} = {}").format(
                        rel,
                        sql.Identifier(reference),
                        _literal(other[reference]),
                        sql.SQL(moved),
                        sql.Identifier(column or reference),
                        _literal(own[column or reference]),
                    ),
                )
        if column and other:
            yield (
                "delete",
                "nothing",
                sql.SQL("delete from {} where {} = {}").format(
                    rel, sql.Identifier(column), _literal(other[column])
                ),
            )
        yield "delete", "own count", f"delete from {name}"
        yield "truncate", "nothing", f"truncate {name} cascade"
    schema, _, table = name.partition(".")
    yield (
        "explain",
        "text",
        (
            "select s::text from pg_stats as s "
            f"where schemaname = '{schema}' and tablename = '{table}'"
        ),
    )


def _argument(name: str, type_name: str, other: dict[str, Any]) -> sql.Composable:
    """An argument that points at another's."""
    values: dict[str, Any] = {
        "run_id": other["run_id"],
        "step_id": other["step_id"],
        "org_id": SOUTH,
        "workflow_id": other["workflow_id"],
        "trace_id": other["trace_id"],
        "context": "{}",
        "events": "[]",
        "screenshots": "[]",
        "entries": '{"a": 1}',
        "owner": other["run_id"],
        "status": None,
        "channel": "web",
    }
    plain = {
        "uuid": other["run_id"],
        "bigint": other["trace_id"],
        "jsonb": "{}",
        "text": "a",
        "integer": 1,
        "boolean": True,
        "timestamp with time zone": None,
        "numeric": 1,
        "interval": "0 s",
        "smallint": 1,
        "bigint[]": f"{{{other['trace_id']}}}",
        "regclass": "public.user_workflow_run",
        "regclass[]": "{public.user_workflow_run}",
        "regproc": "now",
        "oid": 0,
        "name": "a",
        "uuid[]": f"{{{other['run_id']}}}",
    }
    value = values.get(name, plain.get(type_name))
    if type_name == "bigint" and name not in ("trace_id",):
        value = other["trace_id"]
    return sql.SQL("{}::{}").format(sql.Literal(value), sql.SQL(type_name))


def _calls(connection: Connection, other: dict[str, Any]) -> Iterator[tuple[str, sql.Composable]]:
    """Every function and procedure, called for another's things."""
    for oid_name, signature, kind, names, types in connection.execute(
        """
        select
            format('%%I.%%I', n.nspname, p.proname),
            p.oid::regprocedure::text,
            p.prokind::text,
            coalesce(p.proargnames, '{}'),
            array(
                select format_type(t.id, null)
                from unnest(p.proargtypes::oid[]) with ordinality as t (id, place)
                order by t.place
            )
        from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        where
            n.nspname = any (%s)
            and p.prorettype <> 'trigger'::regtype
            and p.prokind in ('f', 'p')
            and not exists (
                select from pg_depend d
                where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
            )
        order by 2
        """,
        [SCHEMAS],
    ).fetchall():
        padded = [*names, *[""] * len(types)]
        for arguments in (
            [_argument(n, t, other) for n, t in zip(padded, types, strict=False)],
            [sql.SQL("null::{}").format(sql.SQL(t)) for t in types],
        ):
            listed = sql.SQL(", ").join(arguments)
            if kind == "p":
                yield signature, sql.SQL("call {}({})").format(sql.SQL(oid_name), listed)
            else:
                yield (
                    signature,
                    sql.SQL("select f::text from {}({}) as f").format(sql.SQL(oid_name), listed),
                )
            if not types:
                break


class Tenant:
    """A session of a tenant: one transaction in which everything is tried and nothing stays."""

    def __init__(self, connection: Connection, form: str, mutation: Sequence[str]) -> None:
        self.connection = connection
        self.form = form
        self.organisation = FORMS[form][2]
        self.notices: list[str] = []
        self.touched = False
        connection.add_notice_handler(
            lambda d: self.notices.append(f"{d.message_primary} {d.message_detail}")
        )
        connection.execute(
            """
            create function pg_temp.leak(line text) returns boolean language plpgsql
            as $$ begin raise notice '%', line; return true; end $$
            """
        )
        before, self.within, _ = FORMS[form]
        if before:
            # The transaction of whoever had the connection before.
            for statement in ("begin", *before, "commit"):
                connection.execute(statement)
        connection.execute("begin")
        for statement in mutation:
            connection.execute(statement)

    def enter(self) -> None:
        """Becomes the tenant; leave() forgets whatever it did."""
        self.touched = False
        self.next = "savepoint attempt"
        self.connection.execute("savepoint tenant")
        self.connection.execute(f"set local role {TENANT}")
        for statement in self.within:
            self.connection.execute(statement)

    def complete(self, relation: Relation) -> bool:
        """Whether all of one's own must be seen: where one may read and names oneself."""
        return self.organisation is not None and relation.name.startswith("public.")

    def leave(self) -> None:
        self.connection.execute("rollback to savepoint tenant")
        self.connection.execute("release savepoint tenant")

    def attempt(self, call: Callable[[str], Any]) -> tuple[Any, psycopg.Error | None]:
        """The result of a call, or its error, after which the transaction goes on.

        The call is given what it has to execute before, to save the way to the server and back."""
        try:
            result = call(self.next)
        except psycopg.Error as error:
            self.next = "rollback to savepoint attempt"
            return None, error
        self.next = "release savepoint attempt; savepoint attempt"
        return result, None

    def undo_error(self) -> None:
        """Makes the transaction usable after the last attempt."""
        if self.next.startswith("rollback"):
            self.connection.execute(self.next)


def _told(error: psycopg.Error) -> str:
    d = error.diag
    parts = (d.message_primary, d.message_detail, d.message_hint, d.context)
    return " ".join(str(part) for part in parts if part)


def _executed(connection: Connection, statement: Any, before: str) -> tuple[list[str], int]:
    """Rows as texts, and how many there are or were changed."""
    if not isinstance(statement, str):
        statement = statement.as_string(connection)
    cursor = connection.execute(f"{before}; {statement}", prepare=False)
    while cursor.nextset():
        pass
    if cursor.description is None:
        return [], max(cursor.rowcount, 0)
    rows = [str(row[0]) for row in cursor.fetchall()]
    return rows, len(rows)


def _copied_out(connection: Connection, statement: str, before: str) -> tuple[list[str], int]:
    connection.execute(before, prepare=False)
    with connection.cursor().copy(statement.encode()) as copy:
        lines = b"".join(bytes(block) for block in copy).decode().split("\n")[:-1]
    return lines, len(lines)


def _copied_in(
    connection: Connection, relation: Relation, row: dict[str, Any], before: str
) -> tuple[list[str], int]:
    connection.execute(before, prepare=False)
    names = [c for c in relation.writable if c in row and c not in relation.generated]
    cursor = connection.cursor()
    with cursor.copy(
        sql.SQL("copy {} ({}) from stdin").format(
            sql.SQL(relation.name), sql.SQL(", ").join(map(sql.Identifier, names))
        )
    ) as copy:
        values = []
        for name in names:
            value = row[name]
            if relation.columns[name] == "jsonb" and value is not None:
                value = json.dumps(value)
            elif isinstance(value, list):
                value = "{" + ",".join(map(str, value)) + "}"
            values.append(value.replace(SECRET, "x") if isinstance(value, str) else value)
        copy.write_row(values)
    return [], cursor.rowcount


def _judge(
    tenant: Tenant,
    where: str,
    kind: str,
    expected: str,
    relation: Relation | None,
    call: Callable[[str], tuple[list[str], int]],
    result: Matrix,
) -> None:
    """Tries one case and notes what is wrong with its outcome."""
    result.cases[kind] += 1
    found, error = tenant.attempt(call)
    notices = " ".join(tenant.notices)
    tenant.notices.clear()
    if error is not None:
        result.outcomes[error.sqlstate or "?"] += 1
        told = _told(error)
        if (error.sqlstate or "XX").startswith("XX"):
            result.violations.append(f"{where}: internal error {told}")
        if SECRET in told or SECRET in notices:
            result.violations.append(f"{where}: the error tells the {SECRET}: {told[:200]}")
        return
    texts, count = found
    own = relation.own if relation is not None and tenant.organisation else set()
    if kind not in ("select", "copy", "explain", "leak"):
        tenant.touched = tenant.touched or count > 0 or expected == "text"
    result.outcomes["rows of one's own" if count else "nothing"] += 1
    if SECRET in " ".join(texts) or SECRET in notices:
        result.violations.append(f"{where}: tells the {SECRET}")
    if expected == "own rows" and not own.issuperset(texts):
        extra = [text for text in texts if text not in own]
        result.violations.append(f"{where}: {len(extra)} rows of others: {extra[0][:120]}")
    if expected == "own rows" and relation is not None and tenant.complete(relation):
        if missing := own.difference(texts):
            result.violations.append(f"{where}: {len(missing)} rows of one's own are missing")
    elif expected in ("own count", "copy out", "copy count") and count > len(own):
        result.violations.append(f"{where}: {count} rows, {len(own)} are one's own")
    elif expected in ("nothing", "copy in") and count > 0:
        result.violations.append(f"{where}: {count} rows")
    elif expected == "text":
        named = {
            u
            for text in texts
            for u in re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)
        }
        if named & result.foreign:
            result.violations.append(f"{where}: names {len(named & result.foreign)} keys of others")


def _prove(tenant: Tenant, where: str, result: Matrix) -> None:
    """Nothing of others has changed, whatever the tenant did since enter()."""
    tenant.undo_error()
    if not tenant.touched:
        return
    result.cases["proof"] += 1
    tenant.connection.execute("reset role")
    if belongings(tenant.connection, result.relations) != result.before:
        result.violations.append(f"{where}: something of others has changed")


class Enough(Exception):
    """A violation was found, and one is enough."""


def matrix(
    name: str,
    forms: Sequence[str] = tuple(FORMS),
    mutation: Sequence[str] = (),
    only: Callable[[str], bool] = lambda _: True,
    known: Matrix | None = None,
) -> Matrix:
    """Tries everything on a database and reports; nothing in it is changed.

    forms: names of FORMS. mutation: statements that come first in each transaction. only: which
    relations and functions to try, by name. known: a matrix of the same database without the
    mutation; then what it read from the catalog is used again, and the first violation ends it."""
    result = Matrix()
    if known is not None:
        result.relations, result.calls = known.relations, known.calls
        result.foreign, result.before = known.foreign, known.before
    try:
        for form in forms:
            # A session of its own: where a setting was ever made it is never unset again.
            with connect(name) as connection:
                connection.execute("set client_min_messages = notice")
                tenant = Tenant(connection, form, mutation)
                _owners(connection)
                if not result.relations:
                    _read(connection, result)
                if form == forms[0]:
                    _structure(connection, result)
                    _controls(tenant, result)
                for relation in filter(lambda r: only(r.name), result.relations):
                    _stop(known, result)
                    _try_relation(tenant, relation, result)
                _stop(known, result)
                tenant.enter()
                for signature, statement in result.calls:
                    if only(signature):
                        _judge(
                            tenant,
                            f"{form}: {signature}",
                            "function",
                            "text",
                            None,
                            partial(_executed, connection, statement),
                            result,
                        )
                _prove(tenant, f"{form}: functions", result)
                tenant.leave()
                connection.execute("rollback")
    except Enough:
        pass
    return result


def _stop(known: Matrix | None, result: Matrix) -> None:
    if known is not None and result.violations:
        raise Enough


def _read(connection: Connection, result: Matrix) -> None:
    """Reads from the catalog what there is, and as the owner what it holds."""
    if one(connection, "select to_regclass('consolidation.change') is not null"):
        # The queue and its like hold something of others; at the end it is rolled back.
        for table in ("change", "carried_back", "unequal_trace"):
            connection.execute(
                f"""insert into consolidation.{table} (trace_id) select id from pg_temp.trace_owner
                where org_id = '{SOUTH}' on conflict do nothing"""
            )
        connection.execute(
            f"""insert into consolidation.set_aside (
                table_name, trace_id, content, error_code, message
            )
            select 'workflow_trace', id, '{{}}', '23514', 'no' from pg_temp.trace_owner
            where org_id = '{SOUTH}'"""
        )
    # What holds the rows first: most of what can go wrong shows there.
    result.relations = sorted(
        _catalog(connection), key=lambda r: not r.name.startswith("public.user_workflow")
    )
    for relation in result.relations:
        _fill(connection, relation)
    result.controls = sum(bool(r.others) for r in result.relations)
    result.without_control = [r.name for r in result.relations if r.owner_column and not r.others]
    result.before = belongings(connection, result.relations)
    other = _other(connection)
    result.calls = list(_calls(connection, other))
    result.foreign = _foreign_keys(connection) - {str(v) for v in other.values()} - {SOUTH}


def _try_relation(tenant: Tenant, relation: Relation, result: Matrix) -> None:
    connection = tenant.connection
    tenant.enter()
    where = f"{tenant.form}: {relation.name}"
    if relation.kind == "S":
        _try_sequence(tenant, where, relation, result)
    else:
        for kind, expected, statement in _attempts(relation, connection.info.server_version):
            call: Callable[[str], tuple[list[str], int]]
            if expected == "copy in":
                call = partial(_copied_in, connection, relation, statement[1])
            elif kind == "copy":
                call = partial(_copied_out, connection, statement)
            else:
                call = partial(_executed, connection, statement)
            shown = statement[:80] if isinstance(statement, str) else kind
            _judge(tenant, f"{where}: {shown}", kind, expected, relation, call, result)
    _prove(tenant, where, result)
    tenant.leave()


def _other(connection: Connection) -> dict[str, Any]:
    """Keys of South, to call functions with."""
    row = connection.execute(
        f"""
        select
            r.run_id::text, s.step_id::text, r.workflow_id::text,
            (select min(o.id) from pg_temp.trace_owner o where o.org_id = '{SOUTH}')
        from public.user_workflow_run r
        left join public.user_workflow_run_step s on s.run_id = r.run_id
        where r.org_id = '{SOUTH}' order by s.step_id nulls last limit 1
        """
    ).fetchone()
    if row is None:
        row = (
            SOUTH,
            SOUTH,
            SOUTH,
            one(connection, f"select min(id) from pg_temp.trace_owner where org_id = '{SOUTH}'"),
        )
    return dict(zip(("run_id", "step_id", "workflow_id", "trace_id"), row, strict=True))


def _foreign_keys(connection: Connection) -> set[str]:
    """Every key and organisation of others."""
    return {
        row[0]
        for row in connection.execute(
            f"""
            select run_id::text from public.user_workflow_run where org_id <> '{NORTH}'
            union select org_id::text from public.user_workflow_run where org_id <> '{NORTH}'
            union select step_id::text from public.user_workflow_run_step where org_id <> '{NORTH}'
            """
        )
    }


def _try_sequence(tenant: Tenant, where: str, sequence: Relation, result: Matrix) -> None:
    """Numbers may be taken in public; where a sequence stands is neither told nor set."""
    for statement in (
        f"select setval('{sequence.name}', 1)",
        f"select last_value from {sequence.name}",
        *([] if sequence.name.startswith("public.") else [f"select nextval('{sequence.name}')"]),
    ):
        _judge(
            tenant,
            f"{where}: {statement}",
            "sequence",
            "nothing",
            None,
            partial(_executed, tenant.connection, statement),
            result,
        )


def _controls(tenant: Tenant, result: Matrix) -> None:
    """What is not denied: reports see everything, and a tenant finds and writes what is its own."""
    connection = tenant.connection
    if not one(
        connection, "select has_table_privilege(%s, 'public.user_workflow_run', 'select')", TENANT
    ):
        return
    totals = {
        table: one(connection, f"select count(*) from public.{table}")
        for table in ("user_workflow_run", "user_workflow_run_step", "user_workflow_config")
    }
    own = {r.name: len(r.own) for r in result.relations}
    states = one(connection, "select count(*) from public.user_workflow_cache_state")
    checks = [
        ("workflow_maintenance", f"select count(*) from public.{t}", n) for t, n in totals.items()
    ] + [
        (TENANT, "select count(*) from public.find_runs()", own["public.user_workflow_run"]),
        (TENANT, "select count(*) from public.find_steps()", own["public.user_workflow_run_step"]),
        ("report_of_a_tenant", "select count(*) from public.user_workflow_cache_state", states),
        ("old_application", "select count(*) from public.user_workflow_cache_state", states),
    ]
    for role, statement, expected in checks:
        result.cases["control"] += 1
        connection.execute("savepoint control")
        try:
            if role == "report_of_a_tenant":
                connection.execute(f"create role {role}")
                connection.execute(f"grant {TENANT}, workflow_maintenance to {role}")
            elif role == "old_application":
                connection.execute(f"create role {role}")
                connection.execute(f"grant select on public.user_workflow_cache_state to {role}")
            connection.execute(
                f"set local app.current_org_id = '{NORTH if role == TENANT else ''}'"
            )
            connection.execute(f"set local role {role}")
            found = one(connection, statement)
        except psycopg.Error as error:
            found = error
        connection.execute("rollback to savepoint control")
        if found != expected:
            result.violations.append(f"{role}: {statement} gives {found}, not {expected}")


def _structure(connection: Connection, result: Matrix) -> None:
    """What nobody has to try: a table of rows with an organisation has row level security."""
    moved = one(connection, "select to_regclass('public.user_workflow_config') is not null")
    for table, protected in connection.execute(
        """
        select
            c.oid::regclass::text,
            c.relrowsecurity and c.relforcerowsecurity
            and exists (select from pg_policy p where p.polrelid = c.oid)
        from pg_class c
        where
            c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
            and exists (
                select from pg_attribute a
                where
                    a.attrelid = c.oid and not a.attisdropped
                    and a.attname in ('org_id', 'run_id', 'legacy_trace_id', 'workflow_id')
            )
            and not exists (
                select from pg_depend d
                where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
            )
        """
    ).fetchall():
        old = table.removeprefix("public.").startswith(("workflow_", "micro_state"))
        if old and not moved:
            continue
        result.cases["structure"] += 1
        if not protected:
            result.violations.append(f"{table} has no forced row level security with a policy")
    for policy, checked in connection.execute(
        """
        select format('%s on %s', p.polname, p.polrelid::regclass),
            p.polcmd not in ('*', 'w')
            or coalesce(pg_get_expr(p.polwithcheck, p.polrelid), pg_get_expr(p.polqual, p.polrelid))
            = pg_get_expr(p.polqual, p.polrelid)
        from pg_policy p join pg_class c on c.oid = p.polrelid
        where c.relname like 'user\\_workflow\\_%'
        """
    ).fetchall():
        result.cases["structure"] += 1
        if not checked:
            result.violations.append(f"policy {policy} lets rows be written that it does not show")
    for policy, asks in connection.execute(
        """
        select format('%s on %s', p.polname, p.polrelid::regclass),
            p.polroles <> '{0}' or not p.polpermissive
            or pg_get_expr(p.polqual, p.polrelid) is distinct from 'true'
        from pg_policy p join pg_class c on c.oid = p.polrelid
        where c.relname like 'user\\_workflow\\_%'
        """
    ).fetchall():
        result.cases["structure"] += 1
        if not asks:
            result.violations.append(f"policy {policy} shows everything to everybody")
    for key, composite in connection.execute(
        """
        select
            k.conname,
            exists (
                select from pg_constraint o
                join pg_attribute a on a.attrelid = o.conrelid and a.attnum = any (o.conkey)
                where
                    o.contype = 'f' and o.conrelid = k.conrelid and o.confrelid = k.confrelid
                    and o.conkey @> k.conkey and a.attname = 'org_id'
            )
        from pg_constraint k
        join pg_class c on c.oid = k.conrelid and c.relrowsecurity
        join pg_class p on p.oid = k.confrelid and p.relrowsecurity
        where
            k.contype = 'f' and c.relnamespace = 'public'::regnamespace
            and c.relname like 'user\\_workflow\\_%'
            and exists (
                select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id'
            )
        """
    ).fetchall():
        result.cases["structure"] += 1
        if not composite:
            result.violations.append(f"{key} leads to the rows of any organisation")
    for view, checked in connection.execute(
        """
        select c.oid::regclass::text, coalesce('security_invoker=true' = any (c.reloptions), false)
        from pg_class c
        where c.relkind = 'v' and c.relnamespace = any (array(
            select oid from pg_namespace where nspname = any (%s)))
        and not exists (
            select from pg_depend d
            where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
        )
        """,
        [SCHEMAS],
    ).fetchall():
        result.cases["structure"] += 1
        if not checked:
            result.violations.append(f"view {view} asks with the rights of its owner")
    for function, pinned in connection.execute(
        """
        select
            p.oid::regprocedure::text,
            coalesce(array_to_string(p.proconfig, ' ') ~ 'search_path=[^=]*pg_temp"?( |$)', false)
            and not has_function_privilege('public', p.oid, 'execute')
            and not (select r.rolsuper from pg_roles r where r.oid = p.proowner)
        from pg_proc p
        where p.prosecdef and p.pronamespace = any (array(
            select oid from pg_namespace where nspname = any (%s)))
        """,
        [SCHEMAS],
    ).fetchall():
        result.cases["structure"] += 1
        if not pinned:
            result.violations.append(
                f"security definer {function}: search_path without pg_temp, executable by "
                "everybody, or run as a superuser"
            )


# Phases -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def seeded_template(deployed_template: str) -> Iterator[str]:
    """The whole plan, in which others wrote what must never be seen."""
    with database(deployed_template) as name:
        with connect(name) as connection:
            seed(connection)
        yield name


def report(capsys: pytest.CaptureFixture[str], phase: str, result: Matrix) -> None:
    """Prints what was tried, and fails if anything of others was seen or changed."""
    with capsys.disabled():
        print(f"\nisolation matrix, {phase}: {result}")
    assert not result.violations, "\n".join(result.violations[:40])
    assert result.cases["select"] > 80
    assert not result.without_control, (
        f"no rows of others, so nothing is proved: {result.without_control}"
    )


# Old applications, isolated by policies that the old tables had already.
OWN_ORGANISATION = "org_id = (select public.current_org_id())"
OWN_TRACE = "trace_id in (select t.trace_id from public.workflow_trace as t)"
OLD_POLICIES = [
    statement
    for table, using, check in (
        ("workflow_trace", OWN_ORGANISATION, OWN_ORGANISATION),
        ("workflow_configs", OWN_ORGANISATION, OWN_ORGANISATION),
        ("workflow_trace_screenshot", OWN_TRACE, f"{OWN_ORGANISATION} and {OWN_TRACE}"),
        ("workflow_steps", OWN_TRACE, OWN_TRACE),
        (
            "workflow_events",
            OWN_TRACE,
            f"{OWN_TRACE} and (step_id is null or step_id in "
            "(select s.step_id from public.workflow_steps as s))",
        ),
        ("workflow_trace_context", OWN_TRACE, OWN_TRACE),
        ("workflow_trace_endpoint", OWN_TRACE, OWN_TRACE),
    )
    for statement in (
        f"alter table public.{table} enable row level security",
        f"create policy old on public.{table} using ({using}) with check ({check})",
        f"grant select, insert, update, delete on public.{table} to {TENANT}",
    )
]


def test_before_the_cut_over(expand_template: str, capsys: pytest.CaptureFixture[str]) -> None:
    with database(expand_template) as name:
        with connect(name) as connection:
            seed(connection)
            connection.execute("call consolidation.backfill()")
        report(capsys, "before the cut-over", matrix(name, MAIN_FORMS, OLD_POLICIES))


def test_after_the_cut_over(seeded_template: str, capsys: pytest.CaptureFixture[str]) -> None:
    result = matrix(seeded_template)
    report(capsys, "after the cut-over", result)
    assert result.outcomes["rows of one's own"] > 100, "a tenant that sees nothing proves nothing"


# What holds rows of an organisation from the cut-over on.
GUARDED = (
    "public.user_workflow_run",
    "public.user_workflow_run_step",
    "public.user_workflow_config",
    "public.user_workflow_cache_state",
    "public.user_workflow_owner",
    "public.workflow_configs",
    "public.micro_state",
)


def test_between_the_changes(carried_over: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A deploy that stops after any change, and a revert that does, leaves nothing open."""
    with connect(carried_over) as connection:
        seed(connection)
    # Before these nothing is granted to applications.
    changes = PLAN[PLAN.index("search_indexes") :]
    results = {}
    for command in (
        *(("deploy", "--to", change) for change in changes[1:]),
        *(("revert", "-y", "--to", change) for change in reversed(changes[:-1])),
    ):
        sqitch(carried_over, *command)
        results[f"{command[0]} to {command[-1]}"] = matrix(
            carried_over, ["own"], only=lambda name: name in GUARDED
        )
    violations = [f"{moment}: {v}" for moment, r in results.items() for v in r.violations]
    with capsys.disabled():
        cases = sum(sum(r.cases.values()) for r in results.values())
        print(f"\nisolation matrix, between changes: {cases} cases, {len(violations)} violations")
    assert not violations, "\n".join(violations[:40])


def test_while_a_revert_waits_and_after_it_failed(
    seeded_template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        database(seeded_template) as name,
        connect(name) as observer,
        connect(name) as holder,
    ):
        holder.execute("begin")
        holder.execute("select from workflow_events limit 1")
        revert = Background(
            lambda: sqitch(name, "revert", "-y", "--to", "@carried_over", check=False)
        )
        waiting = """
            select pid from pg_stat_activity
            where datname = current_database() and query ilike '%cut_back()%'
            and pid <> pg_backend_pid()
            """
        wait_until(lambda: observer.execute(waiting).fetchone() is not None, "the revert waits", 60)
        report(capsys, "while a revert waits", matrix(name, ["own"]))
        assert revert.running
        observer.execute(f"select pg_terminate_backend(w.pid) from ({waiting}) as w")
        assert revert.result().returncode != 0
        holder.execute("rollback")
        report(capsys, "after a failed revert", matrix(name, ["own"]))


def test_after_the_revert(seeded_template: str, capsys: pytest.CaptureFixture[str]) -> None:
    with database(seeded_template) as name:
        sqitch(name, "revert", "-y", "--to", "@expand")
        report(capsys, "after the revert", matrix(name, MAIN_FORMS, OLD_POLICIES))


def test_after_the_contract(seeded_template: str, capsys: pytest.CaptureFixture[str]) -> None:
    with database(seeded_template) as name:
        sqitch(name, "-C", "contract", "deploy", "--to", "drop_old_tables")
        report(capsys, "after the old tables are dropped", matrix(name, MAIN_FORMS))
        sqitch(name, "-C", "contract", "deploy")
        report(capsys, "after the old names are dropped", matrix(name, MAIN_FORMS))


def test_the_privileges_in_the_page_are_those_of_the_catalog(
    deployed_template: str,
) -> None:
    documented = (ROOT / "docs/tenancy.md").read_text()
    documented = documented.split("<!-- privileges -->\n")[1].split("<!-- end of privileges -->")[0]
    with database(deployed_template) as name:
        assert run("./script/privileges", name).stdout == documented


# What nobody thought of ---------------------------------------------------------------------------

NEW_OBJECTS = {
    "a table without a policy": [
        "create table public.note (org_id uuid, note text)",
        f"insert into public.note values ('{SOUTH}', '{SECRET}'), ('{NORTH}', 'mine')",
        f"grant select on public.note to {TENANT}",
    ],
    "an empty table without a policy": ["create table public.note (org_id uuid, note text)"],
    "a table that says nothing of whose its rows are": [
        "create table public.note (note text)",
        "insert into public.note values ('anything')",
        f"grant select on public.note to {TENANT}",
    ],
    "a view with the rights of its owner": [
        "create view public.latest as select org_id, run_id from public.user_workflow_run",
        f"grant select on public.latest to {TENANT}",
    ],
    "a materialized view": [
        "create materialized view public.latest as select run_id from public.user_workflow_run",
        f"grant select on public.latest to {TENANT}",
    ],
    "a function with the rights of its owner": [
        """create function public.latest() returns setof uuid language sql stable security definer
        set search_path = pg_catalog, pg_temp as 'select run_id from public.user_workflow_run'""",
        "revoke all on function public.latest() from public",
        f"grant execute on function public.latest() to {TENANT}",
    ],
    "a function that writes with the rights of its owner": [
        """create function public.finish(run_id uuid) returns void language sql security definer
        set search_path = pg_catalog, pg_temp as
        'update public.user_workflow_run r set status = ''finished'' where r.run_id = $1'""",
        "revoke all on function public.finish(uuid) from public",
        f"grant execute on function public.finish(uuid) to {TENANT}",
    ],
    "a sequence that anybody sets": [
        "create sequence public.ticket",
        f"grant all on sequence public.ticket to {TENANT}",
    ],
}


@pytest.mark.parametrize("what", NEW_OBJECTS)
def test_what_is_added_without_a_policy_fails(seeded_template: str, what: str) -> None:
    names = ("public.note", "public.latest", "public.ticket", "latest()", "finish(uuid)")
    assert matrix(
        seeded_template, ["own"], NEW_OBJECTS[what], lambda label: label in names
    ).violations
