"""The browser's side of the legacy way: five requests for a click, one after the other."""

from __future__ import annotations

from typing import Any

import httpx

from scripts.bench.members import Member, new_id, next_chip

# A click: what the browser sends, and what its server actions send on to Supabase.
BROWSER_REQUESTS = 5
UPSTREAM_REQUESTS = 4


class Legacy:
    """A conversation in the legacy way. It keeps no state and answers no chips: it writes less than a turn does."""

    def __init__(self, http: httpx.Client, member: Member, conversation: str, asked: str, *, shared: bool) -> None:
        """`asked` is the step of the last chips. `shared`: no `create_client`, the requests alone."""
        self._http = http
        self._headers = member.bearer
        self._member = member
        self._conversation = conversation
        self._step = asked
        self._shared = shared

    def click(self) -> None:
        """One chip turn."""
        chip = "shipping" if self._step == "categories" else "another"
        self._save("user", [{"kind": "text", "content": chip}])
        replies = self._post("/flow", {"step": self._step, "chip": chip})
        self._save("bot", [one for one in replies if one["kind"] == "text"])
        self._save("bot", [one for one in replies if one["kind"] != "text"])
        query = {"conversation": self._conversation, "shared": str(self._shared).lower()}
        shown = self._http.get("/messages", params=query, headers=self._headers)
        shown.raise_for_status()
        next_chip(shown.json())
        self._step = replies[-1]["step"]

    def _save(self, role: str, messages: list[dict[str, Any]]) -> None:
        rows = [self._row(role, message) for message in messages]
        self._post("/messages", {"role": role, "rows": rows, "shared": self._shared})

    def _row(self, role: str, message: dict[str, Any]) -> dict[str, Any]:
        row = {
            "conversation_id": self._conversation,
            "role": role,
            "kind": message["kind"],
            "content": message.get("content"),
            "client_message_id": new_id(),
        }
        if role == "bot":
            row |= {"user_id": self._member.id, "payload": message.get("payload")}
        return row

    def _post(self, path: str, body: object) -> Any:
        answer = self._http.post(path, json=body, headers=self._headers)
        answer.raise_for_status()
        return answer.json()
