"""Words that nobody else writes, for what is looked up, asked, sorted or shown. No assertions.

Letters alone, and none that a word could be made of: a piece of an id may look like a number of a telephone, which is
not kept, like one that a search reads in its own way (`5e204930`), or like a word that has endings.
"""

from __future__ import annotations

import random

_LATIN = "bcdfghjklmnpqrtv"
# In words that people write there are none of these.
_KOREAN = "뷁쉙꿻뛟쀍쏋쮁튃풟훓"
# Beside the seed that a plugin may set: what is made in the next process or run is another one.
_chance = random.SystemRandom()


def a_word() -> str:
    """Eight small Latin letters."""
    return "".join(_chance.choices(_LATIN, k=8))


def a_korean_word() -> str:
    """Eight syllables of Hangul."""
    return "".join(_chance.choices(_KOREAN, k=8))
