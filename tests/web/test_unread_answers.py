"""Clients that ask for much and read nothing of it: they cost a bounded amount of memory, and nobody's time."""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from psycopg import Connection

from scripts.bench.memory import family
from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from service.server.line import MOST_HELD, PATIENCE
from tests.concurrency import PATIENCE as LONG
from tests.stack import Member
from tests.web.chat import Api, through_http
from tests.web.server import gunicorn

pytestmark = pytest.mark.tried("attacks")
CLIENTS = 40
THREADS = 4
# As in test_slow_clients.py.
AT_ONCE, TIMES = 1.0, 20
MIB = 1024 * 1024


@pytest.fixture
def server(stack: LocalStack, tmp_path: Path) -> Iterator[AppServer]:
    """One worker with four threads."""
    with gunicorn(stack, tmp_path / "app.log", workers=1, threads=THREADS) as running:
        yield running


@pytest.fixture
def long_page(server: AppServer, member: Member, root: Connection[Any]) -> str:
    """The path of a page of two and a half megabytes."""
    with httpx.Client(base_url=server.url, trust_env=False, timeout=LONG) as client:
        chat = Api(through_http(client), member.access_token).begin()
    root.execute(
        "insert into public.chat_messages (user_id, conversation_id, role, kind, content)"
        " select %s, %s, 'bot', 'text', repeat('긴', 4000) from generate_series(1, 200)",
        [member.id, chat.id],
    )
    return f"/api/v1/conversations/{chat.id}/messages?limit=200"


def megabytes(server: AppServer) -> float:
    """The memory of the server's processes."""
    status = [Path(f"/proc/{pid}/status").read_text(encoding="ascii") for pid in family(server.child.pid or 0)]
    return sum(int(text.partition("VmRSS:")[2].split()[0]) for text in status) / 1024


def files(server: AppServer) -> int:
    """How many files and connections the server's processes have open."""
    return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in family(server.child.pid or 0))


def test_nobody_waits_for_them(server: AppServer, member: Member, long_page: str) -> None:
    where = urlsplit(server.url)
    request = f"GET {long_page} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {member.access_token}\r\n\r\n".encode()
    bearer = {"Authorization": f"Bearer {member.access_token}"}
    assert len(httpx.get(f"{server.url}{long_page}", headers=bearer, trust_env=False, timeout=LONG).content) > 2 * MIB
    memory, most = megabytes(server), 0.0
    with httpx.Client(base_url=server.url, trust_env=False, timeout=LONG) as other, ExitStack() as kept:

        def asked() -> float:
            started = time.monotonic()
            assert other.get("/healthz", headers={"Connection": "close"}).status_code == 200
            return time.monotonic() - started

        alone = statistics.median(asked() for _ in range(3))
        took: list[float] = []
        opened = files(server)
        for _ in range(CLIENTS):
            line = kept.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.connect((where.hostname, where.port))
            line.sendall(request)
        # Until the last of them has been hung up on.
        until = time.monotonic() + 5 * LONG
        while len(took) < 3 or (files(server) >= opened + CLIENTS // 4 and time.monotonic() < until):
            took.append(asked())
            most = max(most, megabytes(server))
        # Each thread has opened a connection to Supabase, which stays.
        assert files(server) < opened + CLIENTS // 4
    assert statistics.median(took) < max(AT_ONCE, TIMES * alone)
    # Who waits until one of them is given up on waits for most of that.
    assert max(took) < max(PATIENCE / 2, TIMES * alone)
    # Besides what waits, each thread makes an answer.
    assert most - memory < MOST_HELD / MIB + 64
    page = httpx.get(f"{server.url}{long_page}", headers=bearer, trust_env=False, timeout=LONG)
    assert len(page.json()["messages"]) == 200
