"""How often a member, an address or a channel may ask.

Belongs here: counting and refusing. Does not belong here: who counts as one client (`client_address.py`), counting for
several processes (`brakes.py`), anything that asks another machine to do so.

Most counts are kept by each worker process for itself, so a node with n workers lets at most n times the limit
through in the worst case. They are a brake against floods, not an account of use.
"""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections.abc import Callable
from uuid import UUID

from flask import Flask, request

from service.core.errors import RateLimited
from service.core.outgoing import visitor_address
from service.http.brakes import Brake, Ledger
from service.http.client_address import client_network, network_of_client
from service.http.context import part, wants_file
from service.http.shared_folder import folder_name, shared_folder
from service.settings import Settings

WINDOW = 60.0
# Failed sign-ins a minute for one e-mail from one address.
SIGN_IN_FAILURES = 10
# Searches of the help a minute that found nothing and are kept, from one address.
MISSES = 20
# Seconds in which RATE_LIMIT_SIGN_IN and RATE_LIMIT_GUEST_SESSIONS count, and RATE_LIMIT_REFRESH.
ACCOUNT_WINDOW = 300.0
REFRESH_WINDOW = 60.0
_EXEMPT = ("/healthz", "/readyz")


class SlidingWindow:
    """At most `limit` hits per key in any `window` seconds, 0 for no limit. Thread-safe.

    Two counters a key, this window's and the last one's, the latter weighed by how much of it still counts.
    Memory holds only keys of the last two windows.
    """

    def __init__(self, limit: int, window: float = WINDOW, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._window = window
        self._clock = clock
        self._lock = threading.Lock()
        self._index = 0
        self._now: dict[str, int] = {}
        self._before: dict[str, int] = {}

    def check(self, key: str) -> None:
        """Refuse where the limit is reached, without counting. Raises RateLimited."""
        if self._limit:
            with self._lock:
                self._refuse_if_full(key)

    def hit(self, key: str) -> None:
        """Count one hit, or refuse it. Raises RateLimited with the seconds to wait."""
        if self._limit:
            with self._lock:
                self._refuse_if_full(key)
                self._now[key] = self._now.get(key, 0) + 1

    def _refuse_if_full(self, key: str) -> None:
        passed = self._turn_over()
        now, before = self._now.get(key, 0), self._before.get(key, 0)
        if before * (1 - passed) + now + 1 > self._limit:
            raise RateLimited(retry_after=self._wait(now, before, passed))

    def _turn_over(self) -> float:
        """Move on to the current window; the part of it that has passed, 0 to 1."""
        index, rest = divmod(self._clock(), self._window)
        if index != self._index:
            self._before = self._now if index == self._index + 1 else {}
            self._now = {}
            self._index = int(index)
        return rest / self._window

    def _wait(self, now: int, before: int, passed: float) -> float:
        room = self._limit - 1
        if now <= room and before:
            return (1 - (room - now) / before - passed) * self._window
        return (1 - passed + max(0.0, 1 - room / now)) * self._window


class Limits:
    """The limits of one worker process."""

    def __init__(self, settings: Settings) -> None:
        self._members = SlidingWindow(settings.rate_limit_member)
        self._addresses = SlidingWindow(settings.rate_limit_address)
        self._questions = SlidingWindow(settings.rate_limit_member)
        self._misses = SlidingWindow(MISSES if settings.rate_limit_address else 0)
        self._channels = SlidingWindow(settings.rate_limit_channel)
        name = folder_name(settings)
        ledger = Ledger(lambda: shared_folder(f"{name}-brakes"), name)
        self._accounts = Brake("accounts", settings.rate_limit_sign_in, ACCOUNT_WINDOW, ledger)
        self._refreshes = Brake("refreshes", settings.rate_limit_refresh, REFRESH_WINDOW, ledger)
        self._guests = Brake("guests", settings.rate_limit_guest_sessions, ACCOUNT_WINDOW, ledger)
        self._sign_ins = SlidingWindow(SIGN_IN_FAILURES if settings.rate_limit_address else 0)

    def check_member(self, member: UUID) -> None:
        """Count a request of a member. Raises RateLimited."""
        self._members.hit(str(member))

    def check_address(self) -> None:
        """Count a request from the client's address. Raises RateLimited."""
        self._addresses.hit(client_network())

    def check_question(self) -> None:
        """Count a guest's question: an address asks no more than a member may. Raises RateLimited."""
        self._questions.hit(client_network())

    def keeps_miss(self) -> bool:
        """Count a search that found nothing; whether it is to be kept. Who floods the list is still answered."""
        try:
            self._misses.hit(client_network())
        except RateLimited:
            return False
        return True

    def check_channel(self, digest: str) -> None:
        """Count a request with a channel's key, by the key's digest. Raises RateLimited."""
        self._channels.hit(digest)

    def check_account(self) -> None:
        """Count a form about an account, which Supabase Auth is about to be asked for. Raises RateLimited."""
        self._accounts.hit(client_network())

    def check_refresh(self) -> None:
        """Count a session that is about to be renewed at Supabase Auth. Raises RateLimited."""
        self._refreshes.hit(client_network())

    def check_guest(self) -> None:
        """Count a session for a guest, for which Supabase Auth is about to be asked. Raises RateLimited."""
        self._guests.hit(client_network())

    def check_sign_in(self, email: str) -> None:
        """Refuse a sign-in after too many failed ones. Raises RateLimited."""
        self._sign_ins.check(_sign_in_key(email))

    def sign_in_failed(self, email: str) -> None:
        """Count a failed sign-in. Raises RateLimited where that was one too many."""
        self._sign_ins.hit(_sign_in_key(email))


def install(app: Flask) -> None:
    """Count every request of `app` but files and health checks."""
    app.before_request(_check_address)
    app.teardown_request(_forget_address)


def _check_address() -> None:
    network = network_of_client() if part(Settings).forward_client_address else None
    # The first address of a network stands for all of it: who has an IPv6 network could be a new one each time.
    visitor_address.set(None if network is None else str(network.network_address))
    if request.path not in _EXEMPT and not wants_file():
        part(Limits).check_address()


def _forget_address(_: BaseException | None) -> None:
    visitor_address.set(None)


def _sign_in_key(email: str) -> str:
    # A digest, so that no e-mail address stays in memory longer than its request.
    digest = hashlib.sha256(email.strip().lower().encode("utf-8", "replace")).hexdigest()
    return f"{client_network()} {digest}"


def whole_seconds(wait: float) -> int:
    """A wait as `Retry-After` says it: whole seconds, at least one."""
    return max(1, math.ceil(wait))
