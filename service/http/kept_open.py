"""An answer that stays open: a thread makes its head, then it goes on in the event loop and has no thread.

Belongs here: what a view and the server say to each other about it. Does not belong here: what is told there
(`service/live`), connections (`service/server`).

So an event stream is refused, logged and counted like every other call: its head is a view's answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from flask import request

# In a request's environment, put there by a server that can keep answers open: None, or what a view says goes on.
KEPT_OPEN = "munui.kept_open"
Write = Callable[[bytes], Awaitable[None]]


class KeptOpen(Protocol):
    """What goes on after the head of an answer."""

    async def run(self, write: Write) -> None:
        """Write until it is over. `write` waits for a client that reads slowly. In the loop, at most once."""

    def end(self) -> None:
        """Be over: its client has left, or the server stops. In the loop; `run` returns soon."""

    def close(self) -> None:
        """Give back what it holds. In a thread, exactly once, also where it never ran."""


def can_stay_open() -> bool:
    """Whether this request's answer can go on: somebody reads its body, and the server knows how."""
    return request.method == "GET" and KEPT_OPEN in request.environ


def keep_open(what: KeptOpen) -> None:
    """Have the answer to this request go on with `what`. The server closes it in any case."""
    request.environ[KEPT_OPEN] = what
