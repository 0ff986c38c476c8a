"""A real Chromium in front of a real server, and a host page on another origin."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from tests.browser.host import Host
from tests.browser.operator import Operator
from tests.browser.visitor import Visitor
from tests.stack import sign_up
from tests.web.server import gunicorn

# Chromium takes the last list of these alone, so Playwright's own stands here again; and the two pages that it loads
# beside each window for what its field of addresses may show, which take longer than most of ours.
SWITCHED_OFF = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "TcpPortRandomizationWin", "OptimizationHints",
    "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch",
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
)  # fmt: skip
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    f"--disable-features={','.join(SWITCHED_OFF)}",
]  # fmt: skip
# How long a condition is waited for, in milliseconds: as for all else. It costs nothing where it comes.
expect.set_options(timeout=30_000)
NewVisitor = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "These tests need Chromium: install the package chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, timeout=120_000)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    """A host's site; the service knows its origin."""
    running = Host()
    yield running
    running.close()


@pytest.fixture(scope="session")
def server(stack: LocalStack, host: Host, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The service."""
    log = tmp_path_factory.mktemp("server") / "app.log"
    with gunicorn(stack, log, ALLOWED_ORIGINS=host.url) as running:
        host.app_url = running.url
        yield running


@pytest.fixture(scope="module")
def operator(stack: LocalStack, server: AppServer) -> Iterator[Operator]:
    """Somebody of the team who is there."""
    made = Operator(stack, server, sign_up(stack), "박상담")
    made.be("online")
    yield made
    made.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A function that makes a person's browser: own storage, Seoul's time, Korean."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**{"locale": "ko-KR", "timezone_id": "Asia/Seoul", **options})
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def new_visitor(server: AppServer, new_context: Callable[..., BrowserContext]) -> Iterator[NewVisitor]:
    """A function that puts somebody in front of a page; `context` for a second tab of the same browser."""
    visitors: list[Visitor] = []

    def make(context: BrowserContext | None = None, **options: Any) -> Visitor:
        page: Page = (context or new_context(**options)).new_page()
        visitors.append(Visitor(page))
        return visitors[-1]

    yield make
    assert [fault for visitor in visitors for fault in visitor.faults] == []


@pytest.fixture
def visitor(new_visitor: NewVisitor) -> Visitor:
    """Somebody."""
    return new_visitor()
