"""What the calls about inquiries and about today take and answer, as models."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from pydantic import Field

from service.core.mapper import Inbound, Outbound

Marked = Literal["new", "done"]
STATUSES: tuple[str, ...] = get_args(Marked)
LONGEST_SEARCH = 200


class MarkBody(Inbound):
    """`PATCH /inbox/inquiries/{id}`."""

    status: Marked


class FilledField(Outbound):
    """What stands in one field, as a person reads it."""

    name: str
    label: str = Field(description="In the language of the request; the name, where the flow knows it no more.")
    text: str


class InboxInquiry(Outbound):
    """A form that somebody filled in."""

    id: UUID
    contact_id: UUID | None = Field(description="Null for a guest's.")
    conversation_id: UUID | None
    message_id: UUID | None
    step_id: str
    values: dict[str, Any]
    fields: list[FilledField]
    locale: str | None
    status: Marked
    created_at: datetime
    done_at: datetime | None


class InquiryList(Outbound):
    """Inquiries, newest first."""

    inquiries: list[InboxInquiry]
    next_cursor: str | None


class DayConversation(Outbound):
    """A conversation that began today."""

    id: UUID
    contact_id: UUID
    status: Literal["open", "completed"]
    created_at: datetime
    last_message_at: datetime | None
    message_count: int
    last_words: str | None = Field(description="What the customer said last.")


class Today(Outbound):
    """The team's day, in its time zone."""

    waiting: int = Field(description="Inquiries that are not done.")
    begun: int
    completed: int
    conversations: list[DayConversation] = Field(description="The newest 100 that began today.")
