"""What a sentence must not change about its quote: numbers, codes, telephone numbers, addresses, whether it says no.

Belongs here: finding them. Does not belong here: what follows (`checks.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

# A word with a digit in it, and what is written together with it: 30,000 · 010-1234-5678 · E-4012 · 09:00. Letters of
# other alphabets too: some look like digits.
_LETTER = r"[a-z0-9\u00df-\u10ff]"
_TOKEN = re.compile(rf"{_LETTER}+(?:[-.,:/_+#@]{_LETTER}+)*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_MEASURE = re.compile(r"(\d+(?:[.,:]\d+)*)[a-z]{1,3}")
# What is counted stands right behind in Korean: 7일 is not 7시간.
_COUNTED = re.compile(r"(\d)\s?([가-힣])")
# Or what the sentence does with it, which may change.
_PARTICLES = frozenset("가고과까나는도든라로를며면부에예와은을의이인입")
_WORDS: tuple[tuple[str, str], ...] = (
    (r"하루", "1"), (r"이틀", "2"), (r"사흘", "3"), (r"나흘", "4"), (r"닷새", "5"), (r"엿새", "6"), (r"열흘", "10"),
    (r"보름", "15"), (r"일주일", "7"),
    *((f"{word}\\s?(?:번|개|명|시간|달|주|가지|시|장|권|살)", value) for word, value in (
        ("두", "2"), ("세", "3"), ("네", "4"), ("다섯", "5"), ("여섯", "6"), ("일곱", "7"), ("여덟", "8"),
        ("아홉", "9"), ("열", "10"), ("스무", "20"),
    )),
    *((rf"\b{word}\b", value) for word, value in (
        ("two", "2"), ("three", "3"), ("four", "4"), ("five", "5"), ("six", "6"), ("seven", "7"), ("eight", "8"),
        ("nine", "9"), ("ten", "10"), ("eleven", "11"), ("twelve", "12"), ("fifteen", "15"), ("twenty", "20"),
        ("thirty", "30"), ("sixty", "60"), ("ninety", "90"), ("hundred", "100"), ("twice", "2"),
    )),
)  # fmt: skip
_NUMBER_WORDS = tuple((re.compile(pattern), value) for pattern, value in _WORDS)
# Numbers in syllables: 삼십 일, 오만 원, and those of telephones, 공일공.
_SINO = re.compile(
    # 사원, 이번, 이 일 are words of their own.
    r"(?<![가-힣\d])(?<!\d\s)(?!이\s?[일주년월분초원회번배]|[일사오구][일주년월분초원회번배])([일이삼사오육칠팔구십백천만억]+(?:\s[일이삼사오육칠팔구십백천만억]+)*)"
    r"\s?(?:개월|시간|퍼센트|프로|달러|영업일|평일|[일주년월분초원회번배])(?![가-힣]*님)"
)
_SPOKEN = re.compile(r"(?<![가-힣])[공영일이삼사오육칠팔구]{3,}")
_SYLLABLES = {syllable: value for value, syllable in enumerate("영일이삼사오육칠팔구")} | {"공": 0}
_TENS = {"십": 10, "백": 100, "천": 1000}
_LARGE = {"만": 10**4, "억": 10**8}
# What is measured, in one word for both languages: a number keeps it.
_UNITS: tuple[tuple[str, str], ...] = (
    ("percent", r"%|퍼센트|프로(?![가-힣])|percent\b"),
    ("minute", r"분(?!의)|min(?:ute)?s?\b"), ("second", r"초|sec(?:ond)?s?\b"),
    ("hour", r"시간|h(?:ou)?rs?\b|h\b"), ("month", r"개월|달(?!러)|months?\b"),
    ("day", r"일(?![가-힣]*요일)|영업일|평일|(?:(?:business|working|calendar)[ -])?days?\b"),
    ("week", r"주(?![문소말])|weeks?\b"), ("year", r"년|years?\b"),
    ("won", r"원|won\b|krw\b"), ("dollar", r"달러|dollars?\b|usd\b"), ("euro", r"유로|euros?\b|eur\b|€"),
    ("yen", r"엔|yen\b|jpy\b"), ("ten thousand", r"만"), ("thousand", r"천|thousand\b"),
    ("million", r"백만|million\b"), ("hundred million", r"억"),
    ("kg", r"kg\b|킬로그램|킬로(?![가-힣])"), ("g", r"g\b|그램"), ("mg", r"mg\b"), ("km", r"km\b|킬로미터"),
    ("m", r"m\b|미터"), ("cm", r"cm\b|센티미터|센티"), ("mm", r"mm\b|밀리미터"), ("l", r"l\b|리터"),
    ("ml", r"ml\b|밀리리터"),
    ("kb", r"kb\b"), ("mb", r"mb\b"), ("gb", r"gb\b"), ("tb", r"tb\b"),
)  # fmt: skip
_UNIT_OF = re.compile(r"(\d+(?:\.\d+)?)[ -]?(?:" + "|".join(f"({unit})" for _, unit in _UNITS) + ")")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+|\bwww\.\S+|\bmailto:\S+|\b(?:javascript|data):\S+", re.IGNORECASE)
# In letters of any alphabet, as browsers take them; the last part in one that has names of that kind, or in Korean.
_LAST = r"(?:[a-z\u00df-\u10ff]{2,24}|xn--[a-z0-9-]+|한국|닷컴|닷넷)"
_NAME = re.compile(rf"(?<![a-z0-9@.-])(?:[\w-]+[.。])+{_LAST}(?![a-z0-9_-])(?:/[\x21-\x7e]*)?", re.IGNORECASE)
_MAIL = re.compile(
    r"[\w.+-]+@(?:[a-z0-9\u00df-\u10ff-]+|[가-힣]+(?=\.))(?:\.[a-z0-9\u00df-\u10ff-]+|\.한국)+", re.IGNORECASE
)
# A last part that is no domain's.
_FILES = frozenset(
    {"csv", "doc", "docx", "gif", "hwp", "jpeg", "jpg", "js", "pdf", "png", "ppt", "pptx", "txt", "xls", "xlsx", "zip"}
)
_ENDING = ".,;:!?)]}>'\"’”»」』*_~"
_PARTICLE = re.compile(r"[가-힣]{1,6}\Z")
_NO_KO = re.compile(
    r"않|없|못|아니|아닙|아닌|불가|금지|제외|거절|거부|말아|어려워|어렵습|어려울|어려우니|어려우며|힘들어|마세요|마십시오|(?<![가-힣])안\s?(?:돼|되|됩|된|해|하|받|갑|가|나|와|옵)"
)
_NO_EN = re.compile(
    r"\b(?:no|not|never|cannot|without|none|neither|nor|unable|unavailable|except|excluding|excluded"
    r"|impossible|prohibited|forbidden|ineligible|refused?|denied)\b|\bnon-?[a-z]{3}|n['’]t\b"
)


def figures(text: str) -> set[str]:
    """Numbers and codes, however their thousands are set off and whatever measure is written to them."""
    found = set()
    for token in _TOKEN.findall(_THOUSANDS.sub("", _plain(text))):
        if any(char.isdigit() for char in token):
            measure = _MEASURE.fullmatch(token)
            found.add(measure[1] if measure else token)
    return found


def counted(text: str) -> set[tuple[str, str]]:
    """Last digit and first syllable of what is counted in Korean."""
    return {found for found in _COUNTED.findall(_plain(text)) if found[1] not in _PARTICLES}


def number_words(text: str) -> set[str]:
    """The values of numbers that are written out."""
    plain = _plain(text)
    found = {value for pattern, value in _NUMBER_WORDS if pattern.search(plain)}
    found |= {str(_value(one)) for one in _SINO.findall(plain)}
    return found | {"".join(str(_SYLLABLES[one]) for one in run) for run in _SPOKEN.findall(plain)}


def measured(text: str) -> set[tuple[str, str]]:
    """Numbers with what they measure, where that is one of the usual things; alike in both languages."""
    plain = _THOUSANDS.sub("", _plain(text))
    return {
        (found[1], _UNITS[found.lastindex - 2][0]) for found in _UNIT_OF.finditer(plain) if found.lastindex is not None
    }


def addresses(text: str) -> list[str]:
    """Addresses of pages, with their scheme or without."""
    rest = _MAIL.sub(" ", unicodedata.normalize("NFKC", text))
    found = [_ended(one) for one in _ADDRESS.findall(rest)]
    names = [_ended(one) for one in _NAME.findall(_ADDRESS.sub(" ", rest))]
    return found + [one for one in names if one.partition("/")[0].rpartition(".")[2].lower() not in _FILES]


def mails(text: str) -> list[str]:
    """Addresses of mail."""
    return [one.rstrip(".") for one in _MAIL.findall(unicodedata.normalize("NFKC", text))]


def is_allowed(address: str, allowed: Iterable[str]) -> bool:
    """Whether an address is, or lies below, one of those that admins allow: a host, or an address with its path."""
    target = _parts(address)
    return target is not None and any(_covers(parts, target) for one in allowed if (parts := _parts(one)))


def says_no(text: str) -> bool:
    """Whether something is denied in `text`."""
    plain = _plain(text)
    return bool(_NO_KO.search(plain) or _NO_EN.search(plain))


def _value(syllables: str) -> int:
    """삼십오 is 35, 오만 is 50,000."""
    total = part = digit = 0
    for one in syllables:
        if one in _LARGE:
            total += (part + digit or 1) * _LARGE[one]
            part = digit = 0
        elif one in _TENS:
            part += (digit or 1) * _TENS[one]
            digit = 0
        else:
            digit = _SYLLABLES.get(one, digit)
    return total + part + digit


_Place = tuple[str, str, str]


def _parts(address: str) -> _Place | None:
    """Scheme (https where none is written), host with port, path."""
    text = address.strip()
    if "://" not in text:
        if text.partition(":")[0].lower() in ("javascript", "data", "mailto"):
            return None
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return None
    # A name before the host is not the host.
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password or "\\" in address:
        return None
    return parts.scheme, host if port is None else f"{host}:{port}", parts.path.rstrip("/")


def _covers(allowed: _Place, target: _Place) -> bool:
    scheme, host, path = allowed
    if ".." in target[2].split("/") or "%2e" in target[2].lower():
        return False
    # http may be what an admin wrote for https, never the reverse.
    is_same = (scheme, host) == target[:2] or (host == target[1] and target[0] == "https")
    return is_same and (target[2] == path or target[2].startswith(f"{path}/") or not path)


def _ended(address: str) -> str:
    """Without the marks after it, and without what Korean writes to it."""
    text = address.rstrip(_ENDING)
    bare = _PARTICLE.sub("", text)
    return (bare if bare and not bare.endswith("/") else text).rstrip(_ENDING)


def _plain(text: str) -> str:
    """Digits of any script as ours: ٣ is 3."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(one if one.isascii() else str(unicodedata.decimal(one, one)) for one in folded)
