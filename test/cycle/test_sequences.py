"""The sequences of the old ids have other users; no number is given twice, in any phase."""

from __future__ import annotations

from collections import Counter

import psycopg
import pytest

from conftest import connect, psql, sqitch
from helpers_cycle import NODE, NORTH, USER, WORKFLOW, Background, Connection, one, wait_for_lock

SEQUENCES = {
    "workflow_trace_trace_id_seq": ("workflow_trace", "trace_id"),
    "workflow_steps_step_id_seq": ("workflow_steps", "step_id"),
    "workflow_events_event_id_seq": ("workflow_events", "event_id"),
    "workflow_trace_context_context_id_seq": ("workflow_trace_context", "context_id"),
}

# A default, a view, a function bound by oid, and one that looks the name up when it is called.
USERS = "".join(
    f"""
    create table other_{name} (id bigint default nextval('{name}'), what text);
    create view next_of_{name} as select nextval('{name}') as id;
    create function bound_{name}() returns bigint language sql
    begin atomic select nextval('{name}'); end;
    create function named_{name}() returns bigint language plpgsql
    as 'begin return nextval(''{name}''); end';
    """
    for name in SEQUENCES
)
INSERTS = {
    "workflow_trace": "insert into workflow_trace (org_id, workflow_id, channel, created_by) "
    f"values ('{NORTH}', '{WORKFLOW}', 'web', '{USER}')",
    "workflow_steps": "insert into workflow_steps (trace_id, step_number, node_id) "
    f"values (42, %s, '{NODE}')",
    "workflow_events": "insert into workflow_events (trace_id, event_type, event_data) "
    "values (42, 'numbered', '{}')",
    "workflow_trace_context": "insert into workflow_trace_context (trace_id, key, value) "
    "values (42, 'key %s', '1')",
}


def take(connection: Connection, taken: dict[str, Counter[int]]) -> None:
    """Takes numbers from each sequence in every way there is; lastval() is the id of a new row."""
    for name, (table, key) in SEQUENCES.items():
        for turn in range(2):
            number = sum(taken[name].values()) + 1000
            insert = INSERTS[table].replace("%s", str(number))
            new_id = one(connection, f"{insert} returning {key}")
            last = one(connection, "select lastval()")
            assert last == new_id, (table, turn)
            ids = [
                last,
                one(connection, f"insert into other_{name} default values returning id"),
                one(connection, f"select id from next_of_{name}"),
                one(connection, f"select bound_{name}()"),
                one(connection, f"select named_{name}()"),
                one(connection, f"select nextval('{name}')"),
            ]
            taken[name].update(ids)


def test_no_number_is_given_twice_in_any_phase(legacy: str) -> None:
    taken: dict[str, Counter[int]] = {name: Counter() for name in SEQUENCES}
    psql(legacy, f"--command={USERS}")
    # A session that stays connected keeps the plans of its functions.
    with connect(legacy) as session:
        for arguments in (
            None,
            ("deploy", "--to", "@expand"),
            ("deploy", "--to", "@carried_over"),
            ("deploy",),
            ("revert", "-y", "--to", "@expand"),
            ("deploy",),
            ("-C", "contract", "deploy", "--to", "drop_old_tables"),
            ("-C", "contract", "revert", "-y"),
            ("revert", "-y", "--to", "@carried_over"),
            ("revert", "-y", "--to", "@expand"),
        ):
            if arguments is not None:
                sqitch(legacy, *arguments)
            take(session, taken)
            with connect(legacy) as another:
                take(another, taken)
            twice = {n: [i for i, c in t.items() if c > 1] for n, t in taken.items()}
            assert not any(twice.values()), (arguments, twice)


@pytest.mark.parametrize("name", SEQUENCES)
@pytest.mark.parametrize("early", [True, False])
def test_who_takes_a_number_while_the_names_are_swapped_gets_none_that_another_gets(
    carried_over: str, name: str, early: bool
) -> None:
    """The session looked the name up before the swap, and takes its number after it."""
    with connect(carried_over) as deployer, connect(carried_over) as waiting:
        deployer.execute("call consolidation.prove()")
        deployer.execute("begin")
        deployer.execute("select consolidation.note_behind()")
        if early:
            # As the swap does, before it is at its end.
            deployer.execute(f"alter sequence {name} no cycle")
        else:
            deployer.execute("select consolidation.swap_to_views()")
        number = Background(lambda: one(waiting, f"select nextval('{name}')"))
        with connect(carried_over) as observer:
            wait_for_lock(observer, waiting)
        if early:
            deployer.execute("select consolidation.swap_to_views()")
        deployer.execute("commit")
        if early:
            waited = number.result()
            later = {one(deployer, f"select nextval('{name}')") for _ in range(150)}
            assert waited not in later
        else:
            with pytest.raises(psycopg.errors.SequenceGeneratorLimitExceeded):
                number.result()
