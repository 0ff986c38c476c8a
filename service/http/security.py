"""What every answer tells the browser not to do.

Belongs here: security headers and the default of not storing answers. Does not belong here: CORS
(`origins.py`).
"""

from __future__ import annotations

from flask import Flask, Response, request

from service.http.context import part
from service.settings import Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: with it a browser sends `Origin: null` with our own forms, and they would be refused.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_TWO_YEARS = 2 * 365 * 24 * 3600


def install(app: Flask) -> None:
    """Put the headers on every answer of `app`."""
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if part(Settings).cookie_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={_TWO_YEARS}"
    if request.endpoint != "static":
        # What a route says about caching stands, unless the answer carries a session or is an error.
        if response.status_code >= 400 or "Set-Cookie" in response.headers:
            response.headers["Cache-Control"] = "no-store"
        response.headers.setdefault("Cache-Control", "no-store")
    return response
