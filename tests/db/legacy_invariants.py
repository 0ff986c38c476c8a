"""What must be true of a database that was carried over, told without a line of the tool.

`remember` keeps the legacy rows aside; each entry of `BROKEN` then finds rows that are wrong, by a mapping and an
order of its own.
"""

from typing import Any

from scripts.legacy_sample import FAULTS
from tests.db.legacy import Database

REMEMBER = """
create table was.conversations as select * from public.chat_conversations;
-- A fault of the sample, or a conversation of nobody.
create table was.messages as select m.*, o.user_id is null or exists (
  select from was.faults f where f.type is not distinct from m.type and f.content = m.content
) as is_faulty from public.chat_messages m join was.conversations o on o.id = m.conversation_id;
create table was.expanded (at timestamptz);
create table was.writers (user_id uuid);
alter table was.messages add primary key (id);
alter table was.conversations add primary key (id);
analyze was.messages, was.conversations;
"""

BROKEN = {
    "a row is gone": "select id from was.messages except select id from public.chat_messages",
    "a legacy column changed": """
        select m.id from public.chat_messages m join was.messages w using (id)
        where m.type is distinct from w.type or m.created_at <> w.created_at or m.conversation_id <> w.conversation_id
    """,
    "a good row is not carried over, or not as the CASE of old says": """
        select m.id from public.chat_messages m join was.messages w using (id)
        where not w.is_faulty and (
          m.role is distinct from case when w.type in ('form', 'chips') then 'bot' else w.type end
          or m.kind is distinct from case when w.type in ('user', 'bot', 'system') then 'text' else w.type end)
    """,
    "a faulty row was touched": """
        select m.id from public.chat_messages m join was.messages w using (id)
        where w.is_faulty and (m.role is not null or m.seq is not null or m.content is distinct from w.content)
    """,
    "a faulty row is in no quarantine": """
        select w.id from was.messages w
        where w.is_faulty
          and w.id not in (select message_id from private.legacy_quarantine where message_id is not null)
    """,
    "a row is both carried over and in quarantine, or neither": """
        select m.id from public.chat_messages m left join private.legacy_quarantine q on q.message_id = m.id
        where (m.role is null) <> (q.message_id is not null)
    """,
    "a text changed by more than its ends": """
        select m.id from public.chat_messages m join was.messages w using (id)
        where m.kind = 'text' and w.type <> 'user' and m.content <> w.content
          or m.role = 'user' and position(m.content in w.content) = 0
    """,
    "chips without id and label": """
        select m.id from public.chat_messages m, jsonb_array_elements(m.payload -> 'chips') c
        where m.kind = 'chips' and not (c ? 'id' and c ? 'label')
    """,
    "two chips with one id": """
        select m.id from public.chat_messages m, jsonb_array_elements(m.payload -> 'chips') c
        where m.kind = 'chips' group by m.id, c ->> 'id' having count(*) > 1
    """,
    "an interactive message of old waits for an answer": """
        select m.id from public.chat_messages m where m.kind in ('chips', 'form') and m.turn_id is null
          and (m.answer is null or m.answered_at is null)
    """,
    "history is not in the order of (created_at, id)": """
        select a.id from (
          select w.id, m.seq, row_number() over (partition by w.conversation_id order by w.created_at, w.id)
            - row_number() over (partition by w.conversation_id order by m.seq) as off
          from was.messages w join public.chat_messages m using (id) where m.seq is not null
        ) a where a.off <> 0
    """,
    "something written later stands before history": """
        select m.id from public.chat_messages m
        where m.seq < 1000000000 and m.created_at > (select at from was.expanded)
          and m.conversation_id in (select id from was.conversations)
    """,
    "history is numbered among what was written later": """
        select m.id from public.chat_messages m join was.messages w using (id) where m.seq >= 1000000000
    """,
    "two messages in one place": """
        select min(m.id::text) from public.chat_messages m where m.seq is not null
        group by m.conversation_id, m.seq having count(*) > 1
    """,
    "an owner that is not the conversation's": """
        select m.id from public.chat_messages m join public.chat_conversations c on c.id = m.conversation_id
        where m.role is not null and m.user_id is distinct from c.user_id
    """,
    "a user message without a client id": """
        select id from public.chat_messages where role = 'user' and client_message_id is null
    """,
    "a legacy user message that waits for a reply": """
        select m.id from public.chat_messages m join was.messages w using (id) where m.turn_id is not null
    """,
    "a counter behind its messages": """
        select c.id from public.chat_conversations c join public.chat_messages m on m.conversation_id = c.id
        group by c.id having c.last_seq < max(m.seq) or c.message_count <> least(5000, count(m.seq))
    """,
    "a conversation not carried over": """
        select c.id from public.chat_conversations c join was.conversations w using (id)
        where w.user_id is not null and w.status <> 'archived' and (
          c.client_conversation_id is null or c.client_conversation_id = c.id or c.last_message_at is null
          or c.status <> case
            when w.status in ('active', 'open') and c.message_count < 5000 then 'open' else 'completed' end
            -- A writer may have completed their own meanwhile.
            and (c.status <> 'completed' or c.user_id not in (select user_id from was.writers)))
    """,
    "a conversation of new without a client id": """
        select id from public.chat_conversations where id not in (select id from was.conversations)
          and (client_conversation_id is null or status not in ('open', 'completed'))
    """,
    "a marker hides something unread": """
        select m.id from public.chat_messages m join public.chat_conversation_reads r using (conversation_id, user_id)
        where m.role = 'bot' and m.type is distinct from 'user' and not m.is_read and m.seq <= r.last_read_seq
          -- Whoever marks a conversation as read in the new application means its history, too.
          and (m.seq >= 1000000000 or r.user_id not in (select user_id from was.writers))
    """,
    "a marker stands too far back": """
        select c.id from public.chat_conversations c
        join public.chat_messages m on m.conversation_id = c.id and m.user_id = c.user_id and m.seq is not null
        left join public.chat_conversation_reads r on r.conversation_id = c.id
        group by c.id, r.last_read_seq
        having coalesce(r.last_read_seq, 0) < (
          select max(f.seq) from public.chat_messages f where f.conversation_id = c.id and f.seq < least(
            min(m.seq) filter (where m.role = 'bot' and not m.is_read),
            (select min(q.seq) from private.legacy_quarantine q join public.chat_messages b on b.id = q.message_id
              where q.conversation_id = c.id and not b.is_read and b.type is distinct from 'user')))
    """,
}


def remember(database: Database) -> None:
    """Keep the legacy rows aside."""
    database.connection.execute("create schema was; create table was.faults (type text, content text)")
    for kind, content in FAULTS.values():
        database.connection.execute("insert into was.faults values (%s, %s)", [kind, content])
    database.connection.execute(REMEMBER)


def expanded(database: Database, writers: list[Any]) -> None:
    """Note that from now on the triggers are at work, and who writes."""
    database.connection.execute("insert into was.expanded values (clock_timestamp())")
    for user in writers:
        database.connection.execute("insert into was.writers values (%s)", [user])


def broken(database: Database, *, but: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """Return which rules do not hold, with the first rows that break them."""
    found = {name: database.rows(query)[:3] for name, query in BROKEN.items() if name not in but}
    return {name: rows for name, rows in found.items() if rows}
