"""Settings as they look outside."""

from __future__ import annotations

from typing import Any

from service.core.mapper import Row, outside


def label(row: Row) -> dict[str, Any]:
    """A row of chat_labels."""
    return outside(row, ("id", "name", "color"))


def canned_reply(row: Row) -> dict[str, Any]:
    """A row of chat_canned_replies."""
    return outside(row, ("id", "shortcut", "content", "is_personal"))


def hours(row: Row) -> dict[str, Any]:
    """The row of chat_team, without who is there at the moment."""
    plain = ("time_zone", "always_open", "override_open", "override_until", "expected_reply_seconds")
    return outside(row, plain) | {
        "spans": [outside(one, ("weekday", "from", "to")) for one in row["spans"]],
        "holidays": [{"date": one["date"], "name": one.get("name")} for one in row["holidays"]],
    }
