"""The price of Row Level Security: each member query under RLS against the same text as service role, with its plan.

The queries are those inside the functions of the API, taken out of them, so that both roles may run them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection

from scripts.bench.bare import capture, reply_body, send_body
from scripts.bench.database_time import become
from scripts.bench.direct import call
from scripts.bench.growth import Subject
from scripts.bench.members import next_chip, sign_up
from scripts.bench.options import Options
from scripts.bench.timing import compare, ratio
from scripts.local import LocalStack

QUERIES = {
    "page": """
        select * from public.chat_messages m
        where m.user_id = %(user)s and m.conversation_id = %(conversation)s and m.seq < 9223372036854775807
        order by m.seq desc limit 50""",
    "list": """
        select s.* from public.chat_conversation_summaries s
        where s.user_id = %(user)s and s.client_conversation_id is not null
        order by s.last_message_at desc, s.id desc limit 50""",
    "unread": """
        select s.unread_count from public.chat_conversation_summaries s
        where s.id = %(conversation)s and s.user_id = %(user)s""",
    "state": """
        select c.state, c.state_version, m.seq <= c.handled_seq from public.chat_conversations c
        left join public.chat_messages m on m.conversation_id = c.id and m.client_message_id = %(message)s
        where c.id = %(conversation)s and c.user_id = %(user)s""",
}
ROLES = {"rls": "authenticated", "service": "service_role"}
# Tables that grow with the service; one of a few rows is rightly read whole.
_SCANS = re.compile(r"Seq Scan on (?:\w+\.)?(chat_messages|chat_conversations|chat_conversation_reads)\b")


def measure(stack: LocalStack, options: Options, subject: Subject) -> dict[str, Any]:
    """Each query's times and ratio, and whether an index served it; plans are written below `options.out`."""
    plans = options.out / "plans"
    plans.mkdir(parents=True, exist_ok=True)
    with ExitStack() as open_ones:
        # A connection a role: plans are kept by connection, and a plan under RLS serves one role only.
        connections = {name: open_ones.enter_context(psycopg.connect(stack.db_url)) for name in ROLES}
        told = {query: _compare(connections, query, subject, options, plans) for query in QUERIES}
    told |= _plans_of_a_turn(stack, subject, plans)
    return told


def _compare(
    connections: dict[str, Connection[Any]], query: str, subject: Subject, options: Options, plans: Path
) -> dict[str, Any]:
    values = {
        "user": subject.member.id,
        "conversation": subject.conversations[len(subject.conversations) // 2],
        "message": "00000000-0000-4000-8000-000000000000",
    }

    def run(name: str) -> Callable[[], object]:
        return lambda: connections[name].execute(QUERIES[query].encode(), values, prepare=True).fetchall()

    for name, role in ROLES.items():
        # Planned once, as the functions mostly are: whether Postgres plans anew is decided near a tie, by role.
        connections[name].execute(b"set local plan_cache_mode = force_generic_plan")
        become(connections[name], role, subject.member.id)
    times = compare({name: run(name) for name in ROLES}, rounds=options.rounds, count=options.calls, warm_up=10)
    scanned = [
        scan for name in ROLES for scan in _explain(connections[name], query, values, plans / f"{query}.{name}.txt")
    ]
    for connection in connections.values():
        connection.rollback()
    return {
        "rls": times["rls"].to_json(),
        "service": times["service"].to_json(),
        "ratio": ratio(times["rls"], times["service"]).to_json(),
        "by_index": not scanned,
    }


def _explain(db: Connection[Any], query: str, values: dict[str, str], path: Path) -> list[str]:
    """Write the plan down; the tables of ours that it read whole."""
    rows = db.execute(b"explain (analyze, buffers) " + QUERIES[query].encode(), values).fetchall()
    text = "\n".join(row[0] for row in rows)
    path.write_text(_without_ids(text) + "\n", encoding="utf-8")
    return _SCANS.findall(text)


_AUTO_EXPLAIN = (
    "load 'auto_explain'",
    "set auto_explain.log_min_duration = 0",
    "set auto_explain.log_nested_statements = on",
    "set auto_explain.log_analyze = on",
    "set auto_explain.log_buffers = on",
    "set client_min_messages = log",
)


def _plans_of_a_turn(stack: LocalStack, subject: Subject, plans: Path) -> dict[str, Any]:
    """The plans of every statement inside the two functions of a turn, which is rolled back."""
    captured = capture(stack, sign_up(stack))
    seen: list[str] = []
    with psycopg.connect(stack.db_url) as db:
        for statement in _AUTO_EXPLAIN:
            db.execute(statement.encode())
        asked = db.execute(
            "select id::text, kind, payload from public.chat_messages where conversation_id = %s and kind = 'chips' "
            "and answered_at is null",
            [subject.conversations[-1]],
        )
        message, chip = next_chip([{"id": row[0], "kind": row[1], "payload": row[2]} for row in asked])
        halves = captured[chip]
        db.add_notice_handler(lambda notice: seen.append(notice.message_primary or ""))
        become(db, "authenticated", subject.member.id)
        seen.clear()
        view = call(db, "chat_send", send_body(halves, subject.conversations[-1], message))
        _write(plans / "turn.send.rls.txt", seen)
        scans = _SCANS.findall("\n".join(seen))
        become(db, "service_role", subject.member.id)
        seen.clear()
        call(db, "chat_reply", reply_body(halves, view))
        _write(plans / "turn.reply.service.txt", seen)
        scans += _SCANS.findall("\n".join(seen))
        db.rollback()
    return {"turn": {"by_index": not scans, "read_whole": sorted(set(scans))}}


def _write(path: Path, notices: list[str]) -> None:
    path.write_text("\n\n".join(_without_ids(one) for one in notices) + "\n", encoding="utf-8")


_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def _without_ids(text: str) -> str:
    """A plan without this run's ids, so that the next run's differs by what matters."""
    return _ID.sub("…", re.sub(r"\n?Query Parameters: .*", "", text))
