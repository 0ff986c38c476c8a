"""A change to which the flow has something to say: where it stands, what it says, and both written together.

Belongs here: the order of these steps, and again if somebody was faster. Does not belong here: what the flow says; the
caller hands in `respond`, so that this module knows no engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from service.core.errors import ConversationChanged, UpstreamUnavailable
from service.core.mapper import Row
from service.inbox.asking import Asking
from service.inbox.conversations import actions

ROUNDS = 3

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

    Raises ConversationChanged, MunuiError.
    """
    for _ in range(ROUNDS):
        turn = actions.read_turn(asking, conversation_id, known_flows)
        now = turn["inbox"]
        if now["seen_rev"] != if_rev:
            raise ConversationChanged(now=now)
        done = actions.change(asking, conversation_id, if_rev, changes, respond(turn))
        if done.get("applied", True):
            return done
    raise UpstreamUnavailable("Others are writing to this conversation; repeat it")
