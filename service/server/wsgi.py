"""Flask behind an event loop: a request gets a thread when all of it is there, and keeps none while its answer is read.

Belongs here: from ASGI to WSGI and back, and how many requests are worked on at once. Does not belong here: connections
(`line.py`), what is asked (the app).

A thread makes an answer, or a piece of one that is streamed. The loop sends it, and asks for the next piece when the
client has taken this one. a2wsgi and asgiref do this too, but they wait for clients in a thread, let any number of
requests queue for one, and go back and forth between thread and loop for each part of an answer.
"""

from __future__ import annotations

import asyncio
import contextvars
import io
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from service.core.errors import MunuiError, UpstreamUnavailable
from service.http.kept_open import KEPT_OPEN, KeptOpen
from service.http.observe import ARRIVED
from service.server.callers import Callers, Turnstile
from service.server.line import KIB, LINES, Line

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApplication = Callable[[Scope, Receive, Send], Awaitable[None]]
Refuse = Callable[[MunuiError, Send], Awaitable[None]]

# In bytes. No body that the app takes is longer; of one that is, the beginning is enough for its refusal.
LONGEST_BODY = 320 * KIB
# How much of an answer a client must take at once, in bytes: within `line.PATIENCE` seconds.
PIECE = 64 * KIB
# Names under which WSGI knows a header; for the others, HTTP_ stands in front.
_PLAIN = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})


class Threads:
    """A WSGI app on `threads` threads. Before them `queue` requests may wait; what is too much goes to `refuse`."""

    def __init__(self, app: WSGIApplication, *, threads: int, queue: int, callers: Callers, refuse: Refuse) -> None:
        self._app = app
        self._callers = callers
        self._refuse = refuse
        self._pool = ThreadPoolExecutor(threads, "request")
        self._room = threads + queue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        line: Line = scope["state"]["line"]
        line.begin()
        try:
            kept_open = await self._ask(scope, receive, line, send)
            if kept_open is not None:
                await self._go_on(kept_open, line, send)
        finally:
            line.done()

    async def _ask(self, scope: Scope, receive: Receive, line: Line, send: Send) -> KeptOpen | None:
        """Answer with what the app says; what goes on after it, if anything does."""
        environ = await _environ(scope, receive, line)
        if environ is None:
            return None
        with ExitStack() as kept:
            try:
                turnstile = kept.enter_context(self._place(environ))
            except MunuiError as error:
                await self._refuse(error, send)
                return None
            answer = await self._answer(environ, turnstile, line, send)
        what: KeptOpen | None = environ[KEPT_OPEN]
        if what is not None and not answer.stays_open:
            await self._close(what)
            return None
        return what

    async def _go_on(self, what: KeptOpen, line: Line, send: Send) -> None:
        """Keep an answer open, without a thread."""

        async def write(data: bytes) -> None:
            line.wait()
            await send({"type": "http.response.body", "body": data, "more_body": True})
            line.read()

        try:
            line.keep_open(what.end)
            await what.run(write)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            await self._close(what)

    async def _close(self, what: KeptOpen) -> None:
        await asyncio.get_running_loop().run_in_executor(self._pool, what.close)

    def _place(self, environ: WSGIEnvironment) -> AbstractContextManager[Turnstile]:
        """A place for a request. Raises UpstreamUnavailable where there is none, RateLimited for its caller."""
        if self._room <= 0:
            raise UpstreamUnavailable
        return self._callers.one(environ)

    async def _answer(self, environ: WSGIEnvironment, turnstile: Turnstile, line: Line, send: Send) -> _Answer:
        # One for all of a request, so that what the app sets at its beginning is still there at its end.
        context = contextvars.copy_context()
        answer = _Answer(self._app, environ)
        await self._in_a_thread(turnstile, context, answer.begin)
        try:
            line.wait()
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            while not answer.stays_open and await _deliver(answer, line, send):
                line.work()
                await self._in_a_thread(turnstile, context, answer.go_on)
                line.wait()
        finally:
            if not answer.is_whole:
                await self._in_a_thread(turnstile, context, answer.close)
        return answer

    async def _in_a_thread(self, turnstile: Turnstile, context: contextvars.Context, work: Callable[[], None]) -> None:
        self._room -= 1
        try:
            async with turnstile:
                await asyncio.get_running_loop().run_in_executor(self._pool, context.run, work)
        finally:
            self._room += 1


class _Answer:
    """What an app answers, as far as it has been made. All of its work is for a thread."""

    def __init__(self, app: WSGIApplication, environ: WSGIEnvironment) -> None:
        self._app, self._environ = app, environ
        self._parts: Iterable[bytes] = ()
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        # The next piece, and whether it is the last one.
        self.data = b""
        self.is_whole = False

    @property
    def stays_open(self) -> bool:
        """Whether something goes on after its head. After the head of an error nothing does."""
        return self.status == 200 and self._environ[KEPT_OPEN] is not None

    def begin(self) -> None:
        """Ask the app, and make the first piece."""
        self._parts = self._app(self._environ, self._start)
        self._rest = iter(self._parts)
        self.go_on()

    def go_on(self) -> None:
        """Make the next piece."""
        made, size = [], 0
        for part in self._rest:
            made.append(part)
            size += len(part)
            if size >= PIECE:
                break
        else:
            self.close()
        self.data = made[0] if len(made) == 1 else b"".join(made)

    def close(self) -> None:
        """End it: it is whole, or nobody wants the rest."""
        self.is_whole = True
        getattr(self._parts, "close", lambda: None)()

    def _start(self, status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
        self.status = int(status[:3])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        if self._environ["wsgi.input"].is_late or LINES.stopping.is_set() or self.stays_open:
            # The rest of a body is no request, a worker that stops takes no other, and after a stream comes nothing.
            self.headers.append((b"connection", b"close"))
        return self._refuse_to_write

    @staticmethod
    def _refuse_to_write(_data: bytes) -> None:
        raise NotImplementedError("An app answers with what it returns")


class _Body(io.BytesIO):
    """What has arrived of a body."""

    def __init__(self, data: bytes, *, is_late: bool) -> None:
        super().__init__(data)
        self.is_late = is_late


async def _deliver(answer: _Answer, line: Line, send: Send) -> bool:
    """Send what there is of an answer; whether more is wanted."""
    data, sent = answer.data, 0
    while len(data) - sent > PIECE:
        LINES.hold(line, len(data) - sent)
        # It waits until the piece before is taken. For each there is as much time.
        await send({"type": "http.response.body", "body": data[sent : sent + PIECE], "more_body": True})
        line.wait()
        sent += PIECE
    await send({"type": "http.response.body", "body": data[sent:], "more_body": not answer.is_whole})
    return not answer.is_whole and not line.transport.is_closing()


async def _environ(scope: Scope, receive: Receive, line: Line) -> WSGIEnvironment | None:
    """A request as WSGI says it, when it is there or its client has taken too long; None where the client has left."""
    environ = _headers(scope)
    said = environ.get("CONTENT_LENGTH")
    is_wanted = said is None or int(said) <= LONGEST_BODY
    data, is_late = await _body(receive, line) if is_wanted else (b"", False)
    if data is None:
        return None
    is_whole = is_wanted and not is_late and len(data) <= LONGEST_BODY
    line.work(is_whole=is_whole)
    if environ.pop("HTTP_TRANSFER_ENCODING", None) is not None:
        # The chunks have been put together. A body that has no end is longer than what there is of it.
        environ["CONTENT_LENGTH"] = str(len(data) + (not is_whole))
    host, port = scope["server"] or ("", None)
    client = scope["client"] or ("", None)
    return environ | {
        "REQUEST_METHOD": scope["method"],
        # What we are mounted at is nobody's to say.
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": _Body(data, is_late=is_late),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        ARRIVED: time.monotonic(),
        KEPT_OPEN: None,
    }


def _headers(scope: Scope) -> WSGIEnvironment:
    """A request's headers under the names that WSGI has for them.

    A name with an underscore is left out: it would be taken for the one with a hyphen, which a proxy may have set.
    """
    environ: WSGIEnvironment = {}
    for name, value in scope["headers"]:
        if b"_" in name:
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in _PLAIN else f"HTTP_{key}"
        text = value.decode("latin-1")
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{text}" if key in environ else text
    return environ


async def _body(receive: Receive, line: Line) -> tuple[bytes | None, bool]:
    """A body, as far as it is of use, and whether its client took too long; None where the client has left."""
    body = bytearray()
    try:
        async with asyncio.timeout(None) as line.body:
            while len(body) <= LONGEST_BODY:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None, False
                body += message["body"]
                if not message["more_body"]:
                    break
                LINES.hold(line, len(body))
    except TimeoutError:
        return bytes(body), True
    finally:
        line.body = None
    return bytes(body), False
