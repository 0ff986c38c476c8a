"""How many requests each call costs upstream, counted where they arrive."""

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask

from scripts.local import LocalStack
from service.core.outgoing import deadline, upstream_calls, visitor_address
from tests.concurrency import PATIENCE, at_once, until
from tests.stack import Member
from tests.web.apps import stack_app
from tests.web.chat import FORM, Api, at_form, chip, completed, form, new_id, text, through_app
from tests.web.proxy import Passed, Proxy

OPEN = Passed("member", "rpc/chat_open")
SEND = Passed("member", "rpc/chat_send")
PREVIEW = Passed("member", "rpc/chat_preview")
REPLY = Passed("service", "rpc/chat_reply")
PAGE = Passed("member", "rpc/chat_page")


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all of these tests: each begins conversations of its own."""
    return new_member()


def test_a_new_conversation_costs_two(proxied: Api, proxy: Proxy) -> None:
    client_id = new_id()
    with proxy.watch() as seen:
        assert proxied.open(client_id).status == 201
    assert seen == [OPEN, REPLY]
    with proxy.watch() as seen:
        assert proxied.open(client_id).status == 200
    assert seen == [OPEN]


def test_a_text_costs_two_and_its_repeat_one(proxied: Api, proxy: Proxy) -> None:
    chat, client_id = proxied.begin(), new_id()
    with proxy.watch() as seen:
        assert chat.write(client_id=client_id).status == 201
    assert seen == [SEND, REPLY]
    with proxy.watch() as seen:
        assert chat.write(client_id=client_id).status == 200
    assert seen == [SEND]


def test_a_chip_costs_two_and_its_repeat_one(proxied: Api, proxy: Proxy) -> None:
    chat, client_id = proxied.begin(), new_id()
    event = chip(chat.chips, "shipping")
    with proxy.watch() as seen:
        assert chat.send(event, client_id).status == 201
    assert seen == [SEND, REPLY]
    with proxy.watch() as seen:
        assert chat.send(event, client_id).status == 200
    assert seen == [SEND]


def test_a_form_costs_three_and_its_repeat_two(proxied: Api, proxy: Proxy) -> None:
    chat, client_id = at_form(proxied), new_id()
    event = form(chat.form_id)
    with proxy.watch() as seen:
        assert chat.send(event, client_id).status == 201
    assert seen == [PREVIEW, SEND, REPLY]
    with proxy.watch() as seen:
        assert chat.send(event, client_id).status == 200
    assert seen == [PREVIEW, SEND]


def test_completing_and_starting_over_cost_two_each(proxied: Api, proxy: Proxy) -> None:
    chat = proxied.begin()
    chat.click("shipping")
    for chip_id in ("another", "returns", "okay"):
        with proxy.watch() as seen:
            assert chat.click(chip_id).status == 201
        assert seen == [SEND, REPLY]


def test_reading_costs_one(proxied: Api, proxy: Proxy) -> None:
    chat = proxied.begin()
    first = chat.opened.messages[0]
    for call in (
        proxied.conversations,
        partial(proxied.conversations, limit=1),
        chat.page,
        partial(chat.page, limit=1),
        partial(chat.page, before=first["cursor"]),
        partial(chat.page, after=first["cursor"]),
        partial(proxied.read, chat.id),
        partial(proxied.read, chat.id, first["id"]),
    ):
        with proxy.watch() as seen:
            assert call().status == 200
        assert len(seen) == 1
        assert seen[0].who == "member"


def test_what_is_refused_costs_no_more_than_what_is_not(proxied: Api, proxy: Proxy) -> None:
    chat, done = at_form(proxied), completed(proxied)
    refused = {
        422: (partial(chat.submit, {**FORM, "email": "?"}), [PREVIEW]),
        404: (partial(proxied.turn, new_id(), text()), [SEND]),
        409: (partial(done.write), [SEND]),
    }
    for status, (call, cost) in refused.items():
        with proxy.watch() as seen:
            assert call().status == status
        assert seen == cost
    with proxy.watch() as seen:
        assert chat.send({"type": "text", "content": ""}).status == 422
    assert seen == [PREVIEW]


def test_what_is_refused_by_syntax_or_sender_asks_nobody(proxied: Api, proxy: Proxy, proxied_app: Flask) -> None:
    chat = proxied.begin()
    nobody = Api(through_app(proxied_app), None)
    with proxy.watch() as seen:
        assert proxied.call("POST", f"/conversations/{chat.id}/turns", b"{").status == 400
        assert proxied.call("POST", "/conversations", b"[]").status == 400
        assert proxied.conversations(limit=0).status == 422
        assert nobody.open().status == 401
        assert nobody.turn(chat.id, text()).status == 401
        assert nobody.conversations().status == 401
        assert nobody.call("GET", "/flow").status == 200
    assert seen == []


def test_losing_to_somebody_who_answered_for_one_costs_nothing_more(proxied: Api, proxy: Proxy) -> None:
    chat = proxied.begin()
    gate = proxy.hold("rpc/chat_reply")

    def be_late() -> int:
        return proxied.turn(chat.id, text("늦은 말")).status

    def be_early() -> int:
        assert gate.reached.wait(PATIENCE)
        try:
            return proxied.turn(chat.id, text("빠른 말")).status
        finally:
            gate.open()

    with proxy.watch() as seen:
        assert at_once([be_late, be_early]) == [201, 201]
    assert sorted(seen, key=str) == sorted([SEND, REPLY] * 2, key=str)


def test_a_lost_race_for_the_state_adds_one_round(proxied: Api, proxy: Proxy) -> None:
    chat = proxied.begin()
    first, second = proxy.hold("rpc/chat_reply"), proxy.hold("rpc/chat_reply")

    def win() -> int:
        return proxied.turn(chat.id, text("처음")).status

    def lose() -> int:
        assert first.reached.wait(PATIENCE)
        return proxied.turn(chat.id, text("다음")).status

    def release() -> int:
        assert second.reached.wait(PATIENCE)
        first.open()
        # Opening, two texts, and the winner's reply.
        until(lambda: len(chat.page().messages) >= len(chat.opened.messages) + 3)
        second.open()
        return 201

    with proxy.watch() as seen:
        assert at_once([win, lose, release]) == [201, 201, 201]
    assert [one for one in seen if one != PAGE].count(SEND) == 2
    assert seen.count(REPLY) == 2 + 1


@pytest.mark.parametrize("turns", [1, 3])
def test_the_count_in_the_log_is_what_arrived(proxied: Api, proxy: Proxy, turns: int) -> None:
    for _ in range(turns):
        with proxy.watch() as seen:
            proxied.open()
        assert upstream_calls.get() == len(seen) == 2


def test_its_time_and_its_address_end_with_a_request(stack: LocalStack, member: Member) -> None:
    app = stack_app(stack, forward_client_address=True)
    during: list[object] = []

    @app.before_request
    def look() -> None:
        during.extend([deadline.get(), visitor_address.get()])

    api = Api(through_app(app), member.access_token)
    for call in (api.conversations, lambda: api.call("GET", "/me/export"), lambda: api.call("GET", "/nowhere")):
        during.clear()
        call()
        assert None not in during
        assert (deadline.get(), visitor_address.get()) == (None, None)
