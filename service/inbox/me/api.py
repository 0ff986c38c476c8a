"""The API for operators: who asks, whether they are there, what they look at."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from service.http.json_body import GENERAL_MAX, body_of, json_object
from service.inbox import shown
from service.inbox.me import actions
from service.inbox.me.models import AvailabilityBody, PresenceBody
from service.inbox.requests import asking

bp = Blueprint("inbox_me", __name__, url_prefix="/api/v1/inbox")


@bp.get("/me")
def who_am_i() -> Response:
    """Who asks, and what they may."""
    return jsonify(shown.me(asking().rights()))


@bp.put("/me/availability")
def be_available() -> Response:
    """Be online, away or offline. Told again within 60 seconds, it stays so."""
    who = asking()
    body = body_of(AvailabilityBody, json_object(max_bytes=GENERAL_MAX), who.rights)
    return jsonify(shown.me(actions.be(who, body.availability)["operator"]))


@bp.put("/presence")
def look_at() -> tuple[str, int]:
    """Tell which conversation the screen shows; forgotten after 60 seconds."""
    who = asking()
    body = body_of(PresenceBody, json_object(max_bytes=GENERAL_MAX), who.rights)
    actions.look(who, body.conversation_id)
    return "", 204
