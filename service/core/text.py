"""What counts as a person's text: trimmed, 1 to 4,000 code points, something to be seen, no U+0000, no lone surrogates.

The white space stands here once, and what shows nothing in `blank.py`. The database's CHECKs repeat them, the browser
is given the first with the flow and has the second in `blank.js`, and one test feeds all of them.
"""

from __future__ import annotations

import re

from service.core.blank import RANGES, is_blank
from service.core.errors import FieldError, Invalid

WHITESPACE = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
MAX_TEXT = 4_000
MAX_VARIABLE = 200

_LINE_ENDS = "\n\r\x0b\x0c\x85\u2028\u2029"
_UNSEEN = re.compile("[" + "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in RANGES) + "]")
_IMPOSSIBLE = re.compile("[\x00\ud800-\udfff]")
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_CONTROL = re.compile("[\x00-\x20\x7f-\x9f" + WHITESPACE + "]+")


def trim(text: str) -> str:
    """`text` without the white space at its ends; nothing where there is nothing to be seen."""
    return "" if is_blank(text) else text.strip(WHITESPACE)


def seen(text: str) -> str:
    """`text` as a reader sees it: without what shows nothing, any white space a plain one, lines as lines."""
    return _UNSEEN.sub(lambda found: _space(found[0]), text)


def is_storable(text: str) -> bool:
    """Whether Postgres can hold `text`: it has neither U+0000 nor half of a surrogate pair."""
    return _IMPOSSIBLE.search(text) is None


def user_text(text: str, *, field: str = "event.content", longest: int = MAX_TEXT) -> str:
    """What a person wrote, as it is kept.

    Raises:
        Invalid: it is empty or shows nothing, longer than `longest` code points, or cannot be stored.
    """
    trimmed = trim(text)
    if not is_storable(trimmed):
        raise Invalid(errors=[FieldError(field, "holds U+0000 or half of a surrogate pair")])
    if not 1 <= len(trimmed) <= longest:
        raise Invalid(errors=[FieldError(field, f"must have 1 to {longest:,} characters after trimming")])
    return trimmed


def as_variable(text: str) -> str:
    """A visitor's own words, fit to stand inside a sentence of the bot: one line, at most 200 code points."""
    return _CONTROL.sub(" ", text).strip(" ")[:MAX_VARIABLE]


def placeholders(template: str) -> set[str]:
    """The names that `template` wants filled in, written `{name}`."""
    return set(_PLACEHOLDER.findall(template))


def fill(template: str, variables: dict[str, str]) -> str:
    """`template` with each `{name}` replaced, in one pass: braces inside a value stay as they are."""
    return _PLACEHOLDER.sub(lambda match: variables.get(match[1], ""), template)


def _space(char: str) -> str:
    if char in _LINE_ENDS:
        return "\n"
    return " " if char in WHITESPACE else ""
