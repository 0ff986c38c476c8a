"""What a step hands to the loop and gets from it. Types only."""

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from psycopg import Connection


@dataclass(frozen=True)
class Chosen:
    """The conversations of a batch.

    Attributes:
        ids: those with something to do, in order.
        last: the last one that was looked at; everything up to it is covered.
        rows: about how much there is to do.
        is_partial: it is one conversation, and more of it remains.
    """

    ids: list[UUID]
    last: UUID
    rows: int
    is_partial: bool = False


@dataclass(frozen=True)
class Done:
    """What a batch did, where inside a conversation it ended, and how many conversations it found full."""

    rows: int
    quarantined: int
    place: tuple[Any, Any] = (None, None)
    full: int = 0


class Step(Protocol):
    """One step of the backfill, in the terms of the loop."""

    name: str

    @property
    def options(self) -> dict[str, Any]: ...

    def may_begin_anew(self, before: dict[str, Any]) -> bool: ...

    def total(self, connection: Connection[Any]) -> int: ...

    def choose(self, connection: Connection[Any], after: UUID | None, rows: int) -> Chosen | None: ...

    def run(self, connection: Connection[Any], chosen: Chosen, rows: int) -> Done: ...

    def committed(self, chosen: Chosen, done: Done) -> None: ...

    def left(self, connection: Connection[Any]) -> tuple[int, int]: ...
