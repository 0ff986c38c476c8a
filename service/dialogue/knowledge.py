"""What is known for a text: a piece of a published article word for word, with its source, or nothing.

Belongs here: the terms, and which topics are not to be spoken of. Does not belong here: finding it (the database), what
is said around it (the flow), where it is looked up (conversations, guests).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from service.core.locale import Locale
from service.core.text import seen

Mode = Literal["off", "extractive", "generative"]
Outcome = Literal["answered", "clarified", "handed_over", "refused", "unknown", "dropped"]

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Source:
    """The piece of an article that an answer stands in: `place` counts the pieces of that version from 0."""

    article_id: str
    version: int
    place: int
    chunk_id: str
    slug: str
    title: str
    locale: Locale
    # The words of it that a sentence of somebody else's stands on.
    quote: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As it stands in the payload of a message, and outside."""
        told = {
            "articleId": self.article_id,
            "version": self.version,
            "place": self.place,
            "chunkId": self.chunk_id,
            "slug": self.slug,
            "title": self.title,
            "locale": self.locale,
        }
        return told if self.quote is None else told | {"quote": self.quote}

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Source:
        """What a function of the database tells of a piece. Raises KeyError."""
        return cls(
            article_id=row["articleId"],
            version=row["version"],
            place=row["place"],
            chunk_id=row["chunkId"],
            slug=row["slug"],
            title=row["title"],
            locale=row["locale"],
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said, and where it stands. `sources` has one at least."""

    text: str
    sources: tuple[Source, ...]

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Answer:
        """What a function of the database tells of a piece. Raises KeyError."""
        return cls(row["text"], tuple(Source.from_row(source) for source in row["sources"]))

    def to_json(self) -> dict[str, Any]:
        """As it is outside."""
        return {"text": self.text, "sources": [source.to_json() for source in self.sources]}


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What was looked up for one text.

    `locale` is the language that the question is in. `is_refused`: it is about something that is not to be spoken of.
    """

    mode: Mode
    locale: Locale
    answer: Answer | None = None
    is_refused: bool = False

    @classmethod
    def from_row(cls, row: dict[str, Any], found: dict[str, Any], text: str) -> Knowledge:
        """What `kb_look_up` told of `text`, which is `found` there. Raises KeyError."""
        if forbidden(row["forbidden_topics"], text):
            return cls(row["mode"], found["locale"], is_refused=True)
        return cls(row["mode"], found["locale"], found["answer"] and Answer.from_row(found["answer"]))


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a question that was looked into after its turn.

    `text` is what is answered or asked back; where a person is asked for, or the question is refused, it is said before
    what the flow says.
    """

    outcome: Outcome
    text: str | None = None
    sources: tuple[Source, ...] = ()
    reason: str | None = None
    model: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost_micros: int = 0
    # Of the assistant's settings that it was looked at for; None where none matter.
    assistant_version: int | None = None


@dataclass(frozen=True, slots=True)
class LookedUp:
    """By message: what was looked up for texts that wait. Those that are missing were not looked into."""

    by_message: Mapping[UUID, Knowledge]

    def target(self, waiting: Iterable[UUID]) -> UUID | None:
        """Of several texts that wait the one that is replied to: the newest that can be answered, or else the newest.

        `waiting` is oldest first.
        """
        known = [one for one in waiting if one in self.by_message]
        return next((one for one in reversed(known) if self.by_message[one].answer), known[-1] if known else None)

    def word_for_word(self) -> LookedUp:
        """The same, where no model can be asked."""
        return LookedUp(
            {
                key: replace(one, mode="extractive") if one.mode == "generative" else one
                for key, one in self.by_message.items()
            }
        )


NOTHING_LOOKED_UP = LookedUp({})


def forbidden(topics: Iterable[str], text: str) -> str | None:
    """The first of `topics` that `text` speaks of, however it is spaced and written; None where it speaks of none.

    A rule of letters and not of meaning, so that nobody talks it away: a topic is spoken of where all of its words are.
    """
    words = _words(text)
    together = "".join(words)
    for topic in topics:
        wanted = _words(topic)
        if wanted and all(_is_in(word, words, together) for word in wanted):
            return topic
    return None


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", seen(text)).casefold())


def _is_in(word: str, words: list[str], together: str) -> bool:
    """Korean words carry endings and lose their spaces; Latin ones are words, alone or as a plural."""
    if word.isascii():
        return any(one in (word, f"{word}s") for one in words)
    return word in together
