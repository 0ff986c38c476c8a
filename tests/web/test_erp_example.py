"""examples/erp_channel.py as its reader runs it: beside a real server, with a worker that sends the answers."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from scripts.local.app_server import AppServer, of_this_machine
from scripts.local.paths import ROOT
from scripts.local.ports import HOST
from tests.concurrency import PATIENCE, at_once, until
from tests.stack import Member
from tests.web.channels import Channel
from tests.web.chat import through_http
from tests.web.desk import Desk, add_operator
from tests.web.in_time import UPSTREAM_TIMEOUT, again_where_too_slow, in_time
from tests.web.server import a_port, gunicorn
from tests.working import hand_driven


@pytest.fixture
def server(stack: LocalStack, tmp_path: Path) -> Iterator[AppServer]:
    with gunicorn(stack, tmp_path / "app.log", threads=8, limited=True, WEBHOOK_ALLOW_PRIVATE="1") as running:
        yield running


@pytest.fixture
def environment(stack: LocalStack, server: AppServer, member: Member) -> Iterator[dict[str, str]]:
    with a_port() as port:
        yield {
            **of_this_machine(), "APP_URL": server.url, "SUPABASE_URL": stack.supabase_url,
            "SUPABASE_PUBLISHABLE_KEY": stack.publishable_key, "ADMIN_EMAIL": member.email,
            "ADMIN_PASSWORD": member.password, "ERP_PORT": str(port), "PYTHONUNBUFFERED": "1",
            "PYTHONIOENCODING": "utf-8",
        }  # fmt: skip


def run(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "examples.erp_channel", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@contextmanager
def serving(environment: dict[str, str], log: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "examples.erp_channel", "serve"]
    with log.open("w") as out, subprocess.Popen(command, env=environment, cwd=ROOT, stdout=out, stderr=out) as erp:
        try:
            url = f"http://{HOST}:{environment['ERP_PORT']}/"
            until(lambda: erp.poll() is None and is_there(url))
            yield
        finally:
            erp.terminate()


def is_there(url: str) -> bool:
    try:
        # Nobody but Munui gets in.
        return httpx.post(url, content=b"{}", trust_env=False).status_code == 401
    except httpx.TransportError:
        return False


def test_an_erp_sends_and_receives(
    stack: LocalStack,
    server: AppServer,
    environment: dict[str, str],
    member: Member,
    root: Connection[object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_operator(root, member, "admin")
    kept = dict(line.split("=", 1) for line in run(environment, "setup").splitlines())
    assert kept.keys() == {"MUNUI_CHANNEL_KEY", "WEBHOOK_SECRET"}
    environment |= kept
    sent = run(environment, "send", "c-1001", "주문한 물건이 안 왔어요 📦")
    conversation = re.findall(r"'conversationId': '([^']+)'", sent)[0]
    with (
        httpx.Client(base_url=server.url, trust_env=False, timeout=PATIENCE) as client,
        serving(environment, tmp_path / "erp.log"),
        hand_driven(stack, webhook_allow_private=True) as worker,
    ):
        desk = Desk(through_http(client), member.access_token)
        assert desk.show(conversation)["contact"]["name"] == "고객 c-1001"
        out = desk.reply(conversation, "오늘 보내 드릴게요").messages[0]["id"]
        worker.drain()
        erp = Channel(through_http(client), kept["MUNUI_CHANNEL_KEY"])
        assert [one["status"] for one in desk.said(conversation).messages] == [None, "delivered"]
        assert "to c-1001: 오늘 보내 드릴게요" in (tmp_path / "erp.log").read_text(encoding="utf-8")
        assert erp.settle(out, "read").status == 200
        assert desk.show(conversation)["lastMessage"]["status"] == "read"

        fifty_at_once(erp)


@again_where_too_slow
def fifty_at_once(erp: Channel) -> None:
    """They are not too many for one key, as it is shipped; one after the other they are written."""
    with in_time(UPSTREAM_TIMEOUT):
        answers = at_once([erp.receive for _ in range(50)])
        assert {answer.status for answer in answers} == {201}
