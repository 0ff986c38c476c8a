"""Long chats and long days: what a render costs, where a day ends, in which order unsent messages stand."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import CDPSession, expect

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from tests.browser.conftest import NewVisitor
from tests.browser.engines.until import until
from tests.browser.holding import Held
from tests.browser.host import Host
from tests.browser.in_page import in_page
from tests.browser.visitor import OKAY, Visitor
from tests.db.chats import add_texts
from tests.stack import Member, connect
from tests.summary import Tell

MEASURE = in_page("long_log")
# Of a log in the page at most: the part that is looked at, and what it grows by before it lets go (view/log.js).
ROWS = 200
FRAMES = 90


@pytest.mark.parametrize("count", [500, 5000])
def test_what_a_render_costs(visitor: Visitor, host: Host, server: AppServer, tell: Tell, count: int) -> None:
    visitor.go(host.url)
    devtools = visitor.page.context.new_cdp_session(visitor.page)
    devtools.send("Performance.enable")
    told = visitor.page.evaluate(MEASURE, [server.url, count])
    before = _metrics(devtools)
    scrolled = visitor.page.evaluate("count => longLog.scroll(count)", FRAMES)
    done = {name: value - before[name] for name, value in _metrics(devtools).items()}
    tell(
        "measured",
        f"{count} messages: first render {told['first']:.0f} ms, with one more {told['more']:.1f} ms, "
        f"with none {told['again']:.1f} ms; a frame while scrolling {scrolled['frame']:.1f} ms, in it "
        f"{done['LayoutCount'] / FRAMES:.1f} layouts of {done['LayoutDuration'] / FRAMES * 1000:.1f} ms",
    )
    assert told["rows"] <= ROWS
    assert told["made"] <= 3  # formats, however many times are written
    assert told["idle"] == 0  # what has not changed is not touched
    assert told["changes"] < 10
    # Sixty frames a second are possible where a frame costs the same however long the log is.
    assert scrolled["most"] <= ROWS
    assert scrolled["jumps"] == 0
    assert done["LayoutCount"] <= FRAMES * 1.5
    assert done["RecalcStyleCount"] <= FRAMES * 2.5


def _metrics(devtools: CDPSession) -> dict[str, float]:
    return {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}


def test_one_day_is_called_today(visitor: Visitor, host: Host) -> None:
    visitor.page.clock.install(time="2026-11-26T23:58:00+09:00")
    visitor.begin(host.url)
    days = visitor.page.locator("munui-chat .day")
    expect(days).to_have_text(["오늘"])
    visitor.page.clock.set_fixed_time("2026-11-27T00:03:00+09:00")
    visitor.chip("배송").click()
    expect(days).to_have_text(["2026년 11월 26일 목요일", "오늘"])


def test_unsent_messages_stand_as_they_were_written(visitor: Visitor, host: Host, member: Member) -> None:
    """Also when the clock is turned back in between."""
    visitor.begin(host.url, member)
    visitor.page.route("**/turns", lambda route: route.abort())
    visitor.page.clock.set_fixed_time("2026-11-26T12:00:00+09:00")
    visitor.write("첫째")
    visitor.page.clock.set_fixed_time("2026-11-26T11:00:00+09:00")
    visitor.write("둘째")
    visitor.page.clock.set_fixed_time("2026-11-26T11:30:00+09:00")
    visitor.write("셋째")
    expect(visitor.mine).to_have_text(["나: 첫째", "나: 둘째", "나: 셋째"])
    visitor.page.reload()
    visitor.launcher.click()
    expect(visitor.mine).to_have_text(["나: 첫째", "나: 둘째", "나: 셋째"])
    visitor.page.unroute("**/turns")
    visitor.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(visitor.panel.locator(".sending, .waiting")).to_have_count(0)
    expect(visitor.mine).to_have_text(["나: 첫째", "나: 둘째", "나: 셋째"])


def test_who_comes_back_to_a_long_conversation_on_its_way_waits_for_the_same(
    visitor: Visitor, host: Host, stack: LocalStack, member: Member
) -> None:
    """Up to the question that waits further up, which is asked for once."""
    visitor.begin(host.url, member)
    with connect(stack, autocommit=True) as db:
        of_member = "select id from public.chat_conversations where user_id = %s"
        add_texts(db, member.id, str(db.execute(of_member, [member.id]).fetchone()[0]), 60)
    visitor.page.reload()
    held = Held(visitor.page, "**/messages")
    visitor.launcher.click()
    held.come()
    visitor.panel.get_by_role("button", name="대화 목록").click()
    with visitor.page.expect_request("**/messages"):
        visitor.panel.locator(".conversation").click()
    visitor.took()
    held.let_go()
    expect(visitor.chip("배송")).to_be_visible()
    assert sum(call.endswith("/messages") for call in visitor.rests().took()) == 1


def _unread(client: httpx.Client) -> list[int]:
    return [one["unreadCount"] for one in client.get("/api/v1/conversations").json()["conversations"]]


@pytest.mark.parametrize("way", ["reload", "another page"])
def test_what_was_read_stays_read(
    new_visitor: NewVisitor, host: Host, server: AppServer, member: Member, way: str
) -> None:
    """Also where the page's token comes slowly, as from supabase-js: on leaving nobody can wait for it."""
    slow = """<script>customElements.whenDefined("munui-chat").then(() => {
      document.querySelector("munui-chat").getAccessToken = () => new Promise((resolve) => {
        setTimeout(() => resolve(sessionStorage.getItem("token")), 150);
      });
    })</script>"""
    url = host.page(before=slow)
    visitor = new_visitor().begin(url, member)
    visitor.took()
    visitor.chip("배송").click()
    expect(visitor.chip(OKAY)).to_be_visible()
    assert len(visitor.took()) == 1
    if way == "reload":
        visitor.page.reload()
    else:
        visitor.page.goto(f"{url}?elsewhere=1")
    # It was left before its word arrived: the page after it may have asked before that.
    authorized = {"Authorization": f"Bearer {member.access_token}"}
    with httpx.Client(base_url=server.url, headers=authorized, timeout=60, trust_env=False) as client:
        until(lambda: _unread(client) == [0], "the service knows what was read")
    with visitor.page.expect_response("**/api/v1/conversations"):
        visitor.page.reload()
    expect(visitor.launcher).to_be_visible()
    expect(visitor.badge).to_have_text("")
