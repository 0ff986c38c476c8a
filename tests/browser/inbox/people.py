"""Customers of the inbox, who write by the API, and what is done to their conversations. No assertions."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any

import httpx

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from tests.stack import Member, rest, sign_up
from tests.words import a_word


@dataclass(frozen=True)
class Person:
    """Somebody of the team."""

    member: Member
    id: str
    name: str


def hire(stack: LocalStack, name: str, role: str = "agent") -> Person:
    """Take a new account into the team."""
    member = sign_up(stack)
    with rest(stack, secret=True) as service:
        given = {"p_user_id": member.id, "p_role": role, "p_name": name}
        service.post("/rpc/operator_grant", json=given).raise_for_status()
        asked = service.get("/chat_operators", params={"user_id": f"eq.{member.id}", "select": "id"})
    return Person(member, asked.json()[0]["id"], name)


def ask(client: httpx.Client, method: str, path: str, body: Any = None) -> httpx.Response:
    """Ask until it is answered. Raises httpx.HTTPStatusError.

    After four seconds of a busy machine's database a service says that it is out of reach, and that one may ask again.
    """
    for _ in range(15):
        answer = client.request(method, path, json=body)
        if answer.status_code != 503:
            break
        time.sleep(1)
    return answer.raise_for_status()


class Customer:
    """A member with one conversation."""

    def __init__(self, stack: LocalStack, server: AppServer, name: str | None = None) -> None:
        self.member = sign_up(stack)
        self._client = httpx.Client(
            base_url=f"{server.url}/api/v1",
            headers={"Authorization": f"Bearer {self.member.access_token}"},
            timeout=60,
            trust_env=False,
        )
        begun = self._ask("POST", "/conversations", {"clientConversationId": str(uuid.uuid4())})
        self.conversation: str = begun["conversation"]["id"]
        self.name = name or f"고객 {a_word()}"
        with rest(stack, secret=True) as service:
            service.patch(
                "/chat_contacts", params={"id": f"eq.{self.member.id}"}, json={"name": self.name}
            ).raise_for_status()

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        return ask(self._client, method, path, body).json()

    def close(self) -> None:
        """Leave."""
        self._client.close()

    def say(self, content: str = "배송이 언제 오나요?") -> Customer:
        """Write."""
        body = {"clientMessageId": str(uuid.uuid4()), "event": {"type": "text", "content": content}}
        self._ask("POST", f"/conversations/{self.conversation}/turns", body)
        return self

    def want_person(self) -> Customer:
        """Wait for somebody from now on."""
        self._ask("POST", f"/conversations/{self.conversation}/handover")
        return self


class Team:
    """What somebody of the team does by the API, as long as it is about what another's screen shows."""

    def __init__(self, server: AppServer, person: Person) -> None:
        self._client = httpx.Client(
            base_url=f"{server.url}/api/v1/inbox",
            headers={"Authorization": f"Bearer {person.member.access_token}"},
            timeout=60,
            trust_env=False,
        )

    def close(self) -> None:
        """Leave."""
        self._client.close()

    def ask(self, method: str, path: str, **body: Any) -> Any:
        """Call the inbox. Raises httpx.HTTPStatusError."""
        answer = ask(self._client, method, path, body or None)
        return answer.json() if answer.content else None

    def row(self, customer: Customer) -> Any:
        """A conversation, as lists have it."""
        return self.ask("GET", f"/conversations/{customer.conversation}")["conversation"]

    def change(self, customer: Customer, **changes: Any) -> None:
        """Change a conversation from what it is now."""
        if {"assigneeId", "handling", "status"} & changes.keys():
            changes["ifRev"] = self.row(customer)["rev"]
        self.ask("PATCH", f"/conversations/{customer.conversation}", **changes)

    def reply(self, customer: Customer, content: str = "확인해 볼게요.") -> None:
        """Write to the customer."""
        path = f"/conversations/{customer.conversation}/messages"
        self.ask("POST", path, clientMessageId=str(uuid.uuid4()), content=content)
