"""The operators' screen: one page for all its places, which comes with what it shows first.

Belongs here: the page, who gets it, and its first data, in one request to Supabase. Does not belong here: what the
browser does with it (`static/inbox`), the calls that it makes from then on (the API).
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response as BaseResponse

from service.accounts.who import optional_member
from service.core.errors import NotAnOperator
from service.core.ids import uuid_or_none
from service.core.mapper import Row, timestamp
from service.http.context import part
from service.inbox import shown
from service.inbox.asking import Asking
from service.inbox.conversations.finding import LONGEST_QUERY, VIEWS, cursor_of
from service.inbox.requests import storable
from service.site.frame import page, see_other
from service.supabase.clients import Upstream

bp = Blueprint("inbox_screen", __name__)

# What somebody who comes in wants to see: who waits.
FIRST_VIEW = "waiting"
# As many as fit on a high screen; the browser asks for more where there are more.
_ROWS = 25
_NAMES = ("operator", "operators", "labels", "conversations", "next", "counts", "at", "cursor", "opened")


@bp.get("/inbox")
@bp.get("/inbox/<path:place>")
def screen(place: str = "") -> BaseResponse:
    """Any place of the screen, with the list beside it and the conversation that it names."""
    member = optional_member()
    if member is None:
        return see_other("accounts.sign_in_form", next=f"inbox/{place}".rstrip("/"))
    try:
        first = _first(Asking(part(Upstream), member.id), place)
    except NotAnOperator:
        return page("not_operator.html", 403)
    # Never packed: what customers wrote stands in it beside what they must not know.
    return page("inbox.html", first=first)


def _first(asking: Asking, place: str) -> dict[str, Any]:
    asked = _asked(place)
    found = asking.ask("inbox_screen", {**asked, "p_limit": _ROWS}, _NAMES)
    return {
        "me": shown.me(found["operator"]),
        "operators": [shown.operator(row) for row in found["operators"]],
        "labels": shown.labels(found["labels"]),
        "view": asked["p_view"],
        "conversations": [shown.conversation(row) for row in found["conversations"]],
        "nextCursor": found["next"] and cursor_of(found["next"]),
        "counts": found["counts"],
        "at": timestamp(found["at"]),
        "cursor": found["cursor"],
        "opened": found["opened"] and _opened(found["opened"]),
    }


def _asked(place: str) -> Row:
    """What the address asks for. A filter that is none filters nothing: the screen is there whatever somebody typed."""
    name, _, rest = place.partition("/")
    view = name if name in VIEWS else request.args.get("view", FIRST_VIEW)
    assignee = uuid_or_none(request.args.get("assignee", ""))
    opened = uuid_or_none(rest) if name == "c" else None
    return {
        "p_view": view if view in VIEWS else FIRST_VIEW,
        "p_assignee": assignee and str(assignee),
        "p_label": _word("label"),
        "p_channel": _word("channel"),
        "p_query": _word("q"),
        "p_id": opened and str(opened),
    }


def _word(name: str) -> str | None:
    return storable(request.args.get(name, "").strip()[:LONGEST_QUERY]) or None


def _opened(found: Row) -> dict[str, Any]:
    return {**shown.detail(found), "page": shown.page(found["page"])}
