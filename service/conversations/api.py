"""The API for conversations. Each view reads its request, asks one thing of the store, and answers as `shown` has it.

Where several errors apply, the earlier of 401, 404, 409, 422 is the one that is told. A body that is not valid is
therefore looked at twice: `_explained` asks whether something before the 422 applies, and what else is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, jsonify, request
from werkzeug.wrappers import Response as BaseResponse

from service.accounts.who import current_member
from service.conversations import actions, shown
from service.conversations.known_flows import KnownFlows
from service.conversations.members import member_turns, path_id
from service.conversations.models import ChipEvent, ConversationBody, FormEvent, ReadBody, TextEvent, TurnBody
from service.conversations.responding import responder, submitted_text
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
)
from service.core.ids import uuid_or_none
from service.core.mapper import Row
from service.dialogue.form import check_form
from service.dialogue.message import Kind
from service.http.context import adopt_request_id, part
from service.http.in_flight import InFlight
from service.http.json_body import GENERAL_MAX, has_body, json_object, validated, with_more
from service.http.language import known_locale, request_locale
from service.http.paging import cursor_of_list, list_place, seq_place
from service.settings import Settings
from service.supabase.clients import Upstream

bp = Blueprint("conversations", __name__, url_prefix="/api/v1")


@bp.post("/conversations")
def open_conversation() -> tuple[Response, int]:
    """Begin a conversation: it comes with the opening of the flow."""
    turns = member_turns()
    body = validated(ConversationBody, json_object(max_bytes=GENERAL_MAX))
    rows_id = adopt_request_id(body.request_id)
    respond = responder(part(KnownFlows), request_locale())
    with part(InFlight).turns.one(turns.user_id):
        outcome = turns.open(body.client_conversation_id, rows_id, respond)
    answer = {
        "conversation": shown.conversation(outcome.conversation),
        "messages": shown.messages(outcome.messages, outcome.conversation),
        "replayed": outcome.is_replay,
    }
    return jsonify(answer), _status(outcome)


@bp.get("/conversations")
def list_conversations() -> Response:
    """The member's conversations, latest activity first."""
    member = current_member()
    limit, before = list_place()
    rows = actions.list_conversations(part(Upstream).member_client(member.token), limit + 1, before)
    page = rows[:limit]
    return jsonify(
        conversations=[shown.conversation(row) for row in page],
        nextCursor=cursor_of_list(page[-1]) if len(rows) > limit else None,
    )


@bp.get("/conversations/<conversation_id>/messages")
def page_messages(conversation_id: str) -> BaseResponse:
    """A page of a conversation, by default the newest; or what changed in it after a `rev`."""
    member, key = current_member(), path_id(conversation_id)
    client = part(Upstream).member_client(member.token)
    try:
        limit, (before, after), changed_after = seq_place()
    except Invalid:
        # Whether there is such a conversation comes first.
        actions.page_messages(client, key, 1)
        raise
    if changed_after is None:
        response = _page(actions.page_messages(client, key, limit, before=before, after=after))
    else:
        response = _changed(actions.changed_messages(client, key, changed_after, limit))
    response.add_etag()
    return response.make_conditional(request)


def _page(page: Row) -> Response:
    rows = page["messages"]
    return jsonify(
        conversation=shown.conversation(page["conversation"]),
        messages=shown.messages(rows, page["conversation"]),
        nextCursor=str(rows[-1]["seq"]) if page["has_later"] else None,
        previousCursor=str(rows[0]["seq"]) if page["has_earlier"] else None,
    )


def _changed(page: Row) -> Response:
    return jsonify(
        conversation=shown.conversation(page["conversation"]),
        messages=shown.messages(page["messages"], page["conversation"]),
        hasMore=page["has_more"],
    )


@bp.post("/conversations/<conversation_id>/turns")
def take_turn(conversation_id: str) -> tuple[Response, int]:
    """An event, and everything that follows from it."""
    turns = member_turns()
    raw = json_object(max_bytes=GENERAL_MAX)
    with part(InFlight).turns.one(turns.user_id):
        outcome = _taken(turns, path_id(conversation_id), raw)
    answer = {
        "conversation": shown.conversation(outcome.conversation),
        "messages": shown.messages(outcome.messages, outcome.conversation),
        "updatedMessages": shown.messages(outcome.updated, outcome.conversation),
        "replayed": outcome.is_replay,
    }
    return jsonify(answer), _status(outcome)


@bp.put("/conversations/<conversation_id>/read")
def mark_read(conversation_id: str) -> Response:
    """Move the read marker, by default to the last message."""
    member = current_member()
    raw = json_object(max_bytes=GENERAL_MAX) if has_body() else {}
    key = path_id(conversation_id)
    try:
        body = validated(ReadBody, raw)
    except Invalid:
        # Whether there is such a conversation comes first.
        member_turns().preview(key, None, None)
        raise
    row = actions.mark_read(part(Upstream).member_client(member.token), key, body.up_to_message_id)
    return jsonify(mapper.outside(row, ("conversation_id", "last_read_at", "unread_count")))


def _taken(turns: MemberTurns, conversation_id: UUID, raw: dict[str, Any]) -> Outcome:
    try:
        body = validated(TurnBody, raw)
    except Invalid as error:
        raise _explained(turns, conversation_id, raw, error) from None
    message = _message(turns, conversation_id, body, adopt_request_id(body.request_id))
    return turns.send(
        conversation_id, message, responder(part(KnownFlows), request_locale(), can_generate=part(Settings).has_model)
    )


def _message(turns: MemberTurns, conversation_id: UUID, body: TurnBody, rows_id: UUID) -> UserMessage:
    """What the member did, as it is saved. Raises MunuiError where it cannot be."""
    event = body.event
    message = UserMessage(body.client_message_id, rows_id)
    match event:
        case TextEvent():
            return message.with_text(event.content)
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
    content = submitted_text(part(KnownFlows), preview, locale, values)
    return message.with_answer(event.message_id, {"type": "form", "values": values}, content)


def _form_payload(preview: AnswerPreview) -> Row:
    asked = preview.asked
    if asked is None or asked["kind"] != Kind.FORM:
        raise InvalidForm(errors=[FieldError("event.messageId", "is no form of this conversation")])
    payload: Row = asked["payload"]
    return payload


def _explained(turns: MemberTurns, conversation_id: UUID, raw: dict[str, Any], error: Invalid) -> Invalid:
    """`error` with what only the conversation knows to be wrong. Raises what comes before a 422, if anything does."""
    given = raw.get("event")
    event: dict[str, Any] = given if isinstance(given, dict) else {}
    preview = turns.preview(
        conversation_id, uuid_or_none(raw.get("clientMessageId")), uuid_or_none(event.get("messageId"))
    )
    _refuse(preview, may_repeat=False)
    return with_more(error, _misfits(event, preview))


def _misfits(event: dict[str, Any], preview: AnswerPreview) -> Sequence[FieldError]:
    """What is wrong with an answer to the message in `preview`."""
    match event:
        case {"type": "form", "values": dict(values)}:
            try:
                check_form(_form_payload(preview), values, known_locale(preview.locale))
            except InvalidForm as error:
                return error.errors
        case {"type": "chip", "chipId": str(chip_id)}:
            offered = preview.asked["payload"]["chips"] if preview.asked and preview.asked["kind"] == Kind.CHIPS else ()
            if all(chip["id"] != chip_id for chip in offered):
                return [FieldError("event.chipId", "is no chip of this message")]
    return ()


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
