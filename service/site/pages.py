"""The pages of the demo site: the shop that embeds the chat, the page for its developers, a member's own page.

Belongs here: pages that show something. Does not belong here: forms about accounts (`accounts.py`, `mails.py`), the
operators' pages (`admin.py`), and the conversation itself, which `<munui-chat>` fetches from the API like any other
client.

Every form is a POST that must come with our own `Origin` (`origins.py`), and answers a success with 303, so
that a reload repeats nothing.
"""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from service.accounts import actions as auth
from service.accounts import confirming as mails
from service.accounts import pages as accounts
from service.accounts.who import current_member, optional_member
from service.core.errors import Unauthenticated
from service.http.context import services
from service.inbox import pages as admin
from service.site.frame import error_page, notice, page, see_other
from service.site.texts import text

__all__ = ["bp", "error_page"]

bp = Blueprint("pages", __name__)
bp.register_blueprint(accounts.bp)
bp.register_blueprint(mails.bp)
bp.register_blueprint(admin.bp)


@bp.get("/")
def index() -> Response:
    """The shop's help page. The chat in it serves a guest, or who is signed in by our cookie."""
    return page("shop.html", notice=notice())


@bp.get("/developers")
def developers() -> Response:
    """For those who embed the chat: the line, the events as they happen, the themes."""
    return page("developers.html", app_url=services().settings.app_url)


@bp.get("/account")
def account() -> BaseResponse:
    """What a member can do with their data."""
    return _account()


@bp.post("/account/delete")
def delete_account() -> BaseResponse:
    """Remove the account and everything of it, once its address was typed."""
    member = optional_member()
    if member is None:
        return _sign_in_first()
    typed = request.form.get("confirmation", "").strip()
    if typed.lower() != _confirmation(member.email).lower():
        return _account(422, error="account_mismatch")
    auth.delete_user(services().upstream, member.id)
    services().sessions.end()
    return see_other("pages.index", notice="deleted")


def _account(status: int = 200, error: str | None = None) -> BaseResponse:
    try:
        member = current_member()
        user = auth.get_user(services().upstream, member.token)
    except Unauthenticated:
        services().sessions.end()
        return _sign_in_first()
    return page(
        "account.html",
        status,
        since=user.created_at,
        is_operator=admin.is_operator(user),
        confirmation=_confirmation(member.email),
        error=error,
    )


def _confirmation(email: str | None) -> str:
    """What a member types to have their account deleted."""
    return email or text("account_delete_word")


def _sign_in_first() -> BaseResponse:
    return see_other("pages.accounts.sign_in_form", next="account")
