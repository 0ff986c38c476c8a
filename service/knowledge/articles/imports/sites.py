"""Addresses of a site, and what is read of its answers besides pages: letters and sitemaps. Pure."""

from __future__ import annotations

import codecs
import re
from html import unescape
from urllib.parse import SplitResult, urldefrag, urlsplit, urlunsplit

from service.core.errors import Invalid
from service.outside.addresses import checked_url

_MOST_LOCATIONS = 5000
# What others write is read in one pass: nothing here is tried in two ways at the same place.
_LOCATION = re.compile(r"<(?:\w+:)?loc>(?:\s*+<!\[CDATA\[)?+([^<\]]{1,4096}+)(?:\]\]>\s*+)?+</", re.IGNORECASE)
_CHARSET = r"charset\s{0,9}=[\s\"']{0,9}([\w.:-]{1,40})"
_SAID = re.compile(_CHARSET, re.IGNORECASE)
_DECLARED = re.compile(rb"<meta[^>]{0,200}?" + _CHARSET.encode(), re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
_TEXT_CODECS = frozenset({"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp949"})
_FILES = re.compile(
    r"\.(?:png|jpe?g|gif|webp|svg|ico|pdf|zip|gz|mp[34]|webm|avi|mov|docx?|xlsx?|pptx?|hwpx?|css|js|json|woff2?|exe|dmg)$",
    re.IGNORECASE,
)


def normal(url: str) -> str | None:
    """An address as it is known again, without its fragment; None where it is none that is fetched."""
    try:
        kept = checked_url(urldefrag(url).url, allows_private=True)
    except Invalid:
        return None
    parts = urlsplit(kept)
    place = parts.netloc
    if parts.port == _PORTS[parts.scheme]:
        place = place.rpartition(":")[0]
    return urlunsplit((parts.scheme, place, parts.path or "/", parts.query, ""))


def is_same_site(url: str, begin: str) -> bool:
    """Whether an address is of the host that an import began with. From http to https it is the same."""
    return _site(urlsplit(url)) == _site(urlsplit(begin))


def robots_url(url: str) -> str:
    """Where a site's robots.txt is."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", ""))


def is_file(url: str) -> bool:
    """Whether an address looks like one of something else than a page."""
    return _FILES.search(urlsplit(url).path) is not None


def slug_words(url: str) -> str:
    """The last part of an address, for its name here; nothing where it is the first page."""
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    return re.sub(r"\.\w{1,5}$", "", last)


def locations(text: str) -> list[str] | None:
    """The addresses of a sitemap, or of an index of them; None where it is neither."""
    if not re.search(r"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]", text[:4096], re.IGNORECASE):
        return None
    # No parser of XML: there is nothing in it that could be expanded.
    return [unescape(found[1]).strip() for found in _LOCATION.finditer(text)][:_MOST_LOCATIONS]


def text_of_page(body: bytes, content_type: str) -> str:
    """What the bytes of a page say, as its answer or it itself says how to read them."""
    named = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", content_type, re.IGNORECASE)
    declared = _DECLARED.search(body[:4096])
    for name in (named and named[1], declared and declared[1].decode("ascii", "replace")):
        codec = _codec(name or "")
        if codec is not None:
            return body.decode(codec, "replace").replace("\x00", "\ufffd")
    return body.decode("utf-8", "replace").replace("\x00", "\ufffd")


def _codec(name: str) -> str | None:
    """The codec of a name that a page gives; None where it is none of texts."""
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    # What is called EUC-KR is CP949 nearly always, and that holds all of it.
    known = {"euc_kr": "cp949", "ascii": "utf-8"}.get(known, known)
    # Not whatever Python knows: some of its codecs unpack.
    return known if known in _TEXT_CODECS or known.startswith(("iso8859", "cp125")) else None


def _site(parts: SplitResult) -> tuple[str, int | None]:
    port = parts.port or _PORTS.get(parts.scheme)
    return (parts.hostname or ""), (None if port in _PORTS.values() else port)
