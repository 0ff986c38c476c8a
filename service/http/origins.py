"""Which pages may call us from a browser.

Belongs here: `Origin`, CORS and cross-site forgery. Does not belong here: who a person is.

The rules: an `Origin` that is sent must be ours or in ALLOWED_ORIGINS. Whatever changes something and
identifies itself by the cookie, and every form of a page, must come with our own `Origin`. Others get CORS
headers for Bearer calls and for the calls that need no sign-in; never with credentials, so no browser ever
shows them a cookie's answer.

A refusal, too, may be read by the page that earned it, or its developer would see no more than a failed connection:
a preflight is therefore answered for everybody, and the call itself refused.

The chat's own files are for every page, without cookies or secrets in them: a page that may not call the API still has
to load the element, so that the element can say so.

Our own origin is APP_URL's. Where APP_URL is a loopback address, a page opened under another loopback name
(localhost instead of 127.0.0.1) is ours too, if its `Origin` is exactly the host that the request was sent
to. Both conditions are needed: a rebound DNS name equals the request's host but is no loopback name, and
another program's page on another loopback port is loopback but not the request's host.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request

from service.core.errors import OriginNotAllowed
from service.http.context import part, wants_file
from service.http.credential import FOR_WHOM, credential
from service.settings import Settings, is_loopback, origin_of

METHODS = "GET, POST, PUT, PATCH, DELETE"
REQUEST_HEADERS = f"Authorization, Content-Type, Accept-Language, If-None-Match, {FOR_WHOM}, X-Request-Id"
EXPOSED_HEADERS = "ETag, X-Request-Id, Retry-After"
_PREFLIGHT_SECONDS = "600"
_FIRST_REFUSAL = 400
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Calls that need no sign-in: a cookie that happens to come along means nothing there.
_PUBLIC_PATHS = frozenset(
    {
        "/api/v1/flow",
        "/api/v1/inquiries",
        "/api/v1/answers",
        "/api/v1/guest-sessions",
        "/api/v1/guest-sessions/refresh",
    }
)


def install(app: Flask) -> None:
    """Hold the rules for every request of `app`."""
    app.before_request(_check)
    app.after_request(_add_headers)


def own_origin(origin: str) -> bool:
    """Whether a page of this origin is one of our own."""
    settings = part(Settings)
    if origin == settings.app_url:
        return True
    # Compared first: an origin that equals a well-formed one can be taken apart safely.
    opened_as = origin_of(f"{request.scheme}://{request.host}")
    return settings.app_is_loopback and origin == opened_as and is_loopback(urlsplit(origin).hostname)


def allowed_origin(origin: str) -> bool:
    """Whether a page of this origin may make Bearer calls."""
    return origin in part(Settings).allowed_origins


def _check() -> Response | None:
    """Refuse what the rules refuse (OriginNotAllowed); answer a preflight."""
    if _is_public_file():
        return None
    origin = request.headers.get("Origin")
    own = origin is not None and own_origin(origin)
    if _needs_own_origin() and not own:
        raise OriginNotAllowed("This must be sent by a page of this app")
    if origin is not None and _is_api() and _is_preflight():
        return Response(status=204)
    if origin is not None and not own and not (_is_api() and allowed_origin(origin)):
        raise OriginNotAllowed("Pages of this origin may not call this app")
    return None


def _needs_own_origin() -> bool:
    if request.method in _SAFE_METHODS:
        return False
    if not _is_api():
        # What no page answers changes nothing, whoever sent it: it is 404 or 405.
        return request.routing_exception is None
    return credential() == "cookie" and request.path not in _PUBLIC_PATHS


def _is_public_file() -> bool:
    return wants_file() and request.method in _SAFE_METHODS


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _is_preflight() -> bool:
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def _add_headers(response: Response) -> Response:
    if _is_public_file():
        response.headers["Access-Control-Allow-Origin"] = "*"
        # A host may see in its own browser what our files cost its page.
        response.headers["Timing-Allow-Origin"] = "*"
        return response
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin is None or not _is_api() or own_origin(origin) or _answers_a_cookie():
        return response
    if not (allowed_origin(origin) or _is_refused(origin, response)):
        return response
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
    if _is_preflight():
        response.headers["Access-Control-Allow-Methods"] = METHODS
        response.headers["Access-Control-Allow-Headers"] = REQUEST_HEADERS
        response.headers["Access-Control-Max-Age"] = _PREFLIGHT_SECONDS
    return response


def _is_refused(origin: str, response: Response) -> bool:
    # "null" is how a sandboxed frame is called; all else that is no origin is not repeated.
    is_origin = origin in ("null", origin_of(origin))
    return is_origin and (_is_preflight() or response.status_code >= _FIRST_REFUSAL)


def _answers_a_cookie() -> bool:
    return credential() == "cookie" and request.path not in _PUBLIC_PATHS
