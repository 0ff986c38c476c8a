"""What a site lets be fetched, as its robots.txt says (RFC 9309). Pure.

Ours is not Python's: that takes the first rule that fits and knows no wildcards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

# What we call ourselves, and what a site's rules may name.
AGENT = "munui"
# In bytes, as the standard asks for at least.
MOST_BYTES = 512 * 1024
_MOST_RULES = 5000
_LONGEST_DELAY = 5.0


@dataclass(frozen=True, slots=True)
class Robots:
    """Rules for us: (path pattern, whether it allows). `delay` is in seconds; `error` why they could not be read."""

    rules: tuple[tuple[str, bool], ...] = ()
    delay: float = 0.0
    error: str | None = None

    def allows(self, url: str) -> bool:
        """Whether this page may be fetched: the longest rule that fits decides, and of two one that allows."""
        parts = urlsplit(url)
        path = _normal(parts.path or "/") + (f"?{_normal(parts.query)}" if parts.query else "")
        fitting = [(len(pattern), allows) for pattern, allows in self.rules if _fits(pattern, path)]
        return max(fitting, default=(0, True))[1]


NOTHING = Robots((("/", False),))
EVERYTHING = Robots()


def robots_of(text: str) -> Robots:
    """The rules of a robots.txt that are for us: those that name us, else those for everybody."""
    ours: list[tuple[str, str]] = []
    everybodys: list[tuple[str, str]] = []
    agents: list[str] = []
    names_agents = True
    is_ours = False
    for line in text.removeprefix("\ufeff").splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon:
            continue
        if name == "user-agent":
            if not names_agents:
                agents = []
            names_agents = True
            # A version or a comment may follow the name.
            agents.append(re.split(r"[/\s]", value.lower(), maxsplit=1)[0])
            is_ours = is_ours or agents[-1] == AGENT
            continue
        names_agents = names_agents and name == "sitemap"
        if AGENT in agents:
            ours.append((name, value))
        elif "*" in agents:
            everybodys.append((name, value))
    return _made(ours if is_ours else everybodys)


def _made(lines: list[tuple[str, str]]) -> Robots:
    rules = [(_normal(value), name == "allow") for name, value in lines if name in ("allow", "disallow") and value]
    delay = 0.0
    for name, value in lines:
        if name == "crawl-delay" and re.fullmatch(r"\d{1,6}(?:\.\d{1,6})?", value):
            delay = min(float(value), _LONGEST_DELAY)
    return Robots(tuple(rules[:_MOST_RULES]), delay)


def _normal(text: str) -> str:
    """A path or pattern whose letters are written in one way."""
    return quote(unquote(text), safe="/*$?&=:@!',;+-._~%()")


def _fits(pattern: str, path: str) -> bool:
    """Whether a path begins as the pattern says: * is anything, $ at its end is the end."""
    is_whole = pattern.endswith("$")
    parts = pattern.removesuffix("$").split("*")
    if not path.startswith(parts[0]):
        return False
    if len(parts) == 1:
        return not is_whole or path == parts[0]
    place = len(parts[0])
    for part in parts[1:-1]:
        found = path.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    last = parts[-1]
    if is_whole:
        return path.endswith(last) and len(path) - len(last) >= place
    return path.find(last, place) >= 0
