"""All transcripts, a page at a time: no number of them fills the memory or meets a time limit.

Does not belong here: what a file of them looks like.
"""

from __future__ import annotations

from collections.abc import Iterator

from service.core.mapper import Row
from service.inbox.asking import Asking
from service.inbox.transcripts import actions


def pages(asking: Asking, begin: str | None, end: str | None) -> Iterator[list[Row]]:
    """Conversations with their messages, oldest first, at least one page. Raises MunuiError, also in the middle.

    A long one comes again with the rest of its messages. One that is deleted meanwhile is left out.
    """
    after: Row | None = None
    while True:
        page = actions.page(asking, begin, end, after)
        rows = [row for row in page["rows"] if row["conversation"] is not None]
        yield [{**row["conversation"], "messages": row["messages"]} for row in rows]
        after = page["next"]
        if after is None:
            return
