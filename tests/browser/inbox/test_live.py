"""Two operators side by side, one with several tabs; streams that are cut; a sign-in that is over."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from scripts.local import LocalStack
from tests.browser.holding import Held
from tests.browser.inbox.conftest import NewCustomer, NewScreen
from tests.browser.inbox.people import Person, Team, hire

STREAM = "GET /api/v1/inbox/events"
COUNTS = "document.querySelector('inbox-shell').desk.inbox.counts"


def test_two_operators_see_what_each_other_does(
    new_screen: NewScreen, new_customer: NewCustomer, label: str, team: Team, admin: Person, agent: Person
) -> None:
    left, right = new_screen(agent).go("/waiting", label=label), new_screen(admin).go("/waiting", label=label)
    before = right.page.evaluate(COUNTS)
    customer = new_customer(says="여기 누구 있나요?")
    for screen in (left, right):
        expect(screen.row(customer)).to_contain_text("여기 누구 있나요?")
    expect(right.view("답변 대기")).to_contain_text(str(before["waiting"] + 1))
    left.row(customer).locator("input").click()
    left.page.get_by_label("담당자 지정").select_option(label=f"{agent.name} (나)")
    right.leave_list()
    expect(right.row(customer)).to_have_count(0)
    right.view("진행 중").click()
    expect(right.row(customer)).to_contain_text(agent.name)
    right.page.keyboard.press("j")
    customer.say("감사합니다")
    expect(right.row(customer)).to_contain_text("감사합니다")


def test_what_somebody_chose_last_holds_whichever_line_is_slow(
    new_screen: NewScreen, new_customer: NewCustomer, agents: Team, team: Team, agent: Person
) -> None:
    customers = [new_customer(), new_customer()]
    held: list[Route] = []

    def slow(route: Route) -> None:
        held.append(route) if len(held) < 2 else route.continue_()

    screen = new_screen()
    page = screen.page
    # What is held here is held for as long as it takes.
    page.add_init_script("AbortSignal.timeout = () => new AbortController().signal")
    with page.expect_request("**/me/availability"):
        page.route("**/me/availability", slow)
        screen.go()
    page.get_by_label("내 상태").select_option("away")
    with page.expect_request("**/presence"):
        page.route("**/presence", slow)
        screen.walk(f"/c/{customers[0].conversation}")
    screen.walk(f"/c/{customers[1].conversation}")
    expect(page.locator("inbox-composer")).to_be_attached()
    said = [screen.calls.count(f"PUT /api/v1/inbox/{path}") for path in ("me/availability", "presence")]
    assert said == [1, 1], "what was chosen then waits for its turn"
    for route, told in zip(held, ("away", customers[1].conversation), strict=True):
        with page.expect_response(
            lambda one, url=route.request.url, told=told: one.url == url and told in (one.request.post_data or "")
        ):
            route.continue_()
    assert agents.ask("GET", "/me")["availability"] == "away"
    looking = [team.ask("GET", f"/conversations/{one.conversation}")["viewers"] for one in customers]
    assert [[who["id"] for who in each] for each in looking] == [[], [agent.id]]
    with page.expect_response("**/me/availability"):
        page.get_by_label("내 상태").select_option("online")


def test_of_several_tabs_one_listens_and_another_goes_on(
    new_screen: NewScreen, new_customer: NewCustomer, label: str
) -> None:
    first = new_screen().go("/waiting", label=label)
    first.hear()
    second = new_screen(context=first.page.context).go("/waiting", label=label)
    customer = new_customer()
    expect(second.row(customer)).to_be_visible()
    assert STREAM in first.calls
    assert STREAM not in second.calls
    with second.page.expect_request(re.compile("inbox/events")):
        first.page.close()
    another = new_customer()
    expect(second.row(another)).to_be_visible()


def test_what_happened_while_nothing_came_is_there_when_it_comes_again(
    new_screen: NewScreen, new_customer: NewCustomer, label: str
) -> None:
    screen = new_screen().go("/waiting", label=label)
    screen.hear()
    # What was asked for before that says nothing of it.
    late = Held(screen.page, "**/api/v1/inbox/me", is_answered=True)
    screen.page.evaluate("() => { window.asked = document.querySelector('inbox-shell').desk.api.get('/me'); }")
    late.come()
    screen.page.context.set_offline(True)
    expect(screen.page.get_by_text("연결이 끊겼어요.")).to_be_visible()
    late.let_go()
    assert (
        screen.page.evaluate("window.asked.then(() => document.querySelector('inbox-shell').desk.api.isReachable)")
        is False
    )
    customer = new_customer()
    screen.page.context.set_offline(False)
    expect(screen.row(customer)).to_be_visible()
    expect(screen.page.get_by_text("연결이 끊겼어요.")).to_have_count(0)


def test_without_a_stream_it_is_asked_for(new_screen: NewScreen, new_customer: NewCustomer, label: str) -> None:
    screen = new_screen()
    screen.page.route("**/api/v1/inbox/events", lambda route: route.fulfill(status=503))
    screen.go("/waiting", label=label)
    expect(screen.row(new_customer())).to_be_visible()


def test_a_cursor_that_is_worth_nothing_loads_the_list_anew(
    new_screen: NewScreen, new_customer: NewCustomer, label: str
) -> None:
    screen = new_screen().go("/waiting", label=label)
    screen.page.route(
        "**/api/v1/inbox/changes*",
        lambda route: route.continue_(url=f"{screen.url}/api/v1/inbox/changes?cursor=nothing"),
        times=1,
    )
    expect(screen.row(new_customer())).to_be_visible()
    assert "GET /api/v1/inbox/conversations" in screen.calls


def test_a_sign_in_that_is_over_takes_nothing_away(
    new_screen: NewScreen, new_customer: NewCustomer, label: str, agent: Person
) -> None:
    customer = new_customer()
    screen = new_screen(agent).go("/waiting", label=label)
    page = screen.page
    page.context.clear_cookies()
    page.evaluate("document.querySelector('inbox-shell').desk.live.pull()")
    bar = page.get_by_role("alert").filter(has_text="로그인이 만료되었어요.")
    expect(bar).to_be_visible()
    expect(screen.row(customer)).to_be_visible()
    with page.context.expect_page() as opened:
        bar.get_by_role("link", name="다시 로그인").click()
    form = opened.value
    form.get_by_label("이메일").fill(agent.member.email)
    form.get_by_label("비밀번호").fill(agent.member.password)
    form.locator("main").get_by_role("button", name="로그인").click()
    form.wait_for_url("**/inbox/waiting")
    form.close()
    page.bring_to_front()
    expect(bar).to_have_count(0)
    expect(screen.row(new_customer())).to_be_visible()


def test_whoever_is_no_operator_any_more_is_told_so(new_screen: NewScreen, stack: LocalStack, team: Team) -> None:
    somebody = hire(stack, "그만둘 사람")
    screen = new_screen(somebody).go("/waiting")
    team.ask("PATCH", f"/operators/{somebody.id}", isActive=False)
    screen.page.evaluate("document.querySelector('inbox-shell').desk.live.pull()")
    expect(screen.page.get_by_text("상담원 권한이 없어졌어요.")).to_be_visible()
