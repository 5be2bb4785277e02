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
detached, pickled             changes are kept, and sent once the object is added to a session
bulk methods, other           a value that shows unsent changes is marked, and refused where it is
statements                    about to be sent as a whole
============================  ======================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, NoReturn, Protocol, TypeVar

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
    type_coerce,
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
    SessionTransaction,
    attributes,
    object_session,
)
from sqlalchemy.orm.exc import DetachedInstanceError
from sqlalchemy.sql import ClauseElement, operators
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from user_workflow.values import FrozenDict, FrozenList, dumps, freeze, loads

_T = TypeVar("_T")

_KINDS: dict[str, type] = {"object": FrozenDict, "array": FrozenList}
_PARSED = (114, 3802)  # json and jsonb, by their oid


def require_psycopg(dialect: Dialect) -> None:
    """Raises InvalidRequestError for another driver: each sends JSON in its own way."""
    if dialect.driver not in ("psycopg", "psycopg_async"):
        raise InvalidRequestError(
            f"user_workflow works with psycopg 3, not with {dialect.driver}: "
            "create_engine('postgresql+psycopg://…')"
        )


class Document(TypeDecorator[Any]):
    """The type ``jsonb``, read as frozen values and with all digits of its numbers.

    Python's ``None`` is SQL's null; a JSON ``null`` is read as ``None``, too.

    Args:
        kind: ``object``, ``array`` or ``any``: what the column holds. Anything else is refused.
        hint: What to do instead of changing a value in place.
    """

    impl = JSONB
    cache_ok = True

    attribute = "the value of a document column"

    def __init__(self, kind: str = "any", hint: str = "assign a whole new value") -> None:
        super().__init__()
        self.kind = kind
        self.hint = hint

    def freeze(self, value: Any) -> Any:
        """Returns the value as the column shows it.

        Raises:
            TypeError: It is not JSON, or not of the kind that the column holds.
            ValueError: As ``values.freeze``.
        """
        value = freeze(value, self.hint, self.attribute)
        if value is not None and not isinstance(value, _KINDS.get(self.kind, object)):
            raise TypeError(
                f"{self.attribute} must be a JSON {self.kind}, not {type(value).__name__}"
            )
        return value

    def _written(self, value: Any) -> str:
        if isinstance(value, _Unread) or getattr(value, "unsent", False):
            raise InvalidRequestError(
                f"{self.attribute} shows changes that no flush has sent: as a whole it would "
                "overwrite what others added. Flush first, with the object in a session"
            )
        return dumps(None if self.kind == "any" and value is JSONB.NULL else self.freeze(value))

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Hands psycopg the JSON with its type."""
        require_psycopg(dialect)

        def process(value: Any) -> Any:
            return None if value is None else Jsonb(self._written(value), dumps=str)

        return process

    def literal_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        """Writes the JSON into the statement."""
        quoted: Any = Text().literal_processor(dialect)  # type: ignore[no-untyped-call]
        return lambda value: f"{quoted(self._written(value))}::jsonb"

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Reads the text: the driver would make floats of all numbers."""
        return type_coerce(cast(column, Text), self)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Reads the JSON as frozen values; of a textual statement, what the driver made of it."""
        require_psycopg(dialect)
        read = freeze if coltype in _PARSED else loads
        return lambda value: None if value is None else read(value, self.hint)

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
        except (TypeError, ValueError):
            # Not loaded, for example, or nested too deeply.
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


def elements(value: Any) -> list[Any]:
    """The elements of an array. As PostgreSQL concatenates, anything else is one element."""
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
        return elements(value) + self.elements

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
        result = elements(value)
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
        if not isinstance(value, (dict, type(None))):
            raise TypeError(f"a {type(value).__name__} has no keys: assign a whole new value")
        return {**(value or {}), **self.entries}

    def expression(self, column: Column[Any]) -> ColumnElement[Any]:
        """The change in SQL; null counts as an empty object, other values raise 22P02."""
        kind = func.coalesce(func.jsonb_typeof(column), "null", type_=String)
        entries = case(
            (kind == "object", column),
            (kind == "null", text("'{}'::jsonb")),
            # This is no JSON, which makes it an error that says so.
            else_=cast(func.concat(f"{column.name} must be an object, not of type ", kind), JSONB),
        )
        return type_coerce(entries, column.type).op("||")(literal(self.entries, column.type))


# Beside the object in its __dict__, so that pickling takes them along: changes not yet sent, and
# what to show again after the statement that is about to send them.
_PENDING = "_pending_document_changes"
_SHOWN = "_shown_documents"

# In session.info while a flush writes objects, those of other models too.
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


def _shown(change: Change, value: Any, target: object, key: str) -> Any:
    """What the object shows after a change."""
    value = change.applied(value)
    hint = _document_type(target, key).hint
    return FrozenList(value, hint) if isinstance(value, list) else FrozenDict(value, hint)


class _Unread:
    """Stands for a value that was not loaded before its object was detached, and then changed.

    It is there for bulk methods: they would not see that there is anything to be sent.
    """

    def _refuse(self, *_: object) -> NoReturn:
        raise DetachedInstanceError(
            "this was not loaded before the object was detached: add the object to a session"
        )

    __bool__ = __contains__ = __getitem__ = __iter__ = __len__ = _refuse


def _know_key(target: object) -> None:
    """An expired key comes from the identity: a statement needs it."""
    state = _state(target)
    for column, value in zip(state.mapper.primary_key, (state.key or ((), ()))[1], strict=False):
        name = state.mapper.get_property_by_column(column).key
        if name not in state.dict:
            attributes.set_committed_value(target, name, value)


def _hide_unread(target: object) -> None:
    loaded = _state(target).dict
    _know_key(target)
    for key in pending_changes(target):
        if key not in loaded:
            loaded[key] = _Unread()
            attributes.flag_modified(target, key)


def _to_detached(_: Session, target: object) -> None:
    if vars(target).get(_PENDING):
        _hide_unread(target)


def _to_persistent(_: Session, target: object) -> None:
    if not vars(target).get(_PENDING):
        return
    state = _state(target)
    for key in pending_changes(target):
        if isinstance(state.dict.get(key), _Unread):
            del state.dict[key]
            state.committed_state.pop(key, None)
    # Whatever was done to the object meanwhile.
    attributes.flag_dirty(target)


def _refuse_two_senders(target: object, _: Any) -> None:
    if vars(target).get(_PENDING) and object_session(target) is not None:
        raise InvalidRequestError(
            f"{target!r} has changes that its session is going to send, and what is pickled would "
            "send them again: flush first, or expunge it"
        )


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
    together = change if before is None else before.then(change)
    is_unread = isinstance(present, _Unread)
    # What was assigned since the last flush is written as a whole.
    is_assigned = before is None and key in (state.committed_state if state.key else loaded)
    if state.key is None or is_assigned:
        done, value = (together, None) if is_unread else (change, present)
        attributes.set_attribute(target, key, _shown(done, value, target, key))
    elif key in loaded and not is_unread:
        loaded[key] = _shown(change, present, target, key)
        loaded[key].unsent = True
        attributes.flag_modified(target, key)
    else:
        attributes.flag_dirty(target)
    if not is_assigned:
        changes[key] = together
    if session is None and state.key is not None:
        _hide_unread(target)


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
            # Also of an object that has only a key, to add to the row of that key.
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
    event.listen(base, "pickle", _refuse_two_senders, propagate=True)


def _watch(attribute: Any, key: str, type_: Document) -> None:
    type_.attribute = key

    @event.listens_for(attribute, "set", retval=True)
    def _set(target: object, value: Any, *_: Any) -> Any:
        if value is JSONB.NULL and type_.kind == "any":
            value = text("'null'::jsonb")
        frozen = value if _is_sql(value) else type_.freeze(value)
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
            # What it cannot be applied to is shown as it is; the flush is going to fail.
            with suppress(TypeError):
                loaded[key] = _shown(changes[key], loaded[key], target, key)
                loaded[key].unsent = True
        elif context is None and isinstance(loaded.get(key), (dict, list)):
            # From an update statement that the session applied to its objects, too.
            loaded[key] = _document_type(target, key).freeze(loaded[key])
    if changes and keys is None:
        # The session takes the object for unchanged when it has loaded all of it.
        raise InvalidRequestError(
            f"loading all of {target!r} anew would lose what was added to {', '.join(changes)}: "
            "flush first, or let the session do it (autoflush)"
        )


def _before_insert(_: Mapper[Any], __: Any, target: object) -> None:
    # Also recorded for a row that is gone, on an object that is inserted anew.
    changes = pending_changes(target)
    loaded = _state(target).dict
    for key, change in list(changes.items()):
        if key not in loaded or isinstance(loaded[key], _Unread):
            attributes.set_attribute(target, key, _shown(change, None, target, key))
        loaded[key].unsent = False
    changes.clear()


def _before_update(mapper: Mapper[Any], _: Any, target: object) -> None:
    changes = pending_changes(target)
    loaded = _state(target).dict
    if changes:
        # Else the session would load the whole row.
        _know_key(target)
    shown = {}
    for key, change in changes.items():
        if key in loaded:
            shown[key] = loaded[key]
        loaded[key] = change.expression(mapper.columns[key])
        attributes.flag_modified(target, key)
    changes.clear()
    vars(target)[_SHOWN] = shown


def _after_update(_: Mapper[Any], __: Any, target: object) -> None:
    for key, value in vars(target).pop(_SHOWN, {}).items():
        value.unsent = False
        attributes.set_committed_value(target, key, value)


def _begin_writing(session: Session, transaction: SessionTransaction) -> None:
    # A flush works in a transaction of its own within that of the session.
    if transaction.parent is not None and not transaction.nested:
        session.info[_WRITING] = True


def _end_writing(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is not None and not transaction.nested:
        session.info.pop(_WRITING, None)


event.listen(Session, "after_transaction_create", _begin_writing)
event.listen(Session, "after_transaction_end", _end_writing)
event.listen(Session, "persistent_to_detached", _to_detached)
event.listen(Session, "detached_to_persistent", _to_persistent)
