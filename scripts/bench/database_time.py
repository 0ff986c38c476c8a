"""What the database alone takes for each function of the API, under RLS, and the plans it takes it with.

Belongs here: calling the functions inside a transaction that is rolled back, so that nothing grows meanwhile.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection

from scripts.bench.bare import Captured, reply_body, send_body
from scripts.bench.direct import call
from scripts.bench.members import next_chip


class DatabaseTime:
    """The functions as one member calls them, and as the service does, on one connection each role in turn."""

    def __init__(self, db: Connection[Any], user_id: str, captured: Captured) -> None:
        self._db = db
        self._user_id = user_id
        self._captured = captured

    def works(self, conversation: str) -> dict[str, Callable[[], float]]:
        """A function for each function of the API; calling it returns the milliseconds of one call."""
        page = {"p_conversation_id": conversation}
        return {
            "chat_send": lambda: self._send(conversation),
            "chat_reply": lambda: self._reply(conversation),
            "chat_page": lambda: self._read("chat_page", page),
            "chat_list": lambda: self._read("chat_list", {}),
        }

    def _send(self, conversation: str) -> float:
        with _rolled_back(self._db):
            message, chip = self._asked(conversation)
            return self._time("authenticated", "chat_send", send_body(self._captured[chip], conversation, message))[0]

    def _reply(self, conversation: str) -> float:
        with _rolled_back(self._db):
            message, chip = self._asked(conversation)
            halves = self._captured[chip]
            _, view = self._time("authenticated", "chat_send", send_body(halves, conversation, message))
            return self._time("service_role", "chat_reply", reply_body(halves, view))[0]

    def _read(self, function: str, arguments: dict[str, Any]) -> float:
        with _rolled_back(self._db):
            return self._time("authenticated", function, {**arguments, "p_limit": 50})[0]

    def _asked(self, conversation: str) -> tuple[str, str]:
        rows = self._db.execute(
            "select id::text, kind, payload from public.chat_messages where conversation_id = %s and kind = 'chips' "
            "and in_reply_to is null and answered_at is null order by seq",
            [conversation],
        )
        return next_chip([{"id": row[0], "kind": row[1], "payload": row[2]} for row in rows])

    def _time(self, role: str, function: str, arguments: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        become(self._db, role, self._user_id)
        started = time.perf_counter()
        answer = call(self._db, function, arguments)
        return (time.perf_counter() - started) * 1000, answer


def become(db: Connection[Any], role: str, user_id: str) -> None:
    """Be a role and a member until the transaction ends, as PostgREST would be."""
    claims = json.dumps({"sub": user_id, "role": role})
    db.execute("select set_config('role', %s, true), set_config('request.jwt.claims', %s, true)", [role, claims])


@contextmanager
def _rolled_back(db: Connection[Any]) -> Iterator[None]:
    try:
        yield
    finally:
        db.rollback()
