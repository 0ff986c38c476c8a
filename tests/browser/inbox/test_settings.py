"""What the team sets up, on the screen: admins change it, agents read it, and the audit tells of each change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Locator, Route, expect

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from tests.browser.holding import Held
from tests.browser.inbox import people
from tests.browser.inbox.conftest import NewScreen
from tests.browser.inbox.looks import STILL, faults
from tests.browser.inbox.people import Person, Team
from tests.browser.inbox.screen import Screen
from tests.browser.test_site import ask
from tests.concurrency import until as wait_until
from tests.midnight import whole_day
from tests.stack import sign_up
from tests.words import a_word

PLAN = ("timeZone", "spans", "holidays", "alwaysOpen", "overrideOpen", "overrideUntil", "expectedReplySeconds")


@pytest.fixture
def hours(team: Team) -> Iterator[dict[str, Any]]:
    """Office hours, and afterwards what was there before."""
    kept = team.ask("GET", "/hours")
    office = [{"weekday": day, "from": "09:00", "to": "18:00"} for day in range(7)]
    plan = {"spans": office, "holidays": [], "alwaysOpen": False, "overrideOpen": None, "overrideUntil": None}
    yield team.ask("PUT", "/hours", **plan)
    team.ask("PUT", "/hours", **{name: kept[name] for name in PLAN})


@pytest.fixture
def desk(new_screen: NewScreen, admin: Person) -> Screen:
    """An admin's screen."""
    return new_screen(admin)


def said(screen: Screen, text: str) -> None:
    """Wait until it is said that something was done."""
    expect(screen.page.locator(".notice").filter(has_text=text).last).to_be_visible()


def day(screen: Screen, number: int) -> Locator:
    """A weekday of the plan; Monday is 0."""
    return screen.page.locator(".days > div").nth(number)


def drawn(screen: Screen, number: int) -> Locator:
    """A day of this week's picture."""
    return screen.page.locator(".week li").nth(number)


def of_team(server: AppServer) -> dict[str, Any]:
    """What everybody is told of the team."""
    with httpx.Client(base_url=f"{server.url}/api/v1", timeout=60, trust_env=False) as anybody:
        told: dict[str, Any] = people.ask(anybody, "GET", "/team").json()
    return told


def look_at_labels(screen: Screen) -> None:
    """Go to another page."""
    screen.page.get_by_role("link", name="라벨", exact=True).click()
    expect(screen.page.get_by_role("heading", name="라벨", level=1)).to_be_visible()


def newest(screen: Screen) -> Locator:
    """The last thing that the audit tells."""
    screen.go("/audit")
    return screen.page.locator(".audit > li").first


def test_hours_are_drawn_while_they_are_changed_and_told_when_they_are_saved(
    desk: Screen, hours: dict[str, Any], server: AppServer, team: Team
) -> None:
    today = whole_day().date()
    page = desk.go("/settings/hours").page
    expect(drawn(desk, 0).locator(".said")).to_have_text("09:00–18:00")
    # Lunch and a night, drawn before they are saved.
    day(desk, 0).get_by_label("월요일 끝").fill("12:00")
    day(desk, 0).get_by_role("button", name="시간 추가").click()
    day(desk, 0).get_by_label("월요일 시작").last.fill("20:00")
    day(desk, 0).get_by_label("월요일 끝").last.fill("02:00")
    expect(drawn(desk, 0).locator(".said")).to_have_text("09:00–12:00, 20:00–24:00")
    expect(drawn(desk, 1).locator(".said")).to_have_text("00:00–02:00, 09:00–18:00")
    expect(drawn(desk, 0).locator("rect.open")).to_have_count(2)
    expect(day(desk, 0)).to_contain_text("다음 날까지")
    page.get_by_role("button", name="휴일 추가").click()
    page.get_by_label("날짜").fill(today.isoformat())
    page.get_by_label("휴일 이름").fill("창립 기념일")
    page.get_by_label("휴일 이름").press("Tab")
    expect(page.locator(".week .today .said")).to_have_text("창립 기념일")
    expect(page.locator(".standing")).to_contain_text("지금은 운영 시간이 아니에요.")
    # Until then nothing is otherwise, and what was begun is there when one comes back.
    assert team.ask("GET", "/hours")["spans"] == hours["spans"]
    look_at_labels(desk)
    page.get_by_role("link", name="운영 시간", exact=True).click()
    page.get_by_role("button", name="저장", exact=True).click()
    said(desk, "저장했어요.")
    saved = team.ask("GET", "/hours")
    assert saved["holidays"][0]["name"] == "창립 기념일"
    assert {"weekday": 0, "from": "20:00", "to": "02:00"} in saved["spans"]

    # Customers are told within half a minute: each process keeps what it knows so long.
    def is_told() -> bool:
        now = of_team(server)
        return now["opensAt"] is not None and not now["isOnline"]

    wait_until(is_told, 120)
    entry = newest(desk)
    for words in ("박관리", "운영 시간 변경", "월 09:00–12:00, 20:00–다음 날 02:00", "창립 기념일"):
        expect(entry).to_contain_text(words)


def test_what_is_being_typed_stays_while_the_week_is_drawn(desk: Screen, hours: dict[str, Any]) -> None:
    page = desk.go("/settings/hours").page
    expect(drawn(desk, 0).locator(".said")).to_have_text("09:00–18:00")
    typed = {"휴일 이름": "창립 기", "보통 답변까지 걸리는 시간(분)": "7", "시간대": "Asia/To"}
    page.get_by_role("button", name="휴일 추가").click()
    for (label, text), end in zip(typed.items(), ("12:00", "13:00", "14:00"), strict=True):
        held: list[Route] = []
        page.route("**/hours/preview", lambda route, held=held: held.append(route))
        with page.expect_request("**/hours/preview"):
            day(desk, 0).get_by_label("월요일 끝").fill(end)
            page.get_by_label(label).fill(text)
        page.unroute("**/hours/preview")
        for route in held:
            route.continue_()
        expect(drawn(desk, 0).locator(".said")).to_have_text(f"09:00–{end}")
        expect(page.get_by_label(label)).to_have_value(text)


def test_it_is_closed_by_hand_until_a_time(desk: Screen, hours: dict[str, Any], server: AppServer, team: Team) -> None:
    page = desk.go("/settings/hours").page
    page.get_by_label("열지 닫을지").select_option("closed")
    page.get_by_label("언제까지").select_option("custom")
    until = datetime.now(ZoneInfo("Asia/Seoul")).replace(second=0, microsecond=0) + timedelta(hours=30)
    page.get_by_label("끝나는 시각").fill(f"{until:%Y-%m-%dT%H:%M}")
    page.get_by_label("끝나는 시각").press("Tab")
    # Twice is once.
    page.get_by_role("button", name="적용", exact=True).dblclick()
    said(desk, "적용했어요.")
    assert desk.calls.count("PUT /api/v1/inbox/hours") == 1
    expect(page.locator(".by-hand")).to_contain_text("닫아 두었어요")
    expect(page.locator(".week .today .said")).to_contain_text("직접 닫아 둠")
    assert datetime.fromisoformat(team.ask("GET", "/hours")["overrideUntil"]) == until.astimezone(UTC)

    # Customers are told within half a minute: each process keeps what it knows so long.
    def is_told() -> bool:
        opens_at = of_team(server)["opensAt"]
        return opens_at is not None and datetime.fromisoformat(opens_at) >= until

    wait_until(is_told, 120)
    page.get_by_role("button", name="원래 시간표로").click()
    said(desk, "원래 시간표로 돌아왔어요.")
    assert team.ask("GET", "/hours")["overrideOpen"] is None
    page.get_by_label("끝나는 시각").fill("2020-01-01T00:00")
    page.get_by_label("끝나는 시각").press("Tab")
    page.get_by_role("button", name="적용", exact=True).click()
    expect(page.locator(".by-hand .fault")).to_have_text("지금보다 뒤의 시각으로 정해 주세요.")


def test_what_is_wrong_is_said_where_it_is(desk: Screen, hours: dict[str, Any], team: Team) -> None:
    page = desk.go("/settings/hours").page
    day(desk, 2).get_by_label("수요일 시작").fill("")
    page.get_by_label("시간대").fill("Mars/Olympus")
    page.get_by_label("시간대").press("Tab")
    for field, words in (
        (page.get_by_label("시간대"), "아는 시간대가 아니에요."),
        (day(desk, 2).get_by_label("수요일 시작"), "시각을 확인해 주세요."),
    ):
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(page.locator(f"#{field.get_attribute('aria-describedby')}")).to_contain_text(words)
    page.get_by_role("button", name="저장", exact=True).click()
    expect(page.get_by_label("시간대")).to_be_focused()
    assert team.ask("GET", "/hours")["version"] == hours["version"]
    # It is there for who comes back to it.
    look_at_labels(desk)
    page.get_by_role("link", name="운영 시간", exact=True).click()
    expect(page.get_by_label("시간대")).to_have_value("Mars/Olympus")
    expect(page.get_by_label("시간대")).to_have_attribute("aria-invalid", "true")


def test_what_was_begun_stays_and_what_was_saved_is_not_begun(desk: Screen, hours: dict[str, Any]) -> None:
    """However quickly one leaves, comes and leaves again."""
    page, place = desk.go("/settings/hours").page, "**/api/v1/inbox/hours"
    expected, back = page.get_by_label("보통 답변까지"), page.get_by_role("link", name="운영 시간", exact=True)
    expected.fill("7")
    expected.press("Tab")
    look_at_labels(desk)
    read = Held(page, place)
    back.click()
    read.come()
    look_at_labels(desk)
    read.let_go()
    back.click()
    expect(expected).to_have_value("7")
    saved = Held(page, place, "PUT", is_answered=True)
    page.get_by_role("button", name="저장", exact=True).click()
    saved.come()
    look_at_labels(desk)
    saved.let_go()
    said(desk, "저장했어요.")
    back.click()
    expect(expected).to_have_value("7")
    expect(page.get_by_text("저장하지 않은 변경이 있어요.")).to_have_count(0)


def test_of_two_admins_nobody_saves_over_the_other_unseen(desk: Screen, hours: dict[str, Any], team: Team) -> None:
    page = desk.go("/settings/hours").page
    page.get_by_label("보통 답변까지").fill("7")
    page.get_by_label("보통 답변까지").press("Tab")
    holidays = [{"date": "2027-01-01", "name": "신정"}]
    team.ask("PUT", "/hours", holidays=holidays)
    page.get_by_role("button", name="저장", exact=True).click()
    conflict = page.locator(".conflict")
    expect(conflict).to_contain_text("휴일2027-01-01 신정")
    expect(conflict.get_by_role("button", name="저장된 내용 쓰기")).to_be_focused()
    saved = team.ask("GET", "/hours")
    assert (saved["holidays"], saved["expectedReplySeconds"]) == (holidays, hours["expectedReplySeconds"])
    conflict.get_by_role("button", name="내 변경도 저장").click()
    said(desk, "저장했어요.")
    saved = team.ask("GET", "/hours")
    assert (saved["holidays"], saved["expectedReplySeconds"]) == (holidays, 420)


def test_somebody_joins_changes_and_leaves(desk: Screen, stack: LocalStack, team: Team, admin: Person) -> None:
    name, page = f"새로운 {a_word()}", desk.go("/settings/team").page
    account = sign_up(stack)
    page.get_by_role("button", name="팀원 추가").click()
    page.get_by_role("dialog").get_by_label("이메일").fill("nobody@example.com")
    page.get_by_role("dialog").get_by_label("이름").fill(name)
    page.get_by_role("button", name="추가", exact=True).click()
    expect(page.get_by_role("dialog").get_by_label("이메일")).to_be_focused()
    expect(page.locator("#email-fault")).to_have_text("이 주소로 가입한 계정이 없어요.")
    page.get_by_role("dialog").get_by_label("이메일").fill(account.email)
    page.get_by_role("dialog").get_by_label("이메일").press("Enter")
    card = page.locator(".card").filter(has_text=name)
    expect(card).to_contain_text("상담원")
    card.get_by_role("button", name="수정").click()
    page.get_by_role("dialog").get_by_label("역할").select_option("admin")
    page.get_by_role("button", name="저장", exact=True).click()
    expect(card).to_contain_text("관리자")
    card.get_by_role("button", name="팀에서 내보내기").click()
    page.get_by_role("dialog").get_by_role("button", name="팀에서 내보내기").click()
    expect(card).to_contain_text("권한 없음")
    card.get_by_role("button", name="다시 참여").click()
    expect(card).not_to_contain_text("권한 없음")
    entry = newest(desk)
    expect(entry).to_contain_text(f"팀원 “{name}” 변경")
    for words in ("이전: 아니요", "이후: 예"):
        expect(entry).to_contain_text(words)


def test_the_last_admin_stays(desk: Screen, team: Team, admin: Person) -> None:
    for one in team.ask("GET", "/operators")["operators"]:
        if one["role"] == "admin" and one["isActive"] and one["id"] != admin.id:
            team.ask("PATCH", f"/operators/{one['id']}", role="agent")
    page = desk.go("/settings/team").page
    card = page.locator(".card").filter(has=page.locator(".mark", has_text="나"))
    card.get_by_role("button", name="수정").click()
    page.get_by_role("dialog").get_by_label("역할").select_option("agent")
    page.get_by_role("button", name="저장", exact=True).click()
    expect(page.locator("#role-fault")).to_have_text("마지막 관리자는 상담원으로 바꿀 수 없어요.")
    page.get_by_role("button", name="취소").click()
    card.get_by_role("button", name="팀에서 내보내기").click()
    page.get_by_role("dialog").get_by_role("button", name="팀에서 내보내기").click()
    said(desk, "마지막 관리자는 내보낼 수 없어요.")


def test_a_label_comes_changes_and_goes(desk: Screen, team: Team) -> None:
    word, page = f"환불 {a_word()}", desk.go("/settings/labels").page
    page.get_by_role("button", name="라벨 추가").click()
    page.get_by_role("dialog").get_by_label("이름").fill(word)
    page.get_by_role("radio", name="#d64545").check(force=True)
    page.get_by_role("button", name="저장", exact=True).click()
    card = page.locator(".card").filter(has_text=word)
    expect(card).to_be_visible()
    assert {"name": word, "color": "#d64545"}.items() <= next(
        one.items() for one in team.ask("GET", "/labels")["labels"] if one["name"] == word
    )
    card.get_by_role("button", name="수정").click()
    page.get_by_role("dialog").get_by_label("이름").fill("")
    page.get_by_role("button", name="저장", exact=True).click()
    expect(page.get_by_role("dialog").get_by_label("이름")).to_be_focused()
    page.get_by_role("dialog").get_by_label("이름").fill(f"{word}!")
    # Who does not wait for it to be saved finds it all the same.
    held = Held(page, "**/api/v1/inbox/labels/*", "PATCH")
    page.get_by_role("button", name="저장", exact=True).click()
    held.come()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    held.let_go()
    expect(page.locator(".card").filter(has_text=f"{word}!")).to_be_visible()
    page.locator(".card").filter(has_text=word).get_by_role("button", name="삭제").click()
    page.get_by_role("dialog").get_by_role("button", name="삭제").click()
    expect(page.locator(".card").filter(has_text=word)).to_have_count(0)
    entry = newest(desk)
    expect(entry).to_contain_text(f"라벨 “{word}!” 삭제")
    expect(entry.locator("del").first).to_have_text(f"이전: {word}!")


def test_a_reply_is_everybodys_or_ones_own(desk: Screen, new_screen: NewScreen, agent: Person) -> None:
    word, own = f"배송{a_word()}", f"내것{a_word()}"
    page = desk.go("/settings/replies").page

    def add(shortcut: str, content: str, *, is_personal: bool = False) -> None:
        page.get_by_role("button", name="답변 추가").click()
        page.get_by_role("dialog").get_by_label("짧은 이름").fill(shortcut)
        page.get_by_label("내용", exact=True).fill(content)
        page.get_by_role("button", name="고객 이름").click()
        if is_personal:
            page.get_by_role("dialog").get_by_label("나만 보기").check()
        page.get_by_role("button", name="저장", exact=True).click()

    add(word, "안녕하세요, ")
    expect(page.locator(".card").filter(has_text=word)).to_contain_text("안녕하세요, {{contact.name}}")
    add(own, "저는 ", is_personal=True)
    expect(page.locator("section").filter(has_text="나만의 답변").locator(".card")).to_contain_text(own)
    add(word, "같은 이름 ")
    expect(page.locator("#shortcut-fault")).to_contain_text("같은 이름이 있으면")
    # Everybody in the team changes what is everybody's, and sees nobody's own.
    theirs = new_screen(agent).go("/settings/replies").page
    card = theirs.locator(".card").filter(has_text=word)
    expect(card).to_be_visible()
    expect(theirs.get_by_text(own)).to_have_count(0)
    card.get_by_role("button", name="수정").click()
    theirs.get_by_label("내용", exact=True).fill("바꾼 답변")
    theirs.get_by_role("button", name="저장", exact=True).click()
    expect(card).to_contain_text("바꾼 답변")
    entry = newest(desk)
    for words in (agent.name, f"자주 쓰는 답변 “{word}” 변경", "이전: 안녕하세요, {{contact.name}}", "이후: 바꾼 답변"):
        expect(entry).to_contain_text(words)
    expect(page.get_by_text(own)).to_have_count(0)


def test_agents_read_and_change_nothing_of_the_teams(
    new_screen: NewScreen, agent: Person, hours: dict[str, Any], label: str
) -> None:
    screen = new_screen(agent).go("/settings/hours")
    page = screen.page
    expect(page.locator(".week li")).to_have_count(7)
    expect(page.locator(".facts")).to_contain_text("월요일09:00–18:00")
    expect(page.locator(".sheet").locator("input, select")).to_have_count(0)
    expect(page.get_by_role("link", name="변경 기록")).to_have_count(0)
    for path, words in (("/settings/team", agent.name), ("/settings/labels", label)):
        screen.go(path)
        expect(page.locator(".card").filter(has_text=words).first).to_be_visible()
        expect(page.locator("main").get_by_role("button", name="추가")).to_have_count(0)
        expect(page.locator("main").get_by_role("button", name="수정")).to_have_count(0)
    screen.go("/audit")
    expect(page.locator("main").get_by_role("alert")).to_contain_text("권한이 없어요.")


@pytest.mark.slow
def test_everybody_can_use_it(
    new_screen: NewScreen, admin: Person, hours: dict[str, Any], label: str, server: AppServer
) -> None:
    ask(server, title="긴" * 90, body="W" * 400)
    screen = new_screen(admin, **STILL).go("/settings/team")
    page = screen.page
    buttons = {"/settings/team": "팀원 추가", "/settings/labels": "라벨 추가", "/settings/replies": "답변 추가"}
    for path in (*buttons, "/settings/hours", "/audit", "/inquiries", "/today"):
        screen.walk(path)
        expect(page.locator(".sheet > :not(h1):not(.hint)").first).to_be_visible()
        assert faults(screen) == [], path
        if path in buttons:
            page.get_by_role("button", name=buttons[path]).click()
            expect(page.get_by_role("dialog")).to_be_visible()
            assert faults(screen) == [], f"{path}: form"
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog")).to_have_count(0)
            expect(page.get_by_role("button", name=buttons[path])).to_be_focused()
