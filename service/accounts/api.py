"""The API for a member's account: the end of it."""

from __future__ import annotations

from flask import Blueprint

from service.accounts.ending import end_account
from service.accounts.who import current_member

bp = Blueprint("me", __name__, url_prefix="/api/v1/me")


@bp.delete("")
def delete() -> tuple[str, int]:
    """Remove the account and everything of it, however long that takes."""
    end_account(current_member())
    return "", 204
