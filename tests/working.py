"""Workers for tests: driven by hand in this process, or as a process of their own. No assertions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scripts.local import LocalStack
from service.jobs.work import Work
from service.jobs.worker import Worker
from service.jobs_app import work_of
from service.supabase.clients import Upstream
from tests.web.apps import stack_settings


@contextmanager
def hand_driven(stack: LocalStack, work: Work | None = None, **changes: Any) -> Iterator[Worker]:
    """A worker that does what is due when `drain` is called, by default the product's own work."""
    settings = stack_settings(stack, **changes)
    upstream = Upstream.from_settings(settings)
    worker = Worker(upstream, work_of(upstream, settings) if work is None else work)
    try:
        yield worker
    finally:
        worker.close()
        upstream.close()
