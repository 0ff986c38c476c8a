"""The search on the operators' screen: found while typing, narrowed, walked by keyboard, and followed to its place."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from scripts.local import LocalStack
from tests.browser.inbox.conftest import NewCustomer, NewScreen
from tests.browser.inbox.people import Customer, Team
from tests.db.searched import fill
from tests.stack import connect

# More than the first page of a conversation, and more than its log shows at once.
BEFORE, AFTER = 30, 330


def take_up(stack: LocalStack) -> None:
    """What a worker does."""
    with connect(stack, autocommit=True) as db:
        fill(db)


@pytest.fixture
def talk(stack: LocalStack, new_customer: NewCustomer) -> Customer:
    """Somebody who wrote much, and the word far up."""
    made = new_customer("남궁찾음", waits=False)
    with connect(stack, autocommit=True) as db:
        for text, count in (("앞말", BEFORE), ("<b>보물찾기</b> 지도가 있어요", 1), ("뒷말", AFTER)):
            db.execute(
                "insert into public.chat_messages (conversation_id, user_id, role, kind, content, client_message_id)"
                " select %s, %s, 'user', 'text', %s || case when %s > 1 then ' ' || n else '' end, gen_random_uuid()"
                " from generate_series(1, %s) n",
                [made.conversation, made.member.id, text, count, count],
            )
    take_up(stack)
    return made


def hits(page: Page) -> Locator:
    """What is shown of what was found."""
    return page.locator(".hit")


def test_what_is_found_leads_to_its_place_and_back(new_screen: NewScreen, talk: Customer) -> None:
    screen = new_screen().go("/waiting")
    page = screen.page
    page.keyboard.press("f")
    field = page.get_by_role("searchbox", name="메시지, 메모, 문의, 고객 찾기")
    expect(field).to_be_focused()
    field.press_sequentially("보물찾기 지도")
    expect(hits(page)).to_have_count(1)
    hit = hits(page).first
    expect(hit.locator("mark")).to_have_text(["보물찾기", "지도"])
    # What was written is text, whatever it looks like.
    expect(hit.locator(".words")).to_have_text("<b>보물찾기</b> 지도가 있어요")
    expect(hit).to_contain_text("남궁찾음")
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query) == {"q": ["보물찾기 지도"]})
    # By keyboard: down to the hit, and into its conversation.
    field.press("ArrowDown")
    expect(hit).to_be_focused()
    page.keyboard.press("Enter")
    sought = page.locator(".log .sought")
    expect(sought).to_be_in_viewport()
    expect(sought).to_contain_text("보물찾기")
    expect(sought).to_be_focused()
    page.reload()
    expect(page.locator(".log .sought")).to_be_in_viewport()
    page.go_back()
    expect(hits(page)).to_have_count(1)


@pytest.mark.parametrize("path", ["/search", "/waiting"])
def test_who_leaves_while_typing_is_not_fetched_back(new_screen: NewScreen, path: str) -> None:
    screen = new_screen().go(path, q="처음 찾던 말")
    page = screen.page
    expect(screen.search).to_have_value("처음 찾던 말")
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    screen.search.fill("찾다가 만 말")
    page.get_by_role("link", name="라벨", exact=True).click()
    page.wait_for_url(re.compile("/settings/labels$"))
    page.clock.run_for(2_000)
    assert urlsplit(page.url).path == "/inbox/settings/labels"


@pytest.mark.parametrize("path", ["/search", "/waiting"])
def test_what_was_typed_is_looked_for_though_the_keyboard_goes_on(new_screen: NewScreen, path: str) -> None:
    screen = new_screen().go(path, q="처음 찾던 말")
    page = screen.page
    expect(screen.search).to_have_value("처음 찾던 말")
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))
    screen.search.fill("다른 말")
    screen.search.blur()
    # As whatever is heard meanwhile does.
    page.evaluate("document.querySelector('inbox-shell').desk.inbox.dispatchEvent(new Event('change'))")
    expect(screen.search).to_have_value("처음 찾던 말")
    page.clock.run_for(2_000)
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query) == {"q": ["다른 말"]})


def test_who_comes_back_is_where_they_were(new_screen: NewScreen, talk: Customer) -> None:
    page = new_screen().go("/search", q="뒷말").page
    # More comes as one goes down.
    expect(hits(page)).to_have_count(30)
    page.get_by_role("button", name="더 보기").scroll_into_view_if_needed()
    expect(hits(page).nth(40)).to_be_attached()
    chosen = hits(page).nth(40)
    words = chosen.locator(".words").text_content()
    chosen.click()
    expect(page.locator(".log .sought")).to_contain_text(str(words))
    page.go_back()
    expect(page.locator(".hit:focus .words")).to_have_text(str(words))


def test_filters_notes_and_nothing_found(
    stack: LocalStack, new_screen: NewScreen, new_customer: NewCustomer, team: Team, label: str
) -> None:
    customer = new_customer("쪽지손님", says="무지개떡 있나요", waits=False)
    team.ask(
        "POST",
        f"/conversations/{customer.conversation}/notes",
        clientNoteId=customer.conversation,
        content="무지개떡 품절",
    )
    take_up(stack)
    page = new_screen().go("/search", q="무지개떡").page
    expect(hits(page)).to_have_count(2)
    page.get_by_label("종류", exact=True).select_option("note")
    expect(hits(page)).to_have_count(1)
    expect(hits(page).first).to_contain_text("박관리")
    page.get_by_label("라벨", exact=True).select_option(label)
    expect(hits(page)).to_have_count(1)
    hits(page).first.click()
    expect(page.locator(".log .note.sought")).to_be_in_viewport()
    page.go_back()
    page.get_by_label("상태", exact=True).select_option("completed")
    expect(page.get_by_text("‘무지개떡’에 맞는 내용이 없어요.")).to_be_visible()
    page.get_by_role("button", name="조건 없이 찾기").click()
    expect(hits(page)).to_have_count(2)
    page.get_by_role("button", name="관련도순").click()
    expect(page.get_by_role("button", name="관련도순")).to_have_attribute("aria-pressed", "true")
    expect(hits(page)).to_have_count(2)


def test_it_says_when_it_cannot_find_everything(
    stack: LocalStack, new_screen: NewScreen, new_customer: NewCustomer
) -> None:
    new_customer("늦은손님", says="아직 안 들어간 말", waits=False)
    with connect(stack, autocommit=True) as db:
        db.execute("update public.chat_search_state set looked_at = now() - interval '10 minutes'")
    page = new_screen().go("/search", q="아무말대잔치").page
    expect(page.get_by_text(re.compile("최근 1[01]분 사이의 내용은"))).to_be_visible()

    def answer(route: Route) -> None:
        # What a page that is slow to come has not waited for: it is behind again before long.
        take_up(stack)
        route.continue_()

    page.route("**/api/v1/inbox/search?*", answer)
    page.reload()
    expect(page.get_by_text("‘아무말대잔치’에 맞는 내용이 없어요.")).to_be_visible()
    expect(page.locator(".page .bar")).to_have_count(0)
    page.route("**/api/v1/inbox/search?*", lambda route: route.abort())
    page.get_by_role("searchbox", name="메시지, 메모, 문의, 고객 찾기").fill("다른 말")
    expect(page.get_by_text("서버에 연결하지 못했어요.").first).to_be_visible()
