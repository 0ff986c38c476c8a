"""What would be answered to a question. It changes nothing in any conversation.

Belongs here: what a try is until it is done. Does not belong here: asking a model: a worker does (`work.py`), because
no request waits for one.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from service.core.mapper import Row
from service.inbox.asking import Asking
from service.knowledge.assistant import actions
from service.knowledge.assistant.models import AssistantTryBody
from service.knowledge.assistant.outcomes import word_for_word
from service.knowledge.instructions import instructions_of

# What is not known of a try before a model was asked, and stays so where none is.
_UNASKED: Row = {
    "prompt": [],
    "attempts": [],
    "outcome": None,
    "reason": None,
    "shown": None,
    "model": None,
    "tokens_in": 0,
    "tokens_out": 0,
    "cost_micros": 0,
    "milliseconds": None,
}


def begin(asking: Asking, body: AssistantTryBody, *, has_model: bool) -> Row:
    """A try, done at once where no model is to be asked. Raises as every question to the database does."""
    values = body.settings.values if body.settings is not None else {}
    begun = actions.begin_try(asking, body.question, body.locale, body.audience, values, has_model=has_model)
    instructions = instructions_of(begun["settings"])
    asked = {"question": body.question, "locale": begun["locale"], "audience": body.audience}
    found = {name: begun[name] for name in ("id", "found", "found_milliseconds")}
    if begun["id"] is not None:
        return _UNASKED | asked | found | {"status": "pending", "mode": "generative"}
    mode = "off" if instructions.mode == "off" else "extractive"
    came: dict[str, Any] = word_for_word(instructions, body.question, begun["found"])
    return _UNASKED | asked | found | came | {"status": "done", "mode": mode}


def read(asking: Asking, try_id: UUID) -> Row:
    """A try that was not done at once, as it is now. Raises NotFound, and as every question to the database does."""
    row = actions.read_try(asking, try_id)
    return _UNASKED | {"mode": "generative"} | row | (row["result"] or {})
