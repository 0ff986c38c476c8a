"""The API for operators: conversations. Each view reads its request, asks one thing, and answers as `shown` has it."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as BaseResponse

from service.conversations import shown as customers
from service.conversations.changing import spoken
from service.conversations.known_flows import KnownFlows
from service.core.errors import ConversationChanged, ConversationCompleted, Invalid
from service.core.ids import uuid_or_none
from service.core.mapper import Row
from service.http.context import adopt_request_id, part, request_id
from service.http.in_flight import InFlight
from service.http.json_body import GENERAL_MAX, body_of, first_refused, has_body, json_object, validated, with_more
from service.http.language import request_locale
from service.http.paging import page_limit, seq_place
from service.inbox import shown
from service.inbox.asking import Asking
from service.inbox.conversations import actions, finding, store
from service.inbox.conversations.models import GUARDED, ClaimBody, InboxChangeBody, InboxTypingBody, ReplyBody, misfits
from service.inbox.requests import asking, known_id, storable, tell_overtaken

bp = tell_overtaken(Blueprint("inbox_conversations", __name__, url_prefix="/api/v1/inbox"))


@bp.get("/conversations")
def find_conversations() -> Response:
    """A view of everybody's conversations: waiting ones longest first, others by their latest activity."""
    who = asking()
    search = first_refused(finding.search, who.rights)
    found = actions.find(who, **search.as_arguments())
    return jsonify(
        conversations=[shown.conversation(row) for row in found["conversations"]],
        nextCursor=found["next"] and finding.cursor_of(found["next"]),
        counts=found["counts"],
    )


@bp.get("/conversations/<conversation_id>")
def show_conversation(conversation_id: str) -> Response:
    """A conversation with everything around it; with `limit` also its newest messages."""
    who, key = asking(), known_id(conversation_id)
    limit = first_refused(_newest, partial(actions.read, who, key))
    if limit is None:
        return jsonify(shown.detail(actions.read(who, key)))
    found = actions.open_with(who, key, limit)
    return jsonify(shown.detail(found) | _opened(found))


@bp.get("/conversations/<conversation_id>/messages")
def page_of_messages(conversation_id: str) -> BaseResponse:
    """A page of anybody's conversation, by default the newest; or what changed after a `rev` of its messages."""
    who, key = asking(), known_id(conversation_id)
    limit, (before, after), changed_after = first_refused(seq_place, partial(actions.page_messages, who, key, 1))
    if changed_after is None:
        response = jsonify(shown.page(actions.page_messages(who, key, limit, before=before, after=after)))
    else:
        response = _changed(actions.changed_messages(who, key, limit, changed_after))
    response.add_etag()
    return response.make_conditional(request)


@bp.post("/conversations/<conversation_id>/messages")
def write_message(conversation_id: str) -> tuple[Response, int]:
    """A message to the customer. It takes the conversation where nobody had it."""
    who = asking()
    raw = json_object(max_bytes=GENERAL_MAX)
    key = known_id(conversation_id)
    with part(InFlight).turns.one(who.user_id):
        body = body_of(ReplyBody, raw, partial(_refuse_reply, who, key, raw))
        written = actions.reply(
            who,
            key,
            body.client_message_id,
            content=body.content,
            seen_rev=body.seen_rev,
            request_id=adopt_request_id(body.request_id),
        )
    answer = {
        "conversation": shown.conversation(written["conversation"]),
        "messages": [customers.message(written["message"], written["conversation"])],
        "replayed": not written["created"],
    }
    return jsonify(answer), 201 if written["created"] else 200


@bp.post("/conversations/<conversation_id>/claim")
def claim(conversation_id: str) -> Response:
    """Take a conversation. Of several who do so at once, one has it, and the others are told who."""
    who, key = asking(), known_id(conversation_id)
    raw = json_object(max_bytes=GENERAL_MAX) if has_body() else {}
    body = body_of(ClaimBody, raw, partial(actions.page_messages, who, key, 1))
    claimed = actions.claim(who, key, body.if_rev)
    return jsonify(conversation=shown.conversation(claimed["conversation"]))


@bp.patch("/conversations/<conversation_id>")
def change_conversation(conversation_id: str) -> Response:
    """Change who has it, who answers, whether it is open; or labels, priority, snooze and block."""
    who, key = asking(), known_id(conversation_id)
    raw = json_object(max_bytes=GENERAL_MAX)
    with part(InFlight).turns.one(who.user_id):
        body = first_refused(partial(_change_body, raw), partial(_refuse_change, who, key, raw))
        changed = _change(who, key, body)
    row = changed["conversation"]
    return jsonify(conversation=shown.conversation(row), messages=customers.messages(changed["messages"], row))


@bp.put("/conversations/<conversation_id>/typing")
def tell_team_typing(conversation_id: str) -> tuple[str, int]:
    """Tell that the operator types there; forgotten after 8 seconds."""
    who, key = asking(), known_id(conversation_id)
    raw = json_object(max_bytes=GENERAL_MAX)
    body = body_of(InboxTypingBody, raw, partial(actions.page_messages, who, key, 1))
    actions.tell_typing(who, key, is_typing=body.is_typing)
    return "", 204


@bp.get("/changes")
def read_changes() -> Response:
    """Every conversation that changed since a cursor; without one, a cursor that begins now."""
    cursor = request.args.get("cursor")
    found = actions.changed(asking(), None if cursor is None else storable(cursor))
    return jsonify(
        cursor=found["cursor"],
        conversations=[shown.conversation(row) for row in found["conversations"]],
        gone=found["gone"],
        resync=found["resync"],
        counts=found["counts"],
    )


def _newest() -> int | None:
    """How many of the newest messages are wanted, if any. Raises Invalid."""
    return page_limit() if "limit" in request.args else None


def _opened(found: Row) -> dict[str, Any]:
    rows = found["messages"]
    return {
        "messages": customers.messages(rows, found["conversation"]),
        "previousCursor": str(rows[0]["seq"]) if found["has_earlier"] else None,
    }


def _changed(page: Row) -> Response:
    return jsonify(
        conversation=shown.conversation(page["conversation"]),
        messages=customers.messages(page["messages"], page["conversation"]),
        hasMore=page["has_more"],
    )


def _change(who: Asking, key: UUID, body: InboxChangeBody) -> Row:
    if not body.flow_speaks:
        return actions.change(who, key, body.if_rev, body.changes)
    flows = part(KnownFlows)
    respond = spoken(flows, request_locale(), "complete" if body.status == "completed" else "resume", request_id())
    return store.change_and_say(who, key, body.if_rev, body.changes, respond, flows.known_versions)


def _change_body(raw: dict[str, Any]) -> InboxChangeBody:
    """The body of a change. Raises Invalid with its faults, also those of it as a whole."""
    more = misfits(raw)
    try:
        body = validated(InboxChangeBody, raw)
    except Invalid as error:
        raise with_more(error, more) from None
    if more:
        raise Invalid(errors=more)
    return body


def _refuse_change(who: Asking, key: UUID, raw: dict[str, Any]) -> None:
    """Raise what comes before a 422 of a change."""
    now = actions.page_messages(who, key, 1)["conversation"]
    if now["status"] == "completed" and raw.get("status") != "open" and not GUARDED.isdisjoint(raw):
        raise ConversationCompleted
    if type(raw.get("ifRev")) is int and raw["ifRev"] != now["seen_rev"]:
        raise ConversationChanged(now=now)


def _refuse_reply(who: Asking, key: UUID, raw: dict[str, Any]) -> None:
    """Raise what comes before a 422 of a reply: it is sent without a text, which the database refuses last."""
    seen = raw.get("seenRev")
    actions.reply(
        who,
        key,
        uuid_or_none(raw.get("clientMessageId")),
        content=None,
        seen_rev=seen if type(seen) is int else None,
        request_id=request_id(),
    )
