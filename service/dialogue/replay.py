"""Runs a guest's events again, from the opening on. The browser's texts, times and rows count for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from service.core.errors import AlreadyAnswered, IdempotencyConflict, Invalid, InvalidForm, MunuiError, UnknownChip
from service.core.ids import derived_ids
from service.core.locale import Locale
from service.core.text import user_text
from service.dialogue.engine import open_conversation, submitted_text, take_turn
from service.dialogue.events import ChipClicked, Event, FormSubmitted, TextWritten
from service.dialogue.message import INTERACTIVE, Message
from service.dialogue.replayed import Asked, PastEvent, Placed, Rejected, Replay, Said, Submitted
from service.dialogue.state import State
from service.dialogue.table import CompiledFlow
from service.dialogue.turn import Turn


def replay_guest(
    flow: CompiledFlow,
    *,
    conversation_id: UUID,
    guest_conversation_id: UUID,
    events: Sequence[PastEvent],
    locale: Locale,
    now: datetime,
) -> Replay:
    """The conversation that a guest's events make.

    Args:
        flow: the flow that the guest's browser ran.
        conversation_id: of the row that is going to hold it.
        guest_conversation_id: under which the guest's browser derived the ids that the events name.
        events: in the order in which they happened. One that does not fit is rejected, the others go on.
        locale: the language of the conversation.
        now: when, with a time zone.
    """
    run = _Run(flow, conversation_id, guest_conversation_id, locale, now)
    for event in events:
        run.take(event)
    return run.result()


@dataclass(slots=True)
class _Run:
    flow: CompiledFlow
    conversation_id: UUID
    guest_conversation_id: UUID
    locale: Locale
    now: datetime
    state: State = field(init=False)
    placed: list[Placed] = field(default_factory=list)
    # By the id in the guest's browser.
    questions: dict[UUID, Message] = field(default_factory=dict)
    answers: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    taken: dict[UUID, PastEvent] = field(default_factory=dict)
    inquiries: list[Submitted] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        turn = open_conversation(self.flow, self.locale, derived_ids(self.conversation_id, None), self.now)
        self.state = turn.state
        self._place(turn, self.conversation_id, None)

    def take(self, event: PastEvent) -> None:
        """Run one event, or note why not."""
        known = self.taken.get(event.client_message_id)
        if known == event:
            return
        try:
            if known is not None:
                raise IdempotencyConflict
            self._take(event)
        except MunuiError as error:
            self.rejected.append(Rejected(event.client_message_id, error.code))

    def result(self) -> Replay:
        """What came of it."""
        return Replay(
            self.state,
            tuple(self.placed),
            self.answers,
            tuple(self.inquiries),
            tuple(self.rejected),
            tuple(self.asked),
        )

    def _take(self, event: PastEvent) -> None:
        question = self._question(event)
        happened = _event(event, question)
        ids = derived_ids(self.conversation_id, event.client_message_id)
        turn = take_turn(self.flow, self.state, happened, ids, self.now, knowledge=event.knowledge)
        said = self._said(event, happened, turn, question)
        self.taken[event.client_message_id] = event
        self.state = turn.state
        self.placed.append(Placed(said, said.id))
        if question is not None and turn.answer is not None:
            self.answers[question.id] = turn.answer.answer
        if turn.inquiry is not None:
            inquiry = turn.inquiry
            self.inquiries.append(
                Submitted(
                    event.client_message_id, said.id, inquiry.step_id, inquiry.values, inquiry.normal, inquiry.locale
                )
            )
        if turn.kept_answer is not None:
            self.asked.append(Asked(said.id, turn.kept_answer))
        self._place(turn, said.id, event.client_message_id)

    def _question(self, event: PastEvent) -> Message | None:
        if event.answers is None:
            return None
        question = self.questions.get(event.answers)
        if question is None:
            raise InvalidForm if event.chip_id is None else UnknownChip
        if question.id in self.answers:
            raise AlreadyAnswered
        return question

    def _said(self, event: PastEvent, happened: Event, turn: Turn, question: Message | None) -> Said:
        answer = turn.answer.answer if turn.answer else {}
        match happened:
            case TextWritten(content):
                saved = None
            case ChipClicked(_, chip_id):
                content, saved = answer["label"], {"type": "chip", "chip_id": chip_id}
            case FormSubmitted(step_id):
                values = answer["values"]
                content = submitted_text(self.flow, self.locale, step_id, values)
                saved = {"type": "form", "values": values}
        return Said(
            id=uuid5(self.conversation_id, f"user/{event.client_message_id}"),
            client_message_id=event.client_message_id,
            content=content,
            created_at=self.now,
            event=saved,
            in_reply_to=None if question is None else question.id,
        )

    def _place(self, turn: Turn, turn_id: UUID, client_message_id: UUID | None) -> None:
        guest_id = derived_ids(self.guest_conversation_id, client_message_id)
        for place, message in enumerate(turn.messages):
            self.placed.append(Placed(message, turn_id))
            if message.kind in INTERACTIVE:
                self.questions[guest_id(place)] = message


def _event(event: PastEvent, question: Message | None) -> Event:
    if question is None:
        if event.content is None:
            raise Invalid
        return TextWritten(user_text(event.content))
    step_id = question.step_id or ""
    if event.chip_id is not None:
        return ChipClicked(step_id, event.chip_id)
    return FormSubmitted(step_id, event.values or {})
