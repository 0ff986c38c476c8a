"""Where several errors apply, the order of the contract decides which one is told: pair by pair, for every event."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from tests.db.chats import everything
from tests.stack import Member
from tests.web.apps import token
from tests.web.chat import FORM, Api, Chat, at_form, chip, form, new_id, text, through_app

# First to last; a body that cannot be read comes right after the sender.
ORDER = [
    "unauthenticated",
    "malformed",
    "too large",
    "not found",
    "conflict",
    "answered",
    "completed",
    "invalid",
]
TOLD = {
    "unauthenticated": (401, "unauthenticated"),
    "malformed": (400, "malformed_json"),
    "too large": (413, "payload_too_large"),
    "not found": (404, "not_found"),
    "conflict": (409, "idempotency_conflict"),
    "answered": (409, "already_answered"),
    "completed": (409, "conversation_completed"),
}
INVALID = {"text": (422, "invalid"), "chip": (422, "unknown_chip"), "form": (422, "invalid_form")}
# What cannot be true of one request: a conflict is about a saved message, so about a conversation that is there.
IMPOSSIBLE = {
    ("malformed", "too large"),
    ("not found", "conflict"),
    ("not found", "answered"),
    ("not found", "completed"),
}


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all of these tests: each begins conversations of its own."""
    return new_member()


@dataclass
class Request:
    """A request in the making; each fault spoils something of it."""

    chat: Chat
    kind: str
    conversation: str
    client_id: str = field(default_factory=new_id)
    token: str | None = None
    body: bytes | None = None
    content: str = "안녕하세요"
    chip_id: str = "shipping"
    values: dict[str, Any] = field(default_factory=lambda: dict(FORM))

    @property
    def event(self) -> dict[str, Any]:
        """The event as it stands."""
        if self.kind == "text":
            return text(self.content)
        return chip(self.chat.chips, self.chip_id) if self.kind == "chip" else form(self.chat.form_id, self.values)


def spoil(request: Request, fault: str, root: Connection[Any]) -> None:
    """Make one more fault apply."""
    chat = request.chat
    if fault == "unauthenticated":
        request.token = token("a-secret-that-is-not-the-one-of-this-stack-0123456789")
    elif fault == "malformed":
        request.body = b'{"clientMessageId": '
    elif fault == "too large":
        request.body = b'{"event": "' + b"x" * 70_000 + b'"}'
    elif fault == "not found":
        request.conversation = new_id()
    elif fault == "conflict":
        assert chat.write("다른 말", request.client_id).status == 201
    elif fault == "answered":
        answer = chip(chat.chips, "returns") if request.kind == "chip" else form(chat.form_id)
        assert chat.api.turn(chat.id, answer).status == 201
    elif fault == "completed":
        root.execute("update public.chat_conversations set status = 'completed' where id = %s", [chat.id])
    else:
        request.content, request.chip_id, request.values = "", "nothing", {}


def fresh(api: Api, kind: str) -> Request:
    """A request that nothing is wrong with."""
    chat = at_form(api) if kind == "form" else api.begin()
    return Request(chat, kind, chat.id)


def send(request: Request, app_of: Callable[[str | None], Api]) -> tuple[int, str | None]:
    api = app_of(request.token)
    body = request.body or {"clientMessageId": request.client_id, "event": request.event}
    return api.call("POST", f"/conversations/{request.conversation}/turns", body).refusal


PAIRS = [
    (kind, first, second)
    for kind in ("text", "chip", "form")
    for first, second in combinations(ORDER, 2)
    if (first, second) not in IMPOSSIBLE and not (kind == "text" and "answered" in {first, second})
]
# A text answers nothing.
ALONE = [(kind, fault) for kind in INVALID for fault in ORDER if (kind, fault) != ("text", "answered")]


@pytest.fixture
def sender(app: Flask, member: Member) -> Callable[[str | None], Api]:
    return lambda forged: Api(through_app(app), forged or member.access_token)


@pytest.mark.parametrize(("kind", "first", "second"), PAIRS)
def test_the_earlier_error_is_told(
    sender: Callable[[str | None], Api], root: Connection[Any], kind: str, first: str, second: str
) -> None:
    request = fresh(sender(None), kind)
    # What completes the conversation comes last: nothing could be prepared after it.
    for fault in sorted((first, second), key=lambda one: one == "completed"):
        spoil(request, fault, root)
    before = everything(root)
    assert send(request, sender) == TOLD[first]
    assert everything(root) == before


@pytest.mark.parametrize(("kind", "fault"), ALONE)
def test_each_error_alone_is_told(
    sender: Callable[[str | None], Api], root: Connection[Any], kind: str, fault: str
) -> None:
    request = fresh(sender(None), kind)
    spoil(request, fault, root)
    before = everything(root)
    assert send(request, sender) == (INVALID[kind] if fault == "invalid" else TOLD[fault])
    assert everything(root) == before


@pytest.mark.parametrize("kind", ["text", "chip", "form"])
def test_a_replay_comes_before_everything_that_happened_since(
    sender: Callable[[str | None], Api], root: Connection[Any], kind: str
) -> None:
    request = fresh(sender(None), kind)
    assert send(request, sender) == (201, None)
    spoil(request, "completed", root)
    assert send(request, sender) == (200, None)


def test_a_stranger_is_told_not_found_whatever_else_applies(foreign_api: Api, api: Api, root: Connection[Any]) -> None:
    chat, client_id = at_form(api), new_id()
    chat.write(client_id=client_id)
    before = everything(root)
    for event in (
        text("다른 말"),
        text(""),
        chip(chat.chips, "shipping"),
        chip(chat.chips, "nothing"),
        form(chat.form_id),
        form(chat.form_id, {}),
        {"type": "file"},
    ):
        assert foreign_api.turn(chat.id, event, client_id).refusal == (404, "not_found")
    assert everything(root) == before


def test_a_malformed_body_comes_before_a_path_that_is_no_id(api: Api) -> None:
    assert api.call("POST", "/conversations/7/turns", b"{").refusal == (400, "malformed_json")
    assert api.turn("7", text()).refusal == (404, "not_found")
