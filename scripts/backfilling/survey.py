"""The dry run: what there is, what would become of it, a few samples. Reads only, in pieces, so that memory stays flat.

Contents of messages are people's: a sample shows the id, and the text only of what is no text of a person.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from scripts.backfilling.rules import Rules

_PIECES = 64
_SAMPLES = 3

_MESSAGES = """
select s.type, s.shape, s.outcome, count(*), (array_agg(s.id))[1:%(samples)s]
from (
  select m.id, m.type,
    case
      when m.content is null then 'no text'
      when m.type in ('chips', 'form') then coalesce(o.reason,
        case when private.legacy_list(o.object, 'chips', 'options', 'buttons', 'items', 'fields', 'inputs') is null
          then 'object without a list' else 'object with a list' end)
      when private.legacy_trim(m.content) = '' then 'empty'
      when char_length(m.content) > 16000 then 'over 16,000 characters'
      when char_length(m.content) > 4000 then 'over 4,000 characters'
      when m.content <> private.legacy_trim(m.content) then 'text with white space at its ends'
      else 'text'
    end as shape,
    case
      when m.role is not null then 'carried over'
      when c.user_id is null and not %(rules)s ? 'owner' then 'left: conversation_without_owner'
      when r.reason is not null then 'left: ' || r.reason
      else r.role || '/' || r.kind
    end as outcome
  from public.chat_messages m
  join public.chat_conversations c on c.id = m.conversation_id
  cross join lateral private.map_legacy_message(m.type, m.content, %(rules)s) r
  left join lateral private.legacy_object(m.content) o on m.type in ('chips', 'form')
  where m.id >= %(low)s and m.id <= %(high)s
) s
group by 1, 2, 3
"""
_CONVERSATIONS = """
select c.status, coalesce(private.legacy_status(c.status, %(rules)s), 'left: status_unknown'),
  c.user_id is null, count(*)
from public.chat_conversations c
where c.id >= %(low)s and c.id <= %(high)s
group by 1, 2, 3
"""
# Before anything is carried over there are no places yet: the order is that in which they would be given.
_READS = """
with ordered as (
  select m.conversation_id, m.is_read,
    coalesce(m.role, (private.map_legacy_message(m.type, m.content, %(rules)s)).role) as role,
    row_number() over (partition by m.conversation_id order by m.seq nulls first, m.created_at, m.id) as place
  from public.chat_messages m
  where m.conversation_id >= %(low)s and m.conversation_id <= %(high)s
),
markers as (
  select conversation_id,
    coalesce(min(place) filter (where role = 'bot' and not is_read) - 1, max(place)) as first_unread,
    coalesce(max(place) filter (where role = 'bot' and is_read), 0) as last_read
  from ordered group by conversation_id
)
select count(distinct k.conversation_id),
  count(*) filter (where o.role = 'bot' and not o.is_read),
  count(*) filter (where o.role = 'bot' and not o.is_read and o.place <= k.first_unread),
  count(*) filter (where o.role = 'bot' and o.is_read and o.place > k.first_unread),
  count(*) filter (where o.role = 'bot' and not o.is_read and o.place <= k.last_read),
  count(*) filter (where o.role = 'bot' and o.is_read and o.place > k.last_read)
from markers k join ordered o using (conversation_id)
"""


@dataclass
class Survey:
    """What was found."""

    messages: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    samples: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    conversations: Counter[tuple[str, str, bool]] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
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


def survey_messages(connection: Connection[Any], rules: Rules) -> Survey:
    """Look at every message and conversation."""
    survey = Survey()
    for low, high in pieces():
        values = {"low": low, "high": high, "rules": Jsonb(rules), "samples": _SAMPLES}
        for kind, shape, outcome, rows, ids in connection.execute(_MESSAGES.encode(), values).fetchall():
            key = ("NULL" if kind is None else kind, shape, outcome)
            survey.messages[key] += rows
            known = survey.samples.setdefault(key, [])
            known.extend(str(one) for one in ids[: _SAMPLES - len(known)])
        for status, outcome, ownerless, rows in connection.execute(_CONVERSATIONS.encode(), values).fetchall():
            survey.conversations["NULL" if status is None else status, outcome, ownerless] += rows
    return survey


def survey_reads(connection: Connection[Any], rules: Rules) -> dict[str, Any]:
    """What either policy would do."""
    sums = [0] * 6
    for low, high in pieces():
        row = connection.execute(_READS.encode(), {"low": low, "high": high, "rules": Jsonb(rules)}).fetchone()
        sums = [one + other for one, other in zip(sums, row or (0,) * 6, strict=True)]
    return {
        "conversations": sums[0],
        "unread": sums[1],
        "policies": {
            "first-unread": {"unread_hidden": sums[2], "read_shown_again": sums[3]},
            "last-read": {"unread_hidden": sums[4], "read_shown_again": sums[5]},
        },
    }


def pieces() -> Iterator[tuple[UUID, UUID]]:
    """Cut the ids into ranges of equal width."""
    width = 2**128 // _PIECES
    for number in range(_PIECES):
        yield UUID(int=number * width), UUID(int=(number + 1) * width - 1)
