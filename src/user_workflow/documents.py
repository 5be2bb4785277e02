"""JSONB columns whose changes are never lost.

A document column shows its value as a read-only object or array. There are two ways to change it:

* A helper of the model (``step.add_event``) records a *change*. The object shows it at once; the
  next flush sends all changes of an object in one statement, ``events = events || :new``, which
  PostgreSQL applies to whatever the row holds by then. Two sessions lose nothing.
* Assigning a whole new value (``step.events = […]``) overwrites, like any other column.

How this hangs together with the session:

============================  ======================================================================
a change is recorded          ``record`` keeps it beside the object and sets the value to be shown;
                              a column that is not loaded stays so
the column is loaded later    ``_overlay`` applies what is pending to what was loaded
flush                         ``_before_update`` puts the SQL expression in place of the value,
                              ``_after_update`` puts the shown value back
rollback, also to a           the session expires what it had changed, and ``_on_expire`` drops the
savepoint                     changes
expire, refresh               changes are kept: they do not depend on the value that is thrown away
merge                         ``DocumentProperty.merge`` records the changes on the other object
============================  ======================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from psycopg.types.json import Jsonb
from sqlalchemy import (
    Column,
    Dialect,
    String,
    Text,
    case,
    cast,
    event,
    func,
    inspect,
    literal,
    text,
)
from sqlalchemy import select as sql_select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import (
    ColumnProperty,
    DeclarativeBase,
    InstanceState,
    MappedSQLExpression,
    Mapper,
    Session,
    attributes,
    object_session,
)
from sqlalchemy.sql import ClauseElement, operators
from sqlalchemy.sql.expression import ColumnElement, type_coerce
from sqlalchemy.types import TypeDecorator, TypeEngine

from user_workflow.values import FrozenDict, FrozenList, dumps, freeze, loads

_T = TypeVar("_T")

_KINDS: dict[str, tuple[type, ...]] = {"object": (FrozenDict,), "array": (FrozenList,)}


class Document(TypeDecorator[Any]):
    """The type ``jsonb``, read as frozen values and with all digits of its numbers.

    Python's ``None`` is SQL's null; a JSON ``null`` is read as ``None``, too.

    Args:
        kind: ``object``, ``array`` or ``any``: what the column holds. Anything else is refused.
        hint: What to do instead of changing a value in place.
    """

    impl = JSONB
    cache_ok = True

    def __init__(self, kind: str = "any", hint: str = "assign a whole new value") -> None:
        super().__init__()
        self.kind = kind
        self.hint = hint

    def freeze(self, value: Any, path: str) -> Any:
        """Returns the value as the column shows it.

        Raises:
            TypeError: It is not JSON, or not of the kind that the column holds.
            ValueError: As ``values.freeze``.
        """
        value = freeze(value, self.hint, path)
        if value is not None and not isinstance(value, _KINDS.get(self.kind, (object,))):
            raise TypeError(f"{path} must be a JSON {self.kind}, not {type(value).__name__}")
        return value

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:  # noqa: ARG002
        """Hands psycopg the JSON with its type."""

        def process(value: Any) -> Any:
            return None if value is None else Jsonb(freeze(value, self.hint), dumps=dumps)

        return process

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Reads the text: the driver would make floats of all numbers."""
        return type_coerce(cast(column, Text), self)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:  # noqa: ARG002
        """Reads the JSON as frozen values."""

        def process(value: Any) -> Any:
            return None if value is None else loads(value, self.hint)

        return process

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Compares like jsonb: ``events.contains([{"type": "error"}])``, ``context["key"]``."""
        if op in (operators.eq, operators.ne) or isinstance(value, (dict, list)):
            return Document()
        return self.impl_instance.coerce_compared_value(op, value)

    def compare_values(self, x: Any, y: Any) -> bool:
        """Tells apart what JSON tells apart: for Python, 1 and true are equal."""
        if x is y:
            return True
        if x is None or y is None:
            return False
        try:
            return dumps(x) == dumps(y)
        except (TypeError, RecursionError):
            # Not loaded, for example.
            return False


class Change(Protocol):
    """Something to be done to a document, whatever it holds by then."""

    def then(self: _T, later: _T) -> _T:
        """This change and a later one, as one."""

    def applied(self, value: Any) -> Any:
        """The value after the change: a list or dict of frozen values."""

    def expression(self, column: Column[Any]) -> ColumnElement[Any]:
        """The change in SQL."""


def _stored(column: Column[Any], empty: str) -> ColumnElement[Any]:
    # A JSON null holds nothing, either.
    return func.coalesce(
        func.nullif(column, text("'null'::jsonb")), text(f"'{empty}'::jsonb"), type_=column.type
    )


def _elements(value: Any) -> list[Any]:
    # As PostgreSQL concatenates: what is no array becomes an element.
    return [] if value is None else list(value) if isinstance(value, list) else [value]


class Append:
    """Appends elements to an array: ``events = events || :new``."""

    def __init__(self, elements: Iterable[Any]) -> None:
        self.elements = list(elements)

    def then(self, later: Append) -> Append:
        """This change and a later one, as one."""
        return Append([*self.elements, *later.elements])

    def applied(self, value: Any) -> Any:
        """The value after the change."""
        return _elements(value) + self.elements

    def expression(self, column: Column[Any]) -> ColumnElement[Any]:
        """The change in SQL."""
        return _stored(column, "[]").op("||")(literal(self.elements, column.type))


class AppendMissing:
    """Appends the elements that an array does not have yet."""

    def __init__(self, elements: Iterable[Any]) -> None:
        self.elements = list(elements)

    def then(self, later: AppendMissing) -> AppendMissing:
        """This change and a later one, as one."""
        return AppendMissing(later.applied(self.elements))

    def applied(self, value: Any) -> Any:
        """The value after the change."""
        result = _elements(value)
        for element in self.elements:
            # For Python, true is 1.
            if not any(have == element and not isinstance(have, bool) for have in result):
                result.append(element)
        return result

    def expression(self, column: Column[Any]) -> ColumnElement[Any]:
        """The change in SQL."""
        new = (
            func.jsonb_array_elements(literal(self.elements, column.type))
            .table_valued("element", with_ordinality="place", name="new")
            .render_derived()
        )
        element = type_coerce(new.c.element, JSONB)
        missing = (
            sql_select(
                func.coalesce(
                    func.jsonb_agg(aggregate_order_by(element, new.c.place)), text("'[]'::jsonb")
                )
            )
            .select_from(new)
            .where(~_stored(column, "[]").op("@>", is_comparison=True)(element))
            .correlate(column.table)
            .scalar_subquery()
        )
        return _stored(column, "[]").op("||")(missing)


class SetKeys:
    """Sets keys of an object: ``context = context || :new``."""

    def __init__(self, entries: dict[str, Any]) -> None:
        self.entries = entries

    def then(self, later: SetKeys) -> SetKeys:
        """This change and a later one, as one."""
        return SetKeys({**self.entries, **later.entries})

    def applied(self, value: Any) -> Any:
        """The value after the change."""
        return {**(value if isinstance(value, dict) else {}), **self.entries}

    def expression(self, column: Column[Any]) -> ColumnElement[Any]:
        """The change in SQL; what is no object counts as an empty one."""
        entries = case(
            (func.jsonb_typeof(column) == literal("object", String), column),
            else_=text("'{}'::jsonb"),
        )
        return type_coerce(entries, column.type).op("||")(literal(self.entries, column.type))


# Beside the object in its __dict__, so that pickling takes them along: changes not yet sent, and
# what to show again after the statement that is about to send them.
_PENDING = "_pending_document_changes"
_SHOWN = "_shown_documents"

# In session.info while a flush writes objects.
_WRITING = "user_workflow: a flush is writing"


def pending_changes(target: object) -> dict[str, Any]:
    """The changes of an object that no flush has sent yet, by attribute name."""
    changes: dict[str, Any] = vars(target).setdefault(_PENDING, {})
    return changes


def _state(target: object) -> InstanceState[Any]:
    state: InstanceState[Any] = inspect(target, raiseerr=True)
    return state


def _document_type(target: object, key: str) -> Document:
    kind = _state(target).mapper.columns[key].type
    assert isinstance(kind, Document)
    return kind


def _frozen_outside(value: Any, hint: str) -> Any:
    """Freezes an array or object whose elements are frozen."""
    return FrozenList(value, hint) if isinstance(value, list) else FrozenDict(value, hint)


def _is_sql(value: Any) -> bool:
    return isinstance(value, ClauseElement) or hasattr(value, "__clause_element__")


def _refuse_what_would_be_lost(session: Session, key: str) -> None:
    if session.info.get(_WRITING):
        raise InvalidRequestError(
            f"{key} cannot be added to while a flush is under way: do it before the flush, or in "
            "the session event before_flush"
        )
    if not session.is_active:
        raise InvalidRequestError(
            f"{key} cannot be added to when the transaction has failed or is about to end: "
            "call rollback() first, or commit()"
        )


def record(target: object, key: str, change: Change) -> None:
    """Records a change of a document; the object shows it if the column is loaded.

    Never asks the database. An object that has no row yet, and a value that was assigned since the
    last flush, simply get the new value: they are written as a whole.

    Args:
        target: The object.
        key: The name of the attribute.
        change: What to do.

    Raises:
        InvalidRequestError: Within a flush, or after a failed one until the rollback: the change
            would be lost; or the attribute was assigned an SQL expression that is not flushed yet.
    """
    state = _state(target)
    session = object_session(target)
    if session is not None:
        _refuse_what_would_be_lost(session, key)
    loaded = state.dict
    present = loaded.get(key)
    if _is_sql(present):
        raise InvalidRequestError(
            f"{key} was assigned an SQL expression: flush before adding to it"
        )
    changes = pending_changes(target)
    before = changes.get(key)
    shown = _frozen_outside(change.applied(present), _document_type(target, key).hint)
    if state.key is None or (before is None and key in state.committed_state):
        attributes.set_attribute(target, key, shown)
        return
    if key in loaded:
        attributes.set_attribute(target, key, shown)
    else:
        attributes.flag_dirty(target)
    changes[key] = change if before is None else before.then(change)


class DocumentProperty(MappedSQLExpression[_T]):
    """How a document column is mapped; like ``mapped_column``, but ``Session.merge`` knows changes.

    Args:
        column: The column, of type ``Document``.
    """

    inherit_cache = True

    def merge(
        self,
        session: Session,
        source_state: InstanceState[Any],
        source_dict: Any,
        dest_state: InstanceState[Any],
        dest_dict: Any,
        load: bool,
        _recursive: dict[Any, object],
        _resolve_conflict_map: dict[Any, object],
    ) -> None:
        """Carries over what was changed.

        Changes recorded by helpers are recorded on the other object, an assigned value is assigned.
        A value that was only loaded is not copied over a row: it may be older than that.
        """
        source, dest = source_state.obj(), dest_state.obj()
        change = vars(source).get(_PENDING, {}).get(self.key)
        if load and change is not None:
            record(dest, self.key, change)
        elif (
            load
            and source_state.key is not None
            and dest_state.key is not None
            and self.key not in source_state.committed_state
        ):
            return
        else:
            super().merge(
                session,
                source_state,
                source_dict,
                dest_state,
                dest_dict,
                load,
                _recursive,
                _resolve_conflict_map,
            )


def document(kind: str, hint: str, *args: Any, name: str | None = None, **options: Any) -> Any:
    """Maps a document column.

    Args:
        kind: As for ``Document``.
        hint: As for ``Document``.
        args: As for ``Column``, after name and type.
        name: The name of the column, if not that of the attribute.
        options: As for ``Column``.
    """
    type_ = Document(kind, hint)
    column: Column[Any] = (
        Column(type_, *args, **options) if name is None else Column(name, type_, *args, **options)
    )
    return DocumentProperty(column)


def track_documents(base: type[DeclarativeBase]) -> None:
    """Makes the models of a declarative base watch their document columns.

    Args:
        base: The base, before any model is derived from it.
    """

    @event.listens_for(base, "attribute_instrument", propagate=True)
    def _instrument(_: type, key: str, attribute: Any) -> None:
        if isinstance(attribute.property, ColumnProperty):
            type_ = attribute.property.columns[0].type
            if isinstance(type_, Document):
                _watch(attribute, key, type_)

    event.listen(base, "expire", _on_expire, propagate=True)
    event.listen(base, "refresh", _overlay, propagate=True)
    event.listen(base, "before_insert", _before_insert, propagate=True)
    event.listen(base, "before_update", _before_update, propagate=True)
    event.listen(base, "after_update", _after_update, propagate=True)


def _watch(attribute: Any, key: str, type_: Document) -> None:
    @event.listens_for(attribute, "set", retval=True)
    def _set(target: object, value: Any, *_: Any) -> Any:
        frozen = value if _is_sql(value) else type_.freeze(value, key)
        pending_changes(target).pop(key, None)
        return frozen

    @event.listens_for(attribute, "remove")
    def _remove(*_: Any) -> None:
        raise TypeError(f"{key} cannot be deleted: assign None, or an empty value")


def _on_expire(target: object, keys: Iterable[str] | None) -> None:
    # None if nobody has the object any more; the session keeps those that were changed.
    changes = None if target is None else vars(target).get(_PENDING)
    if not changes:
        return
    session = object_session(target)
    if session is not None and not session.is_active:
        # A rollback.
        for key in list(changes) if keys is None else keys:
            changes.pop(key, None)
    else:
        # The value goes, the changes stay.
        attributes.flag_dirty(target)


def _overlay(target: object, context: Any, keys: Iterable[str] | None) -> None:
    changes = vars(target).get(_PENDING, {})
    loaded = _state(target).dict
    for key in changes if keys is None else keys:
        if key in changes and key in loaded:
            value = changes[key].applied(loaded[key])
            loaded[key] = _frozen_outside(value, _document_type(target, key).hint)
        elif context is None and isinstance(loaded.get(key), (dict, list)):
            # From an update statement that the session applied to its objects, too.
            loaded[key] = _document_type(target, key).freeze(loaded[key], key)
    if changes and keys is None:
        # The session takes the object for unchanged when it has loaded all of it.
        raise InvalidRequestError(
            f"loading all of {target!r} anew would lose what was added to {', '.join(changes)}: "
            "flush first, or let the session do it (autoflush)"
        )


def _start_writing(target: object) -> None:
    session = object_session(target)
    if session is not None:
        session.info[_WRITING] = True


def _before_insert(_: Mapper[Any], __: Any, target: object) -> None:
    # Recorded for a row that is gone, on an object that is inserted anew.
    changes = pending_changes(target)
    loaded = _state(target).dict
    for key, change in list(changes.items()):
        if key not in loaded:
            hint = _document_type(target, key).hint
            attributes.set_attribute(target, key, _frozen_outside(change.applied(None), hint))
    changes.clear()
    _start_writing(target)


def _before_update(mapper: Mapper[Any], _: Any, target: object) -> None:
    changes = pending_changes(target)
    state = _state(target)
    loaded = state.dict
    if changes and state.key is not None:
        # The statement needs the key. If that was expired the session would load the whole row.
        for column, value in zip(mapper.primary_key, state.key[1], strict=True):
            name = mapper.get_property_by_column(column).key
            if name not in loaded:
                attributes.set_committed_value(target, name, value)
    shown = {}
    for key, change in changes.items():
        if key in loaded:
            shown[key] = loaded[key]
        loaded[key] = change.expression(mapper.columns[key])
        attributes.flag_modified(target, key)
    changes.clear()
    vars(target)[_SHOWN] = shown
    _start_writing(target)


def _after_update(_: Mapper[Any], __: Any, target: object) -> None:
    for key, value in vars(target).pop(_SHOWN, {}).items():
        attributes.set_committed_value(target, key, value)


def _stop_writing(session: Session, _: Any) -> None:
    session.info.pop(_WRITING, None)


event.listen(Session, "after_flush_postexec", _stop_writing)
event.listen(Session, "after_soft_rollback", _stop_writing)
