"""Random histories of old statements, on the tables and through every phase of the move.

Two databases get the same statements: one stays as it was at the baseline, the other walks through
deploy, revert, deploy and revert. Rows, types, row counts and SQLSTATEs must be the same, but for
what docs/old-names.md lists under "Limits".

    HISTORIES=2000 PGHOST=… /usr/bin/python3 -m pytest -s test/cycle/test_histories.py

HISTORIES: how many (default 40), SEED: of the generator. Many of them share a walk; one that shows
a difference is then tried alone, and made shorter until nothing can be left out.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from psycopg import pq

from conftest import ROOT, connect, database, psql
from helpers_cycle import EIGHT, Connection, sqlstate
from helpers_histories import (
    BESIDE,
    BY_NAME,
    CARRY,
    CHUNK,
    CLONE_OFFSET,
    LIMITS,
    OPENING,
    OTHER_LIMITS,
    PHASES,
    TRIED_LIMITS,
    History,
    Statement,
    histories,
    spelled,
)

HISTORIES = int(os.environ.get("HISTORIES", "40"))
SEED = int(os.environ.get("SEED", "18"))
# Histories that share a walk, and with it the time its scripts take.
TOGETHER = 200

SEQUENCES = (
    "workflow_trace_trace_id_seq",
    "workflow_steps_step_id_seq",
    "workflow_events_event_id_seq",
    "workflow_trace_context_context_id_seq",
)
BEGAN = datetime.now(timezone.utc) - timedelta(minutes=1)


def plan() -> list[str]:
    """The changes and tags of the plan, in order."""
    lines = (ROOT / "sqitch.plan").read_text().splitlines()
    return [line.split()[0] for line in lines if line and not line.startswith("%")]


def between(first: str, last: str) -> list[str]:
    """The changes after one tag, up to another one."""
    entries = plan()
    found = entries[entries.index(first) + 1 : entries.index(last)]
    return [entry for entry in found if not entry.startswith("@")]


def deploy(name: str, first: str, last: str) -> None:
    """The scripts as Sqitch runs them; that it records and verifies them is tried elsewhere."""
    psql(name, *(f"--file=deploy/{change}.sql" for change in between(first, last)))


def revert(name: str, first: str, last: str) -> None:
    changes = reversed(between(last, first))
    psql(name, *(f"--file=revert/{change}.sql" for change in changes))


def shape(text: str | None) -> str | None:
    """A value without what cannot be the same twice: the present time, random uuids."""
    if text is None:
        return None

    def moment(found: re.Match[str]) -> str:
        return "now" if datetime.fromisoformat(found[0]) > BEGAN else found[0]

    text = re.sub(
        r"\b20[2-9]\d-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?(?! BC)", moment, text
    )
    return re.sub(
        r"(?!0{8})[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", "uuid", text
    )


OF_ITS_OWN = """
    alter table workflow_trace alter channel set default 'web',
        add constraint no_blank check (error_message <> ' blank ');
    create unique index one_model on workflow_trace (org_id, llm_model) where llm_model <> 'x'"""

# A batch of the backfill.
BATCH = "select consolidation.carry_chunk(consolidation.claim_chunk('backfill', 20))"


@dataclass(frozen=True)
class Result:
    """What a statement returned, or the SQLSTATE it raised."""

    sqlstate: str | None
    message: str = field(default="", compare=False)
    # Table, column and constraint that an error names.
    place: tuple[str, ...] = field(default=("", "", ""), compare=False)
    tag: str = ""
    columns: tuple[tuple[str, int, int], ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()

    def __str__(self) -> str:
        if self.sqlstate:
            return f"{self.sqlstate} {self.message}"
        return "\n        ".join([self.tag, *map(str, self.rows)])


class Session:
    """A session that speaks the simple protocol, and keeps values as the server spells them."""

    def __init__(self, connection: Connection) -> None:
        self.server = connection.pgconn

    def send(self, text: str) -> None:
        self.server.send_query(text.encode())

    def result(self, ordered: bool, copied: str) -> Result:
        found: Result | None = None
        lines: list[tuple[str | None, ...]] = []
        while answer := self.server.get_result():
            if answer.status == pq.ExecStatus.COPY_IN:
                self.server.put_copy_data(copied.encode())
                self.server.put_copy_end()
            elif answer.status == pq.ExecStatus.COPY_OUT:
                while True:
                    size, data = self.server.get_copy_data(0)
                    if size <= 0:
                        break
                    lines.append((shape(bytes(data).decode()),))
            elif answer.status == pq.ExecStatus.FATAL_ERROR:
                code = answer.error_field(pq.DiagnosticField.SQLSTATE)
                message = answer.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b""
                place = (
                    (answer.error_field(part) or b"").decode()
                    for part in (
                        pq.DiagnosticField.TABLE_NAME,
                        pq.DiagnosticField.COLUMN_NAME,
                        pq.DiagnosticField.CONSTRAINT_NAME,
                    )
                )
                found = Result((code or b"?").decode(), message.decode(), place=tuple(place))
            else:
                rows = [
                    tuple(
                        shape(None if raw is None else raw.decode())
                        for raw in (
                            answer.get_value(row, column) for column in range(answer.nfields)
                        )
                    )
                    for row in range(answer.ntuples)
                ] or lines
                columns = tuple(
                    (
                        (answer.fname(column) or b"").decode(),
                        # The type of a whole row has another number in each database.
                        min(answer.ftype(column), 16384),
                        answer.fmod(column),
                    )
                    for column in range(answer.nfields)
                )
                found = Result(
                    None,
                    tag=(answer.command_status or b"").decode(),
                    columns=columns,
                    rows=tuple(rows if ordered else sorted(rows, key=repr)),
                )
        assert found is not None
        return found

    def execute(self, text: str) -> Result:
        self.send(text)
        return self.result(False, "")

    @property
    def failed(self) -> bool:
        return self.server.transaction_status == pq.TransactionStatus.INERROR

    @property
    def idle(self) -> bool:
        return self.server.transaction_status == pq.TransactionStatus.IDLE


@dataclass
class Tally:
    """What was done in all."""

    histories: int = 0
    statements: int = 0
    failed: int = 0
    limits: Counter[str] = field(default_factory=Counter)
    differences: dict[int, str] = field(default_factory=dict)


class Walk:
    """Histories side by side through all phases; tally.differences has the first of each."""

    def __init__(
        self,
        name: str,
        control: Connection,
        project: Connection,
        tally: Tally,
        sabotage: dict[str, list[str]],
    ) -> None:
        self.name = name
        self.sabotage = sabotage
        self.control = Session(control)
        self.project = Session(project)
        self.tally = tally
        self.phase = PHASES[0]
        for session in (self.control, self.project):
            session.execute("set timezone = 'UTC'")
            session.execute("set statement_timeout = '20 s'")
            # Planned once, as after the fifth time.
            session.execute("set plan_cache_mode = force_generic_plan")

    def both(self, statement: Statement) -> tuple[Result, Result]:
        self.control.send(statement.text)
        self.project.send(statement.text)
        return (
            self.control.result(statement.ordered, statement.copied),
            self.project.result(statement.ordered, statement.copied),
        )

    def carry(self, text: str) -> str | None:
        """Carries over or back in a session of its own; returns what went wrong."""
        with connect(self.name) as connection:
            code = sqlstate(connection, text)
        return f"{text}: {code}" if code else None

    def continue_sequences(self, control: Connection, project: Connection) -> None:
        """A statement that failed, or an id that was settled, takes numbers on one side only."""
        listed = ", ".join(
            f"(select array[last_value, is_called::int] from public.{name})" for name in SEQUENCES
        )
        pairs = [side.execute(f"select {listed}").fetchone() for side in (control, project)]
        control_ids, project_ids = pairs
        assert control_ids is not None
        assert project_ids is not None
        for name, left, right in zip(SEQUENCES, control_ids, project_ids, strict=True):
            last, called = max(left, right)
            for side in (control, project):
                side.execute("select setval(%s, %s, %s)", (f"public.{name}", last, bool(called)))

    def beside(self, text: str) -> str | None:
        """What somebody does in a session of its own, unless the history has locked it."""
        with connect(self.name) as connection:
            connection.execute("set lock_timeout = '200 ms'")
            code = sqlstate(connection, text)
        return f"{text}: {code}" if code not in (None, "55P03") else None

    def lost(self, project: Connection) -> list[str]:
        """Clones that are not whole: each has as many rows as its document has elements."""
        found = project.execute(
            """
            select r.legacy_trace_id, v.table_name
            from user_workflow_run as r
            cross join lateral (
                values
                ('workflow_events', jsonb_array_length(r.events),
                    (select count(*) from workflow_events as e
                    where e.trace_id = r.legacy_trace_id)),
                ('workflow_trace_screenshot', jsonb_array_length(r.screenshots),
                    (select count(*) from workflow_trace_screenshot as p
                    where p.trace_id = r.legacy_trace_id)),
                ('workflow_trace_context', (select count(*) from jsonb_object_keys(r.context)),
                    (select count(*) from workflow_trace_context as c
                    where c.trace_id = r.legacy_trace_id))
            ) as v (table_name, wanted, actual)
            where r.status = 'clone' and v.wanted <> v.actual
            """
        ).fetchall()
        return [f"the clone of trace_id {row[0] - CLONE_OFFSET}: {row[1]}" for row in found]

    def step(self, number: int, wanted: Statement) -> str | None:
        """Executes a statement on both sides; returns what differs."""
        statement = Statement(
            spelled(wanted.text, number),
            wanted.limits,
            wanted.ordered,
            spelled(wanted.copied, number),
        )
        self.tally.statements += 1
        limits = statement.limits if not self.project.failed else ()
        alone = self.project.idle
        if limits:
            self.both(Statement("begin; savepoint before" if alone else "savepoint before"))
        around = wanted.around if alone else ("", "")
        if around[0]:
            self.project.execute(around[0])
        control, project = self.both(statement)
        if around[1]:
            self.project.execute(around[1])
        self.tally.failed += bool(control.sqlstate or project.sqlstate)
        met = None
        if control != project:
            met = next(
                (name for name in limits if self.meets(name, statement, control, project)), None
            )
        if limits and alone:
            self.both(Statement("rollback" if met else "commit"))
        elif met or (limits and control.sqlstate):
            self.both(Statement("rollback to before"))
        if met:
            self.tally.limits[met] += 1
        elif control != project:
            return f"{statement.text}\n    control: {control}\n    project: {project}"
        return None

    def meets(self, limit: str, statement: Statement, control: Result, project: Result) -> bool:
        """Whether that is what the page says of the limit, and nothing else."""
        code = LIMITS[limit][1]
        if limit == "id elsewhere":
            return not project.sqlstate and control.place[2].endswith(
                ("_screenshot_pkey", "_context_pkey")
            )
        if limit == "several found" and not project.sqlstate:
            # The first row that was found said what the row was already.
            return project.tag == f"UPDATE {2 * int(control.tag.split()[1])}"
        if limit != "several":
            return project.sqlstate == code
        if not (project.sqlstate or "").startswith(code or ""):
            return False
        return project.sqlstate in self.violations(statement)

    def violations(self, statement: Statement) -> set[str]:
        """All that is wrong with a statement: what a constraint says once the others are gone."""
        found = set()
        text = re.sub(r" on conflict .*?(?= returning|$)", "", statement.text)
        execute = self.control.execute
        execute("rollback to before")
        for _ in range(6):
            execute("savepoint attempt")
            result = execute(text)
            execute("rollback to attempt")
            if not result.sqlstate:
                break
            found.add(result.sqlstate)
            table, column, constraint = result.place
            # In the catalog: a key that is dropped would take those along that refer to it.
            if result.sqlstate == "23505":
                execute(
                    "update pg_index set indisunique = false "
                    f"where indexrelid = '{constraint}'::regclass"
                )
            elif result.sqlstate == "23503":
                child = constraint.removesuffix("_fkey")
                child = max((name for name in EIGHT if child.startswith(name)), key=len)
                execute(f"alter table {child} drop constraint {constraint}")
            elif result.sqlstate == "23502":
                execute(
                    "update pg_attribute set attnotnull = false "
                    f"where attrelid = '{table}'::regclass and attname = '{column}'"
                )
            else:
                break
        execute("rollback to before")
        return found

    def rows(self, number: int) -> str | None:
        """All rows of a history in all tables, on both sides."""
        listed = " union all ".join(
            f"select '{name}', t::text from {name} as t where {BY_NAME[name].own}" for name in EIGHT
        )
        control, project = self.both(Statement(spelled(listed, number)))
        if control == project:
            return None
        missing = sorted((Counter(control.rows) - Counter(project.rows)).elements(), key=repr)
        more = sorted((Counter(project.rows) - Counter(control.rows)).elements(), key=repr)
        return (
            f"the rows at the beginning of {self.phase}\n    only control: {missing}\n"
            f"    only project: {more}\n    {project.message}"
        )

    def repair(self, control: Connection, project: Connection) -> None:
        """Rows that the documents cannot hold, as the preflight says."""
        uuid = "'00000000-0000-4000-8009-000000000001'"
        value = {"status": "'repaired'", "channel": "'web'"}
        for row in project.execute("select * from consolidation.uncarriable()").fetchall():
            text = row[-1].split(";")[0]
            column = re.search(r"set (\w+) = \.\.\.", text)
            if column:
                text = text.replace("...", value.get(column[1], uuid))
            control.execute(text)
            project.execute(text)
        assert project.execute("select * from consolidation.uncarriable()").fetchall() == []

    def enter(self, phase: str, control: Connection, project: Connection) -> None:
        """Moves on, while the sessions stay connected."""
        self.phase = phase
        name = self.name
        match phase:
            case "@expand":
                deploy(name, "@baseline", "@expand")
            case "in the middle of the backfill":
                self.repair(control, project)
                project.execute("select consolidation.plan_chunks('backfill')")
                for _ in range(3):
                    project.execute(BATCH)
            case "@carried_over":
                deploy(name, "@expand", "@carried_over")
            case "@cut_over":
                deploy(name, "@carried_over", "@cut_over")
            case "back at @expand":
                revert(name, "@cut_over", "@expand")
            case "@cut_over again":
                deploy(name, "@expand", "@cut_over")
            case "back at @baseline":
                revert(name, "@cut_over", "@baseline")

    def go(self, numbered: dict[int, History]) -> None:
        differences = self.tally.differences
        with connect(self.control.server.db.decode()) as control, connect(self.name) as project:
            for place, phase in enumerate(PHASES):
                if place:
                    try:
                        self.enter(phase, control, project)
                        for text in self.sabotage.get(phase, []):
                            project.execute(text)
                        # Ids that were settled on the way.
                        self.continue_sequences(control, project)
                        if phase == "back at @expand":
                            assert self.lost(project) == []
                    except (pytest.fail.Exception, psycopg.Error, AssertionError) as error:
                        # Any of them may be to blame.
                        for number in numbered:
                            differences.setdefault(number, f"on the way to {phase}: {error}")
                        return
                for number, history in numbered.items():
                    if number in differences:
                        continue
                    found = self.rows(number)
                    for wanted in history[place]:
                        if found:
                            break
                        if wanted == CARRY:
                            found = self.carry(
                                "select consolidation.carry_changes(1000, -9223372036854775808)"
                            )
                            self.continue_sequences(control, project)
                        elif wanted == CHUNK:
                            found = self.carry(BATCH)
                        elif wanted.text.startswith(BESIDE):
                            found = self.beside(spelled(wanted.text.removeprefix(BESIDE), number))
                        else:
                            failed = self.tally.failed
                            found = self.step(number, wanted)
                            if self.tally.failed > failed:
                                self.continue_sequences(control, project)
                    if found:
                        differences[number] = f"in phase {phase}: {found}"
                    if not (self.control.idle and self.project.idle):
                        self.both(Statement("rollback"))
            for number in numbered:
                if number not in differences and (found := self.rows(number)):
                    differences[number] = f"at the end: {found}"


@contextmanager
def empty_databases() -> Iterator[tuple[str, str]]:
    with database() as control:
        psql(control, "--file=deploy/baseline.sql")
        # Constraints of a real database, which hold in every phase.
        psql(control, "--command=" + OF_ITS_OWN)
        with database(control) as project:
            yield control, project


def walk(wanted: list[History], tally: Tally, sabotage: dict[str, list[str]] | None = None) -> None:
    """One walk of some histories; tally.differences gets what differs, by place in the list."""
    tally.histories += len(wanted)
    with (
        empty_databases() as (control, project),
        connect(control) as first,
        connect(project) as second,
    ):
        Walk(project, first, second, tally, sabotage or {}).go(dict(enumerate(wanted)))


def told(history: History, number: int = 0) -> str:
    """A history as one could type it."""
    lines = []
    for phase, statements in zip(PHASES, history, strict=True):
        lines.append(f"-- {phase}")
        lines += [
            spelled(statement.text, number)
            + (";" if not statement.text.startswith("--") else "")
            + (f"\n{spelled(statement.copied, number)}\\." if statement.copied else "")
            for statement in statements
        ]
    return "\n".join(lines)


def drawn(count: int) -> list[History]:
    """That many different histories, the same for the same seed."""
    found: list[History] = []

    @seed(SEED)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(histories())
    def draw(history: History) -> None:
        found.append(history)

    draw()
    return found


def shrink(known: list[History], suspects: list[History]) -> str:
    """The shortest history that differs when it is tried alone, and how."""
    shortest: list[str] = []

    @seed(SEED)
    @settings(
        max_examples=len(known),
        phases=[Phase.generate, Phase.shrink],
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(histories())
    def alone(history: History) -> None:
        # The same seed draws the same histories: those that are known to be good are passed by.
        if history in known and history not in suspects:
            return
        tally = Tally()
        walk([history], tally)
        if tally.differences:
            shortest[:] = [f"{told(history)}\n\n{tally.differences[0]}"]
            raise AssertionError

    try:
        alone()
    except AssertionError:
        return shortest[0]
    return "tried alone, none of them differs"


def test_every_limit_of_the_page_is_known_here() -> None:
    """And the other way round: each row of its table is either tried or named above."""
    limits = (ROOT / "docs/old-names.md").read_text().split("## Limits")[1]
    limited = [line.split(" | ")[0] for line in limits.split("\n## ")[0].splitlines()]
    listed = [line for line in limited if line.startswith("| ") and "---" not in line]
    tried = [*LIMITS.values(), *((words, code) for words, code, _ in TRIED_LIMITS)]
    words = [*(words for words, _ in tried), *OTHER_LIMITS]
    assert [line for line in listed if not any(known in line for known in words)] == []
    assert [known for known in words if not any(known in line for line in listed)] == []
    for named, code in tried:
        row = next(line for line in listed if named in line)
        assert code is None or code in row, row


def test_random_histories_are_the_same_in_every_phase(capsys: pytest.CaptureFixture[str]) -> None:
    known = drawn(HISTORIES)
    tally = Tally()
    for first in range(0, len(known), TOGETHER):
        part = Tally(limits=tally.limits)
        walk(known[first : first + TOGETHER], part)
        tally.histories += part.histories
        tally.statements += part.statements
        tally.failed += part.failed
        tally.differences |= {first + place: text for place, text in part.differences.items()}
        with capsys.disabled():
            print(
                f"\nrandom histories (SEED={SEED}): {tally.histories} of {HISTORIES}, "
                f"{tally.statements} statements, {tally.failed} of them refused, "
                f"{len(tally.differences)} differences, limits met: {dict(tally.limits)}"
            )
    if tally.differences:
        for place, text in list(tally.differences.items())[:10]:
            print(f"-- history {place}: {text}\n")
        pytest.fail(
            f"{len(tally.differences)} of {tally.histories} histories differ, for example\n\n"
            + shrink(known, [known[place] for place in tally.differences]),
            pytrace=False,
        )


def written(**parts: tuple[str | Statement, ...]) -> History:
    """A history of given statements, by phase (its name without @, and _ for a space)."""
    return tuple(
        tuple(
            Statement(part) if isinstance(part, str) else part
            for part in parts.get(phase.replace("@", "").replace(" ", "_"), ())
        )
        for phase in PHASES
    )


def trace(key: str) -> str:
    return (
        "insert into workflow_trace (trace_id, org_id, workflow_id, channel, created_by) "
        f"values (<{key}>, '<org1>', '<w1>', 'web', '<user1>')"
    )


def step(key: str, number: int) -> str:
    return (
        "insert into workflow_steps (step_id, trace_id, step_number, node_id) "
        f"values (<{key}>, <t1>, {number}, '<n1>')"
    )


def test_an_id_that_was_given_away_can_be_used_again() -> None:
    """run_id and step_id are computed from ids, but stay with the row when its id changes."""
    rename_trace = "update workflow_trace set trace_id = <t2> where trace_id = <t1>"
    rename_step = "update workflow_steps set step_id = <s2> where step_id = <s1>"
    both = (trace("t1"), trace("t2"), step("s1", 1))
    wanted = [
        written(
            baseline=(trace("t1"),), cut_over=(rename_trace,), back_at_expand=(trace("t1"), CARRY)
        ),
        written(
            baseline=(trace("t1"),),
            cut_over=(rename_trace, trace("t1")),
            back_at_expand=(
                "delete from workflow_trace where trace_id = <t1>",
                CARRY,
                trace("t1"),
                CARRY,
            ),
        ),
        written(
            baseline=(trace("t1"), step("s1", 1)),
            cut_over=(rename_step,),
            back_at_expand=(step("s1", 2), CARRY),
        ),
        written(
            baseline=(trace("t1"), step("s1", 1)),
            carried_over=(rename_step, step("s1", 2), CARRY),
        ),
        # Numbers change, too: the steps are deleted and inserted again.
        written(
            baseline=(*both[:1], step("s1", 1), step("s2", 2)),
            cut_over=("update workflow_steps set step_id = <s3> where step_id = <s1>",),
            back_at_expand=(
                "update workflow_steps set step_id = <s1>, step_number = 5 where step_id = <s2>",
                "update workflow_steps set step_number = 6 where step_id = <s3>",
                CARRY,
            ),
        ),
        written(
            baseline=(*both[:1], step("s1", 1), step("s2", 2)),
            back_at_expand=(
                "update workflow_steps set step_number = 3 where step_id = <s1>",
                "update workflow_steps set step_number = 1 where step_id = <s2>",
                "update workflow_steps set step_number = 2 where step_id = <s1>",
                CARRY,
            ),
        ),
        written(
            baseline=both,
            cut_over=(
                "update workflow_steps set trace_id = <t2> where step_id = <s1>",
                step("s2", 1),
                CARRY,
            ),
            back_at_expand=("delete from workflow_trace where trace_id = <t1>", CARRY),
        ),
    ]
    tally = Tally()
    walk(wanted, tally)
    assert tally.differences == {}


def test_a_difference_is_noticed() -> None:
    """What somebody might break in the schema, each with a history that meets it."""
    sabotage = {
        "@cut_over": [
            "alter view workflow_events alter \"timestamp\" set default 'infinity'",
            "alter view workflow_steps alter retry_count drop default",
        ]
    }
    met = [
        written(baseline=OPENING, cut_over=(text,))
        for text in (
            "insert into workflow_events (trace_id, event_type, event_data) "
            "values (<t1>, 'x', '1') returning *",
            "update workflow_trace set tier = 9 where trace_id = <t1>",
            "update workflow_steps set retry_count = default where step_id = <s1>",
            "update workflow_steps set retry_count = 2 where step_id = <s1>",
        )
    ]
    tally = Tally()
    walk(met, tally, sabotage)
    assert "in phase @cut_over: insert" in tally.differences[0]
    assert "project: 23502" in tally.differences[2]
    # The others meet nothing that is broken.
    assert sorted(tally.differences) == [0, 2]

    sabotage["back at @expand"] = [
        "update workflow_trace set tier = 8 where tier = 9",
        "update workflow_steps set retry_count = 3 where retry_count = 2",
    ]
    tally = Tally()
    walk(met, tally, sabotage)
    assert "in phase back at @expand: the rows" in tally.differences[1]
    assert "in phase back at @expand: the rows" in tally.differences[3]
