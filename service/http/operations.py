"""Which calls the API has: what each takes, what it answers, how it can be refused.

Belongs here: one line of facts for each call. Does not belong here: their names, methods and summaries, which
are read from the views, statuses of codes (`errors.py`), and the form of the description (`openapi.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from service.conversations import answers
from service.conversations import models as bodies
from service.http.json_body import GENERAL_MAX, IMPORT_MAX, INQUIRY_MAX
from service.http.paging import DEFAULT_LIMIT, MAX_LIMIT

_ANYWHERE = ("origin_not_allowed", "internal")
_API = (*_ANYWHERE, "rate_limited")
_BODY = ("malformed_json", "payload_too_large", "unsupported_media_type", "invalid")
_MEMBER = ("unauthenticated", "token_expired", "upstream_unavailable")
_CONFLICTS = ("idempotency_conflict", "already_answered", "conversation_completed")

_PLACE = {"type": "string", "pattern": "^[0-9]{1,18}$"}
QUERY: dict[str, dict[str, object]] = {
    "limit": {
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        "description": "How many at most.",
    },
    "cursor": {"schema": {"type": "string"}, "description": "The `nextCursor` of the page before."},
    "before": {"schema": _PLACE, "description": "A `previousCursor`: earlier messages. Not together with `after`."},
    "after": {"schema": _PLACE, "description": "A `nextCursor`: later messages. Not together with `before`."},
}
PATH: dict[str, dict[str, object]] = {
    "conversationId": {
        "schema": {"type": "string", "format": "uuid"},
        "description": "The `id` of a conversation of the member.",
    },
}


@dataclass(frozen=True, slots=True)
class Body:
    """A JSON body; sizes are in bytes."""

    model: type[BaseModel]
    max_bytes: int = GENERAL_MAX
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Operation:
    """One call. `answers` are its good ones by status, None where there is no content."""

    answers: Mapping[int, type[BaseModel] | None]
    refusals: tuple[str, ...] = _API
    body: Body | None = None
    query: tuple[str, ...] = ()
    needs_member: bool = False
    has_etag: bool = False
    media_type: str = "application/json"
    tag: str = field(default="Members", kw_only=True)


OPERATIONS: dict[str, Operation] = {
    "api.open_conversation": Operation(
        {201: answers.OpenedConversation, 200: answers.OpenedConversation},
        (*_API, *_MEMBER, *_BODY),
        Body(bodies.ConversationBody),
        needs_member=True,
    ),
    "api.list_conversations": Operation(
        {200: answers.ConversationList}, (*_API, *_MEMBER, "invalid"), query=("limit", "cursor"), needs_member=True
    ),
    "api.page_messages": Operation(
        {200: answers.MessagePage, 304: None},
        (*_API, *_MEMBER, "not_found", "invalid"),
        query=("limit", "after", "before"),
        needs_member=True,
        has_etag=True,
    ),
    "api.take_turn": Operation(
        {201: answers.TakenTurn, 200: answers.TakenTurn},
        (*_API, *_MEMBER, *_BODY, *_CONFLICTS, "not_found", "unknown_chip", "invalid_form"),
        Body(bodies.TurnBody),
        needs_member=True,
    ),
    "api.mark_read": Operation(
        {200: answers.ReadMarker},
        (*_API, *_MEMBER, *_BODY, "not_found"),
        Body(bodies.ReadBody, is_required=False),
        needs_member=True,
    ),
    "guests.import_conversations": Operation(
        {201: answers.Imported}, (*_API, *_MEMBER, *_BODY), Body(bodies.ImportBody, IMPORT_MAX), needs_member=True
    ),
    "me.export": Operation({200: answers.Export}, (*_API, *_MEMBER), needs_member=True),
    "me.delete": Operation({204: None}, (*_API, *_MEMBER), needs_member=True),
    "api.flow": Operation({200: answers.FlowDocument, 304: None}, has_etag=True, tag="Guests"),
    "guests.submit_inquiry": Operation(
        {201: answers.SentInquiry, 200: answers.SentInquiry},
        (*_API, *_BODY, "idempotency_conflict", "invalid_form", "upstream_unavailable"),
        Body(bodies.InquiryBody, INQUIRY_MAX),
        tag="Guests",
    ),
    "health.healthz": Operation({200: answers.Alive}, _ANYWHERE, tag="Operators"),
    "health.readyz": Operation({200: answers.Readiness, 503: answers.Readiness}, _ANYWHERE, tag="Operators"),
    "openapi.document": Operation({200: None, 304: None}, has_etag=True, tag="Description"),
    "openapi.docs": Operation({200: None}, media_type="text/html", tag="Description"),
}
