"""The worker for jobs as a child process: `python -m service.jobs`."""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.local.app_server import of_this_machine
from scripts.local.paths import ROOT
from scripts.local.process import Child

# SIGTERM lets it finish what it has; a webhook may take 15 s to answer.
STOP = ((signal.SIGTERM, 18.0),)


class JobWorker:
    """One worker."""

    def __init__(self, log: Path) -> None:
        self.child = Child("The worker", log)

    def start(self, settings: Mapping[str, str]) -> None:
        """Start it with `settings`, and of our own environment with what says where things are on this machine."""
        command = [sys.executable, "-m", "service.jobs"]
        self.child.start(command, env={**of_this_machine(), **settings, "PYTHONUNBUFFERED": "1"}, cwd=ROOT)

    def stop(self) -> None:
        """Stop it; what it has gets a few seconds."""
        self.child.stop(STOP)
