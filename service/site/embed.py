"""The files that browsers get: the short address that host pages write down, and everything under a hashed name.

Belongs here: how long each may be kept, in which packing it travels. Does not belong here: which files there are
(`built.py`).
"""

from __future__ import annotations

from flask import Blueprint, Flask, Response, abort, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from service.http.context import part
from service.site.built import PACKED, Built

bp = Blueprint("embed", __name__)

# The entry names the bundle, so an update reaches a visitor after ten minutes, or after the visit that found it old: a
# launcher never waits for the question whether there is a newer one.
_ENTRY_IS_KEPT = "public, max-age=600, stale-while-revalidate=86400"
_FOR_EVER = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".map": "application/json"}


def install(app: Flask) -> None:
    """Let the templates of `app` name built files."""
    app.add_template_global(address, "built")
    app.add_template_global(parts, "built_parts")


@bp.get("/embed.js")
def entry() -> BaseResponse:
    """The chat's entry: it draws the launcher and fetches the bundle."""
    return _file(part(Built).name("embed.js"), _ENTRY_IS_KEPT)


@bp.get("/static/embed.js")
def former_entry() -> BaseResponse:
    """Where `/embed.js` led to once; browsers remember."""
    return entry()


@bp.get("/assets/<name>")
def asset(name: str) -> BaseResponse:
    """A file by its hashed name.

    One that is not here, of an earlier build or of another machine's newer one, is answered by the present one, which
    nobody may keep under that name.
    """
    present = part(Built).present(name) or abort(404)
    return _file(present, _FOR_EVER if present == name else "no-store")


def address(file: str) -> str:
    """The present address of a built file, for pages."""
    return url_for("embed.asset", name=part(Built).name(file))


def parts(file: str) -> list[str]:
    """The present addresses of what a built script loads at once, for pages."""
    return [url_for("embed.asset", name=name) for name in part(Built).parts(file)]


def _file(name: str, kept: str) -> BaseResponse:
    encoding = next((one for one in PACKED if request.accept_encodings.quality(one)), None)
    response = Response(part(Built).read(name, encoding), mimetype=_TYPES[name[name.rindex(".") :]])
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Cache-Control"] = kept
    response.vary.add("Accept-Encoding")
    # The name says what is in it; another packing of it is another answer.
    response.set_etag(f"{name}.{encoding or 'plain'}")
    return response.make_conditional(request)
