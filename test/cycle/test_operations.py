"""The runbook is rehearsed: every command of docs/operations.md is executed, in its order.

The page is the script. Comments that a reader does not see say on what and when:

    <!-- rehearsal: PHASE -->   from here on a database of its own, a copy of that phase
    <!-- scene: NAME -->        what goes wrong here; a function below sets it up

A block of `sh` or `sql` is executed, a block of `text` after it is what that prints: `…` stands for
anything, and times, sizes and process ids are not compared. A command fails if, and only if, the
output beside it says so.
"""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from conftest import ENVIRONMENT, ROOT, connect, database, psql
from helpers_cycle import SIX, Background, one, wait_until

PAGE = ROOT / "docs" / "operations.md"

# Columns whose values differ from run to run.
VARYING = {
    "pid", "blocked_by", "open_for", "runs_per_second", "time_left", "lsn", "kept", "behind",
    "accepted_at", "updated_at", "n_dead_tup",
}  # fmt: skip
MASKS = [
    (r"psql:\S+:\d+: ", ""),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S*( [-+]\d{4})?", "<timestamp>"),
    (r"(\d+ days? )?\b\d\d:\d\d:\d\d(\.\d+)?\b", "<time>"),
    (r"\b\d+(\.\d+)? m?s\b", "<time>"),
    (r"\b\d+ (bytes|kB|MB|GB)", "<size>"),
    (r"\b\d+(\.\d+)?[KMGT]\b", "<size>"),
    (r"\b\d+%", "<percent>"),
    (r"\b\d+ a second", "<rate>"),
    (r"\bpid \d+", "<pid>"),
    (r"\brole \w+,", "<role>,"),
    (r"\b\d+ attempts", "<attempts>"),
    (r"attempt \d+", "<attempt>"),
    (r"\b[0-9a-f]{40}\b", "<change id>"),
]


# The page ----------------------------------------------------------------------------------------


@dataclass
class Command:
    """A block to execute, and what it prints, if that is shown."""

    line: int
    language: str
    code: str
    output: str | None = None

    @property
    def fails(self) -> bool:
        """Whether the output shown is that of a failure."""
        return re.search(r"\b(ERROR|FATAL): ", self.output or "") is not None


@dataclass
class Rehearsal:
    """A part of the page that is executed on a database of its own."""

    title: str
    phase: str
    acts: list[Command | str] = field(default_factory=list)


def read(page: str) -> list[Rehearsal]:
    """The rehearsals of a page; whatever could not be rehearsed is an error."""
    found: list[Rehearsal] = []
    heading, open_block, after = "", None, None
    body: list[str] = []
    for number, line in enumerate(page.splitlines(), 1):
        if open_block is not None:
            if line != "```":
                body.append(line)
                continue
            text = "\n".join(body)
            if open_block == "text":
                assert after is not None, f"line {number}: output of what?"
                assert after.output is None, f"line {number}: output of what?"
                after.output = text
            else:
                assert open_block in ("sh", "sql"), f"line {number}: who executes {open_block!r}?"
                assert found, f"line {number}: no rehearsal has begun"
                after = Command(number, open_block, text)
                found[-1].acts.append(after)
            open_block = None
        elif line.startswith("```"):
            open_block, body = line[3:], []
        elif directive := re.fullmatch(r"<!-- (rehearsal|scene): (.*) -->", line):
            if directive[1] == "rehearsal":
                found.append(Rehearsal(heading, directive[2]))
            else:
                found[-1].acts.append(directive[2])
        else:
            assert not line.startswith(("    ", "\t", "~~~")), f"line {number}: a block in disguise"
            if line.startswith("#"):
                heading = line.lstrip("# ")
            if line.strip():
                after = None
    assert open_block is None, "the last block has no end"
    return found


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def comparable(text: str) -> list[str]:
    """The lines of an output without what differs from run to run."""
    lines = text.strip().splitlines()
    result: list[str] = []
    varying: set[int] = set()
    for line, following in itertools.zip_longest(lines, lines[1:], fillvalue=""):
        if re.fullmatch(r"-[-+]*-", line.strip()):
            continue
        if re.fullmatch(r"-[-+]*-", following.strip()):
            varying = {i for i, name in enumerate(cells(line)) if name in VARYING}
        elif re.fullmatch(r"\(\d+ rows?\)", line):
            varying = set()
        elif varying and line != "…":
            line = " | ".join(
                "<varies>" if i in varying else cell for i, cell in enumerate(cells(line))
            )
        for pattern, mask in MASKS:
            line = re.sub(pattern, mask, line)
        result.append(" ".join(line.replace("|", " | ").split()))
    return [line for line in result if line]


def prints(shown: str, printed: str) -> bool:
    """Whether a command printed what the page shows."""
    pattern = ""
    for line in comparable(shown):
        if line == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += re.escape(line).replace("…", ".*") + r"\n"
    return re.fullmatch(pattern, "".join(line + "\n" for line in comparable(printed))) is not None


# Scenes ------------------------------------------------------------------------------------------


Scene = Callable[[str], AbstractContextManager[None]]
SCENES: dict[str, Scene] = {}


def scene(name: str) -> Callable[[Callable[[str], Iterator[None]]], Scene]:
    """Makes a generator function, which gets the name of the database, the scene of that name."""

    def add(function: Callable[[str], Iterator[None]]) -> Scene:
        SCENES[name] = contextmanager(function)
        return SCENES[name]

    return add


def happens(name: str, *statements: str) -> None:
    """A scene that consists of statements."""

    @scene(name)
    def statements_executed(mydb: str) -> Iterator[None]:
        with connect(mydb) as connection:
            for statement in statements:
                connection.execute(statement)
        yield


happens("nothing is adopted yet", "drop schema sqitch cascade")
# What it leaves: tables, and no release of the registry in them.
happens(
    "Sqitch is killed while it makes its registry",
    "truncate sqitch.releases, sqitch.projects cascade",
)
happens(
    "the tables were altered by hand",
    "alter table workflow_trace alter column start_time type timestamp",
    "alter table workflow_trace_context add column worker text",
)
happens(
    "somebody audits the events",
    "create function audit() returns trigger language plpgsql as 'begin return new; end'",
    "create trigger audit after insert on workflow_events for each row execute function audit()",
)
happens(
    "a run lost its owner",
    "update workflow_trace set created_by = null where trace_id = 42",
)
happens(
    "an event points at the step of another run",
    "update workflow_events set step_id = 11 where event_id = 1",
)
happens(
    "somebody wrote to the documents too early",
    "update user_workflow_run set tier = 9 where legacy_trace_id = 42",
    "update user_workflow_run_step set events = events - 0 where legacy_step_id = 11",
)
happens(
    "applications wrote through old names and new",
    "insert into workflow_events (trace_id, step_id, event_type, event_data) "
    "values (42, null, 'called back', '{}')",
    "select add_event(step_id, 'handed over', '{\"to\": \"claims desk\"}') "
    "from user_workflow_run_step where legacy_step_id = 11",
    "update user_workflow_run_step set error_details = '{\"code\": 7}' where legacy_step_id = 11",
)


def step_four(kind: str, schema: str = "") -> tuple[str, ...]:
    """What an instruction for another migration says at its end."""
    return tuple(f"drop {kind} if exists {schema}{name} cascade" for name in reversed(SIX))


happens("somebody drops the old tables", *step_four("table"))
happens("somebody drops the old names", *step_four("view"))
happens("somebody drops the tables in legacy", *step_four("table", "legacy."))
happens(
    "somebody built on the old names",
    "create view open_runs as select trace_id from workflow_trace where end_time is null",
    "create view active_configs as select * from workflow_configs",
    "create materialized view events_a_day as "
    'select "timestamp"::date as day, count(*) from workflow_events group by 1',
)
happens(
    "somebody switched row level security off",
    "alter table user_workflow_run disable row level security",
)


@contextmanager
def transaction(mydb: str, application: str, statement: str) -> Iterator[psycopg.Connection]:
    """A session that executed a statement and does not commit, until it is closed or ended."""
    connection = connect(mydb, application_name=application)
    try:
        connection.execute("begin")
        connection.execute(statement)
        yield connection
    finally:
        connection.close()


@scene("a report is running")
def _(mydb: str) -> Iterator[None]:
    with transaction(mydb, "night report", "select from workflow_events limit 1"):
        yield


@scene("somebody prepared a transaction and left")
def _(mydb: str) -> Iterator[None]:
    with connect(mydb) as connection:
        if one(connection, "show max_prepared_transactions") == "0":
            pytest.skip("the server prepares no transactions: max_prepared_transactions is 0")
        connection.execute("begin")
        connection.execute("update workflow_steps set status = 'paid' where step_id = 11")
        connection.execute("prepare transaction 'payment 4711'")
        try:
            yield
        finally:
            if one(connection, "select count(*) from pg_prepared_xacts where gid = 'payment 4711'"):
                connection.execute("rollback prepared 'payment 4711'")


def waits(observer: psycopg.Connection, application: str) -> bool:
    return bool(
        one(
            observer,
            "select count(*) = 1 from pg_stat_activity where datname = current_database() "
            "and application_name = %s and cardinality(pg_blocking_pids(pid)) > 0",
            application,
        )
    )


@contextmanager
def stuck(mydb: str, trace_id: int) -> Iterator[psycopg.Connection]:
    """Whoever carries over this run waits, until he is gone or the connection is closed."""
    lock = f"select consolidation.lock_traces(array[{trace_id}])"
    with transaction(mydb, "somebody else", lock) as holder:
        yield holder


BACKFILL = "call consolidation.backfill(20, batch_time => null)"


@scene("a backfill is running")
def _(mydb: str) -> Iterator[None]:
    with connect(mydb, application_name="backfill") as session, connect(mydb) as observer:
        with stuck(mydb, 8_000_000_000_001) as holder:
            work = Background(lambda: session.execute(BACKFILL))
            wait_until(lambda: waits(observer, "backfill"), "the backfill is at this run")

            def let_go() -> None:
                wait_until(lambda: not work.running, "the backfill is cancelled", 60)
                holder.execute("commit")

            leave = Background(let_go)
            yield
            leave.result()
        with pytest.raises(psycopg.errors.QueryCanceled):
            work.result()


@scene("Sqitch is killed while it carries over")
def _(mydb: str) -> Iterator[None]:
    with stuck(mydb, 20), connect(mydb) as observer:
        killed = subprocess.Popen(
            ["sqitch", "deploy", f"db:pg:{mydb}"],
            cwd=ROOT,
            env={**ENVIRONMENT, "PGAPPNAME": "deploy"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: waits(observer, "deploy"), "the deploy is at this run", 60)
        killed.kill()
        killed.wait()
        observer.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where datname = current_database() and application_name = 'deploy'"
        )
    yield


@scene("Sqitch is killed after the swap and before its record")
def _(mydb: str) -> Iterator[None]:
    psql(mydb, "--file=deploy/cut_over.sql")
    yield


@scene("an index was not built to its end")
def _(mydb: str) -> Iterator[None]:
    name = "workflow_events_trace_id_idx"
    index = f"create index concurrently {name} on workflow_events (trace_id)"
    psql(mydb, f"--command=drop index {name}")
    with (
        transaction(mydb, "somebody else", "update workflow_events set event_type = event_type"),
        connect(mydb, application_name="build") as session,
        connect(mydb) as observer,
    ):
        work = Background(lambda: session.execute(index))
        wait_until(lambda: waits(observer, "build"), "the build waits for old transactions")
        session.cancel()
        with pytest.raises(psycopg.errors.QueryCanceled):
            work.result()
    yield


@scene("the disk under the documents is small")
def _(mydb: str) -> Iterator[None]:
    """A file system of half a megabyte, as a tablespace."""
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    with connect(mydb) as connection, tempfile.TemporaryDirectory() as parent:
        server = Path(one(connection, "show data_directory"))
        if not server.exists():
            pytest.skip("the server runs on another machine: no file system to fill there")
        os.chmod(parent, 0o755)
        disk = f"{parent}/disk"
        os.mkdir(disk)
        mount = ["mount", "-t", "tmpfs", "-o", "size=512k,mode=777", "tmpfs", disk]
        if subprocess.run([*sudo, *mount], check=False, capture_output=True).returncode != 0:
            pytest.skip("nobody here may mount a file system")
        try:
            subprocess.run([*sudo, "chown", f"--reference={server}", disk], check=True)
            connection.execute(f"create tablespace small_disk location '{disk}'")
            try:
                connection.execute("alter table user_workflow_run_step set tablespace small_disk")
                yield
            finally:
                connection.execute(
                    "alter table all in tablespace small_disk set tablespace pg_default"
                )
                connection.execute("drop tablespace small_disk")
        finally:
            subprocess.run([*sudo, "umount", "--lazy", disk], check=True)


@scene("somebody makes backups")
def _(mydb: str) -> Iterator[None]:
    with connect("postgres") as connection:
        connection.execute("drop role if exists backup")
        try:
            yield
            assert one(connection, "select rolbypassrls from pg_roles where rolname = 'backup'")
        finally:
            connection.execute(f"drop database if exists {mydb}_restored")
            connection.execute("drop role if exists backup")
            (ROOT / f"{mydb}.dump").unlink(missing_ok=True)


@scene("a standby went away")
def _(mydb: str) -> Iterator[None]:
    left = "from pg_replication_slots where slot_name = 'gone_standby'"
    with connect(mydb) as connection:
        connection.execute("select pg_create_physical_replication_slot('gone_standby', true)")
        try:
            yield
            assert one(connection, f"select count(*) {left}") == 0
        finally:
            connection.execute(f"select pg_drop_replication_slot(slot_name) {left}")


# The rehearsal -----------------------------------------------------------------------------------


REHEARSALS = read(PAGE.read_text(encoding="utf-8"))


def execute(mydb: str, command: Command, exported: list[str]) -> tuple[int, str]:
    """Executes a block; returns its exit status and what it printed, with mydb as its database."""
    code = command.code.replace("mydb", mydb)
    if command.language == "sh":
        call = ["bash", "-e", "-c", "\n".join([*exported, code])]
        exported += [line for line in code.splitlines() if line.startswith("export ")]
    else:
        call = ["psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--dbname={mydb}", "--file=-"]
    result = subprocess.run(
        call,
        cwd=ROOT,
        env=ENVIRONMENT,
        input=code if command.language == "sql" else "",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return result.returncode, result.stdout.replace(mydb, "mydb")


@pytest.mark.parametrize("rehearsal", REHEARSALS, ids=lambda part: part.title)
def test_the_page_says_what_happens(rehearsal: Rehearsal, request: pytest.FixtureRequest) -> None:
    template = request.getfixturevalue(f"{rehearsal.phase}_template")
    exported: list[str] = []
    with database(template) as mydb, ExitStack() as scenes:
        for act in rehearsal.acts:
            if isinstance(act, str):
                scenes.enter_context(SCENES[act](mydb))
                continue
            status, printed = execute(mydb, act, exported)
            assert (status != 0) == act.fails, f"line {act.line}: exit {status}\n{printed}"
            if act.output is not None:
                assert prints(act.output, printed), f"line {act.line}: printed\n{printed}"


# The rules of the page ---------------------------------------------------------------------------


COMMANDS = [act for part in REHEARSALS for act in part.acts if isinstance(act, Command)]
STARTS = (
    "alter|analyze|call|copy|create|delete|df|drop|insert|psql|reindex|select|sqitch|update|vacuum"
)


def test_commands_in_the_text_are_rehearsed_as_well() -> None:
    """What stands in a sentence is a part of a block that is executed."""
    text = re.sub(r"(?ms)^```.*?^```", "", PAGE.read_text(encoding="utf-8"))
    executed = " ".join(" ".join(command.code.split()) for command in COMMANDS)
    for span in re.findall(r"`([^`]+)`", text):
        if re.match(rf"({STARTS}) ..", span) and span not in NAMED:
            assert " ".join(span.split()).rstrip(";") in executed, span


# Kinds of commands that the text speaks of, without telling anybody to type them.
NAMED = {
    "alter table",
    "vacuum full",
    "create index concurrently",
    "drop table … cascade",
    "insert … select",
}


def test_every_scene_is_played() -> None:
    played = {act for part in REHEARSALS for act in part.acts if isinstance(act, str)}
    assert played == set(SCENES)


REHEARSED = "# A\n<!-- rehearsal: legacy -->\n"


@pytest.mark.parametrize(
    "page",
    [
        "```sql\nselect 1;\n```",
        REHEARSED + "```\nselect 1;\n```",
        REHEARSED + "```python\nprint(1)\n```",
        REHEARSED + "~~~\nselect 1;\n~~~",
        REHEARSED + "    select 1;",
        REHEARSED + "```text\n1\n```",
        REHEARSED + "```sql\nselect 1;\n```\n\nIn between.\n\n```text\n1\n```",
        REHEARSED + "```sql\nselect 1;",
    ],
)
def test_what_nobody_would_execute_is_refused(page: str) -> None:
    with pytest.raises(AssertionError):
        read(page)


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("CALL", "CALL\n", True),
        ("CALL", "CALL\nCALL\n", False),
        ("…\nCALL", "NOTICE:  a\nNOTICE:  b\nCALL\n", True),
        ("…\nCALL", "NOTICE:  a\n", False),
        ("NOTICE:  locked for 54 ms", "psql:<stdin>:3: NOTICE:  locked for 7 ms", True),
        ("NOTICE:  locked for 54 ms", "psql:<stdin>:3: WARNING:  locked for 7 ms", False),
        (
            " pid | n\n-----+---\n   1 | 2\n(1 row)",
            " pid  | n\n------+---\n 9999 | 2\n(1 row)",
            True,
        ),
        (
            " pid | n\n-----+---\n   1 | 2\n(1 row)",
            " pid  | n\n------+---\n 9999 | 3\n(1 row)",
            False,
        ),
        (" n\n---\n 2\n(1 row)", " n\n---\n 2\n 2\n(2 rows)", False),
        ('file "…": full', 'file "a/b": full', True),
        ("3 rows (all)", "3 rows .all.", False),
    ],
)
def test_outputs_are_compared(shown: str, printed: str, same: bool) -> None:
    assert prints(shown, printed) == same
