"""Many members at once while the server is killed and started again: what was acknowledged is found, exactly once.

`make soak` runs the long form: 10,000 turns by 200 members, 32 at a time, several kills, and memory that stays flat.
"""

import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from scripts.local.errors import StackError
from scripts.local.ports import listen
from tests.concurrency import PATIENCE
from tests.db.chats import new_id
from tests.stack import Member
from tests.summary import Tried
from tests.web.chat import Answer, Api, text, through_http
from tests.web.server import UNLIMITED

IS_LONG = os.environ.get("MUNUI_SOAK") == "1"
TURNS, MEMBERS, CONCURRENCY, KILLS = (10_000, 200, 32, 5) if IS_LONG else (300, 20, 8, 1)
WORKERS = 2
RETRY_SECONDS = 300.0
# How much more a worker may hold at the end of the last half than at its beginning.
GROWTH = 1.10


@dataclass
class Tally:
    """What clients were told, and how often something had to be sent again."""

    acknowledged: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    given_up: threading.Event = field(default_factory=threading.Event)

    def note(self, status: str) -> None:
        """Count an answer, or a line that broke."""
        with self.lock:
            self.statuses[status] += 1

    def done(self) -> int:
        """Return how many turns were acknowledged."""
        with self.lock:
            return len(self.acknowledged)


class Fleet:
    """A server that can be killed, and comes back at the same address with new workers."""

    def __init__(self, stack: LocalStack, log: Path) -> None:
        self._stack, self._log = stack, log
        self._server = AppServer(listen(0), log)
        self.url = self._server.url
        self._start()

    def kill(self) -> None:
        """Kill the server and its workers, without a word, and start it again."""
        process = self._server.child._process
        assert process is not None
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._server = AppServer(self._listen_again(self._server.port), self._log)
        self._start()

    def memory(self) -> dict[int, int]:
        """Return the kilobytes that each worker holds."""
        parent = self._server.child.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
        status = {int(pid): Path(f"/proc/{pid}/status").read_text(encoding="ascii") for pid in children}
        return {pid: int(text.partition("VmRSS:")[2].split()[0]) for pid, text in status.items()}

    def stop(self) -> None:
        """Stop it."""
        self._server.stop()

    @staticmethod
    def _listen_again(port: int) -> socket.socket:
        # The workers were killed too, but nobody waits for them: the last of them may still hold the port.
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return listen(port)
            except StackError:
                if time.monotonic() > until:
                    raise
            time.sleep(0.01)

    def _start(self) -> None:
        settings = {
            "APP_URL": self.url,
            "SUPABASE_URL": self._stack.supabase_url,
            "SUPABASE_PUBLISHABLE_KEY": self._stack.publishable_key,
            "SUPABASE_SECRET_KEY": self._stack.secret_key,
            "SUPABASE_JWT_SECRET": self._stack.jwt_secret,
            **UNLIMITED,
            "TMPDIR": str(self._log.parent),
        }
        self._server.start(workers=WORKERS, threads=8, settings=settings)


@pytest.fixture
def fleet(stack: LocalStack, tmp_path: Path) -> Iterator[Fleet]:
    running = Fleet(stack, tmp_path / "app.log")
    yield running
    running.stop()


def until_answered(tally: Tally, send: Callable[[], Answer]) -> Answer:
    """Send the same request until it is acknowledged, as a client does."""
    until = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            answer = send()
        except httpx.TransportError:
            tally.note("broken line")
        else:
            tally.note(str(answer.status))
            if answer.status < 300:
                return answer
            # Nothing but this may go wrong while a server comes and goes.
            assert answer.refusal == (503, "upstream_unavailable"), answer.body
        assert time.monotonic() < until, "no answer came"
        assert not tally.given_up.wait(0.05), "somebody else failed"


def talk(url: str, member: Member, turns: int, tally: Tally) -> None:
    """Be one member: begin a conversation, say things, remember what was acknowledged."""
    with httpx.Client(base_url=url, trust_env=False, timeout=12) as client:
        api = Api(through_http(client), member.access_token)
        client_id = new_id()
        opened = until_answered(tally, lambda: api.open(client_id))
        conversation = opened.body["conversation"]["id"]
        for number in range(turns):
            message = new_id()
            event = text(f"{number} 번째 말")
            answer = until_answered(tally, lambda m=message, e=event: api.turn(conversation, e, m))
            with tally.lock:
                tally.acknowledged[conversation, message] = [one["id"] for one in answer.messages]


def found(root: Connection[Any], owners: list[str]) -> dict[tuple[str, str], list[str]]:
    """Return the turns that the database holds: the user's message and everything that belongs to it, in order."""
    rows = root.execute(
        """
        select u.conversation_id::text, u.client_message_id::text,
          array(
            select m.id::text from public.chat_messages m
            where m.conversation_id = u.conversation_id and m.turn_id = u.id order by m.seq
          )
        from public.chat_messages u where u.role = 'user' and u.user_id = any(%s::uuid[])
        """,
        [owners],
    )
    return {(conversation, message): ids for conversation, message, ids in rows}


def watch(fleet: Fleet, tally: Tally, writers: list[Any]) -> list[dict[int, int]]:
    """Kill the server at even distances in the first half; in the second half look at its memory. Returns the looks."""
    kills = [round(TURNS / 2 * (number + 1) / KILLS) for number in range(KILLS)]
    looks: list[dict[int, int]] = []
    while not all(writer.done() for writer in writers):
        if kills and tally.done() >= kills[0]:
            kills.pop(0)
            fleet.kill()
        elif not kills and tally.done() >= TURNS * (0.6 + 0.04 * len(looks)):
            looks.append(fleet.memory())
        time.sleep(0.02)
    assert kills == []
    return looks


def test_what_was_acknowledged_is_found(
    fleet: Fleet,
    new_member: Callable[[], Member],
    root: Connection[Any],
    tried: Tried,
) -> None:
    with ThreadPoolExecutor(CONCURRENCY + 1) as pool:
        members = list(pool.map(lambda _: new_member(), range(MEMBERS)))
        tally, started = Tally(), time.monotonic()
        each = TURNS // MEMBERS
        gate = threading.Semaphore(CONCURRENCY)

        def one(member: Member) -> None:
            with gate:
                talk(fleet.url, member, each, tally)

        writers = [pool.submit(one, member) for member in members]
        try:
            looks = watch(fleet, tally, writers)
        except BaseException:
            tally.given_up.set()
            raise
        for writer in writers:
            writer.result()
    there = found(root, [member.id for member in members])
    tried("load: turns acknowledged", tally.done())
    tried("load: turns found", len(there))
    tried("load: answers lost or refused on the way", tally.statuses["broken line"] + tally.statuses["503"])
    print(
        f"\nload: {MEMBERS} members, {CONCURRENCY} at a time, {KILLS} kills, {time.monotonic() - started:.1f} s; "
        f"acknowledged {tally.done()}, found {len(there)}; answers {dict(tally.statuses)}; kB {looks}"
    )
    assert tally.done() == TURNS
    assert there == tally.acknowledged
    assert all(len(ids) == len(set(ids)) > 1 for ids in there.values())
    assert tally.statuses["broken line"] > 0
    assert set(tally.statuses) <= {"broken line", "200", "201", "503"}
    orders = """
        select count(*) from (
          select count(*) = max(seq) and count(distinct seq) = count(*) as is_whole from public.chat_messages
          where user_id = any(%s::uuid[]) group by conversation_id
        ) c where not is_whole
    """
    owners = [[member.id for member in members]]
    assert root.execute(orders, owners).fetchone()[0] == 0
    if IS_LONG:
        assert looks[0].keys() == looks[-1].keys()
        assert all(looks[-1][pid] <= kilobytes * GROWTH for pid, kilobytes in looks[0].items())
