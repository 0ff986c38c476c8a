"""One page of a site is fetched: within bounds, and never from inside this network.

Belongs here: the connection and its limits. Does not belong here: whom it may go to (`outside/`), which pages are
wanted and where redirects lead (`crawling.py`): none is followed here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pycurl

from service.outside.door import Door, prepare, word_for

# In seconds, and in bytes of what is unpacked.
PATIENCE = 10.0
MOST_BYTES = 1024 * 1024
_AGENT = "munui (+articles)"
_MOST_HEADERS = 200


@dataclass(slots=True)
class Fetched:
    """What came of it. `error` says in a word why there is no body; `code` is None where there was no answer."""

    code: int | None = None
    error: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def media_type(self) -> str:
        """What kind of thing it is, in small letters, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def fetch(
    url: str, *, may_connect: Callable[[str], bool] | None, seconds: float = PATIENCE, most_bytes: int = MOST_BYTES
) -> Fetched:
    """Get `url`. Never raises for what the other side or the network does; None lets it go everywhere."""
    found = Fetched()
    door = Door(may_connect)
    curl = pycurl.Curl()
    parts: list[bytes] = []
    size = 0

    def add_header(line: bytes) -> None:
        if line.startswith(b"HTTP/"):
            found.headers.clear()
            return
        name, colon, value = line.decode("latin-1").partition(":")
        if colon and len(found.headers) < _MOST_HEADERS:
            found.headers.setdefault(name.strip().lower(), value.strip())

    def add_body(data: bytes) -> int:
        nonlocal size
        size += len(data)
        if size > most_bytes:
            found.error = "too_large"
            return 0
        parts.append(data)
        return len(data)

    try:
        prepare(curl, url, seconds)
        # What is packed counts as what it is unpacked.
        curl.setopt(pycurl.ACCEPT_ENCODING, "gzip, deflate")
        curl.setopt(pycurl.HTTPHEADER, [f"User-Agent: {_AGENT}", "Accept: text/html, application/xml;q=0.9, */*;q=0.1"])
        curl.setopt(pycurl.HEADERFUNCTION, add_header)
        curl.setopt(pycurl.WRITEFUNCTION, add_body)
        curl.setopt(pycurl.OPENSOCKETFUNCTION, door.open)
        curl.perform()
    except pycurl.error as failure:
        found.error = "private_address" if door.has_refused else found.error or word_for(failure)
    finally:
        found.code = curl.getinfo(pycurl.RESPONSE_CODE) or None
        curl.close()
        door.close()
    if found.code is None and found.error is None:
        found.error = "broken"
    found.body = b"" if found.error else b"".join(parts)
    return found
