"""The model's answer as data: its form, and reading it.

Belongs here: the form. Does not belong here: whether it is right (`checks.py`).
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

# Given to the endpoint where it takes one; validated here whether it does or not.
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["action", "sentences"],
    "properties": {
        "action": {"type": "string", "enum": ["answer", "clarify", "handover"]},
        "sentences": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["text", "quote", "chunkId"],
                "properties": {
                    "text": {"type": "string"},
                    "quote": {"type": "string"},
                    "chunkId": {"type": "string"},
                },
            },
        },
    },
}
_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)


class Sentence(BaseModel):
    """One sentence, and the words of a passage that say so."""

    model_config = ConfigDict(frozen=True)

    text: Annotated[str, Field(max_length=4_000)]
    quote: Annotated[str, Field(max_length=4_000)] = ""
    chunk_id: Annotated[str, Field(max_length=100, validation_alias=AliasChoices("chunkId", "chunk_id"))] = ""


class Draft(BaseModel):
    """What a model answers. Nobody has checked it."""

    model_config = ConfigDict(frozen=True)

    action: Literal["answer", "clarify", "handover"]
    sentences: Annotated[tuple[Sentence, ...], Field(max_length=20)] = ()


def read_draft(raw: str) -> Draft | None:
    """The answer in `raw`, which may have thoughts before it and a fence around it; None where there is none."""
    text = _THOUGHT.sub("", raw)
    try:
        found = json.loads(text[text.index("{") : text.rindex("}") + 1])
        return Draft.model_validate(found)
    except (ValueError, RecursionError, ValidationError):
        return None
