"""The API for operators: settings. All read them; admins change them, and canned replies everybody does.

Where somebody else saved in the meantime, the refusal says what stands there now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel

from service.accounts.actions import find_account
from service.conversations.responding import team_of
from service.conversations.team import TeamRow
from service.core.errors import FieldError, Invalid, SettingsChanged
from service.core.mapper import Row
from service.http.context import part
from service.http.json_body import GENERAL_MAX, body_of, json_object
from service.inbox.asking import Asking
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
    ProposedHoursBody,
)
from service.inbox.shown import operator
from service.supabase.clients import Upstream

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
    return _made(actions.save_operator(who, None, _with_account(who, body)), "operator", operator)


@bp.patch("/operators/<operator_id>")
def change_operator(operator_id: str) -> Response:
    """Change an operator: name, picture, role, whether they may do anything."""
    who = asking()
    body = _body(ChangedOperatorBody, who.must_be_admin)
    with _telling(operator):
        saved = actions.save_operator(who, known_id(operator_id), body.values, body.if_version)
    return jsonify(operator(saved["operator"]))


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
    with _telling(shown.label):
        saved = actions.save_label(who, storable(label), body.values, body.if_version)
    return jsonify(shown.label(saved["label"]))


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
    with _telling(shown.canned_reply):
        saved = actions.save_canned_reply(who, known_id(canned_reply_id), body.values, body.if_version)
    return jsonify(shown.canned_reply(saved["canned_reply"]))


@bp.delete("/canned-replies/<canned_reply_id>")
def delete_canned_reply(canned_reply_id: str) -> tuple[str, int]:
    """Remove a canned reply."""
    actions.delete_canned_reply(asking(), known_id(canned_reply_id))
    return "", 204


@bp.get("/hours")
def read_hours() -> Response:
    """When the team answers."""
    return jsonify(shown.hours(actions.read_hours(asking())["hours"]))


@bp.put("/hours")
def save_hours() -> Response:
    """Change when the team answers."""
    who = asking()
    body = _body(HoursBody, who.must_be_admin)
    with _telling(shown.hours):
        saved = actions.save_hours(who, body.values, body.if_version)
    part(TeamRow).forget()
    return jsonify(shown.hours(saved["hours"]))


@bp.post("/hours/preview")
def preview_hours() -> Response:
    """This week as the hours would make it; nothing is changed."""
    who = asking()
    body = _body(ProposedHoursBody, who.rights)
    kept = actions.read_hours(who)
    hours = {**kept["hours"], **body.values}
    if (hours["override_open"] is None) != (hours["override_until"] is None):
        raise Invalid(errors=[FieldError("overrideUntil", "must be given together with overrideOpen")])
    team = team_of({**hours, "online_until": kept["online_until"]})
    return jsonify(shown.preview(team, hours["holidays"], datetime.now(UTC)))


def _with_account(who: Asking, body: OperatorBody) -> Row:
    """What the body says, with the account that it names by address."""
    if "email" not in body.model_fields_set:
        return body.values
    # Who may not know is told nothing of accounts.
    who.must_be_admin()
    account = find_account(part(Upstream), body.email)
    if account is None:
        raise Invalid(errors=[FieldError("email", "no account has this address")])
    return {**{name: value for name, value in body.values.items() if name != "email"}, "user_id": str(account)}


@contextmanager
def _telling(show: Callable[[Row], dict[str, Any]]) -> Iterator[None]:
    """Let the refusal of who was overtaken say what it is now."""
    try:
        yield
    except SettingsChanged as error:
        if error.now is not None:
            error.extensions = {"current": show(dict(error.now))}
        raise


def _body(model: type[Model], refuse: Callable[[], object]) -> Model:
    return body_of(model, json_object(max_bytes=GENERAL_MAX), refuse)


def _made(saved: dict[str, Any], name: str, show: Callable[[dict[str, Any]], dict[str, Any]]) -> tuple[Response, int]:
    return jsonify(show(saved[name])), 201 if saved["created"] else 200
