"""The audit as it looks outside."""

from __future__ import annotations

from typing import Any

from service.core.mapper import Row, camel, outside
from service.inbox import shown

_TOLD = ("what", "action", "deleted", "id", "name", "changes")


def entry(row: Row) -> dict[str, Any]:
    """A row of chat_activities that is of no conversation."""
    data = row["data"]
    changes = data.get("changes", {})
    return outside(row, ("id", "type", "created_at")) | {
        "actor": shown.actor(row),
        "what": data.get("what"),
        "action": data.get("action") or ("removed" if data.get("deleted") else None),
        "name": data.get("name"),
        "changes": [{"field": camel(name), **changed} for name, changed in changes.items()],
        "details": {name: value for name, value in data.items() if name not in _TOLD},
    }
