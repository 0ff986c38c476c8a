"""A member's own page: what is kept of them, and the way to have it removed.

Belongs here: the page and its one form. Does not belong here: the same for programs (`api.py`), signing in
(`pages.py`).
"""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response as BaseResponse

from service.accounts import actions
from service.accounts.ending import end_account
from service.accounts.session import Sessions
from service.accounts.who import current_member, optional_member
from service.core.errors import Unauthenticated
from service.http.context import part
from service.site.frame import page, see_other
from service.site.texts import text
from service.supabase.clients import Upstream

bp = Blueprint("own_page", __name__, url_prefix="/account")


@bp.get("")
def account() -> BaseResponse:
    """What a member can do with their data."""
    return _account()


@bp.post("/delete")
def delete_account() -> BaseResponse:
    """Remove the account and everything of it, once its address was typed."""
    member = optional_member()
    if member is None:
        return _sign_in_first()
    typed = request.form.get("confirmation", "").strip()
    if typed.lower() != _confirmation(member.email).lower():
        return _account(422, error="account_mismatch")
    end_account(member)
    return see_other("site.index", notice="deleted")


def _account(status: int = 200, error: str | None = None) -> BaseResponse:
    try:
        member = current_member()
        user = actions.get_user(part(Upstream), member.token)
    except Unauthenticated:
        part(Sessions).end()
        return _sign_in_first()
    return page(
        "account.html",
        status,
        since=user.created_at,
        is_operator=actions.is_operator(part(Upstream).service_client(), member.id),
        confirmation=_confirmation(member.email),
        error=error,
    )


def _confirmation(email: str | None) -> str:
    """What a member types to have their account deleted."""
    return email or text("account_delete_word")


def _sign_in_first() -> BaseResponse:
    return see_other("accounts.sign_in_form", next="account")
