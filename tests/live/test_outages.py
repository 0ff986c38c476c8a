"""Hints while Supabase cannot be reached, and after it: nothing is missed, and a lost question holds up nobody."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from scripts.local.app_server import AppServer
from tests.concurrency import PATIENCE, until
from tests.live.conftest import Customer, Operator
from tests.stack import connect
from tests.web.in_time import UPSTREAM_TIMEOUT, again_where_too_slow, in_time
from tests.web.proxy import Proxy

FEED = "rpc/live_feed"
# More questions than are asked until somebody heals it.
ALL = 10_000
FAULTS: dict[str, Callable[[Proxy], None]] = {
    "Supabase fails": lambda proxy: proxy.answer(FEED, 503, b"{}", times=ALL),
    "a page of a proxy's": lambda proxy: proxy.answer(FEED, 200, b"<html>", times=ALL),
    "connections are cut": lambda proxy: proxy.cut(FEED, times=ALL),
    "answers are lost": lambda proxy: proxy.cut(FEED, times=ALL, after=True),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_written_meanwhile_is_hinted_afterwards(
    customer: Customer, operator: Operator, proxy: Proxy, fault: str
) -> None:
    with customer.listen() as theirs, operator.listen() as team:
        with proxy.watch() as seen:
            FAULTS[fault](proxy)
            until(lambda: len(seen) > 3)
            customer.write_past_the_service()
            proxy.heal()
            theirs.wait_for("changed", rev=customer.rev)
            team.wait_for("changed", conversationId=customer.chat.id)
        assert not theirs.ended
        # Nobody had to be told that something may be missing.
        assert len(theirs.named("hello")) == len(team.named("hello")) == 1


@again_where_too_slow
def test_a_question_that_is_never_answered_holds_up_nobody(customer: Customer, proxy: Proxy) -> None:
    with customer.listen() as theirs:
        lost = [proxy.hold(FEED) for _ in range(2)]
        try:
            assert lost[0].reached.wait(PATIENCE)
            # The next question does not wait until there is no hope for the one before.
            with in_time(UPSTREAM_TIMEOUT):
                assert lost[1].reached.wait(PATIENCE)
            customer.write_past_the_service()
            theirs.wait_for("changed", rev=customer.rev)
        finally:
            proxy.heal()
            for gate in lost:
                gate.drop()
        customer.write_past_the_service()
        theirs.wait_for("changed", rev=customer.rev)


def test_a_cursor_that_is_not_honoured_greets_everybody_again(customer: Customer) -> None:
    with customer.listen() as theirs, connect(customer.stack, autocommit=True) as root:
        # As for who comes back after a day: what went since may be forgotten, whichever cursor is on its way just now.
        root.execute("insert into public.chat_gone values (gen_random_uuid(), now() - interval '2 days')")
        theirs.wait(lambda one: len(one.named("hello")) > 1)
        customer.write_past_the_service()
        theirs.wait_for("changed", rev=customer.rev)


def test_an_outage_is_told_once(customer: Customer, proxy: Proxy, server: AppServer) -> None:
    with customer.listen() as theirs:
        before = _lines(server)
        with proxy.watch() as seen:
            # One that has waited when it begins, so that others were asked beside it, is lost as well.
            waits = proxy.hold(FEED)
            proxy.answer(FEED, 503, b"{}", times=ALL)
            assert waits.reached.wait(PATIENCE)
            until(lambda: len(seen) > 2)
            waits.drop()
            until(lambda: len(seen) > 5)
        customer.write_past_the_service()
        proxy.heal()
        theirs.wait_for("changed", rev=customer.rev)
        events = [json.loads(line)["event"] for line in _lines(server)[len(before) :]]
    told = [event for event in events if event not in {"request", "stream_ended"}]
    # The first two are of two threads.
    assert (sorted(told[:-1]), told[-1]) == (["live_lost", "upstream_unavailable"], "live_found")


def _lines(server: AppServer) -> list[str]:
    return server.child.log.read_text(encoding="utf-8").splitlines()
