"""The step `reads`: is_read to read markers, which never move backwards."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from psycopg import Connection

from scripts.backfilling.step import Chosen, Done

Policy = Literal["first-unread", "last-read"]

_STATEMENT = Path(__file__).with_name("reads.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Reads:
    """How the flags become markers."""

    policy: Policy = "first-unread"

    name = "reads"

    def total(self, connection: Connection[Any]) -> int:
        """Return how many conversations there are, for the progress bar."""
        row = connection.execute("select count(*) from public.chat_conversations").fetchone()
        return int(row[0]) if row else 0

    def choose(self, connection: Connection[Any], after: UUID, rows: int) -> Chosen | None:
        """Return the next conversations; None at the end."""
        found = connection.execute(
            "select c.id from public.chat_conversations c where c.id > %s order by c.id limit %s", [after, rows]
        ).fetchall()
        ids = [row[0] for row in found]
        return Chosen(ids, ids[-1], len(ids)) if ids else None

    def run(self, connection: Connection[Any], chosen: Chosen, rows: int) -> Done:  # noqa: ARG002 - the loop's terms
        """Write their markers, within the caller's transaction."""
        connection.execute(_STATEMENT.encode(), {"ids": chosen.ids, "policy": self.policy})
        return Done(len(chosen.ids), 0)

    def committed(self, chosen: Chosen, done: Done) -> None:
        """Nothing to remember."""

    def left(self, connection: Connection[Any]) -> tuple[int, int]:
        """Markers leave nothing over; what is in quarantine is the other step's."""
        row = connection.execute("select count(*) from private.legacy_quarantine").fetchone()
        return 0, int(row[0]) if row else 0
