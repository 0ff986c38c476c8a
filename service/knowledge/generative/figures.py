"""What a sentence must not change about its quote: numbers, codes, telephone numbers, addresses, whether it says no.

Belongs here: finding them. Does not belong here: what follows (`checks.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

# A word with a digit in it, and what is written together with it: 30,000 · 010-1234-5678 · E-4012 · 09:00.
_TOKEN = re.compile(r"[a-z0-9]+(?:[-.,:/_+#@][a-z0-9]+)*")
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
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+|\bwww\.\S+|\bmailto:\S+|\b(?:javascript|data):\S+", re.IGNORECASE)
_NAME = re.compile(r"(?<![\w@.-])(?:[a-z0-9-]+\.)+[a-z]{2,24}(?![\w-])(?:/[\x21-\x7e]*)?", re.IGNORECASE | re.ASCII)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
# A last part that is no domain's.
_FILES = frozenset(
    {"csv", "doc", "docx", "gif", "hwp", "jpeg", "jpg", "js", "pdf", "png", "ppt", "pptx", "txt", "xls", "xlsx", "zip"}
)
_ENDING = ".,;:!?)]}>'\"’”»」』*_~"
_PARTICLE = re.compile(r"[가-힣]{1,6}\Z")
_NO_KO = re.compile(
    r"않|없|못|아니|아닙|아닌|불가|금지|제외|말아|마세요|마십시오|(?<![가-힣])안\s?(?:돼|되|됩|된|해|하|받|갑|가|나|와|옵)"
)
_NO_EN = re.compile(
    r"\b(?:no|not|never|cannot|without|none|neither|nor|unable|unavailable|except|excluding|excluded)\b|n['’]t\b"
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
    return {value for pattern, value in _NUMBER_WORDS if pattern.search(plain)}


def addresses(text: str) -> list[str]:
    """Addresses of pages, with their scheme or without."""
    rest = _MAIL.sub(" ", text)
    found = [_ended(one) for one in _ADDRESS.findall(rest)]
    names = [_ended(one) for one in _NAME.findall(_ADDRESS.sub(" ", rest))]
    return found + [one for one in names if one.partition("/")[0].rpartition(".")[2].lower() not in _FILES]


def mails(text: str) -> list[str]:
    """Addresses of mail."""
    return [one.rstrip(".") for one in _MAIL.findall(text)]


def is_allowed(address: str, allowed: Iterable[str]) -> bool:
    """Whether an address is, or lies below, one of those that admins allow: a host, or an address with its path."""
    target = _parts(address)
    return target is not None and any(_covers(parts, target) for one in allowed if (parts := _parts(one)))


def says_no(text: str) -> bool:
    """Whether something is denied in `text`."""
    plain = _plain(text)
    return bool(_NO_KO.search(plain) or _NO_EN.search(plain))


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
    return unicodedata.normalize("NFKC", text).casefold()
