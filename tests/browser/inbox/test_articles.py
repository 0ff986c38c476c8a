"""Articles on the screen: written, looked at, published, had back; imported; written because somebody asked in vain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect
from psycopg import Connection

from scripts.local import LocalStack
from service.jobs.worker import Worker
from tests.browser.engines.until import until
from tests.browser.holding import Held
from tests.browser.inbox.conftest import NewScreen
from tests.browser.inbox.looks import STILL, faults
from tests.browser.inbox.people import Person, Team
from tests.browser.inbox.screen import Screen
from tests.stack import connect
from tests.words import a_word
from tests.working import hand_driven

BODY = "## 출고\n\n평일 **오후 2시** 이전에 결제하시면 당일 출고해요.\n\n- 제주는 하루 더\n- 주말에는 쉬어요"


@pytest.fixture
def desk(new_screen: NewScreen, admin: Person) -> Screen:
    """An admin's screen."""
    return new_screen(admin)


@pytest.fixture
def root(stack: LocalStack) -> Iterator[Connection[Any]]:
    """A superuser's connection that commits each statement."""
    with connect(stack, autocommit=True) as connection:
        yield connection


@pytest.fixture
def worker(stack: LocalStack, root: Connection[Any]) -> Iterator[Worker]:
    """A worker that does what is due when it is told to."""
    with hand_driven(stack) as driven:
        root.execute("delete from public.chat_jobs")
        yield driven


@pytest.fixture
def title(team: Team) -> Iterator[str]:
    """A title that no other article has; all with it in theirs are gone after the test."""
    word = f"배송 {a_word()}"
    yield word
    for article in team.ask("GET", f"/articles?q={word}&limit=50")["articles"]:
        team.ask("DELETE", f"/articles/{article['id']}")


def write(team: Team, title: str, **changes: Any) -> dict[str, Any]:
    """An article, by the API."""
    usual = {"title": title, "body": BODY, "locale": "ko", "status": "published"}
    made: dict[str, Any] = team.ask("POST", "/articles", **{**usual, **changes})
    return made


def card(screen: Screen, text: str) -> Locator:
    """What is listed under a name."""
    return screen.page.locator("li.card").filter(has_text=text)


def said(screen: Screen, text: str) -> None:
    """Wait until the screen says so."""
    expect(screen.page.locator(".notice.said > span").filter(has_text=re.compile(f"^{text}"))).to_be_visible()


def test_an_article_is_written_looked_at_and_published(desk: Screen, title: str, team: Team) -> None:
    page = desk.go("/articles").page
    page.get_by_role("link", name="새 글").click()
    page.get_by_role("button", name="게시", exact=True).click()
    # Said where it is, and the keyboard is there.
    expect(page.get_by_label("제목", exact=True)).to_be_focused()
    expect(page.locator("#title-fault")).to_be_visible()
    page.get_by_label("제목", exact=True).fill(title)
    page.get_by_label("내용", exact=True).fill(BODY)
    look = page.get_by_role("group", name="미리보기")
    expect(look.get_by_role("heading", name="출고", level=2)).to_be_visible()
    expect(look.locator("strong")).to_have_text("오후 2시")
    page.get_by_role("button", name="질문 추가").click()
    expect(page.get_by_label("질문 1", exact=True)).to_be_focused()
    page.keyboard.type("언제 와요?")
    page.keyboard.press("Enter")
    expect(page.get_by_label("질문 2", exact=True)).to_be_focused()
    page.keyboard.type("주말에도 오나요?")
    expect(page.get_by_label("질문 2", exact=True)).to_have_value("주말에도 오나요?")
    # Nothing of it is lost: not by a reload, not by walking on.
    page.reload()
    expect(page.get_by_label("내용", exact=True)).to_have_value(BODY)
    page.get_by_role("link", name="← 도움말").click()
    said(desk, "쓰던 글을 이 브라우저에 남겨 두었어요.")
    page.locator(".begun").get_by_role("link", name="이어서 쓰기").click()
    expect(page.get_by_label("질문 2", exact=True)).to_have_value("주말에도 오나요?")
    page.get_by_role("button", name="질문 1 삭제").click()
    expect(page.get_by_label("질문 1", exact=True)).to_be_focused()
    page.get_by_role("button", name="초안 저장").click()
    said(desk, "초안으로 저장했어요.")
    expect(page.locator(".mark").filter(has_text="초안")).to_be_visible()
    public = page.context.new_page()
    expect(page.locator("#slug")).not_to_have_value("")
    slug = page.locator("#slug").input_value()
    assert public.goto(f"{desk.url}/help/{slug}").status == 404  # type: ignore[union-attr]
    page.get_by_role("button", name="게시", exact=True).click()
    said(desk, "게시했어요.")
    saved = team.ask("GET", f"/articles?q={title}")["articles"][0]
    assert (saved["status"], saved["questions"]) == ("published", ["주말에도 오나요?"])
    with page.expect_popup() as opened:
        page.get_by_role("link", name="도움말에서 보기").click()
    expect(opened.value.get_by_role("heading", name=title)).to_be_visible()
    # What customers see is what the preview showed.
    expect(look.get_by_role("heading", name="출고", level=2)).to_be_visible()
    expect(opened.value.locator(".article")).to_have_text(look.inner_text(), use_inner_text=True)
    # The key that saves everywhere; what is published stays so.
    page.get_by_label("내용", exact=True).fill(f"{BODY}\n- 설에는 쉬어요")
    page.keyboard.press("Control+s")
    said(desk, "저장했어요.")
    opened.value.reload()
    expect(opened.value.locator(".article")).to_contain_text("설에는 쉬어요")
    page.get_by_role("button", name="게시 중단").click()
    said(desk, "게시를 중단했어요.")
    assert opened.value.reload().status == 404  # type: ignore[union-attr]
    opened.value.close()
    desk.go("/articles", q=title, status="draft")
    expect(card(desk, title)).to_have_count(1)
    page.get_by_label("상태", exact=True).select_option("published")
    expect(page.get_by_text("찾는 내용이 없어요.")).to_be_visible()
    expect(page).to_have_url(re.compile("status=published"))
    desk.go(f"/articles/{saved['id']}")
    page.get_by_role("button", name="삭제", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="삭제").click()
    said(desk, "삭제했어요.")
    assert team.ask("GET", f"/articles?q={title}")["articles"] == []


@pytest.mark.parametrize("is_new", [False, True], ids=["saved before", "new"])
def test_what_is_typed_while_it_is_saved_is_not_lost(desk: Screen, title: str, team: Team, is_new: bool) -> None:
    page = desk.go("/articles/new" if is_new else f"/articles/{write(team, title)['id']}").page
    method = "POST" if is_new else "PATCH"
    held: list[Route] = []
    page.route(
        re.compile("/api/v1/inbox/articles(/[-0-9a-f]{36})?$"),
        lambda route: held.append(route) if route.request.method == method else route.continue_(),
    )
    page.get_by_label("제목", exact=True).fill(title)
    text = page.get_by_label("내용", exact=True)
    text.fill("하나")
    with page.expect_request(lambda sent: sent.method == method and not sent.url.endswith("preview")):
        page.keyboard.press("Control+s")
    text.press_sequentially(" 둘")
    expect(text).to_have_value("하나 둘")
    method = "none"
    held[0].continue_()
    said(desk, "초안으로 저장했어요." if is_new else "저장했어요.")
    page.wait_for_url(re.compile("/articles/[-0-9a-f]{36}$"))
    expect(text).to_have_value("하나 둘")
    assert team.ask("GET", f"/articles?q={title}")["articles"][0]["excerpt"] == "하나"
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        text.press("Control+s")
    assert team.ask("GET", f"/articles?q={title}")["articles"][0]["excerpt"] == "하나 둘"


def test_who_writes_on_while_it_is_refused_is_not_interrupted(desk: Screen, title: str, team: Team) -> None:
    path = f"/articles/{write(team, title)['id']}"
    page = desk.go(path).page
    text = page.get_by_label("내용", exact=True)
    text.fill("하나")
    held = Held(page, f"**/api/v1/inbox{path}", "PATCH")
    page.keyboard.press("Control+s")
    held.come()
    team.ask("PATCH", path, title=f"{title} (고침)")
    text.press_sequentially(" 둘")
    held.let_go()
    expect(page.get_by_role("alert").filter(has_text="그사이 다른 분이 먼저 저장했어요.")).to_be_visible()
    # A button that had the keyboard would be pressed by the next space.
    page.keyboard.type(" 셋")
    expect(text).to_have_value("하나 둘 셋")


def test_who_was_slower_sees_both_texts(desk: Screen, title: str, team: Team) -> None:
    article = write(team, title)
    page = desk.go(f"/articles/{article['id']}").page
    page.get_by_label("내용", exact=True).fill(BODY.replace("오후 2시", "오후 3시"))
    team.ask("PATCH", f"/articles/{article['id']}", body=BODY.replace("제주는 하루", "제주는 이틀"), ifVersion=1)
    page.get_by_role("button", name="저장", exact=True).click()
    conflict = page.get_by_role("alert").filter(has_text="그사이 다른 분이 먼저 저장했어요.")
    expect(conflict.locator("del").filter(has_text="이틀")).to_be_visible()
    expect(conflict.locator("ins").filter(has_text="3시")).to_be_visible()
    expect(conflict.get_by_role("button").first).to_be_focused()
    # Nobody's is lost: what was written is there after a reload, and after theirs was taken.
    page.reload()
    expect(conflict).to_be_visible()
    page.get_by_label("읽는 사람", exact=True).select_option("members")
    conflict.get_by_role("button", name="저장된 내용 쓰기").click()
    expect(page.get_by_label("읽는 사람", exact=True)).to_have_value("all")
    expect(page.get_by_label("내용", exact=True)).to_have_value(BODY.replace("제주는 하루", "제주는 이틀"))
    page.get_by_role("button", name="되돌리기").click()
    expect(page.get_by_label("내용", exact=True)).to_have_value(BODY.replace("오후 2시", "오후 3시"))
    team.ask("PATCH", f"/articles/{article['id']}", title=f"{title} (고침)")
    page.get_by_role("button", name="저장", exact=True).click()
    page.get_by_role("button", name="내 글로 저장").click()
    said(desk, "저장했어요.")
    saved = team.ask("GET", f"/articles/{article['id']}")
    assert (saved["title"], "오후 3시" in saved["body"]) == (title, True)
    # It was deleted while somebody wrote: what they wrote becomes another one.
    page.get_by_label("내용", exact=True).fill("지워진 글에 쓰던 내용")
    team.ask("DELETE", f"/articles/{article['id']}")
    page.get_by_role("button", name="저장", exact=True).click()
    said(desk, "이미 삭제된 글이에요.")
    page.get_by_role("button", name="초안 저장").click()
    said(desk, "초안으로 저장했어요.")
    assert team.ask("GET", f"/articles?q={title}")["articles"][0]["excerpt"] == "지워진 글에 쓰던 내용"


def test_versions_are_compared_and_one_is_had_back(desk: Screen, title: str, team: Team) -> None:
    article = write(team, title)
    team.ask("PATCH", f"/articles/{article['id']}", body=BODY.replace("오후 2시", "오전 11시"), questions=["언제?"])
    page = desk.go(f"/articles/{article['id']}/versions").page
    newest = page.locator('[data-version="2"]')
    expect(newest.locator("del")).to_contain_text("오후 2시")
    expect(newest.locator("ins").filter(has_text="언제?")).to_be_visible()
    page.locator('[data-version="1"]').get_by_role("button", name="이 판으로 되돌리기").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("ins").filter(has_text="오후")).to_be_visible()
    dialog.get_by_role("button", name="이 판으로 되돌리기").click()
    said(desk, "1번째 판으로 되돌렸어요.")
    expect(page.get_by_label("내용", exact=True)).to_have_value(BODY)
    assert team.ask("GET", f"/articles/{article['id']}")["version"] == 3


def test_files_are_imported_and_what_was_edited_by_hand_stays(
    desk: Screen, title: str, team: Team, worker: Worker
) -> None:
    names = [f"{title}-{number}.md" for number in (1, 2)]

    def take(body: str) -> None:
        page = desk.go("/articles/import").page
        files = [
            {"name": name, "mimeType": "text/markdown", "buffer": f"# {name}\n\n{body}".encode()} for name in names
        ]
        page.locator("input[type=file]").set_input_files(files)  # type: ignore[arg-type]
        expect(page.get_by_text("파일 2개")).to_be_visible()
        page.get_by_role("button", name="가져오기 시작").click()
        expect(page.get_by_role("progressbar")).to_be_visible()
        worker.drain()
        expect(page.locator(".sheet .mark").filter(has_text="끝남")).to_be_visible()

    def counted(name: str) -> Locator:
        return desk.page.locator(".tiles > div").filter(has_text=name).locator("dd")

    take("처음")
    expect(counted("새 글")).to_have_text("2")
    first = team.ask("GET", f"/articles?q={title}")["articles"][0]
    team.ask("PATCH", f"/articles/{first['id']}", body="손으로 고친 글")
    take("처음")
    expect(counted("그대로인 글")).to_have_text("2")
    take("바뀐 원본")
    expect(counted("바뀐 글")).to_have_text("1")
    expect(counted("지킨 글")).to_have_text("1")
    desk.page.locator(".outcome").filter(has_text="지킨 글").get_by_role("link").click()
    expect(desk.page.get_by_label("내용", exact=True)).to_have_value("손으로 고친 글")
    # What is none of ours is refused before it is sent.
    page = desk.go("/articles/import").page
    page.locator("input[type=file]").set_input_files(
        {"name": "a.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"}
    )
    page.get_by_role("button", name="가져오기 시작").click()
    expect(page.locator("#files-fault")).to_have_text(".md나 .csv 파일만 가져올 수 있어요.")


def test_how_far_an_import_is_can_be_asked_again_of_a_slow_service(desk: Screen, title: str, worker: Worker) -> None:
    page, one = desk.page, "**/api/v1/inbox/articles/imports/*"
    page.clock.install()
    desk.go("/articles/import")
    file = {"name": f"{title}.md", "mimeType": "text/markdown", "buffer": f"# {title}\n\n{BODY}".encode()}
    page.locator("input[type=file]").set_input_files([file])  # type: ignore[list-item]
    page.get_by_role("button", name="가져오기 시작").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    page.route(one, lambda route: route.abort())
    again = page.locator(".notice.fault").get_by_role("button", name="다시 시도")

    def is_refused() -> bool:
        page.clock.run_for(1000)
        return again.is_visible()

    until(is_refused, "it is told that the service was not reached")
    page.unroute(one)
    held: list[Route] = []
    page.route(one, lambda route: held.append(route))  # noqa: PLW0108 - it has to be a Python function
    with page.expect_request(one):
        again.click()
    # By now it would have been asked a few times more.
    page.clock.run_for(5000)
    worker.drain()
    held[0].continue_()
    expect(page.locator(".sheet .mark").filter(has_text="끝남")).to_be_visible()


def test_what_was_asked_in_vain_becomes_an_article(desk: Screen, title: str, team: Team, root: Connection[Any]) -> None:
    asked, odd = f"{title} 얼마나 걸려요?", f"{title} 오늘 날씨"
    for question in (asked, asked, odd):
        root.execute("select public.kb_miss(%s, 'ko')", [question])
    page = desk.go("/articles/misses").page
    expect(card(desk, asked)).to_contain_text("2번 물었어요")
    card(desk, odd).get_by_role("button", name="치우기").click()
    expect(card(desk, odd)).to_have_count(0)
    page.get_by_role("button", name="되돌리기").click()
    expect(card(desk, odd)).to_have_count(1)
    card(desk, odd).get_by_role("button", name="치우기").click()
    expect(card(desk, odd)).to_have_count(0)
    card(desk, asked).get_by_role("link", name="글 쓰기").click()
    expect(page.get_by_label("질문 1", exact=True)).to_have_value(asked)
    page.get_by_label("제목", exact=True).fill(title)
    page.get_by_label("내용", exact=True).fill(BODY)
    page.get_by_role("button", name="게시", exact=True).click()
    said(desk, "게시했어요.")
    desk.go("/articles/misses")
    expect(page.locator(".tabs")).to_be_visible()
    expect(card(desk, title)).to_have_count(0)
    desk.go("/articles/try", q=asked)
    expect(card(desk, title).first).to_contain_text("점수")


def test_who_may_not_configure_reads(new_screen: NewScreen, title: str, team: Team) -> None:
    article = write(team, title)
    screen = new_screen()
    page = screen.go("/articles", q=title).page
    expect(card(screen, title)).to_have_count(1)
    expect(page.get_by_role("link", name="새 글")).to_have_count(0)
    card(screen, title).get_by_role("link", name=title).first.click()
    expect(page.get_by_role("group", name="미리보기").locator("strong")).to_have_text("오후 2시")
    expect(page.locator("textarea:visible")).to_have_count(0)
    screen.go(f"/articles/{article['id']}/versions")
    expect(page.locator('[data-version="1"]')).to_be_visible()
    expect(page.get_by_role("button", name="되돌리기")).to_have_count(0)


def test_axe_finds_nothing(new_screen: NewScreen, admin: Person, title: str, team: Team, root: Connection[Any]) -> None:
    article = write(team, title)
    team.ask("PATCH", f"/articles/{article['id']}", body=f"{BODY}\n\n| 상태 | 취소 |\n|---|---|\n| 완료 | 아니요 |")
    root.execute("select public.kb_miss(%s, 'ko')", [f"{title} {'길' * 60}"])
    screen = new_screen(admin, **STILL).go("/articles")
    for path in (
        "",
        "/new",
        f"/{article['id']}",
        f"/{article['id']}/versions",
        "/import",
        "/misses",
        f"/try?q={title}",
    ):
        screen.walk(f"/articles{path}")
        expect(screen.page.locator(".sheet > :nth-child(2):not([role=status])")).to_be_attached()
        assert faults(screen) == [], path
