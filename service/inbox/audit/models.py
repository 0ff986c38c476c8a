"""What the call about the audit answers, as models."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from service.core.mapper import Outbound
from service.inbox.models import Actor


class AuditChange(Outbound):
    """One thing that is otherwise now."""

    field: str
    from_: Any = Field(alias="from", description="What it was; null for what is new.")
    to: Any = Field(description="What it became; null for what is gone.")


class AuditEntry(Outbound):
    """Something that was done to the team's settings, or taken out of the inbox."""

    id: UUID
    type: str
    created_at: datetime
    actor: Actor
    what: str | None = Field(description="Which kind of thing, such as hours, label, canned_reply, operator.")
    action: Literal["added", "changed", "removed"] | None
    name: str | None = Field(description="What it was called at that time.")
    changes: list[AuditChange]
    details: dict[str, Any] = Field(description="What else is known, by type.")


class Audit(Outbound):
    """A page of it, newest first."""

    entries: list[AuditEntry]
    next_cursor: str | None
