"""A change to which the flow has something to say: where it stands, what it says, and both written together.

Belongs here: the order of these steps. Does not belong here: what the flow says; the caller hands in `respond`, so that
this module knows no engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from service.core.mapper import Row
from service.inbox.asking import Asking
from service.inbox.conversations import actions

# From where the flow of a conversation stands to what is to be written with the change.
Respond = Callable[[Row], dict[str, Any]]


def change_and_say(
    asking: Asking,
    conversation_id: UUID,
    if_rev: int | None,
    changes: Row,
    respond: Respond,
    known_flows: Sequence[str],
) -> Row:
    """Make a change to which the flow speaks; `{"conversation", "messages"}`.

    Raises ConversationChanged, also where the flow went on meanwhile, and MunuiError.
    """
    turn = actions.read_turn(asking, conversation_id, known_flows)
    now = turn["inbox"]
    if now["channel"] != "web":
        # No flow runs there: nothing is said to the end, and the bot is given nothing.
        return actions.change(asking, conversation_id, if_rev, changes)
    if now["status"] == "completed":
        if changes.get("status") != "open":
            # It is over: the database says so.
            return actions.change(asking, conversation_id, if_rev, changes)
        # It is a person's first, whoever had it, and goes from there to the bot.
        turn = turn | {"conversation": turn["conversation"] | {"status": "open", "handling": "agent"}}
    elif now["handling"] == "bot" and changes.get("handling") == "bot":
        # The bot has it already, and has said what there was to say.
        rest = {name: value for name, value in changes.items() if name != "handling"}
        return actions.change(asking, conversation_id, if_rev, rest)
    return actions.change(asking, conversation_id, if_rev, changes, respond(turn))
