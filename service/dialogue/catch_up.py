"""From where a conversation stands to where it should.

That is the opening if it has none, then a turn for every message that still waits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from service.core.errors import ConversationCompleted, InvalidForm, UnknownChip
from service.core.ids import NewId
from service.core.locale import Locale
from service.dialogue.commands import AnswerMessage
from service.dialogue.engine import misfit_turn, open_conversation, resume_conversation, take_turn
from service.dialogue.events import TextWritten
from service.dialogue.reply import AnsweredTurn, Reply, Waiting
from service.dialogue.state import State
from service.dialogue.table import CompiledFlow
from service.dialogue.turn import Turn


def catch_up(
    flow: CompiledFlow,
    state: State | None,
    waiting: Sequence[Waiting],
    *,
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
        return Turn(state, () if isinstance(message.event, TextWritten) else (AnswerMessage({}),))
    except (UnknownChip, InvalidForm):
        return misfit_turn(flow, state, ids, now)
