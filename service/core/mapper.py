"""Inside is snake_case, outside is camelCase, and here is the only way between the two.

Belongs here: names and timestamps. Does not belong here: which columns leave the house (each feature's own), what a
value means.
A payload, the values of a form and a flow are data of their own: their keys are nobody's to rename.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict

# A row of the database: its columns by name, as JSON has them.
Row = dict[str, Any]

# How the columns end that hold a time.
TIMES = ("_at", "_since", "_until")


@lru_cache(maxsize=512)
def camel(name: str) -> str:
    """`client_message_id` to `clientMessageId`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


class Outbound(BaseModel):
    """An answer: camelCase names, and nothing that does not stand here."""

    model_config = ConfigDict(alias_generator=camel, extra="forbid")


class Inbound(BaseModel):
    """A body from outside: camelCase names, nothing that is not known, never changed."""

    model_config = ConfigDict(alias_generator=camel, extra="forbid", frozen=True)


def outside(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The columns `names` of a row, as they look outside."""
    return {camel(name): _value(name, row[name]) for name in names}


def whole(row: Mapping[str, Any]) -> dict[str, Any]:
    """All columns of a row, for its owner."""
    return outside(row, tuple(row))


def timestamp(text: str) -> str:
    """A time of the database as RFC 3339 in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC).isoformat().replace("+00:00", "Z")


def _value(name: str, value: Any) -> Any:
    return timestamp(value) if name.endswith(TIMES) and value is not None else value
