"""The dry run: what there is, what would become of it, a few samples. Reads only, in pieces, so that memory stays flat.

It asks the plans that the run asks, so its numbers are the run's. Contents of messages are people's: a sample shows
the id.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import Connection

from scripts.backfilling import messages, reads
from scripts.backfilling.messages import Messages
from scripts.backfilling.reads import POLICIES, Reads
from scripts.backfilling.step import Chosen, Step

_PIECES = 64
_SAMPLES = 3
_ROWS = 2_000

_MESSAGES = (
    messages.PLAN
    + """
select 'message', s.type, s.shape, s.outcome, count(*), count(*) filter (where s.has_rest),
  (array_agg(s.id))[1:%(samples)s]
from (
  select m.id, m.type, m.reason is null and m.old_role is null and (m.answer ? 'legacy' or m.payload ? 'legacy') as
    has_rest,
    case
      when m.old_content is null then 'no text'
      when m.kind in ('chips', 'form') or m.type in ('chips', 'form') then coalesce(o.reason,
        case when private.legacy_list(o.object, 'chips', 'options', 'buttons', 'items', 'fields', 'inputs') is null
          then 'object without a list' else 'object with a list' end)
      when private.legacy_trim(m.old_content) = '' then 'empty'
      when char_length(m.old_content) > 16000 then 'over 16,000 characters'
      when char_length(m.old_content) > 4000 then 'over 4,000 characters'
      when m.old_content <> private.legacy_trim(m.old_content) then 'text with white space at its ends'
      else 'text'
    end as shape,
    case
      when m.reason is not null then 'left: ' || m.reason
      when m.old_role is not null then 'JSON taken out'
      else m.role || '/' || m.kind
    end as outcome
  from mapped m
  left join lateral private.legacy_object(m.old_content) o on m.kind in ('chips', 'form') or m.type in ('chips', 'form')
) s
group by 2, 3, 4
union all
select 'conversation', s.old_status, case when s.user_id is null then 'nobody' else 'somebody' end,
  case when s.reason is not null then 'left: ' || s.reason when s.is_full then 'completed (full)' else s.status end,
  count(*), count(*) filter (where s.is_full and s.reason is null), null
from settled s group by 2, 3, 4
"""
)
_READS = (
    reads.PLAN
    + """
select k.policy, count(distinct k.conversation_id),
  count(distinct k.conversation_id) filter (where k.marker > coalesce(k.stands, 0)),
  count(*) filter (where o.role = 'bot' and not o.is_read),
  count(*) filter (where o.role = 'bot' and not o.is_read and o.place <= greatest(k.marker, k.stands, 0)),
  count(*) filter (where o.role = 'bot' and o.is_read and o.place > greatest(k.marker, k.stands, 0))
from markers k join ordered o using (conversation_id)
where not o.is_left
group by 1
"""
)


@dataclass
class Survey:
    """What was found.

    Attributes:
        beside: messages of whose JSON something is kept that today's shape has no place for.
        full: conversations that would be completed, since they hold 5,000 messages.
    """

    messages: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    samples: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    conversations: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    beside: int = 0
    full: int = 0

    @property
    def rows(self) -> int:
        """Messages that would be written."""
        return sum(rows for (_, _, outcome), rows in self.messages.items() if not outcome.startswith("left:"))

    @property
    def quarantined(self) -> int:
        """Messages and conversations that would be left."""
        left = [rows for (_, _, outcome), rows in self.messages.items() if outcome.startswith("left:")]
        left += [rows for (_, outcome, _), rows in self.conversations.items() if outcome.startswith("left:")]
        return sum(left)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "rows": self.rows,
            "quarantined": self.quarantined,
            "full": self.full,
            "beside": self.beside,
            "messages": [
                {"type": kind, "shape": shape, "outcome": outcome, "rows": rows,
                 "samples": self.samples[kind, shape, outcome]}
                for (kind, shape, outcome), rows in sorted(self.messages.items())
            ],
            "conversations": [
                {"status": status, "outcome": outcome, "has_owner": not ownerless, "rows": rows}
                for (status, outcome, ownerless), rows in sorted(self.conversations.items())
            ],
        }  # fmt: skip


def survey_messages(connection: Connection[Any], step: Messages) -> Survey:
    """Ask the plan about every conversation that the run would come to."""
    survey = Survey()
    for chosen in _every(connection, step):
        values = step.values(chosen.ids) | {"samples": _SAMPLES}
        for what, word, shape, outcome, rows, odd, ids in connection.execute(_MESSAGES.encode(), values).fetchall():
            name = "NULL" if word is None else word
            if what == "conversation":
                survey.conversations[name, outcome, shape == "nobody"] += rows
                survey.full += odd
                continue
            survey.messages[name, shape, outcome] += rows
            survey.beside += odd
            known = survey.samples.setdefault((name, shape, outcome), [])
            known.extend(str(one) for one in ids[: _SAMPLES - len(known)])
    return survey


def survey_reads(connection: Connection[Any], step: Reads) -> dict[str, Any]:
    """What either policy would do."""
    sums = {policy: [0] * 5 for policy in POLICIES}
    for chosen in _every(connection, step):
        for policy, *counts in connection.execute(_READS.encode(), step.values(chosen.ids, POLICIES)).fetchall():
            sums[policy] = [one + other for one, other in zip(sums[policy], counts, strict=True)]
    return {
        "conversations": sums["first-unread"][0],
        "unread": sums["first-unread"][2],
        "policies": {
            policy: {"rows": found[1], "unread_hidden": found[3], "read_shown_again": found[4]}
            for policy, found in sums.items()
        },
    }


def _every(connection: Connection[Any], step: Step) -> Iterator[Chosen]:
    """Walk through the conversations as the run does, each of them whole."""
    after: UUID | None = None
    while (chosen := step.choose(connection, after, _ROWS)) is not None:
        if chosen.ids:
            yield chosen
        after = chosen.last


def pieces() -> Iterator[tuple[UUID, UUID]]:
    """Cut the ids into ranges of equal width."""
    width = 2**128 // _PIECES
    for number in range(_PIECES):
        yield UUID(int=number * width), UUID(int=(number + 1) * width - 1)
