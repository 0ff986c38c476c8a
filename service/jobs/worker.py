"""One worker: takes what is due, does it in threads of its own, and tells how it ended.

Belongs here: when something is taken, how many are done at once, when a failure is tried again. Does not belong here:
what the jobs are (`work.py` of each feature), signals and settings (`__main__.py`).

What is done is told together with the next question, so a job costs less than a request. Whoever is killed before that
has done it all the same: the next worker does it once more, when the lease has ended.
"""

from __future__ import annotations

import contextvars
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import structlog

from service.core.errors import MunuiError
from service.core.outgoing import tells_of_failures
from service.http.observe import Once, outline
from service.jobs import actions
from service.jobs.work import Handler, Job, JobFailed, Tick, Work
from service.supabase.clients import Upstream

log = structlog.get_logger(__name__)

# Seconds between two questions while nothing is due, and after one that was not answered.
IDLE_SECONDS = 1.0
LOST_SECONDS = 2.0
# What was done in so many seconds is told together.
TOGETHER_SECONDS = 0.005
# Backoff of a job that says nothing of its own: about 5 s, 10 s, 20 s … up to an hour, each between half and the whole.
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 3600.0


class Worker:
    """Made once a process. `run` is for one thread."""

    def __init__(
        self,
        upstream: Upstream,
        work: Work,
        *,
        idle_seconds: float = IDLE_SECONDS,
        lost_seconds: float = LOST_SECONDS,
    ) -> None:
        self._upstream = upstream
        self._work = work
        self._idle_seconds = idle_seconds
        self._lost_seconds = lost_seconds
        self._stopping = threading.Event()
        # Guards what follows, and tells that something of it changed.
        self._changed = threading.Condition()
        self._busy: Counter[str] = Counter()
        self._done: list[Job] = []
        # Whether a job has ended since the last question: there is room again.
        self._has_ended = False
        self._is_lost = False
        most = sum(handler.at_once for handler in work.handlers.values()) + len(work.ticks)
        self._threads = ThreadPoolExecutor(max(1, most), "job")

    def stop(self) -> None:
        """Take nothing more. Safe in a signal handler."""
        self._stopping.set()

    def run(self) -> None:
        """Work until told to stop; then finish what there is."""
        # A question that is asked every two seconds would fill the log.
        tells_of_failures.set(Once())
        log.info("worker_started", kinds=sorted(self._work.handlers), ticks=sorted(self._work.ticks))
        while not self._stopping.is_set():
            self._wait(self._round())
        log.info("worker_stopping")
        # What cannot be told was done all the same: it is done once more, when its lease has ended.
        with suppress(MunuiError):
            self.close()
        log.info("worker_stopped")

    def close(self) -> None:
        """Finish what there is, and tell it. Raises UpstreamUnavailable, Internal."""
        self._threads.shutdown()
        self._tell_done()

    def drain(self) -> int:
        """Do all that is due now, ticks too, and what becomes due by it; how many jobs and ticks that were.

        For who drives a worker by hand: nothing else may run it. It ends, also where a round takes longer than the
        periods of its ticks.
        """
        total = 0
        begun_before: set[str] = set()
        while begun := self._begin():
            total += len(begun)
            with self._changed:
                self._changed.wait_for(lambda: not self._busy.total())
            self._tell_done()
            if begun_before.issuperset(begun):
                break
            begun_before.update(begun)
        return total

    def _round(self) -> float:
        """Tell what is done, begin what is due; how many seconds there is nothing to do, unless a job ends."""
        with self._changed:
            self._has_ended = False
        try:
            self._tell_done()
            begun = self._begin()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next round may go well
            if not isinstance(error, MunuiError):
                log.error("worker_failed", **outline(error))  # noqa: TRY400 - its message may hold content
            self._note_lost()
            return self._lost_seconds
        if self._is_lost:
            self._is_lost = False
            tells_of_failures.set(Once())
            log.info("worker_found")
        return 0.0 if begun and self._free() else self._idle_seconds

    def _wait(self, seconds: float) -> None:
        """Until then, or until a job has ended, unless nobody can be told of it."""
        until = time.monotonic() + seconds * random.uniform(0.8, 1.2)  # noqa: S311 - so that workers do not ask together
        with self._changed:
            while (self._is_lost or not self._has_ended) and (left := until - time.monotonic()) > 0:
                if self._stopping.is_set():
                    return
                # A signal wakes nobody here, so it is looked for.
                self._changed.wait(min(left, 0.2))
            has_ended = self._has_ended
        if has_ended:
            time.sleep(TOGETHER_SECONDS)

    def _free(self) -> dict[str, tuple[int, Handler]]:
        """How many of each kind may be taken, and for whom."""
        with self._changed:
            free = {
                kind: (handler.at_once - self._busy[kind], handler) for kind, handler in self._work.handlers.items()
            }
        return {kind: (count, handler) for kind, (count, handler) in free.items() if count > 0}

    def _begin(self) -> list[str]:
        """Take what is due; each attempt at a job under a name of its own, and ticks under theirs."""
        ticks = {name: tick.every_seconds for name, tick in self._work.ticks.items() if not self._busy[_of_tick(name)]}
        taken = actions.claim(self._upstream, self._free(), ticks)
        for job in taken.jobs:
            self._submit(job.kind, self._do, job)
        for name in taken.ticks:
            self._submit(_of_tick(name), self._tick, name, self._work.ticks[name])
        return [*(f"{job.id} {job.attempts}" for job in taken.jobs), *taken.ticks]

    def _submit(self, what: str, do: Callable[..., None], *about: object) -> None:
        with self._changed:
            self._busy[what] += 1

        def done() -> None:
            try:
                # In a context of its own: nothing of one job goes along with the next.
                contextvars.Context().run(do, *about)
            finally:
                with self._changed:
                    self._busy[what] -= 1
                    self._has_ended = True
                    self._changed.notify_all()

        self._threads.submit(done)

    def _do(self, job: Job) -> None:
        began = time.perf_counter()
        outcome, reason = "done", None
        try:
            self._work.handlers[job.kind].do(job)
            with self._changed:
                self._done.append(job)
        except Exception as error:  # noqa: BLE001 - a job may fail in any way, and no other may suffer from it
            outcome, reason = self._fail(job, error)
        log.info(
            "job",
            kind=job.kind,
            id=str(job.id),
            attempt=job.attempts,
            outcome=outcome,
            reason=reason,
            duration_ms=round((time.perf_counter() - began) * 1000, 1),
        )

    def _fail(self, job: Job, error: Exception) -> tuple[str, str]:
        known = error if isinstance(error, JobFailed) else None
        if known is None and not isinstance(error, MunuiError):
            log.error("job_failed", kind=job.kind, id=str(job.id), **outline(error))
        reason = known.reason if known else type(error).__name__
        pause = None if known and known.is_hopeless else _pause(job.attempts, known)
        try:
            return actions.fail(self._upstream, job, reason, pause) or "lost", reason
        except MunuiError:
            # Its lease ends by itself.
            return "untold", reason

    def _tick(self, name: str, tick: Tick) -> None:
        began = time.perf_counter()
        outcome = "done"
        try:
            tick.do()
        except Exception as error:  # noqa: BLE001 - as for a job
            outcome = "failed"
            if not isinstance(error, MunuiError):
                log.error("tick_failed", name=name, **outline(error))  # noqa: TRY400 - as above
        log.debug("tick", name=name, outcome=outcome, duration_ms=round((time.perf_counter() - began) * 1000, 1))

    def _tell_done(self) -> None:
        with self._changed:
            done = self._done[:]
        if not done:
            return
        actions.finish(self._upstream, done)
        with self._changed:
            del self._done[: len(done)]

    def _note_lost(self) -> None:
        if not self._is_lost:
            self._is_lost = True
            log.warning("worker_lost")


def _of_tick(name: str) -> str:
    """What a tick is counted under among what is busy: no kind of job has a space in it."""
    return f"tick {name}"


def _pause(attempts: int, known: JobFailed | None) -> float:
    if known and known.again_after is not None:
        return known.again_after
    longest: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempts - 1, 20))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
