"""The turn past the service: straight from a client into one function, and straight into the database.

Belongs here: what a turn costs where parts of the way are left out. Does not belong here: comparing them (`turn.py`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg import Connection
from psycopg.types.json import Jsonb

from scripts.bench.bare import Captured, reply_body, send_body
from scripts.bench.members import Member, new_id, next_chip
from scripts.local import LocalStack
from service.dialogue.flows.loader import load_flow
from service.dialogue.table import compile_flow

Chat = tuple[str, tuple[str, str]]
_CAST = {
    "p_turns": "jsonb", "p_state": "jsonb", "p_flow": "jsonb", "p_event": "jsonb", "p_answering": "jsonb",
    "p_state_version": "bigint",
}  # fmt: skip
_UUIDS = {"p_user_id", "p_conversation_id", "p_message_id", "p_client_message_id", "p_in_reply_to", "p_request_id"}


def install_definer(stack: LocalStack) -> None:
    """Make the function that does a whole turn, with the current flow as its table."""
    steps = compile_flow(load_flow()).tables["ko"]["steps"]
    with psycopg.connect(stack.db_url) as db:
        db.execute(Path(__file__).with_name("definer.sql").read_bytes())
        for name, step in steps.items():
            for chip, template in step.get("chips", {}).items():
                state = {"step": template["to"], "locale": "ko", "is_completed": False, "variables": {}}
                row = (name, chip, template["label"], Jsonb(template["messages"]), Jsonb(state))
                db.execute("insert into public.bench_steps values (%s, %s, %s, %s, %s)", row)
    # The gateway reads the schema once.
    stack.restart_gateway()


class Definer:
    """A turn as one call of the definer function with the member's token."""

    def __init__(self, http: httpx.Client, stack: LocalStack, member: Member, chat: Chat) -> None:
        self._http = http
        self._headers = {"apikey": stack.publishable_key, **member.bearer}
        self._id, self._asked = chat

    def click(self) -> None:
        """One chip turn."""
        message, chip = self._asked
        body = {
            "p_conversation_id": self._id,
            "p_client_message_id": new_id(),
            "p_in_reply_to": message,
            "p_chip": chip,
        }
        answer = self._http.post("/rest/v1/rpc/bench_turn", json=body, headers=self._headers)
        answer.raise_for_status()
        self._asked = next_chip(answer.json()["replies"])


class Database:
    """A turn in two RLS transactions by psycopg: the member's, then the service's.

    With `functions` they call what the service calls; without, they write the same rows by plain statements and look
    nothing up, which is the database's floor.
    """

    def __init__(
        self,
        db: Connection[Any],
        member: Member,
        captured: Captured,
        chat: Chat,
        *,
        functions: bool,
    ) -> None:
        self._db = db
        self._claims = json.dumps({"sub": member.id, "role": "authenticated"})
        self._captured = captured
        self._id, self._asked = chat
        self._take = self._by_functions if functions else self._by_statements

    def click(self) -> None:
        """One chip turn."""
        messages = self._take(*self._asked)
        self._asked = next_chip(messages)

    def _by_functions(self, asked: str, chip: str) -> list[dict[str, Any]]:
        halves = self._captured[chip]
        with self._db.transaction():
            self._become("authenticated")
            view = call(self._db, "chat_send", send_body(halves, self._id, asked))
        reply = reply_body(halves, view)
        with self._db.transaction():
            self._become("service_role")
            call(self._db, "chat_reply", reply)
        messages: list[dict[str, Any]] = reply["p_turns"][0]["messages"]
        return messages

    def _by_statements(self, asked: str, chip: str) -> list[dict[str, Any]]:
        halves = self._captured[chip]
        reply = halves.reply.body
        with self._db.transaction():
            self._become("authenticated")
            said = self._db.execute(_SAY, [self._id, new_id(), new_id(), asked, Jsonb(halves.send.body["p_event"])])
            message_id, owner, seq = said.fetchone() or (None, None, None)
        turn = reply["p_turns"][0]
        messages = [one | {"id": new_id()} for one in turn["messages"]]
        rows = [
            (one["id"], self._id, owner, one["kind"], one["content"], one["payload"] and Jsonb(one["payload"]),
             one["id"], message_id, one["step_id"])
            for one in messages
        ]  # fmt: skip
        with self._db.transaction():
            self._become("service_role")
            self._db.execute(_ANSWER, [Jsonb(turn["answer"]), self._id, asked])
            for row in rows:
                self._db.execute(_REPLY, row)
            self._db.execute(_STATE, [Jsonb(reply["p_state"]), seq, self._id])
        return messages

    def _become(self, role: str) -> None:
        self._db.execute(_BECOME, [role, self._claims])


_BECOME = "select set_config('role', %s, true), set_config('request.jwt.claims', %s, true)"
_SAY = """insert into public.chat_messages
    (conversation_id, role, kind, content, client_message_id, request_id, in_reply_to, event)
    values (%s, 'user', 'text', '', %s, %s, %s, %s) returning id, user_id, seq"""
_ANSWER = """update public.chat_messages set answer = %s, answered_at = clock_timestamp()
    where conversation_id = %s and id = %s"""
_REPLY = """insert into public.chat_messages
    (id, conversation_id, user_id, role, kind, content, payload, client_message_id, turn_id, step_id)
    values (%s, %s, %s, 'bot', %s, %s, %s, %s, %s, %s)"""
_STATE = """update public.chat_conversations
    set state = %s, state_version = state_version + 1, handled_seq = %s where id = %s"""


def call(db: Connection[Any], function: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Call a function of the API by names, as PostgREST would."""
    named = ", ".join(f"{name} => %({name})s{_cast(name)}" for name in arguments)
    values = {name: _value(name, value) for name, value in arguments.items()}
    row = db.execute(f"select public.{function}({named})".encode(), values, prepare=True).fetchone()
    assert row is not None
    answer: dict[str, Any] = row[0]
    return answer


def _cast(name: str) -> str:
    if name in _UUIDS:
        return "::uuid"
    return f"::{_CAST[name]}" if name in _CAST else ""


def _value(name: str, value: Any) -> Any:
    return Jsonb(value) if _CAST.get(name) == "jsonb" and value is not None else value
