"""How the calls about conversations at the desk are described."""

from __future__ import annotations

from service.http.operations import BODY, Body, Operation, Parameter
from service.inbox.conversations import models
from service.inbox.conversations.finding import DEFAULT_VIEW, LONGEST_QUERY, VIEWS
from service.inbox.described import inbox_call
from service.inbox.models import AnsweredConversation

_FILTERS = (
    Parameter("view", {"type": "string", "enum": list(VIEWS), "default": DEFAULT_VIEW}, "Which conversations."),
    Parameter("assignee", {"type": "string", "format": "uuid"}, "Those of this operator alone."),
    Parameter("label", {"type": "string"}, "Those with this label alone, by its name."),
    Parameter("q", {"type": "string", "maxLength": LONGEST_QUERY}, "Those whose contact has it in name or address."),
    Parameter("channel", {"type": "string"}, "Those of this channel alone: `web`, or its key."),
)
_SINCE = Parameter("cursor", {"type": "string"}, "The `cursor` of the answer before. Without one, it begins now.")

OPERATIONS: dict[str, Operation] = {
    "inbox_conversations.find_conversations": inbox_call(
        {200: models.InboxList}, ("invalid",), query=(*_FILTERS, "limit", "cursor")
    ),
    "inbox_conversations.show_conversation": inbox_call(
        {200: models.ConversationDetail}, ("not_found", "invalid"), query=("limit",)
    ),
    "inbox_conversations.page_of_messages": inbox_call(
        {200: models.InboxMessages, 304: None},
        ("not_found", "invalid"),
        query=("limit", "after", "before", "changedAfter"),
        has_etag=True,
    ),
    "inbox_conversations.write_message": inbox_call(
        {201: models.SentReply, 200: models.SentReply},
        (*BODY, "not_found", "idempotency_conflict", "conversation_completed", "conversation_changed"),
        Body(models.ReplyBody),
        is_turn=True,
    ),
    "inbox_conversations.claim": inbox_call(
        {200: AnsweredConversation},
        (*BODY, "not_found", "already_assigned", "conversation_changed", "conversation_completed"),
        Body(models.ClaimBody, is_required=False),
    ),
    "inbox_conversations.change_conversation": inbox_call(
        {200: models.SettledConversation},
        (*BODY, "not_found", "conversation_changed", "conversation_completed"),
        Body(models.InboxChangeBody),
    ),
    "inbox_conversations.tell_team_typing": inbox_call({204: None}, (*BODY, "not_found"), Body(models.InboxTypingBody)),
    "inbox_conversations.read_changes": inbox_call({200: models.Changes}, ("invalid",), query=(_SINCE,)),
}
