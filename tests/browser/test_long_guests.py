"""A guest who has said more than a request carries, and signs in: what fits is moved, the rest is told of and read."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor
from tests.browser.engines.until import until
from tests.browser.host import Host
from tests.browser.in_page import in_page
from tests.browser.visitor import GREETING, Visitor
from tests.stack import Member

KEEP = in_page("long_guest")
# What one request carries: 200 events of a conversation, 256 KB, 20 conversations.
TOO_LONG = {"events": [f"{number}번째 글" for number in range(201)], "bytes": ["가" * 4000] * 25}


def _sign_in(visitor: Visitor, member: Member) -> None:
    visitor.know(member)
    visitor.page.reload()
    visitor.launcher.click()


def _kept(visitor: Visitor) -> list[dict[str, object]]:
    return [json.loads(text) for key, text in visitor.storage().items() if key.startswith("munui.v1.guest.")]


@pytest.mark.parametrize("limit", TOO_LONG)
def test_what_is_too_long_is_told_of_and_can_be_read(visitor: Visitor, host: Host, member: Member, limit: str) -> None:
    texts = TOO_LONG[limit]
    visitor.begin(host.url)
    visitor.page.evaluate(KEEP, [texts])
    before = _kept(visitor)
    with visitor.page.expect_response("**/api/v1/help?*"):  # which is asked for beside the list
        _sign_in(visitor, member)
    told = visitor.page.get_by_role("group", name="이 브라우저에 남은 대화가 있어요")
    expect(told).to_contain_text("대화 1개는 너무 길어서")
    told.get_by_role("button", name="확인").click()
    expect(told).to_have_count(0)
    visitor.took()
    visitor.page.get_by_role("listitem").filter(has_text="이 브라우저에만 있어요").click()
    expect(visitor.mine.last).to_have_text(f"나: {texts[-1]}")
    expect(visitor.input).to_be_hidden()
    expect(visitor.chips).to_have_count(0)
    expect(visitor.panel).to_contain_text("계정으로 옮기지 못했어요")
    assert visitor.took() == []  # nobody else has it
    assert _kept(visitor) == before
    visitor.panel.get_by_role("button", name="새 대화").click()
    expect(visitor.bubbles.first).to_contain_text(GREETING)
    expect(visitor.input).to_be_visible()
    visitor.page.reload()
    visitor.launcher.click()
    expect(visitor.chips.first).to_be_visible()  # told of once: now the member's own chat comes first


def test_what_fits_is_moved_in_portions_and_the_rest_stays(visitor: Visitor, host: Host, member: Member) -> None:
    visitor.begin(host.url)
    short = [[f"{number}번째 대화"] for number in range(22)]
    visitor.page.evaluate(KEEP, [*short, TOO_LONG["events"]])
    (long,) = [one for one in _kept(visitor) if len(one["events"]) > 200]  # type: ignore[arg-type]
    _sign_in(visitor, member)
    offer = visitor.page.get_by_role("group", name="나누던 대화를 가져올까요?")
    expect(offer).to_contain_text("대화 22개를")
    expect(offer).to_contain_text("대화 1개는 너무 길어서")
    visitor.took()
    offer.get_by_role("button", name="가져오기").click()
    expect(offer).to_have_count(0)
    assert visitor.took().count("POST /api/v1/import") == 2
    assert _kept(visitor) == [long]
    items = visitor.page.get_by_role("listitem")
    expect(items).to_have_count(23)
    expect(items.last).to_contain_text("이 브라우저에만 있어요")


def test_a_stranger_at_this_computer_leaves_it_unseen(visitor: Visitor, host: Host, member: Member) -> None:
    visitor.begin(host.url)
    visitor.page.evaluate(KEEP, [["짧은 대화"], TOO_LONG["events"]])
    _sign_in(visitor, member)
    expect(visitor.page.get_by_role("listitem")).to_have_count(1)
    visitor.page.get_by_role("button", name="나중에").click()
    expect(visitor.page.get_by_role("listitem")).to_have_count(0)
    assert len(_kept(visitor)) == 2


def test_a_long_log_is_in_the_page_in_part(new_visitor: NewVisitor, host: Host) -> None:
    """The store's pages, the person's wheel: all of it can be reached, never all of it is there."""
    visitor = new_visitor().begin(host.url)
    visitor.page.evaluate(KEEP, [[f"{number}번째 글" for number in range(400)]])
    visitor.page.reload()
    visitor.launcher.click()
    expect(visitor.mine.last).to_have_text("나: 399번째 글")
    visitor.log.hover()
    rows: list[int] = []

    def is_at_its_beginning() -> bool:
        visitor.page.mouse.wheel(0, -2500)
        visitor.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        rows.append(visitor.panel.locator(".row").count())
        return GREETING in visitor.bubbles.first.inner_text()

    until(is_at_its_beginning, "its beginning is reached")
    assert max(rows) <= 200
    visitor.write("아래로")
    expect(visitor.chips.first).to_be_visible()
    expect(visitor.mine.last).to_have_text("나: 아래로")
    expect(visitor.mine.last).to_be_in_viewport()
