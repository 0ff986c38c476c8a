"""Many rows of one member, written past every rule that takes time. No assertions."""

from typing import Any

from psycopg import Connection


def fill(root: Connection[Any], owner: str, conversations: int, each: int, *, content: str = "안녕하세요") -> list[str]:
    """Insert open conversations with `each` texts of the bot in it; return their ids.

    `root` must be a superuser's connection: triggers and foreign keys are left out, the rows are what they would be.
    """
    with root.transaction():
        root.execute("set local session_replication_role = replica")
        root.execute(
            "insert into public.chat_contacts (id, user_id) values (%s, %s) on conflict do nothing", [owner, owner]
        )
        made = root.execute(
            "insert into public.chat_conversations"
            " (user_id, client_conversation_id, last_seq, handled_seq, message_count)"
            " select %s, gen_random_uuid(), %s, %s, %s from generate_series(1, %s) returning id::text",
            [owner, each, each, min(each, 5000), conversations],
        ).fetchall()
        root.execute(
            "insert into public.chat_messages (user_id, conversation_id, role, kind, content, client_message_id, seq)"
            " select %s, c, 'bot', 'text', %s, gen_random_uuid(), n"
            " from unnest(%s::uuid[]) c, generate_series(1, %s) n",
            [owner, content, [row[0] for row in made], each],
        )
    return [row[0] for row in made]
