"""How the calls about conversations are described."""

from __future__ import annotations

from service.conversations import models, people_models
from service.conversations.people import CONTACT_MAX
from service.http.operations import API, BODY, CONFLICTS, MEMBER, Body, Operation

OPERATIONS: dict[str, Operation] = {
    "conversations.open_conversation": Operation(
        {201: models.OpenedConversation, 200: models.OpenedConversation},
        (*API, *MEMBER, *BODY),
        Body(models.ConversationBody),
        needs_member=True,
        is_turn=True,
    ),
    "conversations.list_conversations": Operation(
        {200: models.ConversationList}, (*API, *MEMBER, "invalid"), query=("limit", "cursor"), needs_member=True
    ),
    "conversations.page_messages": Operation(
        {200: models.MessagePage, 304: None},
        (*API, *MEMBER, "not_found", "invalid"),
        query=("limit", "after", "before", "changedAfter"),
        needs_member=True,
        has_etag=True,
    ),
    "conversations.take_turn": Operation(
        {201: models.TakenTurn, 200: models.TakenTurn},
        (*API, *MEMBER, *BODY, *CONFLICTS, "not_found", "unknown_chip", "invalid_form"),
        Body(models.TurnBody),
        needs_member=True,
        is_turn=True,
    ),
    "conversations.mark_read": Operation(
        {200: models.ReadMarker},
        (*API, *MEMBER, *BODY, "not_found"),
        Body(models.ReadBody, is_required=False),
        needs_member=True,
    ),
    "people.hand_over": Operation(
        {200: people_models.HandledConversation},
        (*API, *MEMBER, *BODY, "not_found", "not_allowed", "conversation_completed"),
        Body(people_models.HandoverBody, is_required=False),
        needs_member=True,
        is_turn=True,
    ),
    "people.take_back": Operation(
        {200: people_models.HandledConversation},
        (*API, *MEMBER, *BODY, "not_found", "not_allowed", "conversation_completed", "already_assigned"),
        Body(people_models.HandoverBody, is_required=False),
        needs_member=True,
    ),
    "people.say_typing": Operation(
        {204: None},
        (*API, *MEMBER, *BODY, "not_found", "not_allowed"),
        Body(people_models.OwnTypingBody),
        needs_member=True,
    ),
    "people.rate": Operation(
        {200: people_models.RatedConversation},
        (*API, *MEMBER, *BODY, "not_found", "not_allowed"),
        Body(people_models.RatingBody),
        needs_member=True,
    ),
    "people.keep_contact": Operation(
        {200: people_models.OwnContact},
        (*API, *MEMBER, *BODY, "not_allowed"),
        Body(people_models.ContactBody, CONTACT_MAX),
        needs_member=True,
    ),
    "team.team": Operation({200: people_models.TeamPresence}, (*API, "upstream_unavailable"), tag="Guests"),
    "export.export": Operation({200: models.Export}, (*API, *MEMBER), needs_member=True),
}
