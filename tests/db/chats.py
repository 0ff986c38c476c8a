"""Conversations and messages for tests, written past every service. No assertions."""

import uuid
from collections.abc import Mapping
from typing import Any

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

OF_MEMBERS = (
    "chat_conversations",
    "chat_messages",
    "chat_conversation_reads",
    "chat_inquiries",
    "chat_flows",
    "chat_team",
    "kb_assistant_told",
    "kb_articles",
    "kb_chunks",
    "kb_terms",
)
# No grant of any kind to members.
OF_THE_SERVICE = (
    "chat_contacts",
    "chat_operators",
    "chat_desk",
    "chat_gone",
    "chat_hours",
    "chat_notes",
    "chat_labels",
    "chat_conversation_labels",
    "chat_canned_replies",
    "chat_activities",
    "chat_typing",
    "chat_presence",
    "chat_channels",
    "chat_channel_threads",
    "chat_channel_messages",
    "chat_rules",
    "chat_rule_runs",
    "chat_jobs",
    "chat_ticks",
    "chat_webhooks",
    "chat_deliveries",
    "chat_listeners",
    "kb_assistant",
    "kb_tries",
    "kb_answers",
    "kb_spending",
    "kb_import_items",
    "kb_imports",
    "kb_misses",
    "kb_removed",
    "kb_sources",
    "kb_versions",
    "chat_search",
    "chat_search_due",
    "chat_search_state",
    "chat_search_words",
)
TABLES = (*OF_MEMBERS, *OF_THE_SERVICE)
CHIPS = {"chips": [{"id": "yes", "label": "네"}, {"id": "no", "label": "아니요"}]}
FORM = {"fields": [{"name": "title", "type": "text", "label": "제목", "required": True}]}


def new_id() -> str:
    """Return an id that nobody else has."""
    return str(uuid.uuid4())


def add_row(db: Connection[Any], table: str, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Insert a row and return it with everything that the database added."""
    values = [Jsonb(value) if isinstance(value, dict | list) else value for value in columns.values()]
    statement = sql.SQL("insert into public.{} ({}) values ({}) returning to_jsonb({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
        sql.Identifier(table),
    )
    return db.execute(statement, values).fetchone()[0]


def add_conversation(db: Connection[Any], owner: str, **columns: Any) -> str:
    """Insert an open conversation without messages and return its id."""
    row = {"user_id": owner, "client_conversation_id": new_id(), **columns}
    return add_row(db, "chat_conversations", row)["id"]


def add_message(db: Connection[Any], owner: str, conversation: str, **columns: Any) -> dict[str, Any]:
    """Insert a message, by default a text of the bot, and return its row."""
    row = {
        "user_id": owner,
        "conversation_id": conversation,
        "role": "bot",
        "kind": "text",
        "content": "안녕하세요",
        "client_message_id": new_id(),
        **columns,
    }
    return add_row(db, "chat_messages", row)


def add_chips(db: Connection[Any], owner: str, conversation: str) -> str:
    """Insert CHIPS as the bot's message and return its id."""
    return add_message(db, owner, conversation, kind="chips", content=None, payload=CHIPS, step_id="ask")["id"]


def add_form(db: Connection[Any], owner: str, conversation: str) -> str:
    """Insert FORM as the bot's message and return its id."""
    return add_message(db, owner, conversation, kind="form", content=None, payload=FORM, step_id="ask")["id"]


def add_answer(db: Connection[Any], owner: str, conversation: str, asked: str, event: dict[str, Any]) -> str:
    """Insert the user's answer to a question and return its id. The text of a click is the database's to say."""
    row = {"role": "user", "in_reply_to": asked, "event": event, "content": "양식"}
    return add_message(db, owner, conversation, **row)["id"]


def add_texts(db: Connection[Any], owner: str, conversation: str, count: int, content: str = "기다림") -> None:
    """Insert texts of the user that nobody has replied to, as a member may past our service."""
    db.execute(
        "insert into public.chat_messages (user_id, conversation_id, role, kind, content, client_message_id)"
        " select %s, %s, 'user', 'text', %s, gen_random_uuid() from generate_series(1, %s)",
        [owner, conversation, content, count],
    )


def messages_of(db: Connection[Any], conversation: str) -> list[dict[str, Any]]:
    """Return the messages of a conversation in their order."""
    found = db.execute(
        "select to_jsonb(m) from public.chat_messages m where conversation_id = %s order by seq", [conversation]
    )
    return [row[0] for row in found]


def conversation_row(db: Connection[Any], conversation: str) -> dict[str, Any]:
    """Return the row of a conversation."""
    found = db.execute("select to_jsonb(c) from public.chat_conversations c where id = %s", [conversation])
    return found.fetchone()[0]


def everything(db: Connection[Any]) -> dict[str, tuple[Any, ...]]:
    """Return of every table how many rows it has, and a digest of them: equal before and after means that nothing was
    written.

    Of each row it takes where it lies and who wrote it, which is another for a row that was written again. The rows
    themselves would be read as a whole, and there are many when the suite has run for a while.
    """
    digest = "select count(*), sum(hashtextextended(ctid::text || '/' || xmin::text, 0)) from public.{}"
    found = {table: db.execute(sql.SQL(digest).format(sql.Identifier(table))).fetchone() for table in TABLES}
    return {table: row for table, row in found.items() if row is not None}


def tables_with(db: Connection[Any], *ids: str) -> set[str]:
    """Return the tables in which a row holds any of these ids, in whatever column."""
    held = "select from public.{} t where to_jsonb(t)::text like any (%s) limit 1"
    wanted = [f"%{one}%" for one in ids]
    return {table for table in TABLES if db.execute(sql.SQL(held).format(sql.Identifier(table)), [wanted]).rowcount}
