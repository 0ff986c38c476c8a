"""Everything that one write of the service has to say: the turns that were waiting, and the state after them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from service.core.ids import NewId
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


What = Literal["handover", "resume", "complete"]


@dataclass(frozen=True, slots=True)
class Change:
    """What is wanted without a message: a person (`handover`), the bot again (`resume`), the end (`complete`).

    `turn_id` and `ids` are of what is said about it.
    """

    what: What
    turn_id: UUID
    ids: NewId


@dataclass(frozen=True, slots=True)
class AnsweredTurn:
    """A turn, and the user's message that began it. The opening has none; nor has a change, which has an id."""

    waiting: Waiting | None
    turn: Turn
    turn_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """Turns in the order in which they are written, the state that they lead to, and who handles the conversation from
    then on; None for whoever does now."""

    state: State
    turns: tuple[AnsweredTurn, ...]
    handling: Literal["bot", "waiting"] | None = None
