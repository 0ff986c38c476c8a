"""The operators' pages: submitted inquiries, and the conversations of today.

Belongs here: who may see them, and how they look. Does not belong here: what is read (`store/operators.py`).

An operator is a member whose `app_metadata.role` is `admin`. Supabase Auth itself is asked each time: a member can
write their own `user_metadata`, and an access token still says yesterday's. Everybody else gets the same 404 as for
a page that does not exist. Only after that is anything read with the service's rights.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from flask import Blueprint, Response, request
from supabase_auth.types import User
from werkzeug.wrappers import Response as BaseResponse

from service.actions import auth
from service.domain.errors import Invalid, NotFound, Unauthenticated
from service.domain.views import Row
from service.store import operators
from service.store.operators import Place, Search, Status
from service.web.auth import optional_member
from service.web.context import services
from service.web.inquiry_csv import csv_file
from service.web.inquiry_fields import Labels
from service.web.paging import cursor_of_list, list_cursor
from service.web.site import page, see_other
from service.web.streams import begun
from service.web.texts import current_locale

bp = Blueprint("admin", __name__, url_prefix="/admin")

ROLE = "admin"
# The shop's day. Korea knows no summer time.
ZONE = timezone(timedelta(hours=9), "KST")
_LONGEST_SEARCH = 200
_STATUSES: dict[str, Status] = {"new": "new", "done": "done"}
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


@bp.before_request
def _operators_only() -> None:
    """Refuse everybody else (NotFound)."""
    member = optional_member()
    if member is None:
        raise NotFound
    try:
        user = auth.get_user(services().upstream, member.token)
    except Unauthenticated:
        raise NotFound from None
    if not is_operator(user):
        raise NotFound


def is_operator(user: User) -> bool:
    """Whether this account, as Supabase Auth just described it, is an operator's."""
    return user.app_metadata.get("role") == ROLE


@bp.get("")
def inquiries() -> Response:
    """Inquiries, newest first, by text and status; and how the day goes."""
    search = _search()
    found = operators.page_inquiries(services().upstream, search, list_cursor())
    labels = Labels.of_flow(current_locale())
    return page(
        "admin.html",
        day=_today(),
        search=search,
        rows=[(row, labels.listed(row["values"])) for row in found.rows],
        next_cursor=_cursor(found.next),
        is_first="cursor" not in request.args,
        clock=clock,
    )


@bp.get("/conversations")
def conversations() -> Response:
    """The conversations that began today."""
    return page("admin_day.html", day=_today(), clock=clock)


@bp.get("/inquiries.csv")
def export() -> Response:
    """The inquiries that the search finds, as a file."""
    pages = begun(operators.all_inquiries(services().upstream, _search()))
    lines = csv_file(pages, Labels.of_flow(current_locale()))
    name = f"inquiries-{datetime.now(ZONE):%Y%m%d-%H%M}.csv"
    return Response(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Accel-Buffering": "no"},
    )


@bp.post("/inquiries/<uuid:inquiry_id>")
def mark(inquiry_id: UUID) -> BaseResponse:
    """Make an inquiry new or done, and go back to where it was marked."""
    status = _STATUSES.get(request.form.get("mark", ""))
    if status is None:
        raise Invalid("An inquiry is new or done")
    operators.mark_inquiry(services().upstream, inquiry_id, status)
    kept = {name: request.form[name] for name in ("q", "status", "cursor") if request.form.get(name)}
    return see_other("pages.admin.inquiries", _anchor=f"inquiry-{inquiry_id}", **kept)


@bp.route("/<path:_rest>", methods=_METHODS)
def nothing(_rest: str) -> Response:
    """Whatever else is asked for here is not there, for whoever asks and however."""
    raise NotFound


def clock(text: str | None, form: str = "%Y-%m-%d %H:%M") -> str:
    """A time of the database as the shop's clock shows it."""
    return f"{datetime.fromisoformat(text).astimezone(ZONE):{form}}" if text else ""


def _search() -> Search:
    text = request.args.get("q", "").strip().replace("\0", "")[:_LONGEST_SEARCH]
    return Search(text or None, _STATUSES.get(request.args.get("status", "")))


def _today() -> Row:
    begin = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return operators.read_day(services().upstream, begin.astimezone(UTC), (begin + timedelta(days=1)).astimezone(UTC))


def _cursor(place: Place | None) -> str | None:
    return cursor_of_list({"last_message_at": place[0].isoformat(), "id": place[1]}) if place else None
