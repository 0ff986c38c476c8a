"""What the help pages ask of the database: one question a page, as the member or, for a guest, as the service;
and to keep what found nothing.

Belongs here: which rows, and what narrows them. Does not belong here: who asks (`pages.py`), how a question is answered
(the function `kb_find`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from postgrest import SyncPostgrestClient, SyncSelectRequestBuilder

from service.core.locale import Locale
from service.core.mapper import Row
from service.supabase.calls import call_list, read_rows, tell
from service.supabase.clients import Upstream

_LISTED = "slug,title,questions,locale,audience,updated_at"
# As many as one looks through.
_FOUND = 12


class Reader(NamedTuple):
    """Who reads: a client, and to which audience it narrows itself. A member is narrowed by Row Level Security; the
    service sees everything, and says for whom it asks."""

    client: SyncPostgrestClient
    audience: str | None


def published(reader: Reader, locale: Locale, limit: int, offset: int) -> list[Row]:
    """What is published in a language, by title."""
    query = _published(reader, _LISTED).eq("locale", locale).order("title").order("id")
    return read_rows(query.limit(limit).offset(offset))


def newest(reader: Reader, locale: Locale, limit: int) -> list[Row]:
    """The articles of a language that were published last."""
    query = _published(reader, "slug,title,locale").eq("locale", locale).order("published_at", desc=True)
    return read_rows(query.order("id").limit(limit))


def article(reader: Reader, slug: str) -> list[Row]:
    """The published articles of an address, one a language at most."""
    return read_rows(_published(reader, f"{_LISTED},body").eq("slug", slug).limit(2))


def find(reader: Reader, question: str, locale: Locale) -> list[Row]:
    """The pieces of articles that fit a question, the best first."""
    asked: dict[str, Any] = {"p_question": question, "p_locale": locale, "p_limit": _FOUND}
    return call_list(reader.client, "kb_find", {**asked, "p_audience": reader.audience})


def keep_miss(upstream: Upstream, question: str, locale: Locale) -> None:
    """Keep a question that found nothing, for the team; nothing of who asked."""
    tell(upstream.service_client(), "kb_miss", {"p_question": question, "p_locale": locale})


def _published(reader: Reader, columns: str) -> SyncSelectRequestBuilder:
    query = reader.client.from_("kb_articles").select(columns).eq("status", "published")
    return query.eq("audience", reader.audience) if reader.audience else query
