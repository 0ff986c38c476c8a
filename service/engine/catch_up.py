"""From where a conversation stands to where it should.

That is the opening if it has none, then what is only recorded, then a turn for every message that still waits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from service.domain.commands import AnswerMessage, SubmitInquiry
from service.domain.errors import ConversationCompleted, InvalidForm, UnknownChip
from service.domain.ids import NewId
from service.domain.reply import AnsweredTurn, Reply, Waiting
from service.domain.state import Locale, State
from service.domain.turn import Turn
from service.engine.table import CompiledFlow
from service.engine.turn import misfit_turn, open_conversation, resume_conversation, take_turn


def catch_up(
    flow: CompiledFlow,
    state: State | None,
    waiting: Sequence[Waiting],
    *,
    late: Sequence[Waiting] = (),
    locale: Locale,
    has_history: bool,
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
        turn = _turn(flow, state, message, ids(message.client_message_id), now)
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
