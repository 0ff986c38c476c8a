"""What has to happen because of an event. Imperatives; the stores carry them out, in a database or in a browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service.core.locale import Locale
from service.dialogue.knowledge import Mode, Outcome, Source
from service.dialogue.message import Message


@dataclass(frozen=True, slots=True)
class SaveMessages:
    """Keep these messages, in this order."""

    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class AnswerMessage:
    """Mark the interactive message that the event replied to as answered."""

    answer: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SubmitInquiry:
    """Hand the values of a form to an operator; `normal` are normal forms of some, by field name."""

    step_id: str
    values: dict[str, Any]
    normal: dict[str, str]
    locale: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Let people handle the conversation from here on."""


@dataclass(frozen=True, slots=True)
class KeepAnswer:
    """Keep what a question got, and by which message. Without an `outcome` it is yet to be looked into."""

    mode: Mode
    locale: Locale
    outcome: Outcome | None
    reason: str | None = None
    sources: tuple[Source, ...] = ()
    message_id: UUID | None = None


Command = SaveMessages | AnswerMessage | SubmitInquiry | HandOver | KeepAnswer
