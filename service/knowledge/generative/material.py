"""What an answer is made of: the question, what was said before, what was found, what admins want.

Belongs here: these terms. Does not belong here: where they are read (`actions.py`), how they are put (`prompt.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from service.core.locale import Locale
from service.knowledge.instructions import Instructions


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a published article, word for word, as it was found."""

    chunk_id: str
    article_id: str
    version: int
    # Among the pieces of that version, from 0.
    place: int
    slug: str
    title: str
    title_path: str
    text: str
    locale: str
    score: float = 0.0
    # Whether it may be given as an answer as it stands.
    is_answerable: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """One earlier text of the same conversation."""

    role: Literal["user", "bot"]
    text: str


@dataclass(frozen=True, slots=True)
class Material:
    """All of it, for one answer. `locale` is the conversation's."""

    question: str
    locale: Locale
    passages: tuple[Passage, ...]
    # What admins want, and they alone.
    instructions: Instructions
    history: tuple[Said, ...] = ()
    # How many times in a row the customer was asked to say more.
    clarified: int = 0
