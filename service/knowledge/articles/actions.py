"""What the calls about articles ask of the database, as an operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from service.core.errors import NotFound
from service.core.mapper import Row
from service.inbox.asking import Asking
from service.knowledge.articles.chunks import Chunk
from service.supabase.calls import before_place

Place = tuple[datetime, UUID] | None


def list_articles(asking: Asking, filters: Mapping[str, str], limit: int, before: Place) -> list[Row]:
    """Articles, last changed first; one more than `limit` where there are more."""
    params = {"p_filters": dict(filters), "p_limit": limit, **before_place(before)}
    rows: list[Row] = asking.ask("inbox_articles", params, ("articles",))["articles"]
    return rows


def read_article(asking: Asking, article_id: UUID) -> Row:
    """An article. Raises NotFound."""
    row: Row = asking.ask("inbox_article", {"p_id": str(article_id)}, ("article",))["article"]
    return row


def save_article(
    asking: Asking,
    article_id: UUID | None,
    values: Row,
    chunks: Sequence[Chunk] | None,
    if_version: int | None,
    how: str,
) -> Row:
    """Write an article (None) or change one; `{"article", "created"}`. Raises NotFound, SettingsChanged, Invalid."""
    params: dict[str, Any] = {
        "p_id": article_id and str(article_id),
        "p_values": values,
        "p_chunks": None if chunks is None else [one.row for one in chunks],
        "p_if_version": if_version,
        "p_how": how,
    }
    return asking.ask("inbox_save_article", params, ("article", "created"))


def delete_article(asking: Asking, article_id: UUID) -> None:
    """Delete an article. Raises NotFound."""
    asking.ask("inbox_delete_article", {"p_id": str(article_id)})


def list_versions(asking: Asking, article_id: UUID, limit: int, before: int | None) -> list[Row]:
    """An article as it was, newest first; one more than `limit` where there are more. Raises NotFound."""
    params = {"p_id": str(article_id), "p_limit": limit, "p_before": before}
    rows: list[Row] = asking.ask("inbox_article_versions", params, ("versions",))["versions"]
    return rows


def read_version(asking: Asking, article_id: UUID, version: int) -> Row:
    """An article as it was then. Raises NotFound."""
    for row in list_versions(asking, article_id, 1, version + 1):
        if row["version"] == version:
            return row
    raise NotFound


def find(asking: Asking, question: str, locale: str | None, audience: str, limit: int) -> list[Row]:
    """What is found for a question, best first."""
    params = {"p_question": question, "p_locale": locale, "p_audience": audience, "p_limit": limit}
    rows: list[Row] = asking.ask("inbox_find_articles", params, ("results",))["results"]
    return rows


def list_misses(asking: Asking, status: str, limit: int, before: Place) -> list[Row]:
    """What nothing was found for, last asked first; one more than `limit` where there are more."""
    params = {"p_status": status, "p_limit": limit, **before_place(before)}
    rows: list[Row] = asking.ask("inbox_misses", params, ("misses",))["misses"]
    return rows


def settle_miss(asking: Asking, miss_id: UUID, status: str) -> Row:
    """Be done with a question, or take it up again. Raises NotFound."""
    row: Row = asking.ask("inbox_settle_miss", {"p_id": str(miss_id), "p_status": status}, ("miss",))["miss"]
    return row
