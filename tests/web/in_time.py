"""Scenes that must be over before something else is: played again where this machine took too long. No assertions.

A request that is held back is given up on by a server in seconds, as it has to be. What a test does meanwhile is quick,
but not on every machine at every moment; whatever comes of it then says nothing.
"""

import functools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from service.settings import Settings

# Seconds for which a server waits for Supabase.
UPSTREAM_TIMEOUT: float = Settings.model_fields["upstream_timeout"].default
TRIES = 6


class TooSlow(Exception):
    """A scene took longer than what it is about."""


@contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """Raise TooSlow where the block takes longer than `seconds`, whatever went wrong in it."""
    end = time.monotonic() + seconds
    try:
        yield
    except Exception as error:
        if time.monotonic() < end:
            raise
        raise TooSlow(f"{error!r}, after more than {seconds} s") from error
    if time.monotonic() >= end:
        raise TooSlow(f"more than {seconds} s")


def again_where_too_slow(test: Callable[..., None]) -> Callable[..., None]:
    """Play a test again that raised TooSlow. What it needs anew for that it makes itself."""

    @functools.wraps(test)
    def played(*args: Any, **more: Any) -> None:
        for _ in range(TRIES - 1):
            with suppress(TooSlow):
                return test(*args, **more)
        return test(*args, **more)

    return played
