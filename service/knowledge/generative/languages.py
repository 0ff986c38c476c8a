"""In which language something is written, as far as its letters tell.

Belongs here: letters. Does not belong here: what follows from a language (`checks.py`, `words.py`).
"""

from __future__ import annotations

from collections import Counter
from typing import Literal

from service.core.locale import Locale

Script = Literal["hangul", "kana", "han", "latin", "other"]

# A syllable of Hangul says about as much as two or three letters; and an answer may name things in Latin ones.
_WEIGHT: dict[Script, int] = {"hangul": 3, "kana": 3, "han": 2, "latin": 1, "other": 1}


def script_of(text: str) -> Script | None:
    """What most of `text` is written in; None where it has no letter."""
    found: Counter[Script] = Counter()
    for char in text:
        script = _script(char)
        if script is not None:
            found[script] += _WEIGHT[script]
    if found["kana"]:
        # Japanese is written with both.
        found["kana"] += found.pop("han", 0)
    return max(found, key=found.__getitem__, default=None)


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
