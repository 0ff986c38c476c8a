"""What the calls about imports take and answer, as models."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, RootModel, StrictBool, StringConstraints

from service.core.mapper import Inbound, Outbound, Row
from service.inbox.fields import WholeNumber, within
from service.inbox.models import OperatorName
from service.knowledge.articles.imports.crawling import DEEPEST, MOST_PAGES
from service.knowledge.articles.imports.entries import Defaults
from service.knowledge.articles.imports.files import MOST_BYTES, MOST_ENTRIES, File
from service.knowledge.articles.models import Audience, Locale, Status
from service.outside.addresses import LONGEST_URL

ImportState = Literal["waiting", "running", "done", "failed", "cancelled"]
Outcome = Literal["added", "changed", "unchanged", "kept", "removed", "missing", "refused"]
_FileName = Annotated[str, AfterValidator(within(300))]
_Url = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_URL)]


class _Import(Inbound):
    locale: Locale = Field(default="ko", description="Of what does not say its language itself.")
    audience: Audience = "all"
    status: Status = "draft"
    restore_deleted: StrictBool = Field(default=False, description="Bring back what was deleted here.")

    @property
    def defaults(self) -> Defaults:
        """What holds for what says nothing itself."""
        return Defaults(self.locale, self.audience, self.status)

    @property
    def settings(self) -> Row:
        """What the import keeps of it."""
        return self.model_dump(mode="json", exclude={"kind", "files"})


class ImportedFile(Inbound):
    """A file."""

    name: _FileName
    data: str = Field(description=f"Its bytes in base64; those of all files are at most {MOST_BYTES}.")


class FilesBody(_Import):
    """Files of Markdown, or tables of questions and answers."""

    kind: Literal["markdown", "csv"]
    files: list[ImportedFile] = Field(min_length=1, max_length=MOST_ENTRIES)

    @property
    def handed_in(self) -> list[File]:
        """The files."""
        return [File(one.name, one.data) for one in self.files]


class WebBody(_Import):
    """A page, with those that it links to, or a sitemap."""

    kind: Literal["web"]
    url: _Url
    depth: Annotated[WholeNumber, Field(ge=0, le=DEEPEST, description="How many links away from there.")] = 0
    max_pages: Annotated[WholeNumber, Field(ge=1, le=MOST_PAGES)] = MOST_PAGES


class ArticleImportBody(RootModel[Annotated[FilesBody | WebBody, Field(discriminator="kind")]]):
    """`POST /inbox/articles/imports`."""


class ImportItem(Outbound):
    """What became of a file, a row or a page."""

    source: str
    outcome: Outcome = Field(
        description="kept: it was edited here; removed: it was deleted here; missing: it is not in the source any more."
    )
    article_id: UUID | None
    title: str | None
    reason: str | None = Field(description="Why it was refused, in a word.")


class Counts(Outbound):
    """How many of each."""

    added: int
    changed: int
    unchanged: int
    kept: int
    removed: int
    missing: int
    refused: int


class ImportEntry(Outbound):
    """An import in a list."""

    id: UUID
    kind: Literal["markdown", "csv", "web", "shipped"]
    source: str
    state: ImportState
    error: str | None = Field(description="Why it failed, in a word.")
    done: int
    total: int | None = Field(description="As far as is known.")
    is_complete: bool = Field(description="All was looked at: no bound was reached.")
    counts: Counts
    created_at: datetime
    finished_at: datetime | None
    created_by: OperatorName | None


class Import(ImportEntry):
    """An import."""

    items: list[ImportItem]


class ImportList(Outbound):
    """Imports, newest first."""

    imports: list[ImportEntry]
    next_cursor: str | None
