"""A person takes over in the same conversation: both see each other's words at once, whatever is cut, closed or renewed."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from tests.browser.conftest import NewVisitor
from tests.browser.host import Host
from tests.browser.operator import Operator
from tests.browser.visitor import GOODBYE, OKAY, WRITE, Visitor
from tests.stack import Member, sign_up

PERSON = "상담원 연결"
ASK = "사람과 상담하기"
TO_BOT = "상담봇과 계속하기"
NAME = "박상담"
STREAM = "/api/v1/events"
SESSIONS = "**/api/v1/guest-sessions"
AWAY = "**/api/v1/**"


@pytest.fixture(scope="module")
def operator(stack: LocalStack, server: AppServer) -> Iterator[Operator]:
    """Somebody who is there."""
    made = Operator(stack, server, sign_up(stack), NAME)
    made.be("online")
    yield made
    made.close()


@pytest.fixture(params=["guest", "member"])
def asker(request: pytest.FixtureRequest, new_visitor: NewVisitor, host: Host, member: Member) -> Visitor:
    """Somebody in front of the bot."""
    return new_visitor().begin(host.url, member if request.param == "member" else None)


def hand_over(visitor: Visitor, operator: Operator, said: str) -> str:
    """Say something, ask for a person, wait until the stream stands; the conversation's id."""
    visitor.write(said)
    expect(visitor.mine.last).to_contain_text(said)
    with visitor.page.expect_request(lambda request: request.url.endswith(STREAM)):
        visitor.panel.get_by_role("button", name=ASK).click()
    expect(visitor.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
    return operator.waiting(said)


def person(visitor: Visitor) -> list[str]:
    """What people said, in the order in which it stands there."""
    return visitor.page.locator("munui-chat .row.person .bubble").all_text_contents()


def streams(page: Page) -> list[Request]:
    """The event streams that this page opens from now on."""
    opened: list[Request] = []
    page.on("request", lambda one: opened.append(one) if urlsplit(one.url).path == STREAM else None)
    return opened


def said_at(visitor: Visitor, text: str) -> None:
    """Wait for the words of a person."""
    expect(visitor.page.locator("munui-chat .row.person .bubble").last).to_have_text(f"{NAME}: {text}")


def test_a_person_answers_and_both_see_it_at_once(
    asker: Visitor, operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    key = hand_over(asker, operator, "배송이 어디쯤인가요")
    # The flow stands at its chips; what is written goes to the person all the same.
    asker.write("급해요")
    expect(asker.mine.last).to_have_text("나: 급해요")
    operator.claim(key)
    expect(asker.panel.locator("h2")).to_have_text(NAME)
    operator.type(key)
    expect(asker.page.locator("munui-chat .types")).to_be_visible()
    began = time.monotonic()
    operator.reply(key, "지금 배송 중이에요")
    said_at(asker, "지금 배송 중이에요")
    seen = time.monotonic() - began
    with capsys.disabled():
        print(f"\n  from an operator's call to the visitor's screen: {seen:.2f} s (promised 1.5)")
    expect(asker.page.locator("munui-chat .types")).to_have_count(0)
    assert operator.heard(key)[-2:] == ["배송이 어디쯤인가요", "급해요"] or "급해요" in operator.heard(key)
    with asker.page.expect_request(lambda one: one.url.endswith("/typing") and '"isTyping":true' in (one.post_data or "")):
        asker.input.press_sequentially("고마")
    with asker.page.expect_request(
        lambda one: one.url.endswith("/typing") and '"isTyping":false' in (one.post_data or "")
    ):
        asker.input.press("Enter")


def test_completed_reopened_and_back_to_the_bot(
    new_visitor: NewVisitor, host: Host, member: Member, operator: Operator
) -> None:
    visitor = new_visitor().begin(host.url, member)
    key = hand_over(visitor, operator, "닫고 다시 열어요")
    operator.reply(key, "해결됐나요?")
    said_at(visitor, "해결됐나요?")
    operator.change(key, status="completed")
    expect(visitor.input).to_be_hidden()
    expect(visitor.page.get_by_text(GOODBYE)).to_be_visible()
    expect(visitor.panel.get_by_role("button", name="새 대화")).to_be_visible()
    operator.change(key, status="open")
    visitor.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(visitor.input).to_be_visible()
    operator.change(key, handling="bot")
    expect(visitor.chips.first).to_be_visible()
    visitor.chip("배송").click()
    expect(visitor.chip(OKAY)).to_be_visible()


def test_who_waits_may_go_back_to_the_bot(visitor: Visitor, host: Host, member: Member, operator: Operator) -> None:
    visitor.begin(host.url, member)
    hand_over(visitor, operator, "역시 됐어요")
    opened = streams(visitor.page)
    visitor.panel.get_by_role("button", name=TO_BOT).click()
    expect(visitor.chips.first).to_be_visible()
    expect(visitor.panel.get_by_role("button", name=ASK)).to_be_visible()
    visitor.took()
    visitor.chip("배송").click()
    expect(visitor.chip(OKAY)).to_be_visible()
    assert [call for call in visitor.took() if not call.endswith("/read")] == [
        f"POST /api/v1/conversations/{visitor_key(visitor)}/turns"
    ]
    assert opened == []


def visitor_key(visitor: Visitor) -> str:
    """The id of the conversation that is looked at."""
    return str(visitor.page.evaluate("JSON.parse(sessionStorage.getItem('munui.v1.tab.open') ?? '{}').activeId ?? ''")) or (
        re.search(r"[0-9a-f-]{36}", str(visitor.heard("message")[-1]["conversationId"])) or [""]
    )[0]


def test_two_tabs_have_one_stream(
    new_visitor: NewVisitor, new_context: object, host: Host, member: Member, operator: Operator
) -> None:
    first = new_visitor().begin(host.url, member)
    key = hand_over(first, operator, "창이 둘이에요")
    second = new_visitor(first.page.context)
    opened = streams(second.page)
    second.know_by(first) if hasattr(second, "know_by") else None
    second.go(host.url, member)
    second.launcher.click()
    expect(second.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
    operator.reply(key, "둘 다 보이나요")
    for tab in (first, second):
        said_at(tab, "둘 다 보이나요")
    assert opened == []
    # Whoever is left listens from then on.
    first.page.close()
    with second.page.expect_request(lambda one: one.url.endswith(STREAM)):
        pass
    operator.reply(key, "이제 하나예요")
    said_at(second, "이제 하나예요")
