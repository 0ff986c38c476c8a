"""Somebody of the team who answers by the API, as long as it is about what customers see. No assertions."""

from __future__ import annotations

import uuid
from typing import Any

import httpx

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from tests.browser.inbox.people import ask
from tests.stack import Member, rest


class Operator:
    """One operator, and the conversation that they look at."""

    def __init__(self, stack: LocalStack, server: AppServer, member: Member, name: str) -> None:
        with rest(stack, secret=True) as service:
            service.post(
                "/rpc/operator_grant", json={"p_user_id": member.id, "p_role": "agent", "p_name": name}
            ).raise_for_status()
        self.name = name
        self._client = httpx.Client(
            base_url=f"{server.url}/api/v1/inbox",
            headers={"Authorization": f"Bearer {member.access_token}"},
            timeout=60,
            # Each call on a line of its own: a kept one would end with a worker that is replaced.
            limits=httpx.Limits(max_keepalive_connections=0),
            trust_env=False,
        )

    def close(self) -> None:
        """Leave."""
        self._client.close()

    def ask(self, method: str, path: str, **body: Any) -> Any:
        """Call the inbox. Raises httpx.HTTPStatusError."""
        answer = ask(self._client, method, path, body or None)
        return answer.json() if answer.content else None

    def be(self, availability: str) -> None:
        """Tell whether they are there."""
        self.ask("PUT", "/me/availability", availability=availability)

    def waiting(self, said: str) -> str:
        """The conversation that waits for a person and in which this was said."""
        found = self.ask("GET", "/conversations?view=waiting&limit=200")["conversations"]
        for one in found:
            messages = self.ask("GET", f"/conversations/{one['id']}/messages")["messages"]
            if any(said in (message["content"] or "") for message in messages):
                return str(one["id"])
        raise LookupError(said)

    def claim(self, conversation_id: str) -> None:
        """Take it."""
        self.ask("POST", f"/conversations/{conversation_id}/claim")

    def reply(self, conversation_id: str, content: str) -> None:
        """Write to the customer."""
        self.ask(
            "POST",
            f"/conversations/{conversation_id}/messages",
            clientMessageId=str(uuid.uuid4()),
            content=content,
        )

    def type(self, conversation_id: str, *, is_typing: bool = True) -> None:
        """Be seen to type, or no more."""
        self.ask("PUT", f"/conversations/{conversation_id}/typing", isTyping=is_typing)

    def change(self, conversation_id: str, **changes: Any) -> None:
        """Change it as it is now: where the customer did something meanwhile, look again."""
        path = f"/conversations/{conversation_id}"
        for is_last in (False, False, True):
            rev = self.ask("GET", path)["conversation"]["rev"]
            try:
                self.ask("PATCH", path, ifRev=rev, **changes)
            except httpx.HTTPStatusError as error:
                if is_last or error.response.status_code != httpx.codes.CONFLICT:
                    raise
            else:
                return

    def heard(self, conversation_id: str) -> list[str]:
        """What the customer wrote there."""
        messages = self.ask("GET", f"/conversations/{conversation_id}/messages")["messages"]
        return [message["content"] for message in messages if message["role"] == "user"]
