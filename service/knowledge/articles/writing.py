"""What an article may hold, whoever writes it: a person, a file or a page. Pure.

Belongs here: bounds, and names in addresses. Does not belong here: who may write (the database).
"""

from __future__ import annotations

import re
import unicodedata

from service.core.markdown import is_readable
from service.knowledge.articles.chunks import chunks_of

# In code points, as in the database.
LONGEST_TITLE = 200
LONGEST_BODY = 50_000
LONGEST_QUESTION = 300
MOST_QUESTIONS = 50
LONGEST_SLUG = 100
_NOT_IN_SLUGS = re.compile(r"[\s/?#%\\]")
_MADE_SLUG = 80


def checked_body(text: str) -> str:
    """`text`, where there is something to read in it and reading it takes no time. Raises ValueError."""
    if not is_readable(text):
        raise ValueError("has too many brackets to be read")
    if not chunks_of("-", text):
        raise ValueError("must hold something to be read")
    return text


def checked_slug(text: str) -> str:
    """`text` as a name in addresses. Raises ValueError."""
    if _NOT_IN_SLUGS.search(text):
        raise ValueError("must hold no blanks and none of / ? # % \\")
    if text in (".", ".."):
        raise ValueError("must not be what a browser takes for another place")
    return unicodedata.normalize("NFC", text)


def slug_of(words: str) -> str:
    """A name in addresses that is made of words: their letters and digits in small, joined by hyphens."""
    kept = "".join(char if char.isalnum() else " " for char in unicodedata.normalize("NFC", words).lower())
    return "-".join(kept.split())[:_MADE_SLUG].strip("-") or "article"
