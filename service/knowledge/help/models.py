"""What the help answers as JSON, as models."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from service.core.locale import Locale
from service.core.mapper import Outbound

Tag = Literal[
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "strong", "em", "s", "table",
    "thead", "tbody", "tr", "th", "td", "br", "hr", "a",
]  # fmt: skip


class FoundArticle(Outbound):
    """An article in a list. `excerpt` is the piece of it that fits what was asked for."""

    slug: str
    title: str
    locale: Locale
    excerpt: str | None


class FoundArticles(Outbound):
    """Articles, the best first."""

    articles: list[FoundArticle]


class ArticlePart(Outbound):
    """An element of an article. `href` is of links, `start` of a list that does not begin at 1."""

    tag: Tag
    href: str | SkipJsonSchema[None] = None
    start: int | SkipJsonSchema[None] = None
    children: list[str | ArticlePart]


class HelpArticle(Outbound):
    """An article to be read."""

    slug: str
    title: str
    locale: Locale
    audience: Literal["all", "members"]
    updated_at: datetime
    body: list[str | ArticlePart] = Field(description="Its text, taken apart.")


class ToldArticle(Outbound):
    """One article."""

    article: HelpArticle
