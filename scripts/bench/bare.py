"""The turn's two upstream requests, captured from the service and sent again without it.

Belongs here: what the service sends upstream, and sending the same with fresh ids. The bodies are the service's own,
byte for byte but for their ids, so that a comparison can never drift away from what the service really does.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import Any

import httpx

from scripts.bench.members import CIRCLE, Conversation, Member, compact, new_id, next_chip
from scripts.bench.own_time import Perform, in_process, through
from scripts.local import LocalStack


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as the service sent it."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Halves:
    """The member's request of a turn and the service's."""

    send: Sent
    reply: Sent


Captured = dict[str, Halves]
_HOP_BY_HOP = {"host", "connection", "content-length"}


def capture(stack: LocalStack, member: Member) -> Captured:
    """Both halves of the turn of every chip of the circle."""
    seen: list[Sent] = []
    with in_process(stack) as app:
        conversation = Conversation(app.client, member)

        def noted(perform: Perform) -> Perform:
            def note(request: httpx.Request, content: bytes | None, seconds: float) -> httpx.Response:
                seen.append(_sent(request, content or b""))
                return perform(request, content, seconds)

            return note

        with through(app.upstream.http, noted):
            for _ in CIRCLE:
                conversation.click()
    pairs = zip(seen[::2], seen[1::2], strict=True)
    return {send.body["p_event"]["chip_id"]: Halves(send, reply) for send, reply in pairs}


class Bare:
    """A turn as two requests of one keep-alive client. What `Message` and state are is the service's to know."""

    def __init__(self, http: httpx.Client, captured: Captured, conversation_id: str, asked: tuple[str, str]) -> None:
        self._http = http
        self._captured = captured
        self._id = conversation_id
        self._asked = asked

    def click(self) -> None:
        """One chip turn."""
        message, chip = self._asked
        halves = self._captured[chip]
        view = self._post(halves.send, send_body(halves, self._id, message))
        reply = reply_body(halves, view)
        self._post(halves.reply, reply)
        self._asked = next_chip(reply["p_turns"][0]["messages"])

    def _post(self, sent: Sent, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.post(sent.path, content=compact(body), headers=sent.headers)
        answer.raise_for_status()
        view: dict[str, Any] = answer.json()
        return view


def send_body(halves: Halves, conversation_id: str, in_reply_to: str) -> dict[str, Any]:
    """The arguments of `chat_send` for a new click."""
    return halves.send.body | {
        "p_conversation_id": conversation_id,
        "p_client_message_id": new_id(),
        "p_in_reply_to": in_reply_to,
        "p_request_id": new_id(),
    }


def reply_body(halves: Halves, view: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `chat_reply` after `chat_send` answered `view`."""
    message = view["message"]
    turn = copy.copy(halves.reply.body["p_turns"][0])
    turn["message_id"], turn["request_id"] = message["id"], message["request_id"]
    turn["messages"] = [one | dict.fromkeys(("id", "client_message_id"), new_id()) for one in turn["messages"]]
    return halves.reply.body | {
        "p_user_id": view["conversation"]["user_id"],
        "p_conversation_id": message["conversation_id"],
        "p_message_id": message["id"],
        "p_state_version": view["state_version"],
        "p_turns": [turn],
    }


def _sent(request: httpx.Request, content: bytes) -> Sent:
    headers = {name: value for name, value in request.headers.items() if name not in _HOP_BY_HOP}
    return Sent(request.url.path, headers, json.loads(content))
