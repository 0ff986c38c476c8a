"""Which characters show nothing: the one list, for whoever asks whether a text says anything.

Belongs here: the list. Does not belong here: trimming and limits (`text.py`).

It holds white space, controls, joiners and direction marks, fillers, variation selectors, tags and the empty Braille
cell: what Unicode calls White_Space, Default_Ignorable_Code_Point, Cc and Cf, without the format characters that are
drawn (the Arabic, Syriac and Kaithi signs that stand before a number or a word), and with two that are letters by name
and empty by sight. Two more places need it and cannot read this one: the page's composer, which sends before it knows
any flow (`static/munui/blank.js`), and the CHECK `chat_messages_user_visible`. `tests/unit/test_text.py` and
`tests/db/test_text_rules.py` hold them to this list.
"""

from __future__ import annotations

import re

RANGES: tuple[tuple[int, int], ...] = (
    (0x0000, 0x0020), (0x007F, 0x00A0), (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160),
    (0x1680, 0x1680), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x206F),
    (0x2800, 0x2800), (0x3000, 0x3000), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB), (0x13430, 0x1343F), (0x1BCA0, 0x1BCA3), (0x1D159, 0x1D159), (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)  # fmt: skip

# In a class of a regular expression, of Python and of JavaScript alike: without what is past \uFFFF.
BLANK_CLASS = "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in RANGES if last <= 0xFFFF)

_VISIBLE = re.compile("[^" + "".join(f"{chr(first)}-{chr(last)}" for first, last in RANGES) + "]")


def is_blank(text: str) -> bool:
    """Whether `text` shows nothing at all."""
    return _VISIBLE.search(text) is None
