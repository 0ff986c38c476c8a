"""What the export asks of the database, as an operator."""

from __future__ import annotations

from service.core.mapper import Row
from service.inbox.asking import Asking


def page(asking: Asking, begin: str | None, end: str | None, after: Row | None) -> Row:
    """`{"rows", "next"}`, a row `{"conversation", "messages"}`. The first page leaves an activity.

    A conversation that does not fit comes again with the rest of its messages.
    """
    params = {"p_from": begin, "p_to": end, "p_after": after}
    return asking.ask("inbox_export", params, ("rows", "next"))
