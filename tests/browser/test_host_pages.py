"""The chat on other people's pages: whatever a page says to its elements, the chat looks and lies as on a plain one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.host import Host
from tests.browser.hostile_pages import STYLES
from tests.browser.in_page import in_page
from tests.browser.visitor import Visitor

MEASURED = in_page("look")


def look(visitor: Visitor, url: str) -> dict[str, Any]:
    """The opened chat of a page in figures, and as it is painted within its round corners."""
    visitor.page.clock.set_fixed_time("2026-11-26T10:00:00+09:00")  # it is written beside messages
    visitor.begin(url)
    visitor.page.mouse.move(5, 5)
    visitor.page.wait_for_function(
        """() => document.querySelector("munui-chat").shadowRoot.getAnimations()
                 .every((one) => one.playState === "finished")"""
    )
    figures: dict[str, Any] = visitor.page.evaluate(MEASURED)
    x, y, width, height = figures[".panel"]["at"]
    clip = {"x": x + 20, "y": y + 20, "width": width - 40, "height": height - 40}
    return {**figures, "painted": visitor.page.screenshot(clip=clip, animations="disabled")}  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def plain(browser: Any, server: Any, host: Host) -> dict[str, Any]:
    """How it looks where nobody is hostile."""
    context = browser.new_context(locale="ko-KR", timezone_id="Asia/Seoul")
    found = look(Visitor(context.new_page()), host.page(style="main { color: #123 }"))
    context.close()
    return found


@pytest.mark.parametrize("name", STYLES)
def test_any_stylesheet_of_the_page(new_visitor: NewVisitor, host: Host, plain: dict[str, Any], name: str) -> None:
    found = look(new_visitor(), host.page(style=STYLES[name]))
    assert {part: found[part] for part in found if part != "painted"} == {
        part: plain[part] for part in plain if part != "painted"
    }
    assert found["painted"] == plain["painted"], "painted otherwise"
