"""Supabase fails at any one call of any turn, in any of the ways in which networks and servers do.

After each fault what was acknowledged is there exactly once, the same request completes, the next one works, and nobody
waited for more than the budget.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from tests.db.chats import messages_of, new_id
from tests.stack import Member
from tests.web.chat import EVENTS, Answer, Api, through_app
from tests.web.conftest import running_app
from tests.web.proxy import Proxy, _Handler

pytestmark = pytest.mark.tried("faults × turns")
UPSTREAM_SECONDS = 1.2
BUDGET_SECONDS = 3.0
LEAK = "select-what-nobody-may-see"
JSON = ("Content-Type", "application/json")
HTML = ("Content-Type", "text/html")
Response = tuple[int, list[tuple[str, str]], bytes]


@dataclass(frozen=True)
class Fault:
    """What comes instead of an answer: bytes, nothing in time (`is_slow`), or a line that is cut (neither).

    `is_odd`: nobody can tell that it will pass, so it may be called internal. A repeat is as safe.
    """

    answer: Response | None = None
    is_slow: bool = False
    is_odd: bool = False

    def allows(self, answer: Answer) -> bool:
        """Whether this is how an answer tells about it."""
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
    "200 with null": Fault((200, [JSON], b"null")),
    "200 with a list": Fault((200, [JSON], b"[]")),
    "200 with another object": Fault((200, [JSON], f'{{"{LEAK}": 1}}'.encode()), is_odd=True),
    "200 that is no UTF-8": Fault((200, [JSON], b'{"a": "\xff\xfe"}')),
}
# The upstream calls of each turn, in their order.
CALLS = {
    "open": ("rpc/chat_open", "rpc/chat_reply"),
    "text": ("rpc/chat_send", "rpc/chat_reply"),
    "chip": ("rpc/chat_send", "rpc/chat_reply"),
    "form": ("rpc/chat_preview", "rpc/chat_send", "rpc/chat_reply"),
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
        self.times = 0

        class Handler(_Handler):
            proxy = self

            def _ask(self, body: bytes) -> Response:
                return self.proxy.answer(self._what(), lambda: super(Handler, self)._ask(body))

        self._server.RequestHandlerClass = Handler

    def plan(self, what: str, fault: Fault, *, after: bool) -> None:
        """Fail at each request for `what` from now on: before it is passed on, or after that."""
        self.healed.clear()
        self.times, self._planned = 0, (what, fault, after)

    def heal(self) -> None:
        """Fail no more."""
        self._planned = None
        self.healed.set()
        super().heal()

    def answer(self, what: str, pass_on: Callable[[], Response]) -> Response:
        """Return the real answer, or what is planned instead of it."""
        if self._planned is None or self._planned[0] != what:
            return pass_on()
        _, fault, is_after = self._planned
        self.times += 1
        if is_after:
            pass_on()
        if fault.is_slow:
            self.healed.wait(10)
        if fault.answer is None:
            raise ConnectionResetError
        return fault.answer


@pytest.fixture(scope="module")
def faulty(stack: LocalStack) -> Iterator[FaultyProxy]:
    with FaultyProxy(stack.supabase_url, stack.secret_key) as running:
        yield running


@pytest.fixture(scope="module")
def faulty_app(stack: LocalStack, faulty: FaultyProxy) -> Iterator[Flask]:
    """An app that is impatient, so that a slow Supabase does not make a slow test."""
    impatient = {"upstream_timeout": UPSTREAM_SECONDS, "request_budget": BUDGET_SECONDS}
    with running_app(stack, supabase_url=faulty.url, **impatient) as made:
        yield made


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all: each cell begins a conversation of its own."""
    return new_member()


@pytest.fixture
def api(faulty_app: Flask, faulty: FaultyProxy, member: Member) -> Iterator[Api]:
    faulty.heal()
    yield Api(through_app(faulty_app), member.access_token)
    faulty.heal()


def prepared(api: Api, turn: str) -> tuple[str | None, Callable[[], Answer]]:
    """Where a turn will happen, None where it makes the place itself, and how to send it, again and again."""
    client_id = new_id()
    if turn == "open":
        return None, lambda: api.open(client_id)
    begin, make_event = EVENTS[turn]
    chat = begin(api)
    event = make_event(chat)
    return chat.id, lambda: api.turn(chat.id, event, client_id)


@pytest.mark.parametrize(
    ("fault", "is_after"), CELLS, ids=[f"{fault} {'after' if late else 'before'}" for fault, late in CELLS]
)
@pytest.mark.parametrize(("turn", "what"), STEPS, ids=lambda value: value.removeprefix("rpc/"))
def test_a_fault_costs_nothing_but_a_repeat(
    api: Api, faulty: FaultyProxy, root: Connection[Any], turn: str, what: str, fault: str, is_after: bool
) -> None:
    place, send = prepared(api, turn)
    before = messages_of(root, place) if place else []

    faulty.plan(what, FAULTS[fault], after=is_after)
    started = time.monotonic()
    failed = send()
    assert time.monotonic() - started < BUDGET_SECONDS + 1
    assert faulty.times >= 1
    faulty.heal()
    assert FAULTS[fault].allows(failed), failed
    assert LEAK not in str(failed.body)

    completed, again = send(), send()
    assert completed.status in {200, 201}
    assert (again.status, again.body["replayed"], again.messages) == (200, True, completed.messages)
    place = place or completed.body["conversation"]["id"]
    written = messages_of(root, place)[len(before) :]
    assert [row["id"] for row in written] == [one["id"] for one in completed.messages]
    assert len({row["client_message_id"] for row in written}) == len(written) > 1
    if turn != "form":
        assert api.turn(place, {"type": "text", "content": "아직 계신가요?"}).status == 201


@pytest.mark.parametrize("fault", ["cut", "500 in HTML", "200 with half a JSON", "slow"])
@pytest.mark.parametrize(
    ("method", "path", "what"),
    [
        ("GET", "/conversations", "rpc/chat_list"),
        ("GET", "/conversations/{}/messages", "rpc/chat_page"),
        ("PUT", "/conversations/{}/read", "rpc/chat_mark_read"),
        ("GET", "/me/export", "rpc/chat_export"),
    ],
    ids=lambda value: value.removeprefix("rpc/"),
)
def test_reading_fails_in_time_and_works_again(
    api: Api, faulty: FaultyProxy, method: str, path: str, what: str, fault: str
) -> None:
    path = path.format(api.begin().id)
    body = {} if method == "PUT" else None
    faulty.plan(what, FAULTS[fault], after=False)
    started = time.monotonic()
    failed = api.call(method, path, body)
    assert time.monotonic() - started < BUDGET_SECONDS + 1
    assert faulty.times >= 1
    faulty.heal()
    assert FAULTS[fault].allows(failed), failed
    assert LEAK not in str(failed.body)
    assert api.call(method, path, body).status == 200
