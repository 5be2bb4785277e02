"""alembic upgrade 018_consolidate_workflow_tables, in the middle of a chain, and back."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import alembic
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Integer, MetaData, Table, create_engine
from sqlalchemy.pool import NullPool

from conftest import (
    ROOT,
    RUNS,
    connect,
    differences,
    execute,
    new_database,
    old_rows,
    run,
    schema,
    sqitch,
)
from user_workflow import Base
from user_workflow.alembic import include_object
from user_workflow.alembic.plan import read_statements

REVISION = "018_consolidate_workflow_tables"

# As Alembic's own template has it, but for the connection and one transaction a revision.
ENV = """\
import os
from logging.config import fileConfig

from alembic import context
from sqlalchemy import create_engine, pool

from user_workflow import Base
from user_workflow.alembic import include_object

fileConfig(context.config.config_file_name)
if context.is_offline_mode():
    context.configure(dialect_name="postgresql")
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(
        context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=include_object,
            include_schemas=True,
            transaction_per_migration=bool(os.environ.get("TRANSACTION_PER_MIGRATION")),
        )
        with context.begin_transaction():
            context.run_migrations()
"""

INI = """\
[alembic]
script_location = %(here)s
version_locations = %(here)s/versions
path_separator = space
sqlalchemy.url = postgresql+psycopg:///

[loggers]
keys = root,alembic
[handlers]
keys = console
[formatters]
keys = generic
[logger_root]
level = WARNING
handlers = console
[logger_alembic]
level = INFO
handlers =
qualname = alembic
[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
formatter = generic
[formatter_generic]
format = %(levelname)-5.5s [%(name)s] %(message)s
"""

DUMMY = """\
from alembic import op

revision = {revision!r}
down_revision = {down_revision!r}


def upgrade():
    {upgrade}


def downgrade():
    pass
"""

AGAIN = """\
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, text

from user_workflow.alembic import upgrade

with create_engine("postgresql+psycopg:///").connect() as connection:
    connection.execute(text("set statement_timeout = '7s'"))
    connection.commit()
    context = MigrationContext.configure(connection)
    with context.begin_transaction(), Operations.context(context):
        upgrade()
    print(connection.execute(text("show statement_timeout")).scalar())
    print(
        connection.execute(
            text(
                "select count(*) from pg_locks "
                "where locktype = 'advisory' and pid = pg_backend_pid()"
            )
        ).scalar()
    )
"""


class Chain:
    """A project with the revisions 001 … 017, 018, 019; 001 creates the eight tables."""

    def __init__(self, directory: Path, *, each: bool) -> None:
        self.directory = directory
        self.environment = {"TRANSACTION_PER_MIGRATION": "yes"} if each else {}
        own = directory / "versions"
        own.mkdir(parents=True)
        names = [f"{number:03}" for number in range(1, 18)]
        for name, before in zip(names, [None, *names], strict=False):
            upgrade = "op.execute('select 1')"
            if before is None:
                statements = read_statements(ROOT / "deploy/baseline.sql")[1:-1]
                # For the rest of its transaction, in which Alembic notes the revision.
                tables = [text for text in statements if not text.startswith("set local")]
                (directory / "001.sql").write_text(";\n".join(tables), encoding="utf-8")
                upgrade = (
                    f"op.get_bind().exec_driver_sql(open({str(directory / '001.sql')!r}).read(), "
                    "execution_options={'no_parameters': True})"
                )
            (own / f"{name}.py").write_text(
                DUMMY.format(revision=name, down_revision=before, upgrade=upgrade)
            )
        (own / "019.py").write_text(
            DUMMY.format(revision="019", down_revision=REVISION, upgrade="op.execute('select 1')")
        )
        written = run(sys.executable, "-m", "user_workflow.alembic", own, "--after", "017")
        assert written.stdout == f"{own / REVISION}.py: next: alembic upgrade {REVISION}\n"
        (directory / "env.py").write_text(ENV)
        template = Path(alembic.__file__).parent / "templates/generic/script.py.mako"
        shutil.copy(template, directory)
        (directory / "alembic.ini").write_text(INI)

    def __call__(
        self, database: str, *args: str, check: bool = True, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs alembic on a database."""
        return run(
            sys.executable,
            "-m",
            "alembic",
            *args,
            check=check,
            cwd=self.directory,
            PGDATABASE=database,
            **{**self.environment, **environment},
        )


@pytest.fixture(scope="session")
def separate(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """Each revision has a transaction of its own."""
    return Chain(tmp_path_factory.mktemp("separate"), each=True)


@pytest.fixture(scope="session")
def together(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """All revisions share a transaction, as far as they can."""
    return Chain(tmp_path_factory.mktemp("together"), each=False)


@pytest.fixture(scope="session")
def template_017(separate: Chain) -> Iterator[str]:
    with new_database() as name:
        separate(name, "upgrade", "017")
        run("psql", "--quiet", "-d", name, f"--set=runs={RUNS}", "--file=script/legacy-data.sql")
        yield name


@pytest.fixture
def at_017(template_017: str) -> Iterator[str]:
    """A database at 017, with rows."""
    with new_database(template_017) as name:
        yield name


def revision_of(database: str) -> str:
    [(revision,)] = execute(database, "select version_num from alembic_version")
    return str(revision)


def consolidated(database: str) -> str:
    """The schema without the table of Alembic."""
    return schema(
        database,
        "--schema=public",
        "--schema=consolidation",
        "--schema=legacy",
        "--exclude-table=public.alembic_version",
    )


WRITES = """
    insert into workflow_trace (org_id, workflow_id, channel, status, created_by)
    select t.org_id, t.workflow_id, t.channel, 'running', t.created_by
    from workflow_trace as t where t.trace_id between 1 and 20;
    update workflow_steps set status = 'failed', error_message = 'again' where trace_id = 3;
    delete from workflow_trace where trace_id = 4;
    insert into workflow_events (trace_id, event_type, event_data)
    values (5, 'note', '{"a": 1.10}');
"""

NEW_WRITES = """
    select add_event(s.step_id, 'navigation', '{"from": "/login"}')
    from user_workflow_run_step as s where s.legacy_trace_id = 7;
    select add_context(r.run_id, 'key', '"value"') from user_workflow_run as r
    where r.legacy_trace_id = 8;
"""


def test_there_and_back_and_there_again(
    separate: Chain, at_017: str, schema_of_sqitch: str
) -> None:
    before = old_rows(at_017)
    schema_before = schema(at_017, "--exclude-schema=none")
    result = separate(at_017, "upgrade", REVISION)
    assert "[alembic.user_workflow] + cut_over" in result.stderr
    assert revision_of(at_017) == REVISION
    assert differences(at_017) == []
    assert consolidated(at_017) == schema_of_sqitch
    assert old_rows(at_017) == before

    # Through old names and new.
    execute(at_017, f"do $x$ begin {WRITES} end $x$")
    for statement in filter(str.strip, NEW_WRITES.split(";")):
        execute(at_017, statement)
    written = old_rows(at_017)
    assert written != before

    def refused() -> str:
        result = separate(at_017, "downgrade", "-1", check=False)
        assert result.returncode != 0
        assert revision_of(at_017) == REVISION
        assert "Traceback" not in result.stderr
        return result.stdout + result.stderr

    # The old tables have no place for it. Nothing is moved.
    details = "update user_workflow_run_step set error_details = {} where legacy_trace_id = 9"
    execute(at_017, details.format("'7'"))
    said = refused()
    assert re.search(r"the documents hold \d+ things that the old tables cannot", said), said
    assert "error_details" in said
    assert consolidated(at_017) == schema_of_sqitch
    execute(at_017, details.format("null"))

    # What users made of the new tables is not dropped with them; the old ones are back already.
    execute(at_017, "create view report as select count(*) from user_workflow_run")
    assert (
        "documents/user_workflow_run: cannot drop table public.user_workflow_run because"
        in refused()
    )
    assert old_rows(at_017) == written
    execute(at_017, "drop view report")

    result = separate(at_017, "downgrade", "-1")
    assert "[alembic.user_workflow] - access/roles" in result.stderr
    assert "[alembic.user_workflow] - cut_over" not in result.stderr, "done before"
    assert revision_of(at_017) == "017"
    assert old_rows(at_017) == written
    # No trace of the project.
    assert schema(at_017, "--exclude-schema=none") == schema_before

    separate(at_017, "upgrade", "head")
    assert revision_of(at_017) == "019"
    assert old_rows(at_017) == written
    assert differences(at_017) == []
    assert consolidated(at_017) == schema_of_sqitch


def test_from_nothing_to_head_and_handed_to_sqitch(
    together: Chain, empty: str, schema_of_sqitch_empty: str
) -> None:
    together(empty, "upgrade", "head")
    assert revision_of(empty) == "019"
    assert consolidated(empty) == schema_of_sqitch_empty

    # The next revision is the application's, and there is nothing in it.
    before = sorted((ROOT / "src").rglob("*.py"))
    added = together(empty, "revision", "--autogenerate", "-m", "next").stdout
    assert str(together.directory / "versions") in added
    assert sorted((ROOT / "src").rglob("*.py")) == before
    [file] = (together.directory / "versions").glob("*_next.py")
    assert file.read_text().count("    pass\n") == 2
    file.unlink()

    # Called again, it verifies; the session is left as it was.
    (together.directory / "again.py").write_text(AGAIN)
    again = run(sys.executable, "again.py", cwd=together.directory, PGDATABASE=empty)
    assert again.stdout.split() == ["7s", "0"]

    sqitch(empty, "deploy", "--log-only", "--verify")
    # Sqitch would not notice.
    refused = together(empty, "downgrade", "017", check=False)
    assert refused.returncode != 0
    assert "Sqitch manages this database" in refused.stdout + refused.stderr
    assert "Traceback" not in refused.stderr
    assert revision_of(empty) == REVISION
    assert consolidated(empty) == schema_of_sqitch_empty


def test_an_upgrade_that_fails_goes_on_when_run_again_and_psql_goes_on_with_it(
    together: Chain, at_017: str, schema_of_sqitch: str, tmp_path: Path
) -> None:
    # On the server: an error, a lost connection, and then an error of a procedure that commits.
    with connect(at_017) as connection:
        connection.execute("create sequence public.injected")
        connection.execute(
            """
            create function public.inject() returns event_trigger language plpgsql as $$
            declare
                n constant bigint := nextval('public.injected');
            begin
                if n = 30 then
                    raise exception 'injected' using hint = 'a hint';
                elsif n = 400 then
                    perform pg_terminate_backend(pg_backend_pid());
                end if;
            end
            $$
            """
        )
        connection.execute(
            "create event trigger inject on ddl_command_end execute function public.inject()"
        )

    def upgrade() -> str:
        result = together(at_017, "upgrade", REVISION, check=False)
        assert result.returncode != 0
        assert revision_of(at_017) == "017"
        return result.stdout + result.stderr

    said = upgrade()
    assert re.search(r"FAILED: .*: injected\s+a hint\s", said), said
    assert "Traceback" not in said
    assert "create " not in said, "most statements are a page long"
    said = upgrade()
    assert "terminating connection due to administrator command" in said

    bundle = tmp_path / "consolidate_workflow_tables.sql"
    run("script/bundle", bundle)
    text = bundle.read_text(encoding="utf-8")
    half = tmp_path / "half.sql"
    half.write_text(text[: text.index("\n-- swap/swap ---")], encoding="utf-8")
    by_psql = run("psql", "-d", at_017, "-f", half).stdout
    assert "  = documents/user_workflow_run: done before\n" in by_psql
    assert "  + proof/preflight\n" in by_psql

    with connect(at_017) as connection:
        connection.execute("drop event trigger inject")
        connection.execute("drop function public.inject()")
        connection.execute("drop sequence public.injected")
        connection.execute("update workflow_trace set status = null where trace_id = 1")
    said = upgrade()
    assert "= proof/preflight: done before" in said
    assert "+ swap/swap" in said
    assert "FAILED: carry_over: the preflight has" in said
    execute(at_017, "update workflow_trace set status = 'completed' where trace_id = 1")

    # Now with the scripts that the configuration names, whatever the environment says.
    elsewhere = str(tmp_path)
    nowhere = together(at_017, "upgrade", REVISION, check=False, USER_WORKFLOW_SQITCH_DIR=elsewhere)
    assert f"no sqitch.plan in {elsewhere}" in nowhere.stdout + nowhere.stderr
    ini = (together.directory / "alembic.ini").read_text()
    (together.directory / "other.ini").write_text(
        ini.replace("[alembic]", f"[alembic]\nuser_workflow.sqitch_dir = {ROOT}")
    )
    result = together(
        at_017, "-c", "other.ini", "upgrade", REVISION, USER_WORKFLOW_SQITCH_DIR=elsewhere
    )
    assert "= swap/swap: done before" in result.stderr
    assert revision_of(at_017) == REVISION
    assert differences(at_017) == []
    assert consolidated(at_017) == schema_of_sqitch


def test_offline_mode_names_the_other_way(separate: Chain, at_017: str) -> None:
    result = separate(at_017, "upgrade", f"017:{REVISION}", "--sql", check=False)
    assert result.returncode != 0
    assert "consolidate_workflow_tables.sql" in result.stdout + result.stderr


def test_the_revision_is_written_once(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "user_workflow.alembic", tmp_path)
    run(*command)
    assert "down_revision = None" in (tmp_path / f"{REVISION}.py").read_text()
    refused = run(*command, check=False)
    assert refused.returncode == 1
    assert "File exists" in refused.stderr
    assert "Traceback" not in refused.stderr
    run(*command, "--revision", "abc", "--after", "it's")
    compile((tmp_path / "abc.py").read_text(), "abc.py", "exec")


def proposals(database: str, *, all_schemas: bool) -> list[Any]:
    """What autogenerate would write."""
    mine = MetaData()
    Table("mine", mine, Column("n", Integer))
    url = f"postgresql+psycopg:///{database}"
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": include_object,
                "include_schemas": all_schemas,
                "compare_type": True,
                "compare_server_default": True,
                "target_metadata": [Base.metadata, mine],
            },
        )
        found = compare_metadata(context, [Base.metadata, mine])  # type: ignore[arg-type]
    # The control: tables of the application are still compared.
    assert [found.pop()[0]] == ["add_table"]
    return list(found)


def test_autogenerate_proposes_nothing_in_any_phase(legacy: str) -> None:
    sqitch(legacy, "deploy", "--log-only", "--verify", "--to", "@baseline")
    for phase in ("@baseline", "@expand", "@carried_over", "@cut_over", "contract"):
        if phase == "contract":
            run("sqitch", "-C", "contract", "deploy", f"db:pg:{legacy}")
        elif phase != "@baseline":
            sqitch(legacy, "deploy", "--no-verify", "--to", phase)
        for all_schemas in (False, True):
            assert proposals(legacy, all_schemas=all_schemas) == [], phase
