"""What was found, as it looks outside."""

from __future__ import annotations

from typing import Any

from service.core.mapper import Row, outside
from service.inbox.search.snippet import snippet

_HIT = (
    "kind",
    "id",
    "conversation_id",
    "message_id",
    "created_at",
    "said_by",
    "author_name",
    "status",
    "handling",
    "channel",
)
_CONTACT = ("id", "name", "email", "phone", "is_guest")
_STATE = ("is_complete", "behind_seconds")


def hit(row: Row, words: list[str], beginnings: list[str]) -> dict[str, Any]:
    """A row of chat_search, as `search_hit` tells it."""
    contact, seq = row["contact"], row["seq"]
    return outside(row, _HIT) | {
        "snippet": snippet(row["text"] or "", words, beginnings),
        "cursor": None if seq is None else str(seq),
        "contact": contact and outside(contact, _CONTACT),
    }


def hits(found: Row) -> list[dict[str, Any]]:
    """What was found, in its order."""
    words = [token["token"] for token in found["tokens"] if token["is_needed"]]
    beginnings = [token["token"] for token in found["tokens"] if token["is_needed"] and token["is_beginning"]]
    return [hit(row, words, beginnings) for row in found["hits"]]


def state(found: Row) -> dict[str, Any]:
    """Whether all that there is could be found."""
    return outside(found["state"], _STATE)
