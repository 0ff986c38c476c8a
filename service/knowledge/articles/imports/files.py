"""Files that an admin hands in: read as text, then as articles. All faults at once, and then nothing of them.

Belongs here: bytes and letters, front matter, names. Does not belong here: tables of questions and answers (`rows.py`),
what an article may hold (`entries.py`). Pure.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import yaml

from service.core.errors import FieldError, Invalid
from service.knowledge.articles.imports.entries import Defaults, Entry, Unusable, checked
from service.knowledge.articles.imports.rows import entries_of_rows

# Together, in bytes.
MOST_BYTES = 1024 * 1024
MOST_ENTRIES = 500
_MOST_FAULTS = 50
_LONGEST_HEAD = 16_000
_HEAD = re.compile(r"\A---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_FIRST_HEADING = re.compile(r"\A\s*#[ \t]([^\r\n]*)(?:\r?\n|\Z)")
_NUMBER = re.compile(r"^[\d\W_]+(?=\D)")


@dataclass(frozen=True, slots=True)
class File:
    """A file as it came: `data` is base64."""

    name: str
    data: str

    @property
    def raw(self) -> bytes:
        """Its bytes. Raises Unusable."""
        try:
            return base64.b64decode(self.data, validate=True)
        # Of which letters that are none of ASCII are one kind.
        except ValueError:
            raise Unusable("is no base64") from None


def entries_of(kind: str, files: Sequence[File], defaults: Defaults) -> list[Entry]:
    """What the files hold; `kind` is markdown or csv. Raises Invalid with all faults, each with its place."""
    faults: list[FieldError] = []
    found: list[Entry] = []
    size = 0
    for number, file in enumerate(files):
        place = f"files.{number}"
        try:
            raw = file.raw
            size += len(raw)
            text = text_of(raw)
            if kind == "csv":
                found += entries_of_rows(file.name, text, defaults)
            else:
                found.append(markdown_entry(file.name, text, defaults))
        except Unusable as error:
            faults.append(FieldError(place, str(error)))
        except Invalid as error:
            faults += [FieldError(f"{place}.{one.field}", one.message) for one in error.errors]
    faults += _doubles(files)
    if size > MOST_BYTES:
        faults.append(FieldError("files", f"must have at most {MOST_BYTES} bytes together"))
    if len(found) > MOST_ENTRIES:
        faults.append(FieldError("files", f"must hold at most {MOST_ENTRIES} articles together"))
    if faults:
        raise Invalid(errors=faults[:_MOST_FAULTS])
    return found


def markdown_entry(name: str, text: str, defaults: Defaults, root: str | None = None) -> Entry:
    """A file of Markdown, with or without front matter. Raises Unusable."""
    head, body = _parted(text)
    stem = PurePosixPath(name).stem
    title = head.get("title")
    if title is None and (heading := _FIRST_HEADING.match(body)) and (words := heading[1].rstrip(" \t#").lstrip(" \t")):
        title, body = words, body[heading.end() :]
    questions = head.get("questions") or ()
    if isinstance(questions, str):
        questions = (questions,)
    return checked(
        Entry(
            source=name,
            root=root,
            title=_word("title", title) or stem,
            body=body,
            locale=_word("locale", head.get("locale")) or defaults.locale,
            audience=_word("audience", head.get("audience")) or defaults.audience,
            status=_word("status", head.get("status")) or defaults.status,
            questions=tuple(_word("questions", one) for one in _list(questions)),
            slug=_word("slug", head.get("slug")) or _slug(stem),
        )
    )


def text_of(raw: bytes) -> str:
    """What the bytes say: UTF-8, UTF-16 with its mark, or CP949, as Excel in Korea writes. Raises Unusable."""
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp949"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise Unusable("is no file of text")
        return text
    raise Unusable("is neither UTF-8 nor CP949")


def _parted(text: str) -> tuple[dict[str, object], str]:
    """Front matter and text."""
    match = _HEAD.match(text)
    if match is None:
        return {}, text
    if len(match[1]) > _LONGEST_HEAD:
        raise Unusable(f"front matter has more than {_LONGEST_HEAD} characters")
    try:
        # Knows texts, lists and mappings, and nothing that is made of them.
        head = yaml.load(match[1], yaml.CBaseLoader)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise Unusable("front matter is no YAML" + (f": line {mark.line + 2}" if mark else "")) from None
    if head is None or head == "":
        return {}, text[match.end() :]
    if not isinstance(head, dict):
        raise Unusable("front matter must be names and values")
    return head, text[match.end() :]


def _word(name: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unusable(f"{name} must be a text")
    return value.strip()


def _list(values: object) -> Iterable[object]:
    if not isinstance(values, list | tuple):
        raise Unusable("questions must be a list")
    return values


def _slug(stem: str) -> str:
    # Files are numbered to be in order; addresses are not.
    from_name = _NUMBER.sub("", unicodedata.normalize("NFC", stem))
    return "-".join("".join(char if char.isalnum() else " " for char in from_name.lower()).split())[:80]


def _doubles(files: Sequence[File]) -> list[FieldError]:
    names = [file.name for file in files]
    return [
        FieldError(f"files.{number}.name", "is the name of another file")
        for number, name in enumerate(names)
        if name in names[:number]
    ]
