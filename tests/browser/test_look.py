"""What a designer looks at: who answers, which colours, how much of a form one sees, what a list tells apart."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import NewVisitor
from tests.browser.host import MAIN, Host
from tests.browser.visitor import ANOTHER, GOODBYE, OKAY, WRITE, Visitor
from tests.stack import Member

CONSENT = "답변을 위해 이름과 연락처를 모으고 쓰는 데 동의해요."
PICTURE = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'%3E%3C/svg%3E"
OWN_LAUNCHER = MAIN + "<button id=ask>문의 <b></b></button>"
OWN_SCRIPT = """<script>customElements.whenDefined("munui-chat").then(() => {
  const chat = document.querySelector("munui-chat");
  document.querySelector("#ask").addEventListener("click", () => chat.toggle());
  chat.addEventListener("munui:unread", ({ detail }) => {
    document.querySelector("#ask b").textContent = detail.count || "";
  });
})</script>"""
# The red, green and blue of a part's ground as it is painted.
GROUND = """(selector) => {
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const { shadowRoot } = document.querySelector("munui-chat");
  context.fillStyle = getComputedStyle(shadowRoot.querySelector(selector)).backgroundColor;
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""


def _finish(visitor: Visitor) -> None:
    """End the conversation, and see that it has."""
    visitor.chip(OKAY).click()
    expect(visitor.page.locator("munui-chat .ended")).to_be_visible()


def _list(visitor: Visitor) -> Locator:
    """What the list says of each conversation."""
    visitor.panel.get_by_role("button", name="대화 목록").click()
    return visitor.page.locator("munui-chat .conversation .snippet")


@pytest.mark.parametrize("is_member", [False, True])
def test_who_answers_is_as_the_page_says(new_visitor: NewVisitor, host: Host, member: Member, is_member: bool) -> None:
    page = f"{host.url}/?bot-name=온기&bot-color=%23ffd400"
    visitor = new_visitor().begin(page, member if is_member else None)
    who = visitor.page.locator("munui-chat .who")
    expect(who.first).to_have_text("온기")
    expect(who.first).to_be_visible()
    # Once above what belongs together, and read out with every message.
    assert [one.is_visible() for one in who.all()] == [True, *[False] * (who.count() - 1)]
    assert all(text.startswith("온기: ") for text in visitor.bubbles.all_text_contents())
    for face in visitor.page.locator("munui-chat .avatar").all():
        expect(face).to_have_text("온")
    assert visitor.page.evaluate(GROUND, ".header .avatar") == [255, 212, 0]
    assert visitor.page.evaluate(GROUND, ".send") != [255, 212, 0]


def test_a_picture_of_the_bot_and_one_that_does_not_come(visitor: Visitor, host: Host) -> None:
    visitor.begin(host.url)
    image = visitor.page.locator("munui-chat .header .avatar img")
    drawn = visitor.page.locator("munui-chat .header .avatar path").get_attribute("d")
    assert drawn != visitor.launcher.locator(".icon-chat path").get_attribute("d")
    change = "([name, value]) => document.querySelector('munui-chat').setAttribute(name, value)"
    visitor.page.evaluate(change, ["bot-picture", PICTURE])
    expect(image).to_be_visible()
    visitor.page.evaluate(change, ["bot-picture", f"{host.url}/none.png"])
    expect(image).to_have_count(0)
    expect(visitor.page.locator("munui-chat .header .avatar .icon-bot")).to_be_visible()
    visitor.page.evaluate(change, ["bot-color", "no colour; at all"])
    expect(visitor.page.locator("munui-chat .header .avatar")).to_be_visible()
    assert visitor.page.evaluate(GROUND, ".header .avatar") == visitor.page.evaluate(GROUND, ".launcher")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_canvas_has_the_warmth_of_the_page(new_visitor: NewVisitor, host: Host, scheme: str) -> None:
    visitor = new_visitor(color_scheme=scheme).begin(host.url)
    style = "(rule) => { document.querySelector('munui-chat').style.cssText = rule }"
    for rule, warm in (("--munui-accent: #9c4226", 1), ("", -1), ("--munui-accent: #1d4ed8", -1)):
        visitor.page.evaluate(style, rule)
        for part in (".body", ".panel") if scheme == "dark" else (".body",):
            red, _, blue = visitor.page.evaluate(GROUND, part)
            assert (red - blue) * warm > 0, (rule, part)
    visitor.page.evaluate(style, "--munui-surface: #20301c")
    red, green, blue = visitor.page.evaluate(GROUND, ".body")
    assert green > red
    assert green > blue


@pytest.mark.parametrize("is_member", [False, True])
def test_a_form_has_the_room_until_something_else_is_to_be_written(
    new_visitor: NewVisitor, host: Host, member: Member, is_member: bool
) -> None:
    visitor = new_visitor().begin(host.url, member if is_member else None)
    expect(visitor.input).to_be_visible()
    visitor.chip(WRITE).click()
    expect(visitor.form).to_be_visible()
    expect(visitor.page.locator("munui-chat .bottom")).to_be_hidden()
    aside = visitor.form.get_by_role("button", name="메시지로 물어보기")
    aside.click()
    expect(visitor.input).to_be_focused()
    expect(aside).to_be_hidden()
    visitor.write("먼저 하나만 물을게요")
    expect(visitor.bubbles.last).to_contain_text("양식을 채워서 보내 주세요.")
    visitor.fill_form()
    visitor.form.get_by_role("button", name="보내기").click()
    expect(visitor.input).to_be_visible()
    expect(visitor.chip(OKAY)).to_be_in_viewport(ratio=1)


def test_what_was_being_written_stays_beside_a_form(visitor: Visitor, host: Host) -> None:
    visitor.begin(host.url)
    visitor.input.fill("쓰다 만 글")
    visitor.chip(WRITE).click()
    expect(visitor.form).to_be_visible()
    expect(visitor.input).to_have_value("쓰다 만 글")
    expect(visitor.input).to_be_visible()


def test_the_focus_leaves_an_input_that_goes(visitor: Visitor, host: Host) -> None:
    visitor.begin(host.url)
    visitor.chip(WRITE).click()
    expect(visitor.form).to_be_visible()
    expect(visitor.log).to_be_focused()
    visitor.page.keyboard.press("Escape")
    expect(visitor.launcher).to_be_focused()
    visitor.launcher.click()
    expect(visitor.log).to_be_focused()


def test_what_is_wrong_in_a_form_is_seen_at_once(new_visitor: NewVisitor, host: Host) -> None:
    visitor = new_visitor(viewport={"width": 390, "height": 560}, reduced_motion="reduce").begin(host.url)
    visitor.chip(WRITE).click()
    visitor.fill_form(내용="짧아")
    visitor.form.get_by_role("button", name="보내기").click()
    wrong = visitor.form.get_by_label("내용", exact=True)
    expect(wrong).to_be_focused()
    alert = visitor.form.get_by_role("alert")
    expect(alert).to_be_in_viewport(ratio=1)
    expect(visitor.form.get_by_text("내용", exact=True)).to_be_in_viewport(ratio=1)
    said, field = alert.bounding_box(), wrong.bounding_box()
    assert said is not None
    assert field is not None
    assert said["y"] + said["height"] <= field["y"]
    expect(visitor.form.locator(".textarea .fault .icon-alert")).to_be_visible()
    expect(visitor.form.locator(".text .fault .icon-alert").first).to_be_hidden()
    ring, red = visitor.page.evaluate(
        """() => {
             const root = document.querySelector("munui-chat").shadowRoot;
             const fault = root.querySelector(".fault");
             return [getComputedStyle(root.activeElement).outlineColor, getComputedStyle(fault).color];
           }"""
    )
    assert ring == red
    wrong.fill("언제 도착하나요?")
    expect(alert).to_be_hidden()


@pytest.mark.parametrize("is_member", [False, True])
def test_finished_chats_are_told_apart(new_visitor: NewVisitor, host: Host, member: Member, is_member: bool) -> None:
    visitor = new_visitor().begin(host.url, member if is_member else None)
    visitor.chip("배송").click()
    _finish(visitor)
    visitor.page.get_by_role("button", name="새 대화").click()
    visitor.chip("배송").click()
    visitor.chip(ANOTHER).click()
    visitor.chip(WRITE).click()
    visitor.fill_form(제목="찻잔에 금이 갔어요")
    visitor.form.get_by_role("button", name="보내기").click()
    _finish(visitor)
    visitor.page.get_by_role("button", name="새 대화").click()
    expect(visitor.chips.first).to_be_visible()
    said = ["문의 유형을 선택해 주세요.", "찻잔에 금이 갔어요", "배송"]
    expect(_list(visitor)).to_have_text(said)
    visitor.page.reload()
    visitor.launcher.click()
    expect(visitor.chips.first).to_be_visible()
    expect(_list(visitor)).to_have_text(said)
    states = visitor.page.locator("munui-chat .state").evaluate_all("(all) => all.map((one) => one.innerHTML)")
    assert states[0] != states[1] == states[2]


def test_goodbye_is_said_once(visitor: Visitor, host: Host) -> None:
    visitor.begin(host.url)
    visitor.chip("배송").click()
    _finish(visitor)
    text = visitor.panel.inner_text()
    assert text.count("새 대화") == 2, text  # the flow's sentence, and the button
    assert visitor.says()[-1] == GOODBYE


@pytest.mark.parametrize("is_member", [False, True])
def test_a_consent_is_no_datum(new_visitor: NewVisitor, host: Host, member: Member, is_member: bool) -> None:
    visitor = new_visitor().begin(host.url, member if is_member else None)
    visitor.chip(WRITE).click()
    visitor.fill_form()
    visitor.form.get_by_role("button", name="보내기").click()
    summary = visitor.page.locator("munui-chat .summary")
    expect(summary.locator(".agreed")).to_have_text("개인정보 수집 동의예")
    expect(summary.locator(".agreed .icon-check")).to_be_visible()
    assert CONSENT not in summary.inner_text()


def _unread(new_visitor: NewVisitor, host: Host, member: Member, url: str, **options: Any) -> Visitor:
    """A member in front of a page, whose other device has left two messages unread."""
    phone = new_visitor().begin(host.url, member)
    phone.page.evaluate("addEventListener('pagehide', (event) => event.stopImmediatePropagation(), true)")
    return new_visitor(**options).go(url, member)


def test_what_is_unread_stands_beside_the_launcher(new_visitor: NewVisitor, host: Host, member: Member) -> None:
    visitor = _unread(new_visitor, host, member, f"{host.url}/?bot-name=온기")
    preview = visitor.page.locator("munui-chat .preview")
    expect(preview).to_contain_text("온기문의 유형을 선택해 주세요.")
    at, launcher = preview.bounding_box(), visitor.launcher.bounding_box()
    assert at is not None
    assert launcher is not None
    assert at["x"] + at["width"] <= launcher["x"]
    preview.get_by_role("button").first.click()
    expect(visitor.chip("배송")).to_be_visible()
    expect(preview).to_be_hidden()
    expect(visitor.badge).to_have_text("")


def test_a_preview_that_is_put_away_stays_away(new_visitor: NewVisitor, host: Host, member: Member) -> None:
    visitor = _unread(new_visitor, host, member, f"{host.url}/", viewport={"width": 320, "height": 568})
    preview = visitor.page.locator("munui-chat .preview")
    expect(preview).to_be_in_viewport(ratio=1)
    preview.get_by_role("button", name="이 메시지 치우기").click()
    expect(preview).to_be_hidden()
    expect(visitor.badge).to_have_text("2")
    visitor.page.reload()
    expect(visitor.badge).to_have_text("2")
    expect(preview).to_be_hidden()


def test_a_page_may_do_without_the_preview(new_visitor: NewVisitor, host: Host, member: Member) -> None:
    visitor = _unread(new_visitor, host, member, f"{host.url}/?preview=none")
    expect(visitor.badge).to_have_text("2")
    expect(visitor.page.locator("munui-chat .preview")).to_be_hidden()


def test_a_launcher_of_the_pages_own(new_visitor: NewVisitor, host: Host, member: Member) -> None:
    phone = new_visitor().begin(host.url, member)
    visitor = new_visitor()
    page = visitor.page
    page.goto(f"{host.url}/empty")
    visitor.know(member)
    page.goto(f"{host.page(body=OWN_LAUNCHER, before=OWN_SCRIPT)}?launcher=none")
    ask = page.locator("#ask")
    expect(ask).to_have_text("문의 2")
    assert visitor.heard("unread") == [{"count": 2}]
    assert page.evaluate("document.querySelector('munui-chat').unread") == 2
    expect(visitor.launcher).to_be_hidden()
    expect(page.locator("munui-chat .preview")).to_be_hidden()
    ask.click()
    expect(visitor.chip("배송")).to_be_visible()
    expect(ask).to_have_text("문의")
    page.keyboard.press("Escape")
    expect(visitor.panel).to_be_hidden()
    expect(ask).to_be_focused()
    assert [one["count"] for one in visitor.heard("unread")] == [2, 0]
    phone.page.close()


def test_no_launcher_is_drawn_before_the_chat_is_there(visitor: Visitor, host: Host) -> None:
    page = visitor.page
    page.route("**/assets/munui-*.js", lambda route: route.abort())
    page.goto(f"{host.url}/?launcher=none")
    page.wait_for_function("document.querySelector('munui-chat')?.shadowRoot")
    assert page.evaluate("document.querySelector('munui-chat').shadowRoot.childElementCount") == 0
