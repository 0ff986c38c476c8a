"""What the chat costs a visitor, by the browser's own timing.

Printed for comparison. Held strictly is what no load of this machine can move: requests, bytes, how deep they follow
each other. Times on the slow line are the best of a few visits: most of each is the line's, which the browser keeps
exactly. Where they are too long there are more visits, for the rest is the machine's, and others may be at it; how slow
it is by now a page with nothing on it tells. A page of ours is longer than a host's few lines: what its text takes on
the line is not the chat's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from scripts.local.app_server import AppServer
from tests.browser.conftest import NewVisitor
from tests.browser.host import Host
from tests.browser.loaded import MOST_BYTES, gzipped
from tests.browser.visitor import Visitor
from tests.stack import Member
from tests.summary import Tell

# From a click on a chip until the bot's answer stands in the log, in milliseconds.
CLICK = """label => new Promise(done => {
  const root = document.querySelector("munui-chat").shadowRoot;
  const bubbles = () => root.querySelectorAll(".row:not(.user) .bubble").length;
  const before = bubbles();
  const began = performance.now();
  const watch = new MutationObserver(() => {
    if (bubbles() > before) { watch.disconnect(); done(performance.now() - began); }
  });
  watch.observe(root, { childList: true, subtree: true });
  [...root.querySelectorAll(".chip")].find(chip => chip.textContent.trim() === label).click();
})"""
LOADED = """() => performance.getEntriesByType("resource").map(e => [e.name, e.transferSize, e.encodedBodySize])"""

# A bad line: 400 ms there and back, 400 kbit/s.
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
MOST_VISITS = 12
# Milliseconds on that line until the launcher stands there, on the first visit and on a later one.
COLD, WARM = 1600, 600
# What they leave to the machine, and how often that is what it takes for a page with nothing on it.
MACHINE, TIMES = 200, 5
# When the launcher was there first, in milliseconds since the visit began, and which files had come by then: told by
# the script that puts it there, for a frame may be later than the next file.
WATCH = """
  const launcher = () => document.querySelector("munui-chat")?.shadowRoot?.querySelector(".launcher");
  const loaded = () => performance.getEntriesByType("resource").map(({ name }) => name);
  let files;
  const watch = new MutationObserver(() => {
    if (launcher()) files ??= loaded();
  });
  watch.observe(document, { childList: true, subtree: true });
  const look = () => {
    if (launcher()?.checkVisibility()) window.launcher = { ms: performance.now(), loaded: files };
    else requestAnimationFrame(look);
  };
  look();
"""
PLAIN = b"<!doctype html><title>-</title><p>-"
FIRST_FRAME = """
  const look = () => {
    if (document.querySelector("p")) window.ms = performance.now();
    else requestAnimationFrame(look);
  };
  look();
"""
FILES = """() => performance.getEntriesByType("resource")
  .map(({ name, encodedBodySize, transferSize }) => [new URL(name).pathname, encodedBodySize, transferSize])
  .filter(([name]) => /\\.(js|css)$/.test(name))
  .map(([name, ...sizes]) => [name.replace(/-[0-9A-Z]{8}/, ""), ...sizes])"""


OF_THE_PAGE = """() => performance.getEntriesByType("navigation")[0].encodedBodySize"""


def measured(visitor: Visitor) -> dict[str, Any]:
    """Requests and bytes of the chat itself, and the time of one turn."""
    loaded = [
        size
        for name, _, size in visitor.page.evaluate(LOADED)
        if "/assets/" in name or "/embed.js" in name or "/api/" in name
    ]
    visitor.took()
    return {
        "files": len(loaded),
        "bytes": sum(loaded),
        "turn_ms": visitor.page.evaluate(CLICK, "배송"),
        "turn_requests": len(visitor.took()),
    }


def test_what_a_turn_costs_guest_and_member(host: Host, new_visitor: NewVisitor, member: Member, tell: Tell) -> None:
    guest = measured(new_visitor().begin(host.url))
    signed_in = measured(new_visitor().begin(host.url, member))
    for name, told in (("guest", guest), ("member", signed_in)):
        tell(
            "measured",
            f"{name}: {told['files']} requests and {told['bytes']:,} bytes to open the chat; "
            f"click to first bot message {told['turn_ms']:.0f} ms with {told['turn_requests']} requests",
        )
    assert (guest["turn_requests"], signed_in["turn_requests"]) == (0, 1)


def slow(context: BrowserContext) -> Page:
    """A page on that line."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    return page


def on_slow_line(context: BrowserContext, url: str) -> tuple[Page, dict[str, Any]]:
    """Go there and wait until the chat itself is there; what WATCH saw."""
    page = slow(context)
    page.add_init_script(WATCH)
    page.goto(url)
    # With its texts, which come beside it.
    expect(page.locator("munui-chat .panel")).to_be_attached()
    # Seen at the next frame: where all is in the cache, the chat may be there first.
    return page, page.wait_for_function("window.launcher").json_value()


def of_the_machine(context: BrowserContext, host: Host) -> float:
    """Milliseconds that a page with nothing on it takes besides the line, until its first frame."""
    host.files["/plain"] = ("text/html", PLAIN)
    page = slow(context)
    page.add_init_script(FIRST_FRAME)
    page.goto(f"{host.url}/plain")
    return float(page.wait_for_function("window.ms").json_value()) - SLOW["latency"]


@dataclass
class Times:
    """Milliseconds until the launcher stood there, on first visits and on later ones."""

    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    # Of a page with nothing on it, besides the line.
    plain: list[float] = field(default_factory=list)
    # What the page itself takes on the line besides, where it is more than a few lines.
    page: float = 0.0

    @property
    def are_short(self) -> bool:
        """Whether the best of them are as promised, on a machine as slow as this one is by now."""
        besides = self.page + max(0.0, min(self.plain) * TIMES - MACHINE)
        return min(self.cold) <= COLD + besides and min(self.warm) <= WARM + besides

    def visits(self) -> Iterator[None]:
        """As often as a visit is to be made: one will do that is as promised."""
        for number in range(MOST_VISITS):
            if number and self.are_short:
                return
            yield

    def __str__(self) -> str:
        best = f"{min(self.cold):.0f} ms cold, {min(self.warm):.0f} ms warm, the best of {len(self.cold)}"
        return f"{best}; with nothing on it {min(self.plain):.0f} ms besides the line"


def test_the_launcher_on_a_slow_line(
    host: Host, new_context: Callable[..., BrowserContext], tell: Tell, server: AppServer
) -> None:
    """It waits for the page and for one small file; later visits wait for the page alone."""
    times, sizes = Times(), 0
    for _ in times.visits():
        context = new_context()
        page, first = on_slow_line(context, host.url)
        times.cold.append(first["ms"])
        assert first["loaded"] == [f"{server.url}/embed.js"]
        files = page.evaluate(FILES)
        assert [name for name, _, _ in files] == ["/embed.js", "/assets/munui.js", "/assets/texts-ko.js"]
        sizes = sum(size for _, size, _ in files)
        assert 0 < sizes < gzipped(page) <= MOST_BYTES
        again, later = on_slow_line(context, host.url)
        times.warm.append(later["ms"])
        times.plain.append(of_the_machine(context, host))
        assert [sent for _, _, sent in again.evaluate(FILES)] == [0, 0, 0]
    tell("measured", f"launcher at 400 ms and 400 kbit/s: {times}; 3 files, {sizes:,} bytes packed")
    assert times.are_short


# Of every page with the chat.
OF_ALL = {
    "/embed.js",
    "/assets/munui.js",
    "/assets/texts-ko.js",
    "/assets/site.css",
    "/assets/session.js",
    "/assets/chat-buttons.js",
}


@pytest.mark.parametrize(("path", "names"), [("/", OF_ALL), ("/developers", OF_ALL | {"/assets/developers.js"})])
def test_the_pages_of_the_site_on_a_slow_line(
    host: Host,
    server: AppServer,
    new_context: Callable[..., BrowserContext],
    tell: Tell,
    path: str,
    names: set[str],
) -> None:
    """Sheets and scripts come side by side, none asks for another, and a second page asks for none."""
    times = Times()
    for _ in times.visits():
        context = new_context()
        page, first = on_slow_line(context, server.url + path)
        times.cold.append(first["ms"])
        files = page.evaluate(FILES)
        assert sorted(name for name, _, _ in files) == sorted(names)
        again, later = on_slow_line(context, server.url + path)
        times.warm.append(later["ms"])
        times.plain.append(of_the_machine(context, host))
        times.page = page.evaluate(OF_THE_PAGE) * 1000 / SLOW["downloadThroughput"]
        assert {sent for _, _, sent in again.evaluate(FILES)} == {0}
    tell("measured", f"launcher of {path} on that line: {times}; {times.page:.0f} ms of it are the page's text")
    assert times.are_short
