"""The page in a real browser: what it weighs, and how long a click takes to be answered, for guest and member.

Needs a Chromium and playwright; where one is missing, that is the result.
"""

from __future__ import annotations

import importlib.util
import shutil
import statistics
from typing import Any

from scripts.bench.members import Member, sign_up
from scripts.bench.options import Options
from scripts.bench.servers import running_app
from scripts.local import LocalStack

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

# In the page: from a click to the moment at which what it asked for is drawn.
_CLICK = """async ([action, token]) => {
  const element = document.querySelector("munui-chat"), root = element.shadowRoot;
  const drawn = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const shown = () => [...root.querySelectorAll('[part~="chip"]:not([disabled])')].filter((one) => one.offsetParent);
  const until = async (test) => {
    for (const end = performance.now() + 15000; performance.now() < end; await drawn()) if (test()) return;
    throw new Error("nothing was answered");
  };
  if (action === "open") {
    if (token) element.getAccessToken = async () => token;
    await new Promise((resolve) => setTimeout(resolve, 300));
    const started = performance.now();
    element.open();
    const fresh = () => root.querySelector('button.primary:not([hidden]):not([disabled])');
    await until(() => shown().length || fresh()?.offsetParent);
    if (!shown().length) fresh().click();
    await until(() => shown().length);
    return performance.now() - started;
  }
  const before = new Set(shown()), chip = shown()[0], started = performance.now();
  chip.click();
  await until(() => shown().some((one) => !before.has(one)));
  return performance.now() - started;
}"""


def measure(stack: LocalStack, options: Options) -> dict[str, Any]:
    """What a guest and a member load and wait for; `skipped` says why there is nothing."""
    path = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if path is None or importlib.util.find_spec("playwright") is None:
        return {"skipped": "no Chromium with playwright on this machine"}
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 - a tool for tests, absent where only the app runs

    visits = max(1, options.repeats)
    with running_app(stack, options) as app, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        told: dict[str, Any] = {}
        try:
            told["guest"] = _middle([_visit(browser, app.url, None) for _ in range(visits)])
            # Somebody new each time: who comes back is shown the conversation of before.
            told["member"] = _middle([_visit(browser, app.url, sign_up(stack)) for _ in range(visits)])
        except Error as error:
            # A page that does not answer is a finding, and no reason to lose the other figures.
            return {"skipped": error.message.splitlines()[0]}
        finally:
            browser.close()
    return told


def _middle(visits: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(visit[name] for visit in visits), 1) for name in visits[0]}


def _visit(browser: Any, url: str, member: Member | None) -> dict[str, float]:
    context = browser.new_context(locale="ko-KR")
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    requests: list[str] = []
    sizes: list[float] = []
    network.on("Network.requestWillBeSent", lambda event: requests.append(event["request"]["url"]))
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(url, wait_until="networkidle")
    loaded = {"page_requests": len(requests), "page_kib": sum(sizes) / 1024}
    token = member.token if member else None
    opened = page.evaluate(_CLICK, ["open", token])
    page.wait_for_load_state("networkidle")
    before = len(requests)
    clicked = page.evaluate(_CLICK, ["click", token])
    visit = {**loaded, "open_ms": opened, "click_ms": clicked, "click_requests": len(requests) - before}
    context.close()
    return visit
