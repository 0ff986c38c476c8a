"""In which language something is written, as far as its letters tell.

Belongs here: letters. Does not belong here: what follows from a language (`checks.py`, `words.py`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Literal

from service.core.locale import Locale

Script = Literal["hangul", "kana", "han", "latin", "other"]

_ORDER: tuple[Script, ...] = ("hangul", "kana", "han", "other", "latin")
# Addresses, codes and marks are in no language.
_NO_WORD = re.compile(r"[<>/=@\\{}_\d]")
# So much of a text in Hangul, and it is Korean: names and products stand in Latin letters in it.
_LEAST_KOREAN = 0.3


def script_of(text: str) -> Script | None:
    """What `text` is written in, word by word; None where it has no letter."""
    words = text.split()
    found = _scripts(word for word in words if not _NO_WORD.search(word)) or _scripts(words)
    if not found:
        return None
    if found["hangul"] >= _LEAST_KOREAN * found.total():
        return "hangul"
    if found["kana"]:
        # Japanese is written with both, and with few spaces.
        return "kana"
    return max(found, key=found.__getitem__)


def _scripts(words: Iterable[str]) -> Counter[Script]:
    """How many words there are in each; one with several counts as the one that is rarer beside others."""
    found: Counter[Script] = Counter()
    for word in words:
        scripts = {_script(char) for char in word}
        if here := next((one for one in _ORDER if one in scripts), None):
            found[here] += 1
    return found


def locale_of(text: str, otherwise: Locale) -> Locale:
    """Which of our languages somebody who writes `text` is answered in."""
    match script_of(text):
        case "hangul":
            return "ko"
        case None:
            return otherwise
        case _:
            return "en"


def _script(char: str) -> Script | None:
    if not char.isalpha():
        return None
    code = ord(char)
    if 0xAC00 <= code <= 0xD7A3 or 0x1100 <= code <= 0x11FF or 0x3130 <= code <= 0x318F:
        return "hangul"
    if 0x3040 <= code <= 0x30FF:
        return "kana"
    if 0x3400 <= code <= 0x9FFF:
        return "han"
    return "latin" if code <= 0x024F else "other"
