"""What the chat costs a visitor: bytes, requests, and time by the browser's clock. Times are printed, not judged."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Request

from tests.browser.conftest import NewVisitor
from tests.browser.host import Host
from tests.browser.visitor import Visitor
from tests.stack import Member

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


def measured(visitor: Visitor) -> dict[str, Any]:
    """Requests and bytes of the chat itself, and the time of one turn."""
    loaded = [size for name, _, size in visitor.page.evaluate(LOADED) if "/static/" in name or "/api/" in name]
    visitor.took()
    return {
        "files": len(loaded),
        "bytes": sum(loaded),
        "turn_ms": visitor.page.evaluate(CLICK, "배송"),
        "turn_requests": len(visitor.took()),
    }


def test_what_a_turn_costs_guest_and_member(
    host: Host, new_visitor: NewVisitor, member: Member, capsys: pytest.CaptureFixture[str]
) -> None:
    guest = measured(new_visitor().begin(host.url))
    signed_in = measured(new_visitor().begin(host.url, member))
    with capsys.disabled():
        for name, told in (("guest", guest), ("member", signed_in)):
            print(
                f"\n  {name}: {told['files']} requests and {told['bytes']:,} bytes to open the chat; "
                f"click to first bot message {told['turn_ms']:.0f} ms with {told['turn_requests']} requests",
                end="",
            )
        print()
    assert (guest["turn_requests"], signed_in["turn_requests"]) == (0, 1)


def test_how_much_it_loads(visitor: Visitor, host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    """At most 35 KB over the wire, with everything that it loads."""
    loaded: list[Request] = []
    visitor.page.on("requestfinished", lambda one: one.url.endswith(".js") and loaded.append(one))
    visitor.begin(host.url)
    total = sum(one.sizes()["responseBodySize"] for one in loaded)
    with capsys.disabled():
        print(f"\n  the chat loads {len(loaded)} files, {total:,} bytes")
    assert total <= 35 * 1024
