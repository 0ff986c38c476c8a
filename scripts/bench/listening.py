"""Clients of event streams, as many as are wanted, on a loop of their own: they note when they are told what.

Belongs here: opening, reading, closing. Does not belong here: what is made of it (`live.py`).
"""

from __future__ import annotations

import asyncio
import json
import resource
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

MEMBERS, OPERATORS = "/api/v1/events", "/api/v1/inbox/events"
# How many are opened at once: all at once would be refused, as they would want a thread at once.
_AT_ONCE = 16
_PATIENCE = 60.0
_FILES = 4096


class Hint(NamedTuple):
    """What one client was told, and when (time.time)."""

    client: int
    conversation: str
    rev: int
    at: float


class Listeners:
    """Open streams, each of which has been greeted."""

    def __init__(self, url: str, clients: Sequence[tuple[str, str]]) -> None:
        """`clients` are paths and tokens."""
        self._where = urlsplit(url)
        self._clients = clients
        self._writers: list[asyncio.StreamWriter] = []
        self.hints: list[Hint] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._readers: list[asyncio.Task[None]] = []

    def open(self) -> None:
        """Open all. Raises TimeoutError, RuntimeError where one is refused."""
        _take_files()
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open_all(), self._loop).result(_PATIENCE)

    def close(self) -> None:
        """Hang up."""
        asyncio.run_coroutine_threadsafe(self._close_all(), self._loop).result(_PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open_all(self) -> None:
        turnstile = asyncio.Semaphore(_AT_ONCE)

        async def one(number: int, path: str, token: str) -> None:
            async with turnstile:
                await self._open(number, path, token)

        await asyncio.gather(*(one(number, *client) for number, client in enumerate(self._clients)))

    async def _open(self, number: int, path: str, token: str) -> None:
        reader, writer = await asyncio.open_connection(self._where.hostname, self._where.port)
        self._writers.append(writer)
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {self._where.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        )
        status = await reader.readline()
        if b" 200 " not in status:
            raise RuntimeError(f"A stream was refused: {status.decode()}")
        while b"event: hello" not in await reader.readline():
            pass
        self._readers.append(asyncio.create_task(self._read(number, reader)))

    async def _read(self, number: int, reader: asyncio.StreamReader) -> None:
        is_changed = False
        while line := await reader.readline():
            if line.startswith(b"event: "):
                is_changed = line == b"event: changed\n"
            elif is_changed and line.startswith(b"data: "):
                data = json.loads(line[6:])
                self.hints.append(Hint(number, data["conversationId"], data["rev"], time.time()))

    async def _close_all(self) -> None:
        for task in self._readers:
            task.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in self._writers), return_exceptions=True)


@contextmanager
def listening(url: str, clients: Sequence[tuple[str, str]]) -> Iterator[Listeners]:
    """Streams for a block."""
    listeners = Listeners(url, clients)
    listeners.open()
    try:
        yield listeners
    finally:
        listeners.close()


def _take_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    if 0 <= soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
