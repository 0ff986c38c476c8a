"""Numbers for Prometheus at `/metrics`: how much, how fast, how often refused. Never who or what.

Belongs here: the metrics, what counts as one, and who may read them. Does not belong here: log lines
(`observe.py`).

Labels are names of routes, methods, statuses and codes; all of them come from lists of our own, so nobody
outside can make new ones. Several workers share their numbers through files where the server's configuration
(`service/server/gunicorn.py`) names a folder for them; without it a process tells its own.

Who may read: whoever carries METRICS_TOKEN, where one is set. Where none is set, only a program on the same
machine that asks the app itself, and only while APP_URL is a loopback address: behind a proxy every request
comes from loopback, so an app that the world reaches always needs the token. Everybody else gets the 404 of
a page that does not exist.
"""

from __future__ import annotations

import hmac
import os
import time

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from service.core.errors import NotFound
from service.core.outgoing import upstream_calls
from service.http.context import part
from service.http.operations import operation
from service.settings import Settings, is_loopback

bp = Blueprint("metrics", __name__)

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CONFLICTS = frozenset({"idempotency_conflict", "already_answered", "conversation_completed"})
_FORWARDED = ("Forwarded", "Via", "X-Real-Ip", "X-Original-Host")


class Metrics:
    """The metrics of one app. Each has a registry of its own, so that apps in one process stay apart."""

    def __init__(self, *others: Collector) -> None:
        """`others` are told beside what is counted here: numbers that are no process's own."""
        self.registry = CollectorRegistry()
        self._others = CollectorRegistry()
        for other in others:
            self._others.register(other)
        whole, own = ("method", "route", "status"), self.registry
        self._requests = Counter("munui_requests", "Requests answered.", whole, registry=own)
        self._seconds = Histogram(
            "munui_request_seconds", "Time until the answer was ready.", whole, buckets=BUCKETS, registry=own
        )
        self._upstream = Counter("munui_upstream_calls", "Requests to Supabase.", ("method", "route"), registry=own)
        self._turns = Counter("munui_turns", "Turns written, openings included.", ("route",), registry=own)
        self._replays = Counter("munui_replays", "Repeats of something done before.", ("route",), registry=own)
        self._conflicts = Counter("munui_conflicts", "Refusals with 409, by code.", ("route", "code"), registry=own)
        # For who keeps streams open (`service/live`).
        self.streams = Gauge("munui_streams", "Event streams open.", registry=own, multiprocess_mode="livesum")
        self.live_questions = Counter("munui_live_questions", "Requests to Supabase for all streams.", registry=own)

    def record(self, status: int, seconds: float, calls: int) -> None:
        """Count this request, which ends with `status` after `seconds` and `calls` requests to Supabase."""
        method = request.method if request.method in _METHODS else "other"
        route = request.url_rule.rule if request.url_rule is not None else "none"
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(method, route, status).observe(seconds)
        if calls:
            self._upstream.labels(method, route).inc(calls)
        self._record_outcome(route, status)

    def _record_outcome(self, route: str, status: int) -> None:
        if status in {200, 201} and request.method == "POST":
            self._record_write(route, is_new=status == 201)
        elif status == 409 and g.get("error_code") in _CONFLICTS:
            self._conflicts.labels(route, g.error_code).inc()

    def _record_write(self, route: str, *, is_new: bool) -> None:
        asked = operation()
        if asked is None:
            return
        if is_new and asked.is_turn:
            self._turns.labels(route).inc()
        elif not is_new and asked.is_repeatable:
            self._replays.labels(route).inc()

    def text(self) -> bytes:
        """Everything counted so far, by all workers where they share their numbers."""
        folder = os.environ.get(SHARED_FOLDER)
        shared = self.registry
        if folder:
            shared = CollectorRegistry()
            MultiProcessCollector(shared, folder)  # type: ignore[no-untyped-call]
        return generate_latest(shared) + generate_latest(self._others)


def install(app: Flask) -> None:
    """Count every request of `app`, whose parts must be known. Goes before all others: it sees the finished answer."""
    app.after_request(_record)
    app.register_blueprint(bp)


@bp.get("/metrics")
def metrics() -> Response:
    """The numbers, for who may see them."""
    if not _may_read():
        raise NotFound
    return Response(part(Metrics).text(), content_type=CONTENT_TYPE_LATEST)


def _record(response: Response) -> Response:
    part(Metrics).record(response.status_code, time.perf_counter() - g.started, upstream_calls.get())
    return response


def _may_read() -> bool:
    token = part(Settings).metrics_token
    if token is None:
        return _is_neighbour()
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    same = hmac.compare_digest(given.strip().encode(), token.get_secret_value().encode())
    return scheme.lower() == "bearer" and same


def _is_neighbour() -> bool:
    """Whether a program on this machine asks the app itself, under a loopback name, with no proxy between."""
    passed_on = any(name in _FORWARDED or name.startswith("X-Forwarded-") for name, _ in request.headers)
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    return (
        part(Settings).app_is_loopback
        and not passed_on
        and is_loopback(host.strip("[]"))
        and is_loopback(request.remote_addr)
    )
