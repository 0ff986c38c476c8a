"""The step `verify`: is everything accounted for, and right? Reads only, in pieces."""

from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection

from scripts.backfilling.messages import JSON_TEXT, UNFINISHED
from scripts.backfilling.survey import pieces

# Each returns the ids of rows that break a rule. `m` is chat_messages, `c` chat_conversations, between two ids.
_CHECKS = {
    "message neither carried over nor in quarantine": """
        select m.id from public.chat_messages m
        where m.conversation_id between %(low)s and %(high)s and m.role is null
          and not exists (select from private.legacy_quarantine q where q.message_id = m.id)
    """,
    "message carried over in part": """
        select m.id from public.chat_messages m
        where m.conversation_id between %(low)s and %(high)s
          and (m.role is null) <> (m.kind is null or m.seq is null or m.user_id is null)
          -- Whose conversation lost its owner since has a reason of the conversation's.
          and not exists (
            select from private.legacy_quarantine q where q.conversation_id = m.conversation_id and q.message_id is null
          )
    """,
    "message of another owner than its conversation": """
        select m.id from public.chat_messages m join public.chat_conversations c on c.id = m.conversation_id
        where m.conversation_id between %(low)s and %(high)s
          and m.role is not null and m.user_id is distinct from c.user_id
    """,
    "message with the wrong role or kind for its type": """
        select m.id from public.chat_messages m
        where m.conversation_id between %(low)s and %(high)s and m.role is not null and m.turn_id is null
          -- Rows of the new application have ids of their own; rules may say something else on purpose.
          and m.client_message_id = private.legacy_uuid(m.id, 'message')
          and not exists (select from private.legacy_rules)
          and (m.type in ('user', 'bot', 'system') and m.role <> m.type
            or m.type in ('chips', 'form') and m.kind <> m.type)
    """,
    "message out of order": """
        select n.id from (
          -- Where a rule made a time possible, the place is that of the time before.
          select m.id, (coalesce(t.created_at, m.created_at), m.id)
            < lag((coalesce(t.created_at, m.created_at), m.id)) over w as wrong
          from public.chat_messages m
          left join private.legacy_times t on t.id = m.id and not t.is_conversation
          where m.conversation_id between %(low)s and %(high)s and m.seq < 1000000000
            and exists (
              select from public.chat_conversations c where c.id = m.conversation_id and c.last_seq >= 1000000000
            )
          window w as (partition by m.conversation_id order by m.seq)
        ) n where n.wrong
    """,
    "user message without a client id": """
        select m.id from public.chat_messages m
        where m.conversation_id between %(low)s and %(high)s and m.role = 'user' and m.client_message_id is null
    """,
    "legacy question that waits for an answer": """
        select m.id from public.chat_messages m
        where m.conversation_id between %(low)s and %(high)s and m.kind in ('chips', 'form') and m.turn_id is null
          and m.answered_at is null
    """,
    "time that nobody can be told": """
        select m.id from public.chat_messages m
        where m.conversation_id between %(low)s and %(high)s and m.role is not null
          and not (private.legacy_is_possible(m.created_at) and private.legacy_is_possible(m.answered_at))
    """,
    "text over 16,000 characters, which the contract step refuses": """
        select w.id from public.chat_messages w
        where w.conversation_id between %(low)s and %(high)s and w.role is not null and char_length(w.content) > 16000
          and not ({json_text})
    """,
    "conversation neither carried over nor in quarantine": """
        select c.id from public.chat_conversations c
        where c.id between %(low)s and %(high)s
          and ({unfinished})
          and not exists (
            select from private.legacy_quarantine q where q.conversation_id = c.id and q.message_id is null
          )
    """,
    "conversation with a wrong count or last place": """
        select c.id from public.chat_conversations c
        join (
          select m.conversation_id, count(*) as messages, max(m.seq) as last_seq from public.chat_messages m
          where m.conversation_id between %(low)s and %(high)s and m.seq is not null group by 1
        ) n on n.conversation_id = c.id
        where c.message_count < least(5000, n.messages) or c.last_seq < n.last_seq
    """,
    "read marker past the last message": """
        select r.conversation_id from public.chat_conversation_reads r
        where r.conversation_id between %(low)s and %(high)s and r.last_read_seq > (
          select coalesce(max(m.seq), 0) from public.chat_messages m
          where m.user_id = r.user_id and m.conversation_id = r.conversation_id
        )
    """,
}
_COUNTS = f"""
select count(*), count(*) filter (where w.role is not null),
  count(*) filter (where w.role is null and exists (select from private.legacy_quarantine q where q.message_id = w.id)),
  count(*) filter (where {JSON_TEXT})
from public.chat_messages w where w.conversation_id between %(low)s and %(high)s
"""
_REASONS = "select reason, message_id is null, count(*) from private.legacy_quarantine group by 1, 2 order by 1, 2"
_SAMPLES = 3


@dataclass
class Verdict:
    """What was found: counts, the quarantine by reason, and broken rules with a few ids each."""

    messages: int = 0
    carried_over: int = 0
    quarantined: int = 0
    json_texts: int = 0
    reasons: list[dict[str, Any]] = field(default_factory=list)
    broken: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def in_quarantine(self) -> int:
        """Messages and conversations together."""
        return sum(reason["rows"] for reason in self.reasons)


def verify(connection: Connection[Any]) -> Verdict:
    """Check everything; meaningful while others write, since each check is one statement."""
    verdict = Verdict()
    for low, high in pieces():
        values = {"low": low, "high": high}
        row = connection.execute(_COUNTS.encode(), values).fetchone() or (0, 0, 0, 0)
        verdict.messages += row[0]
        verdict.carried_over += row[1]
        verdict.quarantined += row[2]
        verdict.json_texts += row[3]
        for name, query in _CHECKS.items():
            whole = query.replace("{json_text}", JSON_TEXT).replace("{unfinished}", UNFINISHED)
            found = [str(one[0]) for one in connection.execute(whole.encode(), values).fetchall()]
            if found:
                entry = verdict.broken.setdefault(name, {"rows": 0, "samples": []})
                entry["rows"] += len(found)
                entry["samples"] = (entry["samples"] + found)[:_SAMPLES]
    verdict.reasons = [
        {"reason": reason, "of": "conversations" if is_conversation else "messages", "rows": rows}
        for reason, is_conversation, rows in connection.execute(_REASONS).fetchall()
    ]
    return verdict
