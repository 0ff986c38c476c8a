"""Where a conversation stands in its flow, as it is kept between two turns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from service.core.locale import Locale


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
            "step": self.step,
            "locale": self.locale,
            "is_completed": self.is_completed,
            "variables": self.variables,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> State:
        """What `to_json` made."""
        return cls(data["step"], data["locale"], data["is_completed"], dict(data["variables"]))
