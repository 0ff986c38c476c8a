"""What happens to a hurried operator: a click too many, a key held down, an address cut short, a chat that goes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Error, Page, Route, expect

from scripts.local import LocalStack
from tests.browser.holding import Held
from tests.browser.inbox.conftest import NewCustomer, NewScreen
from tests.browser.inbox.people import Customer, Person, Team
from tests.browser.inbox.talk import Talk
from tests.stack import connect
from tests.words import a_word


@pytest.fixture
def customer(new_customer: NewCustomer) -> Customer:
    """Somebody who waits, with a name that runs the other way."""
    return new_customer("דנה לוי (VIP)")


@pytest.fixture
def talk(new_screen: NewScreen, customer: Customer) -> Talk:
    """Their conversation, open."""
    return Talk(new_screen(), customer).open()


def test_the_second_click_of_two_hits_nothing_that_came_there(talk: Talk, team: Team) -> None:
    mouse = talk.page.mouse
    end = talk.page.locator("inbox-actions button.end")
    end.click()
    expect(end).to_have_text("다시 열기")
    expect(end).to_be_enabled()
    place = end.bounding_box()
    assert place
    calls = len(talk.screen.calls)
    mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    mouse.down(click_count=2)
    mouse.up(click_count=2)
    talk.page.evaluate("0")
    assert not [call for call in talk.screen.calls[calls:] if call.startswith("PATCH")]
    # A click of its own does what it says.
    mouse.down()
    mouse.up()
    expect(end).to_have_text("완료")
    assert team.row(talk.customer)["status"] == "open"


def test_a_key_that_is_held_down_acts_once_and_walks_on(talk: Talk) -> None:
    keyboard, end = talk.page.keyboard, talk.page.locator("inbox-actions button.end")
    keyboard.down("e")
    expect(end).to_have_text("다시 열기")
    calls = len(talk.screen.calls)
    keyboard.down("e")
    keyboard.up("e")
    talk.page.evaluate("0")
    assert not [call for call in talk.screen.calls[calls:] if call.startswith("PATCH")]


def test_what_is_heard_of_before_it_is_answered_is_shown_when_one_can_go_on(talk: Talk, team: Team) -> None:
    end = talk.page.locator("inbox-actions button.end")
    with talk.screen.hear().answered_late("**/api/v1/inbox/conversations/*"):
        end.click()
        expect(talk.screen.link(talk.customer)).to_have_count(0)
        expect(end).to_have_text("완료")
        expect(end).to_be_disabled()
    expect(talk.state).to_contain_text("완료")
    talk.page.keyboard.press("e")
    expect(end).to_have_text("완료")
    assert team.row(talk.customer)["status"] == "open"


def test_what_can_be_taken_back_stays_as_long_as_somebody_is_at_it(talk: Talk) -> None:
    page = talk.page
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    talk.button("완료").click()
    undo = talk.said.get_by_role("button", name="되돌리기")
    for stay, leave in ((undo.hover, talk.screen.leave_list), (undo.focus, undo.blur)):
        stay()
        page.clock.run_for(60_000)
        expect(undo).to_be_visible()
        leave()
    page.clock.run_for(2000)
    expect(undo).to_have_count(0)


def test_a_menu_that_took_long_calls_nobody_back(talk: Talk) -> None:
    held: list[Route] = []
    talk.page.route("**/api/v1/inbox/hours", lambda route: held.append(route))  # noqa: PLW0108 - it has to be a Python function
    with talk.page.expect_request("**/api/v1/inbox/hours"):
        talk.button("미루기").click()
    talk.reply.click()
    with talk.page.expect_response("**/api/v1/inbox/hours"):
        held[0].continue_()
    talk.page.keyboard.type("네, ")
    expect(talk.reply).to_have_value("네, ")
    expect(talk.reply).to_be_focused()
    expect(talk.page.locator(".choices")).to_have_count(0)


def test_a_conversation_that_is_deleted_under_ones_hands_is_gone(talk: Talk, stack: LocalStack) -> None:
    talk.write("쓰던 답장")
    expect(talk.screen.link(talk.customer)).to_be_visible()
    with connect(stack, autocommit=True) as db:
        db.execute("delete from public.chat_conversations where id = %s", [talk.customer.conversation])
    expect(talk.page.get_by_text("없는 상담이에요. 삭제됐을 수 있어요.")).to_be_visible()
    expect(talk.screen.link(talk.customer)).to_have_count(0)
    expect(talk.page.locator("inbox-composer, inbox-actions, .beside")).to_have_count(0)
    talk.button("목록으로").click()
    expect(talk.page.get_by_text("상담을 선택해 주세요.")).to_be_visible()


def an_article(page: Page, word: str) -> None:
    page.get_by_label("제목", exact=True).fill(word)
    page.get_by_label("내용", exact=True).fill("본문")
    page.get_by_role("button", name="초안 저장").click()


def a_rule(page: Page, word: str) -> None:
    page.get_by_label("이름", exact=True).fill(word)
    page.get_by_label("상담이 완료됨").check()
    page.locator(".actions").get_by_label("할 일", exact=True).select_option(label="평점 물어보기")
    page.get_by_role("button", name="저장", exact=True).click()


@pytest.mark.parametrize(("write", "path"), [(an_article, "/articles"), (a_rule, "/settings/rules")])
def test_who_leaves_while_it_is_saved_is_not_fetched_back(
    new_screen: NewScreen, admin: Person, team: Team, write: Callable[[Page, str], None], path: str
) -> None:
    screen, kept = new_screen(admin).go(f"{path}/new"), path.removeprefix("/settings")
    page, heading = screen.page, screen.page.get_by_role("heading", name="라벨", level=1)
    held = Held(page, f"**/api/v1/inbox{kept}", "POST", is_answered=True)
    write(page, word := f"새로운 {a_word()}")
    held.come()
    page.get_by_role("link", name="라벨", exact=True).click()
    expect(heading).to_be_visible()
    held.let_go()
    expect(page.locator(".notice.said").filter(has_text="저장했어요.")).to_be_visible()
    expect(heading).to_be_visible()
    assert page.url.endswith("/settings/labels")
    # It is done, and nothing of it is still to be done.
    screen.walk(path)
    expect(page.locator("li.card").filter(has_text=word)).to_have_count(1)
    expect(page.locator(".begun")).to_have_count(0)
    listed = team.ask("GET", kept)
    for one in listed.get("articles", []) + listed.get("rules", []):
        if word in (one.get("title"), one.get("name")):
            team.ask("DELETE", f"{kept}/{one['id']}")


@pytest.mark.parametrize("path", ["/%E0%A4%A", "/c/", "/c/none", "/settings/none", "/c/%00"])
def test_an_address_that_is_none_is_told(new_screen: NewScreen, path: str) -> None:
    screen = new_screen()
    screen.page.goto(f"{screen.url}/inbox{path}")
    expect(screen.page.locator("body")).to_contain_text("없")


def test_the_browsers_buttons_lead_through_everything(talk: Talk, label: str) -> None:
    """Back and forward, and a reload in each place; what is being written is there whenever one comes back."""
    page, screen = talk.page, talk.screen
    screen.go("/waiting", label=label)
    screen.link(talk.customer).click()
    talk.write("쓰던 답장")
    page.evaluate("document.querySelector('inbox-nav a[href$=\"settings/labels\"]').click()")
    expect(page.get_by_role("heading", name="라벨", level=1)).to_be_visible()
    for _ in range(2):
        page.reload()
        expect(page.get_by_role("heading", name="라벨", level=1)).to_be_visible()
        page.go_back()
        expect(talk.reply).to_have_value("쓰던 답장")
        page.go_back()
        expect(talk.reply).to_have_count(0)
        expect(screen.link(talk.customer)).to_be_visible()
        page.reload()
        expect(screen.link(talk.customer)).to_be_visible()
        page.go_forward()
        expect(talk.reply).to_have_value("쓰던 답장")
        page.go_forward()
        expect(page.get_by_role("heading", name="라벨", level=1)).to_be_visible()


def test_a_page_that_is_read_anew_shows_what_was_asked_for_last(new_screen: NewScreen, team: Team) -> None:
    page, labels = new_screen().go("/settings/labels").page, "**/api/v1/inbox/labels"
    words = f"새 라벨 {a_word()}"
    expect(page.locator("inbox-labels h1")).to_be_visible()
    before = team.ask("GET", "/labels")
    late: list[Route] = []
    page.route(labels, lambda route: late.append(route), times=1)  # noqa: PLW0108 - it has to be a Python function
    with page.expect_request(labels):
        page.evaluate("() => { window.first = document.querySelector('inbox-labels').reload(); }")
    team.ask("POST", "/labels", name=words)
    page.evaluate("document.querySelector('inbox-labels').reload()")
    shown = page.locator("inbox-labels .label", has_text=words)
    expect(shown).to_be_visible()
    # Nobody may wait for it any more.
    with suppress(Error):
        late.pop().fulfill(json=before)
    page.evaluate("window.first")
    expect(shown).to_be_visible()
