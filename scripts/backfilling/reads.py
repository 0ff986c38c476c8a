"""The step `reads`: is_read to read markers, which never move backwards."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from scripts.backfilling.rules import Rules
from scripts.backfilling.step import Chosen, Done

Policy = Literal["first-unread", "last-read"]
POLICIES: tuple[Policy, ...] = ("first-unread", "last-read")

PLAN = Path(__file__).with_name("reads.sql").read_text(encoding="utf-8")
_WRITE = """
insert into public.chat_conversation_reads as r (conversation_id, user_id, last_read_seq)
select conversation_id, user_id, marker from markers where marker > coalesce(stands, 0)
on conflict (conversation_id, user_id) do update set last_read_seq = excluded.last_read_seq
  where r.last_read_seq < excluded.last_read_seq
"""


@dataclass(frozen=True)
class Reads:
    """How the flags become markers."""

    policy: Policy = "first-unread"
    rules: Rules = field(default_factory=dict)

    name = "reads"

    @property
    def options(self) -> dict[str, Any]:
        """What a run that was cut off must be gone on with."""
        return {"policy": self.policy}

    def may_begin_anew(self, before: dict[str, Any]) -> bool:  # noqa: ARG002 - the loop's terms
        """Markers never move back: what another policy wrote would stay."""
        return False

    def total(self, connection: Connection[Any]) -> int:
        """Return how many conversations there are, for the progress bar."""
        row = connection.execute("select count(*) from public.chat_conversations").fetchone()
        return int(row[0]) if row else 0

    def choose(self, connection: Connection[Any], after: UUID | None, rows: int) -> Chosen | None:
        """Return the next conversations; None at the end."""
        found = connection.execute(
            "select c.id from public.chat_conversations c where %(after)s::uuid is null or c.id > %(after)s"
            " order by c.id limit %(rows)s",
            {"after": after, "rows": rows},
        ).fetchall()
        ids = [row[0] for row in found]
        return Chosen(ids, ids[-1], len(ids)) if ids else None

    def run(self, connection: Connection[Any], chosen: Chosen, rows: int) -> Done:  # noqa: ARG002 - the loop's terms
        """Write their markers, within the caller's transaction."""
        written = connection.execute((PLAN + _WRITE).encode(), self.values(chosen.ids, (self.policy,))).rowcount
        return Done(written, 0)

    def values(self, ids: list[UUID], policies: tuple[Policy, ...]) -> dict[str, Any]:
        """What the plan is told."""
        return {"ids": ids, "policies": list(policies), "rules": Jsonb(self.rules)}

    def committed(self, chosen: Chosen, done: Done) -> None:
        """Nothing to remember."""

    def left(self, connection: Connection[Any]) -> tuple[int, int]:
        """Markers leave nothing over; what is in quarantine is the other step's."""
        row = connection.execute("select count(*) from private.legacy_quarantine").fetchone()
        return 0, int(row[0]) if row else 0
