"""A page as Markdown: what somebody reads of it, and nothing that a browser would do. Pure.

Headings, paragraphs, lists, tables, code and links stay. What is for browsers, for finding one's way about the site, or
not shown falls away. Every mark of Markdown in a text is escaped, and so is HTML: both are text again.

Belongs here: what elements mean to a reader. Does not belong here: where they begin and end (`core/tags.py`), fetching,
and which links are followed (`crawling.py`).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin

from service.core.markdown import is_link
from service.core.tags import Tag, read

_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip
_LEFT_OUT = frozenset({
    "script", "style", "template", "noscript", "svg", "math", "iframe", "object", "embed", "canvas", "audio", "video",
    "select", "button", "textarea", "form", "dialog", "nav", "header", "footer", "aside", "head",
})  # fmt: skip
_MAIN = frozenset({"main", "article"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)} | {"summary": 3, "dt": 3}
_BLOCKS = frozenset({
    "p", "div", "section", "main", "article", "blockquote", "figure", "figcaption", "details", "dl", "dd", "address",
    "fieldset", "hr", "center", "body", "html",
})  # fmt: skip
# Who opens one of these again without having closed it has closed it.
_CLOSES_ITSELF = frozenset({"p", "li", "dt", "dd", "tr", "td", "th", "option"})
_MARKS = re.compile(r"([\\`*_\[\]<>~|])")
_AT_BEGINNING = re.compile(r"^(\d*)([#+\-=.)])")
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_DEEPEST = 200
_MOST_LINKS = 2000
_ENOUGH = 80
_LONGEST_LINK = 2000


@dataclass(slots=True)
class Page:
    """What a page says. `title` may be empty; `links` lead to other pages, each once, in order."""

    title: str = ""
    language: str = ""
    markdown: str = ""
    is_index: bool = True
    is_followed: bool = True
    links: list[str] = field(default_factory=list)


def read_page(html: str, url: str) -> Page:
    """What a page at `url` says. Never raises for what stands in it."""
    reader = _Reader(url)
    for part in read(html):
        reader.take(part)
    return reader.page()


@dataclass(slots=True)
class _Open:
    """An element that is open. `is_silent`: nothing in it is read. `is_main`: it is what the page is about."""

    tag: str
    is_silent: bool
    is_main: bool


class _Reader:
    """Collects blocks of Markdown."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._open: list[_Open] = []
        # How many of a name are open.
        self._inside: Counter[str] = Counter()
        # Blocks, and whether each stood in what the page is about.
        self._blocks: list[tuple[str, bool]] = []
        self._words: list[str] = []
        self._prefix = ""
        self._lists: list[int | None] = []
        self._rows: list[list[str]] = []
        self._link: tuple[int, str] | None = None
        self._page = Page()
        self._names: dict[str, str] = {}
        self._links: dict[str, None] = {}
        self._in_title = False

    def take(self, part: Tag | str) -> None:
        """Read on."""
        if isinstance(part, str):
            self._say(part)
        elif part.is_end:
            self._close(part.name)
        else:
            self._start(part.name, part.attributes)

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if tag in ("html", "base", "meta"):
            self._look_at_head(tag, given)
        if tag == "title" and not self._names.get("title"):
            self._in_title = True
        if tag == "a" and "href" in given and "nofollow" not in given.get("rel", "").lower().split():
            self._note_link(given["href"])
        if tag in _CLOSES_ITSELF and self._open and self._open[-1].tag == tag:
            self._close(tag)
        above = self._open[-1] if self._open else _Open("", is_silent=False, is_main=False)
        is_silent = above.is_silent or self._is_silent(tag, given)
        if tag not in _VOID and len(self._open) < _DEEPEST:
            self._open.append(_Open(tag, is_silent, above.is_main or tag in _MAIN or given.get("role") == "main"))
            self._inside[tag] += 1
        if not is_silent:
            self._begin(tag, given)

    def _close(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if not self._inside[tag]:
            return
        # What was not closed inside of it is closed with it.
        while self._open:
            last = self._open[-1]
            if not last.is_silent:
                self._end(last.tag)
            self._open.pop()
            self._inside[last.tag] -= 1
            if last.tag == tag:
                return

    def _say(self, data: str) -> None:
        if self._in_title:
            self._names["title"] = self._names.get("title", "") + data
        elif not self._open or not self._open[-1].is_silent:
            self._words.append(data if self._inside["pre"] else _escaped(data))

    def page(self) -> Page:
        """What was read."""
        while self._open:
            self._close(self._open[-1].tag)
        self._flush()
        main = [text for text, is_main in self._blocks if is_main]
        # A page whose main part is made by a script, or is not marked.
        chosen = main if sum(map(len, main)) >= _ENOUGH else [text for text, _ in self._blocks]
        self._page.markdown = "\n\n".join(chosen)
        names = (self._names.get(name, "") for name in ("h1", "og:title", "title"))
        self._page.title = next((found for found in (" ".join(name.split()) for name in names) if found), "")
        self._page.links = list(self._links)
        return self._page

    def _look_at_head(self, tag: str, given: dict[str, str]) -> None:
        if tag == "html":
            self._page.language = given.get("lang", "").lower()[:2]
        elif tag == "base" and given.get("href"):
            self._url = _joined(self._url, given["href"]) or self._url
        elif given.get("property", "").lower() == "og:title":
            self._names.setdefault("og:title", given.get("content", ""))
        elif given.get("name", "").lower() in ("robots", "munui"):
            words = re.split(r"[\s,]+", given.get("content", "").lower())
            self._page.is_index &= not {"noindex", "none"} & set(words)
            self._page.is_followed &= not {"nofollow", "none"} & set(words)

    def _note_link(self, href: str) -> None:
        target = _joined(self._url, href)
        if target and len(self._links) < _MOST_LINKS:
            self._links[urldefrag(target).url] = None

    def _is_silent(self, tag: str, given: dict[str, str]) -> bool:
        if tag == "header" and self._open and self._open[-1].is_main:
            # Of an article: its title stands there.
            return False
        return (
            tag in _LEFT_OUT
            or "hidden" in given
            or given.get("aria-hidden") == "true"
            or given.get("role") in ("navigation", "banner", "contentinfo", "search")
            or _HIDDEN.search(given.get("style", "")) is not None
        )

    def _begin(self, tag: str, given: dict[str, str]) -> None:
        if tag == "br":
            self._words.append(" " if self._inside["td"] or self._inside["th"] else "\\\n")
        elif tag == "a":
            target = _joined(self._url, given.get("href", ""))
            self._link = (len(self._words), target) if target else None
        elif tag in ("ul", "ol"):
            self._flush()
            self._lists.append(None if tag == "ul" else 1)
        elif tag == "li":
            self._flush()
            self._prefix = self._item()
        elif tag == "table":
            self._flush()
            self._rows = []
        elif tag == "tr" and self._inside["table"]:
            self._words = []
            self._rows.append([])
        elif tag in ("td", "th") and self._rows:
            self._words = []
        elif tag in _HEADINGS or tag in _BLOCKS or tag == "pre":
            self._flush_block()

    def _end(self, tag: str) -> None:
        if tag == "a" and self._link is not None:
            self._close_link()
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].append(_tidy("".join(self._words)))
            self._words = []
        elif tag == "table":
            self._words = []
            self._add(_table(self._rows))
            self._rows = []
        elif tag in _HEADINGS:
            self._end_heading(tag)
        elif tag == "pre":
            self._end_code()
        elif tag in ("ul", "ol"):
            self._flush()
            if self._lists:
                self._lists.pop()
            self._prefix = "    " * len(self._lists)
        elif tag == "li" or tag in _BLOCKS:
            self._flush_block()

    def _item(self) -> str:
        if not self._lists:
            return "- "
        number = self._lists[-1]
        if number is not None:
            self._lists[-1] = number + 1
        return "    " * (len(self._lists) - 1) + ("- " if number is None else f"{number}. ")

    def _end_heading(self, tag: str) -> None:
        words = _tidy("".join(self._words)).replace("\\\n", " ")
        self._words = []
        if not words or self._rows:
            return
        if tag == "h1" and "h1" not in self._names:
            # It is the title of the article, which stands over the text already.
            self._names["h1"] = re.sub(r"\\(.)", r"\1", words)
            return
        self._add(f"{'#' * max(_HEADINGS[tag], 2)} {words}")

    def _end_code(self) -> None:
        text = "".join(self._words).strip("\n")
        self._words = []
        if text.strip():
            fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text) or [""]))
            self._add(f"{fence}\n{text}\n{fence}")

    def _close_link(self) -> None:
        begin, target = self._link or (0, "")
        self._link = None
        words = _tidy("".join(self._words[begin:]))
        del self._words[begin:]
        if words and is_link(target) and len(target) <= _LONGEST_LINK:
            words = f"[{words}]({_in_link(target)})"
        self._words.append(words)

    def _flush_block(self) -> None:
        # Blocks in a cell of a table are words of the cell.
        if self._rows:
            self._words.append(" ")
        else:
            self._flush()

    def _flush(self) -> None:
        """What was said since the last block is one."""
        text = _tidy("".join(self._words))
        self._words = []
        self._link = None
        if text:
            self._add(self._prefix + _AT_BEGINNING.sub(r"\1\\\2", text))
            # What else is in the item stands under it.
            self._prefix = " " * len(self._prefix) if self._lists else ""

    def _add(self, block: str) -> None:
        if block:
            self._blocks.append((block, bool(self._open) and self._open[-1].is_main))


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)


def _tidy(text: str) -> str:
    """Blanks as a browser shows them; lines that were broken stay."""
    lines = (" ".join(line.split()) for line in text.split("\\\n"))
    return "\\\n".join(lines).strip("\\\n ")


def _joined(base: str, href: str) -> str:
    try:
        target = urljoin(base, href.strip())
        return target if is_link(target) else ""
    except ValueError:
        return ""


def _in_link(target: str) -> str:
    return re.sub(r"[\s<>()\\]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), target)


def _table(rows: list[list[str]]) -> str:
    kept = [row for row in rows if any(row)]
    if not kept:
        return ""
    width = max(map(len, kept))
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in kept]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])
