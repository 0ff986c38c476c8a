"""The operators' screen: what its first load weighs, how soon a click opens a conversation and a message comes to the
list, what an idle minute asks; and what figures cost among many conversations.

The screen needs a Chromium and playwright; where one is missing, that is the result.
"""

from __future__ import annotations

import importlib.util
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg

from scripts.bench.members import PASSWORD, Member, new_id, sign_up
from scripts.bench.options import Options
from scripts.bench.page import ARGUMENTS, PROGRAMS
from scripts.bench.servers import client, running_app
from scripts.bench.timing import percentile
from scripts.local import LocalStack

Row = dict[str, Any]
NewCustomer = Callable[[str], "Customer"]

_FIGURES = (Path(__file__).parent / "figures.sql").read_text(encoding="utf-8")
# Seconds between conversations: a hundred thousand fill ninety days.
_DAYS = 90
_SPANS = (1, 30)
# From a click on a row until what its customer wrote is drawn.
_CLICK = """([id, words]) => new Promise((done) => {
  const place = document.querySelector("inbox-conversation"), began = performance.now();
  const look = () => place.innerText.includes(words) ? done(performance.now() - began) : requestAnimationFrame(look);
  document.querySelector(`[data-id="${id}"]`).click();
  look();
})"""
# When a text stands in the list, by the clock that the writer reads too: watched for first, asked for later.
_WATCH = """(words) => {
  window.arrived = new Promise((done) => {
    const rows = document.querySelector(".rows");
    const look = () => (rows.innerText.includes(words) ? done(Date.now()) : requestAnimationFrame(look));
    look();
  });
}"""
_FILES = """() => performance.getEntriesByType("resource").map(({ name }) => name)"""


def measure(stack: LocalStack, options: Options) -> Row:
    """Everything about the screen, then the figures."""
    operator, key = _hired(stack)
    with running_app(stack, options) as app, client(app.url) as http:
        result: Row = {"screen": _screen(stack, http, operator, app.url, options)}
        _fill(stack, key, options.inbox_conversations)
        result["figures"] = {str(days): _figures(http, operator, days, options) for days in _SPANS}
        result["conversations"] = options.inbox_conversations
    return result


def _hired(stack: LocalStack) -> tuple[Member, str]:
    member = sign_up(stack)
    with psycopg.connect(stack.db_url) as db:
        row = db.execute(
            "insert into public.chat_operators (user_id, display_name, role) values (%s, 'Bench', 'admin')"
            " returning id::text",
            [member.id],
        ).fetchone()
    return member, row[0] if row else ""


def _fill(stack: LocalStack, operator: str, count: int) -> None:
    values = {"customer": sign_up(stack).id, "operator": operator, "count": count, "every": _DAYS * 86400 / count}
    with psycopg.connect(stack.db_url, autocommit=True) as db:
        with db.transaction():
            db.execute("set local session_replication_role = replica")
            db.execute(_FIGURES, values)
        db.execute("vacuum analyze public.chat_conversations, public.chat_activities")


def _figures(http: httpx.Client, operator: Member, days: int, options: Options) -> dict[str, float]:
    """Milliseconds of a question by HTTP, and how many conversations it was about."""
    took, begun = [], 0
    for _ in range(max(2, options.repeats)):
        started = time.perf_counter()
        answer = http.get("/api/v1/inbox/figures", params={"days": days}, headers=operator.bearer, timeout=120)
        took.append((time.perf_counter() - started) * 1000)
        begun = answer.raise_for_status().json()["begun"]
    return {"ms": round(statistics.median(took)), "begun": begun}


class Customer:
    """Somebody who waits, and whom the list shows."""

    def __init__(self, http: httpx.Client, member: Member, words: str) -> None:
        self._http, self._headers = http, member.bearer
        begun = self._ask("/conversations", {"clientConversationId": new_id()})
        self.id = begun["conversation"]["id"]
        self.say(words)
        self._ask(f"/conversations/{self.id}/handover", {})

    def say(self, words: str) -> None:
        event = {"type": "text", "content": words}
        self._ask(f"/conversations/{self.id}/turns", {"clientMessageId": new_id(), "event": event})

    def _ask(self, path: str, body: dict[str, Any]) -> Any:
        return self._http.post(f"/api/v1{path}", json=body, headers=self._headers).raise_for_status().json()


def _screen(stack: LocalStack, http: httpx.Client, operator: Member, url: str, options: Options) -> Row:
    path = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if path is None or importlib.util.find_spec("playwright") is None:
        return {"skipped": "no Chromium with playwright on this machine"}
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 - as in page.py

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            return _watched(browser, operator, url, options, lambda words: Customer(http, sign_up(stack), words))
        except Error as error:
            return {"skipped": error.message.splitlines()[0]}
        finally:
            browser.close()


def _watched(browser: Any, operator: Member, url: str, options: Options, make: NewCustomer) -> Row:
    first, second = make("first question"), make("second question")
    context = browser.new_context(locale="ko-KR", viewport={"width": 1440, "height": 800})
    form = {"email": operator.email, "password": PASSWORD}
    context.request.post(f"{url}/sign-in", form=form, headers={"Origin": url}, max_redirects=0)
    page = context.new_page()
    calls: list[str] = []
    page.on("request", lambda one: calls.append(urlsplit(one.url).path))
    page.goto(f"{url}/inbox/waiting", wait_until="load")
    page.wait_for_function("() => document.querySelector('inbox-shell')?.desk.live.isAlive")
    size = _packed(context, page)
    anew = page.evaluate(_CLICK, [first.id, "first question"])
    page.evaluate(_CLICK, [second.id, "second question"])
    again = page.evaluate(_CLICK, [first.id, "first question"])
    waits = [_arrival(page, second, f"news {number}") for number in range(options.inbox_messages)]
    before = len(calls)
    page.wait_for_timeout(options.inbox_idle_seconds * 1000)
    idle = [path for path in calls[before:] if path.startswith("/api/")]
    context.close()
    return {
        "bytes": size,
        "click_ms": round(anew),
        "again_ms": round(again),
        "row_p50_ms": round(statistics.median(waits)),
        "row_p95_ms": round(percentile(waits, 0.95)),
        "idle_calls": round(len(idle) * 60 / options.inbox_idle_seconds, 1),
    }


def _arrival(page: Any, customer: Customer, words: str) -> float:
    """Milliseconds from sending a message until the list shows it."""
    page.evaluate(_WATCH, words)
    sent = time.time() * 1000
    customer.say(words)
    return float(page.evaluate("() => window.arrived")) - sent


def _packed(context: Any, page: Any) -> int:
    """Bytes of the document and of everything of ours that came with it, by gzip."""
    cookies = {one["name"]: one["value"] for one in context.cookies()}
    files = {name for name in page.evaluate(_FILES) if urlsplit(name).path.startswith(("/assets/", "/static/"))}
    with httpx.Client(headers={"Accept-Encoding": "gzip"}, cookies=cookies, trust_env=False) as plain:
        return sum(_length(plain, address) for address in [page.url, *files])


def _length(plain: httpx.Client, address: str) -> int:
    with plain.stream("GET", address) as answer:
        return sum(len(part) for part in answer.raise_for_status().iter_raw())
