"""What the assistant must not speak of, however it is asked.

Belongs here: whether a text touches a topic. Does not belong here: what is said then.

A rule of letters and not of meaning, so that nobody talks it away: a topic is touched where all of its words are there.
Spaces, case, width and what shows nothing make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from service.knowledge.generative.cleaning import visible

_WORD = re.compile(r"[^\W_]+")


def forbidden(topics: Iterable[str], text: str) -> str | None:
    """The first of `topics` that `text` touches."""
    seen = unicodedata.normalize("NFKC", visible(text)).casefold()
    words = _WORD.findall(seen)
    together = "".join(words)
    for topic in topics:
        wanted = _WORD.findall(unicodedata.normalize("NFKC", visible(topic)).casefold())
        if wanted and all(_is_in(word, words, together) for word in wanted):
            return topic
    return None


def _is_in(word: str, words: list[str], together: str) -> bool:
    """Korean words carry endings and lose their spaces; Latin ones are words, whole or as a plural."""
    if word.isascii():
        return any(one == word or one == f"{word}s" for one in words)
    return word in together
