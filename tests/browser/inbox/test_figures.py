"""The page of figures: its days in the address, plots that say what they tell, words beside each figure, and a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, expect

from scripts.local.app_server import AppServer
from tests.browser.inbox.conftest import NewCustomer, NewScreen
from tests.browser.inbox.looks import STILL, faults
from tests.browser.inbox.people import Person, Team
from tests.browser.inbox.screen import Screen

FIGURES = "/figures"
# What stands in an svg for who cannot see it.
SAID = """svg => svg.getAttribute("aria-labelledby").split(" ")
  .map(id => document.getElementById(id).textContent.trim())"""


def shown(screen: Screen, place: str = "") -> Screen:
    """The page, once its figures are there."""
    screen.go(FIGURES + place)
    expect(screen.page.get_by_role("heading", name=re.compile("지금 답변 대기|Waiting now"))).to_be_visible()
    return screen


def tile(screen: Screen, name: str) -> Locator:
    """The number under a name."""
    return (
        screen.page.locator("inbox-figures dl div").filter(has=screen.page.get_by_text(name, exact=True)).locator("dd")
    )


def number(where: Locator) -> int:
    return int(where.inner_text().replace(",", ""))


def test_what_happens_moves_the_figures(new_screen: NewScreen, new_customer: NewCustomer, team: Team) -> None:
    # Of several days: one of them may end meanwhile.
    screen = shown(new_screen(), "?days=7")
    before = {name: number(tile(screen, name).first) for name in ("답변 대기", "상담원을 찾음", "답을 받음")}
    answered, waits = new_customer(), new_customer()
    team.reply(answered)
    shown(screen, "?days=7")
    after = {name: number(tile(screen, name).first) for name in before}
    assert {name: after[name] - before[name] for name in before} == {"답변 대기": 1, "상담원을 찾음": 2, "답을 받음": 1}
    assert waits.name not in screen.page.locator("inbox-figures").inner_text()


def test_the_days_stand_in_the_address(new_screen: NewScreen) -> None:
    screen = shown(new_screen())
    page = screen.page
    week = page.get_by_role("link", name="7일")
    week.click()
    page.wait_for_url("**/inbox/figures?days=7")
    days = page.get_by_role("region", name="일별")
    expect(days.locator("tbody tr")).to_have_count(7)
    expect(week).to_have_attribute("aria-current", "true")
    page.get_by_label("시작일").fill("2026-01-02")
    page.get_by_label("마지막 날").fill("2026-01-04")
    page.get_by_role("button", name="보기").click()
    page.wait_for_url("**/inbox/figures?from=2026-01-02&to=2026-01-04")
    expect(days.locator("tbody th")).to_have_text(["2026-01-02", "2026-01-03", "2026-01-04"])
    page.go_back()
    expect(days.locator("tbody tr")).to_have_count(7)
    # More than a year is refused, and the way back is at hand.
    screen.go(FIGURES, **{"from": "2024-01-01", "to": "2026-01-04"})
    expect(page.get_by_role("alert").filter(has_text="더 짧게")).to_be_visible()
    page.get_by_role("link", name="오늘", exact=True).click()
    expect(page.get_by_role("heading", name="지금 답변 대기")).to_be_visible()


def test_every_plot_is_said_and_every_figure_explained(
    new_screen: NewScreen, new_customer: NewCustomer, team: Team
) -> None:
    team.reply(new_customer())
    screen = shown(new_screen(), "?days=7")
    plots = screen.page.locator("inbox-figures svg[role=img]")
    expect(plots.nth(2)).to_be_attached()
    for place in range(plots.count()):
        title, desc = plots.nth(place).evaluate(SAID)
        assert title
        assert desc
    sections = screen.page.locator("inbox-figures section")
    for place in range(sections.count()):
        words = sections.nth(place).locator("p.small").first.inner_text()
        assert len(words) > 20, words
    # Whoever sees no colours tells the series apart: each has a drawing of its own.
    fills = screen.page.locator("inbox-figures figcaption svg rect.bar").evaluate_all(
        "bars => bars.map(bar => bar.getAttribute('fill'))"
    )
    assert len(set(fills)) == len(fills) == 3


def test_the_file_is_that_of_the_days(new_screen: NewScreen) -> None:
    screen = shown(new_screen(), "?days=7")
    with screen.page.expect_download() as begun:
        screen.page.get_by_role("link", name="CSV로 받기").click()
    text = Path(begun.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][0] == "지표"
    assert len({row[1] for row in rows if row[0] == "일별"}) == 7


def test_axe_finds_nothing_and_nothing_sticks_out(new_screen: NewScreen, new_customer: NewCustomer, team: Team) -> None:
    team.reply(new_customer("مريم الحسن"))
    screen = shown(new_screen(**STILL), "?days=30")
    screen.page.locator("summary").first.click()
    assert faults(screen) == []


def test_in_english_too(server: AppServer, new_context: Callable[..., BrowserContext], agent: Person) -> None:
    screen = Screen(new_context(locale="en-GB").new_page(), server.url).sign_in(agent)
    shown(screen)
    text = screen.page.locator("inbox-figures").inner_text()
    assert "in these days" in text
    assert not re.search(
        "[가-힣]", re.sub(f"{agent.name}|\\S*시험\\S*|박관리|.*(?=\n)", "", text.split("By operator")[0])
    )
