"""What one member has going on at the same moment is bounded, and nobody else notices."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from scripts.local import LocalStack
from service.core.errors import RateLimited
from service.http.in_flight import Slots
from tests.stack import Member
from tests.web.apps import stack_app
from tests.web.chat import Answer, Api, new_id, text, through_app
from tests.web.proxy import PATIENCE, Proxy


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
        assert {answer.result(PATIENCE).status for answer in answers} <= {201, 503}
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
