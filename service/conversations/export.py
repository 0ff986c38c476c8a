"""The API for a member's own data: all of it at once."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from service.accounts.actions import get_user
from service.accounts.who import current_member
from service.conversations.actions import export_member
from service.core import mapper
from service.http.context import part
from service.supabase.clients import Upstream

bp = Blueprint("export", __name__, url_prefix="/api/v1/me")


@bp.get("/export")
def export() -> Response:
    """Everything that is kept of this member."""
    member = current_member()
    user = get_user(part(Upstream), member.token)
    kept = export_member(part(Upstream).member_client(member.token))
    response = jsonify(
        {
            "member": {"id": user.id, "email": user.email, "createdAt": user.created_at.isoformat()},
            **{name: [mapper.whole(row) for row in rows] for name, rows in kept.items()},
        }
    )
    response.headers["Content-Disposition"] = 'attachment; filename="munui-export.json"'
    return response
