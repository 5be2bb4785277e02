"""JSON values that cannot be changed in place, and the one way to write and read them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, NoReturn

# Python reads and writes integers of 4,300 digits at most, so that is what a document may hold.
_MOST_DIGITS = 4000

_ASSIGN = "assign a whole new value to the attribute"


class _Frozen:
    """What read-only objects and arrays share: the refusal, and copies that can be changed."""

    __slots__ = ()

    hint: str

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
    """

    __slots__ = ("hint",)

    def __init__(self, value: Any = (), hint: str = _ASSIGN) -> None:
        dict.__init__(self, value)
        self.hint = hint

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenDict, (dict(self), self.hint)

    __setitem__ = __delitem__ = __ior__ = _Frozen._refuse
    clear = pop = popitem = setdefault = update = _Frozen._refuse


class FrozenList(_Frozen, list[Any]):
    """A JSON array that refuses to be changed in place.

    It is a ``list``: compares, iterates and serialises like one. ``copy.deepcopy`` returns a plain
    ``list`` with plain values, to be changed and assigned as a whole.
    """

    __slots__ = ("hint",)

    def __init__(self, value: Any = (), hint: str = _ASSIGN) -> None:
        list.__init__(self, value)
        self.hint = hint

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenList, (list(self), self.hint)

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _Frozen._refuse
    append = clear = extend = insert = pop = _Frozen._refuse
    remove = reverse = sort = _Frozen._refuse


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
        number, as ``Decimal``.

    Raises:
        TypeError: Something in it is no JSON (a set, a date, a key that is no string).
        ValueError: NaN, infinity, a number of more than 4,000 digits, a string that PostgreSQL
            cannot store (NUL, half a surrogate pair), or a value that contains itself.
    """
    try:
        return _freeze(value, hint, path)
    except RecursionError:
        raise ValueError(f"{path} is nested too deeply, or contains itself") from None


def _freeze(value: Any, hint: str, path: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _checked_text(value, path)
    if isinstance(value, int):
        if value.bit_length() > _MOST_DIGITS * 3:
            raise ValueError(f"{path} has too many digits")
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{path} is {value}, which is not JSON")
        return float(value)
    if isinstance(value, Decimal):
        return _from_decimal(value, path)
    if isinstance(value, (FrozenDict, FrozenList)) and value.hint == hint:
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
    """Returns a copy of a JSON value made of plain dicts and lists, which can be changed."""
    if isinstance(value, Mapping):
        return {key: thaw(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [thaw(item) for item in value]
    return value


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


def _from_decimal(value: Decimal, path: str) -> int | float | Decimal:
    if not value.is_finite():
        raise ValueError(f"{path} is {value}, which is not JSON")
    exponent = value.as_tuple().exponent
    if abs(value.adjusted()) > _MOST_DIGITS or abs(int(exponent)) > _MOST_DIGITS:
        raise ValueError(f"{path} has too many digits")
    digits = format(value, "f")
    return _from_digits(digits) if "." in digits else int(digits)


def _from_digits(digits: str) -> float | Decimal:
    """A float, if that is the same number; else a Decimal."""
    value = float(digits)
    exact = Decimal(digits)
    return value if Decimal(repr(value)) == exact else exact


def loads(text: str, hint: str = _ASSIGN) -> Any:
    """Reads JSON as PostgreSQL writes it.

    Args:
        text: The JSON.
        hint: As for ``freeze``.

    Returns:
        Frozen objects and arrays; numbers as ``freeze`` gives them.
    """
    try:
        value = json.loads(text, parse_float=_from_digits)
    except ValueError:
        # An integer too long for int().
        value = json.loads(text, parse_float=_from_digits, parse_int=_from_long_digits)
    return _loaded(value, hint)


def _from_long_digits(digits: str) -> int | Decimal:
    return int(digits) if len(digits) < _MOST_DIGITS else Decimal(digits)


def _loaded(value: Any, hint: str) -> Any:
    """Freezes what json read, in a loop: documents may be nested as deeply as json can read."""
    waiting: list[tuple[Any, Any]] = []

    def frozen(item: Any) -> Any:
        if not isinstance(item, (dict, list)):
            return item
        empty = FrozenDict((), hint) if isinstance(item, dict) else FrozenList((), hint)
        waiting.append((item, empty))
        return empty

    result = frozen(value)
    while waiting:
        plain, empty = waiting.pop()
        if isinstance(plain, dict):
            dict.update(empty, {key: frozen(item) for key, item in plain.items()})
        else:
            list.extend(empty, [frozen(item) for item in plain])
    return result


def dumps(value: Any) -> str:
    """Writes a JSON value; a ``Decimal`` keeps its digits.

    Raises:
        TypeError: Something in it is no JSON.
        ValueError: NaN or infinity.
    """
    try:
        return _dumps(value)
    except TypeError:
        return _dumps_exactly(value)


_dumps: Callable[[Any], str] = json.JSONEncoder(
    allow_nan=False, ensure_ascii=False, separators=(",", ":")
).encode


def _dumps_exactly(value: Any) -> str:
    """The json module has no way to write the digits of a Decimal."""
    if isinstance(value, Decimal):
        return format(value, "f")
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
        return moment + timedelta(microseconds=round(int((fraction or "0").ljust(9, "0")) / 1000))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{path} {text!r}: {error}") from None
