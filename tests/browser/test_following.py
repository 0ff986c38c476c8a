"""Where the log stands while people write: who reads along sees what is said, and long words from their beginning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Locator, expect

from scripts.local import LocalStack
from tests.browser.conftest import NewVisitor
from tests.browser.host import Host
from tests.browser.operator import Operator
from tests.browser.test_people_answer import ASK, PERSON, TO_BOT, hand_over
from tests.browser.visitor import Visitor
from tests.stack import Member, rest

LOW = {"width": 800, "height": 500}
TOP = (
    "(log) => new Promise((resolve) => { log.addEventListener('scroll', resolve, { once: true }); log.scrollTop = 0 })"
)


def news(visitor: Visitor) -> Locator:
    """What tells who reads further up."""
    return visitor.page.get_by_role("button", name="새 메시지")


def test_several_answers_in_a_row_are_followed(
    new_visitor: NewVisitor, host: Host, member: Member, operator: Operator
) -> None:
    visitor = new_visitor(viewport=LOW).begin(host.url, member)
    key = hand_over(visitor, operator, "차례로 답해 주세요")
    last = visitor.page.locator("munui-chat .row.person .bubble").last
    for number in range(12):
        operator.reply(key, f"답 {number}")
        # Mostly the next one comes while the log is on its way to this one. More of them at once than there is room for
        # would be read from the first on.
        expect(last).to_contain_text(f"답 {number}")
    expect(last).to_be_in_viewport(ratio=1)
    expect(news(visitor)).to_be_hidden()
    operator.reply(key, "\n".join(f"줄 {number}" for number in range(40)))
    expect(last).to_contain_text("줄 39")
    visitor.page.wait_for_function(
        """() => {
          const { shadowRoot } = document.querySelector("munui-chat");
          const [log, last] = [".log", ".row.person:last-child"].map((one) => shadowRoot.querySelector(one));
          const rest = last.getBoundingClientRect().top - log.getBoundingClientRect().top;
          return rest > 0 && rest < 60;
        }"""
    )


def test_who_asks_further_up_is_taken_to_the_answer(new_visitor: NewVisitor, host: Host, member: Member) -> None:
    visitor = new_visitor(viewport=LOW, reduced_motion="reduce").begin(host.url, member)
    for number in range(3):
        visitor.write(f"글 {number}")
        expect(visitor.mine).to_have_count(number + 1)
        expect(visitor.unsent).to_have_count(0)
    visitor.log.evaluate(TOP)
    visitor.panel.get_by_role("button", name=ASK).click()
    expect(visitor.page.locator("munui-chat .notice").last).to_be_in_viewport(ratio=1)
    expect(visitor.panel.locator(".status")).to_have_text("상담원 답변 대기 중")  # also where nobody is connecting
    visitor.log.evaluate(TOP)
    visitor.panel.get_by_role("button", name=TO_BOT).click()
    expect(visitor.page.get_by_text("이제 상담봇이 이어서 도와드릴게요.")).to_be_in_viewport(ratio=1)
    expect(visitor.chip("배송")).to_be_in_viewport(ratio=0.5)
    expect(news(visitor)).to_be_hidden()


def test_a_guest_who_comes_too_late_reads_when_the_team_is_back(
    new_visitor: NewVisitor, host: Host, stack: LocalStack
) -> None:
    visitor = new_visitor(viewport=LOW).begin(host.url)
    closed = {"override_open": False, "override_until": (datetime.now(UTC) + timedelta(days=1)).isoformat()}
    with rest(stack, secret=True) as service:
        try:
            service.patch("/chat_team?time_zone=not.is.null", json=closed).raise_for_status()
            visitor.chip(PERSON).click()
            expect(visitor.form).to_be_visible()
        finally:
            opened = dict.fromkeys(closed)
            service.patch("/chat_team?time_zone=not.is.null", json=opened).raise_for_status()
    expect(visitor.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
    expect(visitor.page.get_by_text("지금은 상담 시간이 아니에요")).to_be_in_viewport(ratio=1)
