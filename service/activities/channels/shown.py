"""Channels and their conversations as they look outside: which columns leave the house."""

from __future__ import annotations

from typing import Any

from service.core.mapper import Row, outside

_CHANNEL = ("id", "name", "single_thread", "webhook_id", "has_key", "created_at")
_CONVERSATION = ("id", "status", "handling", "created_at", "rev", "thread_key")


def channel(row: Row) -> dict[str, Any]:
    """A row of chat_channels."""
    return outside(row, _CHANNEL)


def conversation(row: Row) -> dict[str, Any]:
    """A conversation, as `channel_messages` tells it."""
    agent = row["agent"]
    return outside(row, _CONVERSATION) | {
        "agent": agent and {"name": agent["name"], "avatarUrl": agent.get("avatarUrl")},
        "contact": outside(row, ("external_id",)),
    }
