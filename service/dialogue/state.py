"""Where a conversation stands in its flow, as it is kept between two turns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from service.core.errors import Unreadable
from service.core.locale import LOCALES, Locale

# Of the form that `to_json` gives it. A state from before there was one is of the first.
VERSION = 1
_FIELDS = frozenset({"version", "step", "locale", "is_completed", "variables"})


@dataclass(frozen=True, slots=True)
class State:
    """The step that waits, the language, and what the visitor has said that later texts may repeat."""

    step: str
    locale: Locale
    is_completed: bool = False
    variables: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As it is kept in `chat_conversations.state`."""
        return {
            "version": VERSION,
            "step": self.step,
            "locale": self.locale,
            "is_completed": self.is_completed,
            "variables": self.variables,
        }

    @classmethod
    def from_json(cls, data: Any) -> State:
        """What `to_json` made. Raises Unreadable for what this version does not know."""
        if not isinstance(data, dict):
            raise Unreadable("state", None)
        full = {"version": VERSION, **data}
        if full["version"] != VERSION or full.keys() != _FIELDS or not _is_right(full):
            raise Unreadable("state", full["version"])
        return cls(full["step"], full["locale"], full["is_completed"], dict(full["variables"]))


def _is_right(data: dict[str, Any]) -> bool:
    variables = data["variables"]
    return (
        isinstance(data["step"], str)
        and data["locale"] in LOCALES
        and isinstance(data["is_completed"], bool)
        and isinstance(variables, dict)
        and all(isinstance(value, str) for value in variables.values())
    )
