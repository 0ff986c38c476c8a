"""The database's functions as the service and its members call them, within a transaction. No assertions."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from tests.db.chats import new_id
from tests.stack import become, become_superuser


@dataclass(frozen=True)
class Answered:
    """What a function answered: "ok" and a body, or the code of its refusal and what it says besides."""

    code: str
    body: Any
    detail: str | None = None


def call(db: Connection[Any], function: str, *, member: str | None = None, **params: Any) -> Answered:
    """Call a function of the schema as that member, or as the service. A refusal undoes what it did."""
    named = sql.SQL(", ").join(
        sql.SQL("{} => {}").format(sql.Identifier(f"p_{name}"), sql.Placeholder(name)) for name in params
    )
    values = {name: Jsonb(value) if isinstance(value, dict | list) else value for name, value in params.items()}
    statement = sql.SQL("select public.{}({})").format(sql.Identifier(function), named)
    try:
        with db.transaction():
            become(db, "authenticated" if member else "service_role", member)
            row = db.execute(statement, values).fetchone()
            become_superuser(db)
    except psycopg.Error as error:
        return Answered(error.diag.message_primary or "?", None, error.diag.message_detail)
    return Answered("ok", row and row[0])


def said(role: str = "bot", **columns: Any) -> dict[str, Any]:
    """Return a message of a turn, as `chat_reply` takes it."""
    row = {"id": new_id(), "role": role, "kind": "text" if role == "bot" else "notice", "content": "네"}
    return {**row, "client_message_id": None, "payload": None, "step_id": "ask", **columns}


def turn(message: str | None, *messages: dict[str, Any], **columns: Any) -> dict[str, Any]:
    """Return a turn, as `chat_reply` takes it."""
    row = {"message_id": message, "request_id": new_id(), "messages": list(messages), "answer": None, "inquiry": None}
    return {**row, **columns}


def inquiry() -> dict[str, Any]:
    """Return what a form of tests.db.chats comes to."""
    return {"client_inquiry_id": str(uuid.uuid4()), "step_id": "ask", "values": {"title": "제목"}, "locale": "ko"}


def reply(
    db: Connection[Any], user: str, conversation: str, version: int, *turns: dict[str, Any], **more: Any
) -> Answered:
    """Write turns by `chat_reply`, computed from that version of the state."""
    params: dict[str, Any] = {
        "user_id": user,
        "conversation_id": conversation,
        "message_id": None,
        "state_version": version,
        "state": {"step": "after"},
        "status": "open",
        "turns": list(turns),
        "flow_version": "flow",
        "flow": {},
    }
    return call(db, "chat_reply", **{**params, **more})
