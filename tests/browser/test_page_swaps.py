"""Pages that swap their contents: the chat stays, once, as it was; and what is taken away leaves nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import NewVisitor
from tests.browser.engines.until import until
from tests.browser.host import Host
from tests.browser.in_page import in_page
from tests.browser.visitor import OKAY, Visitor
from tests.stack import Member

BODY = "<main><h1>다음 쪽</h1><input id=field></main>"
PAGE = "`<head></head><body>${BODY}</body>`"
# How a page becomes the next one; `again()` is the line that embeds the chat, as the next page has it too.
SWAPS = {
    "innerHTML": "document.body.innerHTML = BODY + tag.outerHTML",
    "a new body": """{ const body = document.createElement("body"); body.innerHTML = BODY; body.append(again());
        document.documentElement.replaceChild(body, document.body) }""",
    "a body from a cache": "{ const body = document.body.cloneNode(true); document.body.replaceWith(body) }",
    "head and body": """document.head.innerHTML = "<title>x</title>"; document.body.replaceChildren();
        document.head.append(again())""",
    "everything in the page": f"document.documentElement.innerHTML = {PAGE}; document.body.append(again())",
    "everything, with a copy of us": "document.documentElement.innerHTML = document.documentElement.innerHTML",
    "the whole document": f"""{{ const html = document.createElement("html"); html.innerHTML = {PAGE};
        document.documentElement.replaceWith(html) }}""",
    "a view transition": """await document.startViewTransition(() => {
        document.body.innerHTML = BODY; document.body.append(again()) }).finished""",
    "the tag again": "document.body.append(again())",
    "another version of the tag": "document.body.append(again('?v=2'))",
}
SWAP = """async () => {
  const BODY = %r;
  const tag = document.querySelector("script[src]");
  const loaded = [];
  const again = (query = "") => {
    const script = Object.assign(document.createElement("script"), { type: "module", src: tag.src + query });
    loaded.push(new Promise((resolve) => { script.onload = resolve }));
    return script;
  };
  %s;
  await Promise.all(loaded);
  await new Promise((resolve) => setTimeout(resolve)); // what it does later is done
}"""


def swap(visitor: Visitor, how: str) -> None:
    visitor.page.evaluate(SWAP % (BODY, SWAPS[how]))


@pytest.mark.parametrize("how", SWAPS)
def test_the_chat_stays(new_visitor: NewVisitor, host: Host, member: Member, how: str) -> None:
    visitor = new_visitor().begin(host.url, member)
    visitor.chip("배송").click()
    expect(visitor.chip(OKAY)).to_be_visible()
    visitor.input.fill("쓰던 글")
    visitor.took()
    swap(visitor, how)
    expect(visitor.panel).to_be_visible()
    expect(visitor.input).to_have_value("쓰던 글")
    expect(visitor.mine).to_have_text(["나: 배송"])
    assert visitor.page.locator("munui-chat").count() == 1
    assert visitor.took() == []
    visitor.write("안녕하세요?")
    expect(visitor.mine.last).to_have_text("나: 안녕하세요?")
    visitor.panel.get_by_role("button", name="닫기").click()
    swap(visitor, how)
    expect(visitor.launcher).to_be_visible()
    expect(visitor.panel).to_be_hidden()
    visitor.launcher.click()
    expect(visitor.mine.last).to_have_text("나: 안녕하세요?")


def test_who_writes_goes_on_writing(visitor: Visitor, host: Host) -> None:
    visitor.begin(host.url)
    visitor.input.press_sequentially("쓰던 ")
    swap(visitor, "a new body")
    expect(visitor.input).to_be_focused()
    visitor.page.keyboard.type("글")
    expect(visitor.input).to_have_value("쓰던 글")


def test_who_takes_the_element_away_means_it(visitor: Visitor, host: Host) -> None:
    visitor.begin(host.url)
    visitor.page.evaluate("document.querySelector('munui-chat').remove()")
    swap(visitor, "innerHTML")
    expect(visitor.page.locator("munui-chat")).to_have_count(0)


def test_an_element_in_the_page_goes_with_it(visitor: Visitor, host: Host) -> None:
    """One that was put there by hand is moved as the page moves it, and keeps its state."""
    visitor.begin(host.page(body="<main id=place><munui-chat></munui-chat></main>"))
    visitor.input.fill("쓰던 글")
    visitor.page.evaluate("document.body.append(document.querySelector('munui-chat'))")
    expect(visitor.panel).to_be_visible()
    expect(visitor.input).to_have_value("쓰던 글")
    visitor.page.evaluate("document.body.innerHTML = ''")
    expect(visitor.page.locator("munui-chat")).to_have_count(0)


def _alive(page: Page, devtools: CDPSession) -> dict[str, float]:
    """What the page holds, once everything unused has been thrown away and two looks agree."""
    seen = [_held(page, devtools)]

    def stays() -> bool:
        seen.append(_held(page, devtools))
        return seen[-1] == seen[-2]

    until(stays, lambda: f"what is held stays: {seen}")
    return seen[-1]


def _held(page: Page, devtools: CDPSession) -> dict[str, float]:
    page.wait_for_function("window.timers.size === 0")
    devtools.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
    held = {name: found[name] for name in ("JSEventListeners", "Nodes", "AdSubframes")}
    return {**held, **page.evaluate("({ channels: window.channels, timers: window.timers.size })")}


SPY = in_page("alive")
# Puts the element there, opens it, and takes it away again.
ROUND = """async () => {
  const pause = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const chat = document.createElement("munui-chat");
  document.documentElement.append(chat);
  await chat.open();
  while (!chat.shadowRoot.querySelector(".bubble")) await pause();
  chat.remove();
  await pause();
}"""


def test_what_is_taken_away_leaves_nothing(visitor: Visitor, host: Host) -> None:
    page = visitor.page
    page.add_init_script(SPY)
    visitor.begin(host.url)
    page.evaluate("document.querySelector('munui-chat').remove()")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    page.evaluate(ROUND)  # what is made once and kept, like texts
    before = _alive(page, devtools)
    for _ in range(5):
        page.evaluate(ROUND)

    # The browser lets go of some of it a moment later: what is kept for good would be there five times.
    def is_gone() -> bool:
        after = _held(page, devtools)
        return all(after[name] <= before[name] for name in before)

    until(is_gone, lambda: f"no more is held than {before}: {_held(page, devtools)}")


@pytest.mark.parametrize("keeps", [True, False])
def test_the_next_page_keeps_it_open_where_the_page_asks_for_that(
    new_visitor: NewVisitor, host: Host, *, keeps: bool
) -> None:
    url = f"{host.url}/?keep-open=true" if keeps else host.url
    visitor = new_visitor().begin(url)
    visitor.chip("배송").click()
    visitor.input.fill("쓰던 글")
    visitor.page.goto(f"{url}#" if "?" in url else f"{url}/?x=")
    visitor.page.reload()
    expect(visitor.launcher).to_be_visible()
    expect(visitor.panel).to_be_visible(visible=keeps)
    if keeps:
        expect(visitor.input).to_have_value("쓰던 글")
        assert visitor.page.evaluate("document.activeElement === document.body")
        visitor.panel.get_by_role("button", name="닫기").click()
        visitor.page.reload()
        expect(visitor.launcher).to_be_visible()
        expect(visitor.panel).to_be_hidden()
