"""The part of a text that shows why it was found: escaped, with what was looked for in `<mark>`.

Belongs here: which part, and its marks. Does not belong here: what a text is found by (`core/bigrams.py`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import pairwise

from markupsafe import escape

from service.core.bigrams import places

# Code points: how long a part is, and how much of it stands before the first mark.
LONGEST = 160
BEFORE = 40
_WHITE = re.compile(r"\s+")
Span = tuple[int, int]


def snippet(text: str, words: Collection[str], beginnings: Collection[str] = ()) -> str:
    """About `LONGEST` code points of `text` around the first of the tokens `words`, or of what begins so.

    Where there is none it is the beginning.
    """
    spans = list(_spans(text, frozenset(words), tuple(beginnings)))
    start, end = _window(text, spans[0][0] if spans else 0)
    inside = [(max(first, start), min(after, end)) for first, after in spans if first < end and after > start]
    cuts = [(start, start), *inside, (end, end)]
    shown = "".join(
        _plain(text[before_end:first]) + (f"<mark>{_plain(text[first:after])}</mark>" if after > first else "")
        for (_, before_end), (first, after) in pairwise(cuts)
    )
    return f"{'…' if start else ''}{shown.strip()}{'…' if end < len(text) else ''}"


def _spans(text: str, words: frozenset[str], beginnings: tuple[str, ...]) -> Iterator[Span]:
    """What is marked, in order; what touches, or has only a space between, is one."""
    found = sorted(
        (start, end)
        for token, start, end in places(text)
        if token in words or (beginnings and token.startswith(beginnings))
    )
    last: Span | None = None
    for start, end in found:
        if last is not None and (start <= last[1] or text[last[1] : start].isspace()):
            last = (last[0], max(last[1], end))
            continue
        if last is not None:
            yield last
        last = (start, end)
    if last is not None:
        yield last


def _window(text: str, first: int) -> Span:
    start = max(0, min(first - BEFORE, len(text) - LONGEST))
    # From a word's beginning on, where one is near.
    if start and (space := text.find(" ", start, first)) != -1:
        start = space + 1
    return start, min(len(text), start + LONGEST)


def _plain(text: str) -> str:
    return str(escape(_WHITE.sub(" ", text)))
