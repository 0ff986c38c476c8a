"""What the calls about inquiries and about today ask of the database, as an operator."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service.core.mapper import Row
from service.inbox.asking import Asking
from service.supabase.calls import before_place


def find_inquiries(
    asking: Asking,
    *,
    text: str | None,
    status: str | None,
    limit: int,
    before: tuple[datetime, UUID] | None,
    is_export: bool,
) -> list[Row]:
    """Inquiries, newest first, after the place `before`; by text in what was filled in, and by status.

    The first page of an export leaves an activity.
    """
    return asking.ask_list(
        "chat_operator_inquiries",
        {
            "p_text": text,
            "p_status": status,
            "p_limit": limit,
            **before_place(before),
            "p_is_export": is_export,
        },
    )


def mark_inquiry(asking: Asking, inquiry_id: UUID, status: str) -> Row:
    """Make an inquiry new or done. Raises NotFound."""
    return asking.ask("chat_operator_mark", {"p_inquiry_id": str(inquiry_id), "p_status": status})


def read_day(asking: Asking, limit: int) -> Row:
    """`{"waiting", "begun", "completed", "conversations"}` of today, as the team's clock has it."""
    return asking.ask("chat_operator_day", {"p_limit": limit}, ("waiting", "begun", "completed", "conversations"))
