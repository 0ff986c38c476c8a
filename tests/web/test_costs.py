"""Attacks by cost: what one member, one guest, one address or one stranger can make everybody pay for.

Each load runs for as long as somebody else takes turns. Their turns are all answered, and at the 95th percentile within
a second, or within a few times what the same turns took a moment before, where the machine is busy with other things:
a collapse is meant, not a speed, and a collapse is there each time one looks. That a thread is free for them, however
many turns one member has going on, needs no clock (`test_in_flight.py`). The service may say no to the load, and never
breaks. `make soak` runs longer.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from tests.concurrency import PATIENCE
from tests.db.chats import messages_of
from tests.stack import Member, rest
from tests.web.attacks import forged_tokens
from tests.web.chat import FORM, Answer, Api, Chat, chip, new_id, text, through_http
from tests.web.filled import fill
from tests.web.server import gunicorn

pytestmark = pytest.mark.tried("attacks by cost")
TURNS = 200 if os.environ.get("MUNUI_SOAK") == "1" else 20
ATTACKERS = 8
# Seconds, and how many times the same turns without the load: as many as there are attackers, each of whom has as much
# of the machine as the one who takes turns.
AT_MOST, TIMES = 1.0, 8
# How often one looks: what else a machine does may make anything slow once.
LOOKS = 3
# How much more a worker may hold at any moment, in kilobytes, than before the load.
MEMORY = 200_000
REFUSALS = {401, 404, 409, 413, 422, 429, 503}
LONG = "😀" * 4000


@pytest.fixture(scope="module")
def server(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """One worker with four threads and the limits that are shipped; it is told who asks by a proxy."""
    log = tmp_path_factory.mktemp("costs") / "app.log"
    with gunicorn(stack, log, workers=1, limited=True, TRUSTED_PROXIES="1") as running:
        yield running


@dataclass(frozen=True)
class Attacker:
    """Who is behind a load: an account with much in it, one address, as many connections as they like."""

    url: str
    member: Member
    stack: LocalStack
    place: str

    def api(self, client: httpx.Client, token: str | None) -> Api:
        """Return the API as somebody at the attacker's address calls it."""
        return Api(through_http(client), token, **{"X-Forwarded-For": "203.0.113.9"})


Load = Callable[[Attacker, Api, httpx.Client], Callable[[], Any]]


def turns_in_one_place(attacker: Attacker, api: Api, client: httpx.Client) -> Callable[[], Answer]:
    return lambda: api.turn(attacker.place, text(LONG))


def conversations(attacker: Attacker, api: Api, client: httpx.Client) -> Callable[[], Answer]:
    return api.open


def imports(attacker: Attacker, api: Api, client: httpx.Client) -> Callable[[], Answer]:
    """Return an import of about 220 KB."""

    def ask() -> Answer:
        events = [{"clientMessageId": new_id(), "event": text("가" * 250)} for _ in range(200)]
        guest = {"clientConversationId": new_id(), "flowVersion": "x", "events": events}
        return api.call("POST", "/import", {"conversations": [guest]})

    return ask


def exports(attacker: Attacker, api: Api, client: httpx.Client) -> Callable[[], Answer]:
    return lambda: api.call("GET", "/me/export")


def long_pages(attacker: Attacker, api: Api, client: httpx.Client) -> Callable[[], Answer]:
    return lambda: api.page(attacker.place, limit=200)


def refused_bodies(attacker: Attacker, api: Api, client: httpx.Client) -> Callable[[], Answer]:
    """Return what is looked at twice: a body that is not valid, deep, and as long as it may be."""
    nested: Any = "x" * 30_000
    for _ in range(25):
        nested = {"a": nested}
    return lambda: api.turn(attacker.place, {"type": "form", "messageId": new_id(), "values": [nested]}, "7")


def inquiries(attacker: Attacker, api: Api, client: httpx.Client) -> Callable[[], Answer]:
    guest = attacker.api(client, None)
    values = {**FORM, "body": "가" * 4000}
    return lambda: guest.call(
        "POST", "/inquiries", {"clientInquiryId": new_id(), "flowVersion": "x", "stepId": "write", "values": values}
    )


def forged(attacker: Attacker, api: Api, client: httpx.Client) -> Callable[[], Answer]:
    """Return a stranger's call with one forged token after another."""
    tokens = cycle(forged_tokens(new_id(), "s" * 64, attacker.member.access_token).values())
    return lambda: attacker.api(client, next(tokens)).turn(attacker.place, text())


LOADS: dict[str, Load] = {
    "a member's turns in one place": turns_in_one_place,
    "a member's conversations": conversations,
    "a member's imports": imports,
    "a member's exports": exports,
    "a member's long pages": long_pages,
    "a member's refused bodies": refused_bodies,
    "a guest's inquiries": inquiries,
    "a stranger's forged tokens": forged,
}


@pytest.fixture
def attacker(server: AppServer, stack: LocalStack, root: Connection[Any], stranger: Member) -> Attacker:
    """Somebody with fifty conversations, one of them full of long messages."""
    fill(root, stranger.id, 50, 40)
    (place,) = fill(root, stranger.id, 1, 400, content=LONG)
    return Attacker(server.url, stranger, stack, place)


@dataclass(frozen=True)
class Spent:
    """What the worker's process held at a moment: kilobytes and threads."""

    memory: int
    threads: int

    @classmethod
    def by(cls, server: AppServer) -> "Spent":
        """Look at it."""
        parent = server.child.pid
        worker = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()[0]
        status = Path(f"/proc/{worker}/status").read_text(encoding="ascii")
        memory, threads = (status.partition(name)[2].split()[0] for name in ("VmRSS:", "Threads:"))
        return cls(int(memory), int(threads))


def seconds_of(chat: Chat, turns: int, look: Callable[[], Any] = lambda: None) -> float:
    """Return the 95th percentile of `turns` turns, all of which must be taken; `look` after each."""
    took = []
    for number in range(turns):
        started = time.monotonic()
        answer = chat.write(f"{number} 번째 말")
        took.append(time.monotonic() - started)
        assert answer.status == 201, answer.body
        look()
    return sorted(took)[round(turns * 0.95) - 1]


@pytest.mark.parametrize("name", LOADS)
def test_a_load_of_one_is_not_paid_for_by_others(
    server: AppServer, attacker: Attacker, member: Member, name: str
) -> None:
    over, told = threading.Event(), Counter[int]()

    def attack() -> None:
        with httpx.Client(base_url=attacker.url, trust_env=False, timeout=PATIENCE) as client:
            ask = LOADS[name](attacker, attacker.api(client, attacker.member.access_token), client)
            while not over.is_set():
                told[ask().status] += 1

    with httpx.Client(base_url=server.url, trust_env=False, timeout=PATIENCE) as client:
        mine = Api(through_http(client), member.access_token, **{"X-Forwarded-For": "203.0.113.10"})
        chat = mine.begin()
        before, spent = Spent.by(server), list[Spent]()
        for _ in range(LOOKS):
            alone = seconds_of(chat, TURNS)
            over.clear()
            with ThreadPoolExecutor(ATTACKERS) as pool:
                attacks = [pool.submit(attack) for _ in range(ATTACKERS)]
                try:
                    beside = seconds_of(chat, TURNS, lambda: spent.append(Spent.by(server)))
                finally:
                    over.set()
                for one in attacks:
                    one.result(PATIENCE)
            print(f"\n{name}: {alone:.3f} s alone, {beside:.3f} s beside {sum(told.values())} requests {dict(told)}")
            if beside < max(AT_MOST, TIMES * alone):
                break
    assert sum(told.values()) >= ATTACKERS
    assert all(status < 300 or status in REFUSALS for status in told), told
    assert beside < max(AT_MOST, TIMES * alone), (beside, alone, told)
    assert max(one.memory for one in spent) < before.memory + MEMORY, (before, spent)
    assert max(one.threads for one in spent) <= before.threads + 4


BACKLOG = 4_900 if os.environ.get("MUNUI_SOAK") == "1" else 600


def test_a_backlog_is_healed_by_one_request_and_answered_shortly(
    server: AppServer, stack: LocalStack, root: Connection[Any], member: Member
) -> None:
    """One round takes the newest 50 and 256 KB; what is older counts as handled."""
    with (
        httpx.Client(base_url=server.url, trust_env=False, timeout=PATIENCE) as client,
        rest(stack, member.access_token) as past,
    ):
        chat = Api(through_http(client), member.access_token).begin()
        asked = chat.chips
        said = {"conversation_id": chat.id, "role": "user", "kind": "text", "content": LONG}
        for _ in range(BACKLOG // 100):
            rows = [{**said, "client_message_id": new_id()} for _ in range(100)]
            past.post("/chat_messages", json=rows).raise_for_status()
        before = Spent.by(server)
        answer = chat.send(chip(asked, "shipping"))
        assert answer.status == 201
        assert len(str(answer.body)) < 1_000_000
        assert Spent.by(server).memory < before.memory + 50_000
        assert chat.write().status == 201
    row = root.execute(
        "select handled_seq, last_seq from public.chat_conversations where id = %s", [chat.id]
    ).fetchone()
    rows = messages_of(root, chat.id)
    assert row[0] == max(one["seq"] for one in rows if one["role"] == "user")
    assert row[1] == len(rows) <= BACKLOG + 250
