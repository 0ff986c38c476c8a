"""The API of a channel as another system uses it, and channels for tests. No assertions."""

from __future__ import annotations

from typing import Any

from tests.db.chats import new_id
from tests.web.chat import Answer, Api, Send
from tests.web.desk import Desk


class Channel(Api):
    """The API for one channel."""

    def __init__(self, send: Send, key: str | None, channel_id: str = "") -> None:
        super().__init__(send, key)
        self.key = key or ""
        self.id = channel_id

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Answer:
        """Send one request to a path of the channel."""
        return self.call(method, f"/channel{path}", body, **query)

    def receive(
        self, content: str = "주문이 안 왔어요", contact: str = "c-1", name: str | None = None, **more: Any
    ) -> Answer:
        """Bring a message of a contact in, under a new name unless it has one."""
        known = more.pop("about", {})
        body = {"contact": {"externalId": contact, **known}, "externalMessageId": name or new_id(), "content": content}
        return self.ask("POST", "/messages", {**body, **more})

    def settle(self, message: str, status: str, **more: Any) -> Answer:
        """Tell how far a message got."""
        return self.ask("PATCH", f"/messages/{message}/status", {"status": status, **more})

    def retry(self, message: str) -> Answer:
        """Have a message sent once more."""
        return self.ask("POST", f"/messages/{message}/retry")

    def said(self, conversation: str, **query: Any) -> Answer:
        """Read a page of messages."""
        return self.ask("GET", f"/conversations/{conversation}/messages", **query)


def add_channel(admin: Desk, send: Send, name: str = "쇼핑몰 ERP", **more: Any) -> Channel:
    """Make a channel as an admin does."""
    made = admin.inbox("POST", "/channels", {"name": name, **more}).body
    return Channel(send, made["key"], made["id"])
