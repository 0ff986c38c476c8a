"""What the flow says when an operator changes who handles a conversation, or ends it.

Belongs here: the hand-over between the engine and the inbox. Does not belong here: whether they may (the database),
what is said (the flow).
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from service.conversations.known_flows import KnownFlows
from service.conversations.responding import responder
from service.conversations.store import reply_row
from service.conversations.turn_view import TurnView
from service.core.locale import Locale
from service.core.mapper import Row
from service.dialogue.reply import What


def spoken(flows: KnownFlows, locale: Locale, change: What, request_id: UUID) -> Callable[[Row], Row]:
    """What the flow says when an operator completes a conversation, or gives it back to the bot.

    Args:
        flows: those that this process knows.
        locale: the language of a conversation that has none yet.
        change: `complete` or `resume`.
        request_id: what the rows are to bear.

    Returns:
        From a turn as the database tells it (`chat_turn`, `inbox_turn`) to what it takes as `p_reply`.
    """
    respond = responder(flows, locale, change)

    def speak(row: Row) -> Row:
        view = TurnView.from_json(row)
        return reply_row(view, respond(view), request_id)

    return speak
