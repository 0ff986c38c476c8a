"""What the flow says when a rule ends a conversation or hands it over: asked before, as for an operator's change.

Belongs here: which actions the flow speaks to, and where the conversation stands when one of several is done. Does not
belong here: what is said (the flow), writing it (`rule_apply`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service.conversations.changing import spoken
from service.conversations.known_flows import KnownFlows
from service.core.locale import Locale
from service.core.mapper import Row
from service.dialogue.reply import What

WEB = "web"
# The language of a conversation that has none yet.
_LOCALE: Locale = "ko"
_SPOKEN_TO: dict[str, What] = {"complete": "complete", "handOver": "handover"}


def is_spoken_to(actions: list[Row], channel: str) -> bool:
    """Whether the flow has something to say to one of these actions. No flow runs in a channel."""
    return channel == WEB and any(action["type"] in _SPOKEN_TO for action in actions)


def replies(flows: KnownFlows, turn: Row, actions: list[Row], request_id: UUID) -> dict[str, Any]:
    """By the place of an action, what the flow says to it, as the database takes it.

    Args:
        flows: those that this process knows.
        turn: where the conversation stands (`chat_turn_for_service`).
        actions: what is done, in this order.
        request_id: what the rows are to bear.
    """
    said: dict[str, Any] = {}
    for place, action in enumerate(actions):
        here = turn["conversation"]
        match action["type"]:
            case "complete" if here["status"] == "open":
                said[str(place)] = reply = spoken(flows, _LOCALE, "complete", request_id)(turn)
                turn = _after(turn, reply, {"status": "completed"})
            case "handOver" if here["status"] == "open" and here["handling"] == "bot":
                said[str(place)] = reply = spoken(flows, _LOCALE, "handover", request_id)(turn)
                turn = _after(turn, reply, {"handling": "waiting"})
            case "reopen" if here["status"] != "open":
                turn = turn | {"conversation": here | {"status": "open", "handling": "waiting"}}
            case "assign" | "unassign" if here["handling"] != "bot" or action["type"] == "assign":
                turn = turn | {"conversation": here | {"handling": "agent"}}
    return said


def _after(turn: Row, reply: Row, changed: Row) -> Row:
    """Where the conversation stands once that is written."""
    return turn | {
        "conversation": turn["conversation"] | changed,
        "state": reply["state"],
        "state_version": turn["state_version"] + 1,
        "flow_version": reply["flow_version"],
        "flow": reply["flow"] or turn["flow"],
        "has_history": True,
        "pending": [],
        "late_forms": [],
    }
