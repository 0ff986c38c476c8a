"""Clients that take their time, many more than there are threads: everybody else is served at once."""

from __future__ import annotations

import json
import socket
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

import httpx
import pytest

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from service.server.line import PATIENCE
from tests.concurrency import PATIENCE as LONG
from tests.web.chat import new_id
from tests.web.in_time import again_where_too_slow, in_time
from tests.web.server import gunicorn

pytestmark = pytest.mark.tried("attacks")
CLIENTS = 40
# Seconds, where the machine is quick; and how many times as long as where nobody is slow, where it is not.
AT_ONCE, TIMES = 1.0, 20
POST = b"POST /api/v1/inquiries HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
SLOW: dict[str, bytes] = {
    "silent": b"",
    "half a head": b"GET /healthz HTTP/1.1\r\nHos",
    "a head without an end": b"GET /healthz HTTP/1.1\r\nA: " + b"a" * 70_000,
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "half a body": POST + b"Content-Length: 900\r\n\r\n{",
    "half a body, its length with zeros": POST + b"Content-Length: 0000000000000000900\r\n\r\n{",
    "a body of many small chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 50_000 + b"0\r\n\r\n",
    "half a chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n40\r\n{",
    "a body that is too large": POST + b"Content-Length: 99999999\r\n\r\n{",
    "a body of a length beyond numbers": POST + b"Content-Length: " + b"9" * 300 + b"\r\n\r\n{",
    "a body that waits to be asked for": POST + b"Expect: 100-continue\r\nContent-Length: 900\r\n\r\n",
    "a form of a page": b"POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 900\r\n\r\nemail=",
    "answered, and never leaving": b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "never reading": b"GET /api/v1/flow HTTP/1.1\r\nHost: a\r\n\r\n" * 200,
}  # fmt: skip


@pytest.fixture(scope="module")
def server(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """One worker with four threads."""
    with gunicorn(stack, tmp_path_factory.mktemp("slow") / "app.log", workers=1) as running:
        yield running


@contextmanager
def lines(server: AppServer, count: int) -> Iterator[list[socket.socket]]:
    """Connections that are closed in the end. They hold little that was not read."""
    where = urlsplit(server.url)
    with ExitStack() as kept:
        made = []
        for _ in range(count):
            line = kept.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.settimeout(LONG)
            line.connect((where.hostname, where.port))
            made.append(line)
        yield made


def asked(server: AppServer) -> float:
    """The seconds that somebody else waits for an answer."""
    started = time.monotonic()
    assert httpx.get(f"{server.url}/healthz", trust_env=False, timeout=LONG).status_code == 200
    return time.monotonic() - started


def assert_others_are_served(server: AppServer, alone: float, seconds: float = 0.0) -> None:
    """Ask for as long as it may take until what was sent is felt, and three times at least.

    `alone` is how long an answer takes with nobody else there. Who is served only when a slow client is given up on
    waits for most of PATIENCE.
    """
    took, until = [asked(server)], time.monotonic() + seconds
    while len(took) < 3 or time.monotonic() < until:
        took.append(asked(server))
    assert statistics.median(took) < max(AT_ONCE, TIMES * alone)
    assert max(took) < max(PATIENCE / 2, TIMES * alone)


@pytest.mark.parametrize("name", SLOW)
def test_nobody_waits_for_clients_that_are_slow(server: AppServer, name: str) -> None:
    # Answers that nobody reads have to fill the kernel first, sooner for few; large requests keep the test itself busy.
    count, seconds = {"never reading": (6, 3.0), "a body of many small chunks": (3, 1.0)}.get(name, (CLIENTS, 0.0))
    alone = statistics.median(asked(server) for _ in range(3))
    with lines(server, count) as slow:
        for line in slow:
            line.sendall(SLOW[name])
        if name.startswith("answered"):
            # Until then each of them waits for its turn, as others do.
            assert all(line.recv(1) for line in slow)
        assert_others_are_served(server, alone, seconds)
        for line in slow:
            # One more byte each, and more silence. Who was hung up on cannot send it.
            with suppress(ConnectionError):
                line.send(b" ")
        assert_others_are_served(server, alone)


@again_where_too_slow
def test_more_clients_than_there_are_connections_leave_room(server: AppServer) -> None:
    sent = WHOLE["a body"]
    alone = statistics.median(asked(server) for _ in range(3))
    with lines(server, 980) as slow:
        for line in slow[::2]:
            line.sendall(SLOW["half a body"])
        assert_others_are_served(server, alone)
        # What is not whole by then is refused.
        with in_time(PATIENCE - 1), lines(server, 1) as (honest,):
            honest.sendall(sent[:-1])
            with lines(server, 120):
                assert_others_are_served(server, alone)
                # Those who take longest make room, not all who are arriving.
                honest.sendall(sent[-1:])
                assert honest.recv(65536).startswith(b"HTTP/1.1 422")


LATE = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
BEGUN = {
    "length": POST + b"Content-Length: %d\r\n\r\n{" % (len(LATE) + 1),
    "chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n{" % (len(LATE) + 1),
}


def test_the_rest_of_a_body_that_came_too_late_is_no_request(server: AppServer) -> None:
    with lines(server, 5 * len(BEGUN)) as several:
        for line, begun in zip(several, [*BEGUN.values()] * 5, strict=True):
            line.sendall(begun)
        for line in several:
            told = line.recv(65536)
            with suppress(ConnectionError):
                line.sendall(LATE)
                told += read_all(line)
            assert told.count(b"HTTP/1.1 ") == 1
            assert told.startswith(b"HTTP/1.1 400")
            assert b"connection: close" in told.lower()


def test_a_bad_chunk_is_the_senders_fault(server: AppServer) -> None:
    for chunks in (b"zz\r\nabc\r\n0\r\n\r\n", b"3\r\nabcd\r\n0\r\n\r\n", b"-1\r\n\r\n0\r\n\r\n"):
        with lines(server, 1) as (line,):
            line.sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
            assert line.recv(12).startswith(b"HTTP/1.1 400")


def test_a_head_has_a_limit(server: AppServer) -> None:
    with lines(server, 1) as (line,):
        line.sendall(SLOW["a head without an end"])
        assert line.recv(65536).startswith(b"HTTP/1.1 431")


def read_all(line: socket.socket) -> bytes:
    told = b""
    while data := line.recv(65536):
        told += data
    return told


REFUSED = {"half a body": b"400", "half a chunk": b"400", "half a head": b""}


def test_what_does_not_arrive_is_refused_in_time(server: AppServer) -> None:
    def wait_for(name: str) -> tuple[float, bytes]:
        started = time.monotonic()
        with lines(server, 1) as (line,):
            line.sendall(SLOW[name])
            told = read_all(line)
        return time.monotonic() - started, told

    with ThreadPoolExecutor(len(REFUSED)) as pool:
        found = dict(zip(REFUSED, pool.map(wait_for, REFUSED), strict=True))
    for name, (seconds, told) in found.items():
        assert PATIENCE - 1 < seconds < 2 * PATIENCE, name
        assert told[9:12] == REFUSED[name], name
        assert told == b"" or b'"code": "malformed_json"' in told or b'"code":"malformed_json"' in told, name


@pytest.mark.parametrize("name", ["a body that is too large", "a body of a length beyond numbers"])
def test_what_is_too_large_is_refused_at_once(server: AppServer, name: str) -> None:
    with lines(server, 1) as (line,):
        line.sendall(SLOW[name])
        assert line.recv(12).startswith((b"HTTP/1.1 413", b"HTTP/1.1 400"))


INQUIRY = json.dumps({"clientInquiryId": new_id(), "flowVersion": "x", "stepId": "x", "values": {}}).encode()
CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(INQUIRY), INQUIRY)
WHOLE: dict[str, bytes] = {
    "a body": POST + b"Content-Length: %d\r\n\r\n%b" % (len(INQUIRY), INQUIRY),
    "chunks": POST + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKED,
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("pieces", [1, 7])
def test_what_arrives_in_pieces_is_one_request(server: AppServer, name: str, pieces: int) -> None:
    sent = WHOLE[name]
    size = len(sent) // pieces + 1
    with lines(server, 1) as (line,):
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(sent), size):
            line.sendall(sent[start : start + size])
            time.sleep(0.02)
        # The flow is not known: the body was read, and understood.
        assert line.recv(65536).startswith(b"HTTP/1.1 422")


def test_requests_that_come_together_are_answered_one_by_one(server: AppServer) -> None:
    last = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with lines(server, 1) as (line,):
        line.sendall(WHOLE["a body"] + WHOLE["chunks"] + last)
        told = read_all(line)
    assert told.count(b"HTTP/1.1 422") == 2
    assert told.count(b"HTTP/1.1 200") == 1
    assert told.endswith(b'{"status":"ok"}\n')


def test_a_body_that_waits_to_be_asked_for_is_asked_for(server: AppServer) -> None:
    with lines(server, 1) as (line,):
        line.sendall(POST + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(INQUIRY))
        assert line.recv(25).startswith(b"HTTP/1.1 100 Continue")
        line.sendall(INQUIRY)
        told = b""
        while b"HTTP/1.1 422" not in told:
            told += (data := line.recv(65536))
            assert data, "hung up"


def test_who_has_said_all_may_still_read(server: AppServer) -> None:
    for sent, status in ((WHOLE["a body"], b"422"), (SLOW["half a body"], b"400"), (SLOW["half a head"], b"")):
        with lines(server, 1) as (line,):
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            assert read_all(line)[9:12] == status


def test_who_sends_too_much_hears_why(server: AppServer) -> None:
    body = b"x" * 400_000
    with lines(server, 1) as (line,):
        line.sendall(POST + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        assert line.recv(12).startswith(b"HTTP/1.1 413")


def test_a_connection_is_kept_for_the_next_request(server: AppServer) -> None:
    with lines(server, 1) as (line,):
        for _ in range(5):
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            told = b""
            while not told.endswith(b'{"status":"ok"}\n'):
                data = line.recv(65536)
                assert data, "hung up"
                told += data
