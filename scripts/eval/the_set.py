"""The set: articles that are shipped, distractors beside them, and questions with what is right. Read from files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from scripts.local.paths import ROOT

SET = ROOT / "scripts" / "eval" / "set"
SHIPPED = ROOT / "service" / "knowledge" / "shipped"
# Kinds of questions that nothing may be answered to.
UNANSWERABLE = ("pronoun", "near_miss", "off_topic", "forbidden", "injection", "member_only")


@dataclass(frozen=True, slots=True)
class Article:
    """An article of the set. `key` is its file without folder and ending: `ko/01-delivery-times`."""

    key: str
    title: str
    body: str
    locale: str
    audience: str
    questions: tuple[str, ...]
    is_distractor: bool

    @property
    def slug(self) -> str:
        """Its name in addresses: no other of its language has it."""
        return ("x-" if self.is_distractor else "") + self.key.split("/", 1)[1]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and which articles are right: none where nothing may be answered."""

    id: str
    text: str
    locale: str
    kind: str
    half: str
    is_member: bool
    right: frozenset[str]
    # The article that `quote` is of, and what the answer rests on.
    article: str | None
    quote: str | None

    @property
    def is_answerable(self) -> bool:
        """Whether the knowledge holds what is asked, for who asks."""
        return bool(self.right)


def read_articles() -> list[Article]:
    """Every article, the shipped ones first. Raises OSError, ValueError and yaml.YAMLError where a file is broken."""
    return [*_folder(SHIPPED, is_distractor=False), *_folder(SET / "distractors", is_distractor=True)]


def _folder(folder: Path, *, is_distractor: bool) -> list[Article]:
    return [_article(file, folder, is_distractor=is_distractor) for file in sorted(folder.rglob("*.md"))]


def _article(file: Path, folder: Path, *, is_distractor: bool) -> Article:
    _, head, body = file.read_text(encoding="utf-8").split("---\n", 2)
    said = yaml.safe_load(head)
    return Article(
        key=file.relative_to(folder).with_suffix("").as_posix(),
        title=said["title"],
        body=body.strip("\n"),
        locale=said["locale"],
        audience=said["audience"],
        questions=tuple(said["questions"]),
        is_distractor=is_distractor,
    )


def read_questions() -> list[Question]:
    """Every question. Raises OSError, KeyError and yaml.YAMLError where the file is broken."""
    return [_question(row) for row in yaml.safe_load((SET / "questions.yaml").read_text(encoding="utf-8"))]


def _question(row: dict[str, Any]) -> Question:
    right = frozenset({row["article"], *row.get("also", ())}) if row["article"] else frozenset[str]()
    return Question(
        id=row["id"],
        text=row["text"],
        locale=row["locale"],
        kind=row["kind"],
        half=row["half"],
        is_member=row.get("asker") == "member",
        right=frozenset() if row["kind"] in UNANSWERABLE else right,
        article=row["article"],
        quote=row["quote"],
    )
