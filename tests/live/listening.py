"""A client of an event stream, as a browser has one: it reads in the background and keeps what it was told."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.concurrency import PATIENCE

MEMBERS, OPERATORS = "/api/v1/events", "/api/v1/inbox/events"


@dataclass(frozen=True)
class Event:
    """What was told, and when (time.monotonic)."""

    name: str
    data: dict[str, Any]
    at: float


class Stream:
    """An open stream. `status`, `headers` and, where it was refused, `body` are its answer's."""

    def __init__(self, url: str, path: str, headers: dict[str, str]) -> None:
        where = urlsplit(url)
        self._connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=4 * PATIENCE)
        self._connection.connect()
        self._socket: socket.socket = self._connection.sock
        self._connection.request("GET", path, headers=headers)
        self._answer = self._connection.getresponse()
        self.status, self.headers = self._answer.status, self._answer.headers
        self.body = b"" if self.status == 200 else self._answer.read()
        self.events: list[Event] = []
        self.comments = 0
        self.retry = 0
        self.ended = False
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        if self.status == 200:
            self._reader.start()
        else:
            self.close()

    @property
    def problem(self) -> dict[str, Any]:
        """Why it was refused."""
        told: dict[str, Any] = json.loads(self.body)
        return told

    def named(self, name: str) -> list[Event]:
        """What was told under this name."""
        return [event for event in self.events if event.name == name]

    def wait(self, holds: Callable[[Stream], object], seconds: float = PATIENCE) -> None:
        """Wait until it holds; fail where it does not in time."""
        with self._changed:
            assert self._changed.wait_for(lambda: holds(self), seconds), self.events[-20:]

    def wait_for(self, name: str, seconds: float = PATIENCE, **data: Any) -> Event:
        """Wait until an event with that data has been told, and return it."""

        def found() -> list[Event]:
            return [event for event in self.named(name) if data.items() <= event.data.items()]

        self.wait(lambda _: found(), seconds)
        return found()[0]

    def stop_sending(self) -> None:
        """Say that nothing more comes, as a client does that leaves."""
        self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Hang up, and wait until nothing more is read."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        if self._reader.is_alive():
            self._reader.join(PATIENCE)
        self._answer.close()
        self._connection.close()
        self._socket.close()

    def _read(self) -> None:
        lines: list[str] = []
        try:
            while line := self._answer.readline():
                text = line.decode().rstrip("\n")
                if text:
                    lines.append(text)
                    continue
                with self._changed:
                    self._take(lines)
                    self._changed.notify_all()
                lines = []
        except (OSError, http.client.HTTPException, ValueError):
            pass
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def _take(self, lines: list[str]) -> None:
        fields = dict(line.split(": ", 1) for line in lines if ": " in line)
        if "event" in fields:
            self.events.append(Event(fields["event"], json.loads(fields["data"]), time.monotonic()))
        elif "retry" in fields:
            self.retry = int(fields["retry"])
        else:
            self.comments += 1


@contextmanager
def listening(url: str, token: str, path: str = MEMBERS, *, greeted: bool = True) -> Iterator[Stream]:
    """An open stream that has been greeted."""
    stream = Stream(url, path, {"Authorization": f"Bearer {token}"})
    try:
        assert stream.status == 200, stream.body
        if greeted:
            stream.wait_for("hello")
        yield stream
    finally:
        stream.close()
