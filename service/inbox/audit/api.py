"""The API for operators: the audit, for admins."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from service.http.json_body import first_refused
from service.http.paging import cursor_after, list_place
from service.inbox.audit import actions, shown
from service.inbox.requests import asking

bp = Blueprint("inbox_audit", __name__, url_prefix="/api/v1/inbox")


@bp.get("/audit")
def read_audit() -> Response:
    """Who changed what of the team's settings, from what to what, and when; and every export."""
    who = asking()
    limit, before = first_refused(list_place, who.must_be_admin)
    page = actions.page(who, limit, before)
    rows = page["activities"]
    return jsonify(
        entries=[shown.entry(row) for row in rows],
        nextCursor=cursor_after(rows[-1]["created_at"], rows[-1]["id"]) if page["has_more"] else None,
    )
