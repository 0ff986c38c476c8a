"""From where a conversation stands to where it should.

That is the opening if it has none, then a turn for every message that still waits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from service.domain.commands import AnswerMessage, Command
from service.domain.errors import ConversationCompleted, InvalidForm, UnknownChip
from service.domain.events import TextWritten
from service.domain.ids import NewId
from service.domain.reply import AnsweredTurn, Reply, Waiting
from service.domain.state import Locale, State
from service.domain.turn import Turn
from service.engine.table import CompiledFlow
from service.engine.turn import misfit_turn, open_conversation, resume_conversation, resume_turn, take_turn


def catch_up(
    flow: CompiledFlow,
    state: State | None,
    waiting: Sequence[Waiting],
    *,
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
    for message in waiting:
        before: tuple[Command, ...] = ()
        if is_lost and not turns and not state.is_completed:
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
        return Turn(state, () if isinstance(message.event, TextWritten) else (AnswerMessage({}),))
    except (UnknownChip, InvalidForm):
        return misfit_turn(flow, state, ids, now)
