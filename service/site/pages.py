"""The pages of the demo site: the shop that embeds the chat, the page for its developers.

Belongs here: pages that show something to everybody. Does not belong here: a member's own pages (`accounts`), the
operators' (`inbox`), and the conversation itself, which `<munui-chat>` fetches from the API like any other client.
"""

from __future__ import annotations

from flask import Blueprint, Response

from service.http.context import part
from service.settings import Settings
from service.site.frame import notice, page

bp = Blueprint("site", __name__)


@bp.get("/")
def index() -> Response:
    """The shop's help page. The chat in it serves a guest, or who is signed in by our cookie."""
    return page("shop.html", notice=notice())


@bp.get("/developers")
def developers() -> Response:
    """For those who embed the chat: the line, the events as they happen, the themes."""
    return page("developers.html", app_url=part(Settings).app_url)
