"""The way back before the contract migrations: the database as the legacy client left it, with what was said since.

What the legacy client would have goes back in batches; then everything that the expand migrations made goes, in one
short transaction, with what was written between the two. What members and guests sent as inquiries is kept: it has no
other place.
"""

from pathlib import Path
from typing import Any

from psycopg import Connection, sql

from scripts.backfilling.removal import remove
from scripts.legacy.ours import names
from scripts.local.paths import LEGACY, MIGRATIONS
from scripts.migrations.files import read_folder
from scripts.migrations.history import LEGACY as LEGACY_HISTORY
from scripts.migrations.history import MAIN as MAIN_HISTORY

_SQL = Path(__file__).with_name("undo.sql").read_text(encoding="utf-8")
_ROWS = 2_000

# Each has a part that finds rows, which the dry run counts, and one that writes them. {limit} is put in by the batches.
_FOUND = {
    "texts": "select o.message_id as id from private.legacy_originals o",
    "times": "select t.id from private.legacy_times t",
    "statuses": "select s.conversation_id as id from private.legacy_statuses s",
    "owners": "select o.conversation_id as id from private.legacy_owners o",
    # Those that the new application made; the legacy client's own are among the statuses.
    "open": """
        select n.id from public.chat_conversations n
        where n.status = 'open' and n.client_conversation_id <> private.legacy_uuid(n.id, 'conversation')
          and not exists (select from private.legacy_statuses s where s.conversation_id = n.id)
    """,
    # A text may be missing in what the new application wrote; the legacy client's are among the originals.
    "empty": """
        select m.id from public.chat_messages m
        where m.content is null and m.payload is not null
          and not exists (select from private.legacy_originals o where o.message_id = m.id)
    """,
}
_WRITE = {
    "texts": """
        , gone as (delete from private.legacy_originals o using found f where o.message_id = f.id returning o.*)
        update public.chat_messages m
        set content = g.content, role = null, kind = null, payload = null, answer = null, answered_at = null
        from gone g where m.id = g.message_id
    """,
    "times": """
        , gone as (delete from private.legacy_times t using found f where t.id = f.id returning t.*),
        conversations as (
          update public.chat_conversations c set created_at = g.created_at from gone g where g.is_conversation and
            c.id = g.id
        )
        update public.chat_messages m set created_at = g.created_at from gone g where not g.is_conversation and m.id
          = g.id
    """,
    # What is another word by now was said since, and stays.
    "statuses": """
        , gone as (delete from private.legacy_statuses s using found f where s.conversation_id = f.id returning s.*)
        update public.chat_conversations c set status = g.status from gone g where c.id = g.conversation_id and
          c.status = g.given
    """,
    "owners": """
        , gone as (delete from private.legacy_owners o using found f where o.conversation_id = f.id returning o.*)
        update public.chat_conversations c set user_id = null from gone g where c.id = g.conversation_id
    """,
    "open": "update public.chat_conversations c set status = {word} from found f where c.id = f.id",
    "empty": "update public.chat_messages m set content = m.payload::text from found f where m.id = f.id",
}
# The check was made with the rest, NOT VALID; these read the rows.
_NOT_NULL = (
    "alter table public.chat_messages validate constraint chat_messages_content_present",
    "alter table public.chat_messages alter column content set not null",
    "alter table public.chat_messages drop constraint chat_messages_content_present",
)
# The word with which the legacy client's conversations begin.
_WORD = """
select coalesce(substring(pg_get_expr(d.adbin, d.adrelid) from '^''(\\w+)'''), 'active')
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = 'public.chat_conversations'::regclass and a.attname = 'status'
"""


def foretell(connection: Connection[Any]) -> dict[str, int]:
    """Count what the way back would do, reading only."""
    word = _one(connection, _WORD)
    counts = {name: int(_one(connection, f"select count(*) from ({query}) f")) for name, query in _FOUND.items()}
    counts["open"] *= word != "open"
    return {**counts, "inquiries": int(_one(connection, "select count(*) from public.chat_inquiries"))}


def undo(connection: Connection[Any]) -> dict[str, int]:
    """Go back. May be repeated after an interruption; raises psycopg.Error where a lock was not to be had."""
    inquiries = 0
    with connection.transaction():
        # From here on nothing is carried over any more, and no other step begins.
        connection.execute(
            "insert into private.backfill_jobs (step, batch_rows) select 'undo', %s"
            " where not exists (select from private.backfill_jobs where step = 'undo')",
            [_ROWS],
        )
        connection.execute("set local lock_timeout = '2s'")
        connection.execute("drop trigger if exists carry_over_conversation on public.chat_conversations")
        inquiries = int(_one(connection, "select count(*) from public.chat_inquiries"))
    done = {name: _batches(connection, name) for name in _FOUND}
    shape = [row[0] for row in connection.execute("select statement from private.legacy_shape order by id").fetchall()]
    with connection.transaction():
        connection.execute("set local lock_timeout = '2s'")
        connection.execute("lock table public.chat_conversations, public.chat_messages in access exclusive mode")
        # What was written since the last batch.
        for name in _FOUND:
            done[name] += _batch(connection, name, None)
        connection.execute(_SQL.encode())
        remove(connection, names([*read_folder(LEGACY), *read_folder(MIGRATIONS)]))
        _forget(connection)
        for statement in shape:
            connection.execute(statement.encode())
    finish(connection)
    return {**done, "inquiries": inquiries}


def finish(connection: Connection[Any]) -> bool:
    """Make content NOT NULL where it was, without stopping anybody. Return whether that was left to do."""
    if not _one(
        connection, "select exists (select from pg_constraint where conname = 'chat_messages_content_present')"
    ):
        return False
    for statement in _NOT_NULL:
        connection.execute(statement)
    return True


def _forget(connection: Connection[Any]) -> None:
    """Take what is gone out of the histories, so that the first step may be taken again."""
    for history, files in ((LEGACY_HISTORY, read_folder(LEGACY)), (MAIN_HISTORY, read_folder(MIGRATIONS))):
        versions = [one.version for one in files if not one.name.startswith("legacy_")]
        for table in (history.table, history.checksums):
            if _one(connection, "select to_regclass(%s) is not null", [f"supabase_migrations.{table}"]):
                connection.execute(
                    sql.SQL("delete from supabase_migrations.{} where version = any(%s)").format(sql.Identifier(table)),
                    [versions],
                )


def _batches(connection: Connection[Any], name: str) -> int:
    rows = 0
    while True:
        with connection.transaction():
            done = _batch(connection, name, _ROWS)
        if done < 1:
            return rows
        rows += done


def _batch(connection: Connection[Any], name: str, limit: int | None) -> int:
    """Write one batch; return how many rows were found, which may be more than were changed."""
    word = str(_one(connection, _WORD))
    if name == "open" and word == "open":
        return 0
    connection.execute("select set_config('munui.backfill', 'on', true)")
    found = int(_one(connection, f"select count(*) from ({_FOUND[name]} limit %s) f", [limit]))
    if found:
        statement = sql.SQL("with found as ({} limit {}) {}").format(
            sql.SQL(_FOUND[name]),
            sql.Literal(limit),
            sql.SQL(_WRITE[name]).format(word=sql.Literal(word)),
        )
        connection.execute(statement)
    return found


def _one(connection: Connection[Any], query: str, values: list[Any] | None = None) -> Any:
    row = connection.execute(query.encode(), values).fetchone()
    return None if row is None else row[0]
