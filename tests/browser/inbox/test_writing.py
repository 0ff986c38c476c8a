"""What an operator writes goes where it is meant to, once, and is never lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.inbox.conftest import NewCustomer, NewScreen
from tests.browser.inbox.people import Customer, Person, Team
from tests.browser.inbox.talk import Talk, heard, writers

MESSAGES = "**/api/v1/inbox/conversations/*/messages"
NEWS = "**/api/v1/inbox/{events,changes}*"
PULLED = "**/messages?*changedAfter=*"


@pytest.fixture
def customer(new_customer: NewCustomer) -> Customer:
    """Somebody who waits."""
    return new_customer("이하나")


@pytest.fixture
def talk(new_screen: NewScreen, customer: Customer) -> Talk:
    """Their conversation, open."""
    return Talk(new_screen(), customer).open()


def kept(talk: Talk) -> None:
    """Wait until everything that was sent is there."""
    expect(talk.unsent).to_have_count(0)


def second_tab(new_screen: NewScreen, talk: Talk) -> Talk:
    """The same in another tab, where the keyboard is not: it is never in two, as the driver would have it."""
    other = Talk(new_screen(context=talk.page.context), talk.customer).open()
    other.page.evaluate("document.hasFocus = () => false")
    return other


def test_a_note_is_never_sent_as_a_reply_nor_the_reverse(talk: Talk) -> None:
    talk.write("고객에게 보낼 말")
    talk.mode("note")
    expect(talk.note).to_have_value("")
    expect(talk.reply).to_be_hidden()
    talk.note.fill("우리끼리 볼 말")
    for key in ("Enter", "Control+Enter"):
        talk.note.press(key)
    expect(talk.notes).to_have_count(0)
    expect(talk.page.get_by_role("button", name="답장 보내기")).to_be_hidden()
    talk.page.get_by_role("button", name="메모 남기기").click()
    expect(talk.notes).to_contain_text("우리끼리 볼 말")
    kept(talk)
    talk.mode("reply")
    expect(talk.reply).to_have_value("고객에게 보낼 말")
    talk.reply.press("Alt+Enter")
    assert heard(talk.customer) == []
    talk.reply.press("Enter")
    expect(talk.mine).to_have_text(["고객에게 보낼 말"])
    kept(talk)
    expect(talk.notes).to_have_count(1)
    assert heard(talk.customer) == ["고객에게 보낼 말"]


def test_the_enter_that_ends_a_syllable_sends_nothing(talk: Talk) -> None:
    talk.write("안녕하세")
    for options in ({"isComposing": True}, {"keyCode": 229}):
        talk.reply.dispatch_event("keydown", {"key": "Enter", "bubbles": True, "cancelable": True, **options})
    talk.reply.dispatch_event("keydown", {"key": "Enter", "repeat": True, "bubbles": True, "cancelable": True})
    expect(talk.reply).to_have_value("안녕하세")
    talk.reply.press("Shift+Enter")
    expect(talk.reply).to_have_value("안녕하세\n")
    assert heard(talk.customer) == []


def test_enter_sends_or_control_and_enter_as_one_likes(talk: Talk) -> None:
    talk.page.get_by_label("Enter로 보내기").uncheck()
    talk.page.reload()
    talk.send("첫 줄")
    talk.page.keyboard.type("둘째 줄")
    expect(talk.reply).to_have_value("첫 줄\n둘째 줄")
    talk.reply.press("Control+Enter")
    expect(talk.mine).to_have_text(["첫 줄\n둘째 줄"])


def test_a_double_click_and_a_second_tab_send_once(new_screen: NewScreen, talk: Talk) -> None:
    other = second_tab(new_screen, talk)
    talk.write("한 번만 가야 할 말")
    # The other tab has what is being written, and both send it at the same moment.
    expect(other.reply).to_have_value("한 번만 가야 할 말")
    press = "document.querySelector('inbox-composer form.reply').requestSubmit()"
    for tab in (talk, other):
        tab.page.evaluate(f"setTimeout(() => {{ {press}; {press} }}, 0)")
    expect(talk.mine).to_have_text(["한 번만 가야 할 말"])
    expect(other.mine).to_have_text(["한 번만 가야 할 말"])
    kept(talk)
    expect(other.reply).to_have_value("")
    assert heard(talk.customer) == ["한 번만 가야 할 말"]


def test_what_another_tab_sent_does_not_come_back(new_screen: NewScreen, talk: Talk) -> None:
    """Whoever goes to a tab that slept finds the caret where they were, and hears only then what was sent elsewhere."""
    other = Talk(new_screen(context=talk.page.context), talk.customer)
    hears = "(event) => window.late && event.stopImmediatePropagation()"
    other.page.add_init_script(f"addEventListener('storage', {hears})")
    other.open()
    talk.write("한 번만 가야 할 말")
    expect(other.reply).to_have_value("한 번만 가야 할 말")
    other.page.evaluate("window.late = true")
    talk.reply.press("Enter")
    expect(talk.mine).to_have_text(["한 번만 가야 할 말"])
    kept(talk)
    other.reply.focus()
    other.page.evaluate("window.late = false")
    talk.write("그다음 말")
    expect(other.reply).to_have_value("그다음 말")
    expect(other.page.get_by_text("다른 창에서 쓴 글이 있어요")).to_have_count(0)
    expect(talk.reply).to_have_value("그다음 말")


def test_two_tabs_that_write_at_once_lose_neither_text(new_screen: NewScreen, talk: Talk) -> None:
    other = second_tab(new_screen, talk)
    talk.write("첫 창의 글")
    expect(other.reply).to_have_value("첫 창의 글")
    other.write("둘째 창의 글")
    line = talk.page.get_by_text("다른 창에서 쓴 글이 있어요: “둘째 창의 글”")
    expect(line).to_be_visible()
    expect(talk.reply).to_have_value("첫 창의 글")
    talk.button("그 글로 바꾸기").click()
    expect(talk.reply).to_have_value("둘째 창의 글")
    expect(talk.page.get_by_text("다른 창에서 쓴 글이 있어요: “첫 창의 글”")).to_be_visible()


def test_what_the_customer_wrote_meanwhile_is_shown_before_one_sends(talk: Talk) -> None:
    talk.write("내일 도착해요")
    for text in ("아니에요", "취소할게요", "죄송해요"):
        talk.customer.say(text)
    expect(talk.page.get_by_text("쓰는 동안 고객이 새 메시지 3개를 보냈어요.")).to_be_visible()
    talk.reply.press("Enter")
    expect(talk.page.get_by_text("그대로 보내려면 한 번 더 눌러 주세요.")).to_be_visible()
    expect(talk.reply).to_have_value("내일 도착해요")
    assert heard(talk.customer) == []
    talk.button("확인했어요").click()
    talk.customer.say("여보세요")
    expect(talk.page.get_by_text("쓰는 동안 고객이 새 메시지 1개를 보냈어요.")).to_be_visible()
    talk.button("답장 보내기").click()
    talk.button("확인하고 보내기").click()
    expect(talk.mine).to_have_text(["내일 도착해요"])
    kept(talk)


def test_what_the_screen_did_not_know_stops_a_reply_too(talk: Talk) -> None:
    talk.page.route(NEWS, lambda route: route.abort())
    talk.page.reload()
    talk.write("내일 도착해요")
    talk.customer.say("취소할게요")
    talk.reply.press("Enter")
    expect(talk.unsent).to_contain_text("보내는 사이에 고객이 새 메시지를 썼어요.")
    expect(talk.log).to_contain_text("취소할게요")
    assert heard(talk.customer) == []
    # It can be written anew, and goes back into no other field.
    talk.button("고치기").click()
    expect(talk.reply).to_have_value("내일 도착해요")
    kept(talk)
    # What is read again after one's own reply would tell of what comes next, too.
    with talk.page.expect_response(PULLED):
        talk.reply.press("Enter")
    expect(talk.mine).to_have_text(["내일 도착해요"])
    talk.customer.say("또요")
    talk.send("네")
    expect(talk.unsent).to_contain_text("확인하고 보내 주세요.")
    # It is read before it is confirmed: what is on its way stops the reply once more.
    expect(talk.log).to_contain_text("또요")
    talk.unsent.get_by_role("button", name="확인하고 보내기").click()
    kept(talk)
    assert heard(talk.customer) == ["내일 도착해요", "네"]


def test_a_lost_network_loses_nothing_and_sends_once(talk: Talk) -> None:
    talk.add_note("먼저 남긴 메모")
    kept(talk)
    talk.page.context.set_offline(True)
    talk.add_note("끊긴 동안의 메모")
    talk.send("끊긴 동안의 답장")
    talk.write("아직 쓰는 글")
    expect(talk.unsent).to_have_count(2)
    expect(talk.unsent.first).to_contain_text("연결되면 보낼게요")
    talk.page.context.set_offline(False)
    expect(talk.mine).to_have_text(["끊긴 동안의 답장"])
    kept(talk)
    expect(talk.notes).to_have_count(2)
    expect(talk.reply).to_have_value("아직 쓰는 글")
    assert heard(talk.customer) == ["끊긴 동안의 답장"]


def test_an_answer_that_is_lost_is_no_reason_to_send_twice(talk: Talk) -> None:
    lost: list[int] = []

    def lose(route: Route) -> None:
        if not lost and route.request.method != "POST":
            return route.continue_()
        # It is written, and the line breaks before that is told, by the answer or by the news; then the page goes, too.
        if not lost:
            lost.append(0)
            lost[0] = route.fetch(max_retries=1).status
        return route.abort()

    for what in (MESSAGES, PULLED):
        talk.page.route(what, lose)
    talk.send("한 번만 가야 할 말")
    expect(talk.unsent).to_contain_text("연결되면 보낼게요")
    for what in (MESSAGES, PULLED):
        talk.page.unroute(what)
    talk.page.reload()
    expect(talk.mine).to_have_text(["한 번만 가야 할 말"])
    kept(talk)
    assert lost == [201]
    assert heard(talk.customer) == ["한 번만 가야 할 말"]


def test_a_sign_in_that_is_over_keeps_what_was_written(talk: Talk, agent: Person) -> None:
    page = talk.page
    talk.mode("note")
    talk.note.fill("쓰다 만 메모")
    talk.write("보내려던 답장")
    page.context.clear_cookies()
    talk.reply.press("Enter")
    expect(page.get_by_text("로그인이 만료되었어요.")).to_be_visible()
    expect(talk.unsent).to_contain_text("보내려던 답장")
    talk.write("쓰다 만 답장")
    page.goto(f"{talk.screen.url}/inbox/c/{talk.customer.conversation}")
    page.get_by_label("이메일").fill(agent.member.email)
    page.get_by_label("비밀번호").fill(agent.member.password)
    page.locator("main").get_by_role("button", name="로그인").click()
    expect(talk.mine).to_have_text(["보내려던 답장"])
    expect(talk.reply).to_have_value("쓰다 만 답장")
    talk.mode("note")
    expect(talk.note).to_have_value("쓰다 만 메모")
    assert heard(talk.customer) == ["보내려던 답장"]


def test_what_waits_goes_out_as_nobody_else(talk: Talk, agent: Person, admin: Person) -> None:
    """One browser has one session for all tabs: a tab learns late that it is somebody else's by now."""
    page, who = talk.page, talk.page.locator("inbox-nav .name")
    page.context.clear_cookies()
    talk.send("상담원의 답장")
    expect(page.get_by_text("로그인이 만료되었어요.")).to_be_visible()
    talk.write("쓰다 만 답장")
    talk.screen.sign_in(admin)
    # It becomes theirs by itself, and what the other one wrote is not.
    expect(who).to_have_text(admin.name)
    expect(talk.reply).to_have_value("")
    expect(talk.unsent).to_have_count(0)
    talk.write("관리자의 답장")
    # Nor does anything go out as who comes then, though it be sent before the tab has found out who that is.
    page.route("**/api/v1/inbox/me", lambda route: route.abort())
    talk.screen.sign_in(agent)
    talk.reply.press("Enter")
    expect(talk.unsent).to_contain_text("연결되면 보낼게요")
    page.unroute("**/api/v1/inbox/me")
    expect(who).to_have_text(agent.name)
    expect(talk.mine).to_have_text(["상담원의 답장"])
    kept(talk)
    expect(talk.reply).to_have_value("쓰다 만 답장")
    assert writers(talk.customer) == [agent.name]


def test_a_draft_is_of_its_conversation(talk: Talk, new_customer: NewCustomer) -> None:
    another = new_customer()
    talk.write("이하나님께")
    there = Talk(talk.screen, another).open()
    expect(there.reply).to_have_value("")
    there.write("다른 분께")
    talk.open()
    expect(talk.reply).to_have_value("이하나님께")


def test_what_is_too_long_stays(talk: Talk) -> None:
    talk.send("가" * 4001)
    expect(talk.page.get_by_text("4000자까지 쓸 수 있어요.")).to_be_visible()
    expect(talk.page.get_by_text("4001 / 4000")).to_be_visible()
    expect(talk.reply).to_have_value("가" * 4001)


def test_a_reply_to_what_was_completed_meanwhile_stays(talk: Talk, team: Team) -> None:
    talk.page.route(NEWS, lambda route: route.abort())
    talk.page.reload()
    talk.write("늦은 답장")
    team.change(talk.customer, status="completed")
    talk.reply.press("Enter")
    expect(talk.unsent).to_contain_text("그사이 완료된 상담이라 보내지 않았어요.")
    talk.unsent.get_by_role("button", name="고치기").click()
    talk.page.locator("inbox-composer").get_by_role("button", name="다시 열기").click()
    expect(talk.reply).to_have_value("늦은 답장")
    talk.reply.press("Enter")
    expect(talk.mine).to_have_text(["늦은 답장"])
