"""What the database answers, as plain data with names. Rows stay rows: `shown.py` turns them inside out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from service.core.mapper import Row
from service.dialogue.events import ChipClicked, Event, FormSubmitted, TextWritten
from service.dialogue.knowledge import NOTHING_LOOKED_UP, Knowledge, LookedUp
from service.dialogue.reply import Waiting


@dataclass(frozen=True, slots=True)
class TurnView:
    """A turn as it stands in the database: what `chat_turn` tells."""

    conversation: Row
    # As it is kept. What it means is for who knows its flow.
    state: Row | None
    state_version: int
    flow_version: str | None
    flow: Row | None
    has_history: bool
    message: Row | None
    is_handled: bool
    replies: list[Row]
    answered: list[Row]
    waiting: tuple[Waiting, ...]
    # Older forms, of which there were too many to reply to.
    late: tuple[Waiting, ...]
    is_new: bool
    is_applied: bool
    # What was said when it was last handed over, given back or completed by hand.
    changed: list[Row]
    team: Row
    # What is known for texts that wait.
    looked_up: LookedUp = NOTHING_LOOKED_UP

    @property
    def conversation_id(self) -> UUID:
        """The key of the conversation's row."""
        return UUID(self.conversation["id"])

    @property
    def is_peoples(self) -> bool:
        """Whether people handle the conversation, or are waited for: then the bot says nothing."""
        handling: str = self.conversation["handling"]
        return handling != "bot"

    @classmethod
    def from_json(cls, data: Row) -> TurnView:
        """What a function of the database answered."""
        waiting = tuple(_waiting(row) for row in data["pending"])
        return cls(
            conversation=data["conversation"],
            state=data["state"],
            state_version=data["state_version"],
            flow_version=data["flow_version"],
            flow=data["flow"],
            has_history=data["has_history"],
            message=data["message"],
            is_handled=data["handled"],
            replies=data["replies"],
            answered=data["answered"],
            waiting=waiting,
            # A database whose migrations are behind does not tell them.
            late=tuple(_waiting(row) for row in data.get("late_forms", ())),
            is_new=data.get("created", False),
            is_applied=data.get("applied", False),
            changed=data["changed"],
            team=data["team"],
            looked_up=_looked_up(data["looked_up"], waiting) if "looked_up" in data else NOTHING_LOOKED_UP,
        )


@dataclass(frozen=True, slots=True)
class AnswerPreview:
    """What is known before a form is accepted: what `chat_preview` tells."""

    status: str
    locale: str | None
    flow_version: str | None
    flow: Row | None
    asked: Row | None
    is_answered: bool
    is_repeated: bool

    @classmethod
    def from_json(cls, data: Row) -> AnswerPreview:
        """What the function of the database answered."""
        return cls(
            status=data["status"],
            locale=data["locale"],
            flow_version=data["flow_version"],
            flow=data["flow"],
            asked=data["asked"],
            is_answered=data["answered"],
            is_repeated=data["repeated"],
        )


def _waiting(row: Row) -> Waiting:
    return Waiting(
        message_id=UUID(row["id"]),
        client_message_id=UUID(row["client_message_id"]),
        request_id=None if row["request_id"] is None else UUID(row["request_id"]),
        event=_event(row),
    )


def _event(row: Row) -> Event | None:
    """The event that a row was saved for. A member who writes rows directly may have saved what is none."""
    event, step = row["event"], row["asked_step_id"]
    if event is None:
        return TextWritten(row["content"])
    if step is None:
        return None
    if row["asked_kind"] == "chips":
        return ChipClicked(step, str(event.get("chip_id")))
    values = event.get("values")
    # Another version of ours may know answers that this one does not.
    return FormSubmitted(step, values) if isinstance(values, dict) else None


def _looked_up(row: Row, waiting: Sequence[Waiting]) -> LookedUp:
    """What `kb_look_up` told of texts that wait."""
    said = {one.message_id: one.event.content for one in waiting if isinstance(one.event, TextWritten)}
    found = {UUID(one["message_id"]): one for one in row["found"]}
    return LookedUp({key: Knowledge.from_row(row, one, said[key]) for key, one in found.items()})
