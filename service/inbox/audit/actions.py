"""What the call about the audit asks of the database, as an operator."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service.core.mapper import Row
from service.inbox.asking import Asking
from service.supabase.calls import before_place


def page(asking: Asking, limit: int, before: tuple[datetime, UUID] | None) -> Row:
    """`{"activities", "has_more"}` after the place `before`, newest first."""
    return asking.ask(
        "inbox_audit",
        {"p_limit": limit, **before_place(before)},
        ("activities", "has_more"),
    )
