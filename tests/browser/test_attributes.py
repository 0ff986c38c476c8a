"""What the host page says of its visitor (`setAttributes`): kept by the service for those who answer, told once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Request, expect

from tests.browser.conftest import NewVisitor
from tests.browser.holding import Held
from tests.browser.host import Host
from tests.browser.operator import Operator
from tests.browser.test_people_answer import ASK, TO_BOT, say
from tests.browser.visitor import A_TASK_LATER, OKAY, Visitor
from tests.stack import Member

CONTACT = "/api/v1/me/contact"
# As a page says it before the element is there; the class comes later, with the bundle.
EARLY = """<script>customElements.whenDefined("munui-chat").then(() => {
  document.querySelector("munui-chat").setAttributes({ plan: "pro", orders: 12 });
});</script>"""
TELL = "attributes => document.querySelector('munui-chat').setAttributes(attributes)"


def of_contact(request: Request) -> bool:
    """Whether it tells the service of the visitor."""
    return request.url.endswith(CONTACT)


def told(visitor: Visitor) -> list[str]:
    """The calls about the visitor since the last time."""
    return [call for call in visitor.took() if call.endswith(CONTACT)]


def seen(operator: Operator, text: str) -> Any:
    """The contact of the conversation in which this was said, as operators see it."""
    return operator.ask("GET", f"/conversations/{operator.waiting(text)}")["contact"]


def test_those_who_answer_see_what_the_page_said(
    visitor: Visitor, host: Host, member: Member, operator: Operator
) -> None:
    page = visitor.page
    with page.expect_request(of_contact) as first:
        visitor.begin(f"{host.page(before=EARLY)}?locale=ko", member)
    assert first.value.post_data_json == {
        "pageUrl": page.url.partition("?")[0], "locale": "ko", "attributes": {"plan": "pro", "orders": 12},
    }  # fmt: skip
    page.wait_for_function("Object.keys(sessionStorage).some((one) => one.endsWith('.tab.described'))")
    visitor.took()
    # The same again is nothing new, nor is another page of the tab that says it.
    page.evaluate(TELL, {"plan": "pro"})
    visitor.go(page.url).launcher.click()
    visitor.chip("배송").click()
    expect(visitor.chip(OKAY)).to_be_visible()
    assert told(visitor) == []
    # By name: what is not mentioned stays, null takes away, also what another page said.
    with page.expect_request(of_contact) as second:
        page.evaluate(TELL, {"plan": None, "vip": True})
    assert second.value.post_data_json["attributes"] == {"orders": 12, "vip": True}
    second.value.response()
    say(visitor, "누구신지 보이나요")
    visitor.panel.get_by_role("button", name=ASK).click()
    expect(visitor.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
    assert seen(operator, "누구신지 보이나요")["attributes"] == {"orders": 12, "vip": True}


def test_a_guest_is_described_only_with_a_session(visitor: Visitor, host: Host, operator: Operator) -> None:
    visitor.begin(host.page(before=EARLY))
    visitor.write("저는 비회원이에요")
    expect(visitor.page.get_by_text("확실한 답을 찾지 못했어요")).to_be_visible()
    assert told(visitor) == []
    with visitor.page.expect_request(of_contact) as request:
        visitor.panel.get_by_role("button", name=ASK).click()
    request.value.response()
    assert seen(operator, "저는 비회원이에요")["attributes"] == {"plan": "pro", "orders": 12}
    # One request: the page that is told of anyway takes it along.
    assert told(visitor) == [f"PUT {CONTACT}"]


def test_nothing_of_one_member_is_said_of_another(
    new_visitor: NewVisitor, host: Host, new_member: Callable[[], Member]
) -> None:
    visitor = new_visitor()
    with visitor.page.expect_request(of_contact):
        visitor.begin(host.page(before=EARLY), new_member())
    visitor.page.evaluate("document.querySelector('munui-chat').signOut()")
    visitor.know(new_member())
    visitor.took()
    visitor.page.evaluate("document.querySelector('munui-chat').signIn()")
    expect(visitor.chip("배송")).to_be_visible()
    assert told(visitor) == []
    with visitor.page.expect_request(of_contact) as request:
        visitor.page.evaluate(TELL, {"since": 2020})
    assert request.value.post_data_json["attributes"] == {"since": 2020}


def test_what_is_said_of_somebody_arrives_in_the_order_in_which_it_was_said(
    visitor: Visitor, host: Host, member: Member
) -> None:
    visitor.begin(host.url, member)
    held = Held(visitor.page, f"**{CONTACT}", "PUT")
    visitor.page.evaluate(TELL, {"plan": "pro"})
    held.come()
    visitor.page.evaluate(TELL, {"plan": "free"})
    visitor.page.evaluate(A_TASK_LATER)
    assert told(visitor) == [f"PUT {CONTACT}"]
    with visitor.page.expect_request(of_contact) as later:
        held.let_go()
    assert later.value.post_data_json["attributes"] == {"plan": "free"}


WRONG = [
    "null",
    "[1]",
    "'text'",
    "{ at: new Date() }",
    "{ n: NaN }",
    "{ deep: {} }",
    "{ '': 1 }",
    "{ a: '가'.repeat(2400) }",
]
REFUSED = """(attributes) => {
  try { document.querySelector("munui-chat").setAttributes(attributes); }
  catch ({ name, message }) { return `${name}: ${message}`; }
}"""


def test_what_cannot_be_kept_is_refused_at_once(visitor: Visitor, host: Host) -> None:
    page = visitor.go(host.url).page
    page.evaluate("customElements.whenDefined('munui-chat').then(() => {})")
    refused = [page.evaluate(f"() => ({REFUSED})({given})") for given in WRONG]
    assert all((one or "").startswith("TypeError: setAttributes takes ") for one in refused), refused
