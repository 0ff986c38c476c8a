"""The API for a member's own data: all of it at once, and the end of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from flask import Blueprint, Response

from service import mapper
from service.actions import auth
from service.actions.clients import Upstream
from service.actions.members import Part
from service.domain.views import Row
from service.store import exports, removal
from service.web.auth import current_member
from service.web.context import services
from service.web.streams import begun, in_time

bp = Blueprint("me", __name__, url_prefix="/api/v1/me")


@bp.get("/export")
def export() -> Response:
    """Everything that is kept of this member."""
    member, removals = current_member(), services().in_flight.removals
    removals.take(member.id)
    try:
        user = auth.get_user(services().upstream, member.token)
        pages = begun(_pages(services().upstream, member.token))
    except BaseException:
        removals.give_back(member.id)
        raise
    person = {"id": user.id, "email": user.email, "createdAt": user.created_at.isoformat()}
    response = Response(
        _document(person, pages),
        content_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="munui-export.json"', "X-Accel-Buffering": "no"},
    )
    # Also where the member went away in the middle.
    response.call_on_close(partial(removals.give_back, member.id))
    return response


@bp.delete("")
def delete() -> tuple[str, int]:
    """Remove the account and everything of it, however long that takes."""
    member = current_member()
    with services().in_flight.removals.one(member.id):
        for _ in in_time(removal.steps(services().upstream, member.id)):
            pass
    services().sessions.end()
    return "", 204


def _pages(upstream: Upstream, token: str) -> Iterator[tuple[Part, list[Row]]]:
    yield from exports.pages(upstream, token)
    # Who was deleted meanwhile has nothing left to read, and what there was until then would look like all of it.
    auth.get_user(upstream, token)


def _document(person: dict[str, Any], pages: Iterator[tuple[Part, list[Row]]]) -> Iterator[str]:
    """One JSON object, a page at a time; it is closed only after the last one."""
    yield f'{{"member":{_json(person)}'
    for part, several in groupby(pages, itemgetter(0)):
        yield f',"{part}":['
        comma = ""
        for _, rows in several:
            if rows:
                yield comma + ",".join(_json(mapper.whole(row)) for row in rows)
                comma = ","
        yield "]"
    yield "}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
