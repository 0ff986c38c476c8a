"""What several calls of the inbox answer: operators, labels, notes, contacts, activities, conversations.

Belongs here: shapes of answers that more than one subject has. Does not belong here: bodies (`models.py` of each
subject), making answers (`shown.py`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from service.conversations.models import Message
from service.core.mapper import Outbound
from service.inbox.fields import Availability, Handling, Priority, Role, Status


class OperatorName(Outbound):
    """An operator, as the team knows them."""

    id: UUID
    display_name: str
    avatar_url: str | None


class Assignee(OperatorName):
    """The operator who has a conversation."""

    availability: Availability = Field(description="What holds now: offline 60 seconds after their screen last told.")


class Operator(Assignee):
    """An operator, with their rights."""

    user_id: UUID | None = Field(description="The account; null once it is gone.")
    role: Role
    is_active: bool
    created_at: datetime
    version: str = Field(description="Of name, picture, role and whether they are active: for `ifVersion`.")


class LabelName(Outbound):
    """A label of a conversation."""

    name: str
    color: str | None


class ContactName(Outbound):
    """Whoever a conversation belongs to, in a list."""

    id: UUID
    name: str | None
    email: str | None
    phone: str | None
    is_guest: bool
    locale: str | None
    blocked_at: datetime | None
    last_seen_at: datetime | None
    last_page_url: str | None


class InboxContact(ContactName):
    """Whoever a conversation belongs to."""

    attributes: dict[str, Any] = Field(description="What the page says of its visitor.")
    external_id: str | None = Field(description="What its channel calls it; null where it is no channel's.")
    user_agent: str | None = Field(description="What the visitor's browser calls itself.")
    is_verified: Literal[False] = Field(
        description="Nobody vouches for `attributes`, `locale`, `lastPageUrl` and `userAgent`."
    )
    created_at: datetime


class Rating(Outbound):
    """What the customer thought of it."""

    score: int = Field(ge=1, le=5)
    comment: str | None
    rated_at: datetime | None


class InboxConversation(Outbound):
    """A conversation, as operators see it."""

    id: UUID
    status: Status
    handling: Handling
    channel: str
    rev: int = Field(description="Counts every change of it, for `ifRev` and `seenRev`.")
    messages_rev: int = Field(description="Counts the changes that the customer sees, for `changedAfter`.")
    created_at: datetime
    last_message_at: datetime | None
    title: str | None
    assignee: Assignee | None
    assigned_at: datetime | None
    waiting_since: datetime | None
    first_answered_at: datetime | None
    priority: Priority
    snoozed_until: datetime | None
    labels: list[LabelName]
    contact: ContactName
    last_message: Message | None
    unread_count: int = Field(
        ge=0, le=100, description="The customer's messages after the last operator's or claim; 100 stands for more."
    )
    rating: Rating | None
    rating_asked_at: datetime | None = Field(description="When the customer was last asked what they think of it.")


class Note(Outbound):
    """A note of an operator's. No customer ever sees one."""

    id: UUID
    conversation_id: UUID
    client_note_id: UUID
    content: str
    author: OperatorName
    created_at: datetime
    edited_at: datetime | None


class Actor(Outbound):
    """Who did something."""

    kind: Literal["member", "guest", "bot", "operator", "rule", "system", "api"]
    id: UUID | None
    name: str | None


class Activity(Outbound):
    """Something that happened to a conversation."""

    id: UUID
    type: str
    created_at: datetime
    conversation_id: UUID | None
    contact_id: UUID | None
    actor: Actor
    data: dict[str, Any]


class AnsweredConversation(Outbound):
    """A conversation after a change."""

    conversation: InboxConversation
