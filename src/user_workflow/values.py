"""JSON values that cannot be changed in place, and the one way to write and read them."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, NoReturn

from sqlalchemy.util import symbol

# Python reads and writes integers of 4,300 digits at most, so that is what a document may hold.
_MOST_DIGITS = 4000

# json writes no more than Python recurses, 1,000 levels less those of the program.
_DEEPEST = 500

# From here on PostgreSQL gives back what was written as a float without a decimal point.
_WHOLE = 1e16

_ASSIGN = "assign a whole new value to the attribute"


class _Frozen:
    """What read-only objects and arrays share: the refusal, and copies that can be changed."""

    __slots__ = ()

    hint: str
    unsent: bool

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError(
            f"a JSON document is not changed in place, since that would be lost: {self.hint}"
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return thaw(self)


class FrozenDict(_Frozen, dict[str, Any]):
    """A JSON object that refuses to be changed in place.

    It is a ``dict``: compares, iterates and serialises like one. ``copy.deepcopy`` returns a plain
    ``dict`` with plain values, to be changed and assigned as a whole.

    Attributes:
        hint: What to do instead of changing it; part of the error.
        unsent: Whether it shows changes that no flush has sent yet.
    """

    __slots__ = ("hint", "unsent")

    def __init__(self, value: Any = (), hint: str = _ASSIGN, unsent: bool = False) -> None:
        dict.__init__(self, value)
        self.hint = hint
        self.unsent = unsent

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenDict, (dict(self), self.hint, self.unsent)

    __setitem__ = __delitem__ = __ior__ = _Frozen._refuse
    clear = pop = popitem = setdefault = update = _Frozen._refuse


class FrozenList(_Frozen, list[Any]):
    """A JSON array that refuses to be changed in place; as ``FrozenDict``."""

    __slots__ = ("hint", "unsent")

    def __init__(self, value: Any = (), hint: str = _ASSIGN, unsent: bool = False) -> None:
        list.__init__(self, value)
        self.hint = hint
        self.unsent = unsent

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenList, (list(self), self.hint, self.unsent)

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _Frozen._refuse
    append = clear = extend = insert = pop = _Frozen._refuse
    remove = reverse = sort = _Frozen._refuse


class ExactNumber(float):
    """A number that no ``float`` holds: ``exact`` has its digits, as a float it is the nearest one.

    It compares and hashes as its digits, and ``json.dumps`` writes the float.
    """

    __slots__ = ("exact",)

    exact: Decimal

    def __new__(cls, digits: str | Decimal) -> ExactNumber:
        """Takes the digits."""
        exact = Decimal(digits)
        most = sys.float_info.max
        self = super().__new__(cls, max(-most, min(most, float(exact))))
        self.exact = exact
        return self

    def __eq__(self, other: object) -> bool:
        return self.exact == (other.exact if isinstance(other, ExactNumber) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.exact)

    def __repr__(self) -> str:
        return f"{self.exact:f}"

    def __reduce__(self) -> tuple[Any, ...]:
        return ExactNumber, (str(self.exact),)


def freeze(value: Any, hint: str = _ASSIGN, path: str = "value") -> Any:
    """Returns a copy of a JSON value that cannot be changed in place.

    Args:
        value: ``None``, booleans, numbers (``Decimal`` included), strings, mappings with string
            keys, lists and tuples.
        hint: What to do instead of changing it in place; part of the error.
        path: How errors name the value.

    Returns:
        The value as PostgreSQL would give it back: mappings as ``FrozenDict``, lists and tuples as
        ``FrozenList``, numbers as ``int``, as ``float`` or, where a float would not be the same
        number, as ``ExactNumber``. Floats from 1e16 on are whole numbers, and become ``int``.

    Raises:
        TypeError: Something in it is no JSON (a set, a date, a key that is no string).
        ValueError: NaN, infinity, a number of more than 4,000 digits, a string that PostgreSQL
            cannot store (NUL, half a surrogate pair), or a value that contains itself.
    """
    try:
        frozen = _freeze(value, hint, path)
    except RecursionError:
        raise ValueError(f"{path} is nested too deeply, or contains itself") from None
    level = [frozen]
    for _ in range(_DEEPEST):
        level = [
            inner
            for item in level
            if isinstance(item, (dict, list))
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return frozen
    # Read from a row, as a part of the value.
    raise ValueError(f"{path} is nested too deeply to be written")


def _freeze(value: Any, hint: str, path: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _checked_text(value, path)
    if isinstance(value, int) and not isinstance(value, symbol):
        if value.bit_length() > _MOST_DIGITS * 3:
            raise ValueError(f"{path} has too many digits")
        # Whatever a class derived from it makes of itself, here and below.
        return int.__int__(value)
    if isinstance(value, ExactNumber):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{path} is {value}, which is not JSON")
        # Not -0.0, which PostgreSQL does not know.
        return int(value) if abs(value) >= _WHOLE else float.__float__(value) + 0.0
    if isinstance(value, Decimal):
        return _from_decimal(Decimal(value), path)
    if isinstance(value, (FrozenDict, FrozenList)) and value.hint == hint and not value.unsent:
        return value
    if isinstance(value, Mapping):
        entries = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{path} has the key {key!r}; JSON has string keys only")
            entries[_checked_text(key, f"a key of {path}")] = _freeze(item, hint, f"{path}.{key}")
        return FrozenDict(entries, hint)
    if isinstance(value, (list, tuple)):
        items = [_freeze(item, hint, f"{path}[{place}]") for place, item in enumerate(value)]
        return FrozenList(items, hint)
    raise TypeError(f"{path} is of type {type(value).__name__}, which is not JSON")


def thaw(value: Any) -> Any:
    """Returns a copy of a frozen value made of plain dicts and lists, which can be changed."""
    return _copied(value, None)


def _copied(value: Any, hint: str | None) -> Any:
    """Copies, frozen if there is a hint. A loop: documents may be nested as deeply as they like."""
    waiting: list[tuple[Any, Any]] = []

    def copied(item: Any) -> Any:
        copy: Any
        if isinstance(item, dict):
            copy = {} if hint is None else FrozenDict((), hint)
        elif isinstance(item, list):
            copy = [] if hint is None else FrozenList((), hint)
        else:
            return item
        waiting.append((item, copy))
        return copy

    result = copied(value)
    while waiting:
        item, copy = waiting.pop()
        if isinstance(item, dict):
            dict.update(copy, {key: copied(value) for key, value in item.items()})
        else:
            list.extend(copy, [copied(value) for value in item])
    return result


def checked_text(value: Any, path: str) -> str:
    """Returns a string that PostgreSQL can store in a document.

    Raises:
        TypeError: It is no string.
        ValueError: It contains NUL or half a surrogate pair.
    """
    if not isinstance(value, str):
        raise TypeError(f"{path} must be a string, not {type(value).__name__}")
    return _checked_text(value, path)


def _checked_text(value: str, path: str) -> str:
    if "\0" in value:
        raise ValueError(f"{path} contains NUL, which PostgreSQL cannot store")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError(f"{path} contains half a surrogate pair") from None
    return str.__str__(value)


def _from_decimal(value: Decimal, path: str) -> int | float:
    if not value.is_finite():
        raise ValueError(f"{path} is {value}, which is not JSON")
    exponent = value.as_tuple().exponent
    if abs(value.adjusted()) > _MOST_DIGITS or abs(int(exponent)) > _MOST_DIGITS:
        raise ValueError(f"{path} has too many digits")
    digits = f"{value:f}"
    return _from_digits(digits) if "." in digits else int(digits)


def _from_digits(digits: str) -> int | float:
    """A float, if that is the same number."""
    value = float(digits)
    if abs(value) < _WHOLE and Decimal(repr(value)) == Decimal(digits):
        return value
    exact = Decimal(digits)
    whole = abs(value) >= _WHOLE and exact == exact.to_integral_value()
    return int(exact) if whole else ExactNumber(exact)


def _from_long_digits(digits: str) -> int | float:
    return int(digits) if len(digits) < _MOST_DIGITS else ExactNumber(digits)


def loads(text: str, hint: str = _ASSIGN) -> Any:
    """Reads JSON as PostgreSQL writes it, however long and deep.

    Args:
        text: The JSON.
        hint: As for ``freeze``.

    Returns:
        Frozen objects and arrays; numbers as ``freeze`` gives them.
    """
    try:
        value = json.loads(text, parse_float=_from_digits)
    except (ValueError, RecursionError):
        # An integer too long for int(), or more levels than json reads.
        value = _loads_slowly(text)
    return _copied(value, hint)


_BETWEEN = re.compile(r"[\s,:]*")
_SCALARS = json.JSONDecoder(parse_float=_from_digits, parse_int=_from_long_digits)


def _loads_slowly(text: str) -> Any:
    """Reads correct JSON in a loop."""
    found: list[Any] = []
    around: list[Any] = []
    container: Any = found
    key = None
    position = _BETWEEN.match(text).end()  # type: ignore[union-attr]
    while position < len(text):
        mark = text[position]
        if mark in "]}":
            container = around.pop()
            position += 1
        elif isinstance(container, dict) and key is None:
            key, position = _SCALARS.raw_decode(text, position)
        else:
            opened: Any = [] if mark == "[" else {}
            if mark in "[{":
                item, position = opened, position + 1
            else:
                item, position = _SCALARS.raw_decode(text, position)
            if isinstance(container, dict):
                container[key], key = item, None
            else:
                container.append(item)
            if mark in "[{":
                around.append(container)
                container = opened
        position = _BETWEEN.match(text, position).end()  # type: ignore[union-attr]
    return found[0]


def dumps(value: Any) -> str:
    """Writes a JSON value; an ``ExactNumber`` keeps its digits.

    Raises:
        TypeError: Something in it is no JSON.
        ValueError: NaN or infinity, or it is nested too deeply to be written.
    """
    try:
        return _dumps_exactly(value) if _has_exact_numbers(value) else _dumps(value)
    except RecursionError:
        raise ValueError("a document is nested too deeply to be written") from None


_dumps: Callable[[Any], str] = json.JSONEncoder(
    allow_nan=False, ensure_ascii=False, separators=(",", ":")
).encode


def _has_exact_numbers(value: Any) -> bool:
    waiting = [value]
    for item in waiting:
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, (list, tuple)):
            waiting.extend(item)
        elif isinstance(item, (ExactNumber, Decimal)):
            return True
    return False


def _dumps_exactly(value: Any) -> str:
    """The json module has no way to write the digits."""
    if isinstance(value, (ExactNumber, Decimal)):
        return repr(value) if isinstance(value, ExactNumber) else f"{value:f}"
    if isinstance(value, dict):
        entries = (f"{_dumps(key)}:{_dumps_exactly(item)}" for key, item in value.items())
        return "{" + ",".join(entries) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_dumps_exactly(item) for item in value) + "]"
    return _dumps(value)


_ISO_8601 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?"
    r"(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?",
    re.ASCII,
)


def to_iso8601(moment: datetime | str | None, path: str = "timestamp") -> str:
    """Writes a moment as documents carry it: ISO 8601 in UTC, ``2025-01-14T10:30:00.5Z``.

    The same text as the SQL function ``to_iso8601``: up to six decimals, no trailing zeros.

    Args:
        moment: A timezone-aware ``datetime``, ISO 8601 with ``Z`` or an offset, or ``None`` for
            now.
        path: How errors name the value.

    Raises:
        TypeError: It is neither.
        ValueError: It has no time zone, is no ISO 8601, or is no such day or time.
    """
    if moment is None:
        moment = datetime.now(timezone.utc)
    elif isinstance(moment, str):
        moment = _from_iso8601(moment, path)
    elif not isinstance(moment, datetime):
        raise TypeError(
            f"{path} must be a datetime or an ISO 8601 string, not {type(moment).__name__}"
        )
    if moment.utcoffset() is None:
        raise ValueError(f"{path} {moment} has no time zone: use datetime.now(timezone.utc)")
    try:
        text = moment.astimezone(timezone.utc).replace(tzinfo=None).isoformat()
    except OverflowError:
        raise ValueError(f"{path} {moment} is not within the years 1 to 9999 UTC") from None
    if "." in text:
        text = text.rstrip("0")
    return text + "Z"


def _from_iso8601(text: str, path: str) -> datetime:
    match = _ISO_8601.fullmatch(text)
    if match is None:
        raise ValueError(f"{path} {text!r} is not ISO 8601, for example 2025-01-14T10:30:00Z")
    year, month, day, hour, minute, second, fraction, zulu, sign, hours, minutes = match.groups()
    if zulu:
        zone = timezone.utc
    elif sign:
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        try:
            zone = timezone(-offset if sign == "-" else offset)
        except ValueError as error:
            raise ValueError(f"{path} {text!r}: {error}") from None
    else:
        raise ValueError(f"{path} {text!r} has no time zone: end it with Z or an offset")
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=zone
        )
        # As PostgreSQL rounds: the float next to it, and of two microseconds the even one.
        return moment + timedelta(microseconds=round(float(f"0.{fraction or 0}") * 1e6))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{path} {text!r}: {error}") from None
