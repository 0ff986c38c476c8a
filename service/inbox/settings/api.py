"""The API for operators: settings. All read them; admins change them, and canned replies everybody does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel

from service.http.json_body import GENERAL_MAX, body_of, json_object
from service.inbox.requests import asking, known_id, storable
from service.inbox.settings import actions, shown
from service.inbox.settings.models import (
    CannedReplyBody,
    ChangedCannedReplyBody,
    ChangedLabelBody,
    ChangedOperatorBody,
    HoursBody,
    LabelBody,
    OperatorBody,
)
from service.inbox.shown import operator

bp = Blueprint("inbox_settings", __name__, url_prefix="/api/v1/inbox")

Model = TypeVar("Model", bound=BaseModel)


@bp.get("/operators")
def list_operators() -> Response:
    """The team."""
    rows = actions.list_operators(asking())
    return jsonify(operators=[operator(row) for row in rows], nextCursor=None)


@bp.post("/operators")
def add_operator() -> tuple[Response, int]:
    """Take an account into the team."""
    who = asking()
    body = _body(OperatorBody, who.must_be_admin)
    return _made(actions.save_operator(who, None, body.values), "operator", operator)


@bp.patch("/operators/<operator_id>")
def change_operator(operator_id: str) -> Response:
    """Change an operator: name, picture, role, whether they may do anything."""
    who = asking()
    body = _body(ChangedOperatorBody, who.must_be_admin)
    return jsonify(operator(actions.save_operator(who, known_id(operator_id), body.values)["operator"]))


@bp.get("/labels")
def list_labels() -> Response:
    """All labels."""
    return jsonify(labels=[shown.label(row) for row in actions.list_labels(asking())], nextCursor=None)


@bp.post("/labels")
def add_label() -> tuple[Response, int]:
    """Make a label."""
    who = asking()
    body = _body(LabelBody, who.must_be_admin)
    return _made(actions.save_label(who, None, body.values), "label", shown.label)


@bp.patch("/labels/<label>")
def change_label(label: str) -> Response:
    """Change a label's name or colour."""
    who = asking()
    body = _body(ChangedLabelBody, who.must_be_admin)
    return jsonify(shown.label(actions.save_label(who, storable(label), body.values)["label"]))


@bp.delete("/labels/<label>")
def delete_label(label: str) -> tuple[str, int]:
    """Remove a label, from every conversation too."""
    actions.delete_label(asking(), storable(label))
    return "", 204


@bp.get("/canned-replies")
def list_canned_replies() -> Response:
    """Everybody's canned replies, and one's own."""
    rows = actions.list_canned_replies(asking())
    return jsonify(cannedReplies=[shown.canned_reply(row) for row in rows], nextCursor=None)


@bp.post("/canned-replies")
def add_canned_reply() -> tuple[Response, int]:
    """Make a canned reply, for everybody or for oneself."""
    who = asking()
    body = _body(CannedReplyBody, who.rights)
    return _made(actions.save_canned_reply(who, None, body.values), "canned_reply", shown.canned_reply)


@bp.patch("/canned-replies/<canned_reply_id>")
def change_canned_reply(canned_reply_id: str) -> Response:
    """Change a canned reply."""
    who = asking()
    body = _body(ChangedCannedReplyBody, who.rights)
    saved = actions.save_canned_reply(who, known_id(canned_reply_id), body.values)
    return jsonify(shown.canned_reply(saved["canned_reply"]))


@bp.delete("/canned-replies/<canned_reply_id>")
def delete_canned_reply(canned_reply_id: str) -> tuple[str, int]:
    """Remove a canned reply."""
    actions.delete_canned_reply(asking(), known_id(canned_reply_id))
    return "", 204


@bp.get("/hours")
def read_hours() -> Response:
    """When the team answers."""
    return jsonify(shown.hours(actions.read_hours(asking())))


@bp.put("/hours")
def save_hours() -> Response:
    """Change when the team answers."""
    who = asking()
    body = _body(HoursBody, who.must_be_admin)
    return jsonify(shown.hours(actions.save_hours(who, body.values)))


def _body(model: type[Model], refuse: Callable[[], object]) -> Model:
    return body_of(model, json_object(max_bytes=GENERAL_MAX), refuse)


def _made(saved: dict[str, Any], name: str, show: Callable[[dict[str, Any]], dict[str, Any]]) -> tuple[Response, int]:
    return jsonify(show(saved[name])), 201 if saved["created"] else 200
