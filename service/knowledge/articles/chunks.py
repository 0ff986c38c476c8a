"""An article in pieces: what is found, and what an answer says, word for word.

A piece stands under one heading and has at most about 700 characters: paragraphs, list items and rows of tables as a
person reads them, a line each. It ends where a sentence ends. Pure.

Belongs here: cutting. Does not belong here: what Markdown means (`core/markdown.py`), what a piece is found by (the
database).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from service.core.mapper import Row
from service.core.markdown import is_break, is_link, tokens_of, words_of_html

# In code points: what a piece has at most, unless one sentence has more; and what the database takes.
LONGEST = 700
_LONGEST_SENTENCE = 3900
_LONGEST_PATH = 1000
_LONGEST_HEADER = 300
_PATH = " > "
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"'”’)\]]*\s+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece. `title_path` is the article's title and the headings that it stands under."""

    title_path: str
    text: str

    @property
    def digest(self) -> str:
        """What says that it is the same piece."""
        return hashlib.sha256(f"{self.title_path}\0{self.text}".encode()).hexdigest()

    @property
    def row(self) -> Row:
        """As the database takes it."""
        return {"title_path": self.title_path, "text": self.text, "digest": self.digest}


@dataclass(slots=True)
class _Block:
    """What stands together: a paragraph, a list, a table. `header` is a line that each piece of it begins with."""

    lines: list[str] = field(default_factory=list)
    header: str | None = None


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    words: str


def chunks_of(title: str, body: str) -> list[Chunk]:
    """The pieces of an article, in order, each once; none where there is nothing to read."""
    heading = _tidy(unicodedata.normalize("NFC", title))
    path: list[_Heading] = []
    section: list[_Block] = []
    found: list[Chunk] = []
    for part in (*_parts(tokens_of(unicodedata.normalize("NFC", body))), None):
        if isinstance(part, _Block):
            section.append(part)
            continue
        found += [Chunk(_path(heading, path), text) for text in _packed(section)]
        section = []
        if part is not None:
            path = [*(one for one in path if one.level < part.level), part]
    return list(dict.fromkeys(found))


def _path(title: str, headings: Iterable[_Heading]) -> str:
    # A page often begins with its title.
    words = [one.words for one in headings if one.words and one.words != title]
    return _PATH.join([title, *words])[:_LONGEST_PATH]


def _packed(blocks: Sequence[_Block]) -> Iterator[str]:
    """Pieces of a section: as much as fits."""
    piece = ""
    for separator, unit, header in _units(blocks):
        if piece and len(piece) + len(separator) + len(unit) > LONGEST:
            yield piece
            piece = ""
        if piece:
            piece += separator + unit
        else:
            piece = f"{header}\n{unit}" if header is not None and header != unit else unit
    if piece:
        yield piece


def _units(blocks: Iterable[_Block]) -> Iterator[tuple[str, str, str | None]]:
    """What is not cut: blocks that fit, else their lines, else sentences; each with what stands between."""
    for block in blocks:
        lines = [line for line in block.lines if line.strip()]
        whole = "\n".join(lines)
        if not whole:
            continue
        if len(whole) <= LONGEST:
            yield "\n\n", whole, None
            continue
        separator = "\n\n"
        for line in lines:
            for place, sentence in enumerate(_sentences(line)):
                yield " " if place else separator, sentence, block.header
            separator = "\n"


def _sentences(line: str) -> Iterator[str]:
    """A line, in sentences where it is too long."""
    if len(line) <= LONGEST:
        yield line
        return
    begin = 0
    ends = [found.end() for found in _SENTENCE_END.finditer(line)]
    for end in (*ends, len(line)):
        rest = line[begin:end].strip()
        # A sentence without an end: nobody wrote it to be read, but it is kept whole in parts.
        while len(rest) > _LONGEST_SENTENCE:
            cut = rest.rfind(" ", 1, _LONGEST_SENTENCE)
            cut = cut if cut > 0 else _LONGEST_SENTENCE
            yield rest[:cut].strip()
            rest = rest[cut:].strip()
        if rest:
            yield rest
        begin = end


def _parts(tokens: Sequence[Token]) -> Iterator[_Heading | _Block]:
    """Headings and blocks of a text."""
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.type == "heading_open":
            yield _Heading(int(token.tag[1]), _tidy(_words(tokens[place + 1].children or [])))
            place += 3
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            end = _end_of(tokens, place)
            yield _Block(list(_items(tokens[place:end])))
            place = end
        elif token.type == "table_open":
            end = _end_of(tokens, place)
            rows = list(_rows(tokens[place:end]))
            yield _Block(rows, rows[0] if rows and len(rows[0]) <= _LONGEST_HEADER else None)
            place = end
        else:
            yield _Block(_lines(token))
            place += 1


def _end_of(tokens: Sequence[Token], place: int) -> int:
    """The place after what opens here."""
    depth = 0
    for end in range(place, len(tokens)):
        depth += tokens[end].nesting
        if depth == 0:
            return end + 1
    return len(tokens)


def _items(tokens: Iterable[Token]) -> Iterator[str]:
    """Items of a list, a line each; what is inside of one stands further in."""
    numbers: list[int | None] = []
    mark = ""
    for token in tokens:
        if token.type == "bullet_list_open":
            numbers.append(None)
        elif token.type == "ordered_list_open":
            numbers.append(int(token.attrGet("start") or 1))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            numbers.pop()
        elif token.type == "list_item_open":
            number = numbers[-1]
            mark = "- " if number is None else f"{number}. "
            numbers[-1] = number and number + 1
        else:
            indent = "  " * (len(numbers) - 1)
            for line in _lines(token):
                yield indent + (mark or "  ") + line
                mark = ""


def _rows(tokens: Iterable[Token]) -> Iterator[str]:
    cells: list[str] = []
    for token in tokens:
        if token.type == "inline":
            cells.append(_tidy(_words(token.children or [])))
        elif token.type == "tr_close":
            yield " | ".join(cells)
            cells = []


def _lines(token: Token) -> list[str]:
    if token.type == "inline":
        return [_tidy(line) for line in _words(token.children or []).split("\n") if line.strip()]
    if token.type == "html_block":
        return words_of_html(token.content).split("\n")
    if token.type in ("fence", "code_block"):
        return token.content.rstrip("\n").split("\n")
    return []


def _words(children: Iterable[Token]) -> str:
    """What a person reads of a line: a link is its words and, in brackets, whither it leads."""
    said: list[str] = []
    link, begin = "", 0
    for token in children:
        if token.type == "link_open":
            link, begin = str(token.attrGet("href") or ""), len(said)
        elif token.type == "link_close":
            shown = "".join(said[begin:])
            if is_link(link) and link.removeprefix("mailto:") not in (shown, shown.strip()):
                said.append(f" ({link})")
        elif token.type == "image":
            said.append(_words(token.children or []))
        elif token.type == "html_inline":
            said.append("\n" if is_break(token) else "")
        else:
            said.append({"softbreak": " ", "hardbreak": "\n"}.get(token.type, token.content))
    return "".join(said)


def _tidy(text: str) -> str:
    return " ".join(text.split())
