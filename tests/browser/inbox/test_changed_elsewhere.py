"""What a screen that is open all day must hear of: team and labels, colleagues who left, a killed server."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page, expect

from scripts.local import LocalStack
from tests.browser.holding import Held
from tests.browser.inbox.conftest import NewCustomer, NewScreen
from tests.browser.inbox.people import Customer, Person, Team, hire
from tests.browser.inbox.screen import Screen
from tests.browser.inbox.talk import Talk, heard
from tests.stack import connect
from tests.web.server import a_port, gunicorn
from tests.words import a_word

STREAM = "**/api/v1/inbox/events"
ME = "**/api/v1/inbox/me"
# As when a line goes dead: nothing of it can be told from outside the page.
CAN_BE_CUT = """
  const ask = window.fetch;
  window.fetch = (url, options = {}) => {
    if (!String(url).endsWith("/inbox/events")) return ask(url, options);
    const line = new AbortController();
    window.cut = () => line.abort();
    return ask(url, { ...options, signal: AbortSignal.any([options.signal, line.signal]) });
  };
"""

HURRY = "document.querySelector('inbox-shell').desk.live.hurry()"
# A tab that somebody comes back to, here when it has just heard of a sign-out, looks who is there.
COMES_BACK = """() => {
  window.tabs = new BroadcastChannel(`munui ${location.origin}`);
  window.tabs.onmessage = () => dispatchEvent(new Event("focus"));
}"""
COUNTS_RETURNS = """
  window.returns = 0;
  const { api } = document.querySelector("inbox-shell").desk;
  api.addEventListener("session", () => (window.returns += api.isSignedOut ? 0 : 1));
"""


@pytest.fixture
def customer(new_customer: NewCustomer) -> Customer:
    """Somebody who waits."""
    return new_customer("이하나")


@pytest.fixture
def talk(new_screen: NewScreen, customer: Customer) -> Talk:
    """Their conversation, open."""
    return Talk(new_screen(), customer).open()


def test_what_an_admin_adds_is_there_to_choose(talk: Talk, team: Team, stack: LocalStack) -> None:
    name, page = f"새 라벨 {a_word()}", talk.page
    # A menu waits for the team no longer than a moment, and as often as somebody looks it is asked for once in a while.
    talk.screen.stop_clock()
    talk.open()
    team.ask("POST", "/labels", name=name)
    colleague = hire(stack, f"새동료{a_word()}")
    talk.button("담당자").click()
    expect(page.get_by_role("group", name="담당자").get_by_role("button", name=colleague.name)).to_be_visible()
    expect(page.locator("inbox-beside").get_by_role("button", name=name)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="담당자")).to_have_count(0)
    asked = talk.screen.calls.count("GET /api/v1/inbox/operators")
    for _ in range(3):
        talk.button("담당자").click()
        expect(page.get_by_role("group", name="담당자")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("group", name="담당자")).to_have_count(0)
    assert talk.screen.calls.count("GET /api/v1/inbox/operators") == asked == 1


def test_who_left_while_nothing_was_heard_is_not_shown(
    new_screen: NewScreen, customer: Customer, admin: Person
) -> None:
    screen = new_screen()
    screen.page.add_init_script(CAN_BE_CUT)
    talk = Talk(screen, customer).open()
    theirs = Talk(new_screen(admin), customer).open()
    viewers = talk.page.locator(".viewers")
    expect(viewers).to_have_attribute("title", f"함께 보고 있어요: {admin.name}")
    tries = Held(talk.page, STREAM)
    talk.page.evaluate("window.cut()")
    # It tries again by itself, after a while; here at once, and once more where that was in vain.
    talk.page.evaluate(HURRY)
    tries.come()
    with theirs.page.expect_response("**/presence"):
        theirs.screen.view("완료").click()
    talk.page.evaluate(HURRY)
    tries.refuse(503, "upstream_unavailable")
    expect(viewers).to_have_count(0)


def asking_too(talk: Talk, member_id: str) -> Page:
    """In the shop's chat they ask something, as the member they are too: here, in another tab, and on its way."""
    begun = f"munui.v1.draft.{member_id}.next"
    talk.page.evaluate("key => sessionStorage.setItem(key, JSON.stringify('쓰다 만 문의'))", begun)
    shop = talk.page.context.new_page()
    shop.goto(talk.screen.url)
    shop.locator("munui-chat .launcher").click()
    shop.locator("munui-chat .input").fill("쓰다 만 문의")
    event = {"type": "text", "content": "보내다 만 문의"}
    entry = {"conversationId": "one", "clientMessageId": "1", "event": event, "at": 1, "failure": "internal"}
    talk.page.evaluate(
        "([key, entry]) => localStorage.setItem(key, JSON.stringify(entry))",
        [f"munui.v1.outbox.{member_id}.1", entry],
    )
    return shop


def test_who_signs_out_leaves_nothing_behind_and_is_asked_before(talk: Talk, agent: Person) -> None:
    page = talk.page
    shop = asking_too(talk, agent.member.id)
    talk.write("쓰다 만 답장")
    page.get_by_role("button", name="로그아웃").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("보내지 않은 글 1개가")
    dialog.get_by_role("button", name="취소").click()
    expect(talk.reply).to_have_value("쓰다 만 답장")
    # Nobody is signed out by a request that does not arrive, and nothing is deleted.
    page.context.set_offline(True)
    page.get_by_role("button", name="로그아웃").click()
    dialog.get_by_role("button", name="로그아웃").click()
    expect(talk.fault).to_contain_text("서버에 연결하지 못했어요.")
    expect(talk.reply).to_have_value("쓰다 만 답장")
    page.context.set_offline(False)
    page.get_by_role("button", name="로그아웃").click()
    dialog.get_by_role("button", name="로그아웃").click()
    page.wait_for_url(f"{talk.screen.url}/")
    expect(shop.locator("munui-chat .input")).not_to_have_value("쓰다 만 문의")
    for tab in (page, shop):
        assert "다 만" not in tab.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    page.goto(f"{talk.screen.url}/inbox")
    expect(page.get_by_label("비밀번호")).to_be_visible()
    # Nothing is left, so nothing is asked.
    talk.screen.sign_in(agent)
    talk.open()
    expect(talk.reply).to_have_value("")
    page.get_by_role("button", name="로그아웃").click()
    page.wait_for_url(f"{talk.screen.url}/")


def test_who_signs_out_in_one_tab_is_gone_from_the_others(new_screen: NewScreen, talk: Talk, agent: Person) -> None:
    page = talk.page
    other = Talk(new_screen(context=page.context), talk.customer).open()
    page.evaluate(COMES_BACK)
    home = Held(page, f"{talk.screen.url}/")
    page.get_by_role("button", name="로그아웃").click()
    home.come()
    expect(other.page.get_by_label("비밀번호")).to_be_visible()
    # The tab itself goes where it is to go, however long that takes.
    home.let_go()
    page.wait_for_url(f"{talk.screen.url}/")


def test_who_signs_out_on_another_page_is_gone_from_the_inbox_however_slowly(talk: Talk) -> None:
    page, site = talk.page, talk.page.context.new_page()
    bar = page.get_by_text("로그인이 만료되었어요.")
    site.goto(talk.screen.url)
    # What was asked for before, and the sign-out itself, of which the inbox hears before the service does.
    late, leaving = Held(page, ME, is_answered=True), Held(site, "**/sign-out", "POST")
    page.evaluate("() => { window.asked = document.querySelector('inbox-shell').desk.api.get('/me'); }")
    late.come()
    site.get_by_role("button", name="로그아웃").click(no_wait_after=True)
    leaving.come()
    expect(bar).to_be_visible()
    late.let_go()
    page.evaluate("window.asked")
    expect(bar).to_be_visible()
    # As long as that is on its way they are still signed in.
    with page.expect_response(ME) as looked:
        pass
    assert looked.value.status == 200
    leaving.let_go()
    expect(page.get_by_label("비밀번호")).to_be_visible()


def test_who_signs_out_on_another_page_leaves_nothing_in_the_inbox(talk: Talk) -> None:
    page = talk.page
    talk.write("쓰다 만 답장")
    page.goto(talk.screen.url)
    assert "쓰다 만 답장" in page.evaluate("JSON.stringify({...localStorage})")
    page.get_by_role("button", name="로그아웃").click()
    expect(page.get_by_role("link", name="로그인").first).to_be_visible()
    assert "쓰다 만 답장" not in page.evaluate("JSON.stringify({...localStorage})")


def test_what_is_refused_once_somebody_has_signed_out_is_not_kept(
    new_screen: NewScreen, talk: Talk, agent: Person
) -> None:
    page, other = talk.page, new_screen(context=talk.page.context).go().page
    sent = Held(page, "**/messages", "POST")
    # This tab goes as well, once it has asked who is here.
    page.route(ME, lambda _: None)
    talk.send("가던 답장")
    sent.come()
    other.get_by_role("button", name="로그아웃").click()
    other.get_by_role("dialog").get_by_role("button", name="로그아웃").click()
    other.wait_for_url(f"{talk.screen.url}/")
    sent.refuse(409, "conversation_completed")
    # Who sends has it locked until it knows what became of it.
    lock = f"munui inbox outbox {agent.id} {talk.customer.conversation}"
    page.evaluate("name => navigator.locks.request(name, () => {})", lock)
    expect(talk.unsent).to_have_count(0)
    assert "가던 답장" not in page.evaluate("JSON.stringify({...localStorage})")


def test_a_tab_may_stay_whose_it_is_while_somebody_else_is_signed_in(
    new_screen: NewScreen, admin: Person, agent: Person
) -> None:
    screen = new_screen(admin)
    page, asked = screen.page, []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    def look() -> None:
        with page.expect_response("**/api/v1/inbox/me"):
            page.clock.run_for(3000)

    page.on("dialog", stay)
    # By itself it would ask who is here at any moment.
    screen.stop_clock().go("/settings/hours")
    minutes, bar = page.locator("#expected"), page.get_by_text("로그인이 만료되었어요.")
    minutes.fill("17")
    minutes.blur()
    screen.sign_in(agent)
    page.evaluate(HURRY)
    expect(bar).to_be_visible()
    page.evaluate(COUNTS_RETURNS)
    for _ in range(3):
        look()
    # Once, and what is not saved is still there; nothing is asked again and again as who is not signed in.
    assert asked == ["beforeunload"]
    assert page.evaluate("window.returns") == 0
    expect(minutes).to_have_value("17")
    screen.sign_in(admin)
    look()
    expect(bar).to_have_count(0)
    expect(minutes).to_have_value("17")
    # Who comes once more may have the tab, now that nothing keeps it.
    page.get_by_role("button", name="되돌리기").click()
    screen.sign_in(agent)
    page.evaluate(HURRY)
    expect(bar).to_be_visible()
    look()
    expect(page.locator("inbox-nav .name")).to_have_text(agent.name)


def test_a_reply_goes_once_through_a_server_that_is_killed(
    stack: LocalStack,
    customer: Customer,
    agent: Person,
    new_context: Callable[..., BrowserContext],
    tmp_path: Path,
) -> None:
    with connect(stack) as db, a_port() as port:
        with gunicorn(stack, tmp_path / "first.log", port=port) as server:
            talk = Talk(Screen(new_context().new_page(), server.url).sign_in(agent), customer).open()
            # The service waits for the database with it.
            db.execute("select from public.chat_conversations where id = %s for update", [customer.conversation])
            with talk.page.expect_request("**/messages"):
                talk.send("한 번만 가야 할 말")
            os.killpg(server.child.pid or 0, signal.SIGKILL)
            expect(talk.page.get_by_text("연결이 끊겼어요.")).to_be_visible()
            expect(talk.unsent).to_contain_text("연결되면 보낼게요")
            db.rollback()
        with gunicorn(stack, tmp_path / "second.log", port=port):
            expect(talk.mine).to_have_text(["한 번만 가야 할 말"], timeout=90_000)
            expect(talk.unsent).to_have_count(0)
            assert heard(customer) == ["한 번만 가야 할 말"]
