"""One for all streams of a process: it asks the database what is new, and the audience is told.

Belongs here: when something is asked, and what happens when it cannot be. Does not belong here: who is told what
(`audience.py`), the questions (`actions.py`).

It asks while anybody listens, and never while nobody does. A question that is not answered is not waited for alone:
after a second the next one is asked beside it, over another connection, and the first answer counts. So one that was
lost in an outage holds up nobody when Supabase is back, and a database that is slow is still waited for.
"""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeVar

import structlog

from service.core.errors import MunuiError
from service.core.outgoing import tells_of_failures
from service.http.metrics import Metrics
from service.http.observe import Once, outline
from service.live import actions, events
from service.live.audience import Audience
from service.live.listener import Listener
from service.live.news import News
from service.supabase.clients import Upstream

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")

# In seconds. All questions together are at most two a second: 1 / 0.525 + 1 / 50.
NEWS_EVERY = 0.525
# Who lost their rights may listen for a minute at most.
PEOPLE_EVERY = 50.0
# After a failure.
NEWS_AGAIN = 0.75
PEOPLE_AGAIN = 5.0
# How long an answer is waited for alone, and how many may be waited for at once.
PATIENCE = 1.0
MOST_ASKED = 4
# Besides those, and those whose answer has come too late to count: who is still there.
_THREADS = 2 * MOST_ASKED + 1


class Hub:
    """Made anywhere; everything else is for one loop alone."""

    def __init__(self, upstream: Upstream, metrics: Metrics) -> None:
        self._upstream = upstream
        self._metrics = metrics
        self._audience = Audience()
        self._threads = ThreadPoolExecutor(_THREADS, "live")
        self._tasks: list[asyncio.Task[None]] = []
        # When news may be asked for, also by who begins to listen again (time.monotonic, seconds).
        self._due = 0.0
        self._lost_at: float | None = None
        # Whether what fails is told, since the last answer once: one that is asked twice a second would fill the log.
        self._tells = Once()

    @contextmanager
    def heard_by(self, one: Listener) -> Iterator[None]:
        """Tell `one` for a block."""
        self._audience.add(one)
        self._metrics.streams.inc()
        if not self._tasks:
            begun = (self._follow(), self._keep_people())
            # In a context of their own: they belong to no request.
            self._tasks = [asyncio.create_task(each, context=contextvars.Context()) for each in begun]
        try:
            yield
        finally:
            self._metrics.streams.dec()
            self._audience.remove(one)
            if not self._audience:
                self._stop()

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks, self._lost_at, self._tells = [], None, Once()
        self._audience.forget()

    async def _follow(self) -> None:
        """Ask for news, again and again, each time from where the last ones ended."""
        cursor: str | None = None
        asked: dict[asyncio.Future[News], datetime] = {}
        while True:
            await asyncio.sleep(max(0.0, self._due - time.monotonic()))
            self._due = time.monotonic() + NEWS_EVERY
            if len(asked) < MOST_ASKED:
                asked[self._ask(actions.read_news, cursor)] = datetime.now(UTC)
            done, _ = await asyncio.wait(asked, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                at, news = asked.pop(one), self._answer(one)
                if news is None:
                    self._due = time.monotonic() + NEWS_AGAIN
                    continue
                self._tell(news, events.hello(at), is_first=cursor is None)
                cursor = news.cursor
                # The others were asked from the cursor before: what they answer is told already.
                asked.clear()
                break

    def _tell(self, news: News, hello: bytes, *, is_first: bool) -> None:
        if is_first or news.resync:
            self._audience.greet(hello)
        else:
            self._audience.promise(hello)
        self._audience.tell(news)

    async def _keep_people(self) -> None:
        """Ask who of all who listen may still do so."""
        pause = PEOPLE_EVERY
        while True:
            await asyncio.sleep(pause)
            user_ids = list(self._audience.user_ids())
            people = await self._result(self._ask(actions.read_people, user_ids))
            if people is not None:
                self._audience.keep(people, user_ids)
            pause = PEOPLE_AGAIN if people is None else PEOPLE_EVERY

    def _ask(self, question: Callable[..., Answer], about: object) -> asyncio.Future[Answer]:
        self._metrics.live_questions.inc()
        context = contextvars.Context()
        context.run(tells_of_failures.set, self._tells)
        loop = asyncio.get_running_loop()
        asked = loop.run_in_executor(self._threads, context.run, question, self._upstream, about)
        # One that nobody waits for any more may fail.
        asked.add_done_callback(lambda one: one.cancelled() or one.exception())
        return asked

    async def _result(self, asked: asyncio.Future[Answer]) -> Answer | None:
        await asyncio.wait([asked])
        return self._answer(asked)

    def _answer(self, asked: asyncio.Future[Answer]) -> Answer | None:
        """An answer that is there; None for a failure."""
        error = asked.exception()
        if error is None:
            self._note_found()
            return asked.result()
        if not isinstance(error, MunuiError):
            log.error("live_failed", **outline(error))
        self._note_lost()
        return None

    def _note_lost(self) -> None:
        if self._lost_at is None:
            self._lost_at = time.monotonic()
            log.warning("live_lost")
            self._audience.hush()

    def _note_found(self) -> None:
        self._tells = Once()
        if self._lost_at is not None:
            log.info("live_found", seconds=round(time.monotonic() - self._lost_at, 1))
            self._lost_at = None
