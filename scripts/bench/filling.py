"""Fills the benchmark's database: members with many conversations, long conversations, and a table of many rows.

Rows are made by SQL alone, with triggers and foreign keys off while they are made; what they would have seen to
(numbers, owners, answers, state) is written as they would have written it.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection

from scripts.bench.members import Member
from service.dialogue.flow_document import write_flow
from service.dialogue.flows.loader import load_flow
from service.dialogue.table import compile_flow

PER_CONVERSATION = 50
PER_MEMBER = 10
_FILL = Path(__file__).with_name("filling.sql").read_text(encoding="utf-8")


class Filling:
    """The database of one benchmark, as far as it was filled."""

    def __init__(self, url: str) -> None:
        flow = load_flow()
        steps = compile_flow(flow).tables["ko"]["steps"]
        again = steps["more"]["chips"]["another"]["messages"][-1]["payload"]
        shipping = steps["categories"]["chips"]["shipping"]["messages"]
        self._url = url
        self._flow = (flow.version, json.dumps(write_flow(flow)))
        self._constants = {
            "version": flow.version,
            "categories_state": _state("categories"),
            "more_state": _state("more"),
            "categories": json.dumps(again),
            "more": json.dumps(shipping[-1]["payload"]),
            "text": shipping[0]["content"],
            "event": json.dumps({"type": "chip", "chip_id": "shipping"}),
            "answer": json.dumps({"chip_id": "shipping", "label": "배송"}),
        }

    def give(self, member: Member, *, conversations: int, messages: int) -> list[str]:
        """Give a member conversations; their ids."""
        with self._connect() as db:
            self._fill(db, member.id, 1, conversations, messages)
            self._settle(db)
            rows = db.execute("select id::text from public.chat_conversations where user_id = %s", [member.id])
            return [row[0] for row in rows]

    def stranger(self) -> str:
        """Make an account that nobody signs in to; its id."""
        with self._connect() as db:
            return _stranger(db)

    def empty(self) -> None:
        """Take everything out again that conversations are made of."""
        with self._connect() as db:
            db.execute("truncate public.chat_conversations cascade")

    def rows(self) -> int:
        """How many messages there are."""
        with self._connect() as db:
            row = db.execute("select count(*) from public.chat_messages").fetchone()
            return row[0] if row else 0

    def grow(self, rows: int) -> None:
        """Fill up with conversations of strangers until there are `rows` messages, about."""
        with self._connect() as db:
            while (missing := rows - self.rows()) >= PER_CONVERSATION:
                per_member = PER_CONVERSATION * PER_MEMBER
                if missing < per_member:
                    self._fill(db, _stranger(db), 1, missing // PER_CONVERSATION, PER_CONVERSATION)
                for _ in range(missing // per_member):
                    self._fill(db, _stranger(db), 1, PER_MEMBER, PER_CONVERSATION)
                db.commit()
            self._settle(db)

    def _fill(self, db: Connection[Any], owner: str, first: int, last: int, messages: int) -> None:
        values = {"owner": owner, "first": first, "last": last, "messages": messages, **self._constants}
        db.execute("set local session_replication_role = replica")
        db.execute(
            "insert into public.chat_flows (version, definition) values (%s, %s) on conflict do nothing", self._flow
        )
        db.execute(_FILL.encode(), values)

    def _settle(self, db: Connection[Any]) -> None:
        """What autovacuum would have done by now."""
        db.commit()
        db.autocommit = True
        for table in ("chat_messages", "chat_conversations", "chat_conversation_reads", "chat_flows"):
            db.execute(f"vacuum (analyze) public.{table}".encode())
        db.autocommit = False

    def _connect(self) -> Connection[Any]:
        return psycopg.connect(self._url)


def _state(step: str) -> str:
    return json.dumps({"step": step, "locale": "ko", "is_completed": False, "variables": {}})


def _stranger(db: Connection[Any]) -> str:
    owner = str(uuid.uuid4())
    db.execute("insert into auth.users (id, email) values (%s, %s)", [owner, f"{owner}@example.com"])
    return owner
