"""A folder that the workers of one app share on this machine, and nobody else can look into.

Belongs here: finding it, and its name. Does not belong here: what is kept in it (`brakes.py`, renewed sessions).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

import structlog

from service.settings import Settings

log = structlog.get_logger(__name__)


def folder_name(settings: Settings) -> str:
    """A name that the workers of one app share and that nobody without its secret can guess."""
    secret = settings.supabase_secret_key.get_secret_value()
    text = f"munui session folder {settings.supabase_url} {settings.app_url}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()[:24]


def shared_folder(name: str) -> Path:
    """A folder of this user alone, the same for every worker that asks with the same `name`.

    The name should be hard to guess: anybody may make folders in the system's temporary one. Where it
    cannot be had, a fresh private folder is given instead.
    """
    folder = Path(tempfile.gettempdir()) / f"munui-{os.getuid()}-{name}"
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        seen = folder.lstat()
        if stat.S_ISDIR(seen.st_mode) and seen.st_uid == os.getuid() and not seen.st_mode & 0o077:
            return folder
    log.warning("session_folder_unusable", consequence="sessions are refreshed once per worker, not per node")
    return Path(tempfile.mkdtemp(prefix="munui-"))
