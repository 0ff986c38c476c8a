"""A client's connection as the service sees it: how long it may take, and how much memory it may hold.

Belongs here: what a client that is slow, silent or too many costs, and its end. Does not belong here: HTTP, which the
server reads and writes (uvicorn, llhttp); what a request means.

A connection is given to the app with each request (`scope["state"]["line"]`). It waits for its client until the app
says that a request is whole (`work`), and again once that is answered (`wait`). All waiting connections stand in one
list, the one that waits longest first; nobody waits longer than PATIENCE, and where there are too many the first goes.
"""

from __future__ import annotations

import asyncio
import math
import resource
import socket
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KIB = 1024
# Seconds for a request to arrive whole. Its answer has as long again (REQUEST_BUDGET).
PATIENCE = 10.0
# Seconds that are left to a request that is arriving when the worker stops.
LAST_PATIENCE = 2.0
# In bytes.
LONGEST_HEAD = 64 * KIB
# Of a body that nobody wants: so much is let by, for its sender reads the answer only when all is sent.
LONGEST_REST = 1024 * KIB
# What all clients together may hold, in bytes: bodies that are arriving, answers that nobody has read yet.
MOST_HELD = 64 * KIB * KIB
# Of an answer that stays open: what is written and not sent, before its writer waits.
MOST_UNSENT = 4 * KIB
# How many connections may wait for their clients, how many answers may stay open, and the files that a worker wants for
# both and for everything else.
MOST_WAITING = 1000
MOST_OPEN = 2000
OTHER_FILES = 256
FILES = MOST_WAITING + MOST_OPEN + OTHER_FILES

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Lines:
    """All connections of a process."""

    def __init__(self) -> None:
        # Both in order of time. A line that holds bytes may wait for its client or be answered.
        self.waiting: dict[Line, None] = {}
        self._holding: dict[Line, int] = {}
        self._by_host: Counter[str] = Counter()
        self._held = 0
        # Answers that stay open, and how many of these and of waiting lines there may be together.
        self._open = 0
        self._room = MOST_WAITING + MOST_OPEN
        self._sweeper: asyncio.TimerHandle | None = None
        # Set when the process is to end: who keeps a connection open for long looks at it.
        self.stopping = asyncio.Event()

    def take_files(self) -> None:
        """Have as many files as connections need, or no more connections than there are files for."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if 0 <= soft < FILES:
            soft = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            self._room = max(2, soft - OTHER_FILES)

    def wait(self, line: Line) -> None:
        """Have a line wait for its client; the one that has waited longest makes room."""
        self.waiting[line] = None
        if len(self.waiting) > max(1, min(MOST_WAITING, self._room - self._open)):
            next(iter(self.waiting)).give_up()
        if self._sweeper is None:
            self._sweep()

    def begin_open(self) -> bool:
        """Count an answer that stays open; whether there is room for it. Half of the room is for others."""
        self._open += 1
        return self._open <= min(MOST_OPEN, self._room // 2)

    def end_open(self) -> None:
        """One that was counted is over."""
        self._open -= 1

    def hold(self, line: Line, amount: int) -> None:
        """Note how many bytes a line holds. Where all hold too many, whoever holds most loses their oldest line."""
        change = amount - self._holding.pop(line, 0)
        if amount:
            self._holding[line] = amount
        if change:
            self._held += change
            self._by_host[line.host] += change
            if not self._by_host[line.host]:
                del self._by_host[line.host]
        while self._held > MOST_HELD:
            [(heaviest, _)] = self._by_host.most_common(1)
            oldest = next(one for one in self._holding if one.host == heaviest)
            self.forget(oldest)
            oldest.transport.abort()

    def forget(self, line: Line) -> None:
        """A line is closed."""
        self.waiting.pop(line, None)
        self.hold(line, 0)

    def _sweep(self) -> None:
        """Once a second, while anybody waits."""
        now = asyncio.get_running_loop().time()
        for line in [line for line in self.waiting if line.until <= now]:
            line.give_up()
        self._sweeper = asyncio.get_running_loop().call_later(1.0, self._sweep) if self.waiting else None


LINES = Lines()


class Line(HttpToolsProtocol):
    """One connection."""

    def __init__(self, config: Any, server_state: Any, app_state: dict[str, Any], _loop: Any = None) -> None:
        super().__init__(config, server_state, {**app_state, "line": self}, _loop)
        self.host = ""
        # When its client has taken too long, by the loop's clock.
        self.until = 0.0
        # The time limit of a body that somebody waits for.
        self.body: asyncio.Timeout | None = None
        # How many bytes may come before the app is heard of again.
        self._left = float(LONGEST_HEAD)
        # Told when an answer that stays open has to end.
        self._end: Callable[[], None] | None = None
        # Whether no request has come yet, the app has one, it knows all of the last one, no other can come.
        self._is_new = True
        self._is_asked = False
        self._is_whole = True
        self._is_last = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        super().connection_made(cast("asyncio.Transport", transport))
        self.host = self.client[0] if self.client else ""
        client = transport.get_extra_info("socket")
        if client.family != socket.AF_UNIX and hasattr(socket, "TCP_USER_TIMEOUT"):
            # The kernel hangs up on who takes nothing of an answer for so long, or is gone.
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(PATIENCE * 1000))
        self.wait()

    def data_received(self, data: bytes) -> None:
        """Read on."""
        self._left -= len(data)
        super().data_received(data)
        if self._left < 0:
            self.loop.call_soon(self._refuse)

    def eof_received(self) -> bool:  # type: ignore[override] # asyncio allows it
        """Nothing more comes. What was asked is answered all the same: the client may still read."""
        self._is_last = True
        self.loop.call_soon(self._leave)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        LINES.forget(self)
        self._tell_end()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Hurry: the server asks each connection to when it stops."""
        LINES.stopping.set()
        self._tell_end()
        self.until = min(self.until, self.loop.time() + LAST_PATIENCE)
        if self._is_new:
            # Its first request may be on the way, and is answered: nobody has told the client to ask elsewhere.
            self._is_last = True
        else:
            super().shutdown()

    def begin(self) -> None:
        """The app has a request. Its body may still be arriving."""
        self._is_new = False
        self._is_asked = True
        self._left = math.inf

    def work(self, *, is_whole: bool = True) -> None:
        """The app answers; nobody waits for the client meanwhile."""
        self._left = LONGEST_HEAD if is_whole else LONGEST_REST
        self._is_whole = is_whole
        LINES.waiting.pop(self, None)

    def keep_open(self, end: Callable[[], None]) -> None:
        """What the app answers stays open, until it is done or `end` is called: the client has left, or all stops."""
        self.work()
        self._is_asked = False
        self._end = end
        # What is not on its way yet is kept by who writes, who knows what it may leave out.
        self.transport.set_write_buffer_limits(high=MOST_UNSENT)
        has_room = LINES.begin_open()
        if not has_room or self._is_last or LINES.stopping.is_set() or self.transport.is_closing():
            end()

    def read(self) -> None:
        """The client has read what there was; the answer stays open."""
        LINES.waiting.pop(self, None)

    def wait(self) -> None:
        """Wait for the client: until it has read, or asks."""
        if not self.transport.is_closing():
            self.until = self.loop.time() + PATIENCE
            LINES.wait(self)

    def done(self) -> None:
        """The app is done with a request."""
        self._is_asked = False
        if self._end is not None:
            self._end = None
            LINES.end_open()
        LINES.hold(self, 0)
        self.wait()
        if self._is_last:
            self.loop.call_soon(self._leave)

    def give_up(self) -> None:
        """The client took too long. A body that is not whole is worked on as it is."""
        LINES.waiting.pop(self, None)
        if self.body is None:
            self.transport.abort()
        else:
            self.body.reschedule(self.loop.time())

    # Both are called when the app has been told of every head that was whole.

    def _leave(self) -> None:
        if self.body is not None:
            self.give_up()
        elif not self._is_asked:
            self.transport.close()

    def _refuse(self) -> None:
        if self._left < 0 and not self.transport.is_closing():
            if self._is_whole and not self._is_asked and self._end is None:
                self.transport.write(_TOO_LARGE)
            self.transport.close()

    def _tell_end(self) -> None:
        if self._end is not None:
            self._end()
