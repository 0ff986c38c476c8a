"""The API for a member's own data: all of it at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import groupby
from operator import itemgetter
from typing import Any

from flask import Blueprint, Response

from service.accounts.actions import get_user
from service.accounts.who import current_member
from service.conversations import export_store
from service.conversations.actions import ExportPart
from service.core import mapper
from service.core.mapper import Row
from service.http.context import part
from service.http.in_flight import InFlight
from service.http.long_answers import begun, file_of
from service.supabase.clients import Upstream

bp = Blueprint("export", __name__, url_prefix="/api/v1/me")


@bp.get("/export")
def export() -> Response:
    """Everything that is kept of this member."""
    member = current_member()
    with ExitStack() as begun_only:
        begun_only.enter_context(part(InFlight).removals.one(member.id))
        user = get_user(part(Upstream), member.token)
        pages = begun(_pages(part(Upstream), member.token))
        slot = begun_only.pop_all()
    person = {"id": user.id, "email": user.email, "createdAt": user.created_at.isoformat()}
    return file_of(_document(person, pages), slot, content_type="application/json", name="munui-export.json")


def _pages(upstream: Upstream, token: str) -> Iterator[tuple[ExportPart, list[Row]]]:
    yield from export_store.pages(upstream, token)
    # Who was deleted meanwhile has nothing left to read, and what there was until then would look like all of it.
    get_user(upstream, token)


def _document(person: dict[str, Any], pages: Iterator[tuple[ExportPart, list[Row]]]) -> Iterator[str]:
    """One JSON object, a page at a time; it is closed only after the last one."""
    yield f'{{"member":{_json(person)}'
    for name, several in groupby(pages, itemgetter(0)):
        yield f',"{name}":['
        comma = ""
        for _, rows in several:
            if rows:
                yield comma + ",".join(_json(mapper.whole(row)) for row in rows)
                comma = ","
        yield "]"
    yield "}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
