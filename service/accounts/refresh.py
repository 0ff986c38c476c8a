"""Refreshing a session once, however many requests ask for it at the same time.

Belongs here: who refreshes, who waits, and how the result reaches those who waited. Does not belong here:
cookies (`session.py`), a guest's tokens (`service/guests`) and the call itself (`service/accounts/actions.py`).

A refresh token can be used once (Supabase forgives a repeat for ten seconds only), while a page that wakes
up sends several requests with the same old cookie to several threads of several worker processes. So there
is one small file per refresh token, in a folder that only this user can read: its lock says who refreshes,
its content is the result. Whoever gets the lock reads the file first; if the outcome is there, it is theirs
as well; if not, they refresh, write the outcome and let go. A file lock belongs to the open file, so it
holds between threads as between processes, and the system frees it when a process dies. One mechanism
serves both.

- A file's name is a digest of the refresh token and its content is encrypted with the session key.
- A success or a refusal counts for 60 seconds: longer than any request lives, so also for an answer that
  was lost on its way to the browser. A failure of Supabase counts for one second: those who waited fail
  with the one who tried, instead of waiting for a timeout one after the other.
- Nobody waits longer than `patience` seconds for the lock.
- Where there is no usable folder, each worker takes a private one: its threads still share, and between
  workers Supabase's ten seconds have to do. Where no file can be had at all, a refresh goes unshared. Both
  are logged.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path

import structlog
from cryptography.fernet import InvalidToken, MultiFernet

from service.accounts.sealing import from_plain, make_cipher, to_plain
from service.core.errors import Unauthenticated, UpstreamUnavailable
from service.http.shared_folder import folder_name, shared_folder
from service.settings import Settings
from service.supabase.auth import Tokens

log = structlog.get_logger(__name__)

OUTCOME_SECONDS = 60.0
FAILURE_SECONDS = 1.0
_POLL_SECONDS = 0.02
_LARGEST = 64 * 1024
_REFUSED = "The session has ended"


class Refresher:
    """Refreshes sessions through `refresh`, once per refresh token on this node.

    `refresh` takes a refresh token and gives new tokens, or raises Unauthenticated or UpstreamUnavailable.
    `folder` gives the folder to share through, and is asked once; `patience` is in seconds.
    """

    def __init__(
        self,
        refresh: Callable[[str], Tokens],
        *,
        cipher: MultiFernet,
        folder: Callable[[], Path],
        patience: float = 6.0,
    ) -> None:
        self._refresh = refresh
        self._cipher = cipher
        self._find_folder = folder
        self._patience = patience

    @classmethod
    def from_settings(cls, settings: Settings, refresh: Callable[[str], Tokens]) -> Refresher:
        """One that shares with all workers of this machine that have the same settings."""
        return cls(refresh, cipher=make_cipher(settings), folder=partial(shared_folder, folder_name(settings)))

    @cached_property
    def _folder(self) -> Path:
        # On first use: an app that refreshes nothing leaves nothing behind.
        return self._find_folder()

    def refreshed(self, refresh_token: str) -> Tokens:
        """The tokens that follow `refresh_token`. Raises Unauthenticated, UpstreamUnavailable."""
        path = self._folder / hashlib.sha256(refresh_token.encode()).hexdigest()
        try:
            file = _acquire(path, self._patience)
        except OSError:
            log.warning("session_lock_unusable", consequence="this refresh is shared with nobody")
            return _result(self._attempt(refresh_token))
        try:
            outcome = self._read(file) or self._attempt_and_leave(file, refresh_token)
        except BaseException:
            # Nobody was asked, and nothing is shared: whoever makes tokens up leaves no files behind.
            with suppress(OSError):
                path.unlink()
            raise
        finally:
            os.close(file)
        self._sweep()
        return _result(outcome)

    def _attempt_and_leave(self, file: int, refresh_token: str) -> dict[str, object]:
        outcome = self._attempt(refresh_token)
        # A full disk must not lose the new tokens: they are ours even if nobody else gets to read them.
        with suppress(OSError):
            os.ftruncate(file, 0)
            os.pwrite(file, self._cipher.encrypt(json.dumps(outcome).encode()), 0)
        return outcome

    def _attempt(self, refresh_token: str) -> dict[str, object]:
        try:
            tokens = self._refresh(refresh_token)
        except Unauthenticated:
            return {"kind": "refused", "until": time.time() + OUTCOME_SECONDS}
        except UpstreamUnavailable:
            return {"kind": "failed", "until": time.time() + FAILURE_SECONDS}
        return {"kind": "tokens", "until": time.time() + OUTCOME_SECONDS, "tokens": to_plain(tokens)}

    def _read(self, file: int) -> dict[str, object] | None:
        """What an earlier holder of the lock left, if it still counts."""
        try:
            outcome = json.loads(self._cipher.decrypt(os.pread(file, _LARGEST, 0)))
        except (InvalidToken, ValueError):
            # Empty, or cut off by a crash while it was written.
            return None
        return outcome if time.time() < outcome["until"] else None

    def _sweep(self) -> None:
        """Remove what no longer counts. Only ever under its lock, so that nobody holds what is removed."""
        with suppress(OSError):
            for entry in self._folder.iterdir():
                if time.time() - entry.stat().st_mtime > 2 * OUTCOME_SECONDS:
                    _remove_unlocked(entry)


def _result(outcome: dict[str, object]) -> Tokens:
    if outcome["kind"] == "refused":
        raise Unauthenticated(_REFUSED)
    if outcome["kind"] == "failed":
        raise UpstreamUnavailable("The session could not be refreshed")
    return from_plain(outcome["tokens"])


def _acquire(path: Path, patience: float) -> int:
    """An open, locked file;

    closing it frees the lock. Raises UpstreamUnavailable after `patience` seconds, OSError.
    """
    deadline = time.monotonic() + patience
    while True:
        file = _open(path)
        try:
            _lock(file, deadline)
        except BaseException:
            os.close(file)
            raise
        # A file that was swept away between opening and locking is nobody's; take the one in its place.
        if _is_still(file, path):
            return file
        os.close(file)


def _open(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        # A cleaner of temporary files took the folder away.
        path.parent.mkdir(mode=0o700, exist_ok=True)
        return os.open(path, flags, 0o600)


def _lock(file: int, deadline: float) -> None:
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise UpstreamUnavailable("The session is still being refreshed") from None
            time.sleep(_POLL_SECONDS)


def _is_still(file: int, path: Path) -> bool:
    try:
        return os.fstat(file).st_ino == path.stat().st_ino
    except FileNotFoundError:
        return False


def _remove_unlocked(path: Path) -> None:
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    finally:
        os.close(file)
