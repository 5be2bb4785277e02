"""Every verify script notices when what it claims is broken.

A claim is one statement of a verify script. Each break is made in a transaction of a deployed
database, the statements of the script follow one by one, and the one whose claim is broken must be
the first to raise. Some breaks are made on a database of their own, for the real `sqitch verify`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import psycopg
import pytest

from conftest import ROOT, connect, database, sqitch
from helpers_cycle import EIGHT, PLAN, SIX, Connection

ROW_VIEWS = {
    "event_row": "workflow_events",
    "screenshot_row": "workflow_trace_screenshot",
    "context_row": "workflow_trace_context",
    "endpoint_row": "workflow_trace_endpoint",
}
DOCUMENTS = ("user_workflow_run", "user_workflow_run_step")
# The changes of the contract project, and the databases on which they are the last.
CONTRACT = {"contract/drop_old_tables": "contract", "contract/drop_old_names": "finished"}


# Verify scripts in statements --------------------------------------------------------------------


def statements(path: str) -> list[str]:
    """The statements of a script, without comments and without begin, commit and rollback."""
    text = re.sub(r"^\s*--.*\n", "", (ROOT / path).read_text(), flags=re.MULTILINE)
    # Semicolons inside of quotes end nothing.
    quoted = re.compile(r"\$\$.*?\$\$|'(?:[^']|'')*'", flags=re.DOTALL)
    text = quoted.sub(lambda match: match[0].replace(";", "\0"), text)
    listed = [s.strip().replace("\0", ";") for s in text.split(";")]
    return [s for s in listed if s and s not in ("begin", "commit", "rollback")]


def claim_of(statement: str) -> str | None:
    """The sentence that a statement claims; None if it claims nothing."""
    if statement.startswith(("set local", "create temporary view", "create function pg_temp.")):
        return None
    said = re.search(r"consolidation\.claim(?:_none)?\(\s*'([^']+)'", statement)
    said = said or re.search(r"\bmessage = '([^']+)'", statement)
    assert said is not None, f"what does this claim? {statement}"
    return said[1]


def script_of(change: str) -> str:
    """The verify script of a change of one of the two projects."""
    if change in CONTRACT:
        return change.replace("contract/", "contract/verify/") + ".sql"
    return f"verify/{change}.sql"


CHANGES = [*PLAN, *CONTRACT]
CLAIMS = {change: [(claim_of(s), s) for s in statements(script_of(change))] for change in CHANGES}


def broken_claim(connection: Connection, change: str) -> tuple[str | None, str]:
    """The first claim of a verify script that fails, and the error, in the present transaction."""
    for claim, statement in CLAIMS[change]:
        try:
            with connection.transaction():
                connection.execute(statement)
        except psycopg.Error as error:
            return claim, str(error.diag.message_primary)
        # What a savepoint took back.
        if claim is None and statement.startswith("set"):
            connection.execute(statement)
    return None, ""


# Breaks ------------------------------------------------------------------------------------------


# What a claim calls may raise an error of its own, before the claim can.
OWN_WORDS = re.compile(
    r"invalid input syntax for type uuid"
    r"|row level security would hide rows"
    r"|compared nothing|a truncate is waiting in the queue"
    r'|relation "consolidation\.deployed_change" does not exist'
)


@dataclass(frozen=True)
class Break:
    """A statement that breaks one claim of a change."""

    change: str
    claim: str
    sql: str
    database: str = "deployed"


BREAKS: list[Break] = []


def breaks(change: str, words: str, *listed: str, on: str = "deployed") -> None:
    """Adds breaks of the one claim of a change whose sentence has these words."""
    meant = [claim for claim, _ in CLAIMS[change] if claim is not None and words in claim]
    assert len(meant) == 1, f"{change}: {words!r} occurs in {meant}"
    BREAKS.extend(Break(change, meant[0], statement, on) for statement in listed)


def replaced(function: str, returns: str, body: str) -> str:
    """A function with the same parameters and another body."""
    return (
        f"create or replace function {function} returns {returns} language sql stable return {body}"
    )


def pinned(change: str, *functions: str, definer: str = "as workflow_maintenance and") -> None:
    """Ways in which a security definer function can come loose."""
    for function in functions:
        breaks(change, definer, f"alter function {function} security invoker")
        breaks(
            change,
            "as workflow_maintenance and",
            f"alter function {function} reset search_path",
            f"alter function {function} set search_path = public",
            f"alter function {function} reset row_security",
            f"alter function {function} owner to postgres",
            f"grant execute on function {function} to workflow_app",
            f"grant execute on function {function} to public",
        )


def cannot_miss_rows(change: str, function: str) -> None:
    """Ways in which a function could see less than there is, or more could call it."""
    breaks(
        change,
        "where a policy hides rows",
        f"""
        do $$ begin
            execute replace(
                pg_get_functiondef('{function}'::regprocedure),
                'perform consolidation.see_everything();', ''
            );
        end $$
        """,
        f"grant execute on function {function} to public",
        f"grant execute on function {function} to workflow_app",
    )


def caller_view(change: str, *views: str) -> None:
    """Ways in which a view could read with the rights of its owner."""
    for view in views:
        breaks(
            change,
            "with the rights of the caller",
            f"alter view {view} reset (security_invoker)",
            f"alter view {view} set (security_invoker = false)",
        )


def trigger(change: str, claim: str, table: str, name: str, *, always: bool = False) -> None:
    """Ways in which a trigger of a table can be lost."""
    if always:
        breaks(change, claim, f"alter table {table} enable trigger {name}")
    breaks(
        change,
        claim,
        f"drop trigger {name} on {table}",
        f"alter table {table} disable trigger {name}",
        f"alter table {table} enable replica trigger {name}",
    )


breaks(
    "baseline",
    "the baseline",
    # Their views go along: these would keep the column as it is.
    "alter table legacy.workflow_trace drop column channel cascade",
    "alter table legacy.workflow_trace_context add column extra text",
    "alter table legacy.workflow_steps drop column retry_count cascade, "
    "add column retry_count text",
    "alter table legacy.workflow_trace_screenshot drop column confidence_score cascade, "
    "add column confidence_score real",
    "alter table legacy.workflow_trace_context drop column created_at cascade, "
    "add column created_at timestamp",
    "alter table legacy.workflow_trace_endpoint rename to endpoint_gone",
    "alter table legacy.workflow_trace_endpoint rename to endpoint_gone;"
    "create view legacy.workflow_trace_endpoint as select * from legacy.endpoint_gone",
    "alter view public.workflow_configs rename to configs_gone",
    "alter view public.micro_state rename to state_gone",
)
breaks(
    "baseline",
    "the baseline",
    "alter table public.workflow_trace rename column channel to level",
    on="expand",
)
breaks(
    "access/roles",
    "without login, superuser or bypassrls",
    "alter role workflow_app login",
    "alter role workflow_app superuser",
    "alter role workflow_maintenance bypassrls",
    "alter role workflow_maintenance rename to maintenance_gone",
)
breaks(
    "access/roles",
    "not a member of workflow_maintenance",
    "grant workflow_maintenance to workflow_app",
)
breaks("move/schemas", "both schemas", "alter schema legacy rename to legacy_gone")
breaks(
    "move/schemas",
    "cannot use the schema legacy",
    "grant usage on schema legacy to workflow_app",
    "grant usage on schema legacy to public",
)
breaks(
    "access/privileges",
    "fits its kind of object",
    "create or replace view consolidation.privilege_rule with (security_invoker = true) as "
    "select 'table'::text as kind, '^x$'::text as names, 'usage'::text as app, "
    "''::text as maintenance, ''::text as everybody, 'exact'::text as extent",
)
breaks(
    "access/set_privileges",
    "declared privileges",
    "grant create on schema consolidation to workflow_app",
    "grant create on schema consolidation to public",
    "grant usage on schema consolidation to workflow_app",
    "revoke usage on schema consolidation from workflow_maintenance",
    "revoke usage on schema legacy from workflow_maintenance",
    "grant select on consolidation.change to public",
    "grant select (trace_id) on consolidation.change to workflow_app",
    "grant select on consolidation.chunk to workflow_maintenance with grant option",
    "grant usage on sequence consolidation.chunk_chunk_id_seq to workflow_app",
    "grant select on consolidation.preflight to workflow_maintenance",
    "grant execute on procedure consolidation.cut_over(interval) to workflow_maintenance",
    "grant execute on function public.keep_screenshots() to public",
    "revoke execute on function public.use_organisation(uuid) from public",
    "revoke execute on function consolidation.phase() from public",
    "revoke usage on sequence public.workflow_events_event_id_seq from workflow_maintenance",
    "revoke select on legacy.workflow_trace from workflow_maintenance",
)
breaks(
    "access/set_privileges",
    "is on or off as declared",
    "alter table consolidation.change enable row level security",
    "alter table consolidation.set_aside force row level security",
)
breaks(
    "move/phase",
    "in which phase",
    replaced("consolidation.phase()", "text", "null::text"),
    "alter table legacy.workflow_trace rename to trace_gone",
)
breaks(
    "move/schemas",
    "deployed_change has a row",
    "delete from consolidation.deployed_change where change = 'move/schemas'",
    "drop table consolidation.deployed_change",
)
breaks(
    "access/set_privileges",
    "declared privileges",
    "grant execute on function consolidation.is_deployed(text) to workflow_app",
    "grant execute on function consolidation.is_reverted(text) to public",
)
breaks(
    "access/set_privileges",
    "note changes",
    "alter function consolidation.set_privileges(text[], oid[]) reset search_path",
    "alter function consolidation.is_reverted(text) set search_path = public",
    "alter function consolidation.is_deployed(text) rename to is_gone",
)
breaks(
    "documents/iso8601",
    "read back unchanged",
    replaced("public.to_iso8601(moment timestamptz)", "text", "moment::text"),
    replaced("public.to_iso8601(moment timestamptz)", "text", "to_jsonb(moment) #>> '{}'"),
    replaced("public.from_iso8601(document text)", "timestamptz", "null::timestamptz"),
    replaced(
        "public.from_iso8601(document text)",
        "timestamptz",
        "case when document !~ 'BC' then public.from_iso8601_other(document) end",
    ),
)
breaks(
    "documents/iso8601",
    "a day that does not exist",
    replaced(
        "public.from_iso8601(document text)",
        "timestamptz",
        "case when document like '2025-02-30%' then timestamptz '2025-03-02 00:00:00+00' "
        "else public.from_iso8601_other(document) end",
    ),
)
breaks(
    "access/current_org_id",
    "has no organisation",
    replaced("public.current_org_id()", "uuid", "current_setting('app.current_org_id')::uuid"),
    replaced("public.current_org_id()", "uuid", "uuid '00000000-0000-4000-8000-000000000001'"),
)
breaks(
    "access/current_org_id",
    "has the organisation that",
    replaced("public.current_org_id()", "uuid", "null::uuid"),
)

breaks(
    "documents/application_types",
    "the type of the old column",
    # As after "alter table" on one side only, which the views refuse.
    "update pg_attribute set atttypmod = 54 "
    "where attrelid = 'legacy.workflow_trace'::regclass and attname = 'external_id'",
    "update pg_attribute set atttypid = 'bigint'::regtype "
    "where attrelid = 'public.user_workflow_run_step'::regclass and attname = 'retry_count'",
)
breaks(
    "documents/application_types",
    "eighteen columns",
    """
    create or replace function consolidation.plain_column()
    returns table (old_table text, old_column text, document text, document_column text)
    language sql
    begin atomic values ('workflow_trace', 'tier', 'user_workflow_run', 'tier'); end
    """,
)
breaks(
    "documents/application_types",
    "closed to applications",
    "grant execute on function consolidation.plain_column() to public",
    "grant execute on function consolidation.give_types(jsonb) to workflow_app",
)

for table, packed in (
    (
        "user_workflow_run",
        "context config_snapshot error_details llm_prompt llm_response events screenshots legacy",
    ),
    ("user_workflow_run_step", "input_data output_data screenshots events error_details metadata"),
):
    breaks(
        f"documents/{table}",
        "compressed with lz4",
        *(f"alter table {table} alter column {c} set compression pglz" for c in packed.split()),
    )
breaks(
    "documents/user_workflow_run",
    "the keys of old ids",
    "alter table user_workflow_run drop constraint user_workflow_run_pkey cascade",
    "alter table user_workflow_run drop constraint user_workflow_run_legacy_trace_id_key",
)
breaks(
    "documents/user_workflow_run",
    "each column of",
    *(
        f"alter table user_workflow_run alter column {column} drop not null"
        for column in ("workflow_id", "org_id", "status", "channel", "created_at", "created_by")
    ),
)
trigger("documents/user_workflow_run", "keeps updated_at", "user_workflow_run", "set_updated_at")
breaks(
    "documents/user_workflow_run_step",
    "the keys of old ids",
    "alter table user_workflow_run_step drop constraint user_workflow_run_step_pkey",
    "alter table user_workflow_run_step drop constraint user_workflow_run_step_legacy_step_id_key",
    "alter table user_workflow_run_step "
    "drop constraint user_workflow_run_step_legacy_trace_id_step_number_key",
)
breaks(
    "documents/user_workflow_run_step",
    "each column of",
    *(
        f"alter table user_workflow_run_step alter column {column} drop not null"
        for column in ("run_id", "node_id", "step_number", "org_id", "legacy_trace_id")
    ),
)
trigger(
    "documents/user_workflow_run_step",
    "fills the keys",
    "user_workflow_run_step",
    "fill_step_keys",
)

for table in DOCUMENTS:
    breaks(
        "access/set_privileges",
        "is on or off as declared",
        f"alter table {table} disable row level security",
        f"alter table {table} no force row level security",
    )
    breaks(
        "access/row_level_security",
        "org_isolation",
        f"drop policy {table}_org_isolation on {table}",
        f"alter policy {table}_org_isolation on {table} using (true)",
        f"alter policy {table}_org_isolation on {table} with check (true)",
        f"alter policy {table}_org_isolation on {table} to workflow_app",
        f"alter policy {table}_org_isolation on {table} using (org_id = current_org_id()) "
        "with check (org_id = current_org_id())",
    )
    breaks(
        "access/row_level_security",
        "the policy maintenance",
        f"drop policy {table}_maintenance on {table}",
        f"alter policy {table}_maintenance on {table} to public",
        f"alter policy {table}_maintenance on {table} using (false)",
        f"alter policy {table}_maintenance on {table} with check (false)",
    )
    breaks(
        "access/row_level_security",
        "no other policy",
        f"create policy open_to_all on {table} using (true)",
    )
breaks(
    "access/set_privileges",
    "declared privileges",
    "grant execute on function consolidation.see_everything() to public",
)
breaks(
    "access/row_level_security",
    "sees every row",
    # Somebody who would verify what he does not see.
    "create role workflow_cycle_reader;"
    "grant usage on schema consolidation, legacy to workflow_cycle_reader;"
    "grant execute on function consolidation.see_everything() to workflow_cycle_reader;"
    "grant execute on function consolidation.six_tables() to workflow_cycle_reader;"
    "grant execute on function consolidation.claim(text, boolean) to workflow_cycle_reader;"
    "grant execute on function consolidation.claim_none(text, text[]) to workflow_cycle_reader;"
    "grant execute on function consolidation.six_tables() to workflow_cycle_reader;"
    "set local role workflow_cycle_reader",
)

for change, functions in (
    (
        "documents/run_functions",
        (
            "start_run(uuid,text,uuid,uuid,jsonb,text,text)",
            "add_context(uuid,text,jsonb)",
            "add_context(uuid,jsonb)",
            "get_context(uuid,text,jsonb)",
            "add_endpoints(uuid,jsonb)",
            "add_endpoint(uuid,bigint)",
            "add_endpoint(uuid,text)",
            "add_endpoint(uuid,uuid)",
        ),
    ),
    (
        "documents/step_functions",
        (
            "add_events(uuid,jsonb)",
            "add_event(uuid,text,jsonb,timestamptz)",
            "add_screenshots(uuid,jsonb)",
            "add_screenshot(uuid,text,text,text,text,boolean,double precision,timestamptz)",
        ),
    ),
):
    for function in functions:
        breaks(
            change,
            "with the rights of the caller",
            f"alter function public.{function} security definer",
            f"revoke execute on function public.{function} from public",
        )

breaks(
    "mapping/keys",
    "in the order of the old ids",
    replaced("consolidation.run_id(trace_id bigint)", "uuid", "md5(trace_id::text)::uuid"),
    replaced("consolidation.step_id(step_id bigint)", "uuid", "md5(step_id::text)::uuid"),
    # Signed ids as they are: negative ones would come last.
    replaced(
        "consolidation.run_id(trace_id bigint)",
        "uuid",
        "(lpad(to_hex(trace_id), 16, '0') || repeat('0', 16))::uuid",
    ),
    # One id for all: not one-to-one.
    replaced(
        "consolidation.run_id(trace_id bigint)",
        "uuid",
        "uuid '00000000-0000-0000-0000-000000000000'",
    ),
)
breaks(
    "mapping/keys",
    "negative id",
    replaced("consolidation.synthetic_id(owner uuid, place text)", "bigint", "place::bigint"),
)
breaks(
    "mapping/fits",
    "that says null fits only",
    replaced(
        "consolidation.fits_event("
        "element jsonb, moment timestamptz, nullable text [] default '{}')",
        "boolean",
        "element ? 'timestamp'",
    ),
    replaced(
        "consolidation.fits_event("
        "element jsonb, moment timestamptz, nullable text [] default '{}')",
        "boolean",
        "element ->> 'timestamp' is not null",
    ),
)
breaks(
    "mapping/event",
    "event_element()",
    replaced(
        "consolidation.event_element"
        "(event_id bigint, event_type text, event_data jsonb, moment timestamptz)",
        "jsonb",
        "jsonb_build_object('type', event_type, 'timestamp', public.to_iso8601(moment), "
        "'data', event_data)",
    ),
    replaced(
        "consolidation.event_element"
        "(event_id bigint, event_type text, event_data jsonb, moment timestamptz)",
        "jsonb",
        "jsonb_strip_nulls(jsonb_build_object('type', event_type, 'timestamp', "
        "public.to_iso8601(moment), 'data', event_data, 'event_id', event_id))",
    ),
)
breaks(
    "mapping/screenshot",
    "screenshot_element()",
    replaced(
        "consolidation.screenshot_element(screenshot_id uuid, org_id uuid, node_name text, "
        "step_index integer, screenshot_url text, thumbnail_url text, action_description text, "
        "element_selector text, element_found boolean, confidence_score numeric, "
        "created_at timestamptz, node_id consolidation.node_id)",
        "jsonb",
        "jsonb_build_object('confidence', confidence_score::float)",
    ),
)

for name in SIX:
    caller_view(f"old_names/{name}", f"public.{name}")
for row_view, name in ROW_VIEWS.items():
    caller_view(f"old_names/{name}", f"consolidation.{row_view}")
    breaks(
        f"old_names/{name}",
        "triggers guard every write",
        f"drop trigger guard on public.{name}",
        f"drop trigger write on public.{name}",
        f"alter trigger write on public.{name} rename to a_write",
    )
    # The caller's rights would do where the view's would: the triggers are looked at first.
    pinned(f"old_names/{name}", f"consolidation.write_{name}()")
breaks(
    "old_names/defaults",
    "defaults of the old tables",
    *(
        f'alter view public.{name} alter column "{column}" drop default'
        for name, columns in (
            ("workflow_trace", ("status", "success", "created_at")),
            ("workflow_steps", ("metadata", "status", "retry_count")),
            ("workflow_events", ("timestamp",)),
            ("workflow_trace_screenshot", ("element_found", "created_at")),
            ("workflow_trace_context", ("created_at",)),
        )
        for column in columns
    ),
    "alter view public.workflow_events alter column \"timestamp\" set default '-infinity'",
    "alter view public.workflow_trace_screenshot alter column element_found set default true",
    "alter view public.workflow_steps alter column node_id set default gen_random_uuid()",
)
caller_view("old_names/defaults", "consolidation.old_default")
breaks(
    "old_names/defaults",
    "takes defaults",
    "grant execute on function consolidation.take_defaults() to workflow_app",
    "alter function consolidation.take_defaults() rename to gone",
)
for name, column in (
    ("workflow_events", "event_id"),
    ("workflow_trace_screenshot", "screenshot_id"),
    ("workflow_trace_context", "context_id"),
):
    breaks(
        f"old_names/{name}",
        "that there is no id",
        f"alter view public.{name} alter column {column} drop default",
    )
for name in ("workflow_trace", "workflow_steps"):
    breaks(
        f"old_names/{name}",
        "by itself",
        f"""
        do $$ begin
            execute format(
                'create or replace view public.{name} with (security_invoker = true) as %s limit 9',
                rtrim(pg_get_viewdef('public.{name}'), ';')
            );
        end $$
        """,
    )
trigger(
    "old_names/workflow_trace",
    "a guard that fires always",
    "user_workflow_run",
    "guard_run_identity",
    always=True,
)
for name in ("refuse_null_retry_count", "guard_step_identity", "keep_screenshots"):
    trigger(
        "old_names/workflow_steps",
        "triggers that fire always",
        "user_workflow_run_step",
        name,
        always=True,
    )
pinned("old_names/workflow_steps", "public.keep_screenshots()", definer="triggers that fire always")
for name in ("keep_context_origin_insert", "keep_context_origin_update"):
    trigger("old_names/workflow_trace_context", "an origin", "user_workflow_run", name, always=True)
pinned("old_names/workflow_trace_context", "consolidation.keep_context_origin()")

breaks(
    "mapping/other_ids",
    "stands for one number",
    "create or replace function consolidation.screenshot_number(screenshot_id uuid) returns bigint "
    "language sql immutable parallel safe return null::bigint",
    "create or replace function consolidation.screenshot_uuid(screenshot_id bigint) returns uuid "
    "language sql immutable parallel safe return '80000000-0000-8000-8077-662d73686f74'::uuid",
)
breaks(
    "mapping/other_ids",
    "the type that the application gives it",
    "alter domain consolidation.node_id rename to gone",
    "alter function consolidation.to_node_id(jsonb) rename to gone",
)
breaks(
    "mapping/derived_columns",
    "fills declared columns",
    "insert into consolidation.column_source values ('workflow_trace', 'tier', '1')",
)
breaks(
    "mapping/derived_columns",
    "follows each relation",
    "insert into consolidation.declared_source values ('micro_state', true)",
)
breaks(
    "old_names/columns",
    "in their order",
    "alter table legacy.workflow_events add further text",
    "alter view public.workflow_trace rename column tier to gone",
)
breaks(
    "move/take_locks",
    "applications cannot execute",
    "grant execute on function consolidation.take_locks(regclass[], text, interval, interval) "
    "to public",
    "drop function consolidation.keep_batches_out(interval)",
)
breaks(
    "move/take_locks",
    "256 locks",
    "delete from consolidation.run_lock where bucket = 0",
    "update consolidation.run_lock set bucket = 256 where bucket = 255",
)
for change, name in (
    ("move/take_locks", "run_lock"),
    ("move/pace", "stop_request"),
):
    breaks(
        change,
        f"the table {name}",
        f"grant update on consolidation.{name} to workflow_app",
        f"grant delete on consolidation.{name} to public",
        f"alter table consolidation.{name} rename to gone",
    )
breaks(
    "move/scripts",
    "every script asks first",
    "alter function consolidation.begin_script() reset search_path",
    "drop function consolidation.settle_session()",
)
breaks(
    "access/set_privileges",
    "declared privileges",
    "grant update on consolidation.deploy_session to workflow_app",
    "grant delete on consolidation.deploy_session to public",
)
breaks(
    "proof/finding_public",
    "the columns of a finding",
    "alter view consolidation.finding_public rename column severity to gone",
)
for table in DOCUMENTS:
    for name in ("capture_insert", "capture_update", "capture_delete", "capture_truncate"):
        trigger("move/queue", "is captured", table, name)
        # A loader's writes would be missed.
        breaks("move/queue", "is captured", f"alter table {table} enable trigger {name}")
for name in SIX:
    breaks(
        "move/queue",
        "is captured",
        f"alter table public.{name} enable trigger capture_insert",
        f"alter table public.{name} disable trigger capture_update",
        f"drop trigger capture_truncate on public.{name}",
        f"alter table public.{name} disable trigger all",
        on="expand",
    )
breaks(
    "move/queue",
    "is captured",
    "drop trigger capture_truncate on public.user_workflow_run;"
    "create trigger capture_truncate after truncate on public.user_workflow_run "
    "execute function consolidation.capture_old()",
)
pinned("move/queue", "consolidation.capture_old()", "consolidation.capture_new()")
cannot_miss_rows("move/consolidate", "consolidation.rebuild_documents(bigint[])")
cannot_miss_rows("move/carry_back", "consolidation.carry_back(bigint[])")
cannot_miss_rows("proof/differences", "consolidation.differences(bigint,bigint,boolean,bigint[])")
breaks(
    "proof/differences",
    "where a policy hides rows",
    # Volatile, each of its queries would see another state.
    "alter function consolidation.differences(bigint,bigint,boolean,bigint[]) volatile",
)
cannot_miss_rows("proof/uncarriable", "consolidation.uncarriable()")
cannot_miss_rows("proof/only_in_documents", "consolidation.only_in_documents()")
breaks(
    "mapping/missed_column",
    "every view that is to show",
    "alter view consolidation.back_event rename to back_event_gone",
)
breaks(
    "mapping/further_columns",
    "every column of the old tables",
    "alter table legacy.workflow_steps add severity text",
)
breaks(
    "mapping/further_columns",
    "the same type in old table, views and document",
    """
    alter table public.user_workflow_run add legacy_severity text;
    comment on column public.user_workflow_run.legacy_severity
    is 'Column severity of workflow_trace';
    create view public.other as select 1 as severity;
    create or replace function consolidation.place_of_further_columns()
    returns table (
        old_table text, view_name text, document regclass, family text, shown regclass
    )
    language sql stable
    begin atomic
        select 'workflow_trace', 'trace', 'public.user_workflow_run'::regclass, 'document',
            'public.other'::regclass;
    end
    """,
)
breaks(
    "swap/behind",
    "traces every column",
    """
    create or replace function consolidation.base_column(old_name regclass)
    returns table (view_column name, base_column name) language sql stable
    begin atomic select 'trace_id'::name, 'legacy_trace_id'::name; end
    """,
)
breaks(
    "carry_over",
    "every range",
    "update consolidation.chunk set finished_at = null where chunk_id = 1",
    "insert into consolidation.chunk (task, first_trace_id, last_trace_id, traces) "
    "values ('backfill', 1, 2, 2)",
)

STEP_KEYS = {
    "user_workflow_run_step_run_id_step_number_key": "unique (step_number, run_id)",
    "user_workflow_run_step_run_id_fkey": "foreign key (run_id) references user_workflow_run",
    "user_workflow_run_step_org_id_run_id_fkey": (
        "foreign key (org_id, run_id) references user_workflow_run (org_id, run_id)"
    ),
}
breaks(
    "step_keys",
    "unique and foreign keys",
    "alter table user_workflow_run drop constraint user_workflow_run_org_id_run_id_key cascade",
)
for name, other in STEP_KEYS.items():
    dropped = f"alter table user_workflow_run_step drop constraint {name}"
    breaks(
        "step_keys", "unique and foreign keys", dropped, f"{dropped}, add constraint {name} {other}"
    )
    if name.endswith("fkey"):
        breaks(
            "step_keys",
            "unique and foreign keys",
            f"{dropped}, add constraint {name} {other} on delete cascade not valid",
        )

INDEXES = (
    "idx_run_context_gin",
    "idx_step_events_gin",
    "idx_run_events_gin",
    "idx_run_org_created",
    "idx_run_org_status",
    "idx_run_external_id",
    "idx_run_workflow",
    "idx_step_org_status",
    "idx_step_node",
)
for name in INDEXES:
    breaks(
        "search_indexes",
        "exists and is valid",
        f"drop index {name}",
        f"update pg_index set indisvalid = false where indexrelid = '{name}'::regclass",
        f"update pg_index set indisready = false where indexrelid = '{name}'::regclass",
    )
breaks(
    "search_indexes",
    "exists and is valid",
    "drop index idx_run_org_created;"
    "create index idx_run_org_created on user_workflow_run (created_at, org_id)",
    # The default operator class is larger and serves more operators than anybody asked for.
    "drop index idx_run_context_gin;"
    "create index idx_run_context_gin on user_workflow_run using gin (context)",
)

breaks(
    "cut_over", "the names are swapped", replaced("consolidation.phase()", "text", "'expand'::text")
)
for name in EIGHT:
    breaks(
        "cut_over",
        "every old name is a view",
        f"alter view public.{name} reset (security_invoker)",
        f"alter view public.{name} rename to view_gone",
    )
breaks(
    "cut_over",
    "every old name is a view",
    # Which drops the option silently.
    "create or replace view public.micro_state as select * from public.user_workflow_cache_state",
    "drop view public.workflow_configs;"
    "create table public.workflow_configs as select * from public.user_workflow_config",
)
for table in (*DOCUMENTS, "user_workflow_config", "user_workflow_cache_state"):
    breaks(
        "cut_over",
        "every new table",
        *(
            f"revoke {privilege} on public.{table} from workflow_app"
            for privilege in ("select", "insert", "update", "delete")
        ),
        f"grant truncate on public.{table} to workflow_app",
    )
CONFIG_POLICY = "policy user_workflow_config_org_isolation on public.user_workflow_config"
breaks(
    "cut_over",
    "its own configurations",
    "alter table public.user_workflow_config disable row level security",
    "alter table public.user_workflow_config no force row level security",
    f"drop {CONFIG_POLICY}",
    f"alter {CONFIG_POLICY} using (true)",
    f"alter {CONFIG_POLICY} with check (true)",
    f"alter {CONFIG_POLICY} using (true) with check (true)",
)
for name in (
    "workflow_trace_trace_id_seq",
    "workflow_steps_step_id_seq",
    "workflow_events_event_id_seq",
    "workflow_trace_context_context_id_seq",
):
    breaks(
        "cut_over",
        "sequences",
        f"alter sequence public.{name} rename to sequence_gone",
    )
breaks(
    "cut_over",
    "every foreign key",
    "insert into consolidation.cut_over_log (stage, statement) values ('validate', 'select 1')",
)
breaks(
    "cut_over",
    "was found to differ",
    # What a proof noted, and nobody repaired.
    "insert into consolidation.unequal_trace (trace_id) values (1)",
)
breaks(
    "cut_over",
    "every write since then was captured",
    "select consolidation.forget_proof()",
    "insert into consolidation.chunk (task, first_trace_id, last_trace_id, traces) "
    "values ('proof', 1, 2, 2)",
    *(
        f"alter table {table} disable trigger {name};"
        f"alter table {table} enable always trigger {name}"
        for table in (*DOCUMENTS, "legacy.workflow_events")
        for name in ("capture_insert", "capture_truncate")
    ),
)


def closed_functions(change: str) -> list[str]:
    """Functions and procedures that a verify script claims to be closed to applications."""
    return [
        function
        for claim, statement in CLAIMS[change]
        if "applications cannot execute" in (claim or "")
        for function in re.findall(r"'(consolidation\.\w+\([^']*\))'", statement)
    ]


for change in (c for c in PLAN if c.startswith(("swap/", "proof/"))):
    for function in closed_functions(change):
        breaks(
            change,
            "applications cannot execute",
            f"grant execute on routine {function} to public",
            f"grant execute on routine {function} to workflow_app",
        )

SEARCHES = {
    "find_run": "(jsonb,text,jsonb,jsonb,jsonb,timestamptz,timestamptz,integer,timestamptz,uuid)",
    "find_step": "(jsonb,jsonb,text,timestamptz,timestamptz,integer,timestamptz,uuid)",
}
for name, parameters in SEARCHES.items():
    function = f"public.{name}_ids{parameters}"
    breaks(
        "documents/search",
        "of the session only",
        f"alter function {function} rename to gone",
        f"alter function {function} security invoker",
        f"alter function {function} volatile",
        f"alter function {function} reset search_path",
        f"alter function {function} set row_security = off",
        f"alter function {function} owner to postgres",
        f"grant execute on function {function} to public",
        f"revoke execute on function {function} from workflow_app",
        # The organisation it looks in is no longer that of the session.
        f"""
        do $do$ begin
            execute replace(
                pg_get_functiondef('{function}'::regprocedure),
                '.org_id = organisation', '.org_id is not null'
            );
        end $do$
        """,
        f"""
        do $do$ begin
            execute replace(
                pg_get_functiondef('{function}'::regprocedure),
                ':= public.current_org_id()', ':= gen_random_uuid()'
            );
        end $do$
        """,
    )
for change, function in (
    *(("documents/find", f"{name}s{parameters}") for name, parameters in SEARCHES.items()),
    ("documents/find", "find_event(bigint)"),
    ("documents/get_run", "get_run(uuid)"),
):
    breaks(
        change,
        "with the rights of the caller",
        f"alter function public.{function} rename to gone",
        f"alter function public.{function} security definer",
        f"alter function public.{function} set search_path = public",
        f"grant execute on function public.{function} to public",
        f"revoke execute on function public.{function} from workflow_maintenance",
    )
for function in (
    "is_event_meant(jsonb, timestamptz, jsonb)",
    "may_be_older_path(timestamptz)",
    "rewrite_events(timestamptz, jsonb, jsonb)",
    "remove_events(timestamptz, jsonb)",
    "change_events(jsonb, jsonb, timestamptz)",
):
    breaks(
        "documents/bulk_functions",
        "with the rights of the caller",
        f"alter function public.{function} rename to gone",
        f"alter function public.{function} security definer",
        f"grant execute on function public.{function} to public",
        f"revoke execute on function public.{function} from workflow_app",
    )
breaks(
    "documents/get_run",
    "times in UTC",
    "alter function public.get_run(uuid) set timezone = 'Asia/Kolkata'",
    "alter function public.get_run(uuid) reset timezone",
)
for name, column in (
    ("idx_run_endpoints_gin", "endpoints_used"),
    ("idx_step_screenshots_gin", "screenshots"),
):
    table = DOCUMENTS["step" in name]
    breaks(
        "search_indexes",
        "exists and is valid",
        f"drop index {name}",
        f"update pg_index set indisvalid = false where indexrelid = '{name}'::regclass",
        f"drop index {name}; create index {name} on {table} using gin ({column} jsonb_path_ops)",
    )
STATE_POLICY = "policy user_workflow_cache_state_org_isolation on user_workflow_cache_state"
breaks(
    "cut_over",
    "their own workflows",
    f"drop {STATE_POLICY}",
    f"alter {STATE_POLICY} using (true)",
    f"alter {STATE_POLICY} with check (true)",
    f"alter {STATE_POLICY} to public",
    "alter table user_workflow_cache_state disable row level security",
    "alter table user_workflow_cache_state no force row level security",
)
breaks(
    "cut_over",
    "no other policy shows page states",
    "create policy more on user_workflow_cache_state using (true)",
    "alter policy user_workflow_cache_state_others on user_workflow_cache_state using (true)",
    "alter policy user_workflow_cache_state_maintenance on user_workflow_cache_state to public",
)
breaks(
    "access/workflow_owner",
    "is_own_workflow()",
    "alter function is_own_workflow(uuid) security invoker",
    "alter function is_own_workflow(uuid) reset search_path",
    "alter function is_own_workflow(uuid) reset row_security",
    "alter function is_own_workflow(uuid) owner to postgres",
    "grant execute on function is_own_workflow(uuid) to public",
    "revoke execute on function is_own_workflow(uuid) from workflow_app",
)
breaks(
    "access/workflow_owner",
    "keep_workflow_owner()",
    "alter function keep_workflow_owner() security invoker",
    "alter function keep_workflow_owner() reset search_path",
    "alter function keep_workflow_owner() reset row_security",
    "alter function keep_workflow_owner() owner to postgres",
    "grant execute on function keep_workflow_owner() to public",
    "grant execute on function keep_workflow_owner() to workflow_app",
)
breaks(
    "access/workflow_owner",
    "on the owners of workflows",
    "alter table user_workflow_owner disable row level security",
    "alter table user_workflow_owner no force row level security",
)
breaks(
    "access/workflow_owner",
    "read or write the owners of workflows",
    "grant select on user_workflow_owner to workflow_app",
    "grant update on user_workflow_owner to public",
)
breaks(
    "access/workflow_owner",
    "every workflow of a run",
    "delete from user_workflow_owner",
)
for change, table, whose in (
    ("access/workflow_owner", "user_workflow_run", "triggers of the runs"),
    ("cut_over", "user_workflow_config", "triggers of the configurations"),
):
    for event in ("insert", "update"):
        breaks(
            change,
            whose,
            f"drop trigger keep_workflow_owner_{event} on {table}",
            f"alter table {table} disable trigger keep_workflow_owner_{event}",
            f"alter table {table} enable trigger keep_workflow_owner_{event}",
        )
for table in DOCUMENTS:
    for event in ("insert", "update"):
        breaks(
            "access/screenshot_organisation",
            "refuse screenshots",
            f"drop trigger guard_screenshots_{event} on {table}",
            f"alter table {table} disable trigger guard_screenshots_{event}",
            f"alter table {table} enable trigger guard_screenshots_{event}",
        )
breaks(
    "access/screenshot_organisation",
    "knows another organisation",
    "create or replace function names_other_organisation(screenshots jsonb, org_id uuid) "
    "returns boolean language sql stable parallel safe return false",
    "create or replace function names_other_organisation(screenshots jsonb, org_id uuid) "
    "returns boolean language sql stable parallel safe return true",
)
for change, views in (
    ("access/isolation", ("isolated_table", "role_reach")),
    ("access/not_isolated_role", ("not_isolated_role",)),
    ("access/not_isolated_relation", ("owner_shown", "not_isolated_relation")),
):
    caller_view(change, *(f"public.{view}" for view in views))
    breaks(
        change,
        "applications cannot read",
        *(f"grant select on public.{view} to workflow_app" for view in views),
    )
breaks(
    "access/isolation",
    "asks_organisation() tells",
    *(f"alter policy {table}_org_isolation on {table} using (true)" for table in DOCUMENTS),
    *(f"alter policy {table}_maintenance on {table} using (false)" for table in DOCUMENTS),
    "create or replace function asks_organisation(policy oid) returns boolean language sql "
    "return true",
)
breaks(
    "swap/page_states",
    "that isolate page states",
    *(
        f"grant execute on function consolidation.{name}() to workflow_app"
        for name in ("follow_configs", "leave_configs", "isolate_page_states", "open_page_states")
    ),
)
breaks(
    "access/set_privileges",
    "declared privileges",
    "grant execute on function consolidation.require_read_committed() to workflow_app",
)
caller_view("access/not_isolated", "public.not_isolated")
breaks(
    "access/not_isolated",
    "every superuser",
    # It finds nobody.
    """
    do $$ begin
        execute format(
            'create or replace view public.not_isolated with (security_invoker = true) as '
            'select * from (%s) as v where false',
            rtrim(pg_get_viewdef('public.not_isolated'), ';')
        );
    end $$
    """,
)
breaks(
    "access/set_privileges",
    "declared privileges",
    "grant select on public.not_isolated to workflow_app",
)

# A claim that lists columns, or functions, notices each that is missing.
for change, listed in CLAIMS.items():
    for claim, statement in listed:
        if claim is None:
            continue
        # Strings that go on in the next line.
        text = re.sub(r"'\s*\n\s*'", "", statement)
        relation = f"public.{change.rpartition('/')[2]}"
        missing: list[str] = []
        if claim.endswith("has all its columns"):
            missing = re.findall(r"'(\w+)'", text.partition("unnest(")[2].partition("except")[0])
            found = re.search(r"attrelid = to_regclass\('([\w.]+)'\)", text)
            relation = found[1] if found else relation
            assert missing, claim
        elif claim.startswith("every column of"):
            missing = re.findall(r"^\s+\('(\w+)',", text, flags=re.MULTILINE)
            assert missing, claim
        elif re.fullmatch(r"the functions? .* exist|the function .* exists", claim):
            listed_functions = re.findall(r"'((?:public|consolidation)\.\w+\([^']*\))'", text)
            assert listed_functions, claim
            breaks(change, claim, *(f"alter routine {f} rename to gone" for f in listed_functions))
        elif claim.endswith("fix their search path and are closed to applications"):
            listed_functions = re.findall(r"'(consolidation\.\w+\([^']*\))'", text)
            assert listed_functions, claim
            for function in listed_functions:
                breaks(
                    change,
                    claim,
                    f"alter routine {function} rename to gone",
                    f"alter routine {function} security definer",
                    f"grant execute on routine {function} to workflow_app",
                )
            breaks(change, claim, f"alter function {listed_functions[0]} reset search_path")
        breaks(
            change, claim, *(f'alter table {relation} rename column "{n}" to gone' for n in missing)
        )

# Privileges, names that others rely on, and what only looks like what it should be.

for table in DOCUMENTS:
    breaks(
        "access/row_level_security",
        "no other policy",
        # The name the cut-over uses, for a policy that opens everything.
        f"create policy {table}_unscoped on {table} using (true)",
        f"create policy {table}_unscoped on {table} using ((select current_org_id()) is null) "
        "with check (true)",
    )
    breaks(
        "access/set_privileges",
        "declared privileges",
        *(
            f"revoke {privilege} on {table} from workflow_maintenance"
            for privilege in ("select", "insert", "update", "delete")
        ),
    )
breaks(
    "cut_over",
    "no other policy shows configurations",
    "create policy open_to_all on user_workflow_config using (true)",
    "create policy user_workflow_config_unscoped on user_workflow_config using (true)",
)
for privilege, names in (
    ("select", ("workflow_trace", "workflow_events", "micro_state")),
    ("insert", ("workflow_steps", "workflow_trace_context", "workflow_configs")),
    ("update", ("workflow_trace_screenshot",)),
    ("delete", ("workflow_trace_endpoint",)),
):
    breaks(
        "access/set_privileges",
        "declared privileges",
        *(f"revoke {privilege} on public.{name} from workflow_app" for name in names),
        *(f"revoke {privilege} on public.{name} from workflow_maintenance" for name in names),
    )
for row_view, name in ROW_VIEWS.items():
    breaks(
        "access/set_privileges",
        "declared privileges",
        f"revoke select on consolidation.{row_view} from workflow_app",
    )
    breaks(
        "access/set_privileges",
        "declared privileges",
        f"revoke select on consolidation.{row_view} from workflow_maintenance",
    )
    breaks(
        f"old_names/{name}",
        "triggers guard every write",
        # The guard asks what the caller sees.
        "alter function consolidation.guard_trace_id() security definer",
        f"drop trigger write on public.{name}; create trigger write instead of insert "
        f"on public.{name} for each row execute function consolidation.write_{name}()",
        f"drop trigger deny_null on public.{name}",
    )
    breaks(
        f"old_names/{name}",
        "are denied by workflow_maintenance",
        f"alter function consolidation.deny_null_{name}() security invoker",
        f"alter function consolidation.deny_null_{name}() owner to postgres",
        f"alter function consolidation.deny_null_{name}() reset search_path",
        f"grant execute on function consolidation.deny_null_{name}() to workflow_app",
    )
breaks(
    "old_names/workflow_trace",
    "a guard that fires always",
    "alter function public.guard_run_identity() rename to gone",
    "create or replace trigger guard_run_identity before update on user_workflow_run "
    "for each row execute function set_updated_at()",
)
breaks(
    "old_names/workflow_steps",
    "triggers that fire always",
    "alter function public.guard_step_identity() security definer",
    "alter function public.guard_step_identity() rename to gone",
    "create or replace trigger guard_step_identity before update of legacy_step_id "
    "on user_workflow_run_step for each row execute function guard_step_identity()",
)
breaks(
    "old_names/elements",
    "patch()",
    replaced("consolidation.patch(previous jsonb, current jsonb, wanted jsonb)", "jsonb", "wanted"),
)
breaks(
    "old_names/elements",
    "with_element()",
    replaced(
        "consolidation.with_element(elements jsonb, place bigint, element jsonb)",
        "jsonb",
        "coalesce(elements, '[]') || element",
    ),
)
breaks(
    "old_names/workflow_trace_screenshot",
    "triggers guard every write",
    "drop trigger forbid on public.workflow_trace_screenshot",
    "alter function consolidation.forbid_other_org_id() security definer",
)
breaks(
    "access/use_organisation",
    "runs as the caller",
    "alter function use_organisation(uuid) security definer",
    "alter function use_organisation(uuid) reset search_path",
    "revoke execute on function use_organisation(uuid) from public",
)
breaks(
    "access/use_organisation",
    "names the organisation",
    "create or replace function use_organisation(org_id uuid) returns void language plpgsql "
    "set search_path = pg_catalog, pg_temp as 'begin end'",
)
breaks(
    "old_names/workflow_events",
    "that there is no id",
    "alter view public.workflow_events alter column event_id set default 0",
)
breaks(
    "access/set_privileges",
    "declared privileges",
    "revoke select on consolidation.change from workflow_maintenance",
    # Every captured write would fail.
    "revoke insert on consolidation.change from workflow_maintenance",
    # No batch could claim its entries.
    "revoke update on consolidation.change from workflow_maintenance",
    "revoke delete on consolidation.change from workflow_maintenance",
)
breaks(
    "swap/dependents",
    "on_names_of() puts",
    replaced("consolidation.on_names_of(definition text, place text)", "text", "definition"),
)
breaks(
    "swap/sequences",
    "has its sequence",
    replaced("consolidation.six_tables()", "text []", "array['workflow_trace']"),
)
breaks(
    "proof/old_relation",
    "old tables is found",
    replaced("consolidation.old_table(table_name text)", "regclass", "null::regclass"),
)
breaks(
    "proof/preflight",
    "every view of findings",
    """
    create view consolidation.finding_planet with (security_invoker = true) as
    select * from consolidation.finding_index
    """,
)
breaks(
    "proof/preflight_back",
    "every view of obstacles",
    """
    create view consolidation.obstacle_of_nobody with (security_invoker = true) as
    select * from consolidation.obstacle_key
    """,
)
breaks(
    "move/remember_definitions",
    "it is remembered how",
    "delete from consolidation.remembered_definition where old_name = 'workflow_steps'",
    "delete from consolidation.remembered_definition where statement like 'create view public%'",
)
breaks(
    "proof/finding_back",
    "are looked at",
    "alter view public.micro_state rename to micro_state_gone",
)
for change, view in (
    ("swap/sequences", "id_sequence"),
    ("proof/old_relation", "old_relation"),
    ("proof/preflight", "preflight"),
    ("proof/finding_public", "finding_public"),
):
    caller_view(change, f"consolidation.{view}")
for change in (
    "proof/finding_tables",
    "proof/finding_constraints",
    "proof/finding_dependents",
    "proof/finding_access",
    "proof/finding_back",
    "proof/preflight_back",
    "proof/finding_organisation",
    "proof/finding_sight",
    "proof/finding_documents",
):
    listed_views = re.findall(
        r"'(consolidation\.(?:finding|obstacle|preflight)_\w+)'",
        next(s for claim, s in CLAIMS[change] if "rights of the caller" in (claim or "")),
    )
    caller_view(change, *listed_views)
    for view in listed_views:
        breaks(
            change,
            "the columns of a finding",
            f"alter view {view} rename column severity to gone",
            f"alter view {view} rename column remedy to gone",
        )
breaks(
    "move/batches",
    "open ranges",
    "drop index consolidation.chunk_open_idx",
    "update pg_index set indisvalid = false "
    "where indexrelid = 'consolidation.chunk_open_idx'::regclass",
)
for change, function in (
    ("move/consolidate", "rebuild_documents(bigint[])"),
    ("move/carry_back", "carry_back(bigint[])"),
    ("proof/differences", "differences(bigint,bigint,boolean,bigint[])"),
):
    breaks(
        change,
        "where a policy hides rows",
        f"alter function consolidation.{function} reset search_path",
        f"alter function consolidation.{function} set search_path = public",
    )

# What the core claims of all its functions and views.
for change, listed in CLAIMS.items():
    for claim, statement in listed:
        if claim is None:
            continue
        signatures = re.findall(
            r"'(consolidation\.\w+\([^']*\))'", re.sub(r"'\s*\n\s*'", "", statement)
        )
        if claim.endswith("are pinned and closed to applications"):
            for signature in signatures:
                breaks(
                    change,
                    claim,
                    f"grant execute on routine {signature} to workflow_app",
                    f"grant execute on routine {signature} to public",
                    # Bodies that are bound, and procedures that commit, have no search path.
                    f"""
                    do $do$ begin
                        execute case
                            when exists (
                                select from pg_proc as p
                                where
                                    p.oid = to_regprocedure('{signature}')
                                    and p.proconfig::text like '%search_path%'
                                    and p.prosqlbody is null
                                    and p.prokind <> 'p'
                            )
                                then 'alter routine {signature} reset search_path'
                            else 'alter routine {signature} rename to gone'
                        end;
                    end $do$
                    """,
                )
        elif claim.endswith("is bound to what it names"):
            for signature in signatures:
                breaks(change, claim, f"alter function {signature} rename to gone")
        elif re.fullmatch(
            r"the views of (mapping|move)/\w+ read with the rights of the caller", claim
        ):
            listed_views = re.findall(
                r"'(\w+)'", statement.partition("unnest(")[2].partition(")")[0]
            )
            assert listed_views, claim
            caller_view(change, *(f"consolidation.{view}" for view in listed_views))

for table, defaulted in (
    (
        "user_workflow_run",
        "run_id status context endpoints_used created_at events screenshots legacy_success",
    ),
    ("user_workflow_run_step", "step_id status retry_count events screenshots metadata"),
):
    breaks(
        f"documents/{table}",
        "each column of",
        *(f"alter table {table} alter column {name} drop default" for name in defaulted.split()),
    )
breaks(
    "documents/user_workflow_run",
    "each column of",
    "alter table user_workflow_run alter column status set default 'running'",
)
breaks(
    "documents/user_workflow_run",
    "the keys of old ids",
    "alter table user_workflow_run drop constraint user_workflow_run_legacy_trace_id_key, "
    "add constraint user_workflow_run_legacy_trace_id_key unique (legacy_trace_id, run_id)",
)
breaks(
    "documents/user_workflow_run_step",
    "each column of",
    "alter table user_workflow_run_step alter column metadata set default '[]'",
    # PostgreSQL 15.19 and later refuse to alter the type of a column in place while a function
    # uses the row type of its table.
    "alter table user_workflow_run_step drop column error_details cascade, "
    "add column error_details text",
)
breaks(
    "documents/user_workflow_run_step",
    "the keys of old ids",
    "alter table user_workflow_run_step drop constraint "
    "user_workflow_run_step_legacy_step_id_key, add constraint "
    "user_workflow_run_step_legacy_step_id_key unique (legacy_step_id, step_id)",
)
breaks(
    "documents/user_workflow_run_step",
    "fills the keys",
    "alter function fill_step_keys() security definer",
)

for name in SIX:
    breaks(
        "contract/drop_old_tables",
        "holds no old table",
        f"create table legacy.{name} ()",
        on="contract",
    )
breaks(
    "contract/drop_old_tables",
    "the phase contract",
    replaced("consolidation.phase()", "text", "'cut over'"),
    replaced("consolidation.phase()", "text", "null::text"),
    on="contract",
)
breaks(
    "contract/drop_old_tables",
    "create every old table again",
    "delete from consolidation.dropped_table where table_name = 'workflow_trace_endpoint'",
    "delete from consolidation.dropped_table where statement like 'create table%'",
    "delete from consolidation.dropped_table where statement like 'create view%old_trace %'",
    on="contract",
)
for table in DOCUMENTS:
    breaks(
        "contract/drop_old_tables",
        "is captured any more",
        f"create trigger capture_insert after insert on {table} "
        "referencing new table as new_rows execute function consolidation.capture_new()",
        on="contract",
    )
    breaks(
        "contract/drop_old_names",
        "a column of old ids",
        f"alter table {table} add column legacy_trace_id bigint",
        on="finished",
    )
breaks(
    "contract/drop_old_names",
    "the schemas of the move",
    "create schema consolidation",
    "create schema legacy",
    on="finished",
)
breaks(
    "contract/drop_old_names",
    "every old name is gone",
    *(f"create view {name} as select 1 as number" for name in EIGHT),
    on="finished",
)
breaks(
    "contract/drop_old_names",
    "the organisation of its run",
    "drop trigger fill_step_keys on user_workflow_run_step",
    "alter table user_workflow_run_step disable trigger fill_step_keys",
    "alter table user_workflow_run_step enable replica trigger fill_step_keys",
    on="finished",
)


# Tests -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def connections(expand_template: str, deployed_template: str) -> Iterator[dict[str, Connection]]:
    """A connection to a database of each phase; every test leaves it as it was."""
    with (
        database(expand_template) as expanded,
        database(deployed_template) as complete,
        database(complete) as contract,
        database(complete) as finished,
        ExitStack() as stack,
    ):
        sqitch(contract, "-C", "contract", "deploy", "--to", "drop_old_tables")
        sqitch(finished, "-C", "contract", "deploy")
        names = {
            "expand": expanded,
            "deployed": complete,
            "contract": contract,
            "finished": finished,
        }
        yield {phase: stack.enter_context(connect(name)) for phase, name in names.items()}


@pytest.mark.parametrize(("phase", "options"), [("expand", ["--to", "@expand"]), ("deployed", [])])
def test_what_was_deployed_verifies(
    request: pytest.FixtureRequest, phase: str, options: list[str]
) -> None:
    """The command succeeds before the cut-over and after it."""
    result = sqitch(request.getfixturevalue(phase), "verify", *options, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("change", CHANGES)
def test_claims_hold(connections: dict[str, Connection], change: str) -> None:
    """Statement by statement, as the breaks are tried, every claim holds on what was deployed."""
    connection = connections[CONTRACT.get(change, "deployed")]
    with connection.transaction(force_rollback=True):
        assert broken_claim(connection, change) == (None, "")
    assert any(claim is not None for claim, _ in CLAIMS[change])


def test_every_claim_is_broken_once() -> None:
    """Every change has a break, and so has every statement of its verify script."""
    assert len({(b.change, b.sql, b.database) for b in BREAKS}) == len(BREAKS)
    assert {b.change for b in BREAKS} == set(CHANGES)
    claims = {(c, claim) for c, listed in CLAIMS.items() for claim, _ in listed if claim}
    assert len(claims) == sum(1 for listed in CLAIMS.values() for claim, _ in listed if claim)
    assert claims - {(b.change, b.claim) for b in BREAKS} == set()
    scripts = {p for home in ("", "contract") for p in (ROOT / home / "verify").rglob("*.sql")}
    assert {str(p.relative_to(ROOT)) for p in scripts} == {script_of(change) for change in CHANGES}


@pytest.mark.parametrize("change", CHANGES)
def test_verify_notices(
    connections: dict[str, Connection], change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each break makes the statement fail that claims the contrary, and none before it."""
    tried = [b for b in BREAKS if b.change == change]
    wrong = []
    for tried_break in tried:
        connection = connections[tried_break.database]
        with connection.transaction(force_rollback=True):
            connection.execute(tried_break.sql)
            noticed, said = broken_claim(connection, change)
            if noticed != tried_break.claim:
                wrong.append((tried_break.sql, f"{noticed} instead of {tried_break.claim}"))
            elif noticed not in said and not OWN_WORDS.match(said):
                wrong.append((tried_break.sql, said))
    assert wrong == []
    with capsys.disabled():
        print(f"\n{change}: {len(tried)} breaks noticed", end=" ")


REAL_BREAKS = {
    "documents/iso8601": replaced(
        "public.from_iso8601(document text)",
        "timestamptz",
        "coalesce(public.from_iso8601_other(document), '-infinity')",
    ),
    "documents/user_workflow_run": "alter table user_workflow_run disable trigger set_updated_at",
    "access/set_privileges": "alter table user_workflow_run_step no force row level security",
    "old_names/workflow_steps": "alter view workflow_steps reset (security_invoker)",
    "move/queue": "drop trigger capture_truncate on user_workflow_run",
    "step_keys": "alter table user_workflow_run_step "
    "drop constraint user_workflow_run_step_org_id_run_id_fkey",
    "search_indexes": "update pg_index set indisvalid = false "
    "where indexrelid = 'idx_run_context_gin'::regclass",
    "cut_over": "delete from legacy.workflow_events where event_id = 74",
}


def test_sqitch_verify_names_what_is_broken(deployed: str) -> None:
    """The command fails, and names each change that is broken and no other."""
    with connect(deployed) as connection:
        for statement in REAL_BREAKS.values():
            connection.execute(statement)
    result = sqitch(deployed, "verify", check=False)
    assert result.returncode != 0
    said = result.stdout + result.stderr
    verdicts = dict(re.findall(r"^  \* ([\w/]+)(?: @\w+)* \.+ (.*)$", said, flags=re.MULTILINE))
    assert verdicts.keys() == set(PLAN), said
    assert {change for change, verdict in verdicts.items() if verdict != "ok"} == set(REAL_BREAKS)


@pytest.mark.parametrize(
    ("change", "statement", "sentence"),
    [
        (
            "old_names/workflow_trace_endpoint",
            "drop trigger write on workflow_trace_endpoint",
            "triggers guard every write to workflow_trace_endpoint and put it into the documents\n"
            "DETAIL:  Not so: write",
        ),
        (
            "move/schemas",
            "grant usage on schema legacy to public",
            "applications cannot use the schema legacy",
        ),
        (
            "access/set_privileges",
            "alter table user_workflow_run disable row level security",
            "row level security of every table of the project is on or off as declared\n"
            "DETAIL:  Not so: alter table public.user_workflow_run enable row level security, "
            "force row level security",
        ),
        (
            "cut_over",
            "revoke select on user_workflow_run from workflow_app",
            "applications can read and write every new table, and truncate none\n"
            "DETAIL:  Not so: select on user_workflow_run",
        ),
        (
            "cut_over",
            "insert into consolidation.unequal_trace (trace_id) values (1)",
            "no run was found to differ when old tables and documents were last compared",
        ),
    ],
)
def test_sqitch_verify_prints_the_sentence_that_does_not_hold(
    deployed: str, change: str, statement: str, sentence: str
) -> None:
    """One broken change is enough for sqitch verify to fail, and it says which claim is broken."""
    before = sqitch(deployed, "verify", "--from", change, "--to", change, check=False)
    assert before.returncode == 0, before.stdout + before.stderr
    with connect(deployed) as connection:
        connection.execute(statement)
    after = sqitch(deployed, "verify", "--from", change, "--to", change, check=False)
    assert after.returncode != 0
    assert f"* {change} " in after.stdout
    assert f"ERROR:  {sentence}\n" in after.stdout + after.stderr
