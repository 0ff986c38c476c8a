"""A member as a whole: everything that is kept of them, and the end of it."""

from __future__ import annotations

from postgrest import SyncPostgrestClient

from service.conversations.views import Row
from service.supabase.calls import call


def export_member(member: SyncPostgrestClient) -> Row:
    """`{"conversations", "messages", "reads", "inquiries"}`, whole rows."""
    return call(member, "chat_export", {})
