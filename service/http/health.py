"""Whether this process lives (`/healthz`) and whether it can do its work (`/readyz`).

Belongs here: asking each dependency, in bounded time. Does not belong here: what to do about the answer.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

import httpx
from flask import Blueprint, Response, jsonify

from service.http.context import services
from service.settings import Settings

bp = Blueprint("health", __name__)

# How long all checks together may take, in seconds. They run at the same time.
PATIENCE = 3.0
_ASK_TIMEOUT = 2.0
# Anybody may ask, so the dependencies are asked once a second at most.
_REMEMBERED_SECONDS = 1.0

Check = Callable[[], bool]


@bp.get("/healthz")
def healthz() -> Response:
    """Always 200 while the process serves requests; asks nobody."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """200 where every dependency answers, otherwise 503; one entry per dependency either way."""
    checks = _memory.checks(_dependencies())
    ready = all(checks.values())
    told = {name: "ok" if good else "unavailable" for name, good in checks.items()}
    return jsonify(status="ok" if ready else "unavailable", checks=told), 200 if ready else 503


def _dependencies() -> dict[str, Check]:
    app = services()
    http, settings = app.upstream.http, app.settings
    secret = settings.supabase_secret_key.get_secret_value()
    public = settings.supabase_publishable_key.get_secret_value()
    rest = "/rest/v1/chat_conversations?select=id&limit=1"
    return {
        "rest": lambda: _answers(http, settings, rest, secret),
        # Loaded at start, so a process without it serves nothing; told for completeness.
        "flow": lambda: bool(app.dialogue.known_versions),
        "auth": lambda: _answers(http, settings, "/auth/v1/health", public),
    }


def _answers(http: httpx.Client, settings: Settings, path: str, key: str) -> bool:
    try:
        answer = http.get(f"{settings.supabase_url}{path}", headers={"apikey": key}, timeout=_ASK_TIMEOUT)
    except httpx.HTTPError:
        return False
    return answer.status_code == 200


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

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked_at = 0.0
        self._of: object = None
        self._results: dict[str, bool] = {}

    def checks(self, dependencies: dict[str, Check]) -> dict[str, bool]:
        of = services()
        with self._lock:
            if self._of is not of or time.monotonic() - self._asked_at >= _REMEMBERED_SECONDS:
                self._results = ask_all(dependencies)
                self._asked_at, self._of = time.monotonic(), of
            return self._results


_memory = _Memory()
