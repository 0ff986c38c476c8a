"""Messages: who may say what, and the form in which the engine hands them over.

The rule of roles and kinds stands here, in a CHECK of the database and in the policy of members.
One test feeds all three.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from service.core.errors import Invalid

Payload = dict[str, Any]

MAX_BOT_TEXT = 16_000
# Begins the `step_id` of what a flow says about people; no step can be called so.
HANDOVER = "handover."
# And of what it says around answers.
ANSWERS = "answers."


class Role(StrEnum):
    """Who speaks."""

    USER = "user"
    BOT = "bot"
    SYSTEM = "system"


class Kind(StrEnum):
    """How it is rendered."""

    TEXT = "text"
    CHIPS = "chips"
    FORM = "form"
    NOTICE = "notice"


ALLOWED: dict[Role, frozenset[Kind]] = {
    Role.USER: frozenset({Kind.TEXT}),
    Role.BOT: frozenset(Kind),
    Role.SYSTEM: frozenset({Kind.TEXT, Kind.NOTICE}),
}
INTERACTIVE = frozenset({Kind.CHIPS, Kind.FORM})


def is_allowed(role: Role, kind: Kind) -> bool:
    """Whether `role` may say something of `kind`."""
    return kind in ALLOWED[role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that the engine wants said. The database gives it its place.

    Raises:
        Invalid: the role may not say this kind, or the content that the kind needs is missing.
    """

    id: UUID
    role: Role
    kind: Kind
    created_at: datetime
    content: str | None = None
    payload: Payload | None = None
    step_id: str | None = None
    client_message_id: UUID

    def __post_init__(self) -> None:
        if not is_allowed(self.role, self.kind):
            raise Invalid(f"{self.role} may not say {self.kind}")
        if (self.payload if self.kind in INTERACTIVE else self.content) is None:
            raise Invalid(f"{self.kind} lacks what it shows")
