"""How much work waits, and how late it is, for `/metrics`: asked of the database when somebody reads, and remembered.

Belongs here: the question and its names. Does not belong here: who may read (`service/http/metrics.py`).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service.core.errors import MunuiError
from service.core.mapper import Row
from service.jobs import actions
from service.supabase.clients import Upstream

# However many read, it is asked once in so many seconds.
REMEMBERED_SECONDS = 10.0
_STATES = ("waiting", "running", "dead")
_WEBHOOKS = ("active", "failing", "disabled")


class JobNumbers(Collector):
    """Told by any process: the numbers are those of the database, and no process's own."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._lock = threading.Lock()
        self._found: Row | None = None
        self._asked_at = -math.inf

    def collect(self) -> Iterator[Metric]:
        """The numbers; none where the database does not answer."""
        found = self._numbers()
        jobs = GaugeMetricFamily("munui_jobs", "Jobs by kind and state.", labels=("kind", "state"))
        oldest = GaugeMetricFamily("munui_jobs_oldest_seconds", "How long the oldest job is due.", labels=("kind",))
        webhooks = GaugeMetricFamily("munui_webhooks", "Webhooks by state; failing ones are active.", labels=("state",))
        if found is not None:
            for kind, row in sorted(found["kinds"].items()):
                for state in _STATES:
                    jobs.add_metric((kind, state), row[state])
                oldest.add_metric((kind,), row["oldest_seconds"])
            for state in _WEBHOOKS:
                webhooks.add_metric((state,), found["webhooks"][state])
        yield from (jobs, oldest, webhooks)

    def describe(self) -> Iterator[Metric]:
        """Nothing: what is registered here asks nobody yet."""
        return iter(())

    def _numbers(self) -> Row | None:
        with self._lock:
            if time.monotonic() - self._asked_at >= REMEMBERED_SECONDS:
                self._asked_at = time.monotonic()
                try:
                    self._found = actions.count(self._upstream)
                except MunuiError:
                    self._found = None
            return self._found
