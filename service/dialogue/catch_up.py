"""From where a conversation stands to where it should.

That is the opening if it has none, then what is only recorded, then a turn for every message that still waits, then
what a change says that no message began. While people handle it, nothing but what is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from uuid import UUID, uuid5

from service.core.errors import ConversationCompleted, InvalidForm, UnknownChip
from service.core.ids import NewId
from service.core.locale import Locale
from service.core.team import Team
from service.dialogue import engine
from service.dialogue.answers import asks, beside
from service.dialogue.commands import AnswerMessage, Command, SubmitInquiry
from service.dialogue.events import TextWritten
from service.dialogue.knowledge import NOTHING_LOOKED_UP, LookedUp
from service.dialogue.reply import AnsweredTurn, Change, Reply, Waiting
from service.dialogue.state import State
from service.dialogue.table import CompiledFlow
from service.dialogue.turn import Turn

# From a user's message (None: the opening) to the ids of its replies.
TurnIds = Callable[[UUID | None], NewId]


def catch_up(
    flow: CompiledFlow,
    state: State | None,
    waiting: Sequence[Waiting],
    *,
    late: Sequence[Waiting] = (),
    locale: Locale,
    has_history: bool,
    is_lost: bool = False,
    ids: TurnIds,
    now: datetime,
    team: Team | None = None,
    change: Change | None = None,
    looked_up: LookedUp = NOTHING_LOOKED_UP,
) -> Reply:
    """The turns that are missing, in the order of the messages that began them.

    Args:
        flow: the flow of the conversation.
        state: as it was left, or None where nothing was written yet.
        waiting: the user's messages without a reply, oldest first.
        late: older ones, of which there were too many to reply to: only what they answer and hand in is kept.
        locale: the language of a conversation that begins here.
        is_lost: what was left could not be read, and `state` is all that is known of it: the step `resume` is said
            before the first reply, and goes on from there.
        has_history: it has messages from before it had a state: then it goes on instead of beginning.
        ids: from a user's message (None: the opening) to the ids of its replies.
        now: when, with a time zone.
        team: the people who can be asked for.
        change: what is to happen after all of that.
        looked_up: what is known for texts among `waiting`. Of several that are questions one is replied to.

    Raises:
        ConversationCompleted: nothing is left to change.
    """
    turns: list[AnsweredTurn] = []
    if state is None:
        begin = engine.resume_conversation if has_history else engine.open_conversation
        opening = begin(flow, locale, ids(None), now)
        turns.append(AnsweredTurn(None, opening))
        state = opening.state
    run = _Run(flow, ids, now, team, looked_up, _beside(waiting, looked_up))
    turns += [AnsweredTurn(message, run.recorded(state, message)) for message in late]
    for message in waiting:
        before: tuple[Command, ...] = ()
        if is_lost and message is waiting[0] and not state.is_completed:
            resumed = engine.resume_turn(flow, state, ids(uuid5(message.client_message_id, "resume")), now)
            state, before = resumed.state, resumed.commands
        # What was said after somebody asked for a person waits for them.
        is_handed_over = any(one.turn.hands_over for one in turns)
        turn = run.noted(state, message) if is_handed_over else run.taken(state, message)
        turn = Turn(turn.state, (*before, *turn.commands))
        turns.append(AnsweredTurn(message, turn))
        state = turn.state
    if change is not None and (said := run.changed(state, change, any(one.turn.hands_over for one in turns))):
        turns.append(AnsweredTurn(None, said, change.turn_id))
        state = said.state
    return Reply(state, tuple(turns), "waiting" if any(one.turn.hands_over for one in turns) else None)


def catch_up_among_people(
    flow: CompiledFlow,
    state: State,
    waiting: Sequence[Waiting],
    *,
    ids: TurnIds,
    now: datetime,
    change: Change | None = None,
) -> Reply:
    """As `catch_up`, while people handle the conversation: answers are recorded, and nothing is replied to.

    Only giving it back to the bot, or completing it, says more.
    """
    run = _Run(flow, ids, now, None)
    turns = [AnsweredTurn(message, run.noted(state, message)) for message in waiting]
    if change is None or change.what == "handover":
        return Reply(state, tuple(turns))
    if change.what == "complete":
        said = engine.say_goodbye(flow, state, change.ids, now, among_people=True)
    else:
        said = engine.give_back(flow, state, change.ids, now)
    every = (*turns, AnsweredTurn(None, said, change.turn_id))
    return Reply(said.state, every, "bot" if change.what == "resume" else None)


def _beside(waiting: Sequence[Waiting], looked_up: LookedUp) -> set[UUID]:
    """Of texts that follow each other all but the one that is replied to, if that was looked into."""
    found: set[UUID] = set()
    for is_text, run in groupby(waiting, lambda one: isinstance(one.event, TextWritten)):
        texts = [one.message_id for one in run]
        if is_text and (target := looked_up.target(texts)):
            found.update(one for one in texts if one != target)
    return found


@dataclass(frozen=True, slots=True)
class _Run:
    flow: CompiledFlow
    ids: TurnIds
    now: datetime
    team: Team | None
    looked_up: LookedUp = NOTHING_LOOKED_UP
    # Questions that another is replied to instead of.
    beside: Collection[UUID] = ()

    def taken(self, state: State, message: Waiting) -> Turn:
        """The turn of a message."""
        ids = self.ids(message.client_message_id)
        try:
            if message.event is None:
                return engine.misfit_turn(self.flow, state, ids, self.now)
            knowledge = self.looked_up.by_message.get(message.message_id)
            if self._is_beside(state, message):
                return beside(self.flow, state, ids, self.now)
            return engine.take_turn(self.flow, state, message.event, ids, self.now, self.team, knowledge)
        except ConversationCompleted:
            # It was accepted while the message that completed the conversation was still waiting itself.
            return self.recorded(state, message)
        except (UnknownChip, InvalidForm):
            return engine.misfit_turn(self.flow, state, ids, self.now)

    def _is_beside(self, state: State, message: Waiting) -> bool:
        """Whether it is one of several questions, and another is replied to."""
        is_question = isinstance(message.event, TextWritten) and not state.is_completed and asks(self.flow, state)
        return is_question and message.message_id in self.beside

    def recorded(self, state: State, message: Waiting) -> Turn:
        """What stays of a message that gets no reply: the answer that it was, and what it handed in."""
        turn = self.taken(replace(state, is_completed=False), message)
        return Turn(state, tuple(c for c in turn.commands if isinstance(c, AnswerMessage | SubmitInquiry)))

    def noted(self, state: State, message: Waiting) -> Turn:
        """The same, and who answered is told that it was noted."""
        turn = self.recorded(state, message)
        return engine.record(self.flow, turn, self.ids(message.client_message_id), self.now)

    def changed(self, state: State, change: Change, is_handed_over: bool) -> Turn | None:
        """What a change says while the bot handles the conversation; None where it is so already."""
        if change.what == "handover":
            assert self.team is not None, "a person is asked for among nobody"
            return None if is_handed_over else engine.hand_over(self.flow, state, self.team, change.ids, self.now)
        if change.what == "complete":
            return engine.say_goodbye(self.flow, state, change.ids, self.now, among_people=is_handed_over)
        return None
