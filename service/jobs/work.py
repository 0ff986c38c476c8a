"""What a feature hands to the workers: a handler for each kind of job, and what is done once a period.

A handler is given a job and returns when it is done. It may be given the same job again: after a failure, and where its
worker was lost in the middle. What must happen once is held by the database (a key, a state under a lock).

Belongs here: these terms. Does not belong here: when something is done (`worker.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from service.core.mapper import Row


@dataclass(frozen=True, slots=True)
class Job:
    """A job that this worker has. `attempts` counts this one; `token` says that it is ours."""

    id: UUID
    kind: str
    payload: Row
    attempts: int
    token: str = field(repr=False)

    @classmethod
    def from_row(cls, row: Row) -> Job:
        """A job as the database tells it. Raises KeyError, ValueError."""
        return cls(UUID(row["id"]), row["kind"], row["payload"], row["attempts"], row["token"])


@dataclass(frozen=True, slots=True)
class Handler:
    """How one kind of job is done."""

    do: Callable[[Job], None]
    # How many of them one worker does at the same time.
    at_once: int = 4
    # How long one may take. After that another worker takes it as lost.
    lease_seconds: int = 60
    # How many of one order key all workers do at the same time, about; None is no limit.
    at_once_each: int | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """What is done once a period by whichever worker is first. One that fails is done with the next period."""

    do: Callable[[], None]
    every_seconds: float


@dataclass(frozen=True, slots=True)
class Work:
    """Handlers by the kind of job, ticks by name."""

    handlers: Mapping[str, Handler] = field(default_factory=dict)
    ticks: Mapping[str, Tick] = field(default_factory=dict)

    def __or__(self, other: Work) -> Work:
        """Both together."""
        return Work({**self.handlers, **other.handlers}, {**self.ticks, **other.ticks})


class JobFailed(Exception):
    """A handler could not do its job, and says why in a word that is kept: never what somebody wrote.

    Any other exception counts as one whose reason is its type.
    """

    def __init__(self, reason: str, *, again_after: float | None = None, is_hopeless: bool = False) -> None:
        """`again_after` is in seconds; without it the worker decides. `is_hopeless`: never again."""
        super().__init__(reason)
        self.reason = reason
        self.again_after = again_after
        self.is_hopeless = is_hopeless
