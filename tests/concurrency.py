"""Doing several things at once, for tests. No assertions."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")

# Seconds to wait for what should come at once: generous, for it costs nothing where it does.
PATIENCE = 60.0


def at_once(jobs: Sequence[Callable[[], Result]]) -> list[Result]:
    """Run every job in a thread of its own, all released at the same moment, and return their results in order.

    The first exception of a job is raised.
    """
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], Result]) -> Result:
        start.wait(PATIENCE)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def until(happened: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait until something is true. Raises TimeoutError after `patience` seconds."""
    end = time.monotonic() + patience
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError(f"It has not come true in {patience:.0f} s.")
        time.sleep(0.01)
