"""What the calls about dead jobs ask of the database, as an operator."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from service.core.mapper import Row
from service.inbox.asking import Asking
from service.supabase.calls import before_place


def list_jobs(asking: Asking, limit: int, before: tuple[datetime, UUID] | None) -> list[Row]:
    """Dead jobs, newest first; one more than `limit` where there are more."""
    params = {"p_limit": limit, **before_place(before)}
    rows: list[Row] = asking.ask("inbox_jobs", params, ("jobs",))["jobs"]
    return rows


def retry_job(asking: Asking, job_id: UUID) -> None:
    """Have a dead job tried anew."""
    asking.ask("inbox_retry_job", {"p_id": str(job_id)})


def drop_job(asking: Asking, job_id: UUID) -> None:
    """Give a dead job up."""
    asking.ask("inbox_drop_job", {"p_id": str(job_id)})
