"""What the export asks of the database, as an operator."""

from __future__ import annotations

from service.core.mapper import Row
from service.inbox.asking import Asking


def page(asking: Asking, begin: str | None, end: str | None, after: Row | None) -> Row:
    """`{"conversations", "next"}`: whole conversations with their messages. The first page leaves an activity."""
    params = {"p_from": begin, "p_to": end, "p_after": after}
    return asking.ask("inbox_export", params, ("conversations", "next"))
