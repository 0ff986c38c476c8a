"""What a text is found by: the twin of the database's function `bigrams`.

Belongs here: the same rules, for whoever has a text and no database at hand, and where in a text a token stands. Does
not belong here: what is found, and what it is worth. `tests/vectors/bigrams.json` feeds both, and a test gives both the
same chance texts.

Hangul, Han and Kana give pairs of neighbours, spaces left out; a letter without a neighbour stands for itself. All
else gives words and numbers: whole, in parts, and the parts of a code joined (`E-4012`: `e4012`, `e`, `4012`).
Telephone numbers are found as they are dialled here, and by their last four digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

# Of a longer text the beginning counts, in code points; and so much of a token.
LONGEST_TEXT = 20_000
LONGEST_TOKEN = 64

_NOTHING = re.compile(
    "[\u00ad\u0300-\u036f\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]"
)
# Not `str.lower`: what that says of rare letters is not what every Postgres says.
_SMALL = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÆÐØÞĐĦŁŊŒΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣςΤΥΦΧΨΩАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҐ",
    "abcdefghijklmnopqrstuvwxyzæðøþđħłŋœαβγδεζηθικλμνξοπρσστυφχψωабвгдежзийклмнопрстуфхцчшщъыьэюяђєѕіјљњћџґ",
)
_SPACE = r"[\t-\r\x1c-\x20\x85\u1680\u2028\u2029]"
_DENSE = (
    "[\u1100-\u119d\u119f-\u11ff\u3005-\u3007\u3041-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f"
    "\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_WORD = (
    "[a-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0370-\u10ff\u1200-\u1fff\u2c00-\u2dff\ua640-\ua95f\ua980-\uabff]+"
)
_JOINT = "[-_./:,@+#&'\u00b7\u2010-\u2015\u2019\u2212]"
_RUN = re.compile(f"{_DENSE}(?:{_SPACE}*{_DENSE})*")
_SPACES = re.compile(f"{_SPACE}+")
_CODE = re.compile(f"{_WORD}(?:{_JOINT}{_WORD})*")
_JOINTS = re.compile(_JOINT)
_PIECE = re.compile("[^" + _JOINT[1:-1] + "]+")
_PART = re.compile("[0-9]+|[^" + _JOINT[1:-1] + "0-9]+")
_NUMBER = re.compile("[0-9]+(?:[-. ()/\u00b7\u2010-\u2015\u2212]{1,2}[0-9]+)*")
_NO_DIGIT = re.compile("[^0-9]")
_PHONE = re.compile("(?:0|820?)([1-9][0-9]{7,9})")


class Place(NamedTuple):
    """Where a token stands in a text: code points from `start` to before `end`."""

    token: str
    start: int
    end: int


def bigrams(text: str | None) -> list[str]:
    """Each token of `text` once, in the order of code points; none of no text."""
    return sorted({place.token for place in _tokens(_folded((text or "")[:LONGEST_TEXT]))})


def places(text: str) -> Iterator[Place]:
    """Every token of `text` with its place in it."""
    starts, ends, parts = [], [], []
    for start, end in _clusters(text[:LONGEST_TEXT]):
        part = _folded_cluster(text[start:end])
        parts.append(part)
        starts += [start] * len(part)
        ends += [end] * len(part)
    for token, first, after in _tokens("".join(parts)):
        yield Place(token, starts[first], ends[after - 1])


def _folded(text: str) -> str:
    bare = _NOTHING.sub("", unicodedata.normalize("NFKD", text))
    return unicodedata.normalize("NFKC", bare).translate(_SMALL)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """What is folded together: a character, and what follows it that may become one with it."""
    start = 0
    for place in range(1, len(text)):
        if not _continues(text[place]):
            yield start, place
            start = place
    if text:
        yield start, len(text)


@lru_cache(maxsize=4096)
def _continues(character: str) -> bool:
    first = unicodedata.normalize("NFKD", character)[0]
    return unicodedata.combining(first) != 0 or "\u1160" <= first <= "\u11ff" or _NOTHING.match(first) is not None


_folded_cluster = lru_cache(maxsize=4096)(_folded)


def _tokens(text: str) -> Iterator[Place]:
    for place in chain(_pairs(text), _words(text), _phones(text)):
        yield place._replace(token=place.token[:LONGEST_TOKEN])


def _pairs(text: str) -> Iterator[Place]:
    for found in _RUN.finditer(text):
        letters = [place for place in range(found.start(), found.end()) if not _SPACES.match(text[place])]
        if len(letters) == 1:
            yield Place(text[letters[0]], letters[0], letters[0] + 1)
        for first, second in pairwise(letters):
            yield Place(text[first] + text[second], first, second + 1)


def _words(text: str) -> Iterator[Place]:
    for found in _CODE.finditer(text):
        yield Place(_JOINTS.sub("", found[0]), *found.span())
        for pattern in (_PIECE, _PART):
            yield from (Place(part[0], *part.span()) for part in pattern.finditer(text, *found.span()))


def _phones(text: str) -> Iterator[Place]:
    for found in _NUMBER.finditer(text):
        if phone := _PHONE.fullmatch(_NO_DIGIT.sub("", found[0])):
            yield Place(f"0{phone[1]}", *found.span())
            yield Place(phone[1][-4:], *found.span())
