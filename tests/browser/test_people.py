"""Everybody can use it, by keyboard, on a small screen, in the dark, in Korean; and nobody can abuse it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser import axe
from tests.browser.axe import AXE
from tests.browser.conftest import NewVisitor
from tests.browser.host import Host
from tests.browser.visitor import GREETING, OKAY, WRITE, Visitor
from tests.stack import Member

WAYS = {"light": {}, "dark": {"color_scheme": "dark"}, "small": {"viewport": {"width": 320, "height": 568}}}
# What was drawn is on the screen, and the log has heard where it stands: two scrolls in one frame are one.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def faults(visitor: Visitor) -> list[str]:
    """What axe finds in the chat."""
    # Colours are looked at when nothing moves any more.
    visitor.page.wait_for_function(
        """() => document.querySelector("munui-chat").shadowRoot.getAnimations()
                 .every((one) => one.playState === "finished")"""
    )
    return axe.faults(visitor.page, "munui-chat")


@pytest.fixture(params=WAYS)
def watched(request: pytest.FixtureRequest, new_visitor: NewVisitor, host: Host) -> Visitor:
    """A guest in front of a page that axe can look at."""
    visitor = new_visitor(reduced_motion="reduce", bypass_csp=True, **WAYS[request.param])
    visitor.go(f"{host.url}/")
    visitor.page.add_script_tag(path=AXE)
    return visitor


def test_axe_finds_nothing_on_any_state(watched: Visitor) -> None:
    assert faults(watched) == [], "closed"
    watched.open()
    assert faults(watched) == [], "chips"
    watched.write("https://example.com/ 봐 주세요")
    watched.chip(WRITE).click()
    expect(watched.form).to_be_visible()
    assert faults(watched) == [], "form"
    watched.submit()
    expect(watched.form.get_by_role("alert")).not_to_be_empty()
    assert faults(watched) == [], "faults of a form"
    watched.fill_form()
    watched.submit()
    expect(watched.chip(OKAY)).to_be_visible()
    watched.input.fill("가" * 4001)
    assert faults(watched) == [], "summary, and a text that is too long"
    watched.input.fill("")
    watched.page.context.set_offline(True)
    expect(watched.banner).to_be_visible()
    assert faults(watched) == [], "offline"
    watched.page.context.set_offline(False)
    watched.chip(OKAY).click()
    expect(watched.input).to_be_hidden()
    assert faults(watched) == [], "completed"
    watched.panel.get_by_role("button", name="대화 목록").click()
    assert faults(watched) == [], "list"


def test_everything_goes_by_keyboard(visitor: Visitor, host: Host) -> None:
    page = visitor.go(host.url).page
    visitor.launcher.focus()
    page.keyboard.press("Enter")
    expect(visitor.input).to_be_focused()
    # Before they are there, there is nothing to go back to.
    expect(visitor.chips.last).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(visitor.chips.last).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(visitor.chip(WRITE)).to_be_focused()
    page.keyboard.press("Enter")
    expect(visitor.form).to_be_visible()
    expect(visitor.log).to_be_focused()
    page.keyboard.press("Tab")
    expect(visitor.form.get_by_label("이름", exact=True)).to_be_focused()
    visitor.form.get_by_role("button").first.focus()
    page.keyboard.press("Enter")
    expect(visitor.form.get_by_label("이름", exact=True)).to_be_focused()
    expect(visitor.form.get_by_label("이름", exact=True)).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Escape")
    expect(visitor.panel).to_be_hidden()
    expect(visitor.launcher).to_be_focused()


def test_the_focus_stays_in_a_panel_that_covers_the_page(new_visitor: NewVisitor, host: Host) -> None:
    visitor = new_visitor(viewport={"width": 320, "height": 568}).begin(host.url)
    for _ in range(12):
        visitor.page.keyboard.press("Tab")
        assert visitor.page.evaluate("document.activeElement.localName") == "munui-chat"


def test_the_enter_that_ends_a_syllable_does_not_send(visitor: Visitor, host: Host) -> None:
    visitor.begin(host.url)
    visitor.input.fill("안녕하세")
    for options in ({"isComposing": True}, {"keyCode": 229}):
        visitor.input.dispatch_event("keydown", {"key": "Enter", "bubbles": True, "cancelable": True, **options})
    expect(visitor.mine).to_have_count(0)
    visitor.input.press("Shift+Enter")
    expect(visitor.mine).to_have_count(0)
    visitor.input.fill("안녕하세요")
    visitor.input.press("Enter")
    expect(visitor.mine).to_have_text(["나: 안녕하세요"])


def test_it_fits_a_small_screen(new_visitor: NewVisitor, host: Host) -> None:
    visitor = new_visitor(viewport={"width": 320, "height": 568}).begin(host.url)
    visitor.write("가나다라마바사" * 40 + " https://example.com/" + "x" * 300 + " العربية 👩‍👩‍👧‍👦")
    visitor.chip(WRITE).click()
    expect(visitor.form).to_be_visible()
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert visitor.log.evaluate("(log) => log.scrollWidth - log.clientWidth") == 0
    wide = visitor.panel.evaluate(
        """(panel) => [...panel.querySelectorAll("*")]
                       .filter((one) => one.offsetParent && one.getBoundingClientRect().right > 320.5).length"""
    )
    assert wide == 0


@pytest.mark.parametrize("is_member", [False, True])
def test_nothing_that_is_written_is_html(new_visitor: NewVisitor, host: Host, member: Member, is_member: bool) -> None:
    visitor = new_visitor().begin(host.url, member if is_member else None)
    attack = (
        '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script> javascript:alert(1) "><svg onload=alert(1)>'
    )
    visitor.write(attack)
    expect(visitor.mine.first).to_contain_text(attack)
    visitor.chip(WRITE).click()
    visitor.fill_form(제목="<b onclick=alert(1)>굵게</b>", 내용=attack)
    visitor.submit()
    expect(visitor.page.locator("munui-chat .summary")).to_contain_text(attack)
    expect(visitor.chip(OKAY)).to_be_visible()
    visitor.page.reload()
    visitor.launcher.click()
    expect(visitor.mine.first).to_contain_text(attack)
    assert visitor.page.evaluate("window.hurt") is None
    assert visitor.page.locator("munui-chat .bubble :is(img, script, svg, b)").count() == 0


def test_links_are_safe(visitor: Visitor, host: Host) -> None:
    visitor.begin(host.url)
    visitor.write("(https://example.com/a_(b)?c=1&d=2), javascript:alert(1) data:text/html,x HTTP://example.org/한글.")
    links = visitor.mine.first.get_by_role("link")
    expect(links).to_have_count(2)
    assert [link.get_attribute("href") for link in links.all()] == [
        "https://example.com/a_(b)?c=1&d=2",
        "HTTP://example.org/한글",
    ]
    for link in links.all():
        assert link.get_attribute("rel") == "noopener noreferrer nofollow"
        assert link.get_attribute("target") == "_blank"


def test_the_host_page_stays_as_it_was(visitor: Visitor, host: Host) -> None:
    visitor.page.goto(f"{host.url}/empty")
    bare = visitor.page.evaluate("Object.keys(window)")
    visitor.begin(host.url)
    assert set(visitor.page.evaluate("Object.keys(window)")) - set(bare) <= {"asked", "heard"}
    assert visitor.page.evaluate("document.head.querySelectorAll('style').length") == 1
    assert visitor.page.evaluate("[...document.body.children].map((one) => one.localName)") == [
        "main",
        "script",
        "script",
    ]
    assert visitor.page.evaluate("[...document.documentElement.children].map((one) => one.localName)") == [
        "head",
        "body",
        "munui-chat",
    ]


def test_a_long_history_loads_upwards_without_a_jump(new_visitor: NewVisitor, host: Host) -> None:
    visitor = new_visitor(reduced_motion="reduce").begin(host.url)
    for number in range(12):
        visitor.chip("배송").click()
        visitor.write(f"글 {number}")
        expect(visitor.mine.last).to_have_text(f"나: 글 {number}")
    expect(visitor.unsent).to_have_count(0)
    visitor.page.reload()
    visitor.launcher.click()
    expect(visitor.chip("배송")).to_be_visible()
    visitor.page.evaluate(DRAWN)
    before = visitor.bubbles.count()
    first = visitor.mine.first.element_handle()
    place = visitor.log.evaluate(
        "(log) => { log.scrollTop = 40; return log.querySelector('.user .bubble').getBoundingClientRect().top }"
    )
    expect(visitor.page.get_by_text(GREETING)).to_be_attached()
    assert visitor.bubbles.count() > before
    assert abs(first.evaluate("(one) => one.getBoundingClientRect().top") - place) < 2


def test_who_reads_further_up_is_told_of_news(new_visitor: NewVisitor, host: Host, member: Member) -> None:
    phone = new_visitor().begin(host.url, member)
    for number in range(6):
        phone.write(f"글 {number}")
        expect(phone.mine.last).to_have_text(f"나: 글 {number}")
    expect(phone.unsent).to_have_count(0)
    laptop = new_visitor(viewport={"width": 800, "height": 500}).begin(host.url, member)
    laptop.page.evaluate(DRAWN)
    laptop.log.evaluate("(log) => { log.scrollTop = 0 }")
    laptop.page.evaluate(DRAWN)
    phone.chip("배송").click()
    expect(phone.chip(OKAY)).to_be_visible()
    laptop.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    news = laptop.page.get_by_role("button", name="새 메시지")
    expect(news).to_be_visible()
    news.click()
    expect(laptop.chip(OKAY)).to_be_in_viewport()
    expect(news).to_be_hidden()


@pytest.mark.parametrize("unseen", ["\u3164", "\u200b\u200b", "\u2800 \xad", "\x1c\u200e"], ids=ascii)
def test_what_shows_nothing_is_not_sent(visitor: Visitor, host: Host, unseen: str) -> None:
    visitor.begin(f"{host.url}/")
    visitor.write(unseen)
    expect(visitor.page.locator("munui-chat .send")).to_be_disabled()
    expect(visitor.mine).to_have_count(0)
    visitor.write(f"{unseen}가")
    expect(visitor.mine).to_have_count(1)


def test_a_name_that_shows_nothing_is_missing(visitor: Visitor, host: Host) -> None:
    visitor.begin(f"{host.url}/")
    visitor.chip(WRITE).click()
    visitor.fill_form(이름="\u3164\u200b")
    visitor.took()
    visitor.submit()
    expect(visitor.form.get_by_label("이름", exact=True)).to_have_attribute("aria-invalid", "true")
    assert visitor.took() == []


@pytest.mark.parametrize(
    ("address", "number"), [("한글@한글.한국", "(02) 123-4567"), ("me@한글.kr", "０１０－１２３４－５６７８")]
)
def test_numbers_and_addresses_are_taken_as_people_write_them(
    visitor: Visitor, host: Host, address: str, number: str
) -> None:
    visitor.begin(f"{host.url}/")
    visitor.chip(WRITE).click()
    visitor.fill_form(이메일=address)
    visitor.form.get_by_label("전화번호").fill(number)
    visitor.submit()
    expect(visitor.chip(OKAY)).to_be_visible()
    expect(visitor.page.locator("munui-chat .summary")).to_contain_text(address)
    expect(visitor.page.locator("munui-chat .summary")).to_contain_text(number)
    assert f"문의가 접수됐어요. {address} 주소로 답변을 보내 드릴게요." in visitor.says()


def test_a_slip_in_an_address_is_found_before_anything_is_sent(visitor: Visitor, host: Host) -> None:
    visitor.begin(f"{host.url}/")
    visitor.chip(WRITE).click()
    visitor.fill_form(이메일="hana@example")
    visitor.took()
    visitor.submit()
    expect(visitor.form.get_by_label("이메일", exact=True)).to_have_attribute("aria-invalid", "true")
    assert visitor.took() == []
