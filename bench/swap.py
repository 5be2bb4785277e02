"""The cut-over and the way back: how long names are locked, how long a revert takes."""

from __future__ import annotations

from bench.database import Connection, Database, value
from bench.deploy import LOCKED
from bench.measure import Contender, Section, Spread, Table, alternate, number, timed

FORTH, BACK = "cut-over", "back"


def swap(connection: Connection, direction: str, locked: dict[str, list[float]]) -> None:
    """Swaps the names without the proof of equality, which takes no lock."""
    notices: list[str] = []

    def listen(diagnostic: object) -> None:
        notices.append(str(getattr(diagnostic, "message_primary", "")))

    connection.add_notice_handler(listen)
    way = "to views" if direction == FORTH else "to tables"
    connection.execute(f"call consolidation.swap('{way}', interval '1 minute')")
    connection.remove_notice_handler(listen)
    found = LOCKED.search(" ".join(notices))
    assert found, f"the swap did not say how long the tables were locked: {notices}"
    locked[direction].append(float(found[1]))


def change(connection: Connection, share: float) -> int:
    """Appends an event to one step of a share of the runs; returns how many runs."""
    return connection.execute(
        """
        update user_workflow_run_step as s
        set events = s.events || '[{"type": "navigation", "data": {"bench": true}}]'
        where
            s.step_number = 1
            and s.legacy_trace_id between 1 and 1000000000
            and s.legacy_trace_id %% %s = 0
        """,
        [round(1 / share)],
    ).rowcount


def part(database: Database, repetitions: int) -> Section:
    """Swaps the names to and fro, with nothing to carry back, and after writes to the documents.

    Args:
        database: After the cut-over; is left in the same phase.
        repetitions: How often each is measured.
    """
    locked: dict[str, list[float]] = {FORTH: [], BACK: []}
    shares = {"nothing": 0.0, "1 % of the runs": 0.01, "10 % of the runs": 0.1}
    changed: dict[str, int] = {}
    with database.connect() as connection:

        def back(name: str, share: float) -> Contender:
            def measure() -> float:
                changed[name] = change(connection, share) if share else 0
                seconds = timed(lambda: swap(connection, BACK, locked))()
                # What came back is noted as a change of the old tables' documents no more.
                swap(connection, FORTH, locked)
                return seconds

            return measure

        taken = alternate(
            {name: back(name, share) for name, share in shares.items()}, repetitions, warm_up=False
        )
        waiting = value(connection, "select count(*) from consolidation.change")
    assert waiting == 0, f"{waiting} changes wait"
    return Section(
        title="Cut-over and revert",
        text=(
            "Under the locks the last changes are carried over and compared, then names, grants,"
            " keys and dependent views move. A revert first carries back what was written to the"
            " documents, in batches and beside the applications; here an event was appended to a"
            " step of so many runs. Without the proof of equality, which `sqitch deploy` makes"
            " before the cut-over and once more to verify it."
        ),
        tables=[
            Table(
                "Milliseconds for which the names were locked",
                ("", "swaps", "ms"),
                [(name, str(len(v)), str(Spread(tuple(v)))) for name, v in locked.items()],
            ),
            Table(
                "Seconds of a revert",
                ("written since the cut-over", "runs", "seconds", "runs a second"),
                [
                    (
                        name,
                        f"{changed[name]:,}",
                        str(taken[name]),
                        number(changed[name] / taken[name].median) if changed[name] else "",
                    )
                    for name in shares
                ],
            ),
        ],
    )
