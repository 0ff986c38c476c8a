"""What conditions look at, made from what the database tells (`rule_facts`). Pure: the clock is in the row.

Does not belong here: what a condition means (`conditions.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from service.activities.rules.conditions import Facts
from service.conversations.responding import team_of
from service.core.mapper import Row

Changed = dict[str, tuple[Any, Any]]


def facts_of(row: Row) -> Facts:
    """The facts in a row of `rule_facts`."""
    contact, message = row["contact"], row["message"] or {}
    now = datetime.fromisoformat(row["now"])
    since = {"conversation.waiting": row["waiting_since"], "conversation.silence": row["silent_since"]}
    return Facts(
        values={
            "message.content": message.get("content"),
            "message.role": message.get("role"),
            "conversation.status": row["status"],
            "conversation.handling": row["handling"],
            "conversation.channel": row["channel"],
            "conversation.labels": row["labels"],
            "conversation.priority": row["priority"],
            "conversation.locale": row["locale"],
            "contact.email": contact["email"],
            "contact.isGuest": contact["is_guest"],
            "page.url": contact["page_url"],
            "hours.isOpen": team_of(row["team"]).hours.is_open(now),
        },
        attributes=contact["attributes"] or {},
        form=row["form"],
        changes=changes_of(row["activity"]),
        minutes={name: (now - datetime.fromisoformat(at)).total_seconds() / 60 for name, at in since.items() if at},
    )


def changes_of(activity: Mapping[str, Any] | None) -> Changed:
    """What an activity changed, by field: what it was and what it is. None where it does not say."""
    change = _CHANGES.get(activity["type"]) if activity is not None else None
    return change(activity["data"]) if activity is not None and change is not None else {}


def _handed_over(data: Row) -> Changed:
    # Only from the bot somebody is wanted.
    to = data.get("handling")
    return {"conversation.handling": ("bot" if to == "waiting" else None, to)}


def _assigned(data: Row) -> Changed:
    # Who has it now had it from a colleague, or it became a person's.
    return {} if data.get("formerId") else {"conversation.handling": (None, "agent")}


_CHANGES: dict[str, Callable[[Row], Changed]] = {
    "conversation.opened": lambda _: {"conversation.status": (None, "open")},
    "conversation.completed": lambda _: {"conversation.status": ("open", "completed")},
    "conversation.reopened": lambda _: {"conversation.status": ("completed", "open")},
    "conversation.handed_over": _handed_over,
    "conversation.assigned": _assigned,
    "conversation.unassigned": lambda _: {"conversation.handling": ("agent", None)},
    "conversation.labelled": lambda data: {"conversation.labels": (data.get("removed"), data.get("added"))},
    "conversation.prioritised": lambda data: {"conversation.priority": (data.get("former"), data.get("priority"))},
}
