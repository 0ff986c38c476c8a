"""Real servers, for tests of what only a server shows: gunicorn with the product's own configuration, and one in this
process. No assertions."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from scripts.local.ports import HOST, listen
from service.server.worker import Worker
from service.server.wsgi import ASGIApplication

# How often somebody may ask: a test that asks in a loop must not depend on how fast its machine is.
UNLIMITED = dict.fromkeys(
    (
        "RATE_LIMIT_MEMBER", "RATE_LIMIT_ADDRESS", "RATE_LIMIT_SIGN_IN", "RATE_LIMIT_REFRESH",
        "RATE_LIMIT_GUEST_SESSIONS", "RATE_LIMIT_CHANNEL",
    ),
    "0",
)  # fmt: skip


@contextmanager
def gunicorn(
    stack: LocalStack,
    log: Path,
    *,
    workers: int = 2,
    threads: int = 4,
    limited: bool = False,
    port: int = 0,
    **settings: str,
) -> Iterator[AppServer]:
    """Serve the app on a free port, or on `port`; `settings` are names of the environment.

    `limited` leaves the limits on how often somebody may ask as they are shipped; otherwise there are none.
    """
    server = AppServer(listen(port), log)
    project = {
        "APP_URL": server.url,
        "SUPABASE_URL": stack.supabase_url,
        "SUPABASE_PUBLISHABLE_KEY": stack.publishable_key,
        "SUPABASE_SECRET_KEY": stack.secret_key,
        "SUPABASE_JWT_SECRET": stack.jwt_secret,
        "PROMETHEUS_MULTIPROC_DIR": "",
        "TMPDIR": str(log.parent),
        "PORT": str(server.port),
        **({} if limited else UNLIMITED),
    }
    try:
        server.start(workers=workers, threads=threads, settings={**project, **settings})
        yield server
    finally:
        server.stop()


@contextmanager
def a_port() -> Iterator[int]:
    """A port for a server that is started elsewhere: for this block nobody else is given it.

    It is bound and nobody listens, which lets another socket listen there, as servers in Python do (SO_REUSEADDR).
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((HOST, 0))
        yield held.getsockname()[1]


@contextmanager
def in_this_process(app: ASGIApplication) -> Iterator[str]:
    """Serve an app as a worker does, on a thread of this process; its URL."""
    listener = listen(0)
    options = {**Worker.CONFIG_KWARGS, "loop": "asyncio", "log_config": None}
    server = uvicorn.Server(uvicorn.Config(app, **options))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield f"http://{HOST}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(60)
