"""The screen of one operator: where things are in it. No assertions, but that it is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import APIResponse, Locator, Page, Request, Route, expect

from tests.browser.engines.until import until
from tests.browser.inbox.people import Customer, Person

# How a service answers that may be asked again: its database has been too slow for it.
BUSY = 503
# How old a row of this test is told to be.
JUST_NOW = re.compile(r"방금|\d분")
# What a page must not do on its own: sound and notify. It is written down instead.
_QUIET = """
  window.tones = 0; window.notes = [];
  const pass = () => new Proxy(function () {}, {
    get: (_, name) => name === Symbol.toPrimitive ? () => 0 : pass(), apply: () => pass(), construct: () => pass(),
  });
  window.AudioContext = class {
    currentTime = 0; destination = null;
    resume() { return Promise.resolve(); }
    createOscillator() { window.tones += 1; return pass()(); }
    createGain() { return pass()(); }
  };
  window.Notification = class {
    static permission = "granted";
    static async requestPermission() { return "granted"; }
    constructor(title, options) { window.notes.push([title, options.body ?? "", options.tag]); }
    close() {}
  };
"""


class Screen:
    """One tab."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.calls: list[str] = []
        self.faults: list[str] = []
        page.on("request", self._asked)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: "Content Security" in said.text and self.faults.append(said.text))
        page.add_init_script(_QUIET)

    def _asked(self, request: Request) -> None:
        path = urlsplit(request.url).path
        if path.startswith("/api/"):
            self.calls.append(f"{request.method} {path}")

    def sign_in(self, person: Person) -> Screen:
        """Give this browser a session, by the form that everybody uses."""
        until(lambda: self._signed_in(person) != BUSY, f"{person.name} is signed in")
        return self

    def _signed_in(self, person: Person) -> int:
        answer = self.page.context.request.post(
            f"{self.url}/sign-in",
            form={"email": person.member.email, "password": person.member.password},
            headers={"Origin": self.url},
            max_redirects=0,
            max_retries=1,
        )
        assert answer.status in {303, BUSY}
        return answer.status

    def go(self, path: str = "", **query: str) -> Screen:
        """To a place of the inbox; it is there when the first list is."""
        address = f"{self.url}/inbox{path}" + (f"?{urlencode(query)}" if query else "")
        until(lambda: (answer := self.page.goto(address)) and answer.status != BUSY, f"{address} is there")
        expect(self.page.locator("inbox-nav")).to_be_attached()
        return self

    def walk(self, path: str) -> Screen:
        """To another place of the inbox as a link leads there, without loading the page anew."""
        self.page.evaluate("path => document.querySelector('inbox-shell').desk.places.go(path)", f"/inbox{path}")
        return self

    def stop_clock(self) -> Screen:
        """From the next page on time passes by hand alone."""
        now = datetime.now(UTC)
        self.page.clock.install(time=now)
        self.page.clock.pause_at(now + timedelta(seconds=1))
        return self

    def hear(self) -> Screen:
        """Wait until hints come: what is told once from now on is heard."""
        self.page.wait_for_function("() => document.querySelector('inbox-shell').desk.live.isAlive")
        return self

    @contextmanager
    def answered_late(self, pattern: str, method: str = "PATCH") -> Iterator[None]:
        """What is asked there is done at once, and answered when this is over."""
        asked: list[Route] = []
        answers: list[tuple[Route, APIResponse]] = []

        def keep(route: Route) -> None:
            if route.request.method == method:
                asked.append(route)
                answers.append((route, route.fetch(max_retries=1)))
            else:
                route.fallback()

        self.page.route(pattern, keep)
        yield
        # What was done may have been heard of before its answer has come here.
        until(lambda: self.page.evaluate("true") and len(answers) == len(asked), "everything is answered")
        for route, answer in answers:
            route.fulfill(response=answer)
        self.page.unroute(pattern, keep)

    @property
    def list(self) -> Locator:
        return self.page.locator(".rows")

    @property
    def rows(self) -> Locator:
        return self.list.locator("li")

    def row(self, customer: Customer) -> Locator:
        """The row of a customer's conversation."""
        return self.rows.filter(has=self.page.locator(f'[data-id="{customer.conversation}"]'))

    def link(self, customer: Customer) -> Locator:
        """What opens it."""
        return self.page.locator(f'[data-id="{customer.conversation}"]')

    @property
    def who(self) -> Locator:
        """The names in the list, from above."""
        return self.rows.locator(".who")

    def names(self) -> list[str]:
        """Who is in the list at this moment, from above."""
        return self.who.all_text_contents()

    @property
    def arrivals(self) -> Locator:
        return self.page.locator("button.arrivals")

    @property
    def search(self) -> Locator:
        return self.page.get_by_role("searchbox")

    def view(self, name: str) -> Locator:
        """A view's link."""
        # How many it has follows its name.
        return self.page.locator("inbox-nav").get_by_role("link", name=re.compile(rf"^\s*{name}(\s|$)"))

    def leave_list(self) -> None:
        """Point elsewhere."""
        self.page.mouse.move(1200, 600)

    def focused(self) -> Any:
        """The conversation whose row has the keyboard."""
        return self.page.evaluate("document.activeElement.dataset.id ?? null")
