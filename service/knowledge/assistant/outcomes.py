"""What would be shown for a question without a model: a piece of an article, word for word, or none. Pure.

Belongs here: the same decision that a turn takes of what was found, in words for admins. Does not belong here: whether
a piece may be the answer (the database says so with each).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.core.mapper import Row
from service.dialogue.knowledge import forbidden
from service.knowledge.instructions import Instructions


def word_for_word(instructions: Instructions, question: str, found: Sequence[Row]) -> dict[str, Any]:
    """`{"outcome", "reason", "shown"}` of a question for which this was found, best first."""
    if instructions.mode == "off":
        return _none(None, "off")
    if forbidden(instructions.forbidden_topics, question) is not None:
        return _none("refused", "forbidden_topic")
    if not found:
        return _none("unknown", "nothing_found")
    best = found[0]
    if not best["answerable"]:
        return _none("unknown", "not_sure")
    return {"outcome": "answered", "reason": None, "shown": {"text": best["text"], "sources": [best]}}


def _none(outcome: str | None, reason: str) -> dict[str, Any]:
    return {"outcome": outcome, "reason": reason, "shown": None}
