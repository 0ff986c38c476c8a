"""What has to happen because of an event. Imperatives; the stores carry them out, in a database or in a browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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


Command = SaveMessages | AnswerMessage | SubmitInquiry | HandOver
