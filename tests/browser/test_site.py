"""The demo site as people use it: each page in each look, with the keyboard, without a script, and with the chat."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from scripts.local.gateway import SignUps
from service.site.texts import TEXTS
from tests.browser import axe
from tests.browser.engines.until import until
from tests.browser.inbox import people
from tests.stack import PASSWORD, Member, rest, temporary_stack
from tests.web.server import gunicorn
from tests.words import a_word

OPEN = (
    "/", "/developers", "/help", "/help?q=zqxwvk", "/sign-in", "/sign-up", "/forgot-password",
    "/check-mail?type=recovery",
    "/auth/confirm?token_hash=x&type=signup", "/auth/confirm?token_hash=x&type=recovery", "/auth/confirm", "/nope",
    "/api/v1/docs",
)  # fmt: skip
LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark", "locale": "en-US"},
    "narrow": {"viewport": {"width": 320, "height": 700}, "color_scheme": "light"},
}
NewContext = Callable[..., BrowserContext]


def operator(stack: LocalStack, member: Member) -> Member:
    """Make somebody an operator."""
    with rest(stack, secret=True) as service:
        service.post("/rpc/operator_grant", json={"p_user_id": member.id}).raise_for_status()
    return member


def ask(server: AppServer, **values: str) -> None:
    """A guest's inquiry."""
    filled = {"name": "김하나", "email": "hana@example.com", "topic": "shipping", "consent": True, **values}
    with httpx.Client(base_url=f"{server.url}/api/v1", timeout=60, trust_env=False) as guest:
        version = people.ask(guest, "GET", "/flow").json()["version"]
        body = {"clientInquiryId": str(uuid4()), "flowVersion": version, "stepId": "write", "values": filled}
        people.ask(guest, "POST", "/inquiries", body)


def sign_in(page: Page, server: AppServer, member: Member) -> None:
    page.goto(f"{server.url}/sign-in")
    page.locator("#email").fill(member.email)
    page.locator("#password").fill(member.password)
    page.locator("#password").press("Enter")
    page.wait_for_url(f"{server.url}/")


def faults(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than the window. The chat has tests of its own."""
    if axe.AXE.exists():
        page.evaluate(axe.AXE.read_text(encoding="utf-8") + ";0")
        found = axe.faults(page, {"exclude": [["munui-chat"]]})
    else:
        found = []
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*found, *(["wider than the window"] if wide else [])]


@pytest.fixture(params=LOOKS)
def look(request: pytest.FixtureRequest, new_context: NewContext) -> Iterator[Page]:
    """A page in one of the looks; nothing may be blocked by the content security policy on it."""
    page = new_context(**LOOKS[request.param]).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    assert not [text for text in said if "status of 404" not in text and "status of 422" not in text]


@pytest.mark.slow
def test_open_pages_in_every_look(server: AppServer, look: Page) -> None:
    assert {path: faults(look) for path in OPEN if look.goto(server.url + path)} == {path: [] for path in OPEN}


@pytest.mark.slow
def test_pages_of_an_operator_in_every_look(server: AppServer, stack: LocalStack, look: Page, member: Member) -> None:
    sign_in(look, server, operator(stack, member))
    paths = ("/", "/account", "/developers")
    assert {path: faults(look) for path in paths if look.goto(server.url + path)} == {path: [] for path in paths}


def test_a_refused_form_moves_the_focus_to_what_is_wrong(server: AppServer, look: Page) -> None:
    look.goto(f"{server.url}/sign-in")
    look.locator("#email").fill("nobody@example.com")
    look.locator("#password").fill("wrong-horse-1")
    look.locator("main button").click()
    summary = look.get_by_role("alert")
    expect(summary).to_be_focused()
    assert faults(look) == []
    summary.get_by_role("link").press("Enter")
    expect(look.locator("#email")).to_be_focused()


def test_by_keyboard_alone(server: AppServer, new_context: NewContext) -> None:
    page = new_context(**LOOKS["desktop"]).new_page()
    page.goto(server.url)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("main [data-chat]").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("munui-chat .panel")).to_be_visible()


def kept(page: Page) -> str:
    """What the browser keeps for this tab."""
    return str(page.evaluate("() => JSON.stringify({ ...localStorage, ...sessionStorage })"))


def test_a_member_comes_goes_and_leaves_nothing(server: AppServer, new_context: NewContext, member: Member) -> None:
    page = new_context(**LOOKS["desktop"]).new_page()
    sign_in(page, server, member)
    expect(page.locator(f"munui-chat[member='{member.id}']")).to_be_attached()
    page.locator("main [data-chat]").first.click()
    expect(page.locator("munui-chat .chip").first).to_be_visible()
    page.locator("munui-chat .input").fill("쓰다 만 말")
    page.goto(f"{server.url}/account")
    with page.expect_download() as download:
        page.get_by_role("link", name="파일 받기").click()
    assert member.email in download.value.path().read_text(encoding="utf-8")
    page.locator("#confirmation").fill("somebody else")
    page.locator(".danger button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.wait_for_load_state()  # with the script that forgets before the form is sent
    # Nobody has gone.
    assert "쓰다 만 말" in kept(page)
    page.locator("#confirmation").fill(f" {member.email.upper()} ")
    page.locator(".danger button").click()
    expect(page.get_by_role("status").first).to_contain_text("지웠어요")
    expect(page.locator("munui-chat:not([member])")).to_be_attached()
    for secret in (member.id, "쓰다 만 말"):
        until(lambda secret=secret: secret not in kept(page), "nothing of them is left")


def test_pages_without_a_script(server: AppServer, new_context: NewContext, member: Member) -> None:
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, server, member)
    page.get_by_role("link", name="English").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_the_page_for_developers_shows_what_happens(server: AppServer, new_context: NewContext) -> None:
    context = new_context(**LOOKS["desktop"])
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{server.url}/developers")
    page.locator("[data-copy='embed-line']").click()
    line = f'<script type="module" src="{server.url}/embed.js" data-locale="ko"></script>'
    page.wait_for_function("async (line) => await navigator.clipboard.readText() === line", arg=line)
    log = page.locator("#event-log")
    for method, event in (("open", "munui:opened"), ("close", "munui:closed"), ("toggle", "munui:message")):
        page.locator(f"[data-chat='{method}']").click()
        expect(log).to_contain_text(event)

    accent = "getComputedStyle(document.querySelector('munui-chat')).getPropertyValue('--munui-accent').trim()"
    for theme, colour in (("forest", "#1f6b4a"), ("default", ""), ("shop", "#9c4226")):
        page.locator(f"[name=theme][value={theme}]").check()
        page.wait_for_function(f"(colour) => {accent} === colour", arg=colour)
        expect(page.locator("#theme-lines")).to_contain_text(colour)
    page.locator("[name=mode][value=dark]").check()
    expect(page.locator("munui-chat[theme=dark]")).to_be_attached()
    page.locator("[data-chat='close']").click()
    assert faults(page) == []
    page.locator("[data-clear]").click()
    expect(log.locator("details")).to_have_count(0)


def test_from_a_mail_to_a_new_password(new_context: NewContext, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Sign up, confirm by the code, forget the password, set another one by the link: as the browser does it."""
    email = f"{a_word()}@example.com"
    log = tmp_path_factory.mktemp("mails") / "app.log"
    with (
        temporary_stack("site-mails", sign_ups=SignUps(confirm_email=True)) as strict,
        gunicorn(strict, log, workers=1) as server,
    ):
        page = new_context(**LOOKS["desktop"]).new_page()
        page.goto(f"{server.url}/sign-up")
        page.locator("#email").fill(email)
        page.locator("#password").fill(PASSWORD)
        page.locator("main button").click()
        expect(page.locator("main")).to_contain_text(".local/mail.log")
        expect(page.locator("#email")).to_have_value(email)
        page.locator("#code").fill(re.findall(r"code: (\d+)", strict.mail_log.read_text())[-1])
        page.get_by_role("button", name="확인", exact=True).click()
        expect(page.get_by_role("status").first).to_contain_text("확인했어요")

        page.goto(f"{server.url}/forgot-password")
        page.locator("#email").fill(email)
        page.locator("main button").click()
        expect(page.locator("#code")).to_be_visible()
        link = re.findall(r"https?://[^/\s]+(\S+)", strict.mail_log.read_text())[-1]
        page.goto(server.url + link)
        page.locator("#password").fill("another-horse-2")
        page.locator("main button").click()
        expect(page.get_by_role("status").first).to_contain_text("바꿨어요")
        # No address that people leave lying about holds what was in the mail.
        assert "token" not in page.url


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/forgot-password"])
def test_an_address_is_judged_by_us_and_in_the_language_of_the_page(
    server: AppServer, new_context: NewContext, path: str
) -> None:
    """Browsers judge Hangul in addresses each in their way, and say so in their own language."""
    page = new_context(locale="en-US").new_page()
    page.goto(f"{server.url}{path}?lang=ko")
    page.locator("#email").fill("한글@예시.한국")
    if page.locator("#password").count():
        page.locator("#password").fill(PASSWORD)
    page.locator("#email").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(TEXTS["ko"]["auth_email_letters"])
    expect(page.locator("#email")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#email")).to_have_value("한글@예시.한국")
