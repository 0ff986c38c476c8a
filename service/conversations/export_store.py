"""Everything that is kept of a member, a page at a time: no amount of it fills the memory or meets a time limit.

Belongs here: which parts there are, and where a page ends. Does not belong here: what a file of them looks like.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from service.conversations import actions
from service.conversations.actions import ExportPart
from service.core.mapper import Row
from service.supabase.clients import Upstream

# In the order of the file, each with the column that its rows are found by.
_KEYS: dict[ExportPart, str] = {
    "conversations": "id",
    "messages": "conversation_id",
    "reads": "conversation_id",
    "inquiries": "id",
}


def pages(upstream: Upstream, token: str) -> Iterator[tuple[ExportPart, list[Row]]]:
    """Whole rows of every part, at least one page of each. Raises MunuiError, also in the middle.

    Pages are not of one moment: what is written meanwhile may be missing, nothing comes twice.
    """
    client = upstream.member_client(token)
    for part, key in _KEYS.items():
        after: tuple[UUID, int | None] | None = None
        has_more = True
        while has_more:
            page = actions.export_page(client, part, after)
            yield part, page["rows"]
            has_more = page["has_more"]
            if has_more:
                last = page["rows"][-1]
                after = UUID(last[key]), last.get("seq")
