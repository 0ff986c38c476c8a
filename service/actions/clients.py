"""The clients for Supabase: one pool of connections a process, and a client a call that costs nothing.

Belongs here: connections, keys and the budget of time. Does not belong here: what is asked (the other modules).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

import httpx
from postgrest import SyncPostgrestClient
from supabase_auth import SyncGoTrueClient, SyncMemoryStorage

if TYPE_CHECKING:
    from service.settings import Settings

# How many requests this web request has sent upstream, and when it must be done (time.monotonic, seconds).
upstream_calls: ContextVar[int] = ContextVar("upstream_calls", default=0)
deadline: ContextVar[float | None] = ContextVar("deadline", default=None)

POOL = httpx.Limits(max_connections=64, max_keepalive_connections=64, keepalive_expiry=60)


@dataclass(frozen=True, slots=True)
class Keys:
    """The two keys of a project. Never shown."""

    publishable: str = field(repr=False)
    secret: str = field(repr=False)


class Upstream:
    """The way to one Supabase project. Safe to use from several threads, and after a fork."""

    def __init__(self, url: str, keys: Keys, *, timeout: float, connect_timeout: float) -> None:
        """`timeout` and `connect_timeout` are in seconds."""
        self.url = url.rstrip("/")
        self._keys = keys
        self._timeout = httpx.Timeout(timeout, connect=connect_timeout)
        self._lock = threading.Lock()
        self._http: httpx.Client | None = None
        self._pid = 0

    @classmethod
    def from_settings(cls, settings: Settings) -> Upstream:
        """The project that the settings name."""
        keys = Keys(
            settings.supabase_publishable_key.get_secret_value(),
            settings.supabase_secret_key.get_secret_value(),
        )
        return cls(
            settings.supabase_url,
            keys,
            timeout=settings.upstream_timeout,
            connect_timeout=settings.upstream_connect_timeout,
        )

    @property
    def http(self) -> httpx.Client:
        """The pool of this process, made on first use: connections must not be shared across a fork."""
        if self._http is None or self._pid != os.getpid():
            with self._lock:
                if self._http is None or self._pid != os.getpid():
                    # HTTP/1.1: with HTTP/2 requests are lost when the server says GOAWAY.
                    transport = _BudgetTransport(httpx.HTTPTransport(http1=True, http2=False, limits=POOL))
                    # The pool serves many members: a cookie of one answer must not travel with the next request.
                    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
                    self._http = httpx.Client(transport=transport, timeout=self._timeout, cookies=no_cookies)
                    self._pid = os.getpid()
        return self._http

    def member_client(self, token: str) -> SyncPostgrestClient:
        """Acts as the member of `token`, under Row Level Security."""
        return self._rest(self._keys.publishable, token)

    def service_client(self) -> SyncPostgrestClient:
        """Acts as the service. It never carries a member's token: with one it would act as that member."""
        return self._rest(self._keys.secret, self._keys.secret)

    def auth_client(self, *, as_service: bool = False) -> SyncGoTrueClient:
        """A client for Supabase Auth, new each time: it remembers who signed in."""
        key = self._keys.secret if as_service else self._keys.publishable
        return SyncGoTrueClient(
            url=f"{self.url}/auth/v1",
            headers={"apikey": key, "Authorization": f"Bearer {key}"},
            storage=SyncMemoryStorage(),
            auto_refresh_token=False,
            persist_session=False,
            http_client=self.http,
        )

    def _rest(self, key: str, bearer: str) -> SyncPostgrestClient:
        return SyncPostgrestClient(
            f"{self.url}/rest/v1",
            headers={"apikey": key, "Authorization": f"Bearer {bearer}"},
            http_client=self.http,
            # Retrying sleeps for seconds; our calls are repeated once in calls.py, and by who asked.
            retry_enabled=False,
        )

    def close(self) -> None:
        """Close the pool of this process."""
        if self._http is not None and self._pid == os.getpid():
            self._http.close()
            self._http = None


class _BudgetTransport(httpx.BaseTransport):
    """Counts requests, and lets none outlive the web request that it serves."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        upstream_calls.set(upstream_calls.get() + 1)
        until = deadline.get()
        if until is None:
            return self._inner.handle_request(request)
        left = until - time.monotonic()
        if left <= 0:
            raise httpx.ConnectTimeout("No time is left for this request", request=request)
        timeouts = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {
            name: left if seconds is None else min(seconds, left) for name, seconds in timeouts.items()
        }
        response = self._inner.handle_request(request)
        response.stream = _BudgetStream(response.stream, until, request)
        return response

    def close(self) -> None:
        self._inner.close()


class _BudgetStream(httpx.SyncByteStream):
    """An answer that drips is cut when the time is over."""

    def __init__(
        self, inner: httpx.SyncByteStream | httpx.AsyncByteStream, until: float, request: httpx.Request
    ) -> None:
        assert isinstance(inner, httpx.SyncByteStream)
        self._inner = inner
        self._until = until
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._inner:
            if time.monotonic() > self._until:
                raise httpx.ReadTimeout("The answer took too long", request=self._request)
            yield chunk

    def close(self) -> None:
        self._inner.close()
