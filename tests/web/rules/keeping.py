"""Rules for tests: made by an admin, gone afterwards, and run when a test says so. No assertions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from service.activities.rules.work import work_of
from service.conversations.known_flows import KnownFlows
from service.http.context import part_of
from service.jobs.work import Job
from service.jobs.worker import Worker
from service.supabase.clients import Upstream
from tests.web.chat import Answer
from tests.web.desk import Desk
from tests.words import a_word
from tests.working import hand_driven

NOTE = {"type": "addNote", "content": "확인해 주세요"}
ENDED = {"on": ["conversation.completed"]}


@dataclass
class Rules:
    """Rules as an admin keeps them. `run` does all that is due."""

    desk: Desk
    db: Connection[Any]
    worker: Worker
    made: list[str] = field(default_factory=list)

    def save(self, then: list[dict[str, Any]], **body: Any) -> str:
        """Make a rule and return its id."""
        answer = self.desk.inbox("POST", "/rules", {"name": f"규칙 {a_word()}", "then": then, **body})
        if answer.status != 201:
            raise AssertionError(answer.body)
        self.made.append(answer.body["id"])
        return self.made[-1]

    def change(self, rule: str, **body: Any) -> Answer:
        """Change a rule."""
        return self.desk.inbox("PATCH", f"/rules/{rule}", body)

    def run(self) -> int:
        """Do all that is due; how much that was."""
        return self.worker.drain()

    def runs(self, rule: str, conversation: str | None = None) -> list[dict[str, Any]]:
        """What became of a rule, newest first; in one conversation, or everywhere."""
        found: list[dict[str, Any]] = self.desk.inbox("GET", f"/rules/{rule}/runs", limit=200).body["runs"]
        return [one for one in found if conversation in {None, one["conversationId"]}]

    def outcomes(self, rule: str, conversation: str) -> list[tuple[str, list[str | None]]]:
        """Status of each run in a conversation, and what its actions say: `None` where one was done."""
        return [(one["status"], [act["error"] for act in one["actions"]]) for one in self.runs(rule, conversation)]

    def forget(self) -> None:
        """Delete the rules that were made here."""
        self.db.execute("delete from public.chat_rules where id = any(%s::uuid[])", [self.made])
        self.made.clear()


@contextmanager
def rules_of(stack: LocalStack, app: Flask, desk: Desk, db: Connection[Any]) -> Iterator[Rules]:
    """Rules whose work is driven by hand, without those that are shipped."""
    work = work_of(part_of(app, Upstream), part_of(app, KnownFlows))
    db.execute("delete from public.chat_jobs where kind = 'rules'")
    others = [
        row[0] for row in db.execute("update public.chat_rules set is_active = false where is_active returning id")
    ]
    with hand_driven(stack, work) as worker:
        rules = Rules(desk, db, worker)
        try:
            yield rules
        finally:
            rules.forget()
            db.execute("update public.chat_rules set is_active = true where id = any(%s)", [others])


def job(activity: str) -> Job:
    """The job of an activity."""
    return Job(id=None, kind="rules", payload={"activity_id": activity}, attempts=1, token="")  # type: ignore[arg-type]


def newest(db: Connection[Any], conversation: str, kind: str) -> str:
    """The id of the newest activity of a type."""
    row = db.execute(
        "select id::text from public.chat_activities where conversation_id = %s and type = %s"
        " order by created_at desc limit 1",
        [conversation, kind],
    ).fetchone()
    if row is None:
        raise AssertionError(kind)
    return str(row[0])


def said(words: str) -> dict[str, Any]:
    """The condition that a message has these words in it."""
    return {"field": "message.content", "op": "contains", "value": words}


def tick(rules: Rules) -> None:
    """The clock's next look, whenever its last one was."""
    rules.db.execute("delete from public.chat_ticks where name = 'rules'")
    rules.run()
