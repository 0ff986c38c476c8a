"""The API for operators: the figures of some days, as JSON and as a file."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify, request

from service.core.errors import FieldError, Invalid
from service.http.json_body import first_refused
from service.http.paging import all_of
from service.http.query import day
from service.inbox.figures import shown
from service.inbox.figures.figures_csv import csv_file
from service.inbox.figures.store import MOST_DAYS, figures_of
from service.inbox.requests import asking
from service.site.texts import current_locale

bp = Blueprint("inbox_figures", __name__, url_prefix="/api/v1/inbox")


@bp.get("/figures")
def read_figures() -> Response:
    """The figures of some days, by default of today."""
    return jsonify(_figures())


@bp.get("/figures.csv")
def export_figures() -> Response:
    """The figures of some days as a file, a line a value."""
    name = f"figures-{datetime.now(UTC):%Y%m%d-%H%M}.csv"
    return Response(
        csv_file(_figures(), current_locale()),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _figures() -> dict[str, Any]:
    who = asking()
    first, last, count = first_refused(lambda: all_of(partial(day, "from"), partial(day, "to"), _count), who.rights)
    return shown.figures(figures_of(who, first, last, count), current_locale())


def _count() -> int:
    text = request.args.get("days")
    if text is None:
        return 1
    fault = ""
    if "from" in request.args or "to" in request.args:
        fault = "cannot be used together with `from` or `to`"
    elif not re.fullmatch("[0-9]{1,3}", text) or not 1 <= int(text) <= MOST_DAYS:
        fault = f"must be 1 to {MOST_DAYS}"
    if fault:
        raise Invalid(errors=[FieldError("days", fault)])
    return int(text)
