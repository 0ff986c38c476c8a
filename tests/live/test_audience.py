"""What is kept for who listens: each in its place, once, and never more than so much."""

from __future__ import annotations

import asyncio
import itertools
from concurrent.futures import ThreadPoolExecutor

from service.live.audience import Audience
from service.live.listener import MOST_KEPT, Listener
from service.live.news import Changed, Looking, News, People, Typing

HELLO, AGAIN = b"event: hello\ndata: 1\n\n", b"event: hello\ndata: 2\n\n"
_numbers = itertools.count(1)


def news(*changed: Changed, typing: tuple[Typing, ...] = (), presence: tuple[Looking, ...] = ()) -> News:
    return News(f"{next(_numbers)}", False, changed, (), frozenset(typing), frozenset(presence))  # noqa: FBT003


def change(conversation: str, rev: int, user: str = "me", *, is_shown: bool = True) -> Changed:
    return Changed(conversation, user, rev, 3, is_shown)


def told(one: Listener) -> str:
    """All that a listener is told at this moment."""
    # In a thread: this one may have a loop of a browser's already.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, one.next(0)).result().decode()


def heard(hello: bytes = HELLO) -> tuple[Audience, Listener, Listener]:
    """A member `me` and an operator who have been greeted."""
    audience = Audience()
    member, operator = Listener("me", is_operator=False), Listener("team", is_operator=True)
    audience.add(member)
    audience.add(operator)
    audience.greet(hello)
    assert told(member) == told(operator) == hello.decode()
    return audience, member, operator


def test_nothing_is_told_before_a_hello() -> None:
    audience, one = Audience(), Listener("me", is_operator=False)
    audience.add(one)
    audience.tell(news(change("a", 1)))
    assert told(one) == ""
    audience.greet(HELLO)
    audience.tell(news(change("a", 2)))
    assert told(one) == HELLO.decode() + 'event: changed\ndata: {"conversationId":"a","rev":2}\n\n'


def test_who_reads_slowly_is_told_the_latest_of_each_conversation_once() -> None:
    audience, member, operator = heard()
    for rev in range(1, 2000):
        audience.tell(news(change("a", rev), change("b", rev)))
    for one, more in ((member, 0), (operator, 3)):
        said = told(one)
        assert said.count("event: changed") == 2
        for name in "ab":
            assert f'{{"conversationId":"{name}","rev":{1999 + more}}}' in said


def test_too_much_for_a_list_is_a_hello_and_what_follows_it() -> None:
    audience, _, operator = heard()
    audience.tell(news(*(change(str(number), 1) for number in range(MOST_KEPT + 1))))
    audience.tell(news(change("last", 7)))
    said = told(operator)
    assert said.startswith(HELLO.decode())
    assert said.count("event: changed") == 1
    assert '"last"' in said


def test_a_new_hello_takes_the_place_of_what_was_not_told_yet() -> None:
    audience, member, _ = heard()
    audience.tell(news(change("a", 1)))
    audience.greet(AGAIN)
    assert told(member) == AGAIN.decode()


def test_what_only_operators_see_is_told_to_them_alone() -> None:
    audience, member, operator = heard()
    audience.tell(news(change("a", 4, is_shown=False)))
    assert told(member) == ""
    assert '"rev":7' in told(operator)


def test_only_the_assignee_types_for_a_customer_and_it_ends_when_news_end() -> None:
    audience, member, operator = heard()
    assignee, other = Typing("a", "me", "op1", is_assignee=True), Typing("a", "me", "op2", is_assignee=False)
    customer = Typing("a", "me", None, is_assignee=False)
    audience.tell(news(typing=(assignee, other, customer)))
    assert told(member) == 'event: typing\ndata: {"conversationId":"a","isTyping":true}\n\n'
    assert told(operator).count('"isTyping":true') == 3
    # Told once, not each time.
    audience.tell(news(typing=(assignee, other, customer)))
    assert told(member) == told(operator) == ""
    audience.hush()
    assert told(member) == 'event: typing\ndata: {"conversationId":"a","isTyping":false}\n\n'
    assert told(operator).count('"isTyping":false') == 3


def test_whose_account_or_rights_are_gone_hears_no_more() -> None:
    audience, member, operator = heard()
    assert audience.user_ids() == {"me", "team"}
    # Who came while it was asked is not meant.
    late = Listener("late", is_operator=True)
    audience.add(late)
    audience.keep(People(frozenset({"team"}), frozenset()), ["me", "team"])
    assert (member.ended, operator.ended, late.ended) == ("account", "operator", None)
