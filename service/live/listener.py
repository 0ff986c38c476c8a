"""Who listens, and what they have yet to be told.

Belongs here: keeping it until it is written, however slowly that goes. Does not belong here: who is told what
(`audience.py`), writing (`streams.py`).

A client that does not read costs no more than one that does: what is told twice about a conversation is kept once, and
where there is too much they are told to pull everything instead.
"""

from __future__ import annotations

import asyncio
import contextlib

# What is kept for one listener at most, in events.
MOST_KEPT = 200
# What an event is about: a later one about the same takes its place.
Subject = tuple[str, ...]


class Listener:
    """One stream's end of the hub. For the loop alone."""

    __slots__ = ("_hello", "_kept", "_woken", "ended", "is_operator", "user_id")

    def __init__(self, user_id: str, *, is_operator: bool) -> None:
        self.user_id = user_id
        self.is_operator = is_operator
        # Why it is over, once it is.
        self.ended: str | None = None
        self._hello = b""
        self._kept: dict[Subject, bytes] = {}
        self._woken = asyncio.Event()

    def greet(self, hello: bytes) -> None:
        """Say hello, again where something may have been missed. What was not told yet is part of that."""
        self._hello = hello
        self._kept = {("hello",): hello}
        self._woken.set()

    def tell(self, subject: Subject, event: bytes) -> None:
        """Tell of something. Before a hello nothing is told."""
        if not self._hello:
            return
        if len(self._kept) >= MOST_KEPT and subject not in self._kept:
            self.greet(self._hello)
            return
        self._kept[subject] = event
        self._woken.set()

    def end(self, why: str) -> None:
        """Let nothing follow."""
        self.ended = self.ended or why
        self._woken.set()

    async def next(self, seconds: float) -> bytes:
        """What there is to be told, after `seconds` at the latest; nothing where there is nothing by then."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        told = b"".join(self._kept.values())
        self._kept = {}
        if self.ended is None:
            self._woken.clear()
        return told
