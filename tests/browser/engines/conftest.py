"""The engines that Playwright cannot drive here, and walkers in them. One engine runs at a time, once a run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from scripts.local.app_server import AppServer
from scripts.local.paths import LOCAL
from tests.browser.engines.driver import Driver, DriverError
from tests.browser.engines.marionette import Firefox
from tests.browser.engines.walker import Walker
from tests.browser.engines.webkit import WebKit
from tests.browser.engines.wire import Wire
from tests.browser.host import Host
from tests.summary import Tell

ENGINES = {"firefox": Firefox, "webkit": WebKit}
NewWalker = Callable[[], Walker]


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    """A running engine."""
    # Beside the stacks of tests, where the next run sweeps what a killed one left behind.
    folder = LOCAL / "test" / f"{os.getpid()}-{request.param}"
    folder.mkdir(parents=True, mode=0o700)
    try:
        driver = ENGINES[request.param](folder, tmp_path_factory.mktemp("engine") / f"{request.param}.log")
        try:
            yield driver
        finally:
            driver.quit()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def new_walker(engine: Driver, host: Host, server: AppServer, tell: Tell) -> Iterator[NewWalker]:
    """A function that puts somebody in front of a new tab; a test's tabs share a storage, which begins empty."""
    tell("engines", f"{engine.name}: {engine.lacks}" if engine.lacks else engine.name)
    (home,) = engine.tabs()
    engine.switch(home)
    engine.command("Navigate", url=f"{host.url}/empty")
    engine.script("localStorage.clear()")
    walkers: list[Walker] = []

    def make() -> Walker:
        walkers.append(Walker(engine))
        return walkers[-1]

    yield make
    faults: list[str] = []
    for walker in walkers:
        with suppress(DriverError):
            engine.switch(walker.tab)
            faults += walker.faults()
    for tab in set(engine.tabs()) - {home}:
        engine.close_tab(tab)
    engine.switch(home)
    assert faults == []


@pytest.fixture
def walker(new_walker: NewWalker) -> Walker:
    """Somebody."""
    return new_walker()


@pytest.fixture
def wire(server: AppServer) -> Iterator[Wire]:
    """A wire to the service, for pages with `data-api`."""
    running = Wire(server.port)
    yield running
    running.cut()
