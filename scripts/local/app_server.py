"""The app's web server as a child process: gunicorn with its workers, on loopback."""

import contextlib
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from scripts import bundling
from scripts.local.errors import StackError
from scripts.local.files import private_folder, tail
from scripts.local.paths import ROOT
from scripts.local.ports import HOST
from scripts.local.process import Child

START_SECONDS = 180.0
# SIGTERM lets requests under way finish, for as long as `service/server/gunicorn.py` says; SIGQUIT does not.
STOP = ((signal.SIGTERM, 13.0), (signal.SIGQUIT, 2.0))


# Names of the environment, besides settings, that a Python program may need.
_MACHINE = frozenset(
    {"PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "SSL_CERT_FILE", "LD_LIBRARY_PATH", "VIRTUAL_ENV"}
)
_MACHINE_PREFIXES = ("LC_", "PYTHON")


class AppServer:
    """One gunicorn with its workers."""

    def __init__(self, listener: socket.socket, log: Path) -> None:
        self._listener = listener
        self._child = Child("The app", log)
        self.port = listener.getsockname()[1]

    @property
    def child(self) -> Child:
        """Its process."""
        return self._child

    @property
    def url(self) -> str:
        """The address on this machine, without a slash at its end."""
        return f"http://{HOST}:{self.port}"

    def start(self, *, workers: int, threads: int, settings: Mapping[str, str]) -> None:
        """Start it with `settings`; raises StackError where it does not answer.

        Of our own environment it gets what says where things are on this machine, and nothing else: whoever reads the
        app's environment, or breaks into it, finds nothing there that the app does not need.
        It gets our listening socket, which we give up: whoever answers there is certainly our app. The files for
        browsers are made first, where their sources have changed.
        """
        try:
            bundling.make()
        except bundling.BundlingError as error:
            raise StackError(str(error)) from None
        command = [
            sys.executable, "-m", "gunicorn", "--config=service/server/gunicorn.py",
            f"--bind=fd://{self._listener.fileno()}", f"--workers={workers}",
        ]  # fmt: skip
        numbers = {"PROMETHEUS_MULTIPROC_DIR": str(self._empty_folder())}
        env = {**of_this_machine(), **numbers, **settings, "THREADS": str(threads), "PYTHONUNBUFFERED": "1"}
        with self._listener as handed_over:
            self._child.start(command, env=env, cwd=ROOT, handed_over=[handed_over.fileno()])
        self._wait()

    def stop(self) -> None:
        """Stop it; requests under way get a few seconds."""
        self._child.stop(STOP)

    def is_ready(self) -> bool:
        """Ask the app whether everything it needs answers."""
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/readyz", timeout=10, trust_env=False).status_code == 200
        return False

    def _empty_folder(self) -> Path:
        """Where workers share the numbers of /metrics: beside the log, so that not even a kill leaves any elsewhere."""
        folder = self._child.log.parent / "metrics"
        shutil.rmtree(folder, ignore_errors=True)
        return private_folder(folder)

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        with httpx.Client(trust_env=False, timeout=2.0) as client:
            while time.monotonic() < until:
                if not self._child.is_running():
                    raise StackError(f"The app did not start; its log {self._child.log} ends:\n{tail(self._child.log)}")
                with contextlib.suppress(httpx.TransportError):
                    if client.get(f"{self.url}/healthz").status_code == 200:
                        return
                time.sleep(0.05)
        raise StackError(f"The app did not answer within {START_SECONDS:.0f} s; its log is {self._child.log}.")


def of_this_machine() -> dict[str, str]:
    """What of our own environment says where things are on this machine, and nothing else."""
    return {k: v for k, v in os.environ.items() if k in _MACHINE or k.startswith(_MACHINE_PREFIXES)}
