"""Operators and what they do, as the service calls it. No assertions."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import psycopg
from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from scripts.local import LocalStack
from tests.concurrency import until
from tests.db.chats import add_row
from tests.stack import add_user, connect


@dataclass(frozen=True)
class Operator:
    """Somebody of the team: the account that they ask with, and the key that everything names them by."""

    user: str
    id: str
    name: str


@dataclass(frozen=True)
class Answer:
    """What a function answered: its status and body, and its code and detail where it refused."""

    status: int
    body: Any

    @property
    def code(self) -> str:
        """The code of a refusal; "ok" where there is none."""
        return "ok" if self.status < 400 else str(self.body["message"])

    @property
    def detail(self) -> Any:
        """What a refusal says besides, read where it is JSON."""
        text = self.body["details"]
        return json.loads(text) if text.startswith("{") else text


def add_operator(db: Connection[Any], role: str = "agent", name: str = "상담원", **columns: Any) -> Operator:
    """Take a new account into the team."""
    user = add_user(db)
    row = add_row(db, "chat_operators", {"user_id": user, "display_name": name, "role": role, **columns})
    return Operator(user, row["id"], name)


class Desk:
    """The functions for operators, called as the service role over PostgREST."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def ask(self, function: str, who: Operator | str | None = None, **params: Any) -> Answer:
        """Call a function, for an operator where there is one."""
        user = who.user if isinstance(who, Operator) else who
        named = {f"p_{name}": value for name, value in params.items()}
        body = named if who is None else {"p_user_id": user, **named}
        answer = self._client.post(f"/rpc/{function}", json=body)
        return Answer(answer.status_code, answer.json() if answer.content else None)

    def row(self, who: Operator, conversation: str) -> dict[str, Any]:
        """Return a conversation as the inbox shows it."""
        found: dict[str, Any] = self.ask("inbox_conversation", who, id=conversation).body["conversation"]
        return found

    def reply(self, who: Operator, conversation: str, client_id: str, content: str = "네", **more: Any) -> Answer:
        """Answer the customer."""
        return self.ask("inbox_reply", who, id=conversation, client_message_id=client_id, content=content, **more)

    def change(self, who: Operator, conversation: str, rev: int | None = None, **changes: Any) -> Answer:
        """Change a conversation from the state that it is in, or from the one that `rev` counts."""
        if rev is None:
            rev = self.row(who, conversation)["seen_rev"]
        return self.ask("inbox_change", who, id=conversation, if_rev=rev, changes=changes)


def activities(db: Connection[Any], conversation: str) -> list[tuple[str, str, str | None]]:
    """Return type, kind and key of the actor of what happened to a conversation, in its order, messages aside."""
    found = db.execute(
        "select type, actor_kind, actor_id::text from public.chat_activities"
        " where conversation_id = %s and type <> 'message.created' order by created_at, id",
        [conversation],
    )
    return [tuple(row) for row in found]


def race(
    stack: LocalStack, lock: str, values: list[Any], calls: list[tuple[str, Operator | None, dict[str, Any]]]
) -> list[Answer]:
    """Call functions so that all are under way before any gets further than rows that `lock` selects `for update`."""
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'race'"
    with connect(stack) as holder, connect(stack, autocommit=True) as looker, ThreadPoolExecutor(len(calls)) as pool:
        holder.execute(f"{lock} for update", values)
        answers = [pool.submit(partial(_call, stack, *call)) for call in calls]
        until(lambda: looker.execute(waiting).fetchone()[0] == len(calls))
        holder.rollback()
        return [answer.result() for answer in answers]


def _call(stack: LocalStack, function: str, who: Operator | None, params: dict[str, Any]) -> Answer:
    named = {**({"user_id": who.user} if who else {}), **params}
    statement = sql.SQL("select public.{}({})").format(
        sql.Identifier(function),
        sql.SQL(", ").join(
            sql.SQL("{} => {}").format(sql.Identifier(f"p_{name}"), sql.Placeholder(name)) for name in named
        ),
    )
    values = {name: Jsonb(value) if isinstance(value, dict | list) else value for name, value in named.items()}
    with connect(stack, autocommit=True, application_name="race") as db:
        db.execute("set role service_role")
        try:
            return Answer(200, db.execute(statement, values).fetchone()[0])
        except psycopg.Error as error:
            told = {"message": error.diag.message_primary, "details": error.diag.message_detail or ""}
            return Answer(int((error.sqlstate or "PT500")[2:]), told)
