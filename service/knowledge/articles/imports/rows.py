"""A table of questions and answers, as spreadsheets write it: a row, an article. Pure.

The first row names the columns, in Korean or English. The separator is the one under which there is a question and an
answer among them. A row is known again by its `id`, or by its question.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator

from service.core.errors import FieldError, Invalid
from service.knowledge.articles.imports.entries import Defaults, Entry, Unusable, checked

_SEPARATORS = (",", ";", "\t")
_MOST_ROWS = 2000
_COLUMNS = {
    "question": ("question", "questions", "q", "질문", "문의", "자주 묻는 질문"),
    "answer": ("answer", "a", "답변", "답", "내용"),
    "title": ("title", "제목"),
    "locale": ("locale", "language", "lang", "언어"),
    "audience": ("audience", "대상"),
    "status": ("status", "상태"),
    "id": ("id", "번호"),
}
_NAMES = {word: name for name, words in _COLUMNS.items() for word in words}
# A line that Markdown would not put behind the one before.
_STANDS_ALONE = re.compile(r"\s*(?:[-*+>|#]|\d+[.)]\s|```|~~~|$)")
_LONGEST_TITLE = 200


def entries_of_rows(name: str, text: str, defaults: Defaults) -> list[Entry]:
    """An entry for each row that holds anything. Raises Invalid with all of its faults, as `row.12`, and Unusable."""
    header, rows = _table(text)
    faults: list[FieldError] = []
    found: list[Entry] = []
    known: dict[str, int] = {}
    for number, cells in rows:
        if number > _MOST_ROWS:
            raise Unusable(f"has more than {_MOST_ROWS} rows")
        if not any(cell.strip() for cell in cells):
            continue
        try:
            entry = _entry(name, header, cells, defaults)
        except Unusable as error:
            faults.append(FieldError(f"row.{number}", str(error)))
            continue
        if entry.source in known:
            faults.append(FieldError(f"row.{number}", f"is the same question as in row {known[entry.source]}"))
        known.setdefault(entry.source, number)
        found.append(entry)
    if faults:
        raise Invalid(errors=faults)
    if not found:
        raise Unusable("has no rows")
    return found


def _table(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The names of the columns, and rows with their numbers, the first one 1. Raises Unusable."""
    for separator in _SEPARATORS:
        rows = _rows(text, separator)
        try:
            _, first = next(rows, (1, []))
            header = [_NAMES.get(" ".join(cell.split()).lower(), "") for cell in first]
            if {"question", "answer"} <= set(header):
                named = [name for name in header if name]
                if len(named) != len(set(named)):
                    raise Unusable("names a column twice in its first row")
                return header, list(rows)
        except csv.Error as error:
            raise Unusable(f"is no table: {error}") from None
    raise Unusable("must name its columns in the first row: question and answer (질문, 답변)")


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    # A mark of the byte order is gone; some programs name the separator in a line of its own.
    without = re.sub(r"\Asep=.\r?\n", "", text, count=1)
    reader = csv.reader(io.StringIO(without, newline=""), delimiter=separator, strict=True)
    yield from enumerate(reader, 1)


def _entry(name: str, header: list[str], cells: list[str], defaults: Defaults) -> Entry:
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        raise Unusable("has more columns than the first row")
    said = {column: cell.strip() for column, cell in zip(header, cells, strict=False) if column}
    # Other ways to ask the same stand in lines of their own.
    questions = [line.strip() for line in said.get("question", "").splitlines() if line.strip()]
    if not questions:
        raise Unusable("has no question")
    if not said.get("answer"):
        raise Unusable("has no answer")
    key = said.get("id") or re.sub(r"\W+", "", questions[0].lower()) or questions[0]
    return checked(
        Entry(
            source=f"{name}#{hashlib.sha256(key.encode()).hexdigest()[:16]}",
            root=name,
            title=said.get("title") or questions[0][:_LONGEST_TITLE],
            body=_as_written(said["answer"]),
            locale=said.get("locale") or defaults.locale,
            audience=said.get("audience") or defaults.audience,
            status=said.get("status") or defaults.status,
            questions=tuple(questions),
        )
    )


def _as_written(answer: str) -> str:
    """A cell as Markdown whose lines end where the cell's end."""
    lines = answer.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    said = [line.rstrip() for line in lines]
    return "\n".join(
        line + "\\" if line and not line.lstrip().startswith(("|", "#")) and not _STANDS_ALONE.match(after) else line
        for line, after in zip(said, [*said[1:], ""], strict=True)
    )
