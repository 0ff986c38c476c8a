"""Somebody in front of a page with the chat: what they do, and what their browser asked for. No assertions."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.engines.until import until
from tests.stack import Member

STREAM = "/api/v1/events"
OKAY = "괜찮아요"
ANOTHER = "네 다른문의 할게요"
WRITE = "직접 문의하기"
GREETING = "안녕하세요! 무엇을 도와드릴까요?"
GOODBYE = "다른 문의사항이 있으면 새 대화를 이용해주세요."
# What a page does with an answer it has done when it comes to this, also where its clock stands still.
A_TASK_LATER = """() => new Promise((done) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => done(true);
  port2.postMessage(0);
})"""
INQUIRY = {"이름": "김하나", "이메일": "hana@example.com", "제목": "배송이 늦어요", "내용": "언제 도착하나요?"}


class Visitor:
    """One page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.calls: list[str] = []
        self.faults: list[str] = []
        self._on_way: set[Request] = set()
        page.on("request", self._asked)
        page.on("requestfinished", self._answered)
        page.on("requestfailed", self._answered)
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _asked(self, request: Request) -> None:
        path = urlsplit(request.url).path
        if path.startswith("/api/") and request.method != "OPTIONS":
            self.calls.append(f"{request.method} {path}")
            if path != STREAM:
                self._on_way.add(request)

    def _answered(self, request: Request) -> None:
        self._on_way.discard(request)

    def go(self, url: str, member: Member | None = None) -> Visitor:
        """To a host's page; as a member if the host knows them."""
        if member is not None:
            origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
            self.page.goto(f"{origin}/empty")
            self.know(member)
        self.page.goto(url)
        expect(self.launcher).to_be_visible()
        return self

    def know(self, member: Member) -> None:
        """Let the host page have this member's token."""
        self.page.evaluate("token => sessionStorage.setItem('token', token)", member.access_token)

    def open(self) -> Visitor:
        """The panel, with its first conversation."""
        self.launcher.click()
        expect(self.log).to_be_visible()
        expect(self.chips.first).to_be_visible()
        # It rises into its place: who measures it must not do so on the way.
        self.panel.evaluate("(panel) => Promise.all(panel.getAnimations().map((one) => one.finished.catch(() => 0)))")
        return self

    def begin(self, url: str, member: Member | None = None) -> Visitor:
        """Go there and open a conversation."""
        return self.go(url, member).open()

    def rests(self) -> Visitor:
        """Wait until nothing that the page asked for is on its way, but the stream."""
        until(lambda: self.page.evaluate(A_TASK_LATER) and not self._on_way, lambda: f"all is answered: {self._on_way}")
        return self

    def took(self) -> list[str]:
        """The calls since the last time."""
        calls, self.calls = self.calls, []
        return calls

    def chip(self, label: str) -> Locator:
        return self.page.get_by_role("button", name=label, exact=True)

    def write(self, text: str) -> None:
        """Type it and press Enter."""
        self.input.fill(text)
        self.input.press("Enter")

    def fill_form(self, **changes: str) -> None:
        """Everything that the inquiry form wants."""
        for label, value in {**INQUIRY, **changes}.items():
            self.form.get_by_label(label, exact=True).fill(value)
        self.form.get_by_label("문의 유형").select_option("shipping")
        self.form.get_by_role("checkbox").check()

    def submit(self) -> None:
        self.form.get_by_role("button").first.click()

    def says(self) -> list[str]:
        """What stands in the log: the texts of bubbles and notices, in order."""
        return [text.split(": ", 1)[1] for text in self.page.locator(".bubble, .notice").all_text_contents()]

    def reads(self, says: list[str]) -> None:
        """Wait until exactly this stands in the log."""
        until(lambda: self.says() == says, lambda: f"the log reads {says}: {self.says()}")

    def heard(self, name: str) -> list[Any]:
        """The details of the events of this name that reached the host page."""
        return [detail for kind, detail in self.page.evaluate("window.heard") if kind == name]

    def storage(self) -> dict[str, str]:
        """The browser's storage of the host's origin."""
        stored: dict[str, str] = self.page.evaluate("() => ({ ...localStorage })")
        return stored

    @property
    def launcher(self) -> Locator:
        return self.page.locator("munui-chat .launcher")

    @property
    def panel(self) -> Locator:
        return self.page.locator("munui-chat .panel")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def chips(self) -> Locator:
        return self.page.locator("munui-chat .chip")

    @property
    def bubbles(self) -> Locator:
        return self.page.locator("munui-chat .bubble")

    @property
    def mine(self) -> Locator:
        return self.page.locator("munui-chat .row.user .bubble")

    @property
    def unsent(self) -> Locator:
        """What is still on its way, or did not go."""
        return self.page.locator("munui-chat .meta").locator(".sending, .waiting, .failed")

    @property
    def form(self) -> Locator:
        return self.page.locator("munui-chat form.card")

    @property
    def input(self) -> Locator:
        return self.page.locator("munui-chat .input")

    @property
    def badge(self) -> Locator:
        return self.launcher.locator(".badge")

    @property
    def banner(self) -> Locator:
        return self.page.locator("munui-chat .banner")
