"""The pages of the demo site: the shop that embeds the chat, the page for its developers.

Belongs here: pages that show something to everybody. Does not belong here: a member's own pages (`accounts`), the
operators' (`inbox`), and the conversation itself, which `<munui-chat>` fetches from the API like any other client.
"""

from __future__ import annotations

from flask import Blueprint, Response, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from service.http.context import part
from service.settings import Settings
from service.site.frame import notice, page

bp = Blueprint("site", __name__)

_DAY = 24 * 3600
_ROBOTS = """User-agent: *
Disallow: /account
Disallow: /admin
Disallow: /api/
Disallow: /auth/
Disallow: /check-mail
Disallow: /help?
Disallow: /inbox
"""


@bp.get("/")
def index() -> Response:
    """The shop's help page. The chat in it serves a guest, or who is signed in by our cookie."""
    return page("shop.html", is_public=True, notice=notice())


@bp.get("/developers")
def developers() -> Response:
    """For those who embed the chat: the line, the events as they happen, the themes."""
    return page("developers.html", is_public=True, app_url=part(Settings).app_url)


@bp.get("/favicon.ico")
def favicon() -> BaseResponse:
    """To the icon, for who looks for it where browsers did before pages named one."""
    response = redirect(url_for("static", filename="icon.svg"), 301)
    response.headers["Cache-Control"] = f"public, max-age={_DAY}"
    return response


@bp.get("/robots.txt")
def robots() -> Response:
    """What search engines may look at: what everybody reads, and nothing that belongs to a person."""
    response = Response(_ROBOTS, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={_DAY}"
    return response
