"""Rows of the inbox as they look outside: which columns leave the house, under which names.

For operators alone. What members and guests see of a conversation is in `service/conversations/shown.py`.
"""

from __future__ import annotations

from typing import Any

from service.conversations import shown as customers
from service.core.errors import AlreadyAssigned, ConversationChanged, MunuiError, Overtaken
from service.core.mapper import Row, outside

_PERSON = ("id", "display_name", "avatar_url")
_ASSIGNEE = (*_PERSON, "availability")
_OPERATOR = (*_ASSIGNEE, "user_id", "role", "is_active", "created_at", "version")
_MAY: dict[str, tuple[str, ...]] = {"agent": ("answer",), "admin": ("answer", "configure", "export")}
_LABEL = ("name", "color")
_CONTACT = (
    "id", "name", "email", "phone", "is_guest", "locale", "blocked_at", "last_seen_at", "last_page_url",
)  # fmt: skip
_CONVERSATION = (
    "id", "status", "handling", "channel", "created_at", "last_message_at", "title", "assigned_at",
    "waiting_since", "first_answered_at", "priority", "snoozed_until", "unread_count",
)  # fmt: skip
_TRANSCRIPT = ("id", "status", "handling", "channel", "created_at", "last_message_at", "title", "priority")
_NOTE = ("id", "conversation_id", "client_note_id", "content", "created_at", "edited_at")
_ACTIVITY = ("id", "type", "created_at", "conversation_id", "contact_id", "data")
_FORMER = ("id", "status", "created_at", "last_message_at", "title")
_INQUIRY = ("id", "message_id", "step_id", "values", "locale", "status", "created_at", "done_at")


def conversation(row: Row) -> dict[str, Any]:
    """A conversation, as `inbox_row` tells it. Its `rev` outside counts what only operators see, too."""
    last = row["last_message"]
    return outside(row, _CONVERSATION) | {
        "rev": row["seen_rev"],
        "messagesRev": row["rev"],
        "assignee": assignee(row["assignee"]),
        "labels": labels(row["labels"]),
        "contact": outside(row["contact"], _CONTACT),
        "lastMessage": last and customers.message(last, row),
        "rating": _rating(row["rating"]),
        **outside(row, ("rating_asked_at",)),
    }


def detail(row: Row) -> dict[str, Any]:
    """A conversation with everything around it, as `inbox_conversation` tells it."""
    of = {"conversation_id": row["conversation"]["id"], "contact_id": row["contact"]["id"]}
    return {
        "conversation": conversation(row["conversation"]),
        "contact": contact(row["contact"]),
        "labels": labels(row["labels"]),
        "notes": [note(each) for each in row["notes"]],
        "activities": [activity(each | of) for each in row["activities"]],
        "inquiries": [inquiry(each) for each in row["inquiries"]],
        "formerConversations": [former(each) for each in row["former"]],
        "viewers": [person(each) for each in row["viewers"]],
    }


def page(row: Row) -> dict[str, Any]:
    """A page of messages, as `inbox_messages` tells it by place."""
    rows = row["messages"]
    return {
        "conversation": conversation(row["conversation"]),
        "messages": customers.messages(rows, row["conversation"]),
        "nextCursor": str(rows[-1]["seq"]) if row["has_later"] else None,
        "previousCursor": str(rows[0]["seq"]) if row["has_earlier"] else None,
    }


def transcript(row: Row) -> dict[str, Any]:
    """A conversation with its messages, for the file of them."""
    return outside(row, _TRANSCRIPT) | {
        "assignee": assignee(row["assignee"]),
        "labels": labels(row["labels"]),
        "contact": outside(row["contact"], _CONTACT),
        "rating": _rating(row["rating"]),
        "messages": customers.messages(row["messages"], row),
    }


def person(row: Row) -> dict[str, Any]:
    """An operator by name and picture."""
    return outside(row, _PERSON)


def me(row: Row) -> dict[str, Any]:
    """The operator who asks, and what they may."""
    return operator(row) | {"may": _MAY[row["role"]]}


def labels(rows: list[Row]) -> list[dict[str, Any]]:
    """Labels of a conversation."""
    return [outside(row, _LABEL) for row in rows]


def assignee(row: Row | None) -> dict[str, Any] | None:
    """Who has a conversation, if anybody."""
    return row and outside(row, _ASSIGNEE)


def operator(row: Row) -> dict[str, Any]:
    """A row of chat_operators."""
    return outside(row, _OPERATOR)


def contact(row: Row) -> dict[str, Any]:
    """A row of chat_contacts, all of it."""
    return outside(row, (*_CONTACT, "attributes", "user_agent", "created_at", "external_id")) | {"isVerified": False}


def note(row: Row) -> dict[str, Any]:
    """A row of chat_notes with its author."""
    return outside(row, _NOTE) | {"author": outside(row["author"], _PERSON)}


def activity(row: Row) -> dict[str, Any]:
    """A row of chat_activities with its conversation's contact."""
    return outside(row, _ACTIVITY) | {"actor": actor(row)}


def actor(row: Row) -> dict[str, Any]:
    """Who did what a row of chat_activities tells of."""
    return {"kind": row["actor_kind"], "id": row["actor_id"], "name": row["actor_name"]}


def former(row: Row) -> dict[str, Any]:
    """Another conversation of the same contact."""
    return outside(row, _FORMER)


def inquiry(row: Row) -> dict[str, Any]:
    """A row of chat_inquiries."""
    return outside(row, _INQUIRY)


def overtaken(error: Overtaken) -> MunuiError:
    """`error` with what it is now: operators may see that."""
    match error:
        case AlreadyAssigned(now=dict(now)):
            error.extensions = {"assignee": now}
        case ConversationChanged(now=dict(now)):
            error.extensions = {"conversation": conversation(now)}
    return error


def _rating(row: Row | None) -> dict[str, Any] | None:
    return row and outside(row, ("score", "comment", "rated_at"))
