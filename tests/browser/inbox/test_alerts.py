"""What calls an operator, and what does not: once, in one tab, and never while they are away."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.browser.holding import Held
from tests.browser.inbox.conftest import NewCustomer, NewScreen
from tests.browser.inbox.people import Customer, Person, Team
from tests.browser.inbox.screen import Screen
from tests.browser.inbox.talk import Talk
from tests.concurrency import until

# From where the screen stood until now.
CHANGES = "**/api/v1/inbox/changes*"
# In browsers of tests every tab has the focus. What another tab says that it shows has been heard when `told` is there.
UNSEEN = """id => {
  document.hasFocus = () => false;
  dispatchEvent(new Event("blur"));
  const channel = new BroadcastChannel(`munui inbox alerts ${id}`);
  window.told = new Promise(done => channel.addEventListener("message", ({ data }) => data.looks && done()));
}"""


@pytest.fixture
def called(new_screen: NewScreen, agent: Person) -> Iterator[Screen]:
    """An operator who wants to be called in every way."""
    screen = new_screen(agent).go("/alerts")
    # A browser lets a page sound when it was used.
    screen.page.get_by_role("switch", name="데스크톱 알림").check()
    screen.go("/waiting")
    screen.page.mouse.click(900, 500)
    # The tab that leads is the one that calls.
    screen.page.wait_for_function("() => document.querySelector('inbox-shell').desk.live.isLeading")
    yield screen
    screen.page.evaluate("document.querySelector('inbox-shell').desk.live.be('online')")


def notes(screen: Screen, customer: Customer) -> list[list[str]]:
    """The notifications about a customer."""
    found: list[list[str]] = screen.page.evaluate(
        "tag => window.notes.filter((one) => one[2] === tag)", customer.conversation
    )
    return found


def called_for(screen: Screen, customer: Customer) -> None:
    """Wait until the operator has been called for a customer."""
    screen.page.wait_for_function("tag => window.notes.some((one) => one[2] === tag)", arg=customer.conversation)


def tones(screen: Screen) -> int:
    """How often it sounded."""
    return int(screen.page.evaluate("window.tones"))


def seen(screen: Screen, customer: Customer, words: str) -> None:
    """The screen knows that this was said; whatever it calls for that, it has called."""
    screen.page.wait_for_function(
        """([id, words]) =>
             document.querySelector('inbox-shell').desk.inbox.rows.get(id)?.lastMessage?.content === words""",
        arg=[customer.conversation, words],
    )


def test_who_begins_to_wait_calls_once(called: Screen, new_customer: NewCustomer, team: Team) -> None:
    customer = new_customer(says="사람과 이야기하고 싶어요")
    # The tone comes a moment later: the tabs settle first which of them sounds.
    called_for(called, customer)
    called.page.wait_for_function("() => window.tones")
    assert notes(called, customer) == [
        [f"{customer.name} 님이 기다리고 있어요", "사람과 이야기하고 싶어요", customer.conversation]
    ]
    assert tones(called) == 1
    expect(called.page).to_have_title(re.compile(r"^\("))
    # It waits, and what it says and what is done to it meanwhile calls nobody again; nor does a reload.
    customer.say("아직 계신가요?")
    seen(called, customer, "아직 계신가요?")
    team.change(customer, priority="high")
    customer.say("급해요")
    seen(called, customer, "급해요")
    assert len(notes(called, customer)) == 1
    assert tones(called) == 1
    called.go("/waiting")
    customer.say("여보세요")
    seen(called, customer, "여보세요")
    assert notes(called, customer) == []
    assert tones(called) == 0


def test_what_is_mine_calls_and_what_is_a_colleagues_does_not(
    called: Screen, new_customer: NewCustomer, team: Team, agent: Person, admin: Person
) -> None:
    mine, theirs, bots = new_customer(waits=False), new_customer(waits=False), new_customer(waits=False)
    team.change(mine, assigneeId=agent.id)
    team.change(theirs, assigneeId=admin.id)
    called_for(called, mine)
    # The bot's first: when the others are heard of, so is it.
    for customer in (bots, mine, theirs):
        customer.say("하나 더 있어요")
    for customer in (mine, theirs):
        seen(called, customer, "하나 더 있어요")
    assert [len(notes(called, one)) for one in (mine, theirs, bots)] == [2, 0, 0]
    # What is open in front of them needs no call, though it be the first that the page hears of.
    held: list[Route] = []
    called.page.route(CHANGES, lambda route: held.append(route), times=1)  # noqa: PLW0108 - it has to be a Python function
    with called.page.expect_request(CHANGES):
        called.go(f"/c/{mine.conversation}", view="mine")
    called.page.mouse.click(900, 500)
    called.page.wait_for_function("() => document.querySelector('inbox-shell').desk.live.isLeading")
    mine.say("보고 계시죠?")
    held[0].continue_()
    seen(called, mine, "보고 계시죠?")
    assert notes(called, mine) == []
    # Once nobody looks at it, it calls, though the conversation hear of it before the list.
    called.page.evaluate(UNSEEN, agent.id)
    late = Held(called.page, CHANGES)
    mine.say("아직이요?")
    late.come()
    called.page.evaluate("document.querySelector('inbox-shell').desk.talk.current.pull()")
    seen(called, mine, "아직이요?")
    late.let_go()
    called_for(called, mine)


def test_what_another_tab_shows_calls_nobody_however_often_it_is_written_to(
    called: Screen, new_screen: NewScreen, new_customer: NewCustomer, team: Team, agent: Person
) -> None:
    customer = new_customer(waits=False)
    team.change(customer, assigneeId=agent.id)
    called_for(called, customer)
    called.page.evaluate(UNSEEN, agent.id)
    other = Talk(new_screen(context=called.page.context), customer).open()
    # It tells of it once: what would have it do so again is late.
    other.page.route(CHANGES, lambda _: None)
    called.page.evaluate("window.told")
    for words in ("여기요", "보고 계시죠?"):
        customer.say(words)
        seen(called, customer, words)
    assert len(notes(called, customer)) == 1, "that it was given to them"


@pytest.mark.parametrize("is_open", [False, True], ids=["in the list", "where it is open"])
def test_what_an_operator_does_themselves_is_no_news(
    called: Screen, new_customer: NewCustomer, label: str, *, is_open: bool
) -> None:
    customer = new_customer()
    called.go(f"/c/{customer.conversation}" if is_open else "/waiting", label=label)
    called.page.mouse.click(900, 500)
    called.page.wait_for_function("() => document.querySelector('inbox-shell').desk.live.isLeading")
    # Though it be heard of before it is answered.
    with called.answered_late("**/api/v1/inbox/conversations/**", "POST" if is_open else "PATCH"):
        if is_open:
            called.page.get_by_role("button", name="내가 맡기", exact=True).click()
        else:
            called.row(customer).locator("input").click()
            called.page.get_by_label("담당자 지정").select_option(label="김상담 (나)")
        called.page.wait_for_function(
            "id => document.querySelector('inbox-shell').desk.inbox.rows.get(id).assignee", arg=customer.conversation
        )
    done = called.page.locator(".talk-head .state") if is_open else called.page.get_by_text("1건을 처리했어요.")
    expect(done).to_contain_text("내 상담" if is_open else "1건")
    other = new_customer()
    called_for(called, other)
    assert notes(called, customer) == []
    assert len(notes(called, other)) == 1


def test_nobody_is_called_while_away(called: Screen, new_customer: NewCustomer) -> None:
    called.page.get_by_label("내 상태").select_option("away")
    customer = new_customer(says="자리에 계신가요?")
    seen_row = "id => document.querySelector('inbox-shell').desk.inbox.rows.get(id)?.handling === 'waiting'"
    called.page.wait_for_function(seen_row, arg=customer.conversation)
    assert notes(called, customer) == []
    assert tones(called) == 0
    assert not called.page.title().startswith("(")


def test_of_several_tabs_one_sounds(
    called: Screen, new_screen: NewScreen, new_customer: NewCustomer, label: str
) -> None:
    others = [new_screen(context=called.page.context) for _ in range(2)]
    tabs = [tab.go("/waiting", label=label) for tab in (called, *others)]
    for tab in tabs:
        tab.page.mouse.click(900, 500)
    before = sum(tones(tab) for tab in tabs)
    customer = new_customer()
    for tab in tabs:
        expect(tab.row(customer)).to_be_visible()
    called_for(called, customer)
    until(lambda: sum(tones(tab) for tab in tabs) > before)
    assert sum(len(notes(tab, customer)) for tab in tabs) == 1
    assert sum(tones(tab) for tab in tabs) - before == 1
