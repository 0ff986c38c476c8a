"""What a visitor has before the bundle is here: the launcher, its click, the calls of the page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import NewVisitor
from tests.browser.host import Host
from tests.browser.visitor import Visitor

BUNDLE = re.compile(r"/assets/munui-[0-9A-Z]{8}\.js")
TEXTS = re.compile(r"/assets/texts-ko-[0-9A-Z]{8}\.js")
LOOK = """() => {
  const launcher = document.querySelector("munui-chat").shadowRoot.querySelector(".launcher");
  const { x, y, width, height } = launcher.getBoundingClientRect();
  const { color, backgroundColor, boxShadow } = getComputedStyle(launcher);
  const name = [launcher.ariaLabel, launcher.ariaExpanded, launcher.closest("[lang]")?.lang];
  const icon = launcher.querySelector(".icon-chat").getBoundingClientRect().toJSON();
  return { x, y, width, height, color, backgroundColor, boxShadow, name, icon };
}"""
DEFINED = "() => customElements.whenDefined('munui-chat').then(() => true)"
# The texts have come, and whoever waited for them has gone on.
SPOKEN = """async () => {
  const come = () => performance.getEntriesByType("resource").find(({ name }) => name.includes("/texts-ko-"));
  while (!come()) await new Promise((done) => setTimeout(done, 20));
  await import(come().name);
  await new Promise((done) => setTimeout(done));
}"""


def held(page: Page) -> Callable[[], None]:
    """Keeps the bundle back until the returned function is called."""
    waiting: list[Route] | None = []

    def hold(route: Route) -> None:
        route.continue_() if waiting is None else waiting.append(route)

    def release() -> None:
        nonlocal waiting
        held_back, waiting = waiting or [], None
        for route in held_back:
            route.continue_()

    page.route(BUNDLE, hold)
    return release


def is_defined(visitor: Visitor) -> bool:
    return bool(visitor.page.evaluate("Boolean(customElements.get('munui-chat'))"))


@pytest.mark.parametrize("query", ["", "?position=start", "?theme=dark&locale=en", "?heading=가게"])
@pytest.mark.parametrize("width", [1280, 360])
def test_the_launcher_looks_as_it_will(new_visitor: NewVisitor, host: Host, query: str, width: int) -> None:
    visitor = new_visitor(viewport={"width": width, "height": 720})
    release = held(visitor.page)
    visitor.go(host.url + query)
    before = visitor.page.evaluate(LOOK)
    assert not is_defined(visitor)
    release()
    assert visitor.page.evaluate(DEFINED)
    expect(visitor.panel).to_be_attached()
    assert visitor.page.evaluate(LOOK) == before


def test_a_click_before_the_bundle_opens_the_chat(visitor: Visitor, host: Host) -> None:
    release = held(visitor.page)
    visitor.go(host.url)
    visitor.launcher.click()
    expect(visitor.launcher).to_have_attribute("aria-busy", "true")
    assert not is_defined(visitor)
    release()
    expect(visitor.chips.first).to_be_visible()
    expect(visitor.input).to_be_focused()


def test_a_press_that_the_bundle_comes_into_is_a_click(visitor: Visitor, host: Host) -> None:
    release = held(visitor.page)
    visitor.go(host.url)
    visitor.launcher.hover()
    visitor.page.mouse.down()
    release()
    visitor.page.evaluate(DEFINED)
    visitor.page.evaluate(SPOKEN)
    visitor.page.mouse.up()
    expect(visitor.chips.first).to_be_visible()


def test_the_focus_stays_on_the_launcher(visitor: Visitor, host: Host) -> None:
    release = held(visitor.page)
    visitor.go(host.url)
    visitor.launcher.focus()
    release()
    expect(visitor.panel).to_be_attached()
    expect(visitor.launcher).to_be_focused()
    visitor.launcher.press("Enter")
    expect(visitor.panel).to_be_visible()


def test_calls_of_the_page_wait_for_the_chat(visitor: Visitor, host: Host) -> None:
    release = held(visitor.page)
    visitor.go(host.url)
    visitor.page.evaluate("() => { const chat = document.querySelector('munui-chat'); chat.signIn(); chat.toggle(); }")
    release()
    expect(visitor.panel).to_be_visible()
    assert visitor.page.evaluate("Object.keys(document.querySelector('munui-chat'))") == []
    visitor.page.evaluate("document.querySelector('munui-chat').close()")
    expect(visitor.panel).to_be_hidden()


def test_an_inline_chat_has_no_launcher_at_any_time(visitor: Visitor, host: Host) -> None:
    release = held(visitor.page)
    visitor.page.goto(f"{host.url}?layout=inline")
    expect(visitor.page.locator("munui-chat")).to_be_attached()
    expect(visitor.launcher).to_have_count(0)
    release()
    expect(visitor.panel).to_be_visible()
    expect(visitor.launcher).to_be_hidden()


def fail_once(page: Page, file: re.Pattern[str]) -> list[str]:
    """Let the first request of this file fail; what follows `?` in each, as they come."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url.partition("?")[2])
        route.abort() if len(asked) == 1 else route.continue_()

    page.route(file, answer)
    return asked


def test_a_bundle_that_did_not_come_is_asked_for_again(visitor: Visitor, host: Host) -> None:
    asked = fail_once(visitor.page, BUNDLE)
    visitor.go(host.url)
    visitor.launcher.click()
    expect(visitor.chips.first).to_be_visible()
    assert asked == ["", "again=1"]


def test_texts_that_did_not_come_are_asked_for_again(visitor: Visitor, host: Host) -> None:
    """By the bundle too, where the browser does not remember that they failed for the entry."""
    asked = fail_once(visitor.page, TEXTS)
    visitor.go(host.url)
    visitor.launcher.click()
    expect(visitor.chips.first).to_be_visible()
    assert len(asked) > 1
