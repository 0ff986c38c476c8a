"""The API for a member's account: the end of it."""

from __future__ import annotations

from flask import Blueprint

from service.accounts import actions
from service.accounts.session import Sessions
from service.accounts.who import current_member
from service.http.context import part
from service.supabase.clients import Upstream

bp = Blueprint("me", __name__, url_prefix="/api/v1/me")


@bp.delete("")
def delete() -> tuple[str, int]:
    """Remove the account and everything of it."""
    member = current_member()
    actions.delete_user(part(Upstream), member.id)
    part(Sessions).end()
    return "", 204
