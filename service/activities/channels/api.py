"""The API of a channel: another system brings messages in, and tells how far the answers got.

Who may not ask is told so before what is wrong with a request. Only the database knows whether a key opens anything, so
a request that is not valid is asked about once more, for that and for whatever else comes before a 422.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as BaseResponse

from service.activities.channels import actions, shown
from service.activities.channels.keys import Caller, caller
from service.activities.channels.models import IncomingMessageBody, MessageStatusBody
from service.conversations import shown as customers
from service.core.errors import MunuiError
from service.core.mapper import Row, outside
from service.core.text import is_storable
from service.http.context import request_id
from service.http.json_body import GENERAL_MAX, body_of, first_refused, json_object
from service.http.paging import seq_place
from service.inbox.requests import known_id

bp = Blueprint("channel", __name__, url_prefix="/api/v1/channel")


@bp.post("/messages")
def receive_message() -> tuple[Response, int]:
    """A message of a contact comes in, once however often it is sent."""
    who = caller()
    raw = _json(who)
    body = body_of(IncomingMessageBody, raw, partial(_refuse_message, who, raw))
    written = actions.receive(
        who,
        body.external_message_id,
        body.contact.model_dump(exclude_none=True),
        content=body.content,
        thread_key=body.thread_key,
        sent_at=body.sent_at,
        request_id=request_id(),
    )
    return jsonify(outside(written, ("conversation_id", "message_id"))), 201 if written["created"] else 200


@bp.patch("/messages/<message_id>/status")
def tell_status(message_id: str) -> Response:
    """How far a message that went out has got. It goes forward only: what comes late or twice changes nothing."""
    who, key = caller(), known_id(message_id)
    body = body_of(MessageStatusBody, _json(who), partial(actions.tell_status, who, key, None))
    settled = actions.tell_status(who, key, body.status, error=body.error, at=body.at)
    return jsonify(outside(settled, ("id", "status")))


@bp.post("/messages/<message_id>/retry")
def retry(message_id: str) -> tuple[Response, int]:
    """Send a message once more that failed. What has not failed is not sent again."""
    settled = actions.tell_status(caller(), known_id(message_id), "sent")
    return jsonify(outside(settled, ("id", "status", "attempt"))), 202


@bp.get("/conversations/<conversation_id>/messages")
def page_of_channel_messages(conversation_id: str) -> BaseResponse:
    """What the contact may see of a conversation, by default its newest page; or what changed after a `rev`."""
    who, key = caller(), known_id(conversation_id)
    limit, (before, after), changed_after = first_refused(seq_place, partial(actions.page_messages, who, key, 1))
    if changed_after is None:
        page = actions.page_messages(who, key, limit, before=before, after=after)
        response = jsonify(_shown(page) | _cursors(page))
    else:
        page = actions.changed_messages(who, key, limit, changed_after)
        response = jsonify(_shown(page) | {"hasMore": page["has_more"]})
    response.add_etag()
    return response.make_conditional(request)


def _shown(page: Row) -> dict[str, Any]:
    return {
        "conversation": shown.conversation(page["conversation"]),
        "messages": customers.messages(page["messages"]),
    }


def _cursors(page: Row) -> dict[str, Any]:
    rows = page["messages"]
    return {
        "nextCursor": str(rows[-1]["seq"]) if page["has_later"] else None,
        "previousCursor": str(rows[0]["seq"]) if page["has_earlier"] else None,
    }


def _json(who: Caller) -> dict[str, Any]:
    """The body of this request. Raises as `json_object` does, and before that Unauthenticated."""
    try:
        return json_object(max_bytes=GENERAL_MAX)
    except MunuiError:
        who.check()
        raise


def _refuse_message(who: Caller, raw: dict[str, Any]) -> None:
    """Raise what comes before a 422: it is asked about without a text, which the database refuses last."""
    name = raw.get("externalMessageId")
    if isinstance(name, str) and is_storable(name):
        actions.receive(who, name, None, content=None, thread_key=None, sent_at=None, request_id=request_id())
    else:
        who.check()
