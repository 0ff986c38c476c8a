"""The API around people who answer: asking for one, typing, what somebody thought of it, who they are.

The order of refusals is that of `api.py`: whether there is such a conversation comes before what is wrong with a body.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from service.accounts.who import current_member
from service.conversations import actions, shown
from service.conversations.known_flows import KnownFlows
from service.conversations.members import member_turns, path_id
from service.conversations.people_models import ContactBody, HandoverBody, OwnTypingBody, RatingBody
from service.conversations.responding import responder
from service.conversations.store import Handling, is_so
from service.core import mapper
from service.core.text import is_storable
from service.dialogue.reply import What
from service.http.context import adopt_request_id, part
from service.http.in_flight import InFlight
from service.http.json_body import GENERAL_MAX, KIB, body_of, has_body, json_body, json_object
from service.http.language import request_locale
from service.supabase.clients import Upstream

CONTACT_MAX = 8 * KIB

bp = Blueprint("people", __name__, url_prefix="/api/v1")


@bp.post("/conversations/<conversation_id>/handover")
def hand_over(conversation_id: str) -> Response:
    """Ask for a person, at every hour."""
    return _handled(conversation_id, "waiting", "handover")


@bp.delete("/conversations/<conversation_id>/handover")
def take_back(conversation_id: str) -> Response:
    """Go on with the bot, while nobody has answered yet."""
    return _handled(conversation_id, "bot", "resume")


@bp.put("/conversations/<conversation_id>/typing")
def say_typing(conversation_id: str) -> tuple[str, int]:
    """Let the team see that the member types; forgotten after 8 seconds."""
    turns, raw = member_turns(), json_object(max_bytes=GENERAL_MAX)
    key = path_id(conversation_id)
    body = body_of(OwnTypingBody, raw, lambda: turns.preview(key, None, None))
    turns.tell_typing(key, is_typing=body.is_typing)
    return "", 204


@bp.put("/conversations/<conversation_id>/rating")
def rate(conversation_id: str) -> Response:
    """What the member thinks of the conversation, where that was asked for; the last word counts."""
    turns, raw = member_turns(), json_object(max_bytes=GENERAL_MAX)
    key = path_id(conversation_id)
    body = body_of(RatingBody, raw, lambda: turns.preview(key, None, None))
    return jsonify(conversation=shown.conversation(turns.rate(key, body.score, body.comment)))


@bp.put("/me/contact")
def keep_contact() -> Response:
    """What the embedding page knows of its visitor. It is shown to the team, as unverified."""
    member = current_member()
    body = json_body(ContactBody, max_bytes=CONTACT_MAX)
    row = actions.keep_contact(
        part(Upstream).service_client(),
        member.id,
        page_url=body.page_url,
        locale=body.locale,
        attributes=body.attributes,
        user_agent=_browser(),
    )
    return jsonify(mapper.outside(row, ("page_url", "locale", "attributes")))


def _browser() -> str | None:
    """What this request's browser calls itself, as far as a row can hold it."""
    told = request.headers.get("User-Agent", "").strip()
    return told if told and is_storable(told) else None


def _handled(conversation_id: str, to: Handling, what: What) -> Response:
    turns = member_turns()
    raw = json_object(max_bytes=GENERAL_MAX) if has_body() else {}
    key = path_id(conversation_id)
    with part(InFlight).turns.one(turns.user_id):
        body = body_of(HandoverBody, raw, lambda: is_so(turns.view(key), to))
        respond = responder(part(KnownFlows), request_locale(), what)
        outcome = turns.change(key, to, adopt_request_id(body.request_id), respond)
    return jsonify(
        conversation=shown.conversation(outcome.conversation),
        messages=shown.messages(outcome.messages, outcome.conversation),
    )
