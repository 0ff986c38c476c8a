"""The gateway's connections to Postgres, cut at every moment: it lives, answers everybody, and works again at once."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest

from scripts.local import LocalStack
from scripts.local.gateway import Gateway, SignUps
from scripts.local.ports import HOST, listen
from tests.concurrency import PATIENCE, at_once, until
from tests.stack import connect, sign_up

# In bytes from the server: in the greeting, while types are asked for, in the first answers, in the middle of them.
MOMENTS = (*range(0, 700, 100), *range(1000, 22_000, 3_500))
AT_ONCE = 14
# So many connections are cut each time: as many as the gateway has.
CUTS = 10


class Cutter:
    """A way to Postgres that ends each connection after so many bytes of the server, by a reset or in good order."""

    def __init__(self, to: tuple[str, int]) -> None:
        self._to = to
        self._listener = listen(0)
        self.port: int = self._listener.getsockname()[1]
        self._after = 0
        self._cuts = 0
        self._is_reset = False
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def cut(self, after: int, *, is_reset: bool, times: int = CUTS) -> None:
        """End the next connections after so many bytes; those that there are, at their next ones."""
        self._after, self._is_reset, self._cuts = after, is_reset, times

    def heal(self) -> None:
        """End no more."""
        self._cuts = 0

    def close(self) -> None:
        """Take no more connections and end those that there are."""
        # Whoever waits in accept() is woken by this, not by close().
        self._listener.shutdown(socket.SHUT_RDWR)
        self._acceptor.join()
        self._listener.close()
        self.hang_up()

    def hang_up(self) -> None:
        """End the connections that there are."""
        for line in list(self._open):
            # It may have ended at this moment.
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        # One thread for both ways: a socket in which another one waits is not closed by closing it.
        with contextlib.suppress(OSError), line, socket.create_connection(self._to) as server:
            self._open.add(line)
            is_cut = self._pass_on(line, server)
            if is_cut and self._is_reset:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._open.discard(line)

    def _pass_on(self, line: socket.socket, server: socket.socket) -> bool:
        """Until one of them ends, or, which is told, enough has come."""
        passed = 0
        while True:
            for ready in select.select([line, server], [], [])[0]:
                data = ready.recv(65536)
                if not data:
                    return False
                if ready is line:
                    server.sendall(data)
                    continue
                if self._is_enough(passed + len(data)):
                    line.sendall(data[: max(0, self._after - passed)])
                    return True
                line.sendall(data)
                passed += len(data)

    def _is_enough(self, passed: int) -> bool:
        with self._lock:
            is_enough = self._cuts > 0 and passed >= self._after
            self._cuts -= is_enough
            return is_enough


@pytest.fixture(scope="module")
def cutter(local: LocalStack) -> Iterator[Cutter]:
    where = urlsplit(local.db_url)
    running = Cutter((HOST, where.port or 0))
    yield running
    running.close()


@pytest.fixture(scope="module")
def gateway(local: LocalStack, cutter: Cutter) -> Iterator[Gateway]:
    """A gateway of its own, whose way to the database leads through `cutter`."""
    direct = local.postgres.url(user="authenticator", password=local.keys.gateway_password)
    running = Gateway(keys=local.keys, log=local.root / "log" / "cut.log", mail_log=local.mail_log)
    through = direct.replace(f":{local.postgres.port}/", f":{cutter.port}/")
    asked = {"database_url": through, "site_url": local.site_url, "sign_ups": SignUps()}
    local.ports.start_on("cut", 0, lambda port: running.start(port, **asked))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def asked(local: LocalStack, gateway: Gateway) -> Iterator[list[Callable[[], httpx.Response]]]:
    """One request of each kind, several times; a request that is not answered at all raises."""
    token = sign_up(local).access_token
    member = {"apikey": local.publishable_key, "Authorization": f"Bearer {token}"}
    service = {"apikey": local.secret_key}
    kinds = [
        ("GET", "/auth/v1/user", member, None),
        ("GET", "/rest/v1/notes?select=id", member, None),
        ("POST", "/rest/v1/rpc/whoami", member, {}),
        ("GET", "/auth/v1/admin/users", service, None),
    ]

    def ask(client: httpx.Client, number: int) -> Callable[[], httpx.Response]:
        method, path, headers, body = kinds[number % len(kinds)]
        return lambda: client.request(method, path, headers=headers, json=body)

    # The gateway itself waits for a connection for ten seconds, at most.
    with httpx.Client(base_url=gateway.url, timeout=PATIENCE, trust_env=False) as client:
        yield [ask(client, number) for number in range(AT_ONCE)]


def statuses(asked: list[Callable[[], httpx.Response]]) -> set[int]:
    return {answer.status_code for answer in at_once(asked)}


def until_well(gateway: Gateway, asked: list[Callable[[], httpx.Response]]) -> None:
    def is_well() -> bool:
        found = statuses(asked)
        assert found <= {200, 503}
        assert gateway.child.is_running()
        return found == {200}

    until(is_well)


@pytest.mark.parametrize("is_reset", [True, False], ids=["reset", "closed"])
def test_whoever_loses_a_connection_is_told_and_the_next_one_finds_another(
    gateway: Gateway, cutter: Cutter, asked: list[Callable[[], httpx.Response]], is_reset: bool
) -> None:
    for moment in MOMENTS:
        cutter.cut(moment, is_reset=is_reset)
        assert statuses(asked) <= {200, 503}, moment
        assert gateway.child.is_running(), moment
        cutter.heal()
        until_well(gateway, asked)


@pytest.mark.parametrize("is_reset", [True, False], ids=["reset", "closed"])
def test_a_connection_that_cannot_be_made_is_the_fault_of_one(
    gateway: Gateway, cutter: Cutter, asked: list[Callable[[], httpx.Response]], is_reset: bool
) -> None:
    cutter.hang_up()
    # There is one again then; the others are made when they are asked for.
    until(lambda: asked[1]().status_code == 200)
    cutter.cut(0, is_reset=is_reset, times=2)
    told = Counter(answer.status_code for answer in at_once(asked))
    cutter.heal()
    assert set(told) <= {200, 503}
    assert told[503] <= 2


def test_nobody_is_told_how_the_connection_before_theirs_has_ended(
    gateway: Gateway, local: LocalStack, asked: list[Callable[[], httpx.Response]]
) -> None:
    """Cut in the middle of a statement, all of them; asked at once then, so that each is made anew by somebody."""
    waiting = "from pg_stat_activity where wait_event_type = 'Lock' and query like '%notes%'"
    reads = [asked[1]] * CUTS
    until_well(gateway, asked)
    with connect(local, autocommit=True) as db, connect(local) as holder, ThreadPoolExecutor(CUTS) as pool:
        holder.execute("lock table public.notes in access exclusive mode")
        blocked = [pool.submit(read) for read in reads]
        until(lambda: db.execute(f"select count(*) {waiting}").fetchone() == (CUTS,))
        gone = f"select bool_and(pg_terminate_backend(pid, {PATIENCE * 1000:.0f})) {waiting}"
        assert db.execute(gone).fetchone() == (True,)
        assert {one.result(PATIENCE).status_code for one in blocked} == {503}
        holder.rollback()
    assert statuses(asked) == {200}
