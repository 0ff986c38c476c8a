"""The help pages as people read them: in every look, with the keyboard, without a script, on paper, with the chat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from tests.browser.test_site import LOOKS, NewContext, faults
from tests.db.articles import TITLE, an_article
from tests.stack import connect

BODY = """두루미깃털 빗자루는 찬물에 담갔다가 그늘에서 말려 주세요.

## 손질하기

1. 먼지를 텁니다.
2. [자세한 그림](https://example.com/a-very-long-address-that-has-no-place-to-break/at-all) 을 봅니다.

| 상태 | 삶기 | 햇볕에 말리기 | 찬물 |
|---|---|---|---|
| 새것 | 안 돼요 | 안 돼요 | 괜찮아요, 다만 오래 담가 두지는 마시고 바로 건져 그늘에서 말려 주세요 |

### 하지 말 것

> 삶으면 깃이 빠져요.

```
길고긴한줄의글자가나뉘지않고이어집니다길고긴한줄의글자가나뉘지않고이어집니다
```
"""
# The words of one line each that stand in several.
BROKEN = """(cells) => cells.flatMap((cell) => [...cell.textContent.matchAll(/[^ ]+/g)].filter((word) => {
  const range = document.createRange();
  range.setStart(cell.firstChild, word.index);
  range.setEnd(cell.firstChild, word.index + word[0].length);
  return new Set([...range.getClientRects()].map((one) => one.top)).size > 1;
}).map(([word]) => word))"""


@pytest.fixture
def article(stack: LocalStack) -> Iterator[dict[str, Any]]:
    """An article that everybody may read."""
    with connect(stack, autocommit=True) as db, an_article(db, text=BODY) as made:
        yield made


@pytest.mark.parametrize("look", LOOKS)
def test_it_is_found_and_read_in_every_look(
    server: AppServer, new_context: NewContext, article: dict[str, Any], look: str
) -> None:
    page = new_context(**LOOKS[look]).new_page()
    page.goto(f"{server.url}/help?lang=ko")
    assert faults(page) == [], "list"
    page.get_by_role("searchbox").fill("빗자루를 삶아도 되나요?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="찾았어요.")).to_be_visible()
    assert faults(page) == [], "found"
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    expect(page.get_by_role("article").get_by_role("heading", level=2, name="손질하기")).to_be_visible()
    assert faults(page) == [], "article"
    assert page.get_by_role("cell").or_(page.get_by_role("columnheader")).evaluate_all(BROKEN) == []
    page.wait_for_load_state()  # who presses it before its script is there presses in vain
    page.get_by_role("button", name="채팅으로 문의하기").click()
    expect(page.locator("munui-chat .panel")).to_be_visible()


def test_it_needs_no_script_and_prints_what_is_to_be_read(
    server: AppServer, new_context: NewContext, article: dict[str, Any]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(server.url)
    page.get_by_role("navigation", name="주 메뉴").get_by_role("link", name="도움말").click()
    page.get_by_role("searchbox").fill(TITLE)
    page.get_by_role("button", name="찾기").click()
    page.get_by_role("link", name=TITLE).click()
    # The page itself has none but this switch, and it keeps the place.
    page.get_by_role("link", name="English").click()
    expect(page.get_by_text("This article is in Korean only.")).to_be_visible()
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".article")).to_be_visible()
    for left_out in (".site-head", ".search", ".ask", ".site-foot"):
        expect(page.locator(left_out)).to_be_hidden()


def test_the_pages_are_walked_by_keys(server: AppServer, new_context: NewContext, article: dict[str, Any]) -> None:
    page: Page = new_context(**LOOKS["desktop"]).new_page()
    page.goto(f"{server.url}/help?q={TITLE}&lang=ko")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="본문으로 건너뛰기")).to_be_focused()
    page.keyboard.press("Enter")
    for expected in ("도움말", None, "찾기", TITLE):
        page.keyboard.press("Tab")
        if expected:
            expect(page.locator(":focus")).to_have_accessible_name(expected)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
