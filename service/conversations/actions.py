"""What the calls about conversations ask of the database: a function each.

Belongs here: names and arguments of functions, as the member or as the service. Does not belong here: their order
(`store.py`), what their refusals mean (`service/supabase/calls.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from postgrest import SyncPostgrestClient

from service.conversations.turn_view import AnswerPreview, TurnView
from service.core.errors import Internal
from service.core.mapper import Row
from service.supabase.calls import before_place, call, call_for, call_if_found, call_list, read_rows, tell

TEAM = (
    "time_zone", "spans", "holidays", "always_open", "override_open", "override_until", "online_until",
    "expected_reply_seconds",
)  # fmt: skip
ExportPart = Literal["conversations", "messages", "reads", "inquiries"]


def open_conversation(
    member: SyncPostgrestClient, client_conversation_id: UUID, known_flows: Sequence[str]
) -> TurnView:
    """Make the member's conversation of this id, or find it."""
    return call_for(
        member,
        "chat_open",
        {"p_client_conversation_id": str(client_conversation_id), "p_known_flows": list(known_flows)},
        TurnView.from_json,
    )


def send_message(
    member: SyncPostgrestClient,
    conversation_id: UUID,
    client_message_id: UUID,
    *,
    content: str | None,
    event: dict[str, Any] | None,
    in_reply_to: UUID | None,
    request_id: UUID,
    known_flows: Sequence[str],
    answering: Mapping[str, Sequence[str]] | None = None,
) -> TurnView:
    """Save what the member did, once. `answering` names the steps, by flow, at which what is known comes along."""
    return call_for(
        member,
        "chat_send",
        {
            "p_conversation_id": str(conversation_id),
            "p_client_message_id": str(client_message_id),
            "p_content": content,
            "p_event": event,
            "p_in_reply_to": in_reply_to and str(in_reply_to),
            "p_request_id": str(request_id),
            "p_known_flows": list(known_flows),
            "p_answering": answering,
        },
        TurnView.from_json,
    )


def read_turn(member: SyncPostgrestClient, conversation_id: UUID, known_flows: Sequence[str]) -> TurnView | None:
    """How the member's conversation stands; None where there is none."""
    return call_if_found(
        member,
        "chat_turn",
        {"p_conversation_id": str(conversation_id), "p_message_id": None, "p_known_flows": list(known_flows)},
        TurnView.from_json,
    )


def write_replies(service: SyncPostgrestClient, reply: dict[str, Any]) -> TurnView:
    """Write the bot's part of the turns that waited, if the state is still the one it was computed from."""
    return call_for(service, "chat_reply", reply, TurnView.from_json)


def read_question(service: SyncPostgrestClient, answer_id: UUID, known_flows: Sequence[str]) -> Row | None:
    """A question that waits for its answer, as `kb_question` tells it; None where nobody waits any more."""
    params = {"p_answer_id": str(answer_id), "p_known_flows": list(known_flows)}
    return call_if_found(service, "kb_question", params, lambda row: row)


def settle_question(
    service: SyncPostgrestClient, answer_id: UUID, reply: dict[str, Any] | None, settled: dict[str, Any]
) -> str:
    """Say and keep what came of a question: written, dropped, withdrawn or told_anew (`answering.settle`)."""
    params = {"p_answer_id": str(answer_id), "p_reply": reply, "p_settled": settled}
    return str(call(service, "kb_settle", params, ("state",))["state"])


def preview_answer(
    member: SyncPostgrestClient,
    conversation_id: UUID,
    client_message_id: UUID | None,
    in_reply_to: UUID | None,
    known_flows: Sequence[str],
) -> AnswerPreview:
    """The interactive message that is about to be answered. Nothing is found under an id that is None."""
    return call_for(
        member,
        "chat_preview",
        {
            "p_conversation_id": str(conversation_id),
            "p_client_message_id": client_message_id and str(client_message_id),
            "p_in_reply_to": in_reply_to and str(in_reply_to),
            "p_known_flows": list(known_flows),
        },
        AnswerPreview.from_json,
    )


def page_messages(
    member: SyncPostgrestClient,
    conversation_id: UUID,
    limit: int,
    *,
    before: int | None = None,
    after: int | None = None,
) -> Row:
    """`{"conversation", "messages", "has_earlier", "has_later"}` of one page."""
    return call(
        member,
        "chat_page",
        {"p_conversation_id": str(conversation_id), "p_limit": limit, "p_before": before, "p_after": after},
        ("conversation", "messages", "has_earlier", "has_later"),
    )


def changed_messages(member: SyncPostgrestClient, conversation_id: UUID, after_rev: int, limit: int) -> Row:
    """`{"conversation", "messages", "has_more"}` of what changed after a `rev`."""
    return call(
        member,
        "chat_changed",
        {"p_conversation_id": str(conversation_id), "p_after_rev": after_rev, "p_limit": limit},
        ("conversation", "messages", "has_more"),
    )


def tell_typing(service: SyncPostgrestClient, user_id: UUID, conversation_id: UUID, *, is_typing: bool) -> None:
    """Note that the member types, or no longer does."""
    tell(
        service,
        "chat_type",
        {"p_user_id": str(user_id), "p_conversation_id": str(conversation_id), "p_is_typing": is_typing},
    )


def rate(service: SyncPostgrestClient, user_id: UUID, conversation_id: UUID, score: int, comment: str | None) -> Row:
    """Keep what the member thinks of a conversation; `{"conversation"}`."""
    return call(
        service,
        "chat_rate",
        {
            "p_user_id": str(user_id),
            "p_conversation_id": str(conversation_id),
            "p_score": score,
            "p_comment": comment,
        },
        ("conversation",),
    )


def keep_contact(
    service: SyncPostgrestClient,
    user_id: UUID,
    *,
    page_url: str | None,
    locale: str | None,
    attributes: Mapping[str, Any] | None,
    user_agent: str | None,
) -> Row:
    """Keep what a page says of the member, and their browser of itself; `{"page_url", "locale", "attributes"}`.

    None leaves a thing as it is.
    """
    params = {
        "p_user_id": str(user_id),
        "p_page_url": page_url,
        "p_locale": locale,
        "p_attributes": attributes,
        "p_user_agent": user_agent,
    }
    return call(service, "chat_contact", params, ("page_url", "locale", "attributes"))


def read_team(service: SyncPostgrestClient) -> Row:
    """When the team is there: the row of chat_team."""
    rows = read_rows(service.table("chat_team").select(", ".join(TEAM)).limit(1))
    if not rows:
        raise Internal("There is no row of the team")
    return rows[0]


def list_conversations(member: SyncPostgrestClient, limit: int, before: tuple[datetime, UUID] | None) -> list[Row]:
    """The member's conversations, latest activity first, after the place `before`."""
    return call_list(
        member,
        "chat_list",
        {"p_limit": limit, **before_place(before)},
    )


def mark_read(member: SyncPostgrestClient, conversation_id: UUID, up_to: UUID | None) -> Row:
    """Move the member's marker; `{"conversation_id", "last_read_at", "unread_count"}`."""
    return call(
        member,
        "chat_mark_read",
        {"p_conversation_id": str(conversation_id), "p_up_to_message_id": up_to and str(up_to)},
        ("conversation_id", "last_read_at", "unread_count"),
    )


def export_page(member: SyncPostgrestClient, part: ExportPart, after: tuple[UUID, int | None] | None) -> Row:
    """`{"rows", "has_more"}` of one part, whole rows after a key, and for messages a number."""
    row_id, seq = after or (None, None)
    return call(
        member,
        "chat_export",
        {"p_part": part, "p_after_id": row_id and str(row_id), "p_after_seq": seq},
        ("rows", "has_more"),
    )
