"""The address that host pages write down: short, and the same whatever our files are called."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

bp = Blueprint("embed", __name__)

_CACHE_SECONDS = 3600


@bp.get("/embed.js")
def entry() -> Response:
    """To the chat's entry module. A redirect, because its imports are relative to where it really is."""
    response = redirect(url_for("static", filename="embed.js"))
    response.headers["Cache-Control"] = f"public, max-age={_CACHE_SECONDS}"
    return response
