"""The service's own time in a turn: what is left of it without waiting for Supabase, and where it goes.

Belongs here: the app in this process, with a clock around its upstream requests. Does not belong here: gunicorn's and
the network's share, which only the turn through HTTP shows.
"""

from __future__ import annotations

import contextlib
import cProfile
import pstats
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import structlog

from scripts.bench.members import Conversation, Member
from scripts.bench.servers import app_settings
from scripts.local import LocalStack
from service.actions.clients import Upstream
from service.actions.connections import Connections
from service.app import create_app
from service.settings import Settings
from service.web.context import EXTENSION


@dataclass(frozen=True, slots=True)
class InProcess:
    """The app, called without a server."""

    client: httpx.Client
    upstream: Upstream


class _Clock:
    """Counts the seconds that a process's connections spend on their requests, as long as it is worn."""

    def __init__(self, connections: Connections) -> None:
        self._perform = connections._perform
        self._connections = connections
        self.wall = 0.0
        connections._perform = self._timed  # type: ignore[method-assign]

    def take_off(self) -> None:
        """Leave the connections as they were."""
        self._connections._perform = self._perform  # type: ignore[method-assign]

    def _timed(self, request: httpx.Request, content: bytes | None, seconds: float) -> httpx.Response:
        started = time.perf_counter()
        try:
            return self._perform(request, content, seconds)
        finally:
            self.wall += time.perf_counter() - started


@contextlib.contextmanager
def in_process(stack: LocalStack) -> Iterator[InProcess]:
    """The app of `stack` in this process. It writes no log lines here, but makes them."""
    names = {name.lower(): value for name, value in app_settings(stack).items() if name != "JWT_ISSUER"}
    app = create_app(Settings(_env_file=None, **names))  # type: ignore[arg-type]
    upstream: Upstream = app.extensions[EXTENSION].upstream
    with Path("/dev/null").open("w", encoding="utf-8") as nowhere, contextlib.redirect_stderr(nowhere):
        transport = httpx.WSGITransport(app=app)
        with httpx.Client(transport=transport, base_url="http://127.0.0.1:8000") as client:
            try:
                yield InProcess(client, upstream)
            finally:
                upstream.close()
                structlog.reset_defaults()


def measure(stack: LocalStack, member: Member, *, turns: int, warm_up: int) -> dict[str, Any]:
    """The service's share of a turn by the wall and by CPU, its top five costs, and the price of a client."""
    with in_process(stack) as app:
        conversation = Conversation(app.client, member)
        for _ in range(warm_up):
            conversation.click()
        wsgi = _Wsgi(app, conversation)
        own, cpu = wsgi.times(turns)
        return {
            "own_wall_ms": round(own, 3),
            "own_cpu_ms": round(cpu, 3),
            "top": _top(wsgi, turns, cpu),
            "member_client_ms": round(_client_cost(app.upstream, member), 4),
        }


class _Wsgi:
    """Turns of the bare WSGI app: the test client's own work is measured apart and taken off."""

    def __init__(self, app: InProcess, conversation: Conversation) -> None:
        self._conversation = conversation
        self._app = app

    def times(self, turns: int) -> tuple[float, float]:
        """Medians in milliseconds: a turn by the wall without waiting for Supabase, and its CPU."""
        clock = _Clock(self._app.upstream.http)
        empty_wall, empty_cpu = self._empty(turns)
        walls, cpus = [], []
        for _ in range(turns):
            clock.wall, wall, cpu = 0.0, time.perf_counter(), time.thread_time()
            self._conversation.click()
            walls.append((time.perf_counter() - wall - clock.wall) * 1000)
            cpus.append((time.thread_time() - cpu) * 1000)
        clock.take_off()
        return statistics.median(walls) - empty_wall, statistics.median(cpus) - empty_cpu

    def profile(self, turns: int) -> pstats.Stats:
        """The profile of some turns."""
        profile = cProfile.Profile(time.thread_time)
        profile.enable()
        for _ in range(turns):
            self._conversation.click()
        profile.disable()
        return pstats.Stats(profile)

    def _empty(self, turns: int) -> tuple[float, float]:
        """What the client costs that calls the app: a call of an app that only answers."""
        answer = compact_answer()
        with httpx.Client(transport=httpx.WSGITransport(app=answer), base_url="http://127.0.0.1:8000") as client:
            walls, cpus = [], []
            for _ in range(turns):
                wall, cpu = time.perf_counter(), time.thread_time()
                client.request("POST", "/api/v1/x", json={"event": {}}, headers={"Authorization": "x" * 400}).json()
                walls.append((time.perf_counter() - wall) * 1000)
                cpus.append((time.thread_time() - cpu) * 1000)
            return statistics.median(walls), statistics.median(cpus)


def compact_answer() -> Any:
    """A WSGI app that reads its body and answers at once, about as much as a turn answers."""
    body = b'{"messages":["' + b"x" * 2500 + b'"]}'

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    return answer


def _client_cost(upstream: Upstream, member: Member, count: int = 2000) -> float:
    upstream.member_client(member.token)
    started = time.perf_counter()
    for _ in range(count):
        upstream.member_client(member.token)
    return (time.perf_counter() - started) * 1000 / count


_GROUPS = {
    "httpx": "HTTP client", "httpcore": "HTTP client", "h11": "HTTP client", "postgrest": "Supabase client",
    "yarl": "Supabase client", "supabase": "Supabase client", "flask": "Flask", "werkzeug": "Flask",
    "jinja2": "Flask", "pydantic": "reading the body", "jwt": "token", "cryptography": "token",
    "structlog": "log line", "logging": "log line", "json": "JSON", "prometheus_client": "metrics",
}  # fmt: skip


def _top(wsgi: _Wsgi, turns: int, cpu: float) -> list[dict[str, Any]]:
    """The five largest costs, as shares of the CPU time of a turn."""
    shares = _shares(wsgi.profile(turns))
    return [
        {"what": name, "share": round(share, 3), "cpu_ms": round(share * cpu, 3)}
        for name, share in shares.most_common(5)
    ]


def _shares(stats: pstats.Stats) -> Counter[str]:
    costs: Counter[str] = Counter()
    table: dict[Any, Any] = stats.stats  # type: ignore[attr-defined]
    for (file, _, _), (_, _, own, _, callers) in table.items():
        if file.startswith("~"):
            # A built-in costs whoever called it.
            for (caller, _, _), (_, _, part, _) in callers.items():
                costs[_group(caller)] += part
        else:
            costs[_group(file)] += own
    costs.pop("", None)
    total = sum(costs.values())
    return Counter({name: cost / total for name, cost in costs.items()})


def _group(file: str) -> str:
    """A module's part in the work; empty for the benchmark itself."""
    if "/scripts/bench/" in file:
        return ""
    if "/service/" in file:
        return "service/" + file.rsplit("/service/", 1)[1].split("/", maxsplit=1)[0].removesuffix(".py")
    parts = Path(file).parts
    return next((_GROUPS[part] for part in reversed(parts) if part in _GROUPS), "other libraries and Python")
