"""What the calls about articles take and answer, as models."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from service.core.mapper import Inbound, Outbound, Row
from service.inbox.fields import LEFT_OUT, within
from service.inbox.models import OperatorName
from service.knowledge.articles.writing import (
    LONGEST_BODY,
    LONGEST_QUESTION,
    LONGEST_SLUG,
    LONGEST_TITLE,
    MOST_QUESTIONS,
    checked_body,
    checked_slug,
)

Locale = Literal["ko", "en"]
Status = Literal["draft", "published"]
Audience = Literal["all", "members"]
SourceKind = Literal["hand", "markdown", "csv", "web", "shipped"]
MissStatus = Literal["open", "done", "dismissed"]
Version = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
Title = Annotated[str, AfterValidator(within(LONGEST_TITLE))]
Text = Annotated[str, AfterValidator(within(LONGEST_BODY)), AfterValidator(checked_body)]
Question = Annotated[str, AfterValidator(within(LONGEST_QUESTION))]
Questions = Annotated[list[Question], Field(max_length=MOST_QUESTIONS)]
Slug = Annotated[str, AfterValidator(within(LONGEST_SLUG)), AfterValidator(checked_slug)]


class _Article(Inbound):
    """A body of which only what stands there counts."""

    title: Title = LEFT_OUT
    body: Text = Field(default=LEFT_OUT, description="Markdown.")
    locale: Locale = LEFT_OUT
    audience: Audience = Field(default=LEFT_OUT, description="members: who has an account that is not anonymous.")
    status: Status = LEFT_OUT
    questions: Questions = LEFT_OUT
    slug: Slug = Field(default=LEFT_OUT, description="Its name in addresses; made of the title where it is left out.")

    @property
    def values(self) -> Row:
        """What stands there, as the database takes it."""
        return self.model_dump(mode="json", exclude_unset=True, exclude={"if_version"})


class ArticleBody(_Article):
    """`POST /inbox/articles`."""

    title: Title
    body: Text = Field(description="Markdown.")
    locale: Locale
    audience: Audience = "all"
    status: Status = "draft"
    questions: Questions = Field(default_factory=list)


class ChangedArticleBody(_Article):
    """`PATCH /inbox/articles/{id}`."""

    edited_by_hand: Literal[False] = Field(
        default=LEFT_OUT, description="Have it follow its source again: the next import may change it."
    )
    if_version: Version | None = Field(
        default=None, description="The `version` that was seen: where it is another now, nothing is changed (409)."
    )


class RestoreArticleBody(Inbound):
    """`POST /inbox/articles/{id}/versions/{version}/restore`."""

    if_version: Version | None = None


class PreviewBody(Inbound):
    """`POST /inbox/articles/preview`."""

    body: Text = Field(description="Markdown.")


class MissBody(Inbound):
    """`PATCH /inbox/articles/misses/{id}`."""

    status: MissStatus


class ArticleEntry(Outbound):
    """An article in a list."""

    id: UUID
    title: str
    slug: str = Field(description="Its name in addresses, once a language.")
    locale: Locale
    status: Status
    audience: Audience
    questions: list[str]
    version: int
    source_kind: SourceKind
    source: str | None = Field(description="The file or the page that it came from.")
    edited_by_hand: bool = Field(description="Its text was changed here since: imports leave it alone.")
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    updated_by: OperatorName | None
    excerpt: str | None = Field(description="How it begins, without Markdown.")


class Article(Outbound):
    """An article."""

    id: UUID
    title: str
    slug: str
    locale: Locale
    status: Status
    audience: Audience
    questions: list[str]
    body: str
    version: int
    source_kind: SourceKind
    source: str | None
    edited_by_hand: bool
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    updated_by: OperatorName | None


class ArticleList(Outbound):
    """Articles, last changed first."""

    articles: list[ArticleEntry]
    next_cursor: str | None


class ArticleVersion(Outbound):
    """An article as it was."""

    version: int
    title: str
    body: str
    questions: list[str]
    locale: Locale
    status: Status
    audience: Audience
    how: Literal["hand", "import", "restore"]
    by: OperatorName | None
    created_at: datetime


class ArticleVersions(Outbound):
    """An article as it was, newest first."""

    versions: list[ArticleVersion]
    next_cursor: str | None


class Preview(Outbound):
    """A text as it is shown."""

    html: str = Field(description="Holds nothing but what Markdown can say.")


class FoundPiece(Outbound):
    """A piece of an article that was found."""

    article_id: UUID
    chunk_id: UUID
    slug: str
    version: int
    title: str
    title_path: str
    text: str
    locale: Locale
    score: float
    coverage: float = Field(description="How much of the question stands there, from 0 to 1.")
    answerable: bool = Field(description="Whether it may be told as the answer.")


class FoundPieces(Outbound):
    """What is found for a question, best first."""

    results: list[FoundPiece]


class Miss(Outbound):
    """A question that nothing was found for."""

    id: UUID
    question: str
    locale: Locale
    asked: int
    status: MissStatus
    first_asked_at: datetime
    last_asked_at: datetime


class MissList(Outbound):
    """Questions that nothing was found for, last asked first."""

    misses: list[Miss]
    next_cursor: str | None
