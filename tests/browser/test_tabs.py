"""Several tabs of one person, in the orders that a slow network makes of what they do at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid5

import httpx
import pytest
from playwright.sync_api import BrowserContext, expect

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from tests.browser.conftest import NewVisitor
from tests.browser.engines.until import until
from tests.browser.holding import Held
from tests.browser.host import Host
from tests.browser.inbox.people import ask
from tests.browser.visitor import GREETING, Visitor
from tests.stack import Member, connect

NewContext = Callable[..., BrowserContext]
CONVERSATIONS = "**/api/v1/conversations"
# What is asked when a conversation begins.
OPENINGS = {"member": (CONVERSATIONS, "POST"), "guest": ("**/api/v1/flow", "GET")}


def count(server: AppServer, member: Member) -> int:
    """How many conversations the service has of this member."""
    headers = {"Authorization": f"Bearer {member.access_token}"}
    with httpx.Client(headers=headers, timeout=60, trust_env=False) as client:
        answer = ask(client, "GET", f"{server.url}/api/v1/conversations")
    return len(answer.json()["conversations"])


def kept(visitor: Visitor) -> list[str]:
    """The conversations of a guest, as this tab finds them in the browser."""
    return sorted(key for key in visitor.storage() if key.startswith("munui.v1.guest."))


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
    if who == "guest":
        # Each has begun one. They come together as long as nothing is said.
        until(lambda: len({*kept(first), *kept(second)}) == 1, "both are in one conversation")
    first.write("여기")
    expect(second.mine).to_have_text(["나: 여기"])
    second.write("저기")
    expect(first.mine).to_have_text(["나: 여기", "나: 저기"])
    if who == "member":
        assert count(server, member) == 1
    else:
        assert len(kept(first)) == 1


def test_what_another_tab_began_is_not_forgotten_by_an_older_list(
    new_visitor: NewVisitor, new_context: NewContext, host: Host, member: Member
) -> None:
    context = new_context()
    first = new_visitor(context).begin(host.url, member)
    first.write("먼저 한 말")
    expect(first.log).to_contain_text("확실한 답을 찾지 못했어요")
    second = new_visitor(context)
    held = Held(second.page, CONVERSATIONS, is_answered=True)
    second.go(host.url, member)
    held.come()
    first.panel.get_by_role("button", name="대화 목록").click()
    first.panel.get_by_role("button", name="새 대화").click()
    first.write("나중에 한 말")
    expect(first.log).to_contain_text("확실한 답을 찾지 못했어요")
    held.let_go()
    second.launcher.click()
    expect(second.mine).to_have_text(["나: 나중에 한 말"])
    second.panel.get_by_role("button", name="대화 목록").click()
    expect(second.panel.get_by_role("listitem").filter(has_text="확실한 답을")).to_have_count(2)


def test_a_token_that_comes_after_signing_out_is_nobodys(
    new_visitor: NewVisitor, host: Host, server: AppServer, member: Member
) -> None:
    visitor = new_visitor().go(host.url)
    visitor.page.evaluate(
        """(token) => {
            const chat = document.querySelector("munui-chat");
            chat.getAccessToken = () => new Promise((done) => { window.give = () => done(token); });
            return chat.signOut();
        }""",
        member.access_token,
    )
    visitor.page.evaluate("window.give()")
    visitor.open()
    expect(visitor.log).to_contain_text(GREETING)
    visitor.write("손님이에요")
    expect(visitor.log).to_contain_text("확실한 답을 찾지 못했어요")
    assert count(server, member) == 0


def test_a_conversation_that_goes_before_it_is_marked_as_read_is_gone(
    new_visitor: NewVisitor, host: Host, stack: LocalStack, member: Member
) -> None:
    visitor = new_visitor().begin(host.url, member)
    with connect(stack, autocommit=True) as db:
        db.execute("delete from public.chat_conversations where user_id = %s", [member.id])
    visitor.write("아직 있나요?")
    expect(visitor.banner).to_be_visible()
    visitor.panel.get_by_role("button", name="새 대화").click()
    expect(visitor.input).to_have_value("아직 있나요?")


def test_who_takes_the_id_of_anothers_first_conversation_takes_it_from_nobody(
    new_visitor: NewVisitor, host: Host, server: AppServer, member: Member, stranger: Member
) -> None:
    """It can be guessed by whoever knows the account's id; an id is its owner's own, as the database keeps it."""
    body = {"clientConversationId": str(uuid5(UUID(member.id), "first"))}
    headers = {"Authorization": f"Bearer {stranger.access_token}"}
    with httpx.Client(headers=headers, timeout=60, trust_env=False) as client:
        taken = ask(client, "POST", f"{server.url}/api/v1/conversations", body)
    assert taken.status_code == 201
    visitor = new_visitor().go(host.url, member)
    with visitor.page.expect_response(lambda told: told.request.method == "POST" and told.status != 503) as opened:
        visitor.open()
    assert opened.value.status == 201
    told = opened.value.json()["conversation"]
    assert told["clientConversationId"] == body["clientConversationId"]
    assert told["id"] != taken.json()["conversation"]["id"]
