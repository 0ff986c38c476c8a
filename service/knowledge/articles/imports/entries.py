"""What an import brings: an entry for each file, row or page, whatever it was read of. Pure.

Belongs here: its form, and what is wrong with one. Does not belong here: reading (`files.py`, `rows.py`,
`readable.py`).
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Self

from service.core.errors import FieldError, Invalid
from service.core.mapper import Row
from service.core.text import is_storable, user_text
from service.knowledge.articles.chunks import chunks_of
from service.knowledge.articles.writing import (
    LONGEST_BODY,
    LONGEST_QUESTION,
    LONGEST_TITLE,
    MOST_QUESTIONS,
    checked_body,
    checked_slug,
    slug_of,
)

LOCALES, STATUSES, AUDIENCES = ("ko", "en"), ("draft", "published"), ("all", "members")
# In code points.
LONGEST_SOURCE = 2200


class Unusable(Exception):
    """An entry cannot be taken over; says why to a person."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for what says nothing itself."""

    locale: str = "ko"
    audience: str = "all"
    status: str = "draft"

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Of an import's settings. Raises KeyError."""
        return cls(row["locale"], row["audience"], row["status"])


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as its source tells it. `root` is what others of its source are under, too; None: it stands alone."""

    source: str
    root: str | None
    title: str
    body: str
    locale: str
    audience: str
    status: str
    questions: tuple[str, ...] = ()
    slug: str = ""

    @property
    def digest(self) -> str:
        """The same as long as the source says the same."""
        said = [self.title, self.body, self.locale, self.audience, self.status, *self.questions]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()

    @property
    def kept(self) -> Row:
        """As it is kept until it is taken over."""
        return asdict(self)

    @property
    def row(self) -> Row:
        """As the database takes it over."""
        chunks = [one.row for one in chunks_of(self.title, self.body)]
        return {**asdict(self), "digest": self.digest, "chunks": chunks}

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The reverse of `kept`. Raises TypeError."""
        return cls(**{**row, "questions": tuple(row["questions"])})


def checked(entry: Entry) -> Entry:
    """`entry` as it can be taken over. Raises Unusable."""
    body = unicodedata.normalize("NFC", entry.body).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not body:
        raise Unusable("has no text")
    if len(body) > LONGEST_BODY:
        raise Unusable(f"has more than {LONGEST_BODY} characters")
    if not is_storable(body):
        raise Unusable("must not hold U+0000 or lone surrogates")
    for name, value, allowed in (
        ("locale", entry.locale, LOCALES), ("audience", entry.audience, AUDIENCES), ("status", entry.status, STATUSES),
    ):  # fmt: skip
        if value not in allowed:
            raise Unusable(f"{name} must be one of {', '.join(allowed)}")
    title = _said("title", entry.title, LONGEST_TITLE)
    try:
        checked_body(body)
        slug = checked_slug(entry.slug) if entry.slug else slug_of(title)
    except ValueError as error:
        raise Unusable(str(error)) from None
    return replace(entry, title=title, body=body, questions=_questions(entry.questions), slug=slug)


def _questions(questions: Sequence[str]) -> tuple[str, ...]:
    if len(questions) > MOST_QUESTIONS:
        raise Unusable(f"has more than {MOST_QUESTIONS} questions")
    return tuple(_said("question", one, LONGEST_QUESTION) for one in questions)


def _said(name: str, text: str, longest: int) -> str:
    try:
        return user_text(" ".join(unicodedata.normalize("NFC", text).split()), longest=longest)
    except Invalid as error:
        raise Unusable(f"{name} {_why(error.errors)}") from None


def _why(errors: Sequence[FieldError]) -> str:
    return errors[0].message if errors else "cannot be used"
