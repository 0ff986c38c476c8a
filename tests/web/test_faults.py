"""Supabase fails at any one call of any turn, in any of the ways in which networks and servers do.

After each fault what was acknowledged is there exactly once, the same request completes, the next one works, and nobody
waited for more than the budget.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from service.supabase import connections
from tests.db.articles import QUESTION, an_article, answers_of
from tests.db.chats import messages_of, new_id
from tests.stack import Member, connect
from tests.web.chat import EVENTS, Answer, Api, text, through_app
from tests.web.conftest import running_app
from tests.web.proxy import Proxy, _Handler

pytestmark = pytest.mark.tried("faults × turns")
# What an impatient service gives Supabase and a request; and for how long what is slow says nothing.
UPSTREAM_SECONDS, BUDGET_SECONDS, SILENCE = 1.2, 3.0, 60.0
# Who is in a hurry may, on a busy machine, not even come as far as to the fault: how often they ask.
TRIES = 5
LEAK = "select-what-nobody-may-see"
JSON = ("Content-Type", "application/json")
HTML = ("Content-Type", "text/html")
MESSAGES = "/api/v1/conversations/<conversation_id>/messages"
Response = tuple[int, list[tuple[str, str]], bytes]


@dataclass(frozen=True)
class Fault:
    """What comes instead of an answer: bytes, nothing in time (`is_slow`), or a line that is cut (neither).

    `is_odd`: nobody can tell that it will pass, so it may be called internal. A repeat is as safe. `is_ours`: Supabase
    has answered, and we do not understand it: that is no outage.
    """

    answer: Response | None = None
    is_slow: bool = False
    is_odd: bool = False
    is_ours: bool = False

    def allows(self, answer: Answer) -> bool:
        """Whether this is how an answer tells about it."""
        if self.is_ours:
            return answer.refusal == (500, "internal")
        if self.is_odd and answer.refusal == (500, "internal"):
            return True
        return answer.refusal == (503, "upstream_unavailable") and int(answer.headers["Retry-After"]) >= 1


FAULTS: dict[str, Fault] = {
    "cut": Fault(),
    "slow": Fault(is_slow=True),
    "500 in HTML": Fault((500, [HTML], f"<html>{LEAK}</html>".encode())),
    "500 in JSON": Fault(
        (500, [JSON], f'{{"code": "XX000", "message": "{LEAK}", "details": "{LEAK}"}}'.encode()), is_odd=True
    ),
    "502": Fault((502, [HTML], b"<html>bad gateway</html>")),
    "503 without a body": Fault((503, [], b"")),
    "504 of a database": Fault((504, [JSON], b'{"code": "57014", "message": "canceling statement"}')),
    "429": Fault((429, [JSON], b'{"message": "too many"}'), is_odd=True),
    "200 in HTML": Fault((200, [HTML], f"<html>{LEAK}</html>".encode())),
    "200 with half a JSON": Fault((200, [JSON], f'{{"conversation": {{"id": "{LEAK}'.encode())),
    "200 with no bytes": Fault((200, [JSON], b"")),
    "200 with null": Fault((200, [JSON], b"null"), is_ours=True),
    "200 with a list": Fault((200, [JSON], b"[]"), is_ours=True),
    "200 with a number": Fault((200, [JSON], b"7"), is_ours=True),
    "200 with another object": Fault((200, [JSON], f'{{"{LEAK}": 1}}'.encode()), is_ours=True),
    "200 with half of the object": Fault((200, [JSON], b'{"conversation": {}, "messages": []}'), is_ours=True),
    "200 that is no UTF-8": Fault((200, [JSON], b'{"a": "\xff\xfe"}')),
}
# The upstream calls of each turn, in their order.
CALLS = {
    "open": ("rpc/chat_open", "rpc/chat_reply"),
    "text": ("rpc/chat_send", "rpc/chat_reply"),
    "chip": ("rpc/chat_send", "rpc/chat_reply"),
    "form": ("rpc/chat_preview", "rpc/chat_send", "rpc/chat_reply"),
    "handover": ("rpc/chat_turn", "rpc/chat_reply"),
}
STEPS = [(turn, what) for turn, calls in CALLS.items() for what in calls]
# Where nothing was passed on, one unreadable answer is as good as another; the long form tries them all.
BEFORE = tuple(FAULTS) if os.environ.get("MUNUI_SOAK") == "1" else ("cut", "slow", "500 in HTML")
CELLS = [(fault, False) for fault in BEFORE] + [(fault, True) for fault in FAULTS]


class FaultyProxy(Proxy):
    """A proxy that can answer for the one behind it."""

    def __init__(self, target: str, secret_key: str) -> None:
        super().__init__(target, secret_key)
        self._planned: tuple[str, Fault, bool] | None = None
        self.healed = threading.Event()
        self.times = self._skip = 0

        class Handler(_Handler):
            proxy = self

            def _ask(self, body: bytes) -> Response:
                return self.proxy.answer(self._what(), lambda: super(Handler, self)._ask(body))

        self._server.RequestHandlerClass = Handler

    def plan(self, what: str, fault: Fault, *, after: bool, skip: int = 0) -> None:
        """Fail at each request for `what` but the next `skip` ones: before it is passed on, or after that."""
        self.healed.clear()
        self.times, self._planned, self._skip = 0, (what, fault, after), skip

    def heal(self) -> None:
        """Fail no more."""
        self._planned = None
        self.healed.set()
        super().heal()

    def answer(self, what: str, pass_on: Callable[[], Response]) -> Response:
        """Return the real answer, or what is planned instead of it."""
        if self._planned is None or self._planned[0] != what:
            return pass_on()
        if self._skip:
            self._skip -= 1
            return pass_on()
        _, fault, is_after = self._planned
        self.times += 1
        if is_after:
            pass_on()
        if fault.is_slow:
            self.healed.wait(SILENCE)
        if fault.answer is None:
            raise ConnectionResetError
        return fault.answer


@pytest.fixture(scope="module")
def faulty(stack: LocalStack) -> Iterator[FaultyProxy]:
    with FaultyProxy(stack.supabase_url, stack.secret_key) as running:
        yield running


@pytest.fixture(scope="module")
def faulty_app(stack: LocalStack, faulty: FaultyProxy) -> Iterator[Flask]:
    with running_app(stack, supabase_url=faulty.url) as made:
        yield made


@pytest.fixture(scope="module")
def hasty_app(stack: LocalStack, faulty: FaultyProxy) -> Iterator[Flask]:
    """An app that is impatient, so that a slow Supabase does not make a slow test. It is asked for nothing else."""
    impatient = {"upstream_timeout": UPSTREAM_SECONDS, "request_budget": BUDGET_SECONDS}
    with running_app(stack, supabase_url=faulty.url, **impatient) as made:
        yield made


@pytest.fixture(scope="module", autouse=True)
def article(stack: LocalStack) -> Iterator[None]:
    """What answers the text: a question."""
    with connect(stack, autocommit=True) as db, an_article(db):
        yield


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all: each cell begins a conversation of its own."""
    return new_member()


@pytest.fixture
def api(faulty_app: Flask, faulty: FaultyProxy, member: Member) -> Iterator[Api]:
    faulty.heal()
    yield Api(through_app(faulty_app), member.access_token)
    faulty.heal()


@pytest.fixture
def hasty(hasty_app: Flask, member: Member) -> Api:
    return Api(through_app(hasty_app), member.access_token)


def prepared(api: Api, turn: str) -> tuple[str | None, Callable[[Api], Answer]]:
    """Where a turn will happen, None where it makes the place itself, and how to send it, again and again."""
    client_id = new_id()
    if turn == "open":
        return None, lambda api: api.open(client_id)
    if turn == "handover":
        place = api.begin().id
        return place, lambda api: api.call("POST", f"/conversations/{place}/handover", {"requestId": client_id})
    begin, make_event = EVENTS[turn]
    chat = begin(api)
    event = text(QUESTION) if turn == "text" else make_event(chat)
    return chat.id, lambda api: api.turn(chat.id, event, client_id)


def fail_in_time(faulty: FaultyProxy, fault: Fault, send: Callable[[], Answer]) -> Answer:
    """Ask while there is a fault. Nobody waits until what is slow says something, nor once too often."""
    started = time.monotonic()
    failed = send()
    assert time.monotonic() - started < SILENCE / 2
    assert not fault.is_slow or faulty.times * UPSTREAM_SECONDS <= BUDGET_SECONDS
    return failed


@pytest.mark.parametrize(
    ("fault", "is_after"), CELLS, ids=[f"{fault} {'after' if late else 'before'}" for fault, late in CELLS]
)
@pytest.mark.parametrize(("turn", "what"), STEPS, ids=lambda value: value.removeprefix("rpc/"))
def test_a_fault_costs_nothing_but_a_repeat(
    api: Api, hasty: Api, faulty: FaultyProxy, root: Connection[Any], turn: str, what: str, fault: str, is_after: bool
) -> None:
    asked = hasty if FAULTS[fault].is_slow else api
    for _ in range(TRIES):
        faulty.heal()
        place, send = prepared(api, turn)
        before = messages_of(root, place) if place else []
        faulty.plan(what, FAULTS[fault], after=is_after)
        failed = fail_in_time(faulty, FAULTS[fault], partial(send, asked))
        if faulty.times or not FAULTS[fault].is_slow:
            break
    assert faulty.times >= 1
    faulty.heal()
    assert FAULTS[fault].allows(failed), failed
    assert LEAK not in str(failed.body)

    completed, again = send(api), send(api)
    assert completed.status in {200, 201}
    # A handover is told of no replay: it is so, whoever asks again.
    assert (again.status, again.body.get("replayed", True), again.messages) == (200, True, completed.messages)
    place = place or completed.body["conversation"]["id"]
    written = messages_of(root, place)[len(before) :]
    assert [row["id"] for row in written] == [one["id"] for one in completed.messages]
    assert len({row["client_message_id"] for row in written}) == len(written) >= (1 if turn == "handover" else 2)
    if turn == "text":
        assert [(one["outcome"], one["message_id"]) for one in answers_of(root, place)] == [
            ("answered", written[-1]["id"])
        ]
    if turn != "form":
        assert api.turn(place, {"type": "text", "content": "아직 계신가요?"}).status == 201


READ_FAULTS = (
    "cut",
    "500 in HTML",
    "200 in HTML",
    "200 with half a JSON",
    "200 with no bytes",
    "200 with a number",
    "slow",
)


@pytest.mark.parametrize("fault", READ_FAULTS)
@pytest.mark.parametrize(
    ("method", "path", "what"),
    [
        ("GET", "/conversations", "rpc/chat_list"),
        ("GET", "/conversations/{}/messages", "rpc/chat_page"),
        ("PUT", "/conversations/{}/read", "rpc/chat_mark_read"),
        ("GET", "/me/export", "rpc/chat_export"),
        ("GET", "/conversations/{}/messages?changedAfter=0", "rpc/chat_changed"),
        ("PUT", "/me/contact", "rpc/chat_contact"),
    ],
    ids=lambda value: value.removeprefix("rpc/"),
)
def test_reading_fails_in_time_and_works_again(
    api: Api, hasty: Api, faulty: FaultyProxy, method: str, path: str, what: str, fault: str
) -> None:
    path = path.format(api.begin().id)
    body = {} if method == "PUT" else None
    asked = hasty if FAULTS[fault].is_slow else api
    for _ in range(TRIES):
        faulty.heal()
        faulty.plan(what, FAULTS[fault], after=False)
        failed = fail_in_time(faulty, FAULTS[fault], lambda: asked.call(method, path, body))
        if faulty.times or not FAULTS[fault].is_slow:
            break
    assert faulty.times >= 1
    faulty.heal()
    assert FAULTS[fault].allows(failed), failed
    assert LEAK not in str(failed.body)
    assert api.call(method, path, body).status == 200


@pytest.mark.parametrize(
    ("answer", "missing"),
    [(b"[]", "object"), (b'{"conversation": {}, "messages": []}', "has_earlier, has_later"), (b"7", "object")],
    ids=["a list", "names are missing", "a number"],
)
def test_an_answer_of_another_shape_is_logged_with_what_was_missing(
    api: Api, faulty: FaultyProxy, capfd: pytest.CaptureFixture[str], answer: bytes, missing: str
) -> None:
    chat = api.begin()
    faulty.plan("rpc/chat_page", Fault((200, [JSON], answer)), after=False)
    told = chat.page()
    assert told.refusal == (500, "internal")
    assert "Retry-After" not in told.headers
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if line["event"] == "upstream_unexpected"]
    assert (line["asked"], line["missing"]) == ("chat_page", missing)
    assert (line["route"], line["request_id"]) == (MESSAGES, told.body["requestId"])


def test_an_answer_without_end_is_given_up(
    api: Api, faulty: FaultyProxy, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "LARGEST_ANSWER", 100_000)
    chat = api.begin()
    faulty.plan("rpc/chat_page", Fault((200, [JSON], b'"' + b"x" * 200_000 + b'"')), after=False)
    told = chat.page()
    assert told.refusal == (503, "upstream_unavailable")
    assert int(told.headers["Retry-After"]) >= 1
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if line["event"] == "upstream_answer_too_large"]
    assert (line["asked"], line["route"]) == ("rpc/chat_page", MESSAGES)
    faulty.heal()
    assert chat.page().status == 200
