"""From where a conversation stands to where it should.

That is the opening if it has none, then what is only recorded, then a turn for every message that still waits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from service.core.errors import ConversationCompleted, InvalidForm, UnknownChip
from service.core.ids import NewId
from service.core.locale import Locale
from service.dialogue.commands import AnswerMessage, Command, SubmitInquiry
from service.dialogue.engine import misfit_turn, open_conversation, resume_conversation, resume_turn, take_turn
from service.dialogue.reply import AnsweredTurn, Reply, Waiting
from service.dialogue.state import State
from service.dialogue.table import CompiledFlow
from service.dialogue.turn import Turn


def catch_up(
    flow: CompiledFlow,
    state: State | None,
    waiting: Sequence[Waiting],
    *,
    late: Sequence[Waiting] = (),
    locale: Locale,
    has_history: bool,
    is_lost: bool = False,
    ids: Callable[[UUID | None], NewId],
    now: datetime,
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
    """
    turns: list[AnsweredTurn] = []
    if state is None:
        begin = resume_conversation if has_history else open_conversation
        opening = begin(flow, locale, ids(None), now)
        turns.append(AnsweredTurn(None, opening))
        state = opening.state
    turns += [
        AnsweredTurn(message, _recorded(flow, state, message, ids(message.client_message_id), now)) for message in late
    ]
    for message in waiting:
        before: tuple[Command, ...] = ()
        if is_lost and message is waiting[0] and not state.is_completed:
            resumed = resume_turn(flow, state, ids(uuid5(message.client_message_id, "resume")), now)
            state, before = resumed.state, resumed.commands
        turn = _turn(flow, state, message, ids(message.client_message_id), now)
        turn = Turn(turn.state, (*before, *turn.commands))
        turns.append(AnsweredTurn(message, turn))
        state = turn.state
    return Reply(state, tuple(turns))


def _turn(flow: CompiledFlow, state: State, message: Waiting, ids: NewId, now: datetime) -> Turn:
    try:
        if message.event is None:
            return misfit_turn(flow, state, ids, now)
        return take_turn(flow, state, message.event, ids, now)
    except ConversationCompleted:
        # It was accepted while the message that completed the conversation was still waiting itself.
        return _recorded(flow, state, message, ids, now)
    except (UnknownChip, InvalidForm):
        return misfit_turn(flow, state, ids, now)


def _recorded(flow: CompiledFlow, state: State, message: Waiting, ids: NewId, now: datetime) -> Turn:
    """What stays of a message that gets no reply: the answer that it was, and what it handed in."""
    turn = _turn(flow, replace(state, is_completed=False), message, ids, now)
    return Turn(state, tuple(c for c in turn.commands if isinstance(c, AnswerMessage | SubmitInquiry)))
