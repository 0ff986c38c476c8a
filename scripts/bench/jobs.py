"""Jobs: how many a worker does in a second, and whether its memory stays as it is.

Most jobs here are of deliveries that are gone: each is taken, looked up by one request and told as done, which is what
the worker itself costs. Beside them real deliveries to a receiver on this machine.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg

from scripts.bench.memory import cpu_seconds, pss_mib
from scripts.bench.options import Options
from scripts.bench.servers import app_settings
from scripts.local import LocalStack
from scripts.local.job_worker import JobWorker
from service.activities.webhooks.safe import Safe, new_secret
from service.settings import Settings

_ADD = """
    insert into public.chat_jobs (kind, payload)
    select 'webhook', jsonb_build_object('delivery_id', gen_random_uuid()) from generate_series(1, %s)
"""
_DELIVERIES = """
    with sent as (
      insert into public.chat_deliveries (webhook_id, type)
        select %s, 'webhook.test' from generate_series(1, %s) returning id
    )
    insert into public.chat_jobs (kind, payload) select 'webhook', jsonb_build_object('delivery_id', id) from sent
"""
# Of all jobs, after how many the memory is looked at first: by then everything is imported and every thread is there.
_WARM = 0.1


def measure(stack: LocalStack, options: Options) -> dict[str, Any]:
    """The worker alone, and its deliveries."""
    with psycopg.connect(stack.db_url, autocommit=True) as db:
        db.execute(_ADD, [options.jobs])
        with _worker(stack, options) as worker:
            pid = worker.child.pid or 0
            _until_left(db, round(options.jobs * (1 - _WARM)))
            warm, begun, cpu = pss_mib(pid), time.monotonic(), cpu_seconds(pid)
            # A few jobs may all be done between two looks.
            left = max(1, _count(db))
            _until_left(db, 0)
            alone = {
                "jobs": options.jobs,
                "per_s": left / (time.monotonic() - begun),
                "cpu_ms": (cpu_seconds(pid) - cpu) / left * 1000,
                "warm_mib": warm,
                "end_mib": pss_mib(pid),
            }
            with _receiver() as url:
                return {"alone": alone, "webhooks": _webhooks(stack, db, options, url)}


def _webhooks(stack: LocalStack, db: psycopg.Connection[Any], options: Options, url: str) -> dict[str, Any]:
    settings: dict[str, Any] = {name.lower(): value for name, value in app_settings(stack).items() if value}
    sealed = Safe.from_settings(Settings(_env_file=None, **settings)).seal(new_secret())
    made = db.execute("insert into public.chat_webhooks (url, secret) values (%s, %s) returning id", [url, sealed])
    begun = time.monotonic()
    db.execute(_DELIVERIES, [*(made.fetchone() or ()), options.deliveries])
    _until_left(db, 0)
    seconds = time.monotonic() - begun
    delivered = db.execute("select count(*) from public.chat_deliveries where state = 'delivered'").fetchone()
    return {"deliveries": options.deliveries, "per_s": options.deliveries / seconds, "delivered": (delivered or [0])[0]}


@contextlib.contextmanager
def _worker(stack: LocalStack, options: Options) -> Iterator[JobWorker]:
    worker = JobWorker(options.root / "log" / "worker.log")
    try:
        worker.start({**app_settings(stack), "WEBHOOK_ALLOW_PRIVATE": "1", "LOG_LEVEL": "WARNING"})
        yield worker
    finally:
        worker.stop()


@contextlib.contextmanager
def _receiver() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def _until_left(db: psycopg.Connection[Any], count: int) -> None:
    while _count(db) > count:
        time.sleep(0.2)


def _count(db: psycopg.Connection[Any]) -> int:
    found = db.execute("select count(*) from public.chat_jobs").fetchone()
    return int(found[0]) if found else 0
