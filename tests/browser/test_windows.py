"""Small windows, fingers, print, other colours: what the chat takes of the window, and what it leaves to the page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import NewVisitor
from tests.browser.host import MAIN, Host
from tests.browser.in_page import in_page
from tests.browser.test_networks import TURNS, answer_once, stop_time
from tests.browser.visitor import OKAY, WRITE, Visitor
from tests.stack import Member

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}
LOW = [(481, 320), (640, 360), (740, 360), (844, 390), (1280, 460), (500, 420), (320, 460), (1280, 461), (1280, 520)]
TALL = MAIN + '<input id=behind><div style="height: 4000px; background: linear-gradient(red, blue)"></div>'


@pytest.mark.parametrize(("width", "height"), LOW)
def test_send_can_be_tapped_in_any_window(new_visitor: NewVisitor, host: Host, width: int, height: int) -> None:
    visitor = new_visitor(viewport={"width": width, "height": height}).begin(host.url)
    visitor.input.fill("안녕하세요")
    visitor.page.locator("munui-chat .send").click()
    expect(visitor.mine).to_have_text(["나: 안녕하세요"])
    box = visitor.panel.bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= box["x"] + box["width"] <= width
    assert 0 <= box["y"] <= box["y"] + box["height"] <= height
    visitor.panel.get_by_role("button", name="닫기").click()
    expect(visitor.launcher).to_be_visible()


def test_on_a_phone_the_chat_is_all_there_is(new_visitor: NewVisitor, host: Host) -> None:
    visitor = new_visitor(**PHONE).begin(host.page(body=TALL))
    page = visitor.page
    expect(page.get_by_role("dialog")).to_have_attribute("aria-modal", "true")
    # What is inert is in nobody's tree: neither the page's heading nor its field is there.
    assert page.locator("body").evaluate("(body) => body.inert")
    page.evaluate("document.querySelector('#behind').focus()")
    assert page.evaluate("document.activeElement.id") != "behind"
    page.evaluate("scrollTo(0, 500)")
    page.mouse.wheel(0, 500)
    assert page.evaluate("getComputedStyle(document.documentElement).overflowY") == "hidden"
    visitor.panel.get_by_role("button", name="닫기").tap()
    expect(visitor.launcher).to_be_focused()
    page.wait_for_function(
        """() => !document.body.inert && getComputedStyle(document.documentElement).overflowY === "visible"
                 && !document.adoptedStyleSheets.length"""
    )


def test_what_the_page_had_made_inert_stays_so(new_visitor: NewVisitor, host: Host) -> None:
    visitor = new_visitor(**PHONE).go(
        host.page(body="<main inert>x</main><section>y<munui-chat></munui-chat></section>")
    )
    visitor.open()
    inert = "[...document.querySelectorAll('main, section')].map((one) => one.inert)"
    assert visitor.page.evaluate(inert) == [True, False]
    visitor.panel.get_by_role("button", name="닫기").click()
    assert visitor.page.evaluate(inert) == [True, False]


def test_a_window_that_becomes_small_or_large(visitor: Visitor, host: Host) -> None:
    visitor.begin(host.url)
    page = visitor.page
    for width, modal in ((390, "true"), (1000, None), (480, "true")):
        page.set_viewport_size({"width": width, "height": 700})
        page.wait_for_function("(inert) => document.body.inert === inert", arg=modal == "true")
        expect(visitor.panel.and_(page.locator("[aria-modal=true]"))).to_have_count(1 if modal else 0)
    page.evaluate("document.querySelector('munui-chat').remove()")
    page.wait_for_function("!document.body.inert && !document.adoptedStyleSheets.length")


def swipe(page: Page, devtools: CDPSession, x: float, y: float, by: int) -> int:
    """How far the page has moved as a finger went over it. Where it is to move: that may take some frames more."""
    page.evaluate("scrollTo(0, 300)")
    for step in range(11):
        at = [] if step == 10 else [{"x": x, "y": y + by * step / 10}]
        kind = "touchStart" if step == 0 else "touchMove" if at else "touchEnd"
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    moved: int = page.evaluate("scrollY - 300")
    return moved


@pytest.mark.parametrize("part", [".header", ".bottom", ".input", ".log", ".chip", ".banner"])
def test_a_swipe_over_the_chat_does_not_scroll_the_page(new_visitor: NewVisitor, host: Host, part: str) -> None:
    # A tablet: the page can be seen and reached beside the panel.
    visitor = new_visitor(viewport={"width": 900, "height": 800}, has_touch=True, is_mobile=True)
    visitor.begin(host.page(body=TALL))
    page = visitor.page
    if part == ".banner":
        page.add_init_script(
            "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
        )
        page.reload()
        visitor.open()
        visitor.chip("배송").click()
    devtools = page.context.new_cdp_session(page)
    box = page.locator(f"munui-chat {part}").first.bounding_box()
    assert box is not None
    for by in (-150, 150):
        assert swipe(page, devtools, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, by) == 0
    swipe(page, devtools, 100, 400, -150)
    page.wait_for_function("scrollY > 300")


def test_what_can_scroll_in_the_chat_does(new_visitor: NewVisitor, host: Host) -> None:
    visitor = new_visitor(viewport={"width": 900, "height": 500}, has_touch=True, is_mobile=True).begin(
        host.page(body=TALL)
    )
    visitor.chip(WRITE).click()
    expect(visitor.form).to_be_visible()
    devtools = visitor.page.context.new_cdp_session(visitor.page)
    visitor.log.evaluate("(log) => { log.scrollTop = 0 }")
    box = visitor.log.bounding_box()
    assert box is not None
    assert swipe(visitor.page, devtools, box["x"] + 100, box["y"] + 100, -120) == 0
    visitor.page.wait_for_function(
        "document.querySelector('munui-chat').shadowRoot.querySelector('.log').scrollTop > 0"
    )


def test_a_countdown_is_announced_once(visitor: Visitor, host: Host, member: Member) -> None:
    visitor.page.clock.install()
    visitor.begin(host.url, member)
    stop_time(visitor)
    answer_once(visitor, 503, "upstream_unavailable", **{"Retry-After": "4"})
    visitor.page.evaluate(in_page("announced"))
    visitor.chip("배송").click()
    expect(visitor.banner).to_contain_text("초 뒤에 다시 시도할게요")
    visitor.page.clock.run_for(4000)
    expect(visitor.chip(OKAY)).to_be_visible()
    expect(visitor.banner).to_have_count(0)
    visitor.page.wait_for_function("window.announced.at(-1) === ''")
    assert visitor.page.evaluate("window.announced") == ["지금은 답하기 어려워요.", ""]
    assert visitor.page.evaluate("window.counted.size") > 3  # the eyes saw it count


def test_it_stays_out_of_print(visitor: Visitor, host: Host) -> None:
    visitor.begin(host.page(style="* { display: block !important }"))
    visitor.page.emulate_media(media="print")
    expect(visitor.panel).to_be_hidden()
    expect(visitor.launcher).to_be_hidden()
    visitor.page.emulate_media(media="screen")
    expect(visitor.panel).to_be_visible()


@pytest.mark.parametrize("text", ["ko", "en"])
def test_a_page_that_is_written_from_the_right(new_visitor: NewVisitor, host: Host, text: str) -> None:
    """The chat lies at the other side, as the page's own things do; its own lines begin at the left."""
    visitor = new_visitor().begin(f"{host.page(root=' dir=rtl')}?locale={text}")
    page = visitor.page
    width = page.evaluate("innerWidth")
    launcher, panel = visitor.launcher.bounding_box(), visitor.panel.bounding_box()
    assert launcher is not None
    assert panel is not None
    assert launcher["x"] == panel["x"] == 20
    assert panel["width"] == 384 < width
    parts = visitor.page.locator("munui-chat").locator(".panel, .header, .hero, .status, .bottom")
    assert {one.evaluate("(one) => getComputedStyle(one).direction") for one in parts.all()} == {"ltr"}
    close, title = visitor.panel.locator(".round").last.bounding_box(), visitor.panel.locator("h2").bounding_box()
    assert close is not None
    assert title is not None
    assert title["x"] < close["x"]


CONTRAST = in_page("contrast")
# A part's text, and the ground that it is on.
PAIRS = (
    [".user .bubble", ".user .bubble"], [".bot .bubble", ".bot .bubble"], [".launcher", ".launcher"],
    [".chip", ".chip"], [".status", ".header"], [".header .avatar", ".header .avatar"],
    [".day span", ".body"], [".who", ".body"], [".meta", ".body"], [".input", ".bottom"],
)  # fmt: skip
ACCENTS = [
    "#ffd400",
    "#ffffff",
    "#000000",
    "#3257e8",
    "#e60023",
    "#00c73c",
    "#fee500",
    "#767676",
    "#ff7a00",
    "#8b5cf6",
    "pink",
    "rgb(0 120 120)",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_stands_on_any_accent_can_be_read(new_visitor: NewVisitor, host: Host, scheme: str) -> None:
    visitor = new_visitor(color_scheme=scheme).begin(host.url)
    visitor.write("안녕하세요")
    expect(visitor.mine).to_have_count(1)
    found = {}
    for accent in ACCENTS:
        visitor.page.evaluate(
            "(accent) => document.querySelector('munui-chat').style.setProperty('--munui-accent', accent)", accent
        )
        for pair in PAIRS:
            found[accent, *pair] = visitor.page.evaluate(CONTRAST, pair)
    assert {key: round(value, 2) for key, value in found.items() if value < 4.5} == {}


def test_in_forced_colours_nothing_disappears(new_visitor: NewVisitor, host: Host, member: Member) -> None:
    visitor = new_visitor(forced_colors="active").begin(host.url, member)
    held = []
    visitor.page.route(TURNS, lambda route: held.append(route), times=1)  # noqa: PLW0108 - it has to be a Python function
    visitor.write("기다려 볼게요")
    expect(visitor.page.locator("munui-chat .typing")).to_be_visible()
    seen = """([selector, pseudo, ground]) => {
      const root = document.querySelector("munui-chat").shadowRoot;
      const colour = (one, pseudo) => getComputedStyle(root.querySelector(one), pseudo).backgroundColor;
      return colour(selector, pseudo) !== colour(ground);
    }"""
    assert visitor.page.evaluate(seen, [".status", "::before", ".header"])
    assert visitor.page.evaluate(seen, [".typing i", None, ".typing"])
    for part in (".bubble", ".panel", ".send", ".launcher"):
        border = visitor.page.locator(f"munui-chat {part}").first.evaluate(
            "(one) => getComputedStyle(one).borderTopWidth"
        )
        assert border == "1px"
    held[0].continue_()
