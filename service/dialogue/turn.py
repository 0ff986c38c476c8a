"""A turn: what follows from one event."""

from __future__ import annotations

from dataclasses import dataclass

from service.dialogue.commands import (
    AnswerMessage,
    Command,
    HandOver,
    KeepAnswer,
    SaveMessages,
    SubmitInquiry,
)
from service.dialogue.message import Message
from service.dialogue.state import State


@dataclass(frozen=True, slots=True)
class Turn:
    """The new state and the commands that lead there, in order."""

    state: State
    commands: tuple[Command, ...]

    @property
    def messages(self) -> tuple[Message, ...]:
        """Everything that is said in it, in order."""
        return tuple(m for c in self.commands if isinstance(c, SaveMessages) for m in c.messages)

    @property
    def answer(self) -> AnswerMessage | None:
        """How the interactive message is marked, if the event answered one."""
        return next((c for c in self.commands if isinstance(c, AnswerMessage)), None)

    @property
    def inquiry(self) -> SubmitInquiry | None:
        """What goes to an operator, if anything."""
        return next((c for c in self.commands if isinstance(c, SubmitInquiry)), None)

    @property
    def kept_answer(self) -> KeepAnswer | None:
        """What a question got, if the event was one."""
        return next((c for c in self.commands if isinstance(c, KeepAnswer)), None)

    @property
    def hands_over(self) -> bool:
        """Whether a person was asked for in it."""
        return any(isinstance(c, HandOver) for c in self.commands)
