"""Conversations in which a model words the answers: everything real but the model. No assertions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from service.jobs.worker import Worker
from tests.ai.standin import KEY, MODEL, StandIn
from tests.db.articles import answers_of, told
from tests.web.chat import Answer, Chat

# An article of two lines, of words that no other of the session has.
WORDED = "두루미깃털 빗자루는 찬물에 담갔다가 그늘에서 3일 말려 주세요.\n삶으면 깃이 빠지니 30도를 넘기지 마세요."
PRICES = {"ai_price_in": 1.0, "ai_price_out": 10.0}


def settings_of(standin: StandIn, **changes: Any) -> dict[str, Any]:
    """Settings of a worker that asks the stand-in."""
    return {"ai_base_url": standin.url, "ai_model": MODEL, "ai_api_key": KEY, "ai_timeout": 120.0, **PRICES, **changes}


@contextmanager
def told_to(db: Connection[Any], **changes: Any) -> Iterator[None]:
    """The assistant words its answers for a while, and has these settings beside."""
    version, settings = db.execute(
        "select version, settings from public.kb_assistant order by version desc limit 1"
    ).fetchone()
    wanted = {
        **settings, "mode": "generative", "budgets": {"member_day": 10**9, "project_month": 10**9}, **changes,
    }  # fmt: skip
    db.execute("insert into public.kb_assistant (version, settings) values (%s, %s)", [version + 1, Jsonb(wanted)])
    try:
        with told(db, mode=wanted["mode"], forbidden_topics=wanted["forbidden_topics"]):
            yield
    finally:
        db.execute("delete from public.kb_assistant where version = %s", [version + 1])


@dataclass
class Talk:
    """A conversation, its worker, and what became of its questions."""

    chat: Chat
    worker: Worker
    db: Connection[Any]

    @property
    def id(self) -> str:
        """The conversation's id."""
        return self.chat.id

    def ask(self, content: str, client_id: str | None = None) -> Answer:
        """Write a question; nobody looks into it yet."""
        return self.chat.write(content, client_id)

    def work(self) -> None:
        """Look into all that waits."""
        self.worker.drain()

    def messages(self) -> list[dict[str, Any]]:
        """Everything in it, oldest first."""
        return self.chat.page(limit=200).messages

    def after(self, answer: Answer) -> list[dict[str, Any]]:
        """What was said after a turn."""
        messages = self.messages()
        ids = [one["id"] for one in messages]
        return messages[ids.index(answer.messages[-1]["id"]) + 1 :]

    def outcomes(self) -> list[tuple[str | None, str | None]]:
        """What its questions got, and why."""
        return [(one["outcome"], one["reason"]) for one in answers_of(self.db, self.id)]

    def handling(self) -> str:
        """Who has it now."""
        found = self.db.execute("select handling from public.chat_conversations where id = %s", [self.id]).fetchone()
        return str(found[0])

    def spent(self) -> list[tuple[int, bool]]:
        """What its customer's answers cost, and whether that is settled."""
        found = self.db.execute(
            "select s.micros, s.settled_at is not null from public.kb_spending s"
            " join public.chat_conversations c on c.user_id = s.user_id where c.id = %s order by s.created_at",
            [self.id],
        )
        return [tuple(row) for row in found]
