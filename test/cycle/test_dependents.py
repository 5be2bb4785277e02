"""Everything that hangs on the old tables: who may do what, and what is connected with them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from conftest import ENVIRONMENT, ROOT, connect, database, sqitch
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
    all_rows,
    changed,
    differences,
    dump,
    execute_script,
    one,
    roles,
    shrink,
    sqlstate,
)

OWNER, WRITER, READER = "Old Owner", "App Writer", "reader"
INSERTER, EDITOR, BLIND = 'insert"only', "Event Editor", "Blind Writer"
COLUMN_UPDATER, COLUMN_INSERTER = "Column Updater", "column inserter"
GRANTOR, MEMBER, NOBODY, VIEW_OWNER = "Grantor", "Member of Writer", "nobody at all", "View Owner"
ROLES = (
    OWNER,
    WRITER,
    READER,
    INSERTER,
    EDITOR,
    BLIND,
    COLUMN_UPDATER,
    COLUMN_INSERTER,
    GRANTOR,
    MEMBER,
    NOBODY,
    VIEW_OWNER,
)

GRANTS = f"""
    alter table workflow_trace owner to "{OWNER}";
    alter table workflow_steps owner to "{OWNER}";
    alter table workflow_events owner to "{OWNER}";
    alter table workflow_trace_screenshot owner to "{OWNER}";
    alter table workflow_trace_context owner to "{OWNER}";
    alter table workflow_trace_endpoint owner to "{OWNER}";
    alter table workflow_configs owner to "{OWNER}";
    alter table micro_state owner to "{OWNER}";
    grant select, insert, update, delete on workflow_trace, workflow_steps, workflow_events,
    workflow_trace_screenshot, workflow_trace_context, workflow_trace_endpoint, workflow_configs,
    micro_state to "{WRITER}";
    grant usage on sequence workflow_trace_trace_id_seq, workflow_events_event_id_seq
    to "{WRITER}";
    grant select on sequence workflow_steps_step_id_seq to "{READER}";
    grant "{WRITER}" to "{MEMBER}";
    grant select on workflow_trace, workflow_steps, workflow_events, workflow_trace_screenshot,
    workflow_trace_context, micro_state to "{READER}";
    grant insert on workflow_events to "insert""only";
    grant select, update on workflow_events to "{EDITOR}";
    grant select, update, delete on workflow_trace_context to "{EDITOR}";
    grant update, delete on workflow_events, workflow_trace_context, workflow_steps to "{BLIND}";
    grant select, update (status, tier) on workflow_trace to "{COLUMN_UPDATER}";
    grant select, update (event_type) on workflow_events to "{COLUMN_UPDATER}";
    grant insert (trace_id, step_number, node_id) on workflow_steps to "{COLUMN_INSERTER}";
    grant insert (trace_id, event_type, event_data) on workflow_events to "{COLUMN_INSERTER}";
    grant select on workflow_steps to "{GRANTOR}" with grant option;
    grant select on workflow_trace to "{VIEW_OWNER}";
    grant select on workflow_trace_endpoint to public;
"""

STATEMENTS = {
    "workflow_trace": {
        "insert": f"""
            insert into workflow_trace (org_id, workflow_id, channel, created_by)
            values ('{NORTH}', '{WORKFLOW}', 'web', '{USER}')""",
        "update": "update workflow_trace set status = 'x' where trace_id = 1",
        "update other": "update workflow_trace set channel = 'x' where trace_id = 1",
        "delete": "delete from workflow_trace where trace_id = 2",
        "blind update": "update workflow_trace set tier = 1",
        "lock": "select status from workflow_trace where trace_id = 1 for update",
    },
    "workflow_steps": {
        "insert": f"""
            insert into workflow_steps (trace_id, step_number, node_id) values (1, 77, '{NODE}')""",
        "insert other": f"""
            insert into workflow_steps (trace_id, step_number, node_id, status)
            values (1, 77, '{NODE}', 'x')""",
        "update": "update workflow_steps set status = 'x' where step_id = 11",
        "delete": "delete from workflow_steps where step_id = 21",
        "blind update": "update workflow_steps set duration_ms = 1",
        "blind delete": "delete from workflow_steps",
    },
    "workflow_events": {
        "insert": """
            insert into workflow_events (trace_id, event_type, event_data) values (1, 'x', '1')""",
        "insert on step": """
            insert into workflow_events (trace_id, step_id, event_type, event_data)
            values (1, 11, 'x', '1')""",
        "insert returning": """
            insert into workflow_events (trace_id, event_type, event_data) values (1, 'x', '1')
            returning event_type""",
        "update": "update workflow_events set event_type = 'x' where event_id = 111",
        "update other": "update workflow_events set event_data = '2' where event_id = 112",
        "delete": "delete from workflow_events where event_id = 111",
        "blind update": "update workflow_events set event_data = '3'",
        "blind delete": "delete from workflow_events",
    },
    "workflow_trace_screenshot": {
        "insert": f"""
            insert into workflow_trace_screenshot (
                trace_id, org_id, node_name, step_index, screenshot_url, action_description, node_id
            )
            values (1, '{NORTH}', 'n', 1, 's3://b', 'a', '{NODE}')""",
        "update": "update workflow_trace_screenshot set element_found = true where trace_id = 1",
        "delete": "delete from workflow_trace_screenshot where trace_id = 2",
    },
    "workflow_trace_context": {
        "insert": "insert into workflow_trace_context (trace_id, key, value) values (1, 'k', '1')",
        "update": "update workflow_trace_context set value = '1' where trace_id = 1",
        "delete": "delete from workflow_trace_context where trace_id = 1",
        "blind update": "update workflow_trace_context set value = '3'",
        "blind delete": "delete from workflow_trace_context",
    },
    "workflow_trace_endpoint": {
        "insert": "insert into workflow_trace_endpoint values (1, 77)",
        "update": "update workflow_trace_endpoint set endpoint_id = 78 where trace_id = 1",
        "delete": "delete from workflow_trace_endpoint where trace_id = 1",
    },
    "workflow_configs": {
        "insert": f"""
            insert into workflow_configs (org_id, name, config_type, config_data, created_by)
            values ('{NORTH}', 'x', 'limits', '1', '{USER}')
            on conflict (org_id, workflow_id, name, config_type) do nothing""",
        "update": "update workflow_configs set is_active = false where name = 'north'",
        "delete": "delete from workflow_configs where name = 'north'",
    },
    "micro_state": {
        "insert": f"""
            insert into micro_state (workflow_id, node_id, dom_snapshot, action_json)
            values ('{WORKFLOW}', '{NODE}', 'x', '1')""",
        "update": "update micro_state set label = 'x'",
        "delete": """
            delete from micro_state
            where micro_state_id = (select max(micro_state_id) from micro_state)
        """,
    },
}

Outcome = tuple[Any, ...]


def attempt(
    connection: Connection, role: str | None, org_id: str | None, *statements: str
) -> Outcome:
    """What the last statement does for a role: its SQLSTATE, or its count and rows. Undone."""
    connection.execute("begin")
    try:
        if role is not None:
            connection.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
        if org_id is not None:
            connection.execute("select set_config('app.current_org_id', %s, true)", (org_id,))
        for text in statements:
            cursor = connection.execute(text, prepare=False)
        rows = sorted(map(str, cursor.fetchall())) if cursor.description else []
        return (cursor.rowcount, *rows)
    except psycopg.Error as error:
        return (error.sqlstate,)
    finally:
        connection.execute("rollback")


def privileges(connection: Connection) -> dict[tuple[str, str, str], Outcome]:
    """Every statement on every old name, tried as every role."""
    found = {}
    for role in ROLES:
        for table in EIGHT:
            found[role, table, "select"] = attempt(
                connection, role, None, f"select count(*) from {table}"
            )
            for verb, text in STATEMENTS[table].items():
                found[role, table, verb] = attempt(connection, role, None, text)
        for name in SEQUENCES:
            found[role, name, "nextval"] = attempt(
                connection, role, None, f"select nextval('{name}') > 0"
            )
            found[role, name, "read"] = attempt(
                connection, role, None, f"select last_value > 0 from {name}"
            )
    found[GRANTOR, "workflow_steps", "grant"] = attempt(
        connection,
        GRANTOR,
        None,
        f'grant select on workflow_steps to "{NOBODY}"',
        "select has_table_privilege('nobody at all', 'workflow_steps', 'select')",
    )
    found[MEMBER, "workflow_trace", "ids"] = attempt(
        connection,
        MEMBER,
        None,
        STATEMENTS["workflow_trace"]["insert"],
        """
        select currval('workflow_trace_trace_id_seq') = max(trace_id),
            lastval() = max(trace_id)
        from workflow_trace
        """,
    )
    found[WRITER, "workflow_events", "ids"] = attempt(
        connection,
        WRITER,
        None,
        STATEMENTS["workflow_events"]["insert"],
        "select currval('workflow_events_event_id_seq') = max(event_id), lastval() = max(event_id) "
        "from workflow_events",
    )
    found[WRITER, "workflow_trace", "id by name"] = attempt(
        connection,
        WRITER,
        None,
        f"""
        insert into workflow_trace (trace_id, org_id, workflow_id, channel, created_by)
        values (nextval('workflow_trace_trace_id_seq'), '{NORTH}', '{WORKFLOW}', 'web', '{USER}')
        """,
        "select trace_id > 1000 and trace_id = max(trace_id) over () from workflow_trace "
        "order by trace_id desc limit 1",
    )
    return found


SEQUENCES = (
    "workflow_trace_trace_id_seq",
    "workflow_steps_step_id_seq",
    "workflow_events_event_id_seq",
    "workflow_trace_context_context_id_seq",
)

CONNECTED = f"""
    create schema "My App";
    grant usage on schema "My App" to public;
    create table "My App".organisations (id uuid primary key);
    create table "My App"."Users" ("User Id" uuid primary key);
    create table "My App".nodes (id uuid primary key);
    insert into "My App".organisations values ('{NORTH}'), ('{SOUTH}');
    insert into "My App"."Users" values ('{USER}');
    insert into "My App".nodes values ('{NODE}'), ('{OTHER_NODE}');
    alter table workflow_trace add constraint "Org → Organisation"
    foreign key (org_id) references "My App".organisations on delete cascade;
    alter table workflow_trace add foreign key (created_by)
    references "My App"."Users" on update cascade deferrable initially deferred;
    alter table workflow_steps add constraint steps_node foreign key (node_id)
    references "My App".nodes (id) on delete restrict;
    alter table workflow_steps add constraint steps_node_later foreign key (node_id)
    references "My App".nodes (id) not valid;

    create table "My App".notes (
        id integer primary key,
        trace_id bigint constraint "Note of Run" references workflow_trace on delete cascade
    );
    create table "My App"."Step Notes" (
        id integer primary key, "Step Id" bigint,
        constraint "Step's Note" foreign key ("Step Id") references workflow_steps (step_id)
        on delete set null on update cascade
    );
    create table "My App".audits (
        trace_id bigint references workflow_trace on delete restrict, note text
    );
    create table "My App".defaults (
        step_id bigint default 12 references workflow_steps on delete set default
        deferrable initially deferred
    );
    create table "My App".unchecked (trace_id bigint);
    insert into "My App".notes values (1, 1), (2, 2), (3, null);
    insert into "My App"."Step Notes" values (1, 11), (2, 12);
    insert into "My App".audits values (1, 'kept');
    insert into "My App".defaults values (11);
    insert into "My App".unchecked values (-5);
    alter table "My App".unchecked add constraint later foreign key (trace_id)
    references workflow_trace not valid;

    create view "My App"."Run Overview" as
    select t.trace_id as "Trace", t.status, count(e.event_id) as events
    from workflow_trace as t left join workflow_events as e on e.trace_id = t.trace_id
    group by t.trace_id, t.status;
    create view "My App".nested as
    select o."Trace" + 1 as next from "My App"."Run Overview" as o
    union select trace_id from public.workflow_trace_endpoint;
    create view "My App"."All Steps" with (security_barrier) as select * from workflow_steps;
    create view "My App".contexts with (security_invoker) as select * from workflow_trace_context;
    create view "My App".north_runs as
    select trace_id, org_id, workflow_id, channel, created_by, status from workflow_trace
    where org_id = '{NORTH}' with local check option;
    create view "My App".owned as select trace_id, status from workflow_trace;
    alter view "My App".owned owner to "{VIEW_OWNER}";
    comment on view "My App".owned is 'of somebody else';
    alter view "My App".north_runs alter channel set default 'web';
    grant select on all tables in schema "My App" to "{NOBODY}", "{READER}";
    grant insert, update on "My App".north_runs to "{NOBODY}";

    create function "My App"."Count Events"(trace_id bigint) returns bigint language sql
    begin atomic
        select count(*) from public.workflow_events as e where e.trace_id = $1;
    end;
    create function "My App".log_event(trace_id bigint, kind text) returns text
    language sql security definer
    begin atomic
        insert into public.workflow_events (trace_id, event_type, event_data)
        values ($1, $2, '{{}}') returning event_type;
    end;
    alter function "My App".log_event(bigint, text) owner to "{WRITER}";
    create function "My App".finish(wanted bigint) returns text language plpgsql as $$
    declare
        run workflow_trace%rowtype;
        step workflow_steps%rowtype;
        id workflow_events.event_id%type;
    begin
        select * into strict run from workflow_trace where trace_id = wanted for update;
        for step in select * from workflow_steps where trace_id = wanted order by step_number loop
            insert into workflow_events (trace_id, step_id, event_type, event_data)
            values (wanted, step.step_id, 'finished', to_jsonb(step.step_number))
            returning event_id into strict id;
        end loop;
        begin
            insert into workflow_trace_context (trace_id, key, value)
            values (wanted, 'user_session', '1');
        exception when unique_violation then
            update workflow_trace_context set value = '"again"'
            where trace_id = wanted and key = 'user_session';
        end;
        delete from workflow_trace_endpoint where trace_id = wanted;
        update workflow_trace set status = 'finished' where trace_id = wanted;
        return run.status || (select count(*) from workflow_events where trace_id = wanted);
    end $$;

    create table "My App".log (entry text);
    create function "My App".note_write() returns trigger language plpgsql security definer as $$
    begin
        insert into "My App".log values (tg_op || ' ' || tg_table_name);
        return null;
    end $$;
    create trigger "Note Writes" after insert or update or delete on workflow_events
    for each row execute function "My App".note_write();
    create trigger always after insert or delete on workflow_trace
    for each statement execute function "My App".note_write();
    alter table workflow_trace enable always trigger always;
    create trigger asleep after insert on workflow_steps
    for each row execute function "My App".note_write();
    alter table workflow_steps disable trigger asleep;
    create function "My App"."Upsert"() returns void language plpgsql as $$
    begin
        insert into public.workflow_trace_context (trace_id, key, value) values (1, 'u', '1')
        on conflict (trace_id, key) do update set value = excluded.value;
    end $$;
    create publication "Pub 1" for table workflow_events, workflow_steps;
"""

# What the preflight refuses until somebody accepts it, by kind.
TO_ACCEPT = {
    "trigger": {"Note Writes on workflow_events", "always on workflow_trace"},
    "function": {'"My App"."Upsert"()'},
    "publication": {"Pub 1 of workflow_events", "Pub 1 of workflow_steps"},
    # A view of the caller's rights inside the view: it asks the reader, not the owner, for them.
    "view privilege": {
        f'"My App".{view} to {NOBODY}'
        for view in ('"Run Overview"', "nested", '"All Steps"', "north_runs", "owned")
    },
    # The statement on the view has to read what it writes.
    "write-only privilege": {
        f"DELETE, UPDATE on workflow_events to {BLIND}",
        f"DELETE, UPDATE on workflow_trace_context to {BLIND}",
        f"INSERT on workflow_events to {INSERTER}",
        f"INSERT on workflow_events to {COLUMN_INSERTER}",
        f"INSERT on workflow_steps to {COLUMN_INSERTER}",
    },
}


def behaviour(connection: Connection) -> dict[str, Outcome]:
    """What the connected objects do, each attempt undone."""

    def do(*statements: str, role: str | None = None) -> Outcome:
        return attempt(connection, role, None, *statements)

    notes = 'select * from "My App".notes'
    found = {
        "delete used node": do(f"delete from \"My App\".nodes where id = '{NODE}'"),
        "delete node used no more": do(
            "delete from workflow_steps where step_id = 12",
            f"delete from \"My App\".nodes where id = '{OTHER_NODE}'",
        ),
        "delete used user": do('delete from "My App"."Users"', "set constraints all immediate"),
        "delete used organisation": do(
            'delete from "My App".audits',
            f"delete from \"My App\".organisations where id = '{NORTH}'",
            "select trace_id from workflow_trace",
        ),
        "rename user": do(
            f'update "My App"."Users" set "User Id" = \'{NODE}\'',
            "select created_by from workflow_trace",
        ),
        "unknown organisation": do(
            f"update workflow_trace set org_id = '{WORKFLOW}' where trace_id = 1"
        ),
        "unknown node": do(
            f"insert into workflow_steps (trace_id, step_number, node_id) values (1, 9, '{USER}')"
        ),
        "unknown user, checked late": do(
            f"update workflow_trace set created_by = '{NODE}' where trace_id = 1",
            "select 1",
        ),
        "unknown user, checked": do(
            f"update workflow_trace set created_by = '{NODE}' where trace_id = 1",
            "set constraints all immediate",
        ),
        "note of no run": do('insert into "My App".notes values (9, 99)'),
        "note of a run": do('insert into "My App".notes values (9, 2)', notes),
        "notes cascade": do("delete from workflow_trace where trace_id = 2", notes),
        "audits restrict": do("delete from workflow_trace where trace_id = 1"),
        "step notes are set null": do(
            "delete from workflow_steps where step_id = 12", 'select * from "My App"."Step Notes"'
        ),
        "step notes follow": do(
            "update workflow_steps set step_id = 13 where step_id = 12",
            'select * from "My App"."Step Notes"',
        ),
        "step default": do(
            "delete from workflow_steps where step_id = 11",
            "set constraints all immediate",
            'select * from "My App".defaults',
        ),
        "unchecked": do('insert into "My App".unchecked values (-6)'),
        "publication": do("select count(*) > 0 from pg_publication where pubname = 'Pub 1'"),
        "count": do('select "My App"."Count Events"(1)'),
        "count after insert": do(
            STATEMENTS["workflow_events"]["insert"], 'select "My App"."Count Events"(1)'
        ),
        "log as nobody": do(
            "select \"My App\".log_event(1, 'logged')",
            role=NOBODY,
        ),
        "log": do(
            "select \"My App\".log_event(1, 'logged')",
            "select event_type, event_data from workflow_events where trace_id = 1",
        ),
        "finish": do(
            'select "My App".finish(1)',
            "select event_type, event_data, step_id from workflow_events where trace_id = 1",
        ),
        "finish as writer": do('select "My App".finish(1)', role=MEMBER),
        "finish as reader": do('select "My App".finish(1)', role=READER),
    }
    for view in ('"Run Overview"', "nested", '"All Steps"', "contexts", "north_runs", "owned"):
        for role in (None, NOBODY, READER):
            found[f"{view} as {role}"] = do(f'select * from "My App".{view}', role=role)
            found[f"{view} later as {role}"] = do(
                "set local role none",
                "delete from workflow_trace_context",
                "delete from workflow_steps where step_id = 12",
                STATEMENTS["workflow_events"]["insert"],
                "update workflow_trace set status = 'later'",
                f'set local role "{role}"' if role else "select 1",
                f'select * from "My App".{view}',
            )
    insert = 'insert into "My App".north_runs (org_id, workflow_id, created_by) values'
    for label, org_id in (("inside", NORTH), ("outside", SOUTH)):
        found[f"insert {label} the view"] = do(
            f"{insert} ('{org_id}', '{WORKFLOW}', '{USER}') returning channel, status", role=NOBODY
        )
    return found


def constraints(connection: Connection) -> list[Any]:
    """Foreign keys of the application's tables and to them."""
    return connection.execute(
        """
        select conname, conrelid::regclass::text, pg_get_constraintdef(oid), convalidated
        from pg_constraint
        where
            contype = 'f'
            and connamespace <> 'legacy'::regnamespace
            and (
                connamespace = '"My App"'::regnamespace
                or confrelid in (
                    select oid from pg_class where relnamespace = '"My App"'::regnamespace
                )
            )
        order by 1, 2
        """
    ).fetchall()


class Story:
    """What was observed before the deploy, after it, and after the revert."""

    def __init__(self) -> None:
        self.name = ""
        self.version = 0
        self.preflight: dict[tuple[str, str], str] = {}
        self.refused = ""
        self.unchanged: list[str] = []
        self.privileges: list[dict[tuple[str, str, str], Outcome]] = []
        self.behaviour: list[dict[str, Outcome]] = []
        self.constraints: list[list[Any]] = []
        self.documents: dict[tuple[str, str], Outcome] = {}
        self.visible: dict[tuple[str, str | None], Outcome] = {}
        self.reverted: subprocess.CompletedProcess[str] | None = None
        self.restored: list[str] = []
        self.fired: list[list[str]] = []


@pytest.fixture(scope="module")
def story(expand_template: str) -> Iterator[Story]:
    """One database with everything above on it, deployed and reverted."""
    told = Story()
    with roles(*ROLES), database(expand_template) as name, connect(name) as connection:
        told.name = name
        told.version = connection.info.server_version
        shrink(connection)
        execute_script(connection, GRANTS)
        execute_script(connection, CONNECTED)

        def observe() -> None:
            told.privileges.append(privileges(connection))
            told.behaviour.append(behaviour(connection))
            told.constraints.append(constraints(connection))

        def log() -> list[str]:
            entries = connection.execute('select entry from "My App".log order by 1').fetchall()
            connection.execute('truncate "My App".log')
            return [entry for (entry,) in entries]

        observe()
        log()
        told.preflight = {
            (kind, found.replace("public.", "")): severity
            for severity, kind, found in connection.execute(
                "select severity, kind, object from consolidation.preflight"
            )
        }
        before = dump(name)
        told.refused = sqitch(name, "deploy", check=False).stderr
        told.unchanged = changed(before, dump(name))
        accept(connection)
        sqitch(name, "deploy")
        sqitch(name, "verify")
        observe()
        for role in ROLES:
            for table in ("user_workflow_run", "user_workflow_run_step"):
                for verb, text in (
                    ("select", f"select * from {table}"),
                    ("update", f"update {table} set events = '[]'"),
                    ("delete", f"delete from {table}"),
                    ("events", f"select events from {table}"),
                ):
                    told.documents[role, f"{verb} {table}"] = attempt(connection, role, None, text)
            for org_id in (None, "", NORTH, SOUTH):
                told.visible[role, org_id] = attempt(
                    connection, role, org_id, "select distinct trace_id from workflow_trace"
                )
        execute_script(
            connection,
            """
            insert into workflow_events (trace_id, event_type, event_data) values (1, 'a', '1');
            update workflow_events set event_type = 'b' where event_type = 'a';
            delete from workflow_events where event_type = 'b';
            """,
        )
        told.fired.append(log())
        told.reverted = sqitch(name, "revert", "--to", "@expand", "-y", check=False)
        if told.reverted.returncode != 0:
            # The other tests have something to say all the same.
            connection.execute(f'grant usage on schema legacy to "{OWNER}"')
            sqitch(name, "revert", "--to", "@expand", "-y")
            connection.execute(f'revoke usage on schema legacy from "{OWNER}"')
        told.fired.append(log())
        observe()
        log()
        told.restored = changed(before, dump(name))
        execute_script(
            connection,
            """
            insert into workflow_events (trace_id, event_type, event_data) values (1, 'a', '1');
            delete from workflow_events where event_type = 'a';
            delete from workflow_trace where trace_id = -1;
            """,
        )
        told.fired.append(log())
        yield told


def same(before: dict[Any, Outcome], after: dict[Any, Outcome]) -> list[str]:
    """What differs."""
    return [
        f"{what}: {outcome}, then {after.get(what)}"
        for what, outcome in before.items()
        if after.get(what) != outcome
    ]


def of(role: str, outcomes: dict[Any, Outcome]) -> dict[Any, Outcome]:
    """What was found for one role."""
    return {what: outcome for what, outcome in outcomes.items() if what[0] == role}


def test_a_role_may_through_the_old_names_what_it_might_before(story: Story) -> None:
    before, after, _ = story.privileges
    # The matrix says something: each role may something, and nobody but the owner everything.
    for role in ROLES:
        outcomes = {outcome[0] for (who, _, _), outcome in before.items() if who == role}
        assert role == NOBODY or outcomes - {"42501"}, role
        assert role == OWNER or "42501" in outcomes, role
    assert [
        difference
        for role in ROLES
        if role != BLIND
        for difference in same(of(role, before), of(role, after))
        # The preflight named it: a step looks for its run, which the role may not read.
        if not difference.startswith(f"('{COLUMN_INSERTER}', 'workflow_steps', 'insert')")
    ] == []


def test_a_role_may_after_the_revert_what_it_might_before(story: Story) -> None:
    assert same(story.privileges[0], story.privileges[2]) == []


def test_a_role_that_may_write_but_not_read_is_named_and_gets_no_more(story: Story) -> None:
    """Update and delete without select: what was accepted is refused then, the rest goes on."""
    before, after, _ = (of(BLIND, found) for found in story.privileges)
    assert before[BLIND, "workflow_events", "blind update"] == (4,)
    assert before[BLIND, "workflow_events", "update"] == ("42501",)
    lost = {
        (BLIND, table, f"blind {verb}")
        for table in ("workflow_events", "workflow_trace_context")
        for verb in ("update", "delete")
    }
    assert {what for what, outcome in before.items() if after[what] != outcome} <= lost
    assert all(after[what] in (before[what], ("42501",)) for what in lost)


def test_a_role_that_may_only_insert_events_cannot_read_or_change_documents(story: Story) -> None:
    for role in (INSERTER, COLUMN_INSERTER, NOBODY, VIEW_OWNER):
        for table in ("user_workflow_run", "user_workflow_run_step"):
            for verb in ("select", "update", "delete", "events"):
                assert story.documents[role, f"{verb} {table}"] == ("42501",), (role, verb, table)
    # A control: the same statement is possible.
    assert story.documents[OWNER, "events user_workflow_run_step"][0] == 3


def test_a_reader_of_the_old_names_cannot_write_documents(story: Story) -> None:
    for role in (READER, EDITOR, COLUMN_UPDATER, GRANTOR):
        for table in ("user_workflow_run", "user_workflow_run_step"):
            for verb in ("update", "delete"):
                assert story.documents[role, f"{verb} {table}"] == ("42501",), (role, verb, table)


def test_a_role_sees_all_organisations_until_it_names_one(story: Story) -> None:
    for role in (OWNER, WRITER, READER, MEMBER, COLUMN_UPDATER, VIEW_OWNER):
        assert story.visible[role, None] == (2, "(1,)", "(2,)"), role
        assert story.visible[role, ""] == (2, "(1,)", "(2,)"), role
        assert story.visible[role, NORTH] == (1, "(1,)"), role
        assert story.visible[role, SOUTH] == (1, "(2,)"), role
    assert story.visible[NOBODY, None] == ("42501",)


def test_what_is_connected_with_the_old_names_behaves_as_before(story: Story) -> None:
    before, after, back = (
        {what: outcome for what, outcome in found.items() if not through_view(what)}
        for found in story.behaviour
    )
    # "on delete restrict" has an error code of its own from PostgreSQL 18 on.
    restrict = ("23001",) if story.version >= 180000 else ("23503",)
    assert before["delete used node"] == before["audits restrict"] == restrict
    assert before["note of no run"] == before["unknown user, checked"] == ("23503",)
    assert same(before, after) == []
    assert same(before, back) == []


def accept(connection: Connection) -> None:
    """Accepts whatever the preflight refuses."""
    connection.execute(
        """
        insert into consolidation.accepted (kind, object, reason)
        select distinct kind, object, 'tested' from consolidation.preflight
        where severity = 'refuse'
        """
    )


def through_view(what: str) -> bool:
    """Whether a role that may use only the view used it."""
    return what.endswith((f"as {NOBODY}", "the view")) and not what.startswith("log")


def test_a_reader_of_a_view_alone_is_named_and_gets_no_more(story: Story) -> None:
    """Its owner may read the tables; a role with privileges on the view alone may not."""
    before, after, back = (
        {what: outcome for what, outcome in found.items() if through_view(what)}
        for found in story.behaviour
    )
    assert before[f"owned as {NOBODY}"][0] == 2
    assert before["insert outside the view"] == ("44000",)
    assert all(after[what] in (before[what], ("42501",)) for what in before)
    assert same(before, back) == []
    # Who may read the tables, too, goes on reading the view.
    assert story.behaviour[1][f"owned as {READER}"][0] == 2


def test_foreign_keys_are_made_again_with_their_actions_and_validated(story: Story) -> None:
    before, after, back = story.constraints
    assert back == before
    assert len(after) == len(before)
    moved = (
        ("REFERENCES workflow_trace(trace_id)", "REFERENCES user_workflow_run(legacy_trace_id)"),
        ("REFERENCES workflow_steps(step_id)", "REFERENCES user_workflow_run_step(legacy_step_id)"),
    )
    old = {name: (definition, valid) for name, _, definition, valid in before}
    new = {name: (definition, valid) for name, _, definition, valid in after}
    assert old.keys() == new.keys()
    for name, (definition, valid) in old.items():
        for source, target in moved:
            definition = definition.replace(source, target)
        assert new[name] == (definition, valid), name
    assert {relation for _, relation, _, _ in after} >= {"user_workflow_run"}


def test_the_preflight_names_what_has_to_be_accepted(story: Story) -> None:
    refused = {what for what, severity in story.preflight.items() if severity == "refuse"}
    assert refused == {(kind, found) for kind, objects in TO_ACCEPT.items() for found in objects}
    for kind, found in refused:
        assert f"{kind} {found}" in story.refused.replace("public.", "")
    noticed = {what for what, severity in story.preflight.items() if severity == "notice"}
    for kind, found in (
        ("view", '"My App"."Run Overview"'),
        ("view", '"My App"."All Steps"'),
        ("function", '"My App"."Count Events"(bigint)'),
        ("incoming foreign key", 'Note of Run on "My App".notes'),
        ("outgoing foreign key", "Org → Organisation on workflow_trace"),
    ):
        assert (kind, found) in noticed


def test_a_refused_deploy_leaves_everything_as_it_was(story: Story) -> None:
    assert story.unchanged == []


def test_the_revert_works_whoever_owns_the_tables(story: Story) -> None:
    """Here a role that is neither superuser nor the one that deployed."""
    assert story.reverted is not None
    assert story.reverted.returncode == 0, story.reverted.stderr


def test_the_revert_restores_what_is_connected(story: Story) -> None:
    """Owners, grants, views, functions, keys, triggers and publications, as pg_dump writes them."""
    ours = ("consolidation", "user_workflow_run", "workflow_maintenance")
    assert [line for line in story.restored if not any(name in line for name in ours)] == []


def test_an_accepted_trigger_rests_after_the_cut_over_and_fires_after_the_revert(
    story: Story,
) -> None:
    after, during_revert, back = story.fired
    assert after == []
    assert during_revert == []
    assert back == ["DELETE workflow_events", "DELETE workflow_trace", "INSERT workflow_events"]


COLUMN_READER = "Column Reader"

BLOCKING = f"""
    create view "Grouped By Key" as select t.*, count(*) from workflow_trace as t
    join workflow_events as e using (trace_id) group by t.trace_id;
    create materialized view "Mat 1" as select * from workflow_steps;
    create table "My Notes" (event_id bigint, context_id bigint,
        constraint "Of Event" foreign key (event_id) references workflow_events,
        constraint of_key foreign key (event_id, context_id)
        references workflow_steps (trace_id, step_number));
    create function latest_event(bigint) returns workflow_events language sql as
    'select * from workflow_events where trace_id = $1 limit 1';
    create table "Copies" (run workflow_trace);
    create rule "Log It" as on update to workflow_trace_context do also notify changed;
    create table "Archived Events" () inherits (workflow_events);
    create table secrets (id integer);
    create policy "By Run" on secrets
    using (exists (select from workflow_trace as t where t.trace_id = secrets.id));
    grant select (trace_id, status) on workflow_trace to "{COLUMN_READER}";
    alter table workflow_trace_endpoint drop constraint workflow_trace_endpoint_pkey;
    create function wipe() returns void language plpgsql as $$
    begin
        truncate table only public.workflow_trace_endpoint;
        merge into workflow_steps as s using workflow_trace as t on t.trace_id = s.trace_id
        when matched then delete;
    end $$;
    create publication everything_public for tables in schema public;
    alter sequence workflow_events_event_id_seq rename to "Event Ids";
"""

REFUSED = {
    ("view", '"Grouped By Key"'),
    ("materialized view", '"Mat 1"'),
    ("incoming foreign key", 'Of Event on "My Notes"'),
    ("incoming foreign key", 'of_key on "My Notes"'),
    ("row type", "function latest_event(bigint)"),
    ("row type", 'column run of table "Copies"'),
    ("rule", "workflow_trace_context"),
    ("inheritance", '"Archived Events" of workflow_events'),
    ("policy", "By Run on secrets"),
    ("column privilege", "select (trace_id) on workflow_trace to Column Reader"),
    ("column privilege", "select (status) on workflow_trace to Column Reader"),
    ("index", "workflow_trace_endpoint (trace_id)"),
    ("function", "wipe()"),
    ("sequence", "Event Ids"),
}


def refusals(connection: Connection) -> set[tuple[str, str]]:
    """What the preflight refuses, by kind and name."""
    return {
        (kind, what.replace("public.", ""))
        for kind, what in connection.execute(
            "select kind, object from consolidation.preflight where severity = 'refuse'"
        )
    }


def test_what_cannot_follow_is_refused_by_name_and_left_as_it_is(expand_template: str) -> None:
    with roles(COLUMN_READER), database(expand_template) as name, connect(name) as connection:
        shrink(connection)
        execute_script(connection, BLOCKING)
        before, held = dump(name), all_rows(connection)
        found = refusals(connection)
        assert REFUSED - found == set()
        assert found - REFUSED == set()
        refused = sqitch(name, "deploy", check=False)
        assert refused.returncode != 0
        said = refused.stderr.replace("public.", "")
        unnamed = {what for what in REFUSED if " ".join(what) not in said}
        assert unnamed == set()
        assert changed(before, dump(name)) == []
        assert all_rows(connection) == held
        assert one(connection, "select consolidation.phase()") == "expand"
        assert one(connection, "select count(*) from user_workflow_run") == 0


def test_a_publication_of_the_whole_schema_is_named(expand: str) -> None:
    """The old tables leave the schema: subscribers would no longer receive their changes."""
    with connect(expand) as connection:
        connection.execute("create publication everything_public for tables in schema public")
        assert (
            one(
                connection,
                "select count(*) from consolidation.preflight "
                "where kind = 'publication' and object like '%everything_public%'",
            )
            >= 1
        )


def test_what_appears_after_the_backfill_is_refused_at_the_cut_over(carried_over: str) -> None:
    with connect(carried_over) as connection:
        connection.execute('create materialized view "Late One" as select * from workflow_events')
        before = dump(carried_over)
        refused = sqitch(carried_over, "deploy", check=False)
        assert refused.returncode != 0
        assert 'materialized view "Late One"' in refused.stderr.replace("public.", "")
        assert changed(before, dump(carried_over)) == []
        connection.execute('drop materialized view "Late One"')
        sqitch(carried_over, "deploy")
        assert differences(connection) == []


TENANT, REPORTER, TABLE_OWNER = "Tenant App", "Reporter", "Table Owner"

OF_ORG = "org_id = nullif(current_setting('app.current_org_id', true), '')::uuid"

ISOLATION = "".join(
    f"""
    alter table {table} owner to "{TABLE_OWNER}";
    alter table {table} enable row level security;
    create policy "By Org" on {table} to "{TENANT}" using ({condition});
    grant select, insert, update, delete on {table} to "{TENANT}", "{REPORTER}";
    """
    for table, condition in {
        "workflow_trace": OF_ORG,
        "workflow_trace_screenshot": OF_ORG,
        "workflow_configs": OF_ORG,
        **{
            table: "exists (select from workflow_trace as t "
            f"where t.trace_id = {table}.trace_id and "
            f"t.{OF_ORG})"
            for table in (
                "workflow_steps",
                "workflow_events",
                "workflow_trace_context",
                "workflow_trace_endpoint",
            )
        },
    }.items()
)


def isolation(connection: Connection) -> dict[tuple[str, str | None, str], Outcome]:
    """What a tenant's role, one without a policy, and the owner see and may write.

    A row for a run that the role does not see is refused: by a policy (42501) on the tables,
    because the run does not exist for it (23503) on the views.
    """
    return {
        (role, org_id, text): tuple(
            "refused" if value in ("42501", "23503") else value
            for value in attempt(connection, role, org_id, text)
        )
        for role in (TENANT, REPORTER, TABLE_OWNER)
        for org_id in (None, "", NORTH, SOUTH)
        for text in (
            *(f"select * from {table}" for table in EIGHT[:7]),
            *(
                text
                for table in EIGHT[:7]
                for verb, text in STATEMENTS[table].items()
                if not verb.startswith("blind") and "lock" not in verb
            ),
            "delete from workflow_trace where trace_id = 1",
            "update workflow_trace_context set value = '9' where trace_id = 2",
            "update workflow_events set trace_id = 2, step_id = 21 where event_id = 111",
            f"update workflow_trace set org_id = '{SOUTH}' where trace_id = 1",
        )
    }


def test_who_was_isolated_by_the_old_policies_stays_so(expand_template: str) -> None:
    """Nobody sees or writes more than before, and nobody less."""
    with (
        roles(TABLE_OWNER, TENANT, REPORTER),
        database(expand_template) as name,
        connect(name) as connection,
    ):
        shrink(connection)
        execute_script(connection, ISOLATION)
        before = isolation(connection)
        assert before[TENANT, NORTH, "select * from workflow_events"][0] == 2
        assert before[TENANT, "", "select * from workflow_events"][0] == 0
        assert before[REPORTER, NORTH, "select * from workflow_events"][0] == 0
        assert before[TABLE_OWNER, None, "select * from workflow_events"][0] == 4

        refused = refusals(connection)
        accept(connection)
        sqitch(name, "deploy")
        after = isolation(connection)
        assert same(of(TENANT, before), of(TENANT, after)) == []
        # Without a policy of its own it saw nothing; with one for everybody it sees no more than
        # the organisation it names, and nothing when it names none.
        for org_id in (None, ""):
            for table in SIX:
                assert after[REPORTER, org_id, f"select * from {table}"][0] == 0, table
                # The owner was never restricted.
                text = f"select * from {table}"
                assert after[TABLE_OWNER, org_id, text] == before[TABLE_OWNER, org_id, text], table
        for org_id, trace_id in ((NORTH, 1), (SOUTH, 2)):
            seen = attempt(connection, REPORTER, org_id, "select trace_id from workflow_steps")
            assert set(seen[1:]) <= {f"({trace_id},)"}

        reverted = sqitch(name, "revert", "--to", "@expand", "-y", check=False)
        assert reverted.returncode == 0, reverted.stderr
        assert same(before, isolation(connection)) == []
        # It was accepted that this role will see more.
        assert refused == {("no policy", f"{REPORTER} on {table}") for table in SIX}


DEPLOYER, APPLICATION = "Deploy Role", "Application"


def as_deployer(name: str, *arguments: str) -> None:
    """Runs sqitch as a role that is no superuser."""
    result = subprocess.run(
        ["sqitch", *arguments, f"db:pg:{name}"],
        cwd=ROOT,
        env={**ENVIRONMENT, "PGUSER": DEPLOYER, "PGPASSWORD": "deploy"},
        input="",
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("right", ["createrole", "membership"])
def test_an_owner_that_is_no_superuser_deploys_and_reverts(
    legacy_template: str, right: str
) -> None:
    createrole = "createrole" if right == "createrole" else "nocreaterole"
    with (
        roles(DEPLOYER, options=f"login {createrole} password 'deploy'"),
        roles(APPLICATION),
        database(legacy_template) as name,
        connect(name) as connection,
    ):
        grant = f'grant workflow_app, workflow_maintenance to "{DEPLOYER}"'
        if right == "membership":
            connection.execute(grant)
        elif connection.info.server_version >= 160000:
            # The roles are there; from PostgreSQL 16 on, this is what their creator has.
            connection.execute(f"{grant} with admin true, inherit false, set false")
        connection.execute(f'alter database {name} owner to "{DEPLOYER}"')
        connection.execute("drop schema sqitch cascade")
        for table in EIGHT:
            connection.execute(f'alter table {table} owner to "{DEPLOYER}"')
            connection.execute(
                f'grant select, insert, update, delete on {table} to "{APPLICATION}"'
            )
        before = all_rows(connection)
        as_deployer(name, "deploy", "--log-only", "--verify", "--to", "@baseline")
        as_deployer(name, "deploy")
        as_deployer(name, "verify")
        assert differences(connection) == []
        assert all_rows(connection) == before
        with connect(name) as application:
            application.execute(f'set role "{APPLICATION}"')
            for table in EIGHT:
                for verb in ("insert", "update other", "delete"):
                    text = STATEMENTS[table].get(verb, f"select * from {table}")
                    assert sqlstate(application, text) is None, text
        with connect(name, user=DEPLOYER, password="deploy") as deployer:
            assert one(deployer, "select count(*) from workflow_trace") > 100
            assert deployer.execute("select * from consolidation.preflight").fetchall() is not None
        shown = all_rows(connection)
        as_deployer(name, "revert", "--to", "@expand", "-y")
        assert all_rows(connection) == shown
        as_deployer(name, "deploy")
        assert differences(connection) == []
        assert all_rows(connection) == shown
