"""What a worker asks of the database, with the service's own rights: an action a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.core.mapper import Row
from service.jobs.work import Handler, Job
from service.supabase.calls import call, call_for
from service.supabase.clients import Upstream


@dataclass(frozen=True, slots=True)
class Taken:
    """What a worker has from now on: jobs, and names of ticks."""

    jobs: tuple[Job, ...]
    ticks: tuple[str, ...]

    @classmethod
    def from_row(cls, row: Row) -> Taken:
        """What `jobs_claim` answers. Raises KeyError, TypeError, ValueError."""
        return cls(tuple(Job.from_row(one) for one in row["jobs"]), tuple(row["ticks"]))


def claim(upstream: Upstream, wanted: Mapping[str, tuple[int, Handler]], ticks: Mapping[str, float]) -> Taken:
    """Take due jobs, by kind how many at most and for whom, and what is due once a period.

    Raises UpstreamUnavailable, Internal.
    """
    kinds = {
        kind: {"limit": limit, "lease_seconds": handler.lease_seconds, "each": handler.at_once_each}
        for kind, (limit, handler) in wanted.items()
    }
    params = {"p_wanted": kinds, "p_ticks": dict(ticks)}
    return call_for(upstream.service_client(), "jobs_claim", params, Taken.from_row)


def finish(upstream: Upstream, jobs: Iterable[Job]) -> int:
    """Remove jobs that are done; how many were still ours. Raises UpstreamUnavailable, Internal."""
    done = [{"id": str(job.id), "token": job.token} for job in jobs]
    return int(call(upstream.service_client(), "jobs_done", {"p_jobs": done}, ("done",))["done"])


def fail(upstream: Upstream, job: Job, reason: str, again_after: float | None) -> str | None:
    """Have a job tried again after so many seconds, or never (None).

    What it is now: "waiting" or "dead"; None where it was no longer ours. Raises UpstreamUnavailable, Internal.
    """
    params = {"p_id": str(job.id), "p_token": job.token, "p_error": reason, "p_retry_seconds": again_after}
    state: str | None = call(upstream.service_client(), "jobs_fail", params, ("state",))["state"]
    return state


def count(upstream: Upstream) -> Row:
    """How much there is to do: `{"kinds", "webhooks"}`. Raises UpstreamUnavailable, Internal."""
    return call(upstream.service_client(), "jobs_count", {}, ("kinds", "webhooks"))
