"""An event stream: from the first event to the reason why it ended.

Belongs here: one stream's course. Does not belong here: what is told there (`audience.py`), whether it may be opened
(`api.py`), its connection (`service/server`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

import structlog

from service.accounts.who import Member
from service.http.kept_open import Write
from service.live import events
from service.live.hub import Hub
from service.live.listener import Listener

log = structlog.get_logger(__name__)

# Seconds. Shorter than proxies wait for more of an answer.
COMMENT_EVERY = 25.0
# How long after its end the clocks of others may still take a token for good, in seconds (`accounts/tokens.py`).
_LEEWAY = 30.0


class Stream:
    """One stream of one member; `give_back` is called when it holds its place no longer."""

    def __init__(
        self, hub: Hub, member: Member, *, is_operator: bool, request_id: UUID, give_back: Callable[[], None]
    ) -> None:
        self._hub = hub
        self._listener = Listener(str(member.id), is_operator=is_operator)
        self._request_id = request_id
        self._give_back = give_back
        # In this order: however long it takes to look at two clocks, the token has not a moment less.
        left = member.expires_at - time.time()
        self._begun = time.monotonic()
        # One that has expired, but is taken for good all the same, is so for a moment longer.
        self._until = self._begun + (left if left > 0 else left + _LEEWAY)

    async def run(self, write: Write) -> None:
        """Tell what there is to tell, until it is over."""
        one = self._listener
        with self._hub.heard_by(one):
            await write(events.retry())
            while one.ended is None:
                left = self._until - time.monotonic()
                if left <= 0:
                    one.end("token")
                    break
                told = await one.next(min(COMMENT_EVERY, left))
                if told or left > COMMENT_EVERY:
                    await write(told or events.COMMENT)
        log.info(
            "stream_ended",
            request_id=str(self._request_id),
            why=one.ended,
            seconds=round(time.monotonic() - self._begun, 1),
        )

    def end(self) -> None:
        """Its client has left, or the server stops."""
        self._listener.end("left")

    def close(self) -> None:
        """Give its place back."""
        self._give_back()
