"""The models are the tables."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.orm import Session

from conftest import run
from support import NORTH, WORKFLOW, new_engine, new_run, new_step, types
from user_workflow import (
    Base,
    UserWorkflowCacheState,
    UserWorkflowRun,
    UserWorkflowRunStep,
    organisation,
)

TABLES = sorted(Base.metadata.tables)


def is_left_out(name: str | None) -> bool:
    """What the models leave out on purpose."""
    return name is not None and (name == "legacy" or name.startswith("legacy_"))


def structure(engine: Engine, table: str) -> dict[str, Any]:
    """What SQLAlchemy reflects, without what the models leave out."""
    inspector = inspect(engine)

    def sort(entries: list[Any]) -> list[Any]:
        return sorted(
            (
                entry
                for entry in entries
                if not any(
                    is_left_out(column)
                    for column in entry.get("column_names", entry.get("constrained_columns", ()))
                )
            ),
            key=lambda entry: str(entry["name"]),
        )

    return {
        "columns": [
            {
                # The name of a sequence is no part of the structure.
                **{key: value for key, value in column.items() if key not in ("comment", "type")},
                "type": column["type"].compile(engine.dialect),
            }
            for column in inspector.get_columns(table)
            if not is_left_out(column["name"])
        ],
        "primary key": {
            key: value
            for key, value in inspector.get_pk_constraint(table).items()
            if key != "comment"
        },
        "unique": sort(inspector.get_unique_constraints(table)),
        "foreign keys": sort(inspector.get_foreign_keys(table)),
        "indexes": sort(inspector.get_indexes(table)),
        "checks": sort(inspector.get_check_constraints(table)),
    }


DEFINITIONS = text("""
    select pg_get_indexdef(i.indexrelid)
    from pg_index as i
    where i.indrelid = cast(:table as regclass)
    union all
    select c.conname || ' ' || pg_get_constraintdef(c.oid)
    from pg_constraint as c
    -- "not null", a constraint from PostgreSQL 18 on, is read with the columns.
    where c.conrelid = cast(:table as regclass) and c.contype <> 'n'
    union all
    select concat_ws(
        ' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
        a.attgenerated, pg_get_expr(d.adbin, d.adrelid)
    )
    from pg_attribute as a
    left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = cast(:table as regclass) and a.attnum > 0 and not a.attisdropped
    order by 1
""")


def definitions(engine: Engine, table: str) -> list[str]:
    """How PostgreSQL itself writes columns, constraints and indexes."""
    with engine.connect() as connection:
        found = connection.scalars(DEFINITIONS, {"table": table}).all()
    return [line for line in found if "legacy" not in line]


@pytest.fixture
def created(empty: str) -> Any:
    """What the models create by themselves."""
    engine = new_engine(empty)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def test_the_models_create_what_the_plan_deploys(engine: Engine, created: Engine) -> None:
    assert TABLES == [
        "user_workflow_cache_state",
        "user_workflow_config",
        "user_workflow_run",
        "user_workflow_run_step",
    ]
    for table in TABLES:
        ours, deployed = structure(created, table), structure(engine, table)
        for part, expected in deployed.items():
            assert ours[part] == expected, f"{part} of {table}"
        assert definitions(created, table) == definitions(engine, table)


def test_only_the_columns_of_the_old_names_are_left_out(engine: Engine) -> None:
    left_out = {
        f"{table}.{column['name']}"
        for table in TABLES
        for column in inspect(engine).get_columns(table)
        if column["name"] not in Base.metadata.tables[table].columns
    }
    assert left_out == {
        "user_workflow_run.legacy",
        "user_workflow_run.legacy_action_detail",
        "user_workflow_run.legacy_action_type",
        "user_workflow_run.legacy_batch_job_item_id",
        "user_workflow_run.legacy_session_id",
        "user_workflow_run.legacy_success",
        "user_workflow_run.legacy_trace_id",
        "user_workflow_run.legacy_user_id",
        "user_workflow_run_step.legacy_step_id",
        "user_workflow_run_step.legacy_trace_id",
    }


def use(engine: Engine) -> None:
    with Session(engine) as session, organisation(session, NORTH):
        workflow_run = new_run()
        step = new_step(workflow_run)
        session.add(workflow_run)
        step.add_event("one")
        session.commit()
        step.add_event("two")
        workflow_run.add_context("a", 1)
        workflow_run.add_endpoint(1)
        session.commit()
        assert types(step.events) == ["one", "two"]
        assert step.org_id == NORTH
        assert (workflow_run.context, workflow_run.endpoints_used) == ({"a": 1}, [1])


def test_the_models_work_before_and_after_the_old_names_go(database: str) -> None:
    engine = new_engine(database)
    use(engine)
    with Session(engine) as session:
        runs = session.query(UserWorkflowRun).count()
        steps = session.query(UserWorkflowRunStep).count()
    engine.dispose()
    with_contract = ("sqitch", "-C", "contract", "deploy", f"db:pg:{database}")
    run(*with_contract)
    assert not [
        column["name"]
        for table in TABLES
        for column in inspect(engine).get_columns(table)
        if is_left_out(column["name"])
    ]
    use(engine)
    with Session(engine) as session:
        assert session.query(UserWorkflowRun).count() == runs + 1
        assert session.query(UserWorkflowRunStep).count() == steps + 1
    engine.dispose()


def test_what_the_models_write_shows_under_the_old_names(engine: Engine) -> None:
    with Session(engine) as session:
        workflow_run = new_run(status="running")
        step = new_step(workflow_run)
        session.add(workflow_run)
        step.add_event("clicked", {"selector": "#a"})
        step.add_screenshot(url="s3://b/1.png", action="click", confidence=0.5)
        workflow_run.add_event("workflow_started")
        workflow_run.add_context("correlation_id", "xyz789")
        workflow_run.add_endpoint(5)
        session.commit()
        key = {"run_id": workflow_run.run_id}
        trace = "(select legacy_trace_id from user_workflow_run where run_id = :run_id)"
        for query, expected in (
            (f"select event_type from workflow_events where trace_id = {trace} order by 1",
             ["clicked", "workflow_started"]),
            (f"select key from workflow_trace_context where trace_id = {trace}",
             ["correlation_id"]),
            (f"select endpoint_id from workflow_trace_endpoint where trace_id = {trace}", [5]),
            (f"select screenshot_url from workflow_trace_screenshot where trace_id = {trace}",
             ["s3://b/1.png"]),
        ):  # fmt: skip
            assert session.scalars(text(query), key).all() == expected


def test_a_cache_state(engine: Engine) -> None:
    with Session(engine) as session:
        state = UserWorkflowCacheState(
            workflow_id=WORKFLOW,
            node_id=WORKFLOW,
            dom_snapshot="<html>",
            action_json={"click": "#a"},
            semantic_spec={"dynamic_meta": {}},
            text_emb=[0.5, 1.0],
            mini_score="0.125",
        )
        session.add(state)
        session.commit()
        assert state.micro_state_id
        assert state.is_dynamic is True
        assert state.is_retired is False
        assert state.text_emb == [0.5, 1.0]
        assert str(state.mini_score) == "0.125"
