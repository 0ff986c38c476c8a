"""The API for a member's account: the end of it."""

from __future__ import annotations

from flask import Blueprint

from service.accounts import store
from service.accounts.session import Sessions
from service.accounts.who import current_member
from service.http.context import part
from service.http.in_flight import InFlight
from service.http.streams import in_time
from service.supabase.clients import Upstream

bp = Blueprint("me", __name__, url_prefix="/api/v1/me")


@bp.delete("")
def delete() -> tuple[str, int]:
    """Remove the account and everything of it, however long that takes."""
    member = current_member()
    with part(InFlight).removals.one(member.id):
        for _ in in_time(store.steps(part(Upstream), member.id)):
            pass
    part(Sessions).end()
    return "", 204
