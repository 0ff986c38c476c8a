"""The step `messages`: type to role, kind and payload; places, owners and ids; conversations with them.

Which conversations come next and the one statement that carries them over. The mapping itself is SQL's.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from scripts.backfilling.rules import Rules
from scripts.backfilling.step import Chosen, Done

# The legacy client's JSON is still the text of what is chips or a form now. Where it was taken out once, an original is
# kept: words that look like JSON are words.
JSON_TEXT = """
w.kind in ('chips', 'form') and w.turn_id is null and w.content is not null
and w.client_message_id = private.legacy_uuid(w.id, 'message')
and not exists (select from private.legacy_originals o where o.message_id = w.id)
"""
# What a conversation is without until the backfill has been there.
UNFINISHED = """
c.user_id is null or c.client_conversation_id is null or c.last_message_at is null
or c.status is null or c.status not in ('open', 'completed')
or not private.legacy_is_possible(c.created_at) or not private.legacy_is_possible(c.last_message_at)
"""


def _sql(name: str) -> str:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return text.replace("{is_json}", f"(%(clear)s and {JSON_TEXT})")


PLAN = _sql("messages_plan.sql")
_RUN = PLAN + _sql("messages_write.sql") + _sql("messages_count.sql")

_CHOOSE = f"""
select c.id,
  (
    select count(*) from (
      select from public.chat_messages w
      where w.conversation_id = c.id
        and (w.role is null or (%(clear)s and {JSON_TEXT}))
        and (%(inside)s::uuid is null or c.id <> %(inside)s
          or (w.created_at, w.id) > (%(after_at)s::timestamptz, %(after_id)s))
      limit %(rows)s + 1
    ) n
  ),
  {UNFINISHED}
from public.chat_conversations c
where %(after)s::uuid is null or c.id > %(after)s
order by c.id
limit %(conversations)s
"""
_LEFT = f"""
select count(*) filter (where not q), count(*) filter (where q) from (
  select exists (select from private.legacy_quarantine q where q.message_id = m.id) as q
  from public.chat_messages m where m.role is null
  union all
  select exists (select from private.legacy_quarantine q where q.conversation_id = c.id and q.message_id is null)
  from public.chat_conversations c
  where {UNFINISHED}
) r
"""
# What the legacy client deleted, or an administrator mended by hand, needs no reason any more.
_STALE = """
delete from private.legacy_quarantine q
where (q.message_id is not null
    and not exists (select from public.chat_messages m where m.id = q.message_id and m.role is null))
  or not exists (select from public.chat_conversations c where c.id = q.conversation_id)
"""


@dataclass
class Messages:
    """How the messages are carried over.

    Args:
        rules: for rows that explain nothing themselves.
        clear: take the JSON text out of chips and forms; False while the legacy client still shows them.
    """

    rules: Rules
    clear: bool = True
    # A conversation longer than a batch is done in parts: which one, and how far.
    inside: UUID | None = None
    after_at: str | None = None
    after_id: UUID | None = None
    # Messages in a conversation, as it has been lately: how many conversations to look at for a full batch.
    density: float = 10.0

    name = "messages"

    def total(self, connection: Connection[Any]) -> int:
        """Return how many rows are waiting, for the progress bar."""
        row = connection.execute("select count(*) from public.chat_messages where role is null").fetchone()
        return int(row[0]) if row else 0

    @property
    def options(self) -> dict[str, Any]:
        """What a run that was cut off must be gone on with."""
        return {"keep_content": not self.clear, "rules": self.rules}

    def may_begin_anew(self, before: dict[str, Any]) -> bool:
        """Say whether a run with other options may be begun anew with these: nothing that it did would be otherwise."""
        rules: Rules = before.get("rules", {})
        return rules.items() <= self.rules.items() and (self.clear or before.get("keep_content", False))

    def choose(self, connection: Connection[Any], after: UUID | None, rows: int) -> Chosen | None:
        """Return the next conversations, together about `rows` messages; None at the end."""
        wanted = min(5_000, max(1, round(1.5 * rows / max(self.density, 0.1))))
        found = connection.execute(
            _CHOOSE, self._place() | {"after": after, "rows": rows, "conversations": wanted}
        ).fetchall()
        if not found:
            return None
        ids: list[UUID] = []
        gathered, last = 0, found[0][0]
        for conversation, pending, unfinished in found:
            if ids and gathered + pending > rows:
                break
            last = conversation
            if pending or unfinished:
                ids.append(conversation)
                gathered += pending
            if gathered >= rows:
                break
        self.density = 0.5 * self.density + 0.5 * sum(min(row[1], rows) for row in found) / len(found)
        return Chosen(ids, last, gathered, is_partial=gathered > rows)

    def run(self, connection: Connection[Any], chosen: Chosen, rows: int) -> Done:
        """Carry them over, within the caller's transaction."""
        # The strongest lock at once: raising it later is how deadlocks are made.
        connection.execute(
            "select from public.chat_conversations c where c.id = any(%s) order by c.id for update", [chosen.ids]
        )
        values = self.values(chosen.ids) | {
            "rows": rows if chosen.is_partial else None,
            "finish": not chosen.is_partial,
        }
        row = connection.execute(_RUN.encode(), values).fetchone()
        done, left, _, full, at, last = row or (0, 0, 0, 0, None, None)
        return Done(done, left, (at, last), full)

    def values(self, ids: list[UUID]) -> dict[str, Any]:
        """What the plan is told, for whole conversations."""
        return self._place() | {"ids": ids, "rows": None, "finish": True, "rules": Jsonb(self.rules)}

    def committed(self, chosen: Chosen, done: Done) -> None:
        """Move on, once the batch is safe."""
        if chosen.is_partial:
            self.inside = chosen.ids[0]
            self.after_at, self.after_id = done.place
        else:
            self.inside = self.after_at = self.after_id = None

    def left(self, connection: Connection[Any]) -> tuple[int, int]:
        """Return how many rows and conversations nobody has accounted for, and how many are in quarantine."""
        connection.execute(_STALE)
        return self.counts(connection)

    def unaccounted(self, connection: Connection[Any]) -> int:
        """Return how many rows and conversations wait for this step."""
        return self.counts(connection)[0]

    def counts(self, connection: Connection[Any]) -> tuple[int, int]:
        """The same as `left`, reading only."""
        row = connection.execute(_LEFT).fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def _place(self) -> dict[str, Any]:
        return {"inside": self.inside, "after_at": self.after_at, "after_id": self.after_id, "clear": self.clear}
