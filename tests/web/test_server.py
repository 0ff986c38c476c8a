"""The server between a client and the app: what is open when it stops, and what comes when all threads are busy."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from service.server.asgi import QUEUE_A_THREAD
from service.server.callers import Callers
from service.server.line import PATIENCE
from service.server.wsgi import PIECE, Threads
from tests.concurrency import PATIENCE as LONG
from tests.stack import Member
from tests.web.chat import Api, at_chips, through_http
from tests.web.in_time import UPSTREAM_TIMEOUT, again_where_too_slow, in_time
from tests.web.proxy import Proxy
from tests.web.server import gunicorn, in_this_process
from tests.web.test_shutdown import ended, refuses, tell

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STREAMS = 500
# Seconds for a request (REQUEST_BUDGET).
BUDGET = 2.0


@contextlib.contextmanager
def streams(server: AppServer, member: Member, count: int) -> Iterator[list[socket.socket]]:
    """So many open event streams of one member, each of which has been told something."""
    where = urlsplit(server.url)
    with ExitStack() as kept:
        lines = []
        for _ in range(count):
            line = kept.enter_context(socket.create_connection((where.hostname, where.port), timeout=LONG))
            head = f"GET /api/v1/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {member.access_token}\r\n\r\n"
            line.sendall(head.encode())
            assert b"retry: " in read_until(line, b"\n\n\r\n")
            lines.append(line)
        yield lines


def read_until(line: socket.socket, end: bytes) -> bytes:
    told = b""
    while not told.endswith(end) and (data := line.recv(65536)):
        told += data
    return told


@contextlib.contextmanager
def streaming(stack: LocalStack, log: Path, *, threads: int = 4, **settings: str) -> Iterator[AppServer]:
    """One worker in which one member may have any number of streams."""
    unlimited = {"EVENT_STREAMS_MEMBER": "0", "EVENT_STREAMS_ADDRESS": "0", "RATE_LIMIT_MEMBER": "0"}
    with gunicorn(stack, log, workers=1, threads=threads, **unlimited, **settings) as server:
        yield server


@again_where_too_slow
def test_a_stop_ends_streams_and_finishes_turns(
    stack: LocalStack, proxy: Proxy, member: Member, tmp_path: Path
) -> None:
    with (
        streaming(stack, tmp_path / "app.log", SUPABASE_URL=proxy.url) as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=LONG) as client,
        ThreadPoolExecutor() as pool,
    ):
        chat = at_chips(Api(through_http(client), member.access_token))
        with streams(server, member, STREAMS) as lines:
            gate = proxy.hold("rpc/chat_reply")
            with in_time(UPSTREAM_TIMEOUT):
                sent = pool.submit(chat.write, "멈추기 전에 보냈어요")
                assert gate.reached.wait(LONG)
                tell(server, signal.SIGTERM)
                assert refuses(server.url)
                # A turn is still under way; nobody else waits for it.
                assert all(read_until(line, b"0\r\n\r\n").endswith(b"\r\n0\r\n\r\n") for line in lines)
                assert server.child.is_running()
                gate.open()
            assert sent.result(LONG).status == 201
        assert ended(server) == 0


def test_streams_outlive_the_patience_for_requests_and_hold_no_thread(
    stack: LocalStack, member: Member, tmp_path: Path
) -> None:
    with (
        streaming(stack, tmp_path / "app.log", threads=1) as server,
        streams(server, member, 20) as lines,
        httpx.Client(base_url=server.url, trust_env=False, timeout=LONG) as client,
    ):
        until = time.monotonic() + PATIENCE + 2
        while time.monotonic() < until:
            assert at_chips(Api(through_http(client), member.access_token)).write().status == 201
        for line in lines:
            assert is_open(line)


def is_open(line: socket.socket) -> bool:
    """Whether the other side has not hung up, after all that it has said."""
    line.setblocking(False)  # noqa: FBT003 - the socket's own way to say it
    try:
        while line.recv(65536):
            pass
    except BlockingIOError:
        return True
    return False


def test_a_stream_that_its_client_has_left_is_closed(stack: LocalStack, member: Member, tmp_path: Path) -> None:
    with streaming(stack, tmp_path / "app.log") as server, streams(server, member, 1) as (line,):
        line.shutdown(socket.SHUT_WR)
        assert not read_until(line, b"never").endswith(b"0\r\n\r\n")


@again_where_too_slow
def test_more_than_can_wait_is_refused_at_once(stack: LocalStack, proxy: Proxy, member: Member, tmp_path: Path) -> None:
    with (
        gunicorn(stack, tmp_path / "app.log", workers=1, threads=1, SUPABASE_URL=proxy.url) as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=LONG) as client,
        ThreadPoolExecutor(QUEUE_A_THREAD + 1) as pool,
    ):
        api = Api(through_http(client), member.access_token)
        chat = at_chips(api)
        gate = proxy.hold("rpc/chat_send")
        with in_time(UPSTREAM_TIMEOUT):
            held = pool.submit(chat.write, "기다려요")
            assert gate.reached.wait(LONG)
            waiting = [pool.submit(client.get, "/api/v1/flow") for _ in range(QUEUE_A_THREAD)]
            refused = until_refused(client)
            # What tells how the service is still does.
            assert client.get("/healthz").status_code == 200
            gate.open()
        assert held.result(LONG).status == 201
        assert {one.result(LONG).status_code for one in waiting} <= {200, 503}
        assert client.get("/api/v1/flow").status_code == 200
    assert refused.json()["code"] == "upstream_unavailable"
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.json()["requestId"] == refused.headers["X-Request-Id"]


def until_refused(client: httpx.Client) -> httpx.Response:
    """Ask until all places are taken, each time in vain or for a moment only."""
    until = time.monotonic() + LONG
    while time.monotonic() < until:
        with contextlib.suppress(httpx.TimeoutException):
            answer = client.get("/api/v1/flow", timeout=0.5)
            if answer.status_code == 503:
                return answer
    raise AssertionError("nobody was refused")


@again_where_too_slow
def test_the_time_in_the_queue_counts(stack: LocalStack, proxy: Proxy, member: Member, tmp_path: Path) -> None:
    budget = {"REQUEST_BUDGET": str(BUDGET)}
    with (
        gunicorn(stack, tmp_path / "app.log", workers=1, threads=1, SUPABASE_URL=proxy.url, **budget) as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=LONG) as client,
        ThreadPoolExecutor(2) as pool,
    ):
        api = Api(through_http(client), member.access_token)
        chat = at_chips(api)
        gates = [proxy.hold("rpc/chat_send"), proxy.hold("rpc/chat_page")]
        held = pool.submit(chat.write, "오래 걸려요")
        assert gates[0].reached.wait(LONG)
        # It has waited for the thread as long as the other had it, and nothing is left of its own time.
        with in_time(2 * BUDGET - 0.5):
            late = pool.submit(api.page, chat.id)
            assert held.result(LONG).refusal == (503, "upstream_unavailable")
            assert late.result(LONG).refusal == (503, "upstream_unavailable")
        for gate in gates:
            gate.open()


@contextlib.contextmanager
def served(app: WSGIApplication, threads: int) -> Iterator[str]:
    """A WSGI app on so many threads, in this process; its URL."""
    callers = Callers(threads=threads, queue=8, turns=0, cookie="munui", is_turn=lambda _: False)
    with in_this_process(Threads(app, threads=threads, queue=8, callers=callers, refuse=_nobody)) as url:
        yield url


async def _nobody(*_: object) -> None:
    raise AssertionError("there was room")


def test_a_long_answer_that_is_made_piece_by_piece_holds_no_thread() -> None:
    made: list[int] = []
    closed = threading.Event()

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            for number in range(1000):
                made.append(number)
                yield b"x" * PIECE

        def close(self) -> None:
            closed.set()

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return Pieces() if environ["PATH_INFO"] == "/long" else [b"short"]

    with served(app, threads=1) as url:
        where = urlsplit(url)
        with socket.socket() as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.connect((where.hostname, where.port))
            line.sendall(b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
            assert httpx.get(f"{url}/", trust_env=False, timeout=LONG).text == "short"
            assert not closed.is_set()
        # Its reader has left: the rest is not made, and what made it may clean up.
        assert closed.wait(LONG)
        assert len(made) < 1000
        whole = httpx.get(f"{url}/long", trust_env=False, timeout=LONG).content
    assert len(whole) == 1000 * PIECE


def test_an_answer_keeps_the_context_in_which_it_began() -> None:
    told: ContextVar[str] = ContextVar("told", default="nothing")
    threads: set[int] = set()
    # Two answers are made at the same time each, so that they go from thread to thread.
    together = threading.Barrier(2, timeout=LONG)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        told.set(environ["PATH_INFO"])

        def pieces() -> Iterator[bytes]:
            together.wait()
            for _ in range(20):
                threads.add(threading.get_ident())
                yield told.get().encode().ljust(PIECE)

        return pieces()

    with served(app, threads=4) as url, ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda n: httpx.get(f"{url}/{n}", trust_env=False, timeout=LONG).text.split(), range(8))
        assert list(answers) == [[f"/{n}"] * 20 for n in range(8)]
    assert len(threads) > 1
