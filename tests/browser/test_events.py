"""What a host page may count on: names and details of the element's events, each exactly once a transition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.local import LocalStack
from tests.browser.host import Host
from tests.browser.operator import Operator
from tests.browser.test_people import AXE, faults
from tests.browser.test_people_answer import ASK, TO_BOT, say
from tests.browser.visitor import GOODBYE, OKAY, Visitor
from tests.stack import Member, connect

# To change one of these breaks scripts of host pages. Of a message that is at least what the API tells of it.
DETAILS = {
    "opened": {"conversationId"},
    "closed": {"conversationId"},
    "message": {"conversationId", "message"},
    "handedover": {"conversationId", "handling"},
    "completed": {"conversationId"},
    "rated": {"conversationId", "score"},
    "unread": {"count"},
    "error": {"code", "status", "detail", "requestId", "retryAfter"},
    "signin": set(),
}
HOTKEY = """<script>addEventListener("keydown", ({ key }) => {
  if (key === "F2") document.querySelector("munui-chat").toggle();
});</script>"""
CALL = "name => document.querySelector('munui-chat')[name]()"
WAYS: dict[str, tuple[Callable[[Page], Any], Callable[[Page], Any]]] = {
    "a click": (lambda page: page.locator("munui-chat .launcher").click(),) * 2,
    "a call": (lambda page: page.evaluate(CALL, "open"), lambda page: page.evaluate(CALL, "close")),
    "toggle()": (lambda page: page.evaluate(CALL, "toggle"),) * 2,
    "Escape": (
        lambda page: page.evaluate(CALL, "open"),
        lambda page: page.locator("munui-chat .input").press("Escape"),
    ),
    "a hotkey of the page": (lambda page: page.keyboard.press("F2"), lambda page: page.evaluate(CALL, "toggle")),
}


def names(visitor: Visitor) -> list[str]:
    """What the page heard of the panel, in order."""
    return [name for name, _ in visitor.page.evaluate("window.heard") if name in {"opened", "closed"}]


@pytest.mark.parametrize("way", WAYS)
def test_opening_and_closing_are_told_once_each(visitor: Visitor, host: Host, way: str) -> None:
    page = visitor.go(host.page(before=HOTKEY)).page
    open_it, close_it = WAYS[way]
    told: list[str] = []
    for act, name, call, is_open in ((open_it, "opened", "open", True), (close_it, "closed", "close", False)):
        act(page)
        expect(visitor.panel).to_be_visible() if is_open else expect(visitor.panel).to_be_hidden()
        told.append(name)
        assert names(visitor) == told
        page.evaluate(CALL, call)  # it is so already
        assert names(visitor) == told


def test_each_event_has_the_details_that_are_promised(
    visitor: Visitor, host: Host, member: Member, operator: Operator
) -> None:
    page = visitor.begin(host.url, member).page
    say(visitor, "이벤트를 들어 보세요")
    visitor.panel.get_by_role("button", name=ASK).click()
    expect(visitor.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
    key = operator.waiting("이벤트를 들어 보세요")
    # What was read is known to be read before the page goes.
    visitor.panel.get_by_role("button", name="닫기").click()
    visitor.rests()
    page.reload()  # what comes as a person's already is no news
    expect(visitor.launcher).to_be_visible()
    operator.reply(key, "네")
    expect(visitor.badge).to_have_text("1")
    visitor.launcher.click()
    operator.change(key, handling="bot")
    visitor.chip("배송").click()
    visitor.chip(OKAY).click()
    expect(page.get_by_text(GOODBYE)).to_be_visible()
    heard = page.evaluate("window.heard")
    assert {name for name, _ in heard} >= {"opened", "message", "completed", "unread"}
    assert "handedover" not in {name for name, _ in heard}
    assert [(name, set(detail)) for name, detail in heard if set(detail) != DETAILS[name]] == []


@pytest.mark.parametrize("is_member", [True, False], ids=["member", "guest"])
def test_a_handover_is_told_once(visitor: Visitor, host: Host, member: Member, *, is_member: bool) -> None:
    visitor.begin(host.url, member if is_member else None)
    say(visitor, "넘겨 주세요")
    visitor.panel.get_by_role("button", name=ASK).click()
    expect(visitor.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
    (told,) = visitor.heard("handedover")
    assert set(told) == DETAILS["handedover"]
    assert told["handling"] == "waiting"


def test_a_conversation_is_rated_by_keyboard(
    visitor: Visitor, host: Host, member: Member, operator: Operator, stack: LocalStack
) -> None:
    page = visitor.begin(host.url, member).page
    say(visitor, "평가해 볼게요")
    visitor.panel.get_by_role("button", name=ASK).click()
    expect(visitor.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
    key = operator.waiting("평가해 볼게요")
    operator.change(key, status="completed")
    with connect(stack, autocommit=True) as root:
        asked = "update public.chat_conversations set rating_asked_at = now(), rev = rev + 1 where id = %s"
        root.execute(asked, [key])
        page.reload()
        visitor.launcher.click()
        visitor.page.locator("munui-chat .conversation").first.click()
        row = visitor.panel.get_by_role("group", name="상담은 어떠셨나요?")
        expect(row.get_by_role("radio")).to_have_count(5)
        page.add_script_tag(path=AXE)
        assert faults(visitor) == []
        row.get_by_role("radio", name="5점 중 3점").focus()
        for pressed in ("Space", "ArrowRight"):
            page.keyboard.press(pressed)
        page.keyboard.press("Tab")
        page.keyboard.type("친절했어요")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(visitor.panel.get_by_text("소중한 의견 고맙습니다.")).to_be_visible()
        rated = root.execute("select rating from public.chat_conversations where id = %s", [key]).fetchone()
    assert (rated[0]["score"], rated[0]["comment"]) == (4, "친절했어요")
    assert visitor.heard("rated") == [{"conversationId": key, "score": 4}]
    # It is asked once.
    page.reload()
    visitor.launcher.click()
    visitor.page.locator("munui-chat .conversation").first.click()
    expect(page.get_by_text(GOODBYE)).to_be_visible()
    expect(visitor.panel.get_by_role("radio")).to_have_count(0)
