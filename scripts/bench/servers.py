"""What a run starts: the local Supabase, the app under gunicorn, and the legacy way under gunicorn."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator

import httpx

from scripts.bench.options import Options
from scripts.local import LocalStack, StackError
from scripts.local.app_server import STOP, AppServer
from scripts.local.paths import ROOT
from scripts.local.ports import HOST, any_free, listen
from scripts.local.process import Child

THREADS = 8


def app_settings(stack: LocalStack) -> dict[str, str]:
    """The settings of the app on `stack`. Rate limits are off: a benchmark is what they are meant to stop."""
    return {
        **stack.env(),
        "APP_URL": "http://127.0.0.1:8000",
        "JWT_ISSUER": "",
        "SESSION_KEY": stack.keys.session_key,
        "RATE_LIMIT_MEMBER": "0",
        "RATE_LIMIT_ADDRESS": "0",
        "EVENT_STREAMS_ADDRESS": "0",
    }


@contextlib.contextmanager
def running_app(stack: LocalStack, options: Options, *, workers: int = 1) -> Iterator[AppServer]:
    """The app as `make run` starts it, with 8 threads a worker."""
    port = any_free()
    app = AppServer(listen(port), options.root / "log" / "app.log")
    try:
        settings = {**app_settings(stack), "APP_URL": f"http://{HOST}:{port}", "PORT": str(port)}
        app.start(workers=workers, threads=THREADS, settings=settings)
        yield app
    finally:
        app.stop()


@contextlib.contextmanager
def running_legacy(stack: LocalStack, options: Options) -> Iterator[str]:
    """The legacy way's server actions, on gunicorn's own threads, as many as the app has; its URL."""
    child = Child("The legacy way", options.root / "log" / "legacy.log")
    port = any_free()
    command = [
        sys.executable, "-m", "gunicorn", "--worker-class=gthread", "--workers=1", f"--threads={THREADS}",
        f"--bind={HOST}:{port}", "--log-level=warning", "scripts.bench.legacy_app:create_app()",
    ]  # fmt: skip
    child.start(command, env={**os.environ, **stack.env()}, cwd=ROOT)
    url = f"http://{HOST}:{port}"
    try:
        _wait(url, child)
        yield url
    finally:
        child.stop(STOP)


def client(url: str = "") -> httpx.Client:
    """A keep-alive client that reads nothing from the environment."""
    return httpx.Client(base_url=url, timeout=120, trust_env=False)


def _wait(url: str, child: Child) -> None:
    until = time.monotonic() + 30
    with client(url) as http:
        while time.monotonic() < until and child.is_running():
            with contextlib.suppress(httpx.TransportError):
                if http.get("/healthz").status_code == 200:
                    return
            time.sleep(0.05)
    raise StackError(f"{child.name} did not start; its log is {child.log}.")
