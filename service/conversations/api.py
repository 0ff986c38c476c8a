"""The API for conversations. Each view reads its request, asks one thing of the store, and answers as `shown` has it.

Where several errors apply, the earlier of 401, 404, 409, 422 is the one that is told. A body that is not valid is
therefore looked at twice: `_explain` asks whether something before the 422 applies.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, jsonify, request
from werkzeug.wrappers import Response as BaseResponse

from service.accounts.who import current_member
from service.conversations import actions, shown
from service.conversations.known_flows import KnownFlows
from service.conversations.models import ChipEvent, ConversationBody, FormEvent, ReadBody, TextEvent, TurnBody
from service.conversations.store import MemberTurns, Outcome, UserMessage
from service.conversations.turn_view import AnswerPreview
from service.core import mapper
from service.core.errors import (
    AlreadyAnswered,
    ConversationCompleted,
    FieldError,
    IdempotencyConflict,
    Invalid,
    InvalidForm,
    NotFound,
)
from service.core.mapper import Row
from service.core.text import user_text
from service.dialogue.form import check_form
from service.dialogue.message import Kind
from service.http.context import part, request_id
from service.http.json_body import GENERAL_MAX, has_body, json_object, validated
from service.http.language import known_locale, request_locale
from service.http.paging import cursor_of_list, list_cursor, page_limit, seq_cursors
from service.supabase.clients import Upstream

# Stands for an id that a body does not have: nothing is ever found under it.
NOBODY = UUID(int=0)

bp = Blueprint("conversations", __name__, url_prefix="/api/v1")


@bp.post("/conversations")
def open_conversation() -> tuple[Response, int]:
    """Begin a conversation: it comes with the opening of the flow."""
    turns = _member_turns()
    body = validated(ConversationBody, json_object(max_bytes=GENERAL_MAX))
    _adopt(body.request_id)
    outcome = turns.open(body.client_conversation_id, request_id(), part(KnownFlows).responder(request_locale()))
    answer = {
        "conversation": shown.conversation(outcome.conversation),
        "messages": shown.messages(outcome.messages),
        "replayed": outcome.is_replay,
    }
    return jsonify(answer), _status(outcome)


@bp.get("/conversations")
def list_conversations() -> Response:
    """The member's conversations, latest activity first."""
    member = current_member()
    limit, before = page_limit(), list_cursor()
    rows = actions.list_conversations(part(Upstream).member_client(member.token), limit + 1, before)
    page = rows[:limit]
    return jsonify(
        conversations=[shown.conversation(row) for row in page],
        nextCursor=cursor_of_list(page[-1]) if len(rows) > limit else None,
    )


@bp.get("/conversations/<conversation_id>/messages")
def page_messages(conversation_id: str) -> BaseResponse:
    """A page of a conversation, by default the newest."""
    member, key = current_member(), _uuid(conversation_id)
    client = part(Upstream).member_client(member.token)
    try:
        limit, (before, after) = page_limit(), seq_cursors()
    except Invalid:
        # Whether there is such a conversation comes first.
        actions.page_messages(client, key, 1)
        raise
    page = actions.page_messages(client, key, limit, before=before, after=after)
    rows = page["messages"]
    response = jsonify(
        conversation=shown.conversation(page["conversation"]),
        messages=shown.messages(rows),
        nextCursor=str(rows[-1]["seq"]) if page["has_later"] else None,
        previousCursor=str(rows[0]["seq"]) if page["has_earlier"] else None,
    )
    response.add_etag()
    return response.make_conditional(request)


@bp.post("/conversations/<conversation_id>/turns")
def take_turn(conversation_id: str) -> tuple[Response, int]:
    """An event, and everything that follows from it."""
    turns = _member_turns()
    raw = json_object(max_bytes=GENERAL_MAX)
    key = _uuid(conversation_id)
    try:
        body = validated(TurnBody, raw)
        _adopt(body.request_id)
        message = _message(turns, key, body)
    except Invalid:
        _explain(turns, key, raw)
        raise
    outcome = turns.send(key, message, part(KnownFlows).responder(request_locale()))
    answer = {
        "conversation": shown.conversation(outcome.conversation),
        "messages": shown.messages(outcome.messages),
        "updatedMessages": shown.messages(outcome.updated),
        "replayed": outcome.is_replay,
    }
    return jsonify(answer), _status(outcome)


@bp.put("/conversations/<conversation_id>/read")
def mark_read(conversation_id: str) -> Response:
    """Move the read marker, by default to the last message."""
    member = current_member()
    raw = json_object(max_bytes=GENERAL_MAX) if has_body() else {}
    key = _uuid(conversation_id)
    try:
        body = validated(ReadBody, raw)
    except Invalid:
        # Whether there is such a conversation comes first.
        _member_turns().preview(key, NOBODY, NOBODY)
        raise
    row = actions.mark_read(part(Upstream).member_client(member.token), key, body.up_to_message_id)
    return jsonify(mapper.outside(row, ("conversation_id", "last_read_at", "unread_count")))


def _member_turns() -> MemberTurns:
    member = current_member()
    return MemberTurns(part(Upstream), member.id, member.token, part(KnownFlows).known_versions)


def _message(turns: MemberTurns, conversation_id: UUID, body: TurnBody) -> UserMessage:
    """What the member did, as it is saved. Raises MunuiError where it cannot be."""
    event = body.event
    message = UserMessage(body.client_message_id, request_id())
    match event:
        case TextEvent():
            return message.with_text(user_text(event.content))
        case ChipEvent():
            # The database knows the chips of the message, and takes the text from the label.
            return message.with_answer(event.message_id, {"type": "chip", "chip_id": event.chip_id})
        case FormEvent():
            preview = turns.preview(conversation_id, body.client_message_id, event.message_id)
            return _form_message(message, event, preview)


def _form_message(message: UserMessage, event: FormEvent, preview: AnswerPreview) -> UserMessage:
    locale = known_locale(preview.locale)
    try:
        _refuse(preview, may_repeat=True)
        values = check_form(_form_payload(preview), event.values, locale)
    except InvalidForm:
        if preview.is_repeated:
            # What was saved under this id was valid, so this is something else.
            raise IdempotencyConflict from None
        raise
    content = part(KnownFlows).submitted_text(preview, locale, values)
    return message.with_answer(event.message_id, {"type": "form", "values": values}, content)


def _form_payload(preview: AnswerPreview) -> Row:
    asked = preview.asked
    if asked is None or asked["kind"] != Kind.FORM:
        raise InvalidForm(errors=[FieldError("event.messageId", "is no form of this conversation")])
    payload: Row = asked["payload"]
    return payload


def _explain(turns: MemberTurns, conversation_id: UUID, raw: dict[str, Any]) -> None:
    """Raise what comes before a 422, if anything does."""
    event = raw.get("event")
    preview = turns.preview(
        conversation_id,
        _uuid_or(raw.get("clientMessageId"), NOBODY),
        _uuid_or(event.get("messageId") if isinstance(event, dict) else None, NOBODY),
    )
    _refuse(preview, may_repeat=False)


def _refuse(preview: AnswerPreview, *, may_repeat: bool) -> None:
    if preview.is_repeated:
        if may_repeat:
            return
        raise IdempotencyConflict
    if preview.is_answered:
        raise AlreadyAnswered
    if preview.status != "open":
        raise ConversationCompleted


def _status(outcome: Outcome) -> int:
    return 200 if outcome.is_replay else 201


def _adopt(given: UUID | None) -> None:
    """A request id of the body goes through like one of the header."""
    if given is not None:
        g.request_id = given


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _uuid_or(value: object, default: UUID) -> UUID:
    try:
        return UUID(value) if isinstance(value, str) else default
    except ValueError:
        return default
