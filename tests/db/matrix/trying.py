"""Every cell is tried, over SQL as a role of the database and over PostgREST as a client. No assertions."""

from collections.abc import Callable, Generator, Mapping
from typing import Any

import httpx
import psycopg
from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from tests.db.matrix.columns import READABLE
from tests.db.matrix.tables import NO, PERSONAS, RIGHTS, ROWS
from tests.db.matrix.world import NUMBERS, Row, World
from tests.stack import become, become_superuser

_CHANGES: dict[str, dict[str, Any]] = {
    "chat_contacts": {"name": "바꿈"},
    "chat_conversations": {"status": "completed"},
    "chat_messages": {"content": "바꿈"},
    "chat_conversation_reads": {"last_read_seq": 2},
    "chat_inquiries": {"locale": "en"},
    "chat_flows": {"definition": {"changed": True}},
    "chat_operators": {"display_name": "바꿈"},
    "chat_desk": {"priority": "high"},
    "chat_gone": {"gone_at": "2026-01-01"},
    "chat_hours": {"time_zone": "UTC"},
    "kb_assistant": {"created_at": "2026-01-01"},
    "kb_tries": {"question": "바꿈"},
    "kb_spending": {"settled_at": "2026-01-01"},
    "chat_notes": {"content": "바꿈"},
    "chat_labels": {"color": "#ff0000"},
    "chat_conversation_labels": {"created_at": "2026-01-01"},
    "chat_canned_replies": {"content": "바꿈"},
    "chat_activities": {"actor_name": "바꿈"},
    "chat_typing": {"typed_at": "2026-01-01"},
    "chat_presence": {"seen_at": "2026-01-01"},
    "chat_channels": {"name": "바꿈"},
    "chat_channel_threads": {"thread_key": "바꿈"},
    "chat_channel_messages": {"attempt": 2},
    "chat_rules": {"position": 7},
    "chat_rule_runs": {"status": "partial"},
    "chat_jobs": {"last_error": "바꿈"},
    "chat_ticks": {"due_at": "2026-01-01"},
    "chat_webhooks": {"failing_since": "2026-01-01"},
    "chat_deliveries": {"error": "바꿈"},
    "chat_listeners": {"channel": "바꿈"},
    "chat_search": {"said_by": "bot"},
    "chat_search_due": {"since": "2026-01-01"},
    "chat_search_words": {"share": 0.25},
    "chat_conversation_summaries": {"status": "completed"},
    "kb_articles": {"title": "바꿈"},
    "kb_chunks": {"place": 7},
    "kb_terms": {"places": 7},
    "kb_versions": {"title": "바꿈"},
    "kb_sources": {"root": "바꿈"},
    "kb_misses": {"asked": 7},
    "kb_imports": {"total": 7},
    "kb_import_items": {"title": "바꿈"},
    "kb_removed": {"removed_at": "2026-01-01"},
    "kb_answers": {"helpful": True},
}


def expected(relation: str, command: str, persona: str) -> dict[str, str]:
    """Return the outcome for each row, as the table says; a relation that is not in it may be used by nobody."""
    of_role = RIGHTS.get(relation, {}).get(PERSONAS[persona], {})
    return dict(zip(ROWS, of_role.get(command, NO).split(), strict=True))


def relations(db: Connection[Any]) -> list[str]:
    """Return every relation of the exposed schema that holds or shows rows."""
    found = db.execute(
        "select relname from pg_class where relnamespace = 'public'::regnamespace"
        " and relkind in ('r', 'p', 'v', 'm', 'f', 'S') order by 1"
    )
    return [row[0] for row in found]


Try = Callable[[World, str, str, str, str], str]
# Gives a world that is whole, and its digest, before each cell; it is told whether the last one has changed it.
Worlds = Generator[tuple[World, str], bool | None, None]


def is_refused(found: str) -> bool:
    """Whether an outcome of `over_sql` is an error, after which it is back where it was before the cell."""
    return found not in {"ok", "none"} and not found.endswith(" rows")


def over_sql(db: Connection[Any]) -> Try:
    """Try a cell as the role itself, in this connection's transaction."""

    def attempt(world: World, relation: str, command: str, persona: str, row: str) -> str:
        become(db, PERSONAS[persona], world.user(persona), is_anonymous=persona == "other")
        try:
            return _count(db.execute(*_statement(world, relation, command, persona, row)).rowcount)
        except psycopg.Error as error:
            # Back to before the cell, where the connection was nobody's persona.
            db.execute("rollback to savepoint cell")
            return error.sqlstate or "?"
        finally:
            become_superuser(db)

    return attempt


def over_rest(clients: Mapping[str, httpx.Client]) -> Try:
    """Try a cell through PostgREST, with a client for each persona."""

    def attempt(world: World, relation: str, command: str, persona: str, row: str) -> str:
        client, where = clients[persona], {}
        if command != "insert":
            where = {name: f"eq.{value}" for name, value in world.side(persona, row).key(relation).items()}
        method = {"select": "GET", "insert": "POST", "update": "PATCH", "delete": "DELETE"}[command]
        body = {"insert": world.new_row(relation, persona, row), "update": _change(relation)}.get(command)
        answer = client.request(
            method, f"/{relation}", params=where, json=body, headers={"Prefer": "return=representation"}
        )
        if answer.is_success:
            return _count(len(answer.json()))
        code = str(answer.json().get("code"))
        return code if answer.status_code in _statuses(persona, code) else f"{answer.status_code} {code}"

    return attempt


def mismatches(
    db: Connection[Any],
    attempt: Try,
    worlds: Worlds,
    cells: list[tuple[str, str, str]],
    *,
    is_undone: Callable[[str], bool] = lambda _: False,
) -> list[str]:
    """Try cells (relation, command, persona) on every row; return those that came out otherwise than the table says.

    What changed is looked at as superuser, unless the attempt has taken back by itself what an outcome may have left.
    """
    wrong = []
    has_changed = None
    for relation, command, persona in cells:
        for row, wanted in expected(relation, command, persona).items():
            world, before = worlds.send(has_changed)
            found = attempt(world, relation, command, persona, row)
            has_changed = not is_undone(found) and world.digest(db) != before
            name = f"{persona} {command} {relation} {row}"
            if found != wanted:
                wrong.append(f"{name}: {found} instead of {wanted}")
            if has_changed is not (wanted == "ok" and command != "select"):
                wrong.append(f"{name}: rows {'changed' if has_changed else 'stayed'} ({found})")
    return wrong


def _change(relation: str) -> Row:
    # One row for everybody, so that no cell finds it as it was.
    one_row = {
        "chat_search_state": "counted",
        "chat_team": "expected_reply_seconds",
        "kb_assistant_told": "version",
    }  # fmt: skip
    return {one_row[relation]: next(NUMBERS)} if relation in one_row else _CHANGES[relation]


def _statuses(persona: str, code: str) -> set[int]:
    if code == "42501":
        return {401} if persona == "anon" else {403}
    # PostgREST has no better word for a view that cannot be written.
    return {500} if code == "55000" else set(range(400, 500))


def _count(rows: int) -> str:
    return {0: "none", 1: "ok"}.get(rows, f"{rows} rows")


def _statement(
    world: World, relation: str, command: str, persona: str, row: str
) -> tuple[sql.Composed, dict[str, Any] | list[Any]]:
    table = sql.SQL("public.{}").format(sql.Identifier(relation))
    if command == "insert":
        new = world.new_row(relation, persona, row)
        names = sql.SQL(", ").join(map(sql.Identifier, new))
        marks = sql.SQL(", ").join([sql.Placeholder()] * len(new))
        return sql.SQL("insert into {} ({}) values ({})").format(table, names, marks), _plain(new)
    (name, value), *_ = world.side(persona, row).key(relation).items()
    where = sql.SQL("where {} = %s").format(sql.Identifier(name))
    if command == "update":
        (column, changed), *_ = _change(relation).items()
        change = sql.SQL("update {} set {} = %s {}").format(table, sql.Identifier(column), where)
        return change, [*_plain({column: changed}), value]
    if command == "select":
        # By name: a table that came from a legacy database may have columns of the site's own, which are nobody's here.
        # That `*` may be asked for where there are none, test_access.py holds.
        names = sorted(READABLE.get((relation, command), ()))
        columns = sql.SQL(", ").join(map(sql.Identifier, names)) if names else sql.SQL("*")
        return sql.SQL("select {} from {} {}").format(columns, table, where), [value]
    return sql.SQL("delete from {} {}").format(table, where), [value]


def _plain(row: Row) -> list[Any]:
    def is_json(value: Any) -> bool:
        return isinstance(value, dict) or (isinstance(value, list) and isinstance(next(iter(value), None), dict))

    return [Jsonb(value) if is_json(value) else value for value in row.values()]
