"""An article taken apart, for pages that take no HTML from anybody: elements by name, with what stands in them.

Belongs here: the parts. Does not belong here: what may stand in an article at all (`core/markdown.py`, whose HTML this
reads), how a part looks.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

# Empty, and what only holds others: white space in these is how HTML is written, and not part of the text.
_VOID = frozenset({"br", "hr"})
_HOLDERS = frozenset({"", "ul", "ol", "blockquote", "table", "thead", "tbody", "tr"})

Part = dict[str, Any]


def parts_of(html: str) -> list[Part | str]:
    """The parts of `html`, as `html_of` makes it: texts, and `{"tag", "children"}` with the `href` of a link and the
    `start` of a list that begins elsewhere than at 1."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root["children"]  # type: ignore[no-any-return]


class _Reader(HTMLParser):
    """Follows tags down and up; its HTML is well-formed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: Part = {"tag": "", "children": []}
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        part: Part = {"tag": tag}
        if tag == "a":
            part["href"] = known["href"]
        if tag == "ol" and known.get("start"):
            part["start"] = int(str(known["start"]))
        part["children"] = []
        self._open[-1]["children"].append(part)
        if tag not in _VOID:
            self._open.append(part)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        here = self._open[-1]
        if here["tag"] not in _HOLDERS or data.strip():
            here["children"].append(data)
