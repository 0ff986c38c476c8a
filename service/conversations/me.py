"""The API for a member's own data: all of it at once, and the end of it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from service.accounts import actions as auth
from service.accounts.who import current_member
from service.conversations import reading
from service.core import mapper
from service.http.context import services

bp = Blueprint("me", __name__, url_prefix="/api/v1/me")


@bp.get("/export")
def export() -> Response:
    """Everything that is kept of this member."""
    member = current_member()
    user = auth.get_user(services().upstream, member.token)
    kept = reading.export_member(services().upstream, member.token)
    response = jsonify(
        {
            "member": {"id": user.id, "email": user.email, "createdAt": user.created_at.isoformat()},
            **{name: [mapper.whole(row) for row in rows] for name, rows in kept.items()},
        }
    )
    response.headers["Content-Disposition"] = 'attachment; filename="munui-export.json"'
    return response


@bp.delete("")
def delete() -> tuple[str, int]:
    """Remove the account and everything of it."""
    member = current_member()
    auth.delete_user(services().upstream, member.id)
    services().sessions.end()
    return "", 204
