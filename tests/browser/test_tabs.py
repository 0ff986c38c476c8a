"""Several tabs of one person, in the orders that a slow network makes of what they do at the same moment."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from scripts.local.app_server import AppServer
from tests.browser.conftest import NewVisitor
from tests.browser.holding import Held
from tests.browser.host import Host
from tests.stack import Member

NewContext = Callable[..., BrowserContext]
CONVERSATIONS = "**/api/v1/conversations"
# What is asked when a conversation begins.
OPENINGS = {"member": (CONVERSATIONS, "POST"), "guest": ("**/api/v1/flow", "GET")}


def count(server: AppServer, member: Member) -> int:
    """How many conversations the service has of this member."""
    headers = {"Authorization": f"Bearer {member.access_token}"}
    with httpx.Client(trust_env=False) as client:
        answer = client.get(f"{server.url}/api/v1/conversations", headers=headers)
    return len(answer.json()["conversations"])


@pytest.mark.parametrize("who", OPENINGS)
def test_tabs_that_arrive_at_the_same_moment_are_in_one_conversation(
    new_visitor: NewVisitor, new_context: NewContext, host: Host, server: AppServer, member: Member, who: str
) -> None:
    context = new_context()
    tabs = [new_visitor(context).go(host.url, member if who == "member" else None) for _ in range(2)]
    held = [Held(tab.page, *OPENINGS[who]) for tab in tabs]
    for tab, calls in zip(tabs, held, strict=True):
        tab.launcher.click()
        calls.come()
    for calls in held:
        calls.let_go()
    first, second = tabs
    expect(first.chips.first).to_be_visible()
    expect(second.chips.first).to_be_visible()
    first.write("여기")
    expect(second.mine).to_have_text(["나: 여기"])
    second.write("저기")
    expect(first.mine).to_have_text(["나: 여기", "나: 저기"])
    if who == "member":
        assert count(server, member) == 1
    else:
        assert sum(key.startswith("munui.v1.guest.") for key in first.storage()) == 1
