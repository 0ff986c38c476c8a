"""Stopping the server: what is under way is finished, what comes later is not taken."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from scripts.bench.memory import family
from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from scripts.local.errors import StackError
from scripts.local.paths import ROOT
from scripts.local.ports import HOST, listen
from service.server.line import LAST_PATIENCE
from tests.concurrency import PATIENCE, until
from tests.stack import Member
from tests.web.chat import Api, at_chips, new_id, through_http
from tests.web.in_time import UPSTREAM_TIMEOUT, again_where_too_slow, in_time
from tests.web.proxy import Proxy
from tests.web.server import gunicorn

HELD_SECONDS = 1.5


@contextmanager
def running(stack: LocalStack, proxy: Proxy, tmp_path: Path) -> Iterator[AppServer]:
    """A real server whose way to Supabase goes through `proxy`."""
    with gunicorn(stack, tmp_path / "app.log", SUPABASE_URL=proxy.url) as made:
        yield made


@pytest.fixture
def server(stack: LocalStack, proxy: Proxy, tmp_path: Path) -> Iterator[AppServer]:
    """The same, for a test that is played once."""
    with running(stack, proxy, tmp_path) as made:
        yield made


def refuses(url: str) -> bool:
    """Whether nobody listens any more, after a while."""
    where = urlsplit(url)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            socket.create_connection((where.hostname, where.port), timeout=PATIENCE).close()
        except ConnectionRefusedError:
            return True
        except OSError:
            pass
        time.sleep(0.02)
    return False


def tell(server: AppServer, number: signal.Signals) -> None:
    process = server.child._process
    assert process is not None
    process.send_signal(number)


def ended(server: AppServer) -> int | None:
    """The code that the server ended with, None where it still runs after a while."""
    end = time.monotonic() + PATIENCE
    while server.child.is_running() and time.monotonic() < end:
        time.sleep(0.05)
    return server.child.exit_code()


def workers(server: AppServer) -> set[int]:
    """The processes that answer."""
    return set(family(server.child.pid or 0)[1:])


@pytest.mark.parametrize("held", ["rpc/chat_send", "rpc/chat_reply"])
@again_where_too_slow
def test_a_turn_under_way_is_finished(
    stack: LocalStack, proxy: Proxy, member: Member, tmp_path: Path, held: str
) -> None:
    with (
        running(stack, proxy, tmp_path) as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=PATIENCE) as client,
        ThreadPoolExecutor() as pool,
    ):
        chat = at_chips(Api(through_http(client), member.access_token))
        gate = proxy.hold(held)
        with in_time(UPSTREAM_TIMEOUT):
            sent = pool.submit(chat.write, "멈추기 전에 보냈어요")
            assert gate.reached.wait(PATIENCE)
            tell(server, signal.SIGTERM)
            assert refuses(server.url), "the port is still open"
            time.sleep(HELD_SECONDS)
            assert server.child.is_running(), "it did not wait"
            gate.open()
        answer = sent.result(PATIENCE)
        assert answer.status == 201
        assert [message["role"] for message in answer.messages] == ["user", "bot"]
        assert ended(server) == 0


@again_where_too_slow
def test_an_idle_server_ends_at_once(stack: LocalStack, proxy: Proxy, tmp_path: Path) -> None:
    with running(stack, proxy, tmp_path) as server:
        httpx.get(f"{server.url}/healthz", trust_env=False, timeout=PATIENCE)
        with in_time(5.0):
            tell(server, signal.SIGTERM)
            assert ended(server) == 0


@again_where_too_slow
def test_a_connection_that_was_just_made_is_answered(stack: LocalStack, tmp_path: Path) -> None:
    with gunicorn(stack, tmp_path / "app.log", workers=1) as server, socket.socket() as line:
        line.settimeout(PATIENCE)
        line.connect((HOST, server.port))
        # Who comes later is answered: the one before has been taken.
        assert httpx.get(f"{server.url}/healthz", trust_env=False, timeout=PATIENCE).status_code == 200
        # A request that comes later than that is nobody's.
        with in_time(LAST_PATIENCE - 0.5):
            tell(server, signal.SIGTERM)
            assert refuses(server.url)
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
            told = b""
            while data := line.recv(65536):
                told += data
        assert told.startswith(b"HTTP/1.1 200")
        assert b"connection: close" in told.lower()
        assert ended(server) == 0


def test_a_reload_refuses_nobody(server: AppServer, member: Member) -> None:
    before = workers(server)
    tell(server, signal.SIGHUP)
    end = time.monotonic() + PATIENCE
    while before & workers(server):
        # A connection each: none may arrive at a worker that is about to leave.
        # It may wait until the new workers have loaded the app.
        assert httpx.get(f"{server.url}/healthz", trust_env=False, timeout=PATIENCE).status_code == 200
        assert time.monotonic() < end, "the workers of before are still there"
    told = httpx.get(f"{server.url}/metrics", trust_env=False, timeout=PATIENCE).text
    assert "munui_requests_total" in told


def test_a_reload_reads_the_code_anew(stack: LocalStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "service", tmp_path / "copy" / "service", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr("scripts.local.app_server.ROOT", tmp_path / "copy")
    page = tmp_path / "copy" / "service" / "core" / "text.py"
    limit = "MAX_TEXT = 4_000"
    assert limit in page.read_text(encoding="utf-8")

    def shown(server: AppServer) -> int:
        return httpx.get(f"{server.url}/api/v1/flow", trust_env=False, timeout=PATIENCE).json()["text"]["max"]

    with gunicorn(stack, tmp_path / "app.log", workers=1) as server:
        assert shown(server) == 4000
        page.write_text(page.read_text(encoding="utf-8").replace(limit, "MAX_TEXT = 3_999"), encoding="utf-8")
        tell(server, signal.SIGHUP)
        until(lambda: shown(server) == 3999)


def test_the_folder_of_the_numbers_goes_away(server: AppServer, tmp_path: Path) -> None:
    folders = list(tmp_path.glob(f"munui-metrics-{server.child.pid}-*"))
    assert len(folders) == 1
    before = workers(server)
    tell(server, signal.SIGHUP)
    until(lambda: not before & workers(server))
    tell(server, signal.SIGTERM)
    assert ended(server) == 0
    assert not folders[0].exists()


def test_it_does_not_start_with_faulty_settings_and_names_each_once(tmp_path: Path) -> None:
    server = AppServer(listen(0), tmp_path / "app.log")
    faulty = {"SUPABASE_URL": "nonsense", "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_x", "SUPABASE_SECRET_KEY": ""}
    settings = {**faulty, "METRICS_TOKEN": "short", "RATE_LIMIT_MEMBER": "-1", "TMPDIR": str(tmp_path)}
    with pytest.raises(StackError):
        server.start(workers=2, threads=2, settings=settings)
    server.stop()
    said = (tmp_path / "app.log").read_text(encoding="utf-8")
    for name in ("SUPABASE_URL", "METRICS_TOKEN", "RATE_LIMIT_MEMBER"):
        assert said.count(f"- {name} ") == 1
    assert "Traceback" not in said
    assert not list(tmp_path.glob("munui-metrics-*"))


def test_it_does_not_start_without_the_files_for_browsers_and_says_so_once(tmp_path: Path) -> None:
    """A copy that nobody built, as after a deployment that forgot a step."""
    shutil.copytree(ROOT / "service", tmp_path / "service", ignore=shutil.ignore_patterns("built", "__pycache__"))
    settings = {
        "SUPABASE_URL": "http://127.0.0.1:9",
        "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_x",
        "SUPABASE_SECRET_KEY": "sb_secret_x",
        "SUPABASE_JWT_SECRET": "x" * 40,
        "TMPDIR": str(tmp_path),
    }
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config=service/server/gunicorn.py",
        f"--bind={HOST}:0",
        "--workers=2",
    ]
    ended = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **settings}, capture_output=True, text=True, check=False, timeout=300
    )
    assert ended.returncode == 1
    assert ended.stderr.count("Run `make bundle`.") == 1
    assert "Traceback" not in ended.stderr
    assert not list(tmp_path.glob("munui-metrics-*"))


@again_where_too_slow
def test_a_killed_server_loses_no_turn(stack: LocalStack, proxy: Proxy, member: Member, tmp_path: Path) -> None:
    key = new_id()
    with (
        running(stack, proxy, tmp_path) as server,
        httpx.Client(base_url=server.url, trust_env=False, timeout=PATIENCE) as client,
        ThreadPoolExecutor() as pool,
    ):
        chat = at_chips(Api(through_http(client), member.access_token))
        gate = proxy.hold("rpc/chat_reply")
        with in_time(UPSTREAM_TIMEOUT):
            sent = pool.submit(chat.write, "끊겨도 남아요", key)
            assert gate.reached.wait(PATIENCE)
            server.child.stop(((signal.SIGKILL, 5.0),))
        gate.open()
        assert isinstance(sent.exception(PATIENCE), httpx.TransportError)
    with (
        gunicorn(stack, tmp_path / "again.log") as again,
        httpx.Client(base_url=again.url, trust_env=False, timeout=PATIENCE) as client,
    ):
        api = Api(through_http(client), member.access_token)
        repeated = api.turn(chat.id, {"type": "text", "content": "끊겨도 남아요"}, key)
        page = api.page(chat.id)
    assert repeated.status in {200, 201}
    assert [m["content"] for m in page.messages if m["role"] == "user"] == ["끊겨도 남아요"]
    assert [m["role"] for m in page.messages] == ["bot", "bot", "user", "bot"]
