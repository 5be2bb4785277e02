"""Which further columns can be carried is said before the deploy and after it, in one text."""

from __future__ import annotations

import re

from test_scripts import text_of

BEFORE = "verify/baseline.sql"
AFTER = "deploy/mapping/missed_column.sql"


def rule(file: str, beginning: str, end: str) -> str:
    """The conditions from one on a.attgenerated to the end of their case expression."""
    found = re.search(
        rf"{beginning}(a\.attgenerated = ''\n.*?\n *else false\n *end){end}",
        text_of(file),
        re.DOTALL,
    )
    assert found, f"{file} does not say which columns are carried"
    return re.sub(r"\s+", " ", found[1])


def test_what_is_carried_later_is_what_adoption_carries() -> None:
    """A column that is refused by one is refused by the other."""
    before = rule(BEFORE, r"\n *", r" as is_kept,")
    after = rule(AFTER, r"\n *and ", r"\n *order by")
    assert before == after
