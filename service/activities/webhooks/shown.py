"""Webhooks as they look outside."""

from __future__ import annotations

from typing import Any

from service.core.mapper import Row, outside

_WEBHOOK = ("id", "url", "types", "is_active", "disabled_reason", "failing_since", "rotated_at", "created_at")
_DELIVERY = (
    "id", "webhook_id", "activity_id", "conversation_id", "type", "rule_id", "state", "attempts", "code", "ms",
    "answer", "error", "sent_at", "next_at", "created_at",
)  # fmt: skip


def webhook(row: Row) -> dict[str, Any]:
    """A row of chat_webhooks."""
    return outside(row, _WEBHOOK)


def delivery(row: Row) -> dict[str, Any]:
    """A row of chat_deliveries."""
    return outside(row, _DELIVERY)
