"""The API for operators: the file of transcripts, for admins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from flask import Blueprint, Response, request

from service.core.errors import FieldError, Invalid
from service.http.context import part
from service.http.in_flight import InFlight
from service.http.json_body import first_refused
from service.http.long_answers import begun, file_of
from service.http.paging import all_of
from service.http.query import one_of
from service.inbox import shown
from service.inbox.requests import asking
from service.inbox.transcripts import store
from service.inbox.transcripts.transcript_csv import csv_file

bp = Blueprint("inbox_transcripts", __name__, url_prefix="/api/v1/inbox")

FORMATS = ("json", "csv")


@bp.get("/export")
def export_transcripts() -> Response:
    """Every transcript of a span of time, as JSON or CSV. It leaves an activity."""
    who = asking()
    form, begin, end = first_refused(lambda: all_of(_format, _begin, _end), who.must_be_admin)
    with ExitStack() as begun_only:
        begun_only.enter_context(part(InFlight).removals.one(who.user_id))
        pages = begun(store.pages(who, begin, end))
        slot = begun_only.pop_all()
    shown_pages = ([shown.transcript(row) for row in page] for page in pages)
    name = f"transcripts-{datetime.now(UTC):%Y%m%d-%H%M}.{form}"
    if form == "csv":
        return file_of(csv_file(shown_pages), slot, content_type="text/csv; charset=utf-8", name=name)
    return file_of(_document(shown_pages), slot, content_type="application/json", name=name)


def _document(pages: Iterator[list[dict[str, Any]]]) -> Iterator[str]:
    """One JSON object, a page at a time; it is closed only after the last one."""
    yield '{"conversations":['
    current, comma = None, ""
    for one in chain.from_iterable(pages):
        if one["id"] != current:
            head = _json({name: value for name, value in one.items() if name != "messages"})
            yield f'{"" if current is None else "]},"}{head[:-1]},"messages":['
            current, comma = one["id"], ""
        if one["messages"]:
            yield comma + ",".join(map(_json, one["messages"]))
            comma = ","
    yield f"{'' if current is None else ']}'}]}}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _format() -> str:
    return one_of("format", FORMATS) or "json"


def _begin() -> str | None:
    return _moment("from")


def _end() -> str | None:
    return _moment("to")


def _moment(name: str) -> str | None:
    text = request.args.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        told = moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        raise _no_moment(name) from None
    if moment.tzinfo is None:
        raise _no_moment(name)
    return told


def _no_moment(name: str) -> Invalid:
    return Invalid(errors=[FieldError(name, "must be a time with its offset, such as 2027-01-01T00:00:00Z")])
