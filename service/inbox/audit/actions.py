"""What the call about the audit asks of the database, as an operator."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service.core.mapper import Row
from service.inbox.asking import Asking


def page(asking: Asking, limit: int, before: tuple[datetime, UUID] | None) -> Row:
    """`{"activities", "has_more"}` after the place `before`, newest first."""
    at, row_id = before or (None, None)
    return asking.ask(
        "inbox_audit",
        {"p_limit": limit, "p_before_at": at and at.isoformat(), "p_before_id": row_id and str(row_id)},
        ("activities", "has_more"),
    )
