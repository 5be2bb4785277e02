"""The four tables as SQLAlchemy models.

The columns ``legacy`` and ``legacy_…`` of runs and steps are left out on purpose: the server fills
them, only the old table names need them, and they go when those go. The models work before and
after that.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ARRAY,
    REAL,
    BigInteger,
    Computed,
    DateTime,
    FetchedValue,
    ForeignKeyConstraint,
    Identity,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from user_workflow.documents import (
    Append,
    AppendMissing,
    SetKeys,
    document,
    elements,
    pending_changes,
    record,
    track_documents,
)
from user_workflow.values import checked_text, freeze, to_iso8601

FINISHED = ("completed", "failed", "cancelled")
"""Statuses of a run or step that has come to an end."""

_EVENTS = "call add_event, or assign a whole new value: events = […]"
_SCREENSHOTS = "call add_screenshot, or assign a whole new value: screenshots = […]"
_CONTEXT = "call add_context, or assign a whole new value: context = {…}"
_ENDPOINTS = "call add_endpoint, or assign a whole new value: endpoints_used = […]"
_VALUE = "assign a whole new value to the attribute"

_moment = DateTime(timezone=True)
_uuid = text("gen_random_uuid()")


class Base(DeclarativeBase):
    """Base of the models; ``Base.metadata`` describes the four tables."""


track_documents(Base)


class _Recorder:
    """What runs and steps share: events, screenshots, and how they ended."""

    status: Any
    error_message: Any
    events: Any
    screenshots: Any

    def add_event(
        self,
        type: str,
        data: Any = None,
        timestamp: datetime | str | None = None,
    ) -> None:
        """Appends an event; concurrent appends of other sessions are kept.

        The object shows it at once. The next flush sends all events added since the last one as one
        update.

        Args:
            type: What happened, 1 to 100 characters.
            data: Any JSON value; default ``{}``.
            timestamp: When, as a ``datetime`` with a time zone or ISO 8601 with ``Z`` or an offset;
                default now. Stored in UTC.

        Raises:
            TypeError: An argument is of the wrong type, or ``data`` is not JSON.
            ValueError: ``type`` is empty or too long, ``timestamp`` has no time zone or is no
                moment, ``data`` holds NaN or what else PostgreSQL cannot store.
            sqlalchemy.exc.InvalidRequestError: Called within a flush, or after a failed one
                before the rollback.
        """
        checked_text(type, "type")
        if not 1 <= len(type) <= 100:
            raise ValueError(f"type must have 1 to 100 characters, not {len(type)}")
        element = {
            "type": type,
            "timestamp": to_iso8601(timestamp),
            "data": {} if data is None else freeze(data, _EVENTS, "data"),
        }
        record(self, "events", Append([freeze(element, _EVENTS)]))

    def add_screenshot(
        self,
        url: str,
        action: str | None = None,
        selector: str | None = None,
        thumbnail_url: str | None = None,
        element_found: bool | None = None,
        confidence: float | Decimal | None = None,
        timestamp: datetime | str | None = None,
        **extra: Any,
    ) -> None:
        """Appends a screenshot; concurrent appends of other sessions are kept.

        The object shows it at once. The next flush sends all screenshots added since the last one
        as one update.

        Args:
            url: Where the picture is.
            action: What was done, for example ``click_submit``.
            selector: The element it was done to.
            thumbnail_url: Where a small picture is.
            element_found: Whether the element was there.
            confidence: How certain that is, 0 to 1.
            timestamp: When, as a ``datetime`` with a time zone or ISO 8601 with ``Z`` or an offset;
                default now. Stored in UTC.
            extra: Further keys, any JSON values.

        Raises:
            TypeError: An argument is of the wrong type, or not JSON.
            ValueError: ``url`` is empty, ``timestamp`` has no time zone or is no moment, or a value
                is NaN or what else PostgreSQL cannot store.
            sqlalchemy.exc.InvalidRequestError: Called within a flush, or after a failed one
                before the rollback.
        """
        if not checked_text(url, "url"):
            raise ValueError("url is empty")
        texts = {"thumbnail_url": thumbnail_url, "action": action, "selector": selector}
        for name, value in texts.items():
            if value is not None:
                checked_text(value, name)
        if element_found is not None and not isinstance(element_found, bool):
            raise TypeError(f"element_found must be a bool, not {_type_name(element_found)}")
        if isinstance(confidence, bool) or not isinstance(
            confidence, (int, float, Decimal, type(None))
        ):
            raise TypeError(f"confidence must be a number, not {_type_name(confidence)}")
        element = {
            "url": url,
            "thumbnail_url": thumbnail_url,
            "timestamp": to_iso8601(timestamp),
            "action": action,
            "selector": selector,
            "element_found": element_found,
            "confidence": freeze(confidence, _SCREENSHOTS, "confidence"),
            **{name: freeze(value, _SCREENSHOTS, name) for name, value in extra.items()},
        }
        record(self, "screenshots", Append([freeze(element, _SCREENSHOTS)]))

    @property
    def event_count(self) -> int:
        """How many events it holds itself."""
        return len(elements(self.events))

    @property
    def screenshot_count(self) -> int:
        """How many screenshots it holds itself."""
        return len(elements(self.screenshots))

    def _is_completed(self) -> bool:
        """Whether it has come to an end, well or not (``FINISHED``); works in queries, too."""
        return self.status in FINISHED

    def _is_successful(self) -> bool:
        """Whether its status is ``completed``, without an error; works in queries, too."""
        return self.status == "completed" and self.error_message is None

    is_completed = hybrid_property(_is_completed, expr=lambda cls: cls.status.in_(FINISHED))
    is_successful = hybrid_property(
        _is_successful,
        expr=lambda cls: (cls.status == "completed") & cls.error_message.is_(None),
    )


def _type_name(value: object) -> str:
    return value.__class__.__name__


class UserWorkflowRun(_Recorder, Base):
    """One run of a workflow.

    ``context``, ``endpoints_used``, ``events`` and ``screenshots`` are shown read-only: change them
    through the helpers, which lose nothing, or assign a whole new value, which overwrites. After a
    flush the object shows what it had loaded plus what was added; after a commit (or a refresh)
    what the row holds, other sessions' additions included.

    ``updated_at`` is set by the server and loaded when it is read after a change; with an async
    session: ``await session.refresh(run, ["updated_at"])``.

    Not mapped: the columns ``legacy`` and ``legacy_…``, see the module.
    """

    __tablename__ = "user_workflow_run"

    run_id: Mapped[uuid.UUID] = mapped_column(Uuid, default=uuid.uuid4, server_default=_uuid)
    workflow_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    org_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    status: Mapped[str] = mapped_column(Text, server_default=text("'pending'"))
    channel: Mapped[str] = mapped_column(Text)
    external_id: Mapped[str | None] = mapped_column(String(255))
    started_at: Mapped[datetime | None] = mapped_column(_moment)
    ended_at: Mapped[datetime | None] = mapped_column(_moment)
    duration_ms: Mapped[int | None]
    context: Mapped[Mapping[str, Any] | None] = document(
        "object", _CONTEXT, server_default=text("'{}'")
    )
    endpoints_used: Mapped[Sequence[Any] | None] = document(
        "array", _ENDPOINTS, server_default=text("'[]'")
    )
    config_snapshot: Mapped[Any] = document("any", _VALUE)
    error_message: Mapped[str | None] = mapped_column(Text)
    error_details: Mapped[Any] = document("any", _VALUE)
    llm_prompt: Mapped[str | None] = mapped_column(Text)
    llm_response: Mapped[str | None] = mapped_column(Text)
    llm_model: Mapped[str | None] = mapped_column(String(100))
    llm_tokens_used: Mapped[int | None]
    tier: Mapped[int | None] = mapped_column(SmallInteger)
    tier_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_moment, server_default=text("now()"))
    created_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    updated_at: Mapped[datetime | None] = mapped_column(_moment, server_onupdate=FetchedValue())
    events: Mapped[Sequence[Any] | None] = document("array", _EVENTS, server_default=text("'[]'"))
    screenshots: Mapped[Sequence[Any] | None] = document(
        "array", _SCREENSHOTS, server_default=text("'[]'")
    )

    steps: Mapped[list[UserWorkflowRunStep]] = relationship(
        back_populates="run",
        # Of the two keys to a run, the one that every step has from the beginning.
        primaryjoin="UserWorkflowRun.run_id == foreign(UserWorkflowRunStep.run_id)",
        order_by="UserWorkflowRunStep.step_number",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )
    """The steps, by ``step_number`` when they are loaded. A step that is removed is deleted."""

    __table_args__ = (
        PrimaryKeyConstraint("run_id", name="user_workflow_run_pkey"),
        UniqueConstraint("org_id", "run_id", name="user_workflow_run_org_id_run_id_key"),
        Index(
            "idx_run_context_gin",
            text("(array[org_id])"),
            "context",
            postgresql_using="gin",
            postgresql_ops={"context": "jsonb_path_ops"},
        ),
        Index(
            "idx_run_events_gin",
            text("(array[org_id])"),
            "events",
            postgresql_using="gin",
            postgresql_ops={"events": "jsonb_path_ops"},
            postgresql_where=text("events <> '[]'"),
        ),
        Index("idx_run_org_created", "org_id", "created_at"),
        Index("idx_run_org_status", "org_id", "status", "created_at"),
        Index("idx_run_external_id", "external_id"),
        Index(
            "idx_run_endpoints_gin",
            text("(array[org_id])"),
            "endpoints_used",
            postgresql_using="gin",
            postgresql_ops={"endpoints_used": "jsonb_path_ops"},
        ),
        Index("idx_run_workflow", "workflow_id", "created_at"),
    )

    def add_context(self, key: str, value: Any) -> None:
        """Sets a key of the context; other keys that other sessions set are kept.

        The object shows it at once. The next flush sends all keys set since the last one as one
        update; of one key set twice, the last value.

        Args:
            key: The key.
            value: Any JSON value; ``None`` is JSON's null.

        Raises:
            TypeError: ``key`` is no string, ``value`` is not JSON, or the context is an array or
                another value without keys. Where that is not loaded, the flush raises instead.
            ValueError: ``value`` holds NaN or what else PostgreSQL cannot store.
            sqlalchemy.exc.InvalidRequestError: Called within a flush, or after a failed one
                before the rollback.
        """
        checked_text(key, "key")
        record(self, "context", SetKeys({key: freeze(value, _CONTEXT, "value")}))

    def get_context(self, key: str, default: Any = None) -> Any:
        """Returns a value of the context.

        Args:
            key: The key.
            default: What to return if the context does not have the key.

        Returns:
            The value, read-only if it is an object or array. A key just set is answered without
            loading the context.
        """
        pending = pending_changes(self).get("context")
        if isinstance(pending, SetKeys) and key in pending.entries:
            return pending.entries[key]
        context = self.context
        return context.get(key, default) if isinstance(context, Mapping) else default

    def add_endpoint(self, endpoint_id: int | str | uuid.UUID) -> None:
        """Adds an endpoint, unless the run has it, also from another session.

        The object shows it at once. The next flush sends all endpoints added since the last one as
        one update.

        Args:
            endpoint_id: Its id. The old name of the table shows whole numbers only.

        Raises:
            TypeError: It is neither a whole number, a string nor a UUID.
            ValueError: It is a string that PostgreSQL cannot store.
            sqlalchemy.exc.InvalidRequestError: Called within a flush, or after a failed one
                before the rollback.
        """
        if isinstance(endpoint_id, uuid.UUID):
            endpoint_id = str(endpoint_id)
        if isinstance(endpoint_id, bool) or not isinstance(endpoint_id, (int, str)):
            raise TypeError(
                f"endpoint_id must be a whole number, a string or a UUID, not "
                f"{_type_name(endpoint_id)}"
            )
        element = freeze(endpoint_id, _ENDPOINTS, "endpoint_id")
        record(self, "endpoints_used", AppendMissing([element]))

    @property
    def step_count(self) -> int:
        """How many steps it has; loads them."""
        return len(self.steps)

    @property
    def endpoint_count(self) -> int:
        """How many endpoints it used."""
        return len(elements(self.endpoints_used))

    def __repr__(self) -> str:
        return _repr(self, "run_id")


class UserWorkflowRunStep(_Recorder, Base):
    """One step of a run.

    ``screenshots`` and ``events`` are shown read-only, as the documents of a run. ``org_id`` is
    filled by the server from the run, and cannot be another one.

    Not mapped: the columns ``legacy_…``, see the module.
    """

    __tablename__ = "user_workflow_run_step"

    step_id: Mapped[uuid.UUID] = mapped_column(Uuid, default=uuid.uuid4, server_default=_uuid)
    run_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    node_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    step_number: Mapped[int]
    status: Mapped[str | None] = mapped_column(Text, server_default=text("'pending'"))
    retry_count: Mapped[int | None] = mapped_column(server_default=text("0"))
    started_at: Mapped[datetime | None] = mapped_column(_moment)
    ended_at: Mapped[datetime | None] = mapped_column(_moment)
    duration_ms: Mapped[int | None]
    input_data: Mapped[Any] = document("any", _VALUE)
    output_data: Mapped[Any] = document("any", _VALUE)
    screenshots: Mapped[Sequence[Any] | None] = document(
        "array", _SCREENSHOTS, server_default=text("'[]'")
    )
    events: Mapped[Sequence[Any] | None] = document("array", _EVENTS, server_default=text("'[]'"))
    error_message: Mapped[str | None] = mapped_column(Text)
    error_details: Mapped[Any] = document("any", _VALUE)
    metadata_: Mapped[Any] = document("any", _VALUE, name="metadata", server_default=text("'{}'"))
    """The column ``metadata``, whose name SQLAlchemy uses itself."""
    org_id: Mapped[uuid.UUID] = mapped_column(Uuid, server_default=FetchedValue())

    run: Mapped[UserWorkflowRun] = relationship(
        back_populates="steps",
        primaryjoin="UserWorkflowRun.run_id == foreign(UserWorkflowRunStep.run_id)",
    )
    """The run it belongs to."""

    __table_args__ = (
        PrimaryKeyConstraint("step_id", name="user_workflow_run_step_pkey"),
        UniqueConstraint(
            "run_id", "step_number", name="user_workflow_run_step_run_id_step_number_key"
        ),
        ForeignKeyConstraint(
            ["run_id"],
            ["user_workflow_run.run_id"],
            name="user_workflow_run_step_run_id_fkey",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["org_id", "run_id"],
            ["user_workflow_run.org_id", "user_workflow_run.run_id"],
            name="user_workflow_run_step_org_id_run_id_fkey",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        Index(
            "idx_step_events_gin",
            text("(array[org_id])"),
            "events",
            postgresql_using="gin",
            postgresql_ops={"events": "jsonb_path_ops"},
        ),
        Index("idx_step_org_status", "org_id", "status"),
        Index(
            "idx_step_screenshots_gin",
            text("(array[org_id])"),
            "screenshots",
            postgresql_using="gin",
            postgresql_ops={"screenshots": "jsonb_path_ops"},
        ),
        Index("idx_step_node", "node_id"),
    )

    def __repr__(self) -> str:
        return _repr(self, "step_id")


class UserWorkflowConfig(Base):
    """A configuration of an organisation, for one workflow or for all."""

    __tablename__ = "user_workflow_config"

    config_id: Mapped[uuid.UUID] = mapped_column(Uuid, default=uuid.uuid4, server_default=_uuid)
    org_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    workflow_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    name: Mapped[str] = mapped_column(String(255))
    config_type: Mapped[str] = mapped_column(Text)
    config_data: Mapped[Any] = document("any", _VALUE, nullable=False)
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_by: Mapped[uuid.UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime | None] = mapped_column(_moment, server_default=text("now()"))
    updated_at: Mapped[datetime | None] = mapped_column(_moment)

    __table_args__ = (
        # The table was renamed, its constraints were not.
        PrimaryKeyConstraint("config_id", name="workflow_configs_pkey"),
        UniqueConstraint(
            "org_id",
            "workflow_id",
            "name",
            "config_type",
            name="workflow_configs_org_id_workflow_id_name_config_type_key",
        ),
    )

    def __repr__(self) -> str:
        return _repr(self, "config_id")


class UserWorkflowCacheState(Base):
    """A cached state of a page, with the action that leads on from it."""

    __tablename__ = "user_workflow_cache_state"

    micro_state_id: Mapped[int] = mapped_column(BigInteger, Identity(always=False))
    workflow_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    node_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    dom_snapshot: Mapped[str] = mapped_column(Text)
    action_json: Mapped[Any] = document("any", _VALUE, nullable=False)
    semantic_spec: Mapped[Any] = document("any", _VALUE)
    label: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    required: Mapped[bool | None]
    is_dynamic: Mapped[bool | None] = mapped_column(
        Computed("(semantic_spec -> 'dynamic_meta') is not null", persisted=True)
    )
    text_emb: Mapped[list[float] | None] = mapped_column(ARRAY(REAL))
    mini_score: Mapped[Decimal | None] = mapped_column(Numeric(4, 3))
    is_retired: Mapped[bool | None] = mapped_column(server_default=text("false"))
    aliased_to: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime | None] = mapped_column(_moment, server_default=text("now()"))

    __table_args__ = (
        # The table was renamed, its constraints and indexes were not.
        PrimaryKeyConstraint("micro_state_id", name="micro_state_pkey"),
        ForeignKeyConstraint(
            ["aliased_to"],
            ["user_workflow_cache_state.micro_state_id"],
            name="micro_state_aliased_to_fkey",
        ),
        Index("micro_state_workflow_id_node_id_idx", "workflow_id", "node_id"),
    )

    def __repr__(self) -> str:
        return _repr(self, "micro_state_id")


def _repr(target: Base, key: str) -> str:
    return f"<{type(target).__name__} {vars(target).get(key)}>"
