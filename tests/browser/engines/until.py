"""Waiting on a condition."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

# It costs nothing where the condition comes.
SECONDS = 60.0


def until(condition: Callable[[], Any], what: str | Callable[[], str], *, seconds: float = SECONDS) -> Any:
    """The first true answer of `condition`; AssertionError with `what` was waited for where there is none."""
    end = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < end, f"it did not happen that {what() if callable(what) else what}"
        time.sleep(0.02)
    return answer
