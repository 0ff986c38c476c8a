"""The way back before the contract migrations: the database as the legacy client left it, with what was said since.

Texts and statuses go back in batches; then everything that the expand migrations made goes, in one short transaction.
What members and guests sent as inquiries is kept: it has no other place.
"""

from pathlib import Path
from typing import Any

from psycopg import Connection

_SQL = Path(__file__).with_name("undo.sql").read_text(encoding="utf-8")
_ROWS = 2_000

_TEXTS = """
with batch as (
  delete from private.legacy_originals o
  where o.message_id in (select message_id from private.legacy_originals order by message_id limit %s)
  returning o.message_id, o.content
)
update public.chat_messages m
set content = b.content, role = null, kind = null, payload = null, answer = null, answered_at = null
from batch b where m.id = b.message_id
"""
_STATUSES = """
with batch as (
  delete from private.legacy_statuses s
  where s.conversation_id in (select conversation_id from private.legacy_statuses order by conversation_id limit %s)
  returning s.conversation_id, s.status
)
-- Completed since then stays completed: it is the same word in both.
update public.chat_conversations c
set status = case
  when c.status = 'completed' and private.legacy_status(b.status) = 'open' then c.status else b.status end
from batch b where c.id = b.conversation_id
"""
# Those that the new application made; the legacy client's own are among the statuses.
_OPEN = """
update public.chat_conversations c set status = 'active'
where c.id in (
  select n.id from public.chat_conversations n
  where n.status = 'open' and n.client_conversation_id <> private.legacy_uuid(n.id, 'conversation') limit %s
)
"""
# A text may be missing in what the new application wrote; the legacy client's never was.
_EMPTY = """
update public.chat_messages m set content = coalesce(m.payload::text, '')
where m.id in (select id from public.chat_messages where content is null limit %s)
"""
_NOT_NULL = (
    "alter table public.chat_messages validate constraint chat_messages_content_present",
    "alter table public.chat_messages alter column content set not null",
    "alter table public.chat_messages drop constraint chat_messages_content_present",
)


def undo(connection: Connection[Any]) -> dict[str, int]:
    """Go back. May be repeated after an interruption; raises psycopg.Error where a lock was not to be had."""
    # The triggers would carry each restored row over again.
    connection.execute("drop trigger if exists carry_over_conversation on public.chat_conversations")
    done = {name: _batches(connection, query) for name, query in
            (("texts", _TEXTS), ("statuses", _STATUSES), ("open", _OPEN), ("empty", _EMPTY))}  # fmt: skip
    with connection.transaction():
        connection.execute("set local lock_timeout = '2s'")
        connection.execute(_SQL.encode())
    # In steps of their own, so that the rows are read without stopping anybody.
    for statement in _NOT_NULL:
        connection.execute(statement)
    return done


def _batches(connection: Connection[Any], query: str) -> int:
    rows = 0
    while True:
        with connection.transaction():
            connection.execute("select set_config('munui.backfill', 'on', true)")
            done = connection.execute(query.encode(), [_ROWS]).rowcount
        if done < 1:
            return rows
        rows += done
