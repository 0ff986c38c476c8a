"""The API of the assistant. All operators read its settings and what was answered; admins change, restore and try."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

from flask import Blueprint, Response, jsonify, request

from service.core.errors import FieldError, Invalid, NotFound, SettingsChanged
from service.core.mapper import Row
from service.http.context import part
from service.http.json_body import GENERAL_MAX, body_of, first_refused, has_body, json_object
from service.http.paging import all_of, cursor_of_list, list_place, page_limit, version_cursor
from service.http.query import day, one_of
from service.inbox.requests import asking, known_id
from service.knowledge.assistant import actions, shown, trying
from service.knowledge.assistant.models import (
    MODES,
    MOST_DAYS,
    OUTCOMES,
    RATINGS,
    SETTINGS_MAX,
    AssistantRestoreBody,
    AssistantTryBody,
    ChangedSettingsBody,
)
from service.settings import Settings

bp = Blueprint("inbox_assistant", __name__, url_prefix="/api/v1/inbox/assistant")

_VERSION = re.compile("[1-9][0-9]{0,8}")


@bp.get("")
def read_assistant() -> Response:
    """What the assistant is told to do, and what it has to work with."""
    return _assistant(actions.read(asking()))


@bp.put("")
def save_assistant() -> Response:
    """Change what the assistant is told to do: what is left out stays as it is."""
    who = asking()
    body = body_of(ChangedSettingsBody, json_object(max_bytes=SETTINGS_MAX), who.must_be_admin)
    with _telling():
        saved = actions.save(who, body.values, body.if_version)
    return _assistant(saved)


@bp.get("/versions")
def page_assistant_versions() -> Response:
    """What the assistant was told at each time, newest first."""
    who = asking()
    limit, before = first_refused(lambda: all_of(page_limit, version_cursor), who.must_be_admin)
    page = actions.page_versions(who, limit, before)
    return jsonify(
        versions=[shown.version(row) for row in page["versions"]],
        nextCursor=None if page["next"] is None else str(page["next"]),
    )


@bp.post("/versions/<version>/restore")
def restore_assistant_version(version: str) -> Response:
    """Take back what an earlier version said, as a new one."""
    who = asking()
    if not _VERSION.fullmatch(version):
        who.must_be_admin()
        raise NotFound
    raw = json_object(max_bytes=GENERAL_MAX) if has_body() else {}
    body = body_of(AssistantRestoreBody, raw, who.must_be_admin)
    with _telling():
        restored = actions.restore(who, int(version), body.if_version)
    return _assistant(restored)


@bp.post("/try")
def try_assistant() -> tuple[Response, int]:
    """What would be answered to a question. Nothing is: a model is asked by a worker, and `id` says for what to ask."""
    who = asking()
    body = body_of(AssistantTryBody, json_object(max_bytes=SETTINGS_MAX), who.must_be_admin)
    tried = trying.begin(who, body, has_model=part(Settings).has_model)
    return jsonify(shown.tried(tried)), 202 if tried["status"] == "pending" else 200


@bp.get("/try/<try_id>")
def read_try(try_id: str) -> Response:
    """A try, as far as it is."""
    return jsonify(shown.tried(trying.read(asking(), known_id(try_id))))


@bp.get("/answers")
def page_answers() -> Response:
    """What was asked and what became of it, newest first; with the first page, how it went in all of the period."""
    who = asking()
    (limit, place), filters = first_refused(lambda: all_of(list_place, _filters), who.rights)
    page = actions.page_answers(who, limit, place, filters)
    rows = page["answers"]
    return jsonify(
        answers=[shown.answer(row) for row in rows],
        nextCursor=cursor_of_list(rows[-1], "created_at") if page["has_more"] else None,
        totals=page["totals"] and shown.totals(page["totals"]),
    )


def _assistant(row: Row) -> Response:
    return jsonify(shown.assistant(row, part(Settings)))


@contextmanager
def _telling() -> Iterator[None]:
    """Let the refusal of who was overtaken say what it is now."""
    try:
        yield
    except SettingsChanged as error:
        if error.now is not None:
            error.extensions = {"current": shown.version(dict(error.now))}
        raise


def _filters() -> Row:
    outcome, mode, helpful, first, last, count = all_of(
        partial(one_of, "outcome", OUTCOMES),
        partial(one_of, "mode", MODES),
        partial(one_of, "helpful", RATINGS),
        partial(day, "from"),
        partial(day, "to"),
        _days,
    )
    if first and last and first > last:
        raise Invalid(errors=[FieldError("from", "must not be after `to`")])
    # The team's today is a day from UTC's at most.
    if first and ((last or datetime.now(UTC).date()) - first).days >= MOST_DAYS:
        raise Invalid(errors=[FieldError("from", f"must be at most {MOST_DAYS} days before `to`, both included")])
    days = {"from": first and first.isoformat(), "to": last and last.isoformat(), "days": count}
    return {"outcome": outcome, "mode": mode, "helpful": helpful, **days}


def _days() -> int | None:
    text = request.args.get("days")
    if text is None:
        return None
    if "from" in request.args:
        raise Invalid(errors=[FieldError("days", "cannot be used together with `from`")])
    if not re.fullmatch("[0-9]{1,3}", text) or not 1 <= int(text) <= MOST_DAYS:
        raise Invalid(errors=[FieldError("days", f"must be 1 to {MOST_DAYS}")])
    return int(text)
