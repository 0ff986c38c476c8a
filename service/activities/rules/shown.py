"""Rules and their runs as they look outside."""

from __future__ import annotations

from typing import Any

from service.activities.rules.conditions import Finding
from service.core.mapper import Row, outside


def rule(row: Row) -> dict[str, Any]:
    """A rule. Its conditions and actions are kept as they look outside."""
    told = outside(row, ("id", "name", "position", "is_active"))
    what = {"on": row["types"], "when": row["condition"], "then": row["actions"]}
    return told | what | outside(row, ("created_at", "updated_at"))


def run(row: Row) -> dict[str, Any]:
    """A row of chat_rule_runs."""
    return outside(row, ("id", "activity_id", "conversation_id", "status", "actions", "created_at"))


def finding(one: Finding) -> dict[str, Any]:
    """Whether a condition holds."""
    return {"place": one.place, "holds": one.holds, "found": one.found}
