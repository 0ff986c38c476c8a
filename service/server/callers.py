"""Who waits for a thread, and how many of them one caller may have: the others must find one free.

Belongs here: counting requests before the app has them, in the event loop. Does not belong here: who a member is (the
app finds it), how much of one kind a member may have going on (`http/in_flight.py`), the threads (`wsgi.py`).

A caller is the member whom the app found behind a credential the last time, and until it has found one the credential
itself. Who has none is not counted: nobody could tell them apart.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from werkzeug.http import parse_cookie

from service.core.errors import RateLimited
from service.http.in_flight import MEMBER, RETRY_AFTER, TOO_MUCH

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_MOST_REMEMBERED = 10_000
# Where a request waits until its caller may have one more thread.
Turnstile = AbstractAsyncContextManager[None]


class _Caller:
    """What one caller has going on. `share` is how many threads it may have."""

    def __init__(self, share: int) -> None:
        self.threads = asyncio.Semaphore(share)
        self.requests = 0
        self.turns = 0


class Callers:
    """All callers of a process that have something going on. For the loop alone."""

    def __init__(
        self, *, threads: int, queue: int, turns: int, cookie: str, is_turn: Callable[[WSGIEnvironment], bool]
    ) -> None:
        """For so many threads with so long a queue; `turns` is how many of them a caller may have, 0 for any number."""
        # A quarter of the threads, and half of the places, are for others.
        self._share = max(1, threads * 3 // 4)
        self._most = (threads + queue) // 2
        self._most_turns = turns
        self._cookie = cookie
        self._is_turn = is_turn
        self._callers: dict[bytes, _Caller] = {}
        # Whom a credential named, by its digest: no token stays here longer than its request.
        self._members: dict[bytes, bytes] = {}

    @contextmanager
    def one(self, environ: WSGIEnvironment) -> Iterator[Turnstile]:
        """Count a request for a block, and say where it waits for a thread. Raises RateLimited."""
        digest = self._digest(environ)
        if digest is None:
            yield nullcontext()
            return
        key = self._members.get(digest, digest)
        caller = self._callers.setdefault(key, _Caller(self._share))
        is_turn = self._is_turn(environ)
        if caller.requests >= self._most or (is_turn and 0 < self._most_turns <= caller.turns):
            raise RateLimited(TOO_MUCH, retry_after=RETRY_AFTER)
        caller.requests += 1
        caller.turns += is_turn
        try:
            yield caller.threads
        finally:
            caller.requests -= 1
            caller.turns -= is_turn
            if not caller.requests:
                del self._callers[key]
            self._remember(digest, environ)

    def _digest(self, environ: WSGIEnvironment) -> bytes | None:
        header = environ.get("HTTP_AUTHORIZATION")
        if header is not None:
            # However it is spelt around the token.
            told = header.partition(" ")[2].strip()
        else:
            told = parse_cookie(environ.get("HTTP_COOKIE")).get(self._cookie)
        return hashlib.sha256(told.encode("utf-8", "replace")).digest() if told else None

    def _remember(self, digest: bytes, environ: WSGIEnvironment) -> None:
        member = environ.get(MEMBER)
        if member is None:
            return
        if len(self._members) >= _MOST_REMEMBERED:
            self._members.clear()
        self._members[digest] = member.bytes
