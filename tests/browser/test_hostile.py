"""Whatever a person can enter is text wherever it is shown: in the chat, on the site, before an operator."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from tests.browser.conftest import NewVisitor
from tests.browser.host import Host
from tests.browser.test_site import LOOKS, ask, operator, sign_in
from tests.browser.visitor import OKAY, WRITE
from tests.stack import Member
from tests.words import a_word

pytestmark = pytest.mark.tried("attacks")
IMAGE = '"\'><img src=x onerror="window.hurt=1">'
HOSTILE = (
    IMAGE,
    "</textarea></script><script>window.hurt=1</script>",
    "<svg onload=window.hurt=1>{{7*7}}${7*7}",
    "javascript:window.hurt=1//",
)
Spied = Callable[[Page], None]


@pytest.fixture
def spy(host: Host) -> Iterator[Spied]:
    """A function that watches a page; in the end none of them was hurt, and none opened a dialog."""
    pages: list[Page] = []
    dialogs: list[str] = []

    def watch(page: Page) -> None:
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.add_init_script("window.hurt = 0")
        pages.append(page)

    yield watch
    assert dialogs == []
    assert pages != []
    for page in pages:
        assert unhurt(page)


def unhurt(page: Page) -> bool:
    """Whether nothing ran, and nothing that was entered became an element, in the page or in the chat."""
    chat = page.locator("munui-chat")
    # The picture of the bot is the page's own.
    inside = chat.locator("img:not(.avatar > img), script, svg[onload], [onerror]").count() if chat.count() else 0
    return (
        page.evaluate("window.hurt") == 0 and inside + page.locator("img[src=x], svg[onload], [onerror]").count() == 0
    )


@pytest.mark.parametrize("is_member", [False, True])
@pytest.mark.parametrize("text", HOSTILE)
def test_in_the_chat(
    new_visitor: NewVisitor, host: Host, spy: Spied, member: Member, text: str, *, is_member: bool
) -> None:
    visitor = new_visitor()
    spy(visitor.page)
    visitor.begin(host.url, member if is_member else None)
    visitor.write(text)
    expect(visitor.mine.first).to_contain_text(text)
    visitor.chip(WRITE).click()
    visitor.fill_form(이름=text, 제목=text, 내용=text)
    visitor.submit()
    expect(visitor.page.locator("munui-chat .summary")).to_contain_text(text)
    expect(visitor.chip(OKAY)).to_be_visible()
    assert unhurt(visitor.page)
    visitor.write(text)
    expect(visitor.mine.last).to_contain_text(text)
    visitor.panel.get_by_role("button", name="대화 목록").click()
    assert unhurt(visitor.page)
    visitor.page.reload()
    expect(visitor.launcher).to_be_visible()


SHOWN = {"content", "label", "value", "answer"}


def spoilt(value: Any, name: str = "") -> Any:
    """The same value with every text in it that is shown made hostile."""
    if isinstance(value, dict):
        return {key: spoilt(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [spoilt(one) for one in value]
    return f"{value}{IMAGE}" if name in SHOWN and isinstance(value, str) else value


def test_in_a_storage_that_somebody_has_changed(new_visitor: NewVisitor, host: Host, spy: Spied) -> None:
    visitor = new_visitor()
    spy(visitor.page)
    visitor.begin(host.url)
    visitor.chip(WRITE).click()
    expect(visitor.form).to_be_visible()
    changed = {key: json.dumps(spoilt(json.loads(kept))) for key, kept in visitor.storage().items() if kept[:1] == "{"}
    assert any(IMAGE.replace('"', '\\"') in kept for kept in changed.values())
    visitor.page.evaluate("kept => Object.assign(localStorage, kept)", changed)
    visitor.page.reload()
    visitor.launcher.click()
    expect(visitor.log).to_contain_text("onerror")


@pytest.mark.parametrize("text", HOSTILE)
def test_before_an_operator(
    server: AppServer,
    stack: LocalStack,
    new_context: Callable[..., BrowserContext],
    new_visitor: NewVisitor,
    host: Host,
    spy: Spied,
    member: Member,
    text: str,
) -> None:
    word = a_word()
    ask(server, name=text, title=text, body=f"{word} {text}")
    teller = new_visitor()
    spy(teller.page)
    teller.begin(host.url, member)
    teller.write(f"{word} {text}")
    expect(teller.mine.first).to_contain_text(text)

    page = new_context(**LOOKS["desktop"]).new_page()
    spy(page)
    sign_in(page, server, operator(stack, member))
    for path in (f"/inbox/inquiries?q={word}", f"/inbox/inquiries?q={quote(text)}", "/inbox/today", "/inbox/bot"):
        page.goto(server.url + path)
        shown = ".rows li" if path == "/inbox/bot" else ".sheet :is(.inquiry, .empty, td.words)"
        expect(page.locator(shown).first).to_be_visible()
        assert unhurt(page)
        if word in path:
            expect(page.locator(".inquiry")).to_have_count(1)
            expect(page.locator(".inquiry")).to_contain_text(text)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("path", ["/sign-up", "/sign-in", "/forgot-password"])
def test_in_the_forms_of_the_site(
    server: AppServer, new_context: Callable[..., BrowserContext], spy: Spied, path: str, text: str
) -> None:
    page = new_context(**LOOKS["desktop"]).new_page()
    spy(page)
    page.goto(f"{server.url}{path}?next={quote(text)}&email={quote(text)}&error={quote(text)}")
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.locator("#email").fill(f"{text}@example.com")
    if page.locator("#password").count():
        page.locator("#password").fill(text)
    with page.expect_event("domcontentloaded"):  # of the page that says what is wrong
        page.locator("main form button").first.click()
    expect(page.locator("main")).to_be_visible()
    assert unhurt(page)
    page.goto(f"{server.url}/{quote(text, safe='')}")
    expect(page.locator("main")).to_be_visible()
