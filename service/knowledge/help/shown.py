"""What the help pages show of what was found, in their templates' words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo
from html import unescape
from typing import Any

from service.core.locale import Locale
from service.core.mapper import Row
from service.core.told_time import told_day

# As much as a search engine shows under a title.
_SUMMARY = 155
_TAG = re.compile(r"<[^>]*>")


def found(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The articles that `rows`, the best pieces first, are of: each once, with its best piece."""
    articles: dict[str, dict[str, Any]] = {}
    for row in rows:
        kept = {name: row[name] for name in ("slug", "title", "text", "locale")}
        articles.setdefault(row["articleId"], kept)
    return list(articles.values())


def summary(html: str) -> str:
    """The first words of an article, for who lists pages."""
    words = " ".join(unescape(_TAG.sub(" ", html)).split())
    return words if len(words) <= _SUMMARY else words[: words[:_SUMMARY].rfind(" ")] + " …"


def day(moment: str, zone: tzinfo, locale: Locale) -> str:
    """The day of a moment of the database, as it was in a time zone, in words."""
    return told_day(datetime.fromisoformat(moment).astimezone(zone).date(), locale)
