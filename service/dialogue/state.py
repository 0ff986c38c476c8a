"""Where a conversation stands in its flow, as it is kept between two turns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from service.core.errors import Unreadable
from service.core.locale import LOCALES, Locale

# Of the form that `to_json` gives it. A state from before there was one is of the first.
VERSION = 1
_FIELDS = frozenset({"version", "step", "locale", "is_completed", "variables"})
# Left out where there are none, so that a version of ours from before they were kept reads all other states.
_MISFITS = "misfits"
_ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class State:
    """The step that waits, the language, what the visitor has said that later texts may repeat, how many texts in a row
    led nowhere, and the piece of an article that was the last thing said."""

    step: str
    locale: Locale
    is_completed: bool = False
    variables: dict[str, str] = field(default_factory=dict)
    misfits: int = 0
    answered: str = ""

    def to_json(self) -> dict[str, Any]:
        """As it is kept in `chat_conversations.state`."""
        kept: dict[str, Any] = {
            "version": VERSION,
            "step": self.step,
            "locale": self.locale,
            "is_completed": self.is_completed,
            "variables": self.variables,
        }
        if self.misfits:
            kept[_MISFITS] = self.misfits
        if self.answered:
            kept[_ANSWERED] = self.answered
        return kept

    @classmethod
    def from_json(cls, data: Any) -> State:
        """What `to_json` made. Raises Unreadable for what this version does not know."""
        if not isinstance(data, dict):
            raise Unreadable("state", None)
        full = {"version": VERSION, **data}
        misfits, answered = full.pop(_MISFITS, 0), full.pop(_ANSWERED, "")
        is_told = type(misfits) is int and isinstance(answered, str)
        if full["version"] != VERSION or full.keys() != _FIELDS or not is_told or not _is_right(full):
            raise Unreadable("state", full["version"])
        return cls(full["step"], full["locale"], full["is_completed"], dict(full["variables"]), misfits, answered)


def _is_right(data: dict[str, Any]) -> bool:
    variables = data["variables"]
    return (
        isinstance(data["step"], str)
        and data["locale"] in LOCALES
        and isinstance(data["is_completed"], bool)
        and isinstance(variables, dict)
        and all(isinstance(value, str) for value in variables.values())
    )
