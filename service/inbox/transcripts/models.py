"""What the export answers, as models."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service.conversations.models import Message
from service.core.mapper import Outbound
from service.inbox.fields import Handling, Priority, Status
from service.inbox.models import Assignee, ContactName, LabelName, Rating


class Transcript(Outbound):
    """A conversation and what was said in it."""

    id: UUID
    status: Status
    handling: Handling
    channel: str
    created_at: datetime
    last_message_at: datetime | None
    title: str | None
    priority: Priority
    assignee: Assignee | None
    labels: list[LabelName]
    contact: ContactName
    rating: Rating | None
    messages: list[Message]


class Transcripts(Outbound):
    """Every transcript of a span of time. As CSV it is a line a message."""

    conversations: list[Transcript]
