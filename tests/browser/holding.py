"""Calls of a page that wait until a test lets them go: the order that a slow network would have made. No assertions."""

from __future__ import annotations

from playwright.sync_api import APIResponse, Page, Route

# How long something is waited for that is to be held, in milliseconds, and how often it is looked for.
PATIENCE = 30_000
OFTEN = 20


class Held:
    """Calls of this page to an address, by their method: before they reach the service, or when it has answered."""

    def __init__(self, page: Page, address: str, method: str = "GET", *, is_answered: bool = False) -> None:
        self._page = page
        self._address = address
        self._method = method
        self._is_answered = is_answered
        self._is_over = False
        self._waiting: list[tuple[Route, APIResponse | None]] = []
        page.route(address, lambda route: self._met(route))  # noqa: PLW0108 - it has to be a Python function

    def come(self) -> Held:
        """Wait until one is held.

        Raises TimeoutError.
        """
        for _ in range(PATIENCE // OFTEN):
            if self._waiting:
                return self
            self._page.wait_for_timeout(OFTEN)
        raise TimeoutError(f"{self._method} {self._address} was not called")

    def let_go(self) -> None:
        """These, and all that follow."""
        self._is_over = True
        for route, response in self._waiting:
            if response is None:
                route.continue_()
            else:
                route.fulfill(response=response)
        self._waiting.clear()

    def refuse(self, status: int, code: str) -> None:
        """These, as the service refuses; all that follow go."""
        self._is_over = True
        for route, _ in self._waiting:
            route.fulfill(status=status, json={"code": code})
        self._waiting.clear()

    def _met(self, route: Route) -> None:
        if self._is_over or route.request.method != self._method:
            route.fallback()
        else:
            # Once more where the line that it takes is just being ended, as it has rested for five seconds.
            self._waiting.append((route, route.fetch(max_retries=1) if self._is_answered else None))
