"""Everybody can use it: on a phone, at 320 pixels, at 200 %, in the dark, with names that run the other way."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.inbox.conftest import NewCustomer, NewScreen
from tests.browser.inbox.looks import STILL, faults, faults_here, is_wide, on_phone
from tests.browser.inbox.people import Team
from tests.browser.inbox.screen import JUST_NOW

# Of 1,280 pixels there are half as many at 200 %.
NARROW = {
    "phone": {"viewport": {"width": 320, "height": 568}, "has_touch": True},
    "large": {"viewport": {"width": 640, "height": 400}, "has_touch": True},
}

SIZES = [(1440, 800), (1300, 800), (1280, 800), (1060, 700), (390, 700)]


def where(page: Page) -> list[tuple[str, float, float]]:
    """Where each button above a conversation lies."""
    places: list[tuple[str, float, float]] = page.locator(".talk-head button").evaluate_all(
        """all => all.filter(one => one.checkVisibility()).map(one => {
          const { x, y } = one.getBoundingClientRect(); return [one.textContent.trim(), x, y];
        })"""
    )
    return places


def test_axe_finds_nothing(team: Team, new_screen: NewScreen, new_customer: NewCustomer, label: str) -> None:
    customer, other = new_customer("مريم الحسن"), new_customer()
    # One word, as long as may be.
    long = "W" * 50
    team.ask("POST", "/labels", name=long)
    for one in (customer, other):
        team.change(one, addLabels=[long])
    screen = new_screen(**STILL).go("/waiting", label=label)
    page = screen.page
    expect(screen.row(other)).to_be_visible()
    assert faults(screen) == [], "list"
    screen.link(other).focus()
    page.keyboard.press("x")
    expect(page.get_by_text("1건 선택")).to_be_visible()
    assert faults(screen) == [], "several"
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="단축키")).to_be_visible()
    assert faults(screen) == [], "shortcuts"
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    screen.search.fill("아무도 없음")
    expect(page.get_by_text("여기에는 상담이 없어요.")).to_be_visible()
    assert faults(screen) == [], "nothing found"
    screen.walk(f"/c/{customer.conversation}")
    expect(page.locator("inbox-composer")).to_be_attached()
    with on_phone(screen):
        assert not is_wide(screen)
    for path in ("/alerts", "/shortcuts", "/nowhere"):
        screen.walk(path)
        expect(page.locator("main.page")).not_to_contain_text("불러오고 있어요.")
        assert faults(screen) == [], path
    with on_phone(screen):
        page.locator("main.page").get_by_role("button", name="메뉴").click()
        expect(screen.view("답변 대기")).to_be_visible()
        assert faults_here(screen) == [], "menu"


@pytest.mark.parametrize("size", NARROW)
def test_where_there_is_no_room_there_is_one_column_at_a_time(
    new_screen: NewScreen, new_customer: NewCustomer, label: str, size: str
) -> None:
    customer = new_customer()
    screen = new_screen(**NARROW[size]).go("/waiting", label=label)
    page = screen.page
    expect(screen.row(customer)).to_be_visible()
    assert not is_wide(screen)
    expect(page.locator("inbox-conversation")).to_be_hidden()
    expect(screen.view("내 상담")).to_be_hidden()
    screen.link(customer).tap()
    expect(page.locator("inbox-conversation")).to_be_visible()
    expect(screen.list).to_be_hidden()
    page.go_back()
    expect(screen.row(customer)).to_be_visible()
    page.get_by_role("button", name="메뉴").tap()
    expect(screen.view("답변 대기")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="메뉴")).to_be_focused()
    page.get_by_role("button", name="메뉴").tap()
    screen.view("전체").tap()
    expect(page.get_by_role("heading", name="전체")).to_be_visible()
    expect(screen.view("전체")).to_be_hidden()


def test_no_button_moves_from_under_the_mouse(
    new_screen: NewScreen, new_customer: NewCustomer, label: str, team: Team
) -> None:
    customer = new_customer("이하나")
    here = {"conversationId": customer.conversation}
    screen = new_screen().go("/waiting", label=label).hear()
    page, viewers = screen.page, screen.page.locator(".viewers")
    # The row is known from the list; all else comes when it is let through.
    held: list[Route] = []
    all_of_it = f"**/conversations/{customer.conversation}?*"
    page.route(all_of_it, lambda route: held.append(route))  # noqa: PLW0108 - it has to be a Python function
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        screen.go("/waiting", label=label).hear()
        with page.expect_request(all_of_it):
            screen.link(customer).click()
        expect(page.get_by_role("button", name="내가 맡기")).to_be_visible()
        first = where(page)
        held.pop().continue_()
        expect(page.locator("inbox-composer")).to_be_visible()
        assert where(page) == first, f"all is there, {width} wide"
        team.ask("PUT", "/presence", **here)
        expect(viewers).to_be_visible()
        assert where(page) == first, f"a colleague looks, {width} wide"
        team.ask("PUT", "/presence", conversationId=None)
        expect(viewers).to_have_count(0)


def test_a_name_that_runs_the_other_way_turns_nothing_else(
    new_screen: NewScreen, new_customer: NewCustomer, label: str
) -> None:
    name = "\u202eمريم الحسن (3)"
    customer = new_customer(name, says="\u202e거꾸로")
    screen = new_screen().go("/waiting", label=label)
    for words in (JUST_NOW, "담당자 없음"):
        expect(screen.row(customer).get_by_text(words)).to_be_visible()
    assert screen.row(customer).evaluate("one => getComputedStyle(one).direction") == "ltr"
    # What stands there of it stands by itself.
    loose = """one => [...one.querySelectorAll("*")].filter((each) => !each.closest("bdi") &&
      [...each.childNodes].some((node) => node.nodeType === 3 && /[\\u0590-\\u08ff\\u202e]/.test(node.data))).length"""
    assert screen.row(customer).evaluate(loose) == 0
