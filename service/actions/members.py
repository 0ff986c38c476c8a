"""A member as a whole: everything that is kept of them, and the end of it."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from postgrest import SyncPostgrestClient

from service.actions.calls import call
from service.domain.views import Row

Part = Literal["conversations", "messages", "reads", "inquiries"]


def export_page(member: SyncPostgrestClient, part: Part, after: tuple[UUID, int | None] | None) -> Row:
    """`{"rows", "has_more"}` of one part, whole rows after a key, and for messages a number."""
    row_id, seq = after or (None, None)
    return call(
        member,
        "chat_export",
        {"p_part": part, "p_after_id": row_id and str(row_id), "p_after_seq": seq},
        ("rows", "has_more"),
    )


def forget(service: SyncPostgrestClient, user_id: UUID) -> Row:
    """Remove a bounded part of what a member has written; `{"has_more"}`. May be repeated."""
    return call(service, "chat_forget", {"p_user_id": str(user_id)}, ("has_more",))
