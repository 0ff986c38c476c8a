"""What counts as a person's text: trimmed, 1 to 4,000 code points, something to see, no U+0000, no lone surrogates.

The white space stands here once. The database's CHECK repeats it, the browser is given it with the flow, and one test
feeds all of them. What shows nothing stands here once, too; the browser says it by Unicode's properties, and a test
compares every code point.
"""

from __future__ import annotations

import re

from service.core.errors import FieldError, Invalid

WHITESPACE = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
# What shows nothing, as the class of a regular expression: controls, separators, all that Unicode lets a font ignore
# (fillers, joiners, selectors, tags, marks of direction), the empty Braille pattern, marks of interlinear notes.
UNSEEN = (
    "\x00-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
MAX_TEXT = 4_000
MAX_VARIABLE = 200

_IMPOSSIBLE = re.compile("[\x00\ud800-\udfff]")
_SEEN = re.compile(f"[^{UNSEEN}]")
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_CONTROL = re.compile("[\x00-\x20\x7f-\x9f" + WHITESPACE + "]+")


def trim(text: str) -> str:
    """`text` without the white space at its ends; nothing, where nothing of it can be seen."""
    return text.strip(WHITESPACE) if _SEEN.search(text) else ""


def is_storable(text: str) -> bool:
    """Whether Postgres can hold `text`: it has neither U+0000 nor half of a surrogate pair."""
    return _IMPOSSIBLE.search(text) is None


def user_text(text: str, *, field: str = "event.content") -> str:
    """What a person wrote, as it is kept.

    Raises:
        Invalid: it is empty, longer than 4,000 code points, or cannot be stored.
    """
    trimmed = trim(text)
    if not is_storable(trimmed):
        raise Invalid(errors=[FieldError(field, "holds U+0000 or half of a surrogate pair")])
    if not 1 <= len(trimmed) <= MAX_TEXT:
        raise Invalid(errors=[FieldError(field, f"must have 1 to {MAX_TEXT:,} characters after trimming")])
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
