"""One attempt: a body is posted to a webhook, and what came of it.

Belongs here: the connection and its limits. Does not belong here: whom it may go to (`outside/`), what is sent and how
it is signed (`body.py`), when it is tried again (`work.py`).

One limit for all of an attempt, from the name to the last byte, which no read that drips can stretch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pycurl

from service.outside.addresses import is_public
from service.outside.door import Door, prepare, word_for

# In seconds.
PATIENCE = 15.0
LONGEST_WAIT = 24 * 3600.0
# In bytes, of an answer's body.
KEPT = 1024


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of it. `code` is None where there was no answer, and then `error` says why in a word.

    `answer` is the beginning of what was answered, `wait` the seconds that the other side asks for.
    """

    code: int | None
    error: str | None
    milliseconds: int
    answer: str | None = None
    wait: float | None = None

    @property
    def is_success(self) -> bool:
        """Whether the other side has it."""
        return self.code is not None and 200 <= self.code < 300

    @property
    def is_gone(self) -> bool:
        """Whether the other side wants nothing any more."""
        return self.code == 410


def post(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    allows_private: bool,
    seconds: float = PATIENCE,
    may_connect: Callable[[str], bool] = is_public,
) -> Attempt:
    """Send `body`. Never raises for what the other side or the network does."""
    answer = _Answer()
    door = Door(None if allows_private else may_connect)
    curl = pycurl.Curl()
    began = time.monotonic()
    code, error = None, None
    try:
        _prepare(curl, url, headers, body, seconds)
        curl.setopt(pycurl.HEADERFUNCTION, answer.add_header)
        curl.setopt(pycurl.WRITEFUNCTION, answer.add_body)
        curl.setopt(pycurl.OPENSOCKETFUNCTION, door.open)
        curl.perform()
    except pycurl.error as failure:
        # Enough was read of its answer.
        if not answer.is_full:
            error = word_for(failure)
    finally:
        if error is None:
            code = curl.getinfo(pycurl.RESPONSE_CODE) or None
        curl.close()
        door.close()
    if error is not None and door.has_refused:
        error = "private_address"
    if code is None and error is None:
        error = "broken"
    milliseconds = round((time.monotonic() - began) * 1000)
    return Attempt(code, error, milliseconds, answer.text if code else None, answer.wait if code else None)


class _Answer:
    """The beginning of an answer."""

    def __init__(self) -> None:
        self._body = b""
        self._headers: dict[bytes, bytes] = {}
        self.is_full = False

    def add_header(self, line: bytes) -> None:
        """Take a line of the head."""
        if line.startswith(b"HTTP/"):
            # Another one follows after a 100 Continue.
            self._headers.clear()
            return
        name, colon, value = line.partition(b":")
        if colon and name.lower() == b"retry-after":
            self._headers[b"retry-after"] = value.strip()

    def add_body(self, data: bytes) -> int:
        """Take a piece of the body; libcurl hangs up where it is enough."""
        self._body = (self._body + data)[:KEPT]
        self.is_full = len(self._body) == KEPT
        return 0 if self.is_full else len(data)

    @property
    def text(self) -> str:
        """What there is of the body, as the database can hold it."""
        return self._body.decode("utf-8", "replace").replace("\x00", "\ufffd")

    @property
    def wait(self) -> float | None:
        """The seconds of Retry-After, a day at most."""
        text = self._headers.get(b"retry-after", b"").decode("latin-1")
        if text.isascii() and text.isdigit():
            seconds = float(text[:10])
        else:
            try:
                seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
            except (ValueError, TypeError, IndexError, OverflowError):
                return None
        return min(max(seconds, 0.0), LONGEST_WAIT)


def _prepare(curl: pycurl.Curl, url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> None:
    prepare(curl, url, seconds)
    # Nothing is asked for or unpacked: a small answer stays a small one.
    curl.setopt(pycurl.ACCEPT_ENCODING, None)
    curl.setopt(pycurl.POSTFIELDS, body)
    # A large body is not held back to ask whether it is welcome.
    lines = [f"{name}: {value}" for name, value in headers.items()]
    curl.setopt(pycurl.HTTPHEADER, [*lines, "User-Agent: munui", "Accept:", "Expect:"])
