"""Waits until somebody says stop or a child ends. Starting and stopping are its caller's."""

import os
import signal
import time
from collections.abc import Sequence
from types import FrameType

from scripts.local.errors import StackError
from scripts.local.process import Child

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked us to stop. Not an Exception, so that no handler on the way swallows it."""


def stop_on_signals() -> None:
    """Turn the first Ctrl-C, SIGTERM or SIGHUP into Stopped; later ones must not disturb the stopping."""
    for number in _SIGNALS:
        signal.signal(number, _stop)


def _stop(number: int, _: FrameType | None) -> None:
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Stopped(signal.Signals(number).name)


def watch(children: Sequence[Child], *, every: float = 0.25) -> None:
    """Return never: raise Stopped when asked to stop, StackError when a child ends.

    When make started us and is gone, killed without a chance to tell us, that counts as asked to stop.
    """
    parent = os.getppid() if os.environ.get("MAKELEVEL") else None
    while True:
        for child in children:
            code = child.exit_code()
            if code is not None:
                how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
                raise StackError(f"{child.name} {how}; its log is {child.log}. Everything else was stopped.")
        if parent is not None and os.getppid() != parent:
            raise Stopped("make is gone")
        time.sleep(every)
