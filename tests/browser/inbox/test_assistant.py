"""Automatic answers on the screen: their settings, a try beside them, their versions, and what was answered."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from psycopg import Connection

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from service.jobs.worker import Worker
from tests.ai.standin import StandIn, answer, standing_in
from tests.ai.worded import WORDED, settings_of
from tests.browser.inbox.looks import STILL, faults
from tests.browser.inbox.people import Customer, Person, Team, hire
from tests.browser.inbox.screen import Screen
from tests.db.articles import QUESTION, TITLE, UNKNOWN, an_article
from tests.stack import connect
from tests.web.server import gunicorn
from tests.working import hand_driven

Open = Callable[..., Screen]


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    """A model that answers from what it is given."""
    with standing_in() as running:
        yield running


@pytest.fixture(scope="module")
def modelled(stack: LocalStack, standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The service, which knows of a model; and an article that answers QUESTION."""
    settings = {name.upper(): str(value) for name, value in settings_of(standin).items()}
    log = tmp_path_factory.mktemp("modelled") / "app.log"
    with (
        connect(stack, autocommit=True) as db,
        an_article(db, text=WORDED),
        gunicorn(stack, log, **settings) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def people(stack: LocalStack, modelled: AppServer) -> dict[str, Person]:
    """An admin and an agent."""
    return {"admin": hire(stack, "박관리", "admin"), "agent": hire(stack, "김상담")}


@pytest.fixture
def team(modelled: AppServer, people: dict[str, Person]) -> Iterator[Team]:
    """What another admin does by the API meanwhile."""
    made = Team(modelled, people["admin"])
    yield made
    made.close()


@pytest.fixture
def open_screen(
    modelled: AppServer, people: dict[str, Person], new_context: Callable[..., BrowserContext]
) -> Iterator[Open]:
    """A function that puts somebody in front of a page of the inbox."""
    made: list[Screen] = []

    def make(path: str, who: str = "admin", **options: Any) -> Screen:
        context = new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        screen = Screen(context.new_page(), modelled.url).sign_in(people[who])
        made.append(screen)
        return screen.go(path)

    yield make
    assert [fault for screen in made for fault in screen.faults] == []


@pytest.fixture
def root(stack: LocalStack) -> Iterator[Connection[Any]]:
    """A superuser's connection that commits each statement."""
    with connect(stack, autocommit=True) as connection:
        yield connection


@contextmanager
def working(stack: LocalStack, standin: StandIn) -> Iterator[None]:
    """A worker does what is due, until this is over."""
    over = threading.Event()

    def work(worker: Worker) -> None:
        while not over.wait(0.05):
            worker.drain()

    with hand_driven(stack, **settings_of(standin)) as driven:
        thread = threading.Thread(target=work, args=[driven])
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def ask(page: Page, question: str) -> None:
    """Try a question."""
    page.get_by_label("질문", exact=True).fill(question)
    page.keyboard.press("Enter")


def save(page: Page) -> None:
    page.get_by_role("button", name="저장", exact=True).click()


def test_what_is_typed_while_settings_are_saved_is_not_lost(open_screen: Open, team: Team) -> None:
    page = open_screen("/settings/assistant").page
    held: list[Route] = []
    page.route(
        "**/api/v1/inbox/assistant",
        lambda route: held.append(route) if route.request.method == "PUT" and not held else route.continue_(),
    )
    topics = page.get_by_label("한 줄에 하나씩").first
    topics.fill("주식")
    with page.expect_request("**/api/v1/inbox/assistant"):
        save(page)
    topics.press_sequentially(" 추천")
    held[0].continue_()
    expect(page.get_by_text("저장했어요.")).to_be_visible()
    expect(topics).to_have_value("주식 추천")
    assert team.ask("GET", "/assistant")["forbiddenTopics"] == ["주식"]
    with page.expect_response("**/api/v1/inbox/assistant"):
        save(page)
    assert team.ask("GET", "/assistant")["forbiddenTopics"] == ["주식 추천"]
    team.ask("PUT", "/assistant", forbiddenTopics=[])


def test_settings_are_tried_before_they_are_saved_and_come_back(open_screen: Open, team: Team) -> None:
    page = open_screen("/settings/assistant").page
    expect(page.get_by_label("도움말 그대로")).to_be_checked()
    came = page.locator(".tried-out")
    ask(page, QUESTION)
    expect(came.locator(".bubble")).to_contain_text(WORDED.splitlines()[0])
    expect(came.get_by_role("link", name=TITLE).first).to_have_attribute("href", "/help/crane-feather-broom?lang=ko")
    page.get_by_label("한 줄에 하나씩").first.fill("빗자루\n")
    expect(page.get_by_text("저장하지 않은 변경으로 시험해요.")).to_be_visible()
    ask(page, QUESTION)
    expect(came.locator(".shown")).to_contain_text("답하지 않을 주제예요.")
    page.get_by_label("써도 되는 링크").or_(page.get_by_label("주소의 앞부분을 한 줄에 하나씩")).fill(
        "http://shop.example"
    )
    save(page)
    expect(page.locator(".fault")).to_have_text("https://로 시작하는 주소를 50개까지 적을 수 있어요.")
    expect(page.locator("#allowedLinks")).to_be_focused()
    page.locator("#allowedLinks").fill("")
    save(page)
    expect(page.get_by_text("저장했어요.")).to_be_visible()
    saved = team.ask("GET", "/assistant")
    assert (saved["forbiddenTopics"], saved["by"]["name"]) == (["빗자루"], "박관리")
    page.get_by_role("link", name="바뀐 내역").click()
    newest = page.locator(f'[data-version="{saved["version"]}"]')
    expect(newest.locator("ins")).to_contain_text("빗자루")
    first = page.locator('[data-version="1"]')
    first.get_by_role("button", name="이 버전으로 되돌리기").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("del")).to_contain_text("빗자루")
    dialog.get_by_role("button", name="이 버전으로 되돌리기").click()
    expect(page.get_by_text("되돌렸어요.")).to_be_visible()
    assert team.ask("GET", "/assistant")["forbiddenTopics"] == []


def test_who_was_overtaken_sees_both_and_loses_nothing(open_screen: Open, team: Team) -> None:
    page = open_screen("/settings/assistant").page
    page.get_by_label("말투").fill("내가 정한 말투")
    # Looking elsewhere forgets nothing of it.
    page.locator("main").get_by_role("link", name="자동 답변 기록").click()
    page.locator("main").get_by_role("link", name="자동 답변", exact=True).click()
    expect(page.get_by_label("말투")).to_have_value("내가 정한 말투")
    team.ask("PUT", "/assistant", rules="그사이 정한 규칙")
    save(page)
    conflict = page.locator(".conflict")
    expect(conflict.locator("ins")).to_contain_text("그사이 정한 규칙")
    conflict.get_by_role("button", name="내 변경도 저장").click()
    expect(page.get_by_text("저장했어요.")).to_be_visible()
    expect(conflict).to_have_count(0)
    expect(page.get_by_label("지켜야 할 것")).to_have_value("그사이 정한 규칙")
    now = team.ask("GET", "/assistant")
    assert (now["tone"], now["rules"]) == ("내가 정한 말투", "그사이 정한 규칙")
    team.ask("POST", "/assistant/versions/1/restore")


def test_what_a_model_would_say_is_shown_with_all_that_led_to_it(
    stack: LocalStack, open_screen: Open, standin: StandIn
) -> None:
    standin.script.append(lambda request: answer(request.reading.passages[0], "9일 말려요.", WORDED.splitlines()[0]))
    page = open_screen("/settings/assistant").page
    page.get_by_label("AI가 다듬어 답하기").check()
    # What is not told just now is asked for again.
    page.route("**/api/v1/inbox/assistant/try/*", lambda route: route.abort(), times=1)
    ask(page, QUESTION)
    came = page.locator(".tried-out")
    expect(came).to_contain_text("모델의 답을 기다리고 있어요…")
    # What was found need not wait for the model.
    expect(came.locator(".pieces")).to_contain_text(TITLE)
    with working(stack, standin):
        expect(came.locator(".bubble")).to_contain_text(WORDED.splitlines()[0], timeout=60_000)
    checks = came.locator(".checks")
    expect(checks.first.locator(".failed")).to_contain_text("숫자와 코드가 인용에 있음")
    expect(checks.nth(1).locator(".failed")).to_have_count(0)
    came.get_by_text("모델에게 보낸 글").click()
    expect(came.locator(".prompt pre").last).to_contain_text(QUESTION)
    expect(came.locator(".facts")).to_contain_text("standin-1")


def test_what_was_answered_is_found_by_outcome_and_leads_on(
    stack: LocalStack, modelled: AppServer, open_screen: Open, root: Connection[Any]
) -> None:
    root.execute("delete from public.kb_answers")
    for question in (QUESTION, UNKNOWN):
        customer = Customer(stack, modelled, "이바다").say(question)
        customer.close()
    screen = open_screen("/answers")
    page = screen.page
    entries = page.locator(".asked > li")
    expect(entries).to_have_count(2)
    expect(page.locator(".tiles")).to_contain_text("50%")
    page.get_by_label("결과").select_option("unknown")
    expect(entries).to_have_count(1)
    expect(entries).to_contain_text(UNKNOWN)
    expect(page).to_have_url(re.compile(r"/answers\?outcome=unknown$"))
    page.reload()
    expect(entries).to_have_count(1)
    entries.get_by_role("link", name="이 질문으로 도움말 쓰기").click()
    expect(page).to_have_url(re.compile(r"/inbox/articles/new\?question="))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.go_back()
    entries.get_by_role("link", name="대화 보기").click()
    expect(page.locator("inbox-conversation")).to_contain_text(UNKNOWN)
    expect(page).to_have_url(re.compile(customer.conversation))


def test_an_agent_reads_and_changes_nothing(open_screen: Open) -> None:
    page = open_screen("/settings/assistant", "agent").page
    expect(page.get_by_label("도움말 그대로")).to_be_disabled()
    expect(page.get_by_label("질문", exact=True)).to_have_count(0)
    expect(page.get_by_role("link", name="바뀐 내역")).to_have_count(0)


def test_everybody_can_use_these_pages(
    stack: LocalStack, modelled: AppServer, open_screen: Open, standin: StandIn
) -> None:
    Customer(stack, modelled).say(QUESTION).close()
    screen = open_screen("/settings/assistant", **STILL)
    page = screen.page
    page.get_by_label("AI가 다듬어 답하기").check()
    with working(stack, standin):
        ask(page, QUESTION)
        expect(page.locator(".tried-out .bubble")).to_be_visible(timeout=60_000)
    assert faults(screen) == []
    page.get_by_role("button", name="되돌리기", exact=True).click()
    for path, there in (("/settings/assistant/versions", ".versions"), ("/answers", ".asked")):
        screen.walk(path)
        expect(page.locator(there)).to_be_visible()
        assert faults(screen) == [], path
