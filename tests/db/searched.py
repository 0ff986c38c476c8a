"""A database of one's own in which is searched, and what is written there. No assertions."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from tests.db.chats import add_conversation, add_message, add_row, new_id
from tests.db.desk import Operator
from tests.stack import add_user

_numbers = itertools.count(1)


def fill(db: Connection[Any], most: int = 2000) -> int:
    """Take up all that there is, as a worker does; how many rounds that were."""
    rounds, has_more = 0, True
    while has_more:
        has_more = one_round(db, most)["has_more"]
        rounds += 1
    return rounds


def one_round(db: Connection[Any], most: int = 2000) -> dict[str, Any]:
    """One round of it, as the service."""
    with db.transaction():
        db.execute("set local role service_role")
        return db.execute("select public.search_fill(%s)", [most]).fetchone()[0]


@dataclass
class Customer:
    """Somebody with a conversation."""

    db: Connection[Any]
    id: str
    conversation: str

    @classmethod
    def begin(cls, db: Connection[Any]) -> Customer:
        """Somebody new, whose conversation holds nothing."""
        # No chance address: what is chance may be anything.
        user = add_user(db, f"customer{next(_numbers)}@shop.example")
        return cls(db, user, add_conversation(db, user))

    def say(self, text: str, **columns: Any) -> str:
        """Write a message; its id."""
        return add_message(self.db, self.id, self.conversation, role="user", content=text, **columns)["id"]

    def ask(self, values: dict[str, str]) -> str:
        """Submit an inquiry; its id."""
        columns = {
            "client_inquiry_id": new_id(), "user_id": self.id, "conversation_id": self.conversation,
            "flow_version": "test", "step_id": "write", "values": values,
        }  # fmt: skip
        return add_row(self.db, "chat_inquiries", columns)["id"]


@dataclass
class Searching:
    """An operator who searches."""

    db: Connection[Any]
    operator: Operator

    def page(
        self, query: str, sort: str = "newest", limit: int = 50, place: Any = None, **filters: Any
    ) -> dict[str, Any]:
        """What the function answers."""
        with self.db.transaction():
            self.db.execute("set local role service_role")
            return self.db.execute(
                "select public.inbox_search(%s, %s, %s, %s, %s, %s)",
                [self.operator.user, query, Jsonb(filters), sort, limit, Jsonb(place) if place else None],
            ).fetchone()[0]

    def ids(self, query: str, sort: str = "newest", **more: Any) -> list[str]:
        """The ids of what is found, in its order."""
        return [hit["id"] for hit in self.page(query, sort, **more)["hits"]]

    def pages(self, query: str, sort: str, size: int) -> list[str]:
        """The ids of all pages, one after the other."""
        found, place = [], None
        while True:
            page = self.page(query, sort, size, place)
            found += [hit["id"] for hit in page["hits"]]
            place = page["next"]
            if place is None:
                return found
