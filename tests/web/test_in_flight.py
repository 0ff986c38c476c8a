"""What one member has going on at the same moment is bounded, and nobody else notices."""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import httpx
import pytest
from flask import Flask

from scripts.local import LocalStack
from service.core.errors import RateLimited
from service.http.in_flight import MEMBER, Slots
from service.server.asgi import server_of
from service.server.callers import Callers
from tests.stack import Member
from tests.web.apps import app_of, stack_app, stack_settings
from tests.web.chat import Answer, Api, new_id, text, through_app, through_http
from tests.web.proxy import PATIENCE, Proxy
from tests.web.server import in_this_process


def environ(**headers: str) -> dict[str, Any]:
    return {"REQUEST_METHOD": "POST", **headers}


def guest_conversation() -> dict[str, Any]:
    events = [{"clientMessageId": new_id(), "event": text()}]
    return {"conversations": [{"clientConversationId": new_id(), "flowVersion": "x", "events": events}]}


# By what is asked of Supabase first: how to begin one, and how many may be going on.
KINDS: dict[str, tuple[Callable[[Api, str], Answer], int]] = {
    "rpc/chat_send": (lambda api, chat: api.turn(chat, text()), 16),
    "rpc/chat_open": (lambda api, _: api.open(), 16),
    "rpc/chat_import": (lambda api, _: api.call("POST", "/import", guest_conversation()), 2),
}


@pytest.mark.parametrize("what", KINDS)
def test_as_many_as_allowed_are_taken_and_one_more_is_refused(
    proxied_app: Flask, proxied: Api, proxy: Proxy, stranger: Member, what: str
) -> None:
    ask, allowed = KINDS[what]
    chat, other = proxied.begin(), Api(through_app(proxied_app), stranger.access_token)
    place = other.begin().id
    gates = [proxy.hold(what) for _ in range(allowed)]
    with ThreadPoolExecutor(allowed) as pool:
        answers = [pool.submit(ask, proxied, chat.id) for _ in range(allowed)]
        assert all(gate.reached.wait(PATIENCE) for gate in gates)
        with proxy.watch() as passed:
            refused = ask(proxied, chat.id)
        assert refused.refusal == (429, "rate_limited")
        assert int(refused.headers["Retry-After"]) >= 1
        assert passed == []
        assert ask(other, place).status == 201
        assert proxied.page(chat.id).status == 200
        for gate in gates:
            gate.open()
        assert {answer.result(PATIENCE).status for answer in answers} == {201}
    assert ask(proxied, chat.id).status == 201


def test_a_turn_that_fails_gives_its_slot_back(stack: LocalStack, member: Member) -> None:
    api = Api(through_app(stack_app(stack, member_turns_in_flight=1, member_imports_in_flight=1)), member.access_token)
    chat = api.begin()
    for _ in range(3):
        assert api.turn(chat.id, text("")).status == 422
        assert api.turn(new_id(), text()).status == 404
        assert api.call("POST", "/import", {"conversations": [7]}).status == 422
    assert chat.write().status == 201
    assert api.call("POST", "/import", guest_conversation()).status == 201


def test_who_has_many_turns_leaves_threads_to_others(
    stack: LocalStack, proxy: Proxy, member: Member, stranger: Member
) -> None:
    """A quarter of them, however many turns one member sends; of what waits, no more than they may have in flight."""
    allowed, threads, share = 16, 4, 3
    gates = [proxy.hold("rpc/chat_open") for _ in range(threads)]
    settings = stack_settings(stack, supabase_url=proxy.url, threads=threads)
    with (
        in_this_process(server_of(app_of(settings), settings)) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE) as client,
        ThreadPoolExecutor(allowed + 2) as pool,
    ):
        theirs, mine = (Api(through_http(client), one.access_token) for one in (member, stranger))
        asked = {pool.submit(theirs.open) for _ in range(allowed + 2)}
        while len(refused := {one for one in asked if one.done()}) < 2:
            wait(asked - refused, PATIENCE, FIRST_COMPLETED)
        assert {one.result().refusal for one in refused} == {(429, "rate_limited")}
        assert all(gate.reached.wait(PATIENCE) for gate in gates[:share])
        assert mine.call("GET", "/conversations").status == 200
        assert [gate.reached.is_set() for gate in gates] == [True] * share + [False]
        for gate in gates:
            gate.open()
        assert {one.result(PATIENCE).status for one in asked - refused} == {201}
        assert theirs.open().status == 201


def test_who_asks_is_told_by_member_whatever_they_sign_in_with() -> None:
    callers, member = Callers(threads=8, queue=0, turns=1, cookie="munui", is_turn=lambda _: True), uuid4()
    one, other = (environ(HTTP_AUTHORIZATION=f"Bearer {name}") for name in ("one", "other"))
    cookie = environ(HTTP_COOKIE="a=b; munui=sealed")
    with callers.one(one), callers.one(other), callers.one(cookie):
        # Nobody knows yet that they are one.
        for asked in (one, other, cookie):
            asked[MEMBER] = member
    for held in (one, other, cookie):
        with callers.one(held):
            for again in (environ(HTTP_AUTHORIZATION="bearer   one "), other, cookie):
                with pytest.raises(RateLimited), callers.one(again):
                    pass
            with callers.one(environ()), callers.one(environ()):
                pass
    assert not callers._callers


def test_zero_turns_it_off_and_nobody_is_remembered() -> None:
    one, other = uuid4(), uuid4()
    free, bounded = Slots(0), Slots(1)
    with ExitStack() as held:
        for _ in range(100):
            held.enter_context(free.one(one))
        held.enter_context(bounded.one(one))
        held.enter_context(bounded.one(other))
        with pytest.raises(RateLimited):
            bounded.take(one)
    assert not free._taken
    assert not bounded._taken
