"""The chat on other people's pages: whatever a page says to its elements, the chat looks and lies as on a plain one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from scripts.local.app_server import AppServer
from tests.browser.conftest import NewVisitor
from tests.browser.engines.until import until
from tests.browser.host import Host
from tests.browser.hostile_pages import STYLES
from tests.browser.in_page import in_page
from tests.browser.visitor import Visitor

MEASURED = in_page("look")


SAYS = "(style) => document.querySelector('style').textContent = style"
PLAIN = "main { color: #123 }"
# What could keep the chat from coming, not only from staying: these pages are loaded each.
FROM_THE_BEGINNING = (
    "hides what is not built in",
    "hides what it does not know",
    "undoes everything",
    "moves the body",
)


def opened(visitor: Visitor, url: str) -> Visitor:
    """A page with the opened chat, at a fixed time: it is written beside messages."""
    visitor.page.clock.set_fixed_time("2026-11-26T10:00:00+09:00")
    visitor.begin(url)
    visitor.page.mouse.move(5, 5)
    return visitor


def look(visitor: Visitor) -> dict[str, Any]:
    """The chat in figures, and as it is painted within its round corners."""
    visitor.page.wait_for_function(
        """() => document.querySelector("munui-chat").shadowRoot.getAnimations()
                 .every((one) => one.playState === "finished")"""
    )
    figures: dict[str, Any] = visitor.page.evaluate(MEASURED)
    x, y, width, height = figures[".panel"]["at"]
    clip = {"x": x + 20, "y": y + 20, "width": width - 40, "height": height - 40}

    def paint() -> bytes:
        return visitor.page.screenshot(clip=clip, animations="disabled")  # type: ignore[arg-type]

    # A picture may be taken while something is painted anew: it counts once the next one is the same.
    painted = [paint()]

    def is_settled() -> bool:
        painted.append(paint())
        return painted[-1] == painted[-2]

    until(is_settled, "the chat is painted as it stays")
    return {**figures, "painted": painted[-1]}


@pytest.fixture(scope="module")
def page(browser: Browser, server: AppServer, host: Host) -> Iterator[Visitor]:
    """One page with the opened chat, whose stylesheet is exchanged."""
    context = browser.new_context(locale="ko-KR", timezone_id="Asia/Seoul")
    visitor = opened(Visitor(context.new_page()), host.page(style=PLAIN))
    yield visitor
    context.close()
    assert visitor.faults == []


@pytest.fixture(scope="module")
def plain(page: Visitor) -> dict[str, Any]:
    """How it looks where nobody is hostile."""
    page.page.evaluate(SAYS, PLAIN)
    return look(page)


def assert_same(found: dict[str, Any], plain: dict[str, Any]) -> None:
    """Figures first: they say what is otherwise."""
    assert {**found, "painted": None} == {**plain, "painted": None}
    assert found["painted"] == plain["painted"], "painted otherwise"


@pytest.mark.parametrize("name", STYLES)
def test_any_stylesheet_of_the_page(page: Visitor, plain: dict[str, Any], name: str) -> None:
    page.page.evaluate(SAYS, STYLES[name])
    assert_same(look(page), plain)


@pytest.mark.parametrize("name", FROM_THE_BEGINNING)
def test_a_stylesheet_that_is_there_before_the_chat(
    new_visitor: NewVisitor, host: Host, plain: dict[str, Any], name: str
) -> None:
    assert_same(look(opened(new_visitor(), host.page(style=STYLES[name]))), plain)
