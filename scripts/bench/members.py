"""Members of the benchmark: real accounts, and a conversation of theirs that goes round and round the flow.

A click on `shipping` and then on `another` leads back to where it began; each is one user message, two bot messages
and a change of state, so that every turn of a run has the same shape.
"""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from scripts.local import LocalStack

# Of everybody here.
PASSWORD = "correct-horse-1"  # noqa: S105
CIRCLE = ("shipping", "another")
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Member:
    """An account and its access token."""

    id: str
    token: str
    email: str = ""

    @property
    def bearer(self) -> dict[str, str]:
        """The header that carries the token."""
        return {"Authorization": f"Bearer {self.token}"}


def sign_up(stack: LocalStack) -> Member:
    """Make an account."""
    email = f"bench-{next(_numbers)}-{uuid.uuid4().hex[:8]}@example.com"
    answer = httpx.post(
        f"{stack.supabase_url}/auth/v1/signup",
        headers={"apikey": stack.publishable_key},
        json={"email": email, "password": PASSWORD},
        timeout=120,
        trust_env=False,
    )
    answer.raise_for_status()
    session = answer.json()
    return Member(session["user"]["id"], session["access_token"], email)


def new_id() -> str:
    """An id that nobody else has."""
    return str(uuid.uuid4())


def next_chip(messages: list[dict[str, Any]]) -> tuple[str, str]:
    """The id of the last chips among `messages`, and the chip that keeps the conversation going round."""
    last = [one for one in messages if one["kind"] == "chips"][-1]
    offered = {chip["id"] for chip in last["payload"]["chips"]}
    return last["id"], next(chip for chip in CIRCLE if chip in offered)


class Answer(Protocol):
    """What is needed of an answer."""

    def raise_for_status(self) -> object:
        """Raise for anything but success."""

    def json(self) -> Any:
        """The body."""


class Client(Protocol):
    """Whatever sends a request as httpx does."""

    def request(self, method: str, url: str, *, json: Any, headers: Mapping[str, str]) -> Answer:
        """Send it."""


class Conversation:
    """A conversation through the HTTP API, with one keep-alive client."""

    def __init__(self, client: Client, member: Member, conversation_id: str | None = None) -> None:
        """Begin a conversation, or go on with one that is there already."""
        self._client = client
        self._headers = member.bearer
        if conversation_id is None:
            opened = self.call("POST", "/conversations", {"clientConversationId": new_id()})
            conversation_id = opened["conversation"]["id"]
            messages = opened["messages"]
        else:
            messages = self.call("GET", f"/conversations/{conversation_id}/messages?limit=10")["messages"]
        self.id: str = conversation_id or ""
        self._asked = next_chip(messages)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """One call of the API; anything but success raises."""
        answer = self._client.request(method, f"/api/v1{path}", json=body, headers=self._headers)
        answer.raise_for_status()
        return answer.json()

    def click(self) -> None:
        """One chip turn."""
        message, chip = self._asked
        event = {"type": "chip", "messageId": message, "chipId": chip}
        body = {"clientMessageId": new_id(), "event": event}
        self._asked = next_chip(self.call("POST", f"/conversations/{self.id}/turns", body)["messages"])

    def repeatable_click(self) -> Callable[[], object]:
        """The next chip turn, made once. Sent again it is a replay, where somebody remembers it."""
        message, chip = self._asked
        body = {"clientMessageId": new_id(), "event": {"type": "chip", "messageId": message, "chipId": chip}}
        return lambda: self.call("POST", f"/conversations/{self.id}/turns", body)

    def page(self) -> None:
        """The newest page of messages."""
        self.call("GET", f"/conversations/{self.id}/messages?limit=50")

    def list(self) -> None:
        """The newest page of the member's conversations."""
        self.call("GET", "/conversations?limit=50")


def compact(body: object) -> bytes:
    """JSON as short as the service sends it."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
