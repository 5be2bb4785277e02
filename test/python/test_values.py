"""Frozen values, numbers, timestamps."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import JSON, Engine, text
from sqlalchemy.util import symbol

from user_workflow.values import (
    FrozenDict,
    FrozenList,
    _loads_slowly,
    dumps,
    freeze,
    loads,
    thaw,
    to_iso8601,
)


class Colour(str, Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (0.95, 0.95),
        ("ä…", "ä…"),
        (Colour.RED, "red"),
        ({"a": [1, {"b": ()}]}, {"a": [1, {"b": []}]}),
        (Decimal("0.95"), 0.95),
        (Decimal("5"), 5),
        (Decimal("1E+3"), 1000),
        (Decimal("0.12345678901234567890123"), Decimal("0.12345678901234567890123")),
        (2**70, 2**70),
    ],
)
def test_freeze_gives_what_the_database_gives_back(
    engine: Engine, value: Any, expected: Any
) -> None:
    frozen = freeze(value)
    assert frozen == expected
    with engine.connect() as connection:
        stored = connection.execute(
            text("select cast(cast(:value as jsonb) as text)"), {"value": dumps(frozen)}
        ).scalar_one()
    assert loads(stored) == frozen
    assert type(loads(stored)) is type(frozen)


def test_a_decimal_keeps_every_digit() -> None:
    digits = "3.14159265358979323846264338327950288"
    assert dumps({"pi": [Decimal(digits)]}) == '{"pi":[' + digits + "]}"
    assert loads(digits) == Decimal(digits)
    assert loads("1" * 5000) == Decimal("1" * 5000)


def test_json_writes_what_is_shown() -> None:
    shown = freeze({"n": [Decimal("0.12345678901234567890123"), Decimal("-1E+400") / 3, 10**400]})
    assert json.loads(json.dumps(shown))["n"][0] == float(shown["n"][0])
    assert json.loads(json.dumps(shown, indent=1))["n"][2] == 10**400
    assert pickle.loads(pickle.dumps(shown)) == shown == copy.deepcopy(shown)
    assert loads(dumps(shown)) == shown
    number = shown["n"][0]
    assert isinstance(number, float)
    assert repr(number) == str(number) == "0.12345678901234567890123"
    assert number != float(number)
    assert number == Decimal("0.12345678901234567890123")
    assert len({number, Decimal("0.12345678901234567890123"), loads(str(number))}) == 1


def test_a_document_may_be_nested_as_deeply_as_it_likes() -> None:
    depth = 20_000
    for document in ("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth):
        value, levels = loads(document), 0
        copied = copy.deepcopy(value)
        while isinstance(value, (list, dict)) and value:
            value, levels = (value["a"] if isinstance(value, dict) else value[0]), levels + 1
        assert levels in (depth, depth - 1)
        with pytest.raises(ValueError, match="deep"):
            dumps(copied)


@pytest.mark.parametrize(
    "document",
    [
        "[]",
        "{}",
        '"a,b:]}"',
        '[{"a":[1,{"b":null}],"c":"x\\"]"},[[],{}],-1.5,true]',
        '{"a":"b","c":{}}',
    ],
)
def test_both_ways_to_read_agree(document: str) -> None:
    assert _loads_slowly(document) == json.loads(document)


@pytest.mark.parametrize(
    ("value", "error", "said"),
    [
        (JSON.NULL, TypeError, "symbol"),
        (symbol("anything"), TypeError, "symbol"),
        (Fraction(1, 3), TypeError, "Fraction"),
        (1j, TypeError, "complex"),
        ({1}, TypeError, "value is of type set"),
        ({"a": [0, datetime(2025, 1, 1)]}, TypeError, r"value\.a\[1\] is of type datetime"),
        ({1: 2}, TypeError, "key 1"),
        (b"x", TypeError, "bytes"),
        (float("nan"), ValueError, "nan"),
        ([float("inf")], ValueError, "inf"),
        (Decimal("NaN"), ValueError, "NaN"),
        (Decimal("1E+99999"), ValueError, "digits"),
        pytest.param(10**5000, ValueError, "digits", id="long integer"),
        ("a\0b", ValueError, "NUL"),
        ({"a\0": 1}, ValueError, "NUL"),
        ("\ud800", ValueError, "surrogate"),
    ],
)
def test_what_is_not_json_is_refused(value: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        freeze(value)


def test_a_value_that_contains_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(ValueError, match="itself"):
        freeze(value)


ARRAY = freeze([1, {"a": [2]}], "do this")
OBJECT = freeze({"a": {"b": 1}}, "do this")


@pytest.mark.parametrize(
    "change",
    [
        lambda: ARRAY.append(1),
        lambda: ARRAY.extend([1]),
        lambda: ARRAY.insert(0, 1),
        lambda: ARRAY.pop(),
        lambda: ARRAY.remove(1),
        lambda: ARRAY.clear(),
        lambda: ARRAY.sort(),
        lambda: ARRAY.reverse(),
        lambda: ARRAY.__setitem__(0, 2),
        lambda: ARRAY.__setitem__(slice(None), []),
        lambda: ARRAY.__delitem__(0),
        lambda: ARRAY.__iadd__([1]),
        lambda: ARRAY.__imul__(2),
        lambda: ARRAY[1].__setitem__("a", 1),
        lambda: ARRAY[1]["a"].append(1),
        lambda: OBJECT.__setitem__("a", 1),
        lambda: OBJECT.__delitem__("a"),
        lambda: OBJECT.__ior__({"b": 1}),
        lambda: OBJECT.update(b=1),
        lambda: OBJECT.setdefault("b", 1),
        lambda: OBJECT.pop("a"),
        lambda: OBJECT.popitem(),
        lambda: OBJECT.clear(),
        lambda: OBJECT["a"].update(b=2),
    ],
)
def test_no_way_to_change_a_frozen_value(change: Any) -> None:
    with pytest.raises(TypeError, match="do this"):
        change()
    assert ARRAY == [1, {"a": [2]}]
    assert OBJECT == {"a": {"b": 1}}


def test_every_method_that_changes_a_list_or_dict_is_covered() -> None:
    harmless = {
        "__init__", "__new__", "__class__", "__reduce__", "__reduce_ex__", "__getstate__",
        "__setattr__", "__delattr__", "__deepcopy__", "hint",
    }  # fmt: skip
    reading = {
        "__add__", "__contains__", "__eq__", "__ge__", "__getitem__", "__gt__", "__iter__",
        "__le__", "__len__", "__lt__", "__mul__", "__ne__", "__reversed__", "__rmul__", "__or__",
        "__ror__", "__repr__", "__sizeof__", "__hash__", "__getattribute__", "__class_getitem__",
        "copy", "count", "index", "fromkeys", "get", "items", "keys", "values", "__doc__",
    }  # fmt: skip
    for frozen, plain in ((FrozenList, list), (FrozenDict, dict)):
        for name in set(vars(plain)) - reading - harmless:
            assert getattr(frozen, name) is not getattr(plain, name), f"{plain}.{name}"


def test_a_frozen_value_is_otherwise_an_ordinary_one() -> None:
    assert json.loads(json.dumps(OBJECT)) == OBJECT
    assert pickle.loads(pickle.dumps(ARRAY)) == ARRAY
    with pytest.raises(TypeError, match="do this"):
        pickle.loads(pickle.dumps(ARRAY))[1]["a"].append(1)
    for plain in (copy.deepcopy(ARRAY), thaw(ARRAY)):
        plain[1]["a"].append(3)
        assert plain == [1, {"a": [2, 3]}]
        assert type(plain) is list


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2025, 1, 14, 10, 30, tzinfo=timezone.utc), "2025-01-14T10:30:00Z"),
        (datetime(2025, 1, 14, 10, 30, 0, 500000, timezone.utc), "2025-01-14T10:30:00.5Z"),
        (datetime(2025, 1, 14, 10, 30, 0, 100, timezone.utc), "2025-01-14T10:30:00.0001Z"),
        (
            datetime(2025, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=2))),
            "2024-12-31T23:00:00Z",
        ),
        (datetime(44, 3, 15, tzinfo=timezone.utc), "0044-03-15T00:00:00Z"),
        ("2025-01-14T10:30:00Z", "2025-01-14T10:30:00Z"),
        ("2025-01-14t10:30:00.120z", "2025-01-14T10:30:00.12Z"),
        ("2025-01-14 10:30:00+05:30", "2025-01-14T05:00:00Z"),
        ("2025-01-14T10:30:00-0130", "2025-01-14T12:00:00Z"),
        ("2025-01-14T23:59:59.9999999+00", "2025-01-15T00:00:00Z"),
        # Half a microsecond: to the even one, as far as a float can tell.
        *(
            (f"2025-01-14T10:30:00.{half:07}Z", expected)
            for half, expected in (
                (5, "2025-01-14T10:30:00Z"),
                (15, "2025-01-14T10:30:00.000002Z"),
                (25, "2025-01-14T10:30:00.000002Z"),
                (1000005, "2025-01-14T10:30:00.1Z"),
            )
        ),
    ],
)
def test_timestamps_are_written_as_the_sql_function_writes_them(
    engine: Engine, moment: Any, expected: str
) -> None:
    assert to_iso8601(moment) == expected
    with engine.connect() as connection:
        query = text("select to_iso8601(cast(:moment as timestamptz))")
        assert connection.execute(query, {"moment": moment}).scalar_one() == expected
        query = text("select from_iso8601(:document)")
        assert connection.execute(query, {"document": expected}).scalar_one() is not None


def test_python_and_sql_round_alike(engine: Engine) -> None:
    fractions = [
        f"{number:06}{half}" for number in range(0, 1_000_000, 997) for half in (5, 49, 51)
    ]
    texts = [f"2025-01-14T10:30:59.{fraction}Z" for fraction in fractions]
    query = text(
        "select to_iso8601(from_iso8601(t.t)) from unnest(cast(:texts as text[]))"
        " with ordinality as t (t, n) order by t.n"
    )
    with engine.connect() as connection:
        assert connection.scalars(query, {"texts": texts}).all() == list(map(to_iso8601, texts))


def test_the_default_timestamp_is_now() -> None:
    written = datetime.fromisoformat(to_iso8601(None).replace("Z", "+00:00")[:19] + "+00:00")
    assert abs(datetime.now(timezone.utc) - written) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("moment", "error"),
    [
        (datetime(2025, 1, 14, 10, 30), ValueError),
        ("2025-01-14T10:30:00", ValueError),
        ("2025-02-30T10:30:00Z", ValueError),
        ("2025-01-14T24:00:00Z", ValueError),
        ("2025-01-14", ValueError),
        ("now", ValueError),
        ("", ValueError),
        ("2025-01-14T10:30:00+99:00", ValueError),
        ("0001-01-01T00:00:00+14:00", ValueError),
        ("٢٠٢٥-01-14T10:30:00Z", ValueError),
        (1736850600, TypeError),
    ],
)
def test_what_is_no_moment_is_refused(moment: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="timestamp"):
        to_iso8601(moment)
