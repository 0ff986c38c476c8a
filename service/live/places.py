"""How many streams one member, and one address, may have open: counted for all workers of this machine together.

Belongs here: counting what is open. Does not belong here: counting what was asked (`http/limits.py`, `http/brakes.py`).

The counts are kept as those of the brakes are, in a file of their own. Each row is one worker's and counts for as long
as that worker lives: it holds a lock on a file of its name, which the system frees when it ends, however it ends. The
rows of one that has ended are removed by who counts next.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

from service.core.errors import RateLimited
from service.http.brakes import Ledger
from service.http.shared_folder import folder_name, shared_folder
from service.settings import Settings

# Seconds. Nobody knows when a stream ends.
RETRY_AFTER = 10.0
_TABLE = "create table if not exists open (worker text, client text, streams integer, primary key (worker, client))"


class Places:
    """The places of one worker process, counted with those of the others. Thread-safe."""

    def __init__(self, settings: Settings) -> None:
        name = folder_name(settings)
        self._limits = settings.event_streams_member, settings.event_streams_address
        self._worker = _Worker(lambda: shared_folder(f"{name}-streams"))
        self._ledger = Ledger(self._worker.folder, name)

    def take(self, member: UUID, address: str) -> Callable[[], None]:
        """Have a place until what is answered is called. Raises RateLimited where there is none."""
        clients = self._ledger.digest(f"member {member}"), self._ledger.digest(f"address {address}")
        with self._ledger.change() as counts:
            counts.execute(_TABLE)
            self._worker.begin()
            self._forget_dead(counts)
            for client, limit in zip(clients, self._limits, strict=True):
                if limit and _open(counts, client) >= limit:
                    break
            else:
                self._add(counts, clients, 1)
                return lambda: self._give_back(clients)
        raise RateLimited("Too many event streams are open", retry_after=RETRY_AFTER)

    def _give_back(self, clients: tuple[str, ...]) -> None:
        with self._ledger.change() as counts:
            counts.execute(_TABLE)
            self._add(counts, clients, -1)
            counts.execute("delete from open where streams <= 0")

    def _add(self, counts: sqlite3.Connection, clients: tuple[str, ...], change: int) -> None:
        counts.executemany(
            "insert into open values (?, ?, ?) on conflict do update set streams = streams + excluded.streams",
            [(self._worker.name, client, change) for client in clients],
        )

    def _forget_dead(self, counts: sqlite3.Connection) -> None:
        others = counts.execute("select distinct worker from open where worker <> ?", (self._worker.name,)).fetchall()
        for (name,) in others:
            if self._worker.has_ended(name):
                counts.execute("delete from open where worker = ?", (name,))


def _open(counts: sqlite3.Connection, client: str) -> int:
    (found,) = counts.execute("select coalesce(sum(streams), 0) from open where client = ?", (client,)).fetchone()
    return int(found)


class _Worker:
    """This process among the others, by the file that it holds."""

    def __init__(self, find_folder: Callable[[], Path]) -> None:
        self.name = uuid4().hex
        self._find_folder = find_folder
        self._found: Path | None = None
        self._lock = threading.Lock()
        self._file: int | None = None

    def folder(self) -> Path:
        """Where the files are; found once."""
        with self._lock:
            self._found = self._found or self._find_folder()
            return self._found

    def begin(self) -> None:
        """Hold the file from now on. Where there can be none, others forget what this worker counts."""
        path = self.folder() / self.name
        with suppress(OSError):
            # A cleaner of temporary files may have taken it away.
            if self._file is None or not path.exists():
                self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                fcntl.flock(self._file, fcntl.LOCK_EX)

    def has_ended(self, name: str) -> bool:
        """Whether nobody holds the file of that name; then it is removed."""
        path = self.folder() / name
        try:
            file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return True
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
        except OSError:
            return False
        else:
            return True
        finally:
            os.close(file)
