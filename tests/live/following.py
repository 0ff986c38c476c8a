"""Both sides of a conversation as they keep up with it: a hint, then everything since what they have. No assertions.

This is what a screen does, with as little of it as possible: it opens a stream again whenever one has ended, pulls
after each hello and each hint, and tries again where that fails.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import httpx

from tests.concurrency import PATIENCE
from tests.live.listening import MEMBERS, OPERATORS, Stream
from tests.web.apps import bearer

# Seconds: far below what a browser waits, so that tests need not.
_AGAIN = 0.2


class Follower:
    """Follows until `stop`; `seen` holds the `rev` and content of each message in the order in which it came."""

    def __init__(self, url: str, token: str, path: str, pull: Callable[[httpx.Client], None]) -> None:
        self._client = httpx.Client(base_url=url, headers=bearer(token), trust_env=False, timeout=PATIENCE)
        self._open = lambda: Stream(url, path, bearer(token))
        self._pull = pull
        self._stopped = threading.Event()
        self.streams = 0
        self.thread = threading.Thread(target=self._follow, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Follow no longer."""
        self._stopped.set()
        self.thread.join(PATIENCE)
        self._client.close()

    def _follow(self) -> None:
        while not self._stopped.is_set():
            try:
                stream = self._open()
            except OSError:
                time.sleep(_AGAIN)
                continue
            if stream.status == 200:
                self.streams += 1
                self._listen(stream)
            stream.close()
            time.sleep(_AGAIN)

    def _listen(self, stream: Stream) -> None:
        done = 0
        while not (stream.ended or self._stopped.is_set()):
            if len(stream.events) == done:
                time.sleep(0.02)
                continue
            told = len(stream.events)
            try:
                self._pull(self._client)
                done = told
            except (httpx.HTTPError, KeyError):
                time.sleep(_AGAIN)


class Customers:
    """A customer's screen with one conversation."""

    def __init__(self, url: str, token: str, conversation: str) -> None:
        self._path = f"/api/v1/conversations/{conversation}/messages"
        self._rev = 0
        self.seen: list[tuple[int, str | None]] = []
        self.follower = Follower(url, token, MEMBERS, self._pull)

    def _pull(self, client: httpx.Client) -> None:
        page: dict[str, Any] = {"hasMore": True}
        while page["hasMore"]:
            page = client.get(self._path, params={"changedAfter": self._rev}).raise_for_status().json()
            self.seen += [(one["rev"], one["content"]) for one in page["messages"]]
            self._rev = max([self._rev, *(one["rev"] for one in page["messages"])])


class Operators:
    """An operator's screen: the inbox by its cursor, and the messages of the conversations that it names."""

    def __init__(self, url: str, token: str) -> None:
        self._cursor: str | None = None
        self._revs: dict[str, int] = {}
        self.pulls = self.resyncs = 0
        self.seen: dict[str, list[tuple[int, str | None]]] = {}
        self.follower = Follower(url, token, OPERATORS, self._pull)

    def _pull(self, client: httpx.Client) -> None:
        query = {"cursor": self._cursor} if self._cursor else {}
        changes = client.get("/api/v1/inbox/changes", params=query).raise_for_status().json()
        self.resyncs += changes["resync"]
        for conversation in changes["conversations"]:
            self._pull_messages(client, conversation["id"])
        # Only now: what failed half way is asked for again.
        self._cursor = changes["cursor"]
        self.pulls += 1

    def of(self, conversation: str) -> list[tuple[int, str | None]]:
        """What was seen of one conversation."""
        return self.seen.get(conversation, [])

    def _pull_messages(self, client: httpx.Client, conversation: str) -> None:
        page: dict[str, Any] = {"hasMore": True}
        while page["hasMore"]:
            after = self._revs.get(conversation, 0)
            path = f"/api/v1/inbox/conversations/{conversation}/messages"
            page = client.get(path, params={"changedAfter": after}).raise_for_status().json()
            self.seen.setdefault(conversation, []).extend((one["rev"], one["content"]) for one in page["messages"])
            self._revs[conversation] = max([after, *(one["rev"] for one in page["messages"])])
