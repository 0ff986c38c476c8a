"""The addresses that the operators' pages had before the inbox: whoever comes by an old bookmark is led on.

Belongs here: old addresses and where they lead. Does not belong here: any page. What is asked for is looked at where
it is now, so nothing is told here about who may see it.
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

bp = Blueprint("inbox_former", __name__, url_prefix="/admin")

_DAY = 24 * 3600


@bp.get("")
def inquiries() -> Response:
    """Inquiries, and what of them was searched for."""
    return _moved(url_for("inbox_screen.screen", place="inquiries"), "q", "status")


@bp.get("/conversations")
def today() -> Response:
    """The conversations of today."""
    return _moved(url_for("inbox_screen.screen", place="today"))


@bp.get("/inquiries.csv")
def file() -> Response:
    """The file of inquiries."""
    return _moved(url_for("inbox_inquiries.export_inquiries"), "q", "status", "lang")


def _moved(address: str, *kept: str) -> Response:
    """To `address`, with what the query says under the names of old; nothing else goes along."""
    query = urlencode([(name, value) for name in kept for value in request.args.getlist(name)[:1]])
    response = redirect(f"{address}?{query}" if query else address, 301)
    response.headers["Cache-Control"] = f"public, max-age={_DAY}"
    return response
