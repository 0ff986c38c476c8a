"""A guest's conversation, told by its events, and what it becomes when the server runs them again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from service.dialogue.commands import KeepAnswer
from service.dialogue.knowledge import Knowledge
from service.dialogue.message import Message
from service.dialogue.state import State


@dataclass(frozen=True, slots=True)
class PastEvent:
    """What a guest did. `answers` is the id that the guest's browser derived for the message answered."""

    client_message_id: UUID
    content: str | None = None
    answers: UUID | None = None
    chip_id: str | None = None
    values: dict[str, Any] | None = None
    # What was known for a question, in the database's words.
    knowledge: Knowledge | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the user, as it is kept: what the browser sent is checked, and its text follows from the flow."""

    id: UUID
    client_message_id: UUID
    content: str
    created_at: datetime
    event: dict[str, Any] | None = None
    in_reply_to: UUID | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """One message of a replayed conversation; `turn_id` is the message of the user that began its turn."""

    message: Said | Message
    turn_id: UUID


@dataclass(frozen=True, slots=True)
class Submitted:
    """An inquiry among the events."""

    client_inquiry_id: UUID
    message_id: UUID
    step_id: str
    values: dict[str, Any]
    normal: dict[str, str]
    locale: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question among the events, and what it got."""

    message_id: UUID
    kept: KeepAnswer


@dataclass(frozen=True, slots=True)
class Rejected:
    """An event that does not fit, and the code of the reason."""

    client_message_id: UUID
    code: str


@dataclass(frozen=True, slots=True)
class Replay:
    """The conversation that the events make."""

    state: State
    messages: tuple[Placed, ...]
    answers: dict[UUID, dict[str, Any]]
    inquiries: tuple[Submitted, ...]
    rejected: tuple[Rejected, ...]
    asked: tuple[Asked, ...] = ()
