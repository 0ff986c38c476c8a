"""Several tabs, several devices, several people at one computer, and a guest who signs in."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.conftest import NewVisitor
from tests.browser.engines.until import until
from tests.browser.host import Host
from tests.browser.test_networks import TURNS
from tests.browser.visitor import ANOTHER, GREETING, OKAY, WRITE, Visitor
from tests.stack import Member

NewContext = Callable[..., BrowserContext]


def _look_again(visitor: Visitor) -> None:
    """Somebody who comes back to the page."""
    visitor.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def _kept(visitor: Visitor) -> str:
    """What the browser keeps for this tab."""
    return json.dumps([visitor.storage(), visitor.page.evaluate("() => ({ ...sessionStorage })")], ensure_ascii=False)


def test_two_tabs_of_a_guest_show_one_conversation(
    new_visitor: NewVisitor, new_context: NewContext, host: Host
) -> None:
    context = new_context()
    first = new_visitor(context).begin(host.url)
    second = new_visitor(context).begin(host.url)
    first.chip("배송").click()
    expect(second.chip(OKAY)).to_be_visible()
    expect(second.mine).to_have_text(["나: 배송"])
    second.chip(OKAY).click()
    expect(first.input).to_be_hidden()


def test_badges_of_two_tabs_agree(new_visitor: NewVisitor, new_context: NewContext, host: Host, member: Member) -> None:
    context = new_context()
    first = new_visitor(context).begin(host.url, member)
    second = new_visitor(context).go(host.url, member)
    expect(second.badge).to_have_text("2")
    second.launcher.click()
    expect(second.chips.first).to_be_visible()
    second.panel.get_by_role("button", name="닫기").click()
    expect(second.badge).to_have_text("")
    first.chip("배송").click()
    expect(first.chip(OKAY)).to_be_visible()
    expect(second.badge).to_have_text("")


def test_two_devices_click_one_chip(new_visitor: NewVisitor, host: Host, member: Member) -> None:
    phone = new_visitor().begin(host.url, member)
    laptop = new_visitor().begin(host.url, member)
    held: list[Route] = []
    laptop.page.route(TURNS, lambda route: held.append(route), times=1)  # noqa: PLW0108 - it has to be a Python function
    with laptop.page.expect_request(TURNS):
        laptop.chip("결제").click()
    phone.chip("배송").click()
    expect(phone.chip(OKAY)).to_be_visible()
    held[0].continue_()
    expect(laptop.banner).to_contain_text("다른 곳에서 이미 답한")
    expect(laptop.chip(OKAY)).to_be_visible()
    laptop.reads(phone.says())


def test_what_another_device_did_appears(new_visitor: NewVisitor, host: Host, member: Member) -> None:
    phone = new_visitor().begin(host.url, member)
    laptop = new_visitor().begin(host.url, member)
    phone.chip(WRITE).click()
    phone.fill_form()
    phone.submit()
    expect(phone.chip(OKAY)).to_be_visible()
    _look_again(laptop)
    expect(laptop.chip(OKAY)).to_be_visible()
    expect(laptop.page.locator("munui-chat .summary")).to_contain_text("hana@example.com")
    phone.chip(OKAY).click()
    expect(phone.input).to_be_hidden()
    _look_again(laptop)
    expect(laptop.input).to_be_hidden()
    laptop.reads(phone.says())


def test_nothing_new_is_asked_for_cheaply(visitor: Visitor, host: Host, member: Member) -> None:
    visitor.begin(host.url, member)
    # The first answer tells what the next question may say, once the page has read it.
    for _ in range(10):
        with visitor.page.expect_response(lambda answer: "/messages" in answer.url) as answer:
            _look_again(visitor)
        if answer.value.status == 304:
            break
    assert answer.value.status == 304


def test_a_guest_who_signs_in_keeps_the_chat(visitor: Visitor, host: Host, member: Member) -> None:
    visitor.begin(host.url)
    visitor.chip("배송").click()
    visitor.chip(ANOTHER).click()
    expect(visitor.chip("결제")).to_be_visible()
    before = visitor.says()
    visitor.know(member)
    visitor.page.reload()
    visitor.launcher.click()
    offer = visitor.page.get_by_role("group", name="나누던 대화를 가져올까요?")
    expect(offer).to_be_visible()
    assert [key for key in visitor.storage() if key.startswith("munui.v1.guest.")]
    offer.get_by_role("button", name="가져오기").click()
    expect(offer).to_have_count(0)
    assert not [key for key in visitor.storage() if key.startswith("munui.v1.guest.")]
    visitor.page.get_by_role("listitem").click()
    expect(visitor.chip("결제")).to_be_visible()
    visitor.reads(before)


def test_a_guest_may_leave_the_chat_where_it_is(visitor: Visitor, host: Host, member: Member) -> None:
    visitor.begin(host.url)
    visitor.chip("배송").click()
    expect(visitor.chip(OKAY)).to_be_visible()
    visitor.know(member)
    visitor.page.reload()
    visitor.launcher.click()
    visitor.page.get_by_role("button", name="나중에").click()
    expect(visitor.page.get_by_role("listitem")).to_have_count(0)
    assert [key for key in visitor.storage() if key.startswith("munui.v1.guest.")]


def test_nothing_of_the_former_member_stays(visitor: Visitor, host: Host, member: Member, stranger: Member) -> None:
    visitor.begin(host.url, member)
    visitor.chip("배송").click()
    expect(visitor.chip(OKAY)).to_be_visible()
    visitor.input.fill("속마음")
    visitor.know(stranger)
    visitor.page.evaluate("document.querySelector('munui-chat').signIn()")
    expect(visitor.bubbles.first).to_contain_text(GREETING)
    expect(visitor.mine).to_have_count(0)
    expect(visitor.input).to_have_value("")
    # Nothing is shown any more while it is found out who is here; then it is forgotten.
    until(lambda: "속마음" not in _kept(visitor), "what the former member typed is forgotten")


def test_what_waits_for_a_conversation_is_not_the_next_members(
    visitor: Visitor, host: Host, member: Member, stranger: Member
) -> None:
    held: list[Route] = []
    visitor.page.route(
        "**/api/v1/conversations",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    # Each asks for a conversation of their own, and both are held.
    with visitor.page.expect_request(lambda request: request.method == "POST"):
        visitor.go(host.url, member).launcher.click()
    visitor.input.fill("속마음")
    visitor.know(stranger)
    with visitor.page.expect_request(lambda request: request.method == "POST"):
        visitor.page.evaluate("document.querySelector('munui-chat').signIn()")
    expect(visitor.input).to_be_visible()
    expect(visitor.input).to_have_value("")
    assert "속마음" not in _kept(visitor)
    for route in held:
        route.continue_()
    expect(visitor.bubbles.first).to_contain_text(GREETING)
    expect(visitor.input).to_have_value("")


def test_a_page_that_takes_its_member_away_leaves_what_the_guest_typed(
    visitor: Visitor, host: Host, member: Member
) -> None:
    visitor.begin(host.url)
    visitor.input.fill("손님의 말")
    visitor.know(member)
    visitor.page.reload()
    visitor.launcher.click()
    expect(visitor.bubbles.first).to_contain_text(GREETING)
    expect(visitor.input).to_have_value("")
    visitor.input.fill("속마음")
    assert "속마음" in _kept(visitor)
    visitor.page.evaluate(
        """() => {
          sessionStorage.removeItem("token");
          document.querySelector("munui-chat").signOut();
        }"""
    )
    expect(visitor.input).to_have_value("손님의 말")
    assert "속마음" not in _kept(visitor)


def test_signing_out_leaves_nothing_of_the_member(visitor: Visitor, host: Host, member: Member) -> None:
    visitor.begin(host.url, member)
    visitor.page.route("**/turns", lambda route: route.abort())
    visitor.write("아직 안 간 말")
    visitor.input.fill("속마음")
    visitor.page.evaluate("document.querySelector('munui-chat').signOut()")
    expect(visitor.bubbles.first).to_contain_text(GREETING)
    expect(visitor.mine).to_have_count(0)
    kept = _kept(visitor)
    assert "속마음" not in kept
    assert "아직" not in kept


def test_an_origin_that_is_not_allowed_is_told(visitor: Visitor, host: Host) -> None:
    visitor.go(host.unknown_url)
    visitor.launcher.click()
    expect(visitor.banner).to_be_visible()
    assert visitor.heard("error")[0]["code"] in {"origin_not_allowed", "network"}


def test_broken_and_foreign_contents_are_put_aside(visitor: Visitor, host: Host) -> None:
    visitor.begin(host.url)
    (key,) = [key for key in visitor.storage() if key.startswith("munui.v1.guest.")]
    for content in [
        "{",
        "null",
        "[1]",
        '{"messages": "text"}',
        json.dumps({"id": key.rsplit(".", 1)[1], "messages": []}),
    ]:
        visitor.page.evaluate("([key, content]) => localStorage.setItem(key, content)", [key, content])
        visitor.page.reload()
        visitor.launcher.click()
        expect(visitor.bubbles.first).to_contain_text(GREETING)
        visitor.page.evaluate(
            """() => Object.keys(localStorage).filter((key) => key.startsWith("munui.v1.guest"))
                     .forEach((key) => localStorage.removeItem(key))"""
        )


def test_full_storage_is_told_and_the_chat_goes_on(visitor: Visitor, host: Host) -> None:
    visitor.page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
    )
    visitor.begin(host.url)
    visitor.chip("배송").click()
    expect(visitor.chip(OKAY)).to_be_visible()
    expect(visitor.banner).to_contain_text("저장할 자리가 없어요")
