"""Who may be reached: addresses of the internet, never this machine, its network or its cloud.

Belongs here: which addresses are refused, and the form of a URL that somebody gives. Does not belong here: connecting
(`door.py`), which asks `is_public` of each address that it connects to. That is what holds: a name that is looked up
here may stand for another address by then.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import idna

from service.core.errors import FieldError, Invalid

LONGEST_URL = 2048
# Seconds after which a name that is not found counts as one that will be.
LOOK_UP_SECONDS = 2.0
# What Python takes for addresses of the internet and is none: protocol assignments, relays of 6to4.
_REFUSED_4 = tuple(map(ipaddress.IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")))
# Whatever is outside is no address of the internet: among others what stands for one of IPv4 (mapped, NAT64).
_INTERNET_6 = ipaddress.IPv6Network("2000::/3")
# Inside of it: protocols (Teredo among them), 6to4, which stand for an address of IPv4, and documentation.
_REFUSED_6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2002::/16", "2001:db8::/32", "3fff::/20")))
# An underscore is in no name of the rules, and in many that exist.
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}")
_URL_MARKS = "!$&'()*+,;=:@/%-._~"


def is_public(address: str) -> bool:
    """Whether this address of IPv4 or IPv6 is one of the internet, as a number and nothing else."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return found.is_global and not found.is_multicast and not any(found in one for one in _REFUSED_4)
    return found in _INTERNET_6 and not any(found in one for one in _REFUSED_6)


def checked_url(url: str, *, allows_private: bool) -> str:
    """`url` as it is kept: without what may stand in it by habit, its host in ASCII. Raises Invalid."""
    parts = _split(url)
    try:
        host = _ascii_host(parts.hostname or "")
        port = parts.port
    except ValueError:
        raise _fault("must name a host") from None
    if not allows_private:
        _refuse_private(host, port or {"http": 80, "https": 443}[parts.scheme])
    place = f"[{host}]" if ":" in host else host
    path, query = quote(parts.path or "/", _URL_MARKS), quote(parts.query, _URL_MARKS + "?[]")
    kept = urlunsplit((parts.scheme, place if port is None else f"{place}:{port}", path, query, ""))
    if len(kept) > LONGEST_URL:
        raise _fault(f"must have at most {LONGEST_URL} characters")
    return kept


def _split(url: str) -> SplitResult:
    text = url.strip()
    if any(char <= " " or char in "\\\x7f" for char in text):
        raise _fault("must be one address without blanks")
    try:
        parts = urlsplit(text)
    except ValueError:
        raise _fault("must be an address") from None
    if parts.scheme not in ("http", "https"):
        raise _fault("must begin with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise _fault("must hold no user name or password")
    return parts


def _ascii_host(host: str) -> str:
    """A host as it is looked up. Raises ValueError."""
    if ":" in host:
        if "%" in host:
            raise ValueError("a zone is this machine's")
        return str(ipaddress.IPv6Address(host))
    name = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    # With the dot of the root it is the same name, and an address with one would be looked up as a name.
    name = name.lower().removesuffix(".")
    if len(name) > 253 or not _HOST.fullmatch(name):
        raise ValueError("host")
    return name


def _refuse_private(host: str, port: int) -> None:
    found = [host] if ":" in host else _look_up(host, port)
    if any(not is_public(address) for address in found):
        raise _fault("must not lead into a private network")


def _look_up(host: str, port: int) -> list[str]:
    """The addresses of a host at this moment; none where it is not found. Also understands 127.1 and 0x7f000001."""
    found: list[str] = []

    def ask() -> None:
        try:
            found.extend(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            return

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    # It knows no limit of its own.
    asking.join(LOOK_UP_SECONDS)
    return found[:]


def _fault(message: str) -> Invalid:
    return Invalid(errors=[FieldError("url", message)])
