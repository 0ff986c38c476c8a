"""The team as customers may know it: when it works, whether somebody is there, how long an answer takes.

Belongs here: what follows from the row that is kept of it. Does not belong here: who is in it (operators see that).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from service.core.hours import Hours

Presence = Literal["online", "away", "closed"]


@dataclass(frozen=True, slots=True)
class Team:
    """The people who answer. Somebody counts as there until `online_until`, if no screen tells of itself again."""

    hours: Hours
    online_until: datetime | None = None
    expected_reply_seconds: int | None = None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Team:
        """A row of chat_team. Raises ValueError, which names what cannot be used."""
        until = row["online_until"]
        return cls(
            Hours.from_row(row), None if until is None else datetime.fromisoformat(until), row["expected_reply_seconds"]
        )

    def presence(self, now: datetime) -> Presence:
        """Whether somebody answers now: `online`, `away` within the hours, `closed` outside of them."""
        if not self.hours.is_open(now):
            return "closed"
        return "online" if self.online_until is not None and now < self.online_until else "away"

    def is_online(self, now: datetime) -> bool:
        """Whether somebody is there, and the team works."""
        return self.presence(now) == "online"


# Of which nothing is known, or nothing that can be read: somebody is told at every hour, and looks when they can.
UNKNOWN_TEAM = Team(Hours(UTC, always_open=True))
