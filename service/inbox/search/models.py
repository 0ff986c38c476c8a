"""What the search answers, as models."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from service.core.mapper import Outbound
from service.inbox.fields import Handling, Status


class HitContact(Outbound):
    """Whose it is, as far as a row shows it."""

    id: UUID
    name: str | None
    email: str | None
    phone: str | None
    is_guest: bool


class Hit(Outbound):
    """Something that was found."""

    kind: Literal["message", "note", "inquiry", "contact"]
    id: UUID = Field(description="Of the message, note, inquiry or contact.")
    conversation_id: UUID | None = Field(
        description="Where it stands; of a contact the last one; null for the inquiry of a guest without one."
    )
    message_id: UUID | None = Field(description="The message, or that of the form that an inquiry was.")
    cursor: str | None = Field(description="The place of a message in its conversation, for `before` and `after`.")
    snippet: str = Field(description="HTML: a part of the text, escaped, with what was looked for in `<mark>`.")
    created_at: datetime
    said_by: Literal["customer", "operator", "bot", "system", "rule"]
    author_name: str | None = Field(description="The operator's name at that time, or the rule's.")
    contact: HitContact | None
    status: Status | None = Field(description="Of the conversation.")
    handling: Handling | None
    channel: str | None


class SearchIndex(Outbound):
    """Whether all that there is can be found."""

    is_complete: bool = Field(description="False while what was there before the first round is still taken up.")
    behind_seconds: int | None = Field(
        description="How old the oldest change may be that is not found yet; null where none was taken up."
    )


class Found(Outbound):
    """A page of what was found."""

    hits: list[Hit]
    next_cursor: str | None
    index: SearchIndex
