"""How a stream ends: with its token, its account, the operator's rights, its client; and how many there may be."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from scripts.bench.memory import family
from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from service.live import hub, streams
from service.server.asgi import server_of
from service.server.line import LINES
from tests.concurrency import PATIENCE, until
from tests.live.conftest import SHOP, UNLIMITED, Customer, Operator, employ
from tests.live.listening import MEMBERS, OPERATORS, Stream, listening
from tests.stack import Member, connect
from tests.web.apps import app_of, bearer, stack_settings, token
from tests.web.in_time import again_where_too_slow, in_time
from tests.web.server import gunicorn, in_this_process
from tests.working import hand_driven


@pytest.fixture
def quick(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server in this process that does all the time what else it does once a minute; its URL."""
    monkeypatch.setattr(hub, "PEOPLE_EVERY", 0.1)
    monkeypatch.setattr(streams, "COMMENT_EVERY", 0.1)
    monkeypatch.setattr(LINES, "stopping", asyncio.Event())
    settings = stack_settings(stack, event_streams_member=3, event_streams_address=5)
    with in_this_process(server_of(app_of(settings), settings)) as url:
        yield url


def until_open(url: str, token: str, path: str = MEMBERS) -> Stream:
    """A stream as soon as there is a place."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        stream = Stream(url, path, bearer(token))
        if stream.status == 200:
            return stream
        time.sleep(0.05)
    raise AssertionError("there is no place")


@again_where_too_slow
def test_it_ends_with_its_token_and_not_before(customer: Customer, stack: LocalStack) -> None:
    expires = int(time.time()) + 4
    short = token(stack.jwt_secret, sub=customer.member.id, exp=expires)
    # One that comes later than its token ends is let in for a moment all the same.
    with in_time(expires - time.time()):
        stream = Stream(customer.url, MEMBERS, bearer(short))
    stream.wait(lambda one: one.ended)
    ended = time.time()
    stream.close()
    # Not with the next comment.
    assert expires <= ended < expires + streams.COMMENT_EVERY / 2


def test_a_demoted_operator_hears_no_more_and_gets_no_other(quick: str, stack: LocalStack) -> None:
    operator, other = employ(stack, quick), employ(stack, quick)
    with operator.listen() as theirs, other.listen() as others:
        others.wait(lambda one: one.comments > 2)
        operator.demote()
        theirs.wait(lambda one: one.ended)
        again = Stream(quick, OPERATORS, bearer(operator.member.access_token))
        assert (again.status, again.problem["code"]) == (403, "not_an_operator")
        heard = others.comments
        others.wait(lambda one: one.comments > heard + 2)
        assert not others.ended


def test_it_ends_with_its_account(quick: str, new_customer: Callable[[], Customer], stack: LocalStack) -> None:
    leaving, staying = new_customer(), new_customer()
    with (
        listening(quick, leaving.member.access_token) as theirs,
        listening(quick, staying.member.access_token) as others,
    ):
        with connect(stack, autocommit=True) as root:
            root.execute("delete from auth.users where id = %s", [leaving.member.id])
        theirs.wait(lambda one: one.ended)
        heard = others.comments
        others.wait(lambda one: one.comments > heard + 2)
        assert not others.ended


def test_what_an_operator_had_who_has_gone_waits_again(quick: str, customer: Customer, stack: LocalStack) -> None:
    operator = employ(stack, quick)
    operator.call("inbox_claim", p_id=customer.chat.id)
    operator.call("inbox_available", p_availability="offline")
    with (
        listening(quick, customer.member.access_token) as theirs,
        connect(stack, autocommit=True) as root,
        hand_driven(stack, agent_gone_seconds=0) as worker,
    ):
        theirs.wait_for("hello")
        root.execute("delete from public.chat_ticks where name = 'idle'")
        worker.drain()
        theirs.wait_for("changed", conversationId=customer.chat.id)
    with connect(stack) as root:
        [found] = root.execute("select handling from chat_conversations where id = %s", [customer.chat.id])
    assert found == ("waiting",)


def test_one_member_and_one_address_have_so_many(quick: str, new_customer: Callable[[], Customer]) -> None:
    # Who has no conversation has nothing to be told of, and is not kept for long.
    member, stranger = new_customer().member, new_customer().member
    with ExitStack() as kept:
        mine = [kept.enter_context(listening(quick, member.access_token)) for _ in range(3)]
        refused = Stream(quick, MEMBERS, bearer(member.access_token))
        assert (refused.status, refused.problem["code"]) == (429, "rate_limited")
        assert int(refused.headers["Retry-After"]) >= 1
        theirs = [kept.enter_context(listening(quick, stranger.access_token)) for _ in range(2)]
        assert Stream(quick, MEMBERS, bearer(stranger.access_token)).status == 429
        theirs[0].close()
        until_open(quick, stranger.access_token).close()
        mine[0].close()
        kept.callback(until_open(quick, member.access_token).close)


def test_places_are_counted_over_workers_and_given_back_by_one_that_was_killed(
    stack: LocalStack, customer: Customer, tmp_path: Path
) -> None:
    member = customer.member
    with gunicorn(stack, tmp_path / "app.log", workers=2, **{**UNLIMITED, "EVENT_STREAMS_MEMBER": "8"}) as server:
        with ExitStack() as kept:
            mine = [kept.enter_context(listening(server.url, member.access_token)) for _ in range(8)]
            # Whichever worker is asked.
            assert {Stream(server.url, MEMBERS, bearer(member.access_token)).status for _ in range(6)} == {429}
            for pid in family(server.child.pid or 0)[1:]:
                os.kill(pid, signal.SIGKILL)
            for stream in mine:
                stream.wait(lambda one: one.ended)
        until(lambda: _is_ready(server))
        with ExitStack() as kept:
            for _ in range(8):
                kept.enter_context(listening(server.url, member.access_token))
            assert Stream(server.url, MEMBERS, bearer(member.access_token)).status == 429


def _is_ready(server: AppServer) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"{server.url}/healthz", trust_env=False, timeout=1).status_code == 200
    return False


def test_a_client_that_left_is_forgotten(customer: Customer, streams_open: Callable[[], float]) -> None:
    with customer.listen() as staying, customer.listen() as leaving:
        assert streams_open() == 2
        leaving.stop_sending()
        leaving.wait(lambda one: one.ended)
        until(lambda: streams_open() == 1)
        assert not staying.ended


@pytest.mark.parametrize("path", [MEMBERS, OPERATORS])
@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        ("GET", {}, (401, "unauthenticated")),
        ("GET", {"Authorization": "Bearer nonsense"}, (401, "unauthenticated")),
        ("GET", {"Cookie": "munui=nonsense"}, (401, "unauthenticated")),
        ("GET", {"Origin": "https://evil.example"}, (403, "origin_not_allowed")),
        ("HEAD", {}, (401, None)),
        ("POST", {}, (405, "method_not_allowed")),
        ("PUT", {}, (405, "method_not_allowed")),
        ("DELETE", {}, (405, "method_not_allowed")),
    ],
)
def test_it_is_refused_as_every_call_is(
    server: AppServer, path: str, method: str, headers: dict[str, str], expected: tuple[int, str | None]
) -> None:
    answer = httpx.request(method, server.url + path, headers=headers, trust_env=False, timeout=PATIENCE)
    assert (answer.status_code, answer.json()["code"] if answer.content else None) == expected
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-Id"]
    assert "WWW-Authenticate" in answer.headers or answer.status_code != 401
    assert answer.headers.get("Allow", "GET, HEAD, OPTIONS") == "GET, HEAD, OPTIONS"


def test_its_head_is_that_of_every_call(customer: Customer, operator: Operator) -> None:
    for path, who in ((MEMBERS, customer.member), (OPERATORS, operator.member)):
        request_id = "7b3e5f0a-6c1d-4e2f-8a9b-0c1d2e3f4a5b"
        with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
            headers = {**bearer(who.access_token), "X-Request-Id": request_id}
            # Nothing is opened by a HEAD.
            head = client.head(customer.url + path, headers=headers)
            with client.stream("GET", customer.url + path, headers=headers) as answer:
                assert answer.status_code == head.status_code == 200
                for name, value in {
                    "Content-Type": "text/event-stream",
                    "Cache-Control": "no-store",
                    "X-Accel-Buffering": "no",
                    "X-Request-Id": request_id,
                    "X-Content-Type-Options": "nosniff",
                }.items():
                    assert answer.headers[name] == head.headers[name] == value


def test_a_page_that_may_call_us_may_listen_with_a_token(server: AppServer, member: Member) -> None:
    stream = Stream(server.url, MEMBERS, {**bearer(member.access_token), "Origin": SHOP})
    assert stream.headers["Access-Control-Allow-Origin"] == SHOP
    stream.wait_for("hello")
    stream.close()
