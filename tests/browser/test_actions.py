"""The five actions, by a guest and by a member: the same words, and no more requests than they may cost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor
from tests.browser.host import Host
from tests.browser.visitor import ANOTHER, GOODBYE, GREETING, OKAY, WRITE, Visitor
from tests.stack import Member
from tests.summary import Tell


def _walk(visitor: Visitor, host: Host, member: Member | None = None) -> tuple[list[str], list[list[str]]]:
    """All five actions: what stands in the log at the end, and the calls of each action."""
    visitor.page.clock.install()
    if member is None:
        visitor.go(host.url)
    else:
        with visitor.page.expect_response("**/api/v1/conversations"):
            visitor.go(host.url, member)
    expect(visitor.panel).to_be_attached()
    # Time stands still from here: what is asked now and then is no action's.
    visitor.page.clock.pause_at(visitor.page.evaluate("Date.now() / 1000 + 10"))
    calls = []
    visitor.took()
    visitor.open()
    calls.append(visitor.took())
    visitor.chip(WRITE).click()
    visitor.fill_form()
    calls.append(visitor.took())
    visitor.submit()
    expect(visitor.chip(ANOTHER)).to_be_visible()
    calls.append(visitor.took())
    visitor.chip(ANOTHER).click()
    visitor.chip("배송").click()
    expect(visitor.chip(OKAY)).to_be_visible()
    calls.append(visitor.took())
    visitor.chip(OKAY).click()
    expect(visitor.page.get_by_text(GOODBYE)).to_be_visible()
    # Whatever a refetch would ask for, it would ask for by now.
    visitor.page.clock.run_for(1500)
    calls.append(visitor.took())
    return visitor.says(), calls


def test_a_guest_and_a_member_read_the_same(new_visitor: NewVisitor, host: Host, member: Member) -> None:
    guest_says, _ = _walk(new_visitor(), host)
    member_says, _ = _walk(new_visitor(), host, member)
    assert guest_says == member_says
    assert guest_says[0] == GREETING
    assert guest_says[-1] == GOODBYE


def test_a_guest_asks_for_nothing_but_the_flow_and_the_inquiry(visitor: Visitor, host: Host) -> None:
    _, calls = _walk(visitor, host)
    assert calls == [["GET /api/v1/flow"], [], ["POST /api/v1/inquiries"], [], []]


def test_a_member_asks_once_for_each_action(visitor: Visitor, host: Host, member: Member) -> None:
    _, calls = _walk(visitor, host, member)
    (opened,) = calls[0]
    assert opened == "POST /api/v1/conversations"
    turns = [call for action in calls[1:] for call in action]
    assert [len(action) for action in calls] == [1, 1, 1, 2, 1]
    assert {call.rsplit("/", 1)[1] for call in turns} == {"turns"}


@pytest.mark.parametrize("is_member", [False, True])
def test_completed_is_completed(new_visitor: NewVisitor, host: Host, member: Member, is_member: bool) -> None:
    visitor = new_visitor().begin(host.url, member if is_member else None)
    visitor.chip("배송").click()
    visitor.chip(OKAY).click()
    expect(visitor.input).to_be_hidden()
    expect(visitor.chips).to_have_count(0)
    expect(visitor.mine).to_have_text(["나: 배송", f"나: {OKAY}"])
    assert len(visitor.heard("completed")) == 1
    visitor.panel.get_by_role("button", name="새 대화").click()
    expect(visitor.input).to_be_visible()
    expect(visitor.bubbles.first).to_contain_text(GREETING)


def test_a_double_click_is_one_turn(visitor: Visitor, host: Host, member: Member) -> None:
    visitor.begin(host.url, member)
    visitor.took()
    visitor.chip("배송").dblclick()
    expect(visitor.chip(OKAY)).to_be_visible()
    # The second click may come when something else stands there already.
    visitor.chip(ANOTHER).hover()
    visitor.page.mouse.down(click_count=2)
    visitor.page.mouse.up(click_count=2)
    assert len(visitor.took()) == 1
    visitor.chip(OKAY).click()
    expect(visitor.mine).to_have_text(["나: 배송", f"나: {OKAY}"])


def test_the_first_messages_are_there_at_once(visitor: Visitor, host: Host, tell: Tell) -> None:
    """From the click to the first bubble, in the browser: no load can move how often it is drawn until then."""
    visitor.go(host.url)
    visitor.open()
    visitor.panel.get_by_role("button", name="닫기").click()
    frames, took = visitor.page.evaluate(
        """() => new Promise((resolve) => {
             const chat = document.querySelector("munui-chat");
             let frames = 0;
             const count = () => { frames += 1; requestAnimationFrame(count) };
             requestAnimationFrame(count);
             const begin = performance.now();
             new MutationObserver(() => chat.shadowRoot.querySelector(".bubble")?.offsetHeight
               && resolve([frames, performance.now() - begin]))
               .observe(chat.shadowRoot, { attributes: true, childList: true, subtree: true });
             chat.shadowRoot.querySelector(".launcher").click();
           })"""
    )
    tell("measured", f"the first messages are there {took:.0f} ms after the click (promised 200)")
    assert frames <= 2
