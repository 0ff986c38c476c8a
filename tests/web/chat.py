"""The API as a member's client uses it. No assertions."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import httpx
from flask import Flask

API = "/api/v1"
FORM = {
    "name": "김하나",
    "email": "hana@example.com",
    "phone": "010-1234-5678",
    "topic": "other",
    "title": "영수증",
    "body": "영수증을 보내 주세요.",
    "consent": True,
}


def new_id() -> str:
    """Return an id that nobody else has."""
    return str(uuid.uuid4())


def text(content: str = "배송이 언제 오나요?") -> dict[str, Any]:
    """Return the event of free text."""
    return {"type": "text", "content": content}


def chip(message: str, chip_id: str) -> dict[str, Any]:
    """Return the event of a click."""
    return {"type": "chip", "messageId": message, "chipId": chip_id}


def form(message: str, values: Mapping[str, Any] = FORM) -> dict[str, Any]:
    """Return the event of a submitted form."""
    return {"type": "form", "messageId": message, "values": dict(values)}


@dataclass(frozen=True)
class Answer:
    """What the API answered."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> str | None:
        """The code of an error."""
        return self.body.get("code") if isinstance(self.body, dict) else None

    @property
    def refusal(self) -> tuple[int, str | None]:
        """Status and code."""
        return self.status, self.code

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages in it."""
        return self.body["messages"]

    @cached_property
    def texts(self) -> list[tuple[str, str, str | None]]:
        """Role, kind and content of the messages in it."""
        return [(one["role"], one["kind"], one["content"]) for one in self.messages]

    def last(self, kind: str) -> str:
        """Return the id of the last message of a kind in it."""
        return [one["id"] for one in self.messages if one["kind"] == kind][-1]


Send = Callable[[str, str, Any, Mapping[str, str]], Answer]


def through_app(app: Flask) -> Send:
    """Call an app in this process; safe from several threads."""

    def send(method: str, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        payload = {"data": body} if isinstance(body, bytes) else {} if body is None else {"json": body}
        if isinstance(body, bytes):
            payload["content_type"] = "application/json"
        with app.test_client() as client:
            answer = client.open(path, method=method, headers=dict(headers), **payload)
            return Answer(answer.status_code, answer.get_json(silent=True), dict(answer.headers))

    return send


def through_http(client: httpx.Client) -> Send:
    """Call a server over HTTP."""

    def send(method: str, path: str, body: Any, headers: Mapping[str, str]) -> Answer:
        answer = client.request(method, path, json=body, headers=headers)
        return Answer(answer.status_code, answer.json(), dict(answer.headers))

    return send


class Api:
    """The API for one member, or for nobody."""

    def __init__(self, send: Send, token: str | None, **headers: str) -> None:
        self._send = send
        self._headers = {**({"Authorization": f"Bearer {token}"} if token else {}), **headers}

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Answer:
        """Send one request; bytes are sent as they are. Queries that are None are left out."""
        given = {name: value for name, value in query.items() if value is not None}
        return self._send(method, API + path + ("?" + urlencode(given) if given else ""), body, self._headers)

    def open(self, client_id: str | None = None) -> Answer:
        """Begin a conversation."""
        return self.call("POST", "/conversations", {"clientConversationId": client_id or new_id()})

    def turn(self, conversation: str, event: Any, client_id: str | None = None, **more: Any) -> Answer:
        """Send an event."""
        body = {"clientMessageId": client_id or new_id(), "event": event, **more}
        return self.call("POST", f"/conversations/{conversation}/turns", body)

    def page(self, conversation: str, **query: Any) -> Answer:
        """Read a page of messages."""
        return self.call("GET", f"/conversations/{conversation}/messages", **query)

    def read(self, conversation: str, up_to: str | None = None) -> Answer:
        """Move the read marker."""
        body = {} if up_to is None else {"upToMessageId": up_to}
        return self.call("PUT", f"/conversations/{conversation}/read", body)

    def conversations(self, **query: Any) -> Answer:
        """Read a page of conversations."""
        return self.call("GET", "/conversations", **query)

    def begin(self) -> "Chat":
        """Begin a conversation and remember it."""
        return Chat(self, self.open())


class Chat:
    """One conversation, and the last chips and form that it showed."""

    def __init__(self, api: Api, opened: Answer) -> None:
        self.api = api
        self.opened = opened
        self.id: str = opened.body["conversation"]["id"]
        self._asked: dict[str, str] = {}
        self._remember(opened)

    @property
    def chips(self) -> str:
        """The id of the last chips."""
        return self._asked["chips"]

    @property
    def form_id(self) -> str:
        """The id of the last form."""
        return self._asked["form"]

    def send(self, event: Any, client_id: str | None = None) -> Answer:
        """Send an event."""
        answer = self.api.turn(self.id, event, client_id)
        self._remember(answer)
        return answer

    def write(self, content: str = "배송이 언제 오나요?", client_id: str | None = None) -> Answer:
        """Write free text."""
        return self.send(text(content), client_id)

    def click(self, chip_id: str, client_id: str | None = None) -> Answer:
        """Click a chip of the last chips."""
        return self.send(chip(self.chips, chip_id), client_id)

    def submit(self, values: Mapping[str, Any] = FORM, client_id: str | None = None) -> Answer:
        """Submit the last form."""
        return self.send(form(self.form_id, values), client_id)

    def page(self, **query: Any) -> Answer:
        """Read a page of it."""
        return self.api.page(self.id, **query)

    def _remember(self, answer: Answer) -> None:
        for message in answer.body.get("messages", ()):
            if message["kind"] in {"chips", "form"}:
                self._asked[message["kind"]] = message["id"]


def at_chips(api: Api) -> Chat:
    """Begin a conversation: it waits for a click on the topics."""
    return api.begin()


def at_form(api: Api) -> Chat:
    """Begin a conversation and go to the form."""
    chat = api.begin()
    chat.click("write")
    return chat


def completed(api: Api) -> Chat:
    """Begin a conversation and complete it."""
    chat = api.begin()
    chat.click("shipping")
    chat.click("okay")
    return chat


# The three events by name: where a conversation must stand for it, and the event there.
EVENTS: dict[str, tuple[Callable[[Api], Chat], Callable[[Chat], dict[str, Any]]]] = {
    "text": (at_chips, lambda _: text()),
    "chip": (at_chips, lambda chat: chip(chat.chips, "shipping")),
    "form": (at_form, lambda chat: form(chat.form_id)),
}
