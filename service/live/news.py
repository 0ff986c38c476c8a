"""What the database says is new: conversations that changed, who types, who looks at what.

Belongs here: reading its answers. Does not belong here: asking for it (`actions.py`), who is told
(`audience.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Changed:
    """A conversation that changed. `rev` counts what its customer can see, `changes` what only operators can."""

    id: str
    user_id: str
    rev: int
    changes: int
    # Whether there is anything in it for the customer: that operators note and sort is nothing they are told.
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody types: the customer, or an operator, who may be the one that has the conversation."""

    conversation_id: str
    user_id: str
    operator_id: str | None
    is_assignee: bool


@dataclass(frozen=True, slots=True)
class Looking:
    """An operator looks at a conversation."""

    conversation_id: str
    operator_id: str
    name: str


@dataclass(frozen=True, slots=True)
class News:
    """Everything since a cursor, and the next one. With `resync` that is not known: there may have been anything."""

    cursor: str
    resync: bool
    changed: tuple[Changed, ...]
    gone: tuple[str, ...]
    typing: frozenset[Typing]
    presence: frozenset[Looking]

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Self:
        """The answer of `live_feed`. Raises KeyError, TypeError, ValueError."""
        return cls(
            cursor=str(row["cursor"]),
            resync=bool(row["resync"]),
            changed=tuple(_changed(one) for one in row["changed"]),
            gone=tuple(row["gone"]),
            typing=frozenset(_typing(one) for one in row["typing"]),
            presence=frozenset(
                Looking(one["conversation_id"], one["operator_id"], one["name"]) for one in row["presence"]
            ),
        )


@dataclass(frozen=True, slots=True)
class People:
    """Who of those that were asked about may go on listening, by the ids of their accounts."""

    members: frozenset[str]
    operators: frozenset[str]


def _changed(row: dict[str, Any]) -> Changed:
    return Changed(row["id"], row["user_id"], int(row["rev"]), int(row["changes"]), bool(row.get("is_shown", True)))


def _typing(row: dict[str, Any]) -> Typing:
    operator = row["operator_id"]
    is_assignee = operator is not None and operator == row["assignee_id"]
    return Typing(row["conversation_id"], row["user_id"], operator, is_assignee)
