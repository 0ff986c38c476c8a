"""Everything that one write of the service has to say: the turns that were waiting, and the state after them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from service.dialogue.events import Event
from service.dialogue.state import State
from service.dialogue.turn import Turn


@dataclass(frozen=True, slots=True)
class Waiting:
    """A saved message of the user that has no reply yet.

    `event` is None where what was saved is no event of the flow any more.
    """

    message_id: UUID
    client_message_id: UUID
    request_id: UUID | None
    event: Event | None


@dataclass(frozen=True, slots=True)
class AnsweredTurn:
    """A turn, and the user's message that began it; the opening has none."""

    waiting: Waiting | None
    turn: Turn


@dataclass(frozen=True, slots=True)
class Reply:
    """Turns in the order in which they are written, and the state that they lead to."""

    state: State
    turns: tuple[AnsweredTurn, ...]
