"""The API for admins: jobs that are dead."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from service.activities.dead_letters import actions
from service.core.mapper import Row, camel, outside
from service.http.json_body import first_refused
from service.http.paging import cursor_of_list, list_place
from service.inbox.requests import asking, known_id

bp = Blueprint("inbox_jobs", __name__, url_prefix="/api/v1/inbox")

_SHOWN = ("id", "kind", "conversation_id", "attempts", "last_error", "created_at")


@bp.get("/jobs")
def list_jobs() -> Response:
    """Jobs that were tried as often as they may be, newest first."""
    who = asking()
    limit, before = first_refused(list_place, who.must_be_admin)
    rows = actions.list_jobs(who, limit, before)
    more = cursor_of_list(rows[limit - 1], "created_at") if len(rows) > limit else None
    return jsonify(jobs=[_shown(row) for row in rows[:limit]], nextCursor=more)


@bp.post("/jobs/<job_id>/retry")
def retry_job(job_id: str) -> tuple[str, int]:
    """Have a dead job tried anew."""
    actions.retry_job(asking(), known_id(job_id))
    return "", 204


@bp.delete("/jobs/<job_id>")
def drop_job(job_id: str) -> tuple[str, int]:
    """Give a dead job up."""
    actions.drop_job(asking(), known_id(job_id))
    return "", 204


def _shown(row: Row) -> dict[str, Any]:
    return outside(row, _SHOWN) | {"payload": {camel(name): value for name, value in row["payload"].items()}}
