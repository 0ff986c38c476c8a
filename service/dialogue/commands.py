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
    """Hand the values of a form to an operator."""

    step_id: str
    values: dict[str, Any]
    locale: str


Command = SaveMessages | AnswerMessage | SubmitInquiry
