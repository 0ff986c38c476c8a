"""A person takes over in the same conversation: both see each other's words at once, whatever is cut or closed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Request, Response, Route, expect

from scripts.local.app_server import AppServer
from tests.browser.conftest import NewVisitor
from tests.browser.holding import Held
from tests.browser.host import Host
from tests.browser.loaded import MOST_BYTES, MOST_FOR_PEOPLE, gzipped, gzipped_for_people
from tests.browser.operator import Operator
from tests.browser.test_people import AXE, WAYS, faults
from tests.browser.visitor import ANOTHER, GOODBYE, OKAY, STREAM, WRITE, Visitor
from tests.stack import Member
from tests.words import a_word

PERSON = "상담원 연결"
ASK = "사람과 상담하기"
TO_BOT = "상담봇과 계속하기"
NAME = "박상담"
FAILED = "(number) => window.heard.filter(([name]) => name === 'error').length >= number"
SESSIONS = "**/api/v1/guest-sessions"
FOR_PEOPLE = "**/assets/people-*"


@pytest.fixture(params=["guest", "member"])
def asker(request: pytest.FixtureRequest, new_visitor: NewVisitor, host: Host, member: Member) -> Visitor:
    """Somebody in front of the bot."""
    return new_visitor().begin(host.url, member if request.param == "member" else None)


def hand_over(visitor: Visitor, operator: Operator, said: str) -> str:
    """Say something, ask for a person, wait until the stream stands; the conversation's id."""
    say(visitor, said)
    with visitor.page.expect_response(lambda answer: answer.url.endswith(STREAM)):
        visitor.panel.get_by_role("button", name=ASK).click()
    expect(visitor.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
    return operator.waiting(said)


def say(visitor: Visitor, text: str) -> None:
    """Write it, and wait until it has gone."""
    visitor.write(text)
    expect(visitor.mine.last).to_have_text(f"나: {text}")
    expect(visitor.unsent).to_have_count(0)


def tells(*, is_typing: bool) -> Callable[[Request], bool]:
    """Whether a request tells that the visitor types, or no more."""
    return lambda one: one.url.endswith("/typing") and one.post_data_json == {"isTyping": is_typing}


def is_read(one: Request | Response) -> bool:
    """Whether it tells what was read."""
    return one.url.endswith("/read")


def person(visitor: Visitor) -> list[str]:
    """What people said, in the order in which it stands there."""
    return visitor.page.locator("munui-chat .row.person .bubble").all_text_contents()


def said_at(visitor: Visitor, text: str) -> None:
    """Wait for the words of a person."""
    expect(visitor.page.locator("munui-chat .row.person .bubble").last).to_have_text(f"{NAME}: {text}")


def test_a_person_answers_and_both_see_it_at_once(
    asker: Visitor, operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gzipped_for_people(asker.page) == 0
    key = hand_over(asker, operator, "배송이 어디쯤인가요")
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
    # The flow stands at its chips; what is written goes to the person all the same, and that it is written, too.
    for is_typing, act in ((True, lambda: asker.input.fill("급해요")), (False, lambda: asker.input.press("Enter"))):
        with asker.page.expect_request(tells(is_typing=is_typing)):
            act()
    expect(asker.mine.last).to_have_text("나: 급해요")
    expect(asker.unsent).to_have_count(0)
    assert operator.heard(key) == ["배송이 어디쯤인가요", "급해요"]
    assert asker.says().count("지금 배송 중이에요") == 1
    assert 0 < gzipped(asker.page) <= MOST_BYTES
    assert 0 < gzipped_for_people(asker.page) <= MOST_FOR_PEOPLE


def test_what_people_need_is_asked_for_again_until_it_comes(visitor: Visitor, host: Host, operator: Operator) -> None:
    """First by who asks for a person, then by who comes back to one: nothing that is said meanwhile is lost."""
    visitor.begin(host.url)
    say(visitor, "연결이 나빠요")
    visitor.page.route(FOR_PEOPLE, lambda route: route.abort())
    visitor.panel.get_by_role("button", name=ASK).click()
    expect(visitor.banner).to_contain_text("초 뒤에 다시 시도할게요")
    visitor.page.unroute(FOR_PEOPLE)
    expect(visitor.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
    key = operator.waiting("연결이 나빠요")
    visitor.page.route(FOR_PEOPLE, lambda route: route.abort())
    with visitor.page.expect_event("requestfailed", lambda one: "/assets/people-" in one.url):
        visitor.page.reload()
        visitor.launcher.click()
    operator.reply(key, "잘 보이시나요?")
    visitor.page.unroute(FOR_PEOPLE)
    expect(visitor.page.locator("munui-chat .row.person .bubble")).to_have_text([f"{NAME}: 잘 보이시나요?"])


def test_completed_reopened_and_back_to_the_bot(
    visitor: Visitor, host: Host, member: Member, operator: Operator
) -> None:
    visitor.begin(host.url, member)
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
    visitor.chip("배송").click()
    expect(visitor.chip(OKAY)).to_be_visible()


def test_what_a_guest_said_and_is_still_on_its_way_goes_along(visitor: Visitor, host: Host, operator: Operator) -> None:
    visitor.begin(host.url)
    visitor.page.route("**/api/v1/answers", lambda _: None)  # no answer comes
    with visitor.page.expect_request("**/api/v1/answers"):
        visitor.write("아직 가는 중이에요")
    visitor.panel.get_by_role("button", name=ASK).click()
    expect(visitor.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
    expect(visitor.mine).to_have_text(["나: 아직 가는 중이에요"])
    expect(visitor.unsent).to_have_count(0)
    assert operator.heard(operator.waiting("아직 가는 중이에요")) == ["아직 가는 중이에요"]


@pytest.mark.parametrize("arrives", [True, False], ids=["it arrives meanwhile", "it does not"])
def test_a_form_of_a_guest_that_is_on_its_way_goes_along(
    visitor: Visitor, host: Host, operator: Operator, *, arrives: bool
) -> None:
    subject = f"급한 문의 {a_word()}"
    visitor.begin(host.url)
    visitor.chip(WRITE).click()
    visitor.fill_form(제목=subject)
    held: list[Route] = []
    visitor.page.route("**/api/v1/inquiries", lambda route: held.append(route), times=1)  # noqa: PLW0108 - it has to be a Python function
    with visitor.page.expect_request("**/api/v1/inquiries"):
        visitor.submit()
    with visitor.page.expect_response("**/api/v1/guest-sessions"):
        visitor.panel.get_by_role("button", name=ASK).click()
    held[0].continue_() if arrives else held[0].abort()
    expect(visitor.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
    expect(visitor.page.locator("munui-chat .summary")).to_contain_text(subject)
    expect(visitor.form).to_have_count(0)
    assert sum(subject in one["values"].values() for one in operator.ask("GET", "/inquiries")["inquiries"]) == 1


def test_what_a_guest_has_begun_to_fill_in_goes_along(visitor: Visitor, host: Host) -> None:
    visitor.begin(host.url)
    visitor.chip(WRITE).click()
    visitor.form.get_by_label("내용", exact=True).fill("쓰다 만 문의 🙂")
    visitor.panel.get_by_role("button", name=ASK).click()
    expect(visitor.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
    expect(visitor.form.get_by_label("내용", exact=True)).to_have_value("쓰다 만 문의 🙂")


def test_who_goes_back_to_the_bot_opens_no_stream_and_pays_as_before(
    visitor: Visitor, host: Host, member: Member, operator: Operator
) -> None:
    visitor.page.clock.install()
    visitor.begin(host.url, member)
    # Time stands still from here: what is asked now and then is asked when the test lets it pass.
    visitor.page.clock.pause_at(visitor.page.evaluate("Date.now() / 1000 + 5"))
    visitor.rests()
    news = Held(visitor.page, "**/messages?*")
    visitor.page.clock.run_for(20_000)  # in which it is asked what is new
    news.come()
    visitor.page.route("**/handover", lambda route: route.abort(), times=1)
    visitor.panel.get_by_role("button", name=ASK).click()
    expect(visitor.banner).to_contain_text("초 뒤에 다시 시도할게요")
    news.let_go()  # an answer to what was asked before does not say that all is well
    visitor.rests()
    expect(visitor.banner).to_contain_text("초 뒤에 다시 시도할게요")
    hand_over(visitor, operator, "역시 됐어요")
    visitor.panel.get_by_role("button", name=TO_BOT).click()
    expect(visitor.panel.get_by_role("button", name=ASK)).to_be_visible()
    visitor.rests().took()
    visitor.page.clock.run_for(3100)  # in which a person's visitor would have asked
    visitor.chip("배송").click()
    expect(visitor.chip(OKAY)).to_be_visible()
    visitor.page.clock.run_for(3100)  # and what had failed would have been tried again
    assert [call.rsplit("/", 1)[1] for call in visitor.rests().took()] == ["turns"]


def test_two_tabs_have_one_stream(new_visitor: NewVisitor, host: Host, member: Member, operator: Operator) -> None:
    first = new_visitor().begin(host.url, member)
    key = hand_over(first, operator, "창이 둘이에요")
    second = new_visitor(first.page.context).go(host.url, member)
    second.launcher.click()
    expect(second.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
    operator.reply(key, "둘 다 보이나요")
    for tab in (first, second):
        said_at(tab, "둘 다 보이나요")
    assert f"GET {STREAM}" not in second.took()
    with second.page.expect_request(lambda one: one.url.endswith(STREAM)):
        first.page.close()  # whoever is left listens from then on
    operator.reply(key, "이제 하나예요")
    said_at(second, "이제 하나예요")


def test_nothing_is_missing_after_a_cut(
    visitor: Visitor, host: Host, member: Member, operator: Operator, server: AppServer
) -> None:
    """Of five seconds, a long one, and a restart of the service: others wrote meanwhile, and so did the visitor."""
    visitor.begin(host.url, member)
    key = hand_over(visitor, operator, "지하철이에요")
    operator.reply(key, "1")
    said_at(visitor, "1")
    for number, seconds in (("2", 5), ("3", 125)):
        visitor.page.clock.install()
        visitor.page.context.set_offline(True)
        operator.reply(key, number)
        visitor.write(f"말 {number}")
        visitor.page.clock.run_for(seconds * 1000)
        visitor.page.clock.resume()
        visitor.page.context.set_offline(False)
        said_at(visitor, number)
        expect(visitor.unsent).to_have_count(0)
    assert server.child.pid is not None
    with visitor.page.expect_response(lambda one: one.url.endswith(STREAM), timeout=120_000):
        os.kill(server.child.pid, signal.SIGHUP)
    operator.reply(key, "4")
    said_at(visitor, "4")
    assert person(visitor) == [f"{NAME}: {number}" for number in "1234"]
    assert operator.heard(key) == ["지하철이에요", "말 2", "말 3"]
    expect(visitor.mine).to_have_text(["나: 지하철이에요", "나: 말 2", "나: 말 3"])


def test_the_chip_of_a_guest_is_said_once_whatever_breaks(visitor: Visitor, host: Host, operator: Operator) -> None:
    """Each call of the way into an account is cut once, after the service took it."""
    visitor.begin(host.url)
    visitor.chip("배송").click()
    visitor.chip(ANOTHER).click()
    expect(visitor.chip(PERSON)).to_be_visible()
    said = visitor.says()
    assert visitor.took() == ["GET /api/v1/flow"]
    cut = []

    def once(route: Route) -> None:
        path = f"{route.request.method} {urlsplit(route.request.url).path}"
        if path in cut or path.startswith("GET"):
            return route.continue_()
        cut.append(path)
        route.fetch()
        return route.abort()

    visitor.page.route("**/api/v1/**", once)
    visitor.chip(PERSON).click()
    for number in range(1, 5):
        visitor.page.wait_for_function(FAILED, arg=number)
        visitor.page.evaluate("dispatchEvent(new Event('online'))")  # what waits for its next try need not
    expect(visitor.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
    assert [path.rsplit("/", 1)[1] for path in cut][:4] == ["guest-sessions", "import", "conversations", "turns"]
    assert visitor.says()[: len(said) + 1] == [*said, PERSON]
    key = operator.waiting(PERSON)
    assert operator.heard(key) == ["배송", ANOTHER, PERSON]
    assert not [name for name in visitor.storage() if name.startswith(("munui.v1.guest.", "munui.v1.outbox."))]


def test_a_guest_left_in_the_middle_goes_on(visitor: Visitor, host: Host, operator: Operator) -> None:
    visitor.begin(host.url)
    say(visitor, "중간에 닫혀요")
    visitor.page.route("**/api/v1/import", lambda route: route.abort())
    with visitor.page.expect_request_finished(lambda one: one.url.endswith("/guest-sessions")):
        visitor.panel.get_by_role("button", name=ASK).click()
    expect(visitor.banner).to_be_visible()
    visitor.page.unroute("**/api/v1/import")
    visitor.took()
    visitor.page.reload()
    visitor.launcher.click()
    expect(visitor.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
    assert operator.heard(operator.waiting("중간에 닫혀요")) == ["중간에 닫혀요"]
    assert "POST /api/v1/guest-sessions" not in visitor.took()


def test_a_guest_becomes_a_member(visitor: Visitor, host: Host, member: Member, operator: Operator) -> None:
    visitor.begin(host.url)
    key = hand_over(visitor, operator, "가입할게요")
    operator.reply(key, "네, 기다릴게요")
    said_at(visitor, "네, 기다릴게요")
    said = visitor.says()
    visitor.input.fill("쓰다 만 말")
    visitor.know(member)
    visitor.page.reload()
    visitor.launcher.click()
    said_at(visitor, "네, 기다릴게요")
    visitor.reads(said)
    expect(visitor.input).to_have_value("쓰다 만 말")
    say(visitor, "가입했어요")
    operator.reply(key, "반가워요")
    said_at(visitor, "반가워요")
    assert operator.heard(key) == ["가입할게요", "가입했어요"]
    assert not [name for name in visitor.storage() if name.startswith("munui.v1.visit.")]


def test_on_another_tab_the_member_is_asked_first(
    new_visitor: NewVisitor, host: Host, member: Member, operator: Operator
) -> None:
    guest = new_visitor().begin(host.url)
    hand_over(guest, operator, "다른 창이에요")
    other = new_visitor(guest.page.context).go(host.url, member)
    other.launcher.click()
    other.page.get_by_role("group", name="나누던 대화를 가져올까요?").get_by_role("button", name="가져오기").click()
    expect(other.page.get_by_role("listitem")).to_have_count(1)
    other.page.get_by_role("listitem").click()
    expect(other.mine.first).to_have_text("나: 다른 창이에요")


def test_where_guests_get_nobody_the_form_remains(visitor: Visitor, host: Host) -> None:
    visitor.begin(host.url)
    body = '{"code": "not_allowed", "status": 403, "title": "-", "type": "about:blank"}'
    visitor.page.route(
        SESSIONS,
        lambda route: route.fulfill(
            status=403, headers={"Access-Control-Allow-Origin": "*"}, content_type="application/problem+json", body=body
        ),
    )
    visitor.chip(PERSON).click()
    expect(visitor.form).to_be_visible()
    expect(visitor.banner).to_contain_text("양식을 남겨 주시면")
    expect(visitor.panel.get_by_role("button", name=ASK)).to_be_hidden()


def test_who_is_blocked_is_told_that_nothing_is_taken(
    visitor: Visitor, host: Host, member: Member, operator: Operator
) -> None:
    visitor.begin(host.url, member)
    key = hand_over(visitor, operator, "시끄럽게 굴어요")
    operator.ask("PATCH", f"/conversations/{key}", blocked=True)
    visitor.write("더 시끄럽게")
    expect(visitor.unsent).to_have_text("지금은 메시지를 받을 수 없어요.")


def test_a_closed_panel_tells_what_a_person_wrote(
    visitor: Visitor, host: Host, member: Member, operator: Operator
) -> None:
    visitor.begin(host.url, member)
    key = hand_over(visitor, operator, "닫아 둘게요")
    operator.claim(key)
    visitor.panel.get_by_role("button", name="소리로").click()
    visitor.panel.get_by_role("button", name="닫기").click()
    visitor.page.evaluate("document.hasFocus = () => false")
    operator.reply(key, "여기 있어요")
    expect(visitor.badge).to_have_text("1")
    preview = visitor.page.locator("munui-chat .preview")
    expect(preview).to_contain_text(NAME)
    expect(preview).to_contain_text("여기 있어요")
    expect(visitor.page).to_have_title("(1) 가게")
    assert visitor.heard("unread")[-1] == {"count": 1}
    visitor.launcher.click()
    expect(visitor.badge).to_be_empty()
    expect(visitor.page).to_have_title("가게")


@pytest.mark.parametrize("reading", ["late", "lost"])
def test_what_was_seen_before_it_was_closed_is_not_unread(
    visitor: Visitor, host: Host, member: Member, operator: Operator, reading: str
) -> None:
    """Whether the service heard of it only when it had counted already, or not at all."""
    visitor.begin(host.url, member)
    key = hand_over(visitor, operator, "다 읽었어요")
    counted = Held(visitor.page, "**/messages?changedAfter=*", is_answered=True)
    operator.reply(key, "먼저 볼게요")
    counted.come()
    if reading == "lost":
        visitor.page.route("**/read", lambda route: route.abort())
    with visitor.page.expect_event("requestfailed" if reading == "lost" else "response", is_read):
        visitor.panel.get_by_role("button", name="닫기").click()
    counted.let_go()
    expect(visitor.page.locator("munui-chat .preview")).to_contain_text("먼저 볼게요")
    expect(visitor.badge).to_have_text("1")
    operator.reply(key, "찾았어요")
    expect(visitor.badge).to_have_text("2")


@pytest.mark.parametrize("way", ["dark", "small"])
def test_axe_finds_nothing_while_people_answer(
    new_visitor: NewVisitor, host: Host, member: Member, operator: Operator, way: str
) -> None:
    visitor = new_visitor(reduced_motion="reduce", bypass_csp=True, **WAYS[way]).begin(host.url, member)
    visitor.page.add_script_tag(path=AXE)
    visitor.panel.get_by_role("button", name=ASK).focus()
    visitor.page.keyboard.press("Enter")
    expect(visitor.panel.get_by_role("button", name=TO_BOT)).to_be_visible()
    expect(visitor.input).to_be_focused()  # what was pressed is gone
    assert faults(visitor) == [], "waiting"
    say(visitor, f"{way} 화면이에요")
    key = operator.waiting(f"{way} 화면이에요")
    operator.reply(key, "네")
    said_at(visitor, "네")
    operator.type(key)
    expect(visitor.page.locator("munui-chat .types")).to_be_visible()
    assert faults(visitor) == [], "a person types"
    assert visitor.log.evaluate("(log) => log.scrollWidth - log.clientWidth") == 0
