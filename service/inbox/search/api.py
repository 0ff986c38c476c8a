"""The API for operators: the search."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from service.http.json_body import first_refused
from service.inbox.requests import asking
from service.inbox.search import actions, shown
from service.inbox.search.asked import cursor_of, search

bp = Blueprint("inbox_search", __name__, url_prefix="/api/v1/inbox")


@bp.get("/search")
def find_anything() -> Response:
    """Messages, notes, inquiries and contacts that hold what is looked for, of all of history."""
    who = asking()
    found = actions.find(who, first_refused(search, who.rights))
    return jsonify(
        hits=shown.hits(found),
        nextCursor=cursor_of(found["next"]) if found["next"] else None,
        index=shown.state(found),
    )
