"""What a run has tried against the promises of SECURITY.md, told at its end.

A test says it by the marker `tried("attacks")`, which counts the test itself, or by the fixture `tried`, where one test
tries many things. Only what passed is counted. The fixture `tell` is for what is to be read as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

Tried = Callable[[str, int], None]
Tell = Callable[[str, str], None]
# Properties of reports: they come from whichever process has run the test.
TRIED = "tried"
TOLD = "told"
_EXAMPLES = re.compile(r"(\d+) passing")


def examples(statistics: str) -> int:
    """Return how many inputs Hypothesis tried, from what it says about a test."""
    return sum(int(found) for found in _EXAMPLES.findall(statistics))


def lines(properties: Iterable[tuple[str, object]]) -> list[str]:
    """Return a line for each thing that was tried, in the order in which they were first told."""
    counts: Counter[str] = Counter()
    for name, value in properties:
        if name == TRIED and isinstance(value, tuple):
            what, count = value
            counts[what] += count
    width = max(map(len, counts), default=0)
    return [f"{what:<{width}}  {count:>7,}" for what, count in counts.items()]


def sections(properties: Iterable[tuple[str, object]]) -> dict[str, list[str]]:
    """Return the lines of each section, each line once, in the order in which they were first told."""
    found: dict[str, list[str]] = {}
    for name, value in properties:
        if name == TOLD and isinstance(value, tuple):
            section, line = value
            lines = found.setdefault(section, [])
            if line not in lines:
                lines.append(line)
    return found
