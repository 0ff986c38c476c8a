"""How hints look on the wire (Server-Sent Events). They hold ids and counters, never what anybody wrote.

Belongs here: names and fields of events. Does not belong here: who is told which (`audience.py`).
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime

from service.live.news import Looking

# What a client that has nothing to hear gets now and then, so that it and proxies know that the stream lives.
COMMENT = b":\n\n"
# Milliseconds until a client asks again when its stream has ended: all of a server's come back, but not at once.
_RETRY = (1000, 4000)


def retry() -> bytes:
    """How long to wait before asking again, for each stream another time."""
    return b"retry: %d\n\n" % random.randint(*_RETRY)  # noqa: S311 - spreads load, keeps no secret


def hello(at: datetime) -> bytes:
    """From now on everything that is committed after `at` is told. Said again: what came before may be missing."""
    return _event("hello", {"at": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")})


def changed(conversation_id: str, rev: int | None) -> bytes:
    """There is more to pull up to `rev`; None: the conversation is gone."""
    return _event("changed", {"conversationId": conversation_id, "rev": rev})


def answering(conversation_id: str, *, is_typing: bool) -> bytes:
    """Whether whoever answers the customer types, for the customer."""
    return _event("typing", {"conversationId": conversation_id, "isTyping": is_typing})


def typing(conversation_id: str, operator_id: str | None, *, is_typing: bool) -> bytes:
    """Whether an operator, or with None the customer, types, for operators."""
    fields: dict[str, object] = {"conversationId": conversation_id, "operatorId": operator_id, "isTyping": is_typing}
    return _event("typing", fields)


def presence(conversation_id: str, looking: Iterable[Looking]) -> bytes:
    """All operators who look at a conversation."""
    operators = [{"id": one.operator_id, "name": one.name} for one in looking]
    return _event("presence", {"conversationId": conversation_id, "operators": operators})


def _event(name: str, fields: dict[str, object]) -> bytes:
    data = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return f"event: {name}\ndata: {data}\n\n".encode()
