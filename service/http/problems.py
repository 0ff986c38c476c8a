"""The one table from an error's code to HTTP, and how an error looks outside.

Belongs here: statuses, titles, error headers, problem+json (RFC 9457). Does not belong here: deciding that something is
an error, how the page about one looks (`service/site/frame.py`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import NamedTuple

import structlog
from flask import Flask, Response, current_app, g, request
from werkzeug import exceptions as http
from werkzeug.routing import RequestRedirect

from service.core import errors
from service.core.errors import MunuiError
from service.http.context import request_id, wants_json
from service.http.observe import outline

log = structlog.get_logger(__name__)

PROBLEM_JSON = "application/problem+json"
_EXTENSION = "munui.error_page"


class Problem(NamedTuple):
    """The HTTP side of a code."""

    status: int
    title: str


PROBLEMS: dict[str, Problem] = {
    "malformed_json": Problem(400, "The request could not be read"),
    "unauthenticated": Problem(401, "Sign-in required"),
    "token_expired": Problem(401, "The access token has expired"),
    "origin_not_allowed": Problem(403, "This origin is not allowed"),
    "not_an_operator": Problem(403, "For operators only"),
    "not_allowed": Problem(403, "Not allowed"),
    "not_found": Problem(404, "Not found"),
    "method_not_allowed": Problem(405, "Method not allowed"),
    "idempotency_conflict": Problem(409, "The same id was used for something else"),
    "already_answered": Problem(409, "This message was already answered"),
    "conversation_completed": Problem(409, "This conversation is completed"),
    "already_assigned": Problem(409, "Somebody else has this conversation"),
    "conversation_changed": Problem(409, "This conversation has changed meanwhile"),
    "settings_changed": Problem(409, "Somebody has changed this meanwhile"),
    "payload_too_large": Problem(413, "The body is too large"),
    "unsupported_media_type": Problem(415, "The body must be application/json"),
    "invalid": Problem(422, "The request is not valid"),
    "unknown_chip": Problem(422, "No such chip"),
    "invalid_form": Problem(422, "The form is not valid"),
    "rate_limited": Problem(429, "Too many requests"),
    "internal": Problem(500, "Internal error"),
    "upstream_unavailable": Problem(503, "Temporarily unavailable"),
}

# Seconds to wait before a repeat where the error itself names none.
DEFAULT_RETRY_AFTER = {"rate_limited": 1.0, "upstream_unavailable": 2.0}

# What Werkzeug refuses by itself, in our codes. Any other 4xx is a request that could not be read.
_HTTP_CODES: dict[int, type[MunuiError]] = {
    401: errors.Unauthenticated,
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    413: errors.PayloadTooLarge,
    415: errors.UnsupportedMediaType,
    429: errors.RateLimited,
    503: errors.UpstreamUnavailable,
}


def install(app: Flask, page: Callable[[str, int, int], str]) -> None:
    """Make every error of `app` leave through this module; `page` is for people, from a code, a status and
    the seconds to wait."""
    app.extensions[_EXTENSION] = page
    app.register_error_handler(MunuiError, problem_response)
    app.register_error_handler(http.HTTPException, _http_response)
    app.register_error_handler(Exception, _unknown_response)


def problem_response(error: MunuiError) -> Response:
    """The answer for an error: problem+json for machines, a page for people."""
    problem = PROBLEMS[error.code]
    response = _as_json(error, problem) if wants_json() else _as_page(error, problem)
    response.status_code = problem.status
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = _challenge(error)
    if error.code in DEFAULT_RETRY_AFTER:
        response.headers["Retry-After"] = str(_whole_seconds(error))
    g.error_code = error.code
    return response


def _as_json(error: MunuiError, problem: Problem) -> Response:
    body: dict[str, object] = {
        "type": f"urn:munui:problem:{error.code}",
        "title": problem.title,
        "status": problem.status,
        "code": error.code,
        "detail": error.detail or problem.title,
        "requestId": str(request_id()),
    }
    if error.errors:
        body["errors"] = [{"field": one.field, "message": one.message} for one in error.errors]
    return Response(json.dumps(body | {**error.extensions}, ensure_ascii=False), content_type=PROBLEM_JSON)


def _as_page(error: MunuiError, problem: Problem) -> Response:
    page: Callable[[str, int, int], str] = current_app.extensions[_EXTENSION]
    seconds = _whole_seconds(error) if error.code in DEFAULT_RETRY_AFTER else 0
    return Response(page(error.code, problem.status, seconds), content_type="text/html; charset=utf-8")


def _challenge(error: MunuiError) -> str:
    """RFC 6750: `error` only where a token was given at all."""
    challenge = 'Bearer realm="munui"'
    if request.headers.get("Authorization") is None and error.code != "token_expired":
        return challenge
    told = "The access token expired" if error.code == "token_expired" else "The access token is not valid"
    return f'{challenge}, error="invalid_token", error_description="{told}"'


def _whole_seconds(error: MunuiError) -> int:
    given = error.retry_after
    return max(1, math.ceil(DEFAULT_RETRY_AFTER[error.code] if given is None else given))


def _http_response(error: http.HTTPException) -> Response | RequestRedirect:
    if isinstance(error, RequestRedirect):
        return error
    status = error.code or 500
    if status >= 500 and status not in _HTTP_CODES:
        return _unknown_response(error)
    response = problem_response(_HTTP_CODES.get(status, errors.MalformedJson)())
    if isinstance(error, http.MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _unknown_response(error: Exception) -> Response:
    log.error("unhandled_error", **outline(error))
    return problem_response(errors.Internal())
