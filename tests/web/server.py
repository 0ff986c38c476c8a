"""A real gunicorn with the product's own configuration, for tests of what only a server shows. No assertions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from scripts.local.ports import listen


@contextmanager
def gunicorn(
    stack: LocalStack, log: Path, *, workers: int = 2, threads: int = 4, **settings: str
) -> Iterator[AppServer]:
    """Serve the app on a free port; `settings` are names of the environment."""
    server = AppServer(listen(0), log)
    project = {
        "APP_URL": server.url,
        "SUPABASE_URL": stack.supabase_url,
        "SUPABASE_PUBLISHABLE_KEY": stack.publishable_key,
        "SUPABASE_SECRET_KEY": stack.secret_key,
        "SUPABASE_JWT_SECRET": stack.jwt_secret,
        "PROMETHEUS_MULTIPROC_DIR": "",
        "TMPDIR": str(log.parent),
        "PORT": str(server.port),
    }
    try:
        server.start(workers=workers, threads=threads, settings={**project, **settings})
        yield server
    finally:
        server.stop()
