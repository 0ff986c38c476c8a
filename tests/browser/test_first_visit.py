"""Somebody signs up on our page, asks, reloads, and leaves; somebody else sees nothing of it. All with the cookie."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from tests.browser.holding import Held
from tests.browser.visitor import GREETING, Visitor
from tests.stack import PASSWORD, Member
from tests.stack import sign_up as new_member
from tests.words import a_word

QUESTION = "배송이 언제 오나요?"
THOUGHT = "속마음"
NewContext = Callable[..., BrowserContext]


def sign_up(page: Page, server: AppServer) -> str:
    """Make an account on the page; the address."""
    email = f"visitor-{a_word()}@example.com"
    page.goto(f"{server.url}/sign-up")
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    expect(page.get_by_role("button", name="로그아웃")).to_be_visible()
    return email


def sign_in(context: BrowserContext, server: AppServer, member: Member) -> None:
    """As another tab does it of which the open ones hear nothing."""
    form = {"email": member.email, "password": member.password}
    context.request.post(f"{server.url}/sign-in", form=form, headers={"Origin": server.url})


def kept(page: Page) -> str:
    """What the browser keeps for this tab."""
    return str(page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})"))


def test_a_member_asks_reloads_and_leaves_nothing_to_the_next(server: AppServer, new_context: NewContext) -> None:
    context = new_context()
    page = context.new_page()
    sign_up(page, server)
    page.goto(server.url)
    visitor = Visitor(page)
    visitor.open()
    expect(visitor.log).to_contain_text(GREETING)
    visitor.took()
    visitor.write(QUESTION)
    expect(visitor.log).to_contain_text("확실한 답을 찾지 못했어요")
    assert [call.split()[0] for call in visitor.took()] == ["POST"]
    page.reload()
    visitor.open()
    expect(visitor.log).to_contain_text(QUESTION)
    expect(visitor.log).to_contain_text("확실한 답을 찾지 못했어요")
    visitor.input.fill(THOUGHT)
    beside = Visitor(context.new_page())
    beside.go(server.url).launcher.click()
    expect(beside.log).to_contain_text(QUESTION)
    beside.input.fill(THOUGHT)

    page.goto(f"{server.url}/account")
    assert THOUGHT in kept(page)
    page.get_by_role("button", name="로그아웃").click()
    expect(page.get_by_role("link", name="로그인", exact=True).first).to_be_visible()
    # The other tab hears of it: nothing typed or said is left there either.
    expect(beside.log).to_contain_text(GREETING)
    expect(beside.log).not_to_contain_text(QUESTION)
    expect(beside.input).to_have_value("")
    assert THOUGHT not in kept(page) + kept(beside.page)
    begun = Held(beside.page, "**/api/v1/conversations", "POST")
    sign_up(page, server)
    page.goto(server.url)
    other = Visitor(page)
    other.open()
    expect(other.log).to_contain_text(GREETING)
    assert QUESTION not in (other.log.text_content() or "")
    assert QUESTION not in kept(page)
    # Who comes next comes to the other tab, too, and into the same conversation, however late that tab begins it: else
    # they would write where nobody finds it.
    begun.come().let_go()
    other.write("다음 사람이에요")
    expect(beside.mine).to_have_text(["나: 다음 사람이에요"])
    assert visitor.faults == beside.faults == other.faults == []


def test_who_signs_out_leaves_every_tab_whoever_it_takes_the_member_for(
    server: AppServer, new_context: NewContext
) -> None:
    """A page that was made for somebody else, and came late, says that they are here; the cookie knows better."""
    page = new_context().new_page()
    sign_up(page, server)
    page.goto(server.url)
    member = Visitor(page)
    member.open()
    member.write(QUESTION)
    expect(member.log).to_contain_text("확실한 답을 찾지 못했어요")
    beside = Visitor(page.context.new_page())
    beside.go(server.url).launcher.click()
    expect(beside.log).to_contain_text(QUESTION)
    beside.page.evaluate("document.querySelector('munui-chat').setAttribute('member', crypto.randomUUID())")
    expect(beside.banner).to_be_visible()
    page.goto(f"{server.url}/account")
    page.get_by_role("button", name="로그아웃").click()
    expect(beside.log).to_contain_text(GREETING)
    expect(beside.log).not_to_contain_text(QUESTION)


def test_a_guest_keeps_the_chat_after_signing_in_on_our_page(server: AppServer, new_context: NewContext) -> None:
    page = new_context().new_page()
    page.goto(server.url)
    guest = Visitor(page)
    guest.open()
    guest.chip("배송").click()
    expect(guest.log).to_contain_text("평일 오후 2시")
    sign_up(page, server)
    page.goto(server.url)
    member = Visitor(page)
    member.launcher.click()
    page.locator("munui-chat").get_by_role("button", name="가져오기", exact=True).click()
    member.panel.get_by_role("listitem").get_by_role("button").click()
    expect(member.log).to_contain_text("평일 오후 2시")
    assert page.evaluate("Object.values(localStorage).filter((kept) => kept.includes('평일 오후 2시')).length") == 0


def test_what_is_sent_while_the_conversation_still_opens_goes_out_then(
    server: AppServer, new_context: NewContext
) -> None:
    page = new_context().new_page()
    sign_up(page, server)
    begun = Held(page, "**/api/v1/conversations", "POST")
    page.goto(server.url)
    visitor = Visitor(page)
    visitor.launcher.click()
    begun.come()
    visitor.write(QUESTION)
    expect(visitor.input).to_have_value(QUESTION)
    begun.let_go()
    expect(visitor.log).to_contain_text("확실한 답을 찾지 못했어요")
    assert visitor.says().count(QUESTION) == 1
    expect(visitor.input).to_have_value("")


def test_what_is_not_sent_yet_goes_out_as_nobody_else(
    stack: LocalStack, server: AppServer, new_context: NewContext
) -> None:
    context = new_context()
    first, second = (new_member(stack) for _ in range(2))
    sign_in(context, server, first)
    page = context.new_page()
    page.goto(server.url)
    visitor = Visitor(page).open()
    context.set_offline(True)
    visitor.write(QUESTION)
    expect(visitor.mine).to_have_count(1)
    sign_in(context, server, second)
    context.set_offline(False)
    expect(visitor.banner.filter(has_text="다시 로그인해 주세요")).to_be_visible()
    expect(visitor.mine).to_have_count(1)
    assert context.request.get(f"{server.url}/api/v1/conversations").json()["conversations"] == []
    sign_in(context, server, first)
    # Another tab with the chat tells that they are there again: what waited goes on by itself.
    context.new_page().goto(server.url)
    expect(visitor.log).to_contain_text("확실한 답을 찾지 못했어요")
    expect(visitor.mine).to_have_text([f"나: {QUESTION}"])
