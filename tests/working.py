"""Workers for tests: driven by hand in this process, or as a process of their own. No assertions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.local import LocalStack
from scripts.local.job_worker import JobWorker
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


@contextmanager
def a_process(stack: LocalStack, log: Path, **settings: str) -> Iterator[JobWorker]:
    """`python -m service.jobs`; `settings` are names of the environment."""
    worker = JobWorker(log)
    project = {
        "SUPABASE_URL": stack.supabase_url,
        "SUPABASE_PUBLISHABLE_KEY": stack.publishable_key,
        "SUPABASE_SECRET_KEY": stack.secret_key,
        **settings,
    }
    try:
        worker.start(project)
        yield worker
    finally:
        worker.stop()
