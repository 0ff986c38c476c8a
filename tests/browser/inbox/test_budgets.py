"""What the inbox costs an operator: bytes of the first load, requests of a click and of an idle minute, and how soon.

Held is what no load of this machine can move: bytes and requests. Times are printed, and measured again by `make bench
ARGS="--only inbox"`.
"""

from __future__ import annotations

import time
from collections import Counter
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import expect

from tests.browser.inbox.conftest import NewCustomer, NewScreen
from tests.browser.inbox.people import Customer
from tests.browser.inbox.screen import Screen
from tests.summary import Tell

# Promised: everything that the first page needs, packed by gzip.
MOST_BYTES = 80 * 1024
# A minute in which nothing happens: beats (availability, presence), and once more the stream, for the clock jumps.
MOST_CALLS = 8
_LOADED = """() => performance.getEntriesByType("resource").map(({ name }) => name)"""
# From a click on a row until what its customer wrote stands in the conversation, in milliseconds.
_OPEN = """([id, words]) => new Promise(done => {
  const place = document.querySelector("inbox-conversation");
  const began = performance.now();
  const look = () => place.innerText.includes(words) ? done(performance.now() - began) : requestAnimationFrame(look);
  document.querySelector(`[data-id="${id}"]`).click();
  look();
})"""
# The page's clock stands still and is moved; what beats beside it, in a worker, beats by it too.
_BEATS_BY_THE_PAGE = """
  window.Worker = class { constructor() { setInterval(() => this.onmessage?.({ data: "beat" }), 10000); } };
"""


def packed(screen: Screen) -> int:
    """Bytes of the document and of everything of ours that came with it."""
    page = screen.page
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    files = {name for name in page.evaluate(_LOADED) if urlsplit(name).path.startswith(("/assets/", "/static/"))}
    with httpx.Client(headers={"Accept-Encoding": "gzip"}, cookies=cookies, trust_env=False) as client:
        return sum(_length(client, address) for address in [page.url, *files])


def _length(client: httpx.Client, address: str) -> int:
    with client.stream("GET", address) as answer:
        assert answer.status_code == 200, address
        return sum(len(part) for part in answer.iter_raw())


def opened(screen: Screen, customer: Customer, words: str) -> float:
    """Click on a row; milliseconds until its conversation is there."""
    return float(screen.page.evaluate(_OPEN, [customer.conversation, words]))


def of_conversation(screen: Screen, since: int) -> list[str]:
    """The calls about conversations since then; that one looks at it is told besides."""
    return [call for call in screen.calls[since:] if "/conversations" in call]


def test_the_first_load_fits(new_screen: NewScreen, new_customer: NewCustomer, label: str, tell: Tell) -> None:
    customer = new_customer(says="오늘 출발하나요?")
    screen = new_screen(reduced_motion="reduce").go("/waiting", label=label)
    expect(screen.row(customer)).to_be_visible()
    size = packed(screen)
    tell("measured", f"inbox: first load {size:,} of {MOST_BYTES:,} bytes packed")
    assert size <= MOST_BYTES
    # A list that came with its page asks for nothing again.
    assert "GET /api/v1/inbox/conversations" not in screen.calls


def test_a_click_costs_one_request_and_none_where_it_was_open_before(
    new_screen: NewScreen, new_customer: NewCustomer, label: str, tell: Tell
) -> None:
    first, second = new_customer(says="첫 번째 질문"), new_customer(says="두 번째 질문")
    screen = new_screen().go("/waiting", label=label)
    expect(screen.rows).to_have_count(2)
    before = len(screen.calls)
    anew = opened(screen, first, "첫 번째 질문")
    assert of_conversation(screen, before) == [f"GET /api/v1/inbox/conversations/{first.conversation}"]
    opened(screen, second, "두 번째 질문")
    # With nobody to answer: what was open before is there all the same.
    screen.page.route("**/api/v1/inbox/conversations/**", lambda _: None)
    again = opened(screen, first, "첫 번째 질문")
    tell(
        "measured", f"inbox: a click opens in {anew:.0f} ms by one request, in {again:.0f} ms where it was open before"
    )
    screen.page.unroute("**/api/v1/inbox/conversations/**")


def test_a_message_comes_to_the_list_by_itself(
    new_screen: NewScreen, new_customer: NewCustomer, label: str, tell: Tell
) -> None:
    customer = new_customer()
    screen = new_screen().go("/waiting", label=label)
    expect(screen.row(customer)).to_be_visible()
    screen.hear()
    began = time.monotonic()
    customer.say("여기 새 소식")
    expect(screen.row(customer)).to_contain_text("여기 새 소식")
    tell("measured", f"inbox: a message was in the list {1000 * (time.monotonic() - began):.0f} ms after it was sent")


def test_an_idle_minute_asks_for_next_to_nothing(
    new_screen: NewScreen, new_customer: NewCustomer, label: str, tell: Tell
) -> None:
    customer = new_customer(says="한가한 시간")
    screen = new_screen()
    page = screen.page
    page.add_init_script(_BEATS_BY_THE_PAGE)
    page.clock.install()
    screen.go("/waiting", label=label)
    page.clock.run_for(1000)
    expect(screen.row(customer)).to_be_visible()
    screen.link(customer).click()
    page.clock.run_for(1000)
    expect(page.locator("inbox-conversation")).to_contain_text("한가한 시간")
    screen.hear()
    # The jump of the clock cuts the stream, and until it is back it is asked each three seconds, which pass faster than
    # anybody answers: how often would be chance. So the first of these is not answered.
    page.route("**/api/v1/inbox/changes*", lambda _: None)
    before = len(screen.calls)
    # What it says itself it says in turn, each when the one before is answered.
    with page.expect_request("**/me/availability"):
        page.clock.run_for(60_000)
    # The beat of the last second has been asked for by now: what one call says, the next one shows.
    expect(page.locator("inbox-conversation")).to_contain_text("한가한 시간")
    asked = Counter(screen.calls[before:])
    tell("measured", f"inbox: an idle minute asks {sum(asked.values())} times: {dict(asked)}")
    assert sum(asked.values()) <= MOST_CALLS, asked
