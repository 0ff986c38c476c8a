"""Bad networks and expired tokens: nothing that was typed or sent is lost, and nothing is there twice."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.browser.conftest import NewVisitor
from tests.browser.engines.until import until
from tests.browser.holding import Held
from tests.browser.host import Host
from tests.browser.visitor import GREETING, OKAY, Visitor
from tests.stack import Member

TURNS = "**/api/v1/conversations/*/turns"
PROBLEM = '{"code": "%s", "status": %d, "title": "-", "type": "about:blank"}'


def stop_time(visitor: Visitor) -> None:
    """On this page, whose clock is Playwright's, until it is told to run.

    What the chat asks for now and then is not answered any more: that would take a banner away. Nor does it give up
    waiting for that, which it does by the browser's own clock.
    """
    visitor.page.evaluate("AbortSignal.timeout = () => new AbortController().signal")
    visitor.page.route("**/api/v1/conversations/*/messages*", lambda _: None)
    visitor.page.clock.pause_at(visitor.page.evaluate("Date.now() / 1000 + 10"))


def turns(visitor: Visitor) -> int:
    """How often somebody's words were sent since the last time."""
    return sum(call.endswith("/turns") for call in visitor.took())


def answer_once(visitor: Visitor, status: int, code: str, **headers: str) -> None:
    """The next turn gets this answer instead of the service's."""

    def handle(route: Route) -> None:
        visible = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After", **headers}
        route.fulfill(
            status=status, headers=visible, content_type="application/problem+json", body=PROBLEM % (code, status)
        )

    visitor.page.route(TURNS, handle, times=1)


def test_a_message_sent_offline_survives_a_reload_and_goes_out_once(
    new_visitor: NewVisitor, host: Host, member: Member
) -> None:
    visitor = new_visitor().begin(host.url, member)
    is_down = True
    visitor.page.route("**/api/**", lambda route: route.abort() if is_down else route.continue_())
    visitor.page.context.set_offline(True)
    visitor.write("지하철에서 보내요")
    expect(visitor.page.get_by_text("연결되면 보낼게요")).to_be_visible()
    expect(visitor.banner).to_contain_text("인터넷 연결이 끊겼어요")
    # The host's own page has to load, so from here the network is back, but the service is not.
    visitor.page.context.set_offline(False)
    visitor.page.reload()
    visitor.page.goto("about:blank")
    is_down = False
    visitor.took()
    visitor.page.goto(host.url)
    visitor.launcher.click()
    expect(visitor.page.get_by_text("확실한 답을 찾지 못했어요")).to_be_visible()
    expect(visitor.mine).to_have_text(["나: 지하철에서 보내요"])
    assert turns(visitor) == 1
    assert not [key for key in visitor.storage() if "outbox" in key]


def test_a_busy_service_is_asked_again_when_it_said(visitor: Visitor, host: Host, member: Member) -> None:
    visitor.page.clock.install()
    visitor.begin(host.url, member)
    stop_time(visitor)
    answer_once(visitor, 503, "upstream_unavailable", **{"Retry-After": "2"})
    visitor.chip("배송").click()
    expect(visitor.banner).to_contain_text("초 뒤에 다시 시도할게요")
    expect(visitor.mine).to_have_count(1)
    assert turns(visitor) == 1
    visitor.page.clock.run_for(2000)
    expect(visitor.chip(OKAY)).to_be_visible()
    expect(visitor.banner).to_have_count(0)
    expect(visitor.mine).to_have_count(1)
    assert turns(visitor) == 1
    (error,) = visitor.heard("error")
    assert (error["code"], error["retryAfter"]) == ("upstream_unavailable", 2)


def test_a_lost_answer_is_not_a_second_message(visitor: Visitor, host: Host, member: Member) -> None:
    visitor.begin(host.url, member)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    visitor.page.route(TURNS, lose, times=1)
    visitor.write("잘 갔나요?")
    expect(visitor.page.get_by_text("확실한 답을 찾지 못했어요")).to_be_visible()
    expect(visitor.mine).to_have_count(1)
    expect(visitor.page.get_by_text("확실한 답을 찾지 못했어요")).to_have_count(1)


def test_what_is_refused_for_good_can_be_sent_again_under_its_id(visitor: Visitor, host: Host, member: Member) -> None:
    visitor.begin(host.url, member)
    answer_once(visitor, 500, "internal")
    sent: list[str] = []
    visitor.page.on("request", lambda request: request.url.endswith("/turns") and sent.append(request.post_data or ""))
    visitor.write("안녕하세요?")
    visitor.page.get_by_role("button", name="다시 시도").last.click()
    expect(visitor.page.get_by_text("확실한 답을 찾지 못했어요")).to_be_visible()
    assert len(sent) == 2
    assert sent[0] == sent[1]


def test_an_expired_token_is_asked_for_again(visitor: Visitor, host: Host, member: Member) -> None:
    visitor.begin(host.url, member)
    answer_once(visitor, 401, "token_expired")
    visitor.page.evaluate(
        """(token) => {
             const chat = document.querySelector("munui-chat");
             // Another text of the same token stands for a newer one.
             chat.getAccessToken = async ({ expired }) => (expired ? token : `${token} `);
           }""",
        member.access_token,
    )
    expect(visitor.chips.first).to_be_visible()
    visitor.chip("배송").click()
    expect(visitor.chip(OKAY)).to_be_visible()
    expect(visitor.mine).to_have_count(1)


def test_without_a_newer_token_the_visitor_is_asked_to_sign_in_and_loses_nothing(
    visitor: Visitor, host: Host, member: Member
) -> None:
    visitor.begin(host.url, member)
    answer_once(visitor, 401, "token_expired")
    visitor.write("이건 남아야 해요")
    expect(visitor.banner).to_contain_text("로그인이 만료됐어요")
    expect(visitor.mine).to_contain_text("이건 남아야 해요")
    visitor.input.fill("쓰던 글")
    assert visitor.heard("error")[-1]["code"] == "token_expired"
    visitor.page.reload()
    visitor.launcher.click()
    expect(visitor.input).to_have_value("쓰던 글")
    expect(visitor.mine).to_contain_text("이건 남아야 해요")
    expect(visitor.page.get_by_text("확실한 답을 찾지 못했어요")).to_be_visible()
    expect(visitor.mine).to_have_count(1)


def test_typing_is_cancelled_on_switching(visitor: Visitor, host: Host, member: Member) -> None:
    visitor.begin(host.url, member)
    sent = Held(visitor.page, TURNS, "POST")
    visitor.write("기다려 볼게요")
    sent.come()
    typing = visitor.page.locator("munui-chat .typing")
    expect(typing).to_be_visible()
    visitor.panel.get_by_role("button", name="대화 목록").click()
    visitor.panel.get_by_role("button", name="새 대화").click()
    expect(visitor.chips.first).to_be_visible()
    expect(typing).to_have_count(0)
    sent.let_go()
    visitor.panel.get_by_role("button", name="대화 목록").click()
    visitor.page.get_by_role("listitem").filter(has_text="확실한 답을 찾지 못했어요").click()
    expect(visitor.mine).to_have_text(["나: 기다려 볼게요"])


CONVERSATIONS = "**/api/v1/conversations"
MESSAGES = "**/api/v1/conversations/*/messages*"


def problem(route: Route, status: int, code: str) -> None:
    """This call gets such an answer instead of the service's."""
    allowed = {"Access-Control-Allow-Origin": "*"}
    route.fulfill(
        status=status, headers=allowed, content_type="application/problem+json", body=PROBLEM % (code, status)
    )


def two_conversations(visitor: Visitor, host: Host, member: Member) -> None:
    """One that is over, of which the page knows no message, and one that is open and shown."""
    visitor.page.clock.install()
    visitor.begin(host.url, member)
    visitor.chip("배송").click()
    visitor.chip(OKAY).click()
    visitor.page.get_by_role("button", name="새 대화").click()
    expect(visitor.chip("결제")).to_be_visible()
    visitor.page.reload()
    visitor.open()


def enter_the_other(visitor: Visitor, held: list[Route]) -> None:
    """Press the one that is over; what it asks for is held."""
    visitor.panel.get_by_role("button", name="대화 목록").click()
    visitor.page.route(MESSAGES, lambda route: held.append(route), times=1)  # noqa: PLW0108 - it has to be a Python function
    visitor.page.get_by_role("listitem").filter(has_text="종료").click()
    until(lambda: visitor.page.evaluate("1") and held, "its messages are asked for")


def test_what_did_not_come_brings_nobody_back(visitor: Visitor, host: Host, member: Member) -> None:
    """It is asked for again by itself, but not where the visitor has left it meanwhile."""
    two_conversations(visitor, host, member)
    held: list[Route] = []
    enter_the_other(visitor, held)
    problem(held[0], 503, "upstream_unavailable")
    expect(visitor.banner).to_contain_text("초 뒤에 다시 시도할게요")
    visitor.panel.get_by_role("button", name="대화 목록").click()
    visitor.page.clock.run_for(6000)
    expect(visitor.page.get_by_role("listitem")).to_have_count(2)


def test_a_conversation_that_is_gone_takes_no_other_with_it(visitor: Visitor, host: Host, member: Member) -> None:
    two_conversations(visitor, host, member)
    held: list[Route] = []
    enter_the_other(visitor, held)
    visitor.panel.get_by_role("button", name="대화 목록").click()
    visitor.page.get_by_role("listitem").filter(has_not_text="종료").click()
    expect(visitor.chip("결제")).to_be_visible()
    with visitor.page.expect_response(MESSAGES):
        problem(held[0], 404, "not_found")
    visitor.panel.get_by_role("button", name="대화 목록").click()
    expect(visitor.page.get_by_role("listitem")).to_have_count(1)
    expect(visitor.page.get_by_role("listitem")).not_to_contain_text("종료")


def test_what_fails_besides_leaves_the_next_try(visitor: Visitor, host: Host, member: Member) -> None:
    """A conversation that could not begin is tried again by itself, also where the list could not be read meanwhile."""
    visitor.page.clock.install()
    visitor.go(host.url, member)
    held: list[Route] = []
    is_down = True

    def answer(route: Route) -> None:
        if is_down and not held and route.request.method == "POST":
            held.append(route)
        elif is_down and (held or route.request.method == "POST"):
            problem(route, 503, "upstream_unavailable")
        else:
            route.continue_()

    visitor.page.route(CONVERSATIONS, answer)
    visitor.launcher.click()
    until(lambda: visitor.page.evaluate("1") and held, "it is begun")
    visitor.page.clock.run_for(6000)  # the list may be read anew
    problem(held[0], 503, "upstream_unavailable")
    expect(visitor.banner).to_contain_text("초 뒤에 다시 시도할게요")
    with visitor.page.expect_response(lambda answer: answer.request.method == "GET" and answer.status == 503):
        visitor.page.evaluate("window.dispatchEvent(new Event('focus'))")
    is_down = False
    visitor.page.clock.run_for(6000)
    expect(visitor.bubbles.first).to_contain_text(GREETING)
