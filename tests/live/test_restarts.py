"""Over restarts of the service, the gateway and Postgres both sides see everything once and in order."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from scripts.local.ports import listen
from tests.concurrency import PATIENCE
from tests.db.chats import add_message
from tests.live.conftest import UNLIMITED, employ
from tests.live.following import Customers, Operators
from tests.stack import connect, sign_up, temporary_stack
from tests.web.chat import Api, at_chips, through_http
from tests.web.server import a_port


@pytest.mark.slow
def test_both_sides_see_everything_once_and_in_order(tmp_path: Path) -> None:
    with temporary_stack("restarts") as stack, a_port() as port:
        app = _start(stack, tmp_path, port)
        member, operator = sign_up(stack), employ(stack, app.url)
        with httpx.Client(base_url=app.url, trust_env=False, timeout=PATIENCE) as http:
            chat = at_chips(Api(through_http(http), member.access_token))
        customers = Customers(app.url, member.access_token, chat.id)
        team = Operators(app.url, operator.member.access_token)

        def say(content: str) -> None:
            with connect(stack, autocommit=True) as root:
                add_message(root, member.id, chat.id, role="user", content=content)

        try:
            _until(lambda: customers.seen and team.pulls, "both have begun")
            say("처음")
            for what in ("service", "gateway", "Postgres"):
                match what:
                    case "service":
                        app.stop()
                        say("서비스 없이")
                        app = _start(stack, tmp_path, port)
                    case "gateway":
                        stack.stop_gateway()
                        say("게이트웨이 없이")
                        stack.start_gateway()
                    case "Postgres":
                        stack.stop_postgres()
                        stack.start_postgres()
                say(f"{what} 다음")
                expected = _all(stack, chat.id)
                count = len(expected)
                _until(lambda count=count: len(customers.seen) >= count, f"the customer, after {what}", customers.seen)
                _until(lambda count=count: len(team.of(chat.id)) >= count, f"the team, after {what}", team.seen)
                assert customers.seen == team.of(chat.id) == expected
            # Only the restart of the service has cost anybody their stream, and no cursor was lost.
            assert (customers.follower.streams, team.follower.streams, team.resyncs) == (2, 2, 0)
        finally:
            customers.follower.stop()
            team.follower.stop()
            app.stop()


def _start(stack: LocalStack, folder: Path, port: int) -> AppServer:
    app = AppServer(listen(port), folder / "app.log")
    settings = {**stack.env(), **UNLIMITED, "APP_URL": app.url, "PORT": str(app.port), "TMPDIR": str(folder)}
    app.start(workers=1, threads=4, settings=settings)
    return app


def _all(stack: LocalStack, conversation: str) -> list[tuple[int, str | None]]:
    """What there is, in the order of its changes."""
    with connect(stack) as root:
        return root.execute(
            "select rev, content from chat_messages where conversation_id = %s order by rev", [conversation]
        ).fetchall()


def _until(holds: Callable[[], object], what: str, *shown: object) -> None:
    until = time.monotonic() + 3 * PATIENCE
    while not holds():
        assert time.monotonic() < until, (what, *shown)
        time.sleep(0.05)
