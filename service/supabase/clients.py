"""The clients for Supabase: one pool of connections a process, and a client a call that costs nothing.

Belongs here: keys, and who acts. Does not belong here: how a request is sent (`connections.py`), what is asked (the
actions of each feature).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx
from postgrest import SyncPostgrestClient
from supabase_auth import SyncGoTrueClient, SyncMemoryStorage

from service.core.outgoing import visitor_address
from service.supabase.connections import Connections

if TYPE_CHECKING:
    from service.settings import Settings


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
        self._timeouts = (timeout, connect_timeout)
        self._lock = threading.Lock()
        self._http: Connections | None = None
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
    def http(self) -> Connections:
        """The connections of this process, made on first use: they must not be shared across a fork."""
        if self._http is None or self._pid != os.getpid():
            with self._lock:
                if self._http is None or self._pid != os.getpid():
                    timeout, connect_timeout = self._timeouts
                    self._http = Connections(timeout=timeout, connect_timeout=connect_timeout)
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
        return self._auth(self._keys.secret if as_service else self._keys.publishable)

    def visitor_client(self) -> SyncGoTrueClient:
        """A client for what Supabase Auth counts by address: signing up and in, mails, their links, renewed sessions.

        It says on whose behalf where that is wanted, which Supabase Auth believes only with the secret key. So it is
        for calls that carry no member's token, and for no others.
        """
        address = visitor_address.get()
        if address is None:
            return self.auth_client()
        return self._auth(self._keys.secret, {"Sb-Forwarded-For": address})

    def ask_auth(self, path: str, params: Mapping[str, str | int]) -> httpx.Response:
        """Ask Supabase Auth as the service for what its client has no call for. Raises httpx.HTTPError."""
        key = self._keys.secret
        headers = {"apikey": key, "Authorization": f"Bearer {key}"}
        return self.http.get(f"{self.url}/auth/v1{path}", params=params, headers=headers)

    def _auth(self, key: str, more: Mapping[str, str] | None = None) -> SyncGoTrueClient:
        return SyncGoTrueClient(
            url=f"{self.url}/auth/v1",
            headers={"apikey": key, "Authorization": f"Bearer {key}", **(more or {})},
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
            # Retrying sleeps for seconds; a call is repeated by who asked.
            retry_enabled=False,
        )

    def close(self) -> None:
        """Close the connections of this process."""
        if self._http is not None and self._pid == os.getpid():
            self._http.close()
            self._http = None
