"""What the calls about dead jobs answer, as models."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from service.core.mapper import Outbound


class DeadJob(Outbound):
    """A job that was tried as often as it may be."""

    id: UUID
    kind: str
    payload: dict[str, Any] = Field(description="What it is about: ids.")
    conversation_id: UUID | None
    attempts: int
    last_error: str | None = Field(description="Why the last attempt failed, in a word.")
    created_at: datetime


class DeadJobList(Outbound):
    """Dead jobs, newest first."""

    jobs: list[DeadJob]
    next_cursor: str | None
