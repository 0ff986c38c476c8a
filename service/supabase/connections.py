"""httpx's interface on libcurl's connections: what the Supabase clients send goes out here.

Belongs here: sending one request within its time, and what a failure is called. Does not belong here: keys and clients
(`clients.py`), what is asked (the actions of each feature).

httpx's own way costs half of the service's time in a turn, most of it for what these requests do not have: redirects,
cookies, authentication flows, proxies. libcurl keeps connections open, sees those that the other side has closed, and
holds one limit for all of a request, however slowly an answer drips.

A request whose connection was closed before a byte of its answer came is sent once more by libcurl. That is safe for
the functions of the database, which may all be called again. Other requests that change something get a connection of
their own, which libcurl does not do that on.
"""

from __future__ import annotations

import json
import os
import time
from collections import deque
from functools import lru_cache
from typing import Any

import certifi
import httpx
import pycurl
import structlog

from service.core.outgoing import deadline, upstream_calls

log = structlog.get_logger(__name__)

# Seconds after which an idle connection is not used again.
IDLE_SECONDS = 60
# In bytes. More than any answer that is meant: 200 messages, each as long as the database takes them.
LARGEST_ANSWER = 16 * 1024 * 1024
_ERRORS: dict[int, type[httpx.TransportError]] = {
    pycurl.E_OPERATION_TIMEDOUT: httpx.ReadTimeout,
    pycurl.E_COULDNT_RESOLVE_HOST: httpx.ConnectError,
    pycurl.E_COULDNT_CONNECT: httpx.ConnectError,
    pycurl.E_SSL_CONNECT_ERROR: httpx.ConnectError,
    pycurl.E_PEER_FAILED_VERIFICATION: httpx.ConnectError,
    pycurl.E_SEND_ERROR: httpx.WriteError,
    pycurl.E_RECV_ERROR: httpx.ReadError,
}


class AnswerTooLarge(httpx.TransportError):
    """An answer was longer than what is taken. What there was of it is dropped."""


class Connections(httpx.Client):
    """The connections of one process. Safe to use from several threads, not after a fork. Workers ask their model over
    some of their own, too.

    Nothing of one answer travels with the next request: no cookie is kept, no redirect followed, no proxy of the
    environment used.
    """

    def __init__(self, *, timeout: float, connect_timeout: float, largest: int | None = None) -> None:
        """`timeout` is for a whole request, `connect_timeout` for its connection, both in seconds; `largest` is what
        an answer may have, in bytes, by default LARGEST_ANSWER."""
        super().__init__(transport=_NoOtherWay())
        self._largest = largest
        self._seconds = timeout
        self._connect_seconds = connect_timeout
        # Where somebody runs Supabase behind a certificate of their own, they say so as for every OpenSSL program.
        self._authorities = os.environ.get("SSL_CERT_FILE") or certifi.where()
        # The last one used is taken first: its connection is the least likely to have been closed.
        self._idle: deque[pycurl.Curl] = deque()

    def request(self, method: str, url: httpx.URL | str, **options: Any) -> httpx.Response:
        """Send a request and read its answer. Takes httpx's `content`, `json`, `params`, `headers` and `timeout`.

        Raises httpx.TransportError where no whole answer came in time, AnswerTooLarge among them, and TypeError for
        what it does not take.
        """
        unknown = [name for name, value in options.items() if name not in _TAKEN and not _is_default(value)]
        if unknown:
            raise TypeError(f"{', '.join(unknown)} cannot be used here")
        headers, content = options.get("headers"), options.get("content")
        if options.get("json") is not None:
            content = json.dumps(options["json"], ensure_ascii=False, allow_nan=False).encode()
            headers = httpx.Headers(headers)
            headers.setdefault("Content-Type", "application/json")
        # The body goes to libcurl as it is.
        request = httpx.Request(method, _with_query(str(url), options.get("params")), headers=headers)
        timeout: Any = options.get("timeout")
        seconds = self._seconds if _is_default(timeout) else min(float(timeout), self._seconds)
        return self._perform(request, content, seconds)

    def close(self) -> None:
        """Close the connections that nobody uses at this moment."""
        super().close()
        while self._idle:
            self._idle.pop().close()

    def _perform(self, request: httpx.Request, content: bytes | None, seconds: float) -> httpx.Response:
        upstream_calls.set(upstream_calls.get() + 1)
        left = _left(seconds)
        if left <= 0:
            raise httpx.ConnectTimeout("No time is left for this request", request=request)
        answer = _Answer(LARGEST_ANSWER if self._largest is None else self._largest)
        curl = self._take()
        try:
            _prepare(curl, request, content, answer)
            curl.setopt(pycurl.CAINFO, self._authorities)
            # In milliseconds. 0 would mean for ever.
            curl.setopt(pycurl.TIMEOUT_MS, max(1, int(left * 1000)))
            curl.setopt(pycurl.CONNECTTIMEOUT_MS, max(1, int(min(left, self._connect_seconds) * 1000)))
            curl.perform()
            status = curl.getinfo(pycurl.RESPONSE_CODE)
        except pycurl.error as error:
            # Its message may name an address; its number does not.
            code = int(error.args[0])
            if answer.is_too_large:
                raise _too_large(request, answer.largest) from None
            raise _ERRORS.get(code, httpx.RemoteProtocolError)(f"libcurl {code}", request=request) from None
        finally:
            # Forgets the request, its keys and its answer; its connection stays.
            curl.reset()
            self._idle.append(curl)
        if status == httpx.codes.OK and not answer.size and request.method != "HEAD":
            # The clients take it for an empty list. Who has nothing to say says 204.
            raise httpx.RemoteProtocolError("The answer is empty", request=request)
        return httpx.Response(status, headers=answer.headers, content=b"".join(answer.body), request=request)

    def _take(self) -> pycurl.Curl:
        try:
            return self._idle.pop()
        except IndexError:
            return pycurl.Curl()


class _Answer:
    """What libcurl has read so far."""

    def __init__(self, largest: int) -> None:
        self.largest = largest
        self.headers: list[tuple[bytes, bytes]] = []
        self.body: list[bytes] = []
        self.size = 0

    @property
    def is_too_large(self) -> bool:
        """Whether there was more than is taken."""
        return self.size > self.largest

    def add_header(self, line: bytes) -> None:
        """Take a line of the head."""
        if line.startswith(b"HTTP/"):
            # Another one follows after a 100 Continue.
            self.headers.clear()
            return
        name, colon, value = line.partition(b":")
        if colon:
            self.headers.append((name.strip(), value.strip()))

    def add_body(self, data: bytes) -> int:
        """Take a piece of the body, or none where that would be too much: libcurl then hangs up."""
        self.size += len(data)
        if self.is_too_large:
            self.body.clear()
            return 0
        self.body.append(data)
        return len(data)


class _NoOtherWay(httpx.BaseTransport):
    """httpx's own way, which is not taken: it would not know the time that is left."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.UnsupportedProtocol("Only request() and what calls it can be used here", request=request)


def _too_large(request: httpx.Request, largest: int) -> AnswerTooLarge:
    log.error("upstream_answer_too_large", asked=_service_of(request), largest=largest)
    return AnswerTooLarge("The answer is too large", request=request)


def _service_of(request: httpx.Request) -> str:
    """What was asked, without the ids that may stand in a path: a function, a table, Supabase Auth, or a model."""
    path = request.url.path
    if path.startswith("/rest/v1/"):
        return path.removeprefix("/rest/v1/")
    return "model" if path.endswith("/chat/completions") else "auth"


def _left(seconds: float) -> float:
    until = deadline.get()
    return seconds if until is None else min(seconds, until - time.monotonic())


def _prepare(curl: pycurl.Curl, request: httpx.Request, content: bytes | None, answer: _Answer) -> None:
    curl.setopt(pycurl.URL, str(request.url))
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.NOPROXY, "*")
    # HTTP/1.1: with HTTP/2 requests are lost when the server says GOAWAY.
    curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    curl.setopt(pycurl.MAXAGE_CONN, IDLE_SECONDS)
    curl.setopt(pycurl.USERAGENT, "munui")
    if content is not None or request.method in _WITH_BODY:
        curl.setopt(pycurl.POSTFIELDS, content or b"")
    elif request.method == "HEAD":
        curl.setopt(pycurl.NOBODY, 1)
    if request.method in _WITH_BODY and _REPEATABLE not in request.url.path:
        curl.setopt(pycurl.FRESH_CONNECT, 1)
    curl.setopt(pycurl.CUSTOMREQUEST, request.method)
    curl.setopt(pycurl.HTTPHEADER, _header_lines(request))
    curl.setopt(pycurl.HEADERFUNCTION, answer.add_header)
    curl.setopt(pycurl.WRITEFUNCTION, answer.add_body)


def _header_lines(request: httpx.Request) -> list[bytes]:
    # A header without a value is written with a semicolon to libcurl.
    lines = [
        b"%b: %b" % (name, value) if value else b"%b;" % name
        for name, value in request.headers.raw
        if name.lower() not in _LIBCURLS_OWN
    ]
    if any(b"\r" in line or b"\n" in line for line in lines):
        raise httpx.LocalProtocolError("A header must be one line", request=request)
    # A large body is not held back to ask whether it is welcome.
    return [*lines, b"Expect:"]


_LIBCURLS_OWN = frozenset({b"host", b"content-length", b"connection", b"accept-encoding"})
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_REPEATABLE = "/rest/v1/rpc/"
_TAKEN = frozenset({"content", "json", "params", "headers", "timeout"})


def _is_default(value: object) -> bool:
    """Whether an option says nothing. httpx says "the client's own" by an object of its own."""
    return value is None or value is httpx.USE_CLIENT_DEFAULT


def _with_query(url: str, params: httpx.QueryParams | None) -> httpx.URL:
    parsed = _parsed(url)
    return parsed.copy_merge_params(params) if params else parsed


@lru_cache(maxsize=128)
def _parsed(url: str) -> httpx.URL:
    return httpx.URL(url)
