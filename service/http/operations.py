"""How a call of the API is described: what it takes, what it answers, how it can be refused.

Belongs here: the terms of a description, and the calls of this room. Does not belong here: the calls of a feature
(`operations.py` of each), their names, methods and summaries, which are read from the views, statuses of codes
(`problems.py`), and the form of the description (`openapi.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app, request
from pydantic import BaseModel
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException

from service.http import models
from service.http.json_body import GENERAL_MAX
from service.http.paging import DEFAULT_LIMIT, MAX_LIMIT

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_EXTENSION = "munui.operations"
# Codes of refusals: of every call, of the API, of those with a body, of those for members, of a turn.
ANYWHERE = ("origin_not_allowed", "internal")
API = (*ANYWHERE, "rate_limited")
BODY = ("malformed_json", "payload_too_large", "unsupported_media_type", "invalid")
MEMBER = ("unauthenticated", "token_expired", "upstream_unavailable")
CONFLICTS = ("idempotency_conflict", "already_answered", "conversation_completed")

_ID = {"type": "string", "format": "uuid"}
_PLACE = {"type": "string", "pattern": "^[0-9]{1,18}$"}
QUERY: dict[str, dict[str, object]] = {
    "limit": {
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        "description": "How many at most.",
    },
    "cursor": {"schema": {"type": "string"}, "description": "The `nextCursor` of the page before."},
    "before": {"schema": _PLACE, "description": "A `previousCursor`: earlier messages. Not together with `after`."},
    "after": {"schema": _PLACE, "description": "A `nextCursor`: later messages. Not together with `before`."},
    "changedAfter": {
        "schema": _PLACE,
        "description": "A `rev`: messages that were written or changed after it, in its order; then without cursors.",
    },
}
PATH: dict[str, dict[str, object]] = {
    "conversationId": {
        "schema": _ID,
        "description": "The `id` of a conversation.",
    },
    "noteId": {"schema": _ID, "description": "The `id` of a note."},
    "operatorId": {"schema": _ID, "description": "The `id` of an operator."},
    "cannedReplyId": {"schema": _ID, "description": "The `id` of a canned reply."},
    "inquiryId": {"schema": _ID, "description": "The `id` of an inquiry."},
    "ruleId": {"schema": _ID, "description": "The `id` of a rule."},
    "webhookId": {"schema": _ID, "description": "The `id` of a webhook."},
    "deliveryId": {"schema": _ID, "description": "The `id` of a delivery."},
    "jobId": {"schema": _ID, "description": "The `id` of a job."},
    "label": {"schema": {"type": "string"}, "description": "The name of a label, or its `id`."},
    "messageId": {"schema": _ID, "description": "The `id` of a message."},
    "articleId": {"schema": _ID, "description": "The `id` of an article."},
    "missId": {"schema": _ID, "description": "The `id` of a question that nothing was found for."},
    "importId": {"schema": _ID, "description": "The `id` of an import."},
    "version": {
        "schema": {"type": "integer", "minimum": 1},
        "description": "The `version` of an article.",
    },
    "slug": {"schema": {"type": "string"}, "description": "The name of an article in addresses."},
    "channelId": {"schema": _ID, "description": "The `id` of a channel."},
    "tryId": {"schema": _ID, "description": "The `id` of a try."},
}


@dataclass(frozen=True, slots=True)
class Body:
    """A JSON body; sizes are in bytes."""

    model: type[BaseModel]
    max_bytes: int = GENERAL_MAX
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a query that one feature alone has."""

    name: str
    schema: Mapping[str, object]
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One call. `answers` are its good ones by status, None where there is no content."""

    answers: Mapping[int, type[BaseModel] | None]
    refusals: tuple[str, ...] = API
    body: Body | None = None
    # By name those of `QUERY`.
    query: tuple[str | Parameter, ...] = ()
    needs_member: bool = False
    # A channel's key, and nothing else, opens it.
    needs_key: bool = False
    has_etag: bool = False
    media_type: str = "application/json"
    # What it answers in as well, where it is asked to.
    other_media_types: tuple[str, ...] = ()
    # Its answer is the same for everybody.
    is_public: bool = False
    # What it writes counts as a turn.
    is_turn: bool = False
    tag: str = field(default="Members", kw_only=True)

    @property
    def is_repeatable(self) -> bool:
        """Whether it answers 200 instead of 201 where the same was sent before."""
        return {200, 201} <= self.answers.keys()


def install(app: Flask, operations: Mapping[str, Operation]) -> None:
    """Know `operations`, by endpoint, in `app`."""
    app.extensions[_EXTENSION] = operations


def operations_of(app: Flask) -> Mapping[str, Operation]:
    """The operations that `app` knows."""
    return cast("Mapping[str, Operation]", app.extensions[_EXTENSION])


def operation() -> Operation | None:
    """The one that this request asks for; None for pages, files and what there is not."""
    return operations_of(current_app).get(request.endpoint or "")


def is_turn(app: Flask, environ: WSGIEnvironment) -> bool:
    """Whether a request that nobody has looked at yet asks for a turn."""
    if environ["REQUEST_METHOD"] != "POST":
        return False
    try:
        endpoint, _ = app.url_map.bind("").match(environ["PATH_INFO"], "POST")
    except (HTTPException, RoutingException):
        return False
    asked = operations_of(app).get(endpoint)
    return asked is not None and asked.is_turn


OPERATIONS: dict[str, Operation] = {
    "health.healthz": Operation({200: models.Alive}, ANYWHERE, tag="Operators"),
    "health.readyz": Operation({200: models.Readiness, 503: models.Readiness}, ANYWHERE, tag="Operators"),
    "openapi.document": Operation({200: None, 304: None}, has_etag=True, tag="Description"),
    "openapi.docs": Operation({200: None}, media_type="text/html", tag="Description"),
}
