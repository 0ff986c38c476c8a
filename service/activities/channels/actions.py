"""What the calls about channels ask of the database: as a channel, by its key, and as an operator."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service.activities.channels.keys import Caller
from service.core.mapper import Row
from service.inbox.asking import Asking

_SETTLED = ("id", "status", "attempt")


def receive(
    caller: Caller,
    external_message_id: str,
    contact: Row | None,
    *,
    content: str | None,
    thread_key: str | None,
    sent_at: datetime | None,
    request_id: UUID,
) -> Row:
    """Write what a contact said, once; `{"conversation_id", "message_id", "created"}`."""
    params = {
        "p_external_message_id": external_message_id,
        "p_contact": contact,
        "p_content": content,
        "p_thread_key": thread_key,
        "p_sent_at": sent_at and sent_at.isoformat(),
        "p_request_id": str(request_id),
    }
    return caller.ask("channel_receive", params, ("conversation_id", "message_id", "created"))


def tell_status(
    caller: Caller, message_id: UUID, status: str | None, *, error: str | None = None, at: datetime | None = None
) -> Row:
    """Keep how far a message got, `sent` for a new attempt; `{"id", "status", "attempt"}` as it is then."""
    params = {
        "p_message_id": str(message_id),
        "p_status": status,
        "p_error": error,
        "p_at": at and at.isoformat(),
    }
    return caller.ask("channel_status", params, _SETTLED)


def page_messages(
    caller: Caller, conversation_id: UUID, limit: int, *, before: int | None = None, after: int | None = None
) -> Row:
    """`{"conversation", "messages", "has_earlier", "has_later"}` of one page."""
    params = {"p_id": str(conversation_id), "p_limit": limit, "p_before": before, "p_after": after}
    return caller.ask("channel_messages", params, ("conversation", "messages", "has_earlier", "has_later"))


def changed_messages(caller: Caller, conversation_id: UUID, limit: int, after_rev: int) -> Row:
    """`{"conversation", "messages", "has_more"}`: what changed after a count of the conversation, in its order."""
    params = {"p_id": str(conversation_id), "p_limit": limit, "p_after_rev": after_rev}
    return caller.ask("channel_messages", params, ("conversation", "messages", "has_more"))


def list_channels(asking: Asking) -> list[Row]:
    """All channels."""
    rows: list[Row] = asking.ask("inbox_channels", {}, ("channels",))["channels"]
    return rows


def save_channel(asking: Asking, channel_id: UUID | None, values: Row) -> Row:
    """Make a channel (None), or change one; its row."""
    params = {"p_id": channel_id and str(channel_id), "p_values": values}
    row: Row = asking.ask("inbox_save_channel", params, ("channel",))["channel"]
    return row


def delete_channel(asking: Asking, channel_id: UUID) -> None:
    """Delete a channel; its conversations stay."""
    asking.ask("inbox_delete_channel", {"p_id": str(channel_id)})


def retry(asking: Asking, conversation_id: UUID, message_id: UUID) -> Row:
    """Send a message once more that failed; `{"id", "status", "attempt"}`."""
    params = {"p_id": str(conversation_id), "p_message_id": str(message_id)}
    return asking.ask("inbox_retry", params, _SETTLED)
