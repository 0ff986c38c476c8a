"""Inquiries and the day on the operators' screen: found, marked, taken out as a file; old addresses lead there."""

from __future__ import annotations

import csv
import io
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, expect

from scripts.local.app_server import AppServer
from tests.browser.inbox.conftest import NewCustomer, NewScreen
from tests.browser.inbox.screen import Screen
from tests.browser.test_site import ask
from tests.midnight import whole_day
from tests.words import a_word


@pytest.fixture
def word() -> str:
    """A word that only this test's inquiries hold."""
    return a_word()


def inquiries(screen: Screen) -> Locator:
    """Those that are shown."""
    return screen.page.locator(".inquiry")


def test_an_inquiry_is_found_marked_and_taken_out(new_screen: NewScreen, server: AppServer, word: str) -> None:
    ask(server, title='=HYPERLINK("http://evil.example")', body=word)
    ask(server, title="다른 문의", body=word)
    screen = new_screen()
    page = screen.page
    page.goto(f"{server.url}/account")
    page.get_by_role("link", name="상담함 열기").click()
    page.get_by_role("link", name="접수된 문의").click()
    search = page.get_by_role("searchbox", name="이름, 연락처, 내용으로 찾기")
    search.fill(f"{word}")
    search.press("Enter")
    expect(inquiries(screen)).to_have_count(2)
    first = inquiries(screen).filter(has_text="HYPERLINK")
    expect(first).to_contain_text("문의 유형배송")
    expect(first).to_contain_text("비회원")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV로 받기").click()
    _, *rows = csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"), newline=""))
    assert len(rows) == 2
    assert '\t=HYPERLINK("http://evil.example")' in rows[1]
    first.get_by_role("button", name="처리함으로 표시").click()
    expect(first.locator(".mark")).to_have_text("처리함")
    page.get_by_role("button", name="되돌리기").click()
    expect(first.locator(".mark")).to_have_text("새 문의")
    first.get_by_role("button", name="처리함으로 표시").click()
    expect(first.locator(".mark")).to_have_text("처리함")
    page.get_by_label("상태", exact=True).select_option("done")
    expect(inquiries(screen)).to_have_count(1)
    # The address holds the search: it can be reloaded, sent to a colleague, and gone back from.
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query) == {"q": [word], "status": ["done"]})
    page.reload()
    expect(inquiries(screen)).to_have_count(1)
    page.go_back()
    expect(inquiries(screen)).to_have_count(2)
    search.fill("아무도 이렇게 쓰지 않아요")
    search.press("Enter")
    expect(page.get_by_text("찾는 문의가 없어요.")).to_be_visible()


def test_a_bookmark_of_before_leads_to_what_it_looked_for(new_screen: NewScreen, server: AppServer, word: str) -> None:
    ask(server, title="예전 주소", body=word)
    screen = new_screen()
    screen.page.goto(f"{server.url}/admin?q={word}&status=new")
    expect(inquiries(screen)).to_have_count(1)
    expect(screen.page.get_by_role("searchbox", name="이름, 연락처, 내용으로 찾기")).to_have_value(word)
    screen.page.goto(f"{server.url}/admin/conversations")
    expect(screen.page.get_by_role("heading", name="오늘의 상담")).to_be_visible()


def test_more_are_read_page_by_page(new_screen: NewScreen, server: AppServer, word: str) -> None:
    for number in range(51):
        ask(server, title=f"문의 {number}", body=word)
    screen = new_screen().go("/inquiries", q=word)
    expect(inquiries(screen)).to_have_count(50)
    screen.page.get_by_role("button", name="이전 문의 더 보기").click()
    expect(inquiries(screen)).to_have_count(51)
    expect(screen.page.get_by_role("button", name="이전 문의 더 보기")).to_have_count(0)


def test_the_day_leads_to_its_conversations(new_screen: NewScreen, new_customer: NewCustomer) -> None:
    whole_day()
    customer = new_customer(says="오늘 도착하나요?")
    screen = new_screen().go("/today")
    screen.page.locator(f'.sheet a[href*="{customer.conversation}"]').click()
    expect(screen.page).to_have_url(f"{screen.url}/inbox/c/{customer.conversation}?view=all")
