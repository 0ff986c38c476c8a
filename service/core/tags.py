"""HTML as tags and texts, in one pass whose length is that of the page. Pure.

Python's own parser looks again and again at what is never closed: a page of 1 MB can hold a worker for hours. Here
every look ahead is bounded, and what is not understood is text.

Belongs here: where tags begin and end. Does not belong here: what they mean (`core/markdown.py`, and of a whole page
`knowledge/articles/imports/readable.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from html import unescape

# In code points: a tag that is longer is text.
_LONGEST_TAG = 8192
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9:-]{0,40}")
_ATTRIBUTE = re.compile(r"""([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?""")
# What stands in these is no HTML, for browsers.
RAW = frozenset({"script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp"})


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag; `is_end` where it closes an element. Names are in small letters."""

    name: str
    is_end: bool = False
    attributes: dict[str, str] = field(default_factory=dict)


def read(html: str, raw: Set[str] = RAW) -> Iterator[Tag | str]:
    """Tags and texts of `html`, in order. Comments and declarations fall away, and what stands in elements of `raw`."""
    place = 0
    while place < len(html):
        begin = html.find("<", place)
        if begin < 0:
            yield unescape(html[place:])
            return
        if begin > place:
            yield unescape(html[place:begin])
        if html.startswith("<!--", begin):
            end = html.find("-->", begin + 4)
            if end < 0:
                return
            place = end + 3
            continue
        tag, place = _tag(html, begin)
        if tag is None:
            # Up to the next one: it is a text, or a declaration, which says nothing.
            if place == begin + 1:
                yield "<"
            continue
        yield tag
        if tag.name in raw and not tag.is_end:
            end = _raw_end(html, tag.name, place)
            # Of these only a title is ever read.
            if tag.name == "title":
                yield unescape(html[place:end])
            place = end


def _raw_end(html: str, name: str, place: int) -> int:
    """Where an element ends that holds no HTML."""
    close = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, place)
    return len(html) if close is None else close.start()


def _tag(html: str, begin: int) -> tuple[Tag | None, int]:
    """The tag that begins here, and where it ends; None where it is none, and the place after what it is."""
    if html.startswith(("<!", "<?"), begin):
        end = html.find(">", begin, begin + _LONGEST_TAG)
        return None, end + 1 if end >= 0 else begin + 1
    is_end = html.startswith("/", begin + 1)
    name = _NAME.match(html, begin + 1 + is_end)
    if name is None:
        return None, begin + 1
    end = _end_of(html, name.end())
    if end < 0:
        return None, begin + 1
    given: dict[str, str] = {}
    if not is_end:
        for found in _ATTRIBUTE.finditer(html, name.end(), end):
            given.setdefault(found[1].lower(), unescape(found[2] or found[3] or found[4] or ""))
    return Tag(name[0].lower(), is_end, given), end + 1


def _end_of(html: str, place: int) -> int:
    """Where the > is that closes a tag and stands in no quotes; -1 where there is none near."""
    last = place + _LONGEST_TAG
    first = html.find(">", place, last)
    end = first
    # An odd number of quotes: this one is inside of a value.
    for _ in range(8):
        if end < 0 or not _is_quoted(html, place, end):
            break
        end = html.find(">", end + 1, last)
    return first if end < 0 else end


def _is_quoted(html: str, begin: int, end: int) -> bool:
    rest = re.sub(r"\"[^\"]*\"|'[^']*'", "", html[begin:end])
    return '="' in rest.replace(" ", "") or "='" in rest.replace(" ", "")
