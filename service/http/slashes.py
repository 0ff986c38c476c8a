"""A page's address with one slash too many leads to the page.

Belongs here: that one redirect. Does not belong here: the API, whose paths are written as they are (404), and any other
repair: redirects of odd paths are how people are led away.
"""

from __future__ import annotations

from flask import Flask, redirect, request
from flask.globals import request_ctx
from werkzeug import exceptions as http
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from service.http.context import wants_json


def install(app: Flask) -> None:
    """Send who reads a page of `app` under its address and a slash on to it."""
    app.before_request(_without_slash_if_lost)


def without_slash() -> Response | None:
    """The way to the page that this address means without the slash at its end; None where there is none."""
    bare = request.path[:-1]
    if request.method not in {"GET", "HEAD"} or wants_json() or not (bare and request.path.endswith("/")):
        return None
    adapter = request_ctx.url_adapter
    try:
        endpoint, _ = adapter.match(bare, method="GET") if adapter else (None, None)
    except (http.NotFound, http.MethodNotAllowed, RequestRedirect):
        return None
    if endpoint in {None, request.endpoint, "static"}:
        return None
    query = request.query_string.decode("latin-1")
    return redirect(f"{bare}?{query}" if query else bare, 308)


def _without_slash_if_lost() -> Response | None:
    return without_slash() if isinstance(request.routing_exception, http.NotFound) else None
