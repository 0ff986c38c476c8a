"""Takes the pictures in docs/screenshots from a running app: `make reset run` in one terminal, then

    .venv/bin/python -m scripts.screenshots

Belongs here: walking through the main states. Does not belong here: asserting anything about them (tests/browser).
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.local.keys import load_or_make
from scripts.local.paths import LOCAL

FOLDER = Path("docs/screenshots")
DESKTOP, PHONE = (1180, 780), (320, 640)
DESK, DESK_PHONE, TALL = (1440, 860), (375, 720), (1280, 1420)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
WORDS = {
    "ko": {"shipping": "배송", "write": "직접 문의하기", "another": "네 다른문의 할게요", "okay": "괜찮아요"},
    "en": {"shipping": "Shipping", "write": "Write to us", "another": "Yes, something else", "okay": "No, thank you"},
}


def main(arguments: list[str] | None = None) -> int:
    """Take every picture; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.screenshots", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the app runs")
    options = parser.parse_args(arguments)
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is missing: install the Debian package chromium.", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        _take_all(browser, options.url)
        _take_inbox(browser, options.url)
        browser.close()
    return 0


def _take_all(browser: Browser, url: str) -> None:
    for name, size, dark, locale in (
        ("chat-ko", DESKTOP, False, "ko"),
        ("chat-en-dark", DESKTOP, True, "en"),
        ("chat-phone", PHONE, False, "ko"),
    ):
        with _page(browser, url, size, dark=dark, locale=locale) as page:
            _answer(page, WORDS[locale])
            _save(page, name)
    with _page(browser, url, DESKTOP, dark=False, locale="ko") as page:
        _form(page, WORDS["ko"])
        _save(page, "form-ko")
    with _page(browser, url, DESKTOP, dark=False, locale="ko") as page:
        _ask(page, "배송이 언제 오나요?")
        _save(page, "answer-ko")
    with _context(browser, DESK, dark=False, locale="ko") as page:
        page.goto(f"{url}/help?q=환불")
        _save(page, "help-ko")
    with _page(browser, url, PHONE, dark=True, locale="ko") as page:
        _answer(page, WORDS["ko"])
        _click(page, WORDS["ko"]["okay"])
        page.get_by_text("다른 문의사항이 있으면 새 대화를 이용해주세요.").last.wait_for()
        _save(page, "completed-phone-dark")


@contextmanager
def _page(browser: Browser, url: str, size: tuple[int, int], *, dark: bool, locale: str) -> Iterator[Page]:
    """The shop, with its chat open."""
    with _context(browser, size, dark=dark, locale=locale) as page:
        page.goto(url)
        page.locator("munui-chat").get_by_role("button").first.click()
        yield page


@contextmanager
def _context(browser: Browser, size: tuple[int, int], *, dark: bool, locale: str) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        locale="ko-KR" if locale == "ko" else "en-GB",
        timezone_id="Asia/Seoul",
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def _click(page: Page, words: str) -> None:
    page.locator("munui-chat").get_by_role("button", name=words, exact=True).click()


def _answer(page: Page, words: dict[str, str]) -> None:
    _click(page, words["shipping"])
    page.locator("munui-chat").get_by_role("button", name=words["another"], exact=True).wait_for()


def _ask(page: Page, question: str) -> None:
    chat = page.locator("munui-chat")
    chat.get_by_role("textbox").fill(question)
    chat.get_by_role("textbox").press("Enter")
    chat.locator(".sources a").first.wait_for()


def _form(page: Page, words: dict[str, str]) -> None:
    _click(page, words["write"])
    page.locator("munui-chat").locator("form input").first.wait_for()


def _save(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"{FOLDER / name}.png")


def _take_inbox(browser: Browser, url: str) -> None:
    """The operators' screen, with the morning that `make run` has told."""
    for name, path, size, dark, locale in (
        ("inbox-list", "/waiting", DESK, False, "ko"),
        ("inbox-figures", "/figures?days=7", TALL, False, "ko"),
        ("inbox-figures-dark", "/figures?days=7", TALL, True, "en"),
        ("inbox-hours", "/settings/hours", DESK, False, "ko"),
        ("inbox-phone", "/waiting", DESK_PHONE, False, "ko"),
        ("inbox-search", "/search?q=교환", DESK, False, "ko"),
        ("inbox-articles", "/articles", DESK, False, "ko"),
        ("inbox-assistant", "/settings/assistant", DESK, False, "ko"),
        ("inbox-figures-phone", "/figures?days=7", DESK_PHONE, True, "ko"),
    ):
        with _desk(browser, url, path, size, dark=dark, locale=locale, who="admin") as page:
            _save(page, name)
    for name, size, dark, locale in (
        ("inbox-conversation", DESK, False, "ko"),
        ("inbox-conversation-dark", DESK, True, "en"),
        ("inbox-conversation-phone", DESK_PHONE, True, "ko"),
    ):
        with _desk(browser, url, "/mine", size, dark=dark, locale=locale) as page:
            page.locator(".rows").get_by_text("정하린").first.click()
            page.get_by_text("왕복 배송비는 우리 부담").wait_for()
            _save(page, name)


@contextmanager
def _desk(
    browser: Browser, url: str, path: str, size: tuple[int, int], *, dark: bool, locale: str, who: str = "agent"
) -> Iterator[Page]:
    """The screen of an operator of the demo, once what it shows is there."""
    with _context(browser, size, dark=dark, locale=locale) as page:
        password = load_or_make(LOCAL / "keys").demo_password
        form: dict[str, str | float | bool] = {"email": f"{who}@example.com", "password": password}
        page.context.request.post(f"{url}/sign-in", form=form, headers={"Origin": url}, max_redirects=0)
        page.goto(f"{url}/inbox{path}", wait_until="load")
        page.locator(".rows li:visible, .hits li:visible, .sheet section:visible, .sheet li:visible").first.wait_for()
        yield page


if __name__ == "__main__":
    sys.exit(main())
