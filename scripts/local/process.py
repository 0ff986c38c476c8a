"""One child process: started in a session of its own, told to end when we die, stopped for certain."""

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.local.errors import StackError
from scripts.local.files import append_private


class Child:
    """A program that runs as long as we do; its output goes to a log file."""

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its process id, None when it was not started."""
        return None if self._process is None else self._process.pid

    def start(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        stop_signal: signal.Signals = signal.SIGTERM,
        privileges: Sequence[str] = (),
        handed_over: Sequence[int] = (),
    ) -> None:
        """Start `command`. `privileges` are further options of setpriv(1), `handed_over` open files
        that it inherits.

        The child gets a session of its own, so that Ctrl-C reaches only us and we stop children in order,
        and the kernel sends it `stop_signal` if we die without a chance to.
        """
        prefix = _setpriv(stop_signal, privileges)
        with append_private(self.log) as out:
            self._process = subprocess.Popen(
                [*prefix, *command],
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # What it writes may hold what a person wrote.
                umask=0o077,
                pass_fds=tuple(handed_over),
            )

    def exit_code(self) -> int | None:
        """Return how it ended, None while it runs or before it was started."""
        return None if self._process is None else self._process.poll()

    def is_running(self) -> bool:
        """Say whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def stop(self, signals: Sequence[tuple[signal.Signals, float]]) -> None:
        """Send each signal and wait its seconds, until the child has ended; at last kill its whole group."""
        process, self._process = self._process, None
        if process is None:
            return
        for number, seconds in signals:
            if process.poll() is not None:
                break
            process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
        # Also after a crash: what the child started itself must not outlive it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _setpriv(stop_signal: signal.Signals, privileges: Sequence[str]) -> list[str]:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        if privileges:
            raise StackError("setpriv is missing: install util-linux, or run this as an ordinary user.")
        return []
    return [setpriv, f"--pdeathsig={stop_signal.name.removeprefix('SIG')}", *privileges, "--"]
