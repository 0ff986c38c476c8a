"""Whether this process lives (`/healthz`) and whether it can do its work (`/readyz`).

Belongs here: asking each dependency, in bounded time. Does not belong here: which there are, and how each is asked
(`service/app.py`), what to do about the answer.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

from flask import Blueprint, Flask, Response, current_app, jsonify

bp = Blueprint("health", __name__)

# How long all checks together may take, in seconds. They run at the same time.
PATIENCE = 3.0
# Anybody may ask, so the dependencies are asked once a second at most.
_REMEMBERED_SECONDS = 1.0

Check = Callable[[], bool]
_EXTENSION = "munui.health"


def install(app: Flask, checks: dict[str, Check]) -> None:
    """Answer for `app`: it is ready where every one of `checks` holds."""
    app.extensions[_EXTENSION] = _Memory(checks)
    app.register_blueprint(bp)


@bp.get("/healthz")
def healthz() -> Response:
    """Always 200 while the process serves requests; asks nobody."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """200 where every dependency answers, otherwise 503; one entry per dependency either way."""
    memory: _Memory = current_app.extensions[_EXTENSION]
    checks = memory.results()
    ready = all(checks.values())
    told = {name: "ok" if good else "unavailable" for name, good in checks.items()}
    return jsonify(status="ok" if ready else "unavailable", checks=told), 200 if ready else 503


def ask_all(checks: dict[str, Check], patience: float = PATIENCE) -> dict[str, bool]:
    """Run all checks at the same time; one that is not done after `patience` seconds counts as failed."""
    done: queue.SimpleQueue[tuple[str, bool]] = queue.SimpleQueue()

    def ask(name: str, check: Check) -> None:
        good = False
        try:
            good = check()
        finally:
            done.put((name, good))

    for name, check in checks.items():
        threading.Thread(target=ask, args=(name, check), daemon=True).start()
    results = dict.fromkeys(checks, False)
    deadline = time.monotonic() + patience
    for _ in checks:
        try:
            name, good = done.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        results[name] = good
    return results


class _Memory:
    """The last answer, for a second. One caller asks, the others wait for the same answer."""

    def __init__(self, checks: dict[str, Check]) -> None:
        self._checks = checks
        self._lock = threading.Lock()
        self._asked_at: float | None = None
        self._results: dict[str, bool] = {}

    def results(self) -> dict[str, bool]:
        """What each check says."""
        with self._lock:
            if self._asked_at is None or time.monotonic() - self._asked_at >= _REMEMBERED_SECONDS:
                self._results = ask_all(self._checks)
                self._asked_at = time.monotonic()
            return self._results
