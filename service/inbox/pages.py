"""The operators' pages: submitted inquiries, and the conversations of today.

Belongs here: who may see them, and how they look. Does not belong here: what is read (`store.py`,
`actions.py`).

An operator is whom the table of operators names: the database looks there in the very call that reads or writes, so
nothing that a token or an account says of itself counts, and whoever is none any more is refused by the next page.
Everybody else gets the same 404 as for a page that does not exist, whatever they sent.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from service.accounts.who import optional_member
from service.core.errors import Invalid, MunuiError, NotAnOperator, NotFound
from service.core.mapper import Row
from service.http.context import part
from service.http.long_answers import begun
from service.http.paging import cursor_of_list, list_cursor
from service.http.problems import problem_response
from service.http.slashes import without_slash
from service.inbox import actions, store
from service.inbox.asking import Asking
from service.inbox.inquiry_csv import csv_file
from service.inbox.inquiry_fields import Labels
from service.inbox.store import Place, Search, Status
from service.site.frame import page, see_other
from service.site.texts import NAMES, current_locale
from service.supabase.clients import Upstream

bp = Blueprint("inbox", __name__, url_prefix="/admin")

# The shop's day. Korea knows no summer time.
ZONE = timezone(timedelta(hours=9), "KST")
_LONGEST_SEARCH = 200
_DAY_LIMIT = 100
_STATUSES: dict[str, Status] = {"new": "new", "done": "done"}
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


@bp.errorhandler(MunuiError)
def _refused(error: MunuiError) -> BaseResponse:
    """Whoever is no operator learns of everything the same: there is nothing."""
    try:
        if isinstance(error, Invalid):
            # What was sent is looked at before the database is asked who sent it.
            _asking().rights()
    except MunuiError as other:
        error = other
    return problem_response(NotFound() if isinstance(error, NotAnOperator) else error)


@bp.get("")
def inquiries() -> Response:
    """Inquiries, newest first, by text and status; and how the day goes."""
    search = _search()
    found = store.page_inquiries(_asking(), search, list_cursor())
    labels = Labels.of_flow(current_locale())
    return page(
        "admin.html",
        day=_today(),
        search=search,
        rows=[(row, labels.listed(row["values"])) for row in found.rows],
        next_cursor=_cursor(found.next),
        is_first="cursor" not in request.args,
        clock=clock,
        spoken=NAMES,
    )


@bp.get("/conversations")
def conversations() -> Response:
    """The conversations that began today."""
    return page("admin_day.html", day=_today(), clock=clock)


@bp.get("/inquiries.csv")
def export() -> Response:
    """The inquiries that the search finds, as a file."""
    pages = begun(store.all_inquiries(_asking(), _search()))
    lines = csv_file(pages, Labels.of_flow(current_locale()), clock)
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
    actions.mark_inquiry(_asking(), inquiry_id, status)
    kept = {name: request.form[name] for name in ("q", "status", "cursor") if request.form.get(name)}
    return see_other("inbox.inquiries", _anchor=f"inquiry-{inquiry_id}", **kept)


@bp.route("/", defaults={"_rest": ""}, methods=_METHODS)
@bp.route("/<path:_rest>", methods=_METHODS)
def nothing(_rest: str) -> BaseResponse:
    """Whatever else is asked for here is not there, for whoever asks and however; a slash too many is an operator's."""
    page_without = without_slash()
    if page_without is None:
        raise NotFound
    _asking().rights()
    return page_without


def clock(text: str | None, form: str = "%Y-%m-%d %H:%M") -> str:
    """A time of the database as the shop's clock shows it."""
    return f"{datetime.fromisoformat(text).astimezone(ZONE):{form}}" if text else ""


def _asking() -> Asking:
    member = optional_member()
    if member is None:
        raise NotFound
    return Asking(part(Upstream), member.id)


def _search() -> Search:
    text = request.args.get("q", "").strip().replace("\0", "")[:_LONGEST_SEARCH]
    return Search(text or None, _STATUSES.get(request.args.get("status", "")))


def _today() -> Row:
    begin = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    end = begin + timedelta(days=1)
    return actions.read_day(_asking(), begin.astimezone(UTC), end.astimezone(UTC), _DAY_LIMIT)


def _cursor(place: Place | None) -> str | None:
    return cursor_of_list({"last_message_at": place[0].isoformat(), "id": place[1]}) if place else None
