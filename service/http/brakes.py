"""How often one client may have Supabase Auth asked, counted for all workers of this machine together.

Belongs here: the counting and where it is kept. Does not belong here: what is counted (`limits.py`), asking another
machine to do so.

Supabase Auth counts by address, and to it all our visitors are one address: ours. Its limits are so low (30 at once,
for everybody) that a count a worker would let one client through to all of it. So the counts are rows of one small
SQLite file, in a folder that only this user can read: a lock of its own, nothing to clean up, gone with a reboot.
Where there is no such file, each worker counts for itself, and says so in the log.

A brake is a bucket that refills evenly: `limit` at once, then one each `seconds / limit`. A row holds the moment at
which the bucket is full again. Who asks stands there as a keyed digest, and no longer than it counts.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path

import structlog

from service.core.errors import RateLimited

log = structlog.get_logger(__name__)

_TABLE = "create table if not exists hits (brake text, client text, full_at real, primary key (brake, client))"
_PATIENCE = 2.0
# Less than a clock can tell: rounding must not refuse the last one.
_ROUNDING = 1e-6


class Ledger:
    """The counts of all brakes of this machine. Safe to use from several threads and processes.

    `folder` gives the folder to share through and is asked once; `secret` keys the digests of who asks.
    """

    def __init__(self, folder: Callable[[], Path], secret: str) -> None:
        self._find_folder = folder
        self._secret = hashlib.sha256(secret.encode()).digest()
        self._lock = threading.Lock()

    def digest(self, client: str) -> str:
        """A name for a client that says nothing to who reads the file."""
        return hashlib.blake2b(client.encode(), key=self._secret, digest_size=16).hexdigest()

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """The counts, for a block that nobody else counts in."""
        try:
            shared = self._open()
        except (OSError, sqlite3.Error):
            log.warning("brakes_unusable", consequence="each worker counts for itself")
            with self._lock, self._alone:
                yield self._alone
            return
        with closing(shared):
            yield shared
            shared.execute("commit")

    def _open(self) -> sqlite3.Connection:
        shared = sqlite3.connect(self._folder / "brakes", timeout=_PATIENCE, isolation_level=None)
        try:
            # What a power cut loses here is worth nothing afterwards.
            shared.execute("pragma synchronous = off")
            shared.execute("begin immediate")
            shared.execute(_TABLE)
        except BaseException:
            shared.close()
            raise
        return shared

    @cached_property
    def _folder(self) -> Path:
        # On first use: an app that signs nobody in leaves nothing behind.
        return self._find_folder()

    @cached_property
    def _alone(self) -> sqlite3.Connection:
        alone = sqlite3.connect(":memory:", check_same_thread=False)
        alone.execute(_TABLE)
        return alone


class Brake:
    """At most `limit` hits a client at once, and as many in any further `seconds`; 0 for no limit."""

    def __init__(
        self, name: str, limit: int, seconds: float, ledger: Ledger, clock: Callable[[], float] = time.time
    ) -> None:
        self._name = name
        self._limit = limit
        self._seconds = seconds
        self._ledger = ledger
        self._clock = clock

    def hit(self, client: str) -> None:
        """Count one hit, or refuse it. Raises RateLimited with the seconds to wait."""
        if not self._limit:
            return
        key, now = (self._name, self._ledger.digest(client)), self._clock()
        with self._ledger.change() as hits:
            row = hits.execute("select full_at from hits where brake = ? and client = ?", key).fetchone()
            # Never past a whole bucket: the clock may have been set back.
            full_at = min(max(row[0] if row else now, now), now + self._seconds)
            wait = full_at + self._seconds / self._limit - self._seconds - now
            counted = full_at + self._seconds / self._limit if wait <= _ROUNDING else full_at
            hits.execute("insert or replace into hits values (?, ?, ?)", (*key, counted))
            hits.execute("delete from hits where full_at < ?", (now,))
        if wait > _ROUNDING:
            raise RateLimited(retry_after=wait)
