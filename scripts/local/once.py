"""One `make run` a checkout: a lock that the kernel lets go of when its holder ends, however it ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.local.errors import StackError
from scripts.local.files import append_private


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock for a block; raises StackError where somebody holds it already."""
    with append_private(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError(
                "Munui is already running in this checkout: its address is APP_URL in .local/env."
            ) from None
        yield
