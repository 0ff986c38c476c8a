"""Markdown as people may write it here, and what browsers get of it: nothing that somebody has not seen as text.

HTML in it is never HTML: tags fall away, what stands between them is text. Links lead to http, https and mailto,
pictures are their words. Headings begin below the page's own, with `h2` whatever they are called in the text, and skip
no level.

Belongs here: reading Markdown and making HTML of it. Does not belong here: cutting it into pieces
(`knowledge/articles/chunks.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from service.core.tags import read

_LINK = re.compile(r"https?://[^\s/?#]|mailto:[^\s?]", re.IGNORECASE)
_LOWEST = 6
# More of these in one text take seconds to read, and stand in no text that somebody has written.
_COSTLY, _MOST_COSTLY = ("[", "<"), 3000
# What stands in these is for browsers; of scripts not even what looks like a tag is one.
_SCRIPTS = frozenset({"script", "style"})
_NOT_TEXT = _SCRIPTS | {"template", "noscript", "title"}
# What these hold begins on a line of its own.
_LINES = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6"})
# Pages that were asked for last. What takes longest of what may be written takes two seconds.
_KEPT = 64


@lru_cache(maxsize=_KEPT)
def html_of(text: str) -> Markup:
    """`text` as HTML that may stand in a page."""
    tokens = tokens_of(text)
    above: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            while above and above[-1] >= level:
                above.pop()
            above.append(level)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(len(above) + 1, _LOWEST)}"
    # Every rule of the renderer escapes what it is given.
    return Markup(_parser().renderer.render(tokens, _parser().options, {}))  # noqa: S704


def tokens_of(text: str) -> list[Token]:
    """`text` as markdown-it reads it: CommonMark, with tables and what is struck through."""
    return _parser().parse(text)


def is_readable(text: str) -> bool:
    """Whether reading it takes no longer than a text of its length should."""
    return all(text.count(mark) <= _MOST_COSTLY for mark in _COSTLY)


def is_link(url: str) -> bool:
    """Whether a link may lead there."""
    return _LINK.match(url) is not None


def words_of_html(text: str) -> str:
    """What somebody reads of a piece of HTML that stands in Markdown."""
    said: list[str] = []
    inside: str | None = None
    for one in read(text, _SCRIPTS):
        if isinstance(one, str):
            if inside is None:
                said.append(one)
        elif one.is_end:
            inside = None if one.name == inside else inside
        elif inside is None and one.name in _NOT_TEXT:
            inside = one.name
        elif one.name in _LINES:
            said.append("\n")
    return "\n".join(line for line in (" ".join(one.split()) for one in "".join(said).split("\n")) if line)


class _Renderer(RendererHTML):
    """The usual HTML, but for what nobody of ours has written."""

    def html_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        del options, env
        words = words_of_html(tokens[idx].content)
        return "<p>" + escape(words).replace("\n", "<br>\n") + "</p>\n" if words else ""

    def html_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        del options, env
        return "<br>\n" if is_break(tokens[idx]) else ""

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return escape(self.renderInlineAsText(tokens[idx].children, options, env))

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        env["is_link"] = is_link(str(tokens[idx].attrGet("href")))
        if not env["is_link"]:
            return ""
        tokens[idx].attrSet("rel", "noopener nofollow")
        return self.renderToken(tokens, idx, options, env)

    def link_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return self.renderToken(tokens, idx, options, env) if env["is_link"] else ""

    def th_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        # Where it stands is a style, which no page of ours takes from a text.
        tokens[idx].attrs = {}
        return self.renderToken(tokens, idx, options, env)

    td_open = th_open


def is_break(token: Token) -> bool:
    """Whether a piece of HTML is one that people write for a new line."""
    return token.content.lower().replace(" ", "").startswith(("<br>", "<br/"))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # HTML is told apart, so that it can fall away.
    made = MarkdownIt("commonmark", {"html": True, "maxNesting": 20}, renderer_cls=_Renderer)
    made.enable(["table", "strikethrough"])
    # Whither it leads is looked at when it is written down: a refused one is read as a link without an address.
    made.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return made
