"""The API for operators: inquiries, and how today goes."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from functools import partial

from flask import Blueprint, Response, jsonify, request

from service.core.errors import FieldError, Invalid
from service.http.context import part
from service.http.in_flight import InFlight
from service.http.json_body import GENERAL_MAX, body_of, first_refused, json_object
from service.http.long_answers import begun, file_of
from service.http.paging import all_of, cursor_after, list_cursor, page_limit
from service.http.query import one_of
from service.inbox.inquiries import actions, shown, store
from service.inbox.inquiries.inquiry_csv import ZONE, csv_file
from service.inbox.inquiries.inquiry_fields import Labels
from service.inbox.inquiries.models import LONGEST_SEARCH, STATUSES, MarkBody
from service.inbox.inquiries.store import Place, Search
from service.inbox.requests import asking, known_id, storable
from service.site.texts import current_locale

bp = Blueprint("inbox_inquiries", __name__, url_prefix="/api/v1/inbox")

_DAY_LIMIT = 100
_status = partial(one_of, "status", STATUSES)


@bp.get("/inquiries")
def find_inquiries() -> Response:
    """Inquiries, newest first, by text and status."""
    who = asking()
    text, status, limit, before = first_refused(lambda: all_of(_text, _status, page_limit, list_cursor), who.rights)
    page = store.page_inquiries(who, Search(text, status), before, limit)
    labels = Labels.of_flow(current_locale())
    return jsonify(inquiries=[shown.inquiry(row, labels) for row in page.rows], nextCursor=_cursor(page.next))


@bp.patch("/inquiries/<inquiry_id>")
def mark_inquiry(inquiry_id: str) -> Response:
    """Make an inquiry done, or new again."""
    who = asking()
    body = body_of(MarkBody, json_object(max_bytes=GENERAL_MAX), who.rights)
    row = actions.mark_inquiry(who, known_id(inquiry_id), body.status)
    return jsonify(shown.inquiry(row, Labels.of_flow(current_locale())))


@bp.get("/inquiries.csv")
def export_inquiries() -> Response:
    """The inquiries that a search finds, as a file. It leaves an activity."""
    who = asking()
    search = first_refused(lambda: Search(*all_of(_text, _status)), who.rights)
    with ExitStack() as begun_only:
        begun_only.enter_context(part(InFlight).removals.one(who.user_id))
        pages = begun(store.all_inquiries(who, search))
        slot = begun_only.pop_all()
    lines = csv_file(pages, Labels.of_flow(current_locale()))
    name = f"inquiries-{datetime.now(ZONE):%Y%m%d-%H%M}.csv"
    return file_of(lines, slot, content_type="text/csv; charset=utf-8", name=name)


@bp.get("/today")
def read_today() -> Response:
    """The team's day: what waits, and the conversations that began."""
    return jsonify(shown.today(actions.read_day(asking(), _DAY_LIMIT)))


def _text() -> str | None:
    text = request.args.get("q", "").strip()
    if len(text) > LONGEST_SEARCH:
        raise Invalid(errors=[FieldError("q", f"must have at most {LONGEST_SEARCH} characters")])
    return storable(text) or None


def _cursor(place: Place | None) -> str | None:
    return cursor_after(place[0].isoformat(), place[1]) if place else None
